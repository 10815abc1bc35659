/* The pictures that explain, against pictures derived from them: what happens to the data happens to the picture. */
#include "tests/engine-fixtures.h"
#include "tests/paint-fixtures.h"
#include "ui/paint/matrix.h"
#include "ui/paint/products.h"
#include "ui/paint/slide.h"

#include <math.h>
#include <string.h>

#define FONT_SIZE 14.0
#define WIDTH     260
#define HEIGHT    170

typedef void (*Paint) (cairo_t *cr, gconstpointer paint, double width, double height);

/* All of what is painted, and nothing outside. */
static EwPicture *
picture_of (Paint paint, gconstpointer data, int scale, const char *name)
{
  EwPicture *picture;
  EwCanvas canvas;

  ew_canvas_init (&canvas, WIDTH, HEIGHT, scale);
  paint (canvas.cr, data, WIDTH, HEIGHT);
  ew_canvas_assert_guard (&canvas, name);
  picture = ew_canvas_copy_all (&canvas);
  ew_canvas_clear (&canvas);
  return picture;
}

static void
paint_table (cairo_t *cr, gconstpointer data, double width, double height)
{
  const EwTablePaint *paint = data;
  double scale = ew_paint_style_scale (paint->style, cr);
  EwPlanePlace place;

  ew_table_place (paint->rows, paint->columns, width, height, scale, 1000, &place);
  ew_paint_table (cr, paint, &place);
}

static void
paint_products (cairo_t *cr, gconstpointer data, double width, double height)
{
  ew_paint_products (cr, data, width, height);
}

static void
paint_slide (cairo_t *cr, gconstpointer data, double width, double height)
{
  ew_paint_slide (cr, data, width, height);
}

static void
paint_matrix (cairo_t *cr, gconstpointer data, double width, double height)
{
  ew_paint_matrix (cr, data, width, height);
}

/* Every cell's middle finds that cell, and what lies beyond the table finds none. */
static void
test_find (void)
{
  EwRandom random = 81;

  for (int n = 0; n < 300; n++)
    {
      int rows = random_int (&random, 1, 70);
      int columns = random_int (&random, 1, 70);
      int scale = random_int (&random, 1, 3);
      int i = random_int (&random, 0, rows - 1);
      int j = random_int (&random, 0, columns - 1);
      int row, column;
      EwPlanePlace p;

      ew_table_place (rows, columns, WIDTH, HEIGHT, scale, 40, &p);
      g_assert_cmpfloat (p.pitch, <=, 40);
      g_assert_cmpfloat (p.x, >=, 1);
      g_assert_cmpfloat (p.y, >=, 1);
      g_assert_cmpfloat (p.x + columns * p.pitch, <=, WIDTH - 1 + 1e-9);
      g_assert_cmpfloat (p.y + rows * p.pitch, <=, HEIGHT - 1 + 1e-9);
      g_assert_true (
          ew_table_find (&p, rows, columns, p.x + (j + 0.5) * p.pitch, p.y + (i + 0.5) * p.pitch, &row, &column));
      g_assert_cmpint (row, ==, i);
      g_assert_cmpint (column, ==, j);
      g_assert_false (ew_table_find (&p, rows, columns, p.x - 0.1, p.y, &row, &column));
      g_assert_false (ew_table_find (&p, rows, columns, p.x, p.y + rows * p.pitch + 0.1, &row, &column));
    }
}

/* Values turned around give the picture turned around. Bare: lines lie at the right and the lower edge of a cell. The
 * outline lies on both sides alike where the table fills a canvas without a rest. */
