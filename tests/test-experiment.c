/* The rules of app/experiment.h: what fits together, what follows from a change, and that a change that fails is none.
 */
#include "app/experiment-geometry.h"
#include "app/golden.h"
#include "engine/preset.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

/* All that an experiment holds, down to the last bit, as text (of planes a checksum): equal texts are equal
 * experiments. */
static void
print_source (GString *text, const char *what, const EwSource *source)
{
  g_string_append_printf (text, "%s %s", what, source == NULL ? "none" : source->name);
  for (int k = 0; source != NULL && k < source->n_planes; k++)
    {
      const EwGrid *plane = source->planes[k];
      g_autoptr (GChecksum) values = g_checksum_new (G_CHECKSUM_SHA256);

      for (int i = 0; i < plane->height; i++)
        g_checksum_update (values, (const guchar *)ew_grid_row (plane, i), (gssize)(plane->width * sizeof (float)));
      g_string_append_printf (text, " %d×%d %s", plane->height, plane->width, g_checksum_get_string (values));
    }
  g_string_append_c (text, '\n');
}

static void
print_kernel (GString *text, const char *what, const EwKernel *kernel)
{
  g_string_append_printf (text, "%s %d×%d %a", what, kernel->height, kernel->width, kernel->bias);
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    g_string_append_printf (text, " %a", kernel->taps[k]);
  g_string_append_c (text, '\n');
}

static char *
print (const EwExperiment *e)
{
  const EwSettings *s = &e->settings;
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "target %d, channels %d, channel %d, kernel %d×%d, by hand %d, init %d, seed %u\n",
                          s->target, s->channels, s->channel, s->kernel_height, s->kernel_width, s->by_hand, s->init,
                          (guint)s->seed);
  g_string_append_printf (text, "bias %d, loss %d, rate %a, epochs %u, speed %a, textbook %d, size chosen %d\n",
                          s->has_bias, s->loss, s->rate, (guint)s->epochs, s->speed, e->textbook, e->size_chosen);
  g_string_append_printf (text, "padding %d, border %d, stride %d, dilation %d\n", s->padding, s->border, s->stride,
                          s->dilation);
  print_source (text, "input", e->input);
  print_source (text, "target", e->target);
  print_kernel (text, "teacher", e->teacher);
  print_kernel (text, "start", e->start);
  return g_string_free (text, FALSE);
}

static void
check_same (const EwExperiment *e, const char *before)
{
  g_autofree char *now = print (e);

  g_assert_cmpstr (now, ==, before);
}

/* What holds whatever was done before. */
static void
check_fits (EwExperiment *e)
{
  const EwSettings *s = &e->settings;
  const EwGrid *x = e->input->planes[0];
  EwGeometry geometry;
  int height, width;
  EwTask task;

  g_assert_cmpint (s->kernel_height, >=, 1);
  g_assert_cmpint (s->kernel_width, >=, 1);
  g_assert_cmpint (s->kernel_height, <=, EW_KERNEL_SIDE_MAX);
  g_assert_cmpint (s->kernel_width, <=, EW_KERNEL_SIDE_MAX);
  ew_settings_geometry (s, s->kernel_height, s->kernel_width, &geometry);
  g_assert_true (ew_geometry_output_size (&geometry, x->height, x->width, &height, &width, NULL));
  g_assert_cmpint (e->start->height, ==, s->kernel_height);
  g_assert_cmpint (e->start->width, ==, s->kernel_width);
  g_assert_cmpint (s->channel, >=, 0);
  g_assert_cmpint (s->channel, <, e->input->n_planes);
  g_assert_cmpint (e->target != NULL, ==, s->target == EW_TARGET_FILE);
  if (e->target != NULL)
    {
      const EwGrid *y = e->target->planes[0];
      gboolean same = y->height == x->height && y->width == x->width;

      g_assert_cmpint (e->target->n_planes, ==, e->input->n_planes);
      g_assert_true ((same && ew_geometry_is_valid (&geometry)) || (y->height == height && y->width == width));
    }
  else
    {
      g_assert_cmpint (e->teacher->height, <=, s->kernel_height);
      g_assert_cmpint (e->teacher->width, <=, s->kernel_width);
    }
  ew_experiment_task (e, &task);
  g_assert_true (task.x == e->input->planes && task.start == e->start && task.teacher == e->teacher);
  g_assert_true (task.y == (e->target == NULL ? NULL : e->target->planes));
  g_assert_cmpint (task.n_samples, ==, e->input->n_planes);
  g_assert_cmpmem (&task.geometry, sizeof geometry, &geometry, sizeof geometry);
  g_assert_cmpint (task.crop_target, ==, ew_geometry_is_valid (&geometry));
  g_assert_false (task.run);
}

