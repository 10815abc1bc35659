/* EwSession: the task, and how it is learned: the page of the sidebar, fixed weights, the ridge strength that was chosen. */
#include "app/session-private.h"
#include "ui/recipe-text.h"

#include <glib/gi18n.h>
#include <math.h>

/* A kind of quick change of its own, beside those of the sidebar. */
#define RECIPE_KIND 100

void
ew_session_send_recipe (EwSession *session)
{
  g_autoptr (EwRecipe) recipe = ew_experiment_recipe (&session->experiment);

  ew_loop_set_recipe (session->loop, recipe,
                      session->experiment.settings.kernel_height * session->experiment.settings.kernel_width);
}

void
ew_session_apply (EwSession *session, gboolean run)
{
  g_autoptr (EwRecipe) recipe = NULL;
  g_autofree int *uses = ew_experiment_uses (&session->experiment);
  EwTask task;

  ew_session_recall_recipe (session);
  recipe = ew_experiment_recipe (&session->experiment);
  ew_experiment_task (&session->experiment, &task);
  task.uses = uses;
  task.recipe = recipe;
  task.run = run;
  task.endless = session->learn_flat_out;
  g_clear_pointer (&session->edited, ew_kernel_unref);
  session->restored = FALSE;
  session->kernel_generation = ew_loop_set_task (session->loop, &task, &session->task);
  ew_session_apply_sample (session);
  ew_session_show_experiment (session);
  ew_session_examine (session);
}

/* What is changed without a new task holds for the former one too, should one be refused. */
static void
accept_recipe (EwSession *session)
{
  EwExperiment *kept = &session->accepted;

  if (!session->has_accepted)
    return;
  kept->settings.recipe = session->experiment.settings.recipe;
  kept->settings.rate = session->experiment.settings.rate;
  g_clear_pointer (&kept->fixed, ew_kernel_unref);
  kept->fixed = session->experiment.fixed == NULL ? NULL : ew_kernel_ref (session->experiment.fixed);
}

/* The experiment's recipe as it is now, unless it does not go: then @before is put back. */
static void
try_recipe (EwSession *session, EwMoment *before, const char *label, int kind)
{
  EwSettings *s = &session->experiment.settings;
  g_autoptr (EwRecipe) recipe = ew_experiment_recipe (&session->experiment);
  g_autoptr (GError) error = NULL;

  if (!ew_recipe_check (recipe, s->kernel_height, s->kernel_width, &error))
    {
      ew_experiment_clear (&session->experiment);
      ew_experiment_copy (&session->experiment, &before->experiment);
      ew_window_toast (session->window, error->message);
    }
  else
    {
      accept_recipe (session);
      ew_session_remember_recipe (session, &before->experiment.settings);
      if (s->rate != before->experiment.settings.rate)
        ew_loop_set_rate (session->loop, s->rate);
      ew_session_send_recipe (session);
    }
  ew_session_show_experiment (session);
  ew_session_commit (session, before, label, kind);
}

/* A rate for one rule or loss is far off for another. */
static gboolean
needs_another_rate (const EwRecipe *a, const EwRecipe *b)
{
  return a->optimizer.kind != b->optimizer.kind || a->objective.penalty != b->objective.penalty;
}

static void
on_changed (EwRecipePage *page, gboolean task, EwSession *session)
{
  EwSettings *s = &session->experiment.settings;
  EwSettings wished;
  EwMoment before;

  ew_recipe_page_get_settings (page, &wished);
  ew_session_begin (session, &before);
  if (task)
    {
      s->holdout = wished.holdout;
      ew_session_remember_recipe (session, &before.experiment.settings);
      ew_session_apply (session, session->snapshot != NULL && session->snapshot->state == EW_RUN_RUNNING);
      ew_session_commit (session, &before, _ ("Held-Out Share"), RECIPE_KIND + 1);
      return;
    }
  if (needs_another_rate (&s->recipe, &wished.recipe))
    s->rate = 0;
  s->recipe = wished.recipe;
  try_recipe (session, &before, _ ("Learning Rule"), RECIPE_KIND);
}

/* A schedule that was as long as the run stays so. */
static void
follow_end (EwSession *session, guint64 epochs)
{
  EwSettings *s = &session->experiment.settings;
  EwSchedule *schedule = &s->recipe.schedule;
  EwSettings former = *s;

  if (schedule->kind != EW_SCHEDULE_COSINE || schedule->period != ew_recipe_usual_period (schedule->kind, s->epochs))
    return;
  schedule->period = ew_recipe_usual_period (schedule->kind, epochs);
  accept_recipe (session);
  ew_session_remember_recipe (session, &former);
  ew_session_send_recipe (session);
}

