/* EwFinding: memory and names. EwCorrection: what each does to a pair. */
#include "engine/finding.h"

#include <math.h>
#include <string.h>

void
ew_findings_free (EwFindings *findings)
{
  if (findings == NULL)
    return;
  for (int i = 0; i < findings->n; i++)
    {
      g_free (findings->items[i].sentence);
      g_free (findings->items[i].label);
    }
  g_free (findings);
}

void
ew_findings_remove (EwFindings *findings, int i)
{
  g_free (findings->items[i].sentence);
  g_free (findings->items[i].label);
  memmove (&findings->items[i], &findings->items[i + 1], (size_t)(findings->n - i - 1) * sizeof findings->items[0]);
  findings->items[--findings->n] = (EwFinding){ .sentence = NULL };
}

void
ew_findings_drop (EwFindings *findings, EwFindingKind kind)
{
  for (int i = 0; i < findings->n; i++)
    if (findings->items[i].kind == kind)
      ew_findings_remove (findings, i--);
}

const EwFinding *
ew_findings_find (const EwFindings *findings, EwFindingKind kind)
{
  for (int i = 0; i < findings->n; i++)
    if (findings->items[i].kind == kind)
      return &findings->items[i];
  return NULL;
}

const char *
ew_finding_name (EwFindingKind kind)
{
  static const char *const names[EW_FINDING_N_KINDS]
      = { "not-finite", "too-small", "constant-input", "constant-target", "identical", "size",   "border",   "scale",
          "flipped",    "shifted",   "encoding",       "clipped",         "offset",    "colour", "unrelated", "kernel" };

  return names[kind];
}

void
ew_pair_clear (EwPair *pair)
{
  g_clear_pointer (&pair->x, ew_grid_unref);
  g_clear_pointer (&pair->y, ew_grid_unref);
  g_clear_pointer (&pair->mask, ew_grid_unref);
}

/* Rows of a sideways turn that are made together, so that each cache line is read once. */
#define TURN_ROWS 16

/* Output (i, j) of a turn is the input's (i, j), or (j, i) where that is sideways, counted from the other end where so. */
static const struct
{
  gboolean rows_reversed;
  gboolean columns_reversed;
} turns[EW_TURN_N] = { [EW_TURN_MIRROR_X] = { FALSE, TRUE }, [EW_TURN_MIRROR_Y] = { TRUE, FALSE },
                       [EW_TURN_HALF] = { TRUE, TRUE },      [EW_TURN_RIGHT] = { TRUE, FALSE },
                       [EW_TURN_LEFT] = { FALSE, TRUE },     [EW_TURN_ANTITRANSPOSE] = { TRUE, TRUE } };

static void
turn_upright (const EwGrid *grid, EwTurn turn, int top, int left, EwGrid *turned)
{
  for (int i = 0; i < turned->height; i++)
    {
      const float *from = ew_grid_row (grid, turns[turn].rows_reversed ? grid->height - 1 - top - i : top + i);
      float *to = ew_grid_row (turned, i);

      for (int j = 0; j < turned->width; j++)
        to[j] = from[turns[turn].columns_reversed ? grid->width - 1 - left - j : left + j];
    }
}

static void
turn_sideways (const EwGrid *grid, EwTurn turn, int top, int left, EwGrid *turned)
{
  for (int first = 0; first < turned->height; first += TURN_ROWS)
    for (int j = 0; j < turned->width; j++)
      {
        const float *from = ew_grid_row (grid, turns[turn].rows_reversed ? grid->height - 1 - left - j : left + j);

        for (int i = first; i < MIN (first + TURN_ROWS, turned->height); i++)
          ew_grid_row (turned, i)[j] = from[turns[turn].columns_reversed ? grid->width - 1 - top - i : top + i];
      }
}

EwGrid *
ew_grid_turned (const EwGrid *grid, EwTurn turn, int top, int left, int height, int width, GError **error)
{
  EwGrid *turned = ew_grid_new (height, width, error);

  if (turned != NULL)
    (ew_turn_is_sideways (turn) ? turn_sideways : turn_upright) (grid, turn, top, left, turned);
  return turned;
}

/* Puts new grids into their places; what is NULL stays. */
static void
replace (EwPair *pair, EwGrid *x, EwGrid *y, EwGrid *mask)
{
  EwGrid **places[] = { &pair->x, &pair->y, &pair->mask };
  EwGrid *grids[] = { x, y, mask };

  for (int i = 0; i < 3; i++)
    if (grids[i] != NULL)
      {
        ew_grid_unref (*places[i]);
        *places[i] = grids[i];
      }
}

/* What both have of one axis: where it begins in the input, and how long it is. */
static int
common_part (int n_x, int n_y, int shift, int *from_x, int *from_y)
{
  *from_x = MAX (shift, 0);
  *from_y = MAX (-shift, 0);
  return MIN (n_x - *from_x, n_y - *from_y);
}

