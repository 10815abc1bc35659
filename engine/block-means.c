/* Block means: rows of pixels are added up to rows of sums, one for each phase, and those along the row.
 *
 * The phases of a square differ by less than its side where the step is 1, so that their sums share a core: the rows
 * from the last phase's first to the first phase's last. What a phase has above and below the core is added up once
 * from one phase to the next. The same again along the columns. */
#include "engine/block-means.h"

#include "engine/block-loops.h"
#include "engine/courtesy.h"
#include "engine/cpu-kernels.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  const EwBlockMeans *m;
  const EwBlockLoops *loops;
  gint64 column;   /* of the plane: where the sums begin */
  int n;           /* columns that are summed up */
  double *sums;    /* n_rows × n */
  double *core;    /* n */
  double *running; /* n */
  double *turned;  /* EW_BLOCK_LANES × span */
  int span;        /* columns of a square, all phases together */
  EwBlockWindows windows;
  int starts[EW_BLOCK_PHASES_MAX];
} Work;

/* The pixels at the two ends of a row that lie outside the plane. */
static void
add_outside (const Work *w, const float *row, int begin, int end, double *to)
{
  for (int k = begin; k < end; k++)
    {
      gint64 j = ew_geometry_border_index (w->m->border, w->column + k, w->m->x->width);

      if (j >= 0)
        to[k] += (double)row[j];
    }
}

/* to[k] += x̃[i, column + k]. */
static void
add_row (const Work *w, gint64 i, double *to)
{
  const EwGrid *x = w->m->x;
  gint64 r = i >= 0 && i < x->height ? i : ew_geometry_border_index (w->m->border, i, x->height);
  int begin = (int)CLAMP (-w->column, 0, w->n);
  int end = (int)CLAMP (x->width - w->column, begin, w->n);

  if (r < 0)
    return;

  const float *row = ew_grid_row (x, (int)r);

  if (begin < end)
    w->loops->widen (row + (w->column + begin), x->stride, to + begin, end - begin);
  add_outside (w, row, 0, begin, to);
  add_outside (w, row, end, w->n, to);
}

static void
add_rows (const Work *w, gint64 begin, gint64 end, double *to)
{
  for (gint64 i = begin; i < end; i++)
    add_row (w, i, to);
}

/* The sums of all row phases of the squares whose first phase begins @top rows below rows[0]. */
static void
sum_rows_sharing (const Work *w, gint64 top)
{
  const EwBlockMeans *m = w->m;
  int last = m->n_rows - 1;
  size_t bytes = (size_t)w->n * sizeof (double);

  memset (w->core, 0, bytes);
  add_rows (w, top + m->rows[last], top + m->rows[0] + m->side, w->core);
  memset (w->running, 0, bytes);
  for (int p = last; p >= 0; p--)
    {
      double *sums = w->sums + (size_t)p * w->n;

      if (p < last)
        add_rows (w, top + m->rows[p], top + m->rows[p + 1], w->running);
      w->loops->join (w->core, w->running, sums, w->n);
    }
  memset (w->running, 0, bytes);
  for (int p = 1; p <= last; p++)
    {
      add_rows (w, top + m->rows[p - 1] + m->side, top + m->rows[p] + m->side, w->running);
      w->loops->add (w->running, w->sums + (size_t)p * w->n, w->n);
    }
}

static void
sum_rows_apart (const Work *w, gint64 top)
{
  const EwBlockMeans *m = w->m;

  memset (w->sums, 0, (size_t)m->n_rows * w->n * sizeof (double));
  for (int p = 0; p < m->n_rows; p++)
    for (int a = 0; a < m->side; a++)
      add_row (w, top + m->rows[p] + (gint64)a * m->step, w->sums + (size_t)p * w->n);
}

/* A few values, one after the other. */
static inline double
sum_of (const double *from, int begin, int end)
{
  double sum = 0;

  for (int k = begin; k < end; k++)
    sum += from[k];
  return sum;
}

/* The sums of all column phases of one square; @from is where pixel columns[0] of it lies, less columns[0]. */
static void
sum_columns_sharing (const Work *w, const double *from, double *sums)
{
  const EwBlockMeans *m = w->m;
  int last = m->n_columns - 1;
  int shared = m->columns[0] + m->side - m->columns[last];
  double core = shared <= 0 ? 0 : w->loops->sum (from + m->columns[last], shared);
  double running = 0;

  sums[last] = core;
  for (int q = last - 1; q >= 0; q--)
    {
      running += sum_of (from, m->columns[q], m->columns[q + 1]);
      sums[q] = core + running;
    }
  running = 0;
  for (int q = 1; q <= last; q++)
    {
      running += sum_of (from, m->columns[q - 1] + m->side, m->columns[q] + m->side);
      sums[q] += running;
    }
}

