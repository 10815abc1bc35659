/* The examination of encodings, gammas, clipped values, offsets and scales. */
#include "engine/reference.h"
#include "tests/examine-fixtures.h"

#include <math.h>
#include <string.h>

static double
encode (EwEncoding encoding, double v)
{
  if (encoding.curve == EW_CURVE_GAMMA)
    return pow (v, 1 / encoding.gamma);
  return encoding.curve == EW_CURVE_LINEAR ? v : v <= 0.0031308 ? 12.92 * v : 1.055 * pow (v, 1 / 2.4) - 0.055;
}

/* In 8 bits where wanted. */
static EwGrid *
encoded (const EwGrid *grid, EwEncoding encoding, gboolean eight_bits)
{
  EwGrid *result = ew_grid_new (grid->height, grid->width, NULL);

  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      {
        double v = encode (encoding, (double)ew_grid_row (grid, i)[j]);

        g_assert_cmpfloat_with_epsilon (ew_encoding_decode (encoding, v), (double)ew_grid_row (grid, i)[j], 1e-6);
        ew_grid_row (result, i)[j] = (float)(eight_bits ? round (255 * v) / 255 : v);
      }
  return result;
}

static void
test_encoding (void)
{
  static const EwEncoding all[] = { { EW_CURVE_LINEAR, 0 }, { EW_CURVE_SRGB, 0 }, { EW_CURVE_GAMMA, 2.2 } };
  EwRandom random = 507;
  EwGeometry valid = geometry_of (FALSE, EW_BORDER_ZERO);

  if (!has_lapack ())
    return;
  for (int x = 0; x < 3; x++)
    for (int y = 0; y < 3; y++)
      {
        /* Where the light hardly changes under a kernel both give the same but for rounding; here it does. */
        g_autoptr (EwGrid) light = x == y ? random_grid (&random, 200, 220, 0.02, 0.98)
                                          : photograph (&random, 200, 220, 0.02, 0.98);
        g_autoptr (EwGrid) after = filtered (light, blur, 0, &valid, FALSE);
        g_auto (EwPair) pair = pair_of (encoded (light, all[x], TRUE), encoded (after, all[y], TRUE), &valid);

        if ((x != 0 && y != 0 && x != y) || (x == 0 && y == 0))
          continue;

        g_autoptr (EwFindings) findings = examine (&pair);
        const EwFinding *found = finds (findings, EW_FINDING_ENCODING);

        g_assert_cmpint (found->correction.x_encoding.curve, ==, all[x].curve);
        g_assert_cmpint (found->correction.y_encoding.curve, ==, all[y].curve);
        mend (&pair, found);
        g_assert_cmpfloat (learned_error (&pair, blur), <, 0.02);
      }
}

static void
check_gamma (const EwPair *pair, double gamma, double tolerance, const char *side)
{
  g_autoptr (EwFindings) findings = examine (pair);
  const EwFinding *found = finds (findings, EW_FINDING_ENCODING);
  const char *number = strstr (found->sentence, "as by a gamma of ");
  EwPair mended = { ew_grid_ref (pair->x), ew_grid_ref (pair->y), NULL, pair->geometry, FALSE };

  g_assert_nonnull (number);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (number + strlen ("as by a gamma of "), NULL) / gamma, 1, tolerance);
  g_assert_nonnull (strstr (found->sentence, side));
  g_assert_nonnull (strstr (found->sentence, gamma > 1 ? "brighter" : "darker"));
  mend (&mended, found);
  g_assert_cmpfloat (learned_error (&mended, blur), <, 2 * tolerance);
  ew_pair_clear (&mended);
}

/* Any gamma is found, of the target or of what the filter was given, and said with the side it is on: with fine detail, or
 * one can stand for the other. */
static void
test_gamma (void)
{
  static const double gammas[] = { 1.1, 1.3, 1.8, 3, 0.9, 0.6 };
  EwRandom random = 522;
  EwGeometry valid = geometry_of (FALSE, EW_BORDER_ZERO);

  if (!has_lapack ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (gammas); i++)
    {
      EwEncoding gamma = ew_encoding_gamma (gammas[i]);
      g_autoptr (EwGrid) light = random_grid (&random, 200, 220, 0.02, 0.98);
      g_autoptr (EwGrid) bent = encoded (light, gamma, FALSE);
      g_autoptr (EwGrid) after = filtered (light, blur, 0, &valid, FALSE);
      g_auto (EwPair) target = pair_of (ew_grid_ref (light), encoded (after, gamma, FALSE), &valid);
      g_auto (EwPair) input = pair_of (ew_grid_ref (light), filtered (bent, blur, 0, &valid, FALSE), &valid);

      /* The second decimal of what is said. */
      check_gamma (&target, gammas[i], 0.005, "The target had");
      check_gamma (&input, gammas[i], 0.005, "Before the filter the input had");
    }
}

