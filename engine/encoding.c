/* EwEncoding: decoding. */
#include "engine/encoding.h"

#include <math.h>

double
ew_encoding_decode (EwEncoding encoding, double value)
{
  double v = fabs (value);

  switch (encoding.curve)
    {
    case EW_CURVE_SRGB:
      return copysign (v <= 0.04045 ? v / 12.92 : pow ((v + 0.055) / 1.055, 2.4), value);
    case EW_CURVE_GAMMA:
      return copysign (pow (v, encoding.gamma), value);
    case EW_CURVE_LINEAR:
    default:
      return value;
    }
}

EwGrid *
ew_encoding_decode_grid (EwEncoding encoding, EwGrid *grid, GError **error)
{
  EwGrid *decoded;

  if (ew_encoding_is_linear (encoding))
    return ew_grid_ref (grid);
  decoded = ew_grid_new (grid->height, grid->width, error);
  for (int i = 0; decoded != NULL && i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      ew_grid_row (decoded, i)[j] = (float)ew_encoding_decode (encoding, (double)ew_grid_row (grid, i)[j]);
  return decoded;
}

char *
ew_encoding_say (EwEncoding encoding)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (encoding.curve != EW_CURVE_GAMMA)
    return g_strdup (encoding.curve == EW_CURVE_SRGB ? "sRGB" : "linear");
  g_ascii_formatd (number, sizeof number, "%.3g", encoding.gamma);
  return g_strconcat ("gamma ", number, NULL);
}
