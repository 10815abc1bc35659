/* edgewise-cli learn on pairs that tell no kernel: a plain sentence each, and weights that are numbers. */
#include "app/files/write.h"
#include "tests/check-json.h"
#include "tests/cli-fixtures.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

static void
write_grid (const char *name, const EwGrid *grid)
{
  g_assert_true (ew_grid_write (scratch (name), grid, NULL, NULL));
}

/* Noise, coarse and fine, so that neighbours are alike as in a photograph. */
static EwGrid *
photograph (EwRandom *random, int height, int width)
{
  static const double taps[25] = { 1, 2, 3, 2, 1, 2, 4, 6, 4, 2, 3, 6, 9, 6, 3, 2, 4, 6, 4, 2, 1, 2, 3, 2, 1 };
  g_autoptr (EwGrid) noise = random_grid (random, height + 4, width + 4, 0, 0.012);
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (5, 5, taps, 0, NULL);

  return reference_output (noise, kernel);
}

static void
fill (EwGrid *grid, int first_row, int end_row, float value)
{
  for (int i = first_row; i < end_row; i++)
    for (int j = 0; j < grid->width; j++)
      ew_grid_row (grid, i)[j] = value;
}

/* x.npy and y.npy are a good pair of 3×3; the others what can go wrong with it. */
static void
open_bad (void)
{
  static const double blur[9] = { 0.05, 0.1, 0.1, 0.15, 0.2, 0.1, 0.1, 0.15, 0.05 };
  EwRandom random = 441;
  g_autoptr (EwGrid) x = photograph (&random, 160, 170);
  g_autoptr (EwGrid) other = photograph (&random, 158, 168);
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, blur, 0, NULL);
  g_autoptr (EwGrid) y = reference_output (x, kernel);
  g_autoptr (EwGrid) flipped = ew_grid_new (158, 168, NULL);
  g_autoptr (EwGrid) words = ew_grid_new (158, 168, NULL);
  g_autoptr (EwGrid) constant = ew_grid_new (160, 170, NULL);
  g_autoptr (EwGrid) flat = ew_grid_new (158, 168, NULL);
  g_autoptr (EwGrid) holes = photograph (&random, 160, 170);
  g_autoptr (EwGrid) pixel = ew_grid_new (1, 1, NULL);

  cli_open ();
  write_grid ("x.npy", x);
  write_grid ("y.npy", y);
  write_grid ("other.npy", other);
  fill (constant, 0, 160, 0.25f);
  write_grid ("constant.npy", constant);
  fill (flat, 0, 158, 0.25f);
  write_grid ("flat.npy", flat);
  fill (pixel, 0, 1, 0.5f);
  write_grid ("pixel.npy", pixel);
  for (int i = 0; i < 158; i++)
    for (int j = 0; j < 168; j++)
      {
        ew_grid_row (flipped, i)[j] = ew_grid_row (y, i)[167 - j];
        /* As files of 16 bits hold what one of 8 has in x. */
        ew_grid_row (words, i)[j] = 257 * ew_grid_row (y, i)[j];
      }
  write_grid ("flipped.npy", flipped);
  write_grid ("words.npy", words);
  for (int i = 0; i < 160; i++)
    memcpy (ew_grid_row (holes, i), ew_grid_row (x, i), 170 * sizeof (float));
  fill (holes, 50, 53, NAN);
  write_grid ("holes.npy", holes);
}

/* What is printed and reported has numbers where weights are. */
static void
check_weights (const char *line)
{
  g_autofree char *report = NULL;

  g_assert_null (strstr (cli_out, "nan"));
  g_assert_null (strstr (cli_out, "inf"));
  g_assert_true (g_file_get_contents (scratch ("r.json"), &report, NULL, NULL));
  check_json (report);
  for (const char *at = report; (at = strstr (at, "\"weight\":[")) != NULL; at++)
    {
      g_autofree char *weights = g_strndup (at, (gsize)(strstr (at, "]]") - at));

      g_assert_null (strstr (weights, "null"));
    }
  if (g_test_failed ())
    g_test_message ("%s: %s%s", line, cli_out, cli_err);
}

