/* EwSession: undo and redo of all that the user changes. */
#include "app/session-private.h"

#include <glib/gi18n.h>

/* Changes of one kind that follow each other this fast are one. */
#define TOGETHER_US 1000000

/* Groups, by who numbers them: learning has one, edits of weights and quick changes ranges of their own. */
#define LEARNING_GROUP 1
#define EDIT_GROUPS    (G_GUINT64_CONSTANT (1) << 40)
#define QUICK_GROUPS   (G_GUINT64_CONSTANT (2) << 40)

static gboolean
is_current (const EwSession *session)
{
  const EwSnapshot *s = session->snapshot;

  return s != NULL && s->kernel != NULL && s->task == session->task
         && s->kernel->height == session->experiment.settings.kernel_height
         && s->kernel->width == session->experiment.settings.kernel_width
         /* A reset or another task is on its way. */
         && !(session->edited == NULL && s->generation < session->kernel_generation);
}

guint64
ew_session_shown_epoch (const EwSession *session)
{
  return is_current (session) ? session->snapshot->shown_epoch : 0;
}

void
ew_session_begin (EwSession *session, EwMoment *before)
{
  gboolean current = is_current (session);
  EwKernel *kernel = current                   ? ew_session_present_kernel (session)
                     : session->edited != NULL ? session->edited
                                               : session->experiment.start;

  ew_moment_init (before, &session->experiment, kernel, ew_session_shown_epoch (session));
}

static void
commit (EwSession *session, EwMoment *before, const char *label, guint64 group)
{
  EwMoment now;

  ew_session_begin (session, &now);
  if (ew_moment_equal (before, &now))
    ew_moment_clear (before);
  else
    {
      session->undo_task = session->task;
      ew_undo_add (session->undo, label, group, before, &session->experiment);
      ew_session_show_undo (session);
    }
  ew_moment_clear (&now);
}

void
ew_session_commit_group (EwSession *session, EwMoment *before, const char *label, guint64 group)
{
  commit (session, before, label, EDIT_GROUPS + group);
}

void
ew_session_commit (EwSession *session, EwMoment *before, const char *label, int kind)
{
  gint64 now = g_get_monotonic_time ();

  if (kind == 0 || kind != session->group_kind || now - session->group_us > TOGETHER_US)
    session->group++;
  session->group_kind = kind;
  session->group_us = now;
  commit (session, before, label, QUICK_GROUPS + session->group);
}

void
ew_session_remember_learning (EwSession *session)
{
  EwMoment before;

  ew_session_begin (session, &before);
  ew_undo_add (session->undo, _ ("Learning"), LEARNING_GROUP, &before, &session->experiment);
  ew_session_show_undo (session);
}

/* What is set without a new task. */
void
ew_session_take_settings (EwSession *session, const EwSettings *former)
{
  const EwSettings *s = &session->experiment.settings;

  ew_session_send_recipe (session);
  if (s->rate != former->rate)
    ew_loop_set_rate (session->loop, s->rate);
  if (s->epochs != former->epochs)
    ew_loop_set_epoch_limit (session->loop, s->epochs);
  if (s->speed != former->speed)
    ew_loop_set_speed (session->loop, s->speed);
  if (s->channel != former->channel || s->pair != former->pair)
    ew_session_apply_sample (session);
  if (session->has_accepted)
    {
      ew_experiment_clear (&session->accepted);
      ew_experiment_copy (&session->accepted, &session->experiment);
    }
  ew_session_show_experiment (session);
  /* What was found in another pair does not hold for this one. */
  ew_session_examine (session);
}

void
ew_session_restore_kernel (EwSession *session, EwKernel *kernel)
{
  session->kernel_generation = ew_loop_set_kernel (session->loop, kernel);
  ew_kernel_ref (kernel);
  ew_kernel_unref (session->edited);
  session->edited = kernel;
  ew_kernel_view_set_kernel (ew_window_kernel_view (session->window), kernel);
  ew_session_diagnose (session);
}

/* The run goes back to an epoch that it has been at, with the curves; what it has not been at, or another run had,
 * comes back as weights, while the epochs go on from where they are. */
