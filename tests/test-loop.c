/* The loop thread, as the window uses it: commands in, snapshots and notices out. */
#include "engine/loop.h"
#include "engine/reference.h"
#include "tests/engine-fixtures.h"
#include "tests/fake-backend.h"

#include <math.h>
#include <string.h>

/* How long a test waits for something that should come at once; valgrind is slow. */
#define PATIENCE_US (120 * G_USEC_PER_SEC)

/* --- the window's side */

/* What the window would hold. */
typedef struct
{
  EwLoop *loop;
  atomic_int wakes;
  int takings; /* how often the mailbox was emptied */
  guint64 sent;
  guint64 went_back; /* the newest command after which the epoch may fall */
  EwSnapshot *last;
  EwPictures *pictures; /* the newest */
  GPtrArray *notices;
} Window;

static void
wake (gpointer data)
{
  atomic_fetch_add (&((Window *)data)->wakes, 1);
}

static void
window_open (Window *window, const EwBackend *second)
{
  const EwBackend *backends[] = { ew_cpu_backend (), second };

  *window = (Window){ .notices = g_ptr_array_new_with_free_func ((GDestroyNotify)ew_notice_free) };
  fake_reset ();
  window->loop = ew_loop_new (ew_devices_new (backends, second == NULL ? 1 : 2, 2), wake, window);
  g_assert_nonnull (window->loop);
}

static void
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

/* Takes what there is. TRUE where there was a snapshot. */
static gboolean
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

typedef gboolean (*Condition) (const EwSnapshot *s, guint64 value);

/* Pumps until a snapshot that reflects all that was sent fulfils the condition. */
static const EwSnapshot *
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

static gboolean
any (const EwSnapshot *s, guint64 value)
{
  return TRUE;
}

static gboolean
paused (const EwSnapshot *s, guint64 value)
{
  return s->state == EW_RUN_PAUSED && !isnan (s->rate_limit);
}

static gboolean
has_optimum (const EwSnapshot *s, guint64 value)
{
  return s->optimum != NULL;
}

static gboolean
limit_known (const EwSnapshot *s, guint64 value)
{
  return !isnan (s->rate_limit);
}

static gboolean
epoch_reached (const EwSnapshot *s, guint64 value)
{
  return s->epoch >= value;
}

static gboolean
on_device (const EwSnapshot *s, guint64 fake)
{
  return g_str_has_prefix (s->device, fake ? "Fake" : "CPU");
}

/* The pictures of a part of what the last snapshot shows, once they follow its kernel. */
static const EwPictures *
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

static const EwNotice *
notice_at (const Window *window, guint i)
{
  static const EwNotice none = { .sentence = (char *)"" };

  return i < window->notices->len ? g_ptr_array_index (window->notices, i) : &none;
}

static void
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

/* Sends a task with one sample; the grids and kernels are taken over. y or teacher may be NULL. */
static guint64
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

static guint64
send_golden (Window *window, double rate, guint64 epoch_limit, gboolean running)
{
  g_autoptr (EwProblem) problem = golden_problem ();

  return send_pair (window, ew_grid_ref (problem->samples[0].x), ew_grid_ref (problem->samples[0].y), NULL,
                    ew_kernel_new_from_taps (1, 2, golden_start, 0, NULL),
                    &(EwTask){ .rate = rate, .epoch_limit = epoch_limit, .run = running });
}

/* A random input, a random teacher and zeros to start from, learned with a bias at the automatic rate. */
static guint64
send_random (Window *window, guint64 seed, int height, int width, int kh, int kw, gboolean running)
{
  EwRandom random = seed;

  return send_pair (window, random_grid (&random, height, width, -1, 1), NULL, random_kernel (&random, kh, kw, -1, 1),
                    ew_kernel_new (kh, kw, NULL), &(EwTask){ .has_bias = TRUE, .loss = EW_LOSS_MEAN, .run = running });
}

/* A task's geometry is that of its target, its snapshots and its pictures: here against the reference. */
static void
test_geometry (void)
{
  EwRandom random = 44;
  g_autoptr (EwGrid) x = random_whole_grid (&random, 9, 11, 4);
  g_autoptr (EwKernel) teacher = random_whole_kernel (&random, 3, 2, 3);
  g_autofree double *expected = NULL;
  EwGeometry g;
  Window window;
  int height, width;

  ew_geometry_init_valid (&g, 3, 2);
  g.top = 2;
  g.left = 1;
  g.border = EW_BORDER_REFLECT;
  g.stride = 2;
  g.dilation = 2;
  teacher->bias = 0;
  g_assert_true (ew_geometry_output_size (&g, 9, 11, &height, &width, NULL));
  expected = g_new (double, (size_t)height *(size_t)width);
  g_assert_true (ew_reference_correlate (x, teacher, &g, expected, NULL));
  window_open (&window, NULL);
  send_pair (&window, ew_grid_ref (x), NULL, ew_kernel_ref (teacher), ew_kernel_new (3, 2, NULL),
             &(EwTask){ .geometry = g });

  const EwSnapshot *s = wait_until (&window, paused, 0);

  g_assert_cmpmem (&s->geometry, sizeof g, &g, sizeof g);
  g_assert_cmpint (s->output_height, ==, height);
  g_assert_cmpint (s->output_width, ==, width);
  /* Whole numbers: exact. */
  for (int k = 0; k < height * width; k++)
    g_assert_cmpfloat (ew_grid_row (s->y, k / width)[k % width], ==, expected[k]);
  window_close (&window);
}

/* --- learning */

