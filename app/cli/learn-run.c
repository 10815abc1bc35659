/* EwLearnRun: what it keeps and prints. */
#include "app/cli/learn-run.h"

#include "app/cli/cli.h"
#include "app/cli/learn-output.h"

#include <string.h>

void
ew_learn_run_epoch (guint64 epoch, double loss, const double *params, gpointer data)
{
  EwLearnRun *run = data;
  const EwLearnOptions *o = run->options;

  if (run->history != NULL && (gint64)epoch > run->epochs)
    ew_history_file_add (run->history, epoch, loss, params);
  memmove (run->params, params, run->problem->n_params * sizeof (double));
  run->epochs = (gint64)epoch;
  run->loss = loss;
  if (run->printed == run->epochs || (run->epochs % o->log_every != 0 && run->epochs != run->last))
    return;
  run->printed = run->epochs;
  if (o->json)
    ew_learn_print_json (run->source.channel, epoch, loss, params, run->n_taps, run->has_bias);
  else
    ew_learn_print_text (run->source.channel, epoch, loss, params, run->n_taps, run->has_bias);
}

void
ew_learn_run_finish (EwLearnRun *run)
{
  run->last = run->epochs;
  if (run->epochs > 0)
    ew_learn_run_epoch ((guint64)run->epochs, run->loss, run->params, run);
}

void
ew_learn_run_clear (EwLearnRun *run)
{
  g_clear_pointer (&run->quadratic, ew_quadratic_free);
  g_clear_pointer (&run->held_quadratic, ew_quadratic_free);
  g_clear_pointer (&run->sums, ew_pair_sums_free);
  g_clear_pointer (&run->structures, g_ptr_array_unref);
  g_clear_pointer (&run->jpeg, ew_quantised_fit_free);
  ew_learn_source_clear (&run->source);
  g_clear_pointer (&run->problem, ew_problem_unref);
  g_clear_pointer (&run->held, ew_problem_unref);
  g_clear_pointer (&run->history, ew_history_file_free);
  g_clear_pointer (&run->params, g_free);
}

gboolean
ew_learn_run_fit (EwLearnRun *run, GError **error)
{
  gint64 start = g_get_monotonic_time ();

  if (run->quadratic != NULL)
    return TRUE;
  run->quadratic = ew_fit_quadratic (run->devices, run->problem, &ew_cli_interrupted, error);
  run->fit_seconds += ew_learn_seconds (start);
  return run->quadratic != NULL;
}
