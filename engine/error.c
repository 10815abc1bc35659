/* The error domain. */
#include "engine/error.h"

G_DEFINE_QUARK (edgewise - error - quark, ew_error)
