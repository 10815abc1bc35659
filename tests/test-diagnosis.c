/* What is said of kernels: sums, symmetry, rank, the nearest preset, and the frequency response. */
#include "engine/diagnosis.h"
#include "engine/kernel-edit.h"
#include "engine/response.h"
#include "engine/small-matrix.h"
#include "tests/engine-fixtures.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

static EwDiagnosis *
diagnose (const char *preset)
{
  g_autoptr (EwKernel) kernel = ew_preset_kernel (preset, NULL);

  g_assert_nonnull (kernel);
  return ew_diagnosis_new (kernel);
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

/* --- numbers */

static void
test_known (void)
{
  static const struct
  {
    const char *preset;
    double sum;
    double square;
    double symmetry[EW_N_SYMMETRIES];
    int rank;
  } known[] = {
    { "sobel-x", 0, 12, { -1, 1, -1, 0 }, 1 }, { "sobel-y", 0, 12, { 1, -1, -1, 0 }, 1 },
    { "laplacian", 0, 20, { 1, 1, 1, 1 }, 2 }, { "laplacian-8", 0, 72, { 1, 1, 1, 1 }, 2 },
    { "box", 1, 1 / 9.0, { 1, 1, 1, 1 }, 1 },  { "gaussian:size=9,sigma=1.3", 1, -1, { 1, 1, 1, 1 }, 1 },
    { "log", 0, -1, { 1, 1, 1, 1 }, -1 },      { "roberts-x", 0, 2, { 0, 0, -1, 1 }, 2 },
    { "edge", 0, 2, { -1, 1, -1, NAN }, 1 },   { "emboss", 1, 13, { 1 / 13.0, 1 / 13.0, -11 / 13.0, 1 }, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr (EwDiagnosis) d = diagnose (known[i].preset);

      g_test_message ("%s", known[i].preset);
      assert_near (d->sum, known[i].sum, 1e-14);
      if (known[i].square > 0)
        assert_near (d->norm, sqrt (known[i].square), 1e-14);
      for (int s = 0; s < EW_N_SYMMETRIES; s++)
        if (isnan (known[i].symmetry[s]))
          g_assert_true (isnan (d->symmetry[s]));
        else
          assert_near (d->symmetry[s], known[i].symmetry[s], 1e-14);
      if (known[i].rank > 0)
        g_assert_cmpint (d->rank, ==, known[i].rank);
      g_assert_true ((d->rank == 1) == (d->separable > 1 - 1e-12));
      /* A flat image is the wave of frequency 0. */
      assert_near ((double)ew_grid_row (d->response, 64)[64], fabs (d->sum), UNIT_32 + 1e-14);
    }
}

static void
test_zeros (void)
{
  g_autoptr (EwKernel) zeros = ew_kernel_new (3, 4, NULL);
  g_autoptr (EwDiagnosis) d = ew_diagnosis_new (zeros);

  g_assert_cmpfloat (d->sum, ==, 0);
  g_assert_cmpfloat (d->norm, ==, 0);
  g_assert_cmpint (d->rank, ==, 0);
  g_assert_true (isnan (d->separable));
  g_assert_true (isnan (d->symmetry[0]));
  g_assert_null (d->likeness.preset);
  g_assert_cmpfloat (d->response_max, ==, 0);
}

/* Sums of products of known rank; and the singular values through the traces of KᵀK and (KᵀK)². */
static void
test_rank (void)
{
  EwRandom random = 21;

  for (int round = 0; round < 40; round++)
    {
      int height = random_int (&random, 1, 15);
      int width = random_int (&random, 1, 15);
      int rank = random_int (&random, 1, MIN (height, width));
      double scale = ldexp (1, random_int (&random, -600, 600));
      g_autoptr (EwKernel) kernel = ew_kernel_new (height, width, NULL);
      g_autoptr (EwDiagnosis) d = NULL;
      double values[EW_KERNEL_SIDE_MAX];
      double trace = 0, trace_2 = 0, squares = 0, fourths = 0;

      for (int r = 0; r < rank; r++)
        {
          g_autoptr (EwKernel) u = random_kernel (&random, height, 1, -1, 1);
          g_autoptr (EwKernel) v = random_kernel (&random, 1, width, -1, 1);

          for (int k = 0; k < height * width; k++)
            kernel->taps[k] += u->taps[k / width] * v->taps[k % width];
        }
      for (int p = 0; p < width; p++)
        for (int q = 0; q < width; q++)
          {
            double dot = 0;

            for (int a = 0; a < height; a++)
              dot += kernel->taps[a * width + p] * kernel->taps[a * width + q];
            trace_2 += dot * dot;
            trace += p == q ? dot : 0;
          }
      for (int k = 0; k < height * width; k++)
        kernel->taps[k] *= scale;
      d = ew_diagnosis_new (kernel);
      g_assert_cmpint (d->rank, ==, rank);
      g_assert_cmpint (ew_singular_values (kernel, values), ==, MIN (height, width));
      for (int i = 0; i < MIN (height, width); i++)
        {
          g_assert_true (i == 0 || values[i] <= values[i - 1]);
          squares += pow (values[i] / scale, 2);
          fourths += pow (values[i] / scale, 4);
        }
      /* Orthogonal turns keep them, up to some hundred roundings. */
      assert_near (squares / trace, 1, 1e-12);
      assert_near (fourths / trace_2, 1, 1e-12);
      assert_near (d->separable, pow (values[0] / scale, 2) / trace, 1e-12);
    }
}

/* --- likeness */

static void
test_likeness (void)
{
  static const char *const presets[] = { "edge",
                                         "prewitt-x",
                                         "sobel-x",
                                         "sobel-y",
                                         "scharr-x",
                                         "kirsch:angle=135",
                                         "laplacian",
                                         "sharpen",
                                         "emboss",
                                         "box",
                                         "box:size=7",
                                         "gaussian",
                                         "roberts-y",
                                         "log:size=9,sigma=0.4",
                                         "laplacian-8",
                                         "prewitt-y",
                                         "identity",
                                         "motion:length=7,angle=45",
                                         "gaussian:size=9,sigma=0.4" };

  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    for (int turned = 0; turned < 3; turned++)
      {
        double values[EW_PRESET_PARAMETERS_MAX];
        const EwPreset *expected = ew_preset_parse (presets[i], values, NULL);
        g_autoptr (EwKernel) kernel = ew_preset_make (expected, values, NULL);
        g_autoptr (EwKernel) larger = ew_kernel_resized (kernel, kernel->height + 2, kernel->width + 4, NULL);
        EwLikeness found;

        for (int k = 0; k < ew_kernel_n_taps (turned == 2 ? larger : kernel); k++)
          (turned == 2 ? larger : kernel)->taps[k] *= turned == 1 ? -1e-200 : 1e200;
        /* With zeros around, those whose size follows the kernel's are others. */
        if (turned == 2 && expected->n_parameters > 0)
          continue;
        ew_likeness_find (&found, turned == 2 ? larger : kernel);
        if (found.preset != expected)
          g_test_message ("%s seems to be %s", presets[i], found.preset->id);
        g_assert_true (found.preset == expected);
        assert_near (found.similarity, turned == 1 ? -1 : 1, 1e-12);
      }
}

/* The similarity is that of the kernel that the found values make, and no fixed preset of its size beats it. */
static void
test_likeness_of_noise (void)
{
  EwRandom random = 2;
  guint n;
  const EwPreset *presets = ew_presets (&n);

  for (int round = 0; round < 30; round++)
    {
      g_autoptr (EwKernel) kernel
          = random_kernel (&random, random_int (&random, 1, 7), random_int (&random, 1, 7), -1, 1);
      EwLikeness found;

      ew_likeness_find (&found, kernel);
      if (found.preset == NULL)
        continue;
      for (guint i = 0; i < n + 1; i++)
        {
          double initial[EW_PRESET_PARAMETERS_MAX];
          const EwPreset *preset = i < n ? &presets[i] : found.preset;
          g_autoptr (EwKernel) made = NULL;
          g_autoptr (EwKernel) laid = NULL;
          double product = 0, kernel_square = 0, made_square = 0;

          ew_preset_init_values (preset, initial);
          made = ew_preset_make (preset, i < n ? initial : found.values, NULL);
          if (i < n
              && (preset->n_parameters > 0 || made->height > kernel->height || made->width > kernel->width
                  || (kernel->height - made->height) % 2 != 0 || (kernel->width - made->width) % 2 != 0))
            continue;
          laid = ew_kernel_resized (made, kernel->height, kernel->width, NULL);
          for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
            {
              product += laid->taps[k] * kernel->taps[k];
              kernel_square += kernel->taps[k] * kernel->taps[k];
              made_square += laid->taps[k] * laid->taps[k];
            }
          product /= sqrt (kernel_square * made_square);
          if (i == n)
            assert_near (found.similarity, product, 1e-13);
          else
            g_assert_cmpfloat (fabs (product), <=, fabs (found.similarity) + 1e-8);
        }
    }
}

/* --- frequency response */

/* The sum itself, in complex numbers; every value is rounded to float32 once. */
static void
test_response (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 2 }, { 3, 3 }, { 5, 2 }, { 15, 15 }, { 63, 62 } };
  EwRandom random = 4;

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      g_autoptr (EwKernel) kernel = random_kernel (&random, sizes[s][0], sizes[s][1], -1, 1);
      g_autoptr (EwGrid) response = ew_response_new (kernel);

      for (int round = 0; round < 300; round++)
        {
          int i = random_int (&random, 0, EW_RESPONSE_SIDE - 1);
          int j = random_int (&random, 0, EW_RESPONSE_SIDE - 1);
          double complex h = 0;
          double magnitude = 0;

          for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
            {
              int a = k / kernel->width;
              int c = k % kernel->width;

              h += kernel->taps[k] * cexp (-2 * PI * I * ((i - 64) * a + (j - 64) * c) / 128.0);
              magnitude += fabs (kernel->taps[k]);
            }
          /* An angle of up to 400 is off by 400·u, and sums by γ. */
          assert_near ((double)ew_grid_row (response, i)[j], cabs (h),
                       UNIT_32 * cabs (h) + magnitude * rounding_bound (1000 + ew_kernel_n_taps (kernel), UNIT_64));
          assert_near (ew_response_at (kernel, (j - 64) / 128.0, (i - 64) / 128.0), cabs (h),
                       magnitude * rounding_bound (1000 + ew_kernel_n_taps (kernel), UNIT_64));
        }
    }
}

