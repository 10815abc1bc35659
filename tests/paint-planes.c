/* Painting planes: cells, enlarged, reduced, in colour, in any rectangle. */
#include "engine/kernel.h"
#include "tests/paint-cases.h"
#include "ui/paint/kernel.h"
#include "ui/paint/left-out.h"
#include "ui/paint/legend.h"
#include "ui/paint/plane.h"

#include <math.h>

/* --- planes */

static EwPlanePaint
plane_paint (const EwGrid *grid, const EwColormap *map, EwRange range, const EwPaintStyle *style)
{
  return (EwPlanePaint){
    .planes = { grid }, .n_planes = 1, .map = map, .range = range, .style = style, .hover_row = -1, .hover_column = -1
  };
}

/* Paints a grid and returns its box in device pixels. */
static void
paint (EwCanvas *canvas, const EwPlanePaint *plane, int width, int height, int scale, cairo_rectangle_int_t *box)
{
  EwPlaneBox place;

  ew_canvas_init (canvas, width, height, scale);
  ew_paint_plane (canvas->cr, plane, width, height);
  ew_canvas_assert_guard (canvas, "plane");
  ew_plane_box (plane->planes[0]->height, plane->planes[0]->width, width, height, scale, &place);
  *box = (cairo_rectangle_int_t){ (int)lround (place.x * scale), (int)lround (place.y * scale),
                                  (int)lround (place.width * scale), (int)lround (place.height * scale) };
}

static void
test_plane_cells (void)
{
  static const float values[] = { -1, 0, 1, 0.5f, NAN, INFINITY, -INFINITY, -0.25f };
  g_autoptr (EwGrid) grid = ew_grid_new_from_values (2, 4, values, NULL);
  EwRange range = { -1, 1 };

  for (int scale = 1; scale <= 3; scale++)
    for (int dark = 0; dark < 2; dark++)
      {
        const EwColormap *maps[] = { ew_colormap_grey (), ew_colormap_diverging (dark) };
        EwPaintStyle style;

        ew_paint_style_init (&style, dark, FONT_SIZE);
        for (guint m = 0; m < 2; m++)
          {
            EwPlanePaint plane = plane_paint (grid, maps[m], range, &style);
            cairo_rectangle_int_t box;
            EwCanvas canvas;

            paint (&canvas, &plane, 213, 131, scale, &box);
            g_assert_cmpint (box.width % 4, ==, 0);
            g_assert_cmpint (box.width / 4, ==, box.height / 2);
            for (int k = 0; k < 8; k++)
              {
                int side = box.width / 4;
                /* Beside the number and inside the lines. */
                int x = box.x + k % 4 * side + 2 * scale;
                int y = box.y + k / 4 * side + 2 * scale;

                g_assert_cmphex (ew_canvas_pixel (&canvas, x, y), ==, ew_colormap_pixel (maps[m], range, values[k]));
              }
            ew_canvas_clear (&canvas);
          }
        ew_paint_style_clear (&style);
      }
}

/* Each pixel of an enlarged picture is the colour of the value under its middle. */
static void
test_plane_enlarged (void)
{
  EwRandom random = 5;
  g_autoptr (EwGrid) grid = ew_random_grid (37, 53, -1, 1, &random);
  EwPaintStyle style;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (int scale = 1; scale <= 2; scale++)
    {
      EwPlanePaint plane = plane_paint (grid, ew_colormap_diverging (FALSE), (EwRange){ -1, 1 }, &style);
      cairo_rectangle_int_t box;
      EwCanvas canvas;

      paint (&canvas, &plane, 301, 240, scale, &box);
      g_assert_cmpint (box.width, ==, 299 * scale + (scale - 1) * 0);
      for (int y = 0; y < box.height; y++)
        for (int x = 0; x < box.width; x++)
          {
            int i = (int)((y + 0.5) * 37 / box.height);
            int j = (int)((x + 0.5) * 53 / box.width);

            g_assert_cmphex (ew_canvas_pixel (&canvas, box.x + x, box.y + y), ==,
                             ew_colormap_pixel (plane.map, plane.range, ew_grid_row (grid, i)[j]));
          }
      ew_canvas_clear (&canvas);
    }
  ew_paint_style_clear (&style);
}

