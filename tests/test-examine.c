/* What is found in a pair before learning: each defect made on purpose is found and its correction mends it, and sound
 * pairs are left alone. */
#include "engine/fit.h"
#include "engine/phase.h"
#include "engine/reference.h"
#include "tests/examine-fixtures.h"

#include <math.h>
#include <string.h>

/* Nothing is said of a sound pair, with float values or 8 bits, inside or over the edges. */
static void
test_sound (void)
{
  static const double *const kernels[] = { blur, edges };
  EwRandom random = 501;

  if (!has_lapack ())
    return;
  for (int i = 0; i < 8; i++)
    {
      EwGeometry g = geometry_of (i & 1, EW_BORDER_REFLECT);
      EwGrid *x = photograph (&random, 90 + 10 * i, 120, 0.2, 0.8);
      g_auto (EwPair) pair
          = pair_of (x, filtered (x, kernels[(i >> 1) & 1], 0, &g, (i >> 2) && !((i >> 1) & 1)), &g);
      g_autoptr (EwFindings) findings = examine (&pair);

      g_assert_cmpint (findings->n, ==, 0);
    }
}

static void
test_sizes (void)
{
  EwRandom random = 502;
  EwGeometry valid = geometry_of (FALSE, EW_BORDER_ZERO);

  if (!has_lapack ())
    return;
  for (int border = 0; border < 4; border++)
    {
      EwGeometry same = geometry_of (TRUE, (EwBorder)border);
      EwGrid *x = photograph (&random, 100, 120, 0.2, 0.8);
      g_auto (EwPair) pair = pair_of (x, filtered (x, blur, 0, &same, TRUE), &valid);
      g_autoptr (EwFindings) findings = examine (&pair);
      const EwFinding *size = finds (findings, EW_FINDING_SIZE);

      g_assert_true (size->blocks);
      /* Already with the border that was found. */
      g_assert_cmpmem (&size->correction.geometry, sizeof same, &same, sizeof same);
      g_assert_cmpint (findings->n, ==, 1);
      mend (&pair, size);
      g_assert_cmpfloat (learned_error (&pair, blur), <, 0.005);
    }
}

/* The border of a pair whose sizes fit. */
static void
test_border (void)
{
  EwRandom random = 503;
  EwGeometry zero = geometry_of (TRUE, EW_BORDER_ZERO), wrap = geometry_of (TRUE, EW_BORDER_WRAP);
  EwGrid *x = photograph (&random, 100, 120, 0.2, 0.8);
  g_auto (EwPair) pair = pair_of (x, filtered (x, blur, 0, &wrap, FALSE), &zero);

  if (!has_lapack ())
    return;

  g_autoptr (EwFindings) findings = examine (&pair);

  mend (&pair, finds (findings, EW_FINDING_BORDER));
  g_assert_cmpint (pair.geometry.border, ==, EW_BORDER_WRAP);
}

/* A kernel of another size than asked for, and sizes that no kernel makes. */
static void
test_other_sizes (void)
{
  EwRandom random = 504;
  EwGeometry three = geometry_of (FALSE, EW_BORDER_ZERO), five;
  EwGrid *x = photograph (&random, 100, 120, 0.2, 0.8);
  g_auto (EwPair) pair = pair_of (x, filtered (x, blur, 0, &three, TRUE), &three);
  g_auto (EwPair) odd = pair_of (ew_grid_ref (x), photograph (&random, 90, 130, 0, 1), &three);

  if (!has_lapack ())
    return;
  ew_geometry_init_valid (&five, 5, 5);
  pair.geometry = five;

  g_autoptr (EwFindings) findings = examine (&pair);
  const EwFinding *size = finds (findings, EW_FINDING_SIZE);

  g_assert_cmpint (size->correction.geometry.kernel_height, ==, 3);
  mend (&pair, size);
  g_assert_cmpfloat (learned_error (&pair, blur), <, 0.005);

  g_autoptr (EwFindings) others = examine (&odd);

  mend (&odd, finds (others, EW_FINDING_SIZE));
  g_assert_cmpint (odd.x->height, ==, 90);
  g_assert_cmpint (odd.y->width, ==, 120);
}

