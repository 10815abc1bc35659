/* The stops of the speed control. */
#include "ui/speed-stops.h"

#include <glib/gi18n.h>
#include <math.h>

static const double speeds[] = { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, INFINITY };

int
ew_speed_last_stop (void)
{
  return (int)G_N_ELEMENTS (speeds) - 1;
}

double
ew_speed_at_stop (double stop)
{
  return speeds[CLAMP ((int)lround (stop), 0, ew_speed_last_stop ())];
}

int
ew_speed_find_stop (double speed)
{
  int stop = 0;

  while (stop < ew_speed_last_stop () && speeds[stop] < speed)
    stop++;
  return stop;
}

char *
ew_speed_describe (double speed)
{
  if (isinf (speed))
    return g_strdup (_ ("as fast as it goes"));
  return g_strdup_printf (ngettext ("%d epoch a second", "%d epochs a second", (int)speed), (int)speed);
}
