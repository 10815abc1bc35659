/* edgewise-cli learn: rules, losses, constraints, held-out rows and the report. */
#include "app/files/kernel-file.h"
#include "app/files/write.h"
#include "tests/cli-fixtures.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

#define PAIR "learn photo.npy out.npy --kernel-size 2x3 "

static const double truth[] = { 0.25, -0.5, 1, 0.125, -0.75, 0.5 };

/* A pair made by @truth, with @noise in the target. */
static void
open_pair (double noise)
{
  EwRandom random = 401;
  g_autoptr (EwGrid) x = random_grid (&random, 30, 41, 0, 1);
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 3, truth, 0, NULL);
  g_autoptr (EwGrid) y = reference_output (x, kernel);

  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      ew_grid_row (y, i)[j] += (float)(noise * (ew_random_uniform (&random) - 0.5));
  cli_open ();
  g_assert_true (ew_grid_write (scratch ("photo.npy"), x, NULL, NULL));
  g_assert_true (ew_grid_write (scratch ("out.npy"), y, NULL, NULL));
}

/* The largest difference between a written kernel and the truth. */
static double
error_of (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwKernel) kernel = ew_kernel_read (scratch (name), &error);
  double most = 0;

  g_assert_no_error (error);
  for (int k = 0; k < 6; k++)
    most = fmax (most, fabs (kernel->taps[k] - truth[k]));
  return most;
}

static double
number_after (const char *text, const char *key)
{
  const char *found = strstr (text, key);

  g_assert_nonnull (found);
  found += strlen (key);
  return g_str_has_prefix (found, "null") ? NAN : g_ascii_strtod (found, NULL);
}

/* Float32 data tell the taps to about 1e-7; what the rules leave of the way is below that here, but RMSProp's steps
 * of half a last rate. */
static void
test_rules (void)
{
  static const struct
  {
    const char *options;
    double error;
  } rules[] = {
    { "--optimizer gd --schedule constant --stop-gradient 1e-7 --epochs 100000 --rate auto", 1e-6 },
    { "--optimizer momentum --rate auto --epochs 3000", 1e-6 },
    { "--optimizer momentum --momentum 0.5 --rate auto --epochs 5000", 1e-6 },
    { "--optimizer nesterov --rate auto --epochs 3000", 1e-6 },
    { "--optimizer rmsprop --rate 0.01 --epochs 3000 --schedule step:500:0.1", 1e-4 },
    { "--optimizer adam --rate 0.05 --epochs 3000 --schedule cosine:3000:0.001", 1e-5 },
    { "--optimizer cg", 1e-6 },
    { "--optimizer least-squares", 1e-6 },
    { "--batch 50 --rate auto --epochs 200", 1e-5 },
    { "--loss mean --optimizer momentum --rate auto --epochs 3000", 1e-6 },
  };

  open_pair (0);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autofree char *command = g_strdup_printf (PAIR "-o k.csv --log-every 100000 %s", rules[i].options);

      cli_run (command);
      g_assert_cmpint (cli_status, ==, 0);
      g_assert_cmpint (count_lines (cli_out), ==, 1);
      g_assert_cmpfloat (error_of ("k.csv"), <, rules[i].error);
    }
  cli_close ();
}

/* Standard output is the epochs' alone, and the reason for the end is on standard error. */
static void
test_stops (void)
{
  static const struct
  {
    const char *options;
    const char *reason;
  } stops[] = {
    { "--optimizer least-squares", "stopped after epoch 1: least squares takes one step; the sum of squared residuals is " },
    { "--stop-gradient 1 --rate auto --epochs 100000", ": the gradient is as short as --stop-gradient asks for." },
    { "--stop-change 0.5 --rate auto --epochs 100000", ": the loss falls by no more than --stop-change asks for." },
    { "--stop-time 0.05 --epochs 1000000000 --batch 300 --rate 1e-4 --log-every 1000000000",
      ": the time of --stop-time is over." },
    { "--optimizer cg", ": the weights no longer change." },
  };

  open_pair (0.1);
  for (guint i = 0; i < G_N_ELEMENTS (stops); i++)
    {
      g_autofree char *command = g_strdup_printf (PAIR "%s", stops[i].options);

      cli_run (command);
      g_assert_cmpint (cli_status, ==, 0);
      g_assert_nonnull (strstr (cli_err, stops[i].reason));
      g_assert_cmpint (count_lines (cli_out), >=, 1);
      g_assert_true (g_str_has_prefix (cli_out, "epoch "));
    }
  cli_close ();
}

