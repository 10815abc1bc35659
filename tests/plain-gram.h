/* The kernels of the Gram matrix by sums at distances as plain loops: see plain-kernels.h. */
#pragma once

#include <glib.h>

/* As plain_kernels_launch. */
gboolean plain_gram_launch (const char *kernel, unsigned grid, void **arguments);
