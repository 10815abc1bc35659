/* EwColormap: the tables, designed in OKLab (Björn Ottosson, 2020), and mapping rows through them. */
#include "ui/paint/colormap.h"

#include <math.h>

#define MIDDLE (EW_COLORMAP_STEPS / 2)

/* Chroma and hue (degrees) at evenly spaced points from zero to the end; lightness runs evenly between two values. */
#define ARM_POINTS 5
typedef struct
{
  double chroma[ARM_POINTS];
  double hue[ARM_POINTS];
} Arm;

typedef struct
{
  double zero_lightness;
  double end_lightness;
  Arm negative;
  Arm positive;
} Design;

static const Design light_design = {
  .zero_lightness = 0.965,
  .end_lightness = 0.44,
  .negative = { { 0, 0.072, 0.130, 0.148, 0.125 }, { 80, 73, 65, 56, 47 } },
  .positive = { { 0, 0.055, 0.105, 0.150, 0.178 }, { 245, 248, 253, 258, 263 } },
};

static const Design dark_design = {
  .zero_lightness = 0.265,
  .end_lightness = 0.82,
  .negative = { { 0, 0.075, 0.118, 0.148, 0.150 }, { 45, 48, 54, 63, 75 } },
  .positive = { { 0, 0.085, 0.140, 0.140, 0.110 }, { 270, 264, 257, 248, 237 } },
};

/* Colours of what is not finite: a magenta and two greens that no table comes near. */
#define NAN_PIXEL      0xffd6139bu
#define PLUS_INFINITY  0xff1fd27au
#define MINUS_INFINITY 0xff0a6b45u
#define ALPHA          0xff000000u

/* Of images, what lies outside the range: a deep blue and a red that no grey comes near. */
#define CLIPPED_BELOW 0xff2233aau
#define CLIPPED_ABOVE 0xffd83a2bu

static double
to_srgb (double linear)
{
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow (linear, 1 / 2.4) - 0.055;
}

static double
from_srgb (double encoded)
{
  return encoded <= 0.04045 ? encoded / 12.92 : pow ((encoded + 0.055) / 1.055, 2.4);
}

