/* The Gram matrix by sums at distances ("lags").
 *
 * What taps (a, c) and (a + u, c + v) see, multiplied and summed over all outputs, is a sum over the core, which lies
 * under every tap and whose sum depends on (u, v) alone, and over the few rows and columns beside it: G takes kh (2kw −
 * 1) sums over the image instead of (kh kw)² / 2. The rows, columns and corners are added, never subtracted, so that
 * nothing cancels. DESIGN: 7×7 over 8192² (N = 6.7e7 outputs), as counted, not as measured:
 *
 *     core   7 · 13 multiply-adds an output in float64     6.1e9
 *     h      7 · 9  (nine distances where seven are used)  4.2e9
 *     edges  12 rows and 12 columns at 7 · 13 distances    1.8e7
 *     bytes  2 planes, those of X read again from the level-2 cache by neighbouring blocks   4 N … 20 N
 *
 * A device that does 17e12 float64 multiply-adds a second (compute capability 9.0) needs 0.61 ms for them at its peak.
 * A fused epoch is 2 · 49 multiply-adds an output in float32, 6.6e9, at 33e12 a second 0.20 ms: four of them at 60 % of
 * that floor are 1.3 ms, so that the sums may run at half of their peak. A lane loads six times four numbers for 104
 * (without a second row of distances 52) multiply-adds, so neither memory nor its cache is the floor. Where float64 is
 * 1/64 of float32 (most devices for desktops) it is more: then sums take 16 epochs or so. */
#include "gpu/cuda-gram.h"

#include <string.h>

/* A block has these rows and columns at a time. */
#define TILE_HEIGHT (EW_CUDA_WARPS * EW_CUDA_LAGS_ROWS)
#define TILE_WIDTH  128

/* Blocks for each multiprocessor, over all pairs of rows of distances. */
#define BLOCKS_EACH 4

/* The kernel that sums where there are more columns of distances than SIDE can be: nine, of which eight are new. */
#define CHUNK_SIDE 5
#define CHUNK_STEP 8

/**
 * Work:
 * @n_bands_max: launches that one sum is cut into
 * @parts: partial sums of a launch
 * @core_side, @core_chunks: the kernel for the core, and how often
 * @h_chunks: how often for h; each has @h_pitch numbers
 */
typedef struct
{
  EwCudaLoaded *loaded;
  EwCudaDevice *device;
  EwCancel *cancel;
  EwCudaMemory memory;
  EwCudaTapsOver over;
  int n_bands_max;
  int parts;
  int core_side;
  int core_chunks;
  int h_side;
  int h_chunks;
  int h_pitch;
  double *partials;
  double *columns;
  double *core;
  double *edges;
  double *h;
  double *g;
} Work;

gboolean
ew_cuda_gram_lags_can (const EwCudaLoaded *loaded)
{
  const EwProblem *problem = loaded->base.problem;
  const EwGeometry *g = &problem->geometry;

  if (g->stride != 1 || g->dilation != 1 || problem->has_mask || loaded->streamed
      || loaded->n_taps > EW_CUDA_GRAM_LAGS_TAPS)
    return FALSE;
  for (int s = 0; s < problem->n_samples; s++)
    if (problem->samples[s].y->height < g->kernel_height || problem->samples[s].y->width < g->kernel_width)
      return FALSE;
  return TRUE;
}

/* --- sums at distances */

/* Rows that one launch may take. */
static int
band_of (const Work *work, int lags, const EwCudaLags *range)
{
  double row
      = (double)(range->end_column - range->first_column) * range->n_down * lags * work->device->float64_slowness;

  return (int)CLAMP (work->device->budget / (row * TILE_HEIGHT), 1, G_MAXINT / TILE_HEIGHT) * TILE_HEIGHT;
}

static int
bands_of (const Work *work, int lags, const EwCudaLags *range)
{
  int band = band_of (work, lags, range);

  return (range->end_row - range->first_row + band - 1) / band;
}

