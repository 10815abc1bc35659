/* EwKernelView: where cells and the line below lie, and drawing them. */
#include "ui/kernel-view-private.h"
#include "ui/paint/number.h"
#include "ui/widget-style.h"

#include <glib/gi18n.h>
#include <math.h>

#define CAPTION_GAP 6.0
#define OF_BODY     0.9

int
ew_kernel_view_n_cells (EwKernelView *self)
{
  return self->kernel == NULL ? 0 : ew_kernel_n_taps (self->kernel) + (self->show_bias ? 1 : 0);
}

gboolean
ew_kernel_view_is_bias (EwKernelView *self, int index)
{
  return index == ew_kernel_n_taps (self->kernel);
}

double
ew_kernel_view_value_at (EwKernelView *self, int index)
{
  return ew_kernel_view_is_bias (self, index) ? self->kernel->bias : self->kernel->taps[index];
}

int
ew_kernel_view_paint_cell (EwKernelView *self, int index)
{
  if (index < 0 || index >= ew_kernel_view_n_cells (self))
    return EW_KERNEL_NO_CELL;
  return ew_kernel_view_is_bias (self, index) ? EW_KERNEL_BIAS_CELL : index;
}

static double
caption_height (const EwPaintStyle *style)
{
  double height;

  ew_paint_text_measure (style, "0", ew_paint_style_font_size (style) * OF_BODY, &height);
  return ceil (height);
}

/* The height that is left for the kernel. */
static double
room_height (EwKernelView *self, const EwPaintStyle *style)
{
  return fmax (0, gtk_widget_get_height (GTK_WIDGET (self)) - caption_height (style) - CAPTION_GAP);
}

static void
fill_paint (EwKernelView *self, const EwPaintStyle *style, EwKernelPaint *paint)
{
  gboolean focused = gtk_widget_has_focus (GTK_WIDGET (self)) || ew_kernel_entry_is_open (self->entry);

  *paint = (EwKernelPaint){
    .kernel = self->kernel,
    .range = self->range,
    .style = style,
    .fixed = self->fixed,
    .show_bias = self->show_bias,
    .selected = focused ? ew_kernel_view_paint_cell (self, self->selected) : EW_KERNEL_NO_CELL,
    .hover = ew_kernel_view_paint_cell (self, self->hover),
    .focused = focused,
  };
}

void
ew_kernel_view_find_box (EwKernelView *self, EwKernelBox *box)
{
  EwPaintStyle style;
  EwKernelPaint paint;

  ew_widget_style_init (GTK_WIDGET (self), &style);
  fill_paint (self, &style, &paint);
  ew_kernel_box (&paint, gtk_widget_get_width (GTK_WIDGET (self)), room_height (self, &style), style.scale, box);
  ew_paint_style_clear (&style);
}

void
ew_kernel_view_find_cell (EwKernelView *self, int index, double *x, double *y)
{
  double width, height;
  EwKernelBox box;

  ew_kernel_view_find_box (self, &box);
  ew_kernel_box_cell (&box, self->kernel, ew_kernel_view_paint_cell (self, index), x, y, &width, &height);
  *x += width / 2;
  *y += height / 2;
}

int
ew_kernel_view_index_at (EwKernelView *self, double x, double y)
{
  EwKernelBox box;
  int cell;

  if (self->kernel == NULL)
    return -1;
  ew_kernel_view_find_box (self, &box);
  cell = ew_kernel_box_find (&box, self->kernel, x, y);
  return cell == EW_KERNEL_BIAS_CELL ? ew_kernel_n_taps (self->kernel) : cell == EW_KERNEL_NO_CELL ? -1 : cell;
}

static char *
name_cell (EwKernelView *self, int index)
{
  if (ew_kernel_view_is_bias (self, index))
    return g_strdup ("b");
  return g_strdup_printf ("K[%d, %d]", index / self->kernel->width, index % self->kernel->width);
}

/* " ± 0.003"; transfer full. */
static char *
describe_error (EwKernelView *self, int index)
{
  const EwKernel *e = self->errors;
  char number[EW_NUMBER_SIZE];
  double error;

  if (e == NULL || e->height != self->kernel->height || e->width != self->kernel->width)
    return g_strdup ("");
  error = ew_kernel_view_is_bias (self, index) ? e->bias : e->taps[index];
  if (isinf (error))
    return g_strdup (_ (", not determined"));
  return isnan (error) ? g_strdup ("") : g_strconcat (" ± ", ew_number_short (number, error, 2), NULL);
}

char *
ew_kernel_view_caption (EwKernelView *self, int index)
{
  double value = ew_kernel_view_value_at (self, index);
  g_autofree char *name = name_cell (self, index);
  g_autofree char *error = describe_error (self, index);
  char number[EW_NUMBER_SIZE];

  if (!isfinite (value) || value == 0 || (fabs (value) >= 0.001 && fabs (value) < 1e5))
    ew_number_fixed (number, value, 4);
  else
    ew_number_exponent (number, value, 4);
  return g_strconcat (name, " = ", number, error,
                      ew_kernel_is_fixed (self->fixed, self->kernel, index) ? _ (", fixed") : "", NULL);
}

static void
paint_caption (EwKernelView *self, cairo_t *cr, const EwPaintStyle *style)
{
  const char *problem = ew_kernel_entry_get_problem (self->entry);
  g_autofree char *text = problem != NULL
                              ? g_strdup (problem)
                              : ew_kernel_view_caption (self, self->hover >= 0 ? self->hover : self->selected);

  ew_paint_text (cr, style, text, ew_paint_style_font_size (style) * OF_BODY,
                 problem != NULL    ? style->error
                 : self->hover >= 0 ? style->foreground
                                    : style->dim,
                 gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
                 gtk_widget_get_height (GTK_WIDGET (self)) - caption_height (style), 0.5, 0);
}

void
ew_kernel_view_draw (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EwKernelView *self = EW_KERNEL_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  EwKernelPaint paint;
  EwPaintStyle style;
  cairo_t *cr;

  if (self->kernel == NULL || width <= 0 || height <= 0)
    return;
  ew_widget_style_init (widget, &style);
  fill_paint (self, &style, &paint);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  ew_paint_kernel (cr, &paint, width, room_height (self, &style));
  paint_caption (self, cr, &style);
  cairo_destroy (cr);
  ew_kernel_entry_snapshot (self->entry, snapshot, &style);
  ew_paint_style_clear (&style);
}
