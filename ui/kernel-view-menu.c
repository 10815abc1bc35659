/* EwKernelView: the menu of the right button and of the menu key. Its actions are the window's. */
#include "ui/kernel-view-private.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *label;
  const char *action;
} Item;

static void
append_section (GMenu *menu, const Item *items, guint n)
{
  g_autoptr (GMenu) section = g_menu_new ();

  for (guint i = 0; i < n; i++)
    g_menu_append (section, _ (items[i].label), items[i].action);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
}

static GMenu *
new_menu (void)
{
  static const Item clipboard[] = { { N_ ("Copy for a _Spreadsheet"), "win.copy-kernel::spreadsheet" },
                                    { N_ ("Copy as _NumPy"), "win.copy-kernel::numpy" },
                                    { N_ ("Copy as _MATLAB"), "win.copy-kernel::matlab" },
                                    { N_ ("Copy as _CSV"), "win.copy-kernel::csv" },
                                    { N_ ("_Paste"), "win.paste-kernel" } };
  static const Item fixing[] = { { N_ ("F_ix or Free This Weight"), "win.fix-weight" },
                                 { N_ ("Free _All Weights"), "win.free-weights" } };
  static const Item moves[] = { { N_ ("Rotate _Left"), "win.kernel-edit::rotate-left" },
                                { N_ ("Rotate _Right"), "win.kernel-edit::rotate-right" },
                                { N_ ("_Flip Left and Right"), "win.kernel-edit::flip-sideways" },
                                { N_ ("Flip _Top and Bottom"), "win.kernel-edit::flip-upright" },
                                { N_ ("Transp_ose"), "win.kernel-edit::transpose" },
                                { N_ ("Ne_gate"), "win.kernel-edit::negate" } };
  static const Item scales[] = { { N_ ("Scale to Sum _1"), "win.kernel-edit::sum-one" },
                                 { N_ ("Shift to Sum _0"), "win.kernel-edit::sum-zero" },
                                 { N_ ("Scale to _Unit Norm"), "win.kernel-edit::unit-norm" } };
  static const Item presets[] = { { N_ ("Pr_esets…"), "win.presets" } };
  GMenu *menu = g_menu_new ();

  append_section (menu, clipboard, G_N_ELEMENTS (clipboard));
  append_section (menu, fixing, G_N_ELEMENTS (fixing));
  append_section (menu, moves, G_N_ELEMENTS (moves));
  append_section (menu, scales, G_N_ELEMENTS (scales));
  append_section (menu, presets, G_N_ELEMENTS (presets));
  return menu;
}

void
ew_kernel_view_open_menu (EwKernelView *self, double x, double y)
{
  if (self->menu == NULL)
    {
      g_autoptr (GMenu) menu = new_menu ();

      self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_secondary (EwKernelView *self, int n_press, double x, double y)
{
  int index = ew_kernel_view_index_at (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (index >= 0)
    ew_kernel_view_select (self, index);
  ew_kernel_view_open_menu (self, x, y);
}

void
ew_kernel_view_add_menu (EwKernelView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_secondary), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