/* What it is for: a wave correlated with the kernel is the wave times |H|, as seen in its largest amplitude. */
static void
test_response_scales_a_wave (void)
{
  EwRandom random = 8;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 4, 5, -1, 1);
  g_autoptr (EwGrid) response = ew_response_new (kernel);
  const int u = 24, v = -9;
  double energy_x = 0, energy_y = 0;

  /* Over one whole period the mean square of the output is |H|² times that of the wave. */
  for (int i = 0; i < 128; i++)
    for (int j = 0; j < 128; j++)
      {
        double y = 0;

        for (int k = 0; k < 20; k++)
          y += kernel->taps[k] * cos (2 * PI * (u * (j + k % 5) + v * (i + k / 5)) / 128.0);
        energy_x += pow (cos (2 * PI * (u * j + v * i) / 128.0), 2);
        energy_y += y * y;
      }
  assert_near ((double)ew_grid_row (response, 64 + v)[64 + u], sqrt (energy_y / energy_x), 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/diagnosis/known", test_known);
  g_test_add_func ("/diagnosis/zeros", test_zeros);
  g_test_add_func ("/diagnosis/rank", test_rank);
  g_test_add_func ("/likeness/presets", test_likeness);
  g_test_add_func ("/likeness/noise", test_likeness_of_noise);
  g_test_add_func ("/response/sum", test_response);
  g_test_add_func ("/response/wave", test_response_scales_a_wave);
  return g_test_run ();
}
