/* Gram matrices for tests. */
#include "tests/quadratic-fixtures.h"

#include "engine/lapack.h"

#include <math.h>

Patches *
random_patches (EwRandom *random, int n, int rows, int noise)
{
  Patches *patches = g_new (Patches, 1);

  *patches = (Patches){ n, rows, g_new (double, (size_t)rows *n), g_new (double, rows), g_new (double, n) };
  for (int k = 0; k < n; k++)
    patches->best[k] = random_int (random, -512, 512) / 256.0;
  for (int r = 0; r < rows; r++)
    {
      double *phi = patches->phi + (size_t)r * n;

      patches->y[r] = noise > 0 ? random_int (random, -noise, noise) : 0;
      for (int k = 0; k < n; k++)
        {
          phi[k] = random_int (random, -5, 7);
          patches->y[r] += phi[k] * patches->best[k];
        }
    }
  return patches;
}

void
patches_free (Patches *patches)
{
  g_free (patches->phi);
  g_free (patches->y);
  g_free (patches->best);
  g_free (patches);
}

EwGram *
gram_of_patches (const Patches *patches)
{
  int n = patches->n;
  EwGram *gram = ew_gram_new (n, patches->rows, NULL);

  for (int r = 0; r < patches->rows; r++)
    {
      const double *phi = patches->phi + (size_t)r * n;

      gram->c += patches->y[r] * patches->y[r];
      for (int i = 0; i < n; i++)
        {
          gram->h[i] += phi[i] * patches->y[r];
          for (int j = 0; j < n; j++)
            gram->g[i * n + j] += phi[i] * phi[j];
        }
    }
  return gram;
}

long double
loss_of_patches (const Patches *patches, const double *params, double *gradient)
{
  int n = patches->n;
  g_autofree long double *sums = g_new0 (long double, n);
  long double loss = 0;

  for (int r = 0; r < patches->rows; r++)
    {
      const double *phi = patches->phi + (size_t)r * n;
      long double residual = -patches->y[r];

      for (int k = 0; k < n; k++)
        residual += (long double)phi[k] * params[k];
      loss += residual * residual;
      for (int k = 0; k < n; k++)
        sums[k] += 2 * residual * phi[k];
    }
  for (int k = 0; gradient != NULL && k < n; k++)
    gradient[k] = (double)sums[k];
  return loss;
}

EwGram *
golden_gram (void)
{
  g_autoptr (EwProblem) problem = golden_problem ();
  const EwGrid *x = problem->samples[0].x;
  const EwGrid *y = problem->samples[0].y;
  Patches patches = { 2, y->height * y->width };
  g_autofree double *phi = g_new (double, 2 * patches.rows);
  g_autofree double *target = g_new (double, patches.rows);

  patches.phi = phi;
  patches.y = target;
  for (int r = 0; r < patches.rows; r++)
    {
      const float *from = ew_grid_row (x, r / y->width) + r % y->width;

      phi[2 * r] = from[0];
      phi[2 * r + 1] = from[1];
      target[r] = ew_grid_row (y, r / y->width)[r % y->width];
    }
  return gram_of_patches (&patches);
}

EwGram *
decaying_gram (EwRandom *random, int n, double *best)
{
  EwGram *gram = ew_gram_new (n, n, NULL);

  for (int i = 0; i < n; i++)
    best[i] = random_int (random, -512, 512) / 256.0;
  for (int i = 0; i < n; i++)
    {
      long double h = 0;

      for (int j = 0; j < n; j++)
        {
          gram->g[(size_t)i * n + j] = 100 * exp2 (-abs (i - j));
          h += (long double)gram->g[(size_t)i * n + j] * best[j];
        }
      gram->h[i] = (double)h;
      gram->c += (double)h * best[i];
    }
  return gram;
}

EwQuadratic *
quadratic_of (EwGram *gram)
{
  g_autoptr (GError) error = NULL;
  EwQuadratic *q = ew_quadratic_new (gram, &error);

  g_assert_no_error (error);
  return q;
}

gboolean
has_lapack (void)
{
  g_autoptr (GError) error = NULL;

  if (ew_lapack_available (&error))
    return TRUE;
  g_test_skip (error->message);
  return FALSE;
}
