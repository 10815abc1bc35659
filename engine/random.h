/* The program's random numbers: SplitMix64 (Steele, Lea, Flood 2014), the same on every machine. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The generator's whole state; the initial value is the seed. */
typedef guint64 EwRandom;

guint64 ew_random_next (EwRandom *random);

/* Uniform in [0, 1), a multiple of 2⁻⁵³. */
double ew_random_uniform (EwRandom *random);

G_END_DECLS