static void
test_table_turned (void)
{
  EwRandom random = 82;
  EwPaintStyle style;
  double values[13 * 17], flipped[13 * 17];

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (int k = 0; k < 13 * 17; k++)
    values[k] = ew_random_uniform (&random) * 2 - 1;
  for (int k = 0; k < 13 * 17; k++)
    flipped[k] = values[k / 17 * 17 + 16 - k % 17];

  EwTablePaint paint = { .values = values,
                         .rows = 13,
                         .columns = 17,
                         .map = ew_colormap_diverging (FALSE),
                         .range = { -1, 1 },
                         .style = &style,
                         .bare = TRUE };
  EwPlanePlace p;

  for (int scale = 1; scale <= 2; scale++)
    {
      EwCanvas canvas;
      g_autoptr (EwPicture) plain = NULL;
      g_autoptr (EwPicture) other = NULL;
      g_autoptr (EwPicture) turned = NULL;
      int x, y, w, h;

      ew_table_place (13, 17, WIDTH, HEIGHT, scale, 1000, &p);
      x = (int)lround (p.x * scale);
      y = (int)lround (p.y * scale);
      w = (int)lround (17 * p.pitch * scale);
      h = (int)lround (13 * p.pitch * scale);
      for (int k = 0; k < 2; k++)
        {
          paint.values = k == 0 ? values : flipped;
          ew_canvas_init (&canvas, WIDTH, HEIGHT, scale);
          ew_paint_table (canvas.cr, &paint, &p);
          *(k == 0 ? &plain : &other) = ew_canvas_copy (&canvas, x, y, w, h);
          ew_canvas_clear (&canvas);
        }
      turned = ew_picture_turn (plain, EW_FLIP_COLUMNS);
      ew_assert_same_picture (other, turned, 0, "table-flipped");
    }
  ew_paint_style_clear (&style);
}

/* What is not there yet is the ground; what lies in the padding looks other than the same value inside. */
static void
test_table_kinds (void)
{
  const double values[] = { 0.5, 0.5, 0.5, 0.5 };
  const guint8 kinds[] = { EW_CELL_PLAIN, EW_CELL_PADDING, EW_CELL_EMPTY, EW_CELL_PLAIN };
  EwPaintStyle style;
  EwCanvas canvas;
  EwPlanePlace p;
  int side, same = 0, hatched = 0;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);

  EwTablePaint paint = { .values = values,
                         .rows = 2,
                         .columns = 2,
                         .kinds = kinds,
                         .map = ew_colormap_grey (),
                         .range = { 0, 1 },
                         .style = &style };

  ew_table_place (2, 2, WIDTH, HEIGHT, 1, 1000, &p);
  side = (int)p.pitch;
  ew_canvas_init (&canvas, WIDTH, HEIGHT, 1);
  ew_paint_table (canvas.cr, &paint, &p);
  for (int i = 2; i < side - 2; i++)
    for (int j = 2; j < side - 2; j++)
      {
        int x = (int)p.x + j;
        int y = (int)p.y + i;

        g_assert_cmphex (ew_canvas_pixel (&canvas, x, y + side), ==, EW_GROUND_PIXEL);
        same += ew_canvas_pixel (&canvas, x, y) == ew_canvas_pixel (&canvas, x + side, y + side);
        hatched += ew_canvas_pixel (&canvas, x, y) != ew_canvas_pixel (&canvas, x + side, y);
      }
  g_assert_cmpint (same, ==, (side - 4) * (side - 4));
  g_assert_cmpint (hatched, >, (side - 4) * (side - 4) / 20);
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

