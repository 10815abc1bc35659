/* edgewise-cli corr2d, held against the reference. */
#include "app/files/kernel-file.h"
#include "app/files/write.h"
#include "engine/reference.h"
#include "tests/cli-fixtures.h"
#include "tests/engine-fixtures.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* x ⋆ kernel + bias in float64. */
static double *
expected_values (const EwGrid *x, const EwKernel *kernel)
{
  EwGeometry geometry;
  double *values = g_new (double, (gsize)x->height *(gsize)x->width);

  ew_geometry_init_valid (&geometry, kernel->height, kernel->width);
  g_assert_true (ew_reference_correlate (x, kernel, &geometry, values, NULL));
  return values;
}

/* Within the rounding of float32, or, where @exact, the reference rounded once. */
static void
check_output (const EwGrid *y, const EwGrid *x, const EwKernel *kernel, gboolean exact)
{
  g_autofree double *expected = expected_values (x, kernel);
  g_autofree double *bounds = correlation_bounds (x, kernel);

  g_assert_cmpint (y->height, ==, x->height - kernel->height + 1);
  g_assert_cmpint (y->width, ==, x->width - kernel->width + 1);
  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      {
        int k = i * y->width + j;
        float value = ew_grid_row (y, i)[j];

        if (exact)
          g_assert_cmpfloat (value, ==, (float)expected[k]);
        else
          g_assert_cmpfloat_with_epsilon ((double)value, expected[k], bounds[k]);
      }
}

static EwKernel *
turned (const EwKernel *kernel)
{
  EwKernel *copy = ew_kernel_copy (kernel);
  int n = ew_kernel_n_taps (kernel);

  for (int k = 0; k < n; k++)
    copy->taps[k] = kernel->taps[n - 1 - k];
  return copy;
}

static const struct
{
  const char *options;
  double bias;
  gboolean flipped;
  gboolean exact;
} calls[] = {
  { "", 0, FALSE, FALSE },
  { "--method auto --device auto --padding valid --stride 1 --dilation 1", 0, FALSE, FALSE },
  { "--method direct --device cpu --threads 3", 0, FALSE, FALSE },
  { "--method reference --padding 0,0,0,0", 0, FALSE, TRUE },
  { "--convolve", 0, TRUE, FALSE },
  { "--bias 0.75", 0.75, FALSE, FALSE },
  { "--bias=-1e-3 --convolve --threads=1", -1e-3, TRUE, FALSE },
  { "--bias -.5 --method reference --convolve --border wrap", -0.5, TRUE, TRUE },
};

static void
test_reference (void)
{
  g_autoptr (EwGrid) x = NULL;
  g_autoptr (EwKernel) kernel = NULL;

  cli_open ();
  x = read_plane (scratch ("x.npy"));
  kernel = ew_kernel_read (scratch ("k.npy"), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autofree char *line = g_strdup_printf ("corr2d x.npy k.npy -o y.npy %s", calls[i].options);
      g_autoptr (EwKernel) applied = calls[i].flipped ? turned (kernel) : ew_kernel_copy (kernel);

      applied->bias = calls[i].bias;
      g_unlink (scratch ("y.npy"));
      cli_works (line);
      g_assert_cmpstr (cli_out, ==, "");

      g_autoptr (EwGrid) y = read_plane (scratch ("y.npy"));

      check_output (y, x, applied, calls[i].exact);
    }
  cli_close ();
}

/* Standard output, .csv and .npy hold the same bits; operands may come after the options. */
static void
test_formats (void)
{
  g_autoptr (EwGrid) array = NULL;
  g_autoptr (EwGrid) text = NULL;
  g_autoptr (EwGrid) printed = NULL;

  cli_open ();
  cli_works ("corr2d -o y.npy -- x.npy k.npy");
  cli_works ("corr2d x.npy -o y.csv k.npy");
  cli_works ("corr2d x.npy k.npy -o -");
  array = read_plane (scratch ("y.npy"));
  text = read_plane (scratch ("y.csv"));
  printed = read_plane (scratch_write_text ("printed.txt", cli_out));
  check_same_bits (array, text);
  check_same_bits (array, printed);

  cli_works ("corr2d x.csv preset:identity -o -");
  g_assert_nonnull (strstr (cli_out, "1,1,0,0,0,0,1,1\n"));
  scratch_write_text ("three.csv", "0 1 2\n3 4 5\n6 7 8\n");
  scratch_write_text ("two.txt", "0,1\n2,3\n");
  cli_works ("corr2d three.csv two.txt -o -");
  g_assert_cmpstr (cli_out, ==, "19,25\n37,43\n");
  cli_works ("corr2d three.csv two.txt -o - --convolve");
  g_assert_cmpstr (cli_out, ==, "5,11\n23,29\n");
  cli_close ();
}

