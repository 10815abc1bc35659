/* EwSession: what the user does with the experiment: actions, the sidebar, the kernel's weights. */
#include "app/experiment-geometry.h"
#include "app/session-private.h"

#include "engine/kernel-edit.h"
#include "engine/preset.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean
is_running (const EwSession *session)
{
  return session->snapshot != NULL && session->snapshot->state == EW_RUN_RUNNING;
}

EwKernel *
ew_session_present_kernel (const EwSession *session)
{
  if (session->snapshot == NULL)
    return NULL;
  /* Edits may come faster than the loop answers. */
  if (session->edited != NULL && session->snapshot->generation < session->kernel_generation)
    return session->edited;
  return session->snapshot->kernel;
}

static void
on_learn (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;

  ew_window_hide_banner (session->window);
  if (!is_running (session))
    {
      ew_session_remember_learning (session);
      ew_loop_start (session->loop);
      return;
    }
  /* Who stops the run that --learn has begun does not want the next one to begin by itself. */
  session->learn_flat_out = FALSE;
  ew_loop_pause (session->loop);
}

/* The way out of a divergence. */
static void
on_learn_at_rate (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;
  EwMoment before;

  ew_window_hide_banner (session->window);
  ew_session_begin (session, &before);
  /* From the start values: those that have exploded would take longer than the epochs that are left. */
  g_clear_pointer (&session->edited, ew_kernel_unref);
  session->kernel_generation = ew_loop_reset (session->loop);
  session->experiment.settings.rate = session->accepted.settings.rate = g_variant_get_double (parameter);
  ew_loop_set_rate (session->loop, session->experiment.settings.rate);
  ew_session_commit (session, &before, _ ("Rate"), 0);
  ew_loop_start (session->loop);
  ew_session_show_experiment (session);
}

static void
on_step (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;

  if (is_running (session))
    ew_loop_pause (session->loop);
  else
    ew_session_remember_learning (session);
  ew_loop_step (session->loop, 1);
}

static void
on_reset (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;
  EwMoment before;

  ew_window_hide_banner (session->window);
  ew_session_begin (session, &before);
  if (session->restored)
    ew_session_apply (session, is_running (session));
  g_clear_pointer (&session->edited, ew_kernel_unref);
  session->kernel_generation = ew_loop_reset (session->loop);
  ew_session_commit (session, &before, _ ("Reset"), 0);
}

static void
on_textbook (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;
  EwMoment before;

  ew_session_cancel_opening (session);
  ew_window_hide_banner (session->window);
  ew_session_begin (session, &before);
  ew_experiment_clear (&session->experiment);
  ew_experiment_init_textbook (&session->experiment);
  ew_loop_set_speed (session->loop, session->experiment.settings.speed);
  ew_session_apply (session, TRUE);
  ew_session_commit (session, &before, _ ("Textbook Experiment"), 0);
}

static void
on_device (GSimpleAction *action, GVariant *value, gpointer data)
{
  EwSession *session = data;

  /* The state follows from the next snapshot: a device that is not to be had is not chosen. */
  ew_loop_set_device (session->loop, g_variant_get_string (value, NULL));
}

void
ew_session_put_kernel (EwSession *session, EwKernel *kernel)
{
  EwSettings *settings = &session->experiment.settings;
  guint64 epoch = ew_session_shown_epoch (session);

  if (kernel->height == settings->kernel_height && kernel->width == settings->kernel_width)
    {
      ew_session_keep_past_run (session);
      session->kernel_generation = ew_loop_set_kernel (session->loop, kernel);
      ew_input_stats_edited (ew_frame_stats_input (session->stats), session->kernel_generation);
      g_clear_pointer (&session->edited, ew_kernel_unref);
      session->edited = ew_kernel_ref (kernel);
      ew_kernel_view_set_kernel (ew_window_kernel_view (session->window), kernel);
      ew_session_kernel_changed (session, kernel);
      if (epoch > 0)
        return;
      /* Before the first epoch an edit is another start. */
      ew_kernel_unref (session->experiment.start);
      session->experiment.start = ew_kernel_ref (kernel);
      settings->by_hand = TRUE;
      ew_session_show_experiment (session);
      return;
    }

  GError *error = NULL;
  char *note = NULL;

  if (!ew_experiment_set_start (&session->experiment, kernel, &note, &error))
    {
      ew_session_refuse (session, error);
      return;
    }
  if (note != NULL)
    ew_window_show_banner (session->window, note, NULL, NULL, NULL);
  g_free (note);
  ew_session_apply (session, FALSE);
}

