/* What painting keeps from one picture to the next: each picture is the one that nothing kept would give. */
#include "engine/history.h"
#include "tests/paint-fixtures.h"
#include "ui/paint/chart.h"
#include "ui/paint/layouts.h"

#include <math.h>

#define FONT_SIZE 14.0
#define WIDTH     420
#define HEIGHT    240
#define N_WEIGHTS 40
#define TURNED    0

/* --- lines of charts */

static EwCurves *
make_curves (guint64 seed, int n_weights, guint64 epochs)
{
  /* Of weights in the other order nothing but the colours is another. */
  gboolean turned = seed == TURNED;
  g_autoptr (EwHistory) history = ew_history_new (n_weights);
  EwRandom random = turned ? 1 : seed;
  double weights[N_WEIGHTS] = { 0 };

  for (guint64 epoch = 1; epoch <= epochs; epoch++)
    {
      for (int w = 0; w < n_weights; w++)
        weights[turned ? n_weights - 1 - w : w] += ew_random_uniform (&random) - 0.5;
      ew_history_add (history, epoch, 1 + ew_random_uniform (&random), weights);
    }
  return ew_history_curves (history);
}

static void
init_paint (EwChartPaint *paint, EwPaintStyle *style, const EwCurves *curves, EwChartBuffer *buffer)
{
  ew_paint_style_init (style, FALSE, FONT_SIZE);
  style->scale = 1;
  *paint = (EwChartPaint){ .kind = EW_CHART_WEIGHTS, .curves = curves, .highlight = -1, .style = style, .buffer = buffer };
}

static EwPicture *
picture_of (const EwChartPaint *paint, int width, int height)
{
  EwPicture *picture;
  EwCanvas canvas;

  ew_canvas_init (&canvas, width, height, (int)paint->style->scale);
  ew_paint_chart (canvas.cr, paint, width, height);
  ew_canvas_assert_guard (&canvas, "chart");
  picture = ew_canvas_copy_all (&canvas);
  ew_canvas_clear (&canvas);
  return picture;
}

/* The picture with what the buffer keeps is the one without. */
static void
assert_as_fresh (const EwChartPaint *paint, int width, int height, const char *name)
{
  EwChartPaint fresh = *paint;

  fresh.buffer = NULL;

  g_autoptr (EwPicture) out = picture_of (paint, width, height);
  g_autoptr (EwPicture) expected = picture_of (&fresh, width, height);

  ew_assert_same_picture (out, expected, 0, name);
}

/* A line a time, as in frames without any time; what was there before is seen meanwhile. */
static void
test_prepared (void)
{
  g_autoptr (EwCurves) first = make_curves (1, N_WEIGHTS, 300);
  g_autoptr (EwCurves) second = make_curves (TURNED, N_WEIGHTS, 300);
  g_autoptr (EwChartBuffer) buffer = ew_chart_buffer_new ();
  EwChartPaint before, paint;
  EwPaintStyle style, other;
  int steps = 1;

  init_paint (&before, &other, first, buffer);
  init_paint (&paint, &style, second, buffer);
  g_assert_true (ew_chart_takes_long (&paint));
  assert_as_fresh (&before, WIDTH, HEIGHT, "prepared-before");
  for (; !ew_chart_prepare (&paint, WIDTH, HEIGHT, 0); steps++)
    if (steps % 8 == 0)
      assert_as_fresh (&before, WIDTH, HEIGHT, "prepared-meanwhile");
  /* One a step, and one step for the line that is kept for the end. */
  g_assert_cmpint (steps, ==, N_WEIGHTS + 1);
  assert_as_fresh (&paint, WIDTH, HEIGHT, "prepared");
  g_assert_true (ew_chart_prepare (&paint, WIDTH, HEIGHT, 0));
  assert_as_fresh (&before, WIDTH, HEIGHT, "prepared-after");
  ew_paint_style_clear (&style);
  ew_paint_style_clear (&other);
}

typedef void (*Change) (EwChartPaint *paint, EwPaintStyle *style);

static void
change_highlight (EwChartPaint *paint, EwPaintStyle *style)
{
  paint->highlight = 3;
}

static void
change_dark (EwChartPaint *paint, EwPaintStyle *style)
{
  style->dark = TRUE;
}

static void
change_scale (EwChartPaint *paint, EwPaintStyle *style)
{
  style->scale = 2;
}

static void
change_epochs (EwChartPaint *paint, EwPaintStyle *style)
{
  paint->log_epochs = TRUE;
}

static void
change_limit (EwChartPaint *paint, EwPaintStyle *style)
{
  paint->epoch_limit = 1000;
}

static double far_optimum[N_WEIGHTS] = { [5] = 90 };

/* The one that stands out ends far away: the value axis is another. */
static void
change_values (EwChartPaint *paint, EwPaintStyle *style)
{
  paint->highlight = 5;
  paint->optimum = far_optimum;
}