/* Too large a rate is told before, and no kernel is written after. */
static void
test_divergence (void)
{
  open_pair (0);
  cli_run (PAIR "-o k.csv --history h.csv --optimizer nesterov --rate 1");
  g_assert_cmpint (cli_status, ==, 1);
  g_assert_nonnull (strstr (cli_err, "this will diverge."));
  g_assert_nonnull (strstr (cli_err, "No kernel was written."));
  g_assert_false (g_file_test (scratch ("k.csv"), G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (scratch ("h.csv"), G_FILE_TEST_EXISTS));
  cli_close ();
}

static void
test_constraints (void)
{
  g_autoptr (EwKernel) kernel = NULL;
  double sum = 0;

  open_pair (0.01);
  cli_run (PAIR "-o k.csv --optimizer least-squares --constraint sum1,non-negative,mirror-x");
  g_assert_cmpint (cli_status, ==, 0);
  kernel = ew_kernel_read (scratch ("k.csv"), NULL);
  for (int k = 0; k < 6; k++)
    {
      g_assert_cmpfloat (kernel->taps[k], >=, 0);
      sum += kernel->taps[k];
    }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-12);
  g_assert_cmpfloat (kernel->taps[0], ==, kernel->taps[2]);
  g_clear_pointer (&kernel, ew_kernel_unref);
  cli_run (PAIR "-o k.csv --optimizer momentum --rate auto --fix 1,1=0.25;2,3=7 --epochs 50");
  g_assert_cmpint (cli_status, ==, 0);
  kernel = ew_kernel_read (scratch ("k.csv"), NULL);
  g_assert_cmpfloat (kernel->taps[0], ==, 0.25);
  g_assert_cmpfloat (kernel->taps[5], ==, 7);
  g_clear_pointer (&kernel, ew_kernel_unref);
  cli_run (PAIR "-o k.csv --optimizer least-squares --sparse 40");
  kernel = ew_kernel_read (scratch ("k.csv"), NULL);
  g_assert_cmpfloat (kernel->taps[3], ==, 0);
  g_assert_cmpfloat (kernel->taps[2], >, 0.3);
  cli_close ();
}

/* What --report writes, and that three standard errors hold the truth. */
static void
test_report (void)
{
  g_autofree char *text = NULL;
  const char *learned, *held, *weights, *errors;

  open_pair (0.1);
  cli_run (PAIR "--optimizer least-squares --holdout 0.3 --report r.json --bias");
  g_assert_cmpint (cli_status, ==, 0);
  g_assert_true (g_file_get_contents (scratch ("r.json"), &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "{\"epochs\":1,\"stop\":\"converged\",\"optimizer\":\"least-squares\""));
  learned = strstr (text, "\"learned\":{");
  held = strstr (text, "\"held_out\":{");
  g_assert_nonnull (learned);
  g_assert_nonnull (held);
  /* 29 × 39 outputs, of which nine rows are held out. */
  g_assert_cmpfloat (number_after (text, "\"residuals\":"), ==, 20 * 39);
  g_assert_cmpfloat (number_after (held, "\"residuals\":"), ==, 9 * 39);
  g_assert_nonnull (strstr (text, "\"structure\":{\"content\":{\"p\":"));
  g_assert_null (strstr (text, "\"found\":true"));
  /* Uniform noise of width 0.1. */
  g_assert_cmpfloat_with_epsilon (number_after (text, "\"noise\":"), 0.1 / sqrt (12), 0.002);
  g_assert_cmpfloat_with_epsilon (number_after (held, "\"psnr\":"), -10 * log10 (0.01 / 12), 0.5);
  weights = strstr (text, "\"weight\":[[") + strlen ("\"weight\":[[");
  errors = strstr (text, "\"standard_error\":[[") + strlen ("\"standard_error\":[[");
  for (int k = 0; k < 6; k++)
    {
      double error = g_ascii_strtod (errors, NULL);

      g_assert_cmpfloat (error, >, 1e-4);
      g_assert_cmpfloat_with_epsilon (g_ascii_strtod (weights, NULL), truth[k], 3 * error);
      weights = strpbrk (weights, ",]") + 1 + (k == 2 ? 2 : 0);
      errors = strpbrk (errors, ",]") + 1 + (k == 2 ? 2 : 0);
    }
  cli_close ();
}

/* Taps that a striped image does not determine are told, and ridge by held-out rows gives a kernel all the same. */
static void
test_undetermined (void)
{
  g_autofree char *text = NULL;
  GString *x = g_string_new (NULL);
  GString *y = g_string_new (NULL);

  for (int i = 0; i < 12; i++)
    {
      g_string_append (x, "0,1,3,2,5,4,4,1\n");
      g_string_append (y, i < 11 ? "1,4,5,7,9,8,5\n" : "");
    }
  cli_open ();
  scratch_write_text ("s.csv", x->str);
  scratch_write_text ("t.csv", y->str);
  g_string_free (x, TRUE);
  g_string_free (y, TRUE);
  cli_run ("learn s.csv t.csv --kernel-size 2x2 --optimizer least-squares --report r.json -o k.csv");
  g_assert_cmpint (cli_status, ==, 0);
  g_assert_nonnull (strstr (cli_err, "does not determine 4 of the 4 weights: 2 combinations of them"));
  g_assert_true (g_file_get_contents (scratch ("r.json"), &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"standard_error\":[[null,null],[null,null]]"));
  g_assert_true (isnan (number_after (text, "\"condition\":")));
  cli_run ("learn s.csv t.csv --kernel-size 2x2 --optimizer least-squares --holdout 0.3 --ridge auto");
  g_assert_cmpint (cli_status, ==, 0);
  g_assert_nonnull (strstr (cli_out, "weight [0.5000, 0.5000, 0.5000, 0.5000]"));
  cli_close ();
}

