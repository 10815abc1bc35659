/* When the widgets draw: not unless something has changed, and then soon. */
#include "tests/widgets-gallery.h"

#include <string.h>

/* --- drawing */

static int
draws_until_settled (void)
{
  int before = ew_draws ();

  ew_spin (SETTLED);
  return ew_draws () - before;
}

/* Waits for what is still due: a machine under load is late. */
static void
settle (void)
{
  for (int k = 0; k < 20 && draws_until_settled () > 0; k++)
    ;
}

static gboolean
has_drawn (gpointer before)
{
  return ew_draws () > *(int *)before;
}

/* How often is drawn, at least once, until nothing more is due. */
static int
draws_to_come (void)
{
  int before = ew_draws ();

  g_assert_true (ew_spin_until (has_drawn, &before));
  settle ();
  return ew_draws () - before;
}

/* Nothing is drawn while nothing changes, nor where what is set is there already. */
static void
test_no_redraw (void)
{
  g_autoptr (EwGrid) grid = make_grid (6, 8, -1, 1);
  g_autoptr (EwGrid) target = make_grid (6, 8, -1, 1);
  g_autoptr (EwKernel) kernel = make_kernel (3, 3);
  g_autoptr (EwKernel) equal = ew_kernel_copy (kernel);
  g_autoptr (EwCurves) curves = make_curves (9, 100);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *plane = plane_view (grid, TRUE);
  GtkWidget *taps = kernel_view (kernel, TRUE);
  GtkWidget *chart = chart_view (EW_CHART_LOSS, curves);
  GtkWindow *window;

  gtk_box_append (GTK_BOX (box), plane);
  gtk_box_append (GTK_BOX (box), taps);
  gtk_box_append (GTK_BOX (box), chart);
  window = ew_window_open (box, 400, 700);
  ew_plane_view_set_reference (EW_PLANE_VIEW (plane), target);
  ew_plane_view_set_residual (EW_PLANE_VIEW (plane), grid, target, 1);
  ew_chart_view_set_epoch_limit (EW_CHART_VIEW (chart), 200);
  settle ();
  g_assert_cmpint (ew_draws (), >=, 3);
  g_assert_cmpint (draws_until_settled (), ==, 0);

  ew_plane_view_set_residual (EW_PLANE_VIEW (plane), grid, target, 1);
  ew_plane_view_set_reference (EW_PLANE_VIEW (plane), target);
  ew_plane_view_set_signed (EW_PLANE_VIEW (plane), TRUE);
  ew_plane_view_set_symbol (EW_PLANE_VIEW (plane), "X");
  ew_plane_view_set_label (EW_PLANE_VIEW (plane), "Input image");
  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (taps), kernel);
  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (taps), equal);
  ew_kernel_view_set_show_bias (EW_KERNEL_VIEW (taps), TRUE);
  ew_kernel_view_set_selected (EW_KERNEL_VIEW (taps), 0);
  ew_chart_view_set_curves (EW_CHART_VIEW (chart), curves);
  ew_chart_view_set_epoch_limit (EW_CHART_VIEW (chart), 200);
  ew_chart_view_set_highlight (EW_CHART_VIEW (chart), -1);
  ew_chart_view_set_empty_text (EW_CHART_VIEW (chart), "Press Learn to begin");
  ew_chart_view_set_kernel_size (EW_CHART_VIEW (chart), 0, 0);
  g_assert_cmpint (draws_until_settled (), ==, 0);

  /* A frame is drawn once, whatever it brings; each widget of its own. */
  g_autoptr (EwCurves) more = make_curves (9, 101);

  ew_chart_view_set_curves (EW_CHART_VIEW (chart), more);
  ew_chart_view_set_epoch_limit (EW_CHART_VIEW (chart), 300);
  ew_chart_view_set_highlight (EW_CHART_VIEW (chart), 2);
  g_assert_cmpint (draws_to_come (), ==, 1);
  ew_window_close (window);
}

/* The pointer within a cell changes nothing; into the next one it does. */
static void
test_hover (void)
{
  g_autoptr (EwGrid) grid = make_grid (2, 2, -1, 1);
  GtkWidget *view = plane_view (grid, FALSE);
  GtkWindow *window = ew_window_open (view, 300, 320);
  double x = gtk_widget_get_width (view) / 2.0;
  double y = 100;

  ew_click (window, view, x - 40, y, 0);
  settle ();

  int before = ew_draws ();

  ew_click (window, view, x - 30, y + 3, 0);
  ew_click (window, view, x - 20, y + 2, 0);
  g_assert_cmpint (ew_draws (), ==, before);
  ew_click (window, view, x + 30, y, 0);
  g_assert_true (ew_spin_until (has_drawn, &before));
  settle ();
  g_assert_cmpint (ew_draws (), ==, before + 1);
  /* The cell is gone while the pointer is over it. */
  g_autoptr (EwGrid) smaller = make_grid (1, 1, -1, 1);

  show (view, smaller);
  ew_click (window, view, x + 31, y, 0);
  ew_plane_view_clear (EW_PLANE_VIEW (view), NULL);
  ew_click (window, view, x + 32, y, 0);
  ew_window_close (window);
}

