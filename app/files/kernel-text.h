/* Kernels as text on the clipboard: from and to NumPy, MATLAB, CSV and spreadsheets. */
#pragma once

#include "engine/kernel.h"

G_BEGIN_DECLS

typedef enum
{
  EW_KERNEL_TEXT_NUMPY,       /* np.array([[1, 2],⏎ [3, 4]]) */
  EW_KERNEL_TEXT_MATLAB,      /* [1 2; 3 4] */
  EW_KERNEL_TEXT_CSV,         /* 1,2⏎3,4 */
  EW_KERNEL_TEXT_SPREADSHEET, /* tabs between */
  EW_N_KERNEL_TEXTS,
} EwKernelTextFormat;

/* The name in actions: "numpy", "matlab", "csv", "spreadsheet". */
const char *ew_kernel_text_format_id (EwKernelTextFormat format);
EwKernelTextFormat ew_kernel_text_find_format (const char *id); /* or EW_N_KERNEL_TEXTS */

/* The taps, without the bias, with as many digits as give them back; transfer full. */
char *ew_kernel_text_write (const EwKernel *kernel, EwKernelTextFormat format);

/* A matrix out of what these programs write, transfer full; the bias is 0. Understood are
 * - nested brackets or braces, with what programs write before them ("np.array(", "K = ", "tensor(", "float k[3][3] =")
 *   and after (", dtype=float32)"), outer dimensions of length 1, values apart by commas or blanks;
 * - one pair of brackets, rows apart by semicolons or line ends;
 * - "1/16 * " before brackets, "/ 16" or "* 2" after them;
 * - lines of values apart by tabs, semicolons, commas or blanks; between tabs and between semicolons a comma is a
 * decimal comma. On one line semicolons end rows where several values stand between two;
 * - numbers with a point, fractions such as 1/9, and the minus sign of typographers.
 * EW_ERROR_DATA or EW_ERROR_GEOMETRY with one sentence where it is something else. */
EwKernel *ew_kernel_text_read (const char *text, GError **error);

G_END_DECLS
