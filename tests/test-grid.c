/* Planes, kernels, presets, geometry, problems and random numbers. */
#include "engine/memory.h"
#include "engine/preset.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
/* AddressSanitizer ends the program on an impossible size unless it is told that the program can handle NULL. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "allocator_may_return_null=1";
}
#endif

/* Fails unless @error is of that code and its sentence holds every one of the texts. */
static void
assert_sentence (GError *error, EwError code, ...)
{
  va_list texts;

  g_assert_error (error, EW_ERROR, (int)code);
  g_assert_true (g_str_has_suffix (error->message, "."));
  va_start (texts, code);
  for (const char *text; (text = va_arg (texts, const char *)) != NULL;)
    {
      g_assert_nonnull (strstr (error->message, text));
      if (g_test_failed ())
        g_test_message ("“%s” should name “%s”", error->message, text);
    }
  va_end (texts);
  g_error_free (error);
}

/* --- planes */

static void
test_grid_layout (void)
{
  static const int sides[] = { 1, 2, 3, 15, 16, 17, 63, 64, 65, 511, 512, 513, 1024, 4096, 5000 };

  for (guint h = 0; h < G_N_ELEMENTS (sides); h += 3)
    for (guint w = 0; w < G_N_ELEMENTS (sides); w++)
      {
        g_autoptr (EwGrid) grid = ew_grid_new (sides[h], sides[w], NULL);

        g_assert_cmpint (grid->height, ==, sides[h]);
        g_assert_cmpint (grid->width, ==, sides[w]);
        g_assert_cmpuint (grid->stride, >=, (size_t)sides[w]);
        for (int i = 0; i < grid->height; i++)
          {
            g_assert_cmpuint ((uintptr_t)ew_grid_row (grid, i) % 64, ==, 0);
            for (size_t j = 0; j < grid->stride; j++)
              g_assert_true (ew_grid_row (grid, i)[j] == 0);
          }
        /* The last element of the last row's padding belongs to the plane. */
        ew_grid_row (grid, grid->height - 1)[grid->stride - 1] = 1;
      }
}

static void
test_grid_values (void)
{
  static const float values[] = { 1, 2, 3, 4, 5, 6 };
  g_autoptr (EwGrid) grid = ew_grid_new_from_values (2, 3, values, NULL);
  EwGrid *again = ew_grid_ref (grid);

  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 3; j++)
      g_assert_cmpfloat (ew_grid_row (grid, i)[j], ==, values[i * 3 + j]);
  g_assert_true (again == grid);
  ew_grid_unref (again);
  g_assert_cmpfloat (ew_grid_row (grid, 1)[2], ==, 6);
  ew_grid_unref (NULL);
}

static void
test_grid_cropped (void)
{
  static const int bad[][4]
      = { { -1, 0, 2, 2 }, { 0, -1, 2, 2 }, { 3, 0, 3, 2 },  { 0, 5, 2, 3 },        { 6, 0, 1, 1 },
          { 0, 0, 6, 7 },  { 0, 0, 0, 2 },  { 0, 0, 2, -1 }, { G_MAXINT, 0, 2, 2 }, { 0, 0, G_MAXINT, 2 } };
  EwRandom random = 6;
  g_autoptr (EwGrid) grid = random_grid (&random, 5, 7, -1, 1);

  for (int top = 0; top < 5; top++)
    for (int left = 0; left < 7; left++)
      for (int height = 1; top + height <= 5; height++)
        for (int width = 1; left + width <= 7; width++)
          {
            g_autoptr (EwGrid) cropped = ew_grid_new_cropped (grid, top, left, height, width, NULL);

            g_assert_cmpint (cropped->height, ==, height);
            g_assert_cmpint (cropped->width, ==, width);
            for (int i = 0; i < height; i++)
              for (int j = 0; j < width; j++)
                g_assert_cmpfloat (ew_grid_row (cropped, i)[j], ==, ew_grid_row (grid, top + i)[left + j]);
          }
  for (guint b = 0; b < G_N_ELEMENTS (bad); b++)
    {
      g_autofree char *size = g_strdup_printf ("%d×%d", bad[b][2], bad[b][3]);
      GError *error = NULL;

      g_assert_null (ew_grid_new_cropped (grid, bad[b][0], bad[b][1], bad[b][2], bad[b][3], &error));
      assert_sentence (error, EW_ERROR_GEOMETRY, size, NULL);
    }
}

