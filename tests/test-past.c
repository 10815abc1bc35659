/* The loop's time line, as the window uses it: earlier epochs shown, played, read, handed out and gone on from, held
 * against a fresh run of the same task. */
#include "engine/loop.h"
#include "engine/trainer.h"
#include "tests/engine-fixtures.h"
#include "tests/fake-backend.h"

#include <math.h>
#include <string.h>

#define PATIENCE_US (120 * G_USEC_PER_SEC)

/* A loop, its newest snapshot, and everything that a fresh run of the same task has: n values and a loss an epoch. */
typedef struct
{
  EwLoop *loop;
  EwSnapshot *last;
  guint64 sent;
  EwProblem *problem;
  EwKernel *start;
  int n;
  GArray *params;
  GArray *losses;
} Client;

static void
record (guint64 epoch, double loss, const double *params, gpointer data)
{
  Client *c = data;

  g_array_set_size (c->params, (guint)(epoch * (guint64)c->n));
  g_array_set_size (c->losses, (guint)epoch);
  g_array_append_vals (c->params, params, (guint)c->n);
  g_array_append_val (c->losses, loss);
}

/* The fresh run, to @epochs, in one go. */
static void
run_fresh (Client *c, int epochs)
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  g_autoptr (EwDevices) devices = ew_devices_new (backends, 1, 1);
  g_autoptr (EwTrainer) trainer = ew_trainer_new (devices, c->problem, c->start, EW_LOSS_SUM, 0, NULL, NULL);
  double limit;

  ew_trainer_set_endless (trainer, TRUE);
  g_assert_true (ew_trainer_rate_limit (trainer, &limit, NULL, NULL));
  ew_trainer_set_rate (trainer, EW_RATE_SHARE * limit);
  record (0, NAN, ew_trainer_params (trainer), c);
  g_assert_true (ew_trainer_run (trainer, epochs, record, c, NULL, NULL));
}

static void
client_open (Client *c, guint64 seed, int side, int kh, int kw, int epochs)
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  EwRandom random = seed;
  EwGrid *x = random_grid (&random, side, side, 0, 1);
  g_autoptr (EwKernel) teacher = random_kernel (&random, kh, kw, -1, 1);
  EwTask task = { .n_samples = 1, .epoch_limit = (guint64)epochs, .endless = TRUE, .has_bias = TRUE, .run = TRUE };

  *c = (Client){ .loop = ew_loop_new (ew_devices_new (backends, 1, 2), NULL, NULL) };
  c->problem = problem_of_pair (x, reference_output (x, teacher), kh, kw, TRUE);
  c->start = random_kernel (&random, kh, kw, 0, 1);
  c->start->bias = 0;
  c->n = c->problem->n_params;
  c->params = g_array_new (FALSE, FALSE, sizeof (double));
  c->losses = g_array_new (FALSE, FALSE, sizeof (double));
  task.x = &c->problem->samples[0].x;
  task.y = &c->problem->samples[0].y;
  task.start = c->start;
  c->sent = ew_loop_set_task (c->loop, &task, NULL);
  run_fresh (c, epochs);
}

static void
client_close (Client *c)
{
  ew_loop_free (c->loop);
  ew_snapshot_unref (c->last);
  ew_problem_unref (c->problem);
  ew_kernel_unref (c->start);
  g_array_unref (c->params);
  g_array_unref (c->losses);
}

/* What is shown of an epoch is what the fresh run had, or near it where it says so. */
static void
check (const Client *c, const EwSnapshot *s)
{
  const double *expected = &g_array_index (c->params, double, s->shown_epoch * (guint64)c->n);
  double loss = g_array_index (c->losses, double, s->shown_epoch);

  g_assert_true (s->past || s->shown_epoch == s->epoch);
  g_assert_cmpuint (s->shown_epoch, <, c->losses->len);
  for (int k = 0; k < c->n && !g_test_failed (); k++)
    {
      double value = k + 1 < c->n ? s->kernel->taps[k] : s->kernel->bias;

      if (s->shown_exact)
        g_assert_cmpfloat (value, ==, expected[k]);
      else
        g_assert_cmpfloat_with_epsilon (value, expected[k], 1e-11);
    }
  g_assert_true (s->shown_epoch == 0 ? isnan (s->loss)
                                     : fabs (s->loss - loss) <= (s->shown_exact ? 0 : 1e-11 * (1 + loss)));
}

