/* The sums of products that a block of G is put together from: over the core that lies under every tap, over each single
 * row and column beside it, and over Y. All are calls of one inner loop, and each has a place of its own.
 *
 * Columns beside the core are short and far apart in memory; turned into rows they go through the same loop, with down
 * and right exchanged. */
#include "engine/cpu-gram-private.h"

#include "engine/courtesy.h"

/* Bands are whole tiles of the inner loop. */
#define BAND_ROWS 32
#define BANDS_MAX 64

/* Rows and columns that pass between two looks at the cancel flag. */
#define STEP_ROWS  8
#define STEP_WIDTH 6144

void
ew_gram_task_run (const EwGramTask *task, const EwCpuGramSums *sums, EwCancel *cancel)
{
  for (int i = 0; i < task->rows; i += STEP_ROWS)
    for (int j = 0; j < task->width && !ew_cancelled (cancel); j += STEP_WIDTH)
      {
        const float *b = task->b + i * task->b_stride + j;
        int rows = MIN (STEP_ROWS, task->rows - i);
        int width = MIN (STEP_WIDTH, task->width - j);

        if (task->a == NULL)
          *task->sums += sums->total (b, task->b_stride, rows, width);
        else
          sums->cross (task->a + i * task->a_stride + j, task->a_stride, b, task->b_stride, rows, width, task->n_down,
                       task->n_right, task->skip, task->sums, task->sums_stride);
        ew_courtesy_give_way ();
      }
}

static int
rows_of_a_band (int rows)
{
  int by_count = (rows + BANDS_MAX - 1) / BANDS_MAX;

  return (MAX (by_count, BAND_ROWS) + BAND_ROWS - 1) / BAND_ROWS * BAND_ROWS;
}

static int
count_bands (int rows)
{
  return (rows + rows_of_a_band (rows) - 1) / rows_of_a_band (rows);
}

/* A plane against itself: lag −a is lag a from the other tap. */
static EwGramAxis
axis_of (int out, int side, int other, gboolean half)
{
  EwGramAxis axis = { .out = out, .side = side, .low = half ? 0 : 1 - side, .has_core = out >= side };

  axis.n_lags = other - axis.low;
  axis.window = MIN (out, side);
  axis.entries = side - 1 + axis.window;
  return axis;
}

static int
core_length (const EwGramAxis *axis)
{
  return axis->out - axis->side + 1;
}

/* --- tasks */

static void
add_total (GArray *tasks, const float *from, size_t stride, int rows, int width, double *sum)
{
  EwGramTask task = { .b = from, .b_stride = stride, .rows = rows, .width = width, .sums = sum };

  g_array_append_val (tasks, task);
}

static void
add_core (const EwGramLags *lags, GArray *tasks)
{
  const EwGramView *a = &lags->a->x;
  const EwGramView *b = &lags->b->x;
  int band_rows = rows_of_a_band (core_length (&lags->down));
  /* A plane against itself: lag (0, −c) is lag (0, c) from the other tap. */
  gboolean same = lags->a == lags->b;

  for (int band = 0; band < lags->n_bands; band++)
    {
      int first = lags->down.side - 1 + band * band_rows;
      double *sums = lags->core + (size_t)band * lags->n;
      EwGramTask task = { .a = ew_gram_view_row (a, first) + lags->right.side - 1,
                          .a_stride = a->stride,
                          .b = ew_gram_view_row (b, first + lags->down.low),
                          .b_stride = b->stride,
                          .rows = MIN (band_rows, lags->down.out - first),
                          .width = core_length (&lags->right),
                          .n_down = lags->down.n_lags,
                          .n_right = lags->right.n_lags,
                          .skip = same ? lags->right.side - 1 : 0,
                          .sums = sums,
                          .sums_stride = lags->right.n_lags };

      g_array_append_val (tasks, task);
      if (same)
        add_total (tasks, task.a, task.a_stride, task.rows, task.width, sums + lags->n - 1);
    }
}

