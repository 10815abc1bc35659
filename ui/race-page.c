/* EwRacePage: the table with its controls, the chart and the surface. */
#include "ui/race-page-private.h"

#include "ui/paint/number.h"
#include "ui/rate-text.h"
#include "ui/speed-stops.h"

#include <glib/gi18n.h>
#include <math.h>

/* The words are renewed at this pace: numbers that change more often cannot be read. */
#define WORDS_US 150000

static guint wished_signal;

G_DEFINE_FINAL_TYPE (EwRacePage, ew_race_page, ADW_TYPE_BIN)

EwSurfaceView *
ew_race_page_view (EwRacePage *page)
{
  return page->view;
}

void
ew_race_page_wish (EwRacePage *self, EwRaceWish what)
{
  if (!self->setting)
    g_signal_emit (self, wished_signal, 0, (int)what);
}

int
ew_race_page_get_racers (EwRacePage *page, EwOptimizerKind *kinds, double *rates)
{
  int n = 0;

  for (int k = 0; k < EW_RACE_MAX; k++)
    if (gtk_check_button_get_active (page->rows[k].runs))
      {
        kinds[n] = (EwOptimizerKind)k;
        if (!ew_rate_parse (gtk_editable_get_text (GTK_EDITABLE (page->rows[k].rate)), &rates[n]))
          rates[n] = 0;
        n++;
      }
  return n;
}

EwRaceGoal
ew_race_page_get_goal (EwRacePage *page)
{
  return (EwRaceGoal)gtk_drop_down_get_selected (page->goal);
}

double
ew_race_page_get_speed (EwRacePage *page)
{
  return ew_speed_at_stop (gtk_range_get_value (GTK_RANGE (page->speed)));
}

static const EwRacer *
find_racer (const EwRaceStanding *s, int kind)
{
  for (int k = 0; s != NULL && k < s->n; k++)
    if ((int)s->racers[k].kind == kind)
      return &s->racers[k];
  return NULL;
}

static void
show_row (EwRacePage *self, int kind)
{
  const EwRacer *racer = find_racer (self->standing, kind);
  EwRaceRow *row = &self->rows[kind];
  char rate[G_ASCII_DTOSTR_BUF_SIZE] = "", loss[EW_NUMBER_SIZE] = "";
  g_autofree char *done = NULL;
  gint64 reached;

  if (racer == NULL)
    {
      ew_steady_text_set_words (row->loss, "", NULL);
      ew_steady_text_set_words (row->done, "", NULL);
      return;
    }
  reached = racer->reached[ew_race_page_get_goal (self)];
  if (!racer->rate_is_own)
    gtk_entry_set_placeholder_text (row->rate, ew_rate_format (rate, racer->rate));
  ew_steady_text_set_words (row->loss, ew_number_short (loss, racer->loss, 3), NULL);
  done = reached >= 0                        ? g_strdup_printf ("%" G_GINT64_FORMAT, reached)
         : racer->state == EW_RACER_DIVERGED ? g_strdup (_ ("diverged"))
                                             : g_strdup ("–");
  ew_steady_text_set_words (row->done, done, NULL);
}

static void
show_words (EwRacePage *self)
{
  g_autofree char *sentence = self->standing == NULL ? g_strdup (_ ("Run the race to see who is first."))
                                                     : ew_race_sentence (self->standing, ew_race_page_get_goal (self));

  self->words_us = g_get_monotonic_time ();
  ew_steady_text_set_words (self->words, sentence, NULL);
  for (int k = 0; k < EW_RACE_MAX; k++)
    show_row (self, k);
}

void
ew_race_page_set_playing (EwRacePage *page, gboolean playing)
{
  const char *name = playing ? _ ("Pause race") : _ ("Run race");

  page->playing = playing;
  gtk_button_set_icon_name (page->play, playing ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (page->play), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->play), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (!playing)
    show_words (page);
}

static void
show_curves (EwRacePage *self)
{
  const EwRaceStanding *s = self->standing;
  EwChartRun runs[EW_RACE_MAX];
  EwSurfaceRun paths[EW_RACE_MAX];

  for (int k = 0; k < s->n; k++)
    {
      const EwRacer *r = &s->racers[k];

      runs[k] = (EwChartRun){ r->curves, (int)r->kind, ew_race_title (r->kind) };
      paths[k] = (EwSurfaceRun){ r->path, r->n_path, (int)r->kind, ew_race_title (r->kind) };
    }
  ew_chart_view_set_runs (self->chart, runs, s->n);
  ew_surface_view_set_runs (self->view, paths, s->map != NULL ? s->n : 0);
  ew_surface_view_set_map (self->view, s->map);
}

