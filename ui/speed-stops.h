/* The stops of the speed control, in epochs a second. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The highest stop: as fast as it goes. The lowest is 0. */
int ew_speed_last_stop (void);

/* The speed at a stop; infinite at the last. Stops beyond the ends are those. */
double ew_speed_at_stop (double stop);

/* The lowest stop that is at least as fast. */
int ew_speed_find_stop (double speed);

/* "10 epochs a second", "as fast as it goes". Transfer full. */
char *ew_speed_describe (double speed);

G_END_DECLS
