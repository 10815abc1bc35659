/* EwAgreement: weights against each other, in their standard errors. */
#include "engine/agreement.h"

#include <float.h>
#include <math.h>

/* P(|Z| > z) = erfc(z/√2) falls steadily, so halving finds it. */
double
ew_normal_quantile_two_sided (double p)
{
  double low = 0, high = 40;

  for (int i = 0; i < 200 && low < high; i++)
    {
      double middle = (low + high) / 2;

      if (middle == low || middle == high)
        break;
      if (erfc (middle / G_SQRT2) > p)
        low = middle;
      else
        high = middle;
    }
  return (low + high) / 2;
}

static gboolean
is_comparable (EwOptimum *const *optima, int n, int k)
{
  for (int i = 0; i < n; i++)
    if (!isfinite (optima[i]->errors[k]) || !ew_optimum_determines (optima[i], k))
      return FALSE;
  return TRUE;
}

/* How large the weights of a kernel are: its pixels and outputs were rounded to float32. */
static double
scale_of (const EwOptimum *o)
{
  double sum = 0;

  for (int k = 0; k < o->n; k++)
    sum += o->params[k] * o->params[k];
  return sqrt (sum);
}

static void
compare (EwOptimum *const *optima, int a, int b, int k, EwAgreement *agreement)
{
  double difference = optima[a]->params[k] - optima[b]->params[k];
  double floor = FLT_EPSILON * fmax (scale_of (optima[a]), scale_of (optima[b]));
  double error = fmax (hypot (optima[a]->errors[k], optima[b]->errors[k]), floor);
  double apart = error > 0 ? fabs (difference) / error : 0;

  agreement->largest = fmax (agreement->largest, fabs (difference));
  if (apart <= agreement->most)
    return;
  agreement->most = apart;
  agreement->weight = k;
  agreement->first = a;
  agreement->second = b;
  agreement->difference = difference;
}

void
ew_agreement_look (EwOptimum *const *optima, int n, EwAgreement *agreement)
{
  *agreement = (EwAgreement){ .agree = TRUE };
  for (int k = 0; k < optima[0]->n; k++)
    {
      if (!is_comparable (optima, n, k))
        continue;
      agreement->n_weights++;
      for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++)
          compare (optima, a, b, k, agreement);
    }
  agreement->threshold
      = ew_normal_quantile_two_sided (EW_AGREEMENT_ALPHA / (MAX (agreement->n_weights, 1) * (n * (n - 1) / 2)));
  agreement->agree = agreement->most <= agreement->threshold;
  agreement->negligible = agreement->largest < EW_AGREEMENT_NEGLIGIBLE;
}
