/* The loss surface as a picture: bands where the loss is what they stand for, pictures of turned surfaces, paths. */
#include "tests/paint-fixtures.h"
#include "ui/paint/colormap.h"
#include "ui/paint/surface.h"

#include <math.h>
#include <string.h>

#define FONT_SIZE 13

/* level + most·s² + least·t² around (a, b), turned by an angle, as the engine has it. */
static EwSurfaceMap *
make_map (double level, double most, double least, double angle, double a, double b)
{
  EwSurfaceChoice choice = { .second = 1 };
  EwSurfaceMap *map = ew_surface_map_new_trouble (&choice, NULL);
  EwSurface *s = g_new0 (EwSurface, 1);
  double c = cos (angle), d = sin (angle);

  s->uu = most * c * c + least * d * d;
  s->uv = (most - least) * c * d;
  s->vv = most * d * d + least * c * c;
  s->slope_u = -2 * (s->uu * a + s->uv * b);
  s->slope_v = -2 * (s->uv * a + s->vv * b);
  s->level = level + s->uu * a * a + 2 * s->uv * a * b + s->vv * b * b;
  map->surface = s;
  map->scale = 1;
  ew_surface_lowest (s, &map->lowest.a, &map->lowest.b);
  /* Far outside of what is seen, unless a case wants them. */
  map->optimum = map->start = map->present = (EwSurfacePoint){ 1e6, 1e6 };
  return map;
}

static EwSurfaceMap *
random_map (EwRandom *random)
{
  double most = pow (10, 4 * ew_random_uniform (random) - 2);
  double least = most * (ew_random_uniform (random) < 0.2 ? 0 : pow (10, -4 * ew_random_uniform (random)));

  return make_map (ew_random_uniform (random) < 0.5 ? 0 : 10 * ew_random_uniform (random), most, least,
                   7 * ew_random_uniform (random), 3 * ew_random_uniform (random) - 1,
                   3 * ew_random_uniform (random) - 1);
}

static EwSurfaceFrame
random_frame (EwRandom *random)
{
  double zoom = pow (10, 1 - 3 * ew_random_uniform (random));
  EwSurfacePoint middle = { 3 * ew_random_uniform (random) - 1, 3 * ew_random_uniform (random) - 1 };

  return (EwSurfaceFrame){ { middle.a - zoom, middle.b - zoom * 0.7 }, { middle.a + zoom, middle.b + zoom * 0.7 } };
}

static int
band_at (const EwSurfacePaint *paint, const EwSurfaceBox *box, const EwSurfaceLevels *levels, double x, double y)
{
  EwSurfacePoint p = ew_surface_at (paint, box, x, y);
  double loss = ew_surface_map_loss (paint->map, p.a, p.b);
  int band = 0;

  while (band < levels->n && loss > levels->loss[band])
    band++;
  return band;
}

/* Whether the whole of a pixel and what a line of one unit at its edge would touch are of one band. */
static gboolean
is_clear (const EwSurfacePaint *paint, const EwSurfaceBox *box, const EwSurfaceLevels *levels, double x, double y)
{
  int band = band_at (paint, box, levels, x, y);

  for (int k = 0; k < 16; k++)
    if (band_at (paint, box, levels, x + 2 * cos (k * G_PI / 8), y + 2 * sin (k * G_PI / 8)) != band)
      return FALSE;
  return TRUE;
}

static int
check_bands (EwSurfacePaint *paint, int width, int height, int scale)
{
  EwSurfaceLevels levels;
  EwSurfaceBox box;
  EwCanvas canvas;
  int wrong = 0, looked = 0;

  ew_canvas_init (&canvas, width, height, scale);
  ew_paint_surface (canvas.cr, paint, width, height);
  ew_canvas_assert_guard (&canvas, "surface");
  g_assert_true (ew_surface_box (paint, width, height, &box));
  ew_surface_levels (paint, &box, &levels);
  for (int i = 2 * scale; i < (height - 2) * scale; i += 3)
    for (int j = 2 * scale; j < (width - 2) * scale; j += 3)
      {
        double x = (j + 0.5) / scale, y = (i + 0.5) / scale;
        guint32 color;

        if (!is_clear (paint, &box, &levels, x, y))
          continue;
        color
            = ew_color_to_pixel (ew_surface_band_color (paint->style, band_at (paint, &box, &levels, x, y), levels.n));
        wrong += ew_pixels_near (ew_canvas_pixel (&canvas, j, i), color, 1) ? 0 : 1;
        looked++;
      }
  if (wrong > 0)
    {
      g_test_fail_printf ("%d of %d places have another band's colour", wrong, looked);
      ew_canvas_keep (&canvas, "surface-bands");
    }
  ew_canvas_clear (&canvas);
  return looked;
}

