/* EwProblem: validation of what is learned from. */
#include "engine/problem.h"

static gboolean
check_finite (const EwGrid *grid, const char *name, GError **error)
{
  int row, column;

  if (ew_grid_is_finite (grid, &row, &column))
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_DATA,
               "The %s has a value that is not a finite number in row %d, column %d; learning needs finite values.",
               name, row + 1, column + 1);
  return FALSE;
}

static gboolean
check_mask (const EwGrid *mask, const EwGrid *y, GError **error)
{
  if (mask->height != y->height || mask->width != y->width)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
                   "The mask is %d×%d, but the target is %d×%d; a mask of that size would fit.", mask->height,
                   mask->width, y->height, y->width);
      return FALSE;
    }
  if (!check_finite (mask, "mask", error))
    return FALSE;
  for (int i = 0; i < mask->height; i++)
    for (int j = 0; j < mask->width; j++)
      if (ew_grid_row (mask, i)[j] < 0)
        {
          g_set_error (error, EW_ERROR, EW_ERROR_DATA,
                       "The mask has a weight below 0 in row %d, column %d; 0 leaves a pixel out, 1 keeps it.", i + 1,
                       j + 1);
          return FALSE;
        }
  return TRUE;
}

static gboolean
check_sample (const EwSample *sample, const EwGeometry *geometry, GError **error)
{
  int height, width;

  if (!ew_geometry_output_size (geometry, sample->x->height, sample->x->width, &height, &width, error))
    return FALSE;
  if (sample->y->height != height || sample->y->width != width)
    {
      g_set_error (
          error, EW_ERROR, EW_ERROR_GEOMETRY,
          "The target is %d×%d, but a %d×%d kernel on an input of %d×%d gives %d×%d; a target of that size would "
          "fit.",
          sample->y->height, sample->y->width, geometry->kernel_height, geometry->kernel_width, sample->x->height,
          sample->x->width, height, width);
      return FALSE;
    }
  return check_finite (sample->x, "input", error) && check_finite (sample->y, "target", error)
         && (sample->mask == NULL || check_mask (sample->mask, sample->y, error));
}

static double
sum_of_squares (const EwGrid *grid)
{
  double sum = 0;

  for (int i = 0; i < grid->height; i++)
    {
      const float *row = ew_grid_row (grid, i);
      /* Several sums, so that additions overlap; a row at a time keeps the sums' magnitudes alike. */
      double lanes[8] = { 0 };
      int j = 0;

      for (; j + 8 <= grid->width; j += 8)
        for (int lane = 0; lane < 8; lane++)
          lanes[lane] += (double)row[j + lane] * row[j + lane];
      for (; j < grid->width; j++)
        lanes[0] += (double)row[j] * row[j];
      for (int lane = 1; lane < 8; lane++)
        lanes[0] += lanes[lane];
      sum += lanes[0];
    }
  return sum;
}

/* The same with weights, and how many of them are not 0. */
static double
masked_sum_of_squares (const EwSample *sample, gint64 *n_residuals)
{
  double sum = 0;

  for (int i = 0; i < sample->y->height; i++)
    {
      const float *row = ew_grid_row (sample->y, i);
      const float *weights = ew_grid_row (sample->mask, i);
      double of_row = 0;

      for (int j = 0; j < sample->y->width; j++)
        {
          of_row += (double)weights[j] * ((double)row[j] * row[j]);
          *n_residuals += weights[j] > 0;
        }
      sum += of_row;
    }
  return sum;
}

static void
take_sample (EwProblem *problem, int s, const EwSample *sample)
{
  EwSample *to = &problem->samples[s];

  to->x = ew_grid_ref (sample->x);
  to->y = ew_grid_ref (sample->y);
  to->mask = sample->mask == NULL ? NULL : ew_grid_ref (sample->mask);
  if (to->mask != NULL)
    {
      problem->has_mask = TRUE;
      problem->y_squared += masked_sum_of_squares (to, &problem->n_residuals);
      return;
    }
  problem->n_residuals += (gint64)to->y->height * to->y->width;
  problem->y_squared += sum_of_squares (to->y);
}

EwProblem *
ew_problem_new_of_sums (const EwGeometry *geometry, gboolean has_bias, gint64 n_residuals, double y_squared)
{
  EwProblem *problem = g_new0 (EwProblem, 1);

  ew_refs_init (&problem->refs);
  problem->geometry = *geometry;
  problem->has_bias = has_bias;
  problem->n_params = geometry->kernel_height * geometry->kernel_width + (has_bias ? 1 : 0);
  problem->n_residuals = n_residuals;
  problem->y_squared = y_squared;
  return problem;
}

EwProblem *
ew_problem_new (const EwSample *samples, int n_samples, const EwGeometry *geometry, gboolean has_bias, GError **error)
{
  for (int s = 0; s < n_samples; s++)
    if (!check_sample (&samples[s], geometry, error))
      return NULL;

  EwProblem *problem = ew_problem_new_of_sums (geometry, has_bias, 0, 0);

  problem->n_samples = n_samples;
  problem->samples = g_new (EwSample, (guint)n_samples);
  for (int s = 0; s < n_samples; s++)
    take_sample (problem, s, &samples[s]);
  if (problem->n_residuals > 0)
    return problem;
  ew_problem_unref (problem);
  g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                       "The mask leaves every pixel out, so there is nothing to learn from; it must keep some.");
  return NULL;
}

EwProblem *
ew_problem_ref (EwProblem *problem)
{
  ew_refs_acquire (&problem->refs);
  return problem;
}

void
ew_problem_unref (EwProblem *problem)
{
  if (problem == NULL || !ew_refs_release (&problem->refs))
    return;
  for (int s = 0; s < problem->n_samples; s++)
    {
      ew_grid_unref (problem->samples[s].x);
      ew_grid_unref (problem->samples[s].y);
      ew_grid_unref (problem->samples[s].mask);
    }
  g_free (problem->samples);
  g_free (problem);
}

double
ew_problem_work (const EwProblem *problem)
{
  return (double)problem->n_residuals * problem->geometry.kernel_height * problem->geometry.kernel_width;
}
