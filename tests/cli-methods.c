/* edgewise-cli corr2d --method: every way gives the same values, and the automatic choice is one of them. */
#include "app/files/kernel-file.h"
#include "app/files/write.h"
#include "engine/fftw.h"
#include "tests/cli-fixtures.h"
#include "tests/engine-fixtures.h"

#include <math.h>

/* Roundings of the longest way, with room: a fast transform of a tile of 2¹⁶ values there and back takes 8 in each of
 * 2 · 16 steps at the most, rows and columns take twice the kernel's side and those of the factors. */
#define ROUNDINGS 256

/* ROUNDINGS · 2⁻²⁴ · ‖K‖₂ · ‖X‖₂, which bounds transforms as sums, by Cauchy and Schwarz. */
static double
bound_of (const EwGrid *x, const EwKernel *kernel)
{
  double xx = 0;
  double kk = 0;

  for (int i = 0; i < x->height; i++)
    for (int j = 0; j < x->width; j++)
      xx += pow ((double)ew_grid_row (x, i)[j], 2);
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    kk += pow (kernel->taps[k], 2);
  return ROUNDINGS * UNIT_32 * sqrt (kk * xx);
}

static EwGrid *
output_of (const char *kernel, const char *method)
{
  g_autofree char *line = g_strdup_printf ("corr2d big.npy %s -o y.npy --bias 0.5 --method %s", kernel, method);

  cli_works (line);
  return read_plane (scratch ("y.npy"));
}

static double
largest_difference (const EwGrid *a, const EwGrid *b)
{
  double largest = 0;

  for (int i = 0; i < a->height; i++)
    for (int j = 0; j < a->width; j++)
      largest = fmax (largest, fabs ((double)ew_grid_row (a, i)[j] - (double)ew_grid_row (b, i)[j]));
  return largest;
}

/* @method is as good as the reference, is not the direct loops, and is what the automatic choice takes for an image of
 * @side × @side, which is far from where the choice changes. */
static void
check_method (EwRandom *random, int side, const EwKernel *kernel, const char *name, const char *method)
{
  g_autoptr (EwGrid) x = random_grid (random, side, side, -1, 1);
  g_autoptr (EwGrid) want = NULL;
  g_autoptr (EwGrid) direct = NULL;
  g_autoptr (EwGrid) have = NULL;
  g_autoptr (EwGrid) chosen = NULL;

  g_assert_true (ew_grid_write (scratch ("big.npy"), x, NULL, NULL));
  g_assert_true (ew_kernel_write (scratch (name), kernel, NULL));
  want = output_of (name, "reference");
  direct = output_of (name, "direct");
  have = output_of (name, method);
  chosen = output_of (name, "auto");
  g_assert_cmpfloat (largest_difference (have, want), <=, bound_of (x, kernel));
  g_assert_cmpfloat (largest_difference (have, direct), >, 0);
  check_same_bits (chosen, have);
}

static void
test_methods (void)
{
  EwRandom random = 51;
  g_autoptr (EwKernel) full = random_kernel (&random, 31, 31, -1, 1);
  g_autoptr (EwKernel) product = ew_kernel_new (11, 11, NULL);

  for (int k = 0; k < 121; k++)
    product->taps[k] = full->taps[k / 11] * full->taps[31 + k % 11];
  cli_open ();
  check_method (&random, 900, product, "product.npy", "separable");
  if (ew_fftw (NULL) != NULL)
    check_method (&random, 400, full, "full.npy", "fft");
  cli_refuses ("corr2d x.npy k.npy -o y.npy --method separable", 1, "rank 1 or 2");
  cli_close ();
}

void
add_cli_methods_cases (void)
{
  g_test_add_func ("/cli/corr2d/methods", test_methods);
}
