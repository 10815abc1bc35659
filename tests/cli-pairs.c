/* edgewise-cli learn from a folder or a list of pairs, and from colours; corr2d with what was learned of them. */
#include "app/files/kernel-file.h"
#include "app/files/write.h"
#include "tests/check-json.h"
#include "tests/cli-fixtures.h"
#include "tests/engine-fixtures.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define SIZE "--kernel-size 2x3 "

static const double truth[] = { 0.25, -0.5, 1, 0.125, -0.75, 0.5 };
static const double other[] = { 0.5, 0, 0, -0.25, 0, 0.25 };

/* The two halves of a pair made by those taps, below the folder pairs/. */
static void
write_pair (EwRandom *random, const char *name, int height, int width, const double *taps)
{
  g_autoptr (EwGrid) x = random_grid (random, height, width, 0, 1);
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 3, taps, 0, NULL);
  g_autoptr (EwGrid) y = reference_output (x, kernel);
  g_autofree char *before = g_strdup_printf ("pairs/%s-before.npy", name);
  g_autofree char *after = g_strdup_printf ("pairs/%s-after.npy", name);

  g_assert_true (ew_grid_write (scratch (before), x, NULL, NULL));
  g_assert_true (ew_grid_write (scratch (after), y, NULL, NULL));
}

static void
open_pairs (void)
{
  EwRandom random = 431;

  cli_open ();
  g_assert_cmpint (g_mkdir (scratch ("pairs"), 0700), ==, 0);
  write_pair (&random, "large", 33, 47, truth);
  write_pair (&random, "small", 19, 12, truth);
  write_pair (&random, "wide", 9, 80, truth);
}

/* Float32 targets tell the taps to about 1e-7. */
static void
check_taps (const char *name, const double *taps)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwKernel) kernel = ew_kernel_read (scratch (name), &error);

  g_assert_no_error (error);
  for (int k = 0; kernel != NULL && k < 6; k++)
    g_assert_cmpfloat_with_epsilon (kernel->taps[k], taps[k], 1e-6);
}

static int
count_of (const char *text, const char *part)
{
  int n = 0;

  for (; (text = strstr (text, part)) != NULL; text++)
    n++;
  return n;
}

static void
test_folder (void)
{
  g_autofree char *report = NULL;
  g_autofree char *first = NULL;

  open_pairs ();
  cli_run ("learn pairs " SIZE "--optimizer least-squares -o k.csv --report r.json");
  g_assert_cmpint (cli_status, ==, 0);
  check_taps ("k.csv", truth);
  g_assert_true (g_str_has_prefix (cli_err, "edgewise-cli: large: R\302\262 1.000000, residual "));
  g_assert_nonnull (strstr (cli_err, "\nedgewise-cli: small: R\302\262 1.000000, residual "));
  g_assert_nonnull (strstr (cli_err, "\nedgewise-cli: wide: R\302\262 1.000000, residual "));
  g_assert_nonnull (strstr (cli_err, "\nedgewise-cli: all 3 pairs: R\302\262 1.000000, residual "));
  g_assert_null (strstr (cli_err, "does not seem"));
  g_assert_true (g_file_get_contents (scratch ("r.json"), &report, NULL, NULL));
  check_json (report);
  g_assert_nonnull (strstr (report, "\"pairs\":[{\"name\":\"large\",\"input\":\"pairs/large-before.npy\",\"target\":"
                                    "\"pairs/large-after.npy\",\"residuals\":1440,"));
  g_assert_cmpint (count_of (report, "\"own_r_squared\":"), ==, 3);
  g_assert_cmpint (count_of (report, "\"structure\":{"), ==, 3);
  /* 32 × 45, 18 × 10 and 8 × 78 outputs. */
  g_assert_nonnull (strstr (report, "\"residuals\":2244,"));
  /* --pairs is the same, and so is a list of them. */
  g_assert_true (g_file_get_contents (scratch ("k.csv"), &first, NULL, NULL));
  cli_run ("learn --pairs pairs " SIZE "--optimizer least-squares -o again.csv");
  check_content (scratch ("again.csv"), first);
  scratch_write_text ("list.txt", "pairs/large-before.npy pairs/large-after.npy\npairs/small-before.npy "
                                  "pairs/small-after.npy\npairs/wide-before.npy pairs/wide-after.npy\n");
  cli_run ("learn --pairs list.txt " SIZE "--optimizer least-squares -o listed.csv");
  check_content (scratch ("listed.csv"), first);
  cli_close ();
}

