/* A canvas with a guarded border, and pictures to compare. */
#include "tests/paint-fixtures.h"

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
          ew_canvas_keep (canvas, what);
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

/* The file for NAME-PART.png; its folder is made. */
static char *
kept_path (const char *name, const char *part)
{
  const char *build = g_getenv ("EDGEWISE_BUILD_ROOT");
  g_autofree char *folder = g_build_filename (build != NULL ? build : g_get_tmp_dir (), "paint-differences", NULL);
  g_autofree char *file = g_strdup_printf ("%s-%s.png", name, part);

  g_strdelimit (file, " /", '-');
  g_mkdir_with_parents (folder, 0755);
  return g_build_filename (folder, file, NULL);
}

static void
keep_surface (cairo_surface_t *surface, const char *name, const char *part)
{
  g_autofree char *path = kept_path (name, part);
  cairo_status_t status = cairo_surface_write_to_png (surface, path);

  g_test_message ("%s %s", status == CAIRO_STATUS_SUCCESS ? "kept" : cairo_status_to_string (status), path);
}

static void
keep_picture (const EwPicture *picture, const char *name, const char *part)
{
  cairo_surface_t *surface
      = cairo_image_surface_create_for_data ((guint8 *)picture->pixels, CAIRO_FORMAT_ARGB32, picture->width,
                                             picture->height, picture->width * (int)sizeof (guint32));

  keep_surface (surface, name, part);
  cairo_surface_destroy (surface);
}

void
ew_canvas_keep (const EwCanvas *canvas, const char *name)
{
  keep_surface (canvas->surface, name, "out");
}

static EwPicture *
new_picture (int width, int height)
{
  EwPicture *picture = g_new (EwPicture, 1);

  *picture = (EwPicture){ width, height, g_new (guint32, (gsize)width * height) };
  return picture;
}

void
ew_picture_free (EwPicture *picture)
{
  g_free (picture->pixels);
  g_free (picture);
}

EwPicture *
ew_canvas_copy (const EwCanvas *canvas, int x, int y, int width, int height)
{
  EwPicture *picture = new_picture (width, height);

  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      picture->pixels[(gsize)i * width + j] = ew_canvas_pixel (canvas, x + j, y + i);
  return picture;
}

EwPicture *
ew_canvas_copy_all (const EwCanvas *canvas)
{
  return ew_canvas_copy (canvas, 0, 0, canvas->width * canvas->scale, canvas->height * canvas->scale);
}

EwPicture *
ew_picture_turn (const EwPicture *picture, EwTurn turn)
{
  gboolean transposed = turn == EW_TRANSPOSE;
  EwPicture *turned
      = new_picture (transposed ? picture->height : picture->width, transposed ? picture->width : picture->height);

  for (int i = 0; i < turned->height; i++)
    for (int j = 0; j < turned->width; j++)
      {
        int row = turn == EW_FLIP_ROWS ? picture->height - 1 - i : transposed ? j : i;
        int column = turn == EW_FLIP_COLUMNS ? picture->width - 1 - j : transposed ? i : j;

        turned->pixels[(gsize)i * turned->width + j] = picture->pixels[(gsize)row * picture->width + column];
      }
  return turned;
}

void
ew_assert_same_picture (const EwPicture *picture, const EwPicture *expected, int tolerance, const char *name)
{
  g_autoptr (EwPicture) difference = new_picture (picture->width, picture->height);
  gboolean same_size = picture->width == expected->width && picture->height == expected->height;
  int n = 0;

  for (int k = 0; k < picture->width * picture->height && same_size; k++)
    {
      gboolean near = ew_pixels_near (picture->pixels[k], expected->pixels[k], tolerance);

      difference->pixels[k] = near ? 0xff000000u : 0xffffffffu;
      n += near ? 0 : 1;
    }
  if (same_size && n == 0)
    return;
  g_test_message ("%s: %d×%d pixels, expected %d×%d; %d differ", name, picture->width, picture->height, expected->width,
                  expected->height, n);
  keep_picture (picture, name, "out");
  keep_picture (expected, name, "expected");
  if (same_size)
    keep_picture (difference, name, "difference");
  g_test_fail ();
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
