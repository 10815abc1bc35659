/* An experiment as text, the rules that always hold, and steps that tests take often. */
#include "engine/preset.h"
#include "tests/experiment-fixtures.h"

#include <math.h>
#include <string.h>

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

char *
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

void
check_same (const EwExperiment *e, const char *before)
{
  g_autofree char *now = print (e);

  g_assert_cmpstr (now, ==, before);
}

void
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

void
close_experiment (EwExperiment *e)
{
  check_fits (e);
  ew_experiment_clear (e);
}

EwSource *
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

void
set_input (EwExperiment *e, int height, int width)
{
  g_autoptr (EwSource) input = picture ("in.png", 1, height, width);
  g_autoptr (GError) error = NULL;

  ew_experiment_set_input (e, input, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (e->input == input);
}

void
set_size (EwExperiment *e, int height, int width)
{
  g_autoptr (GError) error = NULL;

  ew_experiment_set_size (e, height, width, &error);
  g_assert_no_error (error);
}

char *
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

void
set_teacher (EwExperiment *e, const char *preset)
{
  guint n;
  g_autoptr (EwKernel) kernel = ew_preset_kernel (preset, NULL);
  g_autoptr (GError) error = NULL;

  ew_experiment_set_teacher (e, kernel, (int)(ew_preset_find (preset) - ew_presets (&n)), NULL, &error);
  g_assert_no_error (error);
}

void
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
