/* EwKernelEntry: text over a weight; Return and moving on commit it, Escape drops it. */
#include "ui/kernel-entry.h"

#include "ui/paint/number.h"

#include <glib/gi18n.h>
#include <math.h>

#define CHARACTERS 7
#define RADIUS     6

/* Digits that a value opens with; a text that is left as it was changes nothing. */
#define DIGITS 6

struct _EwKernelEntry
{
  GtkWidget *parent; /* not owned: it owns this */
  GtkWidget *text;
  EwKernelEntryDone done;
  gpointer data;
  gboolean open;
  char *initial;
  char *problem;
  GtkAllocation place;
};

static void
set_problem (EwKernelEntry *self, char *problem)
{
  g_free (self->problem);
  self->problem = problem;
  if (problem != NULL)
    gtk_widget_add_css_class (self->text, "error");
  else
    gtk_widget_remove_css_class (self->text, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_STATE_INVALID,
                               problem != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  /* The view draws it where only eyes find it. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  problem != NULL ? problem : "", -1);
  gtk_widget_queue_draw (self->parent);
}

void
ew_kernel_entry_close (EwKernelEntry *entry)
{
  if (!ew_kernel_entry_is_open (entry))
    return;
  /* First, for moving the focus would commit. */
  entry->open = FALSE;
  if (gtk_widget_get_focus_child (entry->parent) == entry->text)
    gtk_widget_grab_focus (entry->parent);
  set_problem (entry, NULL);
  gtk_widget_set_visible (entry->text, FALSE);
}

static void
cancel (EwKernelEntry *self)
{
  ew_kernel_entry_close (self);
  self->done ((EwKernelEntryResult){ FALSE, 0, 0 }, 0, self->data);
}

/* Closes with the value that was typed. FALSE where it is none: the entry stays and says so. */
static gboolean
commit (EwKernelEntry *self, int rows, int cells)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->text));
  gboolean changed = g_strcmp0 (text, self->initial) != 0;
  double value = 0;

  if (changed && !ew_number_parse (text, &value))
    {
      set_problem (self, g_strdup (*text == '\0' ? _ ("Type a number, such as 0.5 or 1/9")
                                                 : _ ("Not a number; 0.5 or 1/9 would be")));
      return FALSE;
    }
  ew_kernel_entry_close (self);
  self->done ((EwKernelEntryResult){ changed, rows, cells }, value, self->data);
  return TRUE;
}

static void
on_activate (EwKernelEntry *self)
{
  commit (self, 0, 0);
}

static void
on_changed (EwKernelEntry *self)
{
  if (self->problem != NULL)
    set_problem (self, NULL);
}

static gboolean
on_key_pressed (EwKernelEntry *self, guint key, guint code, GdkModifierType state)
{
  if (!self->open)
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Escape:
      cancel (self);
      return TRUE;
    case GDK_KEY_Tab:
    case GDK_KEY_KP_Tab:
      commit (self, 0, (state & GDK_SHIFT_MASK) != 0 ? -1 : 1);
      return TRUE;
    case GDK_KEY_ISO_Left_Tab:
      commit (self, 0, -1);
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      commit (self, -1, 0);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      commit (self, 1, 0);
      return TRUE;
    default:
      return FALSE;
    }
}

/* Going elsewhere takes what is good and drops what is not. */
static void
on_focus_leave (EwKernelEntry *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->text));
  gboolean changed = g_strcmp0 (text, self->initial) != 0;
  double value = 0;

  if (!self->open)
    return;
  changed = changed && ew_number_parse (text, &value);
  /* The focus stays where it went. */
  self->open = FALSE;
  set_problem (self, NULL);
  gtk_widget_set_visible (self->text, FALSE);
  self->done ((EwKernelEntryResult){ changed, 0, 0 }, value, self->data);
}

EwKernelEntry *
ew_kernel_entry_new (GtkWidget *parent, EwKernelEntryDone done, gpointer data)
{
  EwKernelEntry *self = g_new0 (EwKernelEntry, 1);
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->parent = parent;
  self->done = done;
  self->data = data;
  self->text = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (self->text), CHARACTERS);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->text), CHARACTERS);
  gtk_entry_set_alignment (GTK_ENTRY (self->text), 0.5);
  gtk_entry_set_input_purpose (GTK_ENTRY (self->text), GTK_INPUT_PURPOSE_NUMBER);
  gtk_widget_add_css_class (self->text, "numeric");
  gtk_widget_set_visible (self->text, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Weight"), -1);
  /* Before the entry's own keys: Tab and arrows mean something else here. */
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_focus_leave), self);
  g_signal_connect_swapped (self->text, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect_swapped (self->text, "changed", G_CALLBACK (on_changed), self);
  gtk_widget_add_controller (self->text, key);
  gtk_widget_add_controller (self->text, focus);
  gtk_widget_set_parent (self->text, parent);
  return self;
}

void
ew_kernel_entry_free (EwKernelEntry *entry)
{
  if (entry == NULL)
    return;
  entry->open = FALSE;
  gtk_widget_unparent (entry->text);
  g_free (entry->initial);
  g_free (entry->problem);
  g_free (entry);
}

/* In ASCII, for typing; as few digits as give the value back, but not more than DIGITS. */
static char *
editable_text (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, "%." G_STRINGIFY (DIGITS) "g", value));
}

void
ew_kernel_entry_open (EwKernelEntry *entry, double value, const char *typed)
{
  g_free (entry->initial);
  entry->initial = editable_text (value);
  set_problem (entry, NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry->text), typed != NULL ? typed : entry->initial);
  entry->open = TRUE;
  gtk_widget_set_visible (entry->text, TRUE);
  gtk_widget_grab_focus (entry->text);
  /* Grabbing the focus has selected everything. */
  if (typed != NULL)
    gtk_editable_set_position (GTK_EDITABLE (entry->text), -1);
}

gboolean
ew_kernel_entry_is_open (EwKernelEntry *entry)
{
  return entry != NULL && entry->open;
}

const char *
ew_kernel_entry_get_problem (EwKernelEntry *entry)
{
  return entry != NULL ? entry->problem : NULL;
}

void
ew_kernel_entry_allocate (EwKernelEntry *entry, double x, double y, double cell_width, double cell_height, int width,
                          int height)
{
  GtkRequisition least;
  GtkAllocation *place = &entry->place;

  gtk_widget_get_preferred_size (entry->text, &least, NULL);
  place->width = MAX (least.width, (int)ceil (cell_width));
  place->height = MAX (least.height, (int)ceil (cell_height));
  place->x = CLAMP ((int)round (x - place->width / 2.0), 0, MAX (0, width - place->width));
  place->y = CLAMP ((int)round (y - place->height / 2.0), 0, MAX (0, height - place->height));
  gtk_widget_size_allocate (entry->text, place, -1);
}

void
ew_kernel_entry_snapshot (EwKernelEntry *entry, GtkSnapshot *snapshot, const EwPaintStyle *style)
{
  GdkRGBA ground = { (float)style->background.red, (float)style->background.green, (float)style->background.blue, 1 };
  GskRoundedRect outline;

  if (!entry->open)
    return;
  /* Entries are translucent in this theme, and here they lie over numbers. */
  gsk_rounded_rect_init_from_rect (
      &outline, &GRAPHENE_RECT_INIT (entry->place.x, entry->place.y, entry->place.width, entry->place.height), RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &ground, &outline.bounds);
  gtk_snapshot_pop (snapshot);
  gtk_widget_snapshot_child (entry->parent, entry->text, snapshot);
}
