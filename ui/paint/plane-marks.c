/* Marks over a plane: frames of two tones, which are seen on any colour, on whole device pixels. */
#include "ui/paint/plane-marks.h"

#include <math.h>

/* So much of what a mark frames stays clear, in units: around less the frame is drawn outside. */
#define CLEAR_MIN 4.0

/* Widths of the two strokes, in units. */
#define HALO 1.5

typedef struct
{
  double x;
  double y;
  double width;
  double height;
} Frame;

/* How a role is drawn. */
typedef struct
{
  double line;    /* units */
  double fill;    /* alpha of the accent inside */
  gboolean plain; /* in the text's colour rather than the accent's */
  gboolean dashed;
} Look;

static Look
look_of (EwMarkRole role)
{
  switch (role)
    {
    case EW_MARK_WINDOW:
      return (Look){ .line = 2, .fill = 0.12 };
    case EW_MARK_FED:
      return (Look){ .line = 1.5, .fill = 0.12, .dashed = TRUE };
    case EW_MARK_TAP:
      return (Look){ .line = 2, .fill = 0.3 };
    case EW_MARK_OUTPUT:
      return (Look){ .line = 2 };
    case EW_MARK_CURSOR:
    default:
      return (Look){ .line = 1.5, .plain = TRUE };
    }
}

static double
on_pixel (double v, double scale)
{
  return round (v * scale) / scale;
}

static Frame
frame_of (const EwPlaneMark *mark, double line, const EwPlanePlace *place, double scale)
{
  double wide = ew_plane_place_wide (place);
  double left = place->x + mark->column * wide;
  double top = place->y + mark->row * place->pitch;
  double width = mark->width * wide;
  double height = mark->height * place->pitch;
  double more_x = fmax (0, CLEAR_MIN + 2 * line - width) / 2;
  double more_y = fmax (0, CLEAR_MIN + 2 * line - height) / 2;
  double x = on_pixel (left - more_x, scale);
  double y = on_pixel (top - more_y, scale);

  return (Frame){ x, y, on_pixel (left + width + more_x, scale) - x, on_pixel (top + height + more_y, scale) - y };
}

/* A frame of @line units whose outer edge is the rectangle grown by @grow on each side. */
static void
stroke_inside (cairo_t *cr, const Frame *f, double grow, double line)
{
  cairo_rectangle (cr, f->x - grow + line / 2, f->y - grow + line / 2, fmax (0.1, f->width + 2 * grow - line),
                   fmax (0.1, f->height + 2 * grow - line));
  cairo_set_line_width (cr, line);
  cairo_stroke (cr);
}

static double
line_of (const EwPaintStyle *style, EwMarkRole role)
{
  return look_of (role).line + (style->high_contrast ? 1 : 0);
}

static void
paint_mark (cairo_t *cr, const EwPaintStyle *style, EwMarkRole role, const Frame *frame)
{
  static const double dashes[] = { 4, 3 };
  Look look = look_of (role);
  EwColor color = look.plain || style->high_contrast ? style->foreground : style->accent;
  double line = line_of (style, role);

  if (look.fill > 0)
    {
      cairo_rectangle (cr, frame->x, frame->y, frame->width, frame->height);
      ew_color_set (ew_color_with_alpha (style->accent, look.fill), cr);
      cairo_fill (cr);
    }
  ew_color_set (ew_color_with_alpha (style->background, 0.85), cr);
  stroke_inside (cr, frame, HALO, line + HALO);
  if (look.dashed)
    cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  ew_color_set (ew_color_with_alpha (color, 1), cr);
  stroke_inside (cr, frame, 0, line);
  cairo_set_dash (cr, NULL, 0, 0);
}

void
ew_paint_plane_marks (cairo_t *cr, const EwPaintStyle *style, const EwPlaneMark *marks, int n,
                      const EwPlanePlace *place, double width, double height)
{
  double scale = ew_paint_style_scale (style, cr);

  if (n == 0)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_MITER);
  for (int k = 0; k < n; k++)
    {
      Frame frame = frame_of (&marks[k], line_of (style, marks[k].role), place, scale);

      if (frame.x < width + HALO && frame.y < height + HALO && frame.x + frame.width > -HALO
          && frame.y + frame.height > -HALO)
        paint_mark (cr, style, marks[k].role, &frame);
    }
  cairo_restore (cr);
}