void
ew_race_page_show (EwRacePage *page, EwRaceStanding *standing, int height, int width)
{
  g_return_if_fail (EW_IS_RACE_PAGE (page));
  ew_race_standing_ref (standing);
  ew_race_standing_unref (page->standing);
  page->standing = standing;
  gtk_widget_set_visible (page->cancel, FALSE);
  ew_surface_view_set_kernel_size (page->view, height, width);
  show_curves (page);
  if (!page->playing || standing->over || standing->epoch <= 1 || g_get_monotonic_time () - page->words_us >= WORDS_US)
    show_words (page);
}

void
ew_race_page_wait (EwRacePage *page)
{
  ew_steady_text_set_words (page->words, _ ("Going through all pixels once…"), NULL);
  gtk_widget_set_visible (page->cancel, TRUE);
}

void
ew_race_page_give_up (EwRacePage *page)
{
  ew_steady_text_set_words (page->words, _ ("Cancelled. Running the race goes through the pixels again."), NULL);
  gtk_widget_set_visible (page->cancel, FALSE);
}

void
ew_race_page_set_goal (EwRacePage *page, EwRaceGoal goal)
{
  page->setting = TRUE;
  gtk_drop_down_set_selected (page->goal, (guint)goal);
  page->setting = FALSE;
  show_words (page);
}

void
ew_race_page_on_goal (EwRacePage *self)
{
  show_words (self);
  ew_race_page_wish (self, EW_RACE_GOAL);
}

void
ew_race_page_on_runs (EwRacePage *self)
{
  EwOptimizerKind kinds[EW_RACE_MAX];
  double rates[EW_RACE_MAX];
  int n = ew_race_page_get_racers (self, kinds, rates);

  /* The last one stays. */
  for (int k = 0; k < EW_RACE_MAX; k++)
    gtk_widget_set_sensitive (GTK_WIDGET (self->rows[k].runs), n > 1 || (int)kinds[0] != k);
  ew_race_page_wish (self, EW_RACE_CHANGED);
}

void
ew_race_page_on_rate (GtkEditable *entry, EwRacePage *self)
{
  const char *text = gtk_editable_get_text (entry);
  double rate;
  gboolean valid = text[0] == '\0' || ew_rate_parse (text, &rate);

  if (valid)
    gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID,
                               valid ? GTK_ACCESSIBLE_INVALID_FALSE : GTK_ACCESSIBLE_INVALID_TRUE, -1);
  if (valid)
    ew_race_page_wish (self, EW_RACE_CHANGED);
}

/* One epoch is read off in the chart. */
static void
on_hovered (EwChartView *chart, guint64 epoch)
{
  ew_chart_view_set_hover (chart, epoch, NULL, 0);
}

static void
ew_race_page_dispose (GObject *object)
{
  g_clear_pointer (&EW_RACE_PAGE (object)->standing, ew_race_standing_unref);
  G_OBJECT_CLASS (ew_race_page_parent_class)->dispose (object);
}

static void
ew_race_page_class_init (EwRacePageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ew_race_page_dispose;
  wished_signal
      = g_signal_new ("wished", EW_TYPE_RACE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "racepage");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ew_race_page_init (EwRacePage *self)
{
  GtkWidget *grid = gtk_grid_new (), *words;
  GtkWidget *table = ew_race_page_make_table (self);
  GtkWidget *pictures = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->chart = EW_CHART_VIEW (ew_chart_view_new (EW_CHART_LOSS));
  ew_chart_view_set_empty_text (self->chart, _ ("The losses will be drawn here."));
  g_signal_connect (self->chart, "hovered", G_CALLBACK (on_hovered), NULL);
  self->view = EW_SURFACE_VIEW (ew_surface_view_new ());
  words = ew_race_page_make_words (self);
  gtk_widget_set_valign (table, GTK_ALIGN_START);
  gtk_box_set_homogeneous (GTK_BOX (pictures), TRUE);
  /* In a narrow window the pictures would push its edge out of the screen. */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), pictures);
  gtk_widget_set_focusable (scroller, FALSE);
  gtk_widget_set_hexpand (scroller, TRUE);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (pictures), GTK_WIDGET (self->chart));
  gtk_box_append (GTK_BOX (pictures), GTK_WIDGET (self->view));
  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  /* What is pressed and what it comes to stand first: where there is little room the page scrolls. */
  gtk_grid_attach (GTK_GRID (grid), ew_race_page_make_bar (self), 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), words, 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), table, 0, 1, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), scroller, 1, 1, 1, 1);
  adw_bin_set_child (ADW_BIN (self), grid);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Race of optimizers"), -1);
  show_words (self);
}

GtkWidget *
ew_race_page_new (void)
{
  return g_object_new (EW_TYPE_RACE_PAGE, NULL);
}