/* Cells that are three times as wide as high are square ones with two thirds of their rows left out, and are found. */
static void
test_table_wide (void)
{
  const EwPlanePlace wide = { 20, 10, 4, 12 }, square = { 20, 10, 12 };
  EwRandom random = 87;
  double values[6 * 5];
  EwPaintStyle style;
  EwCanvas low, high;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (int k = 0; k < 30; k++)
    values[k] = ew_random_uniform (&random);

  EwTablePaint paint = { .values = values,
                         .rows = 6,
                         .columns = 5,
                         .map = ew_colormap_grey (),
                         .range = { 0, 1 },
                         .style = &style,
                         .bare = TRUE };

  ew_canvas_init (&low, WIDTH, HEIGHT, 1);
  ew_canvas_init (&high, WIDTH, HEIGHT, 1);
  ew_paint_table (low.cr, &paint, &wide);
  ew_paint_table (high.cr, &paint, &square);
  for (int y = 0; y < 6 * 4; y++)
    for (int x = 0; x < 5 * 12; x++)
      {
        int row, column;

        g_assert_cmphex (ew_canvas_pixel (&low, 20 + x, 10 + y), ==,
                         ew_canvas_pixel (&high, 20 + x, 10 + y / 4 * 12 + y % 4));
        g_assert_true (ew_table_find (&wide, 6, 5, 20.5 + x, 10.5 + y, &row, &column));
        g_assert_cmpint (row, ==, y / 4);
        g_assert_cmpint (column, ==, x / 12);
      }
  ew_canvas_clear (&low);
  ew_canvas_clear (&high);
  ew_paint_style_clear (&style);
}

/* At scale 2 bare tables are the same picture, each pixel four times; frames and outlines have their own widths. */
static void
test_table_doubled (void)
{
  EwRandom random = 83;
  double values[6 * 5];
  EwPaintStyle style;
  EwPlanePlace p = { 20, 10, 16 };

  ew_paint_style_init (&style, TRUE, FONT_SIZE);
  for (int k = 0; k < 30; k++)
    values[k] = ew_random_uniform (&random);

  EwTablePaint paint = { .values = values,
                         .rows = 6,
                         .columns = 5,
                         .map = ew_colormap_grey (),
                         .range = { 0, 1 },
                         .style = &style,
                         .bare = TRUE };
  EwCanvas once, twice;

  ew_canvas_init (&once, WIDTH, HEIGHT, 1);
  ew_canvas_init (&twice, WIDTH, HEIGHT, 2);
  ew_paint_table (once.cr, &paint, &p);
  ew_paint_table (twice.cr, &paint, &p);
  for (int y = 10; y < 10 + 6 * 16; y++)
    for (int x = 20; x < 20 + 5 * 16; x++)
      for (int k = 0; k < 4; k++)
        g_assert_cmphex (ew_canvas_pixel (&twice, 2 * x + k % 2, 2 * y + k / 2), ==, ew_canvas_pixel (&once, x, y));
  ew_canvas_clear (&once);
  ew_canvas_clear (&twice);
  ew_paint_style_clear (&style);
}

/* Products never paint outside, whatever the kernel's shape, the font and the room are. */
static void
test_products_room (void)
{
  static const int shapes[][2] = { { 1, 1 }, { 1, 63 }, { 63, 1 }, { 63, 63 }, { 2, 3 }, { 15, 15 } };
  EwRandom random = 84;
  g_autofree double *values = g_new (double, 63 * 63);

  for (int k = 0; k < 63 * 63; k++)
    values[k] = ew_random_uniform (&random) - 0.5;
  for (guint k = 0; k < G_N_ELEMENTS (shapes); k++)
    for (int size = 10; size <= 30; size += 10)
      {
        EwPaintStyle style;

        ew_paint_style_init (&style, k % 2, size);

        EwProductTable table = { values, NULL, shapes[k][0], shapes[k][1], TRUE, { 0, 0 }, "kernel K" };
        EwProductsPaint paint = { .tables = { table, table, table }, .marked = -1, .style = &style };

        for (int scale = 1; scale <= 2; scale++)
          {
            g_autoptr (EwPicture) picture = picture_of (paint_products, &paint, scale, "products");
            int painted = 0;

            for (int m = 0; m < picture->width * picture->height; m++)
              painted += picture->pixels[m] != EW_GROUND_PIXEL;
            g_assert_cmpint (painted, >, 100);
          }
        ew_paint_style_clear (&style);
      }
}

/* A slide and what it needs. */
typedef struct
{
  EwGrid *x;
  EwKernel *kernel;
  EwExcerpt excerpt;
  double *outputs;
  EwPaintStyle style;
  EwSlidePaint paint;
} Slide;

