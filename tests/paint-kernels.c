/* Painting kernels and legends. */
#include "engine/kernel.h"
#include "tests/paint-cases.h"
#include "ui/paint/kernel.h"
#include "ui/paint/legend.h"
#include "ui/paint/palette.h"
#include "ui/paint/plane.h"

#include <math.h>

/* --- kernels */

static void
test_kernel_cells (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 2 }, { 3, 3 }, { 4, 7 }, { 15, 15 }, { 63, 63 }, { 63, 1 } };
  EwRandom random = 11;
  EwPaintStyle style;
  guint n_palettes;
  const EwPalette *palettes = ew_palettes_signed (&n_palettes);

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (int scale = 1; scale <= 2; scale++)
      {
        const char *palette = s == 0 ? NULL : palettes[s % n_palettes].id;
        g_autoptr (EwKernel) kernel = ew_kernel_new (sizes[s][0], sizes[s][1], NULL);
        EwKernelPaint paint_of = { kernel, { -1, 1 }, &style, TRUE, EW_KERNEL_NO_CELL, EW_KERNEL_NO_CELL, FALSE };
        EwKernelBox box;
        EwCanvas canvas;

        for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
          kernel->taps[k] = 2 * ew_random_uniform (&random) - 1;
        kernel->bias = 0.75;
        style.signed_palette = palette;
        ew_canvas_init (&canvas, 260, 300, scale);
        ew_paint_kernel (canvas.cr, &paint_of, 260, 300);
        ew_canvas_assert_guard (&canvas, "kernel");
        ew_kernel_box (&paint_of, 260, 300, scale, &box);
        for (int k = 0; k <= ew_kernel_n_taps (kernel); k++)
          {
            int cell = k == ew_kernel_n_taps (kernel) ? EW_KERNEL_BIAS_CELL : k;
            double value = cell == EW_KERNEL_BIAS_CELL ? kernel->bias : kernel->taps[k];
            double x, y, width, height;

            ew_kernel_box_cell (&box, kernel, cell, &x, &y, &width, &height);
            g_assert_true (x >= 0 && y >= 0 && x + width <= 260 && y + height <= 300);
            g_assert_cmpint (ew_kernel_box_find (&box, kernel, x + width / 2, y + height / 2), ==, cell);
            g_assert_cmphex (ew_canvas_pixel (&canvas, (int)lround ((x + 1) * scale), (int)lround ((y + 1) * scale)),
                             ==, ew_colormap_pixel (ew_palette_signed (palette, FALSE), paint_of.range, value));
          }
        g_assert_cmpint (ew_kernel_box_find (&box, kernel, 0, 0), ==, EW_KERNEL_NO_CELL);
        ew_canvas_clear (&canvas);
      }
  ew_paint_style_clear (&style);
}

/* The selection shows, and shows the focus, without touching the picture further away. */
static void
test_kernel_selection (void)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new (3, 3, NULL);
  EwPaintStyle style;
  EwKernelBox box;
  EwCanvas plain, selected, focused;
  EwCanvas *canvases[] = { &plain, &selected, &focused };
  int differences[3] = { 0, 0, 0 };
  int between = 0;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (int c = 0; c < 3; c++)
    {
      EwKernelPaint paint_of
          = { kernel, { -1, 1 }, &style, FALSE, c == 0 ? EW_KERNEL_NO_CELL : 4, EW_KERNEL_NO_CELL, c == 2 };

      ew_canvas_init (canvases[c], 200, 200, 1);
      ew_paint_kernel (canvases[c]->cr, &paint_of, 200, 200);
      ew_kernel_box (&paint_of, 200, 200, 1, &box);
    }
  for (int y = 0; y < 200; y++)
    for (int x = 0; x < 200; x++)
      {
        gboolean near = x >= box.x + box.cell - 4 && x < box.x + 2 * box.cell + 4 && y >= box.y + box.cell - 4
                        && y < box.y + 2 * box.cell + 4;
        guint32 before = ew_canvas_pixel (&plain, x, y);

        between += ew_canvas_pixel (&selected, x, y) != ew_canvas_pixel (&focused, x, y) ? 1 : 0;

        for (int c = 1; c < 3; c++)
          {
            gboolean differs = ew_canvas_pixel (canvases[c], x, y) != before;

            g_assert_false (differs && !near);
            differences[c] += differs ? 1 : 0;
          }
      }
  g_assert_cmpint (differences[1], >, 4 * box.cell);
  g_assert_cmpint (differences[2], >, 4 * box.cell);
  g_assert_cmpint (between, >, 4 * box.cell);
  for (int c = 0; c < 3; c++)
    ew_canvas_clear (canvases[c]);
  ew_paint_style_clear (&style);
}

/* --- legends */

static void
test_legend (void)
{
  const EwColormap *map = ew_colormap_diverging (FALSE);
  EwRange range = { -2, 2 };
  EwPaintStyle style;
  EwCanvas canvas;
  int width;
  double text_height;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  ew_paint_text_measure (&style, "0", FONT_SIZE * 0.85, &text_height);
  width = (int)ew_legend_width (&style, range);
  ew_canvas_init (&canvas, width, 320, 1);
  ew_paint_legend (canvas.cr, &style, map, range, width, 320);
  ew_canvas_assert_guard (&canvas, "legend");

  int start = (int)ceil (text_height / 2);
  int length = 320 - 2 * start;

  for (int i = 1; i < length - 1; i++)
    {
      double value = range.high - (range.high - range.low) * (i + 0.5) / length;

      /* The middle is marked. The strip's rows may fall on the next of the map's entries: two levels. */
      if (abs (i - length / 2) > 1)
        g_assert_true (
            ew_pixels_near (ew_canvas_pixel (&canvas, 5, start + i), ew_colormap_pixel (map, range, value), 2));
    }
  g_assert_false (
      ew_pixels_near (ew_canvas_pixel (&canvas, 5, start + length / 2), map->entries[EW_COLORMAP_STEPS / 2], 40));
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

void
add_paint_kernels_cases (void)
{
  g_test_add_func ("/paint/kernel/cells", test_kernel_cells);
  g_test_add_func ("/paint/kernel/selection", test_kernel_selection);
  g_test_add_func ("/paint/legend", test_legend);
}
