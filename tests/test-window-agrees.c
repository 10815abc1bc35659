/* What the window says of outputs, with paddings, borders, strides, dilations and a bias, beside what edgewise-cli computes
 * from the same files: each number under the cursor, and what the histogram sums up. */
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

/* How the kernel is laid over the input, in the words of edgewise-cli; @padding_choice and @border_choice are the same in the
 * window's lists. */
typedef struct
{
  const char *padding;
  int padding_choice;
  const char *border;
  int border_choice;
  int stride;
  int dilation;
  int bias; /* hundredths */
} Laying;

/* "1.05", "-0.37". Transfer full. */
static char *
hundredths (int value)
{
  return g_strdup_printf ("%s%d.%02d", value < 0 ? "-" : "", ABS (value) / 100, ABS (value) % 100);
}

/* What edgewise-cli prints for it: rows · columns numbers. */
static void
correlate (const Data *data, const Laying *laying, double *values, int n)
{
  g_autofree char *program = g_build_filename (g_getenv ("EDGEWISE_BUILD_ROOT"), "app", "cli", "edgewise-cli", NULL);
  g_autofree char *stride = g_strdup_printf ("%d", laying->stride);
  g_autofree char *dilation = g_strdup_printf ("%d", laying->dilation);
  g_autofree char *bias = hundredths (laying->bias);
  const char *const arguments[]
      = { program,    "corr2d",   data->input, data->kernel,    "-o",       "-",             "--stride", stride, "--dilation",
          dilation,   "--padding", laying->padding, "--border", laying->border, "--bias", bias,   NULL };
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

/* Types a number into the weight that is selected, and a key after it. */
static void
type_number (int value, const char *key)
{
  g_autofree char *digits = hundredths (abs (value));

  if (value < 0)
    g_assert_true (xdotool ("key", "minus", NULL));
  type (digits);
  g_assert_true (xdotool ("key", key, NULL));
}

/* Chooses from the list of that name, which stands at its first entry. */
static void
choose (Fixture *f, const char *name, int choice)
{
  if (choice == 0)
    return;
  focus (f, ACCESSIBLE_ANY, name);
  g_assert_true (xdotool ("key", "space", NULL));
  g_usleep (300000);
  for (int k = 0; k < choice; k++)
    g_assert_true (xdotool ("key", "--delay", "60", "Down", NULL));
  g_assert_true (xdotool ("key", "Return", NULL));
}

/* Starts the program on the input, laid like that, and types the kernel. */
static void
start_with (Fixture *f, const Data *data, const Laying *laying, const char *size)
{
  g_autofree char *label = g_strdup_printf ("Output Ŷ  %s", size);

  start (f, "--kernel-size=2x3", data->input, NULL);
  accessible_free (find (f, ACCESSIBLE_LABEL, "Input X  9×11"));
  if (laying->bias != 0)
    {
      press_key ("^Edgewise", "alt+8");
      focus (f, ACCESSIBLE_ANY, "Bias");
      g_assert_true (xdotool ("key", "space", NULL));
    }
  press_key ("^Edgewise", "alt+9");
  choose (f, "Padding", laying->padding_choice);
  choose (f, "Border", laying->border_choice);
  for (int k = 0; k < 2; k++)
    {
      g_autoptr (Accessible) spin = find (f, ACCESSIBLE_SPIN_BUTTON, k == 0 ? "Stride" : "Dilation");

      g_assert_true (accessible_set_value (f->bus, spin, k == 0 ? laying->stride : laying->dilation));
    }
  accessible_free (find (f, ACCESSIBLE_LABEL, label));
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  for (int k = 0; k < TAPS; k++)
    type_number (data->taps[k], k < TAPS - 1 || laying->bias != 0 ? "Tab" : "Return");
  if (laying->bias != 0)
    type_number (laying->bias, "Return");
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
wait_for_result (Fixture *f, const Accessible *widget, const char *place, double value, const Data *data)
{
  double tolerance = 5.1e-6 * fabs (value) + 3 * TAPS * 0x1p-24 * data->magnitude;
  gint64 end = g_get_monotonic_time () + (gint64)(1e6 * PATIENCE);
  g_autofree char *said = NULL;

  do
    {
      g_free (said);
      said = accessible_description (f->bus, widget);
      if (said != NULL && strstr (said, place) != NULL && fabs (result_of (said) - value) <= tolerance)
        return;
      g_usleep (20000);
    }
  while (g_get_monotonic_time () < end);
  g_test_fail_printf ("the window says “%s”, edgewise-cli %.9g at %s", said, value, place);
}

/* Gives the keyboard to the output, with the cursor at its first value. */
static void
go_to_first (Fixture *f, int rows, int columns)
{
  focus (f, ACCESSIBLE_IMAGE, "Output");
  /* The first key shows where the cursor is. */
  g_assert_true (xdotool ("key", "--delay", "60", "Down", NULL));
  for (int k = 0; k < MAX (rows, columns); k++)
    g_assert_true (xdotool ("key", "--delay", "60", "Up", "Left", NULL));
}

/* The value under the cursor, number @k, as the two widgets say it. */
static void
compare_value (Fixture *f, Accessible *const widgets[2], const Data *data, const double *values, int k, int columns)
{
  g_autofree char *place = g_strdup_printf ("Ŷ[%d, %d] ", k / columns, k % columns);

  for (int w = 0; w < 2; w++)
    wait_for_result (f, widgets[w], place, values[k], data);
}

/* Along the first row and the last column, where the border counts. */
static void
compare_edges (Fixture *f, const Data *data, const double *values, int rows, int columns)
{
  g_autoptr (Accessible) sum = find (f, ACCESSIBLE_ANY, SUM);
  g_autoptr (Accessible) output = find (f, ACCESSIBLE_IMAGE, "Output");
  Accessible *const widgets[] = { sum, output };

  go_to_first (f, rows, columns);
  for (int j = 0; j < columns && !g_test_failed (); j++)
    {
      compare_value (f, widgets, data, values, j, columns);
      g_assert_true (xdotool ("key", "Right", NULL));
    }
  for (int i = 1; i < rows && !g_test_failed (); i++)
    {
      g_assert_true (xdotool ("key", "Down", NULL));
      compare_value (f, widgets, data, values, (i + 1) * columns - 1, columns);
    }
}

/* Goes through all outputs by the arrow keys. */
static void
compare_all (Fixture *f, const Data *data, const double *values, int rows, int columns)
{
  g_autoptr (Accessible) sum = find (f, ACCESSIBLE_ANY, SUM);
  g_autoptr (Accessible) output = find (f, ACCESSIBLE_IMAGE, "Output");
  Accessible *const widgets[] = { sum, output };

  go_to_first (f, rows, columns);
  for (int k = 0; k < rows * columns && !g_test_failed (); k++)
    {
      compare_value (f, widgets, data, values, k, columns);
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

/* All of it for one way to lay the kernel: @rows × @columns outputs. */
static void
check_laying (Fixture *f, const Laying *laying, int rows, int columns)
{
  g_autofree double *values = g_new (double, rows * columns);
  g_autofree char *size = g_strdup_printf ("%d×%d", rows, columns);
  Data data;

  data_init (&data, f);
  data.magnitude += abs (laying->bias) / 100.0;
  correlate (&data, laying, values, rows * columns);
  start_with (f, &data, laying, size);
  if (laying->padding_choice == 0)
    compare_all (f, &data, values, rows, columns);
  else
    compare_edges (f, &data, values, rows, columns);
  compare_histogram (f, values, rows * columns, &data);
  quit (f);
  data_clear (&data);
}

static void
test_stride (Fixture *f, gconstpointer unused)
{
  check_laying (f, &(Laying){ "valid", 0, "zero", 0, 2, 1, 0 }, 4, 5);
}

static void
test_dilation (Fixture *f, gconstpointer unused)
{
  check_laying (f, &(Laying){ "valid", 0, "zero", 0, 3, 3, -64 }, 2, 2);
}

static void
test_same (Fixture *f, gconstpointer unused)
{
  check_laying (f, &(Laying){ "same", 1, "replicate", 1, 1, 1, 37 }, 9, 11);
}

static void
test_full (Fixture *f, gconstpointer unused)
{
  check_laying (f, &(Laying){ "full", 2, "reflect", 2, 3, 1, 0 }, 4, 5);
}

/* Padding that reaches further than the kernel, from the other side of the image. */
static void
test_full_wrapped (Fixture *f, gconstpointer unused)
{
  check_laying (f, &(Laying){ "full", 2, "wrap", 3, 3, 2, -120 }, 4, 5);
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
  ADD ("/window-agrees/same", test_same);
  ADD ("/window-agrees/full", test_full);
  ADD ("/window-agrees/full-wrapped", test_full_wrapped);
  ADD ("/window-agrees/histogram-follows", test_histogram_follows);
#undef ADD
  return g_test_run ();
}