/* A piece cut out of one of the two, in a corner as well as in the middle, is found where it lies; larger pictures by way of
 * their block means. */
static void
test_pieces (void)
{
  static const int pieces[][4] = { { 0, 0, 90, 60 }, { 37, 101, 100, 90 }, { 148, 143, 70, 95 }, { 52, 60, 116, 122 } };
  EwRandom random = 525;
  EwGeometry valid = geometry_of (FALSE, EW_BORDER_ZERO), same = geometry_of (TRUE, EW_BORDER_REPLICATE);

  if (!has_lapack ())
    return;
  for (guint i = 0; i < 3 * G_N_ELEMENTS (pieces); i++)
    {
      const int *at = pieces[i / 3];
      gboolean large = i % 3 == 2, of_target = i % 3 == 1 || i == 5;
      int scale = large ? 5 : 1;
      g_autoptr (EwGrid) whole = photograph (&random, 220 * scale, 240 * scale, 0.2, 0.8);
      g_autoptr (EwGrid) after = filtered (whole, large ? blur : edges, 0, &same, FALSE);
      g_auto (EwPair) pair
          = pair_of (of_target ? part (whole, at[0] * scale + 1, at[1] * scale + 1, at[2] * scale, at[3] * scale - 3) : ew_grid_ref (whole),
                     of_target ? ew_grid_ref (after) : part (after, at[0] * scale + 1, at[1] * scale + 1, at[2] * scale, at[3] * scale - 3),
                     &valid);
      g_autoptr (EwFindings) findings = examine (&pair);
      const EwFinding *found = finds (findings, EW_FINDING_SIZE);
      int sign = of_target ? -1 : 1;

      g_assert_cmpint (found->correction.kind, ==, EW_CORRECTION_CROP);
      g_assert_cmpint (found->correction.dy, ==, sign * (at[0] * scale + 1));
      g_assert_cmpint (found->correction.dx, ==, sign * (at[1] * scale + 1));
      g_assert_nonnull (strstr (found->sentence, of_target ? "is a piece of the target" : "is a piece of the input"));
      g_assert_cmpint (findings->n, ==, 1);
      mend (&pair, found);
      g_assert_cmpfloat (learned_error (&pair, large ? blur : edges), <, 1e-4);
    }
}

/* A target reduced by a whole factor, by a program that keeps the edges in their places or one that keeps every n-th pixel,
 * is a correlation with a stride, whose kernel is found. */
static void
test_reduced (void)
{
  EwRandom random = 527;
  EwGeometry three = geometry_of (FALSE, EW_BORDER_ZERO);

  if (!has_lapack ())
    return;
  for (int i = 0; i < 6; i++)
    {
      int factor = 2 + i / 2, side = i & 1 ? 1 : factor;
      g_autoptr (EwKernel) kernel = ew_kernel_new (side, side, NULL);
      EwGeometry strided;
      /* With rows left over that make no output. */
      EwGrid *x = photograph (&random, 120 * factor + 1, 131 * factor, 0.2, 0.8), *y = ew_grid_new (120, 131, NULL);
      g_auto (EwPair) pair = pair_of (x, y, &three);
      g_autofree double *values = g_new (double, 121 * 131);
      int height, width, at = 0;

      for (int k = 0; k < side * side; k++)
        kernel->taps[k] = 1.0 / (side * side);
      ew_geometry_init_valid (&strided, side, side);
      strided.stride = factor;
      g_assert_true (ew_geometry_output_size (&strided, x->height, x->width, &height, &width, NULL));
      g_assert_true (ew_reference_correlate (x, kernel, &strided, values, NULL));
      for (int row = 0; row < 120; row++)
        for (int column = 0; column < 131; column++)
          ew_grid_row (y, row)[column] = (float)values[row * width + column];

      g_autoptr (EwFindings) findings = examine (&pair);
      const EwFinding *found = finds (findings, EW_FINDING_SIZE);

      g_assert_cmpint (findings->n, ==, 1);
      g_assert_cmpint (found->correction.kind, ==, EW_CORRECTION_REDUCED);
      g_assert_cmpint (found->correction.geometry.stride, ==, factor);
      mend (&pair, found);

      const EwBackend *backends[] = { ew_cpu_backend () };
      g_autoptr (EwDevices) devices = ew_devices_new (backends, 1, 1);
      g_autoptr (EwProblem) problem = ew_problem_new (&(EwSample){ pair.x, pair.y, NULL }, 1, &pair.geometry, FALSE, NULL);
      g_autoptr (EwQuadratic) q = ew_fit_quadratic (devices, problem, NULL, NULL);
      int n = pair.geometry.kernel_height;
      g_autofree double *params = g_new (double, n * n);

      g_assert_true (ew_quadratic_optimum (q, params, NULL, NULL, NULL, NULL));
      /* The box's or the one tap, where the picture's own corner is: the window began (n − factor)/2 before it. */
      for (int k = 0; k < n * n; k++)
        {
          int row = k / n - (n - factor) / 2, column = k % n - (n - factor) / 2;
          gboolean inside = row >= 0 && column >= 0 && row < side && column < side;

          g_assert_cmpfloat_with_epsilon (params[k], inside ? kernel->taps[0] : 0, 1e-4);
          at += inside;
        }
      g_assert_cmpint (at, ==, side * side);
    }
}

