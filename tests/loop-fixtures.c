/* The window's side of the loop: sends, takes, waits, and checks what holds for every snapshot. */
#include "tests/loop-fixtures.h"

#include <math.h>
#include <string.h>

/* How long a test waits for something that should come at once; valgrind is slow. */
#define PATIENCE_US (120 * G_USEC_PER_SEC)

/* --- the window's side */

void
wake (gpointer data)
{
  atomic_fetch_add (&((Window *)data)->wakes, 1);
}

void
window_open (Window *window, const EwBackend *second)
{
  const EwBackend *backends[] = { ew_cpu_backend (), second };

  *window = (Window){ .notices = g_ptr_array_new_with_free_func ((GDestroyNotify)ew_notice_free) };
  fake_reset ();
  window->loop = ew_loop_new (ew_devices_new (backends, second == NULL ? 1 : 2, 2), wake, window);
  g_assert_nonnull (window->loop);
}

void
window_close (Window *window)
{
  ew_loop_free (window->loop);
  ew_snapshot_unref (window->last);
  ew_pictures_unref (window->pictures);
  g_ptr_array_unref (window->notices);
}

/* The input of a sample is as large as the snapshot says. */
static void
check_sizes (const EwSnapshot *s)
{
  int height, width;

  g_assert_cmpint (s->sample, <, s->n_samples);
  g_assert_true (ew_geometry_output_size (&s->geometry, s->input_height, s->input_width, &height, &width, NULL));
  g_assert_cmpint (s->output_height, ==, height);
  g_assert_cmpint (s->output_width, ==, width);
  g_assert_cmpint (s->x->height, ==, s->input_height);
  g_assert_cmpint (s->x->width, ==, s->input_width);
  g_assert_cmpint (s->y->height, ==, s->output_height);
  g_assert_cmpint (s->y->width, ==, s->output_width);
}

static void
check_curves (const EwSnapshot *s)
{
  const EwCurves *curves = s->curves;

  g_assert_true ((curves->n_points == 0) == (s->epoch == 0));
  if (curves->n_points == 0)
    return;
  g_assert_cmpuint (curves->first_epoch, ==, 1);
  g_assert_cmpuint (curves->last_epoch, ==, s->epoch);
  g_assert_cmpuint (curves->starts[0], ==, 1);
  g_assert_cmpint (ew_curves_find (curves, s->epoch), ==, curves->n_points - 1);
}

/* What holds for every snapshot, and for each after the one before. */
static void
check_snapshot (const Window *window, const EwSnapshot *s)
{
  const EwSnapshot *last = window->last;

  g_assert_cmpuint (s->generation, <=, window->sent);
  g_assert_nonnull (s->device_choice);
  g_assert_true ((s->kernel == NULL) == (s->task == 0));
  if (last != NULL)
    {
      g_assert_cmpuint (s->generation, >=, last->generation);
      g_assert_cmpuint (s->task, >=, last->task);
      /* While a task is prepared the one before it is what is seen, by the new generation. */
      g_assert_true (s->epoch >= last->epoch || window->went_back > last->generation
                     || (last->state == EW_RUN_PREPARING && window->went_back == last->generation));
    }
  if (s->state != EW_RUN_RUNNING && s->state != EW_RUN_PREPARING)
    g_assert_cmpfloat (s->epochs_per_second, ==, 0);
  if (s->kernel == NULL)
    return;
  for (int k = 0; k < ew_kernel_n_taps (s->kernel); k++)
    g_assert_true (isfinite (s->kernel->taps[k]));
  check_sizes (s);
  check_curves (s);
}

gboolean
pump (Window *window)
{
  EwSnapshot *snapshot = ew_loop_take_snapshot (window->loop);
  EwPictures *pictures = ew_loop_take_pictures (window->loop);
  EwNotice *notice;

  if (pictures != NULL)
    {
      ew_pictures_unref (window->pictures);
      window->pictures = pictures;
    }

  if (snapshot != NULL && !g_test_failed ())
    check_snapshot (window, snapshot);
  window->takings++;
  while ((notice = ew_loop_take_notice (window->loop)) != NULL)
    g_ptr_array_add (window->notices, notice);
  if (snapshot == NULL)
    return FALSE;
  ew_snapshot_unref (window->last);
  window->last = snapshot;
  return TRUE;
}

