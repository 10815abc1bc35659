/* EwFindingsPanel: a list of rows in a revealer, made anew with each set of notes. */
#include "ui/findings-panel.h"

#include "ui/widget-style.h"

#include <glib/gi18n.h>

/* The pictures stay the main thing: the list gets this part of the window's height, with its heading less than a quarter
 * also in twice the text, and scrolls what is left over. */
#define LIST_PART 8

/* A window lower than so many heights of the text has room for less. */
#define LOW      56.0
#define LOW_PART 12

struct _EwFindingsPanel
{
  AdwBin parent;

  GtkRevealer *revealer;
  GtkLabel *title;
  GtkScrolledWindow *scroller;
  GtkListBox *list;
  GtkWidget *all_button;
  GtkSpinner *spinner;
  gulong layout_handler;
};

G_DEFINE_FINAL_TYPE (EwFindingsPanel, ew_findings_panel, ADW_TYPE_BIN)

enum
{
  SIGNAL_APPLY,
  SIGNAL_APPLY_ALL,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_apply (GtkButton *button, EwFindingsPanel *self)
{
  g_signal_emit (self, signals[SIGNAL_APPLY], 0, GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "id")));
}

static void
on_apply_all (GtkButton *button, EwFindingsPanel *self)
{
  g_signal_emit (self, signals[SIGNAL_APPLY_ALL], 0);
}

static void
on_close (GtkButton *button, EwFindingsPanel *self)
{
  ew_findings_panel_set_open (self, FALSE);
}

static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, EwFindingsPanel *self)
{
  if (key != GDK_KEY_Escape)
    return FALSE;
  on_close (NULL, self);
  return TRUE;
}

static GtkWidget *
new_row (EwFindingsPanel *self, const EwNote *note)
{
  static const char *const icons[EW_NOTE_N]
      = { "emblem-ok-symbolic", "dialog-information-symbolic", "dialog-warning-symbolic" };
  static const char *const styles[EW_NOTE_N] = { "success", "dim-label", "warning" };
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name (icons[note->kind]);
  GtkWidget *label = gtk_label_new (note->sentence);

  gtk_widget_add_css_class (icon, styles[note->kind]);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  if (note->button != NULL)
    {
      GtkWidget *button = gtk_button_new_with_label (note->button);

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      g_object_set_data (G_OBJECT (button), "id", GINT_TO_POINTER (note->id));
      g_signal_connect (button, "clicked", G_CALLBACK (on_apply), self);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, note->sentence, -1);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  /* The keyboard goes from button to button. */
  gtk_widget_set_focusable (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, note->sentence, -1);
  return row;
}

void
ew_findings_panel_set_subject (EwFindingsPanel *self, const char *subject)
{
  g_autofree char *text = g_strdup_printf (_ ("Found in %s"), subject);

  gtk_label_set_text (self->title, text);
}

void
ew_findings_panel_set_notes (EwFindingsPanel *self, const EwNote *notes, int n, gboolean offers_all)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (int i = 0; i < n; i++)
    gtk_list_box_append (self->list, new_row (self, &notes[i]));
  gtk_widget_set_visible (self->all_button, offers_all);
}

void
ew_findings_panel_set_busy (EwFindingsPanel *self, gboolean busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->list), !busy);
  gtk_widget_set_sensitive (self->all_button, !busy);
  gtk_spinner_set_spinning (self->spinner, busy);
}

void
ew_findings_panel_set_open (EwFindingsPanel *self, gboolean open)
{
  GtkWidget *box = gtk_revealer_get_child (self->revealer);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root == NULL ? NULL : gtk_root_get_focus (root);

  /* Keys go to the widget that has the focus, and to nobody where that is hidden: a menu that closes would give it back. */
  gtk_widget_set_can_focus (box, open);
  if (!open && focus != NULL && gtk_widget_is_ancestor (focus, box))
    gtk_root_set_focus (root, NULL);
  gtk_revealer_set_reveal_child (self->revealer, open);
}

gboolean
ew_findings_panel_get_open (EwFindingsPanel *self)
{
  return gtk_revealer_get_reveal_child (self->revealer);
}

