/* The three custom widgets: what they say of themselves, their sizes, when they draw, how they look and how they end.
 */
#include "engine/random.h"
#include "tests/widget-fixtures.h"
#include "ui/chart-view.h"
#include "ui/kernel-view.h"
#include "ui/paint/palette.h"
#include "ui/plane-view.h"
#include "ui/widget-style.h"

#include <math.h>
#include <string.h>

#define MINUS "\342\210\222"

/* Longer than descriptions wait (settle.c). */
#define SETTLED 700

static EwGrid *
make_grid (int height, int width, float low, float high)
{
  EwGrid *grid = ew_grid_new (height, width, NULL);

  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (grid, i)[j] = low + (high - low) * (float)(i * width + j) / (float)MAX (height * width - 1, 1);
  return grid;
}

static EwKernel *
make_kernel (int height, int width)
{
  EwKernel *kernel = ew_kernel_new (height, width, NULL);
  EwRandom random = 41;

  for (int k = 0; k < height * width; k++)
    kernel->taps[k] = 2 * ew_random_uniform (&random) - 1;
  return kernel;
}

static EwCurves *
make_curves (int n_weights, int epochs)
{
  g_autoptr (EwHistory) history = ew_history_new (n_weights);
  g_autofree double *weights = g_new (double, n_weights);

  for (int epoch = 1; epoch <= epochs; epoch++)
    {
      for (int w = 0; w < n_weights; w++)
        weights[w] = (w % 2 == 0 ? 1 : -1) * (double)epoch / epochs / (w + 1);
      ew_history_add (history, (guint64)epoch, 8.0 / epoch, weights);
    }
  return ew_history_curves (history);
}

static void
show (GtkWidget *view, EwGrid *grid)
{
  ew_plane_view_set_planes (EW_PLANE_VIEW (view), &grid, 1, 1);
}

static GtkWidget *
plane_view (EwGrid *grid, gboolean is_signed)
{
  GtkWidget *view = ew_plane_view_new ("Input image", "X");

  ew_plane_view_set_signed (EW_PLANE_VIEW (view), is_signed);
  if (grid != NULL)
    show (view, grid);
  return view;
}

static GtkWidget *
kernel_view (EwKernel *kernel, gboolean bias)
{
  GtkWidget *view = ew_kernel_view_new ();

  ew_kernel_view_set_show_bias (EW_KERNEL_VIEW (view), bias);
  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (view), kernel);
  return view;
}

static GtkWidget *
chart_view (EwChartKind kind, EwCurves *curves)
{
  GtkWidget *view = ew_chart_view_new (kind);

  ew_chart_view_set_empty_text (EW_CHART_VIEW (view), "Press Learn to begin");
  ew_chart_view_set_curves (EW_CHART_VIEW (view), curves);
  return view;
}

/* All three kinds of widgets, with data that tries them. */
static GtkWidget *
gallery (void)
{
  g_autoptr (EwGrid) small = make_grid (6, 8, -1, 1);
  g_autoptr (EwGrid) odd = make_grid (4, 4, -1, 1);
  g_autoptr (EwGrid) large = make_grid (700, 900, 0, 1);
  g_autoptr (EwKernel) kernel = make_kernel (3, 3);
  g_autoptr (EwKernel) huge = make_kernel (63, 63);
  g_autoptr (EwCurves) few = make_curves (9, 100);
  g_autoptr (EwCurves) many = make_curves (225, 1000);
  GtkWidget *grid = gtk_grid_new ();

  ew_grid_row (odd, 1)[1] = NAN;
  ew_grid_row (odd, 2)[1] = INFINITY;

  GtkWidget *all[] = { plane_view (small, TRUE),
                       plane_view (odd, FALSE),
                       plane_view (large, FALSE),
                       kernel_view (kernel, TRUE),
                       kernel_view (huge, FALSE),
                       kernel_view (NULL, FALSE),
                       chart_view (EW_CHART_LOSS, few),
                       chart_view (EW_CHART_WEIGHTS, few),
                       chart_view (EW_CHART_WEIGHTS, many),
                       chart_view (EW_CHART_LOSS, NULL),
                       plane_view (NULL, TRUE),
                       chart_view (EW_CHART_LOSS, many) };

  ew_plane_view_clear (EW_PLANE_VIEW (all[10]), "Open a target");
  gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (int k = 0; k < (int)G_N_ELEMENTS (all); k++)
    {
      gtk_widget_set_hexpand (all[k], TRUE);
      gtk_widget_set_vexpand (all[k], TRUE);
      gtk_grid_attach (GTK_GRID (grid), all[k], k % 4, k / 4, 1, 1);
    }
  return grid;
}

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

/* --- looks */

static int
pixels_that_differ (const guint32 *a, const guint32 *b, int n)
{
  int differ = 0;

  for (int k = 0; k < n; k++)
    differ += a[k] != b[k] ? 1 : 0;
  return differ;
}

