/* Sizes of transforms and their number, chosen by a count of operations. */
#include "engine/fft-tiling.h"

#include <math.h>

/* What an element costs on the way forward and back, in hundredths of a nanosecond, with FFTW's estimated plans. */
typedef struct
{
  int n;
  int cost;
} Length;

/* Columns: these lengths are one codelet each, vectorised across the columns; the cost holds the product with the
 * kernel's transform. Longer ones cost more than twice as much. */
static const Length heights[] = { { 32, 130 }, { 64, 135 }, { 128, 165 } };
static const Length widths[]
    = { { 48, 170 },  { 64, 170 },  { 80, 165 },  { 96, 165 },  { 128, 160 }, { 144, 160 }, { 160, 160 },
        { 192, 160 }, { 240, 160 }, { 256, 160 }, { 384, 165 }, { 512, 170 }, { 1024, 190 } };

/* What each row costs besides, both ways and for both stretches: its ends, and memory that is not prefetched. */
#define ROW_COST 20000

/* Walks that would keep several threads busy to the end: the last one to finish counts this often. */
#define TAIL 4

static int
ceil_div (int a, int b)
{
  return (a + b - 1) / b;
}

/* What all walks cost, and the wait for the last of them. */
static double
cost_of (const EwFftTiling *t, int kernel_height, const Length *height, const Length *width)
{
  double rows = 2.0 * t->walk_rows + kernel_height - 1;
  double columns = (double)ceil_div (t->walk_rows, t->tile_rows) * height->n;
  double walk = rows / 2 * ((double)width->cost * width->n + ROW_COST) + columns * height->cost * width->n;

  return walk * ((double)t->n_strips * t->n_walks + TAIL);
}

static void
cut (EwFftTiling *t, int output_height, int output_width, int n_walks)
{
  t->n_strips = ceil_div (output_width, t->tile_columns);
  t->walk_rows = ceil_div (output_height, 2 * n_walks);
  t->n_walks = ceil_div (ceil_div (output_height, t->walk_rows), 2);
}

double
ew_fft_tiling_choose (EwFftTiling *tiling, int output_height, int output_width, int kernel_height, int kernel_width)
{
  double least = INFINITY;

  for (guint h = 0; h < G_N_ELEMENTS (heights); h++)
    for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
      {
        EwFftTiling t = { .height = heights[h].n, .width = widths[w].n };
        int fewest = ceil_div (output_height, 2 * EW_FFT_WALK_MAX);

        t.tile_rows = t.height - kernel_height + 1;
        t.tile_columns = t.width - kernel_width + 1;
        if (t.tile_rows < 1 || t.tile_columns < 1)
          continue;
        for (int n = fewest; n <= fewest + 16; n++)
          {
            double cost;

            cut (&t, output_height, output_width, n);
            cost = cost_of (&t, kernel_height, &heights[h], &widths[w]);
            if (cost < least)
              {
                least = cost;
                *tiling = t;
              }
          }
      }
  /* Without the wait for the last walk, which more threads or fewer make longer or shorter. */
  return least * tiling->n_strips * tiling->n_walks / ((double)tiling->n_strips * tiling->n_walks + TAIL);
}

gboolean
ew_fft_tiling_plan (const EwFftTiling *tiling, EwFftPlans *plans, GError **error)
{
  int pitch = EW_FFT_PITCH (tiling->width);
  EwFftwShape row = { tiling->width, 1, 1, 1, TRUE };
  EwFftwShape column = { tiling->height, EW_FFT_BLOCK, pitch, EW_FFT_BLOCK, TRUE };

  plans->row_forward = ew_fftw_plan (&row, error);
  if (plans->row_forward == NULL)
    return FALSE;
  plans->column_forward = ew_fftw_plan (&column, error);
  if (plans->column_forward == NULL)
    return FALSE;
  row.forward = FALSE;
  plans->row_inverse = ew_fftw_plan (&row, error);
  if (plans->row_inverse == NULL)
    return FALSE;
  column = (EwFftwShape){ tiling->height, EW_FFT_BLOCK, EW_FFT_BLOCK, pitch, FALSE };
  plans->column_inverse = ew_fftw_plan (&column, error);
  return plans->column_inverse != NULL;
}
