/* Overlap-save in a ring. Rows of the input are transformed once and stay in a ring of `height` rows while the columns'
 * transforms, which overlap, walk down. Row r lies at r modulo height: a circular correlation gives the same outputs
 * wherever its rows begin, each at its own row's place, so that nothing is ever moved.
 *
 * Two stretches of the image go through one complex transform as its real and imaginary part, which a real kernel keeps
 * apart: FFTW's complex transforms are more than twice as fast as its real ones of the same data. */
#include "engine/fft-walk.h"

#include "engine/courtesy.h"

#include <math.h>
#include <string.h>

#define FLOATS_OF_A_LINE 16
#define AHEAD            4

/* One of the two stretches. */
typedef struct
{
  int first;    /* its first row of outputs; inputs begin there too */
  int rows;     /* outputs; 0 where there is none */
  float centre; /* taken away from the inputs, so that large offsets do not cost digits */
  float offset; /* what that, and the bias, adds to the outputs */
} Stretch;

typedef struct
{
  const EwFftJob *job;
  int column;
  int in_columns;
  int out_columns;
  int rows;     /* the longer stretch's */
  gboolean bad; /* some input was kept out */
  Stretch stretches[2];
  int loaded; /* rows of the ring that were filled so far */
  EwComplex *ring;
  EwComplex *out;
  EwComplex *block;
  EwComplex *row;
} Walk;

static const float zeros[EW_FFT_WIDTH_MAX];

size_t
ew_fft_walk_scratch (const EwFftTiling *t)
{
  return (size_t)t->height * (2 * EW_FFT_PITCH (t->width) + EW_FFT_BLOCK) + (size_t)t->width;
}

static int
rows_in (const Walk *w, const Stretch *s)
{
  return s->rows == 0 ? 0 : s->rows + w->job->kernel_height - 1;
}

static const float *
input (const Walk *w, const Stretch *s, int row)
{
  return ew_grid_row (w->job->x, s->first + row) + w->column;
}

/* A mean of the values that take part; every fourth row will do, since it only has to be somewhere among them. Sums run
 * down the columns, so that they are vectors without being reordered. */
static void
find_centre (Walk *w, Stretch *s)
{
  float *sums = w->row[0];
  int n = rows_in (w, s);
  int n_added = 0;
  double total = 0;

  memset (sums, 0, (size_t)w->in_columns * sizeof (float));
  for (int r = 0; r < n; r += 4)
    n_added += w->job->loops->add (input (w, s, r), w->job->limit, w->in_columns, sums);
  for (int j = 0; j < w->in_columns; j++)
    total += (double)sums[j];
  s->centre = (float)(total / MAX (n_added, 1));
  s->offset = (float)(w->job->bias + (double)s->centre * w->job->taps_sum);
}

static void
begin (Walk *w, const EwFftJob *job, int strip, int walk, EwComplex *scratch)
{
  const EwFftTiling *t = &job->tiling;
  size_t plane = (size_t)t->height * EW_FFT_PITCH (t->width);

  *w = (Walk){ .job = job, .column = strip * t->tile_columns };
  w->in_columns = MIN (t->width, job->x->width - w->column);
  w->out_columns = MIN (t->tile_columns, job->y->width - w->column);
  w->ring = scratch;
  w->out = w->ring + plane;
  w->block = w->out + plane;
  w->row = w->block + (size_t)t->height * EW_FFT_BLOCK;
  for (int k = 0; k < 2; k++)
    {
      Stretch *s = &w->stretches[k];

      s->first = (k * t->n_walks + walk) * t->walk_rows;
      s->rows = CLAMP (job->y->height - s->first, 0, t->walk_rows);
      w->rows = MAX (w->rows, s->rows);
      find_centre (w, s);
    }
}

/* Rows of a large image lie in pages of their own, where the processor's prefetcher begins anew: it is told of both
 * stretches' rows a little before they are used. */
static void
announce_input (const Walk *w, int row)
{
  for (int k = 0; k < 2; k++)
    if (row < rows_in (w, &w->stretches[k]))
      for (int j = 0; j < w->in_columns; j += FLOATS_OF_A_LINE)
        __builtin_prefetch (input (w, &w->stretches[k], row) + j);
}

static float *
output (const Walk *w, const Stretch *s, int row)
{
  return ew_grid_row (w->job->y, s->first + row) + w->column;
}

static void
announce_output (const Walk *w, int row)
{
  for (int k = 0; k < 2; k++)
    if (row < w->stretches[k].rows)
      for (int j = 0; j < w->out_columns; j += FLOATS_OF_A_LINE)
        __builtin_prefetch (output (w, &w->stretches[k], row) + j, 1);
}

/* Fills the ring up to row @until; below the input there are zeros. */
static void
load_rows (Walk *w, int until)
{
  const EwFftJob *job = w->job;
  int width = job->tiling.width;

  for (; w->loaded < until; w->loaded++)
    {
      EwComplex *to = w->ring + (size_t)(w->loaded % job->tiling.height) * EW_FFT_PITCH (width);
      const float *from[2] = { zeros, zeros };
      float centre[2] = { 0, 0 };

      for (int k = 0; k < 2; k++)
        if (w->loaded < rows_in (w, &w->stretches[k]))
          {
            from[k] = input (w, &w->stretches[k], w->loaded);
            centre[k] = w->stretches[k].centre;
          }
      announce_input (w, w->loaded + AHEAD);
      if (from[0] == zeros && from[1] == zeros)
        {
          memset (to, 0, (size_t)width * sizeof *to);
          continue;
        }
      w->bad |= job->loops->zip (from[0], from[1], centre, job->limit, w->in_columns, w->row);
      memset (w->row + w->in_columns, 0, (size_t)(width - w->in_columns) * sizeof *to);
      job->fftw->execute (job->plans.row_forward, w->row, to);
    }
}

