/* EwSchedule: how the rate changes from epoch to epoch. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EwScheduleKind:
 * @EW_SCHEDULE_CONSTANT: the rate as given
 * @EW_SCHEDULE_STEP: rate · factor^⌊epoch/period⌋
 * @EW_SCHEDULE_COSINE: from the rate down to rate · factor over @period epochs, along half a cosine, and constant from
 *   there on
 */
typedef enum
{
  EW_SCHEDULE_CONSTANT,
  EW_SCHEDULE_STEP,
  EW_SCHEDULE_COSINE,
} EwScheduleKind;

/**
 * EwSchedule:
 * @period: epochs, ≥ 1
 * @factor: 0 ≤ factor ≤ 1
 */
typedef struct
{
  EwScheduleKind kind;
  guint64 period;
  double factor;
} EwSchedule;

/* The rate of an epoch; the first one is 0. It never exceeds @rate, so that a stable rate stays one. */
double ew_schedule_rate (const EwSchedule *schedule, double rate, guint64 epoch);

G_END_DECLS
