/* The loss over a plane against the loss itself. */
#include "engine/history.h"
#include "engine/lapack.h"
#include "engine/surface-map.h"
#include "engine/trail.h"
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

/* No place of the plane is below the lowest: not around it, and not anywhere else. A plane that is level in one
 * direction has many; then it is the one nearest to the origin. */
static void
test_lowest (void)
{
  EwRandom random = 802;

  for (int trial = 0; trial < 200; trial++)
    {
      double angle = 7 * ew_random_uniform (&random), c = cos (angle), d = sin (angle);
      double p = pow (10, 3 * ew_random_uniform (&random)), q = trial % 4 == 0 ? 0 : p * ew_random_uniform (&random);
      double s = 6 * ew_random_uniform (&random) - 3, t = q == 0 ? 0 : 6 * ew_random_uniform (&random) - 3, a, b;
      /* p (x − s)² + q (y − t)² + 5, with x and y turned by the angle. */
      EwSurface plane = { .level = p * s * s + q * t * t + 5,
                          .slope_u = -2 * (p * s * c - q * t * d),
                          .slope_v = -2 * (p * s * d + q * t * c),
                          .uu = p * c * c + q * d * d,
                          .uv = (p - q) * c * d,
                          .vv = p * d * d + q * c * c };

      ew_surface_lowest (&plane, &a, &b);
      /* Rounding of the coefficients: some 1e-16 of p, over the smaller curvature. */
      double bound = 1e-14 * (1 + (q > 0 ? p / q : 0)) * 10;

      if (q == 0 || q > 1e-3 * p)
        {
          g_assert_cmpfloat_with_epsilon (a, s * c - t * d, bound);
          g_assert_cmpfloat_with_epsilon (b, s * d + t * c, bound);
        }
      for (int k = 0; k < 8; k++)
        g_assert_cmpfloat (ew_surface_loss (&plane, a, b), <=,
                           ew_surface_loss (&plane, a + 0.1 * cos (k), b + 0.1 * sin (k)) + 1e-11 * p);
    }
}

/* A run of 40 epochs between given start and end. */
static EwCurves *
random_run (EwRandom *random, int n, float (*weights)[9])
{
  g_autoptr (EwHistory) history = ew_history_new (n);
  double params[9];

  for (int epoch = 0; epoch < 40; epoch++)
    {
      for (int k = 0; k < n; k++)
        params[k] = weights[epoch][k] = (float)(4 * ew_random_uniform (random) - 2);
      ew_history_add (history, epoch + 1, 1, params);
    }
  return ew_history_curves (history);
}

static void
test_map (void)
{
  EwRandom random = 803;
  g_autoptr (Patches) patches = random_patches (&random, 9, 80, 4);
  g_autoptr (EwGram) gram = gram_of_patches (patches);
  g_autoptr (EwQuadratic) q = ew_quadratic_new (gram, NULL);
  float weights[40][9];
  g_autoptr (EwCurves) curves = random_run (&random, 9, weights);
  double optimum[9], start[9], present[9], there[9], x, y, off;

  for (int k = 0; k < 9; k++)
    {
      start[k] = ew_random_uniform (&random);
      present[k] = ew_random_uniform (&random);
      optimum[k] = ew_random_uniform (&random);
    }
  for (int trial = 0; trial < 2; trial++)
    {
      EwSurfaceSource source = { q, optimum, start, present, curves, TRUE, 0.25 };
      EwSurfaceChoice choice = { .first = 5, .second = 1, .through_present = trial == 1 };
      g_autoptr (EwSurfaceMap) map = ew_surface_map_new (&source, &choice, NULL);

      g_assert_cmpfloat (map->zero_a, ==, (trial == 1 ? present : optimum)[5]);
      g_assert_cmpint (map->n_path, ==, 42);
      /* Weights are −2 … 2 in float32; sums of two terms in float64 beside that are exact but for 1e-15. */
      for (int k = 0; k < 40; k++)
        {
          g_assert_cmpfloat_with_epsilon (map->zero_a + map->path[1 + k].a, (double)weights[k][5], 1e-14);
          g_assert_cmpfloat_with_epsilon (map->zero_b + map->path[1 + k].b, (double)weights[k][1], 1e-14);
        }
      g_assert_cmpfloat_with_epsilon (map->zero_a + map->path[0].a, start[5], 1e-14);
      g_assert_cmpfloat_with_epsilon (map->zero_b + map->path[41].b, present[1], 1e-14);
      g_assert_cmpfloat_with_epsilon (map->present_loss, ew_quadratic_loss (q, present) / 4, 1e-9);
      ew_surface_map_params (map, map->present.a, map->present.b, there);
      g_assert_cmpfloat_with_epsilon (ew_surface_map_loss (map, map->present.a, map->present.b),
                                      ew_quadratic_loss (q, there) / 4, 1e-9);
      ew_surface_place (map->surface, present, &x, &y, &off);
      g_assert_cmpfloat (off, ==, map->off);
      if (trial == 1)
        g_assert_cmpfloat (map->off, ==, 0);
    }
}

