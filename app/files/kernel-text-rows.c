/* EwTextRows: numbers, rows, and the two ways in which they are laid out. */
#include "app/files/kernel-text-rows.h"

#include <math.h>
#include <string.h>

#define DEPTH_MAX 8
#define WORD_MAX  24

static gboolean
refuse_word (const char *word, gsize length, GError **error)
{
  const char *end = word + length;
  gboolean cut = g_utf8_strlen (word, (gssize)length) > WORD_MAX;
  g_autofree char *shown = NULL;

  if (cut)
    end = g_utf8_offset_to_pointer (word, WORD_MAX);
  shown = g_strdelimit (g_strndup (word, (gsize)(end - word)), "\t\n", ' ');
  g_set_error (error, EW_ERROR, EW_ERROR_DATA, "“%s%s” is not a number; a kernel is pasted as rows of numbers.", shown,
               cut ? "…" : "");
  return FALSE;
}

gboolean
ew_text_rows_read_number (EwTextRows *rows, const char *text, const char *ends, gboolean comma, const char **end,
                          GError **error)
{
  gsize length = strcspn (text, ends);
  g_autofree char *word = NULL;
  char *behind = NULL;
  double value;

  length = MIN (length, strcspn (text, " \t\n"));
  word = g_strndup (text, length);
  if (comma)
    g_strdelimit (word, ",", '.');
  value = g_ascii_strtod (word, &behind);
  if (behind != word && *behind == '/')
    /* By what is no number it is infinite, or stops at the word. */
    value /= g_ascii_strtod (behind + 1, &behind);
  if (behind == word || *behind != '\0' || !isfinite (value))
    return refuse_word (text, length, error);
  g_array_append_val (rows->values, value);
  rows->here++;
  *end = text + length;
  return TRUE;
}

gboolean
ew_text_rows_end_row (EwTextRows *rows, GError **error)
{
  if (rows->here == 0)
    return TRUE;
  if (rows->height > 0 && rows->here != rows->width)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_DATA,
                   "Row %d has %d value%s where the rows before it have %d; all must be of one length.",
                   rows->height + 1, rows->here, rows->here == 1 ? "" : "s", rows->width);
      return FALSE;
    }
  rows->width = rows->here;
  rows->height++;
  rows->here = 0;
  return TRUE;
}

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA, sentence);
  return FALSE;
}

/* --- brackets */

typedef struct
{
  EwTextRows *rows;
  int depth;             /* brackets that are open */
  int deepest;           /* where the values are; 0: not known yet */
  int opened[DEPTH_MAX]; /* brackets seen at each depth */
  gboolean after_comma;  /* a value must follow */
} Brackets;

static gboolean
open_bracket (Brackets *b, GError **error)
{
  if (b->rows->here > 0 || b->depth == DEPTH_MAX || (b->deepest > 0 && b->depth == b->deepest))
    return refuse (error, "The brackets are nested unevenly; [[1, 2], [3, 4]] would be a matrix.");
  b->opened[b->depth++]++;
  b->after_comma = FALSE;
  return TRUE;
}

static gboolean
close_bracket (Brackets *b, GError **error)
{
  b->depth--;
  b->after_comma = FALSE;
  return ew_text_rows_end_row (b->rows, error);
}

static gboolean
read_value (Brackets *b, const char **text, GError **error)
{
  if (b->deepest == 0)
    b->deepest = b->depth;
  if (b->depth != b->deepest)
    return refuse (error, "The brackets are nested unevenly; [[1, 2], [3, 4]] would be a matrix.");
  b->after_comma = FALSE;
  return ew_text_rows_read_number (b->rows, *text, ",;[]{}", FALSE, text, error);
}

/* One sign or value inside the brackets. */
static gboolean
read_inside (Brackets *b, const char **text, GError **error)
{
  switch (**text)
    {
    case '[':
    case '{':
      (*text)++;
      return open_bracket (b, error);
    case ']':
    case '}':
      (*text)++;
      return close_bracket (b, error);
    case ',':
      (*text)++;
      if (b->after_comma || (b->rows->here == 0 && (b->depth == b->deepest || b->deepest == 0)))
        return refuse (error, "A value is missing between two commas.");
      b->after_comma = TRUE;
      return TRUE;
    case ';':
    case '\n':
      /* Within a row of nested brackets a line may be broken anywhere. */
      if (**text == ';' && b->after_comma)
        return refuse (error, "A value is missing between two separators.");
      if (**text == ';' || (b->depth == 1 && b->deepest == 1 && !b->after_comma))
        {
          (*text)++;
          return ew_text_rows_end_row (b->rows, error);
        }
      (*text)++;
      return TRUE;
    case ' ':
    case '\t':
      (*text)++;
      return TRUE;
    default:
      return read_value (b, text, error);
    }
}

/* A name and an opening parenthesis, or "name =", with C's types and sizes; and perhaps "1/9 *" at its end, which is
 * put into *factor. */