static void
test_golden (void)
{
  static const struct
  {
    int epoch;
    const char *line;
  } table[] = {
    { 10, "loss 0.305, weight [0.9308, -1.0440]" }, { 20, "loss 0.003, weight [0.9938, -1.0059]" },
    { 30, "loss 0.000, weight [0.9993, -1.0007]" }, { 40, "loss 0.000, weight [0.9999, -1.0001]" },
    { 50, "loss 0.000, weight [1.0000, -1.0000]" }, { 100, "loss 0.000, weight [1.0000, -1.0000]" },
  };
  Window window;

  window_open (&window, NULL);

  guint64 task = send_golden (&window, 3e-2, 100, TRUE);
  const EwSnapshot *s = wait_until (&window, paused, 0);

  g_assert_cmpuint (s->task, ==, task);
  g_assert_cmpint (s->stop, ==, EW_STOP_EPOCHS);
  g_assert_cmpuint (s->epoch, ==, 100);
  g_assert_cmpuint (s->epoch_limit, ==, 100);
  g_assert_cmpfloat (s->rate, ==, 3e-2);
  g_assert_cmpfloat_with_epsilon (s->rate_limit, 1.0 / 30, 1e-5);
  g_assert_cmpint (s->loss_kind, ==, EW_LOSS_SUM);
  g_assert_true (g_str_has_prefix (s->device, "CPU · "));
  g_assert_cmpstr (s->device_choice, ==, "auto");
  g_assert_cmpuint (s->curves->span, ==, 1);
  g_assert_cmpint (s->curves->n_points, ==, 100);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      int p = table[i].epoch - 1;
      g_autofree char *line = g_strdup_printf ("loss %.3f, weight [%.4f, %.4f]", s->curves->loss_min[p],
                                               s->curves->weight_min[p], s->curves->weight_min[100 + p]);

      g_assert_cmpstr (line, ==, table[i].line);
    }
  g_assert_cmpint (window.notices->len, ==, 0);
  window_close (&window);
}

/* Pause, go on, as many epochs more, other limits. */
static void
test_start_and_pause (void)
{
  Window window;
  const EwSnapshot *s;

  window_open (&window, NULL);
  /* Without a task no command does any harm. */
  ew_loop_start (window.loop);
  ew_loop_pause (window.loop);
  ew_loop_step (window.loop, 3);
  ew_loop_reset (window.loop);
  ew_loop_set_rate (window.loop, 1);
  ew_loop_set_epoch_limit (window.loop, 3);
  window.sent = ew_loop_set_device (window.loop, "cpu");
  s = wait_until (&window, any, 0);
  g_assert_cmpint (s->state, ==, EW_RUN_EMPTY);
  g_assert_cmpstr (s->device_choice, ==, "cpu");

  send_golden (&window, 3e-2, 100, FALSE);
  s = wait_until (&window, paused, 0);
  g_assert_cmpuint (s->epoch, ==, 0);
  g_assert_true (isnan (s->loss));
  g_assert_cmpint (s->stop, ==, EW_STOP_NONE);
  window.sent = ew_loop_start (window.loop);
  g_assert_cmpuint (wait_until (&window, paused, 0)->epoch, ==, 100);
  window.sent = ew_loop_start (window.loop);
  g_assert_cmpuint (wait_until (&window, paused, 0)->epoch, ==, 200);

  window.sent = ew_loop_set_epoch_limit (window.loop, 0);
  window.sent = ew_loop_start (window.loop);
  wait_until (&window, epoch_reached, 5000);
  window.sent = ew_loop_pause (window.loop);
  s = wait_until (&window, paused, 0);
  g_assert_cmpint (s->stop, ==, EW_STOP_NONE);

  /* A limit that has been passed already stops at once. */
  guint64 epoch = s->epoch;

  window.sent = ew_loop_start (window.loop);
  window.sent = ew_loop_set_epoch_limit (window.loop, 10);
  s = wait_until (&window, paused, 0);
  g_assert_cmpint (s->stop, ==, EW_STOP_EPOCHS);
  g_assert_cmpuint (s->epoch, >=, epoch);
  window_close (&window);
}

static void
test_step (void)
{
  Window window;

  window_open (&window, NULL);
  send_golden (&window, 3e-2, 0, FALSE);
  window.sent = ew_loop_step (window.loop, 1);
  g_assert_cmpuint (wait_until (&window, paused, 0)->epoch, ==, 1);
  window.sent = ew_loop_step (window.loop, 5);
  window.sent = ew_loop_step (window.loop, 0);
  window.sent = ew_loop_step (window.loop, -7);
  window.sent = ew_loop_step (window.loop, 4);
  g_assert_cmpuint (wait_until (&window, paused, 0)->epoch, ==, 10);
  /* However slow the speed is set. */
  window.sent = ew_loop_set_speed (window.loop, 1e-3);
  window.sent = ew_loop_step (window.loop, 1000);
  g_assert_cmpuint (wait_until (&window, paused, 0)->epoch, ==, 1010);
  window_close (&window);
}

