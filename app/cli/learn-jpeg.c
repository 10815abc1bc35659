/* EwLearnRun: a target that is a JPEG. */
#include "app/cli/cli.h"
#include "app/cli/learn-run.h"
#include "app/files/jpeg-steps.h"
#include "app/files/json.h"
#include "engine/holdout.h"

#include <math.h>

static gboolean
read_steps (const EwLearnRun *run, EwSteps *steps, GError **error)
{
  const char *target = run->source.names->after[0];

  if (ew_jpeg_steps_read (target, steps))
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_DATA, "%s: This is no JPEG; without --loss jpeg it can be learned from.", target);
  return FALSE;
}

static void
say_fit (const EwQuantisedFit *fit, int n_taps)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *line = NULL;
  double most = 0;

  for (int k = 0; k < n_taps; k++)
    most = fmax (most, fit->errors[k]);
  g_ascii_formatd (number, sizeof number, "%.2g", most);
  line = g_strdup_printf ("fitted to the steps of %d blocks of the JPEG; standard errors of the taps are up to %s.",
                          fit->n_blocks, number);
  ew_cli_say (line);
}

gboolean
ew_learn_run_jpeg (EwLearnRun *run, GError **error)
{
  g_autofree double *start = g_new (double, run->problem->n_params);
  g_autoptr (EwProblem) plain = NULL;
  EwSteps steps;
  gint64 begin;

  if (!read_steps (run, &steps, error) || !ew_learn_run_fit (run, error)
      || !ew_quadratic_optimum (run->quadratic, start, NULL, NULL, &ew_cli_interrupted, error)
      || (plain = ew_problem_unpadded (run->problem, error)) == NULL)
    return FALSE;
  begin = g_get_monotonic_time ();
  run->jpeg = ew_fit_quantised (plain, &steps, start, &ew_cli_interrupted, error);
  if (run->jpeg == NULL)
    {
      g_prefix_error (error, "%s: ", run->source.names->after[0]);
      return FALSE;
    }
  run->descent_seconds = ew_learn_seconds (begin);
  run->stop = "converged";
  run->last = 1;
  ew_learn_run_epoch (1, ew_quadratic_loss (run->quadratic, run->jpeg->params), run->jpeg->params, run);
  say_fit (run->jpeg, run->n_taps);
  return ew_cli_flush (error);
}

void
ew_learn_run_report_jpeg (const EwLearnRun *run, GString *json)
{
  const EwGeometry *g = &run->problem->geometry;

  if (run->jpeg == NULL)
    return;
  g_string_append (json, ",\"jpeg\":{");
  ew_json_matrix (json, "standard_error", run->jpeg->errors, g->kernel_height, g->kernel_width);
  ew_json_number (json, "bias_standard_error", run->has_bias ? run->jpeg->errors[run->n_taps] : NAN);
  ew_json_number (json, "blocks", run->jpeg->n_blocks);
  ew_json_number (json, "noise", run->jpeg->noise);
  g_string_append_c (json, '}');
}