void
ew_session_replace_kernel (EwSession *session, EwKernel *kernel, const char *label)
{
  EwMoment before;

  ew_session_begin (session, &before);
  ew_session_put_kernel (session, kernel);
  ew_session_commit (session, &before, label, 0);
}

static void
on_kernel_edited (EwKernelView *view, gpointer kernel, EwSession *session)
{
  EwMoment before;

  ew_session_begin (session, &before);
  ew_session_put_kernel (session, kernel);
  ew_session_commit_group (session, &before, _ ("Weight"), ew_kernel_view_get_edit (view));
}

static void
on_sidebar_refused (EwSidebar *sidebar, const char *sentence, EwSession *session)
{
  ew_window_toast (session->window, sentence);
}

static void
take_teacher (EwSession *session, EwKernel *kernel, int preset)
{
  GError *error = NULL;
  char *note = NULL;

  if (ew_experiment_set_teacher (&session->experiment, kernel, preset, &note, &error))
    ew_session_changed (session, note);
  else
    ew_session_refuse (session, error);
}

void
ew_session_make_target (EwSession *session, EwKernel *kernel, int preset)
{
  EwMoment before;

  ew_session_begin (session, &before);
  take_teacher (session, kernel, preset);
  ew_session_commit (session, &before, _ ("Target"), 0);
}

/* The target that the list names now. */
static void
change_target (EwSession *session, int target)
{
  guint n;
  const EwPreset *presets = ew_presets (&n);
  g_autoptr (EwKernel) kernel = NULL;

  if (target == EW_TARGET_FILE)
    {
      /* Until a file has been chosen and read, all stays as it is. */
      ew_session_show_experiment (session);
      ew_session_choose_target_file (session);
      return;
    }
  if (target >= 0)
    kernel = ew_preset_kernel (presets[target].id, NULL);
  else if (ew_session_present_kernel (session) != NULL)
    kernel = ew_kernel_ref (ew_session_present_kernel (session));
  if (kernel != NULL)
    take_teacher (session, kernel, target);
}

static void
change_size (EwSession *session, const EwSettings *wished)
{
  GError *error = NULL;
  g_autoptr (EwKernel) resized = NULL;
  EwMoment now;

  ew_session_begin (session, &now);
  /* What was made by hand or learned keeps its middle; what was drawn is drawn again. */
  if (session->experiment.settings.by_hand || now.epoch > 0)
    resized = ew_kernel_resized (now.kernel, wished->kernel_height, wished->kernel_width, NULL);
  ew_moment_clear (&now);
  if (!ew_experiment_set_size (&session->experiment, wished->kernel_height, wished->kernel_width, &error))
    {
      ew_session_refuse (session, error);
      return;
    }
  if (resized != NULL)
    ew_experiment_set_start (&session->experiment, resized, NULL, NULL);
  ew_session_changed (session, NULL);
}

static void
change_geometry (EwSession *session, const EwSettings *wished)
{
  GError *error = NULL;
  gboolean run = is_running (session);

  if (ew_experiment_set_geometry (&session->experiment, wished, &error))
    ew_session_apply (session, run);
  else
    ew_session_refuse (session, error);
}

static void
change_init (EwSession *session, const EwSettings *wished)
{
  gboolean run = is_running (session);
  EwSettings *settings = &session->experiment.settings;

  settings->init = wished->init;
  settings->seed = wished->seed;
  if (!wished->by_hand)
    ew_experiment_draw_start (&session->experiment);
  else if (ew_session_present_kernel (session) != NULL)
    ew_experiment_set_start (&session->experiment, ew_session_present_kernel (session), NULL, NULL);
  ew_session_apply (session, run);
}

