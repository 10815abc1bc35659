/* Standard errors that hold whatever the noise is like: against the jackknife by its definition, and by how many weights lie
 * within three of them, over pictures, filters and draws of noise. */
#include "engine/fit.h"
#include "engine/holdout.h"
#include "engine/lapack.h"
#include "engine/optimum.h"
#include "tests/engine-fixtures.h"
#include "tests/jpeg-fixtures.h"

#include <math.h>
#include <string.h>

#define N_MOST 26

static EwDevices *devices;

static gboolean
has_lapack (void)
{
  g_autoptr (GError) error = NULL;

  if (ew_lapack_available (&error))
    return TRUE;
  g_test_skip (error->message);
  return FALSE;
}

/* Two samples of a padded, strided or dilated problem, the first with a mask; noise that grows with the value. */
static EwProblem *
two_samples (EwRandom *random, const EwGeometry *g, int height, int width)
{
  EwSample samples[2] = { { NULL } };

  for (int s = 0; s < 2; s++)
    {
      int h, w;

      samples[s].x = random_grid (random, height - 9 * s, width + 5 * s, 0, 1);
      g_assert_true (ew_geometry_output_size (g, samples[s].x->height, samples[s].x->width, &h, &w, NULL));
      samples[s].y = random_grid (random, h, w, 0, 1);
      samples[s].mask = s == 0 ? random_grid (random, h, w, 0, 1) : NULL;
      for (int k = 0; s == 0 && k < h * w; k++)
        if (k % w < 11 || k % 7 == 0)
          ew_grid_row (samples[s].mask, k / w)[k % w] = 0;
    }

  EwProblem *problem = ew_problem_new (samples, 2, g, TRUE, NULL);

  for (int s = 0; s < 2; s++)
    {
      ew_grid_unref (samples[s].x);
      ew_grid_unref (samples[s].y);
      g_clear_pointer (&samples[s].mask, ew_grid_unref);
    }
  return problem;
}

/* What is summed up over a square, and over all of them: G, row by row, and behind it h. */
typedef struct
{
  double sums[N_MOST * (N_MOST + 1)];
  gboolean any;
} Normal;

/* The normal equations of one square, by the definition of the geometry. */
static void
sum_square (const EwProblem *problem, const EwSample *sample, int row, int column, int side, Normal *to)
{
  const EwGeometry *g = &problem->geometry;
  int n = problem->n_params;

  memset (to, 0, sizeof *to);
  for (int i = row; i < MIN (row + side, sample->y->height); i++)
    for (int j = column; j < MIN (column + side, sample->y->width); j++)
      {
        double m = sample->mask == NULL ? 1 : (double)ew_grid_row (sample->mask, i)[j], phi[N_MOST];

        for (int k = 0; k < n - 1; k++)
          {
            gint64 u = ew_geometry_border_index (
                g->border, i * g->stride + k / g->kernel_width * g->dilation - g->top, sample->x->height);
            gint64 v = ew_geometry_border_index (
                g->border, j * g->stride + k % g->kernel_width * g->dilation - g->left, sample->x->width);

            phi[k] = u < 0 || v < 0 ? 0 : (double)ew_grid_row (sample->x, (int)u)[v];
          }
        phi[n - 1] = 1;
        to->any |= m > 0;
        for (int k = 0; k < n; k++)
          {
            to->sums[n * n + k] += m * phi[k] * (double)ew_grid_row (sample->y, i)[j];
            for (int l = 0; l < n; l++)
              to->sums[k * n + l] += m * phi[k] * phi[l];
          }
      }
}

/* Solves the normal equations @all less @left (which may be NULL) by elimination with pivots. */
static void
solve (const Normal *all, const Normal *left, int n, double *w)
{
  double a[N_MOST][N_MOST + 1];

  for (int k = 0; k < n; k++)
    for (int l = 0; l <= n; l++)
      {
        int at = l < n ? k * n + l : n * n + k;

        a[k][l] = all->sums[at] - (left == NULL ? 0 : left->sums[at]);
      }
  for (int k = 0; k < n; k++)
    {
      int best = k;

      for (int l = k; l < n; l++)
        best = fabs (a[l][k]) > fabs (a[best][k]) ? l : best;
      for (int l = 0; l <= n; l++)
        {
          double kept = a[k][l];

          a[k][l] = a[best][l];
          a[best][l] = kept;
        }
      for (int l = 0; l < n; l++)
        for (int c = n; l != k && c >= k; c--)
          a[l][c] -= a[l][k] / a[k][k] * a[k][c];
    }
  for (int k = 0; k < n; k++)
    w[k] = a[k][n] / a[k][k];
}

/* √Σ (w − w without a square)², each refitted from the data. The two terms of the series leave out what is as the third
 * power of the largest share that a square has in a weight: some 0.1 where the squares are a hundred, a tenth of what
 * uneven masks and dilation make of it; 1 % is left for it. */
