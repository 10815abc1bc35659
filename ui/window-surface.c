/* EwWindow: the loss surface in the place of the curves. */
#include "ui/window-private.h"

#include <glib/gi18n.h>
#include <string.h>

static guint wanted_signal;
static guint cancelled_signal;
static guint start_signal;

static gboolean
is_open (EwWindow *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->below), "surface") == 0;
}

static void
tell (EwWindow *self)
{
  g_signal_emit (self, wanted_signal, 0);
}

/* What is remembered follows what is chosen. */
static void
on_choice (EwWindow *self)
{
  EwSurfaceChoice choice;

  ew_surface_page_get_choice (self->surface_page, &choice);
  g_action_group_change_action_state (G_ACTION_GROUP (self), "surface-plane",
                                      g_variant_new_string (choice.eigen ? "directions" : "weights"));
  g_action_group_change_action_state (G_ACTION_GROUP (self), "surface-through",
                                      g_variant_new_string (choice.through_present ? "present" : "optimum"));
  tell (self);
}

static void
on_cancelled (EwWindow *self)
{
  ew_surface_page_set_waiting (self->surface_page, FALSE);
  g_signal_emit (self, cancelled_signal, 0);
}

void
ew_window_start_at (EwWindow *self, const EwSurfaceMap *map, double a, double b)
{
  const EwSnapshot *s = self->snapshot;
  g_autofree double *params = NULL;
  g_autoptr (EwKernel) kernel = NULL;
  int n_taps;

  if (map->trouble != NULL || s == NULL || s->kernel == NULL || s->problem->n_params != map->surface->n)
    return;
  n_taps = ew_kernel_n_taps (s->kernel);
  params = g_new (double, map->surface->n);
  ew_surface_map_params (map, a, b, params);
  kernel = ew_kernel_new_from_taps (s->kernel->height, s->kernel->width, params,
                                    map->surface->n > n_taps ? params[n_taps] : s->kernel->bias, NULL);
  if (kernel != NULL)
    g_signal_emit (self, start_signal, 0, kernel);
}

static void
on_start_asked (EwSurfacePage *page, double a, double b, EwWindow *self)
{
  if (self->surface_map != NULL)
    ew_window_start_at (self, self->surface_map, a, b);
}

/* What is remembered of the plane. */
static void
show_state (EwWindow *self)
{
  g_autoptr (GVariant) plane = g_action_group_get_action_state (G_ACTION_GROUP (self), "surface-plane");
  g_autoptr (GVariant) through = g_action_group_get_action_state (G_ACTION_GROUP (self), "surface-through");

  if (self->surface_page == NULL)
    return;
  ew_surface_page_set_plane (self->surface_page, strcmp (g_variant_get_string (plane, NULL), "directions") == 0);
  ew_surface_page_set_through (self->surface_page, strcmp (g_variant_get_string (through, NULL), "present") == 0);
}

/* Made when it is first wanted. */
static void
add_page (EwWindow *self)
{
  self->surface_page = EW_SURFACE_PAGE (ew_surface_page_new ());
  gtk_stack_add_named (self->below, GTK_WIDGET (self->surface_page), "surface");
  show_state (self);
  g_signal_connect_object (self->surface_page, "choice-changed", G_CALLBACK (on_choice), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->surface_page, "cancelled", G_CALLBACK (on_cancelled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->surface_page, "start-asked", G_CALLBACK (on_start_asked), self, 0);
}

static void
on_state_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  EwWindow *self = data;

  g_simple_action_set_state (action, value);
  show_state (self);
  tell (self);
}

void
ew_window_add_below (EwWindow *self, const char *name)
{
  if (strcmp (name, "surface") == 0 && self->surface_page == NULL)
    add_page (self);
  else if (strcmp (name, "race") == 0)
    ew_window_add_race_page (self);
}

void
ew_window_get_surface_choice (EwWindow *self, EwSurfaceChoice *choice)
{
  g_autoptr (GVariant) plane = g_action_group_get_action_state (G_ACTION_GROUP (self), "surface-plane");

  *choice = (EwSurfaceChoice){ .eigen = strcmp (g_variant_get_string (plane, NULL), "directions") == 0, .second = 1 };
  if (self->surface_page != NULL)
    ew_surface_page_get_choice (self->surface_page, choice);
}

void
ew_window_below_changed (EwWindow *self)
{
  tell (self);
}

gboolean
ew_window_wants_surface (EwWindow *self, EwSurfaceChoice *choice)
{
  const EwSnapshot *s = self->snapshot;

  if (!is_open (self) || s == NULL || s->kernel == NULL || s->problem == NULL)
    return FALSE;
  ew_surface_page_set_kernel (self->surface_page, s->kernel->height, s->kernel->width, s->problem->has_bias);
  ew_surface_page_get_choice (self->surface_page, choice);
  return TRUE;
}

static gboolean
is_other_loss (const EwRecipe *recipe)
{
  return recipe->objective.penalty != EW_PENALTY_SQUARED || recipe->objective.activation != EW_ACTIVATION_NONE || recipe->ridge > 0;
}

void
ew_window_show_surface (EwWindow *self, EwSurfaceMap *map)
{
  if (self->surface_page == NULL)
    return;
  ew_surface_map_unref (self->surface_map);
  self->surface_map = ew_surface_map_ref (map);
  ew_surface_page_set_other_loss (self->surface_page, self->snapshot != NULL && is_other_loss (&self->snapshot->recipe));
  ew_surface_page_set_map (self->surface_page, map);
}

void
ew_window_wait_for_surface (EwWindow *self)
{
  if (self->surface_page != NULL)
    ew_surface_page_set_waiting (self->surface_page, TRUE);
}

EwSurfaceView *
ew_window_focused_surface (EwWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  return EW_IS_SURFACE_VIEW (focus) ? EW_SURFACE_VIEW (focus) : NULL;
}

void
ew_window_class_add_surface (GType type)
{
  wanted_signal = g_signal_new ("surface-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  cancelled_signal = g_signal_new ("surface-cancelled", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  start_signal
      = g_signal_new ("start-asked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

void
ew_window_add_surface (EwWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "surface-plane", .parameter_type = "s", .state = "'weights'", .change_state = on_state_changed },
    { .name = "surface-through", .parameter_type = "s", .state = "'optimum'", .change_state = on_state_changed },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
