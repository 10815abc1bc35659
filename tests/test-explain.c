/* What is pointed at, in words. */
#include "ui/explain-text.h"

#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

static EwGrid *
counting_grid (int height, int width)
{
  EwGrid *grid = ew_grid_new (height, width, NULL);

  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (grid, i)[j] = (float)(i * width + j);
  return grid;
}

static void
assert_words (EwExplanation *explanation, const char *headline, const char *detail)
{
  g_assert_cmpstr (explanation->headline, ==, headline);
  if (detail != NULL)
    g_assert_cmpstr (explanation->detail, ==, detail);
  ew_explanation_clear (explanation);
}

/* The worked example: every number is exact. */
static void
test_worked_example (void)
{
  const double taps[] = { 0, 1, 2, 3 };
  g_autoptr (EwGrid) x = counting_grid (3, 3);
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 2, taps, 0, NULL);
  g_autoptr (EwGrid) y = ew_grid_new (2, 2, NULL);
  EwExplanation words = { NULL, NULL };
  EwGeometry g;

  ew_geometry_init_valid (&g, 2, 2);

  g_autoptr (EwGrid) mask = ew_grid_new (2, 2, NULL);
  g_autoptr (EwPatch) first = ew_patch_new (x, kernel, &g, 0, 0, NULL);
  g_autoptr (EwPatch) last = ew_patch_new (x, kernel, &g, 1, 1, NULL);

  ew_grid_row (y, 0)[0] = 20;
  ew_explain_output (&words, first, NULL, NULL, EW_LOSS_SUM, 1);
  assert_words (&words, "Ŷ[0, 0] = 0×0 + 1×1 + 3×2 + 4×3 = 19", "");
  ew_explain_output (&words, first, y, NULL, EW_LOSS_SUM, 1);
  assert_words (&words, "Ŷ[0, 0] = 0×0 + 1×1 + 3×2 + 4×3 = 19",
                "The target is 20, the residual −1; its square, 1, is this pixel’s part of the loss.");
  ew_grid_row (mask, 0)[0] = 0;
  ew_explain_output (&words, first, y, mask, EW_LOSS_SUM, 1);
  assert_words (&words, "Ŷ[0, 0] = 0×0 + 1×1 + 3×2 + 4×3 = 19",
                "The target is 20, the residual −1; this pixel is left out and is no part of the loss.");
  ew_grid_row (mask, 0)[0] = 0.5f;
  ew_explain_output (&words, first, y, mask, EW_LOSS_SUM, 1);
  g_assert_null (strstr (words.detail, "left out"));
  ew_explain_output (&words, last, NULL, NULL, EW_LOSS_SUM, 4);
  assert_words (&words, "Ŷ[1, 1] = 4×0 + 5×1 + 7×2 + 8×3 = 43", " (One pixel; on screen each dot is the mean of 4×4.)");
  ew_explain_output (&words, last, NULL, NULL, EW_LOSS_SUM, 2);
  assert_words (&words, "Ŷ[1, 1] = 4×0 + 5×1 + 7×2 + 8×3 = 43", " (One pixel; on screen each dot is the mean of 2×2.)");
}

/* What is printed shorter than it is stored is said to be near, not equal; a negative factor stands in brackets. */
static void
test_inexact (void)
{
  const double third[] = { 1 / 3.0, -2 };
  const double tenth[] = { 0.1, -0.5 };
  g_autoptr (EwGrid) x = counting_grid (1, 3);
  g_autoptr (EwKernel) a = ew_kernel_new_from_taps (1, 2, third, 0, NULL);
  g_autoptr (EwKernel) b = ew_kernel_new_from_taps (1, 2, tenth, 0.25, NULL);
  EwExplanation words = { NULL, NULL };
  EwGeometry g;

  ew_geometry_init_valid (&g, 1, 2);

  g_autoptr (EwPatch) near = ew_patch_new (x, a, &g, 0, 1, NULL);
  g_autoptr (EwPatch) equal = ew_patch_new (x, b, &g, 0, 1, NULL);

  ew_explain_output (&words, near, NULL, NULL, EW_LOSS_SUM, 1);
  assert_words (&words, "Ŷ[0, 1] = 1×0.3333 + 2×(−2) ≈ −3.66667", "");
  ew_explain_output (&words, equal, NULL, NULL, EW_LOSS_SUM, 1);
  assert_words (&words, "Ŷ[0, 1] = 1×0.1 + 2×(−0.5) + bias 0.25 = −0.65", "");
}

