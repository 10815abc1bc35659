/* Rectangles of outputs: read in place, through a bordered copy, or gathered. */
#include "engine/cpu-window.h"

#include <string.h>

/* to[m] = what the border rule puts at column + m · step of a row, m = begin … end − 1. */
static void
fill_border (const EwCpuWindow *w, const float *from, gint64 column, int begin, int end, int step, float *to)
{
  for (int m = begin; m < end; m++)
    {
      gint64 j = ew_geometry_border_index (w->geometry->border, column + (gint64)m * step, w->x->width);

      to[m] = j < 0 ? 0 : from[j];
    }
}

/* to[m] = the bordered input at (row, column + m · step), m = 0 … n − 1. */
static void
fill_row (const EwCpuWindow *w, gint64 row, gint64 column, int n, int step, float *to)
{
  const EwGrid *x = w->x;
  EwBorder border = w->geometry->border;
  gint64 i = ew_geometry_border_index (border, row, x->height);
  /* [low, high): what lies within x. */
  gint64 low = column >= 0 ? 0 : (-column + step - 1) / step;
  gint64 high = column >= x->width ? 0 : (x->width - 1 - column) / step + 1;

  if (i < 0)
    {
      memset (to, 0, (size_t)n * sizeof (float));
      return;
    }

  const float *from = ew_grid_row (x, (int)i);

  low = MIN (low, n);
  high = CLAMP (high, low, n);
  fill_border (w, from, column, 0, (int)low, step, to);
  fill_border (w, from, column, (int)high, n, step, to);
  if (step == 1 && high > low)
    memcpy (to + low, from + column + low, (size_t)(high - low) * sizeof (float));
  else
    for (gint64 m = low; m < high; m++)
      to[m] = from[column + m * step];
}

static void
inside_along (gint64 outputs, gint64 padding, gint64 length, gint64 taps, const EwGeometry *g, int *first, int *end)
{
  gint64 reach = (taps - 1) * g->dilation;
  gint64 last = length - 1 - reach + padding;

  *first = (int)MIN ((padding + g->stride - 1) / g->stride, outputs);
  *end = last < 0 ? 0 : (int)MIN (last / g->stride + 1, outputs);
}

void
ew_cpu_window_inside (const EwGeometry *g, const EwGrid *x, const EwGrid *y, int *first_row, int *end_row,
                      int *first_column, int *end_column)
{
  inside_along (y->height, g->top, x->height, g->kernel_height, g, first_row, end_row);
  inside_along (y->width, g->left, x->width, g->kernel_width, g, first_column, end_column);
}

static gboolean
is_inside (const EwCpuWindow *w, int i, int j, int rows, int width)
{
  const EwGeometry *g = w->geometry;

  return i >= g->top && j >= g->left
         && (gint64)i + rows - 1 - g->top + (gint64)(g->kernel_height - 1) * g->dilation < w->x->height
         && (gint64)j + width - 1 - g->left + (gint64)(g->kernel_width - 1) * g->dilation < w->x->width;
}

/* TRUE where the scratch already holds that rectangle's input; notes that it will. */
static gboolean
is_filled (EwCpuFilled *filled, gboolean gathered, int i, int j, int rows, int width)
{
  if (filled->gathered == gathered && filled->i == i && filled->j == j && filled->rows == rows
      && filled->width == width)
    return TRUE;
  filled->gathered = gathered;
  filled->i = i;
  filled->j = j;
  filled->rows = rows;
  filled->width = width;
  return FALSE;
}

/* The first input value of the rectangle and its stride, for loops that go over neighbours. NULL where it must be
 * gathered. */
static const float *
dense (EwCpuWindow *w, int i, int j, int rows, int width, size_t *stride)
{
  const EwGeometry *g = w->geometry;
  gint64 high = rows + (gint64)(g->kernel_height - 1) * g->dilation;
  gint64 wide = width + (gint64)(g->kernel_width - 1) * g->dilation;

  if (g->stride != 1)
    return NULL;
  *stride = w->x->stride;
  if (is_inside (w, i, j, rows, width))
    return ew_grid_row (w->x, i - g->top) + (j - g->left);
  *stride = (size_t)(wide + 15) / 16 * 16;
  if (high * (wide + 15) > EW_CPU_SCRATCH)
    return NULL;
  if (!is_filled (&w->filled, FALSE, i, j, rows, width))
    for (gint64 u = 0; u < high; u++)
      fill_row (w, i + u - g->top, (gint64)j - g->left, (int)wide, 1, w->scratch + (size_t)u * *stride);
  return w->scratch;
}