/* Light and dark differ nearly everywhere, and turning back gives the first picture again. Warnings are fatal here. */
static void
test_looks (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  static const AdwColorScheme schemes[]
      = { ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK, ADW_COLOR_SCHEME_FORCE_LIGHT };
  guint32 *pictures[3];
  GtkWindow *window;
  int width = 0;
  int height = 0;

  adw_style_manager_set_color_scheme (manager, schemes[0]);
  window = ew_window_open (gallery (), 1100, 800);
  for (int k = 0; k < 3; k++)
    {
      adw_style_manager_set_color_scheme (manager, schemes[k]);
      ew_spin (SETTLED);
      pictures[k] = ew_window_pixels (window, &width, &height);
    }
  g_assert_cmpint (pixels_that_differ (pictures[0], pictures[1], width * height), >, width * height / 2);
  g_assert_cmpint (pixels_that_differ (pictures[0], pictures[2], width * height), ==, 0);
  for (int k = 0; k < 3; k++)
    g_free (pictures[k]);
  ew_window_close (window);
}

/* Zero is drawn as the theme's ground: the widgets choose the map that goes with it. */
static void
test_maps (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  for (int dark = 0; dark < 2; dark++)
    for (int k = 0; k < 2; k++)
      {
        g_autoptr (EwGrid) zero = ew_grid_new (1, 1, NULL);
        g_autoptr (EwKernel) kernel = ew_kernel_new (1, 1, NULL);
        GtkWidget *view = k == 0 ? kernel_view (kernel, FALSE) : plane_view (zero, TRUE);
        const EwColormap *map = ew_colormap_diverging (dark);
        g_autofree guint32 *pixels = NULL;
        GtkWindow *window;
        int width, height;
        int n = 0;

        adw_style_manager_set_color_scheme (manager, dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
        window = ew_window_open (view, 200, 220);
        ew_spin (100);
        pixels = ew_window_pixels (window, &width, &height);
        for (int p = 0; p < width * height; p++)
          n += pixels[p] == map->entries[EW_COLORMAP_STEPS / 2] ? 1 : 0;
        /* A cell of some 80 units, without its number. */
        g_assert_cmpint (n, >, 2000);
        ew_window_close (window);
      }
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_LIGHT);
}

/* Large text, right to left, and a window as small as it gets. */
static void
test_conditions (void)
{
  GtkSettings *settings = gtk_settings_get_default ();
  GtkWindow *window;
  guint32 *pixels;
  int width, height;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  g_object_set (settings, "gtk-xft-dpi", 96 * 1024 * 2, NULL);
  window = ew_window_open (gallery (), 1, 1);
  ew_spin (100);
  pixels = ew_window_pixels (window, &width, &height);
  g_free (pixels);
  g_object_set (settings, "gtk-xft-dpi", 96 * 1024 / 2, NULL);
  ew_spin (100);
  pixels = ew_window_pixels (window, &width, &height);
  g_free (pixels);
  ew_window_close (window);
  g_object_set (settings, "gtk-xft-dpi", 96 * 1024, NULL);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* --- ends */

static int
count_pixels (GtkWindow *window, guint32 pixel)
{
  int width, height;
  int n = 0;

  ew_spin (30);

  g_autofree guint32 *pixels = ew_window_pixels (window, &width, &height);

  for (int k = 0; k < width * height; k++)
    n += pixels[k] == pixel ? 1 : 0;
  return n;
}

/* The palettes of a window are those of all its widgets, at once. */
static void
test_palettes (void)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new (1, 1, NULL);
  guint n;
  const EwPalette *palettes = ew_palettes_signed (&n);
  GtkWindow *window;

  kernel->taps[0] = 1;
  window = ew_window_open (kernel_view (kernel, FALSE), 300, 300);
  for (guint k = 0; k <= n; k++)
    {
      const char *id = k < n ? palettes[k].id : NULL;

      ew_widget_style_set_palettes (GTK_WIDGET (window), id, NULL);
      for (guint other = 0; other < n; other++)
        {
          guint32 pixel = ew_palette_signed (palettes[other].id, FALSE)->entries[EW_COLORMAP_STEPS - 1];

          /* The one cell is large, whatever its number covers of it. */
          g_assert_true ((count_pixels (window, pixel) > 1000) == (other == k % n));
        }
    }
  ew_window_close (window);
}

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
  g_test_add_func ("/widgets/drawing/nothing-new", test_no_redraw);
  g_test_add_func ("/widgets/drawing/hover", test_hover);
  g_test_add_func ("/widgets/drawing/marks", test_marks);
  g_test_add_func ("/widgets/cursor", test_cursor);
  g_test_add_func ("/widgets/looks/light-and-dark", test_looks);
  g_test_add_func ("/widgets/looks/maps", test_maps);
  g_test_add_func ("/widgets/looks/conditions", test_conditions);
  g_test_add_func ("/widgets/drawing/many-curves", test_many_curves);
  g_test_add_func ("/widgets/looks/palettes", test_palettes);
  g_test_add_func ("/widgets/disposed-twice", test_disposed_twice);
  g_test_add_func ("/widgets/closed-early", test_closed_early);
  return g_test_run ();
}
