/* edgewise-cli learn. */
#include "app/files/kernel-file.h"
#include "app/files/write.h"
#include "tests/cli-fixtures.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define GOLDEN "learn x.csv y.csv --kernel-size 1x2 --init start.csv"

/* A JSON number, or null for what is not finite. */
#define NUMBER "(null|-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?)"

static const char table[] = "epoch 10, loss 0.305, weight [0.9308, -1.0440]\n"
                            "epoch 20, loss 0.003, weight [0.9938, -1.0059]\n"
                            "epoch 30, loss 0.000, weight [0.9993, -1.0007]\n"
                            "epoch 40, loss 0.000, weight [0.9999, -1.0001]\n"
                            "epoch 50, loss 0.000, weight [1.0000, -1.0000]\n";

/* The number after @key in a line of JSON; NaN for null. */
static double
number_after (const char *line, const char *key)
{
  const char *found = strstr (line, key);

  g_assert_nonnull (found);
  found += strlen (key);
  return g_str_has_prefix (found, "null") ? NAN : g_ascii_strtod (found, NULL);
}

static void
test_lines (void)
{
  cli_open ();
  cli_works (GOLDEN " --epochs 50");
  g_assert_cmpstr (cli_out, ==, table);
  cli_works (GOLDEN);
  g_assert_true (g_str_has_prefix (cli_out, table));
  g_assert_cmpint (count_lines (cli_out), ==, 10);
  g_assert_true (g_str_has_suffix (cli_out, "\nepoch 100, loss 0.000, weight [1.0000, -1.0000]\n"));
  g_assert_null (strstr (cli_out, "-0.000"));
  /* The last epoch is printed in any case, and once. */
  cli_works (GOLDEN " --epochs 25");
  g_assert_cmpint (count_lines (cli_out), ==, 3);
  g_assert_nonnull (strstr (cli_out, "\nepoch 25, loss "));
  cli_works (GOLDEN " --epochs 20 --log-every 7");
  g_assert_true (g_str_has_prefix (cli_out, "epoch 7, "));
  g_assert_nonnull (strstr (cli_out, "\nepoch 14, "));
  g_assert_nonnull (strstr (cli_out, "\nepoch 20, loss 0.003, weight [0.9938, -1.0059]\n"));
  g_assert_cmpint (count_lines (cli_out), ==, 3);
  cli_works (GOLDEN " --epochs 3 --log-every 1000");
  g_assert_true (g_str_has_prefix (cli_out, "epoch 3, "));
  g_assert_cmpint (count_lines (cli_out), ==, 1);
  /* Long after nothing changes any more. */
  cli_works (GOLDEN " --epochs 1000003 --log-every 500000");
  g_assert_true (g_str_has_suffix (cli_out, "\nepoch 1000003, loss 0.000, weight [1.0000, -1.0000]\n"));
  g_assert_cmpint (count_lines (cli_out), ==, 3);
  cli_close ();
}

static void
check_json (int n_taps, gboolean has_bias)
{
  g_autofree char *pattern = g_strdup_printf ("^\\{\"epoch\":[1-9][0-9]*,\"loss\":" NUMBER ",\"weight\":\\[" NUMBER
                                              "(," NUMBER "){%d}\\],\"bias\":%s\\}$",
                                              n_taps - 1, has_bias ? NUMBER : "null");
  g_auto (GStrv) lines = g_strsplit (cli_out, "\n", -1);
  int n = count_lines (cli_out);

  g_assert_cmpint (n, >, 0);
  for (int i = 0; i < n; i++)
    {
      g_assert_true (g_regex_match_simple (pattern, lines[i], 0, 0));
      if (g_test_failed ())
        g_test_message ("%s", lines[i]);
    }
}

static void
test_json (void)
{
  cli_open ();
  cli_works (GOLDEN " --json");
  check_json (2, FALSE);
  g_assert_cmpint (count_lines (cli_out), ==, 10);
  cli_works (GOLDEN " --json --bias --epochs 1 --rate 0.01");
  check_json (2, TRUE);
  /* The first loss is the one at the start values: Σ y². */
  cli_works ("learn x.csv y.csv --kernel-size 1x2 --init zeros --epochs 1 --json");
  g_assert_cmpfloat (number_after (cli_out, "\"loss\":"), ==, 12);
  /* −rate · ∇L(0) = 2 · rate · h, where h = Σ φ·y = (6, −6). */
  g_assert_cmpfloat_with_epsilon (number_after (cli_out, "\"weight\":["), 0.36, 1e-12);
  /* Beyond what can be counted: null, not nan or inf. */
  cli_run ("learn x.csv y.csv --kernel-size 1x2 --rate 1e300 --epochs 9 --log-every 1 --json");
  g_assert_cmpint (cli_status, ==, 1);
  if (*cli_out != '\0')
    check_json (2, FALSE);
  cli_close ();
}

