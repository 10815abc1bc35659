/* EwSumView: tables and words in a row. */
#include "ui/sum-view.h"

#include "ui/products-view.h"
#include "ui/settle.h"
#include "ui/steady-text.h"

#include <glib/gi18n.h>

/* Words follow a moving pointer this often. */
#define WORDS_MS 60

/* The least room for them. */
#define WORDS_CHARS 12

struct _EwSumView
{
  AdwBin parent_instance;

  EwProductsView *products;
  EwSteadyText *text;
  char *sentence;
  char *words[2]; /* headline and detail, as they are to be shown */
  guint words_source;
  gint64 words_us; /* when they were shown last */
  EwSettle settle;
};

G_DEFINE_FINAL_TYPE (EwSumView, ew_sum_view, ADW_TYPE_BIN)

/* A screen reader is told at its own pace. */
static void
settle (GtkWidget *widget)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  EW_SUM_VIEW (widget)->sentence, -1);
}

static void
ew_sum_view_dispose (GObject *object)
{
  ew_settle_cancel (&EW_SUM_VIEW (object)->settle);
  g_clear_handle_id (&EW_SUM_VIEW (object)->words_source, g_source_remove);
  G_OBJECT_CLASS (ew_sum_view_parent_class)->dispose (object);
}

static void
ew_sum_view_finalize (GObject *object)
{
  g_free (EW_SUM_VIEW (object)->sentence);
  g_free (EW_SUM_VIEW (object)->words[0]);
  g_free (EW_SUM_VIEW (object)->words[1]);
  G_OBJECT_CLASS (ew_sum_view_parent_class)->finalize (object);
}

static void
ew_sum_view_class_init (EwSumViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ew_sum_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = ew_sum_view_finalize;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "sumview");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ew_sum_view_init (EwSumView *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *words = ew_steady_text_new (WORDS_CHARS, 0);
  GtkWidget *products = ew_products_view_new ();

  self->products = EW_PRODUCTS_VIEW (products);
  self->text = EW_STEADY_TEXT (words);
  ew_steady_text_set_lines (self->text, 2, 3);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (row), products);
  gtk_box_append (GTK_BOX (row), words);
  adw_bin_set_child (ADW_BIN (self), row);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("The sum under the pointer"),
                                  -1);
}

void
ew_sum_view_set_short (EwSumView *view, gboolean is_short)
{
  g_return_if_fail (EW_IS_SUM_VIEW (view));
  ew_steady_text_set_lines (view->text, 2, is_short ? 2 : 3);
}

static gboolean
show_words (gpointer data)
{
  EwSumView *self = data;

  self->words_source = 0;
  self->words_us = g_get_monotonic_time ();
  ew_steady_text_set_words (self->text, self->words[0], self->words[1]);
  return G_SOURCE_REMOVE;
}

static void
take_words (EwSumView *self, const EwExplanation *explanation)
{
  gint64 passed = (g_get_monotonic_time () - self->words_us) / 1000;

  g_free (self->words[0]);
  g_free (self->words[1]);
  self->words[0] = g_strdup (explanation->headline);
  self->words[1] = g_strdup (explanation->detail);
  if (self->words_source == 0 && passed >= WORDS_MS)
    show_words (self);
  else if (self->words_source == 0)
    self->words_source = g_timeout_add ((guint)(WORDS_MS - passed), show_words, self);
}

void
ew_sum_view_show (EwSumView *view, const EwProductsPaint *products, const EwExplanation *explanation)
{
  char *sentence;

  g_return_if_fail (EW_IS_SUM_VIEW (view));
  ew_products_view_set_products (view->products, products);
  take_words (view, explanation);
  sentence = ew_explanation_sentence (explanation);
  if (g_strcmp0 (sentence, view->sentence) == 0)
    {
      g_free (sentence);
      return;
    }
  g_free (view->sentence);
  view->sentence = sentence;
  ew_settle_later (&view->settle, GTK_WIDGET (view), settle);
}