static void
test_shift (void)
{
  static const int shifts[][2] = { { 0, 1 }, { 5, -3 }, { -11, 20 }, { 30, 0 } };
  static const double *const kernels[] = { blur, crisp };
  EwRandom random = 505;
  EwGeometry same = geometry_of (TRUE, EW_BORDER_REPLICATE);

  if (!has_lapack ())
    return;
  for (guint i = 0; i < 2 * G_N_ELEMENTS (shifts); i++)
    {
      int dy = shifts[i / 2][0], dx = shifts[i / 2][1];
      g_autoptr (EwGrid) whole = photograph (&random, 220, 260, 0.3, 0.7);
      g_autoptr (EwGrid) all = filtered (whole, kernels[i % 2], 0, &same, TRUE);
      g_auto (EwPair) pair
          = pair_of (part (whole, 40, 40, 140, 180), part (all, 40 + dy, 40 + dx, 140, 180), &same);
      g_autoptr (EwFindings) findings = examine (&pair);
      const EwFinding *shift = finds (findings, EW_FINDING_SHIFTED);

      g_assert_cmpint (shift->correction.dy, ==, dy);
      g_assert_cmpint (shift->correction.dx, ==, dx);
      g_assert_true (shift->blocks == (abs (dy) > 1 || abs (dx) > 1));
      g_assert_nonnull (strstr (shift->sentence, dx < 0 ? "right" : dx > 0 ? "left" : "up"));
      mend (&pair, shift);
      g_assert_cmpint (pair.x->height, ==, 140 - abs (dy));
      /* The frame, whose windows reach beyond, is left out. */
      g_assert_cmpfloat (ew_grid_row (pair.mask, 0)[50], ==, 0);
      g_assert_cmpfloat (ew_grid_row (pair.mask, 50)[pair.mask->width - 1], ==, 0);
      g_assert_cmpfloat (ew_grid_row (pair.mask, 1)[1], ==, 1);
      g_assert_cmpfloat (learned_error (&pair, kernels[i % 2]), <, 0.005);

      /* Nor is a rule found for them. */
      g_autoptr (EwFindings) after = examine (&pair);

      g_assert_null (ew_findings_find (after, EW_FINDING_BORDER));
      g_assert_null (ew_findings_find (after, EW_FINDING_SHIFTED));
    }
}

