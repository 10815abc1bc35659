/* Targets and pairs that are opened: what fits, what is cut, what is refused. */
#include "tests/experiment-fixtures.h"

#include <math.h>
#include <string.h>

/* --- targets */

/* Every size of a kernel is taken over, and the next larger one refused with the size that would fit. */
static void
test_target_sizes (void)
{
  static const int sides[][2]
      = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 3, 3 }, { 7, 4 }, { 62, 63 }, { 63, 62 }, { 63, 63 } };
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  set_input (&e, 80, 90);
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autofree char *size = g_strdup_printf ("%d×%d kernel", sides[i][0], sides[i][1]);
      g_autofree char *note = NULL;

      if (sides[i][0] == 1 && sides[i][1] == 1)
        continue; /* that is a target of the input's size */
      note = set_target (&e, 81 - sides[i][0], 91 - sides[i][1]);
      g_assert_cmpint (e.settings.kernel_height, ==, sides[i][0]);
      g_assert_cmpint (e.settings.kernel_width, ==, sides[i][1]);
      /* The textbook's kernel was 1×2 already. */
      if (i == 1)
        g_assert_null (note);
      else if (note == NULL || strstr (note, size) == NULL)
        g_test_fail_printf ("“%s” says nothing of a %s", note, size);
      check_fits (&e);
    }
  g_assert_false (e.size_chosen);
  close_experiment (&e);
}

static void
test_target_refused (void)
{
  static const int sizes[][2] = { { 17, 88 }, { 78, 27 }, { 81, 88 }, { 78, 91 }, { 90, 80 }, { 1, 1 }, { 500, 400 } };
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  set_input (&e, 80, 90);
  set_size (&e, 3, 3);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (EwSource) target = picture ("out.png", 1, sizes[i][0], sizes[i][1]);
      g_autofree char *own = g_strdup_printf ("out.png is %d×%d ", sizes[i][0], sizes[i][1]);

      check_target_refused (&e, target, EW_ERROR_GEOMETRY, own);
      check_target_refused (&e, target, EW_ERROR_GEOMETRY, "the input of 80×90");
      check_target_refused (&e, target, EW_ERROR_GEOMETRY, "a target of 78×88 fits a 3×3 kernel");
    }
  close_experiment (&e);
}

/* A target as large as the input is cut; the kernel is the one that was asked for, or 3×3. */
static void
test_target_same_size (void)
{
  EwExperiment e;
  g_autofree char *usual = NULL;
  g_autofree char *chosen = NULL;
  g_autofree char *single = NULL;

  ew_experiment_init_textbook (&e);
  set_input (&e, 20, 30);
  usual = set_target (&e, 20, 30);
  g_assert_cmpint (e.settings.kernel_height, ==, 3);
  g_assert_cmpint (e.settings.kernel_width, ==, 3);
  g_assert_cmpstr (usual, ==,
                   "The target has the input’s size: its frame, which a 3×3 kernel cannot reach, is left out.");
  check_fits (&e);
  set_size (&e, 6, 1);
  chosen = set_target (&e, 20, 30);
  g_assert_cmpint (e.settings.kernel_height, ==, 6);
  g_assert_cmpint (e.settings.kernel_width, ==, 1);
  g_assert_nonnull (strstr (chosen, "6×1"));
  set_size (&e, 1, 1);
  single = set_target (&e, 20, 30);
  g_assert_null (single); /* nothing is left out */
  g_assert_cmpint (e.settings.kernel_height * e.settings.kernel_width, ==, 1);
  close_experiment (&e);
}

