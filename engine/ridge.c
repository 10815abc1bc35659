/* Ridge regularisation on G. */
#include "engine/ridge.h"

#include <string.h>

/* 10^−10 … 10^0 in steps of √10, and none. */
const double ew_ridge_strengths[EW_RIDGE_N_STRENGTHS]
    = { 0,        1e-10,    3.162e-10, 1e-9,     3.162e-9, 1e-8,     3.162e-8, 1e-7,  3.162e-7, 1e-6,  3.162e-6,
        1e-5,     3.162e-5, 1e-4,      3.162e-4, 1e-3,     3.162e-3, 1e-2,     3.162e-2, 1e-1,  3.162e-1, 1 };

EwGram *
ew_gram_ridged (const EwGram *gram, int n_taps, double ridge, GError **error)
{
  size_t n = (size_t)gram->n;
  EwGram *ridged = ew_gram_new (gram->n, gram->n_residuals, error);

  if (ridged == NULL)
    return NULL;
  memcpy (ridged->g, gram->g, n * n * sizeof (double));
  memcpy (ridged->h, gram->h, n * sizeof (double));
  ridged->c = gram->c;
  for (int k = 0; k < n_taps; k++)
    ridged->g[k * n + k] += ridge;
  return ridged;
}

double
ew_ridge_of_strength (const EwGram *gram, int n_taps, double strength)
{
  double sum = 0;

  for (int k = 0; k < n_taps; k++)
    sum += gram->g[(size_t)k * gram->n + k];
  return strength * sum / n_taps;
}

static gboolean
held_out_loss (const EwGram *train, EwQuadratic *held, int n_taps, double strength, double *loss, EwCancel *cancel,
               GError **error)
{
  g_autoptr (EwGram) ridged = ew_gram_ridged (train, n_taps, ew_ridge_of_strength (train, n_taps, strength), error);
  g_autoptr (EwQuadratic) q = ridged == NULL ? NULL : ew_quadratic_new (ridged, error);
  g_autofree double *params = g_new (double, train->n);

  if (q == NULL || !ew_quadratic_optimum (q, params, NULL, NULL, cancel, error))
    return FALSE;
  *loss = ew_quadratic_loss (held, params);
  return TRUE;
}

int
ew_ridge_choose (const EwGram *train, EwQuadratic *held, int n_taps, double *losses, EwCancel *cancel, GError **error)
{
  g_autofree double *zeros = g_new0 (double, train->n);
  /* Differences below this are the rounding of the loss. */
  double rounding = 1e-13 * ew_quadratic_loss (held, zeros);
  int best = 0;

  for (int i = 0; i < EW_RIDGE_N_STRENGTHS; i++)
    {
      if (!held_out_loss (train, held, n_taps, ew_ridge_strengths[i], &losses[i], cancel, error))
        return -1;
      if (losses[i] < losses[best] - rounding)
        best = i;
    }
  return best;
}
