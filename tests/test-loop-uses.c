/* A task whose samples are learned from, held out, or only shown: what the loop makes of each. */
#include "engine/fit.h"
#include "engine/holdout.h"
#include "engine/lapack.h"
#include "engine/loop.h"
#include "engine/reference.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

/* How long a test waits for something that should come at once; sanitizers are slow. */
#define PATIENCE_US (120 * G_USEC_PER_SEC)

#define N_SAMPLES 5

/* Samples of other sizes each, behind one kernel but for what a second one adds. */
typedef struct
{
  EwGrid *x[N_SAMPLES];
  EwGrid *y[N_SAMPLES];
  EwGrid *masks[N_SAMPLES];
  int uses[N_SAMPLES];
  EwKernel *start;
  EwGeometry geometry;
} Data;

static gboolean
has_lapack (void)
{
  g_autoptr (GError) error = NULL;

  if (ew_lapack_available (&error))
    return TRUE;
  g_test_skip (error->message);
  return FALSE;
}

static void
data_init (Data *d, EwRandom *random)
{
  static const int uses[N_SAMPLES] = { EW_USE_SHOW, EW_USE_LEARN, EW_USE_HELD, EW_USE_LEARN, EW_USE_HELD };
  g_autoptr (EwKernel) teacher = random_kernel (random, 3, 2, -1, 1);

  *d = (Data){ .start = random_kernel (random, 3, 2, 0, 1) };
  d->start->bias = 0;
  ew_geometry_init_valid (&d->geometry, 3, 2);
  memcpy (d->uses, uses, sizeof uses);
  for (int s = 0; s < N_SAMPLES; s++)
    {
      d->x[s] = random_grid (random, random_int (random, 9, 20), random_int (random, 9, 30), 0, 1);
      d->y[s] = reference_output (d->x[s], teacher);
      /* The noise tells them apart. */
      for (int i = 0; i < d->y[s]->height; i++)
        for (int j = 0; j < d->y[s]->width; j++)
          ew_grid_row (d->y[s], i)[j] += (float)((0.1 + 0.2 * s) * ew_random_uniform (random));
    }
  /* Some have a mask, others none. */
  d->masks[3] = random_whole_grid (random, d->y[3]->height, d->y[3]->width, 0);
  for (int i = 0; i < d->y[3]->height; i++)
    for (int j = 0; j < d->y[3]->width; j++)
      ew_grid_row (d->masks[3], i)[j] = i % 3 == 0 ? 0 : 1;
}

static void
data_clear (Data *d)
{
  for (int s = 0; s < N_SAMPLES; s++)
    {
      ew_grid_unref (d->x[s]);
      ew_grid_unref (d->y[s]);
      ew_grid_unref (d->masks[s]);
    }
  ew_kernel_unref (d->start);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Data, data_clear)

/* The samples of a use as a problem of their own, made here. */
static EwProblem *
of_use (const Data *d, EwSampleUse use)
{
  EwSample samples[N_SAMPLES];
  int n = 0;

  for (int s = 0; s < N_SAMPLES; s++)
    if (d->uses[s] == (int)use)
      samples[n++] = (EwSample){ d->x[s], d->y[s], d->masks[s] };
  return ew_problem_new (samples, n, &d->geometry, TRUE, NULL);
}

static EwLoop *
open_task (Data *d, double holdout, guint64 *sent)
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  EwLoop *loop = ew_loop_new (ew_devices_new (backends, 1, 2), NULL, NULL);
  EwTask task = { .n_samples = N_SAMPLES, .x = d->x, .y = d->y, .masks = d->masks, .uses = d->uses, .start = d->start,
                  .geometry = d->geometry, .has_bias = TRUE, .holdout = holdout };

  *sent = ew_loop_set_task (loop, &task, NULL);
  return loop;
}

/* The first snapshot that reflects what was sent, with all that is made at rest. */
static EwSnapshot *
settled (EwLoop *loop, guint64 sent, gboolean held)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (g_get_monotonic_time () < end)
    {
      g_autoptr (EwSnapshot) s = ew_loop_take_snapshot (loop);

      if (s != NULL && s->generation >= sent && s->state == EW_RUN_PAUSED && s->optimum != NULL && !isnan (s->rate_limit)
          && (!held || !isnan (s->held_loss)))
        return g_steal_pointer (&s);
      g_usleep (500);
    }
  g_error ("nothing came in two minutes");
}

static double
loss_of (EwProblem *problem, const EwKernel *kernel)
{
  double params[7], loss;

  memcpy (params, kernel->taps, 6 * sizeof (double));
  params[6] = kernel->bias;
  ew_reference_evaluate (problem, params, &loss, NULL);
  return loss;
}

