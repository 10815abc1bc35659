/* edgewise-cli, run as a user would: demo and devices here, the rest in cli-*.c. */
#include "tests/cli-fixtures.h"
#include "tests/comma-locale.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char demo[] = "19 25\n37 43\n"
                           "epoch 10, loss 0.305, weight [0.9308, -1.0440]\n"
                           "epoch 20, loss 0.003, weight [0.9938, -1.0059]\n"
                           "epoch 30, loss 0.000, weight [0.9993, -1.0007]\n"
                           "epoch 40, loss 0.000, weight [0.9999, -1.0001]\n"
                           "epoch 50, loss 0.000, weight [1.0000, -1.0000]\n"
                           "epoch 60, loss 0.000, weight [1.0000, -1.0000]\n"
                           "epoch 70, loss 0.000, weight [1.0000, -1.0000]\n"
                           "epoch 80, loss 0.000, weight [1.0000, -1.0000]\n"
                           "epoch 90, loss 0.000, weight [1.0000, -1.0000]\n"
                           "epoch 100, loss 0.000, weight [1.0000, -1.0000]\n";

static void
test_demo (void)
{
  cli_open ();
  cli_works ("demo");
  g_assert_cmpstr (cli_out, ==, demo);
  cli_set_environment ("EDGEWISE_CPU=generic");
  cli_works ("demo");
  g_assert_cmpstr (cli_out, ==, demo);
  cli_close ();
}

static void
test_help (void)
{
  static const char *const calls[] = { "--help",        "-h",       "help",           "help demo",   "help corr2d",
                                       "corr2d --help", "learn -h", "devices --help", "demo --help", "bench --help" };

  cli_open ();
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      cli_works (calls[i]);
      g_assert_true (g_str_has_prefix (cli_out, "edgewise-cli"));
      g_assert_true (g_str_has_suffix (cli_out, "\n"));
    }
  cli_works ("--version");
  g_assert_cmpstr (cli_out, ==, "edgewise-cli " EDGEWISE_VERSION "\n");
  cli_close ();
}

static void
test_devices (void)
{
  cli_open ();
  cli_works ("devices");
  g_assert_cmpint (count_lines (cli_out), >=, 1);
  g_assert_true (g_str_has_prefix (cli_out, "cpu: CPU · "));
  g_assert_nonnull (strstr (cli_out, ": usable\n"));

  cli_works ("devices --json");

  g_auto (GStrv) lines = g_strsplit (cli_out, "\n", -1);
  int n = count_lines (cli_out);

  g_assert_true (g_str_has_prefix (lines[0], "{\"name\":\"CPU · "));
  g_assert_true (g_str_has_suffix (lines[0], ",\"kind\":\"cpu\",\"usable\":true,\"reason\":null}"));
  for (int i = 0; i < n; i++)
    g_assert_true (g_regex_match_simple ("^\\{\"name\":\"([^\"\\\\]|\\\\.)+\",\"kind\":\"(cpu|cuda)\","
                                         "(\"usable\":true,\"reason\":null|"
                                         "\"usable\":false,\"reason\":\"([^\"\\\\]|\\\\.)+\\.\")"
                                         "(,\"memory\":[0-9]+)?(,\"capability\":\"[0-9.]+\")?"
                                         "(,\"driver\":\"[0-9.]+\")?\\}$",
                                         lines[i], 0, 0));
  g_assert_cmpstr (lines[n], ==, "");
  /* Whatever else is here must agree with the CPU, which is not checked against itself. */
  cli_works ("devices --check");
  g_assert_true (g_str_has_prefix (cli_out, "cpu: CPU · "));
  g_assert_null (strstr (cli_out, "cpu: The device"));
  cli_close ();
}

/* --- presets */

static void
test_presets (void)
{
  cli_open ();
  cli_works ("presets");
  g_assert_nonnull (strstr (cli_out, "preset:scharr-y: "));
  g_assert_nonnull (strstr (cli_out, "    sigma=1.4   (0.1 to 30)\n"));
  /* One bright pixel shows the kernel turned by 180°. */
  cli_run_shell ("printf '0,0,0,0,0\\n0,0,0,0,0\\n0,0,1,0,0\\n0,0,0,0,0\\n0,0,0,0,0\\n' >point.csv");
  cli_works ("corr2d point.csv preset:kirsch:angle=90 -o -");
  g_assert_cmpstr (cli_out, ==, "-3,-3,-3\n-3,0,-3\n5,5,5\n");
  cli_close ();
}

