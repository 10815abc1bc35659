/* EwSchedule: the rate of an epoch. */
#include "engine/schedule.h"

#include <math.h>

double
ew_schedule_rate (const EwSchedule *schedule, double rate, guint64 epoch)
{
  double part = (double)epoch / (double)schedule->period;

  switch (schedule->kind)
    {
    case EW_SCHEDULE_STEP:
      return rate * pow (schedule->factor, (double)(epoch / schedule->period));
    case EW_SCHEDULE_COSINE:
      return rate * (schedule->factor + (1 - schedule->factor) * (1 + cos (G_PI * fmin (part, 1))) / 2);
    case EW_SCHEDULE_CONSTANT:
    default:
      return rate;
    }
}
