/* EwFeeding: where along each axis a pixel is read. */
#include "engine/feeding.h"

typedef struct
{
  int length; /* of the input */
  int outputs;
  int before; /* padding */
  int after;
  int taps;
  int stride;
  int dilation;
  EwBorder border;
} Axis;

/* Adds the readings of position @at, which may lie in the padding. */
static void
read_position (GArray *readings, const Axis *axis, gint64 at)
{
  for (int tap = 0; tap < axis->taps; tap++)
    {
      gint64 offset = at + axis->before - (gint64)tap * axis->dilation;
      EwFed reading = { .tap = tap };

      if (offset < 0 || offset % axis->stride != 0 || offset / axis->stride >= axis->outputs)
        continue;
      reading.output = (int)(offset / axis->stride);
      g_array_append_val (readings, reading);
    }
}

/* Adds the readings of all positions in the padding that the border rule fills from @index: from @first on every
 * @step-th. */
static void
read_positions (GArray *readings, const Axis *axis, gint64 first, gint64 step)
{
  gint64 end = (gint64)axis->length + axis->after;

  for (gint64 at = first; at < end; at += step)
    if (at < 0 || at >= axis->length)
      read_position (readings, axis, at);
}

/* The smallest number ≥ low that leaves the same remainder as @value. */
static gint64
first_from (gint64 low, gint64 value, gint64 period)
{
  gint64 distance = (value - low) % period;

  return low + (distance + period) % period;
}

static int
compare_readings (gconstpointer a, gconstpointer b)
{
  const EwFed *x = a;
  const EwFed *y = b;

  return x->output != y->output ? (x->output > y->output) - (x->output < y->output) : x->tap - y->tap;
}

static EwFed *
readings_of (const Axis *axis, int index, int *n)
{
  GArray *readings = g_array_new (FALSE, FALSE, sizeof (EwFed));
  gint64 low = -(gint64)axis->before;
  gint64 mirror = MAX (2 * ((gint64)axis->length - 1), 1);

  read_position (readings, axis, index);
  if (axis->border == EW_BORDER_REPLICATE && index == 0)
    for (gint64 at = low; at < 0; at++)
      read_position (readings, axis, at);
  if (axis->border == EW_BORDER_REPLICATE && index == axis->length - 1)
    read_positions (readings, axis, axis->length, 1);
  if (axis->border == EW_BORDER_WRAP)
    read_positions (readings, axis, first_from (low, index, axis->length), axis->length);
  if (axis->border == EW_BORDER_REFLECT)
    {
      read_positions (readings, axis, first_from (low, index, mirror), mirror);
      /* The two ends are mirrored onto themselves. */
      if (index != 0 && index != axis->length - 1)
        read_positions (readings, axis, first_from (low, -(gint64)index, mirror), mirror);
    }
  g_array_sort (readings, compare_readings);
  *n = (int)readings->len;
  return (EwFed *)(gpointer)g_array_free (readings, FALSE);
}

EwFeeding *
ew_feeding_new (const EwGeometry *g, int height, int width, int row, int column, GError **error)
{
  int outputs_down, outputs_across;

  if (!ew_geometry_output_size (g, height, width, &outputs_down, &outputs_across, error))
    return NULL;
  if (row < 0 || column < 0 || row >= height || column >= width)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "There is no input (%d, %d); it has %d×%d values.", row, column,
                   height, width);
      return NULL;
    }

  EwFeeding *feeding = g_new0 (EwFeeding, 1);
  Axis down = { height, outputs_down, g->top, g->bottom, g->kernel_height, g->stride, g->dilation, g->border };
  Axis across = { width, outputs_across, g->left, g->right, g->kernel_width, g->stride, g->dilation, g->border };

  feeding->height = outputs_down;
  feeding->width = outputs_across;
  feeding->rows = readings_of (&down, row, &feeding->n_rows);
  feeding->columns = readings_of (&across, column, &feeding->n_columns);
  return feeding;
}

void
ew_feeding_free (EwFeeding *feeding)
{
  if (feeding == NULL)
    return;
  g_free (feeding->rows);
  g_free (feeding->columns);
  g_free (feeding);
}

static int
count_outputs (const EwFed *readings, int n)
{
  int count = 0;

  for (int k = 0; k < n; k++)
    count += k == 0 || readings[k].output != readings[k - 1].output;
  return count;
}

gint64
ew_feeding_n_outputs (const EwFeeding *feeding)
{
  return (gint64)count_outputs (feeding->rows, feeding->n_rows) * count_outputs (feeding->columns, feeding->n_columns);
}

double
ew_feeding_weight (const EwFeeding *feeding, const EwKernel *kernel, int row, int column)
{
  double sum = 0;

  for (int i = 0; i < feeding->n_rows; i++)
    for (int j = 0; feeding->rows[i].output == row && j < feeding->n_columns; j++)
      if (feeding->columns[j].output == column)
        sum += kernel->taps[feeding->rows[i].tap * kernel->width + feeding->columns[j].tap];
  return sum;
}

gboolean
ew_feeding_bounds (const EwFeeding *feeding, int *first_row, int *first_column, int *last_row, int *last_column)
{
  if (feeding->n_rows == 0 || feeding->n_columns == 0)
    return FALSE;
  *first_row = feeding->rows[0].output;
  *first_column = feeding->columns[0].output;
  *last_row = feeding->rows[feeding->n_rows - 1].output;
  *last_column = feeding->columns[feeding->n_columns - 1].output;
  return TRUE;
}
