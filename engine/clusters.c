/* EwClusters: a square's windows gathered, its scores, and what they come to. */
#include "engine/clusters.h"

#include "engine/quadratic-private.h"

#include <math.h>
#include <string.h>

/* Squares a parameter below which a square has so much to say that the series is needed. */
#define SERIES_BELOW 1000

/* Parts that threads share. */
#define PARTS 64

/* What one thread works with. */
typedef struct
{
  const EwClusters *clusters;
  const EwQuadratic *q;
  const double *params;
  const EwProblem *problem;
  int n_null;
  gboolean series;
  gint64 n;
  EwCancel *cancel;
  double *squares; /* PARTS × n */
  gint64 *used;    /* PARTS */
} Work;

/* Room for a square: its patches (outputs × n), weights, residuals, and vectors of n. */
typedef struct
{
  double *patches;
  double *weights;
  double *residuals;
  double *score;
  double *moved;
  double *along;
  int n;
} Room;

void
ew_clusters_init (EwClusters *c, int n, gint64 n_residuals)
{
  double needed = fmax (EW_CLUSTERS_MIN, 10.0 * n);

  *c = (EwClusters){ .n = n, .side = EW_CLUSTER_SIDE, .square = g_new0 (double, n) };
  while (c->side > 0 && (double)n_residuals < needed * c->side * c->side)
    c->side /= 2;
  if (c->side == 0)
    return;

  double outputs = (double)c->side * c->side, squares = (double)n_residuals / outputs;
  double each = 2 * n * outputs + 2.0 * n * n;

  c->part = fmin (fmax (EW_CLUSTERS_WORK / each, needed) / squares, 1);
}

void
ew_clusters_clear (EwClusters *c)
{
  g_clear_pointer (&c->square, g_free);
}

double
ew_clusters_error (const EwClusters *c, int k)
{
  return sqrt (c->square[k] * (double)c->n_all / (double)MAX (c->n_used, 1));
}

/* The patch under output (i, j); what lies beyond the input is as the border has it. */
static void
gather_patch (const EwProblem *problem, const EwSample *sample, int i, int j, double *patch)
{
  const EwGeometry *g = &problem->geometry;
  const EwGrid *x = sample->x;

  for (int a = 0; a < g->kernel_height; a++)
    {
      gint64 row = ew_geometry_border_index (g->border, (gint64)i * g->stride + a * g->dilation - g->top, x->height);

      for (int c = 0; c < g->kernel_width; c++)
        {
          gint64 column
              = ew_geometry_border_index (g->border, (gint64)j * g->stride + c * g->dilation - g->left, x->width);

          patch[a * g->kernel_width + c]
              = row < 0 || column < 0 ? 0 : (double)ew_grid_row (x, (int)row)[column];
        }
    }
  if (problem->has_bias)
    patch[problem->n_params - 1] = 1;
}

/* Fills the room from the square at (row, column); FALSE where a mask leaves it out. */
static gboolean
gather (const Work *work, const EwSample *sample, int row, int column, Room *room)
{
  int side = work->clusters->side, n = work->clusters->n;

  room->n = 0;
  for (int i = row; i < MIN (row + side, sample->y->height); i++)
    for (int j = column; j < MIN (column + side, sample->y->width); j++)
      {
        double weight = sample->mask == NULL ? 1 : (double)ew_grid_row (sample->mask, i)[j];
        double *patch = room->patches + (size_t)room->n * (size_t)n;
        double z = 0;

        if (weight == 0)
          continue;
        gather_patch (work->problem, sample, i, j, patch);
        for (int k = 0; k < n; k++)
          z += work->params[k] * patch[k];
        room->weights[room->n] = weight;
        room->residuals[room->n++] = (double)ew_grid_row (sample->y, i)[j] - z;
      }
  return room->n > 0;
}

/* moved = G⁺·score, by eigenvalues. */
static void
solve (const Work *work, const double *score, double *moved)
{
  const EwQuadratic *q = work->q;
  int n = work->clusters->n;

  memset (moved, 0, (size_t)n * sizeof (double));
  for (int e = work->n_null; e < n; e++)
    {
      const double *v = q->vectors + (size_t)e * (size_t)n;
      double along = 0;

      for (int k = 0; k < n; k++)
        along += v[k] * score[k];
      along /= q->values[e];
      for (int k = 0; k < n; k++)
        moved[k] += along * v[k];
    }
}

/* to += Σ m·f·φ, with f = residuals or, where @by is given, φᵀby. */
static void
add_scores (const Work *work, const Room *room, const double *by, double *to)
{
  int n = work->clusters->n;

  for (int o = 0; o < room->n; o++)
    {
      const double *patch = room->patches + (size_t)o * (size_t)n;
      double factor = room->residuals[o];

      if (by != NULL)
        {
          factor = 0;
          for (int k = 0; k < n; k++)
            factor += by[k] * patch[k];
        }
      factor *= room->weights[o];
      for (int k = 0; k < n; k++)
        to[k] += factor * patch[k];
    }
}

