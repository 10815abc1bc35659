/* What a view of a very large plane costs: gathering what is seen, another kernel, and a step aside.
 *
 *   view-cost [SIDE [TAPS]]    a plane of SIDE × SIDE (20000) and a kernel of TAPS × TAPS (7), seen at 500 × 500 dots
 */
#include "engine/random.h"
#include "engine/view.h"

#include <stdio.h>
#include <stdlib.h>

#define DOTS  500
#define TIMES 9

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;

  return (x > y) - (x < y);
}

/* Milliseconds that pictures take: the median, and the longest. */
static void
show (EwView *view, EwViewport *viewport, EwKernel *kernel, int step, gboolean other_kernels, const char *title)
{
  double times[TIMES];
  guint64 gathered = ew_view_n_gathered (view);

  for (int k = 0; k < TIMES; k++)
    {
      g_autoptr (EwKernel) edited = ew_kernel_copy (kernel);
      gint64 start = g_get_monotonic_time ();

      edited->taps[0] += other_kernels ? k + 1 : 0;
      viewport->column += step;
      ew_pictures_unref (ew_view_pictures (view, viewport, edited, NULL, NULL));
      times[k] = (double)(g_get_monotonic_time () - start) * 1e-3;
    }
  qsort (times, TIMES, sizeof *times, compare_doubles);
  printf ("%-28s %8.1f %8.1f %10.1f\n", title, times[TIMES / 2], times[TIMES - 1],
          (double)(ew_view_n_gathered (view) - gathered) / TIMES);
}

int
main (int argc, char *argv[])
{
  int side = argc > 1 ? atoi (argv[1]) : 20000;
  int taps = argc > 2 ? atoi (argv[2]) : 7;
  EwRandom random = 1;
  g_autoptr (GError) error = NULL;
  g_autoptr (EwGrid) x = ew_grid_new (side, side, &error);
  g_autoptr (EwKernel) kernel = ew_kernel_new_initial (taps, taps, EW_INIT_UNIFORM, 1, &error);
  EwPool *pool = ew_pool_new (0, &error);
  EwGeometry geometry;

  if (x == NULL || kernel == NULL || pool == NULL)
    {
      fprintf (stderr, "view-cost: %s\n", error->message);
      return 1;
    }
  for (int i = 0; i < side; i++)
    for (int j = 0; j < side; j++)
      ew_grid_row (x, i)[j] = (float)(j & 255) * 0.004f + (float)ew_random_uniform (&random) * (j % 97 == 0);
  ew_geometry_init_valid (&geometry, taps, taps);
  printf ("%d×%d, kernel %d×%d, %d threads; ms\n%-28s %8s %8s %10s\n", side, side, taps, taps, ew_pool_threads (pool),
          "", "median", "longest", "tiles each");
  for (int block = side / DOTS; block >= 1; block /= 3)
    {
      g_autoptr (EwView) view = ew_view_new (x, NULL, &geometry, pool, NULL);
      EwViewport viewport = { .block = block, .row = side / block / 4, .height = DOTS, .width = DOTS };
      g_autofree char *all = g_strdup_printf ("blocks of %d: from nothing", block);
      gint64 start = g_get_monotonic_time ();

      viewport.column = viewport.row = MIN (viewport.row, side / block - DOTS);
      ew_pictures_unref (ew_view_pictures (view, &viewport, kernel, NULL, NULL));
      printf ("%-28s %8.1f\n", all, (double)(g_get_monotonic_time () - start) * 1e-3);
      show (view, &viewport, kernel, 0, TRUE, "    another kernel");
      if (block < side / DOTS)
        show (view, &viewport, kernel, 16, FALSE, "    16 dots aside");
    }
  ew_pool_free (pool);
  return 0;
}
