/* EwCellText: how the numbers of a grid are written so that they fit into its cells, all alike. */
#pragma once

#include "ui/paint/range.h"
#include "ui/paint/style.h"

G_BEGIN_DECLS

/**
 * EwCellText:
 * @size: font size in units; 0: no number fits
 * @decimals: places after the point, for ew_number_fixed
 * @exponent: written by ew_number_exponent instead
 */
typedef struct
{
  double size;
  int decimals;
  gboolean exponent;
} EwCellText;

/**
 * EwCellValues:
 * @max_abs: no finite value is larger
 * @negative: whether a value may be below zero
 * @decimals: places that show every value exactly, at most ew_cell_decimals_max
 *
 * What has to be written. Taken from the range on screen rather than from the values, it does not change at each frame.
 */
typedef struct
{
  double max_abs;
  gboolean negative;
  int decimals;
} EwCellValues;

/* Places worth writing of values up to @max_abs, where @digits are worth it of values around 1. */
int ew_cell_decimals_max (double max_abs, int digits);

/* Places after the point that show @value exactly, at most @max. */
int ew_cell_decimals (double value, int max);

/* The writing of @values in cells of width × height units. */
void ew_cell_text_fit (EwCellText *text, const EwPaintStyle *style, const EwCellValues *values, double width,
                       double height);

/* @value so written, into @buffer (EW_NUMBER_SIZE). */
char *ew_cell_text_format (const EwCellText *text, char *buffer, double value);

G_END_DECLS
