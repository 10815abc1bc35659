/* Matrices as text. */
#include "app/files/kernel-file.h"
#include "app/files/write.h"
#include "tests/comma-locale.h"
#include "tests/files-fixtures.h"

#include <locale.h>
#include <math.h>
#include <string.h>

/* What is read as [[1, 2.5], [-3, 400]]. */
static const char *const same[] = {
  "1,2.5\n-3,400\n",
  "1,2.5\n-3,400",
  "1;2.5\n-3;400\n",
  "1\t2.5\n-3\t400\n",
  "1 2.5\n-3 400\n",
  "1, 2.5\r\n-3, 400\r\n",
  "1 ; 2.5\r\n-3\t;\t400",
  "  1   2.5  \n\t-3 \t 400\t\n",
  "\357\273\2771,2.5\n-3,400\n",
  "\357\273\277# by hand\r\n1,2.5\r\n-3,400\r\n",
  "# a comment, 7\n\n1,2.5\n\n   \n# another\n-3,400\n\n\n",
  "1,2.5 # the first row\n-3,400# the second, 5\n",
  "1e0,+2.5E0\n-0.3e1,4e+2\n",
  "01,2.50\n-3.,.4e3\n",
};

static void
test_separators (void)
{
  static const float expected[4] = { 1, 2.5, -3, 400 };

  scratch_open ();
  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autoptr (EwGrid) grid = read_plane (scratch_write_text ("matrix.csv", same[i]));

      g_assert_cmpint (grid->height, ==, 2);
      g_assert_cmpint (grid->width, ==, 2);
      for (int k = 0; k < 4; k++)
        g_assert_cmpfloat (ew_grid_row (grid, k / 2)[k % 2], ==, expected[k]);
      if (g_test_failed ())
        g_error ("%s", same[i]);
    }
  scratch_close ();
}

static void
test_not_finite (void)
{
  g_autoptr (EwGrid) grid = NULL;

  scratch_open ();
  grid = read_plane (scratch_write_text ("matrix.txt", "nan NaN -nan\ninf -INF Infinity\n1 -0 1e-45\n"));
  g_assert_cmpint (grid->height, ==, 3);
  g_assert_cmpint (grid->width, ==, 3);
  for (int j = 0; j < 3; j++)
    g_assert_true (isnan (ew_grid_row (grid, 0)[j]));
  g_assert_cmpfloat (ew_grid_row (grid, 1)[0], ==, INFINITY);
  g_assert_cmpfloat (ew_grid_row (grid, 1)[1], ==, -INFINITY);
  g_assert_cmpfloat (ew_grid_row (grid, 1)[2], ==, INFINITY);
  g_assert_true (signbit (ew_grid_row (grid, 2)[1]));
  g_assert_cmpfloat (ew_grid_row (grid, 2)[2], ==, 0x1p-149);
  scratch_close ();
}

static const struct
{
  const char *content;
  const char *text;
} refused[] = {
  { "1,2\n3,4,5\n", "Line 2 has 3 values" },
  { "1,2\n\n# c\n3\n", "Line 4 has 1 value where" },
  { "1,2\n3,x\n", "Line 2" },
  { "1,2\n3,4x\n", "Line 2" },
  { "1,,2\n", "Line 1" },
  { ",1,2\n", "neither an image nor a matrix of numbers: line 1" },
  { "1,2,\n3,4,\n", "Line 1 ends with a separator" },
  { "1;2\n3;\n", "Line 2 ends with a separator" },
  { "x,y\n1,2\n", "neither an image nor a matrix of numbers: line 1" },
  { "1,2\n\xc3\xa4,4\n", "Line 2" },
  { "1,2\n--3,4\n", "Line 2" },
  { "1,2\n1.2.3,4\n", "Line 2" },
  { "# nothing but words\n", "no numbers" },
  { "\n\n\r\n", "no numbers" },
  { " ", "no numbers" },
  { "\357\273\277", "" },
  /* What a spreadsheet writes where the decimal point is a comma: not four values. */
  { "1,5;2,5\n3,5;4,5\n", "Line 1" },
  { "1;2\n3;4,5\n", "Line 2 has another separator" },
  { "1,5 2,5\n", "Line 1 has another separator" },
  /* Lines that end as they did on old machines: not one row and the rest lost. */
  { "1,2\r3,4\r", "Line 1" },
  { "1,2 # one\r3,4\r", "Line 1" },
};

