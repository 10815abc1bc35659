/* G, h and c of each part of a grid over the targets. */
#include "engine/cpu-gram-private.h"

/* The outputs of a phase that lie in [low, high) of the target's rows or columns: *from and how many. */
static int
outputs_in (int low, int high, int first, int step, int length, int *from)
{
  int end = high <= first ? 0 : (high - first + step - 1) / step;

  *from = low <= first ? 0 : (low - first + step - 1) / step;
  return MIN (end, length) - *from;
}

/* Σ m·y² and how many weights are not 0. */
static void
add_squares (const EwGramPhase *phase, EwGram *gram)
{
  for (int i = 0; i < phase->y.height; i++)
    {
      const float *y = ew_gram_view_row (&phase->y, i);
      const float *m = phase->mask.data == NULL ? NULL : ew_gram_view_row (&phase->mask, i);
      double of_row = 0;

      for (int j = 0; j < phase->y.width; j++)
        {
          double weight = m == NULL ? 1 : (double)m[j];

          of_row += weight * ((double)y[j] * y[j]);
          gram->n_residuals += weight > 0;
        }
      gram->c += of_row;
    }
}

/* What a phase gives to part (row, column). */
static gboolean
add_part (EwGramWork *work, const EwGramPhase *phase, const EwGrid *y, const EwGramTiles *tiles, int row, int column,
          GError **error)
{
  int i, j;
  int height = outputs_in (ew_gram_tiles_edge (y->height, row, tiles->n_rows),
                           ew_gram_tiles_edge (y->height, row + 1, tiles->n_rows), phase->first_down, phase->out_down,
                           phase->y.height, &i);
  int width = outputs_in (ew_gram_tiles_edge (y->width, column, tiles->n_columns),
                          ew_gram_tiles_edge (y->width, column + 1, tiles->n_columns), phase->first_right,
                          phase->out_right, phase->y.width, &j);

  if (height < 1 || width < 1)
    return TRUE;

  g_autoptr (EwGramPhase) part = ew_gram_phase_part (phase, i, j, height, width);

  work->gram = tiles->grams[row * tiles->n_columns + column];
  add_squares (part, work->gram);
  return ew_gram_add_phase (work, part, error);
}

static gboolean
add_sample (EwGramWork *work, const EwSample *sample, const EwGeometry *geometry, const EwGramTiles *tiles,
            GError **error)
{
  gint64 n_phases = ew_gram_n_phases (geometry, sample);

  for (gint64 p = 0; p < n_phases; p++)
    {
      g_autoptr (EwGramPhase) phase = ew_gram_phase_new (work->pool, sample, geometry, p, work->cancel, error);

      if (phase == NULL)
        return FALSE;
      for (int k = 0; k < tiles->n_rows * tiles->n_columns; k++)
        if (!add_part (work, phase, sample->y, tiles, k / tiles->n_columns, k % tiles->n_columns, error))
          return FALSE;
    }
  return TRUE;
}

/* Mirrors what is not empty and drops what is. */
static gboolean
finish (EwGramWork *work, EwGramTiles *tiles, GError **error)
{
  for (int k = 0; k < tiles->n_rows * tiles->n_columns; k++)
    {
      work->gram = tiles->grams[k];
      if (work->gram->n_residuals == 0)
        g_clear_pointer (&tiles->grams[k], ew_gram_unref);
      else if (!ew_gram_mirror (work, error))
        return FALSE;
    }
  return TRUE;
}

EwGramTiles *
ew_cpu_gram_tiles (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem, int n_rows, int n_columns,
                   EwCancel *cancel, GError **error)
{
  g_autoptr (EwGramTiles) tiles = ew_gram_tiles_new (n_rows, n_columns, problem->n_params, error);
  EwGramWork work = { sums, pool, NULL, problem->geometry.kernel_width, problem->has_bias, cancel };

  if (tiles == NULL)
    return NULL;
  for (int s = 0; s < problem->n_samples; s++)
    if (!add_sample (&work, &problem->samples[s], &problem->geometry, tiles, error))
      return NULL;
  return finish (&work, tiles, error) ? g_steal_pointer (&tiles) : NULL;
}
