/* The presets: whole numbers as the literature prints them, the rest by formulas of another form than the program's. */
#include "engine/preset.h"
#include "tests/engine-fixtures.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

/* Sums of up to 63² terms of magnitude at most 1, of exponentials within a few units in the last place each. */
#define CLOSE 1e-12

static EwKernel *
make (const char *text)
{
  g_autoptr (GError) error = NULL;
  EwKernel *kernel = ew_preset_kernel (text, &error);

  g_assert_no_error (error);
  return kernel;
}

static double
sum_of (const EwKernel *kernel)
{
  double sum = 0;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    sum += kernel->taps[k];
  return sum;
}

static void
assert_near (double value, double expected, double tolerance)
{
  if (!(fabs (value - expected) <= tolerance))
    {
      g_test_message ("%.17g is not %.17g", value, expected);
      g_test_fail ();
    }
}

/* --- whole numbers */

static void
test_literature (void)
{
  static const struct
  {
    const char *text;
    int height;
    int width;
    double taps[25];
  } printed[] = {
    { "edge", 1, 2, { 1, -1 } },
    { "identity", 1, 1, { 1 } },
    { "identity:size=3", 3, 3, { 0, 0, 0, 0, 1, 0, 0, 0, 0 } },
    { "roberts-x", 2, 2, { 1, 0, 0, -1 } },
    { "roberts-y", 2, 2, { 0, 1, -1, 0 } },
    { "prewitt-x", 3, 3, { -1, 0, 1, -1, 0, 1, -1, 0, 1 } },
    { "prewitt-y", 3, 3, { -1, -1, -1, 0, 0, 0, 1, 1, 1 } },
    { "sobel-x", 3, 3, { -1, 0, 1, -2, 0, 2, -1, 0, 1 } },
    { "sobel-y", 3, 3, { -1, -2, -1, 0, 0, 0, 1, 2, 1 } },
    { "scharr-x", 3, 3, { -3, 0, 3, -10, 0, 10, -3, 0, 3 } },
    { "scharr-y", 3, 3, { -3, -10, -3, 0, 0, 0, 3, 10, 3 } },
    { "laplacian", 3, 3, { 0, 1, 0, 1, -4, 1, 0, 1, 0 } },
    { "laplacian-8", 3, 3, { 1, 1, 1, 1, -8, 1, 1, 1, 1 } },
    { "sharpen", 3, 3, { 0, -1, 0, -1, 5, -1, 0, -1, 0 } },
    { "emboss", 3, 3, { -2, -1, 0, -1, 1, 1, 0, 1, 2 } },
    { "kirsch", 3, 3, { -3, -3, 5, -3, 0, 5, -3, -3, 5 } },
    { "kirsch:angle=45", 3, 3, { -3, 5, 5, -3, 0, 5, -3, -3, -3 } },
    { "kirsch:angle=90", 3, 3, { 5, 5, 5, -3, 0, -3, -3, -3, -3 } },
    { "kirsch:angle=135", 3, 3, { 5, 5, -3, 5, 0, -3, -3, -3, -3 } },
    { "kirsch:angle=180", 3, 3, { 5, -3, -3, 5, 0, -3, 5, -3, -3 } },
    { "kirsch:angle=225", 3, 3, { -3, -3, -3, 5, 0, -3, 5, 5, -3 } },
    { "kirsch:angle=270", 3, 3, { -3, -3, -3, -3, 0, -3, 5, 5, 5 } },
    { "kirsch:angle=315", 3, 3, { -3, -3, -3, -3, 0, 5, -3, 5, 5 } },
    { "gaussian:size=3",
      3,
      3,
      { 1 / 16.0, 2 / 16.0, 1 / 16.0, 2 / 16.0, 4 / 16.0, 2 / 16.0, 1 / 16.0, 2 / 16.0, 1 / 16.0 } },
    { "gaussian", 5, 5, { 1 / 256.0,  4 / 256.0,  6 / 256.0,  4 / 256.0,  1 / 256.0,  4 / 256.0,  16 / 256.0,
                          24 / 256.0, 16 / 256.0, 4 / 256.0,  6 / 256.0,  24 / 256.0, 36 / 256.0, 24 / 256.0,
                          6 / 256.0,  4 / 256.0,  16 / 256.0, 24 / 256.0, 16 / 256.0, 4 / 256.0,  1 / 256.0,
                          4 / 256.0,  6 / 256.0,  4 / 256.0,  1 / 256.0 } },
    { "motion:length=3", 1, 3, { 1 / 3.0, 1 / 3.0, 1 / 3.0 } },
    { "motion:length=5,angle=90", 5, 1, { 0.2, 0.2, 0.2, 0.2, 0.2 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (printed); i++)
    {
      g_autoptr (EwKernel) kernel = make (printed[i].text);

      g_assert_cmpint (kernel->height, ==, printed[i].height);
      g_assert_cmpint (kernel->width, ==, printed[i].width);
      for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
        assert_near (kernel->taps[k], printed[i].taps[k], strchr (printed[i].text, 'm') != NULL ? UNIT_64 : 0);
    }
}

/* Values that image-processing tools print for a Laplacian of Gaussian of 5×5 with σ 0.5 and a Gaussian of 3×3 with the
 * same σ, to four places. */
static void
test_printed_decimals (void)
{
  static const double log5[]
      = { 0.0448, 0.0468, 0.0564, 0.0468, 0.0448, 0.0468, 0.3167, 0.7146, 0.3167, 0.0468, 0.0564, 0.7146, -4.9048 };
  static const double gauss3[] = { 0.0113, 0.0838, 0.0113, 0.0838, 0.6193, 0.0838, 0.0113, 0.0838, 0.0113 };
  g_autoptr (EwKernel) log = make ("log:size=5,sigma=0.5");
  g_autoptr (EwKernel) gauss = make ("gaussian:size=3,sigma=0.5");

  for (guint k = 0; k < G_N_ELEMENTS (log5); k++)
    assert_near (log->taps[k], log5[k], 0.5e-4);
  for (guint k = 0; k < G_N_ELEMENTS (gauss3); k++)
    assert_near (gauss->taps[k], gauss3[k], 0.5e-4);
}

/* --- formulas in another form */

/* A row of Gaussian weights with sum 1; two dimensions are its products with itself. */
static void
gaussian_row (int size, double sigma, double *row)
{
  double sum = 0;

  for (int j = 0; j < size; j++)
    sum += row[j] = pow (G_E, -0.5 * pow ((j - size / 2) / sigma, 2));
  for (int j = 0; j < size; j++)
    row[j] /= sum;
}

static void
test_gaussians (void)
{
  EwRandom random = 7;

  for (int round = 0; round < 50; round++)
    {
      int size = 2 * random_int (&random, 1, 31) + 1;
      double sigma = 0.3 + 6 * ew_random_uniform (&random);
      double amount = 3 * ew_random_uniform (&random);
      double narrow[EW_KERNEL_SIDE_MAX], wide[EW_KERNEL_SIDE_MAX];
      g_autofree char *gauss_text = g_strdup_printf ("gaussian:size=%d,sigma=%.17g", size, sigma);
      g_autofree char *dog_text = g_strdup_printf ("dog:size=%d,sigma=%.17g,ratio=2", size, sigma);
      g_autofree char *sharp_text = g_strdup_printf ("unsharp:sigma=%.17g,size=%d,amount=%.17g", sigma, size, amount);
      g_autoptr (EwKernel) gauss = make (gauss_text);
      g_autoptr (EwKernel) dog = make (dog_text);
      g_autoptr (EwKernel) sharp = make (sharp_text);

      gaussian_row (size, sigma, narrow);
      gaussian_row (size, 2 * sigma, wide);
      for (int k = 0; k < size * size; k++)
        {
          double g = narrow[k / size] * narrow[k % size];
          double centre = k == size * size / 2;

          assert_near (gauss->taps[k], g, CLOSE);
          assert_near (dog->taps[k], g - wide[k / size] * wide[k % size], CLOSE);
          assert_near (sharp->taps[k], centre + amount * (centre - g), CLOSE);
        }
    }
}

/* The Laplacian of a Gaussian by differences of the Gaussian itself, and levelled. */
static void
test_log (void)
{
  const int size = 13;
  const double sigma = 1.7;
  const double h = 1e-3;
  g_autoptr (EwKernel) log = make ("log:size=13,sigma=1.7");
  double expected[13 * 13];
  double total = 0, mean = 0;

  for (int k = 0; k < size * size; k++)
    {
      double x = k % size - 6;
      double y = k / size - 6;
      double here = exp (-(x * x + y * y) / (2 * sigma * sigma));
      double around = 0;

      for (int d = -1; d <= 1; d += 2)
        around += exp (-((x + d * h) * (x + d * h) + y * y) / (2 * sigma * sigma))
                  + exp (-(x * x + (y + d * h) * (y + d * h)) / (2 * sigma * sigma));
      expected[k] = (around - 4 * here) / (h * h);
      total += here;
    }
  for (int k = 0; k < size * size; k++)
    mean += expected[k] / total / (size * size);
  /* Second differences are off by h²/12 times a fourth derivative, at most about 3, and by rounding over h². */
  for (int k = 0; k < size * size; k++)
    assert_near (log->taps[k], expected[k] / total - mean, 1e-6);
  assert_near (sum_of (log), 0, CLOSE);
}

/* On a ramp it gives the slope in its direction, and none across. */
static void
test_slope (void)
{
  for (int degrees = 0; degrees < 360; degrees += 15)
    {
      g_autofree char *text = g_strdup_printf ("slope:size=9,sigma=1.3,angle=%d", degrees);
      g_autoptr (EwKernel) kernel = make (text);
      double along = 0, across = 0;

      for (int k = 0; k < 81; k++)
        {
          double complex z = (k % 9 - 4 + (4 - k / 9) * I) * cexp (-I * PI * degrees / 180);

          along += kernel->taps[k] * creal (z);
          across += kernel->taps[k] * cimag (z);
        }
      assert_near (along, 1, CLOSE);
      assert_near (across, 0, CLOSE);
      assert_near (sum_of (kernel), 0, CLOSE);
    }
}

static void
test_gabor (void)
{
  g_autoptr (EwKernel) kernel = make ("gabor:size=9,sigma=2,angle=30,wavelength=4.5,aspect=0.7,phase=40");

  for (int k = 0; k < 81; k++)
    {
      /* In the complex plane: turned by −30°, then an envelope and the real part of a wave. */
      double complex z = (k % 9 - 4 + (4 - k / 9) * I) * cexp (-I * PI / 6);
      double complex squeezed = creal (z) + 0.7 * cimag (z) * I;
      double complex wave = cexp (I * (2 * PI * creal (z) / 4.5 + 40 * PI / 180));

      assert_near (kernel->taps[k], exp (-pow (cabs (squeezed), 2) / 8) * creal (wave), CLOSE);
    }
}

/* Points along the segment, counted by the pixel that they fall into. */
static void
test_motion (void)
{
  static const double angles[] = { 0, 20, 45, 60, 90, 117, 180, 233, 300, 360 };
  const int points = 200000;

  for (guint i = 0; i < G_N_ELEMENTS (angles); i++)
    {
      g_autofree char *text = g_strdup_printf ("motion:length=8.5,angle=%g", angles[i]);
      g_autoptr (EwKernel) kernel = make (text);
      double counts[11][11] = { { 0 } };

      for (int p = 0; p < points; p++)
        {
          double t = ((p + 0.5) / points - 0.5) * 8.5;
          int column = (int)floor (t * cos (angles[i] * PI / 180) + 0.5);
          int row = -(int)floor (t * sin (angles[i] * PI / 180) + 0.5);

          counts[5 + row][5 + column] += 1.0 / points;
        }
      g_assert_cmpint (kernel->height % 2 * kernel->width % 2, ==, 1);
      for (int row = 0; row < 11; row++)
        for (int column = 0; column < 11; column++)
          {
            int a = row - 5 + kernel->height / 2;
            int c = column - 5 + kernel->width / 2;
            gboolean inside = a >= 0 && a < kernel->height && c >= 0 && c < kernel->width;

            /* The segment enters and leaves a pixel between two points; on an edge or corner both may take it. */
            assert_near (inside ? kernel->taps[a * kernel->width + c] : 0, counts[row][column], 4.0 / points);
          }
    }
}

/* Its area within each pixel, by a finer grid; and as a whole. */
static void
test_disc (void)
{
  g_autoptr (EwKernel) kernel = make ("disc:radius=2.7");
  const int fine = 400;

  g_assert_cmpint (kernel->height, ==, 7);
  for (int k = 0; k < 49; k++)
    {
      double inside = 0;

      for (int s = 0; s < fine * fine; s++)
        inside += hypot (k % 7 - 3.5 + (s % fine + 0.5) / fine, k / 7 - 3.5 + (s / fine + 0.5) / fine) <= 2.7;
      /* 16 rows of samples are each wrong by less than one in 16 where the rim crosses them: 1/16 of a pixel at the
       * very most, of the disc's 22.9 pixels. */
      assert_near (kernel->taps[k], inside / fine / fine / (PI * 2.7 * 2.7), 1.0 / 16 / 22.9);
    }
  assert_near (sum_of (kernel), 1, CLOSE);
}

/* --- text */

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    const char *sentence;
  } refused[] = {
    { "banana", "There is no preset “banana”; there are: identity, edge, box, " },
    { "Gaussian", "There is no preset “Gaussian”" },
    { "", "There is no preset “”" },
    { "gaussian:", "has no “”; it takes size and sigma." },
    { "gaussian:width=3", "The preset “gaussian” has no “width”; it takes size and sigma." },
    { "sobel-x:size=3", "The preset “sobel-x” has no “size”; it takes no parameters." },
    { "gaussian:size", "“size” of the preset “gaussian” needs a number, as in size=5." },
    { "gaussian:size=", "needs a number" },
    { "gaussian:size=7x", "needs a number" },
    { "gaussian:sigma=1,5", "has no “5”" },
    { "gaussian:sigma=nan", "needs a number" },
    { "gaussian:sigma=inf", "needs a number" },
    { "gaussian:size=6", "cannot have size=6; size is 1, 3 … 63." },
    { "gaussian:size=65", "cannot have size=65" },
    { "gaussian:size=-1", "cannot have size=-1" },
    { "gaussian:sigma=-0.5", "sigma is 0 to 30." },
    { "kirsch:angle=30", "angle is 0, 45 … 315." },
    { "log:sigma=0", "sigma is 0.1 to 30." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ew_preset_kernel (refused[i].text, &error));
      g_assert_error (error, EW_ERROR, EW_ERROR_USAGE);
      if (strstr (error->message, refused[i].sentence) == NULL)
        {
          g_test_message ("%s: “%s”", refused[i].text, error->message);
          g_test_fail ();
        }
      g_assert_true (g_str_has_suffix (error->message, "."));
      g_assert_null (strchr (error->message, '\n'));
    }
}