static void
slide_init (Slide *s, const EwGeometry *g)
{
  EwRandom random = 85;
  int n;

  s->x = random_grid (&random, 7, 6, 0, 1);
  s->kernel = random_kernel (&random, g->kernel_height, g->kernel_width, -1, 1);
  g_assert_true (ew_excerpt_init (&s->excerpt, g, 7, 6, 0, 0, 16, 24, NULL));
  n = s->excerpt.output_height * s->excerpt.output_width;
  s->outputs = g_new (double, n);
  for (int k = 0; k < n; k++)
    s->outputs[k] = 1 - 2 * (k % 2);
  ew_paint_style_init (&s->style, FALSE, FONT_SIZE);
  s->paint = (EwSlidePaint){ s->x, &s->excerpt, s->kernel, s->outputs, 1, { 0, 1 }, { -1, 1 }, &s->style };
}

static void
slide_clear (Slide *s)
{
  ew_grid_unref (s->x);
  ew_kernel_unref (s->kernel);
  g_free (s->outputs);
  ew_paint_style_clear (&s->style);
}

/* With each step one more cell of the output is filled, found where it is painted, and the window has moved. */
static void
test_slide (void)
{
  Slide s;
  EwGeometry g;
  int n;

  ew_geometry_init_valid (&g, 3, 2);
  g.top = g.left = 1;
  g.stride = 2;
  slide_init (&s, &g);
  n = s.excerpt.output_height * s.excerpt.output_width;
  g_assert_cmpint (n, ==, 3 * 3);
  for (int made = 1; made <= n; made++)
    {
      EwCanvas canvas;
      int filled[9] = { 0 };

      s.paint.made = made;
      ew_canvas_init (&canvas, WIDTH, HEIGHT, 1);
      ew_paint_slide (canvas.cr, &s.paint, WIDTH, HEIGHT);
      ew_canvas_assert_guard (&canvas, "slide");
      for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
          {
            int output = ew_slide_find (&s.paint, WIDTH, HEIGHT, x + 0.5, y + 0.5);
            guint32 color = ew_colormap_pixel (ew_colormap_diverging (FALSE), s.paint.output_range,
                                               output < 0 ? 0 : s.outputs[output]);

            if (output >= 0)
              filled[output] += ew_canvas_pixel (&canvas, x, y) == color;
          }
      for (int k = 0; k < n; k++)
        if (k < made)
          g_assert_cmpint (filled[k], >, 4);
        else
          g_assert_cmpint (filled[k], ==, 0);
      ew_canvas_clear (&canvas);
    }
  slide_clear (&s);
}

/* The window is a frame that a stride moves on by that many cells. Of two slides that differ in nothing else the
 * pictures differ just where the two windows and the output are. */
static void
test_slide_window (void)
{
  Slide s;
  EwGeometry g;
  g_autoptr (EwPicture) first = NULL;
  g_autoptr (EwPicture) last = NULL;
  gboolean differ = FALSE;

  ew_geometry_init_valid (&g, 2, 2);
  g.dilation = 2;
  slide_init (&s, &g);
  first = picture_of (paint_slide, &s.paint, 2, "slide");
  s.paint.made = 2;
  last = picture_of (paint_slide, &s.paint, 2, "slide");
  for (int k = 0; k < first->width * first->height; k++)
    differ |= first->pixels[k] != last->pixels[k];
  g_assert_true (differ);
  slide_clear (&s);
}

