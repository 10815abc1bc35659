/* How an epoch is written. */
#include "app/cli/learn-output.h"

#include "app/cli/channels.h"
#include "app/files/history-text.h"

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
ew_learn_print_text (int channel, guint64 epoch, double loss, const double *params, int n_taps, gboolean has_bias)
{
  if (channel >= 0)
    printf ("%s, ", ew_channel_names[channel]);
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

void
ew_learn_print_json (int channel, guint64 epoch, double loss, const double *params, int n_taps, gboolean has_bias)
{
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_append_c (line, '{');
  if (channel >= 0)
    g_string_append_printf (line, "\"channel\":\"%s\",", ew_channel_names[channel]);
  g_string_append_printf (line, "\"epoch\":%" G_GUINT64_FORMAT ",\"loss\":", epoch);
  ew_history_text_number (line, loss, "null");
  g_string_append (line, ",\"weight\":[");
  for (int k = 0; k < n_taps; k++)
    {
      if (k > 0)
        g_string_append_c (line, ',');
      ew_history_text_number (line, params[k], "null");
    }
  g_string_append (line, "],\"bias\":");
  ew_history_text_number (line, has_bias ? params[n_taps] : NAN, "null");
  g_string_append (line, "}\n");
  fputs (line->str, stdout);
}
