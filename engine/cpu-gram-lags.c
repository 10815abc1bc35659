/* The sums of products that a sample's Gram matrix is put together from: over the core that lies under every tap, over
 * each single row and column beside it, and over Y. All are calls of one inner loop, and each has a place of its own.
 *
 * Columns beside the core are short and far apart in memory; turned into rows they go through the same loop, with down
 * and right exchanged. */
#include "engine/cpu-gram-private.h"

/* One call of the inner loop; without a, of the one that sums b alone. */
typedef struct
{
  const float *a;
  size_t a_stride;
  const float *b;
  size_t b_stride;
  int rows;
  int width;
  int n_down;
  int n_right;
  double *sums;
  size_t sums_stride;
} Task;

typedef struct
{
  const EwCpuGramSums *sums;
  const GArray *tasks;
  EwCancel *cancel;
} Job;

/* Bands are whole tiles of the inner loop. */
#define BAND_ROWS 32
#define BANDS_MAX 64

/* Rows and columns that pass between two looks at the cancel flag. */
#define STEP_ROWS  8
#define STEP_WIDTH 6144

static void
run_task (int item, gpointer data)
{
  const Job *job = data;
  const Task *task = &g_array_index (job->tasks, Task, item);

  for (int i = 0; i < task->rows; i += STEP_ROWS)
    for (int j = 0; j < task->width && !ew_cancelled (job->cancel); j += STEP_WIDTH)
      {
        const float *b = task->b + i * task->b_stride + j;
        int rows = MIN (STEP_ROWS, task->rows - i);
        int width = MIN (STEP_WIDTH, task->width - j);

        if (task->a == NULL)
          *task->sums += job->sums->total (b, task->b_stride, rows, width);
        else
          job->sums->cross (task->a + i * task->a_stride + j, task->a_stride, b, task->b_stride, rows, width,
                            task->n_down, task->n_right, task->sums, task->sums_stride);
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

static void
axis_init (EwGramAxis *axis, int length, int side)
{
  axis->length = length;
  axis->side = side;
  axis->out = length - side + 1;
  axis->has_core = axis->out >= side;
  axis->window = MIN (axis->out, side);
  axis->entries = side - 1 + axis->window;
}

static int
core_length (const EwGramAxis *axis)
{
  return axis->out - axis->side + 1;
}

static void
add_total (GArray *tasks, const float *from, size_t stride, int rows, int width, double *sum)
{
  Task task = { .b = from, .b_stride = stride, .rows = rows, .width = width, .sums = sum };

  g_array_append_val (tasks, task);
}

/* Lag (0, −c) is lag (0, c) from the other tap: to the left the lags begin at 1 down. */
static void
add_core (const EwGramLags *lags, GArray *tasks)
{
  const EwGrid *x = lags->sample->x;
  int kw = lags->right.side;
  int end = lags->down.out;
  int band_rows = rows_of_a_band (core_length (&lags->down));

  for (int band = 0; band < lags->n_bands; band++)
    {
      int first = lags->down.side - 1 + band * band_rows;
      const float *row = ew_grid_row (x, first);
      double *sums = lags->core + (size_t)band * lags->n;
      Task to_the_right = {
        row + kw - 1, x->stride, row + kw - 1,  x->stride,    MIN (band_rows, end - first), core_length (&lags->right),
        lags->n_down, kw,        sums + kw - 1, lags->n_right
      };
      Task to_the_left = to_the_right;

      g_array_append_val (tasks, to_the_right);
      add_total (tasks, row + kw - 1, x->stride, to_the_right.rows, to_the_right.width, sums + lags->n - 1);
      if (kw == 1 || lags->n_down == 1)
        continue;
      to_the_left.b = row + x->stride;
      to_the_left.n_down = lags->n_down - 1;
      to_the_left.n_right = kw - 1;
      to_the_left.sums = sums + lags->n_right;
      g_array_append_val (tasks, to_the_left);
    }
}

static void
add_rows (const EwGramLags *lags, GArray *tasks)
{
  const EwGrid *x = lags->sample->x;
  int kw = lags->right.side;

  for (int entry = 0; entry < lags->down.entries; entry++)
    {
      int i = ew_gram_axis_element (&lags->down, entry);
      const float *row = ew_grid_row (x, i);
      double *sums = lags->rows + (size_t)entry * lags->n;
      Task task = { row + kw - 1,
                    x->stride,
                    row,
                    x->stride,
                    1,
                    core_length (&lags->right),
                    MIN (lags->n_down, x->height - i),
                    lags->n_right,
                    sums,
                    lags->n_right };

      if (ew_gram_axis_is_core (&lags->down, entry))
        continue;
      g_array_append_val (tasks, task);
      add_total (tasks, task.a, x->stride, 1, task.width, sums + lags->n - 1);
    }
}

static void
add_columns (const EwGramLags *lags, GArray *tasks)
{
  int kw = lags->right.side;

  for (int entry = 0; entry < lags->right.entries; entry++)
    {
      int j = ew_gram_axis_element (&lags->right, entry);
      const EwGramColumns *strip = &lags->strips[lags->right.has_core && entry >= kw];
      double *sums = lags->columns + (size_t)entry * lags->n;
      int from = MAX (1 - kw, strip->first - j);
      int to = MIN (kw - 1, strip->first + strip->count - 1 - j);

      if (ew_gram_axis_is_core (&lags->right, entry))
        continue;

      const float *column = ew_grid_row (strip->grid, j - strip->first) + lags->down.side - 1;
      Task task = { column,
                    strip->grid->stride,
                    column + from * (gssize)strip->grid->stride,
                    strip->grid->stride,
                    1,
                    core_length (&lags->down),
                    to - from + 1,
                    lags->n_down,
                    sums + (from + kw - 1) * lags->n_down,
                    lags->n_down };

      g_array_append_val (tasks, task);
      add_total (tasks, column, strip->grid->stride, 1, task.width, sums + lags->n - 1);
    }
}

/* Y against X: every output counts for every tap. */
static void
add_h (const EwGramLags *lags, GArray *tasks)
{
  const EwGrid *x = lags->sample->x;
  const EwGrid *y = lags->sample->y;
  int kh = lags->down.side;
  int kw = lags->right.side;
  int band_rows = rows_of_a_band (y->height);

  for (int band = 0; band < lags->n_h_bands; band++)
    {
      int first = band * band_rows;
      int rows = MIN (band_rows, y->height - first);
      double *sums = lags->h + (size_t)band * (kh * kw + 1);
      Task task
          = { ew_grid_row (y, first), y->stride, ew_grid_row (x, first), x->stride, rows, y->width, kh, kw, sums, kw };

      g_array_append_val (tasks, task);
      add_total (tasks, ew_grid_row (y, first), y->stride, rows, y->width, sums + kh * kw);
    }
}

static gboolean
turn_columns (EwGramColumns *strip, const EwGrid *x, int first, int count, GError **error)
{
  strip->first = first;
  strip->count = count;
  strip->grid = ew_grid_new (count, x->height, error);
  if (strip->grid == NULL)
    return FALSE;
  for (int i = 0; i < x->height; i++)
    for (int j = 0; j < count; j++)
      ew_grid_row (strip->grid, j)[i] = ew_grid_row (x, i)[first + j];
  return TRUE;
}

/* The columns beside the core and those that they have a lag with. */
static gboolean
turn_edges (EwGramLags *lags, GError **error)
{
  const EwGrid *x = lags->sample->x;
  int kw = lags->right.side;

  if (!lags->right.has_core)
    return turn_columns (&lags->strips[0], x, 0, x->width, error);
  if (kw == 1)
    return TRUE;
  return turn_columns (&lags->strips[0], x, 0, 2 * kw - 2, error)
         && turn_columns (&lags->strips[1], x, lags->right.out - kw + 1, 2 * kw - 2, error);
}

static gboolean
allocate (EwGramLags *lags, GError **error)
{
  size_t n = lags->n;
  gboolean core = lags->down.has_core && lags->right.has_core;

  lags->n_bands = core ? count_bands (core_length (&lags->down)) : 0;
  lags->n_h_bands = count_bands (lags->down.out);
  lags->core = g_try_new0 (double, MAX (lags->n_bands * n, 1));
  lags->rows = g_try_new0 (double, lags->right.has_core ? lags->down.entries *n : 1);
  lags->columns = g_try_new0 (double, lags->down.has_core ? lags->right.entries *n : 1);
  lags->h = g_try_new0 (double, lags->n_h_bands *((size_t)lags->down.side * lags->right.side + 1));
  if (lags->core != NULL && lags->rows != NULL && lags->columns != NULL && lags->h != NULL)
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the lag sums of a %d×%d kernel.",
               lags->down.side, lags->right.side);
  return FALSE;
}

EwGramLags *
ew_gram_lags_new (const EwCpuGramSums *sums, EwPool *pool, const EwSample *sample, int kh, int kw, EwCancel *cancel,
                  GError **error)
{
  g_autoptr (EwGramLags) lags = g_new0 (EwGramLags, 1);
  g_autoptr (GArray) tasks = g_array_new (FALSE, FALSE, sizeof (Task));

  lags->sample = sample;
  axis_init (&lags->down, sample->x->height, kh);
  axis_init (&lags->right, sample->x->width, kw);
  lags->n_down = kh;
  lags->n_right = 2 * kw - 1;
  lags->n = lags->n_down * lags->n_right + 1;
  if (!allocate (lags, error) || (lags->down.has_core && !turn_edges (lags, error)))
    return NULL;

  add_core (lags, tasks);
  add_h (lags, tasks);
  if (lags->right.has_core)
    add_rows (lags, tasks);
  if (lags->down.has_core)
    add_columns (lags, tasks);

  Job job = { sums, tasks, cancel };

  if (ew_pool_run (pool, (int)tasks->len, run_task, &job, cancel))
    return g_steal_pointer (&lags);
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return NULL;
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
    g_clear_pointer (&lags->strips[k].grid, ew_grid_unref);
  g_free (lags);
}
