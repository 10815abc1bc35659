/* EwHistory: points of a power-of-two number of epochs; when there is no room for another, neighbours are merged. */
#include "engine/history.h"

#include <math.h>
#include <string.h>

/* Bytes of the weights' curves; with the losses a history stays below 4 MB. */
#define WEIGHT_BYTES (3 * 1024 * 1024)
#define POINTS_MAX   4096

struct _EwHistory
{
  int n_weights;
  int capacity; /* points; even */
  int n_points;
  guint64 first_epoch;
  guint64 last_epoch;
  guint64 span;
  double *loss_min;
  double *loss_max;
  /* Point by point, so that recording an epoch touches one place: weight w of point p is [p * n_weights + w]. */
  float *weight_min;
  float *weight_max;
};

EwHistory *
ew_history_new (int n_params)
{
  EwHistory *history = g_new0 (EwHistory, 1);

  history->n_weights = MIN (n_params, EW_CURVES_MAX);
  history->capacity = CLAMP (WEIGHT_BYTES / (history->n_weights * 2 * (int)sizeof (float)), 2, POINTS_MAX) / 2 * 2;
  history->loss_min = g_new (double, history->capacity);
  history->loss_max = g_new (double, history->capacity);
  history->weight_min = g_new (float, (size_t)history->capacity * history->n_weights);
  history->weight_max = g_new (float, (size_t)history->capacity * history->n_weights);
  history->span = 1;
  return history;
}

void
ew_history_free (EwHistory *history)
{
  if (history == NULL)
    return;
  g_free (history->loss_min);
  g_free (history->loss_max);
  g_free (history->weight_min);
  g_free (history->weight_max);
  g_free (history);
}

void
ew_history_clear (EwHistory *history)
{
  history->n_points = 0;
  history->span = 1;
  history->first_epoch = 0;
  history->last_epoch = 0;
}

/* Point @to becomes the union of points @a and @b. fmin and fmax pass over NaN. */
static void
merge_points (EwHistory *h, int to, int a, int b)
{
  size_t n = h->n_weights;

  h->loss_min[to] = fmin (h->loss_min[a], h->loss_min[b]);
  h->loss_max[to] = fmax (h->loss_max[a], h->loss_max[b]);
  for (size_t w = 0; w < n; w++)
    {
      h->weight_min[to * n + w] = fminf (h->weight_min[a * n + w], h->weight_min[b * n + w]);
      h->weight_max[to * n + w] = fmaxf (h->weight_max[a * n + w], h->weight_max[b * n + w]);
    }
}

static void
halve (EwHistory *history)
{
  for (int p = 0; p < history->n_points / 2; p++)
    merge_points (history, p, 2 * p, 2 * p + 1);
  history->n_points /= 2;
  history->span *= 2;
}

void
ew_history_add (EwHistory *history, guint64 epoch, double loss, const double *params)
{
  if (history->n_points == 0)
    history->first_epoch = epoch;

  guint64 place = (epoch - history->first_epoch) / history->span;

  if (place == (guint64)history->capacity)
    {
      halve (history);
      place /= 2;
    }

  gboolean fresh = place == (guint64)history->n_points;
  size_t row = place * history->n_weights;
  double finite = isfinite (loss) ? loss : NAN;

  history->last_epoch = epoch;
  history->loss_min[place] = fresh ? finite : fmin (history->loss_min[place], finite);
  history->loss_max[place] = fresh ? finite : fmax (history->loss_max[place], finite);
  for (int w = 0; w < history->n_weights; w++)
    {
      float value = (float)params[w];

      history->weight_min[row + w] = fresh ? value : fminf (history->weight_min[row + w], value);
      history->weight_max[row + w] = fresh ? value : fmaxf (history->weight_max[row + w], value);
    }
  if (fresh)
    history->n_points++;
}

EwCurves *
ew_history_curves (const EwHistory *history)
{
  EwCurves *curves = g_new0 (EwCurves, 1);
  size_t points = history->n_points;
  size_t weights = history->n_weights;

  ew_refs_init (&curves->refs);
  curves->n_points = history->n_points;
  curves->n_weights = history->n_weights;
  curves->first_epoch = history->first_epoch;
  curves->last_epoch = history->last_epoch;
  curves->span = history->span;
  curves->loss_min = g_memdup2 (history->loss_min, points * sizeof (double));
  curves->loss_max = g_memdup2 (history->loss_max, points * sizeof (double));
  curves->weight_min = g_new (float, weights *points);
  curves->weight_max = g_new (float, weights *points);
  for (size_t p = 0; p < points; p++)
    for (size_t w = 0; w < weights; w++)
      {
        curves->weight_min[w * points + p] = history->weight_min[p * weights + w];
        curves->weight_max[w * points + p] = history->weight_max[p * weights + w];
      }
  return curves;
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
  g_free (curves->loss_min);
  g_free (curves->loss_max);
  g_free (curves->weight_min);
  g_free (curves->weight_max);
  g_free (curves);
}
