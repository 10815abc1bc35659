/* Damaged images: a picture or a sentence, and nothing on standard error. */
#include "app/files/write.h"
#include "tests/files-fixtures.h"
#include "tests/image-encoders.h"

#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/* Sanitizers tell of every size that they refuse. */
#define SANITIZED
#endif

#define HEIGHT 20
#define WIDTH  24

enum
{
  PNG_8,
  PNG_16,
  TIFF_RGB,
  TIFF_FLOAT,
  TIFF_TURNED,
  JPEG,
  N_KINDS,
};

static GByteArray *
jpeg_new (const guint8 *values)
{
  g_autoptr (EwGrid) grid = ew_grid_new (HEIGHT, WIDTH, NULL);
  g_autofree char *content = NULL;
  gsize length;

  for (int i = 0; i < HEIGHT; i++)
    for (int j = 0; j < WIDTH; j++)
      ew_grid_row (grid, i)[j] = (float)(values[i * WIDTH + j] / 255.0);
  g_assert_true (ew_grid_write (scratch ("made.jpg"), grid, NULL, NULL));
  g_assert_true (g_file_get_contents (scratch ("made.jpg"), &content, &length, NULL));
  return g_byte_array_append (g_byte_array_new (), (const guint8 *)content, (guint)length);
}

static GByteArray *
image_new (int kind)
{
  EwRandom random = 9;
  guint8 values[HEIGHT * WIDTH * 4];

  /* Small floats, so that none is taken for anything special. */
  for (gsize i = 0; i < sizeof values; i++)
    values[i] = (guint8)(ew_random_next (&random) & 63);
  switch (kind)
    {
    case PNG_8:
      return png_new (HEIGHT, WIDTH, PNG_RGB_ALPHA, 8, values, WIDTH * 4);
    case PNG_16:
      return png_new (HEIGHT, WIDTH, PNG_GREY, 16, values, WIDTH * 2);
    case TIFF_RGB:
      return tiff_new (HEIGHT, WIDTH, &(TiffOptions){ .samples = 3, .photometric = 2 }, values);
    case TIFF_FLOAT:
      return tiff_new (HEIGHT, WIDTH, &(TiffOptions){ .bits = 32, .sample_format = 3 }, values);
    case TIFF_TURNED:
      return tiff_new (HEIGHT, WIDTH, &(TiffOptions){ .orientation = 6 }, values);
    case JPEG:
    default:
      return jpeg_new (values);
    }
}

/* GLib's tests die of any warning, before the program's handler sees it; the program does not. */
static void
allow_warnings (void)
{
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
}

/* Whatever the length, no picture that is partly made up. */
static void
truncate_all (void)
{
  allow_warnings ();
  scratch_open ();
  for (int kind = 0; kind < N_KINDS; kind++)
    {
      g_autoptr (GByteArray) bytes = image_new (kind);
      guint step = MAX (bytes->len / 300, 1);

      g_assert_true (read_damaged (scratch_write ("image", bytes->data, bytes->len)));
      for (guint length = 0; length < bytes->len; length += step)
        {
          gboolean read = read_damaged (scratch_write ("image", bytes->data, length));

          /* What follows the last pixel may be missing: a PNG's checksums and its end, a JPEG's end. */
          g_assert_true (!read || length + 20 >= bytes->len);
          if (g_test_failed ())
            g_error ("kind %d, %u of %u bytes", kind, length, bytes->len);
        }
    }
  scratch_close ();
}

static void
damage_all (void)
{
  int n_read = 0;

  allow_warnings ();
  scratch_open ();
  for (int kind = 0; kind < N_KINDS; kind++)
    {
      g_autoptr (GByteArray) whole = image_new (kind);

      for (guint64 seed = 0; seed < 200; seed++)
        {
          EwRandom random = seed;
          g_autoptr (GByteArray) bytes = g_byte_array_append (g_byte_array_new (), whole->data, whole->len);
          /* Half of them at the beginning, where the sizes are. */
          g_autoptr (GByteArray) start = g_byte_array_new ();
          guint n = seed % 2 ? bytes->len : 170;

          g_byte_array_append (start, bytes->data, n);
          g_byte_array_remove_range (bytes, 0, n);
          damage (&random, start);
          g_byte_array_append (start, bytes->data, bytes->len);
          n_read += read_damaged (scratch_write ("image", start->data, start->len));
          if (g_test_failed ())
            g_error ("kind %d, seed %" G_GUINT64_FORMAT, kind, seed);
        }
    }
  g_assert_cmpint (n_read, >, 20);
  scratch_close ();
}

/* Sizes that no memory holds, in files of a few bytes. */
static void
lie (void)
{
  guint8 values[HEIGHT * WIDTH * 4] = { 0 };

  allow_warnings ();
  scratch_open ();
  for (int tiff = 0; tiff < 2; tiff++)
    for (int k = 0; k < 3; k++)
      {
        static const guint32 sides[3] = { 0x7fffffff, 1000000, 0 };
        g_autoptr (GByteArray) bytes = tiff ? tiff_new (HEIGHT, WIDTH, &(TiffOptions){ .bits = 8 }, values)
                                            : png_new (HEIGHT, WIDTH, PNG_GREY, 8, values, WIDTH);
        guint32 side = tiff ? sides[k] : GUINT32_TO_BE (sides[k]);

        /* Width and height: the first two entries of a TIFF, the first two numbers of a PNG. */
        memcpy (bytes->data + (tiff ? 18 : 16), &side, 4);
        memcpy (bytes->data + (tiff ? 30 : 20), &side, 4);
        g_assert_false (read_damaged (scratch_write ("image", bytes->data, bytes->len)));
      }
  scratch_close ();
}

/* In a process of its own, whose standard error must stay empty. */
static void
run_silently (gconstpointer name)
{
  if (!need_images ())
    return;
  g_test_trap_subprocess (name, 0, 0);
  g_test_trap_assert_passed ();
#ifndef SANITIZED
  g_test_trap_assert_stderr ("");
#endif
}

void
add_image_damage_cases (void)
{
  g_test_add_data_func ("/files/image-damage/truncated", "/files/image-damage/subprocess/truncated", run_silently);
  g_test_add_data_func ("/files/image-damage/damaged", "/files/image-damage/subprocess/damaged", run_silently);
  g_test_add_data_func ("/files/image-damage/lying", "/files/image-damage/subprocess/lying", run_silently);
  g_test_add_func ("/files/image-damage/subprocess/truncated", truncate_all);
  g_test_add_func ("/files/image-damage/subprocess/damaged", damage_all);
  g_test_add_func ("/files/image-damage/subprocess/lying", lie);
}