static void
look_at (const Work *work, Room *room, double *squares)
{
  int n = work->clusters->n;

  memset (room->score, 0, (size_t)n * sizeof (double));
  add_scores (work, room, NULL, room->score);
  solve (work, room->score, room->moved);
  for (int term = 0; work->series && term < 2; term++)
    {
      memcpy (room->along, room->score, (size_t)n * sizeof (double));
      add_scores (work, room, room->moved, room->along);
      solve (work, room->along, room->moved);
    }
  for (int k = 0; k < n; k++)
    squares[k] += room->moved[k] * room->moved[k];
}

static gint64
across (const Work *work, const EwSample *sample)
{
  return (sample->y->width + work->clusters->side - 1) / work->clusters->side;
}

static gint64
squares_of (const Work *work, const EwSample *sample)
{
  return across (work, sample) * ((sample->y->height + work->clusters->side - 1) / work->clusters->side);
}

/* The square of a number, counted over all samples. */
static const EwSample *
find (const Work *work, gint64 number, int *row, int *column)
{
  const EwSample *sample = work->problem->samples;

  for (; number >= squares_of (work, sample); sample++)
    number -= squares_of (work, sample);
  *row = (int)(number / across (work, sample)) * work->clusters->side;
  *column = (int)(number % across (work, sample)) * work->clusters->side;
  return sample;
}

/* Steps of whole squares, each taken at a place of its own within them, so that no pattern of the picture is in step with
 * them. */
static void
do_part (int item, gpointer data)
{
  const Work *work = data;
  size_t n = (size_t)work->clusters->n, outputs = (size_t)work->clusters->side * (size_t)work->clusters->side;
  g_autofree double *memory = g_new (double, outputs * (n + 2) + 3 * n);
  Room room = { .patches = memory, .weights = memory + outputs * n };
  gint64 taken = (gint64)ceil ((double)work->n * work->clusters->part);
  double step = (double)work->n / (double)taken;

  room.residuals = room.weights + outputs;
  room.score = room.residuals + outputs;
  room.moved = room.score + n;
  room.along = room.moved + n;
  for (gint64 t = taken * item / PARTS; t < taken * (item + 1) / PARTS && !ew_cancelled (work->cancel); t++)
    {
      double within = fmod ((double)t * 0.6180339887498949, 1);
      int row, column;
      const EwSample *sample
          = find (work, MIN ((gint64)(((double)t + (step > 1 ? within : 0)) * step), work->n - 1), &row, &column);

      if (!gather (work, sample, row, column, &room))
        continue;
      work->used[item]++;
      look_at (work, &room, work->squares + (size_t)item * n);
    }
}

/* Parts in their order; those left out by a mask are as many among all as among those looked at. */
static void
add_up (EwClusters *c, const Work *work)
{
  gint64 used = 0, taken = (gint64)ceil ((double)work->n * c->part);

  for (int item = 0; item < PARTS; item++)
    {
      used += work->used[item];
      for (int k = 0; k < c->n; k++)
        c->square[k] += work->squares[(size_t)item * (size_t)c->n + (size_t)k];
    }
  c->n_used += used;
  c->n_all += (gint64)round ((double)used * (double)work->n / (double)MAX (taken, 1));
}

gboolean
ew_clusters_add (EwClusters *c, EwQuadratic *q, const double *params, const EwProblem *problem, EwPool *pool,
                 EwCancel *cancel, GError **error)
{
  g_autofree double *squares = g_new0 (double, (size_t)PARTS *(size_t)c->n);
  gint64 used[PARTS] = { 0 };
  Work work = { c, q, params, problem, 0, TRUE, 0, cancel, squares, used };

  if (c->side == 0 || c->n > EW_QUADRATIC_EIGEN_MAX)
    return TRUE;
  if (!ew_quadratic_eigen (q, error))
    return FALSE;
  while (work.n_null < c->n && q->values[work.n_null] <= ew_quadratic_null_part (q) * fmax (q->values[c->n - 1], 0))
    work.n_null++;
  for (int s = 0; s < problem->n_samples; s++)
    work.n += squares_of (&work, &problem->samples[s]);
  work.series = (double)work.n < (double)SERIES_BELOW * c->n;
  if (pool != NULL)
    ew_pool_run (pool, PARTS, do_part, &work, cancel);
  for (int item = 0; pool == NULL && item < PARTS; item++)
    do_part (item, &work);
  if (ew_cancelled (cancel))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
      return FALSE;
    }
  add_up (c, &work);
  return TRUE;
}