static void
close_experiment (EwExperiment *e)
{
  check_fits (e);
  ew_experiment_clear (e);
}

/* A picture of @planes planes of that size, all different. */
static EwSource *
picture (const char *name, int planes, int height, int width)
{
  EwRandom random;
  EwGrid *grids[3] = { NULL };
  EwSource *source;

  random = (guint64)(height * 1000 + width);
  for (int k = 0; k < planes; k++)
    grids[k] = random_grid (&random, height, width, -1, 1);
  source = ew_source_new (name, name, planes == 3, grids, planes);
  for (int k = 0; k < planes; k++)
    ew_grid_unref (grids[k]);
  return source;
}

static void
set_input (EwExperiment *e, int height, int width)
{
  g_autoptr (EwSource) input = picture ("in.png", 1, height, width);
  g_autoptr (GError) error = NULL;

  ew_experiment_set_input (e, input, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (e->input == input);
}

static void
set_size (EwExperiment *e, int height, int width)
{
  g_autoptr (GError) error = NULL;

  ew_experiment_set_size (e, height, width, &error);
  g_assert_no_error (error);
}

/* Opens a target that must do; returns what was said of it. */
static char *
set_target (EwExperiment *e, int height, int width)
{
  g_autoptr (EwSource) target = picture ("out.png", e->input->n_planes, height, width);
  g_autoptr (GError) error = NULL;
  char *note = NULL;

  ew_experiment_set_target (e, target, &note, &error);
  g_assert_no_error (error);
  g_assert_true (e->target == target);
  g_assert_cmpint (e->settings.target, ==, EW_TARGET_FILE);
  return note;
}

static void
set_teacher (EwExperiment *e, const char *preset)
{
  guint n;
  g_autoptr (EwKernel) kernel = ew_preset_kernel (preset, NULL);
  g_autoptr (GError) error = NULL;

  ew_experiment_set_teacher (e, kernel, (int)(ew_preset_find (preset) - ew_presets (&n)), NULL, &error);
  g_assert_no_error (error);
}

/* Fails unless the target is refused with a sentence that holds @text, and nothing has changed. */
static void
check_target_refused (EwExperiment *e, EwSource *target, EwError code, const char *text)
{
  g_autofree char *before = print (e);
  g_autofree char *note = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (ew_experiment_set_target (e, target, &note, &error));
  g_assert_error (error, EW_ERROR, code);
  if (strstr (error->message, text) == NULL || !g_str_has_suffix (error->message, "."))
    g_test_fail_printf ("“%s” says nothing of “%s”", error->message, text);
  g_assert_null (note);
  check_same (e, before);
}

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

/* --- anything in any order */

static EwSource *
random_picture (EwRandom *random, const char *name)
{
  return picture (name, random_int (random, 0, 3) == 0 ? 3 : 1, random_int (random, 1, 12), random_int (random, 1, 80));
}

/* One change of any kind; whether it was done. */
static gboolean
change_anything (EwExperiment *e, EwRandom *random, char **note, GError **error)
{
  g_autoptr (EwSource) input = random_picture (random, "in.png");
  const EwGrid *x = e->input->planes[0];
  /* A target that has a chance to fit. */
  int height = x->height - random_int (random, -1, 4);
  int width = x->width - random_int (random, -1, 4);
  g_autoptr (EwSource) target = picture ("out.png", e->input->n_planes, MAX (1, height), MAX (1, width));
  g_autoptr (EwSource) other = random_picture (random, "out.png");
  g_autoptr (EwKernel) kernel = random_kernel (random, random_int (random, 1, 6), random_int (random, 1, 6), -1, 1);

  EwSettings wished = { .padding = (EwPadding)random_int (random, 0, 2),
                        .border = (EwBorder)random_int (random, 0, 3),
                        .stride = random_int (random, 1, 3),
                        .dilation = random_int (random, 1, 3) };

  switch (random_int (random, 0, 7))
    {
    case 7:
      return ew_experiment_set_geometry (e, &wished, error);
    case 0:
      return ew_experiment_set_input (e, input, note, error);
    case 1:
      return ew_experiment_set_target (e, target, note, error);
    case 2:
      return ew_experiment_set_target (e, other, note, error);
    case 3:
      return ew_experiment_set_pair (e, input, other, note, error);
    case 4:
      return ew_experiment_set_teacher (e, kernel, EW_TARGET_KERNEL, note, error);
    case 5:
      return ew_experiment_set_start (e, kernel, note, error);
    default:
      return ew_experiment_set_size (e, random_int (random, 0, 7), random_int (random, 0, 64), error);
    }
}

static void
test_random_walk (void)
{
  int done = 0, refused = 0;

  for (guint64 seed = 0; seed < 40; seed++)
    {
      EwExperiment e;
      EwRandom random;

      random = seed;
      ew_experiment_init_textbook (&e);
      for (int step = 0; step < 60; step++)
        {
          g_autofree char *before = print (&e);
          g_autofree char *note = NULL;
          g_autoptr (GError) error = NULL;

          if (change_anything (&e, &random, &note, &error))
            {
              g_assert_no_error (error);
              done++;
            }
          else
            {
              g_assert_nonnull (error);
              g_assert_true (g_str_has_suffix (error->message, "."));
              g_assert_null (strstr (error->message, "-")); /* no negative size is offered */
              g_assert_null (note);
              check_same (&e, before);
              refused++;
            }
          check_fits (&e);
        }
      ew_experiment_clear (&e);
    }
  g_test_message ("%d changes done, %d refused", done, refused);
  g_assert_cmpint (done, >, 500);
  g_assert_cmpint (refused, >, 500);
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
  g_test_add_func ("/experiment/target-sizes", test_target_sizes);
  g_test_add_func ("/experiment/target-refused", test_target_refused);
  g_test_add_func ("/experiment/target-same-size", test_target_same_size);
  g_test_add_func ("/experiment/target-same-tiny-size", test_target_same_tiny_size);
  g_test_add_func ("/experiment/target-draws", test_target_draws);
  g_test_add_func ("/experiment/pair", test_pair);
  g_test_add_func ("/experiment/pair-refused", test_pair_refused);
  g_test_add_func ("/experiment/teacher", test_teacher);
  g_test_add_func ("/experiment/teacher-is-start", test_teacher_is_start);
  g_test_add_func ("/experiment/textbook-rate", test_textbook_rate);
  g_test_add_func ("/experiment/size", test_size);
  g_test_add_func ("/experiment/geometry", test_geometry);
  g_test_add_func ("/experiment/wish-size", test_wish_size);
  g_test_add_func ("/experiment/start", test_start);
  g_test_add_func ("/experiment/draw-start", test_draw_start);
  g_test_add_func ("/experiment/channels", test_channels);
  g_test_add_func ("/experiment/task", test_task);
  g_test_add_func ("/experiment/random-walk", test_random_walk);
  return g_test_run ();
}
