/* The CUDA backend: what it says of itself, how it opens, the cases of the other files, and a real device where there
 * is one. */
#include "engine/device-check.h"
#include "gpu/cuda-costs.h"
#include "gpu/cuda-image.h"
#include "gpu/cuda.h"
#include "tests/cuda-cases.h"
#include "tests/cuda-fixtures.h"
#include "tests/cuda-shim.h"
#include "tests/engine-fixtures.h"
#include "tests/fake-cufft.h"
#include "tests/plain-kernels.h"

#include <dlfcn.h>

/* --- describing and opening */

/* Both must say why there is no device. */
static void
assert_reason (const char *reason)
{
  g_autoptr (GError) error = NULL;
  EwDeviceInfo info;

  ew_cuda_backend ()->describe (&info);
  g_assert_cmpstr (info.id, ==, "cuda");
  g_assert_nonnull (info.name);
  g_assert_cmpstr (info.reason, ==, reason);
  ew_device_info_clear (&info);
  g_assert_null (ew_cuda_backend ()->open (0, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
  g_assert_cmpstr (error->message, ==, reason);
}

static void
test_reasons (void)
{
  fake_driver_install ();
  g_setenv ("EDGEWISE_CUDA", "off", TRUE);
  assert_reason ("EDGEWISE_CUDA=off keeps NVIDIA devices out of use.");
  g_setenv ("EDGEWISE_CUDA", "on", TRUE);
  g_unsetenv ("EDGEWISE_CUDA");
  ew_cuda_image_set_for_tests (TRUE, NULL);
  assert_reason ("This build has no CUDA kernels; nvcc was missing when it was built.");
  fake_driver_install ();
  fake_driver.n_devices = 0;
  assert_reason ("The NVIDIA driver finds no device: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected.");
  fake_driver_install ();
  fake_driver.fault = (FakeDriverFault){ .function = "init", .nth = 1, .status = 803, .lost = TRUE };
  assert_reason ("The NVIDIA driver finds no device: error 803.");
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

static void
test_libraries (void)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) old = NULL;
  EwCudaDriver driver;

  g_assert_false (ew_cuda_driver_open ("libedgewise-no-such-driver.so.1", &driver, &missing));
  g_assert_error (missing, EW_ERROR, EW_ERROR_DEVICE);
  g_assert_cmpstr (missing->message, ==, "There is no NVIDIA driver on this machine.");
  g_assert_false (ew_cuda_driver_open ("libm.so.6", &driver, &old));
  g_assert_error (old, EW_ERROR, EW_ERROR_DEVICE);
  g_assert_nonnull (strstr (old->message, "too old: it has no cuInit"));
}

/* On a machine without the driver the real table is refused, each time alike. */
static void
test_no_driver (void)
{
  static const char image[] = "kernels";
  void *library = dlopen ("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);

  if (library != NULL)
    {
      g_test_skip ("this machine has an NVIDIA driver");
      return;
    }
  ew_cuda_image_set_for_tests (TRUE, image);
  assert_reason ("There is no NVIDIA driver on this machine.");
  assert_reason ("There is no NVIDIA driver on this machine.");
  ew_cuda_image_set_for_tests (FALSE, NULL);
}

static void
test_described (void)
{
  EwDeviceInfo info;

  fake_driver_install ();
  ew_cuda_backend ()->describe (&info);
  g_assert_cmpstr (info.name, ==, "NVIDIA Fake 1");
  g_assert_null (info.reason);
  g_assert_true (info.memory == fake_driver.memory);
  g_assert_cmpstr (info.capability, ==, "8.6");
  g_assert_cmpstr (info.driver, ==, "12.4");

  g_autofree char *text = ew_device_info_text (&info);

  g_assert_cmpstr (text, ==, "NVIDIA Fake 1, 1 GB, compute capability 8.6, driver for CUDA 12.4");
  ew_device_info_clear (&info);
  /* What a driver does not tell is left out. */
  fake_driver.fault = (FakeDriverFault){ .function = "device_attribute", .nth = 1, .status = FAKE_INVALID_VALUE };
  ew_cuda_backend ()->describe (&info);
  g_assert_null (info.reason);
  g_assert_null (info.capability);
  g_assert_cmpstr (info.driver, ==, "12.4");
  ew_device_info_clear (&info);
  g_assert_false (fake_driver_in_use ());
  fake_driver_remove ();
}

/* --- the check against the CPU */

static gboolean
wrong_kernels (const char *kernel, unsigned grid, unsigned threads, unsigned shared_bytes, void **arguments)
{
  gboolean ran = plain_kernels_launch (kernel, grid, threads, shared_bytes, arguments);

  /* One output is a little off. */
  if (ran && g_str_has_prefix (kernel, "ew_cuda_correlate_"))
    (*(EwCudaPlane *)arguments[1]).data[3] += 0.01f;
  return ran;
}

static void
test_check (void)
{
  EwDeviceCheck check;
  g_autoptr (GError) error = NULL;

  fake_driver_install ();
  g_assert_true (ew_device_check (ew_cuda_backend (), 70, &check, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (check.agrees);
  g_assert_cmpfloat (check.output_difference, <=, check.output_allowed);
  g_assert_cmpfloat (check.gradient_difference, <=, check.gradient_allowed);
  g_assert_cmpfloat (check.device_ms, >=, 0);

  g_autofree char *text = ew_device_check_text (&check);

  g_assert_true (g_str_has_prefix (text, "The device agrees with the CPU: "));
  fake_driver.kernels = wrong_kernels;
  g_assert_true (ew_device_check (ew_cuda_backend (), 70, &check, NULL, &error));
  g_assert_false (check.agrees);
  g_assert_cmpfloat_with_epsilon (check.output_difference, 0.01, 1e-4);
  fake_driver_assert_clean ();
  fake_driver.kernels = plain_kernels_launch;
  fake_driver.fault = (FakeDriverFault){ .function = "launch", .nth = 2, .status = FAKE_LAUNCH_FAILED };
  g_assert_false (ew_device_check (ew_cuda_backend (), 70, &check, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

/* Opening fails at each of its calls in turn. */
static void
test_open_faults (void)
{
  /* All but the one that shows later: opening waits for nothing. */
  for (int i = 0; i < 3; i++)
    for (int nth = 1, more = TRUE; more; nth++)
      {
        g_autoptr (GError) error = NULL;

        fake_driver_install ();
        set_fault (i, nth);

        EwDevice *device = ew_cuda_backend ()->open (0, &error);

        more = fake_driver.fired;
        g_assert_true ((device == NULL) == more);
        if (device == NULL)
          {
            g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
            g_assert_true (g_str_has_suffix (error->message, "."));
          }
        else
          device->backend->close (device);
        g_assert_cmpint (nth, <, 60);
        fake_driver_assert_clean ();
      }
  fake_driver_remove ();
}

static void
test_old_driver (void)
{
  g_autoptr (GError) error = NULL;

  fake_driver_install ();
  fake_driver.fault = (FakeDriverFault){ .function = "module_load", .nth = 1, .status = EW_CUDA_NO_BINARY };
  g_assert_null (ew_cuda_backend ()->open (0, &error));
  g_assert_cmpstr (error->message, ==,
                   "The device NVIDIA Fake 1 or its driver, which is for CUDA 12.4, is too old for the kernels of this "
                   "build (CUDA_ERROR_NO_BINARY_FOR_GPU: what went wrong).");
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

/* --- a real device */

/* Transforms by the real library, where it is. */
static void
check_real_fft (EwDevice *device, EwRandom *random)
{
  g_autoptr (EwGrid) x = random_grid (random, 700, 900, 9.5, 10.5);

  for (int side = 2; side <= 63 && ew_cufft () != NULL; side += 61)
    {
      g_autoptr (EwKernel) kernel = random_kernel (random, side, side, -1, 1);
      g_autoptr (EwGrid) y = NULL;
      EwGeometry geometry;

      ew_geometry_init_valid (&geometry, side, side);
      y = correlate_by (device, x, kernel, &geometry, EW_METHOD_FFT);
      check_fft_output (x, kernel, &geometry, y);
    }
  if (ew_cufft () == NULL)
    g_test_message ("no cuFFT here");
}

/* What is measured of the device, and that the way which it leads to is right. */
static void
check_real_costs (EwDevice *device, EwRandom *random)
{
  g_autoptr (EwGrid) x = random_grid (random, 700, 900, -0.5, 0.5);
  g_autofree char *text = NULL;
  EwCudaCosts costs;

  for (int side = 9; side <= 31; side += 2)
    {
      g_autoptr (EwKernel) kernel = random_kernel (random, side, side, -1, 1);
      g_autoptr (EwGrid) y = NULL;
      EwGeometry geometry;

      ew_geometry_init_valid (&geometry, side, side);
      y = correlate_by (device, x, kernel, &geometry, EW_METHOD_AUTO);
      check_fft_output (x, kernel, &geometry, y);
    }
  if (!ew_cuda_costs_known ((EwCudaDevice *)device, &costs))
    {
      g_test_message ("the ways of correlating could not be measured");
      return;
    }
  text = ew_cuda_costs_to_text (&costs, device->name);
  g_test_message ("%s", text);
}

static void
test_real (void)
{
  g_autoptr (GError) error = NULL;
  EwDeviceInfo info;
  EwRandom random = 26;

  ew_cuda_backend ()->describe (&info);
  if (info.reason != NULL)
    {
      g_autofree char *text = g_strdup_printf ("no NVIDIA device here: %s", info.reason);

      g_test_skip (text);
      ew_device_info_clear (&info);
      return;
    }

  EwDevice *device = ew_cuda_backend ()->open (0, &error);

  g_assert_no_error (error);
  g_test_message ("%s", info.name);
  for (guint b = 0; b < CUDA_BUDGETS; b++)
    for (int i = 0; i < 40 && !g_test_failed (); i++)
      {
        check_correlate (device, &random, 200, cuda_budgets[b]);
        check_exact (device, &random, 200, cuda_budgets[b]);
        check_evaluate (device, &random, 120, cuda_budgets[b]);
        check_descend (device, &random, 80, cuda_budgets[b]);
        check_gram (device, &random, 80, cuda_budgets[b]);
      }
  check_divergence (device, &random);
  check_large (device, &random);
  check_real_fft (device, &random);
  check_real_costs (device, &random);
  device->backend->close (device);
  check_golden ();
  ew_device_info_clear (&info);
}

/* What is computed, with the kernels as plain loops and with their very source. */
static void
add_computing (const char *name, FakeKernels kernels)
{
  static Computes all[18];
  static int n;
  const struct
  {
    const char *name;
    CudaCheck check;
    GTestDataFunc func;
  } tests[] = {
    { "correlate", check_correlate, test_computes }, { "evaluate", check_evaluate, test_computes },
    { "exact", check_exact, test_computes },         { "descend", check_descend, test_computes },
    { "gram", check_gram, test_computes },           { "fft", NULL, test_fft },
    { "divergence", NULL, test_divergence },         { "golden", NULL, test_golden },
    { "trainer-faults", NULL, test_trainer_faults },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++, n++)
    {
      g_autofree char *path = g_strdup_printf ("/cuda/%s/%s", name, tests[i].name);

      all[n] = (Computes){ tests[i].check, kernels };
      g_test_add_data_func (path, &all[n], tests[i].func);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_unsetenv ("EDGEWISE_CUDA");
  g_test_add_func ("/cuda/reasons", test_reasons);
  g_test_add_func ("/cuda/libraries", test_libraries);
  g_test_add_func ("/cuda/no-driver", test_no_driver);
  g_test_add_func ("/cuda/described", test_described);
  g_test_add_func ("/cuda/check", test_check);
  g_test_add_func ("/cuda/open-faults", test_open_faults);
  g_test_add_func ("/cuda/old-driver", test_old_driver);
  add_computing ("plain", plain_kernels_launch);
  add_computing ("shim", cuda_shim_launch);
  g_test_add_func ("/cuda/large", test_large);
  g_test_add_func ("/cuda/plan", test_plan);
  g_test_add_func ("/cuda/ways", test_ways);
  g_test_add_func ("/cuda/round-trips", test_round_trips);
  g_test_add_func ("/cuda/graph-refused", test_graph_refused);
  g_test_add_func ("/cuda/threads", test_threads);
  g_test_add_func ("/cuda/cancel", test_cancel);
  g_test_add_func ("/cuda/methods", test_methods);
  g_test_add_func ("/cuda/fft-choice", test_fft_choice);
  g_test_add_func ("/cuda/no-cufft", test_no_cufft);
  g_test_add_func ("/cuda/costs/choice", test_costs_choice);
  g_test_add_func ("/cuda/costs/unasked", test_costs_unasked);
  g_test_add_func ("/cuda/costs/kept", test_costs_kept);
  g_test_add_func ("/cuda/costs/late-library", test_costs_late_library);
  g_test_add_func ("/cuda/costs/bad-files", test_costs_bad_files);
  g_test_add_func ("/cuda/costs/unwritable", test_costs_unwritable);
  g_test_add_func ("/cuda/costs/faults", test_costs_faults);
  g_test_add_func ("/cuda/costs/no-memory", test_costs_no_memory);
  g_test_add_func ("/cuda/costs/cancel", test_costs_cancel);
  g_test_add_func ("/cuda/gram-refused", test_gram_refused);
  g_test_add_func ("/cuda/memory", test_memory);
  g_test_add_func ("/cuda/memory-budget", test_memory_budget);
  g_test_add_func ("/cuda/streamed", test_streamed);
  g_test_add_func ("/cuda/pieces", test_pieces);
  g_test_add_func ("/cuda/correlate-banded", test_correlate_banded);
  g_test_add_func ("/cuda/rest", test_rest);
  g_test_add_func ("/cuda/faults", test_faults);
  g_test_add_func ("/cuda/faults-noticed", test_faults_noticed);
  g_test_add_func ("/cuda/mid-descent", test_mid_descent);
  g_test_add_func ("/cuda/trainer-gram", test_trainer_gram);
  g_test_add_func ("/cuda/fit", test_fit);
  g_test_add_func ("/cuda/five-failures", test_five_failures);
  g_test_add_func ("/cuda/real-device", test_real);
  return g_test_run ();
}