/* Each pixel of a reduced picture is the mean over what it covers; one grey level of rounding. */
static void
test_plane_reduced (void)
{
  EwRandom random = 6;
  g_autoptr (EwGrid) grid = ew_random_grid (300, 200, 0, 1, &random);
  EwPaintStyle style;
  EwPlanePaint plane;
  cairo_rectangle_int_t box;
  EwCanvas canvas;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  plane = plane_paint (grid, ew_colormap_grey (), (EwRange){ 0, 1 }, &style);
  paint (&canvas, &plane, 120, 122, 1, &box);
  g_assert_cmpint (box.height, ==, 120);
  g_assert_cmpint (box.width, ==, 80);
  for (int y = 0; y < 120; y++)
    for (int x = 0; x < 80; x++)
      {
        double sum = 0;

        for (int i = 0; i < 300; i++)
          for (int j = 0; j < 200; j++)
            sum += fmax (0, fmin (i + 1, (y + 1) * 2.5) - fmax (i, y * 2.5))
                   * fmax (0, fmin (j + 1, (x + 1) * 2.5) - fmax (j, x * 2.5)) * ew_grid_row (grid, i)[j];
        g_assert_true (ew_pixels_near (ew_canvas_pixel (&canvas, box.x + x, box.y + y),
                                       ew_colormap_pixel (plane.map, plane.range, sum / 6.25), 1));
        if (x % 8 != 0)
          x += 6;
      }
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

static void
test_plane_residual (void)
{
  EwRandom random = 8;
  g_autoptr (EwGrid) output = ew_random_grid (70, 90, -1, 1, &random);
  g_autoptr (EwGrid) target = ew_random_grid (70, 90, -1, 1, &random);
  g_autoptr (EwGrid) difference = ew_grid_new (70, 90, NULL);
  EwPaintStyle style;

  for (int i = 0; i < 70; i++)
    for (int j = 0; j < 90; j++)
      ew_grid_row (difference, i)[j] = ew_grid_row (output, i)[j] - ew_grid_row (target, i)[j];
  ew_paint_style_init (&style, TRUE, FONT_SIZE);
  for (int width = 60; width <= 240; width += 60)
    {
      EwPlanePaint residual = plane_paint (output, ew_colormap_diverging (TRUE), (EwRange){ -2, 2 }, &style);
      EwPlanePaint expected = plane_paint (difference, residual.map, residual.range, &style);
      cairo_rectangle_int_t box;
      EwCanvas a, b;

      residual.subtract = target;
      paint (&a, &residual, width, width, 1, &box);
      paint (&b, &expected, width, width, 1, &box);

      g_autoptr (EwPicture) out = ew_canvas_copy_all (&a);
      g_autoptr (EwPicture) derived = ew_canvas_copy_all (&b);

      /* Means of differences, differences of means: one level. */
      ew_assert_same_picture (out, derived, 1, "residual");
      ew_canvas_clear (&a);
      ew_canvas_clear (&b);
    }
  ew_paint_style_clear (&style);
}

static void
test_plane_colour (void)
{
  g_autoptr (EwGrid) red = ew_grid_new (2, 2, NULL);
  g_autoptr (EwGrid) green = ew_grid_new (2, 2, NULL);
  g_autoptr (EwGrid) blue = ew_grid_new (2, 2, NULL);
  EwPaintStyle style;
  cairo_rectangle_int_t box;
  EwCanvas canvas;

  red->data[0] = 1;
  green->data[1] = 0.2f;
  ew_grid_row (blue, 1)[0] = 7;
  ew_grid_row (red, 1)[1] = NAN;
  ew_paint_style_init (&style, FALSE, FONT_SIZE);

  EwPlanePaint plane = plane_paint (red, NULL, (EwRange){ 0, 1 }, &style);

  plane.n_planes = 3;
  plane.planes[1] = green;
  plane.planes[2] = blue;
  paint (&canvas, &plane, 62, 62, 1, &box);
  g_assert_cmphex (ew_canvas_pixel (&canvas, box.x + 5, box.y + 5), ==, 0xffff0000u);
  g_assert_cmphex (ew_canvas_pixel (&canvas, box.x + box.width - 5, box.y + 5), ==, 0xff003300u);
  g_assert_cmphex (ew_canvas_pixel (&canvas, box.x + 5, box.y + box.height - 5), ==, 0xff0000ffu);
  g_assert_cmphex (ew_canvas_pixel (&canvas, box.x + box.width - 5, box.y + box.height - 5), ==,
                   ew_colormap_grey ()->nan);
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

/* A fingerprint of the ink in a cell: device pixels of another colour than the cell's, by place. */
static guint
cell_ink (const EwCanvas *canvas, int x, int y, int side, guint32 pixel, int *n)
{
  guint hash = 5381;

  *n = 0;
  for (int i = 2; i < side - 2; i++)
    for (int j = 2; j < side - 2; j++)
      if (ew_canvas_pixel (canvas, x + j, y + i) != pixel)
        {
          hash = hash * 33 + (guint)(i * side + j);
          (*n)++;
        }
  return hash;
}

/* The textbook's image: 48 cells, black or white, each with its number; equal cells look equal, others do not. */
static void
test_plane_golden (void)
{
  g_autoptr (EwGrid) grid = ew_grid_new (6, 8, NULL);
  const EwColormap *map = ew_colormap_grey ();
  guint looks[2] = { 0, 0 };
  EwPaintStyle style;
  cairo_rectangle_int_t box;
  EwCanvas canvas;

  for (int k = 0; k < 48; k++)
    ew_grid_row (grid, k / 8)[k % 8] = k % 8 >= 2 && k % 8 <= 5 ? 0 : 1;
  ew_paint_style_init (&style, FALSE, FONT_SIZE);

  EwPlanePaint plane = plane_paint (grid, map, (EwRange){ 0, 1 }, &style);

  paint (&canvas, &plane, 402, 302, 1, &box);
  g_assert_cmpint (box.width, ==, 400);
  g_assert_cmpint (box.height, ==, 300);
  for (int k = 0; k < 48; k++)
    {
      int value = (int)ew_grid_row (grid, k / 8)[k % 8];
      guint32 pixel = value == 0 ? 0xff000000u : 0xffffffffu;
      int x = box.x + k % 8 * 50;
      int y = box.y + k / 8 * 50;
      int n;
      guint look = cell_ink (&canvas, x, y, 50, pixel, &n);

      g_assert_cmphex (ew_canvas_pixel (&canvas, x + 3, y + 3), ==, pixel);
      g_assert_cmpint (n, >, 15);
      g_assert_cmpint (n, <, 500);
      if (looks[value] == 0)
        looks[value] = look;
      g_assert_cmpuint (look, ==, looks[value]);
    }
  g_assert_cmpuint (looks[0], !=, looks[1]);
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

/* The box is inside, keeps the shape, and finding a cell is the inverse of placing it. */
static void
test_plane_box (void)
{
  EwRandom random = 9;

  for (int k = 0; k < 3000; k++)
    {
      int rows = 1 + (int)(ew_random_next (&random) % (k % 2 == 0 ? 12 : 700));
      int columns = 1 + (int)(ew_random_next (&random) % (k % 3 == 0 ? 12 : 700));
      double width = 20 + floor (500 * ew_random_uniform (&random));
      double height = 20 + floor (500 * ew_random_uniform (&random));
      int scale = 1 + k % 3;
      EwPlaneBox box;
      int row, column;

      ew_plane_box (rows, columns, width, height, scale, &box);
      g_assert_true (box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height);
      g_assert_cmpfloat (fmod (box.x * scale, 1), ==, 0);
      /* Square, but for rounding to pixels and sides that would vanish. */
      if (box.width > 8 && box.height > 8)
        g_assert_cmpfloat (fabs (box.width / columns - box.height / rows) * MAX (rows, columns), <=,
                           1.01 * MAX (rows, columns));
      for (int trial = 0; trial < 5; trial++)
        {
          int i = (int)(ew_random_next (&random) % rows);
          int j = (int)(ew_random_next (&random) % columns);

          g_assert_true (ew_plane_box_find (&box, rows, columns, box.x + (j + 0.5) * box.width / columns,
                                            box.y + (i + 0.5) * box.height / rows, &row, &column));
          g_assert_cmpint (row, ==, i);
          g_assert_cmpint (column, ==, j);
        }
      g_assert_false (ew_plane_box_find (&box, rows, columns, box.x - 0.1, box.y + 1, &row, &column));
      g_assert_false (ew_plane_box_find (&box, rows, columns, box.x + 1, box.y + box.height + 0.1, &row, &column));
    }
}

/* Any size of anything stays inside its rectangle; the same buffer serves all. */
static void
test_guards (void)
{
  EwPlaneBuffer *buffer = ew_plane_buffer_new ();
  EwRandom random = 10;
  EwPaintStyle style;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (int k = 0; k < 250; k++)
    {
      g_autoptr (EwGrid) grid = ew_random_grid (1 + (int)(ew_random_next (&random) % 60),
                                                1 + (int)(ew_random_next (&random) % 60), -200, 200, &random);
      g_autoptr (EwKernel) kernel
          = ew_kernel_new (1 + (int)(ew_random_next (&random) % 63), 1 + (int)(ew_random_next (&random) % 9), NULL);
      EwPlanePaint plane = plane_paint (grid, ew_colormap_diverging (FALSE), (EwRange){ -150, 150 }, &style);
      EwKernelPaint taps = { kernel, { -1, 1 }, &style, k % 2 == 0, k % 3 == 0 ? EW_KERNEL_BIAS_CELL : 0, 0, TRUE };
      int width = 1 + (int)(ew_random_next (&random) % 150);
      int height = 1 + (int)(ew_random_next (&random) % 150);
      EwCanvas canvas;

      if (k % 2 != 0 && taps.selected == EW_KERNEL_BIAS_CELL)
        taps.selected = EW_KERNEL_NO_CELL;
      plane.buffer = buffer;
      plane.hover_row = plane.hover_column = 0;
      ew_canvas_init (&canvas, width, height, 1 + k % 2);
      ew_paint_plane (canvas.cr, &plane, width, height);
      ew_canvas_assert_guard (&canvas, "plane");
      ew_paint_kernel (canvas.cr, &taps, width, height);
      ew_canvas_assert_guard (&canvas, "kernel");
      ew_paint_legend (canvas.cr, &style, plane.map, plane.range, width, height);
      ew_canvas_assert_guard (&canvas, "legend");
      ew_canvas_clear (&canvas);
    }
  ew_paint_style_clear (&style);
  ew_plane_buffer_free (buffer);
}

/* Dots are left out where most of their pixels are: up to 3×3 by counting all; of larger blocks, all of one weight, whole. */
static void
test_left_out (void)
{
  for (int block = 1; block <= 5; block++)
    {
      int rows = g_test_rand_int_range (1, 9), columns = g_test_rand_int_range (1, 9), marked = 0;
      g_autoptr (EwGrid) mask = ew_grid_new ((rows + 2) * block, (columns + 1) * block, NULL);
      cairo_surface_t *surface;

      for (int i = 0; i < mask->height; i++)
        for (int j = 0; j < mask->width; j++)
          ew_grid_row (mask, i)[j] = block > 3 ? (float)((i / block + j / block) % 2) : (float)g_test_rand_int_range (0, 2);
      surface = ew_left_out_new (mask, block, 2, 1, rows, columns);
      for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
          {
            int zeros = 0;
            gboolean is = surface != NULL
                          && cairo_image_surface_get_data (surface)[i * cairo_image_surface_get_stride (surface) + j] == 255;

            for (int k = 0; k < block * block; k++)
              zeros += ew_grid_row (mask, (i + 2) * block + k / block)[(j + 1) * block + k % block] == 0;
            g_assert_cmpint (is, ==, 2 * zeros > block * block);
            marked += is;
          }
      g_assert_cmpint (surface != NULL, ==, marked > 0);
      cairo_surface_destroy (surface);
    }
}

/* Hatches come where a dot is left out, in ink and ground, and nowhere else. */
static void
test_hatches (void)
{
  const EwPlaneBox box = { .x = 20, .y = 10, .width = 80, .height = 60 };
  static const float weights[] = { 1, 0, 0.5f, 1, 1, 0 };
  g_autoptr (EwGrid) mask = ew_grid_new_from_values (2, 3, weights, NULL);
  cairo_surface_t *left_out = ew_left_out_new (mask, 1, 0, 0, 2, 3);

  for (int scale = 1; scale <= 2; scale++)
    {
      int inked[2][3] = { { 0 } };
      EwPaintStyle style;
      EwCanvas canvas;

      ew_paint_style_init (&style, FALSE, FONT_SIZE);
      ew_canvas_init (&canvas, 120, 80, scale);
      ew_paint_left_out (canvas.cr, &style, left_out, &box, 120, 80);
      ew_canvas_assert_guard (&canvas, "left-out");
      for (int i = 0; i < 80 * scale; i++)
        for (int j = 0; j < 120 * scale; j++)
          if (ew_canvas_pixel (&canvas, j, i) == ew_color_to_pixel (style.foreground))
            {
              /* Where the pixel's middle is. */
              int row = (2 * (i - 10 * scale) + 1) * 2 / (120 * scale), column = (2 * (j - 20 * scale) + 1) * 3 / (160 * scale);

              g_assert_true (i >= 10 * scale && j >= 20 * scale && row < 2 && column < 3);
              inked[row][column]++;
            }
      for (int k = 0; k < 6; k++)
        /* A sixth of the pixels, more or less at the edges. */
        if (weights[k] == 0)
          g_assert_cmpint (inked[k / 3][k % 3], >, 60 * 80 * scale * scale / 6 / 10);
        else
          g_assert_cmpint (inked[k / 3][k % 3], ==, 0);
      ew_canvas_clear (&canvas);
      ew_paint_style_clear (&style);
    }
  cairo_surface_destroy (left_out);
}

void
add_paint_planes_cases (void)
{
  g_test_add_func ("/paint/plane/cells", test_plane_cells);
  g_test_add_func ("/paint/left-out", test_left_out);
  g_test_add_func ("/paint/hatches", test_hatches);
  g_test_add_func ("/paint/plane/enlarged", test_plane_enlarged);
  g_test_add_func ("/paint/plane/reduced", test_plane_reduced);
  g_test_add_func ("/paint/plane/residual", test_plane_residual);
  g_test_add_func ("/paint/plane/colour", test_plane_colour);
  g_test_add_func ("/paint/plane/golden", test_plane_golden);
  g_test_add_func ("/paint/plane/box", test_plane_box);
  g_test_add_func ("/paint/guards", test_guards);
}
