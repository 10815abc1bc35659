/* What a view of a very large plane costs: gathering what is seen, another kernel, a step aside, and a zoom to any size.
 *
 *   view-cost [SIDE [TAPS]]    a plane of SIDE × SIDE (20000) and a kernel of TAPS × TAPS (7), seen at 500 × 500 dots
 */
#include "engine/random.h"
#include "engine/view.h"

#include <stdio.h>
#include <stdlib.h>

#define DOTS   500
#define MARGIN 64
#define TIMES  9

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;

  return (x > y) - (x < y);
}

/* Milliseconds since @start. */
static double
since (gint64 start)
{
  return (double)(g_get_monotonic_time () - start) * 1e-3;
}

static void
print_times (const char *title, double *times, double tiles)
{
  qsort (times, TIMES, sizeof *times, compare_doubles);
  printf ("%-28s %8.1f %8.1f %10.1f\n", title, times[TIMES / 2], times[TIMES - 1], tiles);
}

/* Pictures again and again, each with another kernel or a step aside. */
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
      times[k] = since (start);
    }
  print_times (title, times, (double)(ew_view_n_gathered (view) - gathered) / TIMES);
}

static void
show_block (EwView *view, int side, int block, EwKernel *kernel)
{
  EwViewport viewport = { .block = block, .height = DOTS, .width = DOTS };
  g_autofree char *all = g_strdup_printf ("blocks of %d: from nothing", block);
  gint64 start = g_get_monotonic_time ();

  viewport.column = viewport.row = MIN (side / block / 4, side / block - DOTS);
  ew_pictures_unref (ew_view_pictures (view, &viewport, kernel, NULL, NULL));
  printf ("%-28s %8.1f\n", all, since (start));
  show (view, &viewport, kernel, 0, TRUE, "    another kernel");
  if (block < side / DOTS)
    show (view, &viewport, kernel, 16, FALSE, "    16 dots aside");
}

/* A zoom to a size, each time at another place: until what is in sight is exact. */
static void
zoom_to (EwView *view, int side, int block, EwKernel *kernel, EwRandom *random)
{
  double times[TIMES];
  guint64 gathered = ew_view_n_gathered (view);
  g_autofree char *title = g_strdup_printf ("zoom to 1:%d", block);
  int most = side / block - DOTS;

  for (int k = 0; k < TIMES; k++)
    {
      EwViewport v = { .block = block, .seen_height = DOTS, .seen_width = DOTS };
      EwViewport first;
      gint64 start = g_get_monotonic_time ();

      v.seen_row = (int)(ew_random_uniform (random) * most);
      v.seen_column = (int)(ew_random_uniform (random) * most);
      v.row = MAX (v.seen_row - MARGIN, 0);
      v.column = MAX (v.seen_column - MARGIN, 0);
      v.height = v.width = DOTS + 2 * MARGIN;
      ew_pictures_unref (
          ew_view_pictures (view, ew_view_first_part (view, &v, &first) ? &first : &v, kernel, NULL, NULL));
      times[k] = since (start);
    }
  print_times (title, times, (double)(ew_view_n_gathered (view) - gathered) / TIMES);
}

/* As the window does it: all is seen, there is a moment's rest, and then it is zoomed. */
static void
show_zooms (EwGrid *x, const EwGeometry *geometry, EwPool *pool, EwKernel *kernel)
{
  g_autoptr (EwView) view = ew_view_new (x, NULL, geometry, pool, NULL);
  EwViewport all = { .block = x->height / DOTS, .height = DOTS, .width = DOTS };
  EwRandom random = 2;
  gint64 start;
  double longest = 0;

  ew_pictures_unref (ew_view_pictures (view, &all, kernel, NULL, NULL));
  start = g_get_monotonic_time ();
  for (gboolean more = TRUE; more;)
    {
      gint64 before = g_get_monotonic_time ();

      more = ew_view_prepare (view, &all, NULL);
      longest = MAX (longest, since (before));
    }
  printf ("%-28s %8.1f %8.1f %10.1f\n", "sizes prepared (all, a step)", since (start), longest,
          (double)ew_view_n_gathered (view));
  for (int k = EW_ZOOM_SIDES - 1; k > 0; k--)
    if (ew_zoom_sides[k] * DOTS < x->height)
      zoom_to (view, x->height, ew_zoom_sides[k], kernel, &random);
}

static EwGrid *
make_plane (int side, GError **error)
{
  EwGrid *x = ew_grid_new (side, side, error);
  EwRandom random = 1;

  for (int i = 0; x != NULL && i < side; i++)
    for (int j = 0; j < side; j++)
      ew_grid_row (x, i)[j] = (float)(j & 255) * 0.004f + (float)ew_random_uniform (&random) * (j % 97 == 0);
  return x;
}

int
main (int argc, char *argv[])
{
  int side = argc > 1 ? atoi (argv[1]) : 20000;
  int taps = argc > 2 ? atoi (argv[2]) : 7;
  g_autoptr (GError) error = NULL;
  g_autoptr (EwGrid) x = make_plane (side, &error);
  g_autoptr (EwKernel) kernel = x == NULL ? NULL : ew_kernel_new_initial (taps, taps, EW_INIT_UNIFORM, 1, &error);
  EwPool *pool = kernel == NULL ? NULL : ew_pool_new (0, &error);
  EwGeometry geometry;

  if (pool == NULL)
    {
      fprintf (stderr, "view-cost: %s\n", error->message);
      return 1;
    }
  ew_geometry_init_valid (&geometry, taps, taps);
  printf ("%d×%d, kernel %d×%d, %d threads; ms\n%-28s %8s %8s %10s\n", side, side, taps, taps, ew_pool_threads (pool),
          "", "median", "longest", "tiles each");
  for (int block = side / DOTS; block >= 1; block /= 3)
    {
      g_autoptr (EwView) view = ew_view_new (x, NULL, &geometry, pool, NULL);

      show_block (view, side, block, kernel);
    }
  show_zooms (x, &geometry, pool, kernel);
  ew_pool_free (pool);
  return 0;
}
