/* Not a test: what training costs beyond a single step, on the CPU and all cores: epochs on a Gram matrix, setting one up,
 * and whole runs from data in memory to weights. Prints a line for each: its name, the median and the minimum in seconds.
 *
 *   bench-epochs [THREADS]    default all cores
 *
 * tests/bench-training makes a table of it, with PyTorch beside it. */
#include "app/golden.h"
#include "engine/random.h"
#include "engine/trainer.h"
#include "engine/quadratic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS_MAX 64

typedef struct
{
  EwDevices *devices;
  EwDevice *cpu;
} Bench;

/* What is to be timed; for a batch of @times of them. */
typedef void (*Work) (gpointer data, int times);

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;

  return (x > y) - (x < y);
}

static void
print (const char *name, double *seconds, int n)
{
  qsort (seconds, (size_t)n, sizeof (double), compare);
  printf ("%s\t%.6g\t%.6g\n", name, (seconds[(n - 1) / 2] + seconds[n / 2]) / 2, seconds[0]);
  fflush (stdout);
}

static double
seconds_of (Work work, gpointer data, int times)
{
  double begin = now ();

  work (data, times);
  return (now () - begin) / times;
}

/* After a first time that does not count. */
static void
measure (const char *name, Work work, gpointer data, int times, int rounds)
{
  double seconds[ROUNDS_MAX];

  work (data, times);
  for (int r = 0; r < rounds; r++)
    seconds[r] = seconds_of (work, data, times);
  print (name, seconds, rounds);
}

static void
die (GError *error)
{
  fprintf (stderr, "bench-epochs: %s\n", error->message);
  exit (EXIT_FAILURE);
}

/* --- data */

/* A smooth picture with noise on it, and what a kernel of random weights makes of it. */
static EwSample
draw (Bench *bench, int side, int kernel_side)
{
  EwRandom random = 7;
  g_autoptr (EwKernel) teacher = ew_kernel_new_initial (kernel_side, kernel_side, EW_INIT_PYTORCH, 3, NULL);
  int out = side - kernel_side + 1;
  EwSample sample = { ew_grid_new (side, side, NULL), ew_grid_new (out, out, NULL) };
  GError *error = NULL;
  EwGeometry g;

  ew_geometry_init_valid (&g, kernel_side, kernel_side);
  for (int i = 0; i < side; i++)
    for (int j = 0; j < side; j++)
      ew_grid_row (sample.x, i)[j] = (float)(((i / 64 + j / 48) % 5) / 8.0 + ew_random_uniform (&random) / 3);
  if (!ew_devices_correlate (bench->devices, sample.x, teacher, &g, EW_METHOD_DIRECT, sample.y, NULL, &error))
    die (error);
  return sample;
}

static EwProblem *
problem_of (const EwSample *sample, int kernel_height, int kernel_width)
{
  GError *error = NULL;
  EwGeometry g;
  EwProblem *problem;

  ew_geometry_init_valid (&g, kernel_height, kernel_width);
  problem = ew_problem_new (sample, 1, &g, FALSE, &error);
  if (problem == NULL)
    die (error);
  return problem;
}

static void
clear (EwSample *sample)
{
  ew_grid_unref (sample->x);
  ew_grid_unref (sample->y);
}

/* --- epochs on a Gram matrix */

typedef struct
{
  EwQuadratic *quadratic;
  EwTrainer *trainer;
  double *params;
  double *losses;
} Epochs;

static void
descend (gpointer data, int times)
{
  Epochs *e = data;
  EwDescent descent = { .epochs = times, .step = 1e-9, .diverged_above = G_MAXDOUBLE, .params = e->params };

  descent.losses = e->losses;
  ew_quadratic_descend (e->quadratic, &descent);
}

static void
train (gpointer data, int times)
{
  const Epochs *e = data;

  ew_trainer_run (e->trainer, times, NULL, NULL, NULL, NULL);
}

static void
measure_epochs (Bench *bench, int kernel_side)
{
  EwSample sample = draw (bench, 256, kernel_side);
  g_autoptr (EwProblem) problem = problem_of (&sample, kernel_side, kernel_side);
  g_autoptr (EwKernel) start = ew_kernel_new_initial (kernel_side, kernel_side, EW_INIT_UNIFORM, 1, NULL);
  EwLoaded *loaded = ew_devices_load (bench->devices, bench->cpu, problem, NULL, NULL);
  g_autoptr (EwGram) gram = loaded->device->backend->gram (loaded, NULL, NULL);
  int times = kernel_side < 5 ? 200000 : 20000;
  g_autofree double *params = g_memdup2 (start->taps, (size_t)problem->n_params * sizeof (double));
  g_autofree double *losses = g_new (double, times);
  Epochs e = { ew_quadratic_new (gram, NULL), NULL, params, losses };
  g_autofree char *name = g_strdup_printf ("epoch %d", kernel_side);
  g_autofree char *of_trainer = g_strdup_printf ("trainer's epoch %d", kernel_side);

  measure (name, descend, &e, times, 15);
  /* So slowly that it never comes to rest. */
  e.trainer = ew_trainer_new (bench->devices, problem, start, EW_LOSS_SUM, 1e-9, NULL, NULL);
  ew_trainer_set_method (e.trainer, EW_TRAINER_GRAM);
  measure (of_trainer, train, &e, times, 15);
  ew_trainer_free (e.trainer);
  ew_quadratic_free (e.quadratic);
  ew_devices_unload (bench->devices, loaded);
  clear (&sample);
}

