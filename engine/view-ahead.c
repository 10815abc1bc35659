/* EwView: what is gathered before it is asked for, and what is let go again.
 *
 * A size at which a block is many pixels takes few bytes and long to gather; one of few pixels the other way round. So the
 * sizes that a zoom goes through are prepared from the coarsest on, around what is in sight, as long as there is room and
 * gathering them when they are asked for would be felt; and when room is needed the finest tiles go first. */
#include "engine/view-private.h"

/* Tiles that are prepared in one go; most are done within a frame. */
#define AT_ONCE 16

static gint
finer_and_older_first (gconstpointer a, gconstpointer b)
{
  const EwViewTile *s = *(EwViewTile *const *)a;
  const EwViewTile *t = *(EwViewTile *const *)b;

  if (s->block != t->block)
    return (s->block > t->block) - (s->block < t->block);
  return (s->used > t->used) - (s->used < t->used);
}

static gboolean
is_seen (const EwView *view, const EwViewTile *tile)
{
  return tile->used >= view->clock;
}

/* Bytes of the tiles that are out of sight, of this size and coarser ones. */
static size_t
bytes_unseen (EwView *view, int block)
{
  GHashTableIter iter;
  gpointer key;
  size_t bytes = 0;

  g_hash_table_iter_init (&iter, view->tiles);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const EwViewTile *tile = key;

      bytes += is_seen (view, tile) || tile->block < block ? 0 : tile->bytes;
    }
  return bytes;
}

void
ew_view_keep_budget (EwView *view)
{
  g_autoptr (GPtrArray) tiles = g_ptr_array_new ();
  size_t unseen = bytes_unseen (view, 1);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, view->tiles);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (tiles, key);
  g_ptr_array_sort (tiles, finer_and_older_first);
  for (guint k = 0; k < tiles->len; k++)
    {
      EwViewTile *tile = tiles->pdata[k];

      if (!tile->gathered || (!is_seen (view, tile) && unseen > view->room))
        {
          /* One that was not gathered has none. */
          unseen -= tile->bytes;
          g_hash_table_remove (view->tiles, tile);
        }
    }
}

static gboolean
is_gathered (EwView *view, int block, int row, int column)
{
  const EwViewTile key = { .block = block, .row = row, .column = column };
  const EwViewTile *tile = g_hash_table_lookup (view->tiles, &key);

  return tile != NULL && tile->gathered;
}

/* --- what is in sight before the rest */

/* The pixels that tiles of a viewport lack. */
static gint64
pixels_lacking (EwView *view, const EwViewPlan *plan, const EwViewport *v)
{
  EwViewPart part = ew_view_part (v, MAX (plan->input_rows, plan->output_rows),
                                  MAX (plan->input_columns, plan->output_columns));
  gint64 side = (gint64)EW_VIEW_TILE * plan->pitch;
  gint64 lacking = 0;

  if (ew_view_part_is_empty (&part))
    return 0;
  for (int i = part.row / EW_VIEW_TILE; i <= (part.row + part.height - 1) / EW_VIEW_TILE; i++)
    for (int j = part.column / EW_VIEW_TILE; j <= (part.column + part.width - 1) / EW_VIEW_TILE; j++)
      lacking += is_gathered (view, v->block, i, j) ? 0 : side * side;
  return lacking;
}

/* The part that is in sight, with nothing around it. */
static EwViewport
in_sight (const EwViewport *viewport)
{
  EwViewport seen = *viewport;

  if (viewport->seen_height == 0)
    return seen;
  seen.row = viewport->seen_row;
  seen.column = viewport->seen_column;
  seen.height = viewport->seen_height;
  seen.width = viewport->seen_width;
  return seen;
}

gboolean
ew_view_first_part (EwView *view, const EwViewport *viewport, EwViewport *first)
{
  EwViewPlan plan;

  if (view->on != NULL || viewport->block == 1)
    return FALSE;
  *first = in_sight (viewport);
  ew_view_plan_init (&plan, view->x, view->y, &view->geometry, viewport->block, view->output_height,
                     view->output_width);
  return pixels_lacking (view, &plan, viewport) - pixels_lacking (view, &plan, first) >= view->worth_two;
}

/* --- preparing */

/* The bytes of a tile in the middle of the plane; what is at the edges takes less. */
static size_t
bytes_of_tile (const EwViewPlan *plan)
{
  size_t height = EW_VIEW_TILE + plan->rows.most_shift - plan->rows.least_shift;
  size_t width = ((size_t)EW_VIEW_TILE + plan->columns.most_shift - plan->columns.least_shift + 15) / 16 * 16;
  size_t planes = (size_t)plan->rows.n * plan->columns.n;

  return (planes * height * width + 3 * (size_t)EW_VIEW_TILE * EW_VIEW_TILE) * sizeof (float) + sizeof (EwViewTile);
}