/* Every rule, loss and constraint works on several pairs as on one; robust losses have all of them in memory. */
static void
test_ways (void)
{
  static const char *const ways[] = { "--rate auto --epochs 3000",
                                      "--optimizer momentum --rate auto --epochs 2000",
                                      "--optimizer cg --epochs 50",
                                      "--optimizer least-squares --bias",
                                      "--optimizer least-squares --holdout 0.25 --report r.json",
                                      "--optimizer least-squares --holdout 0.25 --ridge auto",
                                      "--optimizer least-squares --loss huber",
                                      "--batch 100 --rate auto --epochs 300",
                                      "--method gram --rate auto --epochs 3000" };
  g_autofree char *report = NULL;

  open_pairs ();
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *line = g_strdup_printf ("learn pairs " SIZE "--log-every 100000 -o k.csv %s", ways[i]);

      cli_run (line);
      g_assert_cmpint (cli_status, ==, 0);
      g_assert_cmpint (count_lines (cli_out), ==, 1);
      check_taps ("k.csv", truth);
      if (g_test_failed ())
        g_test_message ("%s: %s", line, cli_err);
    }
  g_assert_true (g_file_get_contents (scratch ("r.json"), &report, NULL, NULL));
  check_json (report);
  /* A quarter of 32, 18 and 8 rows. */
  g_assert_nonnull (strstr (report, "\"held_out\":{\"residuals\":566,"));
  g_assert_cmpint (count_of (report, "\"held_out\":{"), ==, 4);
  cli_close ();
}

/* A pair of another filter is told apart; files without a partner are named. */
static void
test_strange (void)
{
  EwRandom random = 432;

  open_pairs ();
  write_pair (&random, "odd", 20, 20, other);
  scratch_write_text ("pairs/alone-before.csv", "1\n");
  cli_run ("learn pairs " SIZE "--optimizer least-squares --report r.json");
  g_assert_cmpint (cli_status, ==, 0);
  g_assert_true (g_str_has_prefix (cli_err, "edgewise-cli: This has no partner and is left out: alone-before.csv.\n"));
  g_assert_nonnull (strstr (cli_err, "\nedgewise-cli: odd does not seem to be of the same filter: "));
  g_assert_cmpint (count_of (cli_err, "all 4 pairs"), ==, 1);
  cli_close ();
}

static void
test_refused (void)
{
  static const struct
  {
    const char *arguments;
    int status;
    const char *text;
  } cases[] = {
    { "learn . " SIZE, 1, ".: There is no pair in this folder; " },
    { "learn pairs", 2, "--kernel-size" },
    { "learn pairs pairs " SIZE, 1, "pairs: This is a folder; a file is needed." },
    { "learn --pairs pairs x.csv y.csv " SIZE, 2, "--pairs stands for INPUT and TARGET; x.csv is one too many." },
    { "learn --pairs missing " SIZE, 1, "missing: A folder or a list of pairs is needed" },
    { "learn --pairs x.npy " SIZE, 1, "x.npy: This is no list of pairs" },
    { "learn pairs " SIZE "--method direct", 2, "--method direct goes with two files" },
    { "learn pairs " SIZE "--channels all", 2, "--channels all: there are luminance, shared, each." },
    { "learn pairs " SIZE "--channels each -o k.csv", 1, "large-before.npy: There are no colours here" },
    { "learn pairs --kernel-size 4x4 -o k.csv", 1, "large-after.npy: The target is 32×45" },
    { "learn --pairs bad.txt " SIZE "-o k.csv", 1, "y.csv: The target is 6×7" },
    { "learn --pairs gone.txt " SIZE "-o k.csv", 1, "gone.npy: The file could not be opened" },
    { "corr2d x.npy k.npy -o y.csv --channels shared", 2, "y.csv: Only images hold colours" },
    { "corr2d x.npy k.npy -o y.npy --bias 1,2,3", 2, "--bias 1,2,3: a finite number is needed" },
  };

  open_pairs ();
  scratch_write_text ("bad.txt", "pairs/wide-before.npy pairs/wide-after.npy\nx.csv y.csv\n");
  scratch_write_text ("gone.txt", "pairs/wide-before.npy pairs/wide-after.npy\ngone.npy y.csv\n");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      cli_refuses (cases[i].arguments, cases[i].status, cases[i].text);
      g_assert_false (g_file_test (scratch ("k.csv"), G_FILE_TEST_EXISTS));
    }
  cli_close ();
}

/* --- colours */

static const double of_channel[3][6]
    = { { 0.25, 0, 0.5, 0.125, 0, 0.125 }, { 0, 0.5, 0, 0, 0.25, 0 }, { 0.5, 0.125, 0, 0, 0, 0.25 } };