static void
change_setting (EwSession *session, EwChange change, const EwSettings *wished)
{
  EwSettings *settings = &session->experiment.settings;
  /* What is changed without a new task holds for the former one too, should one be refused. */
  EwSettings *kept = &session->accepted.settings;
  gboolean run = is_running (session);

  switch (change)
    {
    case EW_CHANGE_TARGET:
      change_target (session, wished->target);
      break;
    case EW_CHANGE_COLOUR:
      ew_session_change_colour (session, wished->channels, wished->each);
      break;
    case EW_CHANGE_CHANNEL:
      ew_session_change_channel (session, wished->channel);
      break;
    case EW_CHANGE_SIZE:
      change_size (session, wished);
      break;
    case EW_CHANGE_INIT:
      change_init (session, wished);
      break;
    case EW_CHANGE_TASK:
      settings->has_bias = wished->has_bias;
      /* A rate for the sum is off by the number of residuals for the mean. */
      if (settings->loss != wished->loss)
        settings->rate = 0;
      settings->loss = wished->loss;
      ew_session_apply (session, run);
      break;
    case EW_CHANGE_RATE:
      settings->rate = kept->rate = wished->rate;
      ew_loop_set_rate (session->loop, wished->rate);
      break;
    case EW_CHANGE_EPOCHS:
      ew_session_change_epochs (session, wished->epochs);
      break;
    case EW_CHANGE_GEOMETRY:
      change_geometry (session, wished);
      break;
    case EW_CHANGE_SPEED:
    default:
      settings->speed = kept->speed = wished->speed;
      ew_loop_set_speed (session->loop, wished->speed);
      break;
    }
}

static void
on_sidebar_changed (EwSidebar *sidebar, int change, EwSession *session)
{
  static const char *const labels[]
      = { N_ ("Target"),        N_ ("Colour"), N_ ("Channel Shown"), N_ ("Resize"), N_ ("Start Values"),
          N_ ("Bias and Loss"), N_ ("Rate"),   N_ ("Epochs"),        N_ ("Speed"),  N_ ("Padding and Stride") };
  EwSettings wished;
  EwMoment before;

  ew_sidebar_get_settings (sidebar, &wished);
  ew_session_begin (session, &before);
  change_setting (session, (EwChange)change, &wished);
  if (change == EW_CHANGE_RATE || change == EW_CHANGE_TASK)
    ew_session_remember_recipe (session, &before.experiment.settings);
  ew_session_commit (session, &before, _ (labels[change]), 1 + change);
}

static void
enable (EwSession *session, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (session->window), name);

  if (action != NULL && g_action_get_enabled (action) != enabled)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
ew_session_update_actions (EwSession *session)
{
  gboolean ready = session->snapshot != NULL && session->snapshot->kernel != NULL;
  GAction *device = g_action_map_lookup_action (G_ACTION_MAP (session->window), "device");

  enable (session, "learn", ready);
  enable (session, "step", ready);
  enable (session, "reset", ready);
  enable (session, "save-kernel", ready);
  enable (session, "branch", ready && session->snapshot->past);
  enable (session, "show-end", ready && session->snapshot->past);
  enable (session, "keep-run", ready && session->snapshot->epoch > 0);
  enable (session, "copy-curves", ready && session->snapshot->epoch > 0);
  enable (session, "save-curves", ready && session->snapshot->epoch > 0);
  if (ready && device != NULL)
    {
      g_autoptr (GVariant) state = g_action_get_state (device);

      if (strcmp (g_variant_get_string (state, NULL), session->snapshot->device_choice) != 0)
        g_simple_action_set_state (G_SIMPLE_ACTION (device), g_variant_new_string (session->snapshot->device_choice));
    }
}

void
ew_session_add_actions (EwSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "learn", .activate = on_learn },
    { .name = "learn-at-rate", .activate = on_learn_at_rate, .parameter_type = "d" },
    { .name = "step", .activate = on_step },
    { .name = "reset", .activate = on_reset },
    { .name = "textbook", .activate = on_textbook },
    { .name = "device", .parameter_type = "s", .state = "'auto'", .change_state = on_device },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
  ew_session_update_actions (session);
}

void
ew_session_connect_controls (EwSession *session)
{
  EwSidebar *sidebar = ew_window_sidebar (session->window);

  g_signal_connect (sidebar, "changed", G_CALLBACK (on_sidebar_changed), session);
  g_signal_connect (sidebar, "refused", G_CALLBACK (on_sidebar_refused), session);
  g_signal_connect (ew_window_kernel_view (session->window), "kernel-edited", G_CALLBACK (on_kernel_edited), session);
}
