/* .npy files, written byte by byte. */
#include "app/files/kernel-file.h"
#include "app/files/write.h"
#include "tests/files-fixtures.h"

#include <math.h>
#include <string.h>

/* A type of values: six of them as bits, and what they mean. 2 × 3 values in the order of rows. */
typedef struct
{
  const char *kind; /* without the byte order */
  int size;
  guint64 bits[6];
  double values[6];
} Type;

#define BIG_32 0x1.fffffep+127

static const Type types[] = {
  { "f2", 2, { 0x3c00, 0xc000, 0x0001, 0x7bff, 0xfc00, 0x3555 }, { 1, -2, 0x1p-24, 65504, -INFINITY, 0x1.554p-2 } },
  { "f4",
    4,
    { 0x3f800000, 0xc0200000, 1, 0x7f7fffff, 0x7f800000, 0x80000000 },
    { 1, -2.5, 0x1p-149, BIG_32, INFINITY, -0.0 } },
  { "f8",
    8,
    { 0x3ff0000000000000, 0xbfe0000000000000, 0x4059000000000000, 0x7ff0000000000000, 0x8000000000000000,
      0x41dfffffffc00000 },
    { 1, -0.5, 100, INFINITY, -0.0, 2147483647 } },
  { "i1", 1, { 0, 1, 0xff, 0x80, 0x7f, 0xd6 }, { 0, 1, -1, -128, 127, -42 } },
  { "i2", 2, { 0, 1, 0xffff, 0x8000, 0x7fff, 0x0102 }, { 0, 1, -1, -32768, 32767, 258 } },
  { "i4", 4, { 0, 1, 0xffffffff, 0x80000000, 0x01020304, 0xffff0000 }, { 0, 1, -1, -0x1p31, 0x1020304, -65536 } },
  { "i8",
    8,
    { 0, 1, 0xffffffffffffffff, 0x8000000000000000, 0x10000000000, 0xffffff0000000000 },
    { 0, 1, -1, -0x1p63, 0x1p40, -0x1p40 } },
  { "u1", 1, { 0, 1, 0xff, 0x80, 0x7f, 0xd6 }, { 0, 1, 255, 128, 127, 214 } },
  { "u2", 2, { 0, 1, 0xffff, 0x8000, 0x7fff, 0x0102 }, { 0, 1, 65535, 32768, 32767, 258 } },
  { "u4",
    4,
    { 0, 1, 0xffffff00, 0x80000000, 0x01020304, 0xffff0000 },
    { 0, 1, 0xffffff00, 0x1p31, 0x1020304, 0xffff0000 } },
  { "u8",
    8,
    { 0, 1, 0xffffff0000000000, 0x8000000000000000, 0x10000000000, 0x0102 },
    { 0, 1, 0xffffffp40, 0x1p63, 0x1p40, 258 } },
  { "b1", 1, { 0, 1, 1, 0, 0, 1 }, { 0, 1, 1, 0, 0, 1 } },
};

/* Magic, version, length and dictionary, padded as NumPy does. */
static GByteArray *
header_new (int format, const char *dictionary)
{
  GByteArray *bytes = g_byte_array_new ();
  gsize before = format == 1 ? 10 : 12;
  gsize length = (before + strlen (dictionary) + 1 + 63) / 64 * 64 - before;
  guint8 start[12] = { 0x93, 'N', 'U', 'M', 'P', 'Y', (guint8)format, 0, length & 255, length >> 8 & 255 };

  g_byte_array_append (bytes, start, (guint)before);
  g_byte_array_append (bytes, (const guint8 *)dictionary, (guint)strlen (dictionary));
  while (bytes->len < before + length - 1)
    g_byte_array_append (bytes, (const guint8 *)" ", 1);
  g_byte_array_append (bytes, (const guint8 *)"\n", 1);
  return bytes;
}

static void
append_bits (GByteArray *bytes, guint64 bits, int size, gboolean big)
{
  for (int b = 0; b < size; b++)
    {
      guint8 byte = (guint8)(bits >> 8 * (big ? size - 1 - b : b));

      g_byte_array_append (bytes, &byte, 1);
    }
}

/* @order: '<', '>', '=' or '|'. */
static GByteArray *
array_new (const Type *type, char order, gboolean fortran, int format, const char *shape)
{
  g_autofree char *dictionary = g_strdup_printf ("{'descr': '%c%s', 'fortran_order': %s, 'shape': %s, }", order,
                                                 type->kind, fortran ? "True" : "False", shape);
  GByteArray *bytes = header_new (format, dictionary);
  gboolean big = order == '>' || (order == '=' && G_BYTE_ORDER == G_BIG_ENDIAN);

  for (int k = 0; k < 6; k++)
    append_bits (bytes, type->bits[fortran ? k % 2 * 3 + k / 2 : k], type->size, big);
  return bytes;
}