static void
add_rows (const EwGramLags *lags, GArray *tasks)
{
  const EwGramView *a = &lags->a->x;
  const EwGramView *b = &lags->b->x;

  for (int entry = 0; entry < lags->down.entries; entry++)
    {
      int i = ew_gram_axis_element (&lags->down, entry);
      int from = MAX (lags->down.low, -i);
      int to = MIN (lags->down.low + lags->down.n_lags, b->height - i);
      double *sums = lags->rows + (size_t)entry * lags->n;
      EwGramTask task = { .a = ew_gram_view_row (a, i) + lags->right.side - 1,
                          .a_stride = a->stride,
                          .b = ew_gram_view_row (b, i + from),
                          .b_stride = b->stride,
                          .rows = 1,
                          .width = core_length (&lags->right),
                          .n_down = to - from,
                          .n_right = lags->right.n_lags,
                          .sums = sums + (from - lags->down.low) * lags->right.n_lags,
                          .sums_stride = lags->right.n_lags };

      if (ew_gram_axis_is_core (&lags->down, entry))
        continue;
      g_array_append_val (tasks, task);
      if (lags->a == lags->b)
        add_total (tasks, task.a, a->stride, 1, task.width, sums + lags->n - 1);
    }
}

static void
add_columns (const EwGramLags *lags, GArray *tasks)
{
  for (int entry = 0; entry < lags->right.entries; entry++)
    {
      int j = ew_gram_axis_element (&lags->right, entry);
      int behind = lags->right.has_core && entry >= lags->right.side;
      const EwGramColumns *a = &lags->a_edges[behind];
      const EwGramColumns *b = &lags->b_edges[behind];
      int from = MAX (lags->right.low, b->first - j);
      int to = MIN (lags->right.low + lags->right.n_lags, b->first + b->count - j);
      double *sums = lags->columns + (size_t)entry * lags->n;

      if (ew_gram_axis_is_core (&lags->right, entry))
        continue;

      EwGramTask task = { .a = ew_grid_row (a->grid, j - a->first) + lags->down.side - 1,
                          .a_stride = a->grid->stride,
                          .b = ew_grid_row (b->grid, j + from - b->first) + lags->down.side - 1 + lags->down.low,
                          .b_stride = b->grid->stride,
                          .rows = 1,
                          .width = core_length (&lags->down),
                          .n_down = to - from,
                          .n_right = lags->down.n_lags,
                          .sums = sums + (from - lags->right.low) * lags->down.n_lags,
                          .sums_stride = lags->down.n_lags };

      g_array_append_val (tasks, task);
      if (lags->a == lags->b)
        add_total (tasks, task.a, task.a_stride, 1, task.width, sums + lags->n - 1);
    }
}

/* Y against X: every output counts for every tap. */
static void
add_targets (const EwGramLags *lags, GArray *tasks)
{
  const EwGramView *x = &lags->a->x;
  const EwGramView *y = &lags->phase->y;
  int kh = lags->a->kh;
  int kw = lags->a->kw;
  int band_rows = rows_of_a_band (y->height);

  for (int band = 0; band < lags->n_h_bands; band++)
    {
      int first = band * band_rows;
      int rows = MIN (band_rows, y->height - first);
      double *sums = lags->h + (size_t)band * (kh * kw + 1);
      const float *from = ew_gram_view_row (y, first);
      EwGramTask task = { from, y->stride, ew_gram_view_row (x, first), x->stride, rows, y->width, kh, kw, 0, sums, kw };

      g_array_append_val (tasks, task);
      if (lags->a == lags->phase->planes)
        add_total (tasks, from, y->stride, rows, y->width, sums + kh * kw);
    }
}

void
ew_gram_lags_list_tasks (const EwGramLags *lags, GArray *tasks)
{
  add_core (lags, tasks);
  if (lags->a == lags->b)
    add_targets (lags, tasks);
  if (lags->right.has_core)
    add_rows (lags, tasks);
  if (lags->down.has_core)
    add_columns (lags, tasks);
}

