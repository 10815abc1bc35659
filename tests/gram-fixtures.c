/* Random problems and the plain loops that Gram sums are compared with. */
#include "tests/gram-fixtures.h"

#include "engine/reference.h"

#include <math.h>

/* --- problems */

void
add_random_sample (SampleList *samples, EwRandom *random, const EwGeometry *g, int height, int width, gboolean whole)
{
  EwSample *sample = &samples->values[samples->n++];
  int out_height, out_width;

  g_assert_true (ew_geometry_output_size (g, height, width, &out_height, &out_width, NULL));
  sample->x = whole ? random_whole_grid (random, height, width, 9) : random_grid (random, height, width, -1, 2);
  sample->y = whole ? random_whole_grid (random, out_height, out_width, 9)
                    : random_grid (random, out_height, out_width, -1, 1);
  poison_padding (sample->x);
  poison_padding (sample->y);
}

static float
random_mask_value (EwRandom *random, Mask mask, int i, int j, const int *rectangle, gboolean whole)
{
  gboolean inside = i >= rectangle[0] && i < rectangle[1] && j >= rectangle[2] && j < rectangle[3];

  switch (mask)
    {
    case MASK_SPECKS:
      return random_int (random, 0, 49) > 0;
    case MASK_DUST:
      return random_int (random, 0, 999) > 0;
    case MASK_RECTANGLE:
      return !inside;
    case MASK_FEW:
      return inside;
    case MASK_WEIGHTS:
      return whole ? (float)random_int (random, 0, 3) : (float)(2 * ew_random_uniform (random));
    case MASK_ROWS:
      return i % 2 == 0;
    default:
      return 1;
    }
}

void
add_random_mask (SampleList *samples, EwRandom *random, Mask mask, gboolean whole)
{
  EwSample *sample = &samples->values[samples->n - 1];
  int height = sample->y->height;
  int width = sample->y->width;
  int rectangle[4] = { random_int (random, 0, height - 1), height, random_int (random, 0, width - 1), width };

  if (mask == MASK_NONE)
    return;
  rectangle[1] = random_int (random, rectangle[0] + 1, height);
  rectangle[3] = random_int (random, rectangle[2] + 1, width);
  sample->mask = ew_grid_new (height, width, NULL);
  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (sample->mask, i)[j] = random_mask_value (random, mask, i, j, rectangle, whole);
  ew_grid_row (sample->mask, height / 2)[width / 2] = 1;
  poison_padding (sample->mask);
}

EwProblem *
problem_of_samples (SampleList *samples, const EwGeometry *g, gboolean has_bias)
{
  g_autoptr (GError) error = NULL;
  EwProblem *problem = ew_problem_new (samples->values, samples->n, g, has_bias, &error);

  g_assert_no_error (error);
  for (int s = 0; s < samples->n; s++)
    {
      ew_grid_unref (samples->values[s].x);
      ew_grid_unref (samples->values[s].y);
      ew_grid_unref (samples->values[s].mask);
    }
  return problem;
}

EwProblem *
random_valid_problem (EwRandom *random, int height, int width, int kh, int kw, gboolean has_bias, gboolean whole)
{
  SampleList samples = { 0 };
  EwGeometry g;

  ew_geometry_init_valid (&g, kh, kw);
  add_random_sample (&samples, random, &g, height, width, whole);
  return problem_of_samples (&samples, &g, has_bias);
}

EwProblem *
random_problem (EwRandom *random, int round, gboolean whole, Mask mask)
{
  SampleList samples = { 0 };
  int most = round % 5 == 0 ? 9 : 4;
  EwGeometry g;

  ew_geometry_init_valid (&g, random_int (random, 1, most), random_int (random, 1, most));
  if (round % 2)
    {
      g.top = random_int (random, 0, 9);
      g.right = random_int (random, 0, 9);
      g.bottom = random_int (random, 0, 9);
      g.left = random_int (random, 0, 9);
    }
  g.border = (EwBorder)random_int (random, EW_BORDER_ZERO, EW_BORDER_WRAP);
  if (round % 4 > 1)
    {
      g.stride = random_int (random, 1, 5);
      g.dilation = random_int (random, 1, 4);
    }
  for (int n = round % 4 == 1 ? 3 : 1; n > 0; n--)
    {
      /* A reflection is of more pixels than it adds. */
      int least = g.border == EW_BORDER_REFLECT ? 10 : 1;
      int more = round % 3 ? 30 : 3;
      int height = (g.kernel_height - 1) * g.dilation + random_int (random, 1, more);
      int width = (g.kernel_width - 1) * g.dilation + random_int (random, 1, more);

      add_random_sample (&samples, random, &g, MAX (least, height), MAX (least, width), whole);
      add_random_mask (&samples, random, mask, whole);
    }
  return problem_of_samples (&samples, &g, random_int (random, 0, 1));
}

double *
random_weights (EwRandom *random, const EwProblem *problem, gboolean whole)
{
  double *params = g_new (double, problem->n_params);

  for (int k = 0; k < problem->n_params; k++)
    params[k] = whole ? random_int (random, -3, 3) : 2 * ew_random_uniform (random) - 1;
  return params;
}

