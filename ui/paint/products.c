/* Painting a × b = c. */
#include "ui/paint/products.h"

#include "ui/paint/palette.h"

#include <math.h>

#define N_TABLES 3

/* Sides of a cell, in units: the largest, and the smallest width of a table over its name. */
#define CELL_MAX  30.0
#define TABLE_MIN 40.0

/* The widest table, in heights. */
#define WIDE 1.8

/* For the operator between two tables, in units. */
#define GAP 26.0

#define OF_BODY 0.8

/* Room between a table and its name. */
#define CAPTION_GAP 2.0

typedef struct
{
  double width[N_TABLES];
  double room; /* height for the tables */
  double caption_height;
} Layout;

static void
lay_out (const EwProductsPaint *paint, double height, Layout *layout)
{
  double size = ew_paint_style_font_size (paint->style) * OF_BODY;

  ew_paint_text_measure (paint->style, "0", size, &layout->caption_height);
  layout->room = fmax (4, height - ceil (layout->caption_height) - CAPTION_GAP);
  for (int k = 0; k < N_TABLES; k++)
    {
      const EwProductTable *table = &paint->tables[k];
      double cell = fmin (fmin (CELL_MAX, (layout->room - 2) / table->rows), WIDE * layout->room / table->columns);
      double caption = table->caption == NULL ? 0 : ew_paint_text_measure (paint->style, table->caption, size, NULL);

      layout->width[k] = ceil (fmax (fmax (cell * table->columns + 2, TABLE_MIN), caption));
    }
}

double
ew_products_width (const EwProductsPaint *paint, double height)
{
  Layout layout;
  double width = 2 * GAP;

  lay_out (paint, height, &layout);
  for (int k = 0; k < N_TABLES; k++)
    width += layout.width[k];
  return width;
}

/* Where there is not room for all, each gets its share of what there is. */
static void
shrink (Layout *layout, double width)
{
  double needed = layout->width[0] + layout->width[1] + layout->width[2];
  double room = fmax (width - 2 * GAP, 3);

  for (int k = 0; k < N_TABLES && needed > room; k++)
    layout->width[k] = floor (layout->width[k] * room / needed);
}

static EwRange
range_of (const EwProductTable *table)
{
  EwExtent extent = { INFINITY, -INFINITY, 0, 0 };

  if (table->range.low < table->range.high)
    return table->range;
  for (int k = 0; k < table->rows * table->columns; k++)
    if (isfinite (table->values[k]))
      {
        extent.low = fmin (extent.low, table->values[k]);
        extent.high = fmax (extent.high, table->values[k]);
      }
  if (extent.low > extent.high)
    extent.low = extent.high = NAN;
  return table->is_signed ? ew_range_symmetric (ew_extent_max_abs (&extent)) : ew_range_sequential (&extent);
}

/* Its name stands right below, and both together in the middle. */
static void
paint_one (cairo_t *cr, const EwProductsPaint *paint, const EwProductTable *table, double width, double height)
{
  double scale = ew_paint_style_scale (paint->style, cr);
  EwPlaneMark mark = { EW_MARK_CURSOR, paint->marked / table->columns, paint->marked % table->columns, 1, 1 };
  EwTablePaint inner = {
    .values = table->values,
    .rows = table->rows,
    .columns = table->columns,
    .kinds = table->kinds,
    .map = ew_palette_of_style (paint->style, table->is_signed),
    .range = range_of (table),
    .style = paint->style,
    .marks = &mark,
    .n_marks = paint->marked >= 0 && table->rows * table->columns > MAX (1, paint->marked) ? 1 : 0,
    .bare = paint->bare,
  };
  EwPlanePlace place;

  ew_table_place (table->rows, table->columns, width, height, scale, paint->bare ? height : CELL_MAX, &place);
  ew_paint_table (cr, &inner, &place);
  if (table->caption != NULL)
    ew_paint_text (cr, paint->style, table->caption, ew_paint_style_font_size (paint->style) * OF_BODY,
                   paint->style->dim, width / 2, place.y + table->rows * place.pitch + CAPTION_GAP, 0.5, 0);
}

void
ew_paint_products (cairo_t *cr, const EwProductsPaint *paint, double width, double height)
{
  static const char *const operators[] = { "×", "=" };
  double size = ew_paint_style_font_size (paint->style);
  double x = 0;
  Layout layout;

  lay_out (paint, height, &layout);
  shrink (&layout, width);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  for (int k = 0; k < N_TABLES; k++)
    {
      cairo_save (cr);
      cairo_translate (cr, x, 0);
      paint_one (cr, paint, &paint->tables[k], layout.width[k], layout.room);
      cairo_restore (cr);
      x += layout.width[k];
      if (k + 1 < N_TABLES)
        ew_paint_text (cr, paint->style, operators[k], size * 1.4, paint->style->dim, x + GAP / 2, layout.room / 2, 0.5,
                       0.5);
      x += GAP;
    }
  cairo_restore (cr);
}
