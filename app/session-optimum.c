/* EwSession: the least-squares optimum of what is learned: found beside training, shown, used, saved as a report. */
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

EwKernel *
ew_session_kernel_of (const EwProblem *problem, const double *values)
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
  g_autofree char *unmended = ew_session_describe_unmended (session);

  /* Nothing can be concluded from what is left of a pair that something is known to be wrong with. */
  if (unmended != NULL)
    return NULL;
  for (int kind = 0; a != NULL && a->has_structure && kind < EW_STRUCTURE_N; kind++)
    if (a->structure.found[kind])
      {
        g_autofree char *sentence = ew_structure_say (&a->structure, (EwStructureKind)kind);

        g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", sentence);
      }
  return text->len == 0 ? NULL : g_strdup (text->str);
}

/* The one that is looked at: of all that is learned from, or of a channel alone. */
static const EwOptimum *
shown_optimum (EwSession *session, const EwProblem **problem)
{
  const EwAppraisal *a = session->appraisal;
  gboolean alone = a->channels != NULL && session->optimum_channel >= 0;

  *problem = alone ? a->channels->problems[session->optimum_channel] : a->problem;
  return alone ? a->channels->optima[session->optimum_channel] : a->optimum;
}

static gint64
count_pixels (const EwProblem *problem)
{
  gint64 n = 0;

  for (int s = 0; s < problem->n_samples; s++)
    n += (gint64)problem->samples[s].y->height * problem->samples[s].y->width;
  return n;
}

static void
fill_facts (EwSession *session, EwOptimumFacts *f)
{
  const EwProblem *problem;
  const EwOptimum *o = shown_optimum (session, &problem);

  *f = (EwOptimumFacts){ .weights = ew_session_kernel_of (problem, o->params),
                         .has_bias = problem->has_bias,
                         .errors = ew_session_kernel_of (problem, o->errors),
                         .n_undetermined = count_undetermined (o),
                         .n_free = MAX (o->n_null, 0),
                         .n_residuals = problem->n_residuals,
                         .left_out = 1 - (double)problem->n_residuals / (double)count_pixels (problem),
                         .sigma = o->sigma,
                         .r_squared = o->r_squared,
                         .psnr = o->psnr,
                         .condition = o->condition };
  if (f->n_undetermined > 0)
    f->shares = ew_session_kernel_of (problem, o->share);
  for (int i = 0; i < MIN (f->n_free, EW_OPTIMUM_FREE_MAX); i++)
    f->free[i] = ew_session_kernel_of (problem, o->null_space + (gsize)i * (gsize)o->n);
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

void
ew_session_show_optimum (EwSession *session)
{
  const EwAppraisal *a = session->appraisal;
  g_autofree char *unmended = ew_session_describe_unmended (session);
  g_autofree char *structure = unmended == NULL ? ew_session_describe_structure (session)
                                                : g_strdup_printf (_ ("All of this is of the pair as it is. As long as %s is not "
                                                                      "mended, what is left over follows from it."),
                                                                   unmended);
  EwOptimumFacts facts;
  gboolean there = a != NULL && a->optimum != NULL;

  ew_recipe_page_set_noise (ew_sidebar_recipe_page (ew_window_sidebar (session->window)),
                            there && a->has_structure ? a->noise : NAN);
  enable (session, "use-optimum", there);
  enable (session, "save-report", there && a->has_structure);
  if (!there)
    {
      ew_optimum_page_set_facts (page (session), NULL,
                                 a == NULL || a->error == NULL ? _ ("Looking for the best kernel…") : a->error->message);
      return;
    }
  fill_facts (session, &facts);
  facts.structure = structure != NULL ? structure : a->has_structure ? "" : NULL;
  facts.structureless = !ew_session_shows_learned (session);
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

/* Of a pair as it is, which is not how it should be. */
static char *
describe_unmended (const EwAppraisal *a, const char *unmended)
{
  const EwGeometry *g = &a->problem->geometry;
  char share[EW_NUMBER_SIZE];

  return g_strdup_printf (_ ("As long as %s is not mended, the best %d×%d kernel explains %s %% of the target’s variation."), unmended,
                          g->kernel_height, g->kernel_width, ew_number_short (share, 100 * fmax (a->optimum->r_squared, 0), 3));
}

char *
ew_session_describe_optimum (EwSession *session, gboolean *is_good)
{
  const EwAppraisal *a = session->appraisal;
  const EwOptimum *o = a == NULL ? NULL : a->optimum;
  char share[EW_NUMBER_SIZE], error[EW_NUMBER_SIZE];
  g_autofree char *unmended = NULL;
  int undetermined;

  if (o == NULL)
    return NULL;
  unmended = ew_session_describe_unmended (session);
  if (unmended != NULL && !isnan (o->r_squared))
    return describe_unmended (a, unmended);
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
  if (kept != NULL && kept->optimum != NULL && a->channels != NULL)
    {
      ew_channel_fits_free (kept->channels);
      kept->channels = g_steal_pointer (&a->channels);
    }
  else if (kept != NULL && kept->optimum != NULL && a->optimum == NULL)
    {
      kept->has_structure = a->has_structure;
      kept->structure = a->structure;
      kept->noise = a->noise;
      ew_session_ask_channels (session);
    }
  else
    {
      ew_appraisal_free (kept);
      session->appraisal = g_steal_pointer (&a);
      if (session->appraisal->optimum != NULL)
        ew_appraiser_ask_structure (session->appraiser, session->appraisal);
    }
  ew_appraisal_free (a);
  ew_session_show_optimum (session);
  ew_session_show_pairs_quality (session);
  ew_session_show_channels (session);
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
      ew_session_show_channels (session);
      ew_session_show_optimum (session);
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
  const EwProblem *problem;

  if (a == NULL || a->optimum == NULL || a->task != session->task)
    return;
  const EwOptimum *o = shown_optimum (session, &problem);

  kernel = ew_session_kernel_of (problem, o->params);
  if (kernel != NULL)
    ew_session_replace_kernel (session, kernel, _ ("Optimum"));
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
  };

  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
  ew_session_add_report (session);
  ew_session_add_channels (session);
  g_signal_connect_object (page (session), "wanted", G_CALLBACK (on_wanted), session->window, 0);
  ew_session_show_optimum (session);
}
