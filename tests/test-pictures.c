/* Whole pictures against pictures derived from them: what happens to the data happens to the picture. Pictures that
 * should be the same and are not are kept in the build's paint-differences/. */
#include "engine/kernel.h"
#include "tests/paint-fixtures.h"
#include "ui/paint/kernel.h"
#include "ui/paint/legend.h"
#include "ui/paint/plane.h"

#include <math.h>
#include <string.h>

#define FONT_SIZE 14.0

static EwPlanePaint
plane_paint (const EwGrid *grid, const EwColormap *map, EwRange range, const EwPaintStyle *style)
{
  return (EwPlanePaint){
    .planes = { grid }, .n_planes = 1, .map = map, .range = range, .style = style, .hover_row = -1, .hover_column = -1
  };
}

/* The picture inside its outline. */
static EwPicture *
plane_picture (const EwPlanePaint *plane, int width, int height, int scale)
{
  EwPicture *picture;
  EwPlaneBox box;
  EwCanvas canvas;

  ew_canvas_init (&canvas, width, height, scale);
  ew_paint_plane (canvas.cr, plane, width, height);
  ew_canvas_assert_guard (&canvas, "plane");
  ew_plane_box (plane->planes[0]->height, plane->planes[0]->width, width, height, scale, &box);
  picture = ew_canvas_copy (&canvas, (int)lround (box.x * scale), (int)lround (box.y * scale),
                            (int)lround (box.width * scale), (int)lround (box.height * scale));
  ew_canvas_clear (&canvas);
  return picture;
}

/* A kernel's taps without their outline. */
static EwPicture *
kernel_picture (const EwKernelPaint *kernel, int width, int height, int scale)
{
  EwPicture *picture;
  EwKernelBox box;
  EwCanvas canvas;
  int side;

  ew_canvas_init (&canvas, width, height, scale);
  ew_paint_kernel (canvas.cr, kernel, width, height);
  ew_canvas_assert_guard (&canvas, "kernel");
  ew_kernel_box (kernel, width, height, scale, &box);
  side = (int)lround (box.cell * scale);
  picture = ew_canvas_copy (&canvas, (int)lround (box.x * scale), (int)lround (box.y * scale),
                            side * kernel->kernel->width, side * kernel->kernel->height);
  ew_canvas_clear (&canvas);
  return picture;
}

/* --- turned */

/* 177 units at either scale, sizes with which no pixel's middle lies between two values. One level: means are
 * added up in another order. */
static void
test_plane_turned (void)
{
  static const int sizes[][2] = { { 41, 29 }, { 301, 220 }, { 90, 401 }, { 1, 37 } };
  EwRandom random = 7;
  EwPaintStyle style;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    for (int scale = 1; scale <= 2; scale++)
      {
        g_autoptr (EwGrid) grid = ew_random_grid (sizes[k][0], sizes[k][1], -1, 1, &random);
        g_autoptr (EwGrid) rows = NULL;
        g_autoptr (EwGrid) columns = NULL;
        g_autoptr (EwGrid) transposed = NULL;
        EwGrid *turned[3];
        EwPlanePaint plane = plane_paint (grid, ew_colormap_diverging (FALSE), (EwRange){ -0.9, 0.9 }, &style);

        ew_grid_row (grid, 0)[1] = NAN;
        ew_grid_row (grid, sizes[k][0] - 1)[sizes[k][1] - 1] = INFINITY;
        turned[EW_FLIP_ROWS] = rows = ew_grid_flip_rows (grid);
        turned[EW_FLIP_COLUMNS] = columns = ew_grid_flip_columns (grid);
        turned[EW_TRANSPOSE] = transposed = ew_grid_transpose (grid);

        g_autoptr (EwPicture) picture = plane_picture (&plane, 177, 177, scale);

        for (int turn = 0; turn < 3; turn++)
          {
            g_autofree char *name = g_strdup_printf ("plane-%dx%d-turn%d-at%d", sizes[k][0], sizes[k][1], turn, scale);
            g_autoptr (EwPicture) expected = ew_picture_turn (picture, (EwTurn)turn);

            plane.planes[0] = turned[turn];

            g_autoptr (EwPicture) out = plane_picture (&plane, 177, 177, scale);

            ew_assert_same_picture (out, expected, 1, name);
          }
      }
  ew_paint_style_clear (&style);
}

