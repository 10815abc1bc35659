/* Matrices of numbers as text. */
#include "app/files/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  double *values;
  gsize n;
  gsize capacity;
  int height;
  int width;
  char separator; /* ',', ';' or ' ' for blanks; 0 before the first */
} Builder;

static gboolean
refuse_line (GError **error, int line, const char *what)
{
  g_set_error (error, EW_ERROR, EW_ERROR_DATA, "Line %d %s.", line, what);
  return FALSE;
}

/* Where no number has been read at all, the file was perhaps meant as an image. */
static gboolean
refuse_word (const Builder *builder, GError **error, int line)
{
  if (builder->n > 0)
    return refuse_line (error, line, "has something that is not a number");
  g_set_error (error, EW_ERROR, EW_ERROR_DATA,
               "This is neither an image nor a matrix of numbers: line %d has something that is not a number.", line);
  return FALSE;
}

static gboolean
add (Builder *builder, double value, GError **error)
{
  if (builder->n == builder->capacity)
    {
      gsize capacity = builder->capacity == 0 ? 256 : 2 * builder->capacity;
      double *values = capacity > G_MAXSIZE / sizeof (double)
                           ? NULL
                           : g_try_realloc_n (builder->values, capacity, sizeof (double));

      if (values == NULL)
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for this matrix.");
          return FALSE;
        }
      builder->values = values;
      builder->capacity = capacity;
    }
  builder->values[builder->n++] = value;
  return TRUE;
}

/* Past blanks and at most one separator that is no blank; *separator is that one, or a blank. */
static const char *
skip_separator (const char *text, char *separator)
{
  text += strspn (text, " \t");
  *separator = *text == ',' || *text == ';' ? *text++ : ' ';
  return text + strspn (text, " \t");
}

/* Values are apart in one way throughout: 1,5;2,5 is no row of four but one with decimal commas. */
static gboolean
check_separator (Builder *builder, char separator, int number, GError **error)
{
  if (builder->separator == 0)
    builder->separator = separator;
  return builder->separator == separator
         || refuse_line (error, number,
                         "has another separator; one is needed throughout, and a point as decimal point");
}

static gboolean
parse_line (Builder *builder, const char *text, int number, GError **error)
{
  char separator = ' ';
  int width = 0;

  text += strspn (text, " \t");
  while (*text != '\0')
    {
      char *end = NULL;
      double value = g_ascii_strtod (text, &end);

      if (end == text || (*end != '\0' && strchr (" \t,;", *end) == NULL))
        return refuse_word (builder, error, number);
      if (!add (builder, value, error))
        return FALSE;
      width++;
      text = skip_separator (end, &separator);
      if (*text != '\0' && !check_separator (builder, separator, number, error))
        return FALSE;
    }
  if (width == 0)
    return TRUE;
  if (separator != ' ')
    return refuse_line (error, number, "ends with a separator; a value is missing there");
  if (builder->height > 0 && width != builder->width)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_DATA,
                   "Line %d has %d value%s where the lines before it have %d; all rows must be of one length.", number,
                   width, width == 1 ? "" : "s", builder->width);
      return FALSE;
    }
  builder->width = width;
  builder->height++;
  return TRUE;
}

/* A line without its end and its comment. Where lines end in a carriage return alone all of them would be one. */
static gboolean
trim_line (char *line, size_t length, int number, GError **error)
{
  const char *inner;

  if (memchr (line, '\0', length) != NULL)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                           "This is neither an image nor a .npy file nor a matrix of numbers.");
      return FALSE;
    }
  inner = strchr (line, '\r');
  if (inner != NULL && inner[strspn (inner, "\r\n")] != '\0')
    return refuse_line (error, number, "has a carriage return within; lines must end in a line feed");
  line[strcspn (line, "#\r\n")] = '\0';
  return TRUE;
}

static gboolean
read_lines (EwReading *reading, Builder *builder, GError **error)
{
  char *line = NULL;
  size_t capacity = 0;
  ssize_t length;
  int number = 0;
  gboolean ok = TRUE;

  while (ok && (length = getline (&line, &capacity, reading->stream)) >= 0)
    {
      number++;
      /* Spreadsheets begin their files with a byte order mark. */
      ok = trim_line (line, (size_t)length, number, error)
           && parse_line (builder, number == 1 && g_str_has_prefix (line, "\xef\xbb\xbf") ? line + 3 : line, number,
                          error)
           && (number % 256 != 0
               || ew_reading_step (reading, (double)ftello (reading->stream) / (double)reading->size, error));
    }
  free (line);
  return ok;
}

gboolean
ew_text_read_matrix (EwReading *reading, EwMatrix *matrix, GError **error)
{
  Builder builder = { 0 };
  gboolean ok = read_lines (reading, &builder, error);

  if (ok && builder.n == 0)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA, "There are no numbers in this file.");
      ok = FALSE;
    }
  if (ok)
    *matrix = (EwMatrix){ builder.height, builder.width, builder.values };
  else
    g_free (builder.values);
  return ok;
}

/* The fewest digits from @least on that read back as the same float or double. */
static void
write_number (FILE *stream, double value, int least, int most, gboolean single)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE] = "nan";

  if (isinf (value))
    g_strlcpy (text, value > 0 ? "inf" : "-inf", sizeof text);
  for (int digits = least; isfinite (value) && digits <= most; digits++)
    {
      char format[8] = { '%', '.', (char)('0' + digits / 10), (char)('0' + digits % 10), 'g', '\0' };
      double back;

      g_ascii_formatd (text, sizeof text, format, value);
      back = g_ascii_strtod (text, NULL);
      if (single ? (float)back == (float)value : back == value)
        break;
    }
  fputs (text, stream);
}

void
ew_text_write_grid (FILE *stream, const EwGrid *grid)
{
  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      {
        write_number (stream, (double)ew_grid_row (grid, i)[j], 6, 9, TRUE);
        fputc (j + 1 == grid->width ? '\n' : ',', stream);
      }
}

void
ew_text_write_kernel (FILE *stream, const EwKernel *kernel)
{
  for (int a = 0; a < kernel->height; a++)
    for (int c = 0; c < kernel->width; c++)
      {
        write_number (stream, kernel->taps[a * kernel->width + c], 15, 17, FALSE);
        fputc (c + 1 == kernel->width ? '\n' : ',', stream);
      }
}