/* Whether a zoom from @seen may come to a size, and would be felt. */
static gboolean
is_wanted (const EwView *view, const EwViewport *seen, int block, int pitch)
{
  if (block < 2 || block == seen->block)
    return FALSE;
  /* Where as many dots show all and more the picture would be smaller than what fits. */
  if ((gint64)block * seen->height >= view->output_height && (gint64)block * seen->width >= view->output_width)
    return FALSE;
  return (gint64)seen->height * pitch * seen->width * pitch > view->felt;
}

typedef struct
{
  EwView *view;
  EwViewPlan plan;
  EwViewTile *tiles[AT_ONCE];
  EwCancel *cancel;
} Job;

static void
gather_tile (int item, gpointer data)
{
  Job *job = data;

  ew_view_tile_gather (job->tiles[item], &job->plan, job->cancel, NULL);
}

/* The tile that lacks and is nearest to the middle of what is in sight; FALSE: none lacks. */
static gboolean
nearest_lacking (EwView *view, const EwViewPlan *plan, const EwViewport *seen, int *row, int *column)
{
  int rows = (MAX (plan->input_rows, plan->output_rows) + EW_VIEW_TILE - 1) / EW_VIEW_TILE;
  int columns = (MAX (plan->input_columns, plan->output_columns) + EW_VIEW_TILE - 1) / EW_VIEW_TILE;
  double side = (double)plan->block * EW_VIEW_TILE;
  double middle_row = (seen->row + seen->height / 2.0) * seen->block / side - 0.5;
  double middle_column = (seen->column + seen->width / 2.0) * seen->block / side - 0.5;
  double nearest = -1;

  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++)
      {
        double distance = (i - middle_row) * (i - middle_row) + (j - middle_column) * (j - middle_column);

        if ((nearest >= 0 && distance >= nearest) || is_gathered (view, plan->block, i, j))
          continue;
        nearest = distance;
        *row = i;
        *column = j;
      }
  return nearest >= 0;
}

/* Prepares some tiles of a size; how many. Finer ones give way. */
static int
prepare_size (EwView *view, const EwViewport *seen, int block, EwCancel *cancel)
{
  Job job = { .view = view, .cancel = cancel };
  size_t taken = bytes_unseen (view, block);
  size_t room = taken > view->room ? 0 : view->room - taken;
  int most = MIN (ew_pool_threads (view->pool), AT_ONCE);
  int n = 0;
  int done = 0;
  int row, column;

  ew_view_plan_init (&job.plan, view->x, view->y, &view->geometry, block, view->output_height, view->output_width);
  while (n < most && room >= bytes_of_tile (&job.plan) && nearest_lacking (view, &job.plan, seen, &row, &column))
    {
      job.tiles[n] = ew_view_tile_new (block, row, column);
      /* Until it has been tried, it counts as there. */
      job.tiles[n]->gathered = TRUE;
      g_hash_table_add (view->tiles, job.tiles[n]);
      room -= bytes_of_tile (&job.plan);
      n++;
    }
  for (int k = 0; k < n; k++)
    job.tiles[k]->gathered = FALSE;
  view->n_gathered += n;
  ew_pool_run (view->pool, n, gather_tile, &job, cancel);
  for (int k = 0; k < n; k++)
    done += job.tiles[k]->gathered ? 1 : 0;
  ew_view_keep_budget (view);
  return done;
}

gboolean
ew_view_prepare (EwView *view, const EwViewport *viewport, EwCancel *cancel)
{
  EwViewport seen = in_sight (viewport);
  EwViewPart part = ew_view_part (&seen, view->output_height / seen.block, view->output_width / seen.block);
  int n = 0;

  if (view->on != NULL || ew_view_part_is_empty (&part))
    return FALSE;
  seen.row = part.row;
  seen.column = part.column;
  seen.height = part.height;
  seen.width = part.width;
  for (int k = EW_ZOOM_SIDES - 1; k >= 0 && n == 0 && !ew_cancelled (cancel); k--)
    {
      int block = ew_zoom_sides[k] / view->geometry.stride;

      if (is_wanted (view, &seen, block, block * view->geometry.stride))
        n = prepare_size (view, &seen, block, cancel);
    }
  return n > 0;
}
