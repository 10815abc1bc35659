/* Guarded planes, pairs and launches for the tests of the CUDA kernels. */
#include "tests/cuda-fixtures.h"

#include "engine/reference.h"
#include "tests/cuda-shim.h"
#include "tests/engine-fixtures.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* More elements before the first row; a multiple of 4, as the kernels are promised. */
#define LEAD 8

static const guint32 pattern = 0x7fe5a5a5; /* a NaN */

void
guarded_plane_init (GuardedPlane *guarded, const EwGrid *grid, int padding, gboolean finite)
{
  gsize stride = (grid->width + padding + 3) / 4 * 4;

  guarded->n_values = (grid->height + 2) * stride + 2 * LEAD;
  guarded->memory = g_aligned_alloc (guarded->n_values, sizeof (float), 16);
  guarded->finite = finite;
  for (gsize k = 0; k < guarded->n_values; k++)
    memcpy (guarded->memory + k, &pattern, sizeof pattern);
  guarded->plane.data = guarded->memory + stride + LEAD;
  guarded->plane.stride = stride;
  guarded->plane.height = grid->height;
  guarded->plane.width = grid->width;
  for (int i = 0; i < grid->height; i++)
    {
      memcpy (guarded->plane.data + i * stride, ew_grid_row (grid, i), grid->width * sizeof (float));
      for (gsize j = grid->width; finite && j < stride; j++)
        guarded->plane.data[i * stride + j] = 0;
    }
}

void
guarded_plane_clear (GuardedPlane *guarded)
{
  g_clear_pointer (&guarded->memory, g_aligned_free);
}

void
guarded_plane_check (const GuardedPlane *guarded)
{
  const EwCudaPlane *plane = &guarded->plane;
  gsize first = plane->data - guarded->memory;
  const float zero = 0;

  for (gsize k = 0; k < guarded->n_values && !g_test_failed (); k++)
    {
      gsize row = k < first ? plane->height : (k - first) / plane->stride;
      gboolean between = row < plane->height && (k - first) % plane->stride >= plane->width;

      if (row >= plane->height || (between && !guarded->finite))
        g_assert_cmpmem (guarded->memory + k, sizeof pattern, &pattern, sizeof pattern);
      else if (between)
        g_assert_cmpmem (guarded->memory + k, sizeof zero, &zero, sizeof zero);
    }
}

EwGrid *
bordered_grid (const EwGrid *x, const EwGeometry *g)
{
  EwGrid *grid = ew_grid_new (x->height + g->top + g->bottom, x->width + g->left + g->right, NULL);

  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      {
        int row = (int)ew_geometry_border_index (g->border, i - g->top, x->height);
        int column = (int)ew_geometry_border_index (g->border, j - g->left, x->width);

        ew_grid_row (grid, i)[j] = row < 0 || column < 0 ? 0 : ew_grid_row (x, row)[column];
      }
  return grid;
}

EwGeometry
random_geometry (EwRandom *random, int height, int width, int kernel_height, int kernel_width, int step, int pad)
{
  EwGeometry g = { .border = (EwBorder)random_int (random, 0, 3),
                   .stride = random_int (random, 1, step),
                   .dilation = random_int (random, 1, step) };
  int most = g.border == EW_BORDER_REFLECT ? MIN (pad, MIN (height, width) - 1) : pad;

  g.top = random_int (random, 0, most);
  g.right = random_int (random, 0, most);
  g.bottom = random_int (random, 0, most);
  g.left = random_int (random, 0, most);
  g.kernel_height = MIN (kernel_height, (height + g.top + g.bottom - 1) / g.dilation + 1);
  g.kernel_width = MIN (kernel_width, (width + g.left + g.right - 1) / g.dilation + 1);
  return g;
}

EwProblem *
random_problem_for (EwRandom *random, const EwGeometry *geometry, int n, int side, gboolean has_bias, gboolean whole)
{
  g_autoptr (GError) error = NULL;
  g_autofree EwSample *samples = g_new0 (EwSample, n);
  EwProblem *problem;

  for (int s = 0; s < n; s++)
    {
      /* All hold the kernel, and a reflection as far as the padding. */
      int least = MAX (MAX (geometry->kernel_height, geometry->kernel_width) * geometry->dilation,
                       1 + MAX (MAX (geometry->top, geometry->bottom), MAX (geometry->left, geometry->right)));
      int height = random_int (random, least, MAX (least, side));
      int width = random_int (random, least, MAX (least, side));
      int y_height, y_width;

      g_assert_true (ew_geometry_output_size (geometry, height, width, &y_height, &y_width, NULL));
      samples[s].x = whole ? random_whole_grid (random, height, width, 1) : random_grid (random, height, width, -1, 1);
      samples[s].y
          = whole ? random_whole_grid (random, y_height, y_width, 2) : random_grid (random, y_height, y_width, -1, 1);
    }
  problem = ew_problem_new (samples, n, geometry, has_bias, &error);
  g_assert_no_error (error);
  for (int s = 0; s < n; s++)
    {
      ew_grid_unref (samples[s].x);
      ew_grid_unref (samples[s].y);
    }
  return problem;
}

