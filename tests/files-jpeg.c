/* The steps of a JPEG file, from its header; damaged ones. */
#include "app/files/jpeg-steps.h"
#include "app/files/write.h"
#include "tests/files-fixtures.h"

#include <string.h>

/* A JPEG of random bytes; its path. */
static const char *
write_jpeg (void)
{
  EwGrid *grid = ew_grid_new (16, 24, NULL);
  EwRandom random = 3;

  for (int k = 0; k < 16 * 24; k++)
    ew_grid_row (grid, k / 24)[k % 24] = (float)ew_random_uniform (&random);
  g_assert_true (ew_grid_write (scratch ("grey.jpg"), grid, NULL, NULL));
  ew_grid_unref (grid);
  return scratch ("grey.jpg");
}

/* Files of this program's are of quality 95: the standard's numbers by ten, rounded; its first row is 16 11 10 16 24 40 51
 * 61, its first column 16 12 14 14 18 24 49 72. */
static void
test_steps (void)
{
  static const int row[8] = { 2, 1, 1, 2, 2, 4, 5, 6 }, column[8] = { 2, 1, 1, 1, 2, 2, 5, 7 };
  EwSteps steps;

  if (!need_images ())
    return;
  scratch_open ();
  g_assert_true (ew_jpeg_steps_read (write_jpeg (), &steps));
  for (int k = 0; k < 8; k++)
    {
      g_assert_cmpfloat_with_epsilon (255 * steps.steps[k], row[k], 1e-12);
      g_assert_cmpfloat_with_epsilon (255 * steps.steps[8 * k], column[k], 1e-12);
    }
  scratch_write_text ("text.jpg", "1,2\n3,4\n");
  g_assert_true (ew_jpeg_steps_matter (&steps));
  /* Steps of 1 are the noise of bytes once more, which doubles it; anything wider is beyond that. */
  for (int k = 0; k < EW_BLOCK_SIZE; k++)
    steps.steps[k] = 1 / 255.0;
  g_assert_false (ew_jpeg_steps_matter (&steps));
  g_assert_false (ew_jpeg_steps_read (scratch ("text.jpg"), &steps));
  g_assert_false (ew_jpeg_steps_read (scratch ("missing.jpg"), &steps));
  g_assert_false (ew_jpeg_steps_read (scratch ("."), &steps));
  scratch_close ();
}

/* Cut off anywhere, and with wrong bytes: there are steps above 0 or there are none. */
static void
test_damaged (void)
{
  g_autofree char *content = NULL;
  EwRandom random = 4;
  gsize length, header;
  EwSteps steps;

  if (!need_images ())
    return;
  scratch_open ();
  g_assert_true (g_file_get_contents (write_jpeg (), &content, &length, NULL));
  /* The tables and the frame come before the scan. */
  for (header = 0; header + 1 < length && memcmp (content + header, "\xff\xda", 2) != 0;)
    header++;
  for (gsize cut = 0; cut < header; cut += 3)
    {
      scratch_write ("cut.jpg", content, cut);
      if (ew_jpeg_steps_read (scratch ("cut.jpg"), &steps))
        g_assert_cmpint ((int)cut, >, 64);
    }
  for (int round = 0; round < 300; round++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      g_byte_array_append (bytes, (const guint8 *)content, (guint)header + 2);
      damage (&random, bytes);
      scratch_write ("damaged.jpg", bytes->data, bytes->len);
      if (ew_jpeg_steps_read (scratch ("damaged.jpg"), &steps))
        for (int k = 0; k < EW_BLOCK_SIZE; k++)
          g_assert_cmpfloat (steps.steps[k], >, 0);
    }
  scratch_close ();
}

void
add_jpeg_cases (void)
{
  g_test_add_func ("/files/jpeg/steps", test_steps);
  g_test_add_func ("/files/jpeg/damaged", test_damaged);
}
