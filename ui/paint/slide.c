/* Painting the slide: padded input ⋆ kernel = outputs. */
#include "ui/paint/slide.h"

#include "ui/paint/palette.h"

#include <math.h>

/* The largest cell, in units; between tables. */
#define CELL_MAX 44.0
#define GAP      34.0

#define OF_BODY     0.85
#define CAPTION_GAP 3.0

enum
{
  INPUT,
  KERNEL,
  OUTPUT,
  N_TABLES,
};

typedef struct
{
  int rows[N_TABLES];
  int columns[N_TABLES];
  EwPlanePlace place[N_TABLES];
  double right[N_TABLES];
  double caption;
} Layout;

/* Input and outputs have cells of one size, so that what slides and what it makes can be compared. */
static void
lay_out (const EwSlidePaint *paint, double width, double height, Layout *l)
{
  const EwExcerpt *e = paint->excerpt;
  const EwGeometry *g = &e->geometry;
  double scale = paint->style->scale > 0 ? paint->style->scale : 1;
  double text, room, pitch, x;
  int columns, rows;

  l->rows[INPUT] = g->top + e->height + g->bottom;
  l->columns[INPUT] = g->left + e->width + g->right;
  l->rows[KERNEL] = paint->kernel->height;
  l->columns[KERNEL] = paint->kernel->width;
  l->rows[OUTPUT] = e->output_height;
  l->columns[OUTPUT] = e->output_width;
  ew_paint_text_measure (paint->style, "0", ew_paint_style_font_size (paint->style) * OF_BODY, &text);
  l->caption = ceil (text) + CAPTION_GAP;
  room = fmax (height - l->caption - 2, 1);
  columns = l->columns[INPUT] + l->columns[KERNEL] + l->columns[OUTPUT];
  rows = MAX (MAX (l->rows[INPUT], l->rows[KERNEL]), l->rows[OUTPUT]);
  pitch = fmin (fmin (fmax (width - 2 * GAP - 6, 1) / columns, room / rows), CELL_MAX) * scale;
  pitch = (pitch >= 1 ? floor (pitch) : pitch) / scale;
  x = floor ((width - columns * pitch - 2 * GAP) / 2 * scale) / scale;
  for (int k = 0; k < N_TABLES; k++)
    {
      l->place[k].pitch = pitch;
      l->place[k].wide = 0;
      l->place[k].x = x;
      l->place[k].y = 1 + floor ((room - l->rows[k] * pitch) / 2 * scale) / scale;
      l->right[k] = x + l->columns[k] * pitch;
      x = l->right[k] + GAP;
    }
}

/* What the kernel reads: the excerpt with its border. */
static void
fill_input (const EwSlidePaint *paint, const Layout *l, double *values, guint8 *kinds)
{
  const EwExcerpt *e = paint->excerpt;
  const EwGeometry *g = &e->geometry;

  for (int k = 0; k < l->rows[INPUT] * l->columns[INPUT]; k++)
    {
      int row = k / l->columns[INPUT] - g->top;
      int column = k % l->columns[INPUT] - g->left;
      gint64 u = ew_geometry_border_index (g->border, (gint64)e->row + row, paint->x->height);
      gint64 v = ew_geometry_border_index (g->border, (gint64)e->column + column, paint->x->width);

      kinds[k] = row < 0 || column < 0 || row >= e->height || column >= e->width ? EW_CELL_PADDING : EW_CELL_PLAIN;
      values[k] = u < 0 || v < 0 ? 0 : (double)ew_grid_row (paint->x, (int)u)[v];
    }
}

