/* What is written reads back the same, and kernels from files and presets. */
#include "app/files/kernel-file.h"
#include "app/files/write.h"
#include "engine/preset.h"
#include "tests/files-fixtures.h"

#include <math.h>
#include <string.h>

static float
float_of_bits (guint32 bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

/* Every kind of float; without NaN every bit of them. */
static EwGrid *
wild_grid (EwRandom *random, gboolean with_nan)
{
  EwGrid *grid = ew_grid_new (1 + (int)random_below (random, 20), 1 + (int)random_below (random, 20), NULL);
  static const guint32 special[] = { 0x80000000, 0, 0x7f800000, 0xff800000, 1, 0x807fffff, 0x7f7fffff, 0x3f800001 };

  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      {
        float value = float_of_bits ((guint32)ew_random_next (random));

        if (random_below (random, 8) == 0)
          value = float_of_bits (special[random_below (random, G_N_ELEMENTS (special))]);
        if (isnan (value))
          value = with_nan ? float_of_bits (0x7fc00000) : 1;
        ew_grid_row (grid, i)[j] = value;
      }
  return grid;
}

static void
test_grids (void)
{
  static const char *const names[] = { "grid.npy", "grid.csv", "grid.txt", "GRID.CSV" };

  scratch_open ();
  for (guint64 seed = 0; seed < 60; seed++)
    {
      EwRandom random = seed;
      g_autoptr (GError) error = NULL;
      g_autoptr (EwGrid) grid = wild_grid (&random, FALSE);
      const char *path = scratch (names[seed % G_N_ELEMENTS (names)]);
      gint64 n_clipped = -1;

      g_assert_true (ew_grid_write (path, grid, &n_clipped, &error));
      g_assert_no_error (error);
      g_assert_cmpint (n_clipped, ==, 0);

      g_autoptr (EwGrid) back = read_plane (path);

      check_same_bits (grid, back);
      if (g_test_failed ())
        g_error ("seed %" G_GUINT64_FORMAT, seed);
    }
  g_assert_cmpint (scratch_count (), ==, (int)G_N_ELEMENTS (names));
  scratch_close ();
}

/* NaN is read as NaN; .npy keeps its bits too. */
static void
test_nan (void)
{
  EwRandom random = 1;
  g_autoptr (EwGrid) grid = wild_grid (&random, TRUE);
  g_autoptr (EwGrid) array = NULL;
  g_autoptr (EwGrid) text = NULL;

  scratch_open ();
  ew_grid_row (grid, 0)[0] = NAN;
  g_assert_true (ew_grid_write (scratch ("grid.npy"), grid, NULL, NULL));
  g_assert_true (ew_grid_write (scratch ("grid.txt"), grid, NULL, NULL));
  array = read_plane (scratch ("grid.npy"));
  text = read_plane (scratch ("grid.txt"));
  check_same_bits (grid, array);
  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      g_assert_true (ew_grid_row (text, i)[j] == ew_grid_row (grid, i)[j]
                     || (isnan (ew_grid_row (text, i)[j]) && isnan (ew_grid_row (grid, i)[j])));
  scratch_close ();
}

/* Any finite double. */
static EwKernel *
wild_kernel (EwRandom *random)
{
  EwKernel *kernel = ew_kernel_new (1 + (int)random_below (random, 9), 1 + (int)random_below (random, 9), NULL);

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      guint64 bits = ew_random_next (random);

      memcpy (&kernel->taps[k], &bits, sizeof bits);
      if (!isfinite (kernel->taps[k]))
        kernel->taps[k] = -0.0;
    }
  return kernel;
}

