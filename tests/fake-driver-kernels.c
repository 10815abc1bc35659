/* The fake driver: modules, their kernels, and launching them. */
#include "tests/fake-driver-private.h"

#include "gpu/kernels.h"

#include <string.h>

#define ARGUMENTS_MAX 12

#define LITERAL                                                                                                        \
  {                                                                                                                    \
    sizeof (EwCudaPlane), sizeof (EwCudaPlane), sizeof (EwCudaTaps), 4                                                 \
  }
#define CORRELATE                                                                                                      \
  {                                                                                                                    \
    sizeof (EwCudaPlane), sizeof (EwCudaPlane), 8, sizeof (EwCudaShape)                                                \
  }
#define LAGS                                                                                                           \
  {                                                                                                                    \
    sizeof (EwCudaPlane), sizeof (EwCudaPlane), sizeof (EwCudaLags), 8                                                 \
  }
#define EVALUATE                                                                                                       \
  {                                                                                                                    \
    8, 4, 8, 8, 4, sizeof (EwCudaShape), 4, 8, 8                                                                       \
  }

static const struct
{
  const char *name;
  int n;
  size_t sizes[ARGUMENTS_MAX];
} kernels[] = {
  { "ew_cuda_correlate_1", 4, LITERAL },
  { "ew_cuda_correlate_2", 4, LITERAL },
  { "ew_cuda_correlate_3", 4, LITERAL },
  { "ew_cuda_correlate_4", 4, LITERAL },
  { "ew_cuda_correlate_5", 4, LITERAL },
  { "ew_cuda_correlate_6", 4, LITERAL },
  { "ew_cuda_correlate_7", 4, LITERAL },
  { "ew_cuda_correlate_9", 4, LITERAL },
  { "ew_cuda_correlate_11", 4, LITERAL },
  { "ew_cuda_correlate_15", 4, LITERAL },
  { "ew_cuda_correlate_wide", 4, CORRELATE },
  { "ew_cuda_correlate_general", 4, CORRELATE },
  { "ew_cuda_evaluate_1", 9, EVALUATE },
  { "ew_cuda_evaluate_2", 9, EVALUATE },
  { "ew_cuda_evaluate_3", 9, EVALUATE },
  { "ew_cuda_evaluate_4", 9, EVALUATE },
  { "ew_cuda_evaluate_5", 9, EVALUATE },
  { "ew_cuda_evaluate_6", 9, EVALUATE },
  { "ew_cuda_evaluate_7", 9, EVALUATE },
  { "ew_cuda_evaluate_wide", 9, EVALUATE },
  { "ew_cuda_evaluate_general", 9, EVALUATE },
  { "ew_cuda_border", 4, { sizeof (EwCudaPlane), 4, 4, 4 } },
  { "ew_cuda_reduce", 6, { 8, 4, 4, 8, 8, 4 } },
  { "ew_cuda_step", 7, { 8, 4, 4, 8, 8, 8, 8 } },
  { "ew_cuda_descend", 11, { 8, 4, 4, sizeof (EwCudaShape), 4, 4, 8, 8, 8, 8, 8 } },
  { "ew_cuda_exact", 8, { 8, 4, 8, 8, 4, sizeof (EwCudaShape), 4, 8 } },
  { "ew_cuda_gram", 6, { 8, 4, 8, sizeof (EwCudaShape), 4, 8 } },
  { "ew_cuda_lags_1", 4, LAGS },
  { "ew_cuda_lags_2", 4, LAGS },
  { "ew_cuda_lags_3", 4, LAGS },
  { "ew_cuda_lags_4", 4, LAGS },
  { "ew_cuda_lags_5", 4, LAGS },
  { "ew_cuda_lags_6", 4, LAGS },
  { "ew_cuda_lags_7", 4, LAGS },
  { "ew_cuda_gram_edges", 3, { sizeof (EwCudaPlane), sizeof (EwCudaTapsOver), 8 } },
  { "ew_cuda_gram_fill", 5, { sizeof (EwCudaPlane), sizeof (EwCudaTapsOver), 8, 8, 8 } },
  { "ew_cuda_fft_gather", 6, { sizeof (EwCudaPlane), sizeof (EwCudaFft), 8, 4, 4, 8 } },
  { "ew_cuda_fft_multiply", 5, { 8, 8, 8, 4, 4 } },
  { "ew_cuda_fft_scatter", 6, { sizeof (EwCudaPlane), sizeof (EwCudaFft), 8, 4, 4, 8 } },
  { "ew_cuda_view_rows", 6, { sizeof (EwCudaPlane), sizeof (EwCudaSquares), 8, 4, 4, 8 } },
  { "ew_cuda_view_columns", 6, { sizeof (EwCudaSquares), 8, 8, 4, 4, sizeof (EwCudaPlane) } },
  { "ew_cuda_view_sum", 5, { sizeof (EwCudaPlane), 8, 4, 4, sizeof (EwCudaPlane) } },
  { "ew_cuda_peak_copy", 3, { 8, 8, 8 } },
  { "ew_cuda_peak_multiply", 4, { 8, 4, 4, 4 } },
};

