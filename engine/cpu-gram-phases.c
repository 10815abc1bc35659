/* Phases of a sample: what each axis comes apart into, and the copies. */
#include "engine/cpu-gram-phases.h"

#include "engine/memory.h"

#include <string.h>

/* A phase of few outputs is hardly worth its own way through the sums. With few taps, each tap gets a plane instead. */
#define FEW_OUTPUTS 4
#define FEW_TAPS    8

/* Pieces that a copy is cut into. */
#define SLICES 16

/**
 * Axis:
 * @n_phases: of the outputs; output p + out_step · i is number i of phase p
 * @n_planes: of the taps; tap q + tap_step · a is number a of plane q
 * @step: from one value of a plane to the next, in input pixels
 * @by_phase, @by_plane: the first value of plane q in phase p is input p · by_phase + q · by_plane − padding
 */
typedef struct
{
  int out;
  int side;
  int n_phases;
  int out_step;
  int n_planes;
  int tap_step;
  gint64 step;
  gint64 by_phase;
  gint64 by_plane;
  gint64 padding;
} Axis;

/* A copy to be made: to[i, j] = the bordered input at (row + i · row_step, column + j · column_step). */
typedef struct
{
  EwGrid *to;
  const EwGrid *from;
  EwBorder border;
  gint64 row;
  gint64 column;
  gint64 row_step;
  gint64 column_step;
} Copy;

static int
common_divisor (int a, int b)
{
  while (b != 0)
    {
      int rest = a % b;

      a = b;
      b = rest;
    }
  return a;
}

static Axis
axis_of (int out, int side, int stride, int dilation, int padding)
{
  /* One tap has no distance to the next. */
  int d = side == 1 ? stride : dilation;
  int g = common_divisor (stride, d);
  Axis axis = { .out = out, .side = side, .padding = padding, .by_phase = stride, .by_plane = d };

  if (d > g && side <= FEW_TAPS && out / FEW_OUTPUTS < d / g)
    {
      axis.n_phases = axis.out_step = 1;
      axis.n_planes = axis.tap_step = side;
      axis.step = stride;
      return axis;
    }
  axis.out_step = d / g;
  axis.n_phases = MIN (axis.out_step, out);
  axis.tap_step = stride / g;
  axis.n_planes = MIN (axis.tap_step, side);
  axis.step = (gint64)stride * (d / g);
  return axis;
}

static void
find_axes (const EwGeometry *g, const EwSample *sample, Axis *down, Axis *right)
{
  *down = axis_of (sample->y->height, g->kernel_height, g->stride, g->dilation, g->top);
  *right = axis_of (sample->y->width, g->kernel_width, g->stride, g->dilation, g->left);
}

gint64
ew_gram_n_phases (const EwGeometry *geometry, const EwSample *sample)
{
  Axis down, right;

  find_axes (geometry, sample, &down, &right);
  return (gint64)down.n_phases * right.n_phases;
}

static int
outputs_of (const Axis *axis, int phase)
{
  return (axis->out - phase + axis->out_step - 1) / axis->out_step;
}

static int
taps_of (const Axis *axis, int plane)
{
  return (axis->side - plane + axis->tap_step - 1) / axis->tap_step;
}

static gint64
first_of (const Axis *axis, int phase, int plane)
{
  return phase * axis->by_phase + plane * axis->by_plane - axis->padding;
}

/* --- copies */

/* to[m] for m = begin … end − 1, beyond the input's edge. */
static void
copy_border (const Copy *copy, const float *from, gint64 begin, gint64 end, float *to)
{
  for (gint64 m = begin; m < end; m++)
    {
      gint64 j = ew_geometry_border_index (copy->border, copy->column + m * copy->column_step, copy->from->width);

      to[m] = j < 0 ? 0 : from[j];
    }
}