/* A third of the weights is 0; the last of all is not. */
static EwGrid *
random_mask (EwRandom *random, const EwGrid *y, gboolean whole)
{
  EwGrid *mask = random_grid (random, y->height, y->width, 0, 1);

  for (int i = 0; i < mask->height; i++)
    for (int j = 0; j < mask->width; j++)
      {
        float *weight = &ew_grid_row (mask, i)[j];
        gboolean last = i == mask->height - 1 && j == mask->width - 1;

        if (random_int (random, 0, 2) == 0 && !last)
          *weight = 0;
        else if (whole || last)
          *weight = 1;
      }
  return mask;
}

EwProblem *
masked_problem (EwRandom *random, EwProblem *problem, gboolean whole)
{
  g_autoptr (GError) error = NULL;
  g_autofree EwSample *samples = g_memdup2 (problem->samples, (gsize)problem->n_samples * sizeof *samples);
  EwProblem *masked;

  /* Not all of several. */
  for (int s = 0; s < problem->n_samples; s++)
    if (s == 0 || random_int (random, 0, 2) > 0)
      samples[s].mask = random_mask (random, samples[s].y, whole);
  masked = ew_problem_new (samples, problem->n_samples, &problem->geometry, problem->has_bias, &error);
  g_assert_no_error (error);
  for (int s = 0; s < problem->n_samples; s++)
    ew_grid_unref (samples[s].mask);
  ew_problem_unref (problem);
  return masked;
}

Pairs *
pairs_new (const EwProblem *problem, EwCudaTile tile, int padding)
{
  Pairs *pairs = g_new0 (Pairs, 1);

  pairs->n_samples = problem->n_samples;
  pairs->x = g_new0 (GuardedPlane, problem->n_samples);
  pairs->y = g_new0 (GuardedPlane, problem->n_samples);
  pairs->mask = g_new0 (GuardedPlane, problem->n_samples);
  pairs->samples = g_new0 (EwCudaSample, problem->n_samples);
  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwGrid *y = problem->samples[s].y;
      g_autoptr (EwGrid) x = bordered_grid (problem->samples[s].x, &problem->geometry);

      guarded_plane_init (&pairs->x[s], x, padding, TRUE);
      guarded_plane_init (&pairs->y[s], y, 2 * padding, FALSE);
      pairs->samples[s].x = pairs->x[s].plane;
      pairs->samples[s].y = pairs->y[s].plane;
      if (problem->samples[s].mask != NULL)
        {
          guarded_plane_init (&pairs->mask[s], problem->samples[s].mask, padding, FALSE);
          pairs->samples[s].mask = pairs->mask[s].plane;
        }
      pairs->samples[s].first_tile = pairs->n_tiles;
      pairs->n_tiles += ew_cuda_tiles (tile, y->height, y->width);
    }
  return pairs;
}

void
pairs_free (Pairs *pairs)
{
  for (int s = 0; s < pairs->n_samples; s++)
    {
      guarded_plane_clear (&pairs->x[s]);
      guarded_plane_clear (&pairs->y[s]);
      guarded_plane_clear (&pairs->mask[s]);
    }
  g_free (pairs->x);
  g_free (pairs->y);
  g_free (pairs->mask);
  g_free (pairs->samples);
  g_free (pairs);
}

static void
check_unchanged (const GuardedPlane *guarded, const EwGrid *grid)
{
  gsize bytes = grid->width * sizeof (float);

  guarded_plane_check (guarded);
  for (int i = 0; i < grid->height; i++)
    g_assert_cmpmem (guarded->plane.data + i * guarded->plane.stride, bytes, ew_grid_row (grid, i), bytes);
}

void
pairs_check (const Pairs *pairs, const EwProblem *problem)
{
  for (int s = 0; s < pairs->n_samples; s++)
    {
      g_autoptr (EwGrid) x = bordered_grid (problem->samples[s].x, &problem->geometry);

      check_unchanged (&pairs->x[s], x);
      check_unchanged (&pairs->y[s], problem->samples[s].y);
      if (problem->samples[s].mask != NULL)
        check_unchanged (&pairs->mask[s], problem->samples[s].mask);
    }
}

