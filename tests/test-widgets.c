/* The three custom widgets: what they say of themselves, their sizes, their cursor, and how they end. When they draw and how
 * they look is in widgets-*.c. */
#include "tests/widgets-gallery.h"

#include <math.h>

#define MINUS "\342\210\222"

static GtkAccessibleRole
role (GtkWidget *widget)
{
  return gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget));
}

/* --- what they say of themselves */

static void
test_plane_accessible (void)
{
  g_autoptr (EwGrid) grid = make_grid (6, 8, 0, 1);
  g_autoptr (EwGrid) odd = make_grid (2, 2, -1, 2);
  g_autoptr (EwGrid) none = make_grid (1, 1, NAN, NAN);
  g_autoptr (EwGrid) target = make_grid (2, 2, -1, 1);
  GtkWidget *view = plane_view (grid, FALSE);
  GtkWindow *window = ew_window_open (view, 300, 300);

  g_assert_cmpint (role (view), ==, GTK_ACCESSIBLE_ROLE_IMG);
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_LABEL, "Input image");
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "6 by 8 values, from 0 to 1");
  ew_plane_view_set_label (EW_PLANE_VIEW (view), "Output");
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_LABEL, "Output");
  /* Blocks, and the size that they stand for. */
  ew_plane_view_set_planes (EW_PLANE_VIEW (view), (EwGrid *[]){ grid, grid, grid }, 3, 4);
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "24 by 32 values, from 0 to 1");
  ew_plane_view_set_source_size (EW_PLANE_VIEW (view), 23, 30);
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "23 by 30 values, from 0 to 1");
  ew_plane_view_set_source_size (EW_PLANE_VIEW (view), 0, 0);
  ew_plane_view_set_residual (EW_PLANE_VIEW (view), odd, target, 1);
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "2 by 2 values, from 0 to 1");

  g_autoptr (EwGrid) broken = make_grid (2, 2, -1, 2);

  ew_grid_row (broken, 0)[1] = NAN;
  ew_grid_row (broken, 1)[0] = -INFINITY;
  show (view, broken);
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "2 by 2 values, from " MINUS "1 to 2, 2 not finite");
  show (view, none);
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "1 by 1 values, 1 not finite");
  ew_plane_view_clear (EW_PLANE_VIEW (view), "Open a target");
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Open a target");
  ew_window_close (window);
}