static const char *
write_array (const GByteArray *bytes)
{
  return scratch_write ("array.npy", bytes->data, bytes->len);
}

/* Bit for bit, so that the sign of zero counts. */
static void
check_array (const GByteArray *bytes, const Type *type)
{
  g_autoptr (EwGrid) grid = read_plane (write_array (bytes));
  float expected[6];

  g_assert_cmpint (grid->height, ==, 2);
  g_assert_cmpint (grid->width, ==, 3);
  for (int k = 0; k < 6; k++)
    expected[k] = (float)type->values[k];
  for (int i = 0; i < 2; i++)
    g_assert_cmpmem (ew_grid_row (grid, i), 3 * sizeof (float), expected + (gsize)3 * i, 3 * sizeof (float));
}

static void
test_types (void)
{
  static const char *const shapes[] = { "(2, 3)", "(1, 2, 3)", "(1, 1, 1, 1, 2, 3,)", "(2,3)" };

  scratch_open ();
  for (guint t = 0; t < G_N_ELEMENTS (types); t++)
    for (const char *order = types[t].size == 1 ? "|" : "<>="; *order != '\0'; order++)
      for (int fortran = 0; fortran < 2; fortran++)
        for (int format = 1; format <= 3; format++)
          for (guint s = 0; s < G_N_ELEMENTS (shapes); s++)
            {
              g_autoptr (GByteArray) bytes = array_new (&types[t], *order, fortran, format, shapes[s]);

              check_array (bytes, &types[t]);
              if (g_test_failed ())
                g_error ("%c%s, fortran %d, format %d, %s", *order, types[t].kind, fortran, format, shapes[s]);
            }
  scratch_close ();
}

/* As a kernel nothing is rounded, and one dimension is a row. */
static void
test_kernels (void)
{
  static const Type type = { "f8",
                             8,
                             { 0x3fb999999999999a, 0xbff0000000000001, 1, 0x7fefffffffffffff, 0x8000000000000000, 0 },
                             { 0.1, -0x1.0000000000001p0, 0x1p-1074, 0x1.fffffffffffffp1023, -0.0, 0 } };
  static const char *const shapes[] = { "(2, 3)", "(1, 2, 3)", "(6,)" };

  scratch_open ();
  for (guint s = 0; s < G_N_ELEMENTS (shapes); s++)
    for (const char *order = "<>"; *order != '\0'; order++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (GByteArray) bytes = array_new (&type, *order, FALSE, 1, shapes[s]);
        g_autoptr (EwKernel) kernel = ew_kernel_read (write_array (bytes), &error);

        g_assert_no_error (error);
        g_assert_cmpint (kernel->height, ==, s < 2 ? 2 : 1);
        g_assert_cmpint (kernel->width, ==, s < 2 ? 3 : 6);
        g_assert_cmpfloat (kernel->bias, ==, 0);
        g_assert_cmpmem (kernel->taps, sizeof type.values, type.values, sizeof type.values);
      }
  scratch_close ();
}

/* --- hostile files */

static const struct
{
  const char *dictionary;
  const char *text;
} hostile[] = {
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3), }", "3×3" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000000000), }", "1000000000×1000000000" },
  { "{'descr': '<f8', 'fortran_order': False, 'shape': (2147483647, 2147483647), }", "2147483647×2147483647" },
  { "{'descr': '|u1', 'fortran_order': True, 'shape': (2147483647, 2147483647), }", "2147483647×2147483647" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "more than can be opened" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 4294967297), }", "more than can be opened" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999, 1), }", "more than can be opened" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551617, 3), }", "more than can be opened" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 3), }", "shape" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3), }", "shape" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (2.0, 3), }", "shape" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (0x2, 3), }", "shape" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3", "shape" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (", "shape" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': ", "shape" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape'", "shape" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': 6, }", "shape" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "0 dimensions" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }", "1 dimensions" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 3), }", "3 dimensions" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }", "no values" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0), }", "no values" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
    "1,1,1,1,2,3), }",
    "shape" },
  { "{'descr': '<f4', 'fortran_order': False, }", "shape" },
  { "{'fortran_order': False, 'shape': (2, 3), }", "values" },
  { "{'descr': '<f4', 'shape': (2, 3), }", "order" },
  { "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2, 3), }", "order" },
  { "{'descr': '<c8', 'fortran_order': False, 'shape': (1, 3), }", "c8" },
  { "{'descr': '<f3', 'fortran_order': False, 'shape': (2, 3), }", "f3" },
  { "{'descr': '<f0', 'fortran_order': False, 'shape': (2, 3), }", "f0" },
  { "{'descr': '<f:', 'fortran_order': False, 'shape': (2, 3), }", "type" },
  { "{'descr': '<\xff\xfe', 'fortran_order': False, 'shape': (2, 3), }", "type" },
  { "{'descr': '<\n4', 'fortran_order': False, 'shape': (2, 3), }", "type" },
  { "{'descr': '<f16', 'fortran_order': False, 'shape': (2, 3), }", "float32" },
  { "{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }", "float32" },
  { "{'descr': '<U1', 'fortran_order': False, 'shape': (2, 3), }", "U1" },
  { "{'descr': '|S5', 'fortran_order': False, 'shape': (2, 3), }", "S5" },
  { "{'descr': '<M8[s]', 'fortran_order': False, 'shape': (2, 3), }", "float32" },
  { "{'descr': [('r', '<f4')], 'fortran_order': False, 'shape': (2, 3), }", "float32" },
  { "{'descr': '', 'fortran_order': False, 'shape': (2, 3), }", "float32" },
  { "{'descr': '", "float32" },
  { "{'descr': '<", "float32" },
  { "{}", "float32" },
  { "", "float32" },
};