/* --- bounds */

static EwGrid *
magnitudes (const EwGrid *grid)
{
  EwGrid *absolute = ew_grid_new (grid->height, grid->width, NULL);

  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      ew_grid_row (absolute, i)[j] = fabsf (ew_grid_row (grid, i)[j]);
  return absolute;
}

/* n products and a bias, each with a rounding of its weight, and what falls below the normal numbers. */
double *
geometry_bounds (const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry)
{
  int n_taps = ew_kernel_n_taps (kernel);
  g_autoptr (EwGrid) absolute = magnitudes (x);
  g_autofree double *taps = g_new (double, n_taps);
  g_autoptr (EwKernel) large = NULL;
  double *bounds;
  int height, width;

  for (int k = 0; k < n_taps; k++)
    taps[k] = fabs (kernel->taps[k]);
  large = ew_kernel_new_from_taps (kernel->height, kernel->width, taps, fabs (kernel->bias), NULL);
  g_assert_true (ew_geometry_output_size (geometry, x->height, x->width, &height, &width, NULL));
  bounds = g_new (double, (gsize)height *width);
  g_assert_true (ew_reference_correlate (absolute, large, geometry, bounds, NULL));
  for (gsize k = 0; k < (gsize)height * width; k++)
    bounds[k] = rounding_bound (n_taps + 3, UNIT_32) * bounds[k] + (n_taps + 1) * (double)FLT_MIN;
  return bounds;
}

/* Weights of a mask are 1 at most, and each product with one is rounded once more. A residual r with the error e adds
 * up to (2r + e)·e to the error of the loss and e·|x| to the gradient's half; the sums in float32 round what they hold.
 * Σ w·|x| is half the gradient for the target −w at weights of zero. */
void
geometry_evaluation_bounds (const EwProblem *problem, const double *params, int chain, double *loss, double *gradient)
{
  g_autoptr (EwKernel) kernel = kernel_of_params (problem, params);
  g_autofree EwSample *samples = g_new0 (EwSample, problem->n_samples);
  g_autofree double *zeros = g_new0 (double, problem->n_params);
  g_autoptr (EwProblem) weights = NULL;
  double summing = rounding_bound (chain + 2 + (problem->has_mask ? 1 : 0), UNIT_32);
  double ignored;

  *loss = 0;
  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwGrid *y = problem->samples[s].y;
      g_autofree double *errors = geometry_bounds (problem->samples[s].x, kernel, &problem->geometry);
      g_autofree double *outputs = g_new (double, (gsize)y->height * y->width);

      samples[s].x = magnitudes (problem->samples[s].x);
      samples[s].y = ew_grid_new (y->height, y->width, NULL);
      g_assert_true (ew_reference_correlate (problem->samples[s].x, kernel, &problem->geometry, outputs, NULL));
      for (gsize k = 0; k < (gsize)y->height * y->width; k++)
        {
          double r = fabs (outputs[k] - (double)ew_grid_row (y, k / y->width)[k % y->width]);
          double e = errors[k] + UNIT_32 * (r + errors[k]);

          *loss += (2 * r + e) * e + summing * (r + e) * (r + e);
          /* A little more for the rounding of this number itself. */
          ew_grid_row (samples[s].y, k / y->width)[k % y->width] = -(float)(1.0001 * (e + summing * (r + e)));
        }
    }
  weights = ew_problem_new (samples, problem->n_samples, &problem->geometry, problem->has_bias, NULL);
  ew_reference_evaluate (weights, zeros, &ignored, gradient);
  for (int s = 0; s < problem->n_samples; s++)
    {
      ew_grid_unref (samples[s].x);
      ew_grid_unref (samples[s].y);
    }
}

/* --- launches */

static gboolean
launch (const char *kernel, unsigned grid, unsigned shared_bytes, void **arguments)
{
  gboolean fine = cuda_shim_launch (kernel, grid, EW_CUDA_THREADS, shared_bytes, arguments);

  if (!fine)
    g_test_message ("%s: %s", kernel, cuda_shim_error ());
  return fine;
}

gboolean
launch_border (unsigned grid, const GuardedPlane *x, int left, int right, EwBorder border)
{
  EwCudaPlane plane = x->plane;
  int number = (int)border;
  void *arguments[] = { &plane, &left, &right, &number };

  return launch ("ew_cuda_border", grid, 0, arguments);
}

