/* The worker that makes the pictures of taps' gradients: what it makes, what gives way to what, and its end. */
#include "engine/reference.h"
#include "engine/tap-worker.h"
#include "tests/engine-fixtures.h"

#include <math.h>

/* Generous: sanitizers are slow. */
#define PATIENCE_US (60 * G_USEC_PER_SEC)

static EwTapWorker *
new_worker (void)
{
  const EwBackend *cpu = ew_cpu_backend ();

  return ew_tap_worker_new (ew_devices_new (&cpu, 1, 1), NULL, NULL);
}

/* A snapshot as the loop gives it: planes, kernel and geometry. */
static EwSnapshot *
new_snapshot (EwRandom *random, int height, int width, int kernel_height, int kernel_width, guint64 task)
{
  EwSnapshot *s = ew_snapshot_new ();

  s->task = task;
  s->shown_epoch = 10 * task;
  s->kernel = random_whole_kernel (random, kernel_height, kernel_width, 3);
  s->x = random_whole_grid (random, height, width, 5);
  s->y = random_whole_grid (random, height - kernel_height + 1, width - kernel_width + 1, 5);
  ew_geometry_init_valid (&s->geometry, kernel_height, kernel_width);
  return s;
}

static EwTapGradient *
wait_for (EwTapWorker *worker, guint64 task, int tap)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (g_get_monotonic_time () < end)
    {
      g_autoptr (EwTapGradient) made = ew_tap_worker_take (worker);

      if (made != NULL && made->task == task && made->tap == tap)
        return g_steal_pointer (&made);
      g_usleep (1000);
    }
  g_test_fail_printf ("no picture of tap %d of task %d", tap, (int)task);
  return NULL;
}

/* Whole numbers below 2²⁴ throughout: float32 is exact, so the sum is half of the reference's gradient, exactly. */
static void
test_made (void)
{
  EwRandom random = 61;
  g_autoptr (EwTapWorker) worker = new_worker ();

  for (int n = 0; n < 20; n++)
    {
      g_autoptr (EwSnapshot) s = new_snapshot (&random, random_int (&random, 5, 60), random_int (&random, 5, 60),
                                               random_int (&random, 1, 5), random_int (&random, 1, 5), (guint64)n + 1);
      int tap = random_int (&random, 0, ew_kernel_n_taps (s->kernel) - 1);
      int side = random_int (&random, 1, 70);
      g_autoptr (EwProblem) problem = ew_problem_new (&(EwSample){ s->x, s->y }, 1, &s->geometry, TRUE, NULL);
      g_autofree double *params = g_new (double, problem->n_params);
      g_autofree double *gradient = g_new (double, problem->n_params);
      double loss;

      for (int k = 0; k < problem->n_params - 1; k++)
        params[k] = s->kernel->taps[k];
      params[problem->n_params - 1] = s->kernel->bias;
      ew_reference_evaluate (problem, params, &loss, gradient);
      ew_tap_worker_ask (worker, s, tap, side);

      g_autoptr (EwTapGradient) made = wait_for (worker, s->task, tap);

      g_assert_nonnull (made);
      g_assert_cmpfloat (2 * made->sum, ==, gradient[tap]);
      g_assert_cmpuint (made->epoch, ==, s->shown_epoch);
      /* As large as asked for, unless the shorter side has fewer values than a block would take. */
      g_assert_true (MAX (made->products->height, made->products->width) <= side
                     || made->block == MIN (s->y->height, s->y->width));
    }
}

/* Many requests: the last one is made, and what was given up never comes. */
static void
test_newest (void)
{
  EwRandom random = 62;
  g_autoptr (EwTapWorker) worker = new_worker ();
  g_autoptr (EwSnapshot) s = new_snapshot (&random, 300, 300, 3, 3, 1);
  g_autoptr (EwSnapshot) other = new_snapshot (&random, 300, 300, 3, 3, 2);

  for (int n = 0; n < 200; n++)
    ew_tap_worker_ask (worker, n % 2 == 0 ? s : other, n == 199 ? 8 : n % 8, 64);

  /* None but the last asks for this one, so that no former result is taken for it. */
  g_autoptr (EwTapGradient) made = wait_for (worker, 2, 8);

  g_assert_nonnull (made);
  for (gint64 end = g_get_monotonic_time () + PATIENCE_US; ew_tap_worker_is_busy (worker);)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (1000);
    }
  g_assert_null (ew_tap_worker_take (worker));
}

/* After stopping nothing is there, and a new request is answered again. */
static void
test_stopped (void)
{
  EwRandom random = 63;
  g_autoptr (EwTapWorker) worker = new_worker ();
  g_autoptr (EwSnapshot) s = new_snapshot (&random, 700, 700, 5, 5, 1);
  g_autoptr (EwSnapshot) empty = ew_snapshot_new ();

  ew_tap_worker_ask (worker, s, 3, 64);
  ew_tap_worker_stop (worker);
  while (ew_tap_worker_is_busy (worker))
    g_usleep (1000);
  g_assert_null (ew_tap_worker_take (worker));
  ew_tap_worker_ask (worker, empty, 0, 64);
  while (ew_tap_worker_is_busy (worker))
    g_usleep (1000);
  g_assert_null (ew_tap_worker_take (worker));
  ew_tap_worker_ask (worker, s, 4, 64);
  ew_tap_gradient_unref (wait_for (worker, 1, 4));
}

/* The end comes at once, in the middle of work and with a request that waits. */
static void
test_end (void)
{
  EwRandom random = 64;
  g_autoptr (EwSnapshot) s = new_snapshot (&random, 900, 900, 7, 7, 1);

  for (int n = 0; n < 10; n++)
    {
      EwTapWorker *worker = new_worker ();

      ew_tap_worker_ask (worker, s, 0, 64);
      g_usleep ((gulong)n * 300);
      ew_tap_worker_ask (worker, s, 0, 64);
      ew_tap_worker_free (worker);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/tap-worker/made", test_made);
  g_test_add_func ("/tap-worker/newest", test_newest);
  g_test_add_func ("/tap-worker/stopped", test_stopped);
  g_test_add_func ("/tap-worker/end", test_end);
  return g_test_run ();
}
