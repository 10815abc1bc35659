/* Zoom and pan: what is seen stays within what there is, a place stays where it is, and what is drawn is what the
 * values say, by wheel, drag and keys. */
#include "engine/random.h"
#include "tests/widget-fixtures.h"
#include "ui/paint/colormap.h"
#include "ui/plane-view-private.h"

#include <math.h>

static void
set_planes (EwPlaneZoom *zoom, double height, double width, double reach)
{
  ew_plane_zoom_set_planes (
      zoom, (EwPlaneRect[]){ { 0, 0, height, width }, { reach / 2, reach / 2, height - reach, width - reach } });
}

/* Where (row, column) lies from the middle, in device pixels. */
static void
place_of (EwPlaneZoom *zoom, double row, double column, double *down, double *right)
{
  double middle_row, middle_column;

  ew_plane_zoom_get_center (zoom, &middle_row, &middle_column);
  *down = (row - middle_row) * ew_plane_zoom_get_scale (zoom);
  *right = (column - middle_column) * ew_plane_zoom_get_scale (zoom);
}

static void
assert_within (EwPlaneZoom *zoom, double height, double width)
{
  EwPlaneRect seen;

  ew_plane_zoom_get_seen (zoom, &seen);
  if (seen.height < height)
    {
      g_assert_cmpfloat (seen.top, >=, -1e-6);
      g_assert_cmpfloat (seen.top + seen.height, <=, height + 1e-6);
    }
  else
    g_assert_cmpfloat_with_epsilon (seen.top + seen.height / 2, height / 2, 1e-6);
  if (seen.width < width)
    {
      g_assert_cmpfloat (seen.left, >=, -1e-6);
      g_assert_cmpfloat (seen.left + seen.width, <=, width + 1e-6);
    }
}

/* Fit shows all in both panes and nothing larger would; steps are whole sides or whole blocks; a walk stays inside. */
static void
test_walk (void)
{
  EwRandom random = 5;

  for (int turn = 0; turn < 100 && !g_test_failed (); turn++)
    {
      g_autoptr (EwPlaneZoom) zoom = ew_plane_zoom_new ();
      double height = 5 + floor (ew_random_uniform (&random) * (turn % 2 ? 20 : 5000));
      double width = 5 + floor (ew_random_uniform (&random) * (turn % 2 ? 20 : 5000));
      int pane_height = 100 + (int)(ew_random_uniform (&random) * 500);
      int pane_width = 100 + (int)(ew_random_uniform (&random) * 500);

      g_assert_cmpfloat (ew_plane_zoom_get_scale (zoom), ==, 0);
      set_planes (zoom, height, width, 4);
      ew_plane_zoom_set_pane (zoom, 0, pane_height, pane_width, 1);
      ew_plane_zoom_set_pane (zoom, 1, pane_height, pane_width, 1);

      double fit = ew_plane_zoom_get_scale (zoom);

      g_assert_true (ew_plane_zoom_is_fit (zoom));
      g_assert_cmpfloat (fit * height, <=, pane_height + 1e-6);
      g_assert_cmpfloat (fit * width, <=, pane_width + 1e-6);
      g_assert_true (fit * height > pane_height - height || fit * width > pane_width - width || fit == 80);
      for (int step = 0; step < 40 && !g_test_failed (); step++)
        {
          double row = ew_random_uniform (&random) * height;
          double column = ew_random_uniform (&random) * width;
          double scale;

          if (step % 3 == 0)
            ew_plane_zoom_pan (zoom, (ew_random_uniform (&random) - 0.5) * 900,
                               (ew_random_uniform (&random) - 0.5) * 900);
          else
            ew_plane_zoom_step (zoom, ew_random_uniform (&random) < 0.6 ? 1 : -1, row, column);
          scale = ew_plane_zoom_get_scale (zoom);
          g_assert_cmpfloat (scale, >=, fit);
          if (!ew_plane_zoom_is_fit (zoom))
            g_assert_cmpfloat_with_epsilon (scale >= 1 ? scale : 1 / scale, round (scale >= 1 ? scale : 1 / scale),
                                            1e-9);
          assert_within (zoom, height, width);
          ew_plane_zoom_reveal (zoom, row, column);

          double down, right;

          place_of (zoom, row, column, &down, &right);
          g_assert_cmpfloat (fabs (down), <=, pane_height / 2.0 + 1e-6);
          g_assert_cmpfloat (fabs (right), <=, pane_width / 2.0 + 1e-6);
        }
    }
}

