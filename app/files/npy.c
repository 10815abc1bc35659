/* NumPy's .npy files: a dictionary as text, then the values. */
#include "app/files/npy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* NumPy writes about a hundred bytes; a header of megabytes is no header. */
#define HEADER_MAX 65536

typedef struct
{
  char kind; /* f, i, u, b */
  int size;  /* bytes a value */
  gboolean swap;
  gboolean fortran;
  int height;
  int width;
} Header;

static gboolean refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA, message);
  return FALSE;
}

/* What follows 'key': in the dictionary, or NULL. */
static const char *
find_value (const char *dictionary, const char *key)
{
  g_autofree char *quoted = g_strdup_printf ("'%s'", key);
  const char *found = strstr (dictionary, quoted);

  if (found == NULL)
    return NULL;
  found += strlen (quoted);
  found += strspn (found, " ");
  if (*found != ':')
    return NULL;
  return found + 1 + strspn (found + 1, " ");
}

/* '<f4': byte order, kind, size. */
static gboolean
parse_type (const char *text, Header *header, GError **error)
{
  gboolean big = text != NULL && text[0] == '\'' && text[1] == '>';

  if (text == NULL || text[0] != '\'' || strchr ("<>|=", text[1]) == NULL || text[1] == '\0' || text[2] == '\0'
      || text[3] == '\0' || text[4] != '\'')
    return refuse (error, "This .npy file holds values that are not plain numbers; float32 or float64 would do.");
  header->kind = text[2];
  header->size = text[3] - '0';
  header->swap = big != (G_BYTE_ORDER == G_BIG_ENDIAN);
  if ((header->kind == 'f' && (header->size == 2 || header->size == 4 || header->size == 8))
      || ((header->kind == 'i' || header->kind == 'u')
          && (header->size == 1 || header->size == 2 || header->size == 4 || header->size == 8))
      || (header->kind == 'b' && header->size == 1))
    return TRUE;
  if (!g_ascii_isalpha (text[2]) || !g_ascii_isdigit (text[3]))
    return refuse (error,
                   "The type of the values in the header of this .npy file cannot be read; the file is damaged.");
  return refuse (error,
                 "This .npy file holds values of type %.2s, which are not real numbers of at most 8 bytes; "
                 "float32 or float64 would do.",
                 text + 2);
}

static gboolean
parse_order (const char *text, Header *header, GError **error)
{
  header->fortran = text != NULL && strncmp (text, "True", 4) == 0;
  if (header->fortran || (text != NULL && strncmp (text, "False", 5) == 0))
    return TRUE;
  return refuse (error, "The header of this .npy file does not tell the order of its values; the file is damaged.");
}

/* (1, 6, 8): the last two are rows and columns; those before must be 1. */
static gboolean
parse_shape (const char *text, Header *header, gboolean one_dimension, GError **error)
{
  guint64 sides[32];
  int n = 0;

  if (text == NULL || *text != '(')
    return refuse (error, "The header of this .npy file has no shape; the file is damaged.");
  for (text++;;)
    {
      char *end = NULL;

      text += strspn (text, " ,");
      if (*text == ')')
        break;
      if (!g_ascii_isdigit (*text) || n == (int)G_N_ELEMENTS (sides))
        return refuse (error, "The shape in the header of this .npy file cannot be read; the file is damaged.");
      sides[n++] = g_ascii_strtoull (text, &end, 10);
      text = end;
    }
  if (n == 1 && one_dimension)
    {
      sides[1] = sides[0];
      sides[0] = 1;
      n = 2;
    }
  if (n < 2)
    return refuse (error, "This .npy file has %d dimensions; two are needed, rows and columns.", n);
  for (int i = 0; i < n - 2; i++)
    if (sides[i] != 1)
      return refuse (error, "This .npy file has %d dimensions; two are needed, rows and columns.", n);
  if (sides[n - 2] < 1 || sides[n - 1] < 1)
    return refuse (error, "This .npy file has no values.");
  if (sides[n - 2] > G_MAXINT || sides[n - 1] > G_MAXINT)
    return refuse (error,
                   "This .npy file says that it has %" G_GUINT64_FORMAT "×%" G_GUINT64_FORMAT
                   " values, which is more than can be opened.",
                   sides[n - 2], sides[n - 1]);
  header->height = (int)sides[n - 2];
  header->width = (int)sides[n - 1];
  return TRUE;
}

