/* EwRange: the interval of values that a colour map or an axis covers, and how it is chosen from data. */
#pragma once

#include "engine/grid.h"

G_BEGIN_DECLS

typedef struct
{
  double low;
  double high;
} EwRange;

/**
 * EwExtent:
 * @low: smallest finite value; NaN where there is none
 * @high: largest finite value; NaN where there is none
 * @n_nan: values that are not numbers
 * @n_infinite: infinite values
 */
typedef struct
{
  double low;
  double high;
  gint64 n_nan;
  gint64 n_infinite;
} EwExtent;

/* No values yet. */
void ew_extent_init (EwExtent *extent);

/* Adds the values of @grid, or those of grid − subtract (same size) unless @subtract is NULL. */
void ew_extent_add (EwExtent *extent, const EwGrid *grid, const EwGrid *subtract);

/* Adds all that @other holds. */
void ew_extent_join (EwExtent *extent, const EwExtent *other);

/* Narrows an extent to what all but @share of the finite values of grid − subtract lie in at either end; of large grids
 * it is estimated from every n-th value. */
void ew_extent_of_most (EwExtent *extent, const EwGrid *grid, const EwGrid *subtract, double share);

/* The larger absolute value of low and high; 0 where there are no finite values. */
double ew_extent_max_abs (const EwExtent *extent);

/* For a picture: [0, 1] where all values are in it, otherwise low … high; never empty. */
EwRange ew_range_sequential (const EwExtent *extent);

/* For signed values: ±max|v|, rounded up to a nice number; ±1 where all are zero. */
EwRange ew_range_symmetric (double max_abs);

/* Moves the range that is on screen to what the data wants without flicker: grows at once; shrinks only where the
 * wanted one is less than half as wide. An unset range ({0, 0}) becomes @wanted. Returns TRUE where it changed. */
gboolean ew_range_follow (EwRange *shown, EwRange wanted);

/* The smallest of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 times a power of ten that is ≥ value (> 0). */
double ew_nice_ceil (double value);

/* The step of 1, 2, 2.5 or 5 times a power of ten with which @range has at most @n_max (≥ 2) ticks. */
double ew_nice_step (EwRange range, int n_max);

G_END_DECLS
