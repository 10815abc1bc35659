/* The inside of EwRacePage. */
#pragma once

#include "ui/chart-view.h"
#include "ui/race-page.h"
#include "ui/steady-text.h"

G_BEGIN_DECLS

/* One racer's line of the table. */
typedef struct
{
  GtkCheckButton *runs;
  GtkEntry *rate;
  EwSteadyText *loss;
  EwSteadyText *done;
} EwRaceRow;

struct _EwRacePage
{
  AdwBin parent_instance;

  EwRaceRow rows[EW_RACE_MAX];
  EwSteadyText *words;
  GtkWidget *cancel; /* while it waits for the sums */
  GtkButton *play;
  GtkDropDown *goal;
  GtkScale *speed;
  EwChartView *chart;
  EwSurfaceView *view;
  EwRaceStanding *standing; /* NULL: none yet */
  gint64 words_us;
  gboolean playing; /* the words follow at their pace; otherwise at once */
  gboolean setting; /* what changes is not the user's doing */
};

/* Tells a wish, unless what changes is not the user's doing. */
void ew_race_page_wish (EwRacePage *self, EwRaceWish what);

/* Who runs, a rate, or the goal has changed. */
void ew_race_page_on_runs (EwRacePage *self);
void ew_race_page_on_rate (GtkEditable *entry, EwRacePage *self);
void ew_race_page_on_goal (EwRacePage *self);

/* The table and the row of controls above it. */
GtkWidget *ew_race_page_make_table (EwRacePage *self);
GtkWidget *ew_race_page_make_bar (EwRacePage *self);
GtkWidget *ew_race_page_make_words (EwRacePage *self);

G_END_DECLS