static void
test_grid_refused (void)
{
  static const struct
  {
    int height;
    int width;
    EwError code;
    const char *size;
  } cases[] = {
    { 0, 5, EW_ERROR_GEOMETRY, "0×5" },
    { 5, 0, EW_ERROR_GEOMETRY, "5×0" },
    { -1, 5, EW_ERROR_GEOMETRY, "-1×5" },
    { 5, G_MININT, EW_ERROR_GEOMETRY, "5×-2147483648" },
    { G_MAXINT, G_MAXINT, EW_ERROR_TOO_LARGE, "2147483647×2147483647" },
    { 1000000000, 1000000000, EW_ERROR_TOO_LARGE, "1000000000×1000000000" },
    { 1 << 30, 1 << 30, EW_ERROR_TOO_LARGE, "1073741824×1073741824" },
    /* 2³¹ rows of 2³³ bytes are 2⁶⁴: the product wraps to 0. */
    { G_MAXINT, G_MAXINT - 15, EW_ERROR_TOO_LARGE, "2147483647×2147483632" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GError *error = NULL;

      g_assert_null (ew_grid_new (cases[i].height, cases[i].width, &error));
      assert_sentence (error, cases[i].code, cases[i].size, NULL);
      g_assert_null (ew_grid_new (cases[i].height, cases[i].width, NULL));
      error = NULL;
      g_assert_null (ew_grid_new_from_values (cases[i].height, cases[i].width, NULL, &error));
      assert_sentence (error, cases[i].code, cases[i].size, NULL);
    }
}

/* Linux would give out the addresses and end the program later, while it fills them. */
static void
test_grid_beyond_memory (void)
{
  GError *error = NULL;

  ew_memory_set_available_for_tests (100000000);
  g_assert_null (ew_grid_new (6000, 6000, &error));
  assert_sentence (error, EW_ERROR_TOO_LARGE,
                   "not enough memory for 6000×6000 values: 144 MB are needed and 100 MB are free", NULL);
  error = NULL;
  for (int side = 1000; side <= 4900; side += 3900)
    ew_grid_unref (ew_grid_new (side, side, &error));
  g_assert_no_error (error);
  /* Small ones are not refused, whatever is free. */
  ew_memory_set_available_for_tests (1);
  ew_grid_unref (ew_grid_new (1000, 1000, &error));
  g_assert_no_error (error);
  ew_memory_set_available_for_tests (0);
  /* This machine has more than a megabyte and less than 2⁶³ bytes, or does not say. */
  g_assert_cmpuint (ew_memory_available (), >, 1 << 20);
  g_assert_true (ew_memory_available () == G_MAXUINT64 || ew_memory_available () < G_MAXUINT64 / 2);
}

static void
test_grid_finite (void)
{
  static const float bad[] = { NAN, INFINITY, -INFINITY };
  static const int widths[] = { 1, 7, 16, 17, 100 };

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    {
      int width = widths[w];
      g_autoptr (EwGrid) grid = ew_grid_new (3, width, NULL);

      for (int i = 0; i < 3; i++)
        {
          for (int j = 0; j < width; j++)
            ew_grid_row (grid, i)[j] = j % 2 ? 3e38f : -3e38f;
          /* Padding is not data. */
          for (size_t j = width; j < grid->stride; j++)
            ew_grid_row (grid, i)[j] = NAN;
        }
      g_assert_true (ew_grid_is_finite (grid, NULL, NULL));
      for (int place = 0; place < 3 * width; place++)
        {
          float *value = ew_grid_row (grid, place / width) + place % width;
          float before = *value;
          int row = -1;
          int column = -1;

          *value = bad[place % 3];
          g_assert_false (ew_grid_is_finite (grid, &row, &column));
          g_assert_cmpint (row * width + column, ==, place);
          g_assert_false (ew_grid_is_finite (grid, NULL, NULL));
          *value = before;
        }
      /* Of several the first is named. */
      ew_grid_row (grid, 1)[width - 1] = ew_grid_row (grid, 2)[0] = NAN;

      int row, column;

      g_assert_false (ew_grid_is_finite (grid, &row, &column));
      g_assert_cmpint (row, ==, 1);
      g_assert_cmpint (column, ==, width - 1);
    }
}

/* --- random numbers */

static void
test_random (void)
{
  /* The first outputs of the published generator, from its reference implementation. */
  static const guint64 from_0[] = { G_GUINT64_CONSTANT (0xe220a8397b1dcdaf), G_GUINT64_CONSTANT (0x6e789e6aa1b965f4),
                                    G_GUINT64_CONSTANT (0x06c45d188009454f), G_GUINT64_CONSTANT (0xf88bb8a8724c81ec),
                                    G_GUINT64_CONSTANT (0x1b39896a51a8749b) };
  static const guint64 from_1234567[]
      = { G_GUINT64_CONSTANT (6457827717110365317), G_GUINT64_CONSTANT (3203168211198807973),
          G_GUINT64_CONSTANT (9817491932198370423), G_GUINT64_CONSTANT (4593380528125082431),
          G_GUINT64_CONSTANT (16408922859458223821) };
  EwRandom a = 0;
  EwRandom b = 1234567;
  EwRandom c = 0;
  double sum = 0;
  double squares = 0;
  int n = 100000;

  for (guint i = 0; i < G_N_ELEMENTS (from_0); i++)
    {
      g_assert_cmpuint (ew_random_next (&a), ==, from_0[i]);
      g_assert_cmpuint (ew_random_next (&b), ==, from_1234567[i]);
      /* The upper 53 bits, as a fraction. */
      g_assert_cmpfloat (ew_random_uniform (&c), ==, ldexp ((double)(from_0[i] >> 11), -53));
    }
  for (int i = 0; i < n; i++)
    {
      double u = ew_random_uniform (&a);

      g_assert_true (u >= 0 && u < 1);
      sum += u;
      squares += u * u;
    }
  /* Five standard deviations of the mean of n numbers: of u (√(1/12)) and of u² (√(4/45)). */
  g_assert_cmpfloat_with_epsilon (sum / n, 1.0 / 2, 5 * sqrt (1.0 / 12 / n));
  g_assert_cmpfloat_with_epsilon (squares / n, 1.0 / 3, 5 * sqrt (4.0 / 45 / n));
}

/* --- kernels */

static void
test_kernel_sizes (void)
{
  static const int bad[][2] = { { 0, 1 }, { 1, 0 }, { -3, 3 }, { 64, 1 }, { 1, 64 }, { G_MAXINT, G_MAXINT } };
  static const double tap = 1;

  for (int h = 1; h <= EW_KERNEL_SIDE_MAX; h += 2)
    for (int w = 1; w <= EW_KERNEL_SIDE_MAX; w++)
      {
        g_autoptr (EwKernel) kernel = ew_kernel_new (h, w, NULL);

        g_assert_cmpint (ew_kernel_n_taps (kernel), ==, h * w);
        g_assert_cmpfloat (kernel->bias, ==, 0);
        for (int k = 0; k < h * w; k++)
          g_assert_cmpfloat (kernel->taps[k], ==, 0);
      }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *size = g_strdup_printf ("%d×%d", bad[i][0], bad[i][1]);
      GError *errors[3] = { NULL };

      g_assert_null (ew_kernel_new (bad[i][0], bad[i][1], &errors[0]));
      g_assert_null (ew_kernel_new_from_taps (bad[i][0], bad[i][1], &tap, 0, &errors[1]));
      g_assert_null (ew_kernel_new_initial (bad[i][0], bad[i][1], EW_INIT_UNIFORM, 1, &errors[2]));
      for (int e = 0; e < 3; e++)
        assert_sentence (errors[e], EW_ERROR_GEOMETRY, size, "1 to 63", NULL);
    }
}