/* Cells so small that they have lines but no numbers. */
static void
test_cells_transposed (void)
{
  EwRandom random = 17;
  EwPaintStyle style;

  ew_paint_style_init (&style, TRUE, 40);
  for (int scale = 1; scale <= 3; scale++)
    {
      g_autoptr (EwGrid) grid = ew_random_grid (12, 15, -1, 1, &random);
      g_autoptr (EwGrid) transposed = ew_grid_transpose (grid);
      EwPlanePaint plane = plane_paint (grid, ew_colormap_diverging (TRUE), (EwRange){ -1, 1 }, &style);
      g_autoptr (EwPicture) picture = plane_picture (&plane, 240, 200, scale);
      g_autoptr (EwPicture) expected = ew_picture_turn (picture, EW_TRANSPOSE);

      plane.planes[0] = transposed;

      g_autoptr (EwPicture) out = plane_picture (&plane, 200, 240, scale);

      ew_assert_same_picture (out, expected, 0, "cells-transposed");
    }
  ew_paint_style_clear (&style);
}

static EwKernel *
turn_kernel (const EwKernel *kernel, EwTurn turn)
{
  EwKernel *turned = turn == EW_TRANSPOSE ? ew_kernel_new (kernel->width, kernel->height, NULL)
                                          : ew_kernel_new (kernel->height, kernel->width, NULL);

  for (int i = 0; i < turned->height; i++)
    for (int j = 0; j < turned->width; j++)
      {
        int row = turn == EW_FLIP_ROWS ? kernel->height - 1 - i : turn == EW_TRANSPOSE ? j : i;
        int column = turn == EW_FLIP_COLUMNS ? kernel->width - 1 - j : turn == EW_TRANSPOSE ? i : j;

        turned->taps[i * turned->width + j] = kernel->taps[row * kernel->width + column];
      }
  return turned;
}

/* Cells without lines between them, which would lie on the other side; the largest kernels. */
static void
test_kernel_turned (void)
{
  static const int sizes[][2] = { { 31, 45 }, { 63, 63 }, { 63, 2 } };
  EwRandom random = 18;
  EwPaintStyle style;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      g_autoptr (EwKernel) kernel = ew_kernel_new (sizes[k][0], sizes[k][1], NULL);
      EwKernelPaint paint = { kernel, { -1, 1 }, &style, FALSE, EW_KERNEL_NO_CELL, EW_KERNEL_NO_CELL, FALSE };

      for (int t = 0; t < ew_kernel_n_taps (kernel); t++)
        kernel->taps[t] = 2 * ew_random_uniform (&random) - 1;

      g_autoptr (EwPicture) picture = kernel_picture (&paint, 250, 250, 1);

      for (int turn = 0; turn < 3; turn++)
        {
          g_autofree char *name = g_strdup_printf ("kernel-%dx%d-turn%d", sizes[k][0], sizes[k][1], turn);
          g_autoptr (EwKernel) turned = turn_kernel (kernel, (EwTurn)turn);
          g_autoptr (EwPicture) expected = ew_picture_turn (picture, (EwTurn)turn);

          paint.kernel = turned;

          g_autoptr (EwPicture) out = kernel_picture (&paint, 250, 250, 1);

          ew_assert_same_picture (out, expected, 0, name);
        }
    }
  ew_paint_style_clear (&style);
}

/* --- recoloured */

static void
swap (guint32 *a, guint32 *b)
{
  guint32 kept = *a;

  *a = *b;
  *b = kept;
}

/* Negative values through the mirrored map are the values through the map. */
static void
test_negated (void)
{
  static const int sizes[][2] = { { 50, 60 }, { 400, 300 } };
  EwColormap mirrored = *ew_colormap_diverging (FALSE);
  EwRandom random = 19;
  EwPaintStyle style;

  for (int k = 0; k < EW_COLORMAP_STEPS / 2; k++)
    swap (&mirrored.entries[k], &mirrored.entries[EW_COLORMAP_STEPS - 1 - k]);
  swap (&mirrored.below, &mirrored.above);
  swap (&mirrored.negative_infinity, &mirrored.positive_infinity);
  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      g_autoptr (EwGrid) grid = ew_random_grid (sizes[k][0], sizes[k][1], -1, 1, &random);
      g_autoptr (EwGrid) negated = ew_grid_new (grid->height, grid->width, NULL);
      EwPlanePaint plane = plane_paint (grid, ew_colormap_diverging (FALSE), (EwRange){ -0.8, 0.8 }, &style);
      EwPlanePaint other = plane_paint (negated, &mirrored, plane.range, &style);

      ew_grid_row (grid, 3)[5] = NAN;
      ew_grid_row (grid, 9)[5] = INFINITY;
      ew_grid_row (grid, 20)[5] = -INFINITY;
      for (int i = 0; i < grid->height; i++)
        for (int j = 0; j < grid->width; j++)
          ew_grid_row (negated, i)[j] = -ew_grid_row (grid, i)[j];

      g_autoptr (EwPicture) expected = plane_picture (&plane, 190, 190, 1);
      g_autoptr (EwPicture) out = plane_picture (&other, 190, 190, 1);

      /* Half a step of the table is rounded up on either side: the neighbour, at most 3 levels away. */
      ew_assert_same_picture (out, expected, 3, k == 0 ? "negated-enlarged" : "negated-reduced");
    }
  ew_paint_style_clear (&style);
}

