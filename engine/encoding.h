/* EwEncoding: how a file's values stand for light, and back. */
#pragma once

#include "engine/grid.h"

G_BEGIN_DECLS

/**
 * EwCurve:
 * @EW_CURVE_LINEAR: as they are
 * @EW_CURVE_SRGB: IEC 61966-2-1: v/12.92 up to 0.04045, ((v + 0.055)/1.055)^2.4 above
 * @EW_CURVE_GAMMA: v^gamma
 *
 * Odd functions: what is below 0 is decoded as its magnitude and stays below.
 */
typedef enum
{
  EW_CURVE_LINEAR,
  EW_CURVE_SRGB,
  EW_CURVE_GAMMA,
} EwCurve;

/* What decodes a file's values; all zeros is linear. @gamma: of a CURVE_GAMMA, > 0; else 0. */
typedef struct
{
  EwCurve curve;
  double gamma;
} EwEncoding;

static inline EwEncoding
ew_encoding_gamma (double gamma)
{
  return (EwEncoding){ EW_CURVE_GAMMA, gamma };
}

static inline gboolean
ew_encoding_is_linear (EwEncoding encoding)
{
  return encoding.curve == EW_CURVE_LINEAR;
}

/* The value's light. */
double ew_encoding_decode (EwEncoding encoding, double value);

/* A new grid of decoded values, transfer full; only a reference for LINEAR. EW_ERROR_TOO_LARGE. */
EwGrid *ew_encoding_decode_grid (EwEncoding encoding, EwGrid *grid, GError **error);

/* "linear", "sRGB", "gamma 2.2", with a point in every locale; transfer full. */
char *ew_encoding_say (EwEncoding encoding);

G_END_DECLS
