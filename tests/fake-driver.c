/* An NVIDIA driver for the tests: putting it in the place of the real one, and what may be left in the end. */
#include "tests/fake-driver-private.h"

#include "gpu/cuda-costs.h"
#include "gpu/cuda-image.h"
#include "tests/plain-kernels.h"

FakeDriver fake_driver;

static EwCudaDriver table;

void
fake_driver_install (void)
{
  static const char image[] = "kernels";

  if (fake_state.objects == NULL)
    fake_state.objects = g_ptr_array_new_with_free_func (fake_free_object);
  g_ptr_array_set_size (fake_state.objects, 0);
  fake_state.context_references = 0;
  fake_state.context_release_tried = FALSE;
  fake_state.memory_used = 0;
  fake_state.clock = 0;
  fake_state.poison = fake_state.pending = EW_CUDA_SUCCESS;
  fake_current = NULL;
  fake_driver
      = (FakeDriver){ .kernels = plain_kernels_launch, .n_devices = 1, .memory = 1000000000, .multiprocessors = 16 };
  fake_devices_fill (&table);
  fake_kernels_fill (&table);
  fake_streams_fill (&table);
  fake_graphs_fill (&table);
  fake_memory_fill (&table);
  ew_cuda_driver_set_for_tests (&table);
  ew_cuda_image_set_for_tests (TRUE, image);
  fake_cufft_install ();
  ew_cuda_costs_set_for_tests (TRUE, NULL);
}

void
fake_driver_without_graphs (void)
{
  table.capture_begin = NULL;
  table.capture_end = NULL;
  table.graph_instantiate = NULL;
  table.graph_destroy = NULL;
  table.run_launch = NULL;
  table.run_destroy = NULL;
}

void
fake_driver_remove (void)
{
  ew_cuda_driver_set_for_tests (NULL);
  ew_cuda_image_set_for_tests (FALSE, NULL);
  ew_cufft_set_for_tests (FALSE, NULL);
  ew_cuda_costs_set_for_tests (FALSE, NULL);
}

size_t
fake_driver_memory_used (void)
{
  return fake_state.memory_used;
}

gboolean
fake_driver_in_use (void)
{
  return fake_state.objects->len > 0 || fake_state.context_references > 0;
}

void
fake_driver_assert_clean (void)
{
  for (guint i = 0; i < fake_state.objects->len; i++)
    {
      FakeObject *object = g_ptr_array_index (fake_state.objects, i);

      fake_check_guards (object);
      g_assert_true (object->tried);
    }
  g_assert_true (fake_state.context_references == 0 || fake_state.context_release_tried);
}
