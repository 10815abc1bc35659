/* EwHistory: points of a power-of-two number of epochs; when there is no room for another, neighbours are merged.
 *
 * On a log axis the first epochs take as much room as the last ones. So before points of a span s are merged, the second
 * 1/32 of them is put by, as an octave that keeps that span: from P·s to 2·P·s, P being a 32nd of the capacity. Together
 * these octaves reach to where the present, wider points have become as fine again in proportion to their epoch. */
#include "engine/history.h"

#include <math.h>
#include <string.h>

/* Bytes of the weights' curves; with the losses the points that are merged stay below 4 MB. */
#define WEIGHT_BYTES (3 * 1024 * 1024)
#define POINTS_MAX   4096
#define OCTAVE_PART  32

/* Extremes, point by point, so that recording an epoch touches one place: weight w of point p is [p * n_weights + w]. */
typedef struct
{
  int n;
  int capacity;
  double *loss_min;
  double *loss_max;
  float *weight_min;
  float *weight_max;
} Points;

struct _EwHistory
{
  int n_weights;
  int octave; /* P */
  guint64 first_epoch;
  guint64 last_epoch;
  guint64 span;
  Points points; /* capacity: even */
  Points head;   /* the octaves: P points of span 1, then P each of span 1, 2, 4 … */
};

static void
points_reserve (Points *points, int capacity, int n_weights)
{
  points->capacity = capacity;
  points->loss_min = g_renew (double, points->loss_min, capacity);
  points->loss_max = g_renew (double, points->loss_max, capacity);
  points->weight_min = g_renew (float, points->weight_min, (size_t)capacity * n_weights);
  points->weight_max = g_renew (float, points->weight_max, (size_t)capacity * n_weights);
}

static void
points_clear (Points *points)
{
  g_free (points->loss_min);
  g_free (points->loss_max);
  g_free (points->weight_min);
  g_free (points->weight_max);
}

EwHistory *
ew_history_new (int n_params)
{
  EwHistory *history = g_new0 (EwHistory, 1);
  int fit;

  history->n_weights = MIN (n_params, EW_CURVES_MAX);
  fit = WEIGHT_BYTES / (history->n_weights * 2 * (int)sizeof (float));
  points_reserve (&history->points, CLAMP (fit, 2, POINTS_MAX) / 2 * 2, history->n_weights);
  history->octave = MAX (history->points.capacity / OCTAVE_PART, 1);
  history->span = 1;
  return history;
}

void
ew_history_free (EwHistory *history)
{
  if (history == NULL)
    return;
  points_clear (&history->points);
  points_clear (&history->head);
  g_free (history);
}

void
ew_history_clear (EwHistory *history)
{
  history->points.n = 0;
  history->head.n = 0;
  history->span = 1;
  history->first_epoch = 0;
  history->last_epoch = 0;
}

/* Point @to becomes the union of points @a and @b. fmin and fmax pass over NaN. */
static void
merge_points (Points *p, size_t n, int to, int a, int b)
{
  p->loss_min[to] = fmin (p->loss_min[a], p->loss_min[b]);
  p->loss_max[to] = fmax (p->loss_max[a], p->loss_max[b]);
  for (size_t w = 0; w < n; w++)
    {
      p->weight_min[to * n + w] = fminf (p->weight_min[a * n + w], p->weight_min[b * n + w]);
      p->weight_max[to * n + w] = fmaxf (p->weight_max[a * n + w], p->weight_max[b * n + w]);
    }
}

/* Puts points of the finest span by, before they are merged. */
static void
put_by (EwHistory *history, int first, int n)
{
  Points *head = &history->head;
  const Points *points = &history->points;
  size_t w = history->n_weights;

  points_reserve (head, head->n + n, history->n_weights);
  memcpy (head->loss_min + head->n, points->loss_min + first, n * sizeof (double));
  memcpy (head->loss_max + head->n, points->loss_max + first, n * sizeof (double));
  memcpy (head->weight_min + head->n * w, points->weight_min + first * w, n * w * sizeof (float));
  memcpy (head->weight_max + head->n * w, points->weight_max + first * w, n * w * sizeof (float));
  head->n += n;
}

static void
halve (EwHistory *history)
{
  Points *points = &history->points;

  if (history->span == 1)
    put_by (history, 0, history->octave);
  put_by (history, history->octave, history->octave);
  for (int p = 0; p < points->n / 2; p++)
    merge_points (points, history->n_weights, p, 2 * p, 2 * p + 1);
  points->n /= 2;
  history->span *= 2;
}