static gboolean
read_prefix (const char *text, gsize length, double *factor, GError **error)
{
  g_autofree char *prefix = g_strchomp (g_strndup (text, length));
  char *sign = strrchr (prefix, '=');
  char *start = g_strchug (sign == NULL ? prefix : sign + 1);
  gsize end = strlen (start);

  if (end > 1 && start[end - 1] == '*' && (g_ascii_isdigit (start[0]) || strchr ("-.", start[0]) != NULL))
    {
      EwTextRows alone = { .values = g_array_new (FALSE, FALSE, sizeof (double)) };
      const char *behind = NULL;
      gboolean ok;

      start[end - 1] = '\0';
      ok = ew_text_rows_read_number (&alone, g_strchomp (start), "", FALSE, &behind, error)
           && (*behind == '\0' || refuse_word (start, strlen (start), error));
      if (ok)
        *factor = g_array_index (alone.values, double, 0);
      g_array_unref (alone.values);
      return ok;
    }
  for (const char *c = start; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("._ \t\n(:<>&*[]", *c) == NULL)
      return refuse_word (start, strlen (start), error);
  return TRUE;
}

/* ")" and ";", ", dtype=float32)", or "/ 16": what may follow. */
static gboolean
read_suffix (const char *text, double *factor, GError **error)
{
  text += strspn (text, ") \t\n");
  if (*text == ',')
    text += strlen (text);
  if (*text == '.' && (text[1] == '/' || text[1] == '*'))
    text++;
  if (*text == '/' || *text == '*')
    {
      char *end = NULL;
      double number = g_ascii_strtod (text + 1, &end);

      if (end == text + 1 || number == 0)
        return refuse_word (text, strlen (text), error);
      *factor = *text == '/' ? *factor / number : *factor * number;
      text = end;
    }
  text += strspn (text, "); \t\n");
  return *text == '\0' || refuse_word (text, strlen (text), error);
}

gboolean
ew_text_rows_read_brackets (EwTextRows *rows, const char *text, GError **error)
{
  /* In C sizes stand in brackets before the braces. */
  gsize before = strchr (text, '{') != NULL ? strcspn (text, "{") : strcspn (text, "[");
  Brackets b = { .rows = rows };
  double factor = 1;

  if (!read_prefix (text, before, &factor, error))
    return FALSE;
  text += before;
  do
    if (!read_inside (&b, &text, error))
      return FALSE;
  while (b.depth > 0 && *text != '\0');
  if (b.depth > 0)
    return refuse (error, "A bracket is not closed; part of the matrix seems to be missing.");
  for (int d = 0; d + 1 < b.deepest; d++)
    if (b.opened[d] > 1)
      return refuse (error, "There is more than one matrix here; a kernel is one.");
  if (strpbrk (text, "[{") != NULL)
    return refuse (error, "There is more than one matrix here; a kernel is one.");
  if (!read_suffix (text, &factor, error))
    return FALSE;
  for (guint i = 0; i < rows->values->len; i++)
    g_array_index (rows->values, double, i) *= factor;
  return TRUE;
}

/* --- lines */

/* Between semicolons stand whole rows where one of them has several values. */
static gboolean
semicolons_end_rows (const char *text)
{
  g_autofree char *trimmed = g_strchomp (g_strdup (text));
  g_auto (GStrv) parts = g_strsplit (trimmed, ";", -1);
  gboolean several = FALSE;

  if (strchr (trimmed, '\n') != NULL)
    return FALSE;
  for (int i = 0; parts[i] != NULL; i++)
    {
      const char *part = g_strstrip (parts[i]);

      several |= strpbrk (part, " \t,") != NULL;
    }
  return several;
}

static char
find_separator (const char *text)
{
  if (strchr (text, '\t') != NULL)
    return '\t';
  if (strchr (text, ';') != NULL)
    return ';';
  return strchr (text, ',') != NULL ? ',' : ' ';
}

static gboolean
read_line (EwTextRows *rows, const char *line, char separator, GError **error)
{
  const char ends[] = { separator, '\0' };
  gboolean comma = separator == '\t' || separator == ';';

  for (line += strspn (line, separator == '\t' ? " " : " \t"); *line != '\0';)
    {
      if (*line == separator)
        return refuse (error, "A value is missing between two separators.");
      if (!ew_text_rows_read_number (rows, line, ends, comma, &line, error))
        return FALSE;
      line += strspn (line, separator == '\t' ? " " : " \t");
      if (separator == ' ' || *line == '\0')
        continue;
      if (*line != separator)
        return refuse_word (line, strlen (line), error);
      line += 1 + strspn (line + 1, separator == '\t' ? " " : " \t");
      if (*line == '\0')
        return refuse (error, "A row ends with a separator; a value is missing there.");
    }
  return ew_text_rows_end_row (rows, error);
}

gboolean
ew_text_rows_read_lines (EwTextRows *rows, const char *text, GError **error)
{
  gboolean by_semicolon = strchr (text, ';') != NULL && strchr (text, '\t') == NULL && semicolons_end_rows (text);
  char separator = by_semicolon ? (strchr (text, ',') != NULL ? ',' : ' ') : find_separator (text);
  g_auto (GStrv) lines = g_strsplit (text, by_semicolon ? ";" : "\n", -1);

  for (int i = 0; lines[i] != NULL; i++)
    if (!read_line (rows, g_strchomp (lines[i]), separator, error))
      return FALSE;
  return TRUE;
}