/* Epochs never come faster than asked for, and they do come. */
static void
test_speed (void)
{
  static const double speeds[] = { 50, 1000, 20000 };
  Window window;

  window_open (&window, NULL);
  /* So slow that it never converges. */
  send_golden (&window, 1e-9, 0, FALSE);
  wait_until (&window, paused, 0);
  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    {
      window.sent = ew_loop_set_speed (window.loop, speeds[i]);
      window.sent = window.went_back = ew_loop_reset (window.loop);
      wait_until (&window, any, 0);

      gint64 start = g_get_monotonic_time ();

      window.sent = ew_loop_start (window.loop);
      wait_until (&window, epoch_reached, (guint64)(speeds[i] / 5));

      guint64 epoch = wait_until (&window, any, 0)->epoch;
      double elapsed = (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;

      /* The first one is due at once. */
      g_assert_cmpfloat ((double)epoch, <=, 1 + elapsed * speeds[i]);
      window.sent = ew_loop_pause (window.loop);
      wait_until (&window, paused, 0);
    }
  /* A slow run shows its epoch at once, not when the next is due, and can be sped up without waiting for that. */
  window.sent = window.went_back = ew_loop_reset (window.loop);
  window.sent = ew_loop_set_speed (window.loop, 1e-4);
  window.sent = ew_loop_start (window.loop);
  wait_until (&window, epoch_reached, 1);
  window.sent = ew_loop_set_speed (window.loop, INFINITY);
  wait_until (&window, epoch_reached, wait_until (&window, any, 0)->epoch + 20000);
  window_close (&window);
}

static void
test_reset (void)
{
  Window window;
  const EwSnapshot *s;

  window_open (&window, NULL);
  send_golden (&window, 3e-2, 0, TRUE);
  for (int round = 0; round < 20; round++)
    {
      wait_until (&window, epoch_reached, 100);
      /* While it runs it goes on from the start. */
      window.sent = window.went_back = ew_loop_reset (window.loop);
      s = wait_until (&window, any, 0);
      g_assert_cmpint (s->state, ==, EW_RUN_RUNNING);
    }
  wait_until (&window, epoch_reached, 100);
  window.sent = ew_loop_pause (window.loop);
  window.sent = window.went_back = ew_loop_reset (window.loop);
  s = wait_until (&window, paused, 0);
  g_assert_cmpuint (s->epoch, ==, 0);
  g_assert_true (isnan (s->loss));
  g_assert_cmpmem (s->kernel->taps, sizeof golden_start, golden_start, sizeof golden_start);
  window_close (&window);
}

static void
test_set_kernel (void)
{
  static const double ones[] = { 1, 1 };
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (1, 2, ones, 0, NULL);
  g_autoptr (EwKernel) wrong = ew_kernel_new (3, 3, NULL);
  Window window;
  const EwSnapshot *s;

  window_open (&window, NULL);

  guint64 task = send_golden (&window, 3e-2, 0, FALSE);

  window.sent = ew_loop_set_kernel (window.loop, kernel);
  s = wait_until (&window, paused, 0);
  g_assert_true (ew_kernel_equal (s->kernel, kernel));

  /* The output follows: sums of neighbours. */
  g_autoptr (EwGrid) x = golden_input ();
  g_autoptr (EwGrid) y = reference_output (x, kernel);

  const EwPictures *p = wait_for_pictures (&window, &(EwViewport){ .block = 1, .height = 100, .width = 100 });

  for (int i = 0; i < 6; i++)
    g_assert_cmpmem (ew_grid_row (p->output, i), 7 * sizeof (float), ew_grid_row (y, i), 7 * sizeof (float));

  /* One of another size changes nothing, and that is said. */
  window.sent = ew_loop_set_kernel (window.loop, wrong);
  s = wait_until (&window, paused, 0);
  g_assert_true (ew_kernel_equal (s->kernel, kernel));
  check_notice (&window, 0, EW_NOTICE_INFO, task, "3×3");

  /* Set before the first epoch, they are the start values. */
  window.sent = ew_loop_step (window.loop, 10);
  wait_until (&window, paused, 0);
  window.sent = window.went_back = ew_loop_reset (window.loop);
  s = wait_until (&window, paused, 0);
  g_assert_true (ew_kernel_equal (s->kernel, kernel));
  window_close (&window);
}

static void
test_rate (void)
{
  Window window;
  const EwSnapshot *s;

  window_open (&window, NULL);
  /* Automatic from the start: no epoch runs before it is known. */
  send_golden (&window, 0, 50, TRUE);
  s = wait_until (&window, paused, 0);
  g_assert_cmpfloat_with_epsilon (s->rate, EW_RATE_SHARE / 30, 1e-6);
  g_assert_cmpuint (s->epoch, ==, 50);
  g_assert_cmpfloat (s->loss, <, 1e-3);
  /* By hand, without losing the training, and automatic again. */
  window.sent = ew_loop_set_rate (window.loop, 1e-3);
  s = wait_until (&window, paused, 0);
  g_assert_cmpfloat (s->rate, ==, 1e-3);
  g_assert_cmpuint (s->epoch, ==, 50);
  window.sent = ew_loop_set_rate (window.loop, 0);
  g_assert_cmpfloat_with_epsilon (wait_until (&window, paused, 0)->rate, EW_RATE_SHARE / 30, 1e-6);

  /* Of the mean: 42 times as much. */
  g_autoptr (EwProblem) problem = golden_problem ();

  send_pair (&window, ew_grid_ref (problem->samples[0].x), ew_grid_ref (problem->samples[0].y), NULL,
             ew_kernel_new (1, 2, NULL), &(EwTask){ .loss = EW_LOSS_MEAN });
  s = wait_until (&window, paused, 0);
  g_assert_cmpfloat_with_epsilon (s->rate_limit, 42.0 / 30, 42e-5);
  g_assert_cmpfloat_with_epsilon (s->rate, EW_RATE_SHARE * 42.0 / 30, 42e-5);

  /* A black image has no limit; learning from it ends at once, without any complaint. */
  send_pair (&window, ew_grid_new (9, 9, NULL), ew_grid_new (7, 7, NULL), NULL, ew_kernel_new (3, 3, NULL),
             &(EwTask){ .run = TRUE });
  s = wait_until (&window, paused, 0);
  g_assert_cmpint (s->stop, ==, EW_STOP_CONVERGED);
  g_assert_true (isfinite (s->rate));
  g_assert_cmpint (window.notices->len, ==, 0);
  window_close (&window);
}

static void
test_converges (void)
{
  Window window;
  const EwSnapshot *s;

  window_open (&window, NULL);
  send_golden (&window, 1e-2, 0, TRUE);
  s = wait_until (&window, paused, 0);
  g_assert_cmpint (s->stop, ==, EW_STOP_CONVERGED);
  g_assert_cmpfloat_with_epsilon (s->kernel->taps[0], 1, 2 * UNIT_32);
  g_assert_cmpfloat_with_epsilon (s->kernel->taps[1], -1, 2 * UNIT_32);
  window_close (&window);
}

static void
test_diverges (void)
{
  Window window;
  const EwSnapshot *s;

  window_open (&window, NULL);

  guint64 task = send_golden (&window, 0.5, 0, TRUE);

  s = wait_until (&window, paused, 0);
  g_assert_cmpint (s->stop, ==, EW_STOP_DIVERGED);
  g_assert_cmpint (window.notices->len, ==, 1);
  check_notice (&window, 0, EW_NOTICE_DIVERGED, task, "0.0333");
  check_notice (&window, 0, EW_NOTICE_DIVERGED, task, "0.5");

  /* Trying the same again says the same again. */
  window.sent = ew_loop_start (window.loop);
  s = wait_until (&window, paused, 0);
  g_assert_cmpint (s->stop, ==, EW_STOP_DIVERGED);
  check_notice (&window, 1, EW_NOTICE_DIVERGED, task, "0.0333");

  /* A smaller rate leads out. */
  window.sent = ew_loop_set_rate (window.loop, 1e-2);
  g_assert_cmpint (wait_until (&window, paused, 0)->stop, ==, EW_STOP_NONE);
  window.sent = ew_loop_start (window.loop);
  s = wait_until (&window, paused, 0);
  g_assert_cmpint (s->stop, ==, EW_STOP_CONVERGED);
  g_assert_cmpfloat_with_epsilon (s->kernel->taps[0], 1, 2 * UNIT_32);
  g_assert_cmpint (window.notices->len, ==, 2);
  window_close (&window);
}

/* --- tasks that come and go */

static void
test_tasks_replace_each_other (void)
{
  Window window;
  guint64 number = 0;

  window_open (&window, NULL);
  for (int round = 0; round < 60; round++)
    {
      guint64 former = number;

      number = send_random (&window, round, 20 + round, 30, 1 + round % 5, 1 + round % 3, round & 1);
      g_assert_cmpuint (number, >, former);
      if (round % 7 != 0)
        continue;

      const EwSnapshot *s = wait_until (&window, any, 0);

      g_assert_cmpuint (s->task, ==, number);
      g_assert_cmpint (s->input_height, ==, 20 + round);
      g_assert_cmpint (s->kernel->height, ==, 1 + round % 5);
    }
  g_assert_cmpuint (wait_until (&window, any, 0)->task, ==, number);
  g_assert_cmpint (window.notices->len, ==, 0);
  window_close (&window);
}

/* What was open stays open, to the bit. */
static void
test_task_refused (void)
{
  EwRandom random = 51;
  Window window;

  window_open (&window, NULL);

  guint64 task = send_random (&window, 5, 20, 20, 3, 3, FALSE);

  window.sent = ew_loop_step (window.loop, 20);

  g_autoptr (EwSnapshot) before = ew_snapshot_ref ((EwSnapshot *)wait_until (&window, paused, 0));
  EwGrid *bad = random_grid (&random, 20, 20, -1, 1);
  guint64 numbers[4];
  const EwSnapshot *s;

  ew_grid_row (bad, 3)[7] = NAN;
  /* One after the other: a task that is overtaken by the next need not be told of. */
  numbers[0] = send_pair (&window, bad, NULL, random_kernel (&random, 3, 3, -1, 1), ew_kernel_new (3, 3, NULL),
                          &(EwTask){ .run = TRUE });
  wait_until (&window, any, 0);
  numbers[1] = send_pair (&window, random_grid (&random, 20, 20, -1, 1), random_grid (&random, 20, 20, -1, 1), NULL,
                          ew_kernel_new (3, 3, NULL), &(EwTask){ .run = TRUE });
  wait_until (&window, any, 0);
  numbers[2] = send_pair (&window, random_grid (&random, 2, 20, -1, 1), NULL, random_kernel (&random, 3, 3, -1, 1),
                          ew_kernel_new (3, 3, NULL), &(EwTask){ .run = TRUE });
  wait_until (&window, any, 0);
  numbers[3] = send_pair (&window, random_grid (&random, 20, 20, -1, 1), NULL, random_kernel (&random, 4, 3, -1, 1),
                          ew_kernel_new (3, 3, NULL), &(EwTask){ .run = TRUE });
  s = wait_until (&window, any, 0);
  g_assert_cmpint (window.notices->len, ==, 4);
  check_notice (&window, 0, EW_NOTICE_REFUSED, numbers[0], "row 4, column 8");
  check_notice (&window, 1, EW_NOTICE_REFUSED, numbers[1], "18×18");
  check_notice (&window, 2, EW_NOTICE_REFUSED, numbers[2], "larger than the input of 2×20");
  check_notice (&window, 3, EW_NOTICE_REFUSED, numbers[3], "4×3");
  g_assert_cmpuint (s->task, ==, task);
  g_assert_cmpint (s->state, ==, EW_RUN_PAUSED);
  g_assert_cmpuint (s->epoch, ==, 20);
  g_assert_true (ew_kernel_equal (s->kernel, before->kernel));
  window_close (&window);
}

/* A refused first task leaves the loop empty. */
static void
test_first_task_refused (void)
{
  EwRandom random = 52;
  Window window;

  window_open (&window, NULL);
  send_pair (&window, random_grid (&random, 2, 2, -1, 1), NULL, random_kernel (&random, 3, 3, -1, 1),
             ew_kernel_new (3, 3, NULL), &(EwTask){ .run = TRUE });
  g_assert_cmpint (wait_until (&window, any, 0)->state, ==, EW_RUN_EMPTY);
  g_assert_cmpint (window.notices->len, ==, 1);
  send_golden (&window, 3e-2, 100, TRUE);
  g_assert_cmpuint (wait_until (&window, paused, 0)->epoch, ==, 100);
  window_close (&window);
}

/* A target as large as its input, cut where the task says so. */
static void
test_crop_target (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 2 }, { 2, 3 }, { 4, 5 }, { 7, 6 } };
  EwRandom random = 53;
  Window window;

  window_open (&window, NULL);
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      int kh = sizes[k][0];
      int kw = sizes[k][1];
      g_autoptr (EwGrid) y = random_grid (&random, 20, 24, -1, 1);

      send_pair (&window, random_grid (&random, 20, 24, -1, 1), ew_grid_ref (y), NULL, ew_kernel_new (kh, kw, NULL),
                 &(EwTask){ .crop_target = TRUE });

      const EwSnapshot *s = wait_until (&window, any, 0);

      g_assert_cmpint (s->y->height, ==, 21 - kh);
      g_assert_cmpint (s->y->width, ==, 25 - kw);
      for (int i = 0; i < s->y->height; i++)
        g_assert_cmpmem (ew_grid_row (s->y, i), s->y->width * sizeof (float),
                         ew_grid_row (y, i + (kh - 1) / 2) + (kw - 1) / 2, s->y->width * sizeof (float));
    }
  g_assert_cmpint (window.notices->len, ==, 0);
  window_close (&window);
}

