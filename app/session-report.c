/* EwSession: what was fitted, saved as a report. */
#include "app/files/replace.h"
#include "app/files/report.h"
#include "app/session-private.h"

#include <glib/gi18n.h>

static const char *
stop_name (const EwSnapshot *s)
{
  switch (s->stop)
    {
    case EW_STOP_EPOCHS:
      return "epochs";
    case EW_STOP_CONVERGED:
      return "converged";
    case EW_STOP_SLOPE:
      return "gradient";
    case EW_STOP_CHANGE:
      return "change";
    case EW_STOP_TIME:
      return "time";
    case EW_STOP_DIVERGED:
      return "diverged";
    case EW_STOP_FAILED:
      return "failed";
    case EW_STOP_NONE:
    default:
      return s->state == EW_RUN_RUNNING ? "running" : "paused";
    }
}

/* The report as JSON; transfer full. */
static char *
make_report (EwSession *session)
{
  const EwAppraisal *a = session->appraisal;
  const EwSnapshot *s = session->snapshot;
  int n_taps = ew_kernel_n_taps (s->kernel);
  g_autofree double *params = g_new (double, (gsize)n_taps + 1);
  GString *json = g_string_new ("{");

  for (int k = 0; k < n_taps; k++)
    params[k] = s->kernel->taps[k];
  params[n_taps] = s->kernel->bias;
  ew_report_add_run (json, &(EwReportRun){ .epochs = (gint64)s->epoch,
                                           .stop = stop_name (s),
                                           .recipe = &s->recipe,
                                           .delta = s->recipe.objective.delta,
                                           .rate = s->rate,
                                           .rate_limit = s->rate_limit,
                                           .last_loss = s->loss,
                                           .n_residuals = a->problem->n_residuals });
  if (session->findings != NULL)
    ew_report_add_findings (json, session->findings);
  ew_report_add_optimum (json, a->problem, a->variation, a->optimum, 0);
  ew_report_add_structure (json, &a->structure);
  ew_report_add_learned (json, a->problem, a->variation, params, ew_quadratic_loss (a->quadratic, params));
  g_string_append (json, "}\n");
  return g_string_free (json, FALSE);
}

static gboolean
write_report (EwSession *session, const char *path, GError **error)
{
  g_autofree char *json = make_report (session);
  g_autoptr (EwReplacement) file = ew_replacement_new (path, error);

  if (file != NULL)
    fputs (json, ew_replacement_stream (file));
  return file != NULL && ew_replacement_commit (file, error);
}

static void
save_report (EwSession *session, const char *path)
{
  const EwAppraisal *a = session->appraisal;
  g_autoptr (GError) error = NULL;

  if (a == NULL || !a->has_structure || session->snapshot == NULL || session->snapshot->task != a->task)
    ew_window_toast (session->window, _ ("There is another pair by now; save again when its optimum is there."));
  else
    ew_window_toast (session->window, write_report (session, path, &error) ? _ ("Report saved") : error->message);
}

static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ew_session_ask_path (data, _ ("Save the Report"), "report.json", save_report);
}

void
ew_session_add_report (EwSession *session)
{
  static const GActionEntry entries[] = { { .name = "save-report", .activate = on_save } };

  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
}
