/* G and h with any weights: for each tap, m·x at that tap against x at the tap itself and all after it. Tiles are cut into
 * chunks, each with sums of its own, which are added in order. */
#include "engine/cpu-gram-private.h"

/* Chunks, as far as so many bytes hold their sums. */
#define CHUNKS_MAX  16
#define CHUNK_BYTES (16 << 20)

/* A row of taps of one plane against every plane from that on; with row −1 what is linear in x. */
typedef struct
{
  int chunk;
  int plane;
  int row;
} Item;

/**
 * Job:
 * @places: the first place of each plane's taps; they lie plane by plane
 * @sums: for each chunk n_taps × n_taps as the upper triangle of G, but by place; n_taps + 1 for h, as many for the bias
 * @chunk_size: how many that are
 */
typedef struct
{
  const EwGramWork *work;
  const EwGramPhase *phase;
  const GArray *tiles;
  int n_chunks;
  int n_taps;
  GArray *items;
  const int *places;
  double *sums;
  size_t chunk_size;
} Job;

/* The tiles of a chunk. */
static void
chunk_range (const Job *job, int chunk, guint *first, guint *end)
{
  *first = (guint)((guint64)job->tiles->len * (guint64)chunk / (guint64)job->n_chunks);
  *end = (guint)((guint64)job->tiles->len * (guint64)(chunk + 1) / (guint64)job->n_chunks);
}

static const float *
at (const EwGramView *view, const EwGramTile *tile, int row)
{
  return ew_gram_view_row (view, tile->row + row) + tile->column;
}

/* One row of taps of a plane against the taps of another, its own row and those below for itself. */
static void
add_products (const Job *job, const Item *item, const EwGramTile *tile, double *sums)
{
  const EwGramPhase *phase = job->phase;
  const EwGramPlane *a = &phase->planes[item->plane];
  size_t first = (size_t)job->places[item->plane] + (size_t)item->row * a->kw;

  for (int p = item->plane; p < phase->n_planes; p++)
    {
      const EwGramPlane *b = &phase->planes[p];
      int from = p == item->plane ? item->row : 0;

      job->work->sums->weighted (at (&phase->mask, tile, 0), phase->mask.stride, at (&a->x, tile, item->row),
                                 a->x.stride, a->kw, at (&b->x, tile, from), b->x.stride, tile->height, tile->width,
                                 b->kh - from, b->kw,
                                 sums + first * job->n_taps + job->places[p] + (size_t)from * b->kw, job->n_taps);
    }
}

/* Σ m·y·x and, for the bias, Σ m·x; with the first plane also Σ m·y and Σ m. */
static void
add_linear (const Job *job, int plane, const EwGramTile *tile, double *sums)
{
  const EwGramPhase *phase = job->phase;
  const EwGramView *y = &phase->y;
  const EwGramView *m = &phase->mask;
  const EwGramPlane *x = &phase->planes[plane];
  const EwCpuGramSums *table = job->work->sums;
  double *h = sums + (size_t)job->n_taps * job->n_taps;
  double *bias = h + job->n_taps + 1;
  int place = job->places[plane];

  table->weighted (at (m, tile, 0), m->stride, at (y, tile, 0), y->stride, 1, at (&x->x, tile, 0), x->x.stride,
                   tile->height, tile->width, x->kh, x->kw, h + place, 0);
  if (!job->work->has_bias)
    return;
  table->cross (at (m, tile, 0), m->stride, at (&x->x, tile, 0), x->x.stride, tile->height, tile->width, x->kh, x->kw, 0,
                bias + place, x->kw);
  if (plane > 0)
    return;
  table->cross (at (m, tile, 0), m->stride, at (y, tile, 0), y->stride, tile->height, tile->width, 1, 1, 0,
                h + job->n_taps, 1);
  bias[job->n_taps] += table->total (at (m, tile, 0), m->stride, tile->height, tile->width);
}