typedef gboolean (*Condition) (const EwSnapshot *s);

/* Until a snapshot that reflects all that was sent fulfils the condition; every one on the way is checked where the
 * weights have not been set by hand. */
static const EwSnapshot *
wait_for (Client *c, Condition condition, gboolean same)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  for (;;)
    {
      EwSnapshot *snapshot = ew_loop_take_snapshot (c->loop);

      if (snapshot != NULL)
        {
          ew_snapshot_unref (c->last);
          c->last = snapshot;
          if (same && snapshot->kernel != NULL && snapshot->state != EW_RUN_PREPARING && !g_test_failed ())
            check (c, snapshot);
          if (snapshot->generation >= c->sent && snapshot->state != EW_RUN_PREPARING && condition (snapshot))
            return snapshot;
        }
      else
        g_usleep (200);
      if (g_get_monotonic_time () > end)
        g_error ("nothing came in two minutes");
    }
}

static gboolean
all_done (const EwSnapshot *s)
{
  return s->state == EW_RUN_PAUSED && s->stop == EW_STOP_EPOCHS;
}

static gboolean
arrived (const EwSnapshot *s)
{
  return s->state == EW_RUN_PAUSED && s->shown_epoch == s->asked_epoch && s->shown_exact && !s->rebuilding;
}

static gboolean
standing (const EwSnapshot *s)
{
  return arrived (s) && s->playing == 0;
}

static gboolean
live (const EwSnapshot *s)
{
  return !s->past && !s->rebuilding;
}

/* Any epoch, in any order, many at once: the last one asked for is what comes, exactly. */
static void
test_show (void)
{
  static const struct
  {
    int side, kh, kw, epochs;
  } cases[] = { { 8, 1, 2, 70000 }, { 100, 3, 3, 200000 }, { 80, 7, 5, 20000 } };

  for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      EwRandom random = 3 + k;
      Client c;

      client_open (&c, k + 1, cases[k].side, cases[k].kh, cases[k].kw, cases[k].epochs);
      wait_for (&c, all_done, TRUE);
      for (int round = 0; round < 60 && !g_test_failed (); round++)
        {
          guint64 epoch = 0;

          for (int burst = random_int (&random, 1, 5); burst > 0; burst--)
            {
              epoch = (guint64)random_int (&random, 0, cases[k].epochs);
              c.sent = ew_loop_show_epoch (c.loop, epoch);
            }
          wait_for (&c, arrived, TRUE);
          g_assert_cmpuint (c.last->shown_epoch, ==, epoch);
          g_assert_cmpuint (c.last->epoch, ==, (guint64)cases[k].epochs);
          g_assert_true (c.last->past == (epoch < (guint64)cases[k].epochs));
          g_assert_cmpuint (c.last->curves->last_epoch, ==, (guint64)cases[k].epochs);
        }
      /* The output is that of the weights shown. */
      c.sent = ew_loop_show_epoch (c.loop, 0);
      wait_for (&c, arrived, TRUE);
      g_assert_true (ew_kernel_equal (c.last->kernel, c.start));
      c.sent = ew_loop_show_epoch (c.loop, G_MAXUINT64);
      wait_for (&c, live, TRUE);
      client_close (&c);
    }
}

/* The curves of a history that was given these epochs. */
static void
check_curves (const Client *c, const EwCurves *curves, guint64 epochs)
{
  g_autoptr (EwHistory) history = ew_history_new (c->n);
  size_t bytes;

  for (guint64 e = 1; e <= epochs; e++)
    ew_history_add (history, e, g_array_index (c->losses, double, e),
                    &g_array_index (c->params, double, e * (guint64)c->n));

  g_autoptr (EwCurves) expected = ew_history_curves (history);

  bytes = (size_t)expected->n_points * sizeof (double);
  g_assert_cmpint (curves->n_points, ==, expected->n_points);
  g_assert_cmpuint (curves->last_epoch, ==, epochs);
  if (g_test_failed ())
    return;
  g_assert_cmpmem (curves->starts, bytes, expected->starts, bytes);
  g_assert_cmpmem (curves->loss_min, bytes, expected->loss_min, bytes);
  g_assert_cmpmem (curves->loss_max, bytes, expected->loss_max, bytes);
  bytes = (size_t)c->n * (size_t)expected->n_points * sizeof (float);
  g_assert_cmpmem (curves->weight_min, bytes, expected->weight_min, bytes);
  g_assert_cmpmem (curves->weight_max, bytes, expected->weight_max, bytes);
}