/* --- standard output */

static void
test_full_output (void)
{
  static const char *const calls[] = { "demo",
                                       "devices",
                                       "devices --json",
                                       "--help",
                                       "--version",
                                       "corr2d x.npy k.npy -o -",
                                       "learn x.csv y.csv --kernel-size 1x2" };

  if (!cli_has_full_device ())
    return;
  cli_open ();
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autofree char *command = g_strdup_printf ("\"$cli\" %s >/dev/full", calls[i]);

      cli_run_shell (command);
      g_assert_cmpint (cli_status, ==, 1);
      g_assert_true (g_str_has_prefix (cli_err, "edgewise-cli: "));
      g_assert_nonnull (strstr (cli_err, "No space left"));
      g_assert_cmpint (count_lines (cli_err), ==, 1);
    }
  cli_close ();
}

/* Whoever read the output has gone: the program ends soon, by itself, and not by a signal. */
static void
test_closed_pipe (void)
{
  static const char *const calls[]
      = { "demo", "corr2d x.npy k.npy -o -",
          "learn x.csv y.csv --kernel-size 1x2 --rate 1e-12 --epochs 1000000000000 --log-every 1 -o never.csv",
          "learn x.csv y.csv --kernel-size 1x2 --epochs 1000000000000 --log-every 1 -o never.csv" };

  cli_open ();
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      /* The second part of the pipe waits until the first has started, and reads nothing. */
      g_autofree char *command
          = g_strdup_printf ("{ \"$cli\" %s; echo $? >status; } 2>err | sleep 0; cat status err", calls[i]);

      g_unlink (scratch ("status"));
      cli_run_shell (command);
      g_assert_true (g_str_has_prefix (cli_out, "1\nedgewise-cli: ") || g_strcmp0 (cli_out, "0\n") == 0);
      if (i >= 2)
        g_assert_nonnull (strstr (cli_out, "Broken pipe"));
      g_assert_false (g_file_test (scratch ("never.csv"), G_FILE_TEST_EXISTS));
    }
  cli_close ();
}

/* --- numbers */

static void
test_locale (void)
{
  g_autofree char *locpath = NULL;
  static const char *const calls[] = { "demo",
                                       "corr2d x.npy k.npy -o -",
                                       "learn x.csv y.csv --kernel-size 1x2 --init start.csv --rate 0.025",
                                       "learn x.csv y.csv --kernel-size 1x2 --init start.csv --json --bias",
                                       "learn x.csv y.csv --kernel-size 1x2 --rate auto --history /dev/stdout",
                                       "learn x.csv y.csv --kernel-size 1x2 --rate 1.5" };

  cli_open ();
  if (!comma_locale_make (scratch (".")))
    {
      g_test_skip ("no locale with a decimal comma can be had here");
      cli_close ();
      return;
    }
  locpath = g_strdup_printf ("LOCPATH=%s", scratch ("."));
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autofree char *out = NULL;
      g_autofree char *err = NULL;

      cli_set_environment (NULL);
      cli_run (calls[i]);
      out = g_strdup (cli_out);
      err = g_strdup (cli_err);
      cli_set_environment (locpath);
      cli_set_environment ("LC_ALL=" COMMA_LOCALE);
      cli_run (calls[i]);
      g_assert_cmpstr (cli_out, ==, out);
      g_assert_cmpstr (cli_err, ==, err);
      g_assert_true (strchr (out, '.') != NULL || *err != '\0');
    }
  /* The locale is in force: printf, which uses it, shows it. */
  cli_run_shell ("env printf '%.1f' 0,5 2>&1");
  g_assert_cmpstr (cli_out, ==, "0,5");
  cli_close ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/cli/demo", test_demo);
  g_test_add_func ("/cli/help", test_help);
  g_test_add_func ("/cli/devices", test_devices);
  g_test_add_func ("/cli/presets", test_presets);
  g_test_add_func ("/cli/output/full", test_full_output);
  g_test_add_func ("/cli/output/closed-pipe", test_closed_pipe);
  g_test_add_func ("/cli/locale", test_locale);
  add_cli_bad_pairs_cases ();
  add_cli_bench_cases ();
  add_cli_corr2d_cases ();
  add_cli_learn_cases ();
  add_cli_methods_cases ();
  add_cli_optimizers_cases ();
  add_cli_pairs_cases ();
  add_cli_race_cases ();
  add_cli_refused_cases ();
  return g_test_run ();
}