/* The optimum is that of what is learned from alone, and the loss told of the rest is that of what is held out alone. */
static void
test_uses (void)
{
  EwRandom random = 4;

  for (int round = 0; has_lapack () && round < draws (6); round++)
    {
      g_auto (Data) d;
      g_autoptr (EwProblem) learned = NULL;
      g_autoptr (EwProblem) held = NULL;
      guint64 sent;

      data_init (&d, &random);
      learned = of_use (&d, EW_USE_LEARN);
      held = of_use (&d, EW_USE_HELD);

      g_autoptr (EwLoop) loop = open_task (&d, 0, &sent);
      g_autoptr (EwSnapshot) s = settled (loop, sent, TRUE);
      double optimum[7], least;
      const EwBackend *backends[] = { ew_cpu_backend () };
      EwDevices *devices = ew_devices_new (backends, 1, 1);
      g_autoptr (EwQuadratic) q = ew_fit_quadratic (devices, learned, NULL, NULL);
      /* A sum over what is held out is told as over as many residuals as are learned from. */
      double expected = loss_of (held, s->kernel) * (double)learned->n_residuals / (double)held->n_residuals;

      ew_devices_free (devices);
      g_assert_true (ew_quadratic_optimum (q, optimum, &least, NULL, NULL, NULL));
      g_assert_cmpint (s->n_samples, ==, N_SAMPLES);
      g_assert_cmpint (s->whole->n_samples, ==, N_SAMPLES);
      g_assert_cmpint (s->problem->n_samples, ==, 2);
      g_assert_cmpint (s->problem->n_residuals, ==, learned->n_residuals);
      /* Sums of some thousand products in float64 either way, solved with a condition of some hundred. */
      for (int k = 0; k < 6; k++)
        g_assert_cmpfloat_with_epsilon (s->optimum->taps[k], optimum[k], 1e-10);
      g_assert_cmpfloat_with_epsilon (s->optimum_loss, least, 1e-10 * learned->y_squared);
      g_assert_cmpfloat_with_epsilon (s->held_loss, expected, 1e-10 * expected);
    }
}

/* Any sample can be shown, whatever is done with it. */
static void
test_shown (void)
{
  EwRandom random = 5;
  g_auto (Data) d;
  guint64 sent;

  if (!has_lapack ())
    return;
  data_init (&d, &random);

  g_autoptr (EwLoop) loop = open_task (&d, 0, &sent);

  for (int sample = 0; sample < N_SAMPLES; sample++)
    {
      guint64 asked = ew_loop_set_sample (loop, sample);
      g_autoptr (EwSnapshot) s = settled (loop, asked, TRUE);

      g_assert_cmpint (s->sample, ==, sample);
      g_assert_true (s->x == d.x[sample]);
      g_assert_true (s->y == d.y[sample]);
    }
}

/* Rows of what is learned from are held out beside the samples that are as a whole. */
static void
test_rows_too (void)
{
  EwRandom random = 6;
  g_auto (Data) d;
  guint64 sent;

  if (!has_lapack ())
    return;
  data_init (&d, &random);

  g_autoptr (EwLoop) loop = open_task (&d, 0.3, &sent);
  g_autoptr (EwSnapshot) s = settled (loop, sent, TRUE);
  g_autoptr (EwProblem) learned = of_use (&d, EW_USE_LEARN);
  g_autoptr (EwProblem) held = of_use (&d, EW_USE_HELD);
  g_autoptr (EwProblem) train = NULL;
  g_autoptr (EwProblem) rows = NULL;
  double expected;

  g_assert_true (ew_problem_split (learned, 0.3, &train, &rows, NULL));
  expected = (loss_of (held, s->kernel) + loss_of (rows, s->kernel)) * (double)train->n_residuals
             / (double)(held->n_residuals + rows->n_residuals);
  g_assert_cmpfloat_with_epsilon (s->held_loss, expected, 1e-10 * expected);
}

/* Nothing to learn from is refused with a sentence, as any task that cannot be. */
static void
test_nothing (void)
{
  EwRandom random = 7;
  g_auto (Data) d;
  g_autoptr (EwNotice) notice = NULL;
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  guint64 sent;

  data_init (&d, &random);
  for (int s = 0; s < N_SAMPLES; s++)
    d.uses[s] = EW_USE_HELD;

  g_autoptr (EwLoop) loop = open_task (&d, 0, &sent);

  while (notice == NULL && g_get_monotonic_time () < end)
    notice = ew_loop_take_notice (loop);
  g_assert_nonnull (notice);
  g_assert_cmpint (notice->kind, ==, EW_NOTICE_REFUSED);
  g_assert_nonnull (strstr (notice->sentence, "nothing to learn from"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/loop-uses/uses", test_uses);
  g_test_add_func ("/loop-uses/shown", test_shown);
  g_test_add_func ("/loop-uses/rows-too", test_rows_too);
  g_test_add_func ("/loop-uses/nothing", test_nothing);
  return g_test_run ();
}
