/* EwRaceStanding: how a race of optimizers stands. Data only, immutable. */
#pragma once

#include "engine/loss.h"
#include "engine/optimizer.h"
#include "engine/surface-map.h"

G_BEGIN_DECLS

/* Racers at most. */
#define EW_RACE_MAX 6

/* How near the optimum L* a loss is: that part of the way from the start's loss done, or L* and one per cent. */
typedef enum
{
  EW_RACE_NEAR,    /* 90 % of the way */
  EW_RACE_NEARER,  /* 99 % */
  EW_RACE_NEAREST, /* 99.99 % */
  EW_RACE_OPTIMUM, /* 1.01 L*: where L* is 0 never but by being there */
  EW_RACE_N_GOALS,
} EwRaceGoal;

typedef enum
{
  EW_RACER_RUNNING,
  EW_RACER_ARRIVED, /* its weights change no more */
  EW_RACER_DIVERGED,
} EwRacerState;

/**
 * EwRacer:
 * @kind: its rule
 * @rate: in use; 0 where the rule has none
 * @rate_is_own: the rate was given, not chosen for it
 * @limit: the largest stable rate; infinite where there is none
 * @epoch: epochs done: the race's, or fewer once it has arrived or diverged
 * @loss: of its present weights; of those before a divergence
 * @reached: epochs after which each goal was reached; −1: not yet
 * @curves: loss by epoch
 * @path: @n_path places on the standing's map; none where there is no map
 */
typedef struct
{
  EwOptimizerKind kind;
  EwRacerState state;
  double rate;
  gboolean rate_is_own;
  double limit;
  guint64 epoch;
  double loss;
  gint64 reached[EW_RACE_N_GOALS];
  EwCurves *curves;
  int n_path;
  EwSurfacePoint *path;
} EwRacer;

/**
 * EwRaceStanding:
 * @task: what is raced on
 * @race: number of the race, for whoever asked for it
 * @trouble: why there is no race, a sentence; NULL: there is one
 * @epoch: epochs done
 * @over: nobody goes on: all have arrived or diverged, or the last epoch is done
 * @loss_kind: what losses and rates refer to
 * @start_loss: of the weights that all start from; @optimum_loss: the least there is
 * @n: racers
 * @map: the surface through the optimum; NULL: none was asked for, or there is none
 */
typedef struct
{
  EwRefs refs;
  guint64 task;
  guint64 race;
  char *trouble;
  guint64 epoch;
  gboolean over;
  EwLoss loss_kind;
  double start_loss;
  double optimum_loss;
  int n;
  EwRacer racers[EW_RACE_MAX];
  EwSurfaceMap *map;
} EwRaceStanding;

EwRaceStanding *ew_race_standing_new (void);
EwRaceStanding *ew_race_standing_ref (EwRaceStanding *standing);
void ew_race_standing_unref (EwRaceStanding *standing);

/* "Gradient descent", "Conjugate gradients". */
const char *ew_race_title (EwOptimizerKind kind);

/* "90 % of the way", "the optimum + 1 %". */
const char *ew_race_goal_title (EwRaceGoal goal);

/* The loss at which a goal is reached. */
double ew_race_goal_loss (double start_loss, double optimum_loss, EwRaceGoal goal);

/* Who has won, or is ahead, in a sentence; transfer full. */
char *ew_race_sentence (const EwRaceStanding *standing, EwRaceGoal goal);

/* The racer that was first at the goal, the one with the smaller loss of two that were level; −1: nobody is there yet.
 */
int ew_race_winner (const EwRaceStanding *standing, EwRaceGoal goal);

/* The table as CSV: optimizer,rate,state,epochs,loss and the epochs to each goal, a racer a line; transfer full. */
char *ew_race_csv (const EwRaceStanding *standing);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwRaceStanding, ew_race_standing_unref)

G_END_DECLS