static gsize
padded (gsize bytes)
{
  return (bytes + 7) / 8 * 8;
}

void
fake_launch_run (const FakeOp *op)
{
  void *arguments[ARGUMENTS_MAX];
  char *at = (char *)g_bytes_get_data (op->arguments, NULL);
  int k = 0;

  while (strcmp (kernels[k].name, op->kernel) != 0)
    k++;
  for (int i = 0; i < kernels[k].n; i++)
    {
      arguments[i] = at;
      at += padded (kernels[k].sizes[i]);
    }
  g_assert_true (fake_driver.kernels (op->kernel, op->grid, op->threads, op->shared_bytes, arguments));
  fake_pass_time (op->kernel, op->grid, arguments);
  fake_driver.launches++;
}

static EwCudaStatus
fake_launch (EwCudaFunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
             unsigned block_y, unsigned block_z, unsigned shared_bytes, EwCudaStream stream, void **arguments,
             void **extra)
{
  EwCudaStatus status = fake_enter_context ("launch");
  int k = (int)(guintptr)function - 1;
  FakeOp op = { .kind = FAKE_OP_LAUNCH, .grid = grid_x, .threads = block_x, .shared_bytes = shared_bytes };
  gboolean ok = k >= 0 && k < (int)G_N_ELEMENTS (kernels) && grid_x > 0 && grid_y == 1 && grid_z == 1 && block_x <= 1024
                && block_y == 1 && block_z == 1 && shared_bytes <= 48 * 1024 && extra == NULL;

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) all = NULL;

  op.kernel = ok ? kernels[k].name : NULL;
  for (int i = 0; ok && i < kernels[k].n; i++)
    {
      guint at = bytes->len;

      g_byte_array_set_size (bytes, at + padded (kernels[k].sizes[i]));
      memcpy (bytes->data + at, arguments[i], kernels[k].sizes[i]);
    }
  op.arguments = all = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return fake_queue (&op, stream, ok);
}

static EwCudaStatus
fake_module_load (EwCudaModule *module, const void *image)
{
  EwCudaStatus status = fake_enter_context ("module_load");

  g_assert_nonnull (image);
  if (status == EW_CUDA_SUCCESS)
    *module = (EwCudaModule)(void *)fake_new (FAKE_MODULE, 1)->bytes;
  return status;
}

static EwCudaStatus
fake_module_unload (EwCudaModule module)
{
  return fake_give_back ("module_unload", FAKE_MODULE, module);
}

static EwCudaStatus
fake_module_function (EwCudaFunction *function, EwCudaModule module, const char *name)
{
  EwCudaStatus status = fake_enter_context ("module_function");

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (fake_find (FAKE_MODULE, module));
  for (guint k = 0; k < G_N_ELEMENTS (kernels); k++)
    if (strcmp (kernels[k].name, name) == 0)
      {
        *function = (EwCudaFunction)(guintptr)(k + 1);
        return EW_CUDA_SUCCESS;
      }
  g_assert_cmpstr (name, ==, "the name of a kernel");
  return FAKE_INVALID_VALUE;
}

void
fake_kernels_fill (EwCudaDriver *table)
{
  table->module_load = fake_module_load;
  table->module_unload = fake_module_unload;
  table->module_function = fake_module_function;
  table->launch = fake_launch;
}