static void
test_history (void)
{
  cli_open ();
  cli_works (GOLDEN " --epochs 12 --log-every 5 --history h.csv -o k.csv");

  g_autofree char *content = NULL;
  g_autofree char *kernel = NULL;

  g_assert_true (g_file_get_contents (scratch ("h.csv"), &content, NULL, NULL));
  g_assert_true (g_file_get_contents (scratch ("k.csv"), &kernel, NULL, NULL));
  g_strchomp (kernel);

  g_auto (GStrv) lines = g_strsplit (content, "\n", -1);

  g_assert_cmpstr (lines[0], ==, "epoch,loss,w0,w1,bias");
  g_assert_cmpint (count_lines (content), ==, 13);
  for (int i = 1; i <= 12; i++)
    {
      g_autofree char *start = g_strdup_printf ("%d,", i);

      g_assert_true (g_str_has_prefix (lines[i], start));
      g_assert_true (g_regex_match_simple ("^[0-9]+(,-?[0-9.e+-]+){3},$", lines[i], 0, 0));
    }
  /* The last weights are the kernel's. */
  g_assert_nonnull (strstr (lines[12], kernel));

  cli_works (GOLDEN " --epochs 2 --bias --rate 0.01 --history h.csv");
  g_clear_pointer (&content, g_free);
  g_assert_true (g_file_get_contents (scratch ("h.csv"), &content, NULL, NULL));
  g_assert_cmpint (count_lines (content), ==, 3);
  g_assert_true (g_regex_match_simple ("\n2(,-?[0-9.e+-]+){4}\n$", content, 0, 0));
  cli_close ();
}

static void
test_automatic_rate (void)
{
  static const struct
  {
    const char *options;
    double rate;
  } cases[] = { { "--rate auto", 0.03 }, { "--rate auto --loss mean", 1.26 } };

  cli_open ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = g_strdup_printf (GOLDEN " --epochs 40 %s", cases[i].options);

      cli_run (line);
      g_assert_cmpint (cli_status, ==, 0);
      g_assert_cmpint (count_lines (cli_out), ==, 4);
      g_assert_cmpint (count_lines (cli_err), ==, 1);
      g_assert_true (g_str_has_prefix (cli_err, "edgewise-cli: the rate is "));
      /* The limit is known to 1e-5, and six digits are printed. */
      g_assert_cmpfloat_with_epsilon (number_after (cli_err, "the rate is "), cases[i].rate, 2e-5 * cases[i].rate);
      /* 40 epochs of the sum at 0.03 and of the mean at 42 · 0.03 are the same. */
      g_assert_nonnull (strstr (cli_out, "epoch 40, loss 0.000, weight [0.9999, -1.0001]\n"));
    }
  cli_close ();
}

static void
test_mean (void)
{
  double sum;

  cli_open ();
  cli_works (GOLDEN " --epochs 1 --json --loss sum");
  sum = number_after (cli_out, "\"loss\":");
  cli_works (GOLDEN " --epochs 1 --json --loss mean");
  /* 6 × 7 residuals; one division. */
  g_assert_cmpfloat_with_epsilon (number_after (cli_out, "\"loss\":"), sum / 42, 1e-15 * sum);
  cli_close ();
}

/* Start values, as they are after one epoch at a rate that changes nothing. */
static void
test_start_values (void)
{
  const char *still = "learn x.csv y.csv --kernel-size 1x2 --rate 1e-300 --epochs 1 --json";
  GHashTable *seen;

  cli_open ();
  seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (int seed = 0; seed < 20; seed++)
    {
      g_autofree char *uniform = g_strdup_printf ("%s --seed %d", still, seed);
      g_autofree char *pytorch = g_strdup_printf ("%s --seed %d --init pytorch", still, seed);
      double weight;

      cli_works (uniform);
      weight = number_after (cli_out, "\"weight\":[");
      g_assert_true (weight >= 0 && weight < 1);
      g_assert_true (g_hash_table_add (seen, g_strdup (cli_out)));
      cli_works (uniform);
      g_assert_false (g_hash_table_add (seen, g_strdup (cli_out)));
      cli_works (pytorch);
      weight = number_after (cli_out, "\"weight\":[");
      g_assert_true (fabs (weight) <= 1 / sqrt (2));
      g_assert_true (g_hash_table_add (seen, g_strdup (cli_out)));
    }
  /* Without a seed it is 0, and uniform is what is meant. */
  cli_works (still);
  g_assert_true (g_hash_table_contains (seen, cli_out));
  g_hash_table_unref (seen);
  cli_works ("learn x.csv y.csv --kernel-size 1x2 --rate 1e-300 --epochs 1 --json --init start.csv");
  g_assert_nonnull (strstr (cli_out, "\"weight\":[-0.6200043670977488,-0.43425278736697215]"));
  cli_works ("learn x.csv y.csv --kernel-size 1x2 --rate 1e-300 --epochs 1 --json --init zeros");
  g_assert_nonnull (strstr (cli_out, "\"weight\":["));
  g_assert_cmpfloat_with_epsilon (number_after (cli_out, "\"weight\":["), 0, 1e-290);
  cli_works ("learn x.csv y.csv --kernel-size 1x2 --rate 1e-300 --epochs 1 --init preset:edge");
  g_assert_cmpstr (cli_out, ==, "epoch 1, loss 0.000, weight [1.0000, -1.0000]\n");
  cli_close ();
}

