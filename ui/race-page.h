/* EwRacePage: a race of optimizers: who runs and at which rate, how they stand, their curves and their paths. */
#pragma once

#include "engine/race-standing.h"
#include "ui/surface-view.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_RACE_PAGE (ew_race_page_get_type ())
G_DECLARE_FINAL_TYPE (EwRacePage, ew_race_page, EW, RACE_PAGE, AdwBin)

/* What the user wants. */
typedef enum
{
  EW_RACE_PLAY,    /* or pause */
  EW_RACE_STEP,    /* one epoch more */
  EW_RACE_RESET,   /* all back to the start */
  EW_RACE_CHANGED, /* other racers or rates: another race */
  EW_RACE_GOAL,    /* another goal is looked at */
  EW_RACE_COPY,    /* the table as CSV */
  EW_RACE_SPEED,   /* another speed is chosen */
  EW_RACE_CANCEL,  /* the sums are not waited for any longer */
} EwRaceWish;

/* Emits "wished" (int: EwRaceWish). */
GtkWidget *ew_race_page_new (void);

/* The surface with the paths; its signal "start-asked" is for whoever shows the page. */
EwSurfaceView *ew_race_page_view (EwRacePage *page);

/* Who runs, as the command line names them: fills @kinds and @rates (EW_RACE_MAX each; 0: its own); returns how many.
 */
int ew_race_page_get_racers (EwRacePage *page, EwOptimizerKind *kinds, double *rates);

/* The same as the command line's text, "gd,momentum=0.01"; transfer full. Setting it emits nothing, and changes nothing where it
 * is no such text. */
char *ew_race_page_get_entrants (EwRacePage *page);
void ew_race_page_set_entrants (EwRacePage *page, const char *text);

EwRaceGoal ew_race_page_get_goal (EwRacePage *page);
/* Emits nothing. */
void ew_race_page_set_goal (EwRacePage *page, EwRaceGoal goal);

/* Epochs a second; may be infinite. */
double ew_race_page_get_speed (EwRacePage *page);
/* The nearest that can be chosen; emits nothing. */
void ew_race_page_set_speed (EwRacePage *page, double speed);

void ew_race_page_set_playing (EwRacePage *page, gboolean playing);

/* How it stands (a reference is taken), in a kernel of height × width. */
void ew_race_page_show (EwRacePage *page, EwRaceStanding *standing, int height, int width);

/* Says that the sums are being made, with a button that ends it; or that they were given up. */
void ew_race_page_wait (EwRacePage *page);
void ew_race_page_give_up (EwRacePage *page);

G_END_DECLS