/* As programs write it: in 8 bits, which move the gamma by a hundredth. */
static void
test_gamma_in_8_bits (void)
{
  EwRandom random = 524;
  EwGeometry same = geometry_of (TRUE, EW_BORDER_REPLICATE);
  EwGrid *x;

  if (!has_lapack ())
    return;
  x = photograph (&random, 200, 220, 0.02, 0.98);

  g_autoptr (EwGrid) after = filtered (x, blur, 0, &same, TRUE);
  g_auto (EwPair) pair = pair_of (x, encoded (after, ew_encoding_gamma (1.3), TRUE), &same);

  check_gamma (&pair, 1.3, 0.01, "had its middle tones made");
}

/* A kernel that is far too small hides no gamma: that is found first, then the kernel's size. */
static void
test_gamma_of_a_larger_kernel (void)
{
  EwRandom random = 526;
  EwGeometry same = geometry_of (TRUE, EW_BORDER_REPLICATE), wide = same;
  g_autoptr (EwKernel) kernel = ew_kernel_new (11, 11, NULL);
  g_autofree double *values = g_new (double, 200 * 220);
  EwGrid *x, *y;

  if (!has_lapack ())
    return;
  x = photograph (&random, 200, 220, 0.02, 0.98);
  y = ew_grid_new (200, 220, NULL);
  for (int k = 0; k < 121; k++)
    kernel->taps[k] = 1.0 / 121;
  wide.kernel_height = wide.kernel_width = 11;
  wide.top = wide.bottom = wide.left = wide.right = 5;
  g_assert_true (ew_reference_correlate (x, kernel, &wide, values, NULL));
  for (int k = 0; k < 200 * 220; k++)
    ew_grid_row (y, k / 220)[k % 220] = (float)(round (255 * pow (values[k], 1 / 1.6)) / 255);

  g_auto (EwPair) pair = pair_of (x, y, &same);
  g_autoptr (EwFindings) first = examine (&pair);
  const EwFinding *gamma = finds (first, EW_FINDING_ENCODING);

  g_assert_cmpint (first->n, ==, 1);
  g_assert_nonnull (strstr (gamma->sentence, "The target had its middle tones made brighter, as by a gamma of 1.6:"));
  mend (&pair, gamma);

  g_autoptr (EwFindings) second = examine (&pair);

  g_assert_cmpint (finds (second, EW_FINDING_KERNEL)->correction.geometry.kernel_height, ==, 11);
}

/* The luminance of encoded colours is no encoded luminance; the green channel tells, and nothing can be undone but in the
 * channels. */
static void
test_gamma_of_colours (void)
{
  static const double weights[] = { 0.299, 0.587, 0.114 };
  EwRandom random = 528;
  EwGeometry same = geometry_of (TRUE, EW_BORDER_REPLICATE);
  EwExamineOptions options = { .geometry = same, .x_colour = TRUE, .y_colour = TRUE, .threads = 1 };
  g_autoptr (EwGrid) x = ew_grid_new (200, 220, NULL);
  g_autoptr (EwGrid) y = ew_grid_new (200, 220, NULL);
  g_autoptr (EwGrid) x_green = NULL;
  g_autoptr (EwGrid) y_green = NULL;

  if (!has_lapack ())
    return;
  for (int channel = 0; channel < 3; channel++)
    {
      g_autoptr (EwGrid) before = photograph (&random, 200, 220, 0.02, 0.98);
      g_autoptr (EwGrid) light = filtered (before, blur, 0, &same, FALSE);
      g_autoptr (EwGrid) after = encoded (light, ew_encoding_gamma (1.5), TRUE);

      for (int k = 0; k < 200 * 220; k++)
        {
          ew_grid_row (x, k / 220)[k % 220] += (float)(weights[channel] * (double)ew_grid_row (before, k / 220)[k % 220]);
          ew_grid_row (y, k / 220)[k % 220] += (float)(weights[channel] * (double)ew_grid_row (after, k / 220)[k % 220]);
        }
      if (channel == 1)
        {
          x_green = g_steal_pointer (&before);
          y_green = g_steal_pointer (&after);
        }
    }

  g_autoptr (EwFindings) luminance = ew_examine (x, y, &options, NULL, NULL);

  g_assert_null (ew_findings_find (luminance, EW_FINDING_ENCODING));
  options.x_green = x_green;
  options.y_green = y_green;

  g_autoptr (EwFindings) findings = ew_examine (x, y, &options, NULL, NULL);
  const EwFinding *found = finds (findings, EW_FINDING_ENCODING);

  g_test_message ("%s", found->sentence);
  g_assert_cmpint (found->correction.kind, ==, EW_CORRECTION_CHANNELS);
  g_assert_nonnull (strstr (found->sentence, "as by a gamma of 1.5"));
  g_assert_null (ew_findings_find (findings, EW_FINDING_COLOUR));
}

