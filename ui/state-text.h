/* What a run is doing, or why it stopped, in words. */
#pragma once

#include "engine/snapshot.h"

G_BEGIN_DECLS

/* "learning", "stopped: the gradient’s length is below 1e-9". Transfer full. */
char *ew_state_describe (const EwSnapshot *snapshot);

G_END_DECLS
