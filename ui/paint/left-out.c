/* Painting what is left out: hatches that stay as far from each other whatever the zoom, dark and light beside each other so that
 * they are seen on any colour. */
#include "ui/paint/left-out.h"

#include <math.h>

/* Between hatches, in units. */
#define STEP 6

/* Pixels of a block that are looked at, along one side. */
#define LOOKS 3

static gboolean
is_left_out (const EwGrid *mask, int block, int row, int column)
{
  int looks = MIN (block, LOOKS);
  int n = 0, zeros = 0;

  for (int a = 0; a < looks; a++)
    for (int c = 0; c < looks; c++)
      {
        int i = row * block + (2 * a + 1) * block / (2 * looks);
        int j = column * block + (2 * c + 1) * block / (2 * looks);

        if (i < 0 || j < 0 || i >= mask->height || j >= mask->width)
          continue;
        n++;
        zeros += ew_grid_row (mask, i)[j] == 0;
      }
  return 2 * zeros > n;
}

cairo_surface_t *
ew_left_out_new (const EwGrid *mask, int block, int row, int column, int rows, int columns)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, MAX (columns, 1), MAX (rows, 1));
  guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  gboolean any = FALSE;

  for (int i = 0; data != NULL && i < rows; i++)
    for (int j = 0; j < columns; j++)
      if (is_left_out (mask, block, row + i, column + j))
        {
          data[(size_t)i * (size_t)stride + (size_t)j] = 255;
          any = TRUE;
        }
  cairo_surface_mark_dirty (surface);
  if (any)
    return surface;
  cairo_surface_destroy (surface);
  return NULL;
}

/* From lower left to upper right, without a seam. */
static cairo_pattern_t *
new_hatch (const EwPaintStyle *style, double scale)
{
  int side = MAX ((int)round (STEP * scale), 4);
  cairo_surface_t *tile = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, side, side);
  guint32 dark = ew_color_to_pixel (style->foreground), light = ew_color_to_pixel (style->background);
  int line = MAX ((int)round (scale), 1);
  guint8 *data = cairo_image_surface_get_data (tile);
  cairo_pattern_t *hatch;
  cairo_matrix_t matrix;

  for (int i = 0; data != NULL && i < side; i++)
    for (int j = 0; j < side; j++)
      {
        int along = (i + j) % side;
        guint32 *pixel = (guint32 *)(gpointer)(data + i * cairo_image_surface_get_stride (tile)) + j;

        *pixel = along < line ? dark : along < 2 * line ? light : 0;
      }
  cairo_surface_mark_dirty (tile);
  hatch = cairo_pattern_create_for_surface (tile);
  cairo_surface_destroy (tile);
  cairo_pattern_set_extend (hatch, CAIRO_EXTEND_REPEAT);
  cairo_pattern_set_filter (hatch, CAIRO_FILTER_NEAREST);
  cairo_matrix_init_scale (&matrix, scale, scale);
  cairo_pattern_set_matrix (hatch, &matrix);
  return hatch;
}

void
ew_paint_left_out (cairo_t *cr, const EwPaintStyle *style, cairo_surface_t *left_out, const EwPlaneBox *box, double width,
                   double height)
{
  cairo_pattern_t *hatch = new_hatch (style, ew_paint_style_scale (style, cr));
  cairo_pattern_t *mask = cairo_pattern_create_for_surface (left_out);
  cairo_matrix_t matrix;

  if (box->width > 0 && box->height > 0)
    {
      cairo_matrix_init_scale (&matrix, cairo_image_surface_get_width (left_out) / box->width,
                               cairo_image_surface_get_height (left_out) / box->height);
      cairo_matrix_translate (&matrix, -box->x, -box->y);
      cairo_pattern_set_matrix (mask, &matrix);
      cairo_pattern_set_filter (mask, CAIRO_FILTER_NEAREST);
      cairo_save (cr);
      cairo_rectangle (cr, 0, 0, width, height);
      cairo_clip (cr);
      cairo_set_source (cr, hatch);
      cairo_mask (cr, mask);
      cairo_restore (cr);
    }
  cairo_pattern_destroy (mask);
  cairo_pattern_destroy (hatch);
}