/* Whatever the rule: the sentence, and finite weights. */
static void
test_sentences (void)
{
  static const struct
  {
    const char *files;
    const char *options;
    const char *sentence;
  } cases[] = {
    { "constant.npy y.npy", "", "The input is the same everywhere, so it tells no tap from another" },
    { "x.npy flat.npy", "", "The target is the same everywhere" },
    { "x.npy other.npy", "", "seem to have nothing to do with each other" },
    { "x.npy x.npy", "--padding same", "The two images are identical: the kernel is a single 1 in the middle." },
    { "pixel.npy pixel.npy", "--padding same", "The target has 1 pixel, too few to tell the 9 taps of a 3×3 kernel" },
    { "x.npy flipped.npy", "", "The target is the mirror image of the input, left and right exchanged." },
    { "x.npy words.npy", "", "The target’s values are about 257 times as large as the input’s, as with files of 8 bit, 16 bit" },
  };
  static const char *const rules[] = { "--rate auto --epochs 20", "--optimizer least-squares", "--optimizer cg",
                                       "--optimizer adam --rate auto --epochs 20",
                                       "--optimizer least-squares --constraint sum1", "--optimizer least-squares --bias" };

  open_bad ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint r = 0; r < G_N_ELEMENTS (rules); r++)
      {
        /* The examination is the same for all rules. */
        g_autofree char *line = g_strdup_printf ("learn %s --kernel-size 3x3 %s %s --report r.json %s", cases[i].files,
                                                 cases[i].options, rules[r], r == 0 ? "--examine" : "");

        cli_run (line);
        g_assert_cmpint (cli_status, ==, 0);
        g_assert_true (r > 0 || strstr (cli_err, cases[i].sentence) != NULL);
        check_weights (line);
      }
  cli_close ();
}

/* What is not determined is said without being asked for, with the least weights that do. */
static void
test_undetermined (void)
{
  open_bad ();
  cli_run ("learn constant.npy flat.npy --kernel-size 3x3 --optimizer least-squares --report r.json");
  g_assert_cmpint (cli_status, ==, 0);
  g_assert_nonnull (strstr (cli_err, "the image does not determine 9 of the 9 weights"));
  g_assert_nonnull (strstr (cli_out, "weight [0.1111, 0.1111, 0.1111, 0.1111, 0.1111, 0.1111, 0.1111, 0.1111, 0.1111]"));
  cli_close ();
}

/* Rows of NaN are refused with their place, or left out and learned around. */
static void
test_holes (void)
{
  g_autofree char *report = NULL;

  open_bad ();
  cli_refuses ("learn holes.npy y.npy --kernel-size 3x3 -o k.csv", 1,
               "y.npy: The input has a value that is not a finite number in row 51, column 1");
  cli_run ("learn holes.npy y.npy --kernel-size 3x3 --examine -o k.csv");
  g_assert_cmpint (cli_status, ==, 1);
  g_assert_nonnull (strstr (cli_err, "The input has 510 values that are not finite, among them 3 whole rows"));
  g_assert_false (g_file_test (scratch ("k.csv"), G_FILE_TEST_EXISTS));
  cli_run ("learn holes.npy y.npy --kernel-size 3x3 --correct --optimizer least-squares -o k.csv --report r.json");
  g_assert_cmpint (cli_status, ==, 0);
  check_weights ("--correct");
  g_assert_cmpint (count_lines (cli_err), ==, 3);
  g_assert_nonnull (strstr (cli_out, "weight [0.0500, 0.1000, 0.1000, 0.1500, 0.2000, 0.1000, 0.1000, 0.1500, 0.0500]"));
  /* Five rows of outputs see them. */
  g_assert_true (g_file_get_contents (scratch ("r.json"), &report, NULL, NULL));
  g_assert_nonnull (strstr (report, "\"residuals\":25704,"));
  cli_close ();
}

/* What can be mended is. */
static void
test_mended (void)
{
  static const char *const files[] = { "x.npy flipped.npy", "x.npy words.npy" };

  open_bad ();
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *line
          = g_strdup_printf ("learn %s --kernel-size 3x3 --correct --optimizer least-squares --report r.json", files[i]);

      cli_run (line);
      g_assert_cmpint (cli_status, ==, 0);
      check_weights (line);
      g_assert_nonnull (strstr (cli_out, "0.2000, "));
    }
  cli_close ();
}

void
add_cli_bad_pairs_cases (void)
{
  g_test_add_func ("/cli/bad-pairs/sentences", test_sentences);
  g_test_add_func ("/cli/bad-pairs/undetermined", test_undetermined);
  g_test_add_func ("/cli/bad-pairs/holes", test_holes);
  g_test_add_func ("/cli/bad-pairs/mended", test_mended);
}