/* A pixel is stored as float32, so that 0.1 is all of it; a weight in float64, and what is 0.1 to seven digits is not. */
static void
test_stored (void)
{
  const double whole[] = { 1, 2 };
  const double rounded[] = { (double)0.1f, 2 };
  g_autoptr (EwGrid) tenth = ew_grid_new (1, 2, NULL);
  g_autoptr (EwGrid) one = ew_grid_new (1, 2, NULL);
  g_autoptr (EwKernel) a = ew_kernel_new_from_taps (1, 2, whole, 0, NULL);
  g_autoptr (EwKernel) b = ew_kernel_new_from_taps (1, 2, rounded, 0, NULL);
  EwExplanation words = { NULL, NULL };
  EwGeometry g;

  ew_geometry_init_valid (&g, 1, 2);
  ew_grid_row (tenth, 0)[0] = 0.1f;
  ew_grid_row (tenth, 0)[1] = 0.5f;
  ew_grid_row (one, 0)[0] = 1;
  ew_grid_row (one, 0)[1] = 2;

  g_autoptr (EwPatch) equal = ew_patch_new (tenth, a, &g, 0, 0, NULL);
  g_autoptr (EwPatch) near = ew_patch_new (one, b, &g, 0, 0, NULL);

  ew_explain_output (&words, equal, NULL, NULL, EW_LOSS_SUM, 1);
  assert_words (&words, "Ŷ[0, 0] = 0.1×1 + 0.5×2 = 1.1", "");
  ew_explain_output (&words, near, NULL, NULL, EW_LOSS_SUM, 1);
  assert_words (&words, "Ŷ[0, 0] = 1×0.1 + 2×2 ≈ 4.1", "");
}

/* Where the products are long the result is told before them: the last of them may be cut off. */
static void
test_result_first (void)
{
  double taps[9];
  g_autoptr (EwGrid) x = counting_grid (3, 3);
  g_autoptr (EwKernel) kernel = NULL;
  EwExplanation words = { NULL, NULL };
  EwGeometry g;

  for (int k = 0; k < 9; k++)
    taps[k] = -(k + 1) / 1024.0;
  kernel = ew_kernel_new_from_taps (3, 3, taps, 0, NULL);
  ew_geometry_init_valid (&g, 3, 3);

  g_autoptr (EwPatch) patch = ew_patch_new (x, kernel, &g, 0, 0, NULL);

  ew_explain_output (&words, patch, NULL, NULL, EW_LOSS_SUM, 1);
  /* −Σ k(k + 1)/1024 over k = 0…8 is −240/1024. */
  g_assert_true (g_str_has_prefix (words.headline, "Ŷ[0, 0] ≈ −0.234375, the sum of 0×(−9.766e−4) + 1×"));
  g_assert_true (g_str_has_suffix (words.headline, " + 8×(−0.008789)"));
  ew_explanation_clear (&words);
}