static void
test_kernels (void)
{
  static const char *const names[] = { "kernel.npy", "kernel.csv", "kernel.txt" };

  scratch_open ();
  for (guint64 seed = 0; seed < 60; seed++)
    {
      EwRandom random = seed;
      g_autoptr (GError) error = NULL;
      g_autoptr (EwKernel) kernel = wild_kernel (&random);
      const char *path = scratch (names[seed % G_N_ELEMENTS (names)]);

      g_assert_true (ew_kernel_write (path, kernel, &error));
      g_assert_no_error (error);

      g_autoptr (EwKernel) back = ew_kernel_read (path, &error);

      g_assert_no_error (error);
      g_assert_true (ew_kernel_equal (kernel, back));
    }
  scratch_close ();
}

static void
test_presets (void)
{
  guint n;
  const EwPreset *presets = ew_presets (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = g_strconcat ("preset:", presets[i].id, NULL);
      g_autoptr (EwKernel) kernel = ew_kernel_read (name, &error);

      g_assert_no_error (error);
      double values[EW_PRESET_PARAMETERS_MAX];

      ew_preset_init_values (&presets[i], values);

      g_autoptr (EwKernel) expected = ew_preset_make (&presets[i], values, NULL);

      g_assert_true (ew_kernel_equal (kernel, expected));
      for (int k = 0; presets[i].taps != NULL && k < presets[i].height * presets[i].width; k++)
        g_assert_cmpfloat_with_epsilon (kernel->taps[k] * presets[i].divisor, presets[i].taps[k], 1e-14);
    }

  g_autoptr (EwKernel) with_values = ew_kernel_read ("preset:gaussian:size=7,sigma=1.5", NULL);

  g_assert_cmpint (with_values->height, ==, 7);
}

static void
check_kernel_refused (const char *name, EwError code, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwKernel) kernel = ew_kernel_read (name, &error);

  g_assert_null (kernel);
  check_sentence (error, name);
  g_assert_error (error, EW_ERROR, (int)code);
  g_assert_nonnull (strstr (error->message, text));
  if (g_test_failed ())
    g_test_message ("%s: %s", name, error->message);
}

static void
test_refused_kernels (void)
{
  g_autoptr (GString) wide = g_string_new ("0");
  g_autoptr (GString) high = g_string_new ("0\n");
  g_autoptr (EwGrid) grid = ew_grid_new (64, 2, NULL);

  scratch_open ();
  for (int k = 1; k < 64; k++)
    {
      g_string_append (wide, ",0");
      g_string_append (high, "0\n");
    }
  check_kernel_refused ("preset:no-such", EW_ERROR_USAGE, "sobel");
  check_kernel_refused ("preset:", EW_ERROR_USAGE, "sobel");
  check_kernel_refused (scratch_write_text ("wide.csv", wide->str), EW_ERROR_GEOMETRY, "1×64");
  check_kernel_refused (scratch_write_text ("high.csv", high->str), EW_ERROR_GEOMETRY, "64×1");
  g_assert_true (ew_grid_write (scratch ("high.npy"), grid, NULL, NULL));
  check_kernel_refused (scratch ("high.npy"), EW_ERROR_GEOMETRY, "64×2");
  check_kernel_refused (scratch_write_text ("nan.csv", "1,nan\n"), EW_ERROR_DATA, "finite");
  check_kernel_refused (scratch_write_text ("inf.csv", "1\n-inf\n"), EW_ERROR_DATA, "finite");
  check_kernel_refused (scratch_write_text ("empty", ""), EW_ERROR_DATA, "empty");
  check_kernel_refused (scratch_write_text ("words", "a b c\n"), EW_ERROR_DATA, "line 1");
  check_kernel_refused (scratch ("missing"), EW_ERROR_IO, "No such file");
  check_kernel_refused (scratch ("."), EW_ERROR_IO, "folder");
  scratch_close ();
}

void
add_round_trip_cases (void)
{
  g_test_add_func ("/files/round-trips/grids", test_grids);
  g_test_add_func ("/files/round-trips/nan", test_nan);
  g_test_add_func ("/files/round-trips/kernels", test_kernels);
  g_test_add_func ("/files/kernels/presets", test_presets);
  g_test_add_func ("/files/kernels/refused", test_refused_kernels);
}