static void
test_flipped (void)
{
  EwRandom random = 506;
  EwGeometry same = geometry_of (TRUE, EW_BORDER_REPLICATE);

  if (!has_lapack ())
    return;
  for (int turn = EW_TURN_NONE + 1; turn < EW_TURN_N; turn++)
    {
      EwGrid *x = photograph (&random, 111, 140, 0.2, 0.8);
      gboolean sideways = ew_turn_is_sideways ((EwTurn)turn);
      g_autoptr (EwGrid) turned
          = ew_grid_turned (x, (EwTurn)turn, 0, 0, sideways ? 140 : 111, sideways ? 111 : 140, NULL);
      g_auto (EwPair) pair = pair_of (x, filtered (turned, blur, 0, &same, TRUE), &same);
      g_autoptr (EwFindings) findings = examine (&pair);
      const EwFinding *flipped = finds (findings, EW_FINDING_FLIPPED);

      g_assert_cmpint (findings->n, ==, 1);
      g_assert_cmpint (flipped->correction.turn, ==, turn);
      mend (&pair, flipped);
      g_assert_cmpfloat (learned_error (&pair, blur), <, 0.005);
    }
}

/* What each turn does, place by place; parts of it are parts of the whole. */
static void
test_turned (void)
{
  EwRandom random = 517;
  g_autoptr (EwGrid) x = random_grid (&random, 37, 22, 0, 1);

  for (int turn = 0; turn < EW_TURN_N; turn++)
    {
      gboolean sideways = ew_turn_is_sideways ((EwTurn)turn);
      int h = sideways ? 22 : 37, w = sideways ? 37 : 22;
      g_autoptr (EwGrid) whole = ew_grid_turned (x, (EwTurn)turn, 0, 0, h, w, NULL);
      g_autoptr (EwGrid) piece = ew_grid_turned (x, (EwTurn)turn, 3, 5, h - 4, w - 9, NULL);

      for (int i = 0; i < h; i++)
        for (int j = 0; j < w; j++)
          {
            const int from[EW_TURN_N][2] = { { i, j },           { i, 21 - j }, { 36 - i, j }, { 36 - i, 21 - j },
                                             { 36 - j, i },      { j, 21 - i }, { j, i },      { 36 - j, 21 - i } };

            g_assert_cmpfloat (ew_grid_row (whole, i)[j], ==, ew_grid_row (x, from[turn][0])[from[turn][1]]);
            if (i >= 3 && i < h - 1 && j >= 5 && j < w - 4)
              g_assert_cmpfloat (ew_grid_row (piece, i - 3)[j - 5], ==, ew_grid_row (whole, i)[j]);
          }
    }
}

/* Squares, and inputs nearly square, whose sizes seem to ask for another kernel. */
static void
test_flipped_squares (void)
{
  static const int sizes[][2] = { { 120, 120 }, { 120, 118 }, { 119, 120 }, { 200, 120 } };
  EwRandom random = 518;
  EwGeometry valid = geometry_of (FALSE, EW_BORDER_ZERO);

  if (!has_lapack ())
    return;
  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++)
    {
      EwTurn turn = i % 2 ? EW_TURN_LEFT : EW_TURN_RIGHT;
      EwGrid *x = photograph (&random, sizes[i / 2][0], sizes[i / 2][1], 0.2, 0.8);
      g_autoptr (EwGrid) turned = ew_grid_turned (x, turn, 0, 0, x->width, x->height, NULL);
      g_auto (EwPair) pair = pair_of (x, filtered (turned, blur, 0, &valid, TRUE), &valid);
      g_autoptr (EwFindings) findings = examine (&pair);
      const EwFinding *flipped = finds (findings, EW_FINDING_FLIPPED);

      g_assert_cmpint (findings->n, ==, 1);
      g_assert_cmpint (flipped->correction.turn, ==, turn);
      mend (&pair, flipped);
      g_assert_cmpfloat (learned_error (&pair, blur), <, 0.005);
    }
}