static void
test_kernel_taps (void)
{
  double taps[6] = { 1, 2, 3, 4, 5, 6 };
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 3, taps, 0.5, NULL);
  g_autoptr (EwKernel) copy = ew_kernel_copy (kernel);
  g_autoptr (EwKernel) other = ew_kernel_new_from_taps (3, 2, taps, 0.5, NULL);
  GError *error = NULL;

  g_assert_cmpmem (kernel->taps, sizeof taps, taps, sizeof taps);
  g_assert_cmpfloat (kernel->bias, ==, 0.5);
  g_assert_true (copy != kernel && ew_kernel_equal (copy, kernel));
  g_assert_false (ew_kernel_equal (other, kernel));
  copy->taps[5] = nextafter (6, 7);
  g_assert_false (ew_kernel_equal (copy, kernel));
  copy->taps[5] = 6;
  copy->bias = 0;
  g_assert_false (ew_kernel_equal (copy, kernel));

  /* A copy has a count of its own. */
  ew_kernel_unref (ew_kernel_ref (copy));
  g_assert_cmpfloat (kernel->taps[5], ==, 6);

  taps[4] = NAN;
  g_assert_null (ew_kernel_new_from_taps (2, 3, taps, 0, &error));
  assert_sentence (error, EW_ERROR_DATA, "row 2", "column 2", NULL);
  taps[4] = 5;
  taps[2] = -INFINITY;
  error = NULL;
  g_assert_null (ew_kernel_new_from_taps (2, 3, taps, 0, &error));
  assert_sentence (error, EW_ERROR_DATA, "row 1", "column 3", NULL);
  taps[2] = 3;
  error = NULL;
  g_assert_null (ew_kernel_new_from_taps (2, 3, taps, INFINITY, &error));
  assert_sentence (error, EW_ERROR_DATA, "bias", NULL);
  ew_kernel_unref (NULL);
}