/* Far from the edges the place under the pointer stays where it is, up and down again. */
static void
test_anchor (void)
{
  g_autoptr (EwPlaneZoom) zoom = ew_plane_zoom_new ();
  double down, right, down_after, right_after;

  set_planes (zoom, 4000, 6000, 6);
  ew_plane_zoom_set_pane (zoom, 0, 300, 400, 1);
  ew_plane_zoom_set_pane (zoom, 1, 300, 360, 1);
  ew_plane_zoom_step (zoom, 6, 2000, 3000);
  place_of (zoom, 2010, 2990, &down, &right);
  for (int step = 0; step < 12; step++)
    {
      ew_plane_zoom_step (zoom, step < 6 ? 1 : -1, 2010, 2990);
      place_of (zoom, 2010, 2990, &down_after, &right_after);
      g_assert_cmpfloat_with_epsilon (down_after, down, 1e-6);
      g_assert_cmpfloat_with_epsilon (right_after, right, 1e-6);
    }
  /* A kernel of another size is no other view; another image is. */
  set_planes (zoom, 4000, 6000, 14);
  g_assert_false (ew_plane_zoom_is_fit (zoom));
  set_planes (zoom, 900, 600, 14);
  g_assert_true (ew_plane_zoom_is_fit (zoom));
}

/* One axis of a plane lies within the pane that has @side device pixels of it. */
static void
assert_inside (double start, double length, double middle, double scale, double side)
{
  g_assert_cmpfloat ((middle - start) * scale, <=, side / 2 + 1e-6);
  g_assert_cmpfloat ((start + length - middle) * scale, <=, side / 2 + 1e-6);
}

/* What fits is seen whole in panes of any sizes, in whatever order they come to them, whatever is tried on it: the
 * output's pane is narrower by its legend, and need not hold the input too. */
static void
test_fit_of_unlike_panes (void)
{
  EwRandom random = 11;

  for (int turn = 0; turn < 300 && !g_test_failed (); turn++)
    {
      g_autoptr (EwPlaneZoom) zoom = ew_plane_zoom_new ();
      double height = 5 + floor (ew_random_uniform (&random) * (turn % 2 ? 20 : 5000));
      double width = 5 + floor (ew_random_uniform (&random) * (turn % 2 ? 20 : 5000));
      double reach = floor (ew_random_uniform (&random) * 5);
      double row, column;

      set_planes (zoom, height, width, reach);
      for (int k = 0; k < 6 && !g_test_failed (); k++)
        {
          int pane_height = 100 + (int)(ew_random_uniform (&random) * 500);
          int pane_width[] = { 100 + (int)(ew_random_uniform (&random) * 500),
                               100 + (int)(ew_random_uniform (&random) * 500) };

          for (int pane = 0; pane < 2; pane++)
            ew_plane_zoom_set_pane (zoom, pane, pane_height, pane_width[pane], 1);
          ew_plane_zoom_pan (zoom, 30 * (k - 2), 20 * (k - 3));
          ew_plane_zoom_reveal (zoom, 0, k % 2 ? width - 1 : 0);
          ew_plane_zoom_get_center (zoom, &row, &column);

          double scale = ew_plane_zoom_get_scale (zoom);

          g_assert_true (ew_plane_zoom_is_fit (zoom));
          assert_inside (0, height, row, scale, pane_height);
          assert_inside (0, width, column, scale, pane_width[0]);
          assert_inside (reach / 2, height - reach, row, scale, pane_height);
          assert_inside (reach / 2, width - reach, column, scale, pane_width[1]);
        }
    }
}

/* --- in a real window */

static EwGrid *
noise (int height, int width)
{
  EwRandom random = 9;
  EwGrid *grid = ew_grid_new (height, width, NULL);

  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (grid, i)[j] = (float)ew_random_uniform (&random);
  return grid;
}

static GtkWidget *
zoomed_view (EwGrid *grid, EwPlaneZoom *zoom)
{
  GtkWidget *view = ew_plane_view_new ("Input image", "X");

  ew_plane_view_set_zoom (EW_PLANE_VIEW (view), zoom, 0);
  ew_plane_zoom_set_planes (
      zoom, (EwPlaneRect[]){ { 0, 0, grid->height, grid->width }, { 0, 0, grid->height, grid->width } });
  ew_plane_view_set_source_size (EW_PLANE_VIEW (view), grid->height, grid->width);
  ew_plane_view_show_part (EW_PLANE_VIEW (view), grid, NULL, 1, 0, 0);
  return view;
}