static void
transform_columns (Walk *w)
{
  const EwFftJob *job = w->job;
  int height = job->tiling.height;

  for (int c = 0; c < job->tiling.width; c += EW_FFT_BLOCK)
    {
      job->fftw->execute (job->plans.column_forward, w->ring + c, w->block);
      job->loops->multiply (w->block, job->spectrum + (size_t)c * height, height * EW_FFT_BLOCK);
      job->fftw->execute (job->plans.column_inverse, w->block, w->out + c);
    }
}

static void
store_rows (Walk *w, int first, int rows)
{
  const EwFftJob *job = w->job;
  float offsets[2] = { w->stretches[0].offset, w->stretches[1].offset };

  for (int i = first; i < first + rows; i++)
    {
      EwComplex *from = w->out + (size_t)(i % job->tiling.height) * EW_FFT_PITCH (job->tiling.width);
      float *to[2];

      announce_output (w, i + AHEAD);
      job->fftw->execute (job->plans.row_inverse, from, w->row);
      for (int k = 0; k < 2; k++)
        /* Where a stretch has ended, its part goes nowhere: into the row that has just been used. */
        to[k] = i < w->stretches[k].rows ? output (w, &w->stretches[k], i) : from[0];
      job->loops->unzip (w->row, job->scale, offsets, w->out_columns, to[0], to[1]);
    }
}

/* The first and the last value of a row that was kept out; first > last where there is none. */
static void
find_bad (const Walk *w, const Stretch *s, int row, int *first, int *last)
{
  const float *x = input (w, s, row);

  *first = w->in_columns;
  *last = -1;
  for (int j = 0; j < w->in_columns; j++)
    if (!(fabsf (x[j]) <= w->job->limit))
      {
        *first = MIN (*first, j);
        *last = j;
      }
}

/* Outputs whose window holds a value that was kept out are computed directly. */
static void
repair (const Walk *w, const Stretch *s)
{
  gint16 first[EW_FFT_WALK_MAX + 64];
  gint16 last[EW_FFT_WALK_MAX + 64];
  int kh = w->job->kernel_height;
  int n = rows_in (w, s);

  for (int r = 0; r < n; r++)
    {
      int from, to;

      find_bad (w, s, r, &from, &to);
      first[r] = (gint16)from;
      last[r] = (gint16)to;
    }
  for (int i = 0; i < s->rows; i++)
    {
      int from = w->in_columns;
      int to = -1;

      for (int a = 0; a < kh; a++)
        {
          from = MIN (from, first[i + a]);
          to = MAX (to, last[i + a]);
        }
      from = MAX (from - w->job->kernel_width + 1, 0);
      to = MIN (to, w->out_columns - 1);
      if (from <= to)
        ew_fft_direct (w->job, s->first + i, w->column + from, 1, to - from + 1);
    }
}

void
ew_fft_direct (const EwFftJob *job, int i, int j, int rows, int columns)
{
  job->kernels->correlate (ew_grid_row (job->x, i) + j, job->x->stride, job->taps, job->kernel_height,
                           job->kernel_width, (float)job->bias, ew_grid_row (job->y, i) + j, job->y->stride, rows,
                           columns);
}

void
ew_fft_walk (const EwFftJob *job, int strip, int walk, EwComplex *scratch)
{
  Walk w;

  begin (&w, job, strip, walk, scratch);
  for (int first = 0; first < w.rows && !ew_cancelled (job->cancel); first += job->tiling.tile_rows)
    {
      ew_courtesy_give_way ();
      load_rows (&w, first + job->tiling.height);
      transform_columns (&w);
      store_rows (&w, first, MIN (job->tiling.tile_rows, w.rows - first));
    }
  for (int k = 0; k < 2; k++)
    if (w.bad && !ew_cancelled (job->cancel))
      repair (&w, &w.stretches[k]);
}

void
ew_fft_transform_kernel (const EwFftJob *job, EwComplex *scratch)
{
  const EwFftTiling *t = &job->tiling;
  int pitch = EW_FFT_PITCH (t->width);
  EwComplex *row = scratch + (size_t)t->height * pitch;

  memset (scratch, 0, (size_t)t->height * pitch * sizeof *scratch);
  for (int a = 0; a < job->kernel_height; a++)
    {
      memset (row, 0, (size_t)t->width * sizeof *row);
      for (int c = 0; c < job->kernel_width; c++)
        row[c][0] = job->taps[a * job->kernel_width + c];
      job->fftw->execute (job->plans.row_forward, row, scratch + (size_t)a * pitch);
    }
  for (int c = 0; c < t->width; c += EW_FFT_BLOCK)
    {
      EwComplex *block = job->spectrum + (size_t)c * t->height;

      job->fftw->execute (job->plans.column_forward, scratch + c, block);
      for (int i = 0; i < t->height * EW_FFT_BLOCK; i++)
        block[i][1] = -block[i][1];
    }
}