/* Where no 3×3 kernel fits, one as large as the input does. */
static void
test_target_same_tiny_size (void)
{
  static const int sizes[][2] = { { 1, 2 }, { 2, 2 }, { 2, 9 }, { 9, 2 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *note = NULL;
      EwExperiment e;

      ew_experiment_init_textbook (&e);
      set_input (&e, sizes[i][0], sizes[i][1]);
      note = set_target (&e, sizes[i][0], sizes[i][1]);
      g_assert_cmpint (e.settings.kernel_height, ==, MIN (3, sizes[i][0]));
      g_assert_cmpint (e.settings.kernel_width, ==, MIN (3, sizes[i][1]));
      close_experiment (&e);
    }
}

/* A target leaves the textbook too, and start values of another size are drawn as the settings say. */
static void
test_target_draws (void)
{
  g_autoptr (EwKernel) drawn = ew_kernel_new_initial (2, 3, EW_INIT_PYTORCH, 42, NULL);
  g_autofree char *note = NULL;
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  e.settings.init = EW_INIT_PYTORCH;
  e.settings.seed = 42;
  note = set_target (&e, 5, 6);
  g_assert_false (e.textbook);
  g_assert_cmpfloat (e.settings.rate, ==, 0);
  g_assert_false (e.settings.by_hand);
  g_assert_true (ew_kernel_equal (e.start, drawn));
  close_experiment (&e);
}

/* --- pairs */

/* A pair is taken as one: neither has to fit what is open, and nothing is said of the target that goes. */
static void
test_pair (void)
{
  g_autoptr (EwSource) input = picture ("in.png", 1, 4, 4);
  g_autoptr (EwSource) target = picture ("out.png", 1, 3, 2);
  g_autoptr (EwSource) colours = picture ("in.png", 3, 18, 26);
  g_autoptr (EwSource) coloured = picture ("out.png", 3, 18, 26);
  g_autoptr (EwKernel) start = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  g_autofree char *note = NULL;
  g_autofree char *other_note = NULL;
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  set_input (&e, 20, 30);
  set_teacher (&e, "gaussian");
  said = set_target (&e, 16, 26);
  ew_experiment_set_pair (&e, input, target, &note, &error);
  g_assert_no_error (error);
  g_assert_true (e.input == input && e.target == target);
  g_assert_cmpstr (note, ==, "The sizes of input and target ask for a 2×3 kernel.");
  check_fits (&e);
  /* Colours of what is open: the size that was chosen and the start values stay. */
  set_input (&e, 18, 26);
  set_size (&e, 5, 5);
  start = ew_kernel_ref (e.start);
  ew_experiment_set_pair (&e, colours, coloured, &other_note, &error);
  g_assert_no_error (error);
  g_assert_true (e.start == start);
  g_assert_cmpint (e.input->n_planes, ==, 3);
  g_assert_nonnull (strstr (other_note, "a 5×5 kernel cannot reach"));
  close_experiment (&e);
}

static void
test_pair_refused (void)
{
  g_autoptr (EwSource) input = picture ("in.png", 1, 6, 8);
  g_autoptr (EwSource) same = picture ("out.png", 1, 6, 8);
  g_autoptr (EwSource) larger = picture ("out.png", 1, 7, 8);
  g_autoptr (EwSource) coloured = picture ("out.png", 3, 6, 8);
  EwSource *const targets[] = { same, larger, coloured };
  static const char *const sentences[] = { "The kernel of 9×9 is larger than the input of 6×8",
                                           "a target of the input’s size would.", "3 channels and the input has 1" };
  g_autofree char *before = NULL;
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  set_input (&e, 20, 30);
  set_size (&e, 9, 9);
  before = print (&e);
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *note = NULL;

      g_assert_false (ew_experiment_set_pair (&e, input, targets[i], &note, &error));
      g_assert_nonnull (error);
      if (strstr (error->message, sentences[i]) == NULL)
        g_test_fail_printf ("“%s” is not “%s”", error->message, sentences[i]);
      g_assert_null (note);
      check_same (&e, before);
    }
  close_experiment (&e);
}

void
add_experiment_targets_cases (void)
{
  g_test_add_func ("/experiment/target-sizes", test_target_sizes);
  g_test_add_func ("/experiment/target-refused", test_target_refused);
  g_test_add_func ("/experiment/target-same-size", test_target_same_size);
  g_test_add_func ("/experiment/target-same-tiny-size", test_target_same_tiny_size);
  g_test_add_func ("/experiment/target-draws", test_target_draws);
  g_test_add_func ("/experiment/pair", test_pair);
  g_test_add_func ("/experiment/pair-refused", test_pair_refused);
}