/* Checks the promised number of values against what is left of the file. */
static gboolean
check_length (EwReading *reading, const Header *header, GError **error)
{
  gint64 left = reading->size - (gint64)ftello (reading->stream);
  gint64 values = (gint64)header->height * header->width;

  if (values <= left / header->size)
    return TRUE;
  return refuse (error,
                 "The header of this .npy file promises %d×%d values, but the file holds only %" G_GINT64_FORMAT
                 "; it is truncated or damaged.",
                 header->height, header->width, left / header->size);
}

static gboolean
read_header (EwReading *reading, gboolean one_dimension, Header *header, GError **error)
{
  guint8 start[EW_NPY_MAGIC_LENGTH + 2];
  guint8 length_bytes[4] = { 0 };
  g_autofree char *text = NULL;
  guint32 length;

  if (fread (start, 1, sizeof start, reading->stream) != sizeof start
      || memcmp (start, EW_NPY_MAGIC, EW_NPY_MAGIC_LENGTH) != 0)
    return refuse (error, "This is not a .npy file.");
  if (start[6] < 1 || start[6] > 3)
    return refuse (error, "This .npy file is of format %d; 1 to 3 can be read.", start[6]);
  if (fread (length_bytes, 1, start[6] == 1 ? 2 : 4, reading->stream) != (start[6] == 1 ? 2 : 4))
    return refuse (error, "This .npy file ends within its header; it is truncated.");
  length = (guint32)length_bytes[0] | (guint32)length_bytes[1] << 8 | (guint32)length_bytes[2] << 16
           | (guint32)length_bytes[3] << 24;
  if (length > HEADER_MAX)
    return refuse (error, "The header of this .npy file is damaged.");
  text = g_malloc0 (length + 1);
  if (fread (text, 1, length, reading->stream) != length)
    return refuse (error, "This .npy file ends within its header; it is truncated.");
  return parse_type (find_value (text, "descr"), header, error)
         && parse_order (find_value (text, "fortran_order"), header, error)
         && parse_shape (find_value (text, "shape"), header, one_dimension, error)
         && check_length (reading, header, error);
}

static double
half_to_double (guint16 bits)
{
  int exponent = (bits >> 10) & 31;
  double fraction = bits & 1023;
  double value = exponent == 0    ? ldexp (fraction, -24)
                 : exponent == 31 ? (fraction == 0 ? INFINITY : NAN)
                                  : ldexp (1024 + fraction, exponent - 25);

  return bits & 0x8000 ? -value : value;
}

/* One value, whose bytes have been brought into the machine's order. */
static double
decode (const Header *header, const guint8 *bytes)
{
  guint64 raw = 0;
  double number;
  float single;

  switch (header->size)
    {
    case 1:
      raw = bytes[0];
      break;
    case 2:
      raw = *(const guint16 *)bytes;
      break;
    case 4:
      raw = *(const guint32 *)bytes;
      break;
    case 8:
    default:
      raw = *(const guint64 *)bytes;
      break;
    }
  if (header->kind == 'b')
    return raw != 0;
  if (header->kind == 'u')
    return (double)raw;
  if (header->kind == 'i')
    /* The sign is in the highest of the bytes that there are. */
    return (double)((gint64)(raw << (64 - 8 * header->size)) >> (64 - 8 * header->size));
  if (header->size == 2)
    return half_to_double ((guint16)raw);
  if (header->size == 4)
    {
      guint32 word = (guint32)raw;

      memcpy (&single, &word, sizeof single);
      return (double)single;
    }
  memcpy (&number, &raw, sizeof number);
  return number;
}

static void
swap_bytes (guint8 *bytes, int size, gsize n)
{
  for (gsize i = 0; i < n; i++)
    for (int b = 0; b < size / 2; b++)
      {
        guint8 *value = bytes + i * (gsize)size;
        guint8 byte = value[b];

        value[b] = value[size - 1 - b];
        value[size - 1 - b] = byte;
      }
}

