/* Image files, encoded by the test or by the program. */
#include "app/files/write.h"
#include "tests/files-fixtures.h"
#include "tests/image-encoders.h"

#include <math.h>
#include <string.h>

#define HEIGHT 5
#define WIDTH  7

static const char *
write_image (const char *name, GByteArray *bytes)
{
  const char *path = scratch_write (name, bytes->data, bytes->len);

  g_byte_array_unref (bytes);
  return path;
}

static EwPicture *
read_image (GByteArray *bytes, EwColour colour)
{
  EwPicture *picture = read_picture (write_image ("image", bytes), colour);

  if (picture == NULL)
    g_error ("the image could not be read");
  return picture;
}

static void
check_size (const EwPicture *picture, int n_planes, int height, int width)
{
  g_assert_cmpint (picture->n_planes, ==, n_planes);
  for (int p = 0; p < n_planes; p++)
    {
      g_assert_cmpint (picture->planes[p]->height, ==, height);
      g_assert_cmpint (picture->planes[p]->width, ==, width);
    }
}

/* Every 8-bit value is the float nearest to v/255. */
static void
test_bytes (void)
{
  guint8 values[256];

  if (!need_images ())
    return;
  for (int v = 0; v < 256; v++)
    values[v] = (guint8)v;
  scratch_open ();
  for (int tiff = 0; tiff < 2; tiff++)
    {
      g_autoptr (EwPicture) picture = read_image (tiff ? tiff_new (16, 16, &(TiffOptions){ .bits = 8 }, values)
                                                       : png_new (16, 16, PNG_GREY, 8, values, 16),
                                                  EW_COLOUR_CHANNELS);

      check_size (picture, 1, 16, 16);
      g_assert_false (picture->has_colour);
      g_assert_null (picture->note);
      for (int v = 0; v < 256; v++)
        g_assert_cmpfloat (ew_grid_row (picture->planes[0], v / 16)[v % 16], ==, (float)(v / 255.0));
    }
  scratch_close ();
}

/* Every 16-bit value is the float nearest to v/65535. */
static void
test_16_bits (void)
{
  g_autofree guint16 *values = g_new (guint16, 65536);
  g_autofree guint16 *big = g_new (guint16, 65536);

  if (!need_images ())
    return;
  for (int v = 0; v < 65536; v++)
    {
      values[v] = (guint16)v;
      big[v] = GUINT16_TO_BE (values[v]);
    }
  scratch_open ();
  for (int tiff = 0; tiff < 2; tiff++)
    {
      g_autoptr (EwPicture) picture = read_image (tiff ? tiff_new (256, 256, &(TiffOptions){ .bits = 16 }, values)
                                                       : png_new (256, 256, PNG_GREY, 16, (const guint8 *)big, 512),
                                                  EW_COLOUR_LUMINANCE);

      check_size (picture, 1, 256, 256);
      for (int v = 0; v < 65536; v++)
        g_assert_cmpfloat (ew_grid_row (picture->planes[0], v / 256)[v % 256], ==, (float)(v / 65535.0));
    }
  scratch_close ();
}

/* Floats as stored, whatever they are; so are those that the program writes. */
static void
test_floats (void)
{
  static const float values[6] = { -1.5f, NAN, INFINITY, -INFINITY, 1e-45f, 3e38f };
  g_autoptr (EwGrid) grid = ew_grid_new_from_values (2, 3, values, NULL);
  gint64 n_clipped = -1;

  if (!need_images ())
    return;
  scratch_open ();

  g_autoptr (EwPicture) picture
      = read_image (tiff_new (2, 3, &(TiffOptions){ .bits = 32, .sample_format = 3 }, values), EW_COLOUR_LUMINANCE);

  check_same_bits (picture->planes[0], grid);
  g_assert_true (ew_grid_write (scratch ("grid.tif"), grid, &n_clipped, NULL));
  g_assert_cmpint (n_clipped, ==, 0);

  g_autoptr (EwGrid) back = read_plane (scratch ("grid.tif"));

  check_same_bits (back, grid);
  scratch_close ();
}

/* --- colour */

static void
random_bytes (EwRandom *random, guint8 *bytes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    bytes[i] = (guint8)ew_random_next (random);
}

