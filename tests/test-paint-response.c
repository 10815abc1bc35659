/* The frequency response as a picture: what happens to the kernel happens to it. */
#include "engine/kernel-edit.h"
#include "engine/preset.h"
#include "tests/paint-fixtures.h"
#include "ui/paint/response.h"

#include <math.h>

#define WIDTH  300
#define HEIGHT 220

static double
largest_of (const EwGrid *response)
{
  double largest = 0;

  for (int i = 0; i < EW_RESPONSE_SIDE; i++)
    for (int j = 0; j < EW_RESPONSE_SIDE; j++)
      largest = fmax (largest, (double)ew_grid_row (response, i)[j]);
  return largest;
}

/* The picture without axes and scale. */
static EwPicture *
picture_of (const EwKernel *kernel, gboolean dark, int scale)
{
  g_autoptr (EwGrid) response = ew_response_new (kernel);
  EwPaintStyle style;
  EwResponsePaint paint = { .response = response, .high = largest_of (response), .style = &style };
  EwResponseBox box;
  EwCanvas canvas;
  EwPicture *picture;

  ew_paint_style_init (&style, dark, 13);
  ew_canvas_init (&canvas, WIDTH, HEIGHT, scale);
  ew_paint_response (canvas.cr, &paint, WIDTH, HEIGHT);
  ew_canvas_assert_guard (&canvas, "response");
  ew_response_box (&paint, WIDTH, HEIGHT, &box);
  picture
      = ew_canvas_copy (&canvas, (int)box.x * scale, (int)box.y * scale, (int)box.side * scale, (int)box.side * scale);
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
  return picture;
}

static EwKernel *
random_kernel (EwRandom *random, int height, int width)
{
  EwKernel *kernel = ew_kernel_new (height, width, NULL);

  for (int k = 0; k < height * width; k++)
    kernel->taps[k] = 2 * ew_random_uniform (random) - 1;
  return kernel;
}

/* A transposed kernel has the transposed response, a flipped one the flipped, one turned by half the same. Between
 * frequencies colours are interpolated, which rounds. */
static void
test_turned (void)
{
  EwRandom random = 6;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 4, 3);
  g_autoptr (EwKernel) transposed = ew_kernel_edited (kernel, EW_EDIT_TRANSPOSE, NULL);
  g_autoptr (EwKernel) sideways = ew_kernel_edited (kernel, EW_EDIT_FLIP_SIDEWAYS, NULL);
  g_autoptr (EwKernel) half = ew_kernel_edited (sideways, EW_EDIT_FLIP_UPRIGHT, NULL);

  for (int dark = 0; dark < 2; dark++)
    {
      g_autoptr (EwPicture) picture = picture_of (kernel, dark, 1 + dark);
      g_autoptr (EwPicture) of_transposed = picture_of (transposed, dark, 1 + dark);
      g_autoptr (EwPicture) of_sideways = picture_of (sideways, dark, 1 + dark);
      g_autoptr (EwPicture) of_half = picture_of (half, dark, 1 + dark);
      g_autoptr (EwPicture) expected_transposed = ew_picture_turn (picture, EW_TRANSPOSE);
      g_autoptr (EwPicture) expected_sideways = ew_picture_turn (picture, EW_FLIP_COLUMNS);

      ew_assert_same_picture (of_transposed, expected_transposed, 2, "response-transposed");
      ew_assert_same_picture (of_sideways, expected_sideways, 2, "response-sideways");
      ew_assert_same_picture (of_half, picture, 2, "response-half");
    }
}

/* An identity lets all waves through alike: one colour, that of the scale's end. Sums of 0 have the colour of 0 in the
 * middle. */
static void
test_colours (void)
{
  g_autoptr (EwKernel) identity = ew_preset_kernel ("identity", NULL);
  g_autoptr (EwKernel) laplacian = ew_preset_kernel ("laplacian", NULL);

  for (int dark = 0; dark < 2; dark++)
    {
      const EwColormap *map = ew_colormap_magnitude (dark);
      g_autoptr (EwPicture) flat = picture_of (identity, dark, 1);
      g_autoptr (EwPicture) hole = picture_of (laplacian, dark, 1);
      int middle = hole->height / 2 * hole->width + hole->width / 2;

      for (int k = 0; k < flat->width * flat->height; k++)
        g_assert_true (ew_pixels_near (flat->pixels[k], map->entries[EW_COLORMAP_STEPS - 1], 1));
      g_assert_true (ew_pixels_near (hole->pixels[middle], map->entries[0], 3));
      g_assert_true (ew_pixels_near (hole->pixels[0], map->entries[EW_COLORMAP_STEPS - 1], 3));
      /* The ends are zero and the positive end of the diverging map. */
      g_assert_cmpuint (map->entries[0], ==, ew_colormap_diverging (dark)->entries[EW_COLORMAP_STEPS / 2]);
      g_assert_cmpuint (map->entries[EW_COLORMAP_STEPS - 1], ==,
                        ew_colormap_diverging (dark)->entries[EW_COLORMAP_STEPS - 1]);
    }
}

/* Every frequency is found where it is painted, in any room; without a response there are axes. */
static void
test_places (void)
{
  static const int sizes[][2] = { { 300, 220 }, { 160, 230 }, { 700, 300 }, { 40, 30 }, { 1, 1 } };
  EwPaintStyle style;

  ew_paint_style_init (&style, FALSE, 13);
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      EwResponsePaint paint = { .high = 2.5, .style = &style, .marked = TRUE, .column = 3, .row = 100 };
      EwResponseBox box;
      EwCanvas canvas;
      int column, row;

      ew_response_box (&paint, sizes[s][0], sizes[s][1], &box);
      for (int k = 0; k < EW_RESPONSE_SIDE; k++)
        {
          g_assert_true (ew_response_box_find (&box, box.x + (k + 0.5) / EW_RESPONSE_SIDE * box.side,
                                               box.y + (128.5 - k) / EW_RESPONSE_SIDE * box.side, &column, &row));
          g_assert_cmpint (column, ==, k);
          g_assert_cmpint (row, ==, 128 - k);
        }
      g_assert_false (ew_response_box_find (&box, box.x - 1, box.y, &column, &row));
      g_assert_false (ew_response_box_find (&box, box.x, box.y + box.side, &column, &row));
      ew_canvas_init (&canvas, sizes[s][0], sizes[s][1], 1);
      ew_paint_response (canvas.cr, &paint, sizes[s][0], sizes[s][1]);
      ew_canvas_assert_guard (&canvas, "response axes");
      ew_canvas_clear (&canvas);
    }
  ew_paint_style_clear (&style);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/paint-response/turned", test_turned);
  g_test_add_func ("/paint-response/colours", test_colours);
  g_test_add_func ("/paint-response/places", test_places);
  return g_test_run ();
}