/* An S-shaped curve is no gamma, and nor is noise. */
static void
test_contrast_is_no_gamma (void)
{
  EwRandom random = 523;
  EwGeometry valid = geometry_of (FALSE, EW_BORDER_ZERO);

  if (!has_lapack ())
    return;
  for (int noisy = 0; noisy < 2; noisy++)
    {
      EwGrid *x = photograph (&random, 200, 220, 0.02, 0.98);
      g_auto (EwPair) pair = pair_of (x, filtered (x, blur, 0, &valid, FALSE), &valid);

      for (int k = 0; k < 198 * 218; k++)
        {
          float *value = &ew_grid_row (pair.y, k / 218)[k % 218];
          double v = (double)*value;

          *value = (float)(noisy ? v + 0.02 * (ew_random_uniform (&random) - 0.5) : v * v * (3 - 2 * v));
        }

      g_autoptr (EwFindings) findings = examine (&pair);

      g_assert_null (ew_findings_find (findings, EW_FINDING_ENCODING));
    }
}

static void
test_clipped (void)
{
  EwRandom random = 508;
  EwGeometry same = geometry_of (TRUE, EW_BORDER_REFLECT);
  EwGrid *x = photograph (&random, 200, 220, -0.6, 1.6);
  g_auto (EwPair) pair = pair_of (x, NULL, &same);
  gint64 clipped = 0;

  if (!has_lapack ())
    return;
  for (int k = 0; k < 200 * 220; k++)
    ew_grid_row (x, k / 220)[k % 220] = CLAMP (ew_grid_row (x, k / 220)[k % 220], 0.02f, 0.98f);
  pair.y = filtered (x, crisp, 0, &same, TRUE);
  for (int k = 0; k < 200 * 220; k++)
    clipped += ew_grid_row (pair.y, k / 220)[k % 220] <= 0 || ew_grid_row (pair.y, k / 220)[k % 220] >= 1;

  g_test_message ("%" G_GINT64_FORMAT " are clipped", clipped);

  g_autoptr (EwFindings) findings = examine (&pair);
  const EwFinding *found = finds (findings, EW_FINDING_CLIPPED);

  g_assert_cmpfloat_with_epsilon (found->share, (double)clipped / (200 * 220), 1e-12);
  g_assert_cmpfloat (learned_error (&pair, crisp), >, 0.02);
  mend (&pair, found);
  g_assert_cmpfloat (learned_error (&pair, crisp), <, 0.01);
}

/* Brightened until highlights are clipped, and shifted: clipping hides neither the shift nor the offset, nor does it pass
 * for an encoding. */
static void
test_clipped_and_shifted (void)
{
  EwRandom random = 521;
  EwGeometry same = geometry_of (TRUE, EW_BORDER_REPLICATE);
  g_autoptr (EwGrid) whole = photograph (&random, 220, 260, 0.1, 1);
  g_autoptr (EwGrid) all = filtered (whole, blur, 0.25, &same, TRUE);
  g_auto (EwPair) pair = pair_of (part (whole, 10, 10, 190, 230), part (all, 8, 7, 190, 230), &same);

  if (!has_lapack ())
    return;

  g_autoptr (EwFindings) findings = examine (&pair);
  const EwFinding *shift = finds (findings, EW_FINDING_SHIFTED);

  g_assert_cmpint (shift->correction.dy, ==, -2);
  g_assert_cmpint (shift->correction.dx, ==, -3);
  g_assert_null (ew_findings_find (findings, EW_FINDING_ENCODING));
  mend (&pair, shift);

  g_autoptr (EwFindings) after = examine (&pair);

  g_assert_null (ew_findings_find (after, EW_FINDING_ENCODING));
  /* Clipped ones taken as they are, it seems to be 0.281. */
  g_assert_nonnull (strstr (finds (after, EW_FINDING_OFFSET)->sentence, "about 0.25,"));
  mend (&pair, finds (after, EW_FINDING_OFFSET));
  mend (&pair, finds (after, EW_FINDING_CLIPPED));
  g_assert_cmpfloat (learned_error (&pair, blur), <, 0.01);
}

/* A smooth, mostly dark picture in 8 bits: what is left is the rounding, and decoding leaves less of it, for it makes the dark steps
 * smaller. That is no encoding. */