static gboolean
launch_lags (Work *work, int side, EwCudaPlane a, EwCudaPlane b, EwCudaLags range, double *to, int pitch,
             GError **error)
{
  int pairs = (range.n_down + 1) / 2;
  EwCudaTile tile = { TILE_HEIGHT, TILE_WIDTH };
  int left = range.first_column / 4 * 4;
  long long tiles = ew_cuda_tiles (tile, range.end_row - range.first_row, range.end_column - left);
  int parts = (int)MIN (tiles, work->parts);
  void *arguments[] = { &a, &b, &range, &work->partials };

  return ew_cuda_launch (work->device, (EwCudaKernel)(EW_CUDA_KERNEL_LAGS + side - 1), (long long)parts * pairs,
                         EW_CUDA_LAGS_BYTES, arguments, error)
         && ew_cuda_launch_reduce (work->loaded, work->partials, parts, range.n_down * (2 * side - 1) + 1, NULL, to,
                                   pitch, error);
}

/* to[u · lags + k] = Σ a[i, j] · b[i + u, j + shift + k − (side − 1)] over the range, and behind them Σ a. */
static gboolean
sum_lags (Work *work, int side, EwCudaPlane a, EwCudaPlane b, const EwCudaLags *range, double *to, GError **error)
{
  int band = band_of (work, 2 * side - 1, range);
  int n_bands = bands_of (work, 2 * side - 1, range);

  for (int p = 0; p < n_bands; p++)
    {
      EwCudaLags part = *range;

      part.first_row += p * band;
      part.end_row = MIN (part.end_row, part.first_row + band);
      if (!launch_lags (work, side, a, b, part, n_bands == 1 ? to : work->columns + p, n_bands, error)
          || (n_bands > 1 && !ew_cuda_wait (work->device, work->cancel, error)))
        return FALSE;
    }
  return n_bands == 1
         || ew_cuda_launch_reduce (work->loaded, work->columns, n_bands, range->n_down * (2 * side - 1) + 1, NULL, to,
                                   1, error);
}

/* --- one sample */

static EwCudaLags
core_range (const EwCudaTapsOver *over)
{
  return (EwCudaLags){ .first_row = over->kernel_height - 1,
                       .end_row = over->out_height,
                       .first_column = over->kernel_width - 1,
                       .end_column = over->out_width,
                       .n_down = over->kernel_height };
}

static EwCudaLags
output_range (const EwCudaTapsOver *over)
{
  return (EwCudaLags){ .end_row = over->out_height, .end_column = over->out_width, .n_down = over->kernel_height };
}

static gboolean
add_products (Work *work, EwCudaPlane x, GError **error)
{
  EwCudaTapsOver over = work->over;
  EwCudaLags range = core_range (&over);
  long long distances = (long long)over.kernel_height * (2 * over.kernel_width - 1);
  long long n_edges = (2LL * (over.kernel_height - 1) + 2LL * (over.kernel_width - 1)) * distances;
  long long n_taps = work->loaded->n_taps;
  void *edges[] = { &x, &over, &work->edges };
  void *fill[] = { &x, &over, &work->core, &work->edges, &work->g };

  for (int c = 0; c < work->core_chunks; c++)
    {
      /* The first distance of all is −(kw − 1) − skip; the kernel has as many on either side of the shift. */
      if (work->core_chunks > 1)
        range.shift = -(over.kernel_width - 1) - over.core_skip + (work->core_side - 1) + c * over.core_step;
      if (!sum_lags (work, work->core_side, x, x, &range,
                     work->core + (gsize)c * (gsize)over.kernel_height * (gsize)over.core_lags, error))
        return FALSE;
    }
  return (n_edges == 0
          || ew_cuda_launch (work->device, EW_CUDA_KERNEL_GRAM_EDGES, MIN (n_edges, 65535),
                             EW_CUDA_THREADS * sizeof (double), edges, error))
         && ew_cuda_launch (work->device, EW_CUDA_KERNEL_GRAM_FILL,
                            MIN ((n_taps * n_taps + EW_CUDA_THREADS - 1) / EW_CUDA_THREADS, 65535), 0, fill, error)
         && ew_cuda_wait (work->device, work->cancel, error);
}

