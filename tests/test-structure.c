/* What is left over: noise raises no more alarms than stated, and filters that are no single kernel are found. */
#include "engine/fit.h"
#include "engine/lapack.h"
#include "engine/structure.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static double
gauss (EwRandom *random)
{
  double radius = sqrt (-2 * log (1 - ew_random_uniform (random)));

  return radius * cos (2 * G_PI * ew_random_uniform (random));
}

/* A smooth picture with some detail. */
static EwGrid *
picture (EwRandom *random, int height, int width)
{
  EwGrid *x = random_grid (random, height, width, 0.2, 0.5);

  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (x, i)[j] += (float)(0.2 + 0.15 * sin (i / 5.0) * cos (j / 7.0));
  return x;
}

/* Value k of ŷ at output (i, j), from the window's nine values. */
typedef double (*Filter) (const double *window, double u, double v);

static double
blur (const double *w, double u, double v)
{
  return 0.5 * w[4] + 0.15 * (w[1] + w[7]) + 0.1 * (w[3] + w[5]);
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static double
median (const double *w, double u, double v)
{
  double sorted[9];

  memcpy (sorted, w, sizeof sorted);
  qsort (sorted, 9, sizeof (double), compare);
  return sorted[4];
}

static double
largest (const double *w, double u, double v)
{
  double most = w[0];

  for (int k = 1; k < 9; k++)
    most = fmax (most, w[k]);
  return most;
}

static double
curve (const double *w, double u, double v)
{
  double z = blur (w, u, v);

  return z * z;
}

static double
vignette (const double *w, double u, double v)
{
  return blur (w, u, v) * (1 - 0.1 * (u * u + v * v));
}

/* Sharp at the left, blurred at the right. */
static double
uneven (const double *w, double u, double v)
{
  double mean = 0, share = (v + 1) / 2;

  for (int k = 0; k < 9; k++)
    mean += w[k] / 9;
  return share * mean + (1 - share) * w[4];
}

/* The structure in what is left of @filter's output, with noise, or rounded to 8 bits where that is below 0. */
static EwStructure
structure_of (EwRandom *random, Filter filter, double noise, int height, int width)
{
  g_autoptr (GError) error = NULL;
  EwGrid *x = picture (random, height, width);
  EwGrid *y = ew_grid_new (height - 2, width - 2, NULL);
  double params[10], window[9];
  EwStructure s;

  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      {
        double z;

        for (int k = 0; k < 9; k++)
          window[k] = (double)ew_grid_row (x, i + k / 3)[j + k % 3];
        z = filter (window, 2.0 * i / (y->height - 1) - 1, 2.0 * j / (y->width - 1) - 1);
        ew_grid_row (y, i)[j] = (float)(noise < 0 ? round (255 * z) / 255 : z + noise * gauss (random));
      }

  g_autoptr (EwProblem) problem = problem_of_pair (x, y, 3, 3, TRUE);
  g_autoptr (EwQuadratic) q = ew_fit_quadratic (devices, problem, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (ew_quadratic_optimum (q, params, NULL, NULL, NULL, NULL));
  g_assert_true (ew_structure_look (problem, params, &s, NULL, &error));
  g_assert_no_error (error);
  return s;
}

/* In noise p is uniform: of 200 draws as many are below each bound as it says, within four standard
 * deviations. */
static void
test_false_alarms (void)
{
  static const double bounds[] = { 0.02, 0.1, 0.5, 0.9 };
  EwRandom random = 601;
  int below[EW_STRUCTURE_N][4] = { { 0 } };

  if (!has_lapack ())
    return;
  for (int draw = 0; draw < 200; draw++)
    {
      EwStructure s = structure_of (&random, blur, 0.01, 70, 80);

      for (int kind = 0; kind < EW_STRUCTURE_N; kind++)
        {
          g_assert_false (s.found[kind]);
          for (int b = 0; b < 4; b++)
            below[kind][b] += s.p[kind] < bounds[b];
        }
    }
  for (int kind = 0; kind < EW_STRUCTURE_N; kind++)
    for (int b = 0; b < 4; b++)
      {
        double expected = 200 * bounds[b];

        g_test_message ("p < %g: %d of 200", bounds[b], below[kind][b]);
        g_assert_cmpfloat_with_epsilon (below[kind][b], expected, 4 * sqrt (expected * (1 - bounds[b])));
      }
}

static void
found (Filter filter, double noise, EwStructureKind kind, gboolean is_found)
{
  EwRandom random = 602;
  EwStructure s = structure_of (&random, filter, noise, 150, 180);
  g_autofree char *sentence = ew_structure_say (&s, kind);

  g_test_message ("p %.2g, share %.3g; %s", s.p[kind], s.share[kind], sentence);
  g_assert_true (s.found[kind] == is_found);
  g_assert_true (g_str_has_suffix (sentence, "."));
}

static void
test_filters (void)
{
  if (!has_lapack ())
    return;
  found (median, 0.002, EW_STRUCTURE_CONTENT, TRUE);
  found (largest, 0.002, EW_STRUCTURE_CONTENT, TRUE);
  found (curve, 0.002, EW_STRUCTURE_CONTENT, TRUE);
  found (curve, -1, EW_STRUCTURE_CONTENT, TRUE);
  found (vignette, 0.002, EW_STRUCTURE_PLACE, TRUE);
  found (uneven, 0.002, EW_STRUCTURE_PLACE, TRUE);
  found (median, 0.002, EW_STRUCTURE_PLACE, FALSE);
  /* Sound ones: rounded to 8 bits, and without any noise but float32's. */
  for (int kind = 0; kind < EW_STRUCTURE_N; kind++)
    {
      found (blur, -1, (EwStructureKind)kind, FALSE);
      found (blur, 0, (EwStructureKind)kind, FALSE);
    }
}

/* Against values of tables: F(0.95; 3, 10) = 3.70826, F(0.99; 5, 120) = 3.17353, and t(0.975; 7)² = 2.364624². */
static void
test_tail (void)
{
  g_assert_cmpfloat_with_epsilon (ew_structure_f_tail (3.708265, 3, 10), 0.05, 1e-6);
  g_assert_cmpfloat_with_epsilon (ew_structure_f_tail (3.173545, 5, 120), 0.01, 1e-6);
  g_assert_cmpfloat_with_epsilon (ew_structure_f_tail (2.364624 * 2.364624, 1, 7), 0.05, 1e-6);
  /* With two degrees of freedom above it is (1 + 2f/d₂)^(−d₂/2). */
  for (int d2 = 1; d2 < 100000; d2 *= 3)
    g_assert_cmpfloat_with_epsilon (ew_structure_f_tail (1.7, 2, d2), pow (1 + 2 * 1.7 / d2, -d2 / 2.0), 1e-9);
  g_assert_cmpfloat (ew_structure_f_tail (0, 3, 10), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/structure/false-alarms", test_false_alarms);
  g_test_add_func ("/structure/filters", test_filters);
  g_test_add_func ("/structure/tail", test_tail);

  const EwBackend *backends[] = { ew_cpu_backend () };
  int status;

  devices = ew_devices_new (backends, 1, 1);
  status = g_test_run ();
  ew_devices_free (devices);
  return status;
}
