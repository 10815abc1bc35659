/* How an epoch is written. */
#include "app/cli/learn-output.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A fixed number of decimals, and no minus before what rounds to zero. */
static void
print_fixed (double value, int decimals)
{
  char text[512];

  snprintf (text, sizeof text, "%.*f", decimals, value);
  if (text[0] == '-' && strspn (text, "-0.") == strlen (text))
    memmove (text, text + 1, strlen (text));
  fputs (text, stdout);
}

void
ew_learn_print_text (guint64 epoch, double loss, const double *params, int n_taps, gboolean has_bias)
{
  printf ("epoch %" G_GUINT64_FORMAT ", loss ", epoch);
  print_fixed (loss, 3);
  fputs (", weight [", stdout);
  for (int k = 0; k < n_taps; k++)
    {
      if (k > 0)
        fputs (", ", stdout);
      print_fixed (params[k], 4);
    }
  fputc (']', stdout);
  if (has_bias)
    {
      fputs (", bias ", stdout);
      print_fixed (params[n_taps], 4);
    }
  fputc ('\n', stdout);
}

/* The shortest of 15 to 17 digits that reads back as the same number. */
void
ew_learn_append_number (GString *text, double value, const char *not_finite)
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value))
    {
      g_string_append (text, not_finite);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (number, sizeof number, formats[i], value);
      if (g_ascii_strtod (number, NULL) == value)
        break;
    }
  g_string_append (text, number);
}

void
ew_learn_print_json (guint64 epoch, double loss, const double *params, int n_taps, gboolean has_bias)
{
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_append_printf (line, "{\"epoch\":%" G_GUINT64_FORMAT ",\"loss\":", epoch);
  ew_learn_append_number (line, loss, "null");
  g_string_append (line, ",\"weight\":[");
  for (int k = 0; k < n_taps; k++)
    {
      if (k > 0)
        g_string_append_c (line, ',');
      ew_learn_append_number (line, params[k], "null");
    }
  g_string_append (line, "],\"bias\":");
  ew_learn_append_number (line, has_bias ? params[n_taps] : NAN, "null");
  g_string_append (line, "}\n");
  fputs (line->str, stdout);
}

void
ew_learn_history_header (GString *csv, int n_taps)
{
  g_string_append (csv, "epoch,loss");
  for (int k = 0; k < n_taps; k++)
    g_string_append_printf (csv, ",w%d", k);
  g_string_append (csv, ",bias\n");
}

void
ew_learn_history_add (GString *csv, guint64 epoch, double loss, const double *params, int n_taps, gboolean has_bias)
{
  g_string_append_printf (csv, "%" G_GUINT64_FORMAT ",", epoch);
  ew_learn_append_number (csv, loss, "nan");
  for (int k = 0; k < n_taps; k++)
    {
      g_string_append_c (csv, ',');
      ew_learn_append_number (csv, params[k], "nan");
    }
  g_string_append_c (csv, ',');
  if (has_bias)
    ew_learn_append_number (csv, params[n_taps], "nan");
  g_string_append_c (csv, '\n');
}