/* Values drawn for every preset, through their text and back. */
static void
test_round_trip (void)
{
  EwRandom random = 11;
  guint n;
  const EwPreset *presets = ew_presets (&n);

  for (guint i = 0; i < n; i++)
    for (int round = 0; round < 20; round++)
      {
        const EwPreset *preset = &presets[i];
        double values[EW_PRESET_PARAMETERS_MAX], back[EW_PRESET_PARAMETERS_MAX];
        g_autoptr (GError) error = NULL;
        g_autofree char *text = NULL;
        g_autoptr (EwKernel) kernel = NULL;

        ew_preset_init_values (preset, values);
        for (int p = 0; round > 0 && p < preset->n_parameters; p++)
          {
            const EwPresetParameter *q = &preset->parameters[p];

            values[p] = q->step > 0 ? q->low + q->step * random_int (&random, 0, (int)((q->high - q->low) / q->step))
                                    : q->low + (q->high - q->low) * ew_random_uniform (&random);
          }
        text = ew_preset_format (preset, values);
        g_assert_true (ew_preset_parse (text, back, &error) == preset);
        g_assert_no_error (error);
        g_assert_cmpmem (values, sizeof values, back, sizeof back);
        kernel = ew_preset_make (preset, values, &error);
        g_assert_no_error (error);
        for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
          g_assert_true (isfinite (kernel->taps[k]));
        if (round == 0)
          g_assert_cmpstr (text, ==, preset->id);
      }
}

/* The table itself: what a list of presets shows. */
static void
test_table (void)
{
  guint n;
  const EwPreset *presets = ew_presets (&n);

  for (guint i = 0; i < n; i++)
    {
      g_assert_true (ew_preset_find (presets[i].id) == &presets[i]);
      g_assert_true (g_str_has_suffix (presets[i].sentence, "."));
      g_assert_cmpstr (presets[i].title, !=, "");
      g_assert_cmpstr (ew_preset_family_title (presets[i].family), !=, "");
    }
  g_assert_null (ew_preset_find ("banana"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/preset/literature", test_literature);
  g_test_add_func ("/preset/printed-decimals", test_printed_decimals);
  g_test_add_func ("/preset/gaussians", test_gaussians);
  g_test_add_func ("/preset/log", test_log);
  g_test_add_func ("/preset/slope", test_slope);
  g_test_add_func ("/preset/gabor", test_gabor);
  g_test_add_func ("/preset/motion", test_motion);
  g_test_add_func ("/preset/disc", test_disc);
  g_test_add_func ("/preset/refused", test_refused);
  g_test_add_func ("/preset/round-trip", test_round_trip);
  g_test_add_func ("/preset/table", test_table);
  return g_test_run ();
}
