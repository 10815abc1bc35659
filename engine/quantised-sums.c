/* EwQuantised: the likelihood of steps, its slope and its bend, added up over the blocks. */
#include "engine/quantised-private.h"

#include <math.h>
#include <string.h>

/* Beyond so many standard deviations a normal distribution's tail is taken by its leading term. */
#define FAR 8

/* What one coefficient adds: derivatives of log P by the prediction p and by log σ. */
typedef struct
{
  double log_p;
  double slope;
  double bend;    /* −∂²/∂p², ≥ 0 */
  double spread;  /* ∂/∂ log σ */
} Term;

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

/* How far an encoder's arithmetic may be off, as a normal distribution about none: some 255ths with the fastest of the usual
 * transforms. */
#define SHIFT (2 / 255.0)

gboolean
ew_quantised_sums_init (EwQuantisedSums *sums, int n, GError **error)
{
  size_t size = (size_t)n;

  *sums = (EwQuantisedSums){ .n = n };
  sums->hessian = g_try_new (double, size * size);
  if (sums->hessian == NULL)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the fit of %d weights.", n);
      return FALSE;
    }
  sums->gradient = g_new (double, size);
  sums->cross = g_new (double, size * EW_BLOCK_SIZE);
  return TRUE;
}

void
ew_quantised_sums_clear (EwQuantisedSums *sums)
{
  g_clear_pointer (&sums->hessian, g_free);
  g_clear_pointer (&sums->gradient, g_free);
  g_clear_pointer (&sums->cross, g_free);
}

/* Coefficient @at of all. */
static Term
look_at (const EwBlocks *blocks, size_t at, const EwQuantisedPlace *place, double *share)
{
  int k = (int)(at % EW_BLOCK_SIZE);
  double p = dot (blocks->phi + at * blocks->n, place->params, blocks->n) + place->shifts[k];
  double whole = blocks->fine[k] ? hypot (place->sigma, EW_NOISE_OF_BYTES) : place->sigma;

  *share = place->sigma / whole * (place->sigma / whole);
  return term_of ((blocks->low[at] - p) / whole, (blocks->high[at] - p) / whole, whole);
}

static void
add_coefficient (const EwBlocks *blocks, size_t at, const EwQuantisedPlace *place, EwQuantisedSums *sums)
{
  const float *phi = blocks->phi + at * blocks->n;
  int n = blocks->n, k = (int)(at % EW_BLOCK_SIZE);
  double share;
  Term t = look_at (blocks, at, place, &share);

  sums->log_p += t.log_p;
  sums->spread += share * t.spread;
  sums->spread_squared += share * share * t.spread * t.spread;
  sums->shift_slope[k] += t.slope;
  /* In the middle of a wide step nothing is learned. */
  if (t.slope != 0)
    for (int l = 0; l < n; l++)
      sums->gradient[l] += t.slope * (double)phi[l];
  if (t.bend * place->sigma * place->sigma <= 1e-9)
    return;
  add_product (sums->hessian, phi, t.bend, n);
  sums->shift_bend[k] += t.bend;
  for (int l = 0; l < n; l++)
    sums->cross[(size_t)k * (size_t)n + (size_t)l] += t.bend * (double)phi[l];
}

/* What is known of the shifts beforehand; the mean brightness has none: that is the bias, or nothing. */
static void
add_prior (const EwQuantisedPlace *place, EwQuantisedSums *sums)
{
  for (int k = 0; k < EW_BLOCK_SIZE; k++)
    {
      sums->log_p -= place->shifts[k] * place->shifts[k] / (2 * SHIFT * SHIFT);
      sums->shift_slope[k] -= place->shifts[k] / (SHIFT * SHIFT);
      sums->shift_bend[k] += 1 / (SHIFT * SHIFT);
    }
  sums->shift_slope[0] = 0;
  memset (sums->cross, 0, (size_t)sums->n * sizeof (double));
}

/* Takes the shifts out of the normal equations: H − Σ bbᵀ/d, g − Σ b·s/d. */
static void
eliminate (EwQuantisedSums *sums)
{
  size_t n = (size_t)sums->n;

  for (int k = 1; k < EW_BLOCK_SIZE; k++)
    {
      const double *b = sums->cross + (size_t)k * n;
      double d = sums->shift_bend[k];

      for (size_t i = 0; i < n; i++)
        {
          sums->gradient[i] -= b[i] * sums->shift_slope[k] / d;
          for (size_t j = i; j < n; j++)
            sums->hessian[i * n + j] -= b[i] * b[j] / d;
        }
    }
  for (size_t k = 0; k < n; k++)
    for (size_t l = 0; l < k; l++)
      sums->hessian[k * n + l] = sums->hessian[l * n + k];
}

gboolean
ew_quantised_sums_take (EwQuantisedSums *sums, const EwBlocks *blocks, const EwQuantisedPlace *place, EwCancel *cancel,
                        GError **error)
{
  size_t n = (size_t)blocks->n;

  sums->log_p = sums->spread = sums->spread_squared = 0;
  memset (sums->shift_slope, 0, sizeof sums->shift_slope);
  memset (sums->shift_bend, 0, sizeof sums->shift_bend);
  memset (sums->gradient, 0, n * sizeof (double));
  memset (sums->hessian, 0, n * n * sizeof (double));
  memset (sums->cross, 0, n * EW_BLOCK_SIZE * sizeof (double));
  for (size_t block = 0; block < (size_t)blocks->n_blocks; block++)
    {
      if (ew_cancelled (cancel))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
          return FALSE;
        }
      for (size_t k = 0; k < EW_BLOCK_SIZE; k++)
        add_coefficient (blocks, block * EW_BLOCK_SIZE + k, place, sums);
    }
  add_prior (place, sums);
  eliminate (sums);
  return TRUE;
}

void
ew_quantised_score (const EwQuantisedSums *sums, const EwBlocks *blocks, const EwQuantisedPlace *place, int block,
                    double *score, double *bends, double *tilted)
{
  size_t n = (size_t)blocks->n;

  memset (score, 0, n * sizeof (double));
  for (size_t k = 0; k < EW_BLOCK_SIZE; k++)
    {
      size_t at = (size_t)block * EW_BLOCK_SIZE + k;
      double *own = tilted + k * n;
      double share;
      Term t = look_at (blocks, at, place, &share);

      bends[k] = t.bend;
      for (size_t l = 0; l < n; l++)
        {
          own[l] = (double)blocks->phi[at * n + l] - sums->cross[k * n + l] / sums->shift_bend[k];
          score[l] += t.slope * own[l];
        }
    }
}
