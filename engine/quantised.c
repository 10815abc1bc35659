/* EwQuantised: the likelihood of steps, its maximum by Newton's method, and errors from the blocks' scores. */
#include "engine/quantised-private.h"

#include "engine/lapack.h"

#include <math.h>
#include <string.h>

#define ROUNDS 80

/* Settled: no weight moves by more than this part of the largest, nor the noise by more than that part of itself. */
#define SETTLED       1e-7
#define SETTLED_NOISE 1e-4

/* Beyond so many standard deviations a normal distribution's tail is taken by its leading term. */
#define FAR 8

/* Part of the tell-tale coefficients that must lie at multiples of the steps; and how few of them tell nothing. */
#define ALIGNED     0.7
#define ALIGNED_MIN 50

/* What one coefficient adds: derivatives of log P by the prediction p and by log σ. */
typedef struct
{
  double log_p;
  double slope;
  double bend;    /* −∂²/∂p², ≥ 0 */
  double spread;  /* ∂/∂ log σ */
} Term;

/* All of them added up. */
typedef struct
{
  double log_p;
  double spread;
  double spread_squared;
  double *gradient; /* n */
  double *hessian;  /* n × n, upper triangle */
  double *scores;   /* n × n, upper triangle: Σ over blocks of the gradient's products; NULL: not wanted */
  double *score;    /* n: one block's gradient */
} Sums;

void
ew_quantised_fit_free (EwQuantisedFit *fit)
{
  if (fit == NULL)
    return;
  g_free (fit->params);
  g_free (fit->errors);
  g_free (fit);
}

static double
density (double z)
{
  return exp (-z * z / 2) / sqrt (2 * G_PI);
}

/* a, b: the ends less p, in standard deviations. */
static Term
term_of (double a, double b, double sigma)
{
  double near = a > 0 ? a : b < 0 ? -b : 0, sign = a > 0 ? 1 : -1;

  if (near > FAR)
    return (Term){ -near * near / 2 - log (near * sqrt (2 * G_PI)), sign * near / sigma, 1 / (sigma * sigma), near * near };

  /* On the side where both are positive, so that the difference does not cancel. */
  double p = a > 0 ? (erfc (a * G_SQRT2 / 2) - erfc (b * G_SQRT2 / 2)) / 2
                   : (erfc (-b * G_SQRT2 / 2) - erfc (-a * G_SQRT2 / 2)) / 2;
  double at_a = density (a), at_b = density (b);
  double slope = (at_a - at_b) / p, spread = (a * at_a - b * at_b) / p;

  return (Term){ log (p), slope / sigma, fmax (slope * slope - spread, 0) / (sigma * sigma), spread };
}

static double
dot (const float *phi, const double *w, int n)
{
  double sum = 0;

  for (int k = 0; k < n; k++)
    sum += (double)phi[k] * w[k];
  return sum;
}

/* The upper triangle of Σ += weight · vvᵀ. */
static void
add_product (double *sum, const float *v, double weight, int n)
{
  for (int k = 0; k < n; k++)
    {
      double left = weight * (double)v[k];

      for (int l = k; l < n; l++)
        sum[(size_t)k * n + l] += left * (double)v[l];
    }
}

static void
add_term (const EwBlocks *blocks, size_t at, const double *w, double sigma, Sums *sums)
{
  const float *phi = blocks->phi + at * blocks->n;
  double p = dot (phi, w, blocks->n);
  double whole = blocks->fine[at % EW_BLOCK_SIZE] ? hypot (sigma, EW_NOISE_OF_BYTES) : sigma;
  double share = sigma / whole * (sigma / whole);
  Term t = term_of ((blocks->low[at] - p) / whole, (blocks->high[at] - p) / whole, whole);

  sums->log_p += t.log_p;
  sums->spread += share * t.spread;
  sums->spread_squared += share * share * t.spread * t.spread;
  /* In the middle of a wide step nothing is learned. */
  if (t.slope != 0)
    for (int k = 0; k < blocks->n; k++)
      sums->score[k] += t.slope * (double)phi[k];
  if (t.bend * sigma * sigma > 1e-9)
    add_product (sums->hessian, phi, t.bend, blocks->n);
}

static gboolean
add_up (const EwBlocks *blocks, const double *w, double sigma, Sums *sums, EwCancel *cancel, GError **error)
{
  size_t n = (size_t)blocks->n;

  sums->log_p = sums->spread = sums->spread_squared = 0;
  memset (sums->gradient, 0, n * sizeof (double));
  memset (sums->hessian, 0, n * n * sizeof (double));
  for (int block = 0; block < blocks->n_blocks; block++)
    {
      if (ew_cancelled (cancel))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
          return FALSE;
        }
      memset (sums->score, 0, n * sizeof (double));
      for (int k = 0; k < EW_BLOCK_SIZE; k++)
        add_term (blocks, (size_t)block * EW_BLOCK_SIZE + (size_t)k, w, sigma, sums);
      for (size_t k = 0; k < n; k++)
        {
          sums->gradient[k] += sums->score[k];
          for (size_t l = k; sums->scores != NULL && l < n; l++)
            sums->scores[k * n + l] += sums->score[k] * sums->score[l];
        }
    }
  for (size_t k = 0; k < n; k++)
    for (size_t l = 0; l < k; l++)
      sums->hessian[k * n + l] = sums->hessian[l * n + k];
  return TRUE;
}