/* sums[tap] += Σ y · x under the tap, or where @ones Σ x under it; *total += Σ y, or the number of outputs. */
static gboolean
add_targets (Work *work, EwCudaPlane y, EwCudaPlane x, int ones, double *sums, double *total, GError **error)
{
  const EwCudaTapsOver *over = &work->over;
  EwCudaLags range = output_range (over);
  int lags = 2 * work->h_side - 1;
  g_autofree double *values = g_new (double, (gsize)work->h_chunks *(gsize)work->h_pitch);

  range.ones = ones;
  for (int c = 0; c < work->h_chunks; c++)
    {
      range.shift = work->h_side - 1 + c * CHUNK_STEP;
      if (!sum_lags (work, work->h_side, y, x, &range, work->h + c * work->h_pitch, error))
        return FALSE;
    }
  if (!ew_cuda_download (work->device, values, work->h, (gsize)work->h_chunks * (gsize)work->h_pitch * sizeof (double),
                         error)
      || !ew_cuda_wait (work->device, work->cancel, error))
    {
      /* It may still be on its way to what goes here. */
      ew_cuda_drain (work->device);
      return FALSE;
    }
  for (int a = 0; a < over->kernel_height; a++)
    for (int c = 0; c < over->kernel_width; c++)
      sums[a * over->kernel_width + c] += values[c / CHUNK_STEP * work->h_pitch + a * lags + c % CHUNK_STEP];
  *total += values[over->kernel_height * lags];
  return TRUE;
}

static gboolean
add_sample (Work *work, EwGram *gram, int s, GError **error)
{
  EwCudaPlane x = work->loaded->x[s];
  EwCudaPlane y = work->loaded->y[s];
  int n_taps = work->loaded->n_taps;
  g_autofree double *inputs = g_new0 (double, n_taps);
  double n_outputs = 0, targets = 0;

  work->over.out_height = y.height;
  work->over.out_width = y.width;
  if (!add_products (work, x, error) || !add_targets (work, y, x, 0, gram->h, &targets, error))
    return FALSE;
  if (!work->loaded->base.problem->has_bias)
    return TRUE;
  if (!add_targets (work, y, x, 1, inputs, &n_outputs, error))
    return FALSE;
  gram->h[n_taps] += targets;
  for (int k = 0; k < n_taps; k++)
    gram->g[k * gram->n + n_taps] += inputs[k];
  gram->g[n_taps * gram->n + n_taps] += n_outputs;
  return TRUE;
}

/* --- all of them */

static void
plan_distances (Work *work)
{
  EwCudaTapsOver *over = &work->over;
  int reach = over->kernel_width - 1;

  work->core_side = over->kernel_width;
  work->core_chunks = 1;
  over->core_lags = over->core_step = 2 * reach + 1;
  over->core_skip = 0;
  if (over->kernel_width > EW_CUDA_FUSED_MAX)
    {
      /* Windows begin at multiples of four columns. */
      work->core_side = CHUNK_SIDE;
      over->core_lags = 2 * CHUNK_SIDE - 1;
      over->core_step = CHUNK_STEP;
      over->core_skip = (reach + 3) / 4 * 4 - reach;
      work->core_chunks = (2 * reach + over->core_skip) / CHUNK_STEP + 1;
    }
  work->h_side = reach == 0 ? 1 : CHUNK_SIDE;
  work->h_chunks = (over->kernel_width + CHUNK_STEP - 1) / CHUNK_STEP;
  work->h_pitch = over->kernel_height * (2 * work->h_side - 1) + 1;
}

