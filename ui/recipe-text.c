/* Sentences on schedules and corners. */
#include "ui/recipe-text.h"

#include "ui/paint/number.h"

#include <glib/gi18n.h>
#include <math.h>

/* Epochs, and parts of them, where the run has no end. */
#define PERIOD 100
#define STEPS  10

/* A rate below this part of itself moves nothing that anyone sees. */
#define STILL 1e-6

guint64
ew_recipe_usual_period (EwScheduleKind kind, guint64 epochs)
{
  if (kind == EW_SCHEDULE_CONSTANT)
    return 1;
  if (epochs == 0)
    return PERIOD;
  return kind == EW_SCHEDULE_STEP ? MAX (epochs / STEPS, 1) : epochs;
}

/* From which epoch on nothing moves any more; 0: it always does. */
static guint64
still_from (const EwSchedule *schedule)
{
  if (schedule->kind == EW_SCHEDULE_COSINE)
    return schedule->factor < STILL ? schedule->period : 0;
  if (schedule->kind != EW_SCHEDULE_STEP || schedule->factor >= 1)
    return 0;
  if (schedule->factor <= 0)
    return schedule->period;
  return schedule->period * (guint64)fmin (ceil (log (STILL) / log (schedule->factor)), 1e6);
}

char *
ew_recipe_text_period (const EwRecipe *recipe, guint64 epochs)
{
  guint64 still = still_from (&recipe->schedule);

  if (still == 0 || (epochs > 0 && still >= epochs))
    return g_strdup (_ ("epochs, from the first of the run on"));
  if (epochs == 0)
    return g_strdup_printf (_ ("epochs. From epoch %" G_GUINT64_FORMAT " on the rate is 0 or nearly so: nothing moves any more, and "
                               "the run has no end"),
                            still);
  return g_strdup_printf (_ ("epochs. From epoch %" G_GUINT64_FORMAT " of the run’s %" G_GUINT64_FORMAT " on the rate is 0 or nearly so: "
                             "nothing moves any more"),
                          still, epochs);
}

char *
ew_recipe_text_delta (const EwRecipe *recipe)
{
  return g_strdup (recipe->objective.penalty == EW_PENALTY_HUBER ? _ ("larger residuals count as outliers")
                                                                  : _ ("the corner at 0 is rounded by so much"));
}

char *
ew_recipe_text_noise (const EwRecipe *recipe, double noise)
{
  char delta[EW_NUMBER_SIZE], sigma[EW_NUMBER_SIZE];

  if (recipe->objective.penalty != EW_PENALTY_HUBER || isnan (noise) || noise <= 0)
    return NULL;
  return g_strdup_printf (_ ("%s: 1.345 times the noise, %s, which is 1.4826 times the median residual at the optimum"),
                          ew_number_short (delta, EW_HUBER_SHARE * noise, 3), ew_number_short (sigma, noise, 3));
}

const char *
ew_recipe_text_rule (EwOptimizerKind kind)
{
  switch (kind)
    {
    case EW_OPTIMIZER_CG:
      return _ ("for squared residuals of all pixels, without constraints");
    case EW_OPTIMIZER_LEAST_SQUARES:
      return _ ("without mini-batches and activation; with constraints or a robust loss, not both");
    case EW_OPTIMIZER_GD:
    case EW_OPTIMIZER_MOMENTUM:
    case EW_OPTIMIZER_NESTEROV:
    case EW_OPTIMIZER_RMSPROP:
    case EW_OPTIMIZER_ADAM:
    case EW_OPTIMIZER_N_KINDS:
    default:
      return NULL;
    }
}