/* Every colour of the map replaced by its complement: so is every pixel. */
static void
test_complement (void)
{
  static const int sizes[][2] = { { 50, 60 }, { 400, 300 } };
  EwColormap complement = *ew_colormap_diverging (TRUE);
  EwRandom random = 20;
  EwPaintStyle style;

  for (int k = 0; k < EW_COLORMAP_STEPS; k++)
    complement.entries[k] ^= 0x00ffffffu;
  complement.below ^= 0x00ffffffu;
  complement.above ^= 0x00ffffffu;
  complement.nan ^= 0x00ffffffu;
  complement.positive_infinity ^= 0x00ffffffu;
  complement.negative_infinity ^= 0x00ffffffu;
  ew_paint_style_init (&style, TRUE, FONT_SIZE);
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      g_autoptr (EwGrid) grid = ew_random_grid (sizes[k][0], sizes[k][1], -1, 1, &random);
      EwPlanePaint plane = plane_paint (grid, ew_colormap_diverging (TRUE), (EwRange){ -0.8, 0.8 }, &style);
      EwPlanePaint other = plane_paint (grid, &complement, plane.range, &style);

      ew_grid_row (grid, 3)[5] = NAN;
      ew_grid_row (grid, 9)[5] = -INFINITY;

      g_autoptr (EwPicture) expected = plane_picture (&plane, 190, 190, 2);
      g_autoptr (EwPicture) out = plane_picture (&other, 190, 190, 2);

      for (int p = 0; p < expected->width * expected->height; p++)
        expected->pixels[p] ^= 0x00ffffffu;
      ew_assert_same_picture (out, expected, 0, k == 0 ? "complement-enlarged" : "complement-reduced");
    }
  ew_paint_style_clear (&style);
}

/* --- scaled */

/* The outline's margin is one unit a side: w units at scale 2 hold the pixels of 2w − 2 units at scale 1. */
static void
test_plane_doubled (void)
{
  static const int sizes[][2] = { { 50, 60 }, { 30, 200 }, { 400, 300 }, { 701, 650 } };
  EwRandom random = 21;
  EwPaintStyle style;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      g_autofree char *name = g_strdup_printf ("doubled-%dx%d", sizes[k][0], sizes[k][1]);
      g_autoptr (EwGrid) grid = ew_random_grid (sizes[k][0], sizes[k][1], -1, 1, &random);
      EwPlanePaint plane = plane_paint (grid, ew_colormap_diverging (FALSE), (EwRange){ -1, 1 }, &style);
      g_autoptr (EwPicture) out = plane_picture (&plane, 160, 140, 2);
      g_autoptr (EwPicture) expected = plane_picture (&plane, 318, 278, 1);

      ew_assert_same_picture (out, expected, 0, name);
    }
  ew_paint_style_clear (&style);
}

/* At scale 2 every pixel of a kernel's cells is there twice in both directions, but for lines and numbers. */
static void
test_kernel_doubled (void)
{
  EwRandom random = 22;
  g_autoptr (EwKernel) kernel = ew_kernel_new (50, 40, NULL);
  EwPaintStyle style;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    kernel->taps[k] = 2 * ew_random_uniform (&random) - 1;
  ew_paint_style_init (&style, TRUE, FONT_SIZE);

  /* Room for cells of 4 units at either scale. */
  EwKernelPaint paint = { kernel, { -1, 1 }, &style, FALSE, EW_KERNEL_NO_CELL, EW_KERNEL_NO_CELL, FALSE };
  g_autoptr (EwPicture) single = kernel_picture (&paint, 170, 209, 1);
  g_autoptr (EwPicture) out = kernel_picture (&paint, 170, 209, 2);
  g_autoptr (EwPicture) expected = kernel_picture (&paint, 170, 209, 2);

  g_assert_cmpint (single->width, ==, 160);
  g_assert_cmpint (out->width, ==, 320);
  for (int y = 0; y < expected->height; y++)
    for (int x = 0; x < expected->width; x++)
      expected->pixels[y * expected->width + x] = single->pixels[y / 2 * single->width + x / 2];
  ew_assert_same_picture (out, expected, 0, "kernel-doubled");
  ew_paint_style_clear (&style);
}

