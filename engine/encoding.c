/* EwEncoding: decoding. */
#include "engine/encoding.h"

#include <math.h>

double
ew_encoding_decode (EwEncoding encoding, double value)
{
  double v = fabs (value);

  switch (encoding)
    {
    case EW_ENCODING_SRGB:
      return copysign (v <= 0.04045 ? v / 12.92 : pow ((v + 0.055) / 1.055, 2.4), value);
    case EW_ENCODING_GAMMA_22:
      return copysign (pow (v, 2.2), value);
    case EW_ENCODING_LINEAR:
    case EW_ENCODING_N:
    default:
      return value;
    }
}

EwGrid *
ew_encoding_decode_grid (EwEncoding encoding, EwGrid *grid, GError **error)
{
  EwGrid *decoded;

  if (encoding == EW_ENCODING_LINEAR)
    return ew_grid_ref (grid);
  decoded = ew_grid_new (grid->height, grid->width, error);
  for (int i = 0; decoded != NULL && i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      ew_grid_row (decoded, i)[j] = (float)ew_encoding_decode (encoding, (double)ew_grid_row (grid, i)[j]);
  return decoded;
}

const char *
ew_encoding_name (EwEncoding encoding)
{
  return encoding == EW_ENCODING_SRGB ? "sRGB" : encoding == EW_ENCODING_GAMMA_22 ? "gamma 2.2" : "linear";
}
