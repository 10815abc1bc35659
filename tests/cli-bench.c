/* edgewise-cli bench: what it prints, on the smallest cells. How fast they are is not asserted. */
#include "tests/cli-fixtures.h"

#include <string.h>

#define NUMBER "([0-9.]+(?:e-?[0-9]+)?)"

/* Every line is one object with just these keys in this order; returns the number of threads in it. */
static int
check_line (const char *line, const char *op, const char *image, const char *kernel, const char *method)
{
  g_autofree char *pattern = g_strdup_printf (
      "^\\{\"op\":\"%s\",\"image\":\"%s\",\"kernel\":\"%s\",\"threads\":([0-9]+),\"device\":\"cpu\",\"method\":\"%s\","
      "\"median_s\":" NUMBER ",\"min_s\":" NUMBER ",\"floor_s\":" NUMBER ",\"floor\":\"(memory|arithmetic)\"\\}$",
      op, image, kernel, method);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  double numbers[4] = { 0 };

  g_assert_nonnull (regex);
  if (!g_regex_match (regex, line, 0, &match))
    {
      g_test_message ("“%s” is not like %s", line, pattern);
      g_test_fail ();
      return 0;
    }
  for (int i = 0; i < 4; i++)
    {
      g_autofree char *text = g_match_info_fetch (match, i + 1);

      numbers[i] = g_ascii_strtod (text, NULL);
      g_assert_cmpfloat (numbers[i], >, 0);
    }
  g_assert_cmpfloat (numbers[2], <=, numbers[1]);
  return (int)numbers[0];
}

/* One line for one thread and one for all cores, where these are not the same. */
static void
test_json (void)
{
  g_auto (GStrv) lines = NULL;
  int cores = (int)g_get_num_processors ();

  cli_open ();
  cli_works ("bench --op step --image 6x8 --kernel 1x2 --json");
  g_assert_cmpint (count_lines (cli_out), ==, cores == 1 ? 1 : 2);
  lines = g_strsplit (cli_out, "\n", -1);
  g_assert_cmpint (check_line (lines[0], "step", "6x8", "1x2", "direct"), ==, 1);
  if (cores > 1)
    g_assert_cmpint (check_line (lines[1], "step", "6x8", "1x2", "direct"), ==, cores);
  cli_close ();
}

/* All operations, in their order, on that many threads alone. */
static void
test_threads (void)
{
  static const char *const ops[] = { "corr2d", "step", "gram" };
  g_auto (GStrv) lines = NULL;

  cli_open ();
  cli_works ("bench --image 20x30 --kernel 3x4 --threads 3 --device cpu --json");
  g_assert_cmpint (count_lines (cli_out), ==, 3);
  lines = g_strsplit (cli_out, "\n", -1);
  for (guint i = 0; i < G_N_ELEMENTS (ops) && lines[i] != NULL; i++)
    g_assert_cmpint (check_line (lines[i], ops[i], "20x30", "3x4", i == 2 ? "gram" : "direct"), ==, 3);
  cli_close ();
}

/* Each instruction set that this processor has can be forced, and measures its own floor. */
static void
test_instruction_set (void)
{
  cli_open ();
  cli_set_environment ("EDGEWISE_CPU=generic");
  cli_works ("bench --op corr2d --image 6x8 --kernel 3x3 --threads 1 --json");
  g_strchomp (cli_out);
  check_line (cli_out, "corr2d", "6x8", "3x3", "direct");
  cli_set_environment ("EDGEWISE_CPU=none");
  cli_refuses ("bench --op corr2d --image 6x8 --kernel 3x3", 1, "EDGEWISE_CPU");
  cli_close ();
}

/* The columns stand below each other; kernels that the image is too small for are left out. */
static void
test_table (void)
{
  g_auto (GStrv) lines = NULL;
  glong width;

  cli_open ();
  cli_works ("bench --image 1x4 --threads 1");
  lines = g_strsplit (cli_out, "\n", -1);
  g_assert_cmpint (count_lines (cli_out), >=, 5);
  g_assert_true (g_str_has_prefix (lines[0], "| op "));
  width = g_utf8_strlen (lines[0], -1);
  for (int i = 1; i < 5 && lines[i] != NULL; i++)
    g_assert_cmpint (g_utf8_strlen (lines[i], -1), ==, width);
  for (int i = 2; i < 5 && lines[i] != NULL; i++)
    g_assert_nonnull (strstr (lines[i], "| 1x2 "));
  cli_close ();
}

static void
test_full_output (void)
{
  if (!cli_has_full_device ())
    return;
  cli_open ();
  cli_run_shell ("\"$cli\" bench --image 6x8 --kernel 1x2 --json >/dev/full");
  g_assert_cmpint (cli_status, ==, 1);
  g_assert_cmpstr (cli_err, ==, "edgewise-cli: Standard output could not be written: No space left on device.\n");
  cli_close ();
}

void
add_cli_bench_cases (void)
{
  g_test_add_func ("/cli/bench/json", test_json);
  g_test_add_func ("/cli/bench/threads", test_threads);
  g_test_add_func ("/cli/bench/instruction-set", test_instruction_set);
  g_test_add_func ("/cli/bench/table", test_table);
  g_test_add_func ("/cli/bench/full-output", test_full_output);
}
