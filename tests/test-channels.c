/* Colour channels: what is found in each of them, what was done to a pair done again to its channels, a kernel for each. */
#include "app/channel-fits.h"
#include "app/experiment-pair.h"
#include "app/moment.h"
#include "engine/finding-join.h"
#include "engine/holdout.h"
#include "engine/lapack.h"
#include "engine/loop.h"
#include "engine/reference.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

static const char *const names[] = { "red", "green", "blue" };

static gboolean
has_lapack (void)
{
  g_autoptr (GError) error = NULL;

  if (ew_lapack_available (&error))
    return TRUE;
  g_test_skip (error->message);
  return FALSE;
}

static void
put (EwFindings *f, EwFindingKind kind, gboolean blocks, const char *sentence, const EwCorrection *c)
{
  f->items[f->n++] = (EwFinding){ .kind = kind, .blocks = blocks, .sentence = g_strdup (sentence), .label = g_strdup ("Do"),
                                  .correction = *c };
}

/* The lead's is taken as it is; what differs is said behind it, what only others have is named, and no correction that would
 * spoil the lead is kept. */
static void
test_join (void)
{
  EwFindings *of[3];
  g_autoptr (EwFindings) joined = NULL;
  EwCorrection shift = { .kind = EW_CORRECTION_CROP, .dy = 1 }, far = { .kind = EW_CORRECTION_CROP, .dy = 4 };
  EwCorrection mask = { .kind = EW_CORRECTION_MASK, .low = 0, .high = 1 };
  EwCorrection narrow = { .kind = EW_CORRECTION_MASK, .low = 0.1, .high = 0.9 };
  EwCorrection turn = { .kind = EW_CORRECTION_TURN, .turn = EW_TURN_HALF };
  EwCorrection bias = { .kind = EW_CORRECTION_BIAS };

  for (int i = 0; i < 3; i++)
    of[i] = g_new0 (EwFindings, 1);
  put (of[1], EW_FINDING_SHIFTED, TRUE, "Shifted by 1.", &shift);
  put (of[0], EW_FINDING_SHIFTED, TRUE, "Shifted by 1, too.", &shift);
  put (of[2], EW_FINDING_SHIFTED, TRUE, "Shifted by 4.", &far);
  put (of[1], EW_FINDING_CLIPPED, FALSE, "Clipped a little.", &mask);
  put (of[2], EW_FINDING_CLIPPED, FALSE, "Clipped much.", &narrow);
  of[1]->items[1].share = 0.01;
  of[2]->items[1].share = 0.1;
  put (of[0], EW_FINDING_FLIPPED, TRUE, "On its head.", &turn);
  put (of[0], EW_FINDING_OFFSET, FALSE, "Offset.", &bias);
  put (of[2], EW_FINDING_OFFSET, FALSE, "Offset by more.", &bias);
  joined = ew_findings_join (of, names, 3, 1);
  g_assert_cmpint (joined->n, ==, 4);
  g_assert_cmpstr (joined->items[0].sentence, ==, "Shifted by 1. Blue: Shifted by 4.");
  g_assert_cmpint (joined->items[0].correction.dy, ==, 1);
  g_assert_true (joined->items[0].blocks);
  g_assert_cmpstr (joined->items[1].sentence, ==, "Green and blue: Clipped much.");
  g_assert_cmpfloat (joined->items[1].correction.low, ==, 0.1);
  g_assert_cmpfloat (joined->items[1].correction.high, ==, 0.9);
  g_assert_cmpstr (joined->items[2].sentence, ==, "Red: On its head.");
  g_assert_cmpint (joined->items[2].correction.kind, ==, EW_CORRECTION_NONE);
  g_assert_null (joined->items[2].label);
  g_assert_false (joined->items[2].blocks);
  g_assert_cmpstr (joined->items[3].sentence, ==, "Red and blue: Offset.");
  g_assert_cmpint (joined->items[3].correction.kind, ==, EW_CORRECTION_BIAS);
  for (int i = 0; i < 3; i++)
    ew_findings_free (of[i]);
}