/* Of one size, and made by a kernel larger than the one that is asked for: which is seen, and no larger one is. */
static void
test_larger_kernel (void)
{
  static const int sides[] = { 3, 5, 7, 9, 13, 21 };
  EwRandom random = 519;

  if (!has_lapack ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      int side = sides[i];
      EwGeometry three = geometry_of (TRUE, EW_BORDER_REFLECT), g = three;
      g_autoptr (EwKernel) kernel = ew_kernel_new (side, side, NULL);
      EwGrid *x = photograph (&random, 120, 130, 0.2, 0.8), *y = ew_grid_new (120, 130, NULL);
      g_autofree double *values = g_new (double, 120 * 130);
      g_auto (EwPair) pair = pair_of (x, y, &three);

      for (int k = 0; k < side * side; k++)
        kernel->taps[k] = 1.0 / (side * side);
      g.kernel_height = g.kernel_width = side;
      g.top = g.bottom = g.left = g.right = side / 2;
      g_assert_true (ew_reference_correlate (x, kernel, &g, values, NULL));
      for (int k = 0; k < 120 * 130; k++)
        ew_grid_row (y, k / 130)[k % 130] = (float)(round (255 * values[k]) / 255);

      g_autoptr (EwFindings) findings = examine (&pair);

      if (side == 3)
        {
          g_assert_cmpint (findings->n, ==, 0);
          continue;
        }

      const EwFinding *found = finds (findings, EW_FINDING_KERNEL);

      g_assert_cmpint (findings->n, ==, 1);
      g_assert_cmpint (found->correction.geometry.kernel_height, ==, side);
      g_assert_cmpint (found->correction.geometry.kernel_width, ==, side);
      g_assert_cmpint (found->correction.geometry.top, ==, side / 2);
      g_assert_false (found->blocks);
    }
}

/* What must never give NaN weights. */
static void
test_bad_input (void)
{
  EwRandom random = 512;
  EwGeometry same = geometry_of (TRUE, EW_BORDER_REPLICATE);
  EwGrid *x = photograph (&random, 60, 70, 0.2, 0.8);
  g_auto (EwPair) identical = pair_of (x, ew_grid_ref (x), &same);
  g_auto (EwPair) constant = pair_of (ew_grid_new (60, 70, NULL), ew_grid_ref (x), &same);
  g_auto (EwPair) to_constant = pair_of (ew_grid_ref (x), ew_grid_new (60, 70, NULL), &same);
  g_auto (EwPair) pixel = pair_of (ew_grid_new (1, 1, NULL), ew_grid_new (1, 1, NULL), &same);
  g_auto (EwPair) unrelated = pair_of (photograph (&random, 160, 170, 0, 1), photograph (&random, 160, 170, 0, 1), &same);

  if (!has_lapack ())
    return;
  g_assert_false (finds_only (&identical, EW_FINDING_IDENTICAL));
  g_assert_true (finds_only (&constant, EW_FINDING_CONSTANT_INPUT));
  g_assert_true (finds_only (&to_constant, EW_FINDING_CONSTANT_TARGET));
  g_assert_true (finds_only (&pixel, EW_FINDING_TOO_SMALL));
  g_assert_true (finds_only (&unrelated, EW_FINDING_UNRELATED));
}

/* Rows of NaN are left out, with all windows that see them, and the kernel is the right one. */
static void
test_not_finite (void)
{
  EwRandom random = 513;
  EwGeometry valid = geometry_of (FALSE, EW_BORDER_ZERO);
  EwGrid *x = photograph (&random, 60, 70, 0.2, 0.8);
  g_auto (EwPair) pair = pair_of (x, filtered (x, blur, 0, &valid, FALSE), &valid);
  int left_out = 0;

  if (!has_lapack ())
    return;
  for (int j = 0; j < 70; j++)
    ew_grid_row (x, 20)[j] = NAN;
  ew_grid_row (pair.y, 40)[7] = INFINITY;

  g_autoptr (EwFindings) findings = examine (&pair);
  const EwFinding *found = finds (findings, EW_FINDING_NOT_FINITE);

  g_assert_cmpint (findings->n, ==, 1);
  g_assert_true (found->blocks);
  g_assert_nonnull (strstr (found->sentence, "71 values"));
  g_assert_nonnull (strstr (found->sentence, "1 whole row"));
  mend (&pair, found);
  for (int k = 0; k < 58 * 68; k++)
    left_out += ew_grid_row (pair.mask, k / 68)[k % 68] == 0;
  g_assert_cmpint (left_out, ==, 3 * 68 + 1);
  g_assert_cmpfloat (learned_error (&pair, blur), <, 1e-5);
}