/* Weights that there are not, one weight only, and an earlier epoch: the path ends at the run's end all the same. */
static void
test_map_choices (void)
{
  EwRandom random = 804;
  g_autoptr (Patches) patches = random_patches (&random, 9, 80, 4);
  g_autoptr (EwGram) gram = gram_of_patches (patches);
  g_autoptr (EwQuadratic) q = ew_quadratic_new (gram, NULL);
  g_autoptr (Patches) single = random_patches (&random, 1, 80, 4);
  g_autoptr (EwGram) gram_of_one = gram_of_patches (single);
  g_autoptr (EwQuadratic) of_one = ew_quadratic_new (gram_of_one, NULL);
  g_autoptr (GError) error = NULL;
  float weights[40][9];
  g_autoptr (EwCurves) curves = random_run (&random, 9, weights);
  double zeros[9] = { 0 }, ones[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
  static const int pairs[][2] = { { -1, 3 }, { 2, 9 }, { 4, 4 } };

  for (guint k = 0; k < G_N_ELEMENTS (pairs); k++)
    {
      EwSurfaceSource source = { q, zeros, zeros, ones, curves, FALSE, 1 };
      EwSurfaceChoice choice = { .first = pairs[k][0], .second = pairs[k][1] };
      g_autoptr (EwSurfaceMap) map = ew_surface_map_new (&source, &choice, NULL);

      g_assert_cmpint (map->choice.first, ==, 0);
      g_assert_cmpint (map->choice.second, ==, 1);
      g_assert_cmpint (map->n_path, ==, 41);
      g_assert_cmpfloat (map->path[40].b, ==, (double)weights[39][1]);
    }

  EwSurfaceSource source = { of_one, zeros, zeros, ones, NULL, TRUE, 1 };
  EwSurfaceChoice choice = { .first = 0, .second = 1 };

  g_assert_null (ew_surface_map_new (&source, &choice, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
}

/* Few places are kept all; of many as many as there is room for, the first and the last among them, and none of the way
 * is further from a kept place than what trail.c promises by its two sums: 8 ways of 1/most. */
static void
test_trail (void)
{
  EwRandom random = 805;
  enum
  {
    MOST = 50,
    N = 5000
  };
  g_autoptr (EwTrail) trail = ew_trail_new (3, MOST);
  g_autofree double *way = g_new (double, 3 * N);
  double length = 0, worst = 0;

  for (int i = 0; i < N; i++)
    {
      double step = 0;

      for (int k = 0; k < 3; k++)
        {
          double by = pow (0.999, i) * (ew_random_uniform (&random) - 0.4);

          way[3 * i + k] = (i == 0 ? 0 : way[3 * i - 3 + k]) + by;
          step += by * by;
        }
      length += i == 0 ? 0 : sqrt (step);
      ew_trail_add (trail, way + 3 * i);
      g_assert_cmpint (ew_trail_length (trail), <=, MOST);
      if (i < MOST)
        g_assert_cmpint (ew_trail_length (trail), ==, i + 1);
    }
  g_assert_cmpmem (ew_trail_place (trail, 0), 3 * sizeof (double), way, 3 * sizeof (double));
  g_assert_cmpmem (ew_trail_place (trail, ew_trail_length (trail) - 1), 3 * sizeof (double), way + 3 * (N - 1),
                   3 * sizeof (double));
  for (int i = 0; i < N; i++)
    {
      double nearest = INFINITY;

      for (int k = 0; k < ew_trail_length (trail); k++)
        {
          const double *p = ew_trail_place (trail, k);

          nearest = fmin (nearest, hypot (hypot (p[0] - way[3 * i], p[1] - way[3 * i + 1]), p[2] - way[3 * i + 2]));
        }
      worst = fmax (worst, nearest);
    }
  g_assert_cmpfloat (worst, <=, 8 * length / MOST);
  /* One that rests takes one place, and what is not finite none. */
  for (int i = 0; i < N; i++)
    ew_trail_add (trail, way);
  g_assert_cmpint (ew_trail_length (trail), <=, MOST);
  ew_trail_clear (trail);
  for (int i = 0; i < N; i++)
    ew_trail_add (trail, i % 2 == 0 ? way : (double[]){ NAN, 0, 0 });
  g_assert_cmpint (ew_trail_length (trail), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/surface/surface", test_surface);
  g_test_add_func ("/surface/lowest", test_lowest);
  g_test_add_func ("/surface/map", test_map);
  g_test_add_func ("/surface/map-choices", test_map_choices);
  g_test_add_func ("/surface/trail", test_trail);
  return g_test_run ();
}
