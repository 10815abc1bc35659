/* Splitting a problem by rows. */
#include "engine/holdout.h"

#include <math.h>
#include <string.h>

/* Rows from … from + height − 1 of the input with its border: row 0 is the first row of the padding. */
static EwGrid *
bordered_rows (const EwGrid *x, const EwGeometry *g, gint64 from, int height, GError **error)
{
  EwGrid *rows = ew_grid_new (height, x->width + g->left + g->right, error);

  if (rows == NULL)
    return NULL;
  for (int i = 0; i < height; i++)
    {
      gint64 source = ew_geometry_border_index (g->border, from + i - g->top, x->height);
      float *row = ew_grid_row (rows, i);

      if (source < 0)
        continue;
      for (int j = 0; j < rows->width; j++)
        {
          gint64 column = ew_geometry_border_index (g->border, (gint64)j - g->left, x->width);

          row[j] = column < 0 ? 0 : ew_grid_row (x, (int)source)[column];
        }
    }
  return rows;
}

/* The part of a sample whose targets are rows from … from + height − 1. */
static gboolean
take_rows (const EwSample *sample, const EwGeometry *g, int from, int height, EwSample *part, GError **error)
{
  int needed = (height - 1) * g->stride + (g->kernel_height - 1) * g->dilation + 1;

  part->x = bordered_rows (sample->x, g, (gint64)from * g->stride, needed, error);
  part->y = part->x == NULL ? NULL : ew_grid_new_cropped (sample->y, from, 0, height, sample->y->width, error);
  if (part->y == NULL)
    return FALSE;
  part->mask = sample->mask == NULL ? NULL
                                    : ew_grid_new_cropped (sample->mask, from, 0, height, sample->mask->width, error);
  return sample->mask == NULL || part->mask != NULL;
}

static int
held_rows (const EwSample *sample, double fraction)
{
  return CLAMP ((int)lround (fraction * sample->y->height), 1, sample->y->height - 1);
}

/* Which rows of a target belong to a part. */
typedef enum
{
  PART_ALL,
  PART_TRAIN,
  PART_HELD,
} Part;

static EwProblem *
part_of (const EwProblem *problem, Part part, double fraction, GError **error)
{
  g_autofree EwSample *samples = g_new0 (EwSample, problem->n_samples);
  EwGeometry g = problem->geometry;
  EwProblem *result = NULL;
  gboolean good = TRUE;

  g.top = g.right = g.bottom = g.left = 0;
  for (int s = 0; good && s < problem->n_samples; s++)
    {
      int height = problem->samples[s].y->height;
      int n_held = part == PART_ALL ? 0 : held_rows (&problem->samples[s], fraction);
      int from = part == PART_HELD ? height - n_held : 0;

      good = take_rows (&problem->samples[s], &problem->geometry, from, part == PART_HELD ? n_held : height - n_held,
                        &samples[s], error);
    }
  if (good)
    result = ew_problem_new (samples, problem->n_samples, &g, problem->has_bias, error);
  for (int s = 0; s < problem->n_samples; s++)
    {
      g_clear_pointer (&samples[s].x, ew_grid_unref);
      g_clear_pointer (&samples[s].y, ew_grid_unref);
      g_clear_pointer (&samples[s].mask, ew_grid_unref);
    }
  return result;
}

EwProblem *
ew_problem_unpadded (EwProblem *problem, GError **error)
{
  const EwGeometry *g = &problem->geometry;

  if (g->top == 0 && g->right == 0 && g->bottom == 0 && g->left == 0)
    return ew_problem_ref (problem);
  return part_of (problem, PART_ALL, 0, error);
}

gboolean
ew_problem_split (const EwProblem *problem, double fraction, EwProblem **train, EwProblem **held, GError **error)
{
  for (int s = 0; s < problem->n_samples; s++)
    if (problem->samples[s].y->height < 2)
      {
        g_set_error_literal (error, EW_ERROR, EW_ERROR_GEOMETRY,
                             "The target has only one row, so none can be held out; a taller one is needed.");
        return FALSE;
      }

  g_autoptr (EwProblem) rest = part_of (problem, PART_TRAIN, fraction, error);

  *held = rest == NULL ? NULL : part_of (problem, PART_HELD, fraction, error);
  if (*held == NULL)
    return FALSE;
  *train = g_steal_pointer (&rest);
  return TRUE;
}

EwProblem *
ew_problem_select (EwProblem *problem, const int *marks, int mark, GError **error)
{
  g_autofree EwSample *samples = g_new (EwSample, problem->n_samples);
  int n = 0;

  for (int s = 0; s < problem->n_samples; s++)
    if (marks[s] == mark)
      samples[n++] = problem->samples[s];
  if (n == problem->n_samples)
    return ew_problem_ref (problem);
  return ew_problem_new (samples, n, &problem->geometry, problem->has_bias, error);
}

EwProblem *
ew_problem_join (const EwProblem *a, const EwProblem *b, GError **error)
{
  g_autofree EwSample *samples = g_new (EwSample, a->n_samples + b->n_samples);

  memcpy (samples, a->samples, a->n_samples * sizeof *samples);
  memcpy (samples + a->n_samples, b->samples, b->n_samples * sizeof *samples);
  return ew_problem_new (samples, a->n_samples + b->n_samples, &a->geometry, a->has_bias, error);
}

/* Σ m·(y − mean)^power, where m is the mask's weight or 1. */
static double
sum_of_rows (const EwProblem *problem, double mean, int power)
{
  double sum = 0;

  for (int s = 0; s < problem->n_samples; s++)
    for (int i = 0; i < problem->samples[s].y->height; i++)
      {
        const float *row = ew_grid_row (problem->samples[s].y, i);
        const float *weights = problem->samples[s].mask == NULL ? NULL : ew_grid_row (problem->samples[s].mask, i);
        double part = 0;

        for (int j = 0; j < problem->samples[s].y->width; j++)
          {
            double off = (double)row[j] - mean;
            double value = power == 0 ? 1 : power == 1 ? off : off * off;

            part += weights == NULL ? value : (double)weights[j] * value;
          }
        sum += part;
      }
  return sum;
}

EwMoments
ew_problem_moments (const EwProblem *problem)
{
  EwMoments m = { sum_of_rows (problem, 0, 0), NAN, NAN };

  m.mean = sum_of_rows (problem, 0, 1) / m.weight;
  m.variation = sum_of_rows (problem, m.mean, 2);
  return m;
}

EwMoments
ew_moments_join (const EwMoments *a, const EwMoments *b)
{
  double weight = a->weight + b->weight;
  double apart = b->mean - a->mean;

  if (a->weight == 0 || b->weight == 0)
    return a->weight == 0 ? *b : *a;
  return (EwMoments){ weight, a->mean + apart * (b->weight / weight),
                      a->variation + b->variation + apart * apart * (a->weight * (b->weight / weight)) };
}

double
ew_problem_variation (const EwProblem *problem)
{
  return ew_problem_moments (problem).variation;
}
