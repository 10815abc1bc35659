/* The loop's devices: chosen, swapped, resting, failing in mid-run, interrupted. */
#include "tests/loop-fixtures.h"

#include <math.h>

/* --- the window's side */

static gboolean
limit_known (const EwSnapshot *s, guint64 value)
{
  return !isnan (s->rate_limit);
}

static gboolean
on_device (const EwSnapshot *s, guint64 fake)
{
  return g_str_has_prefix (s->device, fake ? "Fake" : "CPU");
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

void
add_loop_devices_cases (void)
{
  g_test_add_func ("/loop/absent-device", test_absent_device);
  g_test_add_func ("/loop/rest", test_rest);
  g_test_add_func ("/loop/swap-device", test_swap_device);
  g_test_add_func ("/loop/device-fails", test_device_fails);
  g_test_add_func ("/loop/device-fails-elsewhere", test_device_fails_elsewhere);
  g_test_add_func ("/loop/interrupt-epoch", test_interrupt_epoch);
  g_test_add_func ("/loop/interrupt-load", test_interrupt_load);
  g_test_add_func ("/loop/free-in-long-epoch", test_free_in_long_epoch);
}