static void
paint_input (cairo_t *cr, const EwSlidePaint *paint, const Layout *l)
{
  const EwExcerpt *e = paint->excerpt;
  const EwGeometry *g = &e->geometry;
  size_t n = (size_t)l->rows[INPUT] * (size_t)l->columns[INPUT];
  g_autofree double *values = g_new (double, n);
  g_autofree guint8 *kinds = g_new (guint8, n);
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (EwPlaneMark));
  int at = MAX (paint->made - 1, 0);
  int row = at / e->output_width * g->stride;
  int column = at % e->output_width * g->stride;
  EwPlaneMark window = { EW_MARK_WINDOW, row, column, g->dilation * (g->kernel_height - 1) + 1,
                         g->dilation * (g->kernel_width - 1) + 1 };
  EwTablePaint table = {
    .values = values,
    .rows = l->rows[INPUT],
    .columns = l->columns[INPUT],
    .kinds = kinds,
    .map = ew_palette_of_style (paint->style, paint->input_range.low < 0),
    .range = paint->input_range,
    .style = paint->style,
  };

  fill_input (paint, l, values, kinds);
  g_array_append_val (marks, window);
  /* Between dilated taps the window has holes. */
  for (int k = 0; g->dilation > 1 && k < g->kernel_height * g->kernel_width; k++)
    {
      EwPlaneMark tap
          = { EW_MARK_TAP, row + k / g->kernel_width * g->dilation, column + k % g->kernel_width * g->dilation, 1, 1 };

      g_array_append_val (marks, tap);
    }
  table.marks = (const EwPlaneMark *)(gpointer)marks->data;
  table.n_marks = (int)marks->len;
  ew_paint_table (cr, &table, &l->place[INPUT]);
}

static void
paint_kernel (cairo_t *cr, const EwSlidePaint *paint, const Layout *l)
{
  double max_abs = 0;
  EwTablePaint table = {
    .values = paint->kernel->taps,
    .rows = l->rows[KERNEL],
    .columns = l->columns[KERNEL],
    .map = ew_palette_of_style (paint->style, TRUE),
    .style = paint->style,
  };

  for (int k = 0; k < ew_kernel_n_taps (paint->kernel); k++)
    max_abs = fmax (max_abs, fabs (paint->kernel->taps[k]));
  table.range = ew_range_symmetric (max_abs);
  ew_paint_table (cr, &table, &l->place[KERNEL]);
}

static void
paint_outputs (cairo_t *cr, const EwSlidePaint *paint, const Layout *l)
{
  const EwExcerpt *e = paint->excerpt;
  int n = e->output_height * e->output_width;
  g_autofree guint8 *kinds = g_new (guint8, n);
  int at = MAX (paint->made - 1, 0);
  EwPlaneMark mark = { EW_MARK_OUTPUT, at / e->output_width, at % e->output_width, 1, 1 };
  EwTablePaint table = {
    .values = paint->outputs,
    .rows = l->rows[OUTPUT],
    .columns = l->columns[OUTPUT],
    .kinds = kinds,
    .map = ew_palette_of_style (paint->style, TRUE),
    .range = paint->output_range,
    .style = paint->style,
    .marks = &mark,
    .n_marks = 1,
  };

  for (int k = 0; k < n; k++)
    kinds[k] = k < paint->made ? EW_CELL_PLAIN : EW_CELL_EMPTY;
  ew_paint_table (cr, &table, &l->place[OUTPUT]);
}

static void
paint_words (cairo_t *cr, const EwSlidePaint *paint, const Layout *l)
{
  static const char *const names[] = { "X", "K", "Ŷ" };
  static const char *const operators[] = { "⋆", "=" };
  double size = ew_paint_style_font_size (paint->style);

  for (int k = 0; k < N_TABLES; k++)
    {
      const EwPlanePlace *place = &l->place[k];

      ew_paint_text (cr, paint->style, names[k], size * OF_BODY, paint->style->dim, (place->x + l->right[k]) / 2,
                     place->y + l->rows[k] * place->pitch + CAPTION_GAP, 0.5, 0);
      if (k + 1 < N_TABLES)
        ew_paint_text (cr, paint->style, operators[k], size * (k == 0 ? 2.2 : 1.4), paint->style->dim,
                       l->right[k] + GAP / 2, l->place[INPUT].y + l->rows[INPUT] * place->pitch / 2, 0.5, 0.5);
    }
}

void
ew_paint_slide (cairo_t *cr, const EwSlidePaint *paint, double width, double height)
{
  Layout layout;

  lay_out (paint, width, height, &layout);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  paint_input (cr, paint, &layout);
  paint_kernel (cr, paint, &layout);
  paint_outputs (cr, paint, &layout);
  paint_words (cr, paint, &layout);
  cairo_restore (cr);
}

int
ew_slide_find (const EwSlidePaint *paint, double width, double height, double x, double y)
{
  Layout layout;
  int row, column;

  lay_out (paint, width, height, &layout);
  if (!ew_table_find (&layout.place[OUTPUT], layout.rows[OUTPUT], layout.columns[OUTPUT], x, y, &row, &column))
    return -1;
  return row * layout.columns[OUTPUT] + column;
}
