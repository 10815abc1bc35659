/* The lines of a run's CSV. */
#include "app/files/history-text.h"

#include <math.h>

/* The shortest of 15 to 17 digits that reads back as the same number. */
void
ew_history_text_number (GString *text, double value, const char *not_finite)
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
ew_history_text_header (GString *csv, int n_taps)
{
  g_string_append (csv, "epoch,loss");
  for (int k = 0; k < n_taps; k++)
    g_string_append_printf (csv, ",w%d", k);
  g_string_append (csv, ",bias\n");
}

void
ew_history_text_add (GString *csv, guint64 epoch, double loss, const double *params, int n_taps, gboolean has_bias)
{
  g_string_append_printf (csv, "%" G_GUINT64_FORMAT ",", epoch);
  ew_history_text_number (csv, loss, "nan");
  for (int k = 0; k < n_taps; k++)
    {
      g_string_append_c (csv, ',');
      ew_history_text_number (csv, params[k], "nan");
    }
  g_string_append_c (csv, ',');
  if (has_bias)
    ew_history_text_number (csv, params[n_taps], "nan");
  g_string_append_c (csv, '\n');
}