/* Marks are drawn, the same ones only once, and where they lie. */
static void
test_marks (void)
{
  g_autoptr (EwGrid) grid = make_grid (6, 8, 0, 1);
  GtkWidget *widget = plane_view (grid, FALSE);
  EwPlaneView *view = EW_PLANE_VIEW (widget);
  GtkWindow *window = ew_window_open (widget, 400, 320);
  EwPlaneMark marks[] = { { EW_MARK_WINDOW, 1, 1, 2, 3 }, { EW_MARK_TAP, 1, 1, 1, 1 } };
  graphene_rect_t area;
  int width, height;

  settle ();

  g_autofree guint32 *before = ew_window_pixels (window, &width, &height);
  int draws = ew_draws ();

  ew_plane_view_set_marks (view, marks, 2);
  settle ();
  g_assert_cmpint (ew_draws (), ==, draws + 1);
  ew_plane_view_set_marks (view, marks, 2);
  settle ();
  g_assert_cmpint (ew_draws (), ==, draws + 1);

  g_autofree guint32 *after = ew_window_pixels (window, &width, &height);

  g_assert_true (ew_plane_view_get_area (view, 1, 1, 2, 3, &area));
  graphene_rect_inset (&area, -3, -3);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      if (!graphene_rect_contains_point (&area, &GRAPHENE_POINT_INIT ((float)x + 0.5f, (float)y + 0.5f)))
        g_assert_cmphex (before[y * width + x], ==, after[y * width + x]);
  g_assert_cmphex (before[(int)(area.origin.y + 4) * width + (int)(area.origin.x + 40)], !=,
                   after[(int)(area.origin.y + 4) * width + (int)(area.origin.x + 40)]);
  ew_plane_view_set_marks (view, NULL, 0);
  settle ();

  g_autofree guint32 *none = ew_window_pixels (window, &width, &height);

  g_assert_cmpmem (none, (size_t)width * height * 4, before, (size_t)width * height * 4);
  ew_window_close (window);
}

/* --- ends */

/* A window and what it is to look like. */
typedef struct
{
  GtkWindow *window;
  guint32 *pixels;
  int width;
  int height;
} Look;

/* Whether it does, now or a moment later. */
static gboolean
looks_so (const Look *look)
{
  int width, height;

  /* It has been laid out after what was done to it. */
  ew_spin (30);

  g_autofree guint32 *pixels = ew_window_pixels (look->window, &width, &height);

  return width == look->width && height == look->height
         && memcmp (pixels, look->pixels, (gsize)width * height * sizeof *pixels) == 0;
}

/* Curves of many weights are drawn over many frames; whatever comes meanwhile, the newest are seen in the end. */
static void
test_many_curves (void)
{
  EwCurves *curves[] = { make_curves (225, 400), make_curves (225, 900), make_curves (225, 1600) };
  GtkWidget *chart = chart_view (EW_CHART_WEIGHTS, curves[2]);
  Look look = { 0 };

  look.window = ew_window_open (chart, 420, 320);
  ew_spin (30);
  look.pixels = ew_window_pixels (look.window, &look.width, &look.height);
  ew_window_close (look.window);
  for (int way = 0; way < 3; way++)
    {
      chart = chart_view (EW_CHART_WEIGHTS, curves[0]);
      look.window = ew_window_open (chart, 420, 320);
      g_assert_false (looks_so (&look));
      ew_chart_view_set_curves (EW_CHART_VIEW (chart), curves[1]);
      if (way > 0)
        ew_spin (40);
      /* Hidden in the middle of it, it goes on with the newest. */
      gtk_widget_set_visible (chart, way < 2);
      ew_chart_view_set_curves (EW_CHART_VIEW (chart), curves[2]);
      gtk_widget_set_visible (chart, TRUE);
      for (int k = 0; k < 200 && !looks_so (&look); k++)
        ;
      g_assert_true (looks_so (&look));
      ew_window_close (look.window);
    }
  g_free (look.pixels);
  for (guint k = 0; k < G_N_ELEMENTS (curves); k++)
    ew_curves_unref (curves[k]);
}

/* Frames that are crowded are not used for them; the first that is not goes on. */
static void
test_crowded (void)
{
  g_autoptr (EwCurves) first = make_curves (225, 400);
  g_autoptr (EwCurves) second = make_curves (225, 900);
  GtkWidget *chart = chart_view (EW_CHART_WEIGHTS, first);
  GtkWindow *window = ew_window_open (chart, 420, 320);

  settle ();
  ew_chart_view_set_crowded (EW_CHART_VIEW (chart), TRUE);
  ew_chart_view_set_curves (EW_CHART_VIEW (chart), second);
  g_assert_cmpint (draws_until_settled (), ==, 0);
  ew_chart_view_set_crowded (EW_CHART_VIEW (chart), FALSE);
  g_assert_cmpint (draws_to_come (), >=, 1);
  ew_window_close (window);
}

void
add_widgets_drawing_cases (void)
{
  g_test_add_func ("/widgets/drawing/nothing-new", test_no_redraw);
  g_test_add_func ("/widgets/drawing/hover", test_hover);
  g_test_add_func ("/widgets/drawing/marks", test_marks);
  g_test_add_func ("/widgets/drawing/many-curves", test_many_curves);
  g_test_add_func ("/widgets/drawing/crowded", test_crowded);
}
