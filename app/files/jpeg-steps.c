/* The quantisation of a JPEG file: its segments up to the first scan. */
#include "app/files/jpeg-steps.h"

#include <stdio.h>
#include <string.h>

/* A header with pictures and profiles in it can be long; what is longer is not looked through. */
#define SEGMENTS_MAX 1000

#define TABLES 4

/* Where the coefficients of a table stand in a block. */
static const guint8 zigzag[EW_BLOCK_SIZE]
    = { 0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63 };

/* What was read so far; table[i] is there where its first number is not 0. */
typedef struct
{
  guint16 table[TABLES][EW_BLOCK_SIZE];
  int wanted; /* the first component's table, −1: not known yet */
} Header;

/* A segment with one table or more: a byte that says which and how wide, then 64 numbers. */
static gboolean
take_tables (Header *header, const guint8 *bytes, gsize length)
{
  while (length > 0)
    {
      gsize width = bytes[0] >> 4 == 0 ? 1 : 2;
      int number = bytes[0] & 15;

      if (bytes[0] >> 4 > 1 || number >= TABLES || length < 1 + width * EW_BLOCK_SIZE)
        return FALSE;
      bytes++;
      for (int k = 0; k < EW_BLOCK_SIZE; k++, bytes += width)
        header->table[number][zigzag[k]] = (guint16)(width == 1 ? bytes[0] : bytes[0] << 8 | bytes[1]);
      length -= 1 + width * EW_BLOCK_SIZE;
    }
  return TRUE;
}

/* Baseline, extended and progressive frames of 8 bits: precision, size, components of three bytes each. */
static gboolean
take_frame (Header *header, const guint8 *bytes, gsize length)
{
  if (length < 9 || bytes[0] != 8 || (bytes[5] != 1 && bytes[5] != 3) || bytes[8] >= TABLES)
    return FALSE;
  header->wanted = bytes[8];
  return TRUE;
}

/* The segment after a marker; FALSE where it is damaged or the last one before the pixels. */
static gboolean
take_segment (Header *header, FILE *stream, int marker)
{
  int high = getc (stream), low = getc (stream);
  gsize length = high == EOF || low == EOF ? 0 : (gsize)(high << 8 | low);
  guint8 bytes[65536];

  /* The scan. */
  if (length < 2 || marker == 0xda || fread (bytes, 1, length - 2, stream) != length - 2)
    return FALSE;
  if (marker == 0xdb)
    return take_tables (header, bytes, length - 2);
  if (marker == 0xc0 || marker == 0xc1 || marker == 0xc2)
    return take_frame (header, bytes, length - 2);
  return TRUE;
}

static void
read_segments (Header *header, FILE *stream)
{
  gboolean more = getc (stream) == 0xff && getc (stream) == 0xd8;

  for (int n = 0; more && n < SEGMENTS_MAX; n++)
    {
      int marker = getc (stream);

      if (marker != 0xff)
        return;
      while (marker == 0xff)
        marker = getc (stream);
      more = marker != EOF && take_segment (header, stream, marker);
    }
}

gboolean
ew_jpeg_steps_matter (const EwSteps *steps)
{
  double square = 0;

  /* A step's noise is its twelfth root, as that of bytes is 1/255's. */
  for (int k = 0; k < EW_BLOCK_SIZE; k++)
    square += steps->steps[k] * steps->steps[k] / 12;
  return square / EW_BLOCK_SIZE > 2 * EW_NOISE_OF_BYTES * EW_NOISE_OF_BYTES;
}

gboolean
ew_jpeg_steps_read (const char *path, EwSteps *steps)
{
  Header header = { .wanted = -1 };
  FILE *stream = g_file_test (path, G_FILE_TEST_IS_REGULAR) ? fopen (path, "rbe") : NULL;

  if (stream == NULL)
    return FALSE;
  read_segments (&header, stream);
  fclose (stream);
  if (header.wanted < 0)
    return FALSE;
  for (int k = 0; k < EW_BLOCK_SIZE; k++)
    {
      if (header.table[header.wanted][k] == 0)
        return FALSE;
      steps->steps[k] = header.table[header.wanted][k] / 255.0;
    }
  return TRUE;
}
