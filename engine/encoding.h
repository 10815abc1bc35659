/* EwEncoding: how a file's values stand for light, and back. */
#pragma once

#include "engine/grid.h"

G_BEGIN_DECLS

/**
 * EwEncoding:
 * @EW_ENCODING_LINEAR: as they are
 * @EW_ENCODING_SRGB: IEC 61966-2-1: v/12.92 up to 0.04045, ((v + 0.055)/1.055)^2.4 above
 * @EW_ENCODING_GAMMA_22: v^2.2
 *
 * Odd functions: what is below 0 is decoded as its magnitude and stays below.
 */
typedef enum
{
  EW_ENCODING_LINEAR,
  EW_ENCODING_SRGB,
  EW_ENCODING_GAMMA_22,
  EW_ENCODING_N,
} EwEncoding;

/* The value's light. */
double ew_encoding_decode (EwEncoding encoding, double value);

/* A new grid of decoded values, transfer full; only a reference for LINEAR. EW_ERROR_TOO_LARGE. */
EwGrid *ew_encoding_decode_grid (EwEncoding encoding, EwGrid *grid, GError **error);

/* "linear", "sRGB", "gamma 2.2" */
const char *ew_encoding_name (EwEncoding encoding);

G_END_DECLS