/* Going on from an epoch gives the same epochs again, and the curves of a run that has never been further. */
static void
test_branch (void)
{
  static const guint64 epochs[] = { 149990, 90000, 80123, 40000, 5000, 4096, 17, 0 };
  Client c;

  client_open (&c, 9, 100, 3, 3, 150000);
  wait_for (&c, all_done, TRUE);
  for (guint k = 0; k < G_N_ELEMENTS (epochs) && !g_test_failed (); k++)
    {
      ew_loop_show_epoch (c.loop, epochs[k]);
      c.sent = ew_loop_branch (c.loop);
      wait_for (&c, live, TRUE);
      g_assert_cmpuint (c.last->epoch, ==, epochs[k]);
      g_assert_cmpint (c.last->state, ==, EW_RUN_PAUSED);
      check_curves (&c, c.last->curves, epochs[k]);
      c.sent = ew_loop_step (c.loop, 3);
      wait_for (&c, live, TRUE);
      while (c.last->epoch < epochs[k] + 3)
        wait_for (&c, live, TRUE);
      check_curves (&c, c.last->curves, epochs[k] + 3);
    }
  /* All the way once more. */
  c.sent = ew_loop_start (c.loop);
  wait_for (&c, all_done, TRUE);
  check_curves (&c, c.last->curves, 150000);
  /* Learning on forgets that an epoch was looked at. */
  ew_loop_show_epoch (c.loop, 10);
  ew_loop_set_epoch_limit (c.loop, 0);
  c.sent = ew_loop_start (c.loop);
  wait_for (&c, live, FALSE);
  g_assert_cmpuint (c.last->epoch, >=, 150000);
  client_close (&c);
}

/* Weights set while an earlier epoch is shown are set there. */
static void
test_edit (void)
{
  g_autoptr (EwKernel) edited = NULL;
  Client c;

  client_open (&c, 5, 150, 2, 2, 90000);
  wait_for (&c, all_done, TRUE);
  edited = ew_kernel_copy (c.start);
  edited->taps[1] = 7;
  ew_loop_show_epoch (c.loop, 2345);
  c.sent = ew_loop_set_kernel (c.loop, edited);
  wait_for (&c, live, FALSE);
  g_assert_cmpuint (c.last->epoch, ==, 2345);
  g_assert_true (ew_kernel_equal (c.last->kernel, edited));
  g_assert_cmpuint (c.last->curves->last_epoch, ==, 2345);
  c.sent = ew_loop_step (c.loop, 1000);
  do
    wait_for (&c, live, FALSE);
  while (c.last->epoch < 3345);
  /* Before the edit it is the run that it was; the edit is where it was made. */
  c.sent = ew_loop_show_epoch (c.loop, 2345);
  wait_for (&c, arrived, FALSE);
  g_assert_true (ew_kernel_equal (c.last->kernel, edited));
  c.sent = ew_loop_show_epoch (c.loop, 2344);
  wait_for (&c, arrived, FALSE);
  check (&c, c.last);
  client_close (&c);
}