/* Noise of which neighbours are alike. */
static EwGrid *
smooth (EwRandom *random, int height, int width)
{
  g_autoptr (EwGrid) noise = random_grid (random, height + 4, width + 4, 0.2, 0.8);
  g_autoptr (EwKernel) box = ew_kernel_new (5, 5, NULL);

  for (int k = 0; k < 25; k++)
    box->taps[k] = 0.04;
  return reference_output (noise, box);
}

static EwGrid *
filtered (const EwGrid *x, const EwKernel *kernel)
{
  EwGeometry same = { .kernel_height = 3, .kernel_width = 3, .stride = 1, .dilation = 1, .top = 1, .bottom = 1, .left = 1,
                      .right = 1, .border = EW_BORDER_REPLICATE };
  g_autofree double *values = g_new (double, x->height * x->width);
  EwGrid *y = ew_grid_new (x->height, x->width, NULL);

  g_assert_true (ew_reference_correlate (x, kernel, &same, values, NULL));
  for (int k = 0; k < x->height * x->width; k++)
    ew_grid_row (y, k / x->width)[k % x->width] = (float)values[k];
  return y;
}

/* The part of @grid from (top, left), as large as what all parts share. */
static EwGrid *
part (const EwGrid *grid, int top, int left)
{
  return ew_grid_new_cropped (grid, top, left, grid->height - 8, grid->width - 8, NULL);
}

/* A colour pair of kernels of their own, the target shifted by (2, −3): as channels, and as its luminance. */
static void
make_pair (EwRandom *random, EwKernel *const *kernels, EwSource **x, EwSource **y, EwSource **x_light, EwSource **y_light)
{
  static const double weights[] = { 0.299, 0.587, 0.114 };
  EwGrid *planes[2][3], *light[2];

  for (int k = 0; k < 3; k++)
    {
      g_autoptr (EwGrid) input = smooth (random, 70, 80);
      g_autoptr (EwGrid) output = filtered (input, kernels[k]);

      planes[0][k] = part (input, 4, 4);
      planes[1][k] = part (output, 6, 1);
    }
  for (int s = 0; s < 2; s++)
    {
      light[s] = ew_grid_new (planes[s][0]->height, planes[s][0]->width, NULL);
      for (int i = 0; i < light[s]->height; i++)
        for (int j = 0; j < light[s]->width; j++)
          for (int k = 0; k < 3; k++)
            ew_grid_row (light[s], i)[j] += (float)(weights[k] * (double)ew_grid_row (planes[s][k], i)[j]);
    }
  *x = ew_source_new (NULL, "x", TRUE, planes[0], 3);
  *y = ew_source_new (NULL, "y", TRUE, planes[1], 3);
  *x_light = ew_source_new (NULL, "x", TRUE, &light[0], 1);
  *y_light = ew_source_new (NULL, "y", TRUE, &light[1], 1);
  for (int s = 0; s < 2; s++)
    {
      ew_grid_unref (light[s]);
      for (int k = 0; k < 3; k++)
        ew_grid_unref (planes[s][k]);
    }
}

static void
random_kernels (EwRandom *random, gboolean alike, EwKernel **kernels)
{
  for (int k = 0; k < 3; k++)
    {
      kernels[k] = k > 0 && alike ? ew_kernel_ref (kernels[0]) : random_kernel (random, 3, 3, 0, 0.1);
      if (k == 0 || !alike)
        kernels[k]->taps[4] = 0.5;
    }
}

/* A shift that was corrected in the luminance is corrected in the channels that take its place, as a border that was chosen by hand
 * stays: then each channel's kernel is its own true one. */