/* At each place the colour of the band that its loss lies in: whole and cut ellipses, valleys, far and near. */
static void
test_bands (void)
{
  EwRandom random = 41;
  gint64 looked = 0;

  for (int trial = 0; trial < 60 && !g_test_failed (); trial++)
    {
      g_autoptr (EwSurfaceMap) map = random_map (&random);
      EwPaintStyle style;
      EwSurfacePaint paint = { .map = map, .frame = random_frame (&random), .plain = TRUE, .style = &style };

      ew_paint_style_init (&style, trial % 2 == 1, FONT_SIZE);
      style.high_contrast = trial % 5 == 4;
      style.scale = 1 + trial % 2;
      looked += check_bands (&paint, 300, 170, 1 + trial % 2);
      ew_paint_style_clear (&style);
    }
  /* Most places are clear of lines. */
  g_assert_cmpint (looked, >, 60 * 300);
}

/* Levels rise, are within what is seen, and are enough to tell a shape by. */
static void
test_levels (void)
{
  EwRandom random = 42;

  for (int trial = 0; trial < 300; trial++)
    {
      g_autoptr (EwSurfaceMap) map = random_map (&random);
      EwPaintStyle style;
      EwSurfacePaint paint = { .map = map, .frame = random_frame (&random), .plain = TRUE, .style = &style };
      EwSurfaceLevels levels;
      EwSurfaceBox box;

      ew_paint_style_init (&style, FALSE, FONT_SIZE);
      g_assert_true (ew_surface_box (&paint, 400, 200, &box));
      ew_surface_levels (&paint, &box, &levels);
      g_assert_cmpint (levels.n, >=, 3);
      g_assert_cmpint (levels.n, <=, EW_SURFACE_LEVELS_MAX);
      for (int k = 0; k < levels.n; k++)
        {
          double shown = levels.loss[k] - (levels.above ? levels.lowest : 0);
          double unit = levels.step > 0 ? levels.step : pow (10, floor (log10 (shown) + 1e-9));

          g_assert_cmpfloat (levels.loss[k], >, k == 0 ? levels.lowest : levels.loss[k - 1]);
          /* A whole number of steps, or a digit and zeros; but for what adding the lowest and taking it away leaves. */
          g_assert_cmpfloat (fabs (shown / unit - round (shown / unit)), <=, 1e-6);
        }
      ew_paint_style_clear (&style);
    }
}

/* All that a turn of the plane moves. */
static EwSurfacePoint
turn_point (EwSurfacePoint p, EwTurn turn)
{
  return turn == EW_FLIP_COLUMNS ? (EwSurfacePoint){ -p.a, p.b }
         : turn == EW_FLIP_ROWS  ? (EwSurfacePoint){ p.a, -p.b }
                                 : (EwSurfacePoint){ -p.b, -p.a };
}

static EwSurfaceMap *
turn_map (const EwSurfaceMap *map, EwTurn turn)
{
  EwSurfaceMap *turned = make_map (0, 1, 1, 0, 0, 0);
  const EwSurface *s = map->surface;
  EwSurface *t = turned->surface;

  *t = *s;
  t->slope_u = turn == EW_FLIP_COLUMNS ? -s->slope_u : turn == EW_TRANSPOSE ? -s->slope_v : s->slope_u;
  t->slope_v = turn == EW_FLIP_ROWS ? -s->slope_v : turn == EW_TRANSPOSE ? -s->slope_u : s->slope_v;
  t->uu = turn == EW_TRANSPOSE ? s->vv : s->uu;
  t->vv = turn == EW_TRANSPOSE ? s->uu : s->vv;
  t->uv = turn == EW_TRANSPOSE ? s->uv : -s->uv;
  turned->optimum = turn_point (map->optimum, turn);
  turned->start = turn_point (map->start, turn);
  turned->present = turn_point (map->present, turn);
  ew_surface_lowest (t, &turned->lowest.a, &turned->lowest.b);
  return turned;
}

