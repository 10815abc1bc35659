/* Shows the custom widgets with data that tries them: show-widgets SCENE [--dark] [--focus] [--text FACTOR] [--rtl]
 * [--size WxH] [--save FILE.png] Scenes: golden, kernels, planes, losses, weights. With --save it draws one picture and
 * ends. */
#include "engine/history.h"
#include "engine/kernel.h"
#include "engine/random.h"
#include "engine/reference.h"
#include "ui/chart-view.h"
#include "ui/kernel-view.h"
#include "ui/plane-view.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

static gboolean dark;
static gboolean focus;
static gboolean rtl;
static double text = 1;
static char *size;
static char *save;

static const GOptionEntry options[] = {
  { "dark", 0, 0, G_OPTION_ARG_NONE, &dark, "dark colours", NULL },
  { "focus", 0, 0, G_OPTION_ARG_NONE, &focus, "an entry open in the first kernel", NULL },
  { "rtl", 0, 0, G_OPTION_ARG_NONE, &rtl, "right to left", NULL },
  { "text", 0, 0, G_OPTION_ARG_DOUBLE, &text, "text scaling", "FACTOR" },
  { "size", 0, 0, G_OPTION_ARG_STRING, &size, "size of the window", "WxH" },
  { "save", 0, 0, G_OPTION_ARG_FILENAME, &save, "write a picture and end", "FILE" },
  { NULL },
};

typedef float (*Formula) (int row, int column);

static EwGrid *
make_grid (int height, int width, Formula formula)
{
  EwGrid *grid = ew_grid_new (height, width, NULL);

  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (grid, i)[j] = formula (i, j);
  return grid;
}

static float
bars (int i, int j)
{
  return j >= 2 && j <= 5 ? 0 : 1;
}

static float
edges (int i, int j)
{
  return j == 1 ? 1 : j == 5 ? -1 : 0;
}

static float
learning (int i, int j)
{
  return 0.93f * edges (i, j) + 0.013f * (float)(i - j) * (j == 3 ? 0 : 1);
}

static float
count (int i, int j)
{
  return (float)(3 * i + j);
}

static float
rings (int i, int j)
{
  double r = hypot (i - 256, j - 256);

  return (float)(0.5 + 0.5 * sin (r * r / 900) * exp (-r / 220));
}

static float
waves (int i, int j)
{
  return (float)(40 * sin (i / 23.0) * cos (j / 31.0) * exp (-hypot (i - 200, j - 300) / 300));
}

static float
hundredths (int i, int j)
{
  return (float)(((i * 37 + j * 101) % 199 - 99) / 100.0);
}

static float
tiny (int i, int j)
{
  return hundredths (i, j) * 1e-4f;
}

static float
broken (int i, int j)
{
  return i == 1 && j == 1 ? NAN : i == 1 && j == 2 ? INFINITY : i == 2 && j == 2 ? -INFINITY : hundredths (i, j);
}

static GtkWidget *
with_heading (const char *heading, GtkWidget *child)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *label = gtk_label_new (heading);

  gtk_widget_add_css_class (label, "heading");
  gtk_widget_set_vexpand (child, TRUE);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), child);
  return box;
}

static GtkWidget *
plane (const char *heading, EwGrid *grid, gboolean is_signed, int block)
{
  GtkWidget *view = ew_plane_view_new (heading, "X");

  ew_plane_view_set_signed (EW_PLANE_VIEW (view), is_signed);
  ew_plane_view_set_planes (EW_PLANE_VIEW (view), &grid, 1, block);
  ew_grid_unref (grid);
  return with_heading (heading, view);
}

static GtkWidget *
colour_plane (const char *heading)
{
  GtkWidget *view = ew_plane_view_new (heading, "X");
  EwGrid *planes[] = { make_grid (300, 400, rings), make_grid (300, 400, hundredths), make_grid (300, 400, waves) };

  ew_plane_view_set_planes (EW_PLANE_VIEW (view), planes, 3, 1);
  for (int k = 0; k < 3; k++)
    ew_grid_unref (planes[k]);
  return with_heading (heading, view);
}

static GtkWidget *
residual (const char *heading)
{
  GtkWidget *view = ew_plane_view_new (heading, "R");
  g_autoptr (EwGrid) output = make_grid (6, 7, learning);
  g_autoptr (EwGrid) target = make_grid (6, 7, edges);

  ew_plane_view_set_residual (EW_PLANE_VIEW (view), output, target, 1);
  return with_heading (heading, view);
}

static GtkWidget *
kernel_of (const char *heading, EwKernel *kernel, gboolean bias)
{
  GtkWidget *view = ew_kernel_view_new ();

  ew_kernel_view_set_show_bias (EW_KERNEL_VIEW (view), bias);
  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (view), kernel);
  ew_kernel_unref (kernel);
  return with_heading (heading, view);
}

