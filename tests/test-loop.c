/* The loop thread, as the window uses it: commands in, snapshots and notices out. Learning here, the rest in loop-*.c. */
#include "tests/loop-fixtures.h"

#include <math.h>

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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/loop/golden", test_golden);
  g_test_add_func ("/loop/start-and-pause", test_start_and_pause);
  g_test_add_func ("/loop/step", test_step);
  g_test_add_func ("/loop/speed", test_speed);
  g_test_add_func ("/loop/reset", test_reset);
  g_test_add_func ("/loop/set-kernel", test_set_kernel);
  g_test_add_func ("/loop/rate", test_rate);
  g_test_add_func ("/loop/converges", test_converges);
  g_test_add_func ("/loop/diverges", test_diverges);
  g_test_add_func ("/loop/wake", test_wake);
  add_loop_tasks_cases ();
  add_loop_devices_cases ();
  add_loop_stress_cases ();
  return g_test_run ();
}