/* Padding, borders, strides and dilations: worked examples, and every way of saying them against the reference. */
static void
test_geometry (void)
{
  static const char *const options[] = {
    "--padding same",
    "--padding full --border wrap",
    "--padding 1,2,3,4 --border replicate --stride 2",
    "--dilation 2 --padding same --border reflect",
    "--stride 3 --dilation 2 --padding 0,3,0,1",
  };

  cli_open ();
  scratch_write_text ("three.csv", "0 1 2\n3 4 5\n6 7 8\n");
  scratch_write_text ("two.txt", "0,1\n2,3\n");
  cli_works ("corr2d three.csv two.txt -o - --padding full");
  g_assert_cmpstr (cli_out, ==, "0,3,8,4\n9,19,25,10\n21,37,43,16\n6,7,8,0\n");
  cli_works ("corr2d three.csv two.txt -o - --padding same");
  g_assert_cmpstr (cli_out, ==, "19,25,10\n37,43,16\n7,8,0\n");
  cli_works ("corr2d three.csv two.txt -o - --padding 1,1,1,1 --stride 2");
  g_assert_cmpstr (cli_out, ==, "0,8\n21,43\n");
  cli_works ("corr2d three.csv two.txt -o - --dilation 2");
  g_assert_cmpstr (cli_out, ==, "38\n");
  cli_works ("corr2d three.csv two.txt -o - --padding 0,1,1,0 --border=replicate");
  g_assert_cmpstr (cli_out, ==, "19,25,27\n37,43,45\n40,46,48\n");
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autofree char *direct = g_strdup_printf ("corr2d three.csv two.txt -o direct.npy %s", options[i]);
      g_autofree char *reference
          = g_strdup_printf ("corr2d three.csv two.txt -o wanted.npy --method reference %s", options[i]);

      cli_works (direct);
      cli_works (reference);

      g_autoptr (EwGrid) have = read_plane (scratch ("direct.npy"));
      g_autoptr (EwGrid) want = read_plane (scratch ("wanted.npy"));

      check_same_bits (have, want);
    }
  /* A kernel is learned through the geometry that it was applied with. */
  cli_works ("corr2d x.csv start.csv -o same.npy --padding same --border replicate");
  cli_works ("learn x.csv same.npy --kernel-size 1x2 --padding same --border replicate --rate 0.02 --epochs 200 "
             "--log-every 200 -o learned.npy");
  g_assert_nonnull (strstr (cli_out, "loss 0.000"));
  cli_close ();
}

/* What is not finite goes through, just where the kernel lies over it. */
static void
test_not_finite (void)
{
  cli_open ();
  scratch_write_text ("x.csv", "1,2,nan,4\n5,6,7,8\n9,inf,-inf,12\n");
  scratch_write_text ("k.csv", "1,1\n");
  cli_works ("corr2d x.csv k.csv -o -");
  g_assert_cmpstr (cli_out, ==, "3,nan,nan\n11,13,15\ninf,nan,-inf\n");
  cli_works ("corr2d x.csv k.csv -o - --method reference");
  g_assert_cmpstr (cli_out, ==, "3,nan,nan\n11,13,15\ninf,nan,-inf\n");
  cli_close ();
}

/* How many values were clipped is said, and only that. */
static void
test_clipped (void)
{
  cli_open ();
  if (need_images ())
    {
      scratch_write_text ("x.csv", "-1,0,0.5\n1,2,nan\n");
      scratch_write_text ("one.csv", "1\n");
      cli_run ("corr2d x.csv one.csv -o y.png");
      g_assert_cmpint (cli_status, ==, 0);
      g_assert_cmpstr (cli_out, ==, "");
      g_assert_cmpstr (cli_err, ==, "edgewise-cli: y.png: 3 of 6 values were outside [0, 1] and were clipped.\n");
      cli_works ("corr2d x.csv one.csv -o y.tif");
      cli_works ("corr2d y.png one.csv -o -");
      g_assert_true (g_str_has_prefix (cli_out, "0,0,0.50"));
    }
  cli_close ();
}

/* Images that end too early, wherever they stand. */
static void
test_truncated_image (void)
{
  static const char *const names[] = { "cut.png", "cut.tif", "cut.jpg" };

  cli_open ();
  for (guint i = 0; i < G_N_ELEMENTS (names) && need_images (); i++)
    {
      g_autofree char *content = NULL;
      g_autofree char *start = g_strdup_printf ("edgewise-cli: %s: ", names[i]);
      g_autofree char *input = g_strdup_printf ("corr2d %s preset:box -o old.csv", names[i]);
      g_autofree char *kernel = g_strdup_printf ("corr2d x.csv %s -o old.csv", names[i]);
      g_autofree char *target = g_strdup_printf ("learn x.csv %s --kernel-size 1x2 -o old.csv", names[i]);
      const char *const lines[] = { input, kernel, target };
      g_autoptr (EwGrid) grid = read_plane (scratch ("x.npy"));
      gsize length;

      scratch_write_text ("old.csv", "4,4\n");
      g_assert_true (ew_grid_write (scratch (names[i]), grid, NULL, NULL));
      g_assert_true (g_file_get_contents (scratch (names[i]), &content, &length, NULL));
      scratch_write (names[i], content, length / 2);
      for (guint k = 0; k < G_N_ELEMENTS (lines); k++)
        {
          cli_refuses (lines[k], 1, "damaged or truncated");
          g_assert_true (g_str_has_prefix (cli_err, start));
          check_content (scratch ("old.csv"), "4,4\n");
        }
    }
  cli_close ();
}

void
add_cli_corr2d_cases (void)
{
  g_test_add_func ("/cli/corr2d/reference", test_reference);
  g_test_add_func ("/cli/corr2d/formats", test_formats);
  g_test_add_func ("/cli/corr2d/geometry", test_geometry);
  g_test_add_func ("/cli/corr2d/not-finite", test_not_finite);
  g_test_add_func ("/cli/corr2d/clipped", test_clipped);
  g_test_add_func ("/cli/corr2d/truncated-image", test_truncated_image);
}