static void
test_hostile_headers (void)
{
  scratch_open ();
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autoptr (GByteArray) bytes = header_new (1, hostile[i].dictionary);

      for (int k = 0; k < 6; k++)
        append_bits (bytes, types[1].bits[k], 4, FALSE);
      check_refused (write_array (bytes), EW_ERROR_DATA, hostile[i].text);
    }
  scratch_close ();
}

static void
test_hostile_starts (void)
{
  static const guint8 longer[] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 0xff, 0xff, 0xff, 0xff, '{', '}' };
  static const guint8 shorter[] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 0xff, 0xff, '{', '}' };
  static const guint8 half[] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 3, 0, 0, 1 };
  guint8 other[] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 0, 0, 2, 0, '{', '}' };

  scratch_open ();
  check_refused (scratch_write ("array.npy", longer, sizeof longer), EW_ERROR_DATA, "header");
  check_refused (scratch_write ("array.npy", shorter, sizeof shorter), EW_ERROR_DATA, "truncated");
  check_refused (scratch_write ("array.npy", half, sizeof half), EW_ERROR_DATA, "truncated");
  for (int format = 0; format < 256; format++)
    {
      other[6] = (guint8)format;
      check_refused (scratch_write ("array.npy", other, sizeof other), EW_ERROR_DATA,
                     format == 1                  ? "float32"
                     : format == 2 || format == 3 ? "damaged"
                                                  : "format");
    }
  scratch_close ();
}

/* Every length but the whole one is refused, and so is the same as a kernel. */
static void
test_truncated (void)
{
  g_autoptr (GByteArray) bytes = array_new (&types[2], '<', FALSE, 1, "(2, 3)");

  scratch_open ();
  for (gsize length = 0; length < bytes->len; length++)
    {
      g_autoptr (GError) error = NULL;
      const char *path = scratch_write ("array.npy", bytes->data, length);

      g_assert_false (read_damaged (path));
      g_assert_null (ew_kernel_read (path, &error));
      check_sentence (error, path);
    }
  scratch_close ();
}

static void
test_damaged (void)
{
  int n_read = 0;

  scratch_open ();
  for (guint64 seed = 0; seed < 2000; seed++)
    {
      EwRandom random = seed;
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) bytes
          = array_new (&types[seed % G_N_ELEMENTS (types)], '>', seed % 2, 1 + (int)(seed % 3), "(1, 2, 3)");
      g_autoptr (EwKernel) kernel = NULL;

      damage (&random, bytes);
      n_read += read_damaged (write_array (bytes));
      kernel = ew_kernel_read (scratch ("array.npy"), &error);
      if (kernel == NULL)
        check_sentence (error, scratch ("array.npy"));
      if (g_test_failed ())
        g_error ("seed %" G_GUINT64_FORMAT, seed);
    }
  /* Otherwise this tries nothing but the first look at a file. */
  g_assert_cmpint (n_read, >, 200);
  g_assert_cmpint (n_read, <, 1800);
  scratch_close ();
}

void
add_npy_cases (void)
{
  g_test_add_func ("/files/npy/types", test_types);
  g_test_add_func ("/files/npy/kernels", test_kernels);
  g_test_add_func ("/files/npy/hostile-headers", test_hostile_headers);
  g_test_add_func ("/files/npy/hostile-starts", test_hostile_starts);
  g_test_add_func ("/files/npy/truncated", test_truncated);
  g_test_add_func ("/files/npy/damaged", test_damaged);
}