/* Taps of a kernel lie in [low, high), fill that range, and follow the generator row by row. */
static void
check_initial (EwInit init, double low, double high)
{
  for (guint64 seed = 0; seed < 20; seed++)
    {
      g_autoptr (EwKernel) kernel = ew_kernel_new_initial (31, 33, init, seed, NULL);
      g_autoptr (EwKernel) again = ew_kernel_new_initial (31, 33, init, seed, NULL);
      g_autoptr (EwKernel) other = ew_kernel_new_initial (31, 33, init, seed + 1, NULL);
      EwRandom random = seed;
      double least = high;
      double most = low;

      g_assert_true (ew_kernel_equal (kernel, again));
      g_assert_false (ew_kernel_equal (kernel, other));
      g_assert_cmpfloat (kernel->bias, ==, 0);
      for (int k = 0; k < 31 * 33; k++)
        {
          double tap = kernel->taps[k];

          g_assert_true (tap >= low && tap < high);
          /* Scaling rounds a few times, numbers as large as the range. */
          g_assert_cmpfloat_with_epsilon (tap, low + (high - low) * ew_random_uniform (&random),
                                          8 * UNIT_64 * (high - low));
          least = fmin (least, tap);
          most = fmax (most, tap);
        }
      /* 1023 numbers leave 2 % of the range empty at one end with a probability of 1e-9. */
      g_assert_cmpfloat (least, <, low + 0.02 * (high - low));
      g_assert_cmpfloat (most, >, high - 0.02 * (high - low));
    }
}

static void
test_kernel_initial (void)
{
  g_autoptr (EwKernel) zeros = ew_kernel_new_initial (5, 7, EW_INIT_ZEROS, 3, NULL);
  g_autoptr (EwKernel) empty = ew_kernel_new (5, 7, NULL);

  g_assert_true (ew_kernel_equal (zeros, empty));
  check_initial (EW_INIT_UNIFORM, 0, 1);
  check_initial (EW_INIT_PYTORCH, -1 / sqrt (31 * 33), 1 / sqrt (31 * 33));

  for (int side = 1; side <= EW_KERNEL_SIDE_MAX; side++)
    {
      g_autoptr (EwKernel) kernel = ew_kernel_new_initial (side, 1, EW_INIT_PYTORCH, side, NULL);

      for (int k = 0; k < side; k++)
        g_assert_cmpfloat (fabs (kernel->taps[k]), <=, 1 / sqrt (side));
    }
}

