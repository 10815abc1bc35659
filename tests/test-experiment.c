/* The rules of app/experiment.h: what fits together, what follows from a change, and that a change that fails changes nothing.
 * How it starts, inputs and tasks here; targets and kernels in experiment-*.c. */
#include "app/golden.h"
#include "engine/preset.h"
#include "tests/experiment-fixtures.h"

#include <math.h>
#include <string.h>

/* --- how it starts */

static void
test_textbook (void)
{
  guint n;
  const EwPreset *presets = ew_presets (&n);
  g_autoptr (EwGrid) image = ew_golden_edge_image ();
  g_autoptr (EwKernel) edge = ew_golden_edge_kernel ();
  g_autoptr (EwKernel) first = ew_golden_start ();
  g_autofree char *described = NULL;
  EwExperiment e;
  EwTask task;

  ew_experiment_init_textbook (&e);
  ew_experiment_task (&e, &task);
  described = ew_experiment_describe_target (&e);
  g_assert_true (e.textbook);
  g_assert_false (e.size_chosen);
  g_assert_cmpstr (presets[e.settings.target].id, ==, "edge");
  g_assert_cmpstr (described, ==, "Edge [1 −1]");
  g_assert_true (ew_kernel_equal (e.teacher, edge));
  g_assert_true (ew_kernel_equal (e.start, first));
  g_assert_true (e.settings.by_hand);
  g_assert_cmpint (e.input->n_planes, ==, 1);
  for (int i = 0; i < 6; i++)
    g_assert_cmpmem (ew_grid_row (e.input->planes[0], i), 8 * sizeof (float), ew_grid_row (image, i),
                     8 * sizeof (float));
  g_assert_cmpfloat (task.rate, ==, 0.03);
  g_assert_cmpuint (task.epoch_limit, ==, 100);
  g_assert_cmpint (task.loss, ==, EW_LOSS_SUM);
  g_assert_false (task.has_bias);
  g_assert_cmpfloat (e.settings.speed, ==, 10);
  close_experiment (&e);
}

/* A copy stays as it is while the original changes and goes. Leaks and double frees are the sanitizer's to find. */
static void
test_copy (void)
{
  EwExperiment e, copy, again;
  g_autofree char *note = NULL;
  g_autofree char *before = NULL;

  ew_experiment_init_textbook (&e);
  set_input (&e, 20, 30);
  note = set_target (&e, 16, 28);
  before = print (&e);
  ew_experiment_copy (&copy, &e);
  ew_experiment_copy (&again, &copy);
  set_input (&e, 9, 9);
  ew_experiment_clear (&e);
  ew_experiment_clear (&e);
  check_same (&copy, before);
  ew_experiment_clear (&copy);
  check_same (&again, before);
  close_experiment (&again);
}

/* --- inputs */