/* @bytes: HEIGHT × WIDTH pixels of @samples, the first three of which are red, green and blue. */
static void
check_colours (const EwPicture *picture, const guint8 *bytes, int samples)
{
  check_size (picture, picture->n_planes, HEIGHT, WIDTH);
  g_assert_true (picture->has_colour);
  for (int k = 0; k < HEIGHT * WIDTH; k++)
    {
      const guint8 *pixel = bytes + k * samples;
      double luminance = (0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]) / 255;

      if (picture->n_planes == 3)
        for (int p = 0; p < 3; p++)
          g_assert_cmpfloat (ew_grid_row (picture->planes[p], k / WIDTH)[k % WIDTH], ==, (float)(pixel[p] / 255.0));
      else
        {
          /* Rounded once to float32, at most 1. */
          g_assert_cmpfloat_with_epsilon ((double)ew_grid_row (picture->planes[0], k / WIDTH)[k % WIDTH], luminance,
                                          0x1p-25 + 1e-15);
          g_assert_cmpfloat (ew_grid_row (picture->green, k / WIDTH)[k % WIDTH], ==, (float)(pixel[1] / 255.0));
        }
    }
}

/* Of a larger image the middle of the green channel is kept beside luminance, and nothing beside channels. */
static void
test_green (void)
{
  enum { HIGH = EW_PICTURE_GREEN + 7, WIDE = EW_PICTURE_GREEN - 9 };
  EwRandom random = 9;
  g_autofree guint8 *bytes = g_new (guint8, HIGH * WIDE * 3);
  TiffOptions options = { .samples = 3, .photometric = 2 };

  if (!need_images ())
    return;
  random_bytes (&random, bytes, HIGH * WIDE * 3);
  scratch_open ();

  g_autoptr (EwPicture) luminance = read_image (tiff_new (HIGH, WIDE, &options, bytes), EW_COLOUR_LUMINANCE);
  g_autoptr (EwPicture) channels = read_image (tiff_new (HIGH, WIDE, &options, bytes), EW_COLOUR_CHANNELS);

  g_assert_cmpint (luminance->green->height, ==, EW_PICTURE_GREEN);
  g_assert_cmpint (luminance->green->width, ==, WIDE);
  for (int k = 0; k < EW_PICTURE_GREEN * WIDE; k++)
    g_assert_cmpfloat (ew_grid_row (luminance->green, k / WIDE)[k % WIDE], ==,
                       (float)(bytes[3 * ((k / WIDE + 3) * WIDE + k % WIDE) + 1] / 255.0));
  g_assert_null (channels->green);
  scratch_close ();
}

static void
test_colour (void)
{
  EwRandom random = 5;
  guint8 bytes[HEIGHT * WIDTH * 4];

  if (!need_images ())
    return;
  random_bytes (&random, bytes, sizeof bytes);
  scratch_open ();
  for (int samples = 3; samples <= 4; samples++)
    for (int tiff = 0; tiff < 2; tiff++)
      for (int channels = 0; channels < 2; channels++)
        {
          TiffOptions options = { .samples = samples, .photometric = 2, .alpha = samples == 4 };
          g_autoptr (EwPicture) picture
              = read_image (tiff ? tiff_new (HEIGHT, WIDTH, &options, bytes)
                                 : png_new (HEIGHT, WIDTH, samples == 3 ? PNG_RGB : PNG_RGB_ALPHA, 8, bytes,
                                            (gsize)WIDTH * (gsize)samples),
                            channels ? EW_COLOUR_CHANNELS : EW_COLOUR_LUMINANCE);

          g_assert_cmpint (picture->n_planes, ==, channels ? 3 : 1);
          check_colours (picture, bytes, samples);
          g_assert_cmpstr (picture->note, ==, samples == 4 ? "Its transparency was dropped." : NULL);
        }
  scratch_close ();
}

static void
test_grey_alpha (void)
{
  EwRandom random = 6;
  guint8 bytes[HEIGHT * WIDTH * 2];

  if (!need_images ())
    return;
  random_bytes (&random, bytes, sizeof bytes);
  scratch_open ();
  for (int tiff = 0; tiff < 2; tiff++)
    {
      TiffOptions options = { .samples = 2, .alpha = TRUE };
      g_autoptr (EwPicture) picture
          = read_image (tiff ? tiff_new (HEIGHT, WIDTH, &options, bytes)
                             : png_new (HEIGHT, WIDTH, PNG_GREY_ALPHA, 8, bytes, (gsize)WIDTH * 2),
                        EW_COLOUR_CHANNELS);

      check_size (picture, 1, HEIGHT, WIDTH);
      g_assert_false (picture->has_colour);
      g_assert_cmpstr (picture->note, ==, "Its transparency was dropped.");
      for (int k = 0; k < HEIGHT * WIDTH; k++)
        g_assert_cmpfloat (ew_grid_row (picture->planes[0], k / WIDTH)[k % WIDTH], ==, (float)(bytes[2 * k] / 255.0));
    }
  scratch_close ();
}

