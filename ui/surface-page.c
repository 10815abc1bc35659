/* EwSurfacePage: drop-downs beside the view. */
#include "ui/surface-page.h"

#include "ui/paint/number.h"
#include "ui/steady-text.h"

#include <glib/gi18n.h>
#include <math.h>

#define WORDS_CHARS 24

struct _EwSurfacePage
{
  AdwBin parent_instance;

  GtkStack *stack; /* the view, or what is said instead */
  EwSurfaceView *view;
  GtkLabel *message;
  GtkButton *button;
  gboolean waiting;
  GtkDropDown *plane;
  GtkDropDown *through;
  GtkDropDown *weights[2];
  EwSteadyText *words;
  gboolean other_loss; /* is learned than is drawn */
  int kernel_height;
  int kernel_width;
  gboolean has_bias;
  gboolean setting; /* what changes is not the user's doing */
};

static guint choice_signal;
static guint cancelled_signal;
static guint start_signal;

G_DEFINE_FINAL_TYPE (EwSurfacePage, ew_surface_page, ADW_TYPE_BIN)

EwSurfaceView *
ew_surface_page_view (EwSurfacePage *page)
{
  return page->view;
}

void
ew_surface_page_get_choice (EwSurfacePage *page, EwSurfaceChoice *choice)
{
  g_return_if_fail (EW_IS_SURFACE_PAGE (page));
  *choice = (EwSurfaceChoice){
    .eigen = gtk_drop_down_get_selected (page->plane) == 1,
    .first = (int)gtk_drop_down_get_selected (page->weights[0]),
    .second = (int)gtk_drop_down_get_selected (page->weights[1]),
    .through_present = gtk_drop_down_get_selected (page->through) == 1,
  };
}

static void
show_sensitive (EwSurfacePage *self)
{
  gboolean eigen = gtk_drop_down_get_selected (self->plane) == 1;

  for (int axis = 0; axis < 2; axis++)
    gtk_widget_set_sensitive (GTK_WIDGET (self->weights[axis]), !eigen);
}

static void
changed (EwSurfacePage *self)
{
  show_sensitive (self);
  if (!self->setting)
    g_signal_emit (self, choice_signal, 0);
}

/* The weight of one axis becomes that of the other where both would be one. */
static void
on_weight (GtkDropDown *dropdown, GParamSpec *pspec, EwSurfacePage *self)
{
  int axis = dropdown == self->weights[0] ? 0 : 1;
  guint chosen = gtk_drop_down_get_selected (dropdown);
  GtkDropDown *other = self->weights[1 - axis];
  gboolean setting = self->setting;

  if (chosen != GTK_INVALID_LIST_POSITION && chosen == gtk_drop_down_get_selected (other))
    {
      self->setting = TRUE;
      gtk_drop_down_set_selected (other, chosen == 0 ? 1 : chosen - 1);
      self->setting = setting;
    }
  changed (self);
}

static void
select_item (EwSurfacePage *self, GtkDropDown *dropdown, guint item)
{
  gboolean setting = self->setting;

  self->setting = TRUE;
  gtk_drop_down_set_selected (dropdown, item);
  self->setting = setting;
  show_sensitive (self);
}

void
ew_surface_page_set_plane (EwSurfacePage *page, gboolean eigen)
{
  g_return_if_fail (EW_IS_SURFACE_PAGE (page));
  select_item (page, page->plane, eigen ? 1 : 0);
}

void
ew_surface_page_set_through (EwSurfacePage *page, gboolean present)
{
  g_return_if_fail (EW_IS_SURFACE_PAGE (page));
  select_item (page, page->through, present ? 1 : 0);
}

void
ew_surface_page_set_kernel (EwSurfacePage *page, int height, int width, gboolean has_bias)
{
  GtkStringList *names[2] = { gtk_string_list_new (NULL), gtk_string_list_new (NULL) };

  g_return_if_fail (EW_IS_SURFACE_PAGE (page));
  ew_surface_view_set_kernel_size (page->view, height, width);
  if (height != page->kernel_height || width != page->kernel_width || has_bias != page->has_bias)
    {
      page->kernel_height = height;
      page->kernel_width = width;
      page->has_bias = has_bias;
      for (int axis = 0; axis < 2; axis++)
        {
          for (int k = 0; k < height * width; k++)
            gtk_string_list_take (names[axis], g_strdup_printf ("K[%d, %d]", k / width, k % width));
          if (has_bias)
            gtk_string_list_append (names[axis], "b");
        }
      page->setting = TRUE;
      for (int axis = 0; axis < 2; axis++)
        gtk_drop_down_set_model (page->weights[axis], G_LIST_MODEL (names[axis]));
      gtk_drop_down_set_selected (page->weights[0], 0);
      gtk_drop_down_set_selected (page->weights[1], 1);
      page->setting = FALSE;
    }
  g_object_unref (names[0]);
  g_object_unref (names[1]);
}

/* What the picture does not say: how far off the plane the run is. */
static void
show_words (EwSurfacePage *self, const EwSurfaceMap *map)
{
  char off[EW_NUMBER_SIZE], loss[EW_NUMBER_SIZE], there[EW_NUMBER_SIZE];
  g_autofree char *words = g_strdup_printf (self->other_loss ? _ ("squares now %s") : _ ("loss now %s"), ew_number_short (loss, map->present_loss, 4));
  g_autofree char *detail = NULL;

  ew_number_short (off, map->off, 2);
  ew_number_short (there, ew_surface_map_loss (map, map->present.a, map->present.b), 3);
  /* What rounding leaves is none. */
  if (map->off > 1e-9 * (1 + hypot (map->present.a, map->present.b)))
    detail = g_strdup_printf (_ ("%s off this plane, which has %s below it"), off, there);
  else if (!self->other_loss)
    detail = g_strdup (_ ("Double click, or Return, starts from a place."));
  /* Of squares one pass over the data tells all; of another loss every place would take one. */
  if (self->other_loss)
    {
      g_autofree char *rest = g_steal_pointer (&detail);

      detail = g_strdup_printf ("%s%s%s", _ ("The squared residuals are drawn, not the loss that is learned."), rest != NULL ? " " : "",
                                rest != NULL ? rest : "");
    }
  ew_steady_text_set_words (self->words, words, detail);
}

