/* What the tests of the examination share: pictures, filtered ones, and what is found in them. */
#include "tests/examine-fixtures.h"

#include "engine/fit.h"
#include "engine/holdout.h"
#include "engine/lapack.h"
#include "engine/optimum.h"
#include "engine/reference.h"

#include <math.h>

/* Octaves of noise within @low … @high: about the spectrum of a photograph. */
EwGrid *
photograph (EwRandom *random, int height, int width, double low, double high)
{
  EwGrid *x = ew_grid_new (height, width, NULL);
  double least = INFINITY, most = -INFINITY;

  for (int size = 1; size <= 32; size *= 2)
    {
      int rows = height / size + 2, columns = width / size + 2;
      g_autofree double *grid = g_new (double, rows * columns);

      for (int k = 0; k < rows * columns; k++)
        grid[k] = (ew_random_uniform (random) - 0.5) * sqrt (size);
      for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++)
          {
            double u = (double)(i % size) / size, v = (double)(j % size) / size;
            const double *g = grid + (i / size) * columns + j / size;

            ew_grid_row (x, i)[j] += (float)((1 - u) * ((1 - v) * g[0] + v * g[1])
                                             + u * ((1 - v) * g[columns] + v * g[columns + 1]));
          }
    }
  for (int k = 0; k < height * width; k++)
    {
      least = fmin (least, (double)ew_grid_row (x, k / width)[k % width]);
      most = fmax (most, (double)ew_grid_row (x, k / width)[k % width]);
    }
  for (int k = 0; k < height * width; k++)
    {
      float *value = &ew_grid_row (x, k / width)[k % width];

      *value = (float)(low + (high - low) * ((double)*value - least) / (most - least));
    }
  return x;
}

const double blur[9] = { 0.05, 0.1, 0.05, 0.1, 0.45, 0.1, 0.05, 0.1, 0 };
const double crisp[9] = { 0, -0.5, 0, -0.5, 3, -0.5, 0, -0.5, 0 };
const double edges[9] = { -1, 0, 1, -2, 0, 2, -1, 0, 1 };

/* A pair that owns what it has. */
EwPair
pair_of (EwGrid *x, EwGrid *y, const EwGeometry *g)
{
  EwPair pair = { x, y, NULL, *g, FALSE };

  return pair;
}

EwGeometry
geometry_of (gboolean same, EwBorder border)
{
  EwGeometry g;

  ew_geometry_init_valid (&g, 3, 3);
  if (same)
    g.top = g.bottom = g.left = g.right = 1;
  g.border = border;
  return g;
}

/* x ⋆ taps + bias, rounded to 8 bits where wanted. */
EwGrid *
filtered (const EwGrid *x, const double *taps, double bias, const EwGeometry *g, gboolean eight_bits)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, taps, bias, NULL);
  int h, w;

  g_assert_true (ew_geometry_output_size (g, x->height, x->width, &h, &w, NULL));

  g_autofree double *values = g_new (double, h * w);
  EwGrid *y = ew_grid_new (h, w, NULL);

  g_assert_true (ew_reference_correlate (x, kernel, g, values, NULL));
  for (int k = 0; k < h * w; k++)
    {
      double value = eight_bits ? round (255 * CLAMP (values[k], 0, 1)) / 255 : values[k];

      ew_grid_row (y, k / w)[k % w] = (float)value;
    }
  return y;
}

EwFindings *
examine (const EwPair *pair)
{
  EwExamineOptions options = { .geometry = pair->geometry, .threads = 2 };
  g_autoptr (GError) error = NULL;
  EwFindings *findings = ew_examine (pair->x, pair->y, &options, NULL, &error);

  g_assert_no_error (error);
  for (int i = 0; i < findings->n; i++)
    {
      const EwFinding *f = &findings->items[i];

      g_test_message ("%s: %s [%s]", ew_finding_name (f->kind), f->sentence, f->label == NULL ? "" : f->label);
      g_assert_true (g_utf8_validate (f->sentence, -1, NULL));
      g_assert_true (g_str_has_suffix (f->sentence, ".") || g_str_has_suffix (f->sentence, "?"));
      g_assert_true ((f->label == NULL) == (f->correction.kind == EW_CORRECTION_NONE));
    }
  return findings;
}

/* Fails unless just the one finding is made, and returns whether it blocks. */
gboolean
finds_only (const EwPair *pair, EwFindingKind kind)
{
  g_autoptr (EwFindings) findings = examine (pair);

  g_assert_cmpint (findings->n, ==, 1);
  g_assert_cmpint (findings->items[0].kind, ==, kind);
  return findings->items[0].blocks;
}

const EwFinding *
finds (const EwFindings *findings, EwFindingKind kind)
{
  const EwFinding *finding = ew_findings_find (findings, kind);

  g_assert_nonnull (finding);
  return finding;
}

void
mend (EwPair *pair, const EwFinding *finding)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ew_correction_apply (&finding->correction, pair, &error));
  g_assert_no_error (error);
}

/* The largest error of the taps learned from a pair as it is now. */
double
learned_error (const EwPair *pair, const double *taps)
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  g_autoptr (EwDevices) devices = ew_devices_new (backends, 1, 1);
  g_autoptr (GError) error = NULL;
  EwSample sample = { pair->x, pair->y, pair->mask };
  g_autoptr (EwProblem) problem = ew_problem_new (&sample, 1, &pair->geometry, pair->has_bias, &error);
  double params[10], worst = 0;

  g_assert_no_error (error);

  g_autoptr (EwQuadratic) q = ew_fit_quadratic (devices, problem, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (ew_quadratic_optimum (q, params, NULL, NULL, NULL, &error));
  for (int k = 0; k < 9; k++)
    worst = fmax (worst, fabs (params[k] - taps[k]));
  return worst;
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

/* The part of a picture from (top, left). */
EwGrid *
part (const EwGrid *grid, int top, int left, int height, int width)
{
  return ew_grid_new_cropped (grid, top, left, height, width, NULL);
}