static GtkWidget *
kernel (const char *heading, int height, int width, gboolean bias)
{
  EwKernel *taps = ew_kernel_new (height, width, NULL);

  for (int k = 0; k < height * width; k++)
    {
      double y = k / width - (height - 1) / 2.0;
      double x = k % width - (width - 1) / 2.0;

      taps->taps[k] = width * height <= 2 ? 1 - 2 * k : cos (hypot (x, y)) * exp (-(x * x + y * y) / (width * 4.0));
    }
  taps->bias = bias ? 0.125 : 0;
  return kernel_of (heading, taps, bias);
}

/* Loss and @n weights of a run. */
typedef double (*Run) (guint64 epoch, double *weights);

static double
golden_run (guint64 epoch, double *weights)
{
  double rest = exp (-0.23 * (double)epoch);

  weights[0] = 1 - 1.62 * rest;
  weights[1] = -1 + 0.57 * rest * cos ((double)epoch / 20);
  return 31 * rest * rest;
}

static double
long_run (guint64 epoch, double *weights)
{
  for (int w = 0; w < 9; w++)
    weights[w] = sin (w * 2.4) * (1 - exp (-(double)epoch / (2000.0 * (w + 1))));
  return 4e3 / (1 + (double)epoch * (double)epoch / 300) + 1e-3;
}

static double
many_run (guint64 epoch, double *weights)
{
  for (int w = 0; w < 225; w++)
    weights[w] = 0.2 * sin (w * 2.4) * (1 - exp (-(double)epoch / (200.0 * (w % 15 + 1))));
  return 50 * exp (-(double)epoch / 300) + 0.02;
}

static double
noisy_run (guint64 epoch, double *weights)
{
  weights[0] = 1 + ((epoch & 1) != 0 ? 1 : -1) * exp (-(double)epoch / 900);
  weights[1] = -0.5 + 0.1 * sin ((double)epoch / 30) * ((epoch % 7) / 7.0);
  return 1 + ((epoch * 2654435761u) % 1000) / 300.0 + (epoch == 1500 ? 900 : 0);
}

static double
exploding_run (guint64 epoch, double *weights)
{
  weights[0] = pow (-1.3, (double)epoch);
  weights[1] = -weights[0] / 2;
  return epoch > 40 ? NAN : 3 * pow (1.69, (double)epoch);
}

static double
ending_run (guint64 epoch, double *weights)
{
  weights[0] = weights[1] = 0;
  return epoch > 60 ? 0 : 20 * exp (-(double)epoch);
}

static double
still_run (guint64 epoch, double *weights)
{
  weights[0] = 0.25;
  weights[1] = 0.25;
  return 0.125;
}

static GtkWidget *
chart (const char *heading, EwChartKind kind, Run run, int height, int width, guint64 epochs, guint64 limit)
{
  GtkWidget *view = ew_chart_view_new (kind);
  g_autoptr (EwHistory) history = ew_history_new (height * width);
  double weights[256] = { 0 };

  for (guint64 epoch = 1; epoch <= epochs; epoch++)
    {
      double loss = run (epoch, weights);

      ew_history_add (history, epoch, loss, weights);
    }

  EwCurves *curves = ew_history_curves (history);

  ew_chart_view_set_empty_text (EW_CHART_VIEW (view), "Press Learn to begin");
  ew_chart_view_set_kernel_size (EW_CHART_VIEW (view), height, width);
  ew_chart_view_set_epoch_limit (EW_CHART_VIEW (view), limit);
  ew_chart_view_set_curves (EW_CHART_VIEW (view), curves);
  ew_curves_unref (curves);
  return heading == NULL ? view : with_heading (heading, view);
}

static GtkWidget *
grid_of (GtkWidget **children, int n, int columns)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 18);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (int k = 0; k < n; k++)
    gtk_grid_attach (GTK_GRID (grid), children[k], k % columns, k / columns, 1, 1);
  return grid;
}

static GtkWidget *
scene_golden (void)
{
  GtkWidget *panes = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *charts = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *all = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *middle = kernel ("Kernel K  1×2", 1, 2, FALSE);
  GtkWidget *loss = chart (NULL, EW_CHART_LOSS, golden_run, 1, 2, 63, 100);
  GtkWidget *weights = chart (NULL, EW_CHART_WEIGHTS, golden_run, 1, 2, 63, 100);

  gtk_widget_set_hexpand (middle, FALSE);
  gtk_box_append (GTK_BOX (panes), plane ("Input X  6×8", make_grid (6, 8, bars), FALSE, 1));
  gtk_box_append (GTK_BOX (panes), middle);
  gtk_box_append (GTK_BOX (panes), plane ("Output Ŷ  6×7", make_grid (6, 7, learning), TRUE, 1));
  gtk_widget_set_vexpand (panes, TRUE);
  gtk_box_set_homogeneous (GTK_BOX (charts), TRUE);
  gtk_widget_set_size_request (loss, -1, 210);
  gtk_box_append (GTK_BOX (charts), loss);
  gtk_box_append (GTK_BOX (charts), weights);
  gtk_box_append (GTK_BOX (all), panes);
  gtk_box_append (GTK_BOX (all), charts);
  return all;
}