gboolean
launch_correlate (unsigned grid, const EwCudaWay *way, const GuardedPlane *x, const GuardedPlane *y,
                  const double *params)
{
  EwCudaPlane planes[2] = { x->plane, y->plane };
  EwCudaShape shape = way->shape;
  EwCudaTaps taps = { 0 };
  int rows = way->rows;
  int n_taps = shape.kernel_height * shape.kernel_width;
  g_autofree char *name = g_strdup_printf ("ew_cuda_correlate_%d", way->side);
  void *literal[] = { &planes[0], &planes[1], &taps, &rows };
  void *others[] = { &planes[0], &planes[1], &params, &shape };

  if (way->path != EW_CUDA_LITERAL)
    return launch (way->path == EW_CUDA_WIDE ? "ew_cuda_correlate_wide" : "ew_cuda_correlate_general", grid,
                   ew_cuda_wide_bytes (shape.kernel_height, shape.kernel_width), others);
  for (int k = 0; k < n_taps; k++)
    taps.taps[k] = params[k];
  taps.bias = params[n_taps];
  return launch (name, grid, 0, literal);
}

gboolean
launch_evaluate (unsigned grid, const EwCudaWay *way, const Pairs *pairs, const double *params, gboolean has_bias,
                 const EwCudaProgress *progress, double *partials)
{
  const EwCudaSample *samples = pairs->samples;
  int n_samples = pairs->n_samples;
  long long n_tiles = pairs->n_tiles;
  EwCudaShape shape = way->shape;
  int rows = way->rows;
  int kh = shape.kernel_height, kw = shape.kernel_width;
  g_autofree char *name = g_strdup_printf ("ew_cuda_evaluate_%d", way->side);
  void *arguments[] = { &samples, &n_samples, &n_tiles, &params, &has_bias, &shape, &rows, &progress, &partials };

  if (way->path == EW_CUDA_LITERAL)
    return launch (name, grid, ew_cuda_fused_bytes (way->side), arguments);
  if (way->path == EW_CUDA_WIDE)
    return launch ("ew_cuda_evaluate_wide", grid, ew_cuda_wide_evaluate_bytes (kh, kw), arguments);
  return launch ("ew_cuda_evaluate_general", grid, ew_cuda_general_bytes (kh, kw), arguments);
}

gboolean
launch_reduce (unsigned grid, const double *partials, int n_partials, int n_sums, const EwCudaProgress *progress,
               double *sums, int pitch)
{
  void *arguments[] = { &partials, &n_partials, &n_sums, &progress, &sums, &pitch };

  return launch ("ew_cuda_reduce", grid, EW_CUDA_THREADS * sizeof (double), arguments);
}

gboolean
launch_step (const double *sums, int n_taps, int n_params, double *params, EwCudaProgress *progress, double *losses,
             double *trace)
{
  void *arguments[] = { &sums, &n_taps, &n_params, &params, &progress, &losses, &trace };

  return launch ("ew_cuda_step", 1, 0, arguments);
}

gboolean
launch_descend (const Pairs *pairs, EwCudaShape shape, gboolean has_bias, int epochs, double *params,
                EwCudaProgress *progress, double *losses, double *trace, double *sums)
{
  const EwCudaSample *samples = pairs->samples;
  int n_samples = pairs->n_samples;
  int pitch = 0;
  void *arguments[]
      = { &samples, &n_samples, &pitch, &shape, &has_bias, &epochs, &params, &progress, &losses, &trace, &sums };

  for (int s = 0; s < n_samples; s++)
    pitch = MAX (pitch, samples[s].x.width);
  return launch ("ew_cuda_descend", 1, EW_CUDA_SMALL_BYTES, arguments);
}

gboolean
launch_exact (unsigned grid, const Pairs *pairs, const double *params, gboolean has_bias, EwCudaShape shape,
              gboolean ones, double *partials)
{
  const EwCudaSample *samples = pairs->samples;
  int n_samples = pairs->n_samples;
  long long n_tiles = pairs->n_tiles;
  void *arguments[] = { &samples, &n_samples, &n_tiles, &params, &has_bias, &shape, &ones, &partials };

  return launch ("ew_cuda_exact", grid, EW_CUDA_EXACT_BYTES, arguments);
}

gboolean
launch_gram (unsigned grid, const Pairs *pairs, EwCudaShape shape, int n_pairs, double *partials)
{
  const EwCudaSample *samples = pairs->samples;
  int n_samples = pairs->n_samples;
  long long n_tiles = pairs->n_tiles;
  void *arguments[] = { &samples, &n_samples, &n_tiles, &shape, &n_pairs, &partials };

  return launch ("ew_cuda_gram", grid, 0, arguments);
}