static void
test_kernel_embedded (void)
{
  for (int h = 1; h <= 4; h++)
    for (int w = 1; w <= 4; w++)
      for (int height = 1; height <= 8; height++)
        for (int width = 1; width <= 8; width++)
          {
            EwRandom random = (EwRandom)h;
            g_autoptr (EwKernel) kernel = random_kernel (&random, h, w, 1, 2);
            GError *error = NULL;
            g_autoptr (EwKernel) larger = ew_kernel_new_embedded (kernel, height, width, &error);

            if (h > height || w > width)
              {
                g_autofree char *from = g_strdup_printf ("%d×%d", h, w);
                g_autofree char *to = g_strdup_printf ("%d×%d", height, width);

                g_assert_null (larger);
                assert_sentence (error, EW_ERROR_GEOMETRY, from, to, NULL);
                continue;
              }
            g_assert_cmpfloat (larger->bias, ==, kernel->bias);
            for (int a = 0; a < height; a++)
              for (int c = 0; c < width; c++)
                {
                  int r = a - (height - h) / 2;
                  int s = c - (width - w) / 2;
                  gboolean inside = r >= 0 && r < h && s >= 0 && s < w;

                  g_assert_cmpfloat (larger->taps[a * width + c], ==, inside ? kernel->taps[r * w + s] : 0);
                }
          }

  g_autoptr (EwKernel) one = ew_kernel_new (1, 1, NULL);
  GError *error = NULL;

  g_assert_null (ew_kernel_new_embedded (one, 64, 64, &error));
  assert_sentence (error, EW_ERROR_GEOMETRY, "64×64", NULL);
}

/* --- presets */

static double
preset_sum (const char *id)
{
  g_autoptr (EwKernel) kernel = ew_preset_kernel (id, NULL);
  double sum = 0;

  g_assert_nonnull (kernel);
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    sum += kernel->taps[k];
  return sum;
}

static void
test_presets (void)
{
  static const char *const keep_brightness[] = { "identity", "sharpen", "box", "gaussian", "emboss" };
  static const char *const find_edges[] = { "edge", "sobel-x", "sobel-y", "laplacian" };
  GError *error = NULL;

  /* At most 25 additions of numbers below 1, and whole numbers without any error. */
  for (guint i = 0; i < G_N_ELEMENTS (keep_brightness); i++)
    g_assert_cmpfloat_with_epsilon (preset_sum (keep_brightness[i]), 1, 25 * UNIT_64);
  for (guint i = 0; i < G_N_ELEMENTS (find_edges); i++)
    g_assert_cmpfloat (preset_sum (find_edges[i]), ==, 0);

  g_assert_null (ew_preset_kernel ("banana", &error));
  assert_sentence (error, EW_ERROR_USAGE, "banana", "identity", "edge", "sobel-x", "sobel-y", "laplacian", "sharpen",
                   "box", "gaussian", "emboss", NULL);
}

/* Sobel x and y are each other's transposes and answer to a ramp in their direction: x grows by 1 a column, y by 1 a
 * row; a blur of a ramp is the ramp. */
static void
test_presets_on_a_ramp (void)
{
  g_autoptr (EwGrid) ramp = ew_grid_new (9, 9, NULL);
  static const struct
  {
    const char *id;
    double value;
  } expected[] = { { "edge", -1 }, { "sobel-x", 8 }, { "sobel-y", 80 }, { "laplacian", 0 } };

  for (int i = 0; i < 9; i++)
    for (int j = 0; j < 9; j++)
      ew_grid_row (ramp, i)[j] = (float)(10 * i + j);
  for (guint p = 0; p < G_N_ELEMENTS (expected); p++)
    {
      g_autoptr (EwKernel) kernel = ew_preset_kernel (expected[p].id, NULL);
      g_autoptr (EwGrid) y = reference_output (ramp, kernel);

      for (int i = 0; i < y->height; i++)
        for (int j = 0; j < y->width; j++)
          g_assert_cmpfloat (ew_grid_row (y, i)[j], ==, expected[p].value);
    }
}

/* --- geometry */

/* Outputs along an axis, by trying every place until the kernel's last tap leaves the padded input. */
static int
count_outputs (int length, int padding, int taps, int stride, int dilation)
{
  int n = 0;

  while (n * stride + (taps - 1) * dilation <= length + padding - 1)
    n++;
  return n;
}