/* The largest kernel there is still makes one sentence, with the sum, the number of terms and the largest of them. */
static void
test_long (void)
{
  EwRandom random = 71;
  g_autoptr (EwGrid) x = random_whole_grid (&random, 63, 63, 1);
  g_autoptr (EwKernel) kernel = random_whole_kernel (&random, 63, 63, 1);
  EwExplanation words = { NULL, NULL };
  g_autofree char *sentence = NULL;
  char rest[64];
  EwGeometry g;

  kernel->bias = 4;
  ew_grid_row (x, 2)[5] = -7;
  kernel->taps[2 * 63 + 5] = 10;
  ew_grid_row (x, 0)[1] = 5;
  kernel->taps[1] = 8;
  ew_grid_row (x, 62)[62] = 3;
  kernel->taps[63 * 63 - 1] = 9;
  ew_geometry_init_valid (&g, 63, 63);

  g_autoptr (EwPatch) patch = ew_patch_new (x, kernel, &g, 0, 0, NULL);

  ew_explain_output (&words, patch, NULL, NULL, EW_LOSS_SUM, 1);
  g_snprintf (rest, sizeof rest, "; the other 3966 add up to %s%d. ", patch->sum - (-70 + 40 + 27 + 4) < 0 ? "−" : "",
              abs ((int)(patch->sum - (-70 + 40 + 27 + 4))));
  g_assert_nonnull (strstr (words.headline, "= the sum of 3969 products + bias 4 = "));
  g_assert_true (
      g_str_has_prefix (words.detail, "Largest: (−7)×10 at K[2, 5], 5×8 at K[0, 1], 3×9 at K[62, 62]; the other 3966"));
  g_assert_true (g_str_has_suffix (words.detail, rest));
  sentence = ew_explanation_sentence (&words);
  g_assert_cmpuint (strlen (sentence), <, 300);
  ew_explanation_clear (&words);
}

/* A long sum of numbers as they come has hardly ever six digits by chance. */
static void
test_long_inexact (void)
{
  EwRandom random = 72;
  EwGeometry g;
  int near = 0;

  ew_geometry_init_valid (&g, 5, 5);
  for (int n = 0; n < 100; n++)
    {
      g_autoptr (EwGrid) x = random_grid (&random, 5, 5, 0, 1);
      g_autoptr (EwKernel) kernel = random_kernel (&random, 5, 5, -1, 1);
      EwExplanation words = { NULL, NULL };

      kernel->bias = 0;

      g_autoptr (EwPatch) patch = ew_patch_new (x, kernel, &g, 0, 0, NULL);

      ew_explain_output (&words, patch, NULL, NULL, EW_LOSS_SUM, 1);
      near += strstr (words.headline, " ≈ ") != NULL;
      ew_explanation_clear (&words);
    }
  g_assert_cmpint (near, >=, 95);
}

static void
test_padding (void)
{
  g_autoptr (EwGrid) x = counting_grid (4, 4);
  g_autoptr (EwKernel) kernel = ew_kernel_new (3, 3, NULL);
  EwExplanation words = { NULL, NULL };
  EwGeometry g;

  ew_geometry_init_valid (&g, 3, 3);
  g.top = g.left = g.bottom = g.right = 1;

  g_autoptr (EwPatch) corner = ew_patch_new (x, kernel, &g, 0, 0, NULL);
  g_autoptr (EwPatch) inside = ew_patch_new (x, kernel, &g, 1, 1, NULL);

  ew_explain_output (&words, corner, NULL, NULL, EW_LOSS_SUM, 1);
  assert_words (&words, "Ŷ[0, 0] = 0×0 + 0×0 + 0×0 + 0×0 + 0×0 + 1×0 + 0×0 + 4×0 + 5×0 = 0",
                "5 taps lie in the padding. ");
  ew_explain_output (&words, inside, NULL, NULL, EW_LOSS_SUM, 1);
  g_assert_null (strstr (words.detail, "padding"));
  ew_explanation_clear (&words);

  g_autoptr (EwKernel) two = ew_kernel_new (1, 2, NULL);

  ew_geometry_init_valid (&g, 1, 2);
  g.right = 1;

  g_autoptr (EwPatch) edge = ew_patch_new (x, two, &g, 0, 3, NULL);

  ew_explain_output (&words, edge, NULL, NULL, EW_LOSS_SUM, 1);
  assert_words (&words, "Ŷ[0, 3] = 3×0 + 0×0 = 0", "1 tap lies in the padding. ");
}