static void
check_jackknife (const EwProblem *problem)
{
  int n = problem->n_params, side;
  g_autoptr (EwQuadratic) q = ew_fit_quadratic (devices, (EwProblem *)problem, NULL, NULL);
  g_autoptr (EwOptimum) o = ew_optimum_new (q, problem->n_residuals, ew_problem_variation (problem), NULL, NULL);
  g_autofree Normal *all = g_new0 (Normal, 2);
  double whole[N_MOST], without[N_MOST], square[N_MOST] = { 0 };
  gint64 squares = 0;

  g_assert_true (ew_optimum_cluster (o, q, problem, NULL, NULL, NULL));
  side = o->side;
  g_assert_cmpint (side, >, 0);
  for (int pass = 0; pass < 2; pass++)
    for (int s = 0; s < problem->n_samples; s++)
      for (int row = 0; row < problem->samples[s].y->height; row += side)
        for (int column = 0; column < problem->samples[s].y->width; column += side)
          {
            sum_square (problem, &problem->samples[s], row, column, side, &all[1]);
            for (int k = 0; pass == 0 && k < n * (n + 1); k++)
              all[0].sums[k] += all[1].sums[k];
            if (pass == 0)
              continue;
            solve (&all[0], NULL, n, whole);
            solve (&all[0], &all[1], n, without);
            squares += all[1].any;
            for (int k = 0; k < n; k++)
              square[k] += (whole[k] - without[k]) * (whole[k] - without[k]);
          }
  g_assert_cmpint (o->n_clusters, ==, squares);
  for (int k = 0; k < n; k++)
    g_assert_cmpfloat_with_epsilon (o->errors[k] / sqrt (square[k]), 1, 0.01);
}

static void
test_jackknife (void)
{
  EwRandom random = 901;
  EwGeometry g;

  if (!has_lapack ())
    return;
  ew_geometry_init_valid (&g, 2, 3);
  for (int round = 0; round < 4; round++)
    {
      g_autoptr (EwProblem) problem = NULL;

      g.top = g.bottom = g.left = round % 2;
      g.border = round == 1 ? EW_BORDER_REFLECT : EW_BORDER_ZERO;
      g.stride = round == 2 ? 2 : 1;
      g.dilation = round == 3 ? 3 : 1;
      problem = two_samples (&random, &g, 96, 101);
      check_jackknife (problem);
    }
}

/* Few outputs are taken one by one, fewer not at all: then the errors are those of even noise. */
static void
test_few (void)
{
  EwRandom random = 902;
  static const int sides[] = { 80, 40, 20, 11, 8 }, expected[] = { 8, 4, 2, 1, 0 };

  if (!has_lapack ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autoptr (EwProblem) problem = problem_of_pair (random_grid (&random, sides[i] + 1, sides[i] + 1, 0, 1),
                                                       random_grid (&random, sides[i], sides[i], 0, 1), 2, 2, FALSE);
      g_autoptr (EwQuadratic) q = ew_fit_quadratic (devices, problem, NULL, NULL);
      g_autoptr (EwOptimum) o = ew_optimum_new (q, problem->n_residuals, 1, NULL, NULL);

      g_assert_true (ew_optimum_cluster (o, q, problem, NULL, NULL, NULL));
      g_assert_cmpint (o->side, ==, expected[i]);
      for (int k = 0; expected[i] == 0 && k < 4; k++)
        g_assert_cmpfloat (o->errors[k], ==, o->even[k]);
    }
}

/* The same bits whatever the threads; what the data do not tell stays infinite. */
static void
test_threads (void)
{
  EwRandom random = 903;
  EwPool *pool = ew_pool_new (3, NULL);
  g_autoptr (EwProblem) problem = problem_of_pair (random_grid (&random, 90, 97, 0, 1), random_grid (&random, 88, 95, 0, 1),
                                                   3, 3, TRUE);
  g_autoptr (EwProblem) flat = NULL;
  EwGrid *constant = ew_grid_new (90, 97, NULL);
  EwCancel cancel = 1;
  g_autoptr (GError) error = NULL;

  for (int k = 0; k < 90 * 97; k++)
    ew_grid_row (constant, k / 97)[k % 97] = 0.5f;
  flat = problem_of_pair (constant, random_grid (&random, 88, 95, 0, 1), 3, 3, TRUE);
  for (int which = 0; has_lapack () && which < 2; which++)
    {
      EwProblem *p = which == 0 ? problem : flat;
      g_autoptr (EwQuadratic) q = ew_fit_quadratic (devices, p, NULL, NULL);
      g_autoptr (EwOptimum) a = ew_optimum_new (q, p->n_residuals, 1, NULL, NULL);
      g_autoptr (EwOptimum) b = ew_optimum_new (q, p->n_residuals, 1, NULL, NULL);

      g_assert_true (ew_optimum_cluster (a, q, p, NULL, NULL, NULL));
      g_assert_true (ew_optimum_cluster (b, q, p, pool, NULL, NULL));
      g_assert_cmpmem (a->errors, 10 * sizeof (double), b->errors, 10 * sizeof (double));
      g_assert_true (which == 0 ? isfinite (a->errors[3]) : isinf (a->errors[3]));
      if (which == 0)
        g_assert_false (ew_optimum_cluster (a, q, p, pool, &cancel, &error));
    }
  ew_pool_free (pool);
  if (ew_lapack_available (NULL))
    g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
}

