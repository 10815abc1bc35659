/* EwExcerpt: one axis at a time. */
#include "engine/excerpt.h"

/* Outputs that an excerpt has along an axis at least. */
#define OUTPUTS_MIN 4

typedef struct
{
  gint64 length; /* of the whole input */
  gint64 outputs;
  gint64 before; /* padding */
  gint64 after;
  gint64 reach; /* input elements from a window's first to its last */
  gint64 stride;
  gboolean wraps;
} Axis;

typedef struct
{
  int first;
  int length;
  int before;
  int after;
  int output;
  int outputs;
} Part;

static Part
whole (const Axis *axis)
{
  return (Part){ 0, (int)axis->length, (int)axis->before, (int)axis->after, 0, (int)axis->outputs };
}

/* The outputs that may be in an excerpt: a border that wraps shows the other end, which is not there. */
static void
allowed (const Axis *axis, gint64 *low, gint64 *high)
{
  *low = 0;
  *high = axis->outputs - 1;
  if (!axis->wraps)
    return;
  *low = (axis->before + axis->stride - 1) / axis->stride;
  *high = MIN (*high, (axis->length + axis->before - axis->reach) / axis->stride);
}

static Part
part_of (const Axis *axis, gint64 about, gint64 most)
{
  gint64 low, high;
  gint64 wanted = most < axis->reach ? 1 : (most - axis->reach) / axis->stride + 1;

  if (axis->length <= most)
    return whole (axis);
  allowed (axis, &low, &high);
  wanted = MIN (MAX (wanted, OUTPUTS_MIN), high - low + 1);
  /* A kernel that wraps around all of the input. */
  if (wanted < 1)
    return whole (axis);

  gint64 first = CLAMP (about - wanted / 2, low, high - wanted + 1);
  gint64 start = first * axis->stride - axis->before;
  gint64 end = (first + wanted - 1) * axis->stride - axis->before + axis->reach;
  Part part = { .output = (int)first, .outputs = (int)wanted };

  part.before = (int)MAX (-start, 0);
  part.after = (int)MAX (end - axis->length, 0);
  part.first = (int)MAX (start, 0);
  part.length = (int)(MIN (end, axis->length) - part.first);
  /* A window may lie in the padding alone, or a mirror be too short: then all of it. */
  return part.length < 1 || MAX (part.before, part.after) >= part.length ? whole (axis) : part;
}

gboolean
ew_excerpt_init (EwExcerpt *excerpt, const EwGeometry *g, int height, int width, int output_row, int output_column,
                 int max_height, int max_width, GError **error)
{
  int rows, columns;

  if (!ew_geometry_output_size (g, height, width, &rows, &columns, error))
    return FALSE;

  gboolean wraps = g->border == EW_BORDER_WRAP;
  Axis down = { height, rows, g->top, g->bottom, (gint64)g->dilation * (g->kernel_height - 1) + 1, g->stride, wraps };
  Axis across
      = { width, columns, g->left, g->right, (gint64)g->dilation * (g->kernel_width - 1) + 1, g->stride, wraps };
  Part r = part_of (&down, output_row, max_height);
  Part c = part_of (&across, output_column, max_width);

  *excerpt = (EwExcerpt){ r.first, c.first, r.length, c.length, *g, r.output, c.output, r.outputs, c.outputs };
  excerpt->geometry.top = r.before;
  excerpt->geometry.bottom = r.after;
  excerpt->geometry.left = c.before;
  excerpt->geometry.right = c.after;
  return TRUE;
}

gboolean
ew_excerpt_is_whole (const EwExcerpt *excerpt, int height, int width)
{
  return excerpt->height == height && excerpt->width == width;
}