/* There and back again by itself, in order. */
static void
test_play (void)
{
  static const double speeds[] = { INFINITY, -INFINITY, 60000 };
  Client c;

  client_open (&c, 2, 100, 3, 3, 30000);
  wait_for (&c, all_done, TRUE);
  c.sent = ew_loop_play (c.loop, -500000);
  wait_for (&c, standing, TRUE);
  g_assert_cmpuint (c.last->shown_epoch, ==, 0);
  for (guint k = 0; k < G_N_ELEMENTS (speeds) && !g_test_failed (); k++)
    {
      guint64 before = speeds[k] > 0 ? 0 : 30000;
      int steps = 0;

      c.sent = ew_loop_play (c.loop, speeds[k]);
      do
        {
          wait_for (&c, arrived, TRUE);
          steps += c.last->shown_epoch != before;
          if (speeds[k] > 0)
            g_assert_cmpuint (c.last->shown_epoch, >=, before);
          else
            g_assert_cmpuint (c.last->shown_epoch, <=, before);
          before = c.last->shown_epoch;
        }
      while (c.last->playing != 0);
      g_assert_cmpuint (before, ==, speeds[k] > 0 ? 30000 : 0);
      g_assert_cmpint (steps, >, 4);
    }
  /* In slow motion, until it is stopped. */
  c.sent = ew_loop_play (c.loop, 200);
  do
    wait_for (&c, arrived, TRUE);
  while (c.last->shown_epoch < 20);
  c.sent = ew_loop_play (c.loop, 0);
  wait_for (&c, standing, TRUE);
  g_assert_cmpuint (c.last->shown_epoch, <, 3000);
  client_close (&c);
}

static gboolean
has_reading (const EwSnapshot *s)
{
  return s->reading.kernel != NULL;
}

/* Readings while it learns. */
static void
test_read (void)
{
  EwRandom random = 1;
  Client c;

  client_open (&c, 3, 100, 3, 3, 300000);
  wait_for (&c, live, TRUE);
  for (int k = 0; k < 40 && !g_test_failed (); k++)
    {
      /* The first snapshot may come before the first epoch. */
      guint64 epoch = c.last->epoch == 0 ? 0 : (guint64)random_int (&random, 0, (int)c.last->epoch);

      c.sent = ew_loop_read_epoch (c.loop, epoch);
      do
        wait_for (&c, has_reading, TRUE);
      while (c.last->reading.epoch != epoch);
      g_assert_true (c.last->reading.exact);
      g_assert_true (epoch == 0 || c.last->reading.loss == g_array_index (c.losses, double, epoch));
      for (int i = 0; i < c.n - 1; i++)
        g_assert_cmpfloat (c.last->reading.kernel->taps[i], ==,
                           g_array_index (c.params, double, epoch * (guint64)c.n + (guint64)i));
    }
  client_close (&c);
}

/* What is handed out, on the loop's thread. */
typedef struct
{
  const Client *client;
  GArray *epochs;
  atomic_int wrong;
  atomic_int ended; /* 1: well; 2: not */
} Handed;

static void
take_row (guint64 epoch, double loss, const double *params, gpointer data)
{
  Handed *handed = data;
  const Client *c = handed->client;

  g_array_append_val (handed->epochs, epoch);
  if (loss != g_array_index (c->losses, double, epoch)
      || memcmp (params, &g_array_index (c->params, double, epoch * (guint64)c->n), (size_t)c->n * sizeof (double)) != 0)
    atomic_fetch_add (&handed->wrong, 1);
}

static void
take_end (const GError *error, gpointer data)
{
  atomic_store (&((Handed *)data)->ended, error == NULL ? 1 : 2);
}

static int
wait_for_end (Handed *handed)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (atomic_load (&handed->ended) == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (200);
    }
  return atomic_load (&handed->ended);
}

static void
hand_out (Client *c, Handed *handed, guint64 first, guint64 last, guint64 rows)
{
  EwExport request = { .first = first, .last = last, .rows = rows, .row = take_row, .done = take_end, .data = handed };

  *handed = (Handed){ .client = c, .epochs = g_array_new (FALSE, FALSE, sizeof (guint64)) };
  c->sent = ew_loop_export (c->loop, &request);
}