static EwPicture *
picture_of (const EwSurfacePaint *paint, int side, int scale)
{
  EwPicture *picture;
  EwCanvas canvas;

  ew_canvas_init (&canvas, side, side, scale);
  ew_paint_surface (canvas.cr, paint, side, side);
  ew_canvas_assert_guard (&canvas, "surface-turned");
  picture = ew_canvas_copy_all (&canvas);
  ew_canvas_clear (&canvas);
  return picture;
}

/* A surface that is turned makes the picture turned: downwards is the second axis the other way trial, so that a
 * picture is transposed by (a, b) → (−b, −a). Corners of outlines lie elsewhere along them, which antialiasing shows by
 * some hundredths of a line's or a band's contrast. */
static void
test_turned (void)
{
  static const EwTurn turns[] = { EW_FLIP_COLUMNS, EW_FLIP_ROWS, EW_TRANSPOSE };
  enum
  {
    SIDE = 160,
    N = 30
  };
  EwRandom random = 43;

  for (int trial = 0; trial < 18 && !g_test_failed (); trial++)
    {
      g_autoptr (EwSurfaceMap) map
          = make_map (1, 20, 0.4 + 10 * ew_random_uniform (&random), 7 * ew_random_uniform (&random), 0.2, -0.3);
      EwTurn turn = turns[trial % 3];
      int scale = 1 + trial % 2;
      EwSurfacePoint points[N], turned_points[N];
      EwPaintStyle style;

      ew_paint_style_init (&style, trial % 4 == 3, FONT_SIZE);
      map->optimum = (EwSurfacePoint){ 0.21, -0.33 };
      map->start = (EwSurfacePoint){ -0.7, 0.4 };
      for (int k = 0; k < N; k++)
        {
          /* Every second one leaves the picture. */
          points[k]
              = (EwSurfacePoint){ (trial % 2 == 0 ? 1.6 : 0.9) * cos (k * 0.31 + trial) * k / N, 0.8 * sin (k * 0.47) };
          turned_points[k] = turn_point (points[k], turn);
        }
      g_autoptr (EwSurfaceMap) turned = turn_map (map, turn);
      EwSurfacePath path = { points, N, { 0.78, 0.27, 0, 1 }, NULL };
      EwSurfacePath turned_path = { turned_points, N, { 0.78, 0.27, 0, 1 }, NULL };
      EwSurfacePaint paint = { .map = map,
                               .frame = { { -1, -1 }, { 1, 1 } },
                               .paths = &path,
                               .n_paths = 1,
                               .has_cursor = trial % 3 == 0,
                               .cursor = { 0.0625, 0.25 },
                               .plain = TRUE,
                               .style = &style };
      EwSurfacePaint turned_paint = paint;

      turned_paint.map = turned;
      turned_paint.paths = &turned_path;
      turned_paint.cursor = turn_point (paint.cursor, turn);

      g_autoptr (EwPicture) picture = picture_of (&paint, SIDE, scale);
      g_autoptr (EwPicture) expected = ew_picture_turn (picture, turn);
      g_autoptr (EwPicture) other = picture_of (&turned_paint, SIDE, scale);

      ew_assert_same_picture (other, expected, 30, "surface-turned");
      ew_paint_style_clear (&style);
    }
}

