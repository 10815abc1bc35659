/* Kernels of an experiment: teacher, start values, sizes, geometry. */
#include "app/golden.h"
#include "engine/preset.h"
#include "tests/experiment-fixtures.h"

#include <math.h>
#include <string.h>

/* --- kernels */

static void
test_teacher (void)
{
  g_autoptr (EwKernel) gaussian = ew_preset_kernel ("gaussian", NULL);
  g_autoptr (EwSource) input = picture ("in.png", 1, 5, 4);
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  g_autofree char *note = NULL;
  g_autofree char *described = NULL;
  g_autofree char *before = NULL;
  int preset = (int)(ew_preset_find ("gaussian") - ew_presets (&(guint){ 0 }));
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  set_input (&e, 20, 30);
  said = set_target (&e, 19, 28);
  ew_experiment_set_teacher (&e, gaussian, preset, &note, &error);
  g_assert_no_error (error);
  g_assert_null (e.target);
  g_assert_cmpint (e.settings.target, ==, preset);
  g_assert_cmpint (e.start->height, ==, 5);
  g_assert_cmpint (e.start->width, ==, 5);
  g_assert_cmpstr (note, ==, "The kernel is now 5×5, as large as the one that makes the target.");
  described = ew_experiment_describe_target (&e);
  g_assert_cmpstr (described, ==, "Gaussian blur");
  /* A smaller one leaves the size alone. */
  set_teacher (&e, "edge");
  g_assert_cmpint (e.start->height, ==, 5);
  set_size (&e, 1, 2);
  g_assert_true (ew_experiment_set_input (&e, input, NULL, NULL));
  before = print (&e);
  g_assert_false (ew_experiment_set_teacher (&e, gaussian, preset, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  check_same (&e, before);
  close_experiment (&e);
}

/* A start that is the answer already would leave nothing to watch. */
static void
test_teacher_is_start (void)
{
  g_autoptr (EwKernel) edge = ew_golden_edge_kernel ();
  g_autoptr (GError) error = NULL;
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  g_assert_true (ew_experiment_set_start (&e, edge, NULL, &error));
  g_assert_true (e.start == edge);
  g_assert_true (ew_experiment_set_teacher (&e, edge, EW_TARGET_KERNEL, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (ew_kernel_equal (e.start, edge));
  g_assert_false (e.settings.by_hand);
  close_experiment (&e);
}

/* The textbook's 0.03 is for its own two weights; more of them want the automatic rate, but a rate by hand stays. */
static void
test_textbook_rate (void)
{
  g_autoptr (EwKernel) square = ew_kernel_new_initial (3, 3, EW_INIT_UNIFORM, 0, NULL);
  g_autoptr (EwKernel) pair = ew_kernel_new_initial (1, 2, EW_INIT_UNIFORM, 0, NULL);
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  g_assert_true (ew_experiment_set_start (&e, pair, NULL, NULL));
  set_size (&e, 1, 2);
  ew_experiment_draw_start (&e);
  g_assert_cmpfloat (e.settings.rate, ==, 0.03);
  set_size (&e, 3, 3);
  g_assert_cmpfloat (e.settings.rate, ==, 0);
  g_assert_true (e.textbook);
  g_assert_cmpuint (e.settings.epochs, ==, 100);
  ew_experiment_clear (&e);
  ew_experiment_init_textbook (&e);
  set_teacher (&e, "sobel-x");
  g_assert_cmpfloat (e.settings.rate, ==, 0);
  ew_experiment_clear (&e);
  ew_experiment_init_textbook (&e);
  g_assert_true (ew_experiment_set_start (&e, square, NULL, NULL));
  g_assert_cmpfloat (e.settings.rate, ==, 0);
  ew_experiment_clear (&e);
  ew_experiment_init_textbook (&e);
  e.settings.rate = 0.001;
  set_size (&e, 3, 3);
  g_assert_cmpfloat (e.settings.rate, ==, 0.001);
  close_experiment (&e);
}

/* Fails unless that size is refused with a sentence that holds @text, and nothing has changed. */
static void
check_size_refused (EwExperiment *e, int height, int width, const char *text)
{
  g_autofree char *before = print (e);
  g_autoptr (GError) error = NULL;

  g_assert_false (ew_experiment_set_size (e, height, width, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  if (strstr (error->message, text) == NULL)
    g_test_fail_printf ("“%s” says nothing of “%s”", error->message, text);
  check_same (e, before);
}

/* Fails unless the geometry is refused with a sentence that holds @text, and nothing has changed. */
static void
check_geometry_refused (EwExperiment *e, const EwSettings *wished, const char *text)
{
  g_autofree char *before = print (e);
  g_autoptr (GError) error = NULL;

  g_assert_false (ew_experiment_set_geometry (e, wished, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  if (strstr (error->message, text) == NULL)
    g_test_fail_printf ("“%s” says nothing of “%s”", error->message, text);
  check_same (e, before);
}

/* Padding, border, stride and dilation as the command line has them; a target from a file begins without. */
static void
test_geometry (void)
{
  const EwSettings same = { .padding = EW_PADDING_SAME, .border = EW_BORDER_REFLECT, .stride = 1, .dilation = 2 };
  const EwSettings full = { .padding = EW_PADDING_FULL, .stride = 3, .dilation = 1 };
  const EwSettings strided_same = { .padding = EW_PADDING_SAME, .stride = 2, .dilation = 1 };
  const EwSettings far = { .stride = 1, .dilation = 9 };
  g_autoptr (GError) error = NULL;
  g_autofree char *note = NULL;
  EwExperiment e;
  EwTask task;

  ew_experiment_init_textbook (&e);
  g_assert_true (ew_experiment_set_geometry (&e, &same, &error));
  g_assert_cmpfloat (e.settings.rate, ==, 0); /* the textbook's is that of its own geometry */
  check_geometry_refused (&e, &strided_same, "needs a stride of 1");
  check_geometry_refused (&e, &far, "larger than the input");
  set_input (&e, 20, 30);
  set_size (&e, 4, 3);
  ew_experiment_task (&e, &task);
  /* ⌊2·3/2⌋ above, the other 3 below; ⌊2·2/2⌋ left, 2 right. */
  g_assert_cmpint (task.geometry.top, ==, 3);
  g_assert_cmpint (task.geometry.bottom, ==, 3);
  g_assert_cmpint (task.geometry.left, ==, 2);
  g_assert_cmpint (task.geometry.right, ==, 2);
  g_assert_cmpint (task.geometry.border, ==, EW_BORDER_REFLECT);
  g_assert_false (task.crop_target);
  g_assert_true (ew_experiment_set_geometry (&e, &full, &error));
  ew_experiment_task (&e, &task);
  g_assert_cmpint (task.geometry.top, ==, 3);
  g_assert_cmpint (task.geometry.bottom, ==, 3);
  g_assert_cmpint (task.geometry.left, ==, 2);
  g_assert_cmpint (task.geometry.right, ==, 2);
  g_assert_cmpint (task.geometry.stride, ==, 3);
  note = set_target (&e, 20, 30);
  g_assert_cmpint (e.settings.padding, ==, EW_PADDING_VALID);
  g_assert_cmpint (e.settings.stride, ==, 1);
  check_geometry_refused (&e, &full, "the target is 20×30");
  /* As large as the input: over the edge too. */
  g_assert_true (ew_experiment_set_geometry (&e, &same, &error));
  g_assert_no_error (error);
  close_experiment (&e);
}

static void
test_size (void)
{
  g_autofree char *cut = NULL;
  g_autofree char *smaller = NULL;
  EwKernel *drawn;
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  check_size_refused (&e, 7, 2, "larger than the input of 6×8");
  check_size_refused (&e, 1, 9, "larger than the input of 6×8");
  check_size_refused (&e, 1, 1, "The target is made by a 1×2 kernel");
  set_input (&e, 90, 100);
  check_size_refused (&e, 0, 3, "each side is 1 to 63");
  check_size_refused (&e, 3, -1, "each side is 1 to 63");
  check_size_refused (&e, 64, 3, "each side is 1 to 63");
  check_size_refused (&e, G_MAXINT, G_MAXINT, "each side is 1 to 63");
  set_size (&e, 63, 63);
  g_assert_true (e.size_chosen);
  set_size (&e, 4, 3);
  drawn = e.start;
  set_size (&e, 4, 3);
  g_assert_true (e.start == drawn); /* nothing is drawn anew */
  cut = set_target (&e, 90, 100);
  set_size (&e, 1, 1); /* any, with a target that is cut */
  smaller = set_target (&e, 88, 96);
  check_size_refused (&e, 3, 4, "ask for a 3×5 kernel");
  set_size (&e, 3, 5);
  close_experiment (&e);
}

/* The size for what is opened next may be larger than what is open; a teacher that is larger makes room. */
static void
test_wish_size (void)
{
  g_autoptr (EwSource) small = picture ("small.png", 1, 15, 40);
  g_autoptr (EwKernel) identity = ew_preset_kernel ("identity", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *described = NULL;
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  ew_experiment_wish_size (&e, 16, 20);
  g_assert_true (e.size_chosen);
  g_assert_cmpint (e.start->height, ==, 16);
  g_assert_cmpint (e.teacher->width, ==, 2);
  g_assert_false (ew_experiment_set_input (&e, small, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  g_assert_nonnull (strstr (error->message, "16×20"));
  set_input (&e, 16, 20);
  check_fits (&e);
  ew_experiment_wish_size (&e, 1, 1);
  g_assert_true (ew_kernel_equal (e.teacher, identity));
  described = ew_experiment_describe_target (&e);
  g_assert_cmpstr (described, ==, "Identity");
  close_experiment (&e);
}

static void
test_start (void)
{
  g_autoptr (EwKernel) square = ew_kernel_new_initial (4, 4, EW_INIT_UNIFORM, 5, NULL);
  g_autoptr (EwKernel) column = ew_kernel_new_initial (2, 1, EW_INIT_UNIFORM, 6, NULL);
  g_autoptr (EwKernel) tall = ew_kernel_new_initial (7, 1, EW_INIT_UNIFORM, 7, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *note = NULL;
  g_autofree char *said = NULL;
  g_autofree char *before = NULL;
  g_autofree char *later = NULL;
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  g_assert_true (ew_experiment_set_start (&e, square, &note, &error));
  g_assert_null (note);
  g_assert_true (e.start == square);
  g_assert_true (e.settings.by_hand && e.size_chosen);
  check_fits (&e);
  before = print (&e);
  g_assert_false (ew_experiment_set_start (&e, tall, &note, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  check_same (&e, before);
  g_clear_error (&error);
  /* The edge does not fit into a column, which then is what makes the target. */
  g_assert_true (ew_experiment_set_start (&e, column, &note, &error));
  g_assert_cmpstr (note, ==, "The target is now made by this kernel.");
  g_assert_true (e.teacher == column);
  g_assert_cmpint (e.settings.target, ==, EW_TARGET_KERNEL);
  said = set_target (&e, 5, 8);
  later = print (&e);
  g_assert_false (ew_experiment_set_start (&e, square, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  g_assert_nonnull (strstr (error->message, "ask for a 2×1 kernel, and this one is 4×4"));
  check_same (&e, later);
  close_experiment (&e);
}

static void
test_draw_start (void)
{
  static const EwInit inits[] = { EW_INIT_UNIFORM, EW_INIT_PYTORCH, EW_INIT_ZEROS };
  EwExperiment e;

  ew_experiment_init_textbook (&e);
  set_size (&e, 3, 4);
  for (guint i = 0; i < G_N_ELEMENTS (inits); i++)
    for (guint64 seed = 0; seed < 20; seed++)
      {
        g_autoptr (EwKernel) expected = ew_kernel_new_initial (3, 4, inits[i], seed, NULL);

        e.settings.init = inits[i];
        e.settings.seed = seed;
        e.settings.by_hand = TRUE;
        ew_experiment_draw_start (&e);
        g_assert_true (ew_kernel_equal (e.start, expected));
        g_assert_false (e.settings.by_hand);
      }
  close_experiment (&e);
}

void
add_experiment_kernels_cases (void)
{
  g_test_add_func ("/experiment/teacher", test_teacher);
  g_test_add_func ("/experiment/teacher-is-start", test_teacher_is_start);
  g_test_add_func ("/experiment/textbook-rate", test_textbook_rate);
  g_test_add_func ("/experiment/size", test_size);
  g_test_add_func ("/experiment/geometry", test_geometry);
  g_test_add_func ("/experiment/wish-size", test_wish_size);
  g_test_add_func ("/experiment/start", test_start);
  g_test_add_func ("/experiment/draw-start", test_draw_start);
}
