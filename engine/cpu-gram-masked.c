/* A mask taken apart: large rectangles whose weights are all 1, which lags serve, and tiles of what is mixed. Rectangles
 * without any weight are not looked at again. */
#include "engine/cpu-gram-private.h"

/* Side of the squares that the mask is looked at in. */
#define SIDE 16

/* A rectangle of fewer squares is as fast directly. */
#define SQUARES_MIN 4

/* Parts whose lags are in memory at a time, for kernels of few taps. */
#define PARTS_MAX 64

/**
 * Map:
 * @full, @used: (rows + 1) × (columns + 1) sums over all squares above and to the left: how many have no weight but 1, and
 *   how many have any but 0
 * @direct: rows × columns: whether a square is summed directly
 * @parts: EwGramPhase, the rectangles for lags
 */
typedef struct
{
  const EwGramPhase *phase;
  int rows;
  int columns;
  int *full;
  int *used;
  guint8 *direct;
  GPtrArray *parts;
} Map;

/* Squares [row, end_row) × [column, end_column). */
typedef struct
{
  int row;
  int column;
  int end_row;
  int end_column;
} Squares;

static void
look_at (const Map *map, int row, int column, gboolean *full, gboolean *used)
{
  const EwGramView *mask = &map->phase->mask;
  int end_row = MIN ((row + 1) * SIDE, mask->height);
  int end_column = MIN ((column + 1) * SIDE, mask->width);

  *full = TRUE;
  *used = FALSE;
  for (int i = row * SIDE; i < end_row; i++)
    for (int j = column * SIDE; j < end_column; j++)
      {
        float weight = ew_gram_view_row (mask, i)[j];

        *full &= weight == 1;
        *used |= weight != 0;
      }
}

static void
count_row (const Map *map, int row)
{
  size_t stride = (size_t)map->columns + 1;
  int *full = map->full + (size_t)(row + 1) * stride;
  int *used = map->used + (size_t)(row + 1) * stride;
  int n_full = 0;
  int n_used = 0;

  for (int column = 0; column < map->columns; column++)
    {
      gboolean is_full, is_used;

      look_at (map, row, column, &is_full, &is_used);
      n_full += is_full;
      n_used += is_used;
      full[column + 1] = full[column + 1 - (gssize)stride] + n_full;
      used[column + 1] = used[column + 1 - (gssize)stride] + n_used;
    }
}

static int
count_in (const Map *map, const int *sums, const Squares *s)
{
  size_t stride = (size_t)map->columns + 1;

  return sums[s->end_row * stride + s->end_column] - sums[s->row * stride + s->end_column]
         - sums[s->end_row * stride + s->column] + sums[s->row * stride + s->column];
}

static void
mark_direct (const Map *map, const Squares *s)
{
  for (int row = s->row; row < s->end_row; row++)
    for (int column = s->column; column < s->end_column; column++)
      {
        Squares one = { row, column, row + 1, column + 1 };

        map->direct[(size_t)row * map->columns + column] = count_in (map, map->used, &one) > 0;
      }
}

static void
add_part (const Map *map, const Squares *s)
{
  const EwGramView *y = &map->phase->y;
  int row = s->row * SIDE;
  int column = s->column * SIDE;

  g_ptr_array_add (map->parts, ew_gram_phase_part (map->phase, row, column, MIN (s->end_row * SIDE, y->height) - row,
                                                   MIN (s->end_column * SIDE, y->width) - column));
}

/* Halves what is mixed, the longer side first. */
static void
divide (const Map *map, Squares s)
{
  int n = (s.end_row - s.row) * (s.end_column - s.column);
  int n_full = count_in (map, map->full, &s);
  Squares rest = s;

  if (n_full == n && n >= SQUARES_MIN)
    add_part (map, &s);
  else if (n < SQUARES_MIN || n_full < SQUARES_MIN)
    mark_direct (map, &s);
  else
    {
      if (s.end_row - s.row > s.end_column - s.column)
        rest.row = s.end_row = s.row + (s.end_row - s.row) / 2;
      else
        rest.column = s.end_column = s.column + (s.end_column - s.column) / 2;
      divide (map, s);
      divide (map, rest);
    }
}

/* Squares that are summed directly, side by side as one tile. */
static void
list_tiles (const Map *map, GArray *tiles)
{
  const EwGramView *y = &map->phase->y;

  for (int row = 0; row < map->rows; row++)
    for (int column = 0; column < map->columns; column++)
      {
        const guint8 *direct = map->direct + (size_t)row * map->columns;
        EwGramTile tile = { row * SIDE, column * SIDE, MIN (SIDE, y->height - row * SIDE), 0 };

        if (!direct[column])
          continue;
        while (column < map->columns && direct[column])
          column++;
        tile.width = MIN (column * SIDE, y->width) - tile.column;
        g_array_append_val (tiles, tile);
      }
}

static gboolean
add_all_parts (const EwGramWork *work, const Map *map, GError **error)
{
  EwGramPhase *const *parts = (EwGramPhase *const *)map->parts->pdata;
  int n = (int)map->parts->len;
  int at_a_time = CLAMP (4096 / work->gram->n, 1, PARTS_MAX);

  for (int first = 0; first < n; first += at_a_time)
    if (!ew_gram_add_parts (work, parts + first, MIN (at_a_time, n - first), error))
      return FALSE;
  return TRUE;
}

gboolean
ew_gram_add_masked (const EwGramWork *work, const EwGramPhase *phase, GError **error)
{
  int rows = (phase->y.height + SIDE - 1) / SIDE;
  int columns = (phase->y.width + SIDE - 1) / SIDE;
  size_t n = ((size_t)rows + 1) * ((size_t)columns + 1);
  g_autofree int *full = g_try_new0 (int, n);
  g_autofree int *used = g_try_new0 (int, n);
  g_autofree guint8 *direct = g_try_new0 (guint8, n);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify)ew_gram_phase_free);
  g_autoptr (GArray) tiles = g_array_new (FALSE, FALSE, sizeof (EwGramTile));
  Map map = { phase, rows, columns, full, used, direct, parts };

  if (full == NULL || used == NULL || direct == NULL)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for a map of the mask.");
      return FALSE;
    }
  for (int row = 0; row < rows; row++)
    count_row (&map, row);
  divide (&map, (Squares){ 0, 0, rows, columns });
  list_tiles (&map, tiles);
  return add_all_parts (work, &map, error) && ew_gram_add_tiles (work, phase, tiles, error);
}