/* --- the oracle: G, h and c, and the same sums of magnitudes, one residual after the other */

/* The input with its border, row by row. The reference knows every border: a kernel of one tap draws it. */
static double *
draw_border (const EwGrid *x, const EwGeometry *g, int *width)
{
  static const double one = 1;
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (1, 1, &one, 0, NULL);
  EwGeometry whole = *g;
  int height;

  whole.kernel_height = whole.kernel_width = whole.stride = whole.dilation = 1;
  g_assert_true (ew_geometry_output_size (&whole, x->height, x->width, &height, width, NULL));

  double *pixels = g_new (double, (size_t)height *(size_t)*width);

  g_assert_true (ew_reference_correlate (x, kernel, &whole, pixels, NULL));
  return pixels;
}

static void
each_patch_of_sample (const EwSample *sample, const EwGeometry *g, PatchFunc func, gpointer data)
{
  double patch[EW_KERNEL_PARAMS_MAX];
  int width;
  g_autofree double *pixels = draw_border (sample->x, g, &width);

  for (int i = 0; i < sample->y->height; i++)
    for (int j = 0; j < sample->y->width; j++)
      {
        int k = 0;

        for (int a = 0; a < g->kernel_height; a++)
          for (int c = 0; c < g->kernel_width; c++)
            patch[k++] = pixels[(size_t)(i * g->stride + a * g->dilation) * width + j * g->stride + c * g->dilation];
        patch[k] = 1;
        func (patch, (double)ew_grid_row (sample->y, i)[j],
              sample->mask == NULL ? 1 : (double)ew_grid_row (sample->mask, i)[j], data);
      }
}

void
each_patch (const EwProblem *problem, PatchFunc func, gpointer data)
{
  for (int s = 0; s < problem->n_samples; s++)
    each_patch_of_sample (&problem->samples[s], &problem->geometry, func, data);
}

static void
add_residual (const double *patch, double y, double weight, gpointer data)
{
  PlainSums *sums = data;

  for (int k = 0; k < sums->n; k++)
    {
      double *row = sums->g + (size_t)k * sums->n;
      double *magnitudes = sums->g_magnitude + (size_t)k * sums->n;

      for (int l = k; l < sums->n; l++)
        {
          row[l] += weight * (patch[k] * patch[l]);
          magnitudes[l] += weight * fabs (patch[k] * patch[l]);
        }
      sums->h[k] += weight * (patch[k] * y);
      sums->h_magnitude[k] += weight * fabs (patch[k] * y);
    }
  sums->c += weight * (y * y);
}

PlainSums *
plain_sums (const EwProblem *problem)
{
  PlainSums *sums = g_new0 (PlainSums, 1);
  size_t n = problem->n_params;

  sums->n = problem->n_params;
  sums->g = g_new0 (double, n *n);
  sums->g_magnitude = g_new0 (double, n *n);
  sums->h = g_new0 (double, n);
  sums->h_magnitude = g_new0 (double, n);
  each_patch (problem, add_residual, sums);
  return sums;
}

void
plain_sums_free (PlainSums *sums)
{
  g_free (sums->g);
  g_free (sums->g_magnitude);
  g_free (sums->h);
  g_free (sums->h_magnitude);
  g_free (sums);
}

/* --- comparing */

/* A product of two float32 numbers is exact in float64 (24 + 24 bits < 53), so an entry is off by the additions alone:
 * N − 1 of them in the oracle, in any order, and no more in what is tested; and by one rounding for a weight. Whole
 * numbers make no error at all. */
static double
sum_error (const EwProblem *problem, gboolean whole)
{
  return whole ? 0 : 2 * rounding_bound ((double)problem->n_residuals + 1, UNIT_64);
}

void
compare_with_plain_sums (const EwGram *gram, const EwProblem *problem, gboolean whole)
{
  g_autoptr (PlainSums) sums = plain_sums (problem);
  size_t n = gram->n;
  double error = sum_error (problem, whole);
  gboolean good = TRUE;

  for (size_t k = 0; k < n; k++)
    {
      for (size_t l = k; l < n; l++)
        good = good && fabs (gram->g[k * n + l] - sums->g[k * n + l]) <= error * sums->g_magnitude[k * n + l]
               && gram->g[k * n + l] == gram->g[l * n + k];
      good = good && fabs (gram->h[k] - sums->h[k]) <= error * sums->h_magnitude[k];
    }
  g_assert_true (good);
  g_assert_true (fabs (gram->c - sums->c) <= error * sums->c);
  g_assert_cmpint (gram->n, ==, problem->n_params);
  g_assert_cmpint (gram->n_residuals, ==, problem->n_residuals);
  if (g_test_failed ())
    g_test_message ("kernel %d×%d, stride %d, dilation %d, padding %d,%d,%d,%d, first input %d×%d",
                    problem->geometry.kernel_height, problem->geometry.kernel_width, problem->geometry.stride,
                    problem->geometry.dilation, problem->geometry.top, problem->geometry.right,
                    problem->geometry.bottom, problem->geometry.left, problem->samples[0].x->height,
                    problem->samples[0].x->width);
}
