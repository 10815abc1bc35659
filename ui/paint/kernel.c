/* Painting a kernel: taps as coloured cells with numbers, the bias in a cell of its own. */
#include "ui/paint/kernel.h"

#include "ui/paint/cell-text.h"
#include "ui/paint/figures.h"
#include "ui/paint/number.h"
#include "ui/paint/palette.h"

#include <math.h>

/* The largest cell and the room around the taps for the selection's frame, in units. */
#define CELL_MAX 84.0
#define MARGIN   4.0

/* The smallest cell with lines between cells. */
#define LINES_MIN 6.0

#define BIAS_GAP 10.0

/* The mark of a fixed weight, of its cell's side. */
#define FIXED_PART 0.2

/* Places after the point in a cell, of values around 1. */
#define DIGITS 4

static double
bias_height (const EwPaintStyle *style)
{
  return ceil (ew_paint_style_font_size (style) * 2.2);
}

/* The bias's cell is as wide as a number and its name need, whatever the taps' cells are. */
static double
bias_width (const EwPaintStyle *style, double cell)
{
  return fmax (cell, ceil (ew_paint_style_font_size (style) * 6));
}

void
ew_kernel_box (const EwKernelPaint *paint, double width, double height, double scale, EwKernelBox *box)
{
  const EwKernel *kernel = paint->kernel;
  double below = paint->show_bias ? BIAS_GAP + bias_height (paint->style) : 0;
  double room_x = fmax (width - 2 * MARGIN, 1);
  double room_y = fmax (height - 2 * MARGIN - below, 1);
  double cell = fmin (fmin (room_x / kernel->width, room_y / kernel->height), CELL_MAX);

  cell = fmax (1, floor (cell * scale)) / scale;
  *box = (EwKernelBox){ .cell = cell };
  box->x = floor ((width - cell * kernel->width) / 2 * scale) / scale;
  box->y = floor ((height - below - cell * kernel->height) / 2 * scale) / scale;
  if (!paint->show_bias)
    return;
  box->bias_width = fmin (bias_width (paint->style, cell), room_x);
  box->bias_height = bias_height (paint->style);
  box->bias_x = floor ((width - box->bias_width) / 2 * scale) / scale;
  box->bias_y = box->y + cell * kernel->height + BIAS_GAP;
}

void
ew_kernel_box_cell (const EwKernelBox *box, const EwKernel *kernel, int cell, double *x, double *y, double *width,
                    double *height)
{
  if (cell == EW_KERNEL_BIAS_CELL)
    {
      *x = box->bias_x;
      *y = box->bias_y;
      *width = box->bias_width;
      *height = box->bias_height;
      return;
    }
  *x = box->x + cell % kernel->width * box->cell;
  *y = box->y + cell / kernel->width * box->cell;
  *width = *height = box->cell;
}

int
ew_kernel_box_find (const EwKernelBox *box, const EwKernel *kernel, double x, double y)
{
  double i = floor ((y - box->y) / box->cell);
  double j = floor ((x - box->x) / box->cell);

  if (i >= 0 && i < kernel->height && j >= 0 && j < kernel->width)
    return (int)i * kernel->width + (int)j;
  if (x >= box->bias_x && x < box->bias_x + box->bias_width && y >= box->bias_y && y < box->bias_y + box->bias_height)
    return EW_KERNEL_BIAS_CELL;
  return EW_KERNEL_NO_CELL;
}

static guint32
tap_pixel (const EwKernelPaint *paint, double value)
{
  return ew_colormap_pixel (ew_palette_of_style (paint->style, TRUE), paint->range, value);
}

/* One pixel a tap, enlarged to whole device pixels: thousands of taps cost no more than nine. */
static void
paint_cells (cairo_t *cr, const EwKernelPaint *paint, const EwKernelBox *box)
{
  const EwKernel *kernel = paint->kernel;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, kernel->width, kernel->height);

  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    {
      guint8 *data = cairo_image_surface_get_data (surface);
      int stride = cairo_image_surface_get_stride (surface);

      for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
        ((guint32 *)(gpointer)(data + (size_t)(k / kernel->width) * stride))[k % kernel->width]
            = tap_pixel (paint, kernel->taps[k]);
      cairo_surface_mark_dirty (surface);
      cairo_save (cr);
      cairo_translate (cr, box->x, box->y);
      cairo_scale (cr, box->cell, box->cell);
      cairo_set_source_surface (cr, surface, 0, 0);
      cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
      cairo_rectangle (cr, 0, 0, kernel->width, kernel->height);
      cairo_fill (cr);
      cairo_restore (cr);
    }
  cairo_surface_destroy (surface);
}

static void
paint_lines (cairo_t *cr, const EwKernelPaint *paint, const EwKernelBox *box, double scale)
{
  const EwKernel *kernel = paint->kernel;
  double line = fmax (1, round (scale)) / scale;
  double width = box->cell * kernel->width;
  double height = box->cell * kernel->height;

  if (box->cell >= LINES_MIN)
    {
      for (int j = 1; j < kernel->width; j++)
        cairo_rectangle (cr, box->x + j * box->cell - line, box->y, line, height);
      for (int i = 1; i < kernel->height; i++)
        cairo_rectangle (cr, box->x, box->y + i * box->cell - line, width, line);
      ew_color_set (ew_color_over (paint->style->faint, paint->style->background), cr);
      cairo_fill (cr);
    }
  cairo_set_line_width (cr, line);
  cairo_rectangle (cr, box->x - line / 2, box->y - line / 2, width + line, height + line);
  if (box->bias_width > 0)
    cairo_rectangle (cr, box->bias_x - line / 2, box->bias_y - line / 2, box->bias_width + line,
                     box->bias_height + line);
  ew_color_set (ew_color_with_alpha (paint->style->foreground, paint->style->high_contrast ? 1 : 0.35), cr);
  cairo_stroke (cr);
}

