/* EwSidebar: what its rows are to show is kept until they are made, soon after the window's first frame. */
#include "ui/sidebar-private.h"

#include <glib/gi18n.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (EwSidebar, ew_sidebar, ADW_TYPE_BIN)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
ew_sidebar_changed (EwSidebar *self, EwChange change)
{
  if (!self->quiet)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, (int)change);
}

void
ew_sidebar_refused (EwSidebar *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, sentence);
}

static void
show_input (EwSidebar *self)
{
  adw_action_row_set_subtitle (self->input_row, self->input);
  gtk_widget_set_visible (GTK_WIDGET (self->colour_row), self->has_colour);
  ew_sidebar_show_channel_row (self);
}

static void
show_page (EwSidebar *self)
{
  GtkWidget *page = gtk_stack_get_child_by_name (self->stack, self->shown);

  if (page != NULL)
    gtk_stack_set_visible_child (self->stack, page);
}

/* What has been said until now. */
static void
show_kept (EwSidebar *self)
{
  for (guint i = 0; i < self->n_added; i++)
    {
      gtk_stack_add_titled (self->stack, self->added[i].widget, self->added[i].name, self->added[i].title);
      gtk_stack_page_set_visible (gtk_stack_get_page (self->stack, self->added[i].widget), !self->added[i].hidden);
    }
  if (self->has_settings)
    ew_sidebar_fill_rows (self, &self->settings);
  if (self->input != NULL)
    show_input (self);
  if (self->note != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->target_row), self->note);
  if (self->has_rate)
    ew_rate_row_show (self->rate_row, self->rate, self->limit, &self->recipe);
  if (self->diagnosis != NULL)
    ew_kernel_panel_set_diagnosis (self->kernel_panel, self->diagnosis);
  if (self->shown != NULL)
    show_page (self);
}

static void
build (EwSidebar *self)
{
  if (self->built)
    return;
  self->built = TRUE;
  self->quiet = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  ew_sidebar_set_up_rows (self);
  self->quiet = FALSE;
  show_kept (self);
}

void
ew_sidebar_get_settings (EwSidebar *self, EwSettings *settings)
{
  build (self);
  ew_sidebar_read_rows (self, settings);
}

void
ew_sidebar_set_settings (EwSidebar *self, const EwSettings *settings)
{
  self->settings = *settings;
  self->has_settings = TRUE;
  ew_recipe_page_set_settings (self->recipe_page, settings);
  if (self->built)
    ew_sidebar_fill_rows (self, &self->settings);
}

void
ew_sidebar_set_input (EwSidebar *self, const char *description, gboolean has_colour)
{
  g_free (self->input);
  self->input = g_strdup (description);
  self->has_colour = has_colour;
  if (self->built)
    show_input (self);
}

void
ew_sidebar_set_target_note (EwSidebar *self, const char *note)
{
  g_free (self->note);
  self->note = g_strdup (note == NULL ? "" : note);
  if (self->built)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->target_row), self->note);
}

void
ew_sidebar_show_rate (EwSidebar *self, double rate, double limit, const EwRecipe *recipe)
{
  self->rate = rate;
  self->limit = limit;
  self->recipe = *recipe;
  self->has_rate = TRUE;
  if (self->built)
    ew_rate_row_show (self->rate_row, rate, limit, recipe);
}

EwRecipePage *
ew_sidebar_recipe_page (EwSidebar *self)
{
  return self->recipe_page;
}

void
ew_sidebar_show_diagnosis (EwSidebar *self, EwDiagnosis *diagnosis)
{
  if (self->built)
    {
      ew_kernel_panel_set_diagnosis (self->kernel_panel, diagnosis);
      return;
    }
  ew_diagnosis_ref (diagnosis);
  ew_diagnosis_unref (self->diagnosis);
  self->diagnosis = diagnosis;
}

void
ew_sidebar_add_page (EwSidebar *self, GtkWidget *page, const char *name, const char *title)
{
  g_return_if_fail (self->n_added < EW_SIDEBAR_ADDED_MAX);
  self->added[self->n_added++]
      = (EwSidebarPage){ g_object_ref_sink (page), g_intern_string (name), g_intern_string (title), FALSE };
  if (self->built)
    gtk_stack_add_titled (self->stack, page, name, title);
}

static void
show_there (EwSidebar *self, const EwSidebarPage *page)
{
  gtk_stack_page_set_visible (gtk_stack_get_page (self->stack, page->widget), !page->hidden);
  gtk_widget_set_visible (page->widget, !page->hidden);
}

void
ew_sidebar_set_page_there (EwSidebar *self, const char *name, gboolean there)
{
  for (guint i = 0; i < self->n_added; i++)
    if (strcmp (self->added[i].name, name) == 0)
      {
        self->added[i].hidden = !there;
        if (self->built)
          show_there (self, &self->added[i]);
      }
}

void
ew_sidebar_show_page (EwSidebar *self, const char *name)
{
  self->shown = g_intern_string (name);
  if (self->built)
    show_page (self);
}

/* The rows take as long to make, style and measure as all the rest of the window: they are made between the first frames,
 * and come with the third. */
static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  EwSidebar *self = EW_SIDEBAR (widget);

  switch (self->frames++)
    {
    case 0:
      return G_SOURCE_CONTINUE;
    case 1:
      build (self);
      return G_SOURCE_CONTINUE;
    default:
      gtk_widget_set_visible (self->pages, TRUE);
      return G_SOURCE_REMOVE;
    }
}

static void
ew_sidebar_init (EwSidebar *self)
{
  self->recipe_page = g_object_ref_sink (g_object_new (EW_TYPE_RECIPE_PAGE, NULL));
  ew_sidebar_add_page (self, GTK_WIDGET (self->recipe_page), "learning", _ ("Learning"));
  gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

static void
ew_sidebar_dispose (GObject *object)
{
  EwSidebar *self = EW_SIDEBAR (object);

  /* Rows that go tell of their last change; nobody is to hear it. */
  self->quiet = TRUE;
  self->built = FALSE;
  adw_bin_set_child (ADW_BIN (self), NULL);
  for (; self->n_added > 0; self->n_added--)
    g_object_unref (self->added[self->n_added - 1].widget);
  g_clear_object (&self->recipe_page);
  g_clear_pointer (&self->diagnosis, ew_diagnosis_unref);
  g_clear_pointer (&self->input, g_free);
  g_clear_pointer (&self->note, g_free);
  G_OBJECT_CLASS (ew_sidebar_parent_class)->dispose (object);
}

static void
ew_sidebar_class_init (EwSidebarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ew_sidebar_dispose;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  ew_sidebar_class_add_rows (widget_class);
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", EW_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", EW_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
}