/* The height × width weights from (top, left) of the pair's mask, to be changed; 1 where it has none. */
static EwGrid *
copy_part_of_mask (const EwPair *pair, int top, int left, int height, int width, GError **error)
{
  EwGrid *mask;

  if (pair->mask != NULL)
    return ew_grid_new_cropped (pair->mask, top, left, height, width, error);
  mask = ew_grid_new (height, width, error);
  for (int i = 0; mask != NULL && i < mask->height; i++)
    for (int j = 0; j < mask->width; j++)
      ew_grid_row (mask, i)[j] = 1;
  return mask;
}

static EwGrid *
copy_mask (const EwPair *pair, GError **error)
{
  return copy_part_of_mask (pair, 0, 0, pair->y->height, pair->y->width, error);
}

/* Leaves out the outputs whose window reaches beyond an input of the mask's size. */
static void
leave_frame_out (const EwGeometry *g, EwGrid *mask)
{
  for (int i = 0; i < mask->height; i++)
    for (int j = 0; j < mask->width; j++)
      if (i < g->top || i >= mask->height - g->bottom || j < g->left || j >= mask->width - g->right)
        ew_grid_row (mask, i)[j] = 0;
}

static gboolean
crop (const EwCorrection *c, EwPair *pair, GError **error)
{
  int top_x, top_y, left_x, left_y;
  int height = common_part (pair->x->height, pair->y->height, c->dy, &top_x, &top_y);
  int width = common_part (pair->x->width, pair->y->width, c->dx, &left_x, &left_y);
  g_autoptr (EwGrid) x = NULL;
  g_autoptr (EwGrid) y = NULL;
  EwGrid *mask;
  EwGeometry *g = &pair->geometry;

  if (height < 1 || width < 1)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_GEOMETRY, "The two images have nothing in common after that shift.");
      return FALSE;
    }
  x = ew_grid_new_cropped (pair->x, top_x, left_x, height, width, error);
  y = x == NULL ? NULL : ew_grid_new_cropped (pair->y, top_y, left_y, height, width, error);
  mask = y == NULL ? NULL : copy_part_of_mask (pair, top_y, left_y, height, width, error);
  if (mask == NULL)
    return FALSE;
  g->top = g->dilation * (g->kernel_height - 1) / 2;
  g->left = g->dilation * (g->kernel_width - 1) / 2;
  g->bottom = g->dilation * (g->kernel_height - 1) - g->top;
  g->right = g->dilation * (g->kernel_width - 1) - g->left;
  leave_frame_out (g, mask);
  replace (pair, g_steal_pointer (&x), g_steal_pointer (&y), mask);
  return TRUE;
}

/* Of n_y outputs, with windows of k in an axis of n_x that begin at stride·i + start, those that lie inside. */
static int
whole_windows (int n_x, int n_y, int k, int stride, int start, int *from)
{
  *from = start >= 0 ? 0 : (-start + stride - 1) / stride;
  return MIN (n_y, n_x - k - start < 0 ? 0 : (n_x - k - start) / stride + 1) - *from;
}

static gboolean
reduce (const EwCorrection *c, EwPair *pair, GError **error)
{
  const EwGeometry *g = &c->geometry;
  int top, left;
  int height = whole_windows (pair->x->height, pair->y->height, g->kernel_height, g->stride, c->dy, &top);
  int width = whole_windows (pair->x->width, pair->y->width, g->kernel_width, g->stride, c->dx, &left);
  g_autoptr (EwGrid) x = NULL;
  g_autoptr (EwGrid) y = NULL;
  EwGrid *mask = NULL;

  if (height < 1 || width < 1)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "The images are too small for a %d×%d kernel with a stride of %d.",
                   g->kernel_height, g->kernel_width, g->stride);
      return FALSE;
    }
  x = ew_grid_new_cropped (pair->x, g->stride * top + c->dy, g->stride * left + c->dx,
                           g->stride * (height - 1) + g->kernel_height, g->stride * (width - 1) + g->kernel_width, error);
  y = x == NULL ? NULL : ew_grid_new_cropped (pair->y, top, left, height, width, error);
  if (y != NULL && pair->mask != NULL)
    mask = copy_part_of_mask (pair, top, left, height, width, error);
  if (y == NULL || (pair->mask != NULL && mask == NULL))
    return FALSE;
  pair->geometry = *g;
  replace (pair, g_steal_pointer (&x), g_steal_pointer (&y), mask);
  return TRUE;
}

