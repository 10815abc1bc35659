/* The loss over a plane against the loss itself. */
#include "engine/lapack.h"
#include "engine/surface.h"
#include "tests/quadratic-fixtures.h"

#include <math.h>
#include <string.h>

/* Whole numbers up to 7 in 80 patches of 9: losses of some thousand, of which 1e-9 is 1e3 roundings. */
static void
check (EwQuadratic *q, const EwSurface *s, EwRandom *random)
{
  double w[9], foot[9], a, b, distance;

  for (int trial = 0; trial < 20; trial++)
    {
      double x = 4 * ew_random_uniform (random) - 2, y = 4 * ew_random_uniform (random) - 2, off = 0;

      for (int k = 0; k < 9; k++)
        w[k] = s->origin[k] + x * s->u[k] + y * s->v[k];
      g_assert_cmpfloat_with_epsilon (ew_surface_loss (s, x, y), ew_quadratic_loss (q, w), 1e-9);
      ew_surface_place (s, w, &a, &b, &distance);
      g_assert_cmpfloat_with_epsilon (a, x, 1e-12);
      g_assert_cmpfloat_with_epsilon (b, y, 1e-12);
      g_assert_cmpfloat_with_epsilon (distance, 0, 1e-12);
      for (int k = 0; k < 9; k++)
        w[k] += ew_random_uniform (random);
      ew_surface_place (s, w, &a, &b, &distance);
      for (int k = 0; k < 9; k++)
        {
          foot[k] = s->origin[k] + a * s->u[k] + b * s->v[k];
          off += (w[k] - foot[k]) * (w[k] - foot[k]);
        }
      g_assert_cmpfloat_with_epsilon (distance, sqrt (off), 1e-12);
    }
}

static void
test_surface (void)
{
  EwRandom random = 801;
  g_autoptr (Patches) patches = random_patches (&random, 9, 80, 4);
  g_autoptr (EwGram) gram = gram_of_patches (patches);
  g_autoptr (EwQuadratic) q = ew_quadratic_new (gram, NULL);
  g_autoptr (EwSurface) taps = NULL;
  g_autoptr (EwSurface) eigen = NULL;
  g_autoptr (GError) error = NULL;
  double origin[9];

  for (int k = 0; k < 9; k++)
    origin[k] = ew_random_uniform (&random);
  taps = ew_surface_new_taps (q, origin, 2, 7);
  g_assert_cmpfloat (taps->uv, ==, gram->g[2 * 9 + 7]);
  check (q, taps, &random);
  if (!ew_lapack_available (&error))
    {
      g_test_skip (error->message);
      return;
    }
  g_assert_true (ew_quadratic_optimum (q, origin, NULL, NULL, NULL, NULL));
  eigen = ew_surface_new_eigen (q, origin, 0, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (eigen->uu / ew_quadratic_lambda_max (q), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (eigen->uv, 0, 1e-9);
  g_assert_cmpfloat (eigen->vv, <=, eigen->uu);
  g_assert_cmpfloat_with_epsilon (eigen->slope_u, 0, 1e-8);
  check (q, eigen, &random);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/surface/surface", test_surface);
  return g_test_run ();
}