/* The same picture at twice the resolution, reduced, is the picture: but for lines' edges. */
static void
test_doubled (void)
{
  g_autoptr (EwSurfaceMap) map = make_map (0, 30, 6, 0.6, 0, 0);
  EwPaintStyle style;
  EwSurfacePaint paint = { .map = map, .frame = { { -1, -1 }, { 1, 1 } }, .plain = TRUE, .style = &style };
  int far = 0;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);

  g_autoptr (EwPicture) one = picture_of (&paint, 120, 1);
  g_autoptr (EwPicture) two = picture_of (&paint, 120, 2);

  for (int i = 0; i < 120; i++)
    for (int j = 0; j < 120; j++)
      {
        guint32 mean = 0xff000000u;

        for (int channel = 0; channel < 24; channel += 8)
          {
            guint sum = 2;

            for (int k = 0; k < 4; k++)
              sum += (two->pixels[(2 * i + k / 2) * 240 + 2 * j + k % 2] >> channel) & 0xff;
            mean |= (sum / 4) << channel;
          }
        far += ew_pixels_near (one->pixels[i * 120 + j], mean, 12) ? 0 : 1;
      }
  g_assert_cmpint (far, <=, 4 * 120);
  ew_paint_style_clear (&style);
}

static gboolean
has_color (const EwCanvas *canvas, double x, double y, EwColor color)
{
  for (int dy = -2; dy <= 2; dy++)
    for (int dx = -2; dx <= 2; dx++)
      if (ew_pixels_near (ew_canvas_pixel (canvas, (int)x + dx, (int)y + dy), ew_color_to_pixel (color), 2))
        return TRUE;
  return FALSE;
}

/* Each step of a path is where its places are; what diverges leaves the picture with an arrow that points there. */
static void
test_paths (void)
{
  const EwColor red = { 0.75, 0, 0.1, 1 };
  g_autoptr (EwSurfaceMap) map = make_map (0, 30, 6, 0.6, 0, 0);
  EwRandom random = 44;
  EwPaintStyle style;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (int trial = 0; trial < 40 && !g_test_failed (); trial++)
    {
      double angle = 7 * ew_random_uniform (&random), far = pow (10, 1 + 14 * ew_random_uniform (&random));
      gboolean leaves = trial % 2 == 1;
      EwSurfacePoint points[] = { { 0, 0 }, { 0.3, -0.2 }, { -0.4, 0.5 }, { 0.1, 0.1 } };
      EwSurfacePath path = { points, 4, red, NULL };
      EwSurfacePaint paint = {
        .map = map, .frame = { { -1, -1 }, { 1, 1 } }, .paths = &path, .n_paths = 1, .plain = TRUE, .style = &style
      };
      EwSurfaceBox box;
      EwCanvas canvas;

      if (leaves)
        points[3] = (EwSurfacePoint){ far * cos (angle), far * sin (angle) };
      ew_canvas_init (&canvas, 220, 200, 1);
      ew_paint_surface (canvas.cr, &paint, 220, 200);
      ew_canvas_assert_guard (&canvas, "surface-path");
      g_assert_true (ew_surface_box (&paint, 220, 200, &box));
      for (int k = 1; k < 3; k++)
        for (int t = 0; t <= 10; t++)
          {
            double a = points[k - 1].a + (points[k].a - points[k - 1].a) * t / 10;
            double b = points[k - 1].b + (points[k].b - points[k - 1].b) * t / 10;

            g_assert_true (has_color (&canvas, ew_surface_x (&paint, &box, a), ew_surface_y (&paint, &box, b), red));
          }
      if (leaves)
        {
          /* Some units within the arrow's tip, which is 6 off the edge. */
          double dx = cos (angle) * box.width / 2, dy = -sin (angle) * box.height / 2;
          double reach = fmin ((box.width / 2 - 6) / fabs (dx), (box.height / 2 - 6) / fabs (dy));
          double length = hypot (dx, dy) * reach;

          g_assert_true (has_color (&canvas, box.width / 2 + dx * reach * (1 - 8 / length),
                                    box.height / 2 + dy * reach * (1 - 8 / length), red));
        }
      else
        g_assert_true (has_color (&canvas, ew_surface_x (&paint, &box, 0.1), ew_surface_y (&paint, &box, 0.1), red));
      if (g_test_failed ())
        ew_canvas_keep (&canvas, "surface-path");
      ew_canvas_clear (&canvas);
    }
  ew_paint_style_clear (&style);
}

