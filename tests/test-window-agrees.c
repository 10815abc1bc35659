/* What the window says of outputs, with strides and dilations, beside what edgewise-cli computes from the same files:
 * each number under the cursor, and what the histogram sums up. */
#include "tests/window-fixtures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SUM  "The sum under the pointer"
#define TAPS 6

/* One experiment: 9×11 values and 2×3 taps, in hundredths, so that they can be typed. */
typedef struct
{
  char *input;
  char *kernel;
  int taps[TAPS];   /* hundredths */
  double magnitude; /* Σ |taps| · 1, as no value is larger than 1 */
} Data;

/* Hundredths, not 0, as rows of numbers in a file of the case. Transfer full. */
static char *
write_hundredths (Fixture *f, const char *name, const int *values, int rows, int columns)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char *path = g_build_filename (f->folder, name, NULL);

  for (int k = 0; k < rows * columns; k++)
    g_string_append_printf (text, "%s%d.%02d%s", values[k] < 0 ? "-" : "", ABS (values[k]) / 100, ABS (values[k]) % 100,
                            k % columns == columns - 1 ? "\n" : ",");
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  return path;
}

static void
data_init (Data *data, Fixture *f)
{
  int x[9 * 11];

  *data = (Data){ 0 };
  for (int k = 0; k < 9 * 11; k++)
    x[k] = g_test_rand_int_range (-100, 101);
  for (int k = 0; k < TAPS; k++)
    {
      data->taps[k] = g_test_rand_int_range (1, 200) * (g_test_rand_bit () ? 1 : -1);
      data->magnitude += abs (data->taps[k]) / 100.0;
    }
  data->input = write_hundredths (f, "x.csv", x, 9, 11);
  data->kernel = write_hundredths (f, "k.csv", data->taps, 2, 3);
}

static void
data_clear (Data *data)
{
  g_free (data->input);
  g_free (data->kernel);
}

/* What edgewise-cli prints for it: rows · columns numbers. */
static void
correlate (const Data *data, const char *stride, const char *dilation, double *values, int n)
{
  g_autofree char *program = g_build_filename (g_getenv ("EDGEWISE_BUILD_ROOT"), "app", "cli", "edgewise-cli", NULL);
  const char *const arguments[]
      = { program, "corr2d", data->input, data->kernel, "-o", "-", "--stride", stride, "--dilation", dilation, NULL };
  g_autofree char *printed = NULL;
  char *next;
  int status = -1;

  g_assert_true (
      g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &printed, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  next = printed;
  for (int k = 0; k < n; k++)
    {
      char *start = next;

      values[k] = g_ascii_strtod (start, &next);
      g_assert_true (next != start);
      while (*next == ' ' || *next == ',' || *next == '\n')
        next++;
    }
  g_assert_cmpint (*next, ==, '\0');
}

/* The text with "-" for every "−". Transfer full. */
static char *
plain (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "−", -1);

  return g_strjoinv ("-", parts);
}

/* Starts the program on the input with that stride and dilation and types the kernel. */
static void
start_with (Fixture *f, const Data *data, double stride, double dilation, const char *size)
{
  g_autofree char *label = g_strdup_printf ("Output Ŷ  %s", size);

  start (f, "--kernel-size=2x3", data->input, NULL);
  accessible_free (find (f, ACCESSIBLE_LABEL, "Input X  9×11"));
  for (int k = 0; k < 2; k++)
    {
      g_autoptr (Accessible) spin = find (f, ACCESSIBLE_SPIN_BUTTON, k == 0 ? "Stride" : "Dilation");

      g_assert_true (accessible_set_value (f->bus, spin, k == 0 ? stride : dilation));
    }
  accessible_free (find (f, ACCESSIBLE_LABEL, label));
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  for (int k = 0; k < TAPS; k++)
    {
      g_autofree char *digits = g_strdup_printf ("%d.%02d", abs (data->taps[k]) / 100, abs (data->taps[k]) % 100);

      if (data->taps[k] < 0)
        g_assert_true (xdotool ("key", "minus", NULL));
      type (digits);
      g_assert_true (xdotool ("key", k < TAPS - 1 ? "Tab" : "Return", NULL));
    }
}

/* The result at the end of "Ŷ[0, 1] = … ≈ 0.25. The target is …", or before a long sum: "Ŷ[0, 1] ≈ 0.25, the sum of …". */
static double
result_of (const char *said)
{
  g_autofree char *ascii = plain (said);
  char *end = strstr (ascii, ", the sum of ");
  const char *last = ascii;

  if (end == NULL)
    end = strstr (ascii, ". The target");
  if (end != NULL)
    *end = '\0';
  for (const char *p = ascii; *p != '\0'; p++)
    if (g_str_has_prefix (p, "= ") || g_str_has_prefix (p, "≈ "))
      last = strchr (p, ' ');
  return g_ascii_strtod (last, NULL);
}

/* Waits until the widget speaks of @place and of the value. The sentence says six digits of a sum in float64;
 * edgewise-cli's is in float32, with a rounding for each tap, product and addition. */
static void
wait_for_result (Fixture *f, AccessibleRole role, const char *name, const char *place, double value, const Data *data)
{
  double tolerance = 5.1e-6 * fabs (value) + 3 * TAPS * 0x1p-24 * data->magnitude;
  gint64 end = g_get_monotonic_time () + (gint64)(1e6 * PATIENCE);
  g_autofree char *said = NULL;

  do
    {
      g_autoptr (Accessible) found = find (f, role, name);

      g_free (said);
      said = accessible_description (f->bus, found);
      if (said != NULL && strstr (said, place) != NULL && fabs (result_of (said) - value) <= tolerance)
        return;
      g_usleep (50000);
    }
  while (g_get_monotonic_time () < end);
  g_test_fail_printf ("the window says “%s”, edgewise-cli %.9g at %s", said, value, place);
}