static GtkWidget *
new_header (EwFindingsPanel *self)
{
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = gtk_label_new (NULL);
  GtkWidget *close = gtk_button_new_from_icon_name ("window-close-symbolic");

  self->title = GTK_LABEL (title);
  gtk_widget_add_css_class (title, "heading");
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (title, TRUE);
  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  self->all_button = gtk_button_new_with_label (_ ("Apply All"));
  gtk_widget_set_tooltip_text (self->all_button, _ ("Apply all of these corrections, one after another"));
  g_signal_connect (self->all_button, "clicked", G_CALLBACK (on_apply_all), self);
  gtk_widget_add_css_class (close, "flat");
  gtk_widget_set_tooltip_text (close, _ ("Close; the main menu brings it back"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (close), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Close what was found"), -1);
  g_signal_connect (close, "clicked", G_CALLBACK (on_close), self);
  gtk_box_append (GTK_BOX (header), title);
  gtk_box_append (GTK_BOX (header), GTK_WIDGET (self->spinner));
  gtk_box_append (GTK_BOX (header), self->all_button);
  gtk_box_append (GTK_BOX (header), close);
  return header;
}

/* After the window has got its size. A scrolled window takes its own height from sentences on one line each, so it is told
 * the height that they have at this width. */
static void
on_layout (GdkSurface *surface, int width, int height, EwFindingsPanel *self)
{
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_native (GTK_WIDGET (self)));
  int room = gtk_widget_get_width (GTK_WIDGET (self->scroller)), wanted;
  EwPaintStyle style;
  gboolean tall;

  if (room <= 0)
    return;
  gtk_widget_measure (GTK_WIDGET (self->list), GTK_ORIENTATION_VERTICAL, room, NULL, &wanted, NULL, NULL);
  ew_widget_style_init (GTK_WIDGET (self), &style);
  tall = gtk_widget_get_height (window) >= LOW * ew_paint_style_font_size (&style);
  ew_paint_style_clear (&style);
  wanted = MIN (wanted, gtk_widget_get_height (window) / (tall ? LIST_PART : LOW_PART));
  if (wanted == gtk_scrolled_window_get_max_content_height (self->scroller))
    return;
  gtk_scrolled_window_set_min_content_height (self->scroller, -1);
  gtk_scrolled_window_set_max_content_height (self->scroller, wanted);
  gtk_scrolled_window_set_min_content_height (self->scroller, wanted);
}

static void
ew_findings_panel_realize (GtkWidget *widget)
{
  EwFindingsPanel *self = EW_FINDINGS_PANEL (widget);

  GTK_WIDGET_CLASS (ew_findings_panel_parent_class)->realize (widget);
  self->layout_handler = g_signal_connect_after (gtk_native_get_surface (gtk_widget_get_native (widget)), "layout",
                                                 G_CALLBACK (on_layout), self);
}

static void
ew_findings_panel_unrealize (GtkWidget *widget)
{
  EwFindingsPanel *self = EW_FINDINGS_PANEL (widget);

  g_clear_signal_handler (&self->layout_handler, gtk_native_get_surface (gtk_widget_get_native (widget)));
  GTK_WIDGET_CLASS (ew_findings_panel_parent_class)->unrealize (widget);
}

static void
ew_findings_panel_init (EwFindingsPanel *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->revealer = GTK_REVEALER (gtk_revealer_new ());
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->list), GTK_ALIGN_START);
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  self->scroller = GTK_SCROLLED_WINDOW (scroller);
  gtk_scrolled_window_set_policy (self->scroller, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  /* That there is more is seen without pointing at it. */
  gtk_scrolled_window_set_overlay_scrolling (self->scroller, FALSE);
  gtk_scrolled_window_set_child (self->scroller, GTK_WIDGET (self->list));
  gtk_widget_add_css_class (box, "findings");
  gtk_box_append (GTK_BOX (box), new_header (self));
  gtk_box_append (GTK_BOX (box), scroller);
  gtk_revealer_set_child (self->revealer, box);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (box, keys);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->revealer));
}

static void
ew_findings_panel_class_init (EwFindingsPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->realize = ew_findings_panel_realize;
  widget_class->unrealize = ew_findings_panel_unrealize;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[SIGNAL_APPLY] = g_signal_new ("apply", EW_TYPE_FINDINGS_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_APPLY_ALL]
      = g_signal_new ("apply-all", EW_TYPE_FINDINGS_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

GtkWidget *
ew_findings_panel_new (void)
{
  return g_object_new (EW_TYPE_FINDINGS_PANEL, NULL);
}
