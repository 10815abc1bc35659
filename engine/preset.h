/* The named kernels that every part of the program offers, in one table. */
#pragma once

#include "engine/kernel.h"

G_BEGIN_DECLS

/**
 * EwPreset:
 * @id: the name on the command line (`preset:ID`) and in sessions, e.g. "sobel-x"
 * @title: a short English title, to be translated where it is shown
 * @height: rows
 * @width: columns
 * @taps: height × width taps, row by row
 */
typedef struct
{
  const char *id;
  const char *title;
  int height;
  int width;
  const double *taps;
} EwPreset;

/* All presets in the order in which they are offered; *n is their number. The table is static. */
const EwPreset *ew_presets (guint *n);

/* The preset of that id, or NULL. */
const EwPreset *ew_preset_find (const char *id);

/* The preset of that id as a kernel, transfer full. Fails with EW_ERROR_DATA, naming the presets that exist. */
EwKernel *ew_preset_kernel (const char *id, GError **error);

G_END_DECLS