static void
copy_row (const Copy *copy, int i)
{
  const EwGrid *x = copy->from;
  gint64 row = ew_geometry_border_index (copy->border, copy->row + i * copy->row_step, x->height);
  float *to = ew_grid_row (copy->to, i);
  gint64 n = copy->to->width;
  /* [low, high): what lies within the input. */
  gint64 low = copy->column >= 0 ? 0 : (-copy->column + copy->column_step - 1) / copy->column_step;
  gint64 high = copy->column >= x->width ? 0 : (x->width - 1 - copy->column) / copy->column_step + 1;

  /* A new grid is all zeros. */
  if (row < 0)
    return;

  const float *from = ew_grid_row (x, (int)row);

  low = MIN (low, n);
  high = CLAMP (high, low, n);
  copy_border (copy, from, 0, low, to);
  copy_border (copy, from, high, n, to);
  if (copy->column_step == 1 && high > low)
    memcpy (to + low, from + copy->column + low, (size_t)(high - low) * sizeof (float));
  else
    for (gint64 m = low; m < high; m++)
      to[m] = from[copy->column + m * copy->column_step];
}

typedef struct
{
  GArray *copies;
  EwCancel *cancel;
} CopyJob;

static void
copy_slice (int item, gpointer data)
{
  const CopyJob *job = data;
  const Copy *copy = &g_array_index (job->copies, Copy, item / SLICES);
  gint64 height = copy->to->height;
  int end = (int)(height * (item % SLICES + 1) / SLICES);

  for (int i = (int)(height * (item % SLICES) / SLICES); i < end && !ew_cancelled (job->cancel); i++)
    copy_row (copy, i);
}

/* --- phases */

/* Whether every value that a plane sees lies in the input, side by side. */
static gboolean
lies_inside (const Axis *axis, gint64 first, gint64 n, int length)
{
  return axis->step == 1 && first >= 0 && first + n <= length;
}

/* Points the plane into the input where that is possible; otherwise says what is to be copied, without a place to copy
 * it to. */
static void
lay_plane (const EwGramPhase *phase, EwGramPlane *plane, const EwSample *sample, const EwGeometry *g, const Axis *down,
           const Axis *right, GArray *copies)
{
  const EwGrid *x = sample->x;
  Copy copy = { .from = x, .border = g->border, .row_step = down->step, .column_step = right->step };

  copy.row = first_of (down, phase->first_down, plane->first_down);
  copy.column = first_of (right, phase->first_right, plane->first_right);
  plane->kh = taps_of (down, plane->first_down);
  plane->kw = taps_of (right, plane->first_right);
  plane->x.height = outputs_of (down, phase->first_down) + plane->kh - 1;
  plane->x.width = outputs_of (right, phase->first_right) + plane->kw - 1;
  if (lies_inside (down, copy.row, plane->x.height, x->height)
      && lies_inside (right, copy.column, plane->x.width, x->width))
    {
      plane->x.data = ew_grid_row (x, (int)copy.row) + copy.column;
      plane->x.stride = x->stride;
    }
  else
    g_array_append_val (copies, copy);
}

static gboolean
place_copy (Copy *copy, EwGramView *view, EwGrid **grid, GError **error)
{
  *grid = ew_grid_new (view->height, view->width, error);
  if (*grid == NULL)
    return FALSE;
  *view = ew_gram_view_of (*grid);
  copy->to = *grid;
  return TRUE;
}

/* Bytes of all planes that are to be copied. */
static double
bytes_to_copy (const EwGramPhase *phase)
{
  double outputs = (double)phase->y.height * phase->y.width;
  double bytes = (phase->y.data == NULL ? outputs : 0) + (phase->mask.height > 0 && phase->mask.data == NULL ? outputs : 0);

  for (int p = 0; p < phase->n_planes; p++)
    if (phase->planes[p].x.data == NULL)
      bytes += (double)phase->planes[p].x.height * phase->planes[p].x.width;
  return bytes * sizeof (float);
}

/* Makes room for the copies, in the order in which they were noted: planes, targets, weights. */
static gboolean
make_room (EwGramPhase *phase, GArray *copies, GError **error)
{
  double bytes = bytes_to_copy (phase);
  guint k = 0;

  if (!ew_memory_allows ((guint64)MIN (bytes, 0x1p62)))
    {
      ew_memory_set_error (error, bytes, "There is not enough memory for a copy of the input with its border");
      return FALSE;
    }
  for (int p = 0; p < phase->n_planes; p++)
    if (phase->planes[p].x.data == NULL
        && !place_copy (&g_array_index (copies, Copy, k++), &phase->planes[p].x, &phase->planes[p].grid, error))
      return FALSE;
  if (phase->y.data == NULL && !place_copy (&g_array_index (copies, Copy, k++), &phase->y, &phase->y_grid, error))
    return FALSE;
  return phase->mask.height == 0 || phase->mask.data != NULL
         || place_copy (&g_array_index (copies, Copy, k), &phase->mask, &phase->mask_grid, error);
}