/* --- numbers in a kernel's cells */

/* How many pixels of a cell's inside are not its colour, and where: a fingerprint of the number. */
static guint
ink_of_cell (const EwPicture *picture, int side, int row, int column, guint32 pixel, int *n)
{
  guint hash = 5381;

  *n = 0;
  for (int i = 2; i < side - 2; i++)
    for (int j = 2; j < side - 2; j++)
      {
        guint32 here = picture->pixels[(row * side + i) * picture->width + column * side + j];

        if (here == pixel)
          continue;
        hash = hash * 33 + (guint)(i * side + j);
        (*n)++;
      }
  return hash;
}

/* Equal weights are written alike, others are not, and a minus sign is ink; all far enough from the cell's edge. */
static void
test_kernel_numbers (void)
{
  static const double taps[] = { 1, -1, 0.25, 0, 1, -0.25, 0.25, -1, 0 };
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, taps, 0, NULL);
  EwPaintStyle style;

  for (int dark = 0; dark < 2; dark++)
    for (int scale = 1; scale <= 2; scale++)
      {
        guint looks[9];
        int counts[9];

        ew_paint_style_init (&style, dark, FONT_SIZE);

        EwKernelPaint paint = { kernel, { -1, 1 }, &style, FALSE, EW_KERNEL_NO_CELL, EW_KERNEL_NO_CELL, FALSE };
        g_autoptr (EwPicture) picture = kernel_picture (&paint, 200, 200, scale);
        int side = picture->width / 3;

        for (int k = 0; k < 9; k++)
          {
            guint32 pixel = ew_colormap_pixel (ew_colormap_diverging (dark), paint.range, taps[k]);

            looks[k] = ink_of_cell (picture, side, k / 3, k % 3, pixel, &counts[k]);
            g_assert_cmpint (counts[k], >, 15 * scale);
            g_assert_cmpint (counts[k], <, side * side / 4);
          }
        for (int a = 0; a < 9; a++)
          for (int b = 0; b < a; b++)
            g_assert_true ((looks[a] == looks[b]) == (taps[a] == taps[b]));
        g_assert_cmpint (counts[1], >, counts[0]);
        g_assert_cmpint (counts[5], >, counts[2]);
        ew_paint_style_clear (&style);
      }
}

/* Numbers that would not fit are left out altogether: every cell is plain. */
static void
test_kernel_without_numbers (void)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new (9, 9, NULL);
  EwRandom random = 23;
  EwPaintStyle style;

  for (int k = 0; k < 81; k++)
    kernel->taps[k] = 2 * ew_random_uniform (&random) - 1;
  ew_paint_style_init (&style, FALSE, FONT_SIZE);

  EwKernelPaint paint = { kernel, { -1, 1 }, &style, FALSE, EW_KERNEL_NO_CELL, EW_KERNEL_NO_CELL, FALSE };
  g_autoptr (EwPicture) picture = kernel_picture (&paint, 120, 120, 1);

  for (int k = 0; k < 81; k++)
    {
      int n;

      ink_of_cell (picture, picture->width / 9, k / 9, k % 9,
                   ew_colormap_pixel (ew_colormap_diverging (FALSE), paint.range, kernel->taps[k]), &n);
      g_assert_cmpint (n, ==, 0);
    }
  ew_paint_style_clear (&style);
}

/* --- legends */

