/* The loop under any commands in any order, and windows that open and close at any time. */
#include "tests/loop-fixtures.h"

#include <math.h>

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

void
add_loop_stress_cases (void)
{
  g_test_add_func ("/loop/open-and-close", test_open_and_close);
  g_test_add_func ("/loop/stress", test_stress);
}