/* --- memory */

static gboolean
turn_columns (EwGramColumns *edge, const EwGramView *x, int first, int count, GError **error)
{
  edge->first = first;
  edge->count = count;
  edge->grid = ew_grid_new (count, x->height, error);
  if (edge->grid == NULL)
    return FALSE;
  for (int i = 0; i < x->height; i++)
    for (int j = 0; j < count; j++)
      ew_grid_row (edge->grid, j)[i] = ew_gram_view_row (x, i)[first + j];
  return TRUE;
}

static void
share_columns (EwGramColumns *edge, const EwGramColumns *other)
{
  *edge = *other;
  ew_grid_ref (edge->grid);
}

/* The columns beside the core of the first plane, and those of the second that they have a lag with. */
static gboolean
turn_edges (EwGramLags *lags, GError **error)
{
  const EwGramView *a = &lags->a->x;
  const EwGramView *b = &lags->b->x;
  int out = lags->right.out;
  int beside = lags->a->kw - 1;
  int reach = beside + lags->b->kw - 1;
  gboolean core = lags->right.has_core;

  if (core && beside == 0)
    return TRUE;
  for (int edge = 0; edge < (core ? 2 : 1); edge++)
    {
      if (!turn_columns (&lags->b_edges[edge], b, edge == 0 ? 0 : out - beside, core ? reach : b->width, error))
        return FALSE;
      if (lags->a == lags->b)
        share_columns (&lags->a_edges[edge], &lags->b_edges[edge]);
      else if (!turn_columns (&lags->a_edges[edge], a, edge == 0 ? 0 : out, core ? beside : a->width, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
allocate (EwGramLags *lags, GError **error)
{
  size_t n = lags->n;
  gboolean core = lags->down.has_core && lags->right.has_core;

  lags->n_bands = core ? count_bands (core_length (&lags->down)) : 0;
  lags->n_h_bands = lags->a == lags->b ? count_bands (lags->down.out) : 0;
  lags->core = g_try_new0 (double, MAX (lags->n_bands * n, 1));
  lags->rows = g_try_new0 (double, lags->right.has_core ? lags->down.entries *n : 1);
  lags->columns = g_try_new0 (double, lags->down.has_core ? lags->right.entries *n : 1);
  lags->h = g_try_new0 (double, MAX (lags->n_h_bands *((size_t)lags->a->kh * lags->a->kw + 1), 1));
  if (lags->core != NULL && lags->rows != NULL && lags->columns != NULL && lags->h != NULL)
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the lag sums of a %d×%d kernel.",
               lags->down.side, lags->right.side);
  return FALSE;
}

EwGramLags *
ew_gram_lags_new (const EwGramPhase *phase, int a, int b, GError **error)
{
  g_autoptr (EwGramLags) lags = g_new0 (EwGramLags, 1);

  lags->phase = phase;
  lags->a = &phase->planes[a];
  lags->b = &phase->planes[b];
  lags->down = axis_of (phase->y.height, lags->a->kh, lags->b->kh, a == b);
  lags->right = axis_of (phase->y.width, lags->a->kw, lags->b->kw, FALSE);
  lags->n = lags->down.n_lags * lags->right.n_lags + 1;
  if (!allocate (lags, error) || (lags->down.has_core && !turn_edges (lags, error)))
    return NULL;
  return g_steal_pointer (&lags);
}

void
ew_gram_lags_free (EwGramLags *lags)
{
  if (lags == NULL)
    return;
  g_free (lags->core);
  g_free (lags->rows);
  g_free (lags->columns);
  g_free (lags->h);
  for (int k = 0; k < 2; k++)
    {
      ew_grid_unref (lags->a_edges[k].grid);
      ew_grid_unref (lags->b_edges[k].grid);
    }
  g_free (lags);
}