/* What is in a target beside the filter's output. */
typedef enum
{
  NOISE_EVEN,
  NOISE_BYTES,   /* rounding of a soft picture to 8 bits */
  NOISE_UNEVEN,  /* where the picture has detail */
  NOISE_BLOCKED, /* squares of 8×8 have another contrast each */
  NOISE_N,
} Noise;

static double
gauss (EwRandom *random)
{
  double radius = sqrt (-2 * log (1 - ew_random_uniform (random)));

  return radius * cos (2 * G_PI * ew_random_uniform (random));
}

static void
disturb (EwRandom *random, Noise noise, const EwGrid *x, EwGrid *y)
{
  g_autofree double *offs = g_new (double, (size_t)y->height *(size_t)y->width);

  for (int k = 0; k < y->height * y->width; k++)
    {
      int i = k / y->width, j = k % y->width;
      float *value = ew_grid_row (y, i) + j;
      double detail = fabs ((double)ew_grid_row (x, i)[j] - (double)ew_grid_row (x, i + 1)[j + 1]);

      offs[k] = i % 8 == 0 && j % 8 == 0 ? gauss (random) : offs[i / 8 * 8 * y->width + j / 8 * 8];
      if (noise == NOISE_BYTES)
        *value = (float)(round (255 * (double)*value) / 255);
      else
        *value += (float)(0.005 * (noise == NOISE_EVEN     ? gauss (random)
                                   : noise == NOISE_UNEVEN ? gauss (random) * (60 * detail) * (60 * detail)
                                                           : offs[k] * 10 * ((double)ew_grid_row (x, i)[j] - 0.5)));
    }
}

typedef struct
{
  int n;
  int beyond;      /* three of the stated errors */
  int beyond_even; /* three of those for even noise */
} Count;

/* A picture, a filter and noise: how many weights are far off. */
static void
count (EwRandom *random, Noise noise, int size, Count *c)
{
  g_autoptr (EwKernel) kernel = random_kernel (random, size, size, -0.2, 0.3);
  EwGrid *x = jpeg_picture (random, 150, 130);
  EwGrid *y = reference_output (x, kernel);
  g_autoptr (EwProblem) problem = NULL;
  g_autoptr (EwQuadratic) q = NULL;
  g_autoptr (EwOptimum) o = NULL;

  disturb (random, noise, x, y);
  problem = problem_of_pair (x, y, size, size, TRUE);
  q = ew_fit_quadratic (devices, problem, NULL, NULL);
  o = ew_optimum_new (q, problem->n_residuals, ew_problem_variation (problem), NULL, NULL);
  g_assert_true (ew_optimum_cluster (o, q, problem, NULL, NULL, NULL));
  for (int k = 0; k < o->n; k++)
    {
      double off = fabs (o->params[k] - (k < size * size ? kernel->taps[k] : kernel->bias));

      c->n++;
      c->beyond += off > 3 * o->errors[k];
      c->beyond_even += off > 3 * o->even[k];
    }
}

/* Of normal estimates 0.27 % lie beyond three standard errors, of some 340 weights one: ten of them, 3 %, come by chance with a
 * probability below 1e-6 were they independent, and a dozen weights of a picture are not, but nearly so. Noise that is
 * bound together has the errors for even noise fail where the squares' do not. */
static void
test_coverage (void)
{
  EwRandom random = 904;

  if (!has_lapack ())
    return;
  for (int noise = 0; noise < NOISE_N; noise++)
    {
      Count c = { 0 };

      for (int draw = 0; draw < draws (24); draw++)
        count (&random, (Noise)noise, 2 + draw % 3, &c);
      g_test_message ("noise %d: of %d weights %d beyond three errors, %d beyond three of even noise", noise, c.n, c.beyond,
                      c.beyond_even);
      g_assert_cmpfloat (c.beyond, <=, 0.03 * c.n);
      if (noise != NOISE_UNEVEN && noise != NOISE_BLOCKED)
        g_assert_cmpfloat (c.beyond_even, <=, 0.03 * c.n);
      if (noise == NOISE_BLOCKED)
        g_assert_cmpfloat (c.beyond_even, >, 0.03 * c.n);
    }
}

int
main (int argc, char **argv)
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  int status;

  g_test_init (&argc, &argv, NULL);
  devices = ew_devices_new (backends, 1, 2);
  g_test_add_func ("/clusters/jackknife", test_jackknife);
  g_test_add_func ("/clusters/few", test_few);
  g_test_add_func ("/clusters/threads", test_threads);
  g_test_add_func ("/clusters/coverage", test_coverage);
  status = g_test_run ();
  ew_devices_free (devices);
  return status;
}