static void
test_geometry_sizes (void)
{
  EwRandom random = 7;

  for (int round = 0; round < 20000; round++)
    {
      EwGeometry g = {
        .kernel_height = random_int (&random, 1, 9),
        .kernel_width = random_int (&random, 1, 9),
        .top = random_int (&random, 0, 4),
        .right = random_int (&random, 0, 4),
        .bottom = random_int (&random, 0, 4),
        .left = random_int (&random, 0, 4),
        .stride = random_int (&random, 1, 4),
        .dilation = random_int (&random, 1, 3),
      };
      int height = random_int (&random, 1, 20);
      int width = random_int (&random, 1, 20);
      int rows = count_outputs (height, g.top + g.bottom, g.kernel_height, g.stride, g.dilation);
      int columns = count_outputs (width, g.left + g.right, g.kernel_width, g.stride, g.dilation);
      int got_rows = -1;
      int got_columns = -1;
      GError *error = NULL;

      if (ew_geometry_output_size (&g, height, width, &got_rows, &got_columns, &error))
        {
          g_assert_cmpint (got_rows, ==, rows);
          g_assert_cmpint (got_columns, ==, columns);
          continue;
        }

      g_autofree char *kernel = g_strdup_printf ("%d×%d", g.kernel_height, g.kernel_width);
      g_autofree char *input = g_strdup_printf ("%d×%d", height, width);

      g_assert_true (rows == 0 || columns == 0);
      g_assert_cmpint (got_rows, ==, -1);
      assert_sentence (error, EW_ERROR_GEOMETRY, kernel, input, NULL);
    }
}

static void
test_geometry_refused (void)
{
  static const struct
  {
    EwGeometry g;
    int height;
    int width;
    EwError code;
    const char *text;
  } cases[] = {
    { { .kernel_height = 0, .kernel_width = 3, .stride = 1, .dilation = 1 }, 9, 9, EW_ERROR_GEOMETRY, "0×3" },
    { { .kernel_height = 3, .kernel_width = 64, .stride = 1, .dilation = 1 }, 99, 99, EW_ERROR_GEOMETRY, "3×64" },
    { { .kernel_height = 3, .kernel_width = 3, .stride = 0, .dilation = 1 }, 9, 9, EW_ERROR_GEOMETRY, "Stride 0" },
    { { .kernel_height = 3, .kernel_width = 3, .stride = 1, .dilation = -2 }, 9, 9, EW_ERROR_GEOMETRY, "dilation -2" },
    { { .kernel_height = 3, .kernel_width = 3, .stride = 1, .dilation = 1, .left = -1 },
      9,
      9,
      EW_ERROR_GEOMETRY,
      "0,0,0,-1" },
    { { .kernel_height = 3, .kernel_width = 3, .stride = 1, .dilation = G_MAXINT }, 9, 9, EW_ERROR_GEOMETRY, "9×9" },
    { { .kernel_height = 3, .kernel_width = 3, .stride = 1, .dilation = 4 }, 9, 8, EW_ERROR_GEOMETRY, "dilation 4" },
    { { .kernel_height = 9, .kernel_width = 3, .stride = 1, .dilation = 1, .right = 2 },
      8,
      9,
      EW_ERROR_GEOMETRY,
      "padded by 0,2,0,0" },
    { { .kernel_height = 1, .kernel_width = 1, .stride = 1, .dilation = 1, .bottom = 9, .border = EW_BORDER_REFLECT },
      9,
      20,
      EW_ERROR_GEOMETRY,
      "0,0,9,0" },
    { { .kernel_height = 1, .kernel_width = 1, .stride = 1, .dilation = 1, .top = G_MAXINT, .bottom = G_MAXINT },
      9,
      9,
      EW_ERROR_TOO_LARGE,
      "4294967303×9" },
  };
  int height, width;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GError *error = NULL;

      g_assert_false (ew_geometry_output_size (&cases[i].g, cases[i].height, cases[i].width, &height, &width, &error));
      assert_sentence (error, cases[i].code, cases[i].text, NULL);
    }

  EwGeometry huge = { .kernel_height = 63, .kernel_width = 63, .stride = G_MAXINT, .dilation = 1 };

  g_assert_true (ew_geometry_output_size (&huge, G_MAXINT, G_MAXINT, &height, &width, NULL));
  g_assert_cmpint (height, ==, 1);
}

static void
test_geometry_valid (void)
{
  EwGeometry g;

  ew_geometry_init_valid (&g, 4, 5);
  g_assert_true (ew_geometry_is_valid (&g));
  g_assert_cmpint (g.kernel_height, ==, 4);
  g_assert_cmpint (g.kernel_width, ==, 5);
  for (int member = 0; member < 6; member++)
    {
      EwGeometry other = g;
      int *members[] = { &other.top, &other.right, &other.bottom, &other.left, &other.stride, &other.dilation };

      *members[member] += 1;
      g_assert_false (ew_geometry_is_valid (&other));
    }
}