static void
test_input (void)
{
  const double taps[] = { 0, 1, 2, 3 };
  g_autoptr (EwGrid) x = counting_grid (5, 5);
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 2, taps, 0, NULL);
  EwExplanation words = { NULL, NULL };
  EwGeometry g;

  ew_geometry_init_valid (&g, 2, 2);

  g_autoptr (EwFeeding) middle = ew_feeding_new (&g, 5, 5, 1, 1, NULL);
  g_autoptr (EwFeeding) corner = ew_feeding_new (&g, 5, 5, 4, 4, NULL);

  ew_explain_input (&words, middle, kernel, x, 1, 1);
  assert_words (&words, "X[1, 1] = 6 goes into 4 outputs, Ŷ[0, 0] to Ŷ[1, 1]",
                "It is multiplied by 3 in Ŷ[0, 0], 2 in Ŷ[0, 1], 1 in Ŷ[1, 0], 0 in Ŷ[1, 1]: seen from a pixel, the "
                "kernel lies turned by 180°.");
  ew_explain_input (&words, corner, kernel, x, 4, 4);
  assert_words (&words, "X[4, 4] = 24 goes into one output, Ŷ[3, 3]", NULL);
  g.stride = 3;

  g_autoptr (EwFeeding) leapt = ew_feeding_new (&g, 5, 5, 2, 0, NULL);

  ew_explain_input (&words, leapt, kernel, x, 2, 0);
  assert_words (&words, "X[2, 0] = 10 goes into no output", "The steps of the kernel leap over this pixel.");
}

/* Σ x·r = 1·1 + 2·2 = 5 where the residual is 1, 2: the gradient is 10, or 10/N of the mean. */
static void
test_tap (void)
{
  const float outputs[] = { 1, 2 };
  g_autoptr (EwGrid) x = counting_grid (1, 3);
  g_autoptr (EwGrid) output = ew_grid_new_from_values (1, 2, outputs, NULL);
  g_autoptr (EwGrid) y = ew_grid_new (1, 2, NULL);
  g_autoptr (EwKernel) kernel = ew_kernel_new (1, 2, NULL);
  EwExplanation words = { NULL, NULL };
  EwGeometry g;

  ew_geometry_init_valid (&g, 1, 2);

  g_autoptr (EwTapGradient) gradient = ew_tap_gradient_new (x, output, y, &g, 1, 1, NULL, NULL);

  ew_explain_tap (&words, kernel, 1, gradient, EW_LOSS_SUM, 2, 1);
  assert_words (&words, "∂L/∂K[0, 1] = 2 Σ shifted X × residual ≈ 10",
                "It is positive, so descent makes this weight smaller.");
  ew_explain_tap (&words, kernel, 1, gradient, EW_LOSS_MEAN, 4, 2);
  assert_words (&words, "∂L/∂K[0, 1] = 2/N Σ shifted X × residual ≈ 2.5",
                "It is positive, so descent makes this weight smaller. This channel’s part; the step adds up all of "
                "them.");
  ew_explain_tap (&words, kernel, 1, NULL, EW_LOSS_SUM, 2, 1);
  assert_words (&words, "∂L/∂K[0, 1]: the gradient of this weight…", "K[0, 1] = 0");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/explain/worked-example", test_worked_example);
  g_test_add_func ("/explain/inexact", test_inexact);
  g_test_add_func ("/explain/stored", test_stored);
  g_test_add_func ("/explain/result-first", test_result_first);
  g_test_add_func ("/explain/long", test_long);
  g_test_add_func ("/explain/long-inexact", test_long_inexact);
  g_test_add_func ("/explain/padding", test_padding);
  g_test_add_func ("/explain/input", test_input);
  g_test_add_func ("/explain/tap", test_tap);
  return g_test_run ();
}