static gboolean
leave_out_clipped (const EwCorrection *c, EwPair *pair, GError **error)
{
  EwGrid *mask = copy_mask (pair, error);

  for (int i = 0; mask != NULL && i < mask->height; i++)
    for (int j = 0; j < mask->width; j++)
      {
        double y = (double)ew_grid_row (pair->y, i)[j];

        if (y <= c->low || y >= c->high)
          ew_grid_row (mask, i)[j] = 0;
      }
  replace (pair, NULL, NULL, mask);
  return mask != NULL;
}

/* A copy in which 0 stands for what is not finite. */
static EwGrid *
made_finite (const EwGrid *grid, GError **error)
{
  EwGrid *copy = ew_grid_new_cropped (grid, 0, 0, grid->height, grid->width, error);

  for (int i = 0; copy != NULL && i < copy->height; i++)
    for (int j = 0; j < copy->width; j++)
      if (!isfinite (ew_grid_row (copy, i)[j]))
        ew_grid_row (copy, i)[j] = 0;
  return copy;
}

/* Leaves out the outputs whose window holds the input's pixel (row, column), however it gets there past the border. */
static void
mask_windows (const EwGrid *x, const EwGeometry *g, EwGrid *mask)
{
  for (int i = 0; i < mask->height; i++)
    for (int j = 0; j < mask->width; j++)
      for (int k = 0; k < g->kernel_height * g->kernel_width; k++)
        {
          gint64 row = (gint64)i * g->stride + k / g->kernel_width * g->dilation - g->top;
          gint64 column = (gint64)j * g->stride + k % g->kernel_width * g->dilation - g->left;

          row = ew_geometry_border_index (g->border, row, x->height);
          column = ew_geometry_border_index (g->border, column, x->width);
          if (row >= 0 && column >= 0 && !isfinite (ew_grid_row (x, (int)row)[column]))
            ew_grid_row (mask, i)[j] = 0;
        }
}

static gboolean
leave_out_not_finite (EwPair *pair, GError **error)
{
  g_autoptr (EwGrid) x = made_finite (pair->x, error);
  g_autoptr (EwGrid) y = x == NULL ? NULL : made_finite (pair->y, error);
  EwGrid *mask = y == NULL ? NULL : copy_mask (pair, error);

  if (mask == NULL)
    return FALSE;
  for (int i = 0; i < mask->height; i++)
    for (int j = 0; j < mask->width; j++)
      if (!isfinite (ew_grid_row (pair->y, i)[j]))
        ew_grid_row (mask, i)[j] = 0;
  if (!ew_grid_is_finite (pair->x, NULL, NULL))
    mask_windows (pair->x, &pair->geometry, mask);
  replace (pair, g_steal_pointer (&x), g_steal_pointer (&y), mask);
  return TRUE;
}

static gboolean
divide (const EwCorrection *c, EwPair *pair, GError **error)
{
  EwGrid *y = ew_grid_new (pair->y->height, pair->y->width, error);

  for (int i = 0; y != NULL && i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      ew_grid_row (y, i)[j] = (float)((double)ew_grid_row (pair->y, i)[j] / c->factor);
  replace (pair, NULL, y, NULL);
  return y != NULL;
}

static gboolean
decode (const EwCorrection *c, EwPair *pair, GError **error)
{
  g_autoptr (EwGrid) x = ew_encoding_decode_grid (c->x_encoding, pair->x, error);
  EwGrid *y = x == NULL ? NULL : ew_encoding_decode_grid (c->y_encoding, pair->y, error);

  if (y == NULL)
    return FALSE;
  replace (pair, g_steal_pointer (&x), y, NULL);
  return TRUE;
}

gboolean
ew_correction_apply (const EwCorrection *c, EwPair *pair, GError **error)
{
  EwGrid *x = NULL;
  gboolean sideways;

  switch (c->kind)
    {
    case EW_CORRECTION_GEOMETRY:
      pair->geometry = c->geometry;
      return TRUE;
    case EW_CORRECTION_REDUCED:
      return reduce (c, pair, error);
    case EW_CORRECTION_CROP:
      return crop (c, pair, error);
    case EW_CORRECTION_TURN:
      sideways = ew_turn_is_sideways (c->turn);
      x = ew_grid_turned (pair->x, c->turn, 0, 0, sideways ? pair->x->width : pair->x->height,
                          sideways ? pair->x->height : pair->x->width, error);
      replace (pair, x, NULL, NULL);
      return x != NULL;
    case EW_CORRECTION_DECODE:
      return decode (c, pair, error);
    case EW_CORRECTION_MASK:
      return leave_out_clipped (c, pair, error);
    case EW_CORRECTION_FINITE:
      return leave_out_not_finite (pair, error);
    case EW_CORRECTION_SCALE:
      return divide (c, pair, error);
    case EW_CORRECTION_BIAS:
      pair->has_bias = TRUE;
      return TRUE;
    case EW_CORRECTION_CHANNELS:
    case EW_CORRECTION_NONE:
    default:
      return TRUE;
    }
}
