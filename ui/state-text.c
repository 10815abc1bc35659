/* What a run is doing, or why it stopped. */
#include "ui/state-text.h"

#include <glib/gi18n.h>
#include <math.h>

/* A rate below this part of itself moves nothing that anyone sees. */
#define STILL 1e-6

/* @format has a %s for the number. */
static char *
with_number (const char *format, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);

  return g_strconcat (parts[0], g_ascii_formatd (number, sizeof number, "%.6g", value), parts[1], NULL);
}

static char *
describe_convergence (const EwSnapshot *s)
{
  const EwRecipe *recipe = &s->recipe;
  const EwSchedule *schedule = &recipe->schedule;

  if (recipe->optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES)
    return g_strdup (_ ("solved: least squares takes one step"));
  if (recipe->optimizer.kind == EW_OPTIMIZER_CG)
    return g_strdup (_ ("converged: the gradient is rounding"));
  /* An epoch's rate is 0 at the end of a cosine that goes down to it. */
  if (ew_optimizer_has_rate (recipe->optimizer.kind) && schedule->kind == EW_SCHEDULE_COSINE && schedule->factor == 0
      && s->epoch >= schedule->period)
    return g_strdup_printf (_ ("stands still: the schedule’s rate is 0 from epoch %" G_GUINT64_FORMAT " on; a longer period goes on"),
                            schedule->period);
  return g_strdup (_ ("converged: the weights no longer change"));
}

static char *
describe_stop (const EwSnapshot *s)
{
  switch (s->stop)
    {
    case EW_STOP_EPOCHS:
      return g_strdup (_ ("all epochs done"));
    case EW_STOP_CONVERGED:
      return describe_convergence (s);
    case EW_STOP_SLOPE:
      return with_number (_ ("stopped: the gradient’s length is below %s"), s->recipe.stop_gradient);
    case EW_STOP_CHANGE:
      return with_number (_ ("stopped: the loss changes by less than %s of itself"), s->recipe.stop_change);
    case EW_STOP_TIME:
      return with_number (_ ("stopped: %s seconds are over"), s->recipe.stop_seconds);
    case EW_STOP_DIVERGED:
      return g_strdup (_ ("diverged"));
    case EW_STOP_FAILED:
      return g_strdup (_ ("stopped by an error"));
    case EW_STOP_NONE:
    default:
      return NULL;
    }
}

static const char *
describe_running (const EwSnapshot *s)
{
  if (isnan (s->rate) && ew_optimizer_has_rate (s->recipe.optimizer.kind))
    return _ ("finding the rate’s limit…");
  if (s->recipe.optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES)
    return _ ("solving");
  if (ew_optimizer_has_rate (s->recipe.optimizer.kind) && s->rate > 0
      && ew_schedule_rate (&s->recipe.schedule, s->rate, s->epoch) < STILL * s->rate)
    return _ ("stands still: the schedule’s rate is 0; a longer period goes on");
  return s->by_gram ? _ ("learning on the Gram matrix") : _ ("learning");
}

char *
ew_state_describe (const EwSnapshot *s)
{
  char *stop;

  if (s->rebuilding)
    return g_strdup (_ ("drawing the curves anew…"));
  if (s->past)
    return g_strdup (s->shown_epoch != s->asked_epoch ? _ ("computing the epoch again…")
                     : s->shown_exact                 ? _ ("an earlier epoch")
                                                      : _ ("an earlier epoch, nearly exact"));
  stop = describe_stop (s);
  if (stop != NULL)
    return stop;
  if (s->state == EW_RUN_RUNNING)
    return g_strdup (describe_running (s));
  return g_strdup (s->state == EW_RUN_PREPARING ? _ ("preparing…") : _ ("paused"));
}