/* A target spoilt where its mask leaves it out, cut like the target: what is learned is the kernel all the same. */
static void
test_mask (void)
{
  EwRandom random = 54;
  g_autoptr (EwGrid) x = random_grid (&random, 20, 24, -1, 1);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 4, -1, 1);
  g_autoptr (EwGrid) y = ew_grid_new (20, 24, NULL);
  g_autoptr (EwGrid) mask = ew_grid_new (20, 24, NULL);
  g_autofree double *values = g_new (double, 20 * 24);
  EwGeometry same = { .kernel_height = 3, .kernel_width = 4, .stride = 1, .dilation = 1, .top = 1, .bottom = 1, .left = 1, .right = 2 };
  EwTask task = { .n_samples = 1, .x = &x, .y = &y, .masks = &mask, .crop_target = TRUE };
  g_autoptr (EwKernel) start = ew_kernel_new (3, 4, NULL);
  const EwSnapshot *s;
  gint64 left_out = 0;
  Window window;

  kernel->bias = 0;
  g_assert_true (ew_reference_correlate (x, kernel, &same, values, NULL));
  for (int k = 0; k < 20 * 24; k++)
    {
      gboolean spoilt = ew_random_uniform (&random) < 0.2;
      gboolean inside = k / 24 >= 1 && k / 24 < 19 && k % 24 >= 1 && k % 24 < 22;

      ew_grid_row (y, k / 24)[k % 24] = spoilt ? 50.0f : (float)values[k];
      ew_grid_row (mask, k / 24)[k % 24] = !spoilt;
      left_out += spoilt && inside;
    }
  window_open (&window, NULL);
  task.start = start;
  window.sent = window.went_back = ew_loop_set_task (window.loop, &task, NULL);
  s = wait_until (&window, has_optimum, 0);
  g_assert_true (s->problem->has_mask);
  g_assert_cmpint (s->problem->n_residuals, ==, 18 * 21 - left_out);
  /* Targets are rounded to float32, and the inputs are as good as independent. */
  for (int k = 0; k < 12; k++)
    g_assert_cmpfloat_with_epsilon (s->optimum->taps[k], kernel->taps[k], 1e-6);
  /* The next task has none. */
  task.masks = NULL;
  window.sent = window.went_back = ew_loop_set_task (window.loop, &task, NULL);
  s = wait_until (&window, has_optimum, 0);
  g_assert_false (s->problem->has_mask);
  g_assert_cmpfloat (fabs (s->optimum->taps[0] - kernel->taps[0]), >, 0.1);
  window_close (&window);
}

