/* Plane, kernel and chart views with something to show. */
#include "engine/random.h"
#include "tests/widgets-gallery.h"

#include <math.h>

EwGrid *
make_grid (int height, int width, float low, float high)
{
  EwGrid *grid = ew_grid_new (height, width, NULL);

  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (grid, i)[j] = low + (high - low) * (float)(i * width + j) / (float)MAX (height * width - 1, 1);
  return grid;
}

EwKernel *
make_kernel (int height, int width)
{
  EwKernel *kernel = ew_kernel_new (height, width, NULL);
  EwRandom random = 41;

  for (int k = 0; k < height * width; k++)
    kernel->taps[k] = 2 * ew_random_uniform (&random) - 1;
  return kernel;
}

EwCurves *
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

void
show (GtkWidget *view, EwGrid *grid)
{
  ew_plane_view_set_planes (EW_PLANE_VIEW (view), &grid, 1, 1);
}

GtkWidget *
plane_view (EwGrid *grid, gboolean is_signed)
{
  GtkWidget *view = ew_plane_view_new ("Input image", "X");

  ew_plane_view_set_signed (EW_PLANE_VIEW (view), is_signed);
  if (grid != NULL)
    show (view, grid);
  return view;
}

GtkWidget *
kernel_view (EwKernel *kernel, gboolean bias)
{
  GtkWidget *view = ew_kernel_view_new ();

  ew_kernel_view_set_show_bias (EW_KERNEL_VIEW (view), bias);
  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (view), kernel);
  return view;
}

GtkWidget *
chart_view (EwChartKind kind, EwCurves *curves)
{
  GtkWidget *view = ew_chart_view_new (kind);

  ew_chart_view_set_empty_text (EW_CHART_VIEW (view), "Press Learn to begin");
  ew_chart_view_set_curves (EW_CHART_VIEW (view), curves);
  return view;
}

GtkWidget *
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