static gboolean
has_scale (gpointer zoom)
{
  return ew_plane_zoom_get_scale (zoom) > 0;
}

/* Keys and drags move what is seen; pixels drawn have the colours of the values that they lie over. */
static void
test_view (void)
{
  g_autoptr (EwPlaneZoom) zoom = ew_plane_zoom_new ();
  g_autoptr (EwGrid) grid = noise (90, 120);
  GtkWidget *widget = zoomed_view (grid, zoom);
  GtkWindow *window = ew_window_open (widget, 400, 330);
  EwPlaneView *view = EW_PLANE_VIEW (widget);
  double fit, row, column, before;
  int width, height, i, j;

  g_assert_true (ew_spin_until (has_scale, zoom));
  fit = ew_plane_zoom_get_scale (zoom);
  ew_click (window, widget, 200, 100, 1);
  g_assert_true (ew_plane_view_get_cursor (view, &i, &j));
  ew_keys (window, "plus plus");
  g_assert_cmpfloat (ew_plane_zoom_get_scale (zoom), ==, fit < 3 ? 4 : 6);
  ew_plane_zoom_get_center (zoom, &row, &before);
  ew_keys (window, "shift+Right");
  ew_plane_zoom_get_center (zoom, &row, &column);
  g_assert_cmpfloat (column, >, before);

  /* A part at an enlarged scale, pixel by pixel. */
  ew_spin (200);
  ew_plane_view_set_cursor (view, -1, -1);
  ew_spin (200);

  g_autofree guint32 *pixels = ew_window_pixels (window, &width, &height);
  int checked = 0;

  for (int y = 8; y < 240; y += 7)
    for (int x = 8; x < width - 8; x += 7)
      {
        if (!ew_plane_view_find_pixel (view, x + 0.5, y + 0.5, &i, &j))
          continue;
        checked++;
        g_assert_cmphex (pixels[y * width + x] | 0xff000000u, ==,
                         ew_colormap_pixel (ew_colormap_grey (), (EwRange){ 0, 1 }, ew_grid_row (grid, i)[j]));
      }
  g_assert_cmpint (checked, >, 500);

  /* A picture of a part: what is not in it is blank, and what is lies where it belongs. */
  g_autoptr (EwGrid) part = ew_grid_new_cropped (grid, (int)row - 5, (int)column - 5, 10, 10, NULL);
  graphene_rect_t area;

  ew_plane_view_show_part (view, part, NULL, 1, (int)row - 5, (int)column - 5);
  ew_spin (200);

  g_autofree guint32 *some = ew_window_pixels (window, &width, &height);

  for (int k = 0; k < 10; k++)
    {
      g_assert_true (ew_plane_view_get_area (view, (int)row - 5 + k, (int)column - k + 4, 1, 1, &area));
      g_assert_cmphex (some[(int)(area.origin.y + 1.5) * width + (int)(area.origin.x + 1.5)], ==,
                       pixels[(int)(area.origin.y + 1.5) * width + (int)(area.origin.x + 1.5)]);
    }
  ew_keys (window, "0");
  g_assert_true (ew_plane_zoom_is_fit (zoom));
  ew_window_close (window);
}

typedef struct
{
  EwPlaneZoom *zoom;
  double scale;
} Scale;

static gboolean
is_at_scale (gpointer data)
{
  const Scale *expected = data;

  return fabs (ew_plane_zoom_get_scale (expected->zoom) - expected->scale) < 1e-9;
}

static void
wait_for_scale (EwPlaneZoom *zoom, double scale)
{
  Scale expected = { zoom, scale };

  if (!ew_spin_until (is_at_scale, &expected))
    g_test_fail_printf ("the scale is %g, not %g", ew_plane_zoom_get_scale (zoom), scale);
}

