/* Images that the program writes, and images as kernels. */
#include "app/files/kernel-file.h"
#include "app/files/write.h"
#include "tests/files-fixtures.h"
#include "tests/image-encoders.h"

#include <math.h>

static void
test_clipping (void)
{
  /* What is written in place of those outside; −1 within. */
  static const struct
  {
    float value;
    int written;
  } cases[12] = {
    { 0, -1 },     { 1, -1 },        { -0.0f, -1 }, { 0.9f / 255, -1 }, { 1.4f / 255, -1 }, { 254.6f / 255, -1 },
    { -1e-6f, 0 }, { 1.0001f, 255 }, { NAN, 0 },    { INFINITY, 255 },  { -INFINITY, 0 },   { 0.2f, -1 },
  };
  g_autoptr (EwGrid) grid = ew_grid_new (3, 4, NULL);
  g_autoptr (EwGrid) back = NULL;
  gint64 n_clipped = -1;

  if (!need_images ())
    return;
  for (int k = 0; k < 12; k++)
    ew_grid_row (grid, k / 4)[k % 4] = cases[k].value;
  scratch_open ();
  g_assert_true (ew_grid_write (scratch ("grid.png"), grid, &n_clipped, NULL));
  g_assert_cmpint (n_clipped, ==, 5);
  back = read_plane (scratch ("grid.png"));
  for (int k = 0; k < 12; k++)
    {
      double value = (double)ew_grid_row (back, k / 4)[k % 4];

      if (cases[k].written < 0)
        /* The nearest level, and 255·v rounded to float32. */
        g_assert_cmpfloat_with_epsilon (value, (double)cases[k].value, 0.5 / 255 + 1e-7);
      else
        g_assert_cmpfloat (value, ==, (double)(float)(cases[k].written / 255.0));
    }
  g_assert_true (ew_grid_write (scratch ("grid.jpg"), grid, &n_clipped, NULL));
  g_assert_cmpint (n_clipped, ==, 5);
  scratch_close ();
}

/* JPEG at quality 95 divides no coefficient by more than 12: by Parseval the errors' root mean square is at most 6
 * levels, and rounding to levels twice adds at most one. */
static void
test_jpeg (void)
{
  g_autoptr (EwGrid) grid = ew_grid_new (64, 48, NULL);
  g_autoptr (EwGrid) back = NULL;
  EwRandom random = 8;
  double squares = 0;

  if (!need_images ())
    return;
  for (int i = 0; i < 64; i++)
    for (int j = 0; j < 48; j++)
      ew_grid_row (grid, i)[j] = (float)(0.2 + 0.6 * ew_random_uniform (&random));
  scratch_open ();
  g_assert_true (ew_grid_write (scratch ("grid.jpeg"), grid, NULL, NULL));
  back = read_plane (scratch ("grid.jpeg"));
  g_assert_cmpint (back->height, ==, 64);
  g_assert_cmpint (back->width, ==, 48);
  for (int i = 0; i < 64; i++)
    for (int j = 0; j < 48; j++)
      squares += pow ((double)ew_grid_row (back, i)[j] - (double)ew_grid_row (grid, i)[j], 2);
  g_assert_cmpfloat (sqrt (squares / (64 * 48)), <=, 7.0 / 255);
  scratch_close ();
}

static void
test_kernel (void)
{
  static const guint8 bytes[6] = { 0, 51, 102, 153, 204, 255 };
  static const guint8 wide[64];
  g_autoptr (GByteArray) small = png_new (2, 3, PNG_GREY, 8, bytes, 3);
  g_autoptr (GByteArray) large = png_new (1, 64, PNG_GREY, 8, wide, 64);
  g_autoptr (GError) error = NULL;
  g_autoptr (EwKernel) kernel = NULL;

  if (!need_images ())
    return;
  scratch_open ();
  kernel = ew_kernel_read (scratch_write ("k.png", small->data, small->len), &error);
  g_assert_no_error (error);
  g_assert_cmpint (kernel->height, ==, 2);
  g_assert_cmpint (kernel->width, ==, 3);
  for (int k = 0; k < 6; k++)
    g_assert_cmpfloat (kernel->taps[k], ==, (double)(float)(bytes[k] / 255.0));
  g_assert_null (ew_kernel_read (scratch_write ("wide.png", large->data, large->len), &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  scratch_close ();
}

void
add_written_image_cases (void)
{
  g_test_add_func ("/files/images/clipping", test_clipping);
  g_test_add_func ("/files/images/jpeg", test_jpeg);
  g_test_add_func ("/files/images/kernel", test_kernel);
}