static void
paint_numbers (cairo_t *cr, const EwKernelPaint *paint, const EwKernelBox *box)
{
  const EwKernel *kernel = paint->kernel;
  EwCellValues values = { .max_abs = paint->range.high, .negative = TRUE };
  char buffer[EW_NUMBER_SIZE];
  EwCellText text;

  int most = ew_cell_decimals_max (values.max_abs, DIGITS);

  for (int k = 0; k < ew_kernel_n_taps (kernel) && values.decimals < most; k++)
    values.decimals = MAX (values.decimals, ew_cell_decimals (kernel->taps[k], most));
  ew_cell_text_fit (&text, paint->style, &values, box->cell, box->cell);
  if (text.size == 0)
    return;

  g_autoptr (EwFigures) figures = ew_figures_new (paint->style, text.size);

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      double value = kernel->taps[k];

      ew_figures_add (figures, ew_cell_text_format (&text, buffer, value),
                      box->x + (k % kernel->width + 0.5) * box->cell, box->y + (k / kernel->width + 0.5) * box->cell,
                      ew_color_ink_on (tap_pixel (paint, value)));
    }
  ew_figures_flush (figures, cr);
}

static void
paint_bias (cairo_t *cr, const EwKernelPaint *paint, const EwKernelBox *box)
{
  guint32 pixel = tap_pixel (paint, paint->kernel->bias);
  double size = ew_paint_style_font_size (paint->style);
  char number[EW_NUMBER_SIZE];
  char text[EW_NUMBER_SIZE + 8];

  if (box->bias_width == 0)
    return;
  ew_color_set (ew_color_from_pixel (pixel), cr);
  cairo_rectangle (cr, box->bias_x, box->bias_y, box->bias_width, box->bias_height);
  cairo_fill (cr);
  g_snprintf (text, sizeof text, "b = %s", ew_number_fixed (number, paint->kernel->bias, 3));
  ew_paint_text (cr, paint->style, text, size, ew_color_ink_on (pixel), box->bias_x + box->bias_width / 2,
                 box->bias_y + box->bias_height / 2, 0.5, 0.5);
}

gboolean
ew_kernel_is_fixed (const EwKernel *fixed, const EwKernel *kernel, int tap)
{
  return fixed != NULL && fixed->height == kernel->height && fixed->width == kernel->width
         && tap < ew_kernel_n_taps (fixed) && !isnan (fixed->taps[tap]);
}

/* A corner of the cell in the ink of its number. */
static void
paint_fixed (cairo_t *cr, const EwKernelPaint *paint, const EwKernelBox *box)
{
  double side = fmin (fmax (box->cell * FIXED_PART, 3), box->cell / 2);

  for (int k = 0; paint->fixed != NULL && k < ew_kernel_n_taps (paint->kernel); k++)
    {
      double right = box->x + (k % paint->kernel->width + 1) * box->cell;
      double top = box->y + k / paint->kernel->width * box->cell;

      if (!ew_kernel_is_fixed (paint->fixed, paint->kernel, k))
        continue;
      cairo_move_to (cr, right - side, top);
      cairo_line_to (cr, right, top);
      cairo_line_to (cr, right, top + side);
      ew_color_set (ew_color_ink_on (tap_pixel (paint, paint->kernel->taps[k])), cr);
      cairo_fill (cr);
    }
}

static void
paint_frame (cairo_t *cr, const EwKernelPaint *paint, const EwKernelBox *box, int cell, EwColor color, double line)
{
  double x, y, width, height;

  ew_kernel_box_cell (box, paint->kernel, cell, &x, &y, &width, &height);
  /* A ring of ground inside the coloured one sets it off from a cell of nearly the same colour. */
  cairo_rectangle (cr, x - 0.5, y - 0.5, width, height);
  cairo_set_line_width (cr, line + 2);
  ew_color_set (paint->style->background, cr);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, line);
  ew_color_set (color, cr);
  cairo_stroke (cr);
}

void
ew_paint_kernel (cairo_t *cr, const EwKernelPaint *paint, double width, double height)
{
  double scale = ew_paint_style_scale (paint->style, cr);
  EwKernelBox box;

  ew_kernel_box (paint, width, height, scale, &box);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  paint_cells (cr, paint, &box);
  paint_bias (cr, paint, &box);
  paint_lines (cr, paint, &box, scale);
  paint_fixed (cr, paint, &box);
  paint_numbers (cr, paint, &box);
  if (paint->hover != EW_KERNEL_NO_CELL && paint->hover != paint->selected)
    paint_frame (cr, paint, &box, paint->hover, paint->style->dim, 1);
  if (paint->selected != EW_KERNEL_NO_CELL)
    paint_frame (cr, paint, &box, paint->selected, paint->focused ? paint->style->accent : paint->style->foreground,
                 paint->focused ? 2.5 : 1.5);
  cairo_restore (cr);
}