/* The wheel goes through the sizes, and the pixel under the pointer stays there; with Shift it moves sideways. */
static void
test_wheel (void)
{
  static const double sizes[] = { 4, 6, 8, 12, 16 };
  g_autoptr (EwPlaneZoom) zoom = ew_plane_zoom_new ();
  g_autoptr (EwGrid) grid = noise (90, 120);
  GtkWidget *widget = zoomed_view (grid, zoom);
  GtkWindow *window = ew_window_open (widget, 400, 330);
  EwPlaneView *view = EW_PLANE_VIEW (widget);
  double x = 140.5;
  double y = 90.5;
  int row, column, i, j;
  double before_row, before, middle_row, middle;

  g_assert_true (ew_spin_until (has_scale, zoom));
  g_assert_cmpfloat (ew_plane_zoom_get_scale (zoom), <, 4);
  ew_wheel (window, widget, x, y, TRUE, NULL);
  if (ew_plane_zoom_get_scale (zoom) < 4)
    ew_wheel (window, widget, x, y, TRUE, NULL);
  wait_for_scale (zoom, sizes[0]);
  g_assert_true (ew_plane_view_find_pixel (view, x, y, &row, &column));
  for (int step = 1; step < 8 && !g_test_failed (); step++)
    {
      ew_wheel (window, widget, x, y, step < 5, NULL);
      wait_for_scale (zoom, sizes[step < 5 ? step : 8 - step]);
      g_assert_true (ew_plane_view_find_pixel (view, x, y, &i, &j));
      /* Places are rounded to whole device pixels. */
      g_assert_cmpint (abs (i - row) + abs (j - column), <=, 1);
    }
  ew_plane_zoom_get_center (zoom, &before_row, &before);
  ew_wheel (window, widget, x, y, FALSE, "shift");
  ew_plane_zoom_get_center (zoom, &middle_row, &middle);
  g_assert_cmpfloat (middle, >, before);
  g_assert_cmpfloat (middle_row, ==, before_row);
  wait_for_scale (zoom, sizes[1]);
  ew_window_close (window);
}

/* Two fingers zoom by any factor while they are there, and to the nearest of the sizes when they leave. An X server without
 * a touchpad has no fingers: what the gesture tells is told for it. */
static void
test_pinch (void)
{
  g_autoptr (EwPlaneZoom) zoom = ew_plane_zoom_new ();
  g_autoptr (EwGrid) grid = noise (90, 120);
  GtkWidget *widget = zoomed_view (grid, zoom);
  GtkWindow *window = ew_window_open (widget, 400, 330);
  EwPlaneView *view = EW_PLANE_VIEW (widget);
  int row, column, i, j;
  double fit;

  g_assert_true (ew_spin_until (has_scale, zoom));
  fit = ew_plane_zoom_get_scale (zoom);
  g_assert_true (ew_plane_view_find_pixel (view, 140.5, 90.5, &row, &column));
  ew_plane_view_pinch_begin (view);
  for (double factor = 1; factor < 2.6; factor += 0.1)
    {
      ew_plane_view_pinch (view, factor, 140.5, 90.5);
      g_assert_cmpfloat_with_epsilon (ew_plane_zoom_get_scale (zoom), fit * factor, 1e-9);
      /* What is between the fingers stays there, but for rounding to whole device pixels. */
      g_assert_true (ew_plane_view_find_pixel (view, 140.5, 90.5, &i, &j));
      g_assert_cmpint (abs (i - row) + abs (j - column), <=, 1);
    }
  ew_plane_view_pinch (view, 4.1 / fit, 140.5, 90.5);
  ew_plane_view_pinch_end (view);
  g_assert_cmpfloat (ew_plane_zoom_get_scale (zoom), ==, 4);
  /* From there on, not from where the last one began; smaller than what fits there is nothing. */
  ew_plane_view_pinch_begin (view);
  ew_plane_view_pinch (view, 0.9, 140.5, 90.5);
  g_assert_cmpfloat_with_epsilon (ew_plane_zoom_get_scale (zoom), 3.6, 1e-9);
  ew_plane_view_pinch (view, 0.1, 140.5, 90.5);
  ew_plane_view_pinch_end (view);
  g_assert_true (ew_plane_zoom_is_fit (zoom));
  ew_window_close (window);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/zoom/walk", test_walk);
  g_test_add_func ("/zoom/anchor", test_anchor);
  g_test_add_func ("/zoom/fit-of-unlike-panes", test_fit_of_unlike_panes);
  if (ew_widgets_init ())
    {
      g_test_add_func ("/zoom/view", test_view);
      g_test_add_func ("/zoom/wheel", test_wheel);
      g_test_add_func ("/zoom/pinch", test_pinch);
    }
  return g_test_run ();
}