/* --- whole runs */

typedef struct
{
  Bench *bench;
  const EwSample *sample; /* NULL: the problem is there */
  EwProblem *problem;
  const EwKernel *start;
  double rate; /* 0: nine tenths of the limit, which is found out */
  int epochs;
  double first; /* of the weights that came out */
} Run;

static void
run_once (Run *run)
{
  EwProblem *problem = run->problem != NULL ? ew_problem_ref (run->problem)
                                            : problem_of (run->sample, run->start->height, run->start->width);
  EwTrainer *trainer = ew_trainer_new (run->bench->devices, problem, run->start, EW_LOSS_SUM, run->rate, NULL, NULL);
  GError *error = NULL;
  double limit;

  if (trainer != NULL && run->rate == 0)
    {
      if (!ew_trainer_rate_limit (trainer, &limit, NULL, &error))
        die (error);
      ew_trainer_set_rate (trainer, 0.9 * limit);
    }
  if (trainer == NULL || !ew_trainer_run (trainer, run->epochs, NULL, NULL, NULL, &error))
    die (error);
  run->first = ew_trainer_params (trainer)[0];
  ew_trainer_free (trainer);
  ew_problem_unref (problem);
}

static void
run_some (gpointer data, int times)
{
  for (int k = 0; k < times; k++)
    run_once (data);
}

static void
measure_golden (Bench *bench)
{
  g_autoptr (EwGrid) x = ew_golden_edge_image ();
  g_autoptr (EwKernel) kernel = ew_golden_edge_kernel ();
  g_autoptr (EwGrid) y = ew_grid_new (6, 7, NULL);
  g_autoptr (EwKernel) start = ew_golden_start ();
  EwSample sample = { x, y };
  EwGeometry g;

  ew_geometry_init_valid (&g, 1, 2);
  ew_devices_correlate (bench->devices, x, kernel, &g, EW_METHOD_DIRECT, y, NULL, NULL);

  g_autoptr (EwProblem) problem = problem_of (&sample, 1, 2);
  Run run = { bench, NULL, problem, start, EW_GOLDEN_RATE, EW_GOLDEN_EPOCHS, 0 };

  measure ("golden", run_some, &run, 2000, 25);
}

static void
measure_large (Bench *bench)
{
  EwSample sample = draw (bench, 4096, 7);
  g_autoptr (EwProblem) problem = problem_of (&sample, 7, 7);
  g_autoptr (EwKernel) start = ew_kernel_new_initial (7, 7, EW_INIT_UNIFORM, 1, NULL);
  Run run = { bench, NULL, problem, start, 0, 1000, 0 };
  Run whole = { bench, &sample, NULL, start, 0, 1000, 0 };

  measure ("large", run_some, &run, 1, 9);
  measure ("large, checked", run_some, &whole, 1, 9);
  clear (&sample);
}

/* --- setting it up, in fused steps, in turn with them */

static void
measure_set_up (Bench *bench, int side, int kernel_side, int rounds)
{
  EwSample sample = draw (bench, side, kernel_side);
  g_autoptr (EwProblem) problem = problem_of (&sample, kernel_side, kernel_side);
  EwLoaded *loaded = ew_devices_load (bench->devices, bench->cpu, problem, NULL, NULL);
  const EwBackend *backend = loaded->device->backend;
  g_autofree double *params = g_new0 (double, problem->n_params);
  g_autofree double *gradient = g_new0 (double, problem->n_params);
  double steps[ROUNDS_MAX], grams[ROUNDS_MAX], exact[ROUNDS_MAX];
  const char *names[] = { "step", "gram", "exact" };
  double *seconds[] = { steps, grams, exact };

  for (int r = -1; r < rounds; r++)
    {
      double times[4] = { now () };
      double loss;

      for (int k = 0; k < 3; k++)
        backend->evaluate (loaded, params, &loss, gradient, NULL, NULL);
      times[1] = now ();
      ew_gram_unref (backend->gram (loaded, NULL, NULL));
      times[2] = now ();
      backend->evaluate_exactly (loaded, params, &loss, gradient, NULL, NULL);
      times[3] = now ();
      for (int k = 0; r >= 0 && k < 3; k++)
        seconds[k][r] = (times[k + 1] - times[k]) / (k == 0 ? 3 : 1);
    }
  for (int k = 0; k < 3; k++)
    {
      g_autofree char *name = g_strdup_printf ("%s %d %d", names[k], side, kernel_side);

      print (name, seconds[k], rounds);
    }
  ew_devices_unload (bench->devices, loaded);
  clear (&sample);
}

int
main (int argc, char *argv[])
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  GError *error = NULL;
  Bench bench = { ew_devices_new (backends, 1, argc > 1 ? CLAMP (atoi (argv[1]), 1, 1024) : 0), NULL };

  bench.cpu = ew_devices_pick (bench.devices, NULL, 0, &error);
  if (bench.cpu == NULL)
    die (error);
  measure_epochs (&bench, 3);
  measure_epochs (&bench, 7);
  measure_epochs (&bench, 11);
  measure_golden (&bench);
  measure_set_up (&bench, 1024, 7, 25);
  measure_set_up (&bench, 1024, 11, 25);
  measure_set_up (&bench, 4096, 7, 9);
  measure_set_up (&bench, 4096, 11, 7);
  measure_large (&bench);
  ew_devices_free (bench.devices);
  return EXIT_SUCCESS;
}
