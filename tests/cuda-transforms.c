/* Correlation by cuFFT, or what stands in for it: when it is chosen, and what it gives. */
#include "engine/reference.h"
#include "tests/cuda-cases.h"
#include "tests/engine-fixtures.h"
#include "tests/fake-cufft.h"
#include "tests/plain-kernels.h"

#include <dlfcn.h>
#include <math.h>

/* --- transforms */

/* The error of three transforms of float32 numbers is a few units for each of their 16 levels, of the tile's norm times
 * the kernel's; values of x lie within ½ of their mean. */
void
check_fft_output (const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, const EwGrid *y)
{
  g_autofree double *wanted = g_new (double, (size_t)y->height *(size_t)y->width);
  double norm = 0, magnitude = fabs (kernel->bias);

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      norm += kernel->taps[k] * kernel->taps[k];
      magnitude += 10 * fabs (kernel->taps[k]);
    }
  g_assert_true (ew_reference_correlate (x, kernel, geometry, wanted, NULL));
  for (int i = 0; i < y->height && !g_test_failed (); i++)
    for (int j = 0; j < y->width; j++)
      g_assert_cmpfloat_with_epsilon ((double)ew_grid_row (y, i)[j], wanted[(size_t)i * y->width + j],
                                      48 * UNIT_32 * 256 * sqrt (norm) + 4 * UNIT_32 * magnitude);
}

EwGrid *
correlate_by (EwDevice *device, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, EwMethod method)
{
  g_autoptr (GError) error = NULL;
  EwGrid *y;
  int height, width;

  g_assert_true (ew_geometry_output_size (geometry, x->height, x->width, &height, &width, NULL));
  y = ew_grid_new (height, width, NULL);
  g_assert_true (device->backend->correlate (device, x, kernel, geometry, method, y, NULL, &error));
  g_assert_no_error (error);
  return y;
}

/* Values around 10, which without their mean are small; several tiles, with a border. */
static void
check_fft (EwDevice *device, EwRandom *random, int height, int width, int kh, int kw)
{
  g_autoptr (EwGrid) x = random_grid (random, height, width, 9.5, 10.5);
  g_autoptr (EwKernel) kernel = random_kernel (random, kh, kw, -1, 1);
  g_autoptr (EwGrid) y = NULL;
  EwGeometry geometry;
  int before = fake_cufft_transforms;

  ew_geometry_init_valid (&geometry, kh, kw);
  geometry.left = geometry.bottom = 3;
  geometry.border = EW_BORDER_REFLECT;
  y = correlate_by (device, x, kernel, &geometry, EW_METHOD_FFT);
  g_assert_cmpint (fake_cufft_transforms, >=, before + 3);
  g_assert_cmpint (fake_cufft_plans, ==, 0);
  check_fft_output (x, kernel, &geometry, y);
}

void
test_fft (gconstpointer data)
{
  EwDevice *device = open_fake ();
  EwRandom random = 35;

  fake_driver.kernels = ((const Computes *)data)->kernels;
  check_fft (device, &random, 300, 270, 63, 63);
  check_fft (device, &random, 40, 500, 2, 31);
  check_fft (device, &random, 5, 5, 5, 4);
  /* More tiles than a batch has. */
  if (fake_driver.kernels == plain_kernels_launch)
    check_fft (device, &random, 9, 16000, 3, 9);
  close_fake (device);
}

/* By itself for large kernels, not for small ones; not for values that are not finite; directly where the library is
 * missing, or fails at any of its calls. */
void
test_fft_choice (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 36;
  g_autoptr (EwGrid) x = random_grid (&random, 320, 320, 9.5, 10.5);
  g_autoptr (EwKernel) large = random_kernel (&random, 31, 31, -1, 1);
  g_autoptr (EwKernel) small = random_kernel (&random, 7, 7, -1, 1);
  g_autoptr (EwGrid) by_fft = NULL;
  g_autoptr (EwGrid) directly = NULL;
  g_autoptr (EwGrid) infinite = NULL;
  g_autoptr (EwGrid) without = NULL;
  g_autoptr (EwGrid) y = ew_grid_new (290, 290, NULL);
  g_autoptr (GError) error = NULL;
  EwGeometry geometry;
  int nth = 1;

  ew_geometry_init_valid (&geometry, 31, 31);
  by_fft = correlate_by (device, x, large, &geometry, EW_METHOD_AUTO);
  g_assert_cmpint (fake_cufft_transforms, >, 0);
  directly = correlate_by (device, x, large, &geometry, EW_METHOD_DIRECT);
  for (gboolean failed = TRUE; failed; nth++)
    {
      g_autoptr (EwGrid) again = NULL;

      fake_cufft_fault = nth;
      again = correlate_by (device, x, large, &geometry, EW_METHOD_AUTO);
      failed = fake_cufft_fault == 0;
      g_assert_cmpint (fake_cufft_plans, ==, 0);
      g_assert_cmpmem (ew_grid_row (again, 100), 290 * sizeof (float), ew_grid_row (failed ? directly : by_fft, 100),
                       290 * sizeof (float));
    }
  g_assert_cmpint (nth, >, 8);
  fake_cufft_fault = fake_cufft_transforms = 0;
  ew_geometry_init_valid (&geometry, 7, 7);
  g_autoptr (EwGrid) small_output = correlate_by (device, x, small, &geometry, EW_METHOD_AUTO);

  ew_geometry_init_valid (&geometry, 31, 31);
  ew_grid_row (x, 5)[5] = INFINITY;
  infinite = correlate_by (device, x, large, &geometry, EW_METHOD_AUTO);
  g_assert_true (isfinite (ew_grid_row (infinite, 100)[100]));
  g_assert_cmpint (fake_cufft_transforms, ==, 0);
  ew_grid_row (x, 5)[5] = 10;
  ew_cufft_set_for_tests (TRUE, NULL);
  without = correlate_by (device, x, large, &geometry, EW_METHOD_AUTO);
  g_assert_false (device->backend->correlate (device, x, large, &geometry, EW_METHOD_FFT, y, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
  close_fake (device);
}

/* On a machine without the library. */
void
test_no_cufft (void)
{
  void *library = dlopen ("libcufft.so.12", RTLD_NOW | RTLD_LOCAL);

  if (library != NULL)
    {
      g_test_skip ("this machine has cuFFT");
      return;
    }
  g_assert_null (ew_cufft ());
}

/* Every geometry is known; there is no other method. */
void
test_methods (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 24;
  g_autoptr (EwGrid) x = random_grid (&random, 8, 8, 0, 1);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 3, 0, 1);
  g_autoptr (EwGrid) y = ew_grid_new (6, 6, NULL);
  g_autoptr (GError) error = NULL;
  EwGeometry geometry;

  g_assert_null (device->backend->supports);
  ew_geometry_init_valid (&geometry, 3, 3);
  g_assert_false (device->backend->correlate (device, x, kernel, &geometry, EW_METHOD_SEPARABLE, y, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
  close_fake (device);
}
