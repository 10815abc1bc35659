/* EwWindow: the list of what was found in a pair, and the optimum's page. */
#include "ui/window-pair.h"

#include "ui/window-private.h"

#include <glib/gi18n.h>

EwFindingsPanel *
ew_window_findings_panel (EwWindow *self)
{
  return self->findings_panel;
}

EwOptimumPage *
ew_window_optimum_page (EwWindow *self)
{
  return self->optimum_page;
}

void
ew_window_show_optimum_page (EwWindow *self, gboolean reveal)
{
  ew_sidebar_show_page (self->sidebar, "optimum");
  if (reveal)
    adw_flap_set_reveal_flap (self->flap, TRUE);
}

static void
on_findings (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwWindow *self = data;

  ew_findings_panel_set_open (self->findings_panel, !ew_findings_panel_get_open (self->findings_panel));
}

static void
add_page (EwWindow *self, GtkWidget *page, const char *name, const char *title)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_width (GTK_SCROLLED_WINDOW (scroller), 350);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), page);
  ew_sidebar_add_page (self->sidebar, scroller, name, title);
}

EwPairsPage *
ew_window_pairs_page (EwWindow *self)
{
  if (self->pairs_page == NULL)
    {
      self->pairs_page = EW_PAIRS_PAGE (ew_pairs_page_new ());
      add_page (self, GTK_WIDGET (self->pairs_page), "pairs", _ ("Pairs"));
    }
  return self->pairs_page;
}

void
ew_window_set_pairs_there (EwWindow *self, gboolean there)
{
  if (self->pairs_page != NULL)
    ew_sidebar_set_page_there (self->sidebar, "pairs", there);
}

void
ew_window_add_pair (EwWindow *self)
{
  static const GActionEntry entries[] = { { .name = "findings", .activate = on_findings } };
  GtkWidget *banner = GTK_WIDGET (self->banner);

  self->findings_panel = EW_FINDINGS_PANEL (ew_findings_panel_new ());
  gtk_box_insert_child_after (GTK_BOX (gtk_widget_get_parent (banner)), GTK_WIDGET (self->findings_panel), banner);
  self->optimum_page = EW_OPTIMUM_PAGE (ew_optimum_page_new ());
  add_page (self, GTK_WIDGET (self->optimum_page), "optimum", _ ("Optimum"));
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

void
ew_window_show_pair (EwWindow *self, const EwSnapshot *s)
{
  ew_optimum_page_set_present (self->optimum_page, s->kernel);
  ew_optimum_page_set_rate_limit (self->optimum_page, s->rate_limit);
}