static void
test_colour (void)
{
  EwRandom random = 514;
  EwGeometry valid = geometry_of (FALSE, EW_BORDER_ZERO);
  EwGrid *x = photograph (&random, 60, 70, 0.2, 0.8);
  g_auto (EwPair) pair = pair_of (x, filtered (x, blur, 0, &valid, FALSE), &valid);

  for (int i = 0; i < 8; i++)
    {
      EwExamineOptions options = { valid, i & 1, (i >> 1) & 1, (i >> 2) & 1, .threads = 1 };
      g_autoptr (EwFindings) findings = ew_examine (pair.x, pair.y, &options, NULL, NULL);
      const EwFinding *found = ew_findings_find (findings, EW_FINDING_COLOUR);

      g_assert_true ((found != NULL) == ((i & 3) == 1 || (i & 3) == 2 || i == 3));
      if (i == 3)
        g_assert_cmpint (found->correction.kind, ==, EW_CORRECTION_CHANNELS);
    }
}

/* Phase correlation by itself: whole windows, any shift up to a quarter of them. */
static void
test_phase (void)
{
  EwRandom random = 515;

  for (int trial = 0; trial < 20; trial++)
    {
      g_autoptr (EwGrid) whole = photograph (&random, 200, 200, 0, 1);
      int dy = random_int (&random, -25, 25), dx = random_int (&random, -25, 25);
      g_autoptr (EwGrid) x = part (whole, 30, 30, 128, 140);
      g_autoptr (EwGrid) y = part (whole, 30 + dy, 30 + dx, 128, 140);
      g_autoptr (EwGrid) other = photograph (&random, 128, 140, 0, 1);
      g_autoptr (GError) error = NULL;
      EwPhase phase;

      if (!ew_phase_correlate (x, y, 512, &phase, &error))
        {
          g_test_skip (error->message);
          return;
        }
      g_assert_cmpint (phase.dy, ==, dy);
      g_assert_cmpint (phase.dx, ==, dx);
      g_assert_cmpfloat (phase.strength, >, 15);
      g_assert_true (ew_phase_correlate (x, other, 512, &phase, NULL));
      g_assert_cmpfloat (phase.strength, <, 8);
    }
}

static void
test_cancelled (void)
{
  EwRandom random = 516;
  EwGeometry valid = geometry_of (FALSE, EW_BORDER_ZERO);
  EwGrid *x = photograph (&random, 60, 70, 0.2, 0.8);
  g_auto (EwPair) pair = pair_of (x, filtered (x, blur, 0, &valid, FALSE), &valid);
  EwExamineOptions options = { .geometry = valid };
  EwCancel cancel = 1;
  g_autoptr (GError) error = NULL;

  if (!has_lapack ())
    return;
  g_assert_null (ew_examine (pair.x, pair.y, &options, &cancel, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/examine/sound", test_sound);
  g_test_add_func ("/examine/sizes", test_sizes);
  g_test_add_func ("/examine/border", test_border);
  g_test_add_func ("/examine/other-sizes", test_other_sizes);
  g_test_add_func ("/examine/pieces", test_pieces);
  g_test_add_func ("/examine/reduced", test_reduced);
  g_test_add_func ("/examine/shift", test_shift);
  g_test_add_func ("/examine/flipped", test_flipped);
  g_test_add_func ("/examine/flipped-squares", test_flipped_squares);
  g_test_add_func ("/examine/turned", test_turned);
  g_test_add_func ("/examine/larger-kernel", test_larger_kernel);
  g_test_add_func ("/examine/bad-input", test_bad_input);
  g_test_add_func ("/examine/not-finite", test_not_finite);
  g_test_add_func ("/examine/colour", test_colour);
  g_test_add_func ("/examine/phase", test_phase);
  g_test_add_func ("/examine/cancelled", test_cancelled);
  add_examine_light_cases ();
  return g_test_run ();
}
