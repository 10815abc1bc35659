/* EwWindow: the choice of colours and of what they cover, in its main menu. */
#include "ui/paint/palette.h"
#include "ui/widget-style.h"
#include "ui/window-private.h"

#include <glib/gi18n.h>
#include <string.h>

static const char *
state_of (EwWindow *self, const char *action)
{
  g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (self), action);

  return g_intern_string (g_variant_get_string (state, NULL));
}

static void
apply (EwWindow *self)
{
  static const char *const rules[] = { "automatic", "symmetric", "fixed", "most" };
  const char *rule = state_of (self, "colour-range");
  EwPlaneView *views[] = { self->input_view, self->output_view };

  for (guint k = 0; k < G_N_ELEMENTS (views); k++)
    {
      ew_plane_view_set_palettes (views[k], state_of (self, "signed-colours"), state_of (self, "image-colours"));
      for (guint r = 0; r < G_N_ELEMENTS (rules); r++)
        if (strcmp (rule, rules[r]) == 0)
          ew_plane_view_set_range_rule (views[k], (EwRangeRule)r);
    }
}

static void
apply_to_all (EwWindow *self)
{
  ew_widget_style_set_palettes (GTK_WIDGET (self), state_of (self, "signed-colours"), state_of (self, "image-colours"));
}

static void
on_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  g_simple_action_set_state (action, value);
  apply (data);
  apply_to_all (data);
}

static GMenu *
palette_menu (const EwPalette *palettes, guint n, const char *action)
{
  GMenu *menu = g_menu_new ();

  for (guint k = 0; k < n; k++)
    {
      g_autofree char *detailed = g_strdup_printf ("win.%s::%s", action, palettes[k].id);

      g_menu_append (menu, _ (palettes[k].title), detailed);
    }
  return menu;
}

static GMenu *
range_menu (void)
{
  GMenu *menu = g_menu_new ();

  g_menu_append (menu, _ ("_All Values"), "win.colour-range::automatic");
  g_menu_append (menu, _ ("All Values, _Zero in the Middle"), "win.colour-range::symmetric");
  g_menu_append (menu, _ ("_Most Values (98 %)"), "win.colour-range::most");
  g_menu_append (menu, _ ("_Hold What They Cover Now"), "win.colour-range::fixed");
  return menu;
}

void
ew_window_add_colours (EwWindow *self, GMenu *section)
{
  static const GActionEntry entries[] = {
    { .name = "signed-colours", .parameter_type = "s", .state = "'orange-blue'", .change_state = on_changed },
    { .name = "image-colours", .parameter_type = "s", .state = "'grey'", .change_state = on_changed },
    { .name = "colour-range", .parameter_type = "s", .state = "'automatic'", .change_state = on_changed },
  };
  g_autoptr (GMenu) colours = g_menu_new ();
  guint n;
  const EwPalette *palettes = ew_palettes_signed (&n);
  g_autoptr (GMenu) for_signed = palette_menu (palettes, n, "signed-colours");
  g_autoptr (GMenu) range = range_menu ();

  palettes = ew_palettes_image (&n);

  g_autoptr (GMenu) for_image = palette_menu (palettes, n, "image-colours");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_menu_append_section (colours, _ ("Signed Values"), G_MENU_MODEL (for_signed));
  g_menu_append_section (colours, _ ("Images"), G_MENU_MODEL (for_image));
  g_menu_append_section (colours, _ ("What They Cover"), G_MENU_MODEL (range));
  g_menu_append_submenu (section, _ ("_Colours"), G_MENU_MODEL (colours));
}
