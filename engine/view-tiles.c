/* EwView: tiles: which ones a viewport needs, and laying them together. */
#include "engine/view-private.h"

#include <string.h>

static guint
hash_tile (gconstpointer key)
{
  const EwViewTile *tile = key;

  return ((guint)tile->block * 31 + (guint)tile->row) * 8191 + (guint)tile->column;
}

static gboolean
same_tile (gconstpointer a, gconstpointer b)
{
  const EwViewTile *s = a;
  const EwViewTile *t = b;

  return s->block == t->block && s->row == t->row && s->column == t->column;
}

GHashTable *
ew_view_tiles_new (void)
{
  return g_hash_table_new_full (hash_tile, same_tile, NULL, (GDestroyNotify)ew_view_tile_free);
}

typedef struct
{
  EwView *view;
  EwViewPlan plan;
  GPtrArray *tiles; /* those in sight */
  EwCancel *cancel;
  EwCancel failed;
} Job;

static void
work_on_tile (int item, gpointer data)
{
  Job *job = data;
  EwViewTile *tile = job->tiles->pdata[item];

  if ((!tile->gathered && !ew_view_tile_gather (tile, &job->plan, job->cancel, NULL))
      || !ew_view_tile_correlate (tile, &job->plan, job->view->kernel, job->view->kernel_number, NULL))
    atomic_store (&job->failed, 1);
}

static EwViewTile *
tile_at (EwView *view, int block, int row, int column)
{
  EwViewTile key = { .block = block, .row = row, .column = column };
  EwViewTile *tile = g_hash_table_lookup (view->tiles, &key);

  if (tile == NULL)
    {
      tile = ew_view_tile_new (block, row, column);
      g_hash_table_add (view->tiles, tile);
    }
  tile->used = view->clock;
  return tile;
}

static void
find_tiles (EwView *view, int block, const EwViewPart *part, GPtrArray *tiles)
{
  if (ew_view_part_is_empty (part))
    return;
  for (int i = part->row / EW_VIEW_TILE; i <= (part->row + part->height - 1) / EW_VIEW_TILE; i++)
    for (int j = part->column / EW_VIEW_TILE; j <= (part->column + part->width - 1) / EW_VIEW_TILE; j++)
      g_ptr_array_add (tiles, tile_at (view, block, i, j));
}

typedef enum
{
  INPUT,
  TARGET,
  OUTPUT,
} Which;

/* Row @i of tile @tile of one of the three planes, from block @begin to @end. */
static void
copy_row (const EwViewTile *tile, const EwViewPlan *plan, Which which, int i, int begin, int end, float *to)
{
  if (which == INPUT)
    ew_view_tile_copy_input (tile, plan, i, begin, end, to);
  else
    memcpy (to, ew_grid_row (which == TARGET ? tile->target : tile->output, i) + begin,
            (size_t)(end - begin) * sizeof *to);
}

/* Lays a plane together from its tiles. */
static gboolean
lay (const Job *job, Which which, const EwViewPart *part, EwGrid **to, GError **error)
{
  if (ew_view_part_is_empty (part))
    return TRUE;
  *to = ew_grid_new (part->height, part->width, error);
  if (*to == NULL)
    return FALSE;
  for (guint k = 0; k < job->tiles->len; k++)
    {
      const EwViewTile *tile = job->tiles->pdata[k];
      int top = tile->row * EW_VIEW_TILE;
      int left = tile->column * EW_VIEW_TILE;
      int begin = MAX (part->column - left, 0);
      int end = MIN (part->column + part->width - left, EW_VIEW_TILE);

      if (begin < end)
        for (int i = MAX (part->row - top, 0); i < MIN (part->row + part->height - top, EW_VIEW_TILE); i++)
          copy_row (tile, &job->plan, which, i, begin, end,
                    ew_grid_row (*to, top + i - part->row) + left + begin - part->column);
    }
  return TRUE;
}

gboolean
ew_view_show_tiles (EwView *view, const EwViewport *viewport, EwPictures *pictures, EwCancel *cancel, GError **error)
{
  g_autoptr (GPtrArray) tiles = g_ptr_array_new ();
  Job job = { .view = view, .tiles = tiles, .cancel = cancel };
  gboolean done;

  ew_view_plan_init (&job.plan, view->x, view->y, &view->geometry, viewport->block, view->output_height,
                     view->output_width);

  EwViewPart input = ew_view_part (viewport, job.plan.input_rows, job.plan.input_columns);
  EwViewPart output = ew_view_part (viewport, job.plan.output_rows, job.plan.output_columns);
  EwViewPart both = ew_view_part (viewport, MAX (job.plan.input_rows, job.plan.output_rows),
                                  MAX (job.plan.input_columns, job.plan.output_columns));

  view->clock++;
  find_tiles (view, viewport->block, &both, tiles);
  for (guint k = 0; k < tiles->len; k++)
    view->n_gathered += ((EwViewTile *)tiles->pdata[k])->gathered ? 0 : 1;
  done = ew_pool_run (view->pool, (int)tiles->len, work_on_tile, &job, cancel) && !atomic_load (&job.failed);
  if (!done)
    g_set_error_literal (error, EW_ERROR, ew_cancelled (cancel) ? EW_ERROR_CANCELLED : EW_ERROR_TOO_LARGE,
                         ew_cancelled (cancel) ? "The work was cancelled."
                                               : "There is not enough memory for the picture.");
  else
    done = (pictures->input != NULL || lay (&job, INPUT, &input, &pictures->input, error))
           && (view->y == NULL || pictures->target != NULL || lay (&job, TARGET, &output, &pictures->target, error))
           && lay (&job, OUTPUT, &output, &pictures->output, error);
  ew_view_keep_budget (view);
  return done;
}
