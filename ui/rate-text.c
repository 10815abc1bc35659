/* The learning rate as people read and type it. */
#include "ui/rate-text.h"

#include <glib/gi18n.h>
#include <math.h>

char *
ew_rate_format (char *text, double rate)
{
  text[0] = '\0';
  if (!isnan (rate) && rate > 0)
    g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, "%.4g", rate);
  return text;
}

gboolean
ew_rate_parse (const char *text, double *rate)
{
  g_autofree char *plain = g_strdelimit (g_strstrip (g_strdup (text)), ",", '.');
  char *end = NULL;
  double value = g_ascii_strtod (plain, &end);

  if (end == plain || *end != '\0' || !isfinite (value) || !(value > 0))
    return FALSE;
  *rate = value;
  return TRUE;
}

char *
ew_rate_describe (double rate, double limit)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (limit))
    return g_strdup ("");
  if (isinf (limit))
    return g_strdup (_ ("any rate is stable"));
  g_ascii_formatd (number, sizeof number, "%.3g", limit);
  if (rate > limit)
    return g_strdup_printf (_ ("above the limit %s: it will diverge"), number);
  return g_strdup_printf (_ ("stable below %s"), number);
}