/* The linked row is found where it is painted, and without a link nothing is marked. */
static void
test_matrix (void)
{
  EwRandom random = 86;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 2, 2, -1, 1);
  EwGeometry g;
  EwPaintStyle style;
  double x[12], y[6];
  int found = 0;

  ew_geometry_init_valid (&g, 2, 2);
  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (int k = 0; k < 12; k++)
    x[k] = k / 12.0;
  for (int k = 0; k < 6; k++)
    y[k] = k - 3;

  g_autoptr (EwToeplitz) t = ew_toeplitz_new (kernel, &g, 3, 4, NULL);
  EwMatrixPaint paint = { t, x, y, { -1, 1 }, { 0, 1 }, { -3, 3 }, -1, &style };
  g_autoptr (EwPicture) plain = picture_of (paint_matrix, &paint, 1, "matrix");

  paint.row = 4;

  g_autoptr (EwPicture) linked = picture_of (paint_matrix, &paint, 1, "matrix");

  for (int i = 0; i < HEIGHT; i++)
    for (int j = 0; j < WIDTH; j++)
      {
        int row = ew_matrix_find (&paint, WIDTH, HEIGHT, j + 0.5, i + 0.5);

        g_assert_cmpint (row, >=, -1);
        g_assert_cmpint (row, <, 6);
        found |= row >= 0 ? 1 << row : 0;
        /* In matrix and outputs only the linked row and the frame's edge beside it look different. */
        if (plain->pixels[i * WIDTH + j] != linked->pixels[i * WIDTH + j] && row >= 0)
          g_assert_true (row >= 3 && row <= 5);
      }
  g_assert_cmphex (found, ==, 63);

  /* Where a row is said to lie it is found; 2×2 on a width of 4 it reads from its first input to the fifth one after. */
  double left, top, width, height, wanted_width, wanted_height;

  ew_matrix_row_area (&paint, WIDTH, HEIGHT, &left, &top, &width, &height);
  g_assert_cmpint (ew_matrix_find (&paint, WIDTH, HEIGHT, left + width / 2, top + height / 2), ==, 4);
  g_assert_cmpint (ew_matrix_find (&paint, WIDTH, HEIGHT, left + width / 2, top - 1), ==, 3);
  g_assert_cmpfloat_with_epsilon (width / 6, round (width / 6), 1e-9);
  /* At the least readable size cells are no smaller than that promises: the text's height, and room for three figures. */
  ew_matrix_readable_size (&style, t->rows, t->columns, &wanted_width, &wanted_height);
  ew_matrix_row_area (&paint, wanted_width, wanted_height, &left, &top, &width, &height);
  g_assert_cmpfloat (height, >=, FONT_SIZE);
  g_assert_cmpfloat (width / 6, >=, 1.5 * FONT_SIZE);
  ew_paint_style_clear (&style);
}

/* However small the room is, nothing is painted outside and nothing fails. */
static void
test_tiny (void)
{
  Slide s;
  EwGeometry g;

  ew_geometry_init_valid (&g, 3, 3);
  slide_init (&s, &g);

  EwTablePaint table = { .values = s.outputs,
                         .rows = s.excerpt.output_height,
                         .columns = s.excerpt.output_width,
                         .map = ew_colormap_grey (),
                         .range = { 0, 1 },
                         .style = &s.style };
  g_autoptr (EwPicture) whole = picture_of (paint_table, &table, 1, "table");

  for (int side = 1; side < 40; side += 3)
    {
      EwCanvas canvas;

      ew_canvas_init (&canvas, side, side, 1);
      ew_paint_slide (canvas.cr, &s.paint, side, side);
      ew_canvas_assert_guard (&canvas, "tiny");
      ew_canvas_clear (&canvas);
    }
  slide_clear (&s);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/explain-paint/find", test_find);
  g_test_add_func ("/explain-paint/table-turned", test_table_turned);
  g_test_add_func ("/explain-paint/table-kinds", test_table_kinds);
  g_test_add_func ("/explain-paint/table-doubled", test_table_doubled);
  g_test_add_func ("/explain-paint/table-wide", test_table_wide);
  g_test_add_func ("/explain-paint/products-room", test_products_room);
  g_test_add_func ("/explain-paint/slide", test_slide);
  g_test_add_func ("/explain-paint/slide-window", test_slide_window);
  g_test_add_func ("/explain-paint/matrix", test_matrix);
  g_test_add_func ("/explain-paint/tiny", test_tiny);
  return g_test_run ();
}