/* What each border makes of the digits 0123, written out; '.' is zero. */
static void
test_geometry_borders (void)
{
  static const char *const rows[] = {
    [EW_BORDER_ZERO] = ".........0123.........",
    [EW_BORDER_REPLICATE] = "0000000000123333333333",
    [EW_BORDER_REFLECT] = "3210123210123210123210",
    [EW_BORDER_WRAP] = "3012301230123012301230",
  };

  for (int border = EW_BORDER_ZERO; border <= EW_BORDER_WRAP; border++)
    for (int i = 0; i < 22; i++)
      g_assert_cmpint (ew_geometry_border_index ((EwBorder)border, i - 9, 4), ==,
                       rows[border][i] == '.' ? -1 : rows[border][i] - '0');
  g_assert_cmpint (ew_geometry_border_index (EW_BORDER_REFLECT, -5, 1), ==, 0);
  g_assert_cmpint (ew_geometry_border_index (EW_BORDER_WRAP, -G_GINT64_CONSTANT (8000000000), 3), ==, 1);
}

/* --- problems */

static void
test_problem_sums (void)
{
  EwRandom random = 3;
  EwSample samples[3] = { 0 };
  EwGeometry g;
  double c = 0;
  gint64 n = 0;

  ew_geometry_init_valid (&g, 2, 3);
  for (int s = 0; s < 3; s++)
    {
      samples[s].x = random_grid (&random, 10 + s, 40 - s, -1, 1);
      samples[s].y = random_grid (&random, 9 + s, 38 - s, -1, 1);
      n += (9 + s) * (38 - s);
      for (int i = 0; i < samples[s].y->height; i++)
        for (int j = 0; j < samples[s].y->width; j++)
          c += (double)ew_grid_row (samples[s].y, i)[j] * (double)ew_grid_row (samples[s].y, i)[j];
    }
  for (int bias = 0; bias < 2; bias++)
    {
      g_autoptr (EwProblem) problem = ew_problem_new (samples, 3, &g, bias, NULL);

      g_assert_cmpint (problem->n_params, ==, 6 + bias);
      g_assert_cmpint (problem->n_samples, ==, 3);
      g_assert_cmpint (problem->n_residuals, ==, n);
      g_assert_cmpfloat (ew_problem_work (problem), ==, (double)n * 6);
      /* Two sums of the same n positive numbers, in different orders. */
      g_assert_cmpfloat_with_epsilon (problem->y_squared, c, 2 * rounding_bound ((double)n, UNIT_64) * c);
      g_assert_true (problem->samples[2].x == samples[2].x);
    }
  for (int s = 0; s < 3; s++)
    {
      /* The problems have let go of them. */
      g_assert_cmpint (atomic_load (&samples[s].x->refs), ==, 1);
      g_assert_cmpint (atomic_load (&samples[s].y->refs), ==, 1);
      ew_grid_unref (samples[s].x);
      ew_grid_unref (samples[s].y);
    }
}

/* Weights count in Σ m·y², and residuals without one not at all. */
static void
test_problem_mask (void)
{
  EwRandom random = 4;
  g_autoptr (EwGrid) x = random_grid (&random, 5, 6, -1, 1);
  g_autoptr (EwGrid) y = random_whole_grid (&random, 4, 4, 9);
  g_autoptr (EwGrid) mask = ew_grid_new (4, 4, NULL);
  g_autoptr (EwGrid) wrong = ew_grid_new (4, 5, NULL);
  EwSample sample = { x, y, mask };
  GError *error = NULL;
  EwGeometry g;

  ew_geometry_init_valid (&g, 2, 3);
  g_assert_null (ew_problem_new (&sample, 1, &g, FALSE, &error));
  assert_sentence (error, EW_ERROR_DATA, "mask", "keep some", NULL);
  ew_grid_row (mask, 1)[2] = 3;
  ew_grid_row (mask, 3)[3] = 0.5F;

  g_autoptr (EwProblem) problem = ew_problem_new (&sample, 1, &g, FALSE, NULL);
  double a = (double)ew_grid_row (y, 1)[2], b = (double)ew_grid_row (y, 3)[3];

  g_assert_true (problem->has_mask);
  g_assert_cmpint (problem->n_residuals, ==, 2);
  g_assert_cmpfloat (problem->y_squared, ==, 3 * a * a + 0.5 * b * b);
  g_assert_cmpint (atomic_load (&mask->refs), ==, 2);

  sample.mask = wrong;
  error = NULL;
  g_assert_null (ew_problem_new (&sample, 1, &g, FALSE, &error));
  assert_sentence (error, EW_ERROR_GEOMETRY, "mask is 4×5", "target is 4×4", NULL);
  sample.mask = mask;
  ew_grid_row (mask, 2)[0] = -1;
  error = NULL;
  g_assert_null (ew_problem_new (&sample, 1, &g, FALSE, &error));
  assert_sentence (error, EW_ERROR_DATA, "below 0", "row 3", "column 1;", NULL);
  ew_grid_row (mask, 2)[0] = INFINITY;
  error = NULL;
  g_assert_null (ew_problem_new (&sample, 1, &g, FALSE, &error));
  assert_sentence (error, EW_ERROR_DATA, "mask", "row 3", "column 1;", NULL);
}

