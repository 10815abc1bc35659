/* Not a test: what the direct loops of corr2d spend on arithmetic, on reading x and on writing y, and how much of it hides
 * behind the rest; a table for tests/bench.
 *
 * One thread, 4096×4096. Without a stride all rows of a plane are one row, which stays in the first-level cache: so reading or
 * writing costs next to nothing, and all else is done as ever.
 */
#include "engine/cpu-kernels.h"
#include "engine/grid.h"
#include "engine/kernel.h"
#include "engine/random.h"

#include <stdio.h>
#include <stdlib.h>

#define SIDE   4096
#define STRIP  96
#define ROUNDS 15

typedef enum
{
  ARITHMETIC,
  READS,
  STORES,
  BOTH,
  N_PARTS,
} Part;

/* Milliseconds of one correlation of which only @part goes to memory. */
static double
measure (const EwCpuKernels *kernels, const EwGrid *x, const EwGrid *y, const float *taps, int side, Part part)
{
  size_t x_stride = part == READS || part == BOTH ? x->stride : 0;
  size_t y_stride = part == STORES || part == BOTH ? y->stride : 0;
  EwCpuHints hints = { .streaming = y_stride != 0 };
  gint64 start = g_get_monotonic_time ();

  for (int i = 0; i < y->height; i += STRIP)
    kernels->correlate_hinted (ew_grid_row (x, 0) + i * x_stride, x_stride, taps, side, side, 0,
                               ew_grid_row (y, 0) + i * y_stride, y_stride, MIN (STRIP, y->height - i), y->width, 1,
                               &hints);
  return (double)(g_get_monotonic_time () - start) / 1000;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static gboolean
print_row (const EwCpuKernels *kernels, const EwGrid *x, int side, GError **error)
{
  g_autoptr (EwGrid) y = ew_grid_new (SIDE - side + 1, SIDE - side + 1, error);
  float taps[EW_KERNEL_SIDE_MAX * EW_KERNEL_SIDE_MAX];
  double times[N_PARTS][ROUNDS];

  if (y == NULL)
    return FALSE;
  for (int k = 0; k < side * side; k++)
    taps[k] = 0.01f * (float)k;
  measure (kernels, x, y, taps, side, BOTH);
  for (int round = 0; round < ROUNDS; round++)
    for (int part = 0; part < N_PARTS; part++)
      times[part][round] = measure (kernels, x, y, taps, side, part);
  printf ("| %dx%d |", side, side);
  for (int part = 0; part < N_PARTS; part++)
    {
      qsort (times[part], ROUNDS, sizeof (double), compare);
      printf (" %.2f ms |", times[part][ROUNDS / 2]);
    }

  double base = times[ARITHMETIC][ROUNDS / 2], reads = times[READS][ROUNDS / 2], stores = times[STORES][ROUNDS / 2];

  printf (" %.2f ms |\n", reads + stores - base);
  return TRUE;
}

int
main (void)
{
  g_autoptr (GError) error = NULL;
  const EwCpuKernels *kernels = ew_cpu_kernels (&error);
  g_autoptr (EwGrid) x = kernels == NULL ? NULL : ew_grid_new (SIDE, SIDE, &error);
  EwRandom random = 1;
  gboolean ok = x != NULL;

  for (int i = 0; ok && i < SIDE; i++)
    for (int j = 0; j < SIDE; j++)
      ew_grid_row (x, i)[j] = (float)ew_random_uniform (&random);
  if (ok)
    puts ("| kernel | arithmetic alone | with x from memory | with y to memory | with both | the two added up |\n"
          "| --- | --- | --- | --- | --- | --- |");
  for (int side = 3; ok && side <= 15; side += side < 7 ? 2 : 4)
    ok = print_row (kernels, x, side, &error);
  if (!ok)
    fprintf (stderr, "bench-parts: %s\n", error->message);
  return ok ? 0 : 1;
}