/* Inks are converted, and that is said: no ink is white, all ink is dark. */
static void
test_cmyk (void)
{
  guint8 bytes[HEIGHT * WIDTH * 4] = { 0 };
  TiffOptions options = { .samples = 4, .photometric = 5 };

  if (!need_images ())
    return;
  memset (bytes + 4, 255, 4);
  scratch_open ();

  g_autoptr (EwPicture) picture = read_image (tiff_new (HEIGHT, WIDTH, &options, bytes), EW_COLOUR_CHANNELS);

  check_size (picture, 3, HEIGHT, WIDTH);
  g_assert_cmpstr (picture->note, ==, "Its colours were converted to sRGB.");
  for (int p = 0; p < 3; p++)
    {
      g_assert_cmpfloat (ew_grid_row (picture->planes[p], 0)[0], >, 0.95f);
      g_assert_cmpfloat (ew_grid_row (picture->planes[p], 0)[1], <, 0.25f);
    }
  scratch_close ();
}

/* --- orientation */

/* What of a stored image of height × width is seen at (i, j). */
static float
upright (const EwGrid *stored, int orientation, int i, int j)
{
  int last_row = stored->height - 1;
  int last_column = stored->width - 1;

  switch (orientation)
    {
    case 2:
      return ew_grid_row (stored, i)[last_column - j];
    case 3:
      return ew_grid_row (stored, last_row - i)[last_column - j];
    case 4:
      return ew_grid_row (stored, last_row - i)[j];
    case 5:
      return ew_grid_row (stored, j)[i];
    case 6:
      return ew_grid_row (stored, last_row - j)[i];
    case 7:
      return ew_grid_row (stored, last_row - j)[last_column - i];
    case 8:
      return ew_grid_row (stored, j)[last_column - i];
    default:
      return ew_grid_row (stored, i)[j];
    }
}

static void
check_upright (const EwGrid *grid, const EwGrid *stored, int orientation)
{
  gboolean on_its_side = orientation >= 5;

  g_assert_cmpint (grid->height, ==, on_its_side ? stored->width : stored->height);
  g_assert_cmpint (grid->width, ==, on_its_side ? stored->height : stored->width);
  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      g_assert_cmpfloat (ew_grid_row (grid, i)[j], ==, upright (stored, orientation, i, j));
  if (g_test_failed ())
    g_test_message ("orientation %d", orientation);
}

static void
test_orientation (void)
{
  EwRandom random = 7;
  guint8 bytes[HEIGHT * WIDTH];
  g_autofree char *jpeg = NULL;
  gsize length;

  if (!need_images ())
    return;
  random_bytes (&random, bytes, sizeof bytes);
  scratch_open ();

  g_autoptr (EwPicture) stored = read_image (png_new (HEIGHT, WIDTH, PNG_GREY, 8, bytes, WIDTH), EW_COLOUR_LUMINANCE);

  g_assert_true (ew_grid_write (scratch ("grid.jpg"), stored->planes[0], NULL, NULL));
  g_assert_true (g_file_get_contents (scratch ("grid.jpg"), &jpeg, &length, NULL));

  g_autoptr (EwGrid) lossy = read_plane (scratch ("grid.jpg"));

  for (int orientation = 1; orientation <= 8; orientation++)
    {
      GByteArray *exif = g_byte_array_append (g_byte_array_new (), (const guint8 *)jpeg, (guint)length);
      TiffOptions options = { .orientation = orientation };
      g_autoptr (EwPicture) tiff = read_image (tiff_new (HEIGHT, WIDTH, &options, bytes), EW_COLOUR_LUMINANCE);

      check_upright (tiff->planes[0], stored->planes[0], orientation);
      jpeg_set_orientation (exif, orientation);

      g_autoptr (EwPicture) turned = read_image (exif, EW_COLOUR_LUMINANCE);

      check_upright (turned->planes[0], lossy, orientation);
    }
  scratch_close ();
}

void
add_image_cases (void)
{
  g_test_add_func ("/files/images/8-bits", test_bytes);
  g_test_add_func ("/files/images/16-bits", test_16_bits);
  g_test_add_func ("/files/images/floats", test_floats);
  g_test_add_func ("/files/images/colour", test_colour);
  g_test_add_func ("/files/images/green", test_green);
  g_test_add_func ("/files/images/grey-alpha", test_grey_alpha);
  g_test_add_func ("/files/images/cmyk", test_cmyk);
  g_test_add_func ("/files/images/orientation", test_orientation);
}