/* One target in ten is spoilt: the robust losses do not mind. */
static void
test_robust (void)
{
  EwRandom random = 402;
  g_autoptr (EwGrid) y = NULL;

  open_pair (0.001);
  y = read_plane (scratch ("out.npy"));
  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      if (ew_random_uniform (&random) < 0.1)
        ew_grid_row (y, i)[j] += 2;
  g_assert_true (ew_grid_write (scratch ("out.npy"), y, NULL, NULL));
  cli_run (PAIR "--optimizer least-squares -o k.csv");
  g_assert_cmpfloat (error_of ("k.csv"), >, 0.05);
  cli_run (PAIR "--optimizer least-squares --loss huber -o k.csv");
  g_assert_nonnull (strstr (cli_err, "count as outliers."));
  g_assert_cmpfloat (error_of ("k.csv"), <, 0.005);
  cli_run (PAIR "--optimizer least-squares --loss absolute -o k.csv");
  g_assert_cmpfloat (error_of ("k.csv"), <, 0.005);
  cli_close ();
}

/* Squares of what a kernel gives are no kernel's. */
static void
test_structure (void)
{
  g_autofree char *text = NULL;
  g_autoptr (EwGrid) y = NULL;

  open_pair (0.001);
  y = read_plane (scratch ("out.npy"));
  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      ew_grid_row (y, i)[j] *= ew_grid_row (y, i)[j];
  g_assert_true (ew_grid_write (scratch ("out.npy"), y, NULL, NULL));
  cli_run (PAIR "--optimizer least-squares --bias --report r.json");
  g_assert_cmpint (cli_status, ==, 0);
  g_assert_nonnull (strstr (cli_err, "the filter is not linear"));
  g_assert_true (g_file_get_contents (scratch ("r.json"), &text, NULL, NULL));
  g_assert_cmpfloat (number_after (text, "\"share\":"), >, 0.5);
  cli_close ();
}

/* A shifted target: said, left alone with --examine, mended with --correct. */
static void
test_examine (void)
{
  g_autofree char *text = NULL;
  EwRandom random = 403;
  g_autoptr (EwGrid) x = random_grid (&random, 100, 120, 0, 1);
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 3, truth, 0, NULL);
  g_autoptr (EwGrid) y = reference_output (x, kernel);
  /* With its edges cut off, and four columns of the target with them. */
  g_autoptr (EwGrid) before = ew_grid_new_cropped (x, 0, 0, 99, 110, NULL);
  g_autoptr (EwGrid) after = ew_grid_new_cropped (y, 0, 4, 99, 110, NULL);

  open_pair (0);
  g_assert_true (ew_grid_write (scratch ("photo.npy"), before, NULL, NULL));
  g_assert_true (ew_grid_write (scratch ("out.npy"), after, NULL, NULL));
  cli_run (PAIR "--optimizer least-squares --padding same --examine --report r.json");
  g_assert_cmpint (cli_status, ==, 0);
  g_assert_nonnull (strstr (cli_err, "is shifted against the input’s: "));
  g_assert_null (strstr (cli_err, "corrected"));
  g_assert_true (g_file_get_contents (scratch ("r.json"), &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"findings\":[{\"kind\":\"shifted\",\"sentence\":\"The target’s picture"));
  cli_run (PAIR "--optimizer least-squares --padding same --border replicate --correct -o k.csv");
  g_assert_cmpint (cli_status, ==, 0);
  g_assert_nonnull (strstr (cli_err, "corrected: Shift It Back."));
  g_assert_cmpfloat (error_of ("k.csv"), <, 0.2);
  cli_close ();
}

void
add_cli_optimizers_cases (void)
{
  g_test_add_func ("/cli/optimizers/rules", test_rules);
  g_test_add_func ("/cli/optimizers/stops", test_stops);
  g_test_add_func ("/cli/optimizers/divergence", test_divergence);
  g_test_add_func ("/cli/optimizers/constraints", test_constraints);
  g_test_add_func ("/cli/optimizers/report", test_report);
  g_test_add_func ("/cli/optimizers/undetermined", test_undetermined);
  g_test_add_func ("/cli/optimizers/robust", test_robust);
  g_test_add_func ("/cli/optimizers/structure", test_structure);
  g_test_add_func ("/cli/optimizers/examine", test_examine);
}
