/* A canvas with a guarded border. */
#include "paint-fixtures.h"

#include <stdlib.h>

#define GUARD_PIXEL 0xff00ff01u

static void
fill (cairo_t *cr, guint32 pixel, double x, double y, double width, double height)
{
  cairo_set_source_rgb (cr, ((pixel >> 16) & 255) / 255.0, ((pixel >> 8) & 255) / 255.0, (pixel & 255) / 255.0);
  cairo_rectangle (cr, x, y, width, height);
  cairo_fill (cr);
}

void
ew_canvas_init (EwCanvas *canvas, int width, int height, int scale)
{
  *canvas = (EwCanvas){ .width = width, .height = height, .scale = scale };
  canvas->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (width + 2 * EW_GUARD) * scale,
                                                (height + 2 * EW_GUARD) * scale);
  cairo_surface_set_device_scale (canvas->surface, scale, scale);
  canvas->cr = cairo_create (canvas->surface);
  fill (canvas->cr, GUARD_PIXEL, 0, 0, width + 2 * EW_GUARD, height + 2 * EW_GUARD);
  fill (canvas->cr, EW_GROUND_PIXEL, EW_GUARD, EW_GUARD, width, height);
  cairo_translate (canvas->cr, EW_GUARD, EW_GUARD);
}

void
ew_canvas_clear (EwCanvas *canvas)
{
  g_clear_pointer (&canvas->cr, cairo_destroy);
  g_clear_pointer (&canvas->surface, cairo_surface_destroy);
}

static guint32
raw_pixel (const EwCanvas *canvas, int x, int y)
{
  const guint8 *data;

  cairo_surface_flush (canvas->surface);
  data = cairo_image_surface_get_data (canvas->surface);
  return ((const guint32 *)(gconstpointer)(data + (size_t)y * cairo_image_surface_get_stride (canvas->surface)))[x];
}

guint32
ew_canvas_pixel (const EwCanvas *canvas, int x, int y)
{
  return raw_pixel (canvas, x + EW_GUARD * canvas->scale, y + EW_GUARD * canvas->scale);
}

void
ew_canvas_assert_guard (const EwCanvas *canvas, const char *what)
{
  int border = EW_GUARD * canvas->scale;
  int right = border + canvas->width * canvas->scale;
  int bottom = border + canvas->height * canvas->scale;

  for (int y = 0; y < bottom + border; y++)
    for (int x = 0; x < right + border; x++)
      if ((x < border || x >= right || y < border || y >= bottom) && raw_pixel (canvas, x, y) != GUARD_PIXEL)
        {
          g_test_message ("%s, %d×%d at scale %d: painted outside, at (%d, %d)", what, canvas->width, canvas->height,
                          canvas->scale, x - border, y - border);
          g_test_fail ();
          return;
        }
}

gboolean
ew_pixels_near (guint32 a, guint32 b, int tolerance)
{
  for (int shift = 0; shift < 32; shift += 8)
    if (abs ((int)((a >> shift) & 255) - (int)((b >> shift) & 255)) > tolerance)
      return FALSE;
  return TRUE;
}

int
ew_canvas_count_painted (const EwCanvas *canvas)
{
  int n = 0;

  for (int y = 0; y < canvas->height * canvas->scale; y++)
    for (int x = 0; x < canvas->width * canvas->scale; x++)
      n += ew_canvas_pixel (canvas, x, y) != EW_GROUND_PIXEL ? 1 : 0;
  return n;
}

EwGrid *
ew_random_grid (int height, int width, double low, double high, EwRandom *random)
{
  EwGrid *grid = ew_grid_new (height, width, NULL);

  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (grid, i)[j] = (float)(low + (high - low) * ew_random_uniform (random));
  return grid;
}

EwGrid *
ew_grid_flip_rows (const EwGrid *grid)
{
  EwGrid *flipped = ew_grid_new (grid->height, grid->width, NULL);

  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      ew_grid_row (flipped, i)[j] = ew_grid_row (grid, grid->height - 1 - i)[j];
  return flipped;
}

EwGrid *
ew_grid_flip_columns (const EwGrid *grid)
{
  EwGrid *flipped = ew_grid_new (grid->height, grid->width, NULL);

  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      ew_grid_row (flipped, i)[j] = ew_grid_row (grid, i)[grid->width - 1 - j];
  return flipped;
}

EwGrid *
ew_grid_transpose (const EwGrid *grid)
{
  EwGrid *transposed = ew_grid_new (grid->width, grid->height, NULL);

  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      ew_grid_row (transposed, j)[i] = ew_grid_row (grid, i)[j];
  return transposed;
}