/* --- pictures */

/* Pictures against the reference's output, reduced: their bound is a correlation's, and half as much for one rounding
 * more of the means (see test-view.c). */
static void
check_output (const EwPictures *p, const EwSnapshot *s, const EwGrid *x)
{
  g_autofree double *values = g_new (double, s->output_height * s->output_width);
  g_autofree double *bounds = correlation_bounds (x, p->kernel);
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, s->kernel->height, s->kernel->width);
  g_assert_true (ew_reference_correlate (x, p->kernel, &geometry, values, NULL));
  for (int i = 0; i < p->output->height && !g_test_failed (); i++)
    for (int j = 0; j < p->output->width; j++)
      {
        double sum = 0;
        double bound = 0;

        for (int k = 0; k < p->block * p->block; k++)
          {
            int at = ((p->row + i) * p->block + k / p->block) * s->output_width + (p->column + j) * p->block
                     + k % p->block;

            sum += values[at];
            bound += bounds[at];
          }
        g_assert_cmpfloat_with_epsilon (ew_grid_row (p->output, i)[j], sum / (p->block * p->block),
                                        1.5 * bound / (p->block * p->block));
      }
}

/* Three samples of different sizes, one after the other, in parts and sizes of all kinds. */
static void
test_pictures (void)
{
  EwRandom random = 54;
  EwGrid *x[3];
  g_autoptr (EwKernel) teacher = random_kernel (&random, 4, 3, -1, 1);
  g_autoptr (EwKernel) start = ew_kernel_new (4, 5, NULL);
  Window window;

  window_open (&window, NULL);
  for (int k = 0; k < 3; k++)
    x[k] = random_grid (&random, 60 + 10 * k, 90 - 10 * k, -1, 1);
  window.sent = window.went_back = ew_loop_set_task (
      window.loop,
      &(EwTask){ .n_samples = 3, .x = x, .teacher = teacher, .start = start, .loss = EW_LOSS_MEAN, .has_bias = TRUE },
      NULL);
  /* No viewport yet, no picture; and none of another task. */
  wait_until (&window, paused, 0);
  ew_loop_set_viewport (window.loop, &(EwViewport){ .task = 77, .block = 1, .height = 10, .width = 10 });
  g_usleep (20000);
  pump (&window);
  g_assert_null (window.pictures);
  for (int round = 0; round < 24; round++)
    {
      int sample = round % 3;

      ew_loop_step (window.loop, 1 + round % 4);
      window.sent = ew_loop_set_sample (window.loop, sample);

      const EwSnapshot *s = wait_until (&window, paused, 0);
      int block = random_int (&random, 1, 6);
      EwViewport part = { .block = block,
                          .row = random_int (&random, -2, s->output_height / block - 1),
                          .column = random_int (&random, -2, s->output_width / block - 1),
                          .height = random_int (&random, 3, 60),
                          .width = random_int (&random, 3, 60) };

      g_assert_cmpint (s->n_samples, ==, 3);
      g_assert_cmpint (s->sample, ==, sample);
      g_assert_cmpint (s->input_height, ==, x[sample]->height);
      g_assert_cmpint (s->input_width, ==, x[sample]->width);
      check_output (wait_for_pictures (&window, &part), s, x[sample]);
    }
  /* No such sample: the last one; and its pictures stay right while it learns. */
  window.sent = ew_loop_set_sample (window.loop, 17);
  g_assert_cmpint (wait_until (&window, any, 0)->sample, ==, 2);
  wait_for_pictures (&window, &(EwViewport){ .block = 2, .height = 100, .width = 100 });
  window.sent = ew_loop_start (window.loop);
  for (int round = 0; round < 10; round++)
    {
      guint64 epoch = window.last->epoch;

      g_clear_pointer (&window.pictures, ew_pictures_unref);
      wait_until (&window, epoch_reached, epoch + 1);
      while (window.pictures == NULL)
        if (!pump (&window))
          g_usleep (200);
      check_output (window.pictures, window.last, x[2]);
    }
  window.sent = ew_loop_pause (window.loop);
  wait_until (&window, paused, 0);
  check_output (wait_for_pictures (&window, &(EwViewport){ .block = 2, .height = 100, .width = 100 }), window.last,
                x[2]);

  /* The next task has fewer samples. */
  send_golden (&window, 3e-2, 100, TRUE);
  g_assert_cmpint (wait_until (&window, paused, 0)->sample, ==, 0);
  wait_for_pictures (&window, &(EwViewport){ .block = 1, .height = 100, .width = 100 });
  for (int k = 0; k < 3; k++)
    {
      /* Nothing keeps the old task's planes. */
      g_assert_cmpint (atomic_load (&x[k]->refs), ==, 1);
      ew_grid_unref (x[k]);
    }
  window_close (&window);
}