static GtkWidget *
scene_kernels (void)
{
  EwKernel *box = ew_kernel_new (3, 3, NULL);

  for (int k = 0; k < 9; k++)
    box->taps[k] = 1 / 9.0;

  GtkWidget *all[]
      = { kernel ("1×2", 1, 2, FALSE),         kernel ("1×1 and bias", 1, 1, TRUE), kernel ("3×3", 3, 3, FALSE),
          kernel ("3×3 and bias", 3, 3, TRUE), kernel_of ("box", box, FALSE),       kernel ("5×7", 5, 7, FALSE),
          kernel ("15×15", 15, 15, TRUE),      kernel ("63×63", 63, 63, FALSE) };

  return grid_of (all, G_N_ELEMENTS (all), 4);
}

static GtkWidget *
scene_planes (void)
{
  GtkWidget *all[] = { plane ("6×8", make_grid (6, 8, bars), FALSE, 1),
                       plane ("3×3 counts", make_grid (3, 3, count), FALSE, 1),
                       plane ("hundredths, signed", make_grid (6, 7, hundredths), TRUE, 1),
                       plane ("tiny", make_grid (6, 7, tiny), TRUE, 1),
                       residual ("residual"),
                       plane ("not finite", make_grid (4, 4, broken), TRUE, 1),
                       plane ("24×32", make_grid (24, 32, hundredths), TRUE, 1),
                       plane ("512×512", make_grid (512, 512, rings), FALSE, 4),
                       plane ("400×600 signed", make_grid (400, 600, waves), TRUE, 2),
                       plane ("100×100", make_grid (100, 100, waves), TRUE, 1),
                       plane ("1×40", make_grid (1, 40, hundredths), TRUE, 1),
                       colour_plane ("red, green and blue") };

  return grid_of (all, G_N_ELEMENTS (all), 4);
}

static GtkWidget *
scene_curves (EwChartKind kind)
{
  GtkWidget *all[] = {
    chart ("golden", kind, golden_run, 1, 2, 63, 100),     chart ("long", kind, long_run, 3, 3, 200000, 0),
    chart ("many", kind, many_run, 15, 15, 3000, 0),       chart ("noisy", kind, noisy_run, 1, 2, 3000, 0),
    chart ("exploding", kind, exploding_run, 1, 2, 60, 0), chart ("down to zero", kind, ending_run, 1, 2, 100, 100),
    chart ("constant", kind, still_run, 1, 2, 40, 0),      chart ("one point", kind, golden_run, 1, 2, 1, 100),
    chart ("nothing", kind, golden_run, 1, 2, 0, 100)
  };

  return grid_of (all, G_N_ELEMENTS (all), 3);
}

static gboolean
save_picture (gpointer data)
{
  GtkWidget *content = data;
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (content));
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int width = gtk_widget_get_width (window);
  int height = gtk_widget_get_height (window);

  gdk_paintable_snapshot (paintable, snapshot, width, height);

  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (window));
  g_autoptr (GdkTexture) texture
      = gsk_renderer_render_texture (renderer, node, &GRAPHENE_RECT_INIT (0, 0, width, height));

  gdk_texture_save_to_png (texture, save);
  gsk_render_node_unref (node);
  gtk_window_destroy (GTK_WINDOW (window));
  return G_SOURCE_REMOVE;
}

static GtkWidget *
find_kernel_view (GtkWidget *widget)
{
  GtkWidget *found = EW_IS_KERNEL_VIEW (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_kernel_view (child);
  return found;
}

static void
open_entry (GtkWidget *content)
{
  GtkWidget *view = find_kernel_view (content);
  g_autoptr (GListModel) controllers = view != NULL ? gtk_widget_observe_controllers (view) : NULL;
  gboolean handled;

  for (guint k = 0; view != NULL && k < g_list_model_get_n_items (controllers); k++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, k);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", GDK_KEY_Return, 0, 0, &handled);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("SCENE");
  GtkWidget *content, *window;
  const char *scene;
  int width = 1200;
  int height = 800;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, NULL)
      || (size != NULL && sscanf (size, "%dx%d", &width, &height) != 2))
    return 2;
  adw_init ();
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", (int)(96 * 1024 * text), NULL);
  gtk_widget_set_default_direction (rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  scene = argc > 1 ? argv[1] : "golden";
  content = strcmp (scene, "kernels") == 0   ? scene_kernels ()
            : strcmp (scene, "planes") == 0  ? scene_planes ()
            : strcmp (scene, "losses") == 0  ? scene_curves (EW_CHART_LOSS)
            : strcmp (scene, "weights") == 0 ? scene_curves (EW_CHART_WEIGHTS)
                                             : scene_golden ();
  gtk_widget_set_margin_start (content, 18);
  gtk_widget_set_margin_end (content, 18);
  gtk_widget_set_margin_top (content, 18);
  gtk_widget_set_margin_bottom (content, 18);
  window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (window), content);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_present (GTK_WINDOW (window));
  if (focus)
    open_entry (content);
  /* Long enough for the lines under the panes to settle. */
  if (save != NULL)
    g_timeout_add (700, save_picture, content);
  while (g_list_model_get_n_items (gtk_window_get_toplevels ()) > 0)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}