/* A colour image of floats, photo.tif, and a kernel's file for each channel: true-red.csv … */
static gboolean
open_colours (void)
{
  static const char *const names[] = { "true-red.csv", "true-green.csv", "true-blue.csv" };
  EwRandom random = 433;
  EwGrid *planes[3];

  if (!need_images ())
    return FALSE;
  cli_open ();
  for (int k = 0; k < 3; k++)
    {
      g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 3, of_channel[k], 0, NULL);

      planes[k] = random_grid (&random, 23, 31, 0, 1);
      g_assert_true (ew_kernel_write (scratch (names[k]), kernel, NULL));
    }
  g_assert_true (ew_planes_write (scratch ("photo.tif"), planes, 3, NULL, NULL));
  for (int k = 0; k < 3; k++)
    ew_grid_unref (planes[k]);
  return TRUE;
}

/* What corr2d makes with a kernel each is what is learned again, and its application gives the same picture. */
static void
test_each (void)
{
  g_autofree char *report = NULL;

  if (!open_colours ())
    return;
  cli_works ("corr2d photo.tif true.csv --channels each -o after.tif");
  cli_run ("learn photo.tif after.tif " SIZE "--channels each --optimizer least-squares -o k.csv --report r.json "
           "--history h.csv");
  g_assert_cmpint (cli_status, ==, 0);
  check_taps ("k-red.csv", of_channel[0]);
  check_taps ("k-green.csv", of_channel[1]);
  check_taps ("k-blue.csv", of_channel[2]);
  g_assert_false (g_file_test (scratch ("k.csv"), G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (scratch ("h-green.csv"), G_FILE_TEST_EXISTS));
  g_assert_true (g_regex_match_simple ("^red, epoch 1, loss .*\ngreen, epoch 1, loss .*\nblue, epoch 1, loss .*\n$", cli_out,
                                       0, 0));
  g_assert_true (g_file_get_contents (scratch ("r.json"), &report, NULL, NULL));
  g_assert_true (g_str_has_prefix (report, "{\"channels\":{\"red\":{\"epochs\":1,"));
  g_assert_nonnull (strstr (report, "},\"blue\":{"));
  g_assert_true (g_str_has_suffix (report, "}}}}\n"));
  cli_works ("corr2d photo.tif k.csv --channels each -o again.png");
  cli_works ("corr2d after.tif preset:identity:size=1 --channels shared -o first.png");
  cli_run_shell ("cmp again.png first.png");
  g_assert_cmpint (cli_status, ==, 0);
  cli_run ("learn photo.tif after.tif " SIZE "--channels each --epochs 1 --json");
  g_assert_nonnull (strstr (cli_out, "\n{\"channel\":\"green\",\"epoch\":1,\"loss\":"));
  cli_close ();
}

/* A bias for each, and one kernel for all. */
static void
test_shared (void)
{
  double bias = NAN;

  if (!open_colours ())
    return;
  cli_works ("corr2d photo.tif true-red.csv --channels shared -o after.tif");
  cli_run ("learn photo.tif after.tif " SIZE "--channels shared --optimizer least-squares -o k.csv --report r.json");
  g_assert_cmpint (cli_status, ==, 0);
  check_taps ("k.csv", of_channel[0]);
  g_assert_true (g_file_get_contents (scratch ("r.json"), &cli_out, NULL, NULL));
  /* Three times 22 × 29. */
  g_assert_nonnull (strstr (cli_out, "\"residuals\":1914,"));
  cli_works ("corr2d photo.tif true.csv --channels each --bias 0.125,0.25,-0.5 -o after.tif");
  cli_run ("learn photo.tif after.tif " SIZE "--channels each --bias --optimizer least-squares --json");
  g_assert_cmpint (cli_status, ==, 0);
  bias = g_ascii_strtod (strstr (strstr (cli_out, "\"blue\""), "\"bias\":") + strlen ("\"bias\":"), NULL);
  g_assert_cmpfloat_with_epsilon (bias, -0.5, 1e-6);
  /* One grey file: the luminance of the other; a kernel each there is none. */
  cli_works ("corr2d photo.tif true-red.csv -o grey.tif");
  cli_run ("learn photo.tif grey.tif " SIZE "--channels shared --optimizer least-squares -o k.csv");
  g_assert_nonnull (strstr (cli_err, "edgewise-cli: grey.tif has no colours, so the luminance is used.\n"));
  check_taps ("k.csv", of_channel[0]);
  cli_refuses ("learn photo.tif grey.tif " SIZE "--channels each", 1, "grey.tif: There are no colours here");
  cli_refuses ("corr2d grey.tif true.csv --channels each -o y.tif", 1, "grey.tif: There are no colours here");
  cli_refuses ("corr2d photo.tif k.csv --channels each -o y.tif", 1, "k-red.csv: The file could not be opened");
  cli_close ();
}

/* A target saved as JPEG, which takes fine detail away from what is learned of it unless that is known. */
static void
test_jpeg (void)
{
  EwRandom random = 434;
  g_autoptr (EwGrid) x = NULL;
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 3, of_channel[0], 0, NULL);
  g_autoptr (EwKernel) learned = NULL;
  g_autofree char *report = NULL;

  if (!need_images ())
    return;
  cli_open ();
  x = random_grid (&random, 97, 106, 0.2, 0.8);
  g_assert_true (ew_grid_write (scratch ("photo.npy"), x, NULL, NULL));
  g_assert_true (ew_kernel_write (scratch ("true.csv"), kernel, NULL));
  cli_works ("corr2d photo.npy true.csv -o after.jpg");
  cli_run ("learn photo.npy after.jpg " SIZE "--optimizer least-squares --loss jpeg -o k.csv --report r.json");
  g_assert_cmpint (cli_status, ==, 0);
  g_assert_cmpint (count_lines (cli_out), ==, 1);
  /* 96 × 104 outputs. */
  g_assert_nonnull (strstr (cli_err, "fitted to the steps of 156 blocks of the JPEG; standard errors"));
  learned = ew_kernel_read (scratch ("k.csv"), NULL);
  for (int k = 0; k < 6; k++)
    g_assert_cmpfloat_with_epsilon (learned->taps[k], of_channel[0][k], 2e-3);
  g_assert_true (g_file_get_contents (scratch ("r.json"), &report, NULL, NULL));
  g_assert_nonnull (strstr (report, "\"jpeg\":{\"standard_error\":[["));
  cli_close ();
}