const EwSnapshot *
wait_until (Window *window, Condition condition, guint64 value)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (window->last == NULL || window->last->generation < window->sent || window->last->state == EW_RUN_PREPARING
         || !condition (window->last, value))
    {
      if (g_get_monotonic_time () > end)
        g_error ("nothing came in two minutes");
      if (!pump (window))
        g_usleep (200);
    }
  /* The notice of what happened is posted before the snapshot that shows it. */
  return window->last;
}

gboolean
any (const EwSnapshot *s, guint64 value)
{
  return TRUE;
}

gboolean
paused (const EwSnapshot *s, guint64 value)
{
  return s->state == EW_RUN_PAUSED && !isnan (s->rate_limit);
}

gboolean
epoch_reached (const EwSnapshot *s, guint64 value)
{
  return s->epoch >= value;
}

const EwPictures *
wait_for_pictures (Window *window, const EwViewport *part)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  EwViewport viewport = *part;

  viewport.task = window->last->task;
  viewport.sample = window->last->sample;
  ew_loop_set_viewport (window->loop, &viewport);
  while (window->pictures == NULL || window->pictures->task != viewport.task
         || window->pictures->sample != viewport.sample || window->pictures->block != viewport.block
         || window->pictures->row != MAX (viewport.row, 0) || window->pictures->column != MAX (viewport.column, 0)
         || !ew_kernel_equal (window->pictures->kernel, window->last->kernel))
    {
      if (g_get_monotonic_time () > end)
        g_error ("no pictures came in two minutes");
      if (!pump (window))
        g_usleep (200);
    }
  return window->pictures;
}

const EwNotice *
notice_at (const Window *window, guint i)
{
  static const EwNotice none = { .sentence = (char *)"" };

  return i < window->notices->len ? g_ptr_array_index (window->notices, i) : &none;
}

void
check_notice (const Window *window, guint i, EwNoticeKind kind, guint64 task, const char *text)
{
  const EwNotice *notice = notice_at (window, i);

  g_assert_cmpuint (window->notices->len, >, i);
  g_assert_cmpint (notice->kind, ==, kind);
  g_assert_cmpuint (notice->task, ==, task);
  g_assert_true (g_str_has_suffix (notice->sentence, "."));
  g_assert_nonnull (strstr (notice->sentence, text));
  if (g_test_failed ())
    g_test_message ("“%s” should name “%s”", notice->sentence, text);
}

/* --- tasks */

guint64
send_pair (Window *window, EwGrid *x, EwGrid *y, EwKernel *teacher, EwKernel *start, const EwTask *rest)
{
  EwTask task = *rest;
  guint64 number;

  task.n_samples = 1;
  task.x = &x;
  task.y = y == NULL ? NULL : &y;
  task.teacher = teacher;
  task.start = start;
  window->sent = window->went_back = ew_loop_set_task (window->loop, &task, &number);
  ew_grid_unref (x);
  ew_grid_unref (y);
  ew_kernel_unref (teacher);
  ew_kernel_unref (start);
  return number;
}

guint64
send_golden (Window *window, double rate, guint64 epoch_limit, gboolean running)
{
  g_autoptr (EwProblem) problem = golden_problem ();

  return send_pair (window, ew_grid_ref (problem->samples[0].x), ew_grid_ref (problem->samples[0].y), NULL,
                    ew_kernel_new_from_taps (1, 2, golden_start, 0, NULL),
                    &(EwTask){ .rate = rate, .epoch_limit = epoch_limit, .run = running });
}

guint64
send_random (Window *window, guint64 seed, int height, int width, int kh, int kw, gboolean running)
{
  EwRandom random = seed;

  return send_pair (window, random_grid (&random, height, width, -1, 1), NULL, random_kernel (&random, kh, kw, -1, 1),
                    ew_kernel_new (kh, kw, NULL), &(EwTask){ .has_bias = TRUE, .loss = EW_LOSS_MEAN, .run = running });
}