/* OKLab to linear sRGB. TRUE where the colour can be shown. */
static gboolean
oklab_to_linear (double lightness, double a, double b, double rgb[3])
{
  double l = pow (lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  double m = pow (lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  double s = pow (lightness - 0.0894841775 * a - 1.2914855480 * b, 3);

  rgb[0] = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
  rgb[1] = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
  rgb[2] = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s;
  for (int k = 0; k < 3; k++)
    if (rgb[k] < -1e-6 || rgb[k] > 1 + 1e-6)
      return FALSE;
  return TRUE;
}

/* The opaque pixel of a colour in OKLCh; chroma gives way where the screen cannot show it. Halving finds the limit
 * finely enough that neighbours in a table do not jump. */
static guint32
oklch_pixel (double lightness, double chroma, double hue)
{
  double a = cos (hue * G_PI / 180);
  double b = sin (hue * G_PI / 180);
  double possible = 0;
  double step = chroma / 2;
  double rgb[3];
  guint32 pixel = ALPHA;

  if (!oklab_to_linear (lightness, chroma * a, chroma * b, rgb))
    {
      for (int k = 0; k < 16; k++, step /= 2)
        if (oklab_to_linear (lightness, (possible + step) * a, (possible + step) * b, rgb))
          possible += step;
      oklab_to_linear (lightness, possible * a, possible * b, rgb);
    }
  for (int k = 0; k < 3; k++)
    pixel |= (guint32)lround (255 * CLAMP (to_srgb (rgb[k]), 0, 1)) << (16 - 8 * k);
  return pixel;
}

/* Catmull-Rom through evenly spaced points; t from 0 to 1. */
static double
interpolate (const double points[ARM_POINTS], double t)
{
  double x = t * (ARM_POINTS - 1);
  int k = MIN ((int)x, ARM_POINTS - 2);
  double u = x - k;
  double p1 = points[k];
  double p2 = points[k + 1];
  double m1 = k > 0 ? (p2 - points[k - 1]) / 2 : p2 - p1;
  double m2 = k + 2 < ARM_POINTS ? (points[k + 2] - p1) / 2 : p2 - p1;

  return (2 * u * u * u - 3 * u * u + 1) * p1 + (u * u * u - 2 * u * u + u) * m1 + (3 * u * u - 2 * u * u * u) * p2
         + (u * u * u - u * u) * m2;
}

static guint32
design_pixel (const Design *design, const Arm *arm, double t)
{
  double lightness = CLAMP (design->zero_lightness + (design->end_lightness - design->zero_lightness) * t, 0, 1);

  return oklch_pixel (lightness, interpolate (arm->chroma, MIN (t, 1)), interpolate (arm->hue, MIN (t, 1)));
}

static void
set_nonfinite (EwColormap *map)
{
  map->nan = NAN_PIXEL;
  map->positive_infinity = PLUS_INFINITY;
  map->negative_infinity = MINUS_INFINITY;
}

static void
fill_diverging (EwColormap *map, const Design *design)
{
  /* A step beyond the ends, clearly off the last colour. */
  const double beyond = 1.35;

  for (int k = 0; k <= MIDDLE; k++)
    {
      double t = k / (double)MIDDLE;

      map->entries[MIDDLE + k] = design_pixel (design, &design->positive, t);
      map->entries[MIDDLE - k] = design_pixel (design, &design->negative, t);
    }
  map->below = design_pixel (design, &design->negative, beyond);
  map->above = design_pixel (design, &design->positive, beyond);
  set_nonfinite (map);
}

const EwColormap *
ew_colormap_grey (void)
{
  static EwColormap map;
  static gsize once;

  if (g_once_init_enter (&once))
    {
      for (guint32 k = 0; k < EW_COLORMAP_STEPS; k++)
        map.entries[k] = ALPHA | ((k * 255 + (EW_COLORMAP_STEPS - 1) / 2) / (EW_COLORMAP_STEPS - 1)) * 0x010101u;
      map.below = CLIPPED_BELOW;
      map.above = CLIPPED_ABOVE;
      set_nonfinite (&map);
      g_once_init_leave (&once, 1);
    }
  return &map;
}

const EwColormap *
ew_colormap_diverging (gboolean dark)
{
  static EwColormap maps[2];
  static gsize once;

  if (g_once_init_enter (&once))
    {
      fill_diverging (&maps[0], &light_design);
      fill_diverging (&maps[1], &dark_design);
      g_once_init_leave (&once, 1);
    }
  return &maps[dark ? 1 : 0];
}

/* What lies outside the range or is not finite. */
static guint32
outside_pixel (const EwColormap *map, EwRange range, double value)
{
  if (isnan (value))
    return map->nan;
  if (isinf (value))
    return value > 0 ? map->positive_infinity : map->negative_infinity;
  return value < range.low ? map->below : map->above;
}

void
ew_colormap_map (const EwColormap *map, EwRange range, const float *values, int n, guint32 *pixels)
{
  float low = (float)range.low;
  float steps = (float)((EW_COLORMAP_STEPS - 1) / (range.high - range.low));

  for (int k = 0; k < n; k++)
    {
      /* Half a step of rounding; a value on either end is inside whatever float32 makes of it. */
      float place = (values[k] - low) * steps + 0.5f;

      if (place >= 0.499f && place < EW_COLORMAP_STEPS - 0.499f)
        pixels[k] = map->entries[(int)place];
      else
        pixels[k] = outside_pixel (map, range, values[k]);
    }
}

guint32
ew_colormap_pixel (const EwColormap *map, EwRange range, double value)
{
  float narrow = (float)value;
  guint32 pixel;

  ew_colormap_map (map, range, &narrow, 1, &pixel);
  return pixel;
}

EwColor
ew_color_from_pixel (guint32 pixel)
{
  return (EwColor){ ((pixel >> 16) & 255) / 255.0, ((pixel >> 8) & 255) / 255.0, (pixel & 255) / 255.0, 1 };
}

guint32
ew_color_to_pixel (EwColor color)
{
  return ALPHA | (guint32)lround (255 * color.red) << 16 | (guint32)lround (255 * color.green) << 8
         | (guint32)lround (255 * color.blue);
}

EwColor
ew_color_from_oklch (double lightness, double chroma, double hue)
{
  return ew_color_from_pixel (oklch_pixel (lightness, chroma, hue));
}

EwColor
ew_color_ink_on (guint32 pixel)
{
  EwColor c = ew_color_from_pixel (pixel);
  double luminance = 0.2126 * from_srgb (c.red) + 0.7152 * from_srgb (c.green) + 0.0722 * from_srgb (c.blue);
  /* (L + 0.05) / 0.05 against black, 1.05 / (L + 0.05) against white. */
  double ink = (luminance + 0.05) * (luminance + 0.05) > 0.05 * 1.05 ? 0 : 1;

  return (EwColor){ ink, ink, ink, 1 };
}
