/* The smallest encoders of PNG and TIFF. */
#include "tests/image-encoders.h"

#include <string.h>

static void
append_32 (GByteArray *bytes, guint32 value)
{
  guint32 big = GUINT32_TO_BE (value);

  g_byte_array_append (bytes, (const guint8 *)&big, 4);
}

static guint32
crc_32 (const guint8 *bytes, gsize n)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < n; i++)
    {
      crc ^= bytes[i];
      for (int bit = 0; bit < 8; bit++)
        crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
  return ~crc;
}

static void
append_chunk (GByteArray *png, const char *type, const GByteArray *content)
{
  guint start;

  append_32 (png, content->len);
  start = png->len;
  g_byte_array_append (png, (const guint8 *)type, 4);
  g_byte_array_append (png, content->data, content->len);
  append_32 (png, crc_32 (png->data + start, png->len - start));
}

/* A zlib stream of stored blocks. */
static GByteArray *
stored (const GByteArray *content)
{
  static const guint8 start[2] = { 0x78, 0x01 };
  GByteArray *stream = g_byte_array_new ();
  guint32 a = 1, b = 0;

  g_byte_array_append (stream, start, sizeof start);
  for (guint at = 0; at < content->len; at += 65535)
    {
      guint n = MIN (content->len - at, 65535);
      guint8 block[5] = { at + n == content->len, n & 255, (guint8)(n >> 8), ~n & 255, (guint8)(~n >> 8) };

      g_byte_array_append (stream, block, sizeof block);
      g_byte_array_append (stream, content->data + at, n);
    }
  for (guint i = 0; i < content->len; i++)
    {
      a = (a + content->data[i]) % 65521;
      b = (b + a) % 65521;
    }
  append_32 (stream, b << 16 | a);
  return stream;
}

GByteArray *
png_new (int height, int width, int colour_type, int bits, const guint8 *rows, gsize row_bytes)
{
  const guint8 rest[5] = { (guint8)bits, (guint8)colour_type, 0, 0, 0 };
  GByteArray *png = g_byte_array_new ();
  g_autoptr (GByteArray) header = g_byte_array_new ();
  g_autoptr (GByteArray) filtered = g_byte_array_new ();
  g_autoptr (GByteArray) nothing = g_byte_array_new ();
  g_autoptr (GByteArray) stream = NULL;

  append_32 (header, (guint32)width);
  append_32 (header, (guint32)height);
  g_byte_array_append (header, rest, sizeof rest);
  for (int i = 0; i < height; i++)
    {
      g_byte_array_append (filtered, (const guint8 *)"", 1);
      g_byte_array_append (filtered, rows + (gsize)i * row_bytes, (guint)row_bytes);
    }
  stream = stored (filtered);
  g_byte_array_append (png, (const guint8 *)"\x89PNG\r\n\x1a\n", 8);
  append_chunk (png, "IHDR", header);
  append_chunk (png, "IDAT", stream);
  append_chunk (png, "IEND", nothing);
  return png;
}

/* --- TIFF, in the machine's byte order */

/* Where the pixels begin: behind the header, 12 entries and 4 numbers of bits. */
#define TIFF_PIXELS 168

static void
append_16 (GByteArray *bytes, guint16 value)
{
  g_byte_array_append (bytes, (const guint8 *)&value, 2);
}

/* Type 3, of 16 bits, or 4, of 32. */
static void
append_entry (GByteArray *tiff, guint16 tag, guint16 type, guint32 count, guint32 value)
{
  append_16 (tiff, tag);
  append_16 (tiff, type);
  g_byte_array_append (tiff, (const guint8 *)&count, 4);
  if (type == 3 && count == 1)
    {
      append_16 (tiff, (guint16)value);
      append_16 (tiff, 0);
    }
  else
    g_byte_array_append (tiff, (const guint8 *)&value, 4);
}

GByteArray *
tiff_new (int height, int width, const TiffOptions *o, gconstpointer values)
{
  guint16 samples = (guint16)MAX (o->samples, 1);
  guint16 bits = (guint16)(o->bits == 0 ? 8 : o->bits);
  guint32 length = (guint32)height * (guint32)width * samples * bits / 8;
  GByteArray *tiff = g_byte_array_new ();
  const guint32 first = 8, none = 0;

  g_byte_array_append (tiff, (const guint8 *)(G_BYTE_ORDER == G_BIG_ENDIAN ? "MM" : "II"), 2);
  append_16 (tiff, 42);
  g_byte_array_append (tiff, (const guint8 *)&first, 4);
  append_16 (tiff, (guint16)(o->alpha ? 12 : 11));
  append_entry (tiff, 256, 4, 1, (guint32)width);
  append_entry (tiff, 257, 4, 1, (guint32)height);
  /* Up to two numbers of 16 bits lie in the entry itself. */
  append_entry (tiff, 258, 3, samples, samples == 1 ? bits : samples == 2 ? bits * 0x10001u : TIFF_PIXELS - 8);
  append_entry (tiff, 259, 3, 1, 1);
  append_entry (tiff, 262, 3, 1, (guint32)(o->photometric == 0 ? 1 : o->photometric));
  append_entry (tiff, 273, 4, 1, TIFF_PIXELS);
  append_entry (tiff, 274, 3, 1, (guint32)MAX (o->orientation, 1));
  append_entry (tiff, 277, 3, 1, samples);
  append_entry (tiff, 278, 4, 1, (guint32)height);
  append_entry (tiff, 279, 4, 1, length);
  if (o->alpha)
    append_entry (tiff, 338, 3, 1, 2);
  append_entry (tiff, 339, 3, 1, (guint32)MAX (o->sample_format, 1));
  g_byte_array_append (tiff, (const guint8 *)&none, 4);
  while (tiff->len < TIFF_PIXELS - 8)
    g_byte_array_append (tiff, (const guint8 *)"", 1);
  for (int i = 0; i < 4; i++)
    append_16 (tiff, bits);
  g_byte_array_append (tiff, values, length);
  return tiff;
}

void
jpeg_set_orientation (GByteArray *jpeg, int orientation)
{
  guint8 segment[] = { 0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
                       0,    1,    1, 18, 0,   3,   0,   0,   0, 1, 0,   0,   0, 0,  0, 0, 0, 0 };
  g_autoptr (GByteArray) rest = g_byte_array_new ();

  g_byte_array_append (rest, jpeg->data + 2, jpeg->len - 2);
  segment[29] = (guint8)orientation;
  g_byte_array_set_size (jpeg, 2);
  g_byte_array_append (jpeg, segment, sizeof segment);
  g_byte_array_append (jpeg, rest->data, rest->len);
}
