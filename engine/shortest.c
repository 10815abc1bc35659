/* Numbers as the shortest text that reads back as the same. */
#include "engine/shortest.h"

char *
ew_shortest (char *buffer, double value)
{
  for (int digits = 6; digits <= 17; digits++)
    {
      char format[8] = { '%', '.', (char)('0' + digits / 10), (char)('0' + digits % 10), 'g', '\0' };

      g_ascii_formatd (buffer, G_ASCII_DTOSTR_BUF_SIZE, format, value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }
  return buffer;
}