typedef void (*StoreFunc) (gpointer to, int row, int column, double value);

/* Reads line after line as they lie in the file, rows or columns, and stores each value where it belongs. */
static gboolean
read_values (EwReading *reading, const Header *header, StoreFunc store_value, gpointer to, GError **error)
{
  int lines = header->fortran ? header->width : header->height;
  int length = header->fortran ? header->height : header->width;
  g_autofree guint64 *buffer = g_try_malloc ((gsize)length * (gsize)header->size + sizeof (guint64));
  guint8 *bytes = (guint8 *)buffer;

  if (buffer == NULL)
    return refuse (error, "There is not enough memory for a line of %d values.", length);
  for (int line = 0; line < lines; line++)
    {
      if (line % 64 == 0 && !ew_reading_step (reading, (double)line / lines, error))
        return FALSE;
      if (fread (bytes, (gsize)header->size, (gsize)length, reading->stream) != (gsize)length)
        return refuse (error, "This .npy file ends before its last value; it is truncated.");
      if (header->swap)
        swap_bytes (bytes, header->size, (gsize)length);
      for (int i = 0; i < length; i++)
        {
          double value = decode (header, bytes + (gsize)i * (gsize)header->size);

          store_value (to, header->fortran ? i : line, header->fortran ? line : i, value);
        }
    }
  return TRUE;
}

static void
store_in_grid (gpointer to, int row, int column, double value)
{
  ew_grid_row (to, row)[column] = (float)value;
}

static void
store_in_matrix (gpointer to, int row, int column, double value)
{
  EwMatrix *matrix = to;

  matrix->values[row * matrix->width + column] = value;
}

EwGrid *
ew_npy_read_grid (EwReading *reading, GError **error)
{
  g_autoptr (EwGrid) grid = NULL;
  Header header;

  if (!read_header (reading, FALSE, &header, error) || (grid = ew_grid_new (header.height, header.width, error)) == NULL
      || !read_values (reading, &header, store_in_grid, grid, error))
    return NULL;
  return g_steal_pointer (&grid);
}

gboolean
ew_npy_read_matrix (EwReading *reading, int side_max, EwMatrix *matrix, GError **error)
{
  Header header;

  if (!read_header (reading, TRUE, &header, error))
    return FALSE;
  if (header.height > side_max || header.width > side_max)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "This kernel is %d×%d; each side can be at most %d.",
                   header.height, header.width, side_max);
      return FALSE;
    }
  matrix->height = header.height;
  matrix->width = header.width;
  matrix->values = g_new (double, (gsize)header.height *(gsize)header.width);
  if (read_values (reading, &header, store_in_matrix, matrix, error))
    return TRUE;
  g_clear_pointer (&matrix->values, g_free);
  return FALSE;
}

/* The data begins on a multiple of 64 bytes, as NumPy has it. */
static void
write_header (FILE *stream, const char *type, int height, int width)
{
  g_autofree char *text
      = g_strdup_printf ("{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }", type, height, width);
  gsize length = (strlen (text) + 10 + 1 + 63) / 64 * 64 - 10;
  guint8 start[10] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (guint8)(length & 255), (guint8)(length >> 8) };

  fwrite (start, 1, sizeof start, stream);
  fprintf (stream, "%-*s\n", (int)length - 1, text);
}

void
ew_npy_write_grid (FILE *stream, const EwGrid *grid)
{
  write_header (stream, G_BYTE_ORDER == G_BIG_ENDIAN ? ">f4" : "<f4", grid->height, grid->width);
  for (int i = 0; i < grid->height; i++)
    fwrite (ew_grid_row (grid, i), sizeof (float), (gsize)grid->width, stream);
}

void
ew_npy_write_kernel (FILE *stream, const EwKernel *kernel)
{
  write_header (stream, G_BYTE_ORDER == G_BIG_ENDIAN ? ">f8" : "<f8", kernel->height, kernel->width);
  fwrite (kernel->taps, sizeof (double), (gsize)ew_kernel_n_taps (kernel), stream);
}