static void
sum_columns_apart (const EwBlockMeans *m, const double *from, double *sums)
{
  for (int q = 0; q < m->n_columns; q++)
    {
      sums[q] = 0;
      for (int b = 0; b < m->side; b++)
        sums[q] += from[m->columns[q] + (size_t)b * m->step];
    }
}

/* Of blocks [j, j + EW_BLOCK_LANES) of a row, side by side; @rows: row i of the first column phase's plane. */
static void
finish_lanes (const Work *w, const double *from, int j, double scale, float *rows, size_t plane)
{
  double sums[EW_BLOCK_PHASES_MAX * EW_BLOCK_LANES];

  w->loops->turn (from, (size_t)w->m->pitch, w->span, w->turned);
  w->loops->windows (w->turned, &w->windows, sums);
  for (int q = 0; q < w->m->n_columns; q++)
    for (int lane = 0; lane < EW_BLOCK_LANES; lane++)
      rows[q * plane + (size_t)(j + lane)] = (float)(sums[EW_BLOCK_LANES * q + lane] * scale);
}

/* Row i of the planes of row phase p. */
static void
finish_row (const Work *w, int i, int p, EwGrid *planes)
{
  const EwBlockMeans *m = w->m;
  double scale = 1 / ((double)m->side * m->side);
  double sums[EW_BLOCK_PHASES_MAX];
  int j = 0;

  for (; m->step == 1 && j + EW_BLOCK_LANES <= m->width; j += EW_BLOCK_LANES)
    finish_lanes (w, w->sums + (size_t)p * w->n + (size_t)j * m->pitch, j, scale,
                  ew_grid_row (planes, p * m->n_columns * m->height + i), (size_t)m->height * planes->stride);
  for (; j < m->width; j++)
    {
      const double *from = w->sums + (size_t)p * w->n + (size_t)j * m->pitch - m->columns[0];

      if (m->step == 1)
        sum_columns_sharing (w, from, sums);
      else
        sum_columns_apart (m, from, sums);
      for (int q = 0; q < m->n_columns; q++)
        ew_grid_row (planes, (p * m->n_columns + q) * m->height + i)[j] = (float)(sums[q] * scale);
    }
}

/* The loops for the instruction set that all others use too. */
static const EwBlockLoops *
loops_in_use (void)
{
#if defined(__x86_64__)
  const EwCpuKernels *kernels = ew_cpu_kernels (NULL);

  if (kernels == &ew_cpu_avx512)
    return &ew_block_loops_avx512;
  if (kernels == &ew_cpu_avx2)
    return &ew_block_loops_avx2;
#endif
  return &ew_block_loops_generic;
}

gboolean
ew_block_means (const EwBlockMeans *m, EwGrid *planes, EwCancel *cancel, GError **error)
{
  gint64 n = (gint64)(m->width - 1) * m->pitch + m->columns[m->n_columns - 1] - m->columns[0]
             + (gint64)(m->side - 1) * m->step + 1;
  gint64 span = m->columns[m->n_columns - 1] - m->columns[0] + m->side;
  double *memory
      = n > G_MAXINT32 ? NULL : calloc ((size_t)n * (m->n_rows + 2) + (size_t)span * EW_BLOCK_LANES, sizeof *memory);
  Work work = { .m = m,
                .loops = loops_in_use (),
                .column = (gint64)m->first_column * m->pitch + m->columns[0],
                .n = (int)n,
                .sums = memory,
                .span = (int)span,
                .windows = { m->side, m->n_columns, work.starts } };

  if (memory == NULL)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the picture.");
      return FALSE;
    }
  work.core = memory + (size_t)n * m->n_rows;
  work.running = work.core + n;
  work.turned = work.running + n;
  for (int q = 0; q < m->n_columns; q++)
    work.starts[q] = m->columns[q] - m->columns[0];
  for (int i = 0; i < m->height && !ew_cancelled (cancel); i++)
    {
      gint64 top = ((gint64)m->first_row + i) * m->pitch;

      if (m->step == 1)
        sum_rows_sharing (&work, top);
      else
        sum_rows_apart (&work, top);
      for (int p = 0; p < m->n_rows; p++)
        finish_row (&work, i, p, planes);
      ew_courtesy_give_way ();
    }
  free (memory);
  if (!ew_cancelled (cancel))
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return FALSE;
}
