/* The histogram as a picture: bars as high as the counts say, colours as the picture's. */
#include "engine/random.h"
#include "tests/paint-fixtures.h"
#include "ui/paint/histogram.h"

#include <math.h>
#include <string.h>

#define WIDTH  340
#define HEIGHT 200

static EwHistogram
random_histogram (EwRandom *random)
{
  EwHistogram h = { .step = 0.05, .first = -(gint64)(ew_random_uniform (random) * 40) };

  h.n_bins = 1 + (int)(ew_random_uniform (random) * EW_HISTOGRAM_BINS_MAX);
  for (int k = 0; k < h.n_bins; k++)
    h.counts[k] = ew_random_uniform (random) < 0.2 ? 0 : (gint64)pow (10, 7 * ew_random_uniform (random));
  h.counts[0] = MAX (h.counts[0], 1);
  return h;
}

/* Device pixels of one colour from the plot's lower edge upwards, at @x. */
static int
height_of_bar (const EwCanvas *canvas, int x, int bottom)
{
  guint32 colour = ew_canvas_pixel (canvas, x, bottom - 1);
  int n = 0;

  while (n < bottom && ew_canvas_pixel (canvas, x, bottom - 1 - n) == colour)
    n++;
  return n;
}

/* In the middle of each bin the bar is as high as the logarithm of its count, red outside the range; an empty bin has
 * none. A ground line or a bar that is one pixel wide is left out: what lies there is not one colour. */
static void
assert_bars (const EwCanvas *canvas, const EwHistogramPaint *paint, const EwHistogramBox *box)
{
  const EwHistogram *h = paint->histogram;
  int scale = canvas->scale;
  int bottom = (int)((box->y + box->height) * scale);
  guint32 error = ew_color_to_pixel (paint->style->error);

  for (int k = 0; k < h->n_bins; k++)
    {
      double low = ew_histogram_edge (h, k);
      double high = ew_histogram_edge (h, k + 1);
      int x = (int)floor (ew_histogram_box_x (box, (low + high) / 2) * scale - 0.5);
      double share = log (1 + (double)h->counts[k]) / log (1 + (double)box->most);
      gboolean clipped = high <= paint->range.low || low >= paint->range.high;

      if (h->counts[k] == 0)
        continue;
      g_assert_cmpfloat (fabs (height_of_bar (canvas, x, bottom) - fmax (1, share * box->height * scale)), <=,
                         0.5 + 1e-9);
      g_assert_cmpint (ew_pixels_near (ew_canvas_pixel (canvas, x, bottom - 1), error, 1), ==, clipped);
    }
}

/* The strip: at each device pixel the colour of the value that lies there, but for its outline. */
static void
assert_strip (const EwCanvas *canvas, const EwHistogramPaint *paint, const EwHistogramBox *box)
{
  int scale = canvas->scale;
  int y = (int)((box->y + box->height + 8) * scale);

  for (int k = 2 * scale; k < ((int)box->width - 2) * scale; k++)
    {
      double value = box->values.low + (k + 0.5) / (box->width * scale) * (box->values.high - box->values.low);

      g_assert_true (ew_pixels_near (ew_canvas_pixel (canvas, (int)box->x * scale + k, y),
                                     ew_colormap_pixel (paint->map, paint->range, value), 1));
    }
}

static void
test_bars (void)
{
  EwRandom random = 31;

  for (int round = 0; round < 24 && !g_test_failed (); round++)
    {
      EwHistogram h = random_histogram (&random);
      gboolean dark = round % 2 == 1;
      EwPaintStyle style;
      EwHistogramPaint paint
          = { .histogram = &h, .style = &style, .map = ew_colormap_diverging (dark), .range = { -0.62, 0.62 } };
      EwHistogramBox box;
      EwCanvas canvas;

      ew_paint_style_init (&style, dark, 13);
      ew_canvas_init (&canvas, WIDTH, HEIGHT, 1 + round % 3);
      style.scale = canvas.scale;
      ew_paint_histogram (canvas.cr, &paint, WIDTH, HEIGHT);
      ew_canvas_assert_guard (&canvas, "histogram");
      g_assert_true (ew_histogram_box (&paint, WIDTH, HEIGHT, &box));
      assert_bars (&canvas, &paint, &box);
      assert_strip (&canvas, &paint, &box);
      if (g_test_failed ())
        ew_canvas_keep (&canvas, "histogram");
      ew_canvas_clear (&canvas);
      ew_paint_style_clear (&style);
    }
}

/* Nothing to paint, and no room. */
static void
test_empty (void)
{
  EwHistogram empty = { .n = 3, .n_nan = 3 };
  EwHistogram one = { .n = 1, .step = 1, .n_bins = 1, .counts = { 1 } };
  EwPaintStyle style;
  EwHistogramPaint paint = { .style = &style, .map = ew_colormap_grey (), .range = { 0, 1 } };
  EwCanvas canvas;

  ew_paint_style_init (&style, FALSE, 13);
  ew_canvas_init (&canvas, WIDTH, HEIGHT, 1);
  ew_paint_histogram (canvas.cr, &paint, WIDTH, HEIGHT);
  paint.histogram = &empty;
  ew_paint_histogram (canvas.cr, &paint, WIDTH, HEIGHT);
  paint.histogram = &one;
  ew_paint_histogram (canvas.cr, &paint, 20, 12);
  g_assert_cmpint (ew_canvas_count_painted (&canvas), ==, 0);
  ew_paint_histogram (canvas.cr, &paint, WIDTH, HEIGHT);
  g_assert_cmpint (ew_canvas_count_painted (&canvas), >, 0);
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/paint-histogram/bars", test_bars);
  g_test_add_func ("/paint-histogram/empty", test_empty);
  return g_test_run ();
}