static void
test_replay (void)
{
  EwRandom random = 41;
  EwKernel *kernels[3];
  g_autoptr (EwSource) x = NULL;
  g_autoptr (EwSource) y = NULL;
  g_autoptr (EwSource) x_light = NULL;
  g_autoptr (EwSource) y_light = NULL;
  EwExperiment textbook, light, channels;
  EwCorrection shift = { .kind = EW_CORRECTION_CROP, .dy = 2, .dx = -3 };
  g_autoptr (EwFindings) findings = NULL;
  const EwFinding *found;

  random_kernels (&random, FALSE, kernels);
  make_pair (&random, kernels, &x, &y, &x_light, &y_light);
  ew_experiment_init_textbook (&textbook);
  ew_experiment_copy_with_pair (&light, &textbook, x_light, y_light);
  findings = ew_experiment_examine (&light, NULL, NULL);
  found = ew_findings_find (findings, EW_FINDING_SHIFTED);
  g_assert_nonnull (found);
  g_assert_cmpint (found->correction.dy, ==, shift.dy);
  g_assert_cmpint (found->correction.dx, ==, shift.dx);
  g_assert_true (ew_experiment_correct (&light, &found->correction, NULL));
  light.settings.has_bias = TRUE;

  ew_experiment_copy_with_pair (&channels, &light, x, y);
  g_assert_cmpint (channels.input->planes[0]->height, ==, 62);
  g_assert_true (ew_experiment_replay (&channels, &light, NULL));
  g_assert_cmpint (channels.input->n_planes, ==, 3);
  g_assert_cmpint (channels.input->planes[0]->height, ==, light.input->planes[0]->height);
  g_assert_cmpint (channels.done->n, ==, 1);
  g_assert_true (channels.settings.has_bias);
  g_assert_true (ew_experiment_pair_fits (&channels));
  /* Input pixel (i + 2, j − 3) belongs to target pixel (i, j). */
  g_assert_cmpfloat (ew_grid_row (channels.input->planes[2], 5)[5], ==, ew_grid_row (x->planes[2], 7)[5]);
  g_assert_cmpfloat (ew_grid_row (channels.target->planes[2], 5)[5], ==, ew_grid_row (y->planes[2], 5)[8]);
  ew_experiment_clear (&channels);
  ew_experiment_clear (&light);
  ew_experiment_clear (&textbook);
  for (int k = 0; k < 3; k++)
    ew_kernel_unref (kernels[k]);
}

/* What only one channel has is found, and says which. */
static void
test_examined (void)
{
  EwRandom random = 42;
  EwGrid *planes[2][3];
  EwExperiment textbook, e;
  g_autoptr (EwSource) x = NULL;
  g_autoptr (EwSource) y = NULL;
  g_autoptr (EwFindings) findings = NULL;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 3, 0, 0.1);
  const EwFinding *found;

  kernel->taps[4] = 0.3;
  kernel->bias = 0;
  for (int k = 0; k < 3; k++)
    {
      planes[0][k] = smooth (&random, 60, 60);
      planes[1][k] = filtered (planes[0][k], kernel);
      for (int i = 0; k == 0 && i < 60; i++)
        for (int j = 0; j < 60; j++)
          ew_grid_row (planes[1][k], i)[j] += 0.2f;
    }
  x = ew_source_new (NULL, "x", TRUE, planes[0], 3);
  y = ew_source_new (NULL, "y", TRUE, planes[1], 3);
  ew_experiment_init_textbook (&textbook);
  ew_experiment_copy_with_pair (&e, &textbook, x, y);
  e.settings.channels = TRUE;
  findings = ew_experiment_examine (&e, NULL, NULL);
  found = ew_findings_find (findings, EW_FINDING_OFFSET);
  g_assert_nonnull (found);
  g_assert_true (g_str_has_prefix (found->sentence, "Red: "));
  g_assert_cmpint (found->correction.kind, ==, EW_CORRECTION_BIAS);
  ew_experiment_clear (&e);
  ew_experiment_clear (&textbook);
  for (int k = 0; k < 3; k++)
    {
      ew_grid_unref (planes[0][k]);
      ew_grid_unref (planes[1][k]);
    }
}