/* Other data run on at the automatic rate; the kernel and what makes the target stay. */
static void
test_input (void)
{
  g_autoptr (EwKernel) first = ew_golden_start ();
  g_autoptr (EwSource) small = picture ("small.png", 1, 4, 2);
  g_autoptr (GError) error = NULL;
  g_autofree char *note = NULL;
  g_autofree char *before = NULL;
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  set_input (&e, 40, 50);
  g_assert_false (e.textbook);
  g_assert_cmpfloat (e.settings.rate, ==, 0);
  g_assert_cmpuint (e.settings.epochs, ==, 0);
  g_assert_true (isinf (e.settings.speed));
  g_assert_true (ew_kernel_equal (e.start, first));
  /* What is set from then on stays. */
  e.settings.rate = 0.125;
  e.settings.epochs = 7;
  e.settings.speed = 3;
  set_input (&e, 30, 30);
  g_assert_cmpfloat (e.settings.rate, ==, 0.125);
  g_assert_cmpuint (e.settings.epochs, ==, 7);
  g_assert_cmpfloat (e.settings.speed, ==, 3);
  set_size (&e, 3, 5);
  before = print (&e);
  g_assert_false (ew_experiment_set_input (&e, small, &note, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  g_assert_nonnull (strstr (error->message, "3×5"));
  g_assert_nonnull (strstr (error->message, "4×2"));
  g_assert_null (note);
  check_same (&e, before);
  set_input (&e, 3, 5);
  close_experiment (&e);
}

/* A target file stays where it fits the new input, in size and in channels, and goes where it does not. */
static void
test_input_beside_target (void)
{
  g_autoptr (EwSource) other = picture ("other.png", 1, 22, 33);
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  g_autofree char *note = NULL;
  g_autofree char *described = NULL;
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  set_input (&e, 20, 30);
  said = set_target (&e, 16, 28);
  set_input (&e, 20, 30);
  g_assert_nonnull (e.target);
  set_input (&e, 16, 28); /* of the target's size: it is cut */
  g_assert_nonnull (e.target);
  g_assert_cmpint (e.settings.kernel_height, ==, 5);
  check_fits (&e);
  g_assert_true (ew_experiment_set_input (&e, other, &note, &error));
  g_assert_no_error (error);
  g_assert_null (e.target);
  g_assert_cmpint (e.settings.target, ==, EW_TARGET_KERNEL);
  g_assert_cmpstr (note, ==, "The target file does not fit this input; the target is now made by a kernel.");
  described = ew_experiment_describe_target (&e);
  g_assert_cmpstr (described, ==, "made by a 1×2 kernel");
  close_experiment (&e);
}

/* The kernel that makes the target again may be larger than the one that learns, which grows, or than the input. */
static void
test_input_and_larger_teacher (void)
{
  g_autoptr (EwSource) too_small = picture ("small.png", 1, 4, 9);
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  g_autofree char *before = NULL;
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  set_input (&e, 20, 30);
  set_teacher (&e, "gaussian");
  said = set_target (&e, 18, 30);
  g_assert_cmpint (e.settings.kernel_height, ==, 3);
  g_assert_cmpint (e.settings.kernel_width, ==, 1);
  before = print (&e);
  g_assert_false (ew_experiment_set_input (&e, too_small, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  check_same (&e, before);
  set_input (&e, 10, 9);
  g_assert_null (e.target);
  g_assert_cmpint (e.settings.kernel_height, ==, 5);
  g_assert_cmpint (e.settings.kernel_width, ==, 5);
  close_experiment (&e);
}

/* --- colours and tasks */

static void
test_channels (void)
{
  g_autoptr (EwSource) colours = picture ("in.png", 3, 20, 30);
  g_autoptr (EwSource) grey = picture ("out.png", 1, 18, 28);
  g_autoptr (EwSource) coloured = picture ("out.png", 3, 18, 28);
  g_autoptr (GError) error = NULL;
  g_autofree char *note = NULL;
  EwExperiment e;
  EwTask task;

  ew_experiment_init_textbook (&e);
  g_assert_true (ew_experiment_set_input (&e, colours, NULL, &error));
  check_target_refused (&e, grey, EW_ERROR_DATA, "out.png has 1 channels and the input has 3");
  g_assert_true (ew_experiment_set_target (&e, coloured, NULL, &error));
  e.settings.channel = 2;
  ew_experiment_task (&e, &task);
  g_assert_cmpint (task.n_samples, ==, 3);
  for (int k = 0; k < 3; k++)
    {
      g_assert_true (task.x[k] == colours->planes[k]);
      g_assert_true (task.y[k] == coloured->planes[k]);
    }
  check_fits (&e);
  /* One plane of the same size: the target of three does not fit, and there is no third channel to show. */
  set_input (&e, 20, 30);
  g_assert_null (e.target);
  g_assert_cmpint (e.settings.channel, ==, 0);
  close_experiment (&e);
}

static void
test_task (void)
{
  EwExperiment e;
  EwTask task;

  ew_experiment_init_textbook (&e);
  e.settings.has_bias = TRUE;
  e.settings.loss = EW_LOSS_MEAN;
  e.settings.rate = 0;
  e.settings.epochs = 12345678901;
  ew_experiment_task (&e, &task);
  g_assert_true (task.has_bias);
  g_assert_cmpint (task.loss, ==, EW_LOSS_MEAN);
  g_assert_cmpfloat (task.rate, ==, 0); /* automatic */
  g_assert_cmpuint (task.epoch_limit, ==, 12345678901);
  g_assert_null (task.y);
  close_experiment (&e);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/experiment/textbook", test_textbook);
  g_test_add_func ("/experiment/copy", test_copy);
  g_test_add_func ("/experiment/input", test_input);
  g_test_add_func ("/experiment/input-beside-target", test_input_beside_target);
  g_test_add_func ("/experiment/input-and-larger-teacher", test_input_and_larger_teacher);
  g_test_add_func ("/experiment/channels", test_channels);
  g_test_add_func ("/experiment/task", test_task);
  add_experiment_targets_cases ();
  add_experiment_kernels_cases ();
  add_experiment_walk_cases ();
  return g_test_run ();
}