/* Turned upside down, a legend's strip is that of the mirrored map; at scale 2 it is twice as fine, not another one. */
static void
test_legend_derived (void)
{
  const EwColormap *maps[] = { ew_colormap_grey (), ew_colormap_diverging (FALSE), ew_colormap_diverging (TRUE) };
  EwRange range = { 0, 255 };
  EwPaintStyle style;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (guint m = 0; m < G_N_ELEMENTS (maps); m++)
    for (int scale = 1; scale <= 2; scale++)
      {
        EwColormap mirrored = *maps[m];
        const EwColormap *both[] = { maps[m], &mirrored };
        EwPicture *strips[2];
        double text_height;

        for (int k = 0; k < EW_COLORMAP_STEPS / 2; k++)
          swap (&mirrored.entries[k], &mirrored.entries[EW_COLORMAP_STEPS - 1 - k]);
        ew_paint_text_measure (&style, "0", FONT_SIZE * 0.85, &text_height);
        for (int k = 0; k < 2; k++)
          {
            int top = (int)ceil (text_height / 2) * scale;
            EwCanvas canvas;

            ew_canvas_init (&canvas, 90, 320, scale);
            ew_paint_legend (canvas.cr, &style, both[k], range, 90, 320);
            ew_canvas_assert_guard (&canvas, "legend");
            strips[k] = ew_canvas_copy (&canvas, 2 * scale, top, 6 * scale, 320 * scale - 2 * top);
            ew_canvas_clear (&canvas);
          }
        /* No zero inside the range: nothing is marked within the strip. White is 255, on top. */
        if (m == 0)
          g_assert_true (ew_pixels_near (strips[0]->pixels[(gsize)strips[0]->width * 2 * scale], 0xffffffffu, 4));

        g_autoptr (EwPicture) expected = ew_picture_turn (strips[0], EW_FLIP_ROWS);

        /* The row's middle may fall on either of two neighbours in the table, at most 3 levels apart. */
        ew_assert_same_picture (strips[1], expected, 3, "legend");
        ew_picture_free (strips[0]);
        ew_picture_free (strips[1]);
      }
  ew_paint_style_clear (&style);
}

/* --- tiny surfaces */

static void
test_tiny (void)
{
  static const int sizes[][2]
      = { { 0, 0 }, { 0, 40 }, { 40, 0 }, { 1, 1 }, { 3, 2 }, { 2, 3 }, { 1, 200 }, { 200, 1 }, { 9, 9 }, { 24, 24 } };
  EwRandom random = 24;
  EwPaintStyle style;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (int k = 0; k < 12; k++)
      {
        int rows = k % 4 == 0 ? 1 : k % 4 == 1 ? 6 : k % 4 == 2 ? 63 : 500;
        int columns = k % 3 == 0 ? 8 : k % 3 == 1 ? 1 : 700;
        g_autoptr (EwGrid) grid = ew_random_grid (rows, columns, -1, 1, &random);
        g_autoptr (EwKernel) kernel = ew_kernel_new (MIN (rows, 63), MIN (columns, 63), NULL);
        EwPlanePaint plane = plane_paint (grid, ew_colormap_diverging (FALSE), (EwRange){ -1, 1 }, &style);
        EwKernelPaint taps
            = { kernel, { -1, 1 }, &style, k % 2 == 0, k % 2 == 0 ? EW_KERNEL_BIAS_CELL : 0, 0, k % 3 == 0 };
        int width = sizes[s][0];
        int height = sizes[s][1];
        EwCanvas canvas;

        plane.hover_row = plane.hover_column = 0;
        ew_canvas_init (&canvas, width, height, 1 + k % 2);
        ew_paint_plane (canvas.cr, &plane, width, height);
        ew_canvas_assert_guard (&canvas, "tiny-plane");
        ew_paint_kernel (canvas.cr, &taps, width, height);
        ew_canvas_assert_guard (&canvas, "tiny-kernel");
        ew_paint_legend (canvas.cr, &style, plane.map, plane.range, width, height);
        ew_canvas_assert_guard (&canvas, "tiny-legend");
        g_assert_cmpint (cairo_status (canvas.cr), ==, CAIRO_STATUS_SUCCESS);
        ew_canvas_clear (&canvas);
      }
  ew_paint_style_clear (&style);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pictures/turned/plane", test_plane_turned);
  g_test_add_func ("/pictures/turned/cells", test_cells_transposed);
  g_test_add_func ("/pictures/turned/kernel", test_kernel_turned);
  g_test_add_func ("/pictures/recoloured/negated", test_negated);
  g_test_add_func ("/pictures/recoloured/complement", test_complement);
  g_test_add_func ("/pictures/doubled/plane", test_plane_doubled);
  g_test_add_func ("/pictures/doubled/kernel", test_kernel_doubled);
  g_test_add_func ("/pictures/numbers/kernel", test_kernel_numbers);
  g_test_add_func ("/pictures/numbers/none", test_kernel_without_numbers);
  g_test_add_func ("/pictures/legend", test_legend_derived);
  g_test_add_func ("/pictures/tiny", test_tiny);
  return g_test_run ();
}