/* The three optima are the true kernels, and whether they are one is told. */
static void
test_fits (void)
{
  EwRandom random = 43;
  const EwBackend *backends[] = { ew_cpu_backend () };
  EwDevices *devices = ew_devices_new (backends, 1, 1);
  int channel_of[4] = { 2, 0, -1, 1 };

  for (int round = 0; has_lapack () && round < draws (8); round++)
    {
      EwKernel *kernels[3];
      EwSample samples[4];
      EwGeometry g;
      gboolean alike = round % 2 == 0, differ;
      g_autofree char *sentence = NULL;

      random_kernels (&random, alike, kernels);
      for (int s = 0; s < 4; s++)
        {
          samples[s] = (EwSample){ random_grid (&random, 20, 30, 0, 1), NULL, NULL };
          samples[s].y = reference_output (samples[s].x, kernels[MAX (channel_of[s], 0)]);
        }
      ew_geometry_init_valid (&g, 3, 3);

      g_autoptr (EwProblem) whole = ew_problem_new (samples, 4, &g, TRUE, NULL);
      g_autoptr (EwChannelFits) fits = ew_channel_fits_new (devices, whole, channel_of, NULL, NULL);

      /* Exact but for the target's rounding to float32. */
      for (int k = 0; k < 3; k++)
        for (int t = 0; t < 9; t++)
          g_assert_cmpfloat_with_epsilon (fits->optima[k]->params[t], kernels[k]->taps[t], 1e-6);
      sentence = ew_channel_fits_describe (fits, &differ);
      g_assert_true (differ != alike);
      g_assert_true (g_str_has_prefix (sentence, alike ? "One kernel explains all three" : "The channels have kernels of their own: K["));
      for (int s = 0; s < 4; s++)
        {
          ew_grid_unref (samples[s].x);
          ew_grid_unref (samples[s].y);
        }
      for (int k = 0; k < 3; k++)
        ew_kernel_unref (kernels[k]);
    }
  ew_devices_free (devices);
}

/* With a kernel each the channel that is shown is learned: another one is another task, and another pair of pictures none. */
static void
test_each (void)
{
  EwRandom random = 44;
  EwKernel *kernels[3];
  g_autoptr (EwSource) x = NULL;
  g_autoptr (EwSource) y = NULL;
  g_autoptr (EwSource) x_light = NULL;
  g_autoptr (EwSource) y_light = NULL;
  EwExperiment e, other;
  g_autofree int *uses = NULL;

  random_kernels (&random, FALSE, kernels);
  make_pair (&random, kernels, &x, &y, &x_light, &y_light);
  ew_experiment_init_textbook (&e);
  g_assert_true (ew_experiment_set_pair (&e, x, y, NULL, NULL));
  e.settings.channels = TRUE;
  ew_experiment_copy (&other, &e);
  other.settings.channel = 2;
  g_assert_null (ew_experiment_uses (&e));
  g_assert_true (ew_moment_same_task (&e, &other));
  e.settings.each = other.settings.each = TRUE;
  g_assert_false (ew_moment_same_task (&e, &other));
  uses = ew_experiment_uses (&other);
  g_assert_cmpint (uses[0], ==, EW_USE_SHOW);
  g_assert_cmpint (uses[1], ==, EW_USE_SHOW);
  g_assert_cmpint (uses[2], ==, EW_USE_LEARN);
  g_assert_cmpint (ew_experiment_sample (&other), ==, 2);
  /* The kernel of a channel is kept, until other pictures are opened. */
  ew_experiment_keep_own (&other, kernels[2]);
  g_assert_true (other.own[2] == kernels[2]);
  g_assert_true (ew_experiment_set_pair (&other, x_light, y_light, NULL, NULL));
  g_assert_null (other.own[2]);
  g_assert_null (ew_experiment_uses (&other));
  ew_experiment_clear (&other);
  ew_experiment_clear (&e);
  for (int k = 0; k < 3; k++)
    ew_kernel_unref (kernels[k]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/channels/join", test_join);
  g_test_add_func ("/channels/replay", test_replay);
  g_test_add_func ("/channels/examined", test_examined);
  g_test_add_func ("/channels/fits", test_fits);
  g_test_add_func ("/channels/each", test_each);
  return g_test_run ();
}
