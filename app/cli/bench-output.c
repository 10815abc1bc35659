/* The bench's lines of JSON and its table. */
#include "app/cli/bench-output.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A cell that is faster than this part of its floor says that the floor was disturbed. */
#define DOUBTFUL 0.95

/* The floor counts the multiply-adds of the sums as they are written down; other methods may get by with fewer. */
static gboolean
is_bound (const EwBenchResult *result)
{
  return strcmp (result->method, "direct") == 0 || strcmp (result->method, "gram") == 0 || !result->arithmetic;
}

static void
append_seconds (GString *line, const char *key, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.5g", value);
  g_string_append_printf (line, ",\"%s\":%s", key, isfinite (value) ? number : "null");
}

void
ew_bench_print_json (const EwBenchResult *result)
{
  const EwBenchCell *cell = &result->cell;
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_append_printf (
      line,
      "{\"op\":\"%s\",\"image\":\"%dx%d\",\"kernel\":\"%dx%d\",\"threads\":%d,\"device\":\"%s\",\"method\":\"%s\"",
      ew_bench_ops[cell->op], cell->height, cell->width, cell->kernel_height, cell->kernel_width, result->threads,
      result->device, result->method);
  append_seconds (line, "median_s", result->median);
  append_seconds (line, "min_s", result->min);
  append_seconds (line, "floor_s", result->floor);
  if (isfinite (result->floor))
    g_string_append_printf (line, ",\"floor\":\"%s\"}\n", result->arithmetic ? "arithmetic" : "memory");
  else
    g_string_append (line, ",\"floor\":null}\n");
  fputs (line->str, stdout);
}

/* Three digits and a unit. */
static char *
duration (double seconds)
{
  static const struct
  {
    double from;
    const char *unit;
  } units[] = { { 1, "s " }, { 1e-3, "ms" }, { 1e-6, "µs" }, { 1e-9, "ns" } };
  guint i = 0;

  if (!isfinite (seconds))
    return g_strdup ("–");
  while (i + 1 < G_N_ELEMENTS (units) && seconds < 0.9995 * units[i].from)
    i++;

  double value = seconds / units[i].from;

  return g_strdup_printf ("%.*f %s", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value, units[i].unit);
}

void
ew_bench_print_heading (void)
{
  puts ("| op     | image     | kernel | threads | device | method | median   | minimum  | floor    | of         | "
        "median/floor "
        "| min/floor |");
  puts ("| ------ | --------- | ------ | ------- | ------ | ------ | -------- | -------- | -------- | ---------- | "
        "------------ "
        "| --------- |");
}

/* Columns are counted in characters, of which some are longer than a byte. */
static void
print_column (const char *text, int width)
{
  printf ("| %s%*s ", text, MAX (0, width - (int)g_utf8_strlen (text, -1)), "");
}

static void
print_duration (double seconds)
{
  g_autofree char *text = duration (seconds);

  print_column (text, 8);
}

void
ew_bench_print_row (const EwBenchResult *result, gboolean *doubtful)
{
  const EwBenchCell *cell = &result->cell;
  gboolean has_floor = isfinite (result->floor);
  gboolean below = has_floor && is_bound (result) && result->min < DOUBTFUL * result->floor;
  g_autofree char *image = g_strdup_printf ("%dx%d", cell->height, cell->width);
  g_autofree char *kernel = g_strdup_printf ("%dx%d", cell->kernel_height, cell->kernel_width);
  g_autofree char *threads = g_strdup_printf ("%d", result->threads);
  g_autofree char *of_median = g_strdup_printf ("%.2f", result->median / result->floor);
  g_autofree char *of_min = g_strdup_printf ("%.2f%s", result->min / result->floor, below ? " !" : "");

  print_column (ew_bench_ops[cell->op], 6);
  print_column (image, 9);
  print_column (kernel, 6);
  print_column (threads, 7);
  print_column (result->device, 6);
  print_column (result->method, 6);
  print_duration (result->median);
  print_duration (result->min);
  print_duration (result->floor);
  print_column (!has_floor ? "–" : result->arithmetic ? "arithmetic" : "memory", 10);
  print_column (has_floor ? of_median : "–", 12);
  print_column (has_floor ? of_min : "–", 9);
  puts ("|");
  *doubtful |= below;
}

void
ew_bench_print_remark (void)
{
  puts ("\n! Faster than its floor: something else had the cores while the floor was measured. Measure again.");
}
