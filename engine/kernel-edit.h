/* What can be done to a kernel as a whole: turning, flipping, normalising, resizing. */
#pragma once

#include "engine/kernel.h"

G_BEGIN_DECLS

/* K has H rows and W columns; K'[a, c] is the new tap, from K: */
typedef enum
{
  EW_EDIT_ROTATE_LEFT,   /* K'[a, c] = K[c, W − 1 − a]: a quarter turn counter-clockwise; W rows, H columns */
  EW_EDIT_ROTATE_RIGHT,  /* K'[a, c] = K[H − 1 − c, a]: clockwise */
  EW_EDIT_FLIP_SIDEWAYS, /* K'[a, c] = K[a, W − 1 − c] */
  EW_EDIT_FLIP_UPRIGHT,  /* K'[a, c] = K[H − 1 − a, c] */
  EW_EDIT_TRANSPOSE,     /* K'[a, c] = K[c, a] */
  EW_EDIT_NEGATE,        /* −K; the bias too */
  EW_EDIT_SUM_ONE,       /* K / ΣK */
  EW_EDIT_SUM_ZERO,      /* K − ΣK/HW */
  EW_EDIT_UNIT_NORM,     /* K / √ΣK² */
  EW_N_EDITS,
} EwKernelEdit;

/* The name in actions and sessions, e.g. "rotate-left". */
const char *ew_kernel_edit_id (EwKernelEdit edit);

/* The edit of that name, or EW_N_EDITS. */
EwKernelEdit ew_kernel_edit_find (const char *id);

/* The kernel after the edit, transfer full; its bias stays, but for a negation. EW_ERROR_DATA where it cannot be done:
 * weights with a sum of 0 (as far as float64 can tell) cannot be given the sum 1, nor zeros a norm. */
EwKernel *ew_kernel_edited (const EwKernel *kernel, EwKernelEdit edit, GError **error);

/* The kernel in another size about the same middle, transfer full: zeros are added around it, or rows and columns taken
 * away, ⌊|difference|/2⌋ of them at the top and on the left. EW_ERROR_GEOMETRY for a side outside 1 …
 * EW_KERNEL_SIDE_MAX.
 */
EwKernel *ew_kernel_resized (const EwKernel *kernel, int height, int width, GError **error);

G_END_DECLS
