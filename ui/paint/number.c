/* Numbers as the textbook prints them. */
#include "ui/paint/number.h"

#include <math.h>
#include <string.h>

/* Below this relative difference two values are the same float32. */
#define SAME 1e-6

static const char *
name_of_nonfinite (double value)
{
  return isnan (value) ? "NaN" : value > 0 ? "∞" : EW_MINUS "∞";
}

/* Drops the zeros at the end of the fraction that ends at @end, and its point. */
static void
trim_zeros (char *text, char *end)
{
  char *last = end;

  if (memchr (text, '.', end - text) == NULL)
    return;
  while (last[-1] == '0')
    last--;
  if (last[-1] == '.')
    last--;
  memmove (last, end, strlen (end) + 1);
}

/* Copies ASCII @text with U+2212 for each '-', without the sign of a zero. */
static char *
typeset (char *buffer, const char *text)
{
  char *out = buffer;

  if (*text == '-' && strspn (text + 1, "0.") == strlen (text + 1))
    text++;
  for (; *text != '\0'; text++)
    if (*text == '-')
      out = g_stpcpy (out, EW_MINUS);
    else
      *out++ = *text;
  *out = '\0';
  return buffer;
}

char *
ew_number_fixed (char *buffer, double value, int decimals)
{
  char text[EW_NUMBER_SIZE - 8];

  if (!isfinite (value))
    return strcpy (buffer, name_of_nonfinite (value));
  if (fabs (value) >= 1e15)
    return ew_number_exponent (buffer, value, 3);

  char format[] = { '%', '.', '0' + CLAMP (decimals, 0, 9), 'f', '\0' };

  g_ascii_formatd (text, sizeof text, format, value);
  if (fabs (g_ascii_strtod (text, NULL) - value) <= SAME * fabs (value))
    trim_zeros (text, text + strlen (text));
  return typeset (buffer, text);
}

char *
ew_number_exponent (char *buffer, double value, int digits)
{
  char text[EW_NUMBER_SIZE - 8];
  char format[] = { '%', '.', '0' + CLAMP (digits - 1, 0, 9), 'e', '\0' };

  if (!isfinite (value))
    return strcpy (buffer, name_of_nonfinite (value));
  if (value == 0)
    return strcpy (buffer, "0");
  g_ascii_formatd (text, sizeof text, format, value);

  char *exponent = strchr (text, 'e');
  int power = (int)g_ascii_strtoll (exponent + 1, NULL, 10);
  gboolean exact = fabs (g_ascii_strtod (text, NULL) - value) <= SAME * fabs (value);

  g_snprintf (exponent, text + sizeof text - exponent, "e%d", power);
  if (exact)
    trim_zeros (text, exponent);
  return typeset (buffer, text);
}

/* The power of ten of the first of @digits digits, after rounding: 0.9996 to three digits is 1.00. */
static int
power_of (double value, int digits)
{
  char text[EW_NUMBER_SIZE];
  char format[] = { '%', '.', '0' + CLAMP (digits - 1, 0, 9), 'e', '\0' };

  g_ascii_formatd (text, sizeof text, format, value);
  return (int)g_ascii_strtoll (strchr (text, 'e') + 1, NULL, 10);
}

char *
ew_number_short (char *buffer, double value, int digits)
{
  if (!isfinite (value) || value == 0)
    return ew_number_fixed (buffer, value, 0);

  int power = power_of (value, digits);

  if (power < -3 || round (fabs (value)) >= 1e5)
    return ew_number_exponent (buffer, value, digits);
  return ew_number_fixed (buffer, value, CLAMP (digits - 1 - power, 0, 9));
}

char *
ew_number_tick (char *buffer, double value, double step)
{
  double snapped = round (value / step) * step;
  int decimals = 0;

  if (snapped == 0)
    return strcpy (buffer, "0");
  /* Neighbours are told apart; a step such as 2.5 has one digit more. */
  if (fabs (snapped) >= 1e6 || step >= 1e5 || step < 1e-5)
    return ew_number_exponent (buffer, snapped, MAX (3, (int)(floor (log10 (fabs (snapped))) - floor (log10 (step))) + 2));
  while (decimals < 9 && fabs (step * pow (10, decimals) - round (step * pow (10, decimals))) > 1e-6)
    decimals++;

  char text[EW_NUMBER_SIZE - 8];
  char format[] = { '%', '.', '0' + decimals, 'f', '\0' };

  g_ascii_formatd (text, sizeof text, format, snapped);
  return typeset (buffer, text);
}

char *
ew_number_count (char *buffer, double value)
{
  static const struct
  {
    double unit;
    const char *suffix;
  } units[] = { { 1e18, " E" }, { 1e15, " P" }, { 1e12, " T" }, { 1e9, " G" }, { 1e6, " M" }, { 1e3, " k" } };

  if (value >= 1e4)
    for (guint k = 0; k < G_N_ELEMENTS (units); k++)
      if (value >= units[k].unit)
        {
          ew_number_short (buffer, value / units[k].unit, 3);
          return strcat (buffer, units[k].suffix);
        }
  return ew_number_fixed (buffer, value, 0);
}

/* The text without spaces at its ends, in ASCII: '.' for ',', '-' for U+2212. NULL where that gives nothing that could
 * be a number. */
static char *
to_ascii (const char *text)
{
  g_autoptr (GString) ascii = g_string_new (NULL);
  g_autofree char *trimmed = g_strstrip (g_strdup (text));

  for (const char *p = trimmed; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == ',')
        c = '.';
      else if (c == 0x2212)
        c = '-';
      /* g_ascii_strtod would take "inf", "nan" and hexadecimal too. */
      if (c > 127 || strchr ("0123456789.-+eE/ ", (char)c) == NULL)
        return NULL;
      g_string_append_c (ascii, (char)c);
    }
  return g_strdup (ascii->str);
}

static gboolean
parse_plain (const char *text, double *value)
{
  char *end = NULL;

  while (*text == ' ')
    text++;
  if (*text == '\0')
    return FALSE;
  *value = g_ascii_strtod (text, &end);
  if (end == text)
    return FALSE;
  while (*end == ' ')
    end++;
  return *end == '\0' && isfinite (*value);
}

gboolean
ew_number_parse (const char *text, double *value)
{
  g_autofree char *ascii = g_utf8_validate (text, -1, NULL) ? to_ascii (text) : NULL;
  double divisor = 1;
  double result;

  if (ascii == NULL)
    return FALSE;

  char *slash = strchr (ascii, '/');

  if (slash != NULL)
    {
      *slash = '\0';
      if (!parse_plain (slash + 1, &divisor) || divisor == 0)
        return FALSE;
    }
  if (!parse_plain (ascii, &result) || !isfinite (result / divisor))
    return FALSE;
  *value = result / divisor;
  return TRUE;
}