/* Targets or weights. */
static void
lay_outputs (const EwGramPhase *phase, const EwGrid *from, const Axis *down, const Axis *right, EwGramView *view,
             GArray *copies)
{
  Copy copy = { NULL,           from,           EW_BORDER_ZERO, phase->first_down, phase->first_right,
                phase->out_down, phase->out_right };

  if (phase->out_down == 1 && phase->out_right == 1)
    {
      *view = ew_gram_view_of (from);
      return;
    }
  view->height = outputs_of (down, phase->first_down);
  view->width = outputs_of (right, phase->first_right);
  g_array_append_val (copies, copy);
}

EwGramPhase *
ew_gram_phase_new (EwPool *pool, const EwSample *sample, const EwGeometry *g, gint64 number, EwCancel *cancel,
                   GError **error)
{
  g_autoptr (EwGramPhase) phase = g_new0 (EwGramPhase, 1);
  g_autoptr (GArray) copies = g_array_new (FALSE, FALSE, sizeof (Copy));
  CopyJob job = { copies, cancel };
  Axis down, right;

  find_axes (g, sample, &down, &right);

  phase->first_down = (int)(number / right.n_phases);
  phase->first_right = (int)(number % right.n_phases);
  phase->out_down = down.out_step;
  phase->out_right = right.out_step;
  phase->step_down = down.tap_step;
  phase->step_right = right.tap_step;
  phase->n_planes = down.n_planes * right.n_planes;
  phase->planes = g_new0 (EwGramPlane, phase->n_planes);
  for (int p = 0; p < phase->n_planes; p++)
    {
      phase->planes[p].first_down = p / right.n_planes;
      phase->planes[p].first_right = p % right.n_planes;
      lay_plane (phase, &phase->planes[p], sample, g, &down, &right, copies);
    }
  lay_outputs (phase, sample->y, &down, &right, &phase->y, copies);
  if (sample->mask != NULL)
    lay_outputs (phase, sample->mask, &down, &right, &phase->mask, copies);
  if (!make_room (phase, copies, error))
    return NULL;
  if (ew_pool_run (pool, (int)copies->len * SLICES, copy_slice, &job, cancel))
    return g_steal_pointer (&phase);
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return NULL;
}

static EwGramView
part_of (const EwGramView *view, int row, int column, int height, int width)
{
  return (EwGramView){ view->data == NULL ? NULL : ew_gram_view_row (view, row) + column, view->stride, height, width };
}

EwGramPhase *
ew_gram_phase_part (const EwGramPhase *phase, int row, int column, int height, int width)
{
  EwGramPhase *part = g_memdup2 (phase, sizeof *phase);

  part->first_down += row * phase->out_down;
  part->first_right += column * phase->out_right;
  part->y = part_of (&phase->y, row, column, height, width);
  part->mask = part_of (&phase->mask, row, column, height, width);
  part->planes = g_memdup2 (phase->planes, (size_t)phase->n_planes * sizeof *phase->planes);
  for (int p = 0; p < phase->n_planes; p++)
    {
      part->planes[p].x
          = part_of (&phase->planes[p].x, row, column, height + part->planes[p].kh - 1, width + part->planes[p].kw - 1);
      part->planes[p].grid = NULL;
    }
  part->y_grid = part->mask_grid = NULL;
  return part;
}

void
ew_gram_phase_free (EwGramPhase *phase)
{
  if (phase == NULL)
    return;
  for (int p = 0; p < phase->n_planes; p++)
    ew_grid_unref (phase->planes[p].grid);
  ew_grid_unref (phase->y_grid);
  ew_grid_unref (phase->mask_grid);
  g_free (phase->planes);
  g_free (phase);
}
