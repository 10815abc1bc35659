/* EwWindow: the race of optimizers in the place of the curves. */
#include "ui/window-private.h"

#include <string.h>

static guint wished_signal;

/* What is remembered of goals, by the names that it has in the settings too. */
static const char *const goals[EW_RACE_N_GOALS] = { "90", "99", "99.99", "optimum" };

/* Takes @state. */
static void
remember (EwWindow *self, const char *action, char *state)
{
  g_action_group_change_action_state (G_ACTION_GROUP (self), action, g_variant_new_take_string (state));
}

static void
on_wished (EwRacePage *page, int wish, EwWindow *self)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (wish == EW_RACE_GOAL)
    g_action_group_change_action_state (G_ACTION_GROUP (self), "race-goal",
                                        g_variant_new_string (goals[ew_race_page_get_goal (page)]));
  else if (wish == EW_RACE_CHANGED)
    remember (self, "race-entrants", ew_race_page_get_entrants (page));
  else if (wish == EW_RACE_SPEED)
    remember (self, "race-speed", g_strdup (g_ascii_dtostr (number, sizeof number, ew_race_page_get_speed (page))));
  g_signal_emit (self, wished_signal, 0, wish);
}

static void
on_start_asked (EwSurfaceView *view, double a, double b, EwWindow *self)
{
  if (self->race_standing != NULL && self->race_standing->map != NULL)
    ew_window_start_at (self, self->race_standing->map, a, b);
}

static void
show_goal (EwWindow *self)
{
  g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (self), "race-goal");

  for (int goal = 0; self->race_page != NULL && goal < EW_RACE_N_GOALS; goal++)
    if (strcmp (g_variant_get_string (state, NULL), goals[goal]) == 0)
      ew_race_page_set_goal (self->race_page, (EwRaceGoal)goal);
}

/* Who runs and how fast, as it was last. */
static void
show_entrants (EwWindow *self)
{
  g_autoptr (GVariant) entrants = g_action_group_get_action_state (G_ACTION_GROUP (self), "race-entrants");
  g_autoptr (GVariant) speed = g_action_group_get_action_state (G_ACTION_GROUP (self), "race-speed");

  if (self->race_page == NULL)
    return;
  ew_race_page_set_entrants (self->race_page, g_variant_get_string (entrants, NULL));
  ew_race_page_set_speed (self->race_page, g_ascii_strtod (g_variant_get_string (speed, NULL), NULL));
}

void
ew_window_add_race_page (EwWindow *self)
{
  if (self->race_page != NULL)
    return;
  self->race_page = EW_RACE_PAGE (ew_race_page_new ());
  gtk_stack_add_named (self->below, GTK_WIDGET (self->race_page), "race");
  show_goal (self);
  show_entrants (self);
  g_signal_connect_object (self->race_page, "wished", G_CALLBACK (on_wished), self, 0);
  g_signal_connect_object (ew_race_page_view (self->race_page), "start-asked", G_CALLBACK (on_start_asked), self, 0);
}

EwRacePage *
ew_window_open_race (EwWindow *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->below), "race") == 0 ? self->race_page : NULL;
}

void
ew_window_show_race (EwWindow *self, EwRaceStanding *standing, int height, int width)
{
  if (self->race_page == NULL)
    return;
  ew_race_standing_ref (standing);
  ew_race_standing_unref (self->race_standing);
  self->race_standing = standing;
  ew_race_page_show (self->race_page, standing, height, width);
}

static void
on_goal_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  g_simple_action_set_state (action, value);
  show_goal (data);
}

static void
on_entrants_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  g_simple_action_set_state (action, value);
  show_entrants (data);
}

/* As by the page's buttons. */
static void
on_play (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (ew_window_open_race (data) != NULL)
    g_signal_emit (data, wished_signal, 0, EW_RACE_PLAY);
}

void
ew_window_class_add_race (GType type)
{
  wished_signal
      = g_signal_new ("race-wished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

void
ew_window_add_race (EwWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "race-entrants",
      .parameter_type = "s",
      .state = "'gd,momentum,nesterov,rmsprop,adam,cg'",
      .change_state = on_entrants_changed },
    { .name = "race-speed", .parameter_type = "s", .state = "'20'", .change_state = on_entrants_changed },
    { .name = "race-play", .activate = on_play },
    { .name = "race-goal", .parameter_type = "s", .state = "'99'", .change_state = on_goal_changed },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
