/* EwSession: the least-squares optimum of what is learned: found beside training, shown, used, saved as a report. */
#include "app/files/replace.h"
#include "app/files/report.h"
#include "app/session-private.h"
#include "ui/paint/number.h"
#include "ui/window-pair.h"

#include <glib/gi18n.h>
#include <math.h>

static EwOptimumPage *
page (EwSession *session)
{
  return ew_window_optimum_page (session->window);
}

static void
enable (EwSession *session, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (session->window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* Values of all parameters, which need not be finite, as a kernel; transfer full. */
static EwKernel *
kernel_of (const EwProblem *problem, const double *values)
{
  const EwGeometry *g = &problem->geometry;
  EwKernel *kernel = ew_kernel_new (g->kernel_height, g->kernel_width, NULL);
  int n_taps = g->kernel_height * g->kernel_width;

  for (int k = 0; kernel != NULL && k < n_taps; k++)
    kernel->taps[k] = values[k];
  if (kernel != NULL && problem->has_bias)
    kernel->bias = values[n_taps];
  return kernel;
}

static int
count_undetermined (const EwOptimum *o)
{
  int n = 0;

  for (int k = 0; o->n_null > 0 && k < o->n; k++)
    n += !ew_optimum_determines (o, k);
  return n;
}

char *
ew_session_describe_structure (EwSession *session)
{
  const EwAppraisal *a = session->appraisal;
  g_autoptr (GString) text = g_string_new (NULL);

  for (int kind = 0; a != NULL && a->has_structure && kind < EW_STRUCTURE_N; kind++)
    if (a->structure.found[kind])
      {
        g_autofree char *sentence = ew_structure_say (&a->structure, (EwStructureKind)kind);

        g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", sentence);
      }
  return text->len == 0 ? NULL : g_strdup (text->str);
}

static void
fill_facts (const EwAppraisal *a, EwOptimumFacts *f)
{
  const EwOptimum *o = a->optimum;

  *f = (EwOptimumFacts){ .weights = kernel_of (a->problem, o->params),
                         .has_bias = a->problem->has_bias,
                         .errors = kernel_of (a->problem, o->errors),
                         .n_undetermined = count_undetermined (o),
                         .n_free = MAX (o->n_null, 0),
                         .n_residuals = a->problem->n_residuals,
                         .left_out = 1 - (double)a->problem->n_residuals / (double)a->n_all,
                         .sigma = o->sigma,
                         .r_squared = o->r_squared,
                         .psnr = o->psnr,
                         .condition = o->condition };
  if (f->n_undetermined > 0)
    f->shares = kernel_of (a->problem, o->share);
  for (int i = 0; i < MIN (f->n_free, EW_OPTIMUM_FREE_MAX); i++)
    f->free[i] = kernel_of (a->problem, o->null_space + (gsize)i * (gsize)o->n);
}

static void
clear_facts (EwOptimumFacts *f)
{
  ew_kernel_unref (f->weights);
  ew_kernel_unref (f->errors);
  ew_kernel_unref (f->shares);
  for (int i = 0; i < EW_OPTIMUM_FREE_MAX; i++)
    ew_kernel_unref (f->free[i]);
}

static void
show (EwSession *session)
{
  const EwAppraisal *a = session->appraisal;
  g_autofree char *structure = ew_session_describe_structure (session);
  EwOptimumFacts facts;
  gboolean there = a != NULL && a->optimum != NULL;

  enable (session, "use-optimum", there);
  enable (session, "save-report", there && a->has_structure);
  if (!there)
    {
      ew_optimum_page_set_facts (page (session), NULL,
                                 a == NULL || a->error == NULL ? _ ("Looking for the best kernel…") : a->error->message);
      return;
    }
  fill_facts (a, &facts);
  facts.structure = structure != NULL ? structure : a->has_structure ? "" : NULL;
  ew_optimum_page_set_facts (page (session), &facts, NULL);
  clear_facts (&facts);
  if (session->snapshot != NULL && !isnan (session->snapshot->rate_limit))
    ew_frame_stats_answered (session->stats);
}

/* The largest standard error of a weight that is determined. */
static double
largest_error (const EwOptimum *o)
{
  double most = 0;

  for (int k = 0; k < o->n; k++)
    if (isfinite (o->errors[k]))
      most = fmax (most, o->errors[k]);
  return most;
}

char *
ew_session_describe_optimum (EwSession *session, gboolean *is_good)
{
  const EwAppraisal *a = session->appraisal;
  const EwOptimum *o = a == NULL ? NULL : a->optimum;
  char share[EW_NUMBER_SIZE], error[EW_NUMBER_SIZE];
  int undetermined;

  if (o == NULL)
    return NULL;
  undetermined = count_undetermined (o);
  *is_good = o->r_squared > 0.5 && undetermined == 0;
  if (isnan (o->r_squared))
    return g_strdup (_ ("The target is the same everywhere: there is nothing that a kernel could explain."));
  if (o->r_squared <= 0)
    return g_strdup_printf (_ ("The best %d×%d kernel explains nothing of the target’s variation."),
                            a->problem->geometry.kernel_height, a->problem->geometry.kernel_width);
  /* All the nines that are known. */
  ew_number_short (share, 100 * o->r_squared,
                   o->r_squared < 1 ? (int)CLAMP (1 - floor (log10 (1 - o->r_squared)), 3, 8) : 3);
  if (undetermined > 0)
    return g_strdup_printf (_ ("The best %d×%d kernel explains %s %% of the target’s variation, but the image does not determine %d "
                               "of its %d weights."),
                            a->problem->geometry.kernel_height, a->problem->geometry.kernel_width, share, undetermined,
                            o->n);
  return g_strdup_printf (_ ("The best %d×%d kernel explains %s %% of the target’s variation; each weight is known to ±%s or "
                             "better."),
                          a->problem->geometry.kernel_height, a->problem->geometry.kernel_width, share,
                          ew_number_short (error, largest_error (o), 2));
}

static void
take_appraisal (EwSession *session, EwAppraisal *a)
{
  EwAppraisal *kept = session->appraisal;

  /* The structure comes by itself. */
  if (kept != NULL && kept->optimum != NULL && a->optimum == NULL)
    {
      kept->has_structure = a->has_structure;
      kept->structure = a->structure;
    }
  else
    {
      ew_appraisal_free (kept);
      session->appraisal = g_steal_pointer (&a);
      if (session->appraisal->optimum != NULL)
        ew_appraiser_ask_structure (session->appraiser, session->appraisal);
    }
  ew_appraisal_free (a);
  show (session);
  ew_session_show_pairs_quality (session);
  ew_session_tell_pair (session);
}

static gboolean
on_appraised (gpointer data)
{
  EwSession *session = data;
  EwAppraisal *a = ew_appraiser_take (session->appraiser);

  if (a == NULL || a->task != session->task || g_error_matches (a->error, EW_ERROR, EW_ERROR_CANCELLED))
    ew_appraisal_free (a);
  else
    take_appraisal (session, a);
  return G_SOURCE_REMOVE;
}

/* On the worker's thread. */
static void
on_wake (gpointer data)
{
  g_idle_add (on_appraised, data);
}

/* Of a target that a kernel has made, the optimum is that kernel: it is found when somebody looks. */
static gboolean
is_wanted (EwSession *session)
{
  return session->experiment.target != NULL || gtk_widget_get_mapped (GTK_WIDGET (page (session)));
}

/* Of several pairs the quality of each is asked for. */
static void
ask (EwSession *session, const EwSnapshot *s)
{
  const EwPairs *pairs = session->experiment.pairs;
  g_autofree int *uses = ew_experiment_uses (&session->experiment);
  g_autofree int *group_of = NULL;
  g_autofree gboolean *held = NULL;

  if (pairs == NULL || pairs->n_samples != s->whole->n_samples)
    {
      ew_appraiser_ask (session->appraiser, s->task, s->problem, NULL);
      return;
    }
  group_of = g_new (int, pairs->n_samples);
  held = g_new (gboolean, pairs->n);
  for (int i = 0; i < pairs->n; i++)
    {
      held[i] = pairs->items[i].held;
      for (int k = pairs->items[i].first; k < pairs->items[i].first + pairs->items[i].input->n_planes; k++)
        group_of[k] = uses != NULL && uses[k] == EW_USE_SHOW ? -1 : i;
    }
  ew_appraiser_ask (session->appraiser, s->task, s->problem,
                    &(EwAppraisalGroups){ s->whole, pairs->n, group_of, held });
}

void
ew_session_appraise (EwSession *session)
{
  const EwSnapshot *s = session->snapshot;

  if (s == NULL || s->problem == NULL || s->task != session->task || s->state == EW_RUN_PREPARING)
    return;
  if (session->appraisal != NULL && session->appraisal->task != s->task)
    {
      g_clear_pointer (&session->appraisal, ew_appraisal_free);
      show (session);
    }
  if (session->appraisal != NULL && session->appraisal->optimum != NULL && !isnan (s->rate_limit))
    ew_frame_stats_answered (session->stats);
  if (session->appraised == s->task || !is_wanted (session))
    return;
  if (session->appraiser == NULL && (session->appraiser = ew_appraiser_new (on_wake, session)) == NULL)
    return;
  session->appraised = s->task;
  ew_appraiser_stop (session->appraiser);
  ask (session, s);
}

static void
on_wanted (EwOptimumPage *optimum_page, EwWindow *window)
{
  EwSession *session = g_object_get_data (G_OBJECT (window), "ew-session");

  if (session != NULL)
    ew_session_appraise (session);
}

static void
on_use (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;
  const EwAppraisal *a = session->appraisal;
  g_autoptr (EwKernel) kernel = NULL;

  if (a == NULL || a->optimum == NULL || a->task != session->task)
    return;
  kernel = kernel_of (a->problem, a->optimum->params);
  if (kernel != NULL)
    ew_session_replace_kernel (session, kernel, _ ("Optimum"));
}

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
ew_session_clear_optimum (EwSession *session)
{
  g_clear_pointer (&session->appraiser, ew_appraiser_free);
  g_clear_pointer (&session->appraisal, ew_appraisal_free);
}

void
ew_session_add_optimum (EwSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "use-optimum", .activate = on_use },
    { .name = "save-report", .activate = on_save },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
  g_signal_connect_object (page (session), "wanted", G_CALLBACK (on_wanted), session->window, 0);
  show (session);
}
