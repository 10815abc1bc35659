/* EwRunList: one row of kept runs, which scrolls where it does not fit. */
#include "ui/run-list.h"

#include "ui/paint/chart.h"
#include "ui/widget-style.h"

#include <glib/gi18n.h>

#define SWATCH 14

/* More than a row has. */
#define ROW_PARTS 8

/* Longer than a GtkEditableLabel that has lost the focus waits before it looks at itself once more. */
#define LINGER_MS 500

struct _EwRunList
{
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkBox *rows;
};

static guint renamed_signal;
static guint shown_signal;
static guint removed_signal;

G_DEFINE_FINAL_TYPE (EwRunList, ew_run_list, GTK_TYPE_WIDGET)

static int
id_of (gpointer widget)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (widget), "run"));
}

static void
on_shown (GtkCheckButton *button, EwRunList *self)
{
  g_signal_emit (self, shown_signal, 0, id_of (button), gtk_check_button_get_active (button));
}

static void
on_removed (GtkButton *button, EwRunList *self)
{
  g_signal_emit (self, removed_signal, 0, id_of (button));
}

static void
on_editing (GtkEditableLabel *label, GParamSpec *pspec, EwRunList *self)
{
  if (!gtk_editable_label_get_editing (label))
    g_signal_emit (self, renamed_signal, 0, id_of (label), gtk_editable_get_text (GTK_EDITABLE (label)));
}

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer color)
{
  EwPaintStyle style;

  ew_widget_style_init (GTK_WIDGET (area), &style);
  cairo_arc (cr, width / 2.0, height / 2.0, MIN (width, height) / 2.0 - 1, 0, 2 * G_PI);
  ew_color_set (ew_chart_run_color (&style, GPOINTER_TO_INT (color)), cr);
  cairo_fill (cr);
  ew_paint_style_clear (&style);
}

static GtkWidget *
new_swatch (int color)
{
  GtkWidget *area = gtk_drawing_area_new ();

  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (area), SWATCH);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (area), SWATCH);
  gtk_widget_set_valign (area, GTK_ALIGN_CENTER);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw_swatch, GINT_TO_POINTER (color), NULL);
  ew_widget_style_follow (area);
  return area;
}

/* "Show run 2", said of what has no text of its own; takes @name. */
static void
name_widget (GtkWidget *widget, char *name)
{
  gtk_widget_set_tooltip_text (widget, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_free (name);
}

static void
add_row (EwRunList *self, const EwRunRow *row)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *shown = gtk_check_button_new ();
  GtkWidget *label = gtk_editable_label_new (row->name);
  GtkWidget *remove = gtk_button_new_from_icon_name ("window-close-symbolic");
  GtkWidget *parts[] = { shown, label, remove };

  for (guint k = 0; k < G_N_ELEMENTS (parts); k++)
    g_object_set_data (G_OBJECT (parts[k]), "run", GINT_TO_POINTER (row->id));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (shown), row->shown);
  gtk_editable_set_width_chars (GTK_EDITABLE (label), 8);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (label), 14);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_add_css_class (remove, "circular");
  name_widget (shown, g_strdup_printf (_ ("Show %s"), row->name));
  name_widget (label, g_strdup_printf (_ ("Name of %s"), row->name));
  name_widget (remove, g_strdup_printf (_ ("Remove %s"), row->name));
  gtk_box_append (GTK_BOX (box), shown);
  gtk_box_append (GTK_BOX (box), new_swatch (row->color));
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), remove);
  gtk_box_append (self->rows, box);
  g_signal_connect (shown, "toggled", G_CALLBACK (on_shown), self);
  g_signal_connect (label, "notify::editing", G_CALLBACK (on_editing), self);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_removed), self);
}

static gboolean
on_lingered (gpointer part)
{
  return G_SOURCE_REMOVE;
}

/* A name that goes while it is edited would tell of its text once more, and GTK 4.8 forgets that it is gone. */
static void
remove_rows (EwRunList *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    {
      for (GtkWidget *part = gtk_widget_get_first_child (child); part != NULL; part = gtk_widget_get_next_sibling (part))
        {
          g_signal_handlers_disconnect_by_data (part, self);
          if (GTK_IS_EDITABLE_LABEL (part))
            g_timeout_add_full (G_PRIORITY_DEFAULT, LINGER_MS, on_lingered, g_object_ref (part), g_object_unref);
        }
      gtk_box_remove (self->rows, child);
    }
}

static GtkWidget *
nth_child (GtkWidget *parent, int n)
{
  GtkWidget *child = gtk_widget_get_first_child (parent);

  for (; child != NULL && n > 0; n--)
    child = gtk_widget_get_next_sibling (child);
  return child;
}

/* Where the keyboard is in the list: the row's place and run, and the part of it. FALSE: elsewhere. */
static gboolean
find_focus (EwRunList *self, int *place, int *run, int *part)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root == NULL ? NULL : gtk_root_get_focus (root);
  GtkWidget *row, *at;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->rows)))
    return FALSE;
  *place = *part = 0;
  for (row = gtk_widget_get_first_child (GTK_WIDGET (self->rows)); !gtk_widget_is_ancestor (focus, row); ++*place)
    row = gtk_widget_get_next_sibling (row);
  for (at = gtk_widget_get_first_child (row); at != focus && !gtk_widget_is_ancestor (focus, at); ++*part)
    at = gtk_widget_get_next_sibling (at);
  *run = id_of (at);
  return TRUE;
}

/* The keyboard stays with its run, or goes to the one that has taken its place; from an empty list to what follows it. */
static void
give_focus (EwRunList *self, const EwRunRow *rows, int n, int place, int run, int part)
{
  place = MIN (place, n - 1);
  for (int k = 0; k < n; k++)
    if (rows[k].id == run)
      place = k;
  gtk_widget_grab_focus (nth_child (nth_child (GTK_WIDGET (self->rows), place), part));
}

/* Where there is nothing else in the window Tab would go round in the list. */
static void
leave_list (EwRunList *self)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));
  int place, run, part, last = -1;

  while (find_focus (self, &place, &run, &part) && place * ROW_PARTS + part > last)
    {
      last = place * ROW_PARTS + part;
      gtk_widget_child_focus (root, GTK_DIR_TAB_FORWARD);
    }
}

void
ew_run_list_set_runs (EwRunList *self, const EwRunRow *rows, int n)
{
  int place, run, part;
  gboolean has_focus;

  g_return_if_fail (EW_IS_RUN_LIST (self));
  if (n == 0)
    leave_list (self);
  has_focus = find_focus (self, &place, &run, &part);
  remove_rows (self);
  for (int k = 0; k < n; k++)
    add_row (self, &rows[k]);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
  if (has_focus && n > 0)
    give_focus (self, rows, n, place, run, part);
}

static void
ew_run_list_dispose (GObject *object)
{
  EwRunList *self = EW_RUN_LIST (object);

  if (self->scroller != NULL)
    remove_rows (self);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (ew_run_list_parent_class)->dispose (object);
}

static void
ew_run_list_class_init (EwRunListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ew_run_list_dispose;
  renamed_signal = g_signal_new ("renamed", EW_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 G_TYPE_INT, G_TYPE_STRING);
  shown_signal = g_signal_new ("shown", EW_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                               G_TYPE_INT, G_TYPE_BOOLEAN);
  removed_signal
      = g_signal_new ("removed", EW_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "runlist");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ew_run_list_init (EwRunList *self)
{
  self->rows = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12));
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->rows));
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Kept runs"), -1);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
ew_run_list_new (void)
{
  return g_object_new (EW_TYPE_RUN_LIST, NULL);
}