/* Examined, a target saved as JPEG is said with the loss that is made for it; not where the file is no JPEG, nor where a loss
 * was chosen. */
static void
test_jpeg_said (void)
{
  static const char sentence[]
      = "edgewise-cli: The target was saved as JPEG, and least squares takes what that lost for noise, so "
        "that the kernel comes out too soft; --loss jpeg --optimizer least-squares reckons with its steps.\n";
  static const char learn[] = "learn photo.npy after.%s " SIZE "--optimizer least-squares %s";
  static const struct
  {
    const char *ending;
    const char *words;
    gboolean said;
  } cases[] = { { "jpg", "--examine", TRUE },
                { "jpg", "--correct", TRUE },
                { "jpg", "", FALSE },
                { "jpg", "--examine --loss jpeg", FALSE },
                { "jpg", "--examine --loss huber", FALSE },
                { "png", "--examine", FALSE } };
  EwRandom random = 435;
  g_autoptr (EwGrid) x = NULL;
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 3, of_channel[0], 0, NULL);

  if (!need_images ())
    return;
  cli_open ();
  x = random_grid (&random, 41, 50, 0.2, 0.8);
  g_assert_true (ew_grid_write (scratch ("photo.npy"), x, NULL, NULL));
  g_assert_true (ew_kernel_write (scratch ("true.csv"), kernel, NULL));
  cli_works ("corr2d photo.npy true.csv -o after.jpg");
  cli_works ("corr2d photo.npy true.csv -o after.png");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = g_strdup_printf (learn, cases[i].ending, cases[i].words);

      cli_run (line);
      g_assert_cmpint (cli_status, ==, 0);
      if ((strstr (cli_err, sentence) != NULL) != cases[i].said
          || (strstr (cli_err, "saved as JPEG") != NULL) != cases[i].said)
        g_test_fail_printf ("%s: %s", line, cli_err);
    }
  cli_close ();
}

void
add_cli_pairs_cases (void)
{
  g_test_add_func ("/cli/pairs/folder", test_folder);
  g_test_add_func ("/cli/pairs/ways", test_ways);
  g_test_add_func ("/cli/pairs/strange", test_strange);
  g_test_add_func ("/cli/pairs/refused", test_refused);
  g_test_add_func ("/cli/pairs/each", test_each);
  g_test_add_func ("/cli/pairs/shared", test_shared);
  g_test_add_func ("/cli/pairs/jpeg", test_jpeg);
  g_test_add_func ("/cli/pairs/jpeg-said", test_jpeg_said);
}