/* With all its words, in any room; places are found where they are painted. */
static void
test_room (void)
{
  EwRandom random = 45;

  for (int width = 20; width < 700; width += 97)
    for (int height = 10; height < 400; height += 71)
      for (int size = 9; size <= 30; size += 7)
        {
          g_autoptr (EwSurfaceMap) map = random_map (&random);
          EwSurfacePoint cursor = { 0.2, 0.1 };
          EwPaintStyle style;
          EwSurfacePaint paint = { .map = map,
                                   .frame = { { -1, -2 }, { 1, 3 } },
                                   .has_cursor = TRUE,
                                   .cursor = cursor,
                                   .name_a = "along e₁ (λ 123)",
                                   .name_b = "K[12, 13]",
                                   .optimum_text = "optimum",
                                   .start_text = "start",
                                   .loss_text = "Loss",
                                   .empty_text = "Nothing yet",
                                   .style = &style };
          EwSurfaceBox box;
          EwCanvas canvas;

          ew_paint_style_init (&style, size % 2 == 0, size);
          map->optimum = (EwSurfacePoint){ 0.95, 0.5 };
          map->start = (EwSurfacePoint){ -0.9, 2.9 };
          ew_canvas_init (&canvas, width, height, 1);
          ew_paint_surface (canvas.cr, &paint, width, height);
          ew_canvas_assert_guard (&canvas, "surface-room");
          if (ew_surface_box (&paint, width, height, &box))
            {
              EwSurfacePoint p
                  = ew_surface_at (&paint, &box, ew_surface_x (&paint, &box, 0.3), ew_surface_y (&paint, &box, -1));

              g_assert_cmpfloat_with_epsilon (p.a, 0.3, 1e-12);
              g_assert_cmpfloat_with_epsilon (p.b, -1, 1e-12);
              g_assert_cmpfloat (box.x + box.width, <=, width);
              g_assert_cmpfloat (box.y + box.height, <=, height);
            }
          ew_canvas_clear (&canvas);
          ew_paint_style_clear (&style);
        }
}

/* The frame holds start and optimum and a path that stays near; of one that diverges as much as was promised. */
static void
test_frame (void)
{
  g_autoptr (EwSurfaceMap) map = make_map (0, 30, 6, 0.6, 1, 1);
  EwSurfacePoint near[] = { { 0, 0 }, { 1.5, -0.3 } };
  EwSurfacePoint away[] = { { 0, 0 }, { -1e9, 1e12 } };
  EwSurfacePath paths[] = { { near, 2, { 0 }, NULL }, { away, 2, { 0 }, NULL } };
  EwSurfaceFrame f;

  map->start = (EwSurfacePoint){ 0, 0 };
  map->optimum = (EwSurfacePoint){ 1, 1 };
  f = ew_surface_frame_around (map, paths, 1);
  g_assert_cmpfloat (f.low.a, <, 0);
  g_assert_cmpfloat (f.high.a, >, 1.5);
  g_assert_cmpfloat (f.high.a, <, 2);
  g_assert_cmpfloat (f.low.b, <, -0.3);
  f = ew_surface_frame_around (map, paths, 2);
  g_assert_cmpfloat (f.low.a, >, -5);
  g_assert_cmpfloat (f.high.b, <, 5);
  g_assert_cmpfloat (f.high.b, >, 1 + EW_SURFACE_REACH);
  map->start = map->optimum;
  f = ew_surface_frame_around (map, paths, 0);
  g_assert_cmpfloat (f.high.a, >, f.low.a);
  g_assert_cmpfloat (f.high.b, >, f.low.b);
  /* Where learning has ended before, rounding is not shown as a way. */
  map->start = (EwSurfacePoint){ 1 + 1e-9, 1 - 1e-9 };
  f = ew_surface_frame_around (map, paths, 0);
  g_assert_cmpfloat (f.high.a - f.low.a, >, 1e-3);
  g_assert_cmpfloat (f.high.b - f.low.b, >, 1e-3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/paint-surface/bands", test_bands);
  g_test_add_func ("/paint-surface/levels", test_levels);
  g_test_add_func ("/paint-surface/turned", test_turned);
  g_test_add_func ("/paint-surface/doubled", test_doubled);
  g_test_add_func ("/paint-surface/paths", test_paths);
  g_test_add_func ("/paint-surface/room", test_room);
  g_test_add_func ("/paint-surface/frame", test_frame);
  return g_test_run ();
}