/* --- hand-over */

static void
test_wake (void)
{
  Window window;

  window_open (&window, NULL);
  g_assert_cmpint (atomic_load (&window.wakes), ==, 0);
  send_golden (&window, 1e-9, 0, TRUE);
  while (atomic_load (&window.wakes) == 0)
    g_usleep (200);
  /* Flat out, and nobody takes anything. */
  g_usleep (150000);
  g_assert_cmpint (atomic_load (&window.wakes), ==, 1);
  for (int round = 0; round < 300; round++)
    {
      pump (&window);
      g_assert_cmpint (atomic_load (&window.wakes), <=, window.takings + 1);
      if (round % 10 == 0)
        g_usleep (3000);
    }
  /* Each taking is followed by another wake, else a window would fall asleep. */
  for (int round = 0; round < 20; round++)
    {
      int before = atomic_load (&window.wakes);

      while (!pump (&window))
        g_usleep (200);
      while (atomic_load (&window.wakes) == before)
        g_usleep (200);
    }

  /* Paused, nothing more is published. */
  window.sent = ew_loop_pause (window.loop);
  wait_until (&window, paused, 0);
  pump (&window);

  int quiet = atomic_load (&window.wakes);

  g_usleep (50000);
  g_assert_cmpint (atomic_load (&window.wakes), ==, quiet);
  g_assert_false (pump (&window));
  window_close (&window);
}

/* --- devices */

static void
test_absent_device (void)
{
  Window window;

  window_open (&window, fake_backend ());

  guint64 task = send_golden (&window, 3e-2, 100, FALSE);

  window.sent = ew_loop_set_device (window.loop, "banana");
  wait_until (&window, paused, 0);
  check_notice (&window, 0, EW_NOTICE_DEVICE, task, "banana");
  atomic_store (&fake_faults.open, -1);
  window.sent = ew_loop_set_device (window.loop, "fake");
  g_assert_cmpstr (wait_until (&window, paused, 0)->device_choice, ==, "auto");
  check_notice (&window, 1, EW_NOTICE_DEVICE, task, "cannot be opened");
  window.sent = ew_loop_start (window.loop);
  g_assert_cmpuint (wait_until (&window, paused, 0)->epoch, ==, 100);
  g_assert_cmpint (window.notices->len, ==, 2);
  window_close (&window);
}

/* Waits for the device to rest for the @n th time. */
static gboolean
rests (int n)
{
  for (int i = 0; i < 10000 && atomic_load (&fake_calls.rest) < n; i++)
    g_usleep (1000);
  return atomic_load (&fake_calls.rest) == n;
}

/* A device gives its memory back once after work, and is asked for it no more until there is work again. */
static void
test_rest (void)
{
  Window window;

  ew_loop_set_rest_for_tests (20000000);
  window_open (&window, fake_backend ());
  window.sent = ew_loop_set_device (window.loop, "fake");
  send_random (&window, 6, 40, 40, 3, 3, FALSE);
  window.sent = ew_loop_set_rate (window.loop, 1e-9);
  wait_until (&window, paused, 0);
  g_assert_true (rests (1));
  g_usleep (60000);
  g_assert_cmpint (atomic_load (&fake_calls.rest), ==, 1);
  window.sent = ew_loop_step (window.loop, 2);
  g_assert_cmpuint (wait_until (&window, paused, 0)->epoch, ==, 2);
  g_assert_cmpfloat (window.last->step_ms, >, 0);
  g_assert_true (rests (2));
  /* The CPU holds nothing. */
  window.sent = ew_loop_set_device (window.loop, "cpu");
  window.sent = ew_loop_step (window.loop, 2);
  g_assert_cmpuint (wait_until (&window, paused, 0)->epoch, ==, 4);
  g_usleep (60000);
  g_assert_cmpint (atomic_load (&fake_calls.rest), ==, 2);
  window_close (&window);
  ew_loop_set_rest_for_tests (60 * G_GINT64_CONSTANT (1000000000));
}

static void
test_swap_device (void)
{
  Window window;

  window_open (&window, fake_descending_backend ());
  send_random (&window, 6, 40, 40, 3, 3, TRUE);
  /* So slow that it never converges. */
  window.sent = ew_loop_set_rate (window.loop, 1e-9);
  for (int round = 0; round < 10; round++)
    {
      guint64 epoch = wait_until (&window, limit_known, 0)->epoch;

      wait_until (&window, epoch_reached, epoch + 10);
      window.sent = ew_loop_set_device (window.loop, round % 2 ? "cpu" : "fake");
      wait_until (&window, on_device, round % 2 == 0);
    }
  g_assert_cmpint (window.notices->len, ==, 0);
  window_close (&window);
}

/* At this rate some thousand epochs of the problem below end before it has converged. It has too many weights for its few
 * data to go over to the Gram matrix, which only the CPU that follows would do. */