static void
test_problem_refused (void)
{
  EwRandom random = 4;
  g_autoptr (EwGrid) x = random_grid (&random, 12, 20, -1, 1);
  g_autoptr (EwGrid) y = random_grid (&random, 10, 18, -1, 1);
  g_autoptr (EwGrid) wrong = random_grid (&random, 12, 20, -1, 1);
  EwSample samples[2] = { { x, y }, { x, wrong } };
  EwGeometry g;
  GError *error = NULL;

  ew_geometry_init_valid (&g, 3, 3);
  g_assert_null (ew_problem_new (samples, 2, &g, TRUE, &error));
  assert_sentence (error, EW_ERROR_GEOMETRY, "12×20", "3×3", "10×18", NULL);

  ew_geometry_init_valid (&g, 13, 3);
  error = NULL;
  g_assert_null (ew_problem_new (samples, 1, &g, TRUE, &error));
  assert_sentence (error, EW_ERROR_GEOMETRY, "13×3", "12×20", "larger", NULL);

  ew_geometry_init_valid (&g, 3, 3);
  samples[1].y = y;
  ew_grid_row (x, 4)[19] = NAN;
  error = NULL;
  g_assert_null (ew_problem_new (samples, 2, &g, FALSE, &error));
  assert_sentence (error, EW_ERROR_DATA, "input", "row 5", "column 20", NULL);
  ew_grid_row (x, 4)[19] = 0;

  ew_grid_row (y, 9)[0] = -INFINITY;
  error = NULL;
  g_assert_null (ew_problem_new (samples, 2, &g, FALSE, &error));
  assert_sentence (error, EW_ERROR_DATA, "target", "row 10", "column 1;", NULL);

  /* Nothing that was refused is still held. */
  g_assert_cmpint (atomic_load (&x->refs), ==, 1);
  g_assert_cmpint (atomic_load (&y->refs), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/grid/layout", test_grid_layout);
  g_test_add_func ("/grid/values", test_grid_values);
  g_test_add_func ("/grid/cropped", test_grid_cropped);
  g_test_add_func ("/grid/refused", test_grid_refused);
  g_test_add_func ("/grid/beyond-memory", test_grid_beyond_memory);
  g_test_add_func ("/grid/finite", test_grid_finite);
  g_test_add_func ("/random/published-outputs", test_random);
  g_test_add_func ("/kernel/sizes", test_kernel_sizes);
  g_test_add_func ("/kernel/taps", test_kernel_taps);
  g_test_add_func ("/kernel/initial", test_kernel_initial);
  g_test_add_func ("/kernel/embedded", test_kernel_embedded);
  g_test_add_func ("/preset/table", test_presets);
  g_test_add_func ("/preset/ramp", test_presets_on_a_ramp);
  g_test_add_func ("/geometry/sizes", test_geometry_sizes);
  g_test_add_func ("/geometry/refused", test_geometry_refused);
  g_test_add_func ("/geometry/valid", test_geometry_valid);
  g_test_add_func ("/geometry/borders", test_geometry_borders);
  g_test_add_func ("/problem/sums", test_problem_sums);
  g_test_add_func ("/problem/mask", test_problem_mask);
  g_test_add_func ("/problem/refused", test_problem_refused);
  return g_test_run ();
}