/* --- gathering: one stretch of scratch for each input row, in it one for each phase of the columns, or each tap */

/* Values of one phase of a row that @width outputs see. */
static gint64
phase_length (const EwGeometry *g, int width)
{
  return width + (gint64)(g->kernel_width - 1) * g->dilation / g->stride + 1;
}

static gboolean
by_phase (const EwGeometry *g, int width)
{
  return g->stride * phase_length (g, width) <= (gint64)g->kernel_width * width;
}

static gint64
row_length (const EwGeometry *g, int width)
{
  return MIN (g->stride * phase_length (g, width), (gint64)g->kernel_width * width);
}

/* Input rows between the first and the last that @rows rows of outputs see. */
static gint64
row_span (const EwGeometry *g, int rows)
{
  return (gint64)(rows - 1) * g->stride + (gint64)(g->kernel_height - 1) * g->dilation + 1;
}

static gint64
row_slots (const EwGeometry *g, int rows)
{
  return MIN (row_span (g, rows), (gint64)rows * g->kernel_height);
}

void
ew_cpu_window_fit (const EwGeometry *g, int *rows, int *width)
{
  while (row_slots (g, *rows) * row_length (g, *width) > EW_CPU_SCRATCH && (*rows > 1 || *width > 16))
    if (*rows > 1)
      *rows = *rows / 2;
    else
      *width = MAX (*width / 2, 16);
}

/* The taps from this one on are of the phases of those before it. */
static int
n_phases (const EwGeometry *g)
{
  int a = g->stride;
  int b = g->dilation;

  while (b != 0)
    {
      int rest = a % b;

      a = b;
      b = rest;
    }
  return g->stride / a;
}

static void
gather_row (EwCpuWindow *w, gint64 row, gint64 column, int width, float *to)
{
  const EwGeometry *g = w->geometry;
  int length = (int)phase_length (g, width);

  for (int c = 0; c < g->kernel_width; c++)
    {
      gint64 offset = (gint64)c * g->dilation;

      if (!by_phase (g, width))
        fill_row (w, row, column + offset, width, g->stride, to + (size_t)c * width);
      else if (c < n_phases (g))
        fill_row (w, row, column + offset % g->stride, length, g->stride, to + (size_t)(offset % g->stride) * length);
    }
}

/* Which slot of the scratch tap row @a of output row @r lies in. */
static gint64
slot_of (const EwGeometry *g, int rows, int r, int a)
{
  if (row_span (g, rows) <= (gint64)rows * g->kernel_height)
    return (gint64)r * g->stride + (gint64)a * g->dilation;
  return (gint64)r * g->kernel_height + a;
}

static void
gather (EwCpuWindow *w, int i, int j, int rows, int width)
{
  const EwGeometry *g = w->geometry;
  guint8 done[EW_CPU_WINDOW_ROWS * EW_KERNEL_SIDE_MAX] = { 0 };
  size_t length = (size_t)row_length (g, width);

  if (is_filled (&w->filled, TRUE, i, j, rows, width))
    return;
  w->filled.stride = length;
  for (int c = 0; c < g->kernel_width; c++)
    {
      gint64 offset = (gint64)c * g->dilation;

      w->filled.columns[c] = by_phase (g, width)
                                 ? (size_t)(offset % g->stride * phase_length (g, width) + offset / g->stride)
                                 : (size_t)c * width;
    }
  for (int r = 0; r < rows; r++)
    for (int a = 0; a < g->kernel_height; a++)
      {
        gint64 slot = slot_of (g, rows, r, a);

        if (!done[slot])
          gather_row (w, (gint64)(i + r) * g->stride + (gint64)a * g->dilation - g->top,
                      (gint64)j * g->stride - g->left, width, w->scratch + (size_t)slot * length);
        done[slot] = TRUE;
      }
}

/* Calls @row for each row of outputs of the rectangle, in pieces that fit the scratch, with where its input rows lie.
 */
typedef void (*RowFunc) (EwCpuWindow *w, const size_t *rows, int i, int j, int width, gpointer data);