static void
say (EwSurfacePage *self, const char *sentence, const char *button)
{
  gtk_label_set_text (self->message, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->button), button != NULL);
  if (button != NULL)
    gtk_button_set_label (self->button, button);
  gtk_stack_set_visible_child_name (self->stack, "message");
}

void
ew_surface_page_set_other_loss (EwSurfacePage *page, gboolean other)
{
  g_return_if_fail (EW_IS_SURFACE_PAGE (page));
  if (other == page->other_loss)
    return;
  page->other_loss = other;
  ew_steady_text_set_lines (page->words, 1, other ? 4 : 2);
}

void
ew_surface_page_set_map (EwSurfacePage *page, EwSurfaceMap *map)
{
  g_return_if_fail (EW_IS_SURFACE_PAGE (page));
  page->waiting = FALSE;
  if (map->trouble != NULL)
    {
      say (page, map->trouble, NULL);
      return;
    }
  ew_surface_view_set_map (page->view, map);
  show_words (page, map);
  gtk_stack_set_visible_child_name (page->stack, "view");
}

void
ew_surface_page_set_waiting (EwSurfacePage *page, gboolean waiting)
{
  g_return_if_fail (EW_IS_SURFACE_PAGE (page));
  page->waiting = waiting;
  if (waiting)
    say (page, _ ("Going through all pixels once, for the loss as a function of the weights…"), _ ("Cancel"));
  else
    say (page, _ ("The surface was not made."), _ ("Make It"));
}

static void
on_button (EwSurfacePage *self)
{
  g_signal_emit (self, self->waiting ? cancelled_signal : choice_signal, 0);
}

static void
on_start_asked (EwSurfacePage *self, double a, double b)
{
  g_signal_emit (self, start_signal, 0, a, b);
}

static void
ew_surface_page_class_init (EwSurfacePageClass *klass)
{
  choice_signal
      = g_signal_new ("choice-changed", EW_TYPE_SURFACE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  cancelled_signal
      = g_signal_new ("cancelled", EW_TYPE_SURFACE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  start_signal = g_signal_new ("start-asked", EW_TYPE_SURFACE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "surfacepage");
}

static GtkDropDown *
add_drop_down (GtkWidget *box, const char *name, const char *const *items)
{
  GtkWidget *dropdown = gtk_drop_down_new_from_strings (items);

  gtk_widget_set_tooltip_text (dropdown, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (dropdown), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (box), dropdown);
  return GTK_DROP_DOWN (dropdown);
}

static GtkWidget *
make_panel (EwSurfacePage *self)
{
  GtkWidget *panel = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *pair = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  const char *const none[] = { NULL };
  const char *const planes[] = { _ ("Over two weights"), _ ("Over steepest directions"), NULL };
  const char *const throughs[] = { _ ("Through the optimum"), _ ("Through the present"), NULL };

  self->plane = add_drop_down (panel, _ ("What the surface is drawn over"), planes);
  gtk_box_append (GTK_BOX (panel), pair);
  self->weights[0] = add_drop_down (pair, _ ("Weight across"), none);
  self->weights[1] = add_drop_down (pair, _ ("Weight upwards"), none);
  gtk_box_set_homogeneous (GTK_BOX (pair), TRUE);
  self->through = add_drop_down (panel, _ ("Where the other weights are"), throughs);
  self->words = EW_STEADY_TEXT (ew_steady_text_new (WORDS_CHARS, 0));
  ew_steady_text_set_lines (self->words, 1, 2);
  gtk_box_append (GTK_BOX (panel), GTK_WIDGET (self->words));
  gtk_widget_set_valign (panel, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (panel, "surface-panel");
  g_signal_connect_swapped (self->plane, "notify::selected", G_CALLBACK (changed), self);
  g_signal_connect_swapped (self->through, "notify::selected", G_CALLBACK (changed), self);
  for (int axis = 0; axis < 2; axis++)
    g_signal_connect (self->weights[axis], "notify::selected", G_CALLBACK (on_weight), self);
  return panel;
}

static GtkWidget *
make_message (EwSurfacePage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->message = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->message, TRUE);
  gtk_label_set_justify (self->message, GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (self->message, 60);
  self->button = GTK_BUTTON (gtk_button_new_with_label (_ ("Cancel")));
  gtk_widget_set_halign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->message));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->button));
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (on_button), self);
  return box;
}

static void
ew_surface_page_init (EwSurfacePage *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);

  self->view = EW_SURFACE_VIEW (ew_surface_view_new ());
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, make_message (self), "message");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->view), "view");
  gtk_stack_set_visible_child_name (self->stack, "view");
  gtk_widget_set_hexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->stack));
  gtk_box_append (GTK_BOX (row), make_panel (self));
  adw_bin_set_child (ADW_BIN (self), row);
  g_signal_connect_swapped (self->view, "start-asked", G_CALLBACK (on_start_asked), self);
}

GtkWidget *
ew_surface_page_new (void)
{
  return g_object_new (EW_TYPE_SURFACE_PAGE, NULL);
}