/* Replaces the Hessian by its factor. */
static gboolean
factor (Sums *sums, int n, GError **error)
{
  double condition;

  if (!ew_lapack_factor (n, sums->hessian, &condition, error))
    return FALSE;
  if (condition < 1e14)
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                       "What the JPEG kept of the target does not determine the kernel; a larger or more varied image, or "
                       "fewer taps, would do.");
  return FALSE;
}

static double
largest (const double *values, int n)
{
  double most = 0;

  for (int k = 0; k < n; k++)
    most = fmax (most, fabs (values[k]));
  return most;
}

/* Newton's steps from *@w and *@sigma, halved where the likelihood would fall. */
static gboolean
climb (const EwBlocks *blocks, Sums *sums, double *w, double *sigma, EwCancel *cancel, GError **error)
{
  int n = blocks->n;
  g_autofree double *best = g_memdup2 (w, (size_t)n * sizeof (double));
  double best_sigma = *sigma, best_log_p = -INFINITY;
  gboolean moves = TRUE;

  for (int round = 0; moves && round < ROUNDS; round++)
    {
      double *step = sums->gradient, widen;

      if (!add_up (blocks, w, *sigma, sums, cancel, error))
        return FALSE;
      if (!(sums->log_p >= best_log_p - 1e-9 * fabs (best_log_p)))
        {
          for (int k = 0; k < n; k++)
            w[k] = (w[k] + best[k]) / 2;
          *sigma = sqrt (*sigma * best_sigma);
          continue;
        }
      memcpy (best, w, (size_t)n * sizeof (double));
      best_sigma = *sigma;
      best_log_p = sums->log_p;
      if (!factor (sums, n, error) || !ew_lapack_solve (n, sums->hessian, step, error))
        return FALSE;
      for (int k = 0; k < n; k++)
        w[k] += step[k];
      widen = sums->spread_squared > 0 ? CLAMP (sums->spread / sums->spread_squared, -0.5, 0.5) : 0;
      *sigma = fmax (*sigma * exp (widen), EW_NOISE_OF_BYTES / 4);
      moves = largest (step, n) > SETTLED * largest (w, n) || fabs (*sigma / best_sigma - 1) > SETTLED_NOISE;
    }
  memcpy (w, best, (size_t)n * sizeof (double));
  *sigma = best_sigma;
  return TRUE;
}

/* √(H⁻¹SH⁻¹)ₖₖ, with S from the blocks' gradients. */
static gboolean
find_errors (const EwBlocks *blocks, Sums *sums, EwQuantisedFit *fit, EwCancel *cancel, GError **error)
{
  size_t n = (size_t)blocks->n;
  g_autofree double *scores = g_new0 (double, n * n);
  g_autofree double *column = g_new (double, n);
  /* As many blocks less as there are parameters, for having fitted them. */
  double correction = (double)blocks->n_blocks / (double)MAX (blocks->n_blocks - blocks->n, 1);

  sums->scores = scores;
  if (!add_up (blocks, fit->params, fit->noise, sums, cancel, error) || !factor (sums, blocks->n, error))
    return FALSE;
  for (size_t k = 0; k < n; k++)
    {
      double variance = 0;

      memset (column, 0, n * sizeof (double));
      column[k] = 1;
      if (!ew_lapack_solve (blocks->n, sums->hessian, column, error))
        return FALSE;
      for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
          variance += column[i] * scores[MIN (i, j) * n + MAX (i, j)] * column[j];
      fit->errors[k] = sqrt (fmax (variance, 0) * correction);
    }
  return TRUE;
}

static gboolean
check_blocks (const EwBlocks *blocks, double *aligned, GError **error)
{
  *aligned = blocks->n_large == 0 ? NAN : (double)blocks->n_aligned / (double)blocks->n_large;
  if (blocks->n_large >= ALIGNED_MIN && *aligned < ALIGNED)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                           "The target's pixels are not as its JPEG's blocks have them; it must be neither turned, cropped "
                           "nor scaled.");
      return FALSE;
    }
  if (blocks->n_blocks > blocks->n)
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_DATA,
               "Only %d blocks of 8×8 pixels without black or white can be used, which is too few for %d weights.",
               blocks->n_blocks, blocks->n);
  return FALSE;
}

EwQuantisedFit *
ew_fit_quantised (const EwProblem *problem, const EwSteps *steps, const double *start, EwCancel *cancel, GError **error)
{
  size_t n = (size_t)problem->n_params;
  g_autoptr (EwBlocks) blocks = ew_blocks_new (problem, steps, cancel, error);
  g_autoptr (EwQuantisedFit) fit = g_new0 (EwQuantisedFit, 1);
  g_autofree double *hessian = g_try_new (double, n * n);
  g_autofree double *vectors = g_new (double, 2 * n);
  Sums sums = { .gradient = vectors, .hessian = hessian, .score = vectors + n };

  if (blocks == NULL || !check_blocks (blocks, &fit->aligned, error))
    return NULL;
  if (hessian == NULL)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the fit of %d weights.", (int)n);
      return NULL;
    }
  fit->n = (int)n;
  fit->n_blocks = blocks->n_blocks;
  fit->params = g_memdup2 (start, n * sizeof (double));
  fit->errors = g_new0 (double, n);
  fit->noise = 4 * EW_NOISE_OF_BYTES;
  if (!climb (blocks, &sums, fit->params, &fit->noise, cancel, error)
      || !find_errors (blocks, &sums, fit, cancel, error))
    return NULL;
  return g_steal_pointer (&fit);
}
