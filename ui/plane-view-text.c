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

char *
ew_plane_view_cursor_text (EwPlaneView *self)
{
  int i = self->cursor_row / self->block;
  int j = self->cursor_column / self->block;
  g_autofree char *values = plane_values_text (self, i, j);
  const char *symbol = self->symbol != NULL ? self->symbol : "";

  if (self->block > 1)
    return g_strdup_printf ("%s[%d–%d, %d–%d] ≈ %s", symbol, i * self->block, (i + 1) * self->block - 1,
                            j * self->block, (j + 1) * self->block - 1, values);
  return g_strdup_printf ("%s[%d, %d] = %s", symbol, i, j, values);
}

char *
ew_plane_view_size_text (EwPlaneView *self)
{
  int height = self->source_height > 0 ? self->source_height : self->planes[0]->height * self->block;
  int width = self->source_width > 0 ? self->source_width : self->planes[0]->width * self->block;

  return g_strdup_printf (_ ("%d by %d values"), height, width);
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
  return g_string_free (g_steal_pointer (&text), FALSE);
}