static void
change_title (EwChartPaint *paint, EwPaintStyle *style)
{
  paint->title = "Weights";
}

static void
change_nothing (EwChartPaint *paint, EwPaintStyle *style)
{
}

/* Whatever changes between two pictures of one buffer, prepared or not, and back again. */
static void
test_changed (void)
{
  static const Change changes[] = { change_nothing, change_highlight, change_dark,   change_scale,
                                    change_epochs,  change_limit,     change_values, change_title };
  g_autoptr (EwCurves) curves = make_curves (3, N_WEIGHTS, 300);

  for (guint k = 0; k < G_N_ELEMENTS (changes); k++)
    {
      g_autoptr (EwChartBuffer) buffer = ew_chart_buffer_new ();
      EwChartPaint before, paint;
      EwPaintStyle style, other;

      init_paint (&before, &style, curves, buffer);
      init_paint (&paint, &other, curves, buffer);
      changes[k](&paint, &other);
      assert_as_fresh (&before, WIDTH, HEIGHT, "changed-before");
      assert_as_fresh (&paint, WIDTH, HEIGHT, "changed");
      g_assert_true (ew_chart_prepare (&before, WIDTH, HEIGHT, G_MAXINT64));
      g_assert_true (ew_chart_prepare (&paint, WIDTH, HEIGHT, G_MAXINT64));
      assert_as_fresh (&before, WIDTH, HEIGHT, "changed-back");
      assert_as_fresh (&before, WIDTH + 40, HEIGHT - 20, "changed-size");
      /* Begun for one and ended for the other. */
      ew_chart_prepare (&before, WIDTH, HEIGHT, 0);
      g_assert_true (ew_chart_prepare (&paint, WIDTH, HEIGHT, G_MAXINT64));
      assert_as_fresh (&paint, WIDTH, HEIGHT, "changed-draft");
      ew_paint_style_clear (&style);
      ew_paint_style_clear (&other);
    }
}

/* The loss, whose line has the accent's colour and many corners, and other runs behind the weights. */
static void
test_others (void)
{
  g_autoptr (EwCurves) curves = make_curves (4, N_WEIGHTS, 2000);
  g_autoptr (EwCurves) another = make_curves (5, N_WEIGHTS, 2000);
  g_autoptr (EwChartBuffer) buffer = ew_chart_buffer_new ();
  const EwChartRun runs[] = { { another, 0, "1" }, { another, 1, "2" } };
  EwChartPaint paint;
  EwPaintStyle style;

  init_paint (&paint, &style, curves, buffer);
  paint.kind = EW_CHART_LOSS;
  assert_as_fresh (&paint, 2 * WIDTH, HEIGHT, "others-loss");
  style.accent = style.error;
  assert_as_fresh (&paint, 2 * WIDTH, HEIGHT, "others-accent");
  paint.runs = runs;
  for (paint.n_runs = 0; paint.n_runs <= 2; paint.n_runs++)
    assert_as_fresh (&paint, WIDTH, HEIGHT, "others-loss-runs");
  paint.kind = EW_CHART_WEIGHTS;
  for (paint.highlight = -1; paint.highlight < 3; paint.highlight++)
    for (paint.n_runs = 2; paint.n_runs > 0; paint.n_runs--)
      assert_as_fresh (&paint, WIDTH, HEIGHT, "others-weight-runs");
  paint.n_runs = 1;
  for (paint.highlight = 2; paint.highlight >= 0; paint.highlight--)
    assert_as_fresh (&paint, WIDTH, HEIGHT, "others-weight-run");
  ew_paint_style_clear (&style);
}

/* The value axis covers every finite weight of any number of them: what is looked at side by side leaves none out. */
static void
test_extremes (void)
{
  static const float odd[] = { NAN, INFINITY, -INFINITY };
  EwRandom random = 6;

  for (int round = 0; round < 120; round++)
    {
      int n_weights = 1 + (int)(ew_random_next (&random) % N_WEIGHTS);
      g_autoptr (EwCurves) curves = make_curves (random, n_weights, 1 + ew_random_next (&random) % 20);
      int n = curves->n_points * n_weights;
      int low = (int)(ew_random_next (&random) % (guint)n);
      int high = (int)(ew_random_next (&random) % (guint)n);
      EwChartPaint paint;
      EwPaintStyle style;
      EwChartFrame frame;

      for (int k = 0; k < n; k++)
        if (ew_random_next (&random) % 4 == 0)
          curves->weight_min[k] = curves->weight_max[k] = odd[ew_random_next (&random) % 3];
      curves->weight_min[low] = -1000;
      curves->weight_max[high] = 2000;
      init_paint (&paint, &style, curves, NULL);
      g_assert_true (ew_chart_frame (&paint, 600, 900, &frame));
      /* A tick beyond at most, of an axis that has two or more. */
      g_assert_true (frame.low <= -1000 && frame.low >= -4000);
      g_assert_true (frame.high >= 2000 && frame.high <= 5000);
      ew_paint_style_clear (&style);
    }
}

