/* EwQuantised: the likelihood's maximum by Newton's method, and errors from the blocks' scores. */
#include "engine/quantised-private.h"

#include "engine/lapack.h"

#include <math.h>
#include <string.h>

#define ROUNDS 80

/* Settled: no weight moves by more than this part of the largest, nor the noise by more than that part of itself. */
#define SETTLED       1e-7
#define SETTLED_NOISE 1e-4

/* Part of the tell-tale coefficients that must lie at multiples of the steps; and how few of them tell nothing. */
#define ALIGNED     0.7
#define ALIGNED_MIN 50

void
ew_quantised_fit_free (EwQuantisedFit *fit)
{
  if (fit == NULL)
    return;
  g_free (fit->params);
  g_free (fit->errors);
  g_free (fit);
}

/* Replaces the Hessian by its factor. */
static gboolean
factor (EwQuantisedSums *sums, int n, GError **error)
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

/* Halfway back, where the likelihood has fallen. */
static void
step_back (double *w, EwQuantisedPlace *place, const double *best, const EwQuantisedPlace *best_place, int n)
{
  for (int k = 0; k < n; k++)
    w[k] = (w[k] + best[k]) / 2;
  for (int k = 0; k < EW_BLOCK_SIZE; k++)
    place->shifts[k] = (place->shifts[k] + best_place->shifts[k]) / 2;
  place->sigma = sqrt (place->sigma * best_place->sigma);
}

/* A step of Newton's from @place, whose sums those are; *@moved: the longest of a weight's. */
static gboolean
step_on (EwQuantisedSums *sums, double *w, EwQuantisedPlace *place, double *moved, GError **error)
{
  int n = sums->n;
  double *step = sums->gradient;
  double widen = sums->spread_squared > 0 ? CLAMP (sums->spread / sums->spread_squared, -0.5, 0.5) : 0;

  if (!factor (sums, n, error) || !ew_lapack_solve (n, sums->hessian, step, error))
    return FALSE;
  *moved = largest (step, n);
  for (int k = 1; k < EW_BLOCK_SIZE; k++)
    {
      double follows = sums->shift_slope[k];

      for (int l = 0; l < n; l++)
        follows -= sums->cross[(size_t)k * (size_t)n + (size_t)l] * step[l];
      place->shifts[k] += follows / sums->shift_bend[k];
    }
  for (int k = 0; k < n; k++)
    w[k] += step[k];
  place->sigma = fmax (place->sigma * exp (widen), EW_NOISE_OF_BYTES / 4);
  return TRUE;
}

/* From @w, which is place's, and its noise; steps are halved where the likelihood would fall. */
static gboolean
climb (const EwBlocks *blocks, EwQuantisedSums *sums, double *w, EwQuantisedPlace *place, EwCancel *cancel,
       GError **error)
{
  int n = blocks->n;
  g_autofree double *best = g_memdup2 (w, (size_t)n * sizeof (double));
  EwQuantisedPlace best_place = *place;
  double best_log_p = -INFINITY, moved = INFINITY;

  for (int round = 0; round < ROUNDS; round++)
    {
      if (!ew_quantised_sums_take (sums, blocks, place, cancel, error))
        return FALSE;
      if (!(sums->log_p >= best_log_p - 1e-9 * fabs (best_log_p)))
        {
          step_back (w, place, best, &best_place, n);
          continue;
        }
      memcpy (best, w, (size_t)n * sizeof (double));
      best_place = *place;
      best_log_p = sums->log_p;
      if (!step_on (sums, w, place, &moved, error))
        return FALSE;
      if (moved <= SETTLED * largest (w, n) && fabs (place->sigma / best_place.sigma - 1) <= SETTLED_NOISE)
        break;
    }
  memcpy (w, best, (size_t)n * sizeof (double));
  *place = best_place;
  return TRUE;
}

/* to = H⁻¹·from */
static void
multiply (const double *inverse, const double *from, double *to, int n)
{
  for (int k = 0; k < n; k++)
    {
      to[k] = 0;
      for (int l = 0; l < n; l++)
        to[k] += inverse[(size_t)k * (size_t)n + (size_t)l] * from[l];
    }
}

static gboolean
invert (EwQuantisedSums *sums, double *inverse, GError **error)
{
  size_t n = (size_t)sums->n;

  if (!factor (sums, sums->n, error))
    return FALSE;
  memset (inverse, 0, n * n * sizeof (double));
  for (size_t k = 0; k < n; k++)
    {
      inverse[k * n + k] = 1;
      if (!ew_lapack_solve (sums->n, sums->hessian, inverse + k * n, error))
        return FALSE;
    }
  return TRUE;
}

/* The jackknife, leaving out a block at a time: without block b the parameters would move by −(H − H_b)⁻¹s_b, of which H⁻¹s_b
 * alone would be too small where a block has much to say. √Σ of the squares of that. */
static gboolean
find_errors (const EwBlocks *blocks, EwQuantisedSums *sums, const EwQuantisedPlace *place, double *errors, EwCancel *cancel,
             GError **error)
{
  int n = blocks->n;
  size_t size = (size_t)n;
  g_autofree double *inverse = g_new (double, size * size);
  g_autofree double *tilted = g_new (double, size * EW_BLOCK_SIZE);
  g_autofree double *moved = g_new (double, 3 * size);
  double *score = moved + size, *more = score + size;
  double bends[EW_BLOCK_SIZE];

  if (!ew_quantised_sums_take (sums, blocks, place, cancel, error) || !invert (sums, inverse, error))
    return FALSE;
  memset (errors, 0, size * sizeof (double));
  for (int block = 0; block < blocks->n_blocks; block++)
    {
      ew_quantised_score (sums, blocks, place, block, score, bends, tilted);
      multiply (inverse, score, moved, n);
      for (int term = 0; term < 2; term++)
        {
          memcpy (more, score, size * sizeof (double));
          for (size_t k = 0; k < EW_BLOCK_SIZE; k++)
            {
              double along = 0;

              for (size_t l = 0; l < size; l++)
                along += tilted[k * size + l] * moved[l];
              for (size_t l = 0; l < size; l++)
                more[l] += bends[k] * along * tilted[k * size + l];
            }
          multiply (inverse, more, moved, n);
        }
      for (int k = 0; k < n; k++)
        errors[k] += moved[k] * moved[k];
    }
  for (int k = 0; k < n; k++)
    errors[k] = sqrt (errors[k]);
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
  g_auto (EwQuantisedSums) sums = { 0 };
  EwQuantisedPlace place = { .sigma = 4 * EW_NOISE_OF_BYTES };

  if (blocks == NULL || !check_blocks (blocks, &fit->aligned, error)
      || !ew_quantised_sums_init (&sums, problem->n_params, error))
    return NULL;
  fit->n = (int)n;
  fit->n_blocks = blocks->n_blocks;
  fit->params = g_memdup2 (start, n * sizeof (double));
  fit->errors = g_new0 (double, n);
  place.params = fit->params;
  if (!climb (blocks, &sums, fit->params, &place, cancel, error)
      || !find_errors (blocks, &sums, &place, fit->errors, cancel, error))
    return NULL;
  fit->noise = place.sigma;
  return g_steal_pointer (&fit);
}