void
ew_history_add (EwHistory *history, guint64 epoch, double loss, const double *params)
{
  Points *points = &history->points;

  if (points->n == 0)
    history->first_epoch = epoch;

  guint64 place = (epoch - history->first_epoch) / history->span;

  if (place == (guint64)points->capacity)
    {
      halve (history);
      place /= 2;
    }

  gboolean fresh = place == (guint64)points->n;
  size_t row = place * history->n_weights;
  double finite = isfinite (loss) ? loss : NAN;

  history->last_epoch = epoch;
  points->loss_min[place] = fresh ? finite : fmin (points->loss_min[place], finite);
  points->loss_max[place] = fresh ? finite : fmax (points->loss_max[place], finite);
  for (int w = 0; w < history->n_weights; w++)
    {
      float value = (float)params[w];

      points->weight_min[row + w] = fresh ? value : fminf (points->weight_min[row + w], value);
      points->weight_max[row + w] = fresh ? value : fmaxf (points->weight_max[row + w], value);
    }
  if (fresh)
    points->n++;
}

guint64
ew_history_cut (EwHistory *history, guint64 epoch)
{
  guint64 first = history->first_epoch;
  guint64 kept = epoch < first ? 0 : epoch - first + 1;

  if (history->points.n == 0 || epoch >= history->last_epoch)
    return MAX (epoch, history->last_epoch) + 1;
  /* A run of that length would have finer points. */
  if (kept == 0 || (history->span > 1 && kept <= history->points.capacity * (history->span / 2)))
    {
      ew_history_clear (history);
      return MIN (first, epoch + 1);
    }
  history->points.n = (int)(kept / history->span);
  history->last_epoch = first + (guint64)history->points.n * history->span - 1;
  return history->last_epoch + 1;
}

/* Copies points from @first on to point @to of the curves and says where they start. */
static void
copy_points (EwCurves *curves, const EwHistory *history, const Points *points, int first, int to)
{
  size_t n = points->n - first;
  size_t n_weights = curves->n_weights;

  if (n == 0)
    return;
  memcpy (curves->loss_min + to, points->loss_min + first, n * sizeof (double));
  memcpy (curves->loss_max + to, points->loss_max + first, n * sizeof (double));
  for (size_t p = 0; p < n; p++)
    for (size_t w = 0; w < n_weights; w++)
      {
        curves->weight_min[w * curves->n_points + to + p] = points->weight_min[(first + p) * n_weights + w];
        curves->weight_max[w * curves->n_points + to + p] = points->weight_max[(first + p) * n_weights + w];
      }
}

static void
set_starts (EwCurves *curves, const EwHistory *history, int n_head, int first)
{
  guint64 octave = history->octave;

  for (guint64 p = 0; p < (guint64)n_head; p++)
    {
      guint64 k = p < octave ? 0 : p / octave - 1;

      curves->starts[p] = history->first_epoch + (p < octave ? p : (octave + p % octave) << k);
    }
  for (int p = n_head; p < curves->n_points; p++)
    curves->starts[p] = history->first_epoch + (guint64)(first + p - n_head) * history->span;
}

EwCurves *
ew_history_curves (const EwHistory *history)
{
  EwCurves *curves = g_new0 (EwCurves, 1);
  size_t weights = history->n_weights;
  int n_head = history->head.n;
  /* The head reaches up to this point. */
  int first = n_head > 0 ? history->octave : 0;
  size_t points = n_head + history->points.n - first;

  ew_refs_init (&curves->refs);
  curves->n_points = (int)points;
  curves->n_weights = history->n_weights;
  curves->first_epoch = history->first_epoch;
  curves->last_epoch = history->last_epoch;
  curves->span = history->span;
  curves->starts = g_new (guint64, points);
  curves->loss_min = g_new (double, points);
  curves->loss_max = g_new (double, points);
  curves->weight_min = g_new (float, weights *points);
  curves->weight_max = g_new (float, weights *points);
  if (n_head > 0)
    copy_points (curves, history, &history->head, 0, 0);
  copy_points (curves, history, &history->points, first, n_head);
  set_starts (curves, history, n_head, first);
  return curves;
}

int
ew_curves_find (const EwCurves *curves, guint64 epoch)
{
  int low = 0;
  int high = curves->n_points;

  if (high == 0 || epoch < curves->first_epoch || epoch > curves->last_epoch)
    return -1;
  while (high - low > 1)
    {
      int middle = (low + high) / 2;

      if (curves->starts[middle] <= epoch)
        low = middle;
      else
        high = middle;
    }
  return low;
}

EwCurves *
ew_curves_ref (EwCurves *curves)
{
  ew_refs_acquire (&curves->refs);
  return curves;
}

void
ew_curves_unref (EwCurves *curves)
{
  if (curves == NULL || !ew_refs_release (&curves->refs))
    return;
  g_free (curves->starts);
  g_free (curves->loss_min);
  g_free (curves->loss_max);
  g_free (curves->weight_min);
  g_free (curves->weight_max);
  g_free (curves);
}
