/* Kernels from presets and files. */
#pragma once

#include "engine/kernel.h"

G_BEGIN_DECLS

/* "preset:NAME" with its parameters (see ew_preset_parse), or a file: .npy, a matrix as text, or an image (its
 * luminance); which one is seen from its content. Each side at most EW_KERNEL_SIDE_MAX, or EW_ERROR_GEOMETRY; the bias
 * is 0. Arrays and text keep float64. Transfer full. A preset that is not there as written is EW_ERROR_USAGE, other
 * errors as ew_picture_read; messages are sentences that do not name the file. */
EwKernel *ew_kernel_read (const char *name, GError **error);

G_END_DECLS
