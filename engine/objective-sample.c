/* EwObjective: over single outputs: mini-batches, and the size of the noise. */
#include "engine/objective-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fills the patch under output (i, j), with a last 1 for the bias. */
static void
gather_patch (const EwProblem *problem, const EwSample *sample, int i, int j, double *patch)
{
  const EwGeometry *g = &problem->geometry;

  for (int a = 0; a < g->kernel_height; a++)
    for (int c = 0; c < g->kernel_width; c++)
      patch[a * g->kernel_width + c] = ew_objective_under_tap (problem, sample, i, a, c)[(size_t)j * g->stride];
  if (problem->has_bias)
    patch[problem->n_params - 1] = 1;
}

/* Outputs over all samples, masked or not. */
static gint64
count_outputs (const EwProblem *problem)
{
  gint64 n = 0;

  for (int s = 0; s < problem->n_samples; s++)
    n += (gint64)problem->samples[s].y->height * problem->samples[s].y->width;
  return n;
}

/* The output of number @at, counted over all samples row by row. */
static const EwSample *
find_output (const EwProblem *problem, gint64 at, int *i, int *j)
{
  const EwSample *sample = problem->samples;

  for (; at >= (gint64)sample->y->height * sample->y->width; sample++)
    at -= (gint64)sample->y->height * sample->y->width;
  *i = (int)(at / sample->y->width);
  *j = (int)(at % sample->y->width);
  return sample;
}

void
ew_objective_sample (const EwObjective *objective, const EwProblem *problem, const double *params, gint64 batch,
                     EwRandom *random, double *loss, double *gradient)
{
  g_autofree double *patch = g_new (double, problem->n_params);
  gint64 outputs = count_outputs (problem);
  double share = (double)outputs / (double)batch;

  *loss = 0;
  memset (gradient, 0, problem->n_params * sizeof (double));
  for (gint64 b = 0; b < batch; b++)
    {
      gint64 at = (gint64)(ew_random_uniform (random) * (double)outputs);
      int i, j;
      const EwSample *sample = find_output (problem, MIN (at, outputs - 1), &i, &j);
      double z = 0;

      gather_patch (problem, sample, i, j, patch);
      for (int k = 0; k < problem->n_params; k++)
        z += params[k] * patch[k];

      double slope = z;

      *loss += share * ew_objective_judge (objective, sample, i, j, 1, &slope);
      for (int k = 0; k < problem->n_params; k++)
        gradient[k] += share * slope * patch[k];
    }
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

double
ew_objective_scale (const EwProblem *problem, const double *params, int most)
{
  gint64 outputs = count_outputs (problem);
  gint64 n = MIN (outputs, most), kept = 0;
  g_autofree double *patch = g_new (double, problem->n_params);
  g_autofree double *sizes = g_new (double, (size_t)CLAMP (n, 1, G_MAXINT));

  for (gint64 b = 0; b < n; b++)
    {
      int i, j;
      const EwSample *sample
          = find_output (problem, (gint64)((double)b * (double)outputs / (double)n), &i, &j);
      double r = -(double)ew_grid_row (sample->y, i)[j];

      if (sample->mask != NULL && ew_objective_mask_row (sample, i)[j] == 0)
        continue;
      gather_patch (problem, sample, i, j, patch);
      for (int k = 0; k < problem->n_params; k++)
        r += params[k] * patch[k];
      sizes[kept++] = fabs (r);
    }
  qsort (sizes, (size_t)kept, sizeof (double), compare_doubles);
  return kept == 0 ? 0 : 1.4826 * sizes[kept / 2];
}
