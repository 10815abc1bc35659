/* EwQuadratic: memory, the base, and what is asked of the inner loops. */
#include "engine/cpu-kernels.h"
#include "engine/quadratic-private.h"

#include <math.h>
#include <string.h>

/* Up to this many parameters the loops go by blocks that stay in registers while G comes from the caches. A larger G is
 * faster from end to end (measured: even at 225, 1.6 times as fast at 1025 and 4 times at 3969). */
#define BLOCKS_MAX 128

/* The processor's, or what EDGEWISE_CPU asks for; wider vectors than AVX2's were measured to gain nothing. */
static const EwQuadraticLoops *
find_loops (void)
{
#if defined(__x86_64__)
  const EwCpuKernels *kernels = ew_cpu_kernels (NULL);

  if (kernels != NULL && kernels != &ew_cpu_generic)
    return &ew_quadratic_avx2;
#endif
  return &ew_quadratic_generic;
}

/* Zeros at a multiple of 64 bytes, or NULL. */
static double *
new_vectors (size_t n_values)
{
  void *memory = NULL;

  if (posix_memalign (&memory, 64, n_values * sizeof (double)) != 0)
    return NULL;
  memset (memory, 0, n_values * sizeof (double));
  return memory;
}

static gboolean
all_finite (const double *values, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (!isfinite (values[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_finite (const EwGram *gram)
{
  return isfinite (gram->c) && all_finite (gram->h, gram->n) && all_finite (gram->g, (size_t)gram->n * (size_t)gram->n);
}

/* The blocks need rows that are whole vectors. */
static void
copy_gram (EwQuadratic *q)
{
  q->g = q->gram->g;
  q->stride = q->n;
  if (q->n > BLOCKS_MAX)
    return;
  q->copy = new_vectors ((size_t)q->n * q->padded);
  for (size_t i = 0; q->copy != NULL && i < (size_t)q->n; i++)
    memcpy (q->copy + i * q->padded, q->gram->g + i * q->n, q->n * sizeof (double));
  if (q->copy == NULL)
    return;
  q->g = q->copy;
  q->stride = q->padded;
}

EwQuadratic *
ew_quadratic_new (EwGram *gram, GError **error)
{
  if (!is_finite (gram))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                           "The sums of products over the data are not finite, so the loss is not known from them.");
      return NULL;
    }

  EwQuadratic *q = g_new0 (EwQuadratic, 1);

  q->gram = ew_gram_ref (gram);
  q->loops = find_loops ();
  q->n = gram->n;
  q->padded = (q->n + EW_QUADRATIC_LANES - 1) / EW_QUADRATIC_LANES * EW_QUADRATIC_LANES;
  q->lambda_max = NAN;
  q->base = new_vectors (5 * (size_t)q->padded);
  if (q->base == NULL)
    {
      ew_quadratic_free (q);
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for %d weights.", gram->n);
      return NULL;
    }
  q->slope = q->base + q->padded;
  q->params = q->slope + q->padded;
  q->d = q->params + q->padded;
  q->product = q->d + q->padded;
  for (int i = 0; i < q->n; i++)
    q->slope[i] = -2 * gram->h[i];
  q->level = gram->c;
  copy_gram (q);
  return q;
}

void
ew_quadratic_free (EwQuadratic *q)
{
  if (q == NULL)
    return;
  ew_gram_unref (q->gram);
  free (q->copy);
  free (q->base);
  g_free (q->values);
  g_free (q->vectors);
  g_free (q);
}

const EwGram *
ew_quadratic_gram (const EwQuadratic *q)
{
  return q->gram;
}

void
ew_quadratic_rebase (EwQuadratic *q, const double *params, double loss, const double *gradient)
{
  memcpy (q->base, params, q->n * sizeof (double));
  memcpy (q->slope, gradient, q->n * sizeof (double));
  q->level = loss;
}

/* The padding is made anew: a step that is not finite makes NAN of it. */
static void
set_params (EwQuadratic *q, const double *params)
{
  memset (q->params, 0, 3 * (size_t)q->padded * sizeof (double));
  memcpy (q->params, params, q->n * sizeof (double));
}

void
ew_quadratic_move (EwQuadratic *q, const double *params)
{
  set_params (q, params);
  for (int i = 0; i < q->n; i++)
    q->d[i] = q->params[i] - q->base[i];
  q->loops->multiply (q);
}

void
ew_quadratic_multiply (EwQuadratic *q, const double *x, double *y)
{
  memset (q->d, 0, 2 * (size_t)q->padded * sizeof (double));
  memcpy (q->d, x, q->n * sizeof (double));
  q->loops->multiply (q);
  memcpy (y, q->product, q->n * sizeof (double));
}

double
ew_quadratic_loss (EwQuadratic *q, const double *params)
{
  ew_quadratic_move (q, params);
  return q->loops->loss (q);
}

void
ew_quadratic_gradient (EwQuadratic *q, const double *params, double *gradient)
{
  ew_quadratic_move (q, params);
  for (int i = 0; i < q->n; i++)
    gradient[i] = q->slope[i] + 2 * q->product[i];
}

void
ew_quadratic_descend (EwQuadratic *q, EwDescent *descent)
{
  descent->done = 0;
  descent->diverged = FALSE;
  set_params (q, descent->params);
  q->loops->descend (q, descent);
  memcpy (descent->params, q->params, q->n * sizeof (double));
}