#define UNHURRIED 1e-3

/* The run's end and its curves, on the CPU alone. */
static EwSnapshot *
undisturbed (guint64 epochs)
{
  Window window;

  window_open (&window, NULL);
  send_random (&window, 7, 45, 40, 5, 7, FALSE);
  ew_loop_set_rate (window.loop, UNHURRIED);
  window.sent = ew_loop_step (window.loop, (int)epochs);
  wait_until (&window, paused, 0);

  EwSnapshot *s = ew_snapshot_ref (window.last);

  window_close (&window);
  return s;
}

/* A device that fails in mid-run: the CPU ends the run with the same bits, and one notice says why. */
static void
test_device_fails (void)
{
  guint64 epochs = 3000;
  g_autoptr (EwSnapshot) expected = undisturbed (epochs);

  for (int descending = 0; descending < 2; descending++)
    {
      Window window;

      window_open (&window, descending ? fake_descending_backend () : fake_backend ());
      window.sent = ew_loop_set_device (window.loop, "fake");

      guint64 task = send_random (&window, 7, 45, 40, 5, 7, FALSE);

      window.sent = ew_loop_set_rate (window.loop, UNHURRIED);

      const EwSnapshot *s = wait_until (&window, paused, 0);

      g_assert_cmpstr (s->device, ==, "Fake");
      atomic_store (descending ? &fake_faults.descend : &fake_faults.evaluate, descending ? 2 : 1000);
      window.sent = ew_loop_step (window.loop, (int)epochs);
      s = wait_until (&window, paused, 0);
      g_assert_true (g_str_has_prefix (s->device, "CPU"));
      g_assert_cmpuint (s->epoch, ==, epochs);
      g_assert_true (ew_kernel_equal (s->kernel, expected->kernel));
      g_assert_cmpmem (s->curves->loss_min, s->curves->n_points * sizeof (double), expected->curves->loss_min,
                       expected->curves->n_points * sizeof (double));
      g_assert_cmpint (window.notices->len, ==, 1);
      check_notice (&window, 0, EW_NOTICE_DEVICE, task, "Fake failed: ");
      window_close (&window);
    }
}

/* At loading, and where the target is made. */
static void
test_device_fails_elsewhere (void)
{
  EwRandom random = 61;
  Window window;

  window_open (&window, fake_backend ());
  window.sent = ew_loop_set_device (window.loop, "fake");
  atomic_store (&fake_faults.load, 1);
  send_random (&window, 8, 40, 40, 3, 3, FALSE);
  g_assert_true (g_str_has_prefix (wait_until (&window, paused, 0)->device, "CPU"));
  g_assert_cmpint (window.notices->len, ==, 1);
  g_assert_cmpint (notice_at (&window, 0)->kind, ==, EW_NOTICE_DEVICE);

  atomic_store (&fake_faults.correlate, 1);
  send_pair (&window, random_grid (&random, 30, 30, -1, 1), NULL, random_kernel (&random, 3, 3, -1, 1),
             ew_kernel_new (3, 3, NULL), &(EwTask){ .rate = 0 });
  wait_until (&window, paused, 0);
  g_assert_cmpint (window.notices->len, ==, 2);
  window_close (&window);
}

/* An epoch that takes for ever ends when a command replaces what it works on. */
static void
test_interrupt_epoch (void)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new (3, 3, NULL);

  for (int command = 0; command < 6; command++)
    {
      Window window;

      window_open (&window, fake_backend ());
      ew_loop_set_device (window.loop, "fake");
      send_random (&window, 9, 30, 30, 3, 3, FALSE);
      wait_until (&window, paused, 0);
      atomic_store (&fake_faults.hang_in_evaluate, 1);

      int calls = atomic_load (&fake_calls.evaluate);

      window.sent = ew_loop_start (window.loop);
      while (atomic_load (&fake_calls.evaluate) == calls)
        g_usleep (200);
      switch (command)
        {
        case 0:
          window.sent = ew_loop_pause (window.loop);
          break;
        case 1:
          window.sent = window.went_back = ew_loop_reset (window.loop);
          break;
        case 2:
          window.sent = ew_loop_set_kernel (window.loop, kernel);
          break;
        case 3:
          window.sent = ew_loop_set_device (window.loop, "cpu");
          break;
        case 4:
          ew_loop_set_device (window.loop, "cpu");
          send_golden (&window, 3e-2, 0, FALSE);
          break;
        default:
          break;
        }
      /* The last one closes the window without further ado. */
      if (command < 5)
        wait_until (&window, any, 0);
      window_close (&window);
    }
}

/* Likewise the loading of a task, which only another task or the end interrupts. */
static void
test_interrupt_load (void)
{
  for (int close_at_once = 0; close_at_once < 2; close_at_once++)
    {
      Window window;

      window_open (&window, fake_backend ());
      window.sent = ew_loop_set_device (window.loop, "fake");
      atomic_store (&fake_faults.hang_in_load, 1);
      send_random (&window, 10, 30, 30, 3, 3, TRUE);
      while (atomic_load (&fake_calls.load) == 0)
        g_usleep (200);
      while (window.last == NULL || window.last->state != EW_RUN_PREPARING)
        pump (&window);
      if (!close_at_once)
        {
          ew_loop_pause (window.loop);
          ew_loop_set_device (window.loop, "cpu");

          guint64 task = send_golden (&window, 3e-2, 100, TRUE);

          g_assert_cmpuint (wait_until (&window, paused, 0)->task, ==, task);
          /* Being overtaken is no failure. */
          g_assert_cmpint (window.notices->len, ==, 0);
        }
      window_close (&window);
    }
}

/* An epoch of the CPU that takes a second or more: 63×63 taps on a large image. Freed right in it. */
static void
test_free_in_long_epoch (void)
{
  for (int round = 0; round < 3; round++)
    {
      Window window;

      window_open (&window, NULL);
      send_random (&window, 11, 900, 900, 63, 63, TRUE);
      g_usleep (round * 60000);
      window_close (&window);
    }
}

/* --- everything at once */

