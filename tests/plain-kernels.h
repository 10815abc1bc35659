/* The kernels of gpu/kernels.h as plain loops: what the fake driver runs, and what the compiled ones must agree with.
 */
#pragma once

#include <glib.h>

/* Runs a kernel by name; @arguments as for cuLaunchKernel. FALSE where there is none of that name. */
gboolean plain_kernels_launch (const char *kernel, unsigned grid, unsigned threads, unsigned shared_bytes,
                               void **arguments);
