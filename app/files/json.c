/* Pieces of JSON for reports. */
#include "app/files/json.h"

#include "app/files/history-text.h"

#include <math.h>

void
ew_json_name (GString *json, const char *name)
{
  if (json->len > 0 && json->str[json->len - 1] != '{')
    g_string_append_c (json, ',');
  g_string_append_printf (json, "\"%s\":", name);
}

void
ew_json_number (GString *json, const char *name, double value)
{
  ew_json_name (json, name);
  ew_history_text_number (json, value, "null");
}

/* With a backslash before quotes and backslashes; names of files may have control characters and wrong bytes. */
static char *
escaped_text (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *escaped = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at++)
    {
      if (*at == '"' || *at == '\\')
        g_string_append_c (escaped, '\\');
      if ((guchar)*at < ' ')
        g_string_append_printf (escaped, "\\u%04x", *at);
      else
        g_string_append_c (escaped, *at);
    }
  return g_string_free (escaped, FALSE);
}

void
ew_json_text (GString *json, const char *name, const char *text)
{
  g_autofree char *escaped = escaped_text (text);

  ew_json_name (json, name);
  g_string_append_printf (json, "\"%s\"", escaped);
}

void
ew_json_truth (GString *json, const char *name, gboolean value)
{
  ew_json_name (json, name);
  g_string_append (json, value ? "true" : "false");
}

void
ew_json_matrix (GString *json, const char *name, const double *values, int height, int width)
{
  ew_json_name (json, name);
  g_string_append_c (json, '[');
  for (int a = 0; a < height; a++)
    {
      g_string_append (json, a == 0 ? "[" : ",[");
      for (int c = 0; c < width; c++)
        {
          if (c > 0)
            g_string_append_c (json, ',');
          ew_history_text_number (json, values[a * width + c], "null");
        }
      g_string_append_c (json, ']');
    }
  g_string_append_c (json, ']');
}

void
ew_json_quality (GString *json, gint64 n, double variation, double loss)
{
  ew_json_number (json, "squared_loss", loss);
  ew_json_number (json, "r_squared", variation > 0 ? 1 - loss / variation : NAN);
  ew_json_number (json, "psnr", loss > 0 ? 10 * log10 ((double)n / loss) : INFINITY);
}
