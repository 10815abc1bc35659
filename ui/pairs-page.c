/* EwPairsPage: two lists of rows. */
#include "ui/pairs-page.h"

#include <glib/gi18n.h>

typedef struct
{
  AdwActionRow *row;
  GtkCheckButton *check;
  char *facts;
} Row;

struct _EwPairsPage
{
  AdwBin parent_instance;

  GtkLabel *heading;
  GtkLabel *summary;
  GtkListBox *list;
  GtkWidget *out_label;
  GtkListBox *out_list;
  GArray *rows;
  gboolean quiet; /* while something is being shown, nothing is emitted */
};

G_DEFINE_FINAL_TYPE (EwPairsPage, ew_pairs_page, ADW_TYPE_BIN)

enum
{
  SIGNAL_SHOWN,
  SIGNAL_HELD,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
clear_row (gpointer data)
{
  g_free (((Row *)data)->facts);
}

static Row *
row_at (EwPairsPage *self, int pair)
{
  return pair < 0 || pair >= (int)self->rows->len ? NULL : &g_array_index (self->rows, Row, pair);
}

static void
on_selected (GtkListBox *list, GtkListBoxRow *row, EwPairsPage *self)
{
  if (!self->quiet && row != NULL)
    g_signal_emit (self, signals[SIGNAL_SHOWN], 0, gtk_list_box_row_get_index (row));
}

static void
on_toggled (GtkCheckButton *check, EwPairsPage *self)
{
  int pair = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (check), "pair"));

  if (!self->quiet)
    g_signal_emit (self, signals[SIGNAL_HELD], 0, pair, !gtk_check_button_get_active (check));
}

static void
set_text (AdwActionRow *row, const char *name, const char *facts)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (row, facts);
  adw_action_row_set_subtitle_lines (row, 5);
}

static void
add_pair (EwPairsPage *self, int pair, const EwPairsRow *from)
{
  Row row = { ADW_ACTION_ROW (adw_action_row_new ()), GTK_CHECK_BUTTON (gtk_check_button_new ()), g_strdup (from->facts) };
  g_autofree char *label = g_strdup_printf (_ ("Learn from %s"), from->name);

  set_text (row.row, from->name, from->facts);
  gtk_widget_set_valign (GTK_WIDGET (row.check), GTK_ALIGN_CENTER);
  gtk_check_button_set_active (row.check, TRUE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (row.check), _ ("Learn from it; else it is held out, to see how the kernel does there"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row.check), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data (G_OBJECT (row.check), "pair", GINT_TO_POINTER (pair));
  g_signal_connect (row.check, "toggled", G_CALLBACK (on_toggled), self);
  adw_action_row_add_suffix (row.row, GTK_WIDGET (row.check));
  gtk_list_box_append (self->list, GTK_WIDGET (row.row));
  g_array_append_val (self->rows, row);
}

static void
empty (GtkListBox *list)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

void
ew_pairs_page_set_pairs (EwPairsPage *self, const char *heading, const EwPairsRow *pairs, int n,
                         const EwPairsRow *left_out, int n_left_out)
{
  self->quiet = TRUE;
  g_array_set_size (self->rows, 0);
  empty (self->list);
  empty (self->out_list);
  gtk_label_set_text (self->heading, heading);
  ew_pairs_page_set_summary (self, "");
  for (int i = 0; i < n; i++)
    add_pair (self, i, &pairs[i]);
  for (int i = 0; i < n_left_out; i++)
    {
      GtkWidget *row = adw_action_row_new ();

      set_text (ADW_ACTION_ROW (row), left_out[i].name, left_out[i].facts);
      gtk_list_box_append (self->out_list, row);
    }
  gtk_widget_set_visible (self->out_label, n_left_out > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->out_list), n_left_out > 0);
  self->quiet = FALSE;
  ew_pairs_page_set_shown (self, 0);
}

void
ew_pairs_page_set_summary (EwPairsPage *self, const char *summary)
{
  gtk_label_set_text (self->summary, summary);
  gtk_widget_set_visible (GTK_WIDGET (self->summary), *summary != '\0');
}

void
ew_pairs_page_set_quality (EwPairsPage *self, int pair, const char *quality, gboolean warns)
{
  Row *row = row_at (self, pair);
  g_autofree char *text = NULL;

  if (row == NULL)
    return;
  text = *quality == '\0' ? g_strdup (row->facts) : g_strdup_printf ("%s\n%s", row->facts, quality);
  adw_action_row_set_subtitle (row->row, text);
  if (warns)
    gtk_widget_add_css_class (GTK_WIDGET (row->row), "warns");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row->row), "warns");
}

void
ew_pairs_page_set_shown (EwPairsPage *self, int pair)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, pair);

  self->quiet = TRUE;
  if (row != NULL && !gtk_list_box_row_is_selected (row))
    gtk_list_box_select_row (self->list, row);
  self->quiet = FALSE;
}

void
ew_pairs_page_set_held (EwPairsPage *self, int pair, gboolean held)
{
  Row *row = row_at (self, pair);

  if (row == NULL)
    return;
  self->quiet = TRUE;
  gtk_check_button_set_active (row->check, !held);
  self->quiet = FALSE;
}

static GtkLabel *
add_label (GtkBox *box, const char *class_name)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 36);
  if (class_name != NULL)
    gtk_widget_add_css_class (label, class_name);
  gtk_box_append (box, label);
  return GTK_LABEL (label);
}

static GtkListBox *
add_list (GtkBox *box, const char *name, GtkSelectionMode mode)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), mode);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_add_css_class (list, "pairs");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (box, list);
  return GTK_LIST_BOX (list);
}

static void
ew_pairs_page_dispose (GObject *object)
{
  EwPairsPage *self = EW_PAIRS_PAGE (object);

  self->quiet = TRUE;
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_pointer (&self->rows, g_array_unref);
  G_OBJECT_CLASS (ew_pairs_page_parent_class)->dispose (object);
}

static void
ew_pairs_page_init (EwPairsPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_set_clear_func (self->rows, clear_row);
  gtk_widget_add_css_class (box, "sidebar-page");
  self->heading = add_label (GTK_BOX (box), "heading");
  self->summary = add_label (GTK_BOX (box), NULL);
  self->list = add_list (GTK_BOX (box), _ ("Pairs"), GTK_SELECTION_BROWSE);
  self->out_label = GTK_WIDGET (add_label (GTK_BOX (box), "heading"));
  gtk_label_set_text (GTK_LABEL (self->out_label), _ ("Left out"));
  self->out_list = add_list (GTK_BOX (box), _ ("Left out"), GTK_SELECTION_NONE);
  g_signal_connect (self->list, "row-selected", G_CALLBACK (on_selected), self);
  adw_bin_set_child (ADW_BIN (self), box);
}

static void
ew_pairs_page_class_init (EwPairsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ew_pairs_page_dispose;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
  signals[SIGNAL_SHOWN]
      = g_signal_new ("shown", EW_TYPE_PAIRS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_HELD] = g_signal_new ("held", EW_TYPE_PAIRS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                       G_TYPE_INT, G_TYPE_BOOLEAN);
}

GtkWidget *
ew_pairs_page_new (void)
{
  return g_object_new (EW_TYPE_PAIRS_PAGE, NULL);
}
