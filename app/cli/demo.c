/* edgewise-cli demo: the golden case, printed. */
#include "app/cli/cli.h"
#include "app/cli/learn-output.h"
#include "app/golden.h"
#include "engine/trainer.h"

#include <stdio.h>

static gboolean
print_example (EwDevices *devices, GError **error)
{
  g_autoptr (EwGrid) x = ew_golden_example_input ();
  g_autoptr (EwKernel) kernel = ew_golden_example_kernel ();
  g_autoptr (EwGrid) y = ew_grid_new (2, 2, error);
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, 2, 2);
  if (y == NULL || !ew_devices_correlate (devices, x, kernel, &geometry, EW_METHOD_AUTO, y, NULL, error))
    return FALSE;
  for (int i = 0; i < 2; i++)
    printf ("%g %g\n", (double)ew_grid_row (y, i)[0], (double)ew_grid_row (y, i)[1]);
  return TRUE;
}

static EwProblem *
edge_problem (EwDevices *devices, GError **error)
{
  g_autoptr (EwGrid) x = ew_golden_edge_image ();
  g_autoptr (EwKernel) kernel = ew_golden_edge_kernel ();
  g_autoptr (EwGrid) y = ew_grid_new (6, 7, error);
  EwGeometry geometry;
  EwSample sample = { x, y };

  ew_geometry_init_valid (&geometry, 1, 2);
  if (y == NULL || !ew_devices_correlate (devices, x, kernel, &geometry, EW_METHOD_AUTO, y, NULL, error))
    return NULL;
  return ew_problem_new (&sample, 1, &geometry, FALSE, error);
}

static void
print_tenth_epoch (guint64 epoch, double loss, const double *params, gpointer data)
{
  if (epoch % 10 == 0)
    ew_learn_print_text (-1, epoch, loss, params, 2, FALSE);
}

gboolean
ew_cli_demo (char *const *arguments, GError **error)
{
  g_autoptr (EwDevices) devices = NULL;
  g_autoptr (EwProblem) problem = NULL;
  g_autoptr (EwKernel) start = ew_golden_start ();
  g_autoptr (EwTrainer) trainer = NULL;
  int n;

  if (!ew_arguments_parse (arguments, NULL, 0, NULL, 0, &n, error))
    return FALSE;
  devices = ew_cli_devices_new (NULL, 1, error);
  if (devices == NULL || !print_example (devices, error))
    return FALSE;
  problem = edge_problem (devices, error);
  if (problem == NULL)
    return FALSE;
  trainer = ew_trainer_new (devices, problem, start, EW_LOSS_SUM, EW_GOLDEN_RATE, NULL, error);
  return trainer != NULL && ew_trainer_run (trainer, EW_GOLDEN_EPOCHS, print_tenth_epoch, NULL, NULL, error)
         && ew_cli_flush (error);
}
