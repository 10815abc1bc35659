/* EwCellText: the largest writing of a grid's numbers that fits its cells. */
#include "ui/paint/cell-text.h"

#include "ui/paint/figures.h"
#include "ui/paint/number.h"

#include <math.h>
#include <string.h>

/* Of the cell's width, what a number may take. */
#define FILL 0.82

/* Sizes, as parts of the body text's and of the cell's height. */
#define LEAST_OF_BODY   0.58
#define COMFORT_OF_BODY 0.72
#define MOST_OF_BODY    1.5
#define OF_CELL         0.36
#define MOST_OF_CELL    0.72

/* Magnitudes that are written with an exponent. */
#define SMALL 0.01
#define LARGE 1e5

/* Zeros after the point before the first digit of a number. */
static int
leading_zeros (double max_abs)
{
  return max_abs > 0 && max_abs < 1 ? MAX (0, -(int)floor (log10 (max_abs) + 1e-9)) : 0;
}

int
ew_cell_decimals_max (double max_abs, int digits)
{
  return digits + MAX (0, leading_zeros (max_abs) - 1);
}

int
ew_cell_decimals (double value, int max)
{
  for (int decimals = 0; decimals < max; decimals++)
    {
      double power = pow (10, decimals);

      if (!isfinite (value) || fabs (round (value * power) / power - value) <= 1e-6 * fabs (value))
        return decimals;
    }
  return max;
}

/* The widest number that may come, in zeros. */
static void
widest (const EwCellValues *values, int decimals, gboolean exponent, char *buffer)
{
  char *end = values->negative ? g_stpcpy (buffer, EW_MINUS) : buffer;
  int whole = values->max_abs >= 1 ? 1 + (int)floor (log10 (values->max_abs) + 1e-9) : 1;

  if (exponent)
    {
      strcpy (end, decimals > 0 ? "0.0e" EW_MINUS "00" : "0e" EW_MINUS "00");
      return;
    }
  for (int k = 0; k < MIN (whole, 16); k++)
    *end++ = '0';
  if (decimals > 0)
    *end++ = '.';
  for (int k = 0; k < decimals; k++)
    *end++ = '0';
  *end = '\0';
}

void
ew_cell_text_fit (EwCellText *text, const EwPaintStyle *style, const EwCellValues *values, double width, double height)
{
  double body = ew_paint_style_font_size (style);
  double wanted = fmin (MOST_OF_BODY * body, fmax (OF_CELL * height, fmin (body, MOST_OF_CELL * height)));
  double least = LEAST_OF_BODY * body;
  gboolean exponent = values->max_abs >= LARGE || (values->max_abs > 0 && values->max_abs < SMALL);
  int most_decimals = exponent ? 1 : values->decimals;
  int least_decimals = exponent ? 0 : MIN (values->decimals, 1 + leading_zeros (values->max_abs));

  *text = (EwCellText){ .exponent = exponent };
  if (wanted < least)
    return;

  g_autoptr (EwFigures) figures = ew_figures_new (style, wanted);

  for (int decimals = most_decimals; decimals >= least_decimals; decimals--)
    {
      char buffer[EW_NUMBER_SIZE];

      widest (values, decimals, exponent, buffer);

      double needed = ew_figures_width (figures, buffer);
      double size = wanted * fmin (1, FILL * width / needed);

      if (size < least || (size < COMFORT_OF_BODY * body && decimals > least_decimals))
        continue;
      text->size = size;
      text->decimals = decimals;
      return;
    }
}

char *
ew_cell_text_format (const EwCellText *text, char *buffer, double value)
{
  return text->exponent ? ew_number_exponent (buffer, value, text->decimals + 1)
                        : ew_number_fixed (buffer, value, text->decimals);
}