static void
plan_bands (Work *work)
{
  const EwProblem *problem = work->loaded->base.problem;

  for (int s = 0; s < problem->n_samples; s++)
    {
      EwCudaLags core, outputs;

      work->over.out_height = problem->samples[s].y->height;
      work->over.out_width = problem->samples[s].y->width;
      core = core_range (&work->over);
      outputs = output_range (&work->over);
      work->n_bands_max = MAX (work->n_bands_max, bands_of (work, 2 * work->core_side - 1, &core));
      work->n_bands_max = MAX (work->n_bands_max, bands_of (work, 2 * work->h_side - 1, &outputs));
    }
}

static gboolean
prepare (Work *work, GError **error)
{
  EwCudaMemory *memory = &work->memory;
  const EwCudaTapsOver *over = &work->over;
  gsize height = (gsize)over->kernel_height;
  gsize distances = height * (2 * (gsize)over->kernel_width - 1);
  gsize n_taps = (gsize)work->loaded->n_taps;
  gsize most = height * (gsize)MAX (over->core_lags, 2 * work->h_side - 1) + 1;
  int pairs = (over->kernel_height + 1) / 2;

  plan_bands (work);
  work->parts = (BLOCKS_EACH * work->device->multiprocessors + pairs - 1) / pairs;
  ew_cuda_memory_add (memory, &work->partials, most * (gsize)work->parts, sizeof (double));
  ew_cuda_memory_add (memory, &work->columns, most * (gsize)work->n_bands_max, sizeof (double));
  ew_cuda_memory_add (memory, &work->core, (gsize)work->core_chunks * height * (gsize)over->core_lags + 1,
                      sizeof (double));
  ew_cuda_memory_add (memory, &work->edges, 2 * (height - 1 + (gsize)over->kernel_width - 1) * distances,
                      sizeof (double));
  ew_cuda_memory_add (memory, &work->h, (gsize)work->h_chunks * (gsize)work->h_pitch, sizeof (double));
  ew_cuda_memory_add (memory, &work->g, n_taps * n_taps, sizeof (double));
  return ew_cuda_memory_allocate (memory, work->device, error)
         && ew_cuda_check (work->device,
                           work->device->driver->memory_set (ew_cuda_address (work->g), 0,
                                                             n_taps * n_taps * sizeof (double), work->device->stream),
                           "Clearing device memory", error);
}

/* G as the device has it, without a bias. */
static gboolean
read_products (Work *work, EwGram *gram, GError **error)
{
  gsize n_taps = (gsize)work->loaded->n_taps;
  g_autofree double *g = g_new (double, n_taps *n_taps);

  if (!ew_cuda_download (work->device, g, work->g, n_taps * n_taps * sizeof (double), error)
      || !ew_cuda_wait (work->device, work->cancel, error))
    {
      ew_cuda_drain (work->device);
      return FALSE;
    }
  for (gsize p = 0; p < n_taps; p++)
    {
      memcpy (gram->g + p * (gsize)gram->n, g + p * n_taps, n_taps * sizeof (double));
      if (work->loaded->base.problem->has_bias)
        gram->g[n_taps * (gsize)gram->n + p] = gram->g[p * (gsize)gram->n + n_taps];
    }
  return TRUE;
}

gboolean
ew_cuda_gram_lags_fill (EwCudaLoaded *loaded, EwGram *gram, EwCancel *cancel, GError **error)
{
  const EwProblem *problem = loaded->base.problem;
  Work work = { .loaded = loaded,
                .device = ew_cuda_device_of (loaded),
                .cancel = cancel,
                .over = { .kernel_height = problem->geometry.kernel_height,
                          .kernel_width = problem->geometry.kernel_width } };
  gboolean ok;

  plan_distances (&work);
  ok = prepare (&work, error);
  for (int s = 0; s < problem->n_samples && ok; s++)
    ok = add_sample (&work, gram, s, error);
  ok = ok && read_products (&work, gram, error);
  if (!ok)
    ew_cuda_drain (work.device);
  ew_cuda_memory_clear (&work.memory, work.device);
  gram->c = problem->y_squared;
  return ok;
}