static void
test_chart_accessible (void)
{
  g_autoptr (EwCurves) few = make_curves (2, 100);
  g_autoptr (EwCurves) many = make_curves (10, 50);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *loss = chart_view (EW_CHART_LOSS, NULL);
  GtkWidget *weights = chart_view (EW_CHART_WEIGHTS, NULL);
  GtkWindow *window;

  gtk_box_append (GTK_BOX (box), loss);
  gtk_box_append (GTK_BOX (box), weights);
  window = ew_window_open (box, 400, 500);
  g_assert_cmpint (role (loss), ==, GTK_ACCESSIBLE_ROLE_IMG);
  ew_assert_text (loss, GTK_ACCESSIBLE_PROPERTY_LABEL, "Loss");
  ew_assert_text (weights, GTK_ACCESSIBLE_PROPERTY_LABEL, "Weights");
  ew_assert_text (loss, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Press Learn to begin");
  ew_chart_view_set_curves (EW_CHART_VIEW (loss), few);
  ew_chart_view_set_curves (EW_CHART_VIEW (weights), few);
  ew_assert_text (loss, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Epoch 100; loss 0.08");
  ew_assert_text (weights, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Epoch 100; 1, " MINUS "0.5");
  ew_chart_view_set_curves (EW_CHART_VIEW (weights), many);
  ew_assert_text (weights, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Epoch 50; 10 weights");
  ew_window_close (window);
}

/* The last epoch's loss, whatever else shares its point. */
static void
test_chart_last (void)
{
  g_autoptr (EwHistory) history = ew_history_new (1);
  g_autoptr (EwCurves) curves = NULL;
  GtkWidget *view;
  GtkWindow *window;
  double weight = 0;

  for (guint64 epoch = 1; epoch <= 20; epoch++)
    ew_history_add (history, epoch, epoch < 20 ? 1 : NAN, &weight);
  curves = ew_history_curves (history);
  view = chart_view (EW_CHART_LOSS, curves);
  window = ew_window_open (view, 400, 300);
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Epoch 20; loss NaN");
  ew_window_close (window);
}

/* --- sizes */

static void
test_sizes (void)
{
  g_autoptr (EwGrid) grid = make_grid (700, 900, 0, 1);
  g_autoptr (EwKernel) kernel = make_kernel (63, 63);
  g_autoptr (EwCurves) curves = make_curves (225, 100);
  GtkWidget *all[]
      = { plane_view (NULL, FALSE),   plane_view (grid, TRUE),          kernel_view (NULL, TRUE),
          kernel_view (kernel, TRUE), chart_view (EW_CHART_LOSS, NULL), chart_view (EW_CHART_WEIGHTS, curves) };

  for (guint k = 0; k < G_N_ELEMENTS (all); k++)
    {
      g_object_ref_sink (all[k]);
      for (int orientation = 0; orientation < 2; orientation++)
        for (int for_size = -1; for_size < 2000; for_size += 667)
          {
            int minimum, natural;

            gtk_widget_measure (all[k], (GtkOrientation)orientation, for_size, &minimum, &natural, NULL, NULL);
            /* All panes and charts fit a small screen, whatever they show, and none vanishes. */
            g_assert_cmpint (minimum, >=, 80);
            g_assert_cmpint (minimum, <=, 180);
            g_assert_cmpint (natural, >=, minimum);
            g_assert_cmpint (natural, <=, 400);
          }
      g_object_unref (all[k]);
    }
}

typedef struct
{
  int n;
  int height;
  int width;
} Pane;

static void
on_pane_resized (Pane *pane, int height, int width)
{
  pane->n++;
  pane->height = height;
  pane->width = width;
}

static gboolean
has_pane (gpointer pane)
{
  return ((Pane *)pane)->n > 0;
}

/* The pane's size in device pixels is told when it is known, and again when a legend takes its part. */
static void
test_pane (void)
{
  g_autoptr (EwGrid) grid = make_grid (6, 8, -1, 1);
  GtkWidget *view = plane_view (grid, FALSE);
  Pane pane = { 0, 0, 0 };
  GtkWindow *window;
  int height, width;

  ew_plane_view_get_pane_size (EW_PLANE_VIEW (view), &height, &width);
  g_assert_cmpint (height, ==, 0);
  g_assert_cmpint (width, ==, 0);
  g_signal_connect_swapped (view, "pane-resized", G_CALLBACK (on_pane_resized), &pane);
  window = ew_window_open (view, 400, 300);
  g_assert_true (ew_spin_until (has_pane, &pane));
  ew_spin (50);
  ew_plane_view_get_pane_size (EW_PLANE_VIEW (view), &height, &width);
  g_assert_cmpint (pane.height, ==, height);
  g_assert_cmpint (pane.width, ==, width);
  g_assert_cmpint (width, ==, (gtk_widget_get_width (view) - 2) * gtk_widget_get_scale_factor (view));
  g_assert_cmpint (height, <, gtk_widget_get_height (view) * gtk_widget_get_scale_factor (view));

  pane.n = 0;
  ew_plane_view_set_signed (EW_PLANE_VIEW (view), TRUE);
  g_assert_true (ew_spin_until (has_pane, &pane));
  g_assert_cmpint (pane.width, <, width - 20);
  g_assert_cmpint (pane.height, ==, height);
  ew_window_close (window);
}

/* --- drawing */

typedef struct
{
  int n;
  int row;
  int column;
} Cursor;

static void
on_cursor (Cursor *cursor, int row, int column)
{
  cursor->n++;
  cursor->row = row;
  cursor->column = column;
}

/* Pointer and arrow keys move one cursor, in pixels of the plane; places and pixels fit each other. */
static void
test_cursor (void)
{
  g_autoptr (EwGrid) grid = make_grid (6, 8, -1, 1);
  GtkWidget *widget = plane_view (grid, FALSE);
  EwPlaneView *view = EW_PLANE_VIEW (widget);
  Cursor cursor = { 0, 0, 0 };
  int row, column;
  graphene_rect_t area;

  g_assert_false (ew_plane_view_find_pixel (view, 10, 10, &row, &column));
  g_assert_false (ew_plane_view_get_area (view, 0, 0, 1, 1, &area));

  GtkWindow *window = ew_window_open (widget, 400, 320);

  g_signal_connect_swapped (view, "cursor-changed", G_CALLBACK (on_cursor), &cursor);
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 8; j++)
      {
        g_assert_true (ew_plane_view_get_area (view, i, j, 1, 1, &area));
        for (int corner = 0; corner < 4; corner++)
          {
            double x = area.origin.x + area.size.width * (corner % 2 ? 0.99 : 0.01);
            double y = area.origin.y + area.size.height * (corner / 2 ? 0.99 : 0.01);

            g_assert_true (ew_plane_view_find_pixel (view, x, y, &row, &column));
            g_assert_cmpint (row, ==, i);
            g_assert_cmpint (column, ==, j);
          }
      }
  g_assert_true (ew_plane_view_get_area (view, 2, 3, 2, 4, &area));
  ew_click (window, widget, area.origin.x + area.size.width - 3, area.origin.y + area.size.height - 3, 1);
  g_assert_true (ew_plane_view_get_cursor (view, &row, &column));
  g_assert_cmpint (row, ==, 3);
  g_assert_cmpint (column, ==, 6);
  g_assert_cmpint (cursor.row * 10 + cursor.column, ==, 36);

  cursor.n = 0;
  ew_keys (window, "Up Left Left Down Right");
  g_assert_cmpint (cursor.row * 10 + cursor.column, ==, 35);
  g_assert_cmpint (cursor.n, ==, 5);
  ew_keys (window, "Right Right Right Right");
  g_assert_cmpint (cursor.row * 10 + cursor.column, ==, 37);
  g_assert_cmpint (cursor.n, ==, 7);

  /* From outside: told once, not where nothing changes; outside the plane there is none. */
  ew_plane_view_set_cursor (view, 1, 2);
  ew_plane_view_set_cursor (view, 1, 2);
  g_assert_cmpint (cursor.n, ==, 8);
  ew_plane_view_set_cursor (view, 6, 2);
  g_assert_cmpint (cursor.n, ==, 9);
  g_assert_false (ew_plane_view_get_cursor (view, &row, &column));
  g_assert_cmpint (cursor.row, ==, -1);
  ew_keys (window, "Down");
  g_assert_cmpint (cursor.row * 10 + cursor.column, ==, 34);
  ew_keys (window, "Escape");
  g_assert_cmpint (cursor.row, ==, -1);

  /* A smaller plane takes the cursor away with the pixel. */
  g_autoptr (EwGrid) smaller = make_grid (2, 2, -1, 1);

  ew_plane_view_set_cursor (view, 5, 7);
  show (widget, smaller);
  g_assert_cmpint (cursor.row, ==, -1);
  ew_window_close (window);
}

/* --- ends */

static void
test_disposed_twice (void)
{
  g_autoptr (EwGrid) grid = make_grid (6, 8, -1, 1);
  g_autoptr (EwCurves) curves = make_curves (9, 100);
  GtkWidget *plane = g_object_ref_sink (plane_view (grid, TRUE));
  GtkWidget *chart = g_object_ref_sink (chart_view (EW_CHART_WEIGHTS, curves));
  int height, width;

  for (int k = 0; k < 2; k++)
    {
      g_object_run_dispose (G_OBJECT (plane));
      g_object_run_dispose (G_OBJECT (chart));
      /* Somebody who still holds them may go on calling. */
      ew_plane_view_set_residual (EW_PLANE_VIEW (plane), grid, grid, 1);
      show (plane, grid);
      ew_plane_view_set_reference (EW_PLANE_VIEW (plane), grid);
      ew_plane_view_get_pane_size (EW_PLANE_VIEW (plane), &height, &width);
      ew_plane_view_clear (EW_PLANE_VIEW (plane), "gone");
      ew_chart_view_set_curves (EW_CHART_VIEW (chart), curves);
      ew_chart_view_set_highlight (EW_CHART_VIEW (chart), k);
    }
  g_assert_finalize_object (plane);
  g_assert_finalize_object (chart);
  ew_spin (50);
}

/* Windows that close while descriptions and drawing are still due. */
static void
test_closed_early (void)
{
  for (int k = 0; k < 3; k++)
    {
      GtkWindow *window = ew_window_open (gallery (), 900, 700);

      ew_spin (20 * k);
      ew_window_close (window);
    }
  ew_spin (SETTLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!ew_widgets_init ())
    return 0;
  ew_count_draws (EW_TYPE_PLANE_VIEW);
  ew_count_draws (EW_TYPE_KERNEL_VIEW);
  ew_count_draws (EW_TYPE_CHART_VIEW);
  g_test_add_func ("/widgets/accessible/plane", test_plane_accessible);
  g_test_add_func ("/widgets/accessible/chart", test_chart_accessible);
  g_test_add_func ("/widgets/accessible/chart-last", test_chart_last);
  g_test_add_func ("/widgets/sizes", test_sizes);
  g_test_add_func ("/widgets/pane", test_pane);
  g_test_add_func ("/widgets/cursor", test_cursor);
  g_test_add_func ("/widgets/disposed-twice", test_disposed_twice);
  g_test_add_func ("/widgets/closed-early", test_closed_early);
  add_widgets_drawing_cases ();
  add_widgets_looks_cases ();
  return g_test_run ();
}
