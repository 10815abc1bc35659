/* The smallest encoders of PNG and TIFF that the tests of images need: uncompressed, one strip. */
#pragma once

#include <glib.h>

/* Colour types of PNG. */
enum
{
  PNG_GREY = 0,
  PNG_RGB = 2,
  PNG_GREY_ALPHA = 4,
  PNG_RGB_ALPHA = 6,
};

/* @rows: height rows of samples as they lie in the file (16 bit: high byte first), @row_bytes each. */
GByteArray *png_new (int height, int width, int colour_type, int bits, const guint8 *rows, gsize row_bytes);

/**
 * TiffOptions:
 * @samples: a pixel; default 1
 * @bits: a sample; default 8
 * @sample_format: 1 unsigned (default), 2 signed, 3 floats
 * @photometric: 1 grey (default), 2 RGB, 5 CMYK
 * @orientation: 1 … 8; default none
 * @alpha: the last sample is transparency
 */
typedef struct
{
  int samples;
  int bits;
  int sample_format;
  int photometric;
  int orientation;
  gboolean alpha;
} TiffOptions;

/* @values: height × width pixels in the machine's byte order, without gaps. */
GByteArray *tiff_new (int height, int width, const TiffOptions *options, gconstpointer values);

/* Puts an EXIF segment with that orientation behind the start of a JPEG file. */
void jpeg_set_orientation (GByteArray *jpeg, int orientation);
