/* EwArgument: one pass over the arguments. */
#include "app/cli/arguments.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const EwArgument *
find (const EwArgument *table, int n, const char *name, size_t length)
{
  for (int i = 0; i < n; i++)
    if (strlen (table[i].name) == length && strncmp (table[i].name, name, length) == 0)
      return &table[i];
  return NULL;
}

static gboolean
set_whole (const EwArgument *argument, const char *text, GError **error)
{
  char *end = NULL;

  errno = 0;

  gint64 value = g_ascii_strtoll (text, &end, 10);

  if (end == text || *end != '\0' || errno != 0 || value < argument->low || value > argument->high)
    {
      if (end != text && *end == '\0' && errno == ERANGE && value == G_MAXINT64 && argument->high == G_MAXINT64)
        g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "--%s %s: this is too large; %" G_GINT64_FORMAT " is the most.",
                     argument->name, text, argument->high);
      else if (argument->high == G_MAXINT64)
        g_set_error (error, EW_ERROR, EW_ERROR_USAGE,
                     "--%s %s: a whole number of at least %" G_GINT64_FORMAT " is needed.", argument->name, text,
                     argument->low);
      else
        g_set_error (error, EW_ERROR, EW_ERROR_USAGE,
                     "--%s %s: a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " is needed.",
                     argument->name, text, argument->low, argument->high);
      return FALSE;
    }
  *(gint64 *)argument->value = value;
  return TRUE;
}

static gboolean
set_number (const EwArgument *argument, const char *text, GError **error)
{
  char *end = NULL;
  double value = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !isfinite (value))
    {
      g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "--%s %s: a finite number is needed.", argument->name, text);
      return FALSE;
    }
  *(double *)argument->value = value;
  return TRUE;
}

static gboolean
set_value (const EwArgument *argument, const char *text, GError **error)
{
  if (argument->given != NULL)
    *argument->given = TRUE;
  switch (argument->kind)
    {
    case EW_ARGUMENT_WHOLE:
      return set_whole (argument, text, error);
    case EW_ARGUMENT_NUMBER:
      return set_number (argument, text, error);
    case EW_ARGUMENT_TEXT:
      *(const char **)argument->value = text;
      return TRUE;
    case EW_ARGUMENT_FLAG:
    default:
      *(gboolean *)argument->value = TRUE;
      return TRUE;
    }
}

/* An option begins with a dash; "-" alone is standard output, and "-1" is a number. */
static gboolean
is_option (const char *text)
{
  return text[0] == '-' && text[1] != '\0' && !g_ascii_isdigit (text[1]) && text[1] != '.';
}

/* Takes the option at *arguments and moves on past its value. */
static gboolean
take_option (char *const **arguments, const EwArgument *table, int n, GError **error)
{
  const char *option = **arguments;
  const char *name = option + strspn (option, "-");
  const char *equals = strchr (name, '=');
  size_t length = equals == NULL ? strlen (name) : (size_t)(equals - name);
  const EwArgument *argument = find (table, n, name, length);

  if (argument == NULL || (name - option == 1) != (length == 1))
    {
      g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "There is no option %.*s here; --help shows what there is.",
                   (int)(name - option + (ptrdiff_t)length), option);
      return FALSE;
    }
  if (argument->kind == EW_ARGUMENT_FLAG)
    {
      if (equals == NULL)
        return set_value (argument, NULL, error);
      g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "--%s takes no value.", argument->name);
      return FALSE;
    }
  if (equals != NULL)
    return set_value (argument, equals + 1, error);
  if ((*arguments)[1] == NULL)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "%s needs a value after it.", option);
      return FALSE;
    }
  (*arguments)++;
  return set_value (argument, **arguments, error);
}

gboolean
ew_arguments_parse (char *const *arguments, const EwArgument *table, int n, const char **operands, int max_operands,
                    int *n_operands, GError **error)
{
  gboolean options = TRUE;

  *n_operands = 0;
  for (; *arguments != NULL; arguments++)
    {
      if (options && strcmp (*arguments, "--") == 0)
        options = FALSE;
      else if (options && is_option (*arguments))
        {
          if (!take_option (&arguments, table, n, error))
            return FALSE;
        }
      else if (*n_operands == max_operands)
        {
          g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "There is one argument too many: %s.", *arguments);
          return FALSE;
        }
      else
        operands[(*n_operands)++] = *arguments;
    }
  return TRUE;
}

gboolean
ew_arguments_parse_size (const char *option, const char *text, int most, int *height, int *width, GError **error)
{
  char *end = NULL;
  gint64 rows = g_ascii_strtoll (text, &end, 10);
  gint64 columns = *end == 'x' && g_ascii_isdigit (end[1]) ? g_ascii_strtoll (end + 1, &end, 10) : 0;

  if (!g_ascii_isdigit (text[0]) || *end != '\0' || rows < 1 || columns < 1 || rows > most || columns > most)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "--%s %s: a size is HEIGHTxWIDTH, each 1 to %d, like 3x3.", option,
                   text, most);
      return FALSE;
    }
  *height = (int)rows;
  *width = (int)columns;
  return TRUE;
}

int
ew_arguments_parse_word (const char *option, const char *text, const char *const *words, GError **error)
{
  g_autofree char *all = NULL;

  for (int i = 0; words[i] != NULL; i++)
    if (strcmp (words[i], text) == 0)
      return i;
  all = g_strjoinv (", ", (char **)words);
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "--%s %s: there are %s.", option, text, all);
  return -1;
}