static void
run_item (int number, gpointer data)
{
  const Job *job = data;
  const Item *item = &g_array_index (job->items, Item, number);
  double *sums = job->sums + (size_t)item->chunk * job->chunk_size;
  guint first, end;

  chunk_range (job, item->chunk, &first, &end);
  for (guint t = first; t < end && !ew_cancelled (job->work->cancel); t++)
    {
      const EwGramTile *tile = &g_array_index (job->tiles, EwGramTile, t);

      if (item->row < 0)
        add_linear (job, item->plane, tile, sums);
      else
        add_products (job, item, tile, sums);
    }
}

/* taps[place] = the tap's number. Planes come one after the other, so of two places the later one may be the earlier tap.
 */
static void
find_taps (const Job *job, int *taps)
{
  for (int p = 0; p < job->phase->n_planes; p++)
    {
      const EwGramPlane *plane = &job->phase->planes[p];

      for (int k = 0; k < plane->kh * plane->kw; k++)
        taps[job->places[p] + k]
            = ew_gram_phase_tap (job->phase, plane, k / plane->kw, k % plane->kw, job->work->kernel_width);
    }
}

static void
add_chunk (const Job *job, const double *sums, const int *taps)
{
  EwGram *gram = job->work->gram;
  size_t n = (size_t)gram->n;
  int n_taps = job->n_taps;
  const double *h = sums + (size_t)n_taps * n_taps;
  const double *bias = h + n_taps + 1;

  for (int k = 0; k < n_taps; k++)
    {
      for (int l = k; l < n_taps; l++)
        gram->g[MIN (taps[k], taps[l]) * n + MAX (taps[k], taps[l])] += sums[(size_t)k * n_taps + l];
      gram->h[taps[k]] += h[k];
      if (job->work->has_bias)
        gram->g[taps[k] * n + n - 1] += bias[k];
    }
  if (!job->work->has_bias)
    return;
  gram->h[n - 1] += h[n_taps];
  gram->g[n * n - 1] += bias[n_taps];
}

static void
list_items (const Job *job)
{
  for (int chunk = 0; chunk < job->n_chunks; chunk++)
    for (int p = 0; p < job->phase->n_planes; p++)
      for (int row = -1; row < job->phase->planes[p].kh; row++)
        {
          Item item = { chunk, p, row };

          g_array_append_val (job->items, item);
        }
}

static gboolean
run_all (Job *job, GError **error)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_autofree int *taps = g_new (int, job->n_taps);
  g_autofree double *sums = g_try_new0 (double, (size_t)job->n_chunks *job->chunk_size);

  if (sums == NULL)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the Gram matrix of %d weights.",
                   job->work->gram->n);
      return FALSE;
    }
  job->items = items;
  job->sums = sums;
  list_items (job);
  if (!ew_pool_run (job->work->pool, (int)items->len, run_item, job, job->work->cancel))
    return ew_gram_cancelled (error);
  find_taps (job, taps);
  for (int chunk = 0; chunk < job->n_chunks; chunk++)
    add_chunk (job, sums + (size_t)chunk * job->chunk_size, taps);
  return TRUE;
}

gboolean
ew_gram_add_tiles (const EwGramWork *work, const EwGramPhase *phase, const GArray *tiles, GError **error)
{
  g_autofree int *places = g_new (int, phase->n_planes);
  Job job = { .work = work, .phase = phase, .tiles = tiles, .places = places };

  if (tiles->len == 0)
    return TRUE;
  for (int p = 0; p < phase->n_planes; p++)
    {
      places[p] = job.n_taps;
      job.n_taps += phase->planes[p].kh * phase->planes[p].kw;
    }
  job.chunk_size = (size_t)job.n_taps * job.n_taps + 2 * ((size_t)job.n_taps + 1);
  job.n_chunks = (int)CLAMP (CHUNK_BYTES / (job.chunk_size * sizeof (double)), 1, CHUNKS_MAX);
  job.n_chunks = (int)MIN ((guint)job.n_chunks, tiles->len);
  return run_all (&job, error);
}