static void
each_gathered_row (EwCpuWindow *w, int i, int j, int rows, int width, RowFunc func, gpointer data)
{
  const EwGeometry *g = w->geometry;
  int high = rows;
  int wide = width;
  size_t at[EW_KERNEL_SIDE_MAX];

  ew_cpu_window_fit (g, &high, &wide);
  for (int top = 0; top < rows; top += high)
    for (int left = 0; left < width; left += wide)
      {
        int n_rows = MIN (high, rows - top);
        int n_columns = MIN (wide, width - left);

        gather (w, i + top, j + left, n_rows, n_columns);
        for (int r = 0; r < n_rows; r++)
          {
            for (int a = 0; a < g->kernel_height; a++)
              at[a] = (size_t)slot_of (g, n_rows, r, a) * w->filled.stride;
            func (w, at, top + r, left, n_columns, data);
          }
      }
}

typedef struct
{
  float *y;
  const float *r;
  size_t stride;
  double *sums;
} RowData;

static void
correlate_row (EwCpuWindow *w, const size_t *rows, int i, int j, int width, gpointer data)
{
  const RowData *d = data;

  w->kernels->correlate_gathered (w->scratch, rows, w->filled.columns, w->taps, w->geometry->kernel_height,
                                  w->geometry->kernel_width, w->bias, d->y + (size_t)i * d->stride + j, width);
}

static void
gradient_row (EwCpuWindow *w, const size_t *rows, int i, int j, int width, gpointer data)
{
  const RowData *d = data;

  w->kernels->gradient_gathered (w->scratch, rows, w->filled.columns, d->r + (size_t)i * d->stride + j,
                                 w->geometry->kernel_height, w->geometry->kernel_width, width, d->sums);
}

static void
subtract (const EwCpuHints *hints, int rows, int width, float *y, size_t y_stride)
{
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < width; j++)
      y[(size_t)i * y_stride + j] -= hints->minus[(size_t)i * hints->minus_stride + j];
}

void
ew_cpu_window_correlate (EwCpuWindow *w, int i, int j, int rows, int width, float *y, size_t y_stride,
                         const EwCpuHints *hints)
{
  const EwGeometry *g = w->geometry;
  size_t stride;
  const float *x = dense (w, i, j, rows, width, &stride);
  RowData data = { .y = y, .stride = y_stride };
  EwCpuHints kept = *hints;

  if (x == NULL)
    {
      each_gathered_row (w, i, j, rows, width, correlate_row, &data);
      if (hints->minus != NULL)
        subtract (hints, rows, width, y, y_stride);
      return;
    }
  if (g->dilation > 1 || x == w->scratch)
    kept.x_ahead = 0;
  kept.minus_stride = hints->minus_stride * (size_t)g->dilation;
  /* Output rows that are @dilation apart see the same input rows: each such set is a plane of its own. */
  for (int phase = 0; phase < MIN (g->dilation, rows); phase++)
    {
      if (hints->minus != NULL)
        kept.minus = hints->minus + (size_t)phase * hints->minus_stride;
      w->kernels->correlate_hinted (x + (size_t)phase * stride, stride * (size_t)g->dilation, w->taps, g->kernel_height,
                                    g->kernel_width, w->bias, y + (size_t)phase * y_stride,
                                    y_stride * (size_t)g->dilation, (rows - 1 - phase) / g->dilation + 1, width,
                                    g->dilation, &kept);
    }
}

void
ew_cpu_window_gradient (EwCpuWindow *w, int i, int j, int rows, int width, const float *r, size_t r_stride,
                        double *sums)
{
  const EwGeometry *g = w->geometry;
  size_t stride;
  const float *x = dense (w, i, j, rows, width, &stride);
  RowData data = { .r = r, .stride = r_stride, .sums = sums };

  if (x == NULL)
    each_gathered_row (w, i, j, rows, width, gradient_row, &data);
  else
    for (int phase = 0; phase < MIN (g->dilation, rows); phase++)
      w->kernels->gradient (x + (size_t)phase * stride, stride * (size_t)g->dilation, r + (size_t)phase * r_stride,
                            r_stride * (size_t)g->dilation, g->kernel_height, g->kernel_width,
                            (rows - 1 - phase) / g->dilation + 1, width, g->dilation, sums);
}
