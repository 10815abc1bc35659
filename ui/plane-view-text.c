/* EwPlaneView: what it says in words. */
#include "ui/paint/number.h"
#include "ui/plane-view-private.h"

#include <glib/gi18n.h>
#include <math.h>

static char *
plane_values_text (EwPlaneView *self, int row, int column)
{
  g_autoptr (GString) text = g_string_new (NULL);
  EwPlanePaint paint = { .subtract = self->subtract };
  char number[EW_NUMBER_SIZE];

  for (int k = 0; k < self->n_planes; k++)
    {
      paint.planes[k] = self->planes[k];
      g_string_append_printf (text, "%s%s", k > 0 ? ", " : "",
                              ew_number_short (number, ew_plane_paint_value (&paint, k, row, column), 4));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What is known of the pixel under the cursor: its own value, or the mean of its block. */
char *
ew_plane_view_cursor_text (EwPlaneView *self)
{
  const char *symbol = self->symbol != NULL ? self->symbol : "";
  int row = self->cursor_row / self->block;
  int column = self->cursor_column / self->block;
  int i = row - self->part_row;
  int j = column - self->part_column;
  g_autofree char *values = NULL;
  char number[EW_NUMBER_SIZE];

  if (self->block > 1 && self->source != NULL && self->cursor_row < self->source->height
      && self->cursor_column < self->source->width)
    return g_strdup_printf (
        "%s[%d, %d] = %s", symbol, self->cursor_row, self->cursor_column,
        ew_number_short (number, (double)ew_grid_row (self->source, self->cursor_row)[self->cursor_column], 4));
  if (i < 0 || j < 0 || i >= self->planes[0]->height || j >= self->planes[0]->width)
    return g_strdup_printf ("%s[%d, %d]", symbol, self->cursor_row, self->cursor_column);
  values = plane_values_text (self, i, j);
  if (self->block > 1)
    return g_strdup_printf ("%s[%d–%d, %d–%d] ≈ %s", symbol, row * self->block, (row + 1) * self->block - 1,
                            column * self->block, (column + 1) * self->block - 1, values);
  return g_strdup_printf ("%s[%d, %d] = %s", symbol, row, column, values);
}

char *
ew_plane_view_size_text (EwPlaneView *self)
{
  int rows, columns;

  ew_plane_view_get_size (self, &rows, &columns);
  return g_strdup_printf (_ ("%d by %d values"), rows, columns);
}

char *
ew_plane_view_caption_text (EwPlaneView *self, const char *extent)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int rows, columns;

  ew_plane_view_get_size (self, &rows, &columns);
  if (self->named && self->symbol != NULL)
    g_string_append_printf (text, "%s %d×%d · ", self->symbol, rows, columns);
  g_string_append (text, extent);
  if (self->block > 1)
    g_string_append_printf (text, _ (" · means of %d×%d"), self->block, self->block);
  /* Hatched likewise. */
  if (ew_plane_view_has_left_out (self))
    g_string_append (text, _ (" · ▨ left out"));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
ew_plane_view_extent_text (EwPlaneView *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char low[EW_NUMBER_SIZE];
  char high[EW_NUMBER_SIZE];

  if (!isnan (self->extent.low))
    g_string_append_printf (text, _ ("%s to %s"), ew_number_short (low, self->extent.low, 3),
                            ew_number_short (high, self->extent.high, 3));
  if (self->extent.n_nan + self->extent.n_infinite > 0)
    g_string_append_printf (text, _ ("%s%" G_GINT64_FORMAT " not finite"), text->len > 0 ? ", " : "",
                            self->extent.n_nan + self->extent.n_infinite);
  if (self->n_planes == 1 && (self->rule == EW_RANGE_FIXED || self->rule == EW_RANGE_PERCENTILE))
    {
      double clipped = ew_plane_view_clipped (self);

      if (clipped > 0)
        g_string_append_printf (text, _ ("%s%s %% clipped"), text->len > 0 ? ", " : "",
                                ew_number_short (low, clipped * 100, 2));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