/* --- layouts */

static double
width_of (PangoContext *context, const char *text)
{
  EwPaintStyle style = { .context = context };

  return ew_paint_text_measure (&style, text, FONT_SIZE, NULL);
}

/* Another font, weight or resolution of a context shows in the next text. */
static void
test_layouts_changed (void)
{
  static const char *const fonts[] = { "Sans 10", "Sans Bold 10", "Monospace 10", "Serif Italic 10", "Sans 10" };
  EwPaintStyle style;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (guint k = 0; k < G_N_ELEMENTS (fonts); k++)
    {
      PangoFontDescription *font = pango_font_description_from_string (fonts[k]);
      EwPaintStyle fresh;

      ew_paint_style_init (&fresh, FALSE, FONT_SIZE);
      pango_context_set_font_description (fresh.context, font);
      pango_context_set_font_description (style.context, font);
      g_assert_cmpfloat (width_of (style.context, "Illimited"), ==, width_of (fresh.context, "Illimited"));
      g_assert_cmpfloat (width_of (style.context, "Illimited"), ==, width_of (fresh.context, "Illimited"));
      pango_font_description_free (font);
      ew_paint_style_clear (&fresh);
    }
  ew_paint_style_clear (&style);
}

#define WORDS "left (2)!"

/* With what is kept, or by Pango alone. */
static EwPicture *
paint_words (const EwPaintStyle *style, gboolean alone)
{
  EwPicture *picture;
  EwCanvas canvas;

  ew_canvas_init (&canvas, 120, 30, 1);
  if (alone)
    {
      g_autoptr (PangoLayout) layout = pango_layout_new (style->context);

      pango_layout_set_text (layout, WORDS, -1);
      cairo_move_to (canvas.cr, 8, 4);
      ew_color_set (style->foreground, canvas.cr);
      pango_cairo_show_layout (canvas.cr, layout);
    }
  else
    ew_paint_text (canvas.cr, style, WORDS, FONT_SIZE, style->foreground, 8, 4, 0, 0);
  picture = ew_canvas_copy_all (&canvas);
  ew_canvas_clear (&canvas);
  return picture;
}

/* Another direction, then no antialiasing. */
static void
test_layouts_direction (void)
{
  cairo_font_options_t *options = cairo_font_options_create ();
  EwPaintStyle style;

  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_NONE);
  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (int what = 0; what < 3; what++)
    {
      if (what == 1)
        pango_context_set_base_dir (style.context, PANGO_DIRECTION_RTL);
      else if (what == 2)
        pango_cairo_context_set_font_options (style.context, options);

      g_autoptr (EwPicture) out = paint_words (&style, FALSE);
      g_autoptr (EwPicture) expected = paint_words (&style, TRUE);

      ew_assert_same_picture (out, expected, 0, "layouts-direction");
    }
  ew_paint_style_clear (&style);
  cairo_font_options_destroy (options);
}

/* However many texts come, so many are kept; those that come again and again are the same ones; and the context, which
 * they hang on, goes when its owner lets it go. */
static void
test_layouts_bounded (void)
{
  gpointer context;
  EwPaintStyle style;
  PangoLayout *first;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  context = style.context;
  g_object_add_weak_pointer (context, &context);
  first = ew_layout_of (&style, "often", FONT_SIZE);
  for (int k = 0; k < 5 * EW_LAYOUTS_KEPT; k++)
    {
      g_autofree char *text = g_strdup_printf ("%d", k);

      ew_layout_of (&style, text, FONT_SIZE);
      g_assert_true (ew_layout_of (&style, "often", FONT_SIZE) == first);
      g_assert_cmpstr (pango_layout_get_text (ew_layout_of (&style, text, FONT_SIZE)), ==, text);
      g_assert_true (ew_layout_of (&style, text, FONT_SIZE + 1) != ew_layout_of (&style, text, FONT_SIZE));
      g_assert_cmpuint (ew_layouts_kept (&style), <=, 2 * EW_LAYOUTS_KEPT);
    }
  ew_paint_style_clear (&style);
  g_assert_null (context);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint-caches/charts/prepared", test_prepared);
  g_test_add_func ("/paint-caches/charts/changed", test_changed);
  g_test_add_func ("/paint-caches/charts/others", test_others);
  g_test_add_func ("/paint-caches/charts/extremes", test_extremes);
  g_test_add_func ("/paint-caches/layouts/changed", test_layouts_changed);
  g_test_add_func ("/paint-caches/layouts/direction", test_layouts_direction);
  g_test_add_func ("/paint-caches/layouts/bounded", test_layouts_bounded);
  return g_test_run ();
}