void
ew_session_change_epochs (EwSession *session, guint64 epochs)
{
  EwSettings *s = &session->experiment.settings;

  follow_end (session, epochs);
  s->epochs = session->accepted.settings.epochs = epochs;
  ew_loop_set_epoch_limit (session->loop, epochs);
  /* What the page says of a schedule depends on the run's end. */
  ew_recipe_page_set_settings (ew_sidebar_recipe_page (ew_window_sidebar (session->window)), s);
}

static void
on_refused (EwRecipePage *page, const char *sentence, EwSession *session)
{
  ew_window_toast (session->window, sentence);
}

/* The selected weight is fixed at its value, or free again. */
static void
on_fix_weight (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;
  EwKernelView *view = ew_window_kernel_view (session->window);
  EwKernel *kernel = ew_kernel_view_get_kernel (view);
  int tap = ew_kernel_view_get_selected (view);
  EwMoment before;

  if (kernel == NULL || tap < 0)
    return;
  if (tap >= ew_kernel_n_taps (kernel))
    {
      ew_window_toast (session->window, _ ("The bias cannot be fixed; it can be switched off."));
      return;
    }
  ew_session_begin (session, &before);
  ew_experiment_fix_tap (&session->experiment, tap,
                         ew_experiment_tap_is_fixed (&session->experiment, tap) ? NAN : kernel->taps[tap]);
  try_recipe (session, &before, _ ("Fixed Weight"), 0);
}

static void
on_free_weights (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;
  EwMoment before;

  ew_session_begin (session, &before);
  g_clear_pointer (&session->experiment.fixed, ew_kernel_unref);
  try_recipe (session, &before, _ ("Fixed Weights"), 0);
}

static void
on_choose_ridge (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ew_loop_choose_ridge (((EwSession *)data)->loop);
}

void
ew_session_kernel_changed (EwSession *session, EwKernel *kernel)
{
  ew_session_diagnose (session);
  if (!ew_experiment_follow_fixed (&session->experiment, kernel))
    return;
  accept_recipe (session);
  ew_session_send_recipe (session);
  ew_session_show_recipe (session);
}

void
ew_session_take_recipe (EwSession *session, const EwSnapshot *snapshot)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *sentence = NULL;
  EwMoment before;

  ew_session_check_rate (session, snapshot);
  if (snapshot->ridge_choices == session->ridge_choices)
    return;
  session->ridge_choices = snapshot->ridge_choices;
  ew_session_begin (session, &before);
  session->experiment.settings.recipe.ridge = snapshot->recipe.ridge;
  accept_recipe (session);
  ew_session_remember_recipe (session, &before.experiment.settings);
  ew_session_show_experiment (session);
  g_ascii_formatd (number, sizeof number, "%.3g", snapshot->recipe.ridge);
  sentence = g_strdup_printf (_ ("The ridge strength %s does best on what is held out."), number);
  ew_window_toast (session->window, sentence);
  ew_session_commit (session, &before, _ ("Ridge Strength"), 0);
}

void
ew_session_show_recipe (EwSession *session)
{
  EwKernel *fixed = session->experiment.fixed;
  const EwSettings *s = &session->experiment.settings;

  if (fixed != NULL && (fixed->height != s->kernel_height || fixed->width != s->kernel_width))
    fixed = NULL;
  ew_recipe_page_set_fixed (ew_sidebar_recipe_page (ew_window_sidebar (session->window)), fixed);
  ew_kernel_view_set_fixed (ew_window_kernel_view (session->window), fixed);
}

void
ew_session_disconnect_recipe (EwSession *session)
{
  g_signal_handlers_disconnect_by_data (ew_sidebar_recipe_page (ew_window_sidebar (session->window)), session);
}

void
ew_session_add_recipe (EwSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "fix-weight", .activate = on_fix_weight },
    { .name = "free-weights", .activate = on_free_weights },
    { .name = "choose-ridge", .activate = on_choose_ridge },
  };
  EwRecipePage *page = ew_sidebar_recipe_page (ew_window_sidebar (session->window));

  ew_session_add_defaults (session);
  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
  g_signal_connect (page, "changed", G_CALLBACK (on_changed), session);
  g_signal_connect (page, "refused", G_CALLBACK (on_refused), session);
}