static void
send_any (Window *window, EwRandom *random)
{
  static const double rates[] = { 0, 1e-3, 0.5, 1e5 };
  static const double speeds[] = { 1, 300, INFINITY, INFINITY };
  static const char *const devices[] = { "auto", "cpu", "fake", "banana" };
  EwLoop *loop = window->loop;
  int seed = random_int (random, 0, 1000);
  int kh = random_int (random, 1, 5);
  int kw = random_int (random, 1, 5);
  g_autoptr (EwKernel) kernel = NULL;

  switch (random_int (random, 0, 13))
    {
    case 0:
      send_golden (window, seed % 2 ? 3e-2 : 0.5, seed % 3 ? 0 : 100, seed % 5 > 0);
      break;
    case 1:
      /* One in some is larger than its input. */
      send_random (window, seed, random_int (random, 3, 60), random_int (random, 3, 60), kh, kw, seed % 2);
      break;
    case 2:
      if (seed % 10 == 0)
        send_random (window, seed, 500, 700, 2 * kh, 2 * kw, TRUE);
      break;
    case 3:
      window->sent = ew_loop_pause (loop);
      break;
    case 4:
      window->sent = ew_loop_step (loop, seed);
      break;
    case 5:
      window->sent = window->went_back = ew_loop_reset (loop);
      break;
    case 6:
      kernel = random_kernel (random, kh, kw, -1, 1);
      window->sent = ew_loop_set_kernel (loop, kernel);
      break;
    case 7:
      window->sent = ew_loop_set_rate (loop, rates[seed % 4]);
      break;
    case 8:
      window->sent = ew_loop_set_epoch_limit (loop, seed % 3 ? 0 : seed);
      break;
    case 9:
      window->sent = ew_loop_set_speed (loop, speeds[seed % 4]);
      break;
    case 10:
      window->sent = ew_loop_set_device (loop, devices[seed % 4]);
      break;
    case 11:
      window->sent = ew_loop_set_sample (loop, seed % 3);
      if (window->last != NULL)
        ew_loop_set_viewport (loop, &(EwViewport){ .task = window->last->task,
                                                   .sample = window->last->sample,
                                                   .block = random_int (random, 1, 9),
                                                   .row = random_int (random, -5, 50),
                                                   .column = random_int (random, -5, 50),
                                                   .height = random_int (random, 1, 50),
                                                   .width = random_int (random, 1, 50) });
      break;
    default:
      window->sent = ew_loop_start (loop);
      break;
    }
}

/* Now and then something breaks. */
static void
break_something (EwRandom *random)
{
  atomic_int *const faults[]
      = { &fake_faults.load, &fake_faults.evaluate, &fake_faults.descend, &fake_faults.correlate };

  if (random_int (random, 0, 40) == 0)
    atomic_store (faults[random_int (random, 0, 3)], random_int (random, 1, 20));
}

static void
test_stress (void)
{
  for (guint64 seed = 1; seed <= 24 && !g_test_failed (); seed++)
    {
      EwRandom random = seed;
      Window window;

      window_open (&window, seed % 2 ? fake_descending_backend () : fake_backend ());
      for (int command = random_int (&random, 20, 400); command > 0; command--)
        {
          send_any (&window, &random);
          break_something (&random);
          if (random_int (&random, 0, 2) == 0)
            pump (&window);
          if (random_int (&random, 0, 3) == 0)
            g_usleep (random_int (&random, 0, 800));
        }
      /* Half of them end in the middle of it; the others answer to the very end. */
      if (seed % 2)
        {
          send_golden (&window, 3e-2, 50, TRUE);
          window.sent = ew_loop_set_speed (window.loop, INFINITY);
          g_assert_cmpuint (wait_until (&window, paused, 0)->epoch, ==, 50);
        }
      window_close (&window);
      g_assert_cmpint (fake_calls.open, ==, fake_calls.close);
      if (g_test_failed ())
        g_test_message ("seed %d", (int)seed);
    }
}

/* A window that opens and closes before anything has happened. */
static void
test_open_and_close (void)
{
  for (int round = 0; round < 100; round++)
    {
      Window window;

      window_open (&window, NULL);
      if (round % 3 == 1)
        send_golden (&window, 3e-2, 0, TRUE);
      if (round % 3 == 2)
        ew_loop_start (window.loop);
      window_close (&window);
    }
  ew_loop_free (NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/loop/geometry", test_geometry);
  g_test_add_func ("/loop/golden", test_golden);
  g_test_add_func ("/loop/start-and-pause", test_start_and_pause);
  g_test_add_func ("/loop/step", test_step);
  g_test_add_func ("/loop/speed", test_speed);
  g_test_add_func ("/loop/reset", test_reset);
  g_test_add_func ("/loop/set-kernel", test_set_kernel);
  g_test_add_func ("/loop/rate", test_rate);
  g_test_add_func ("/loop/converges", test_converges);
  g_test_add_func ("/loop/diverges", test_diverges);
  g_test_add_func ("/loop/tasks-replace-each-other", test_tasks_replace_each_other);
  g_test_add_func ("/loop/task-refused", test_task_refused);
  g_test_add_func ("/loop/first-task-refused", test_first_task_refused);
  g_test_add_func ("/loop/crop-target", test_crop_target);
  g_test_add_func ("/loop/mask", test_mask);
  g_test_add_func ("/loop/pictures", test_pictures);
  g_test_add_func ("/loop/wake", test_wake);
  g_test_add_func ("/loop/absent-device", test_absent_device);
  g_test_add_func ("/loop/rest", test_rest);
  g_test_add_func ("/loop/swap-device", test_swap_device);
  g_test_add_func ("/loop/device-fails", test_device_fails);
  g_test_add_func ("/loop/device-fails-elsewhere", test_device_fails_elsewhere);
  g_test_add_func ("/loop/interrupt-epoch", test_interrupt_epoch);
  g_test_add_func ("/loop/interrupt-load", test_interrupt_load);
  g_test_add_func ("/loop/free-in-long-epoch", test_free_in_long_epoch);
  g_test_add_func ("/loop/open-and-close", test_open_and_close);
  g_test_add_func ("/loop/stress", test_stress);
  return g_test_run ();
}
