/* The quantisation of a JPEG file's first component, from its header. */
#pragma once

#include "engine/quantised.h"

G_BEGIN_DECLS

/* Whether the file is a JPEG whose first component (grey, or luminance) is quantised by one table, which then fills @steps;
 * FALSE for anything else, without an error. Reads the header only. */
gboolean ew_jpeg_steps_read (const char *path, EwSteps *steps);

/* Whether these steps are so wide that least squares takes what they did for noise, by more than the rounding of bytes: then
 * a loss made for it does better. */
gboolean ew_jpeg_steps_matter (const EwSteps *steps);

G_END_DECLS