static void
test_export (void)
{
  static const struct
  {
    guint64 first, last, rows;
  } cases[] = { { 1, G_MAXUINT64, 0 }, { 1, G_MAXUINT64, 1000 }, { 1, G_MAXUINT64, 2 }, { 70000, 70100, 0 },
                { 140000, G_MAXUINT64, 7 }, { 5, 5, 1 } };
  Client c;

  client_open (&c, 6, 100, 3, 3, 150000);
  wait_for (&c, all_done, TRUE);
  for (guint k = 0; k < G_N_ELEMENTS (cases) && !g_test_failed (); k++)
    {
      guint64 last = MIN (cases[k].last, 150000);
      guint64 n = last - cases[k].first + 1;
      Handed handed;

      hand_out (&c, &handed, cases[k].first, cases[k].last, cases[k].rows);
      g_assert_cmpint (wait_for_end (&handed), ==, 1);
      g_assert_cmpint (atomic_load (&handed.wrong), ==, 0);
      g_assert_cmpuint (g_array_index (handed.epochs, guint64, 0), ==, cases[k].first);
      g_assert_cmpuint (g_array_index (handed.epochs, guint64, handed.epochs->len - 1), ==, last);
      if (cases[k].rows < 2 || cases[k].rows >= n)
        g_assert_cmpuint (handed.epochs->len, ==, n);
      else
        {
          g_assert_cmpuint (handed.epochs->len, <=, cases[k].rows);
          g_assert_cmpuint (2 * handed.epochs->len, >=, cases[k].rows);
        }
      for (guint e = 1; e < handed.epochs->len; e++)
        g_assert_cmpuint (g_array_index (handed.epochs, guint64, e), >, g_array_index (handed.epochs, guint64, e - 1));
      g_array_unref (handed.epochs);
    }
  client_close (&c);
}

/* A run that goes away ends what is being handed out, and so does the loop. */
static void
test_export_ends (void)
{
  Client c;

  for (int how = 0; how < 4; how++)
    {
      Handed handed;
      Handed second = { 0 };

      client_open (&c, 6, 100, 3, 3, 100000);
      wait_for (&c, all_done, TRUE);
      hand_out (&c, &handed, 1, G_MAXUINT64, 0);
      if (how == 0)
        c.sent = ew_loop_reset (c.loop);
      if (how == 1)
        {
          ew_loop_show_epoch (c.loop, 50000);
          c.sent = ew_loop_branch (c.loop);
        }
      if (how == 2)
        {
          hand_out (&c, &second, 1, 10, 0);
          g_assert_cmpint (wait_for_end (&second), ==, 1);
          g_array_unref (second.epochs);
        }
      client_close (&c);
      /* It may have been through before the command came. */
      g_assert_cmpint (wait_for_end (&handed), >=, 1);
      g_array_unref (handed.epochs);
    }
}

/* All commands in any order, while it trains; what is shown is always right. */
static void
test_any_order (void)
{
  EwRandom random = 77;
  Client c;

  client_open (&c, 4, 100, 3, 3, 40000);
  for (int k = 0; k < 400 && !g_test_failed (); k++)
    {
      guint64 epoch = (guint64)random_int (&random, 0, 40000);

      switch (random_int (&random, 0, 8))
        {
        case 0:
          c.sent = ew_loop_start (c.loop);
          break;
        case 1:
          c.sent = ew_loop_pause (c.loop);
          break;
        case 2:
          c.sent = ew_loop_play (c.loop, (double)random_int (&random, -100000, 100000));
          break;
        case 3:
          c.sent = ew_loop_branch (c.loop);
          break;
        case 4:
          c.sent = ew_loop_read_epoch (c.loop, epoch);
          break;
        case 5:
          c.sent = random_int (&random, 0, 9) == 0 ? ew_loop_reset (c.loop) : ew_loop_step (c.loop, 1);
          break;
        default:
          c.sent = ew_loop_show_epoch (c.loop, epoch % (c.last == NULL ? 1 : c.last->epoch + 1));
          break;
        }
      /* Never beyond what the fresh run has. */
      c.sent = ew_loop_set_epoch_limit (c.loop, 40000);
      g_usleep ((gulong)random_int (&random, 0, 3000));

      EwSnapshot *snapshot = ew_loop_take_snapshot (c.loop);

      if (snapshot == NULL)
        continue;
      ew_snapshot_unref (c.last);
      c.last = snapshot;
      if (snapshot->kernel != NULL && snapshot->state != EW_RUN_PREPARING && snapshot->epoch < c.losses->len)
        check (&c, snapshot);
    }
  client_close (&c);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/past/show", test_show);
  g_test_add_func ("/past/branch", test_branch);
  g_test_add_func ("/past/edit", test_edit);
  g_test_add_func ("/past/play", test_play);
  g_test_add_func ("/past/read", test_read);
  g_test_add_func ("/past/export", test_export);
  g_test_add_func ("/past/export-ends", test_export_ends);
  g_test_add_func ("/past/any-order", test_any_order);
  return g_test_run ();
}