static void
test_refused (void)
{
  scratch_open ();
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    check_refused (scratch_write_text ("matrix.csv", refused[i].content), EW_ERROR_DATA, refused[i].text);
  scratch_close ();
}

/* A NUL byte at each place of a matrix. */
static void
test_nul_bytes (void)
{
  const char matrix[] = "1,2\n3,4\n# end\n";

  scratch_open ();
  for (gsize at = 0; at < sizeof matrix - 1; at++)
    {
      char bytes[sizeof matrix];

      memcpy (bytes, matrix, sizeof matrix);
      bytes[at] = '\0';
      g_assert_false (read_damaged (scratch_write ("matrix.csv", bytes, sizeof matrix - 1)));
    }
  scratch_close ();
}

/* Longer than what is looked at to tell formats apart, in each direction. */
static void
test_long (void)
{
  g_autoptr (GString) text = g_string_new ("#");
  g_autoptr (EwGrid) grid = NULL;
  const int width = 5000;

  scratch_open ();
  for (int i = 0; i < 3000; i++)
    g_string_append (text, " words, words;");
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < width; j++)
      g_string_append_printf (text, "%c%d", j == 0 ? '\n' : ',', i * width + j);
  grid = read_plane (scratch_write_text ("long.txt", text->str));
  g_assert_cmpint (grid->height, ==, 3);
  g_assert_cmpint (grid->width, ==, width);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < width; j++)
      g_assert_cmpfloat (ew_grid_row (grid, i)[j], ==, i * width + j);
  scratch_close ();
}

static void
test_damaged (void)
{
  static const char matrix[] = "# x\n1.5,-2e3,nan\r\n4,5,inf\n\n7,8,9 # end\n";

  scratch_open ();
  for (guint64 seed = 0; seed < 1000; seed++)
    {
      EwRandom random = seed;
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      g_byte_array_append (bytes, (const guint8 *)matrix, sizeof matrix - 1);
      damage (&random, bytes);
      read_damaged (scratch_write ("matrix.csv", bytes->data, bytes->len));
      if (g_test_failed ())
        g_error ("seed %" G_GUINT64_FORMAT, seed);
    }
  scratch_close ();
}

/* Where numbers are written with a comma they are still read and written with a point. */
static void
test_locale (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwGrid) grid = NULL;
  g_autoptr (EwKernel) kernel = NULL;

  scratch_open ();
  if (comma_locale_make (scratch (".")))
    g_setenv ("LOCPATH", scratch ("."), TRUE);
  if (setlocale (LC_NUMERIC, COMMA_LOCALE) == NULL && setlocale (LC_NUMERIC, "de_DE.UTF-8") == NULL)
    g_test_skip ("no locale with a decimal comma can be had here");
  else
    {
      g_autofree char *half = g_strdup_printf ("%.1f", 0.5);

      g_assert_cmpstr (half, ==, "0,5");
      grid = read_plane (scratch_write_text ("matrix.csv", "0.5,-1.25\n"));
      g_assert_cmpfloat (ew_grid_row (grid, 0)[0], ==, 0.5);
      g_assert_cmpfloat (ew_grid_row (grid, 0)[1], ==, -1.25);
      g_assert_true (ew_grid_write (scratch ("grid.csv"), grid, NULL, &error));
      check_content (scratch ("grid.csv"), "0.5,-1.25\n");
      kernel = ew_kernel_read (scratch ("matrix.csv"), &error);
      g_assert_true (ew_kernel_write (scratch ("kernel.txt"), kernel, &error));
      check_content (scratch ("kernel.txt"), "0.5,-1.25\n");
      g_assert_no_error (error);
    }
  setlocale (LC_NUMERIC, "C");
  scratch_close ();
}

void
add_text_cases (void)
{
  g_test_add_func ("/files/text/separators", test_separators);
  g_test_add_func ("/files/text/not-finite", test_not_finite);
  g_test_add_func ("/files/text/refused", test_refused);
  g_test_add_func ("/files/text/nul-bytes", test_nul_bytes);
  g_test_add_func ("/files/text/long", test_long);
  g_test_add_func ("/files/text/damaged", test_damaged);
  g_test_add_func ("/files/text/locale", test_locale);
}