/* Goes through all outputs by the arrow keys. */
static void
compare_all (Fixture *f, const Data *data, const double *values, int rows, int columns)
{
  focus (f, ACCESSIBLE_IMAGE, "Output");
  /* The first key shows where the cursor is. */
  g_assert_true (xdotool ("key", "--delay", "60", "Down", NULL));
  for (int k = 0; k < MAX (rows, columns); k++)
    g_assert_true (xdotool ("key", "--delay", "60", "Up", "Left", NULL));
  for (int k = 0; k < rows * columns && !g_test_failed (); k++)
    {
      g_autofree char *place = g_strdup_printf ("Ŷ[%d, %d] ", k / columns, k % columns);

      wait_for_result (f, ACCESSIBLE_ANY, SUM, place, values[k], data);
      wait_for_result (f, ACCESSIBLE_IMAGE, "Output", place, values[k], data);
      g_assert_true (xdotool ("key", "Right", NULL));
      if (k % columns == columns - 1)
        {
          g_assert_true (xdotool ("key", "--delay", "60", "Down", NULL));
          for (int j = 0; j < columns; j++)
            g_assert_true (xdotool ("key", "--delay", "60", "Left", NULL));
        }
    }
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;

  return (x > y) - (x < y);
}

/* Whether "−1.2 to 3 · mean 0.5 · median 0.4 · all 20 values …" says these four numbers, each to four digits. */
static gboolean
says_numbers (const char *said, const double expected[4], const Data *data)
{
  g_autofree char *ascii = plain (said);
  char *p = ascii;

  for (int k = 0; k < 4; k++)
    {
      while (*p != '\0' && *p != '-' && !g_ascii_isdigit (*p))
        p++;
      if (!(fabs (g_ascii_strtod (p, &p) - expected[k])
            <= 5.1e-4 * fabs (expected[k]) + 3 * TAPS * 0x1p-24 * data->magnitude))
        return FALSE;
    }
  return TRUE;
}

/* Least, greatest, mean and median of what edgewise-cli has printed, as the histogram says them. */
static void
compare_histogram (Fixture *f, double *values, int n, const Data *data)
{
  g_autofree char *all = g_strdup_printf ("all %d values", n);
  gint64 end = g_get_monotonic_time () + (gint64)(1e6 * PATIENCE);
  g_autofree char *said = NULL;
  double sum = 0;

  qsort (values, n, sizeof *values, compare_doubles);
  for (int k = 0; k < n; k++)
    sum += values[k];

  const double expected[] = { values[0], values[n - 1], sum / n, (values[(n - 1) / 2] + values[n / 2]) / 2 };

  press_key ("^Edgewise", "alt+7");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Histogram", all);
  do
    {
      g_autoptr (Accessible) histogram = find (f, ACCESSIBLE_IMAGE, "Histogram");

      g_free (said);
      said = accessible_description (f->bus, histogram);
      if (said != NULL && says_numbers (said, expected, data))
        break;
      g_usleep (50000);
    }
  while (g_get_monotonic_time () < end);
  if (said == NULL || !says_numbers (said, expected, data))
    g_test_fail_printf ("the histogram says “%s”, edgewise-cli %g to %g, mean %g, median %g", said, expected[0],
                        expected[1], expected[2], expected[3]);
  g_assert_true (xdotool ("key", "Escape", NULL));
}

static void
test_stride (Fixture *f, gconstpointer unused)
{
  double values[4 * 5];
  Data data;

  data_init (&data, f);
  correlate (&data, "2", "1", values, 4 * 5);
  start_with (f, &data, 2, 1, "4×5");
  compare_all (f, &data, values, 4, 5);
  compare_histogram (f, values, 4 * 5, &data);
  quit (f);
  data_clear (&data);
}

static void
test_dilation (Fixture *f, gconstpointer unused)
{
  double values[2 * 2];
  Data data;

  data_init (&data, f);
  correlate (&data, "3", "3", values, 2 * 2);
  start_with (f, &data, 3, 3, "2×2");
  compare_all (f, &data, values, 2, 2);
  compare_histogram (f, values, 2 * 2, &data);
  quit (f);
  data_clear (&data);
}

/* While it learns the histogram follows; output, target and residual have their own. */
static void
test_histogram_follows (Fixture *f, gconstpointer unused)
{
  start (f, NULL, NULL, NULL);
  press_key ("^Edgewise", "alt+7");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Histogram", "all 42 values · 0 % clipped");
  /* The learned kernel's. */
  wait_for_text (f, ACCESSIBLE_IMAGE, "Histogram", "−1 to 1 · mean ");
  g_assert_true (xdotool ("key", "Escape", NULL));
  press_key ("^Edgewise", "alt+2");
  press_key ("^Edgewise", "alt+7");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Histogram", "−1 to 1 · mean 0 · median 0 · all 42 values");
  g_assert_true (xdotool ("key", "Escape", NULL));
  quit (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/window-agrees/stride", test_stride);
  ADD ("/window-agrees/dilation", test_dilation);
  ADD ("/window-agrees/histogram-follows", test_histogram_follows);
#undef ADD
  return g_test_run ();
}