/* The kernel's file holds the weights to the last bit; the bias is printed alone. */
static void
test_output (void)
{
  static const char *const names[] = { "k.npy", "k.csv", "k.txt" };

  cli_open ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *line = g_strdup_printf (GOLDEN " --bias --rate 0.01 --epochs 5 --json -o %s", names[i]);
      g_autoptr (EwKernel) kernel = NULL;
      const char *second;

      cli_works (line);
      kernel = ew_kernel_read (scratch (names[i]), NULL);
      g_assert_nonnull (kernel);
      g_assert_cmpint (kernel->height, ==, 1);
      g_assert_cmpint (kernel->width, ==, 2);
      g_assert_cmpfloat (kernel->taps[0], ==, number_after (cli_out, "\"weight\":["));
      second = strchr (strstr (cli_out, "\"weight\":["), ',');
      g_assert_cmpfloat (kernel->taps[1], ==, g_ascii_strtod (second + 1, NULL));
      g_assert_cmpfloat (kernel->bias, ==, 0);
    }
  cli_works (GOLDEN " --bias --rate 0.01 --epochs 2 --log-every 1");
  g_assert_true (g_regex_match_simple ("^(epoch [12], loss \\d+\\.\\d{3}, weight \\[-?\\d\\.\\d{4}, -?\\d\\.\\d{4}\\], "
                                       "bias -?\\d\\.\\d{4}\n){2}$",
                                       cli_out, 0, 0));
  /* Standard output is the epochs' alone. */
  cli_refuses (GOLDEN " --epochs 50 --log-every 50 -o -", 2, "-o -: ");
  cli_refuses (GOLDEN " --epochs 50 --history -", 2, "--history -: ");
  g_assert_false (g_file_test (scratch ("-"), G_FILE_TEST_EXISTS));
  cli_close ();
}

static void
test_diverged (void)
{
  cli_open ();
  scratch_write_text ("old.csv", "5,5\n");
  cli_run (GOLDEN " --rate 0.04 --epochs 100000 --log-every 10 -o old.csv --history h.csv");
  g_assert_cmpint (cli_status, ==, 1);
  g_assert_cmpint (count_lines (cli_err), ==, 2);
  g_assert_true (g_str_has_prefix (cli_err, "edgewise-cli: the rate 0.04 is above the largest stable one, 0.0333"));
  g_assert_nonnull (strstr (cli_err, "\nedgewise-cli: Training diverged after epoch "));
  g_assert_nonnull (strstr (cli_err, "the largest stable rate here is 0.0333"));
  g_assert_nonnull (strstr (cli_err, "No kernel was written.\n"));
  g_assert_null (strstr (cli_out, "nan"));
  check_content (scratch ("old.csv"), "5,5\n");
  g_assert_true (g_file_test (scratch ("h.csv"), G_FILE_TEST_EXISTS));
  cli_run (GOLDEN " --rate 7 --epochs 100000 -o new.npy");
  g_assert_cmpint (cli_status, ==, 1);
  g_assert_false (g_file_test (scratch ("new.npy"), G_FILE_TEST_EXISTS));
  cli_close ();
}

/* The same bits, whatever the number of threads. */
static void
test_threads (void)
{
  g_autofree char *first = NULL;

  cli_open ();
  cli_works ("corr2d x.npy k.npy -o y.npy");
  for (int threads = 1; threads <= 5; threads++)
    {
      g_autofree char *line = g_strdup_printf ("learn x.npy y.npy --kernel-size 3x4 --rate 1e-4 --epochs 30 --json "
                                               "--log-every 1 --threads %d --device cpu --method direct --optimizer gd",
                                               threads);

      cli_works (line);
      if (first == NULL)
        first = g_strdup (cli_out);
      g_assert_cmpstr (cli_out, ==, first);
    }
  cli_close ();
}

void
add_cli_learn_cases (void)
{
  g_test_add_func ("/cli/learn/lines", test_lines);
  g_test_add_func ("/cli/learn/json", test_json);
  g_test_add_func ("/cli/learn/history", test_history);
  g_test_add_func ("/cli/learn/automatic-rate", test_automatic_rate);
  g_test_add_func ("/cli/learn/mean", test_mean);
  g_test_add_func ("/cli/learn/start-values", test_start_values);
  g_test_add_func ("/cli/learn/output", test_output);
  g_test_add_func ("/cli/learn/diverged", test_diverged);
  g_test_add_func ("/cli/learn/threads", test_threads);
}