static void
test_rounding_is_no_encoding (void)
{
  static const double sharper[] = { 0, -0.2, 0, -0.2, 1.3, -0.2, 0, -0.2, 0 };
  EwGeometry same = geometry_of (TRUE, EW_BORDER_REPLICATE);
  g_autoptr (EwGrid) x = ew_grid_new (150, 160, NULL);

  if (!has_lapack ())
    return;
  for (int i = 0; i < 150; i++)
    for (int j = 0; j < 160; j++)
      {
        double wave = 0.5 + 0.5 * sin (i / 7.0) * cos (j / 9.0);

        ew_grid_row (x, i)[j] = (float)(round (255 * (0.004 + 0.99 * pow (wave, 8))) / 255);
      }

  g_auto (EwPair) pair = pair_of (ew_grid_ref (x), filtered (x, sharper, 0, &same, TRUE), &same);
  g_autoptr (EwFindings) findings = examine (&pair);

  g_assert_null (ew_findings_find (findings, EW_FINDING_ENCODING));
}

/* Black and white that are the picture's own are not clipping. */
static void
test_not_clipped (void)
{
  g_autoptr (EwProblem) golden = golden_problem ();
  EwRandom random = 509;
  EwGeometry same = geometry_of (TRUE, EW_BORDER_REPLICATE);
  static const double one[] = { 0, 0, 0, 0, 1, 0, 0, 0, 0 };
  EwGrid *x = photograph (&random, 100, 100, 0.2, 1);
  g_auto (EwPair) pair = pair_of (x, NULL, &same);

  if (!has_lapack ())
    return;
  for (int k = 0; k < 1000; k++)
    ew_grid_row (x, 20 + k / 100)[k % 100] = 0;
  pair.y = filtered (x, one, 0, &same, TRUE);

  g_autoptr (EwFindings) findings = examine (&pair);

  g_assert_null (ew_findings_find (findings, EW_FINDING_CLIPPED));
}

static void
test_offset (void)
{
  EwRandom random = 510;
  EwGeometry valid = geometry_of (FALSE, EW_BORDER_ZERO);
  EwGrid *x = photograph (&random, 100, 120, 0.3, 0.6);
  g_auto (EwPair) pair = pair_of (x, filtered (x, blur, 0.125, &valid, TRUE), &valid);

  if (!has_lapack ())
    return;

  g_autoptr (EwFindings) findings = examine (&pair);
  const EwFinding *found = finds (findings, EW_FINDING_OFFSET);

  g_assert_cmpint (findings->n, ==, 1);
  g_assert_nonnull (strstr (found->sentence, "0.12"));
  mend (&pair, found);
  g_assert_true (pair.has_bias);
  g_assert_cmpfloat (learned_error (&pair, blur), <, 0.005);
}

static void
test_scale (void)
{
  static const double factors[] = { 255, 65535, 257, 1 / 255.0 };
  EwRandom random = 511;
  EwGeometry valid = geometry_of (FALSE, EW_BORDER_ZERO);

  if (!has_lapack ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (factors); i++)
    {
      EwGrid *x = photograph (&random, 60, 70, 0.1, i == 3 ? 255 : 0.9);
      g_auto (EwPair) pair = pair_of (x, filtered (x, blur, 0, &valid, FALSE), &valid);

      for (int k = 0; k < 58 * 68; k++)
        ew_grid_row (pair.y, k / 68)[k % 68] *= (float)factors[i];

      g_autoptr (EwFindings) findings = examine (&pair);
      const EwFinding *found = finds (findings, EW_FINDING_SCALE);

      g_assert_cmpfloat_with_epsilon (found->correction.factor / factors[i], 1, 1e-12);
      mend (&pair, found);
      g_assert_cmpfloat (learned_error (&pair, blur), <, 0.01);
    }
}

void
add_examine_light_cases (void)
{
  g_test_add_func ("/examine/encoding", test_encoding);
  g_test_add_func ("/examine/gamma", test_gamma);
  g_test_add_func ("/examine/gamma-in-8-bits", test_gamma_in_8_bits);
  g_test_add_func ("/examine/gamma-of-a-larger-kernel", test_gamma_of_a_larger_kernel);
  g_test_add_func ("/examine/gamma-of-colours", test_gamma_of_colours);
  g_test_add_func ("/examine/contrast-is-no-gamma", test_contrast_is_no_gamma);
  g_test_add_func ("/examine/rounding-is-no-encoding", test_rounding_is_no_encoding);
  g_test_add_func ("/examine/clipped", test_clipped);
  g_test_add_func ("/examine/clipped-and-shifted", test_clipped_and_shifted);
  g_test_add_func ("/examine/not-clipped", test_not_clipped);
  g_test_add_func ("/examine/offset", test_offset);
  g_test_add_func ("/examine/scale", test_scale);
}