static void
restore_epoch (EwSession *session, guint64 epoch)
{
  guint64 end = is_current (session) ? session->snapshot->epoch : 0;

  if (epoch == 0 && end > 0)
    session->kernel_generation = ew_loop_reset (session->loop);
  else if (epoch < end)
    /* The weights that are set then make this epoch the run's end. */
    ew_loop_show_epoch (session->loop, epoch);
}

static void
restore (EwSession *session, const EwMoment *to)
{
  gboolean same_task = ew_moment_same_task (&session->experiment, &to->experiment);
  guint64 end = is_current (session) ? session->snapshot->epoch : 0;
  gboolean textbook = session->experiment.textbook || to->experiment.textbook;
  EwSettings former = session->experiment.settings;

  ew_session_cancel_opening (session);
  ew_window_hide_banner (session->window);
  if (same_task)
    restore_epoch (session, to->epoch);
  ew_experiment_clear (&session->experiment);
  ew_experiment_copy (&session->experiment, &to->experiment);
  if (same_task)
    ew_session_take_settings (session, &former);
  else
    {
      ew_loop_set_speed (session->loop, session->experiment.settings.speed);
      /* It brings its own recipe with it. */
      session->recipe_recalled = TRUE;
      ew_session_apply (session, FALSE);
    }
  if (!textbook)
    ew_session_remember_recipe (session, &former);
  if (same_task || !ew_kernel_equal (to->kernel, session->experiment.start))
    ew_session_restore_kernel (session, to->kernel);
  /* At epoch 0 weights that are set are what the loop resets to. */
  session->restored
      = (!same_task || to->epoch == 0 || end == 0) && !ew_kernel_equal (to->kernel, session->experiment.start);
}

/* Another rule is seen only on its page, and that the run has gone back with it only in its numbers: both are said. */
static void
say_rule (EwSession *session, const EwMoment *from, guint64 epoch, const char *label, gboolean back)
{
  g_autofree char *what = g_strdup_printf (back ? _ ("Undone: %s") : _ ("Redone: %s"), label);
  g_autofree char *sentence = NULL;

  if (!ew_moment_same_task (&from->experiment, &session->experiment)
      || ew_moment_same_recipe (&from->experiment, &session->experiment))
    return;
  if (epoch < from->epoch)
    sentence = g_strdup_printf (_ ("%s. The run is back at epoch %" G_GUINT64_FORMAT "."), what, epoch);
  ew_window_toast (session->window, sentence != NULL ? sentence : what);
}

static void
go (EwSession *session, gboolean back)
{
  gboolean moved = FALSE;
  EwMoment present, moment, now;

  ew_session_begin (session, &now);
  /* Steps that changed nothing, such as learning where all was learned, are passed by. */
  do
    {
      g_autofree char *label = g_strdup ((back ? ew_undo_label : ew_undo_redo_label) (session->undo));

      ew_session_begin (session, &present);
      if (!(back ? ew_undo_back : ew_undo_forward) (session->undo, &present, &moment))
        {
          ew_moment_clear (&present);
          break;
        }
      moved = !ew_moment_equal (&moment, &now);
      if (moved)
        {
          restore (session, &moment);
          say_rule (session, &now, moment.epoch, label, back);
        }
      ew_moment_clear (&moment);
    }
  while (!moved);
  ew_moment_clear (&now);
  ew_session_show_undo (session);
}

static void
on_undo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;

  /* What is still being learned would go on from there. */
  if (g_strcmp0 (ew_undo_label (session->undo), _ ("Learning")) == 0)
    ew_loop_pause (session->loop);
  go (session, TRUE);
}

static void
on_redo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  go (data, FALSE);
}

static void
show_action (EwSession *session, const char *name, const char *label)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (session->window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), label != NULL);
}

void
ew_session_show_undo (EwSession *session)
{
  const char *undo = ew_undo_label (session->undo);
  const char *redo = ew_undo_redo_label (session->undo);

  show_action (session, "undo", undo);
  show_action (session, "redo", redo);
  ew_window_show_undo (session->window, undo, redo);
}

void
ew_session_add_undo_actions (EwSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "undo", .activate = on_undo },
    { .name = "redo", .activate = on_redo },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
  ew_session_show_undo (session);
}
