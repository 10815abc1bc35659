/* edgewise-cli learn: the kernel between two images. */
#include "app/cli/cli.h"
#include "app/cli/learn-run.h"
#include "app/cli/train.h"
#include "app/files/write.h"
#include "engine/holdout.h"

#include <math.h>

/* The automatic rate's share of the limit. */
#define RATE_SHARE 0.9

/* The problem, after an examination where one was asked for; a correction may bring a bias with it. */
static EwProblem *
read_problem (EwLearnRun *run, EwLearnOptions *o, GError **error)
{
  g_autoptr (EwPicture) before = ew_cli_read_picture (o->input, error);
  g_autoptr (EwPicture) after = before == NULL ? NULL : ew_cli_read_picture (o->target, error);
  g_auto (EwPair) pair = { .geometry = o->geometry, .has_bias = o->has_bias };

  if (after == NULL)
    return NULL;
  pair.x = ew_grid_ref (before->planes[0]);
  pair.y = ew_grid_ref (after->planes[0]);
  if (!ew_learn_run_examine (run, &pair, before->has_colour, after->has_colour, error))
    return NULL;
  o->geometry = pair.geometry;
  o->has_bias = pair.has_bias;

  EwSample sample = { pair.x, pair.y, pair.mask };
  EwProblem *problem = ew_problem_new (&sample, 1, &pair.geometry, pair.has_bias, error);

  if (problem == NULL)
    g_prefix_error (error, "%s: ", o->target);
  return problem;
}

/* What cannot be opened may have been meant as a word. */
static EwKernel *
read_start_values (const char *name, GError **error)
{
  g_autoptr (GError) problem = NULL;
  EwKernel *kernel = ew_cli_read_kernel (name, &problem);

  if (kernel != NULL)
    return kernel;
  if (g_error_matches (problem, EW_ERROR, EW_ERROR_IO) && !g_file_test (name, G_FILE_TEST_EXISTS))
    g_set_error (error, EW_ERROR, EW_ERROR_IO, "%s --init takes uniform, pytorch, zeros, preset:NAME or a file.",
                 problem->message);
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static EwKernel *
start_values (const EwLearnOptions *o, GError **error)
{
  g_autoptr (EwKernel) kernel = NULL;

  if (o->init_file == NULL)
    return ew_kernel_new_initial (o->kernel_height, o->kernel_width, o->init, (guint64)o->seed, error);
  kernel = read_start_values (o->init_file, error);
  if (kernel == NULL || (kernel->height == o->kernel_height && kernel->width == o->kernel_width))
    return g_steal_pointer (&kernel);
  g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
               "%s: the start values are %d×%d and the kernel is %d×%d; they must be "
               "of one size.",
               o->init_file, kernel->height, kernel->width, o->kernel_height, o->kernel_width);
  return NULL;
}

/* Sets the automatic rate, or warns of one that is too large. */
static gboolean
settle_rate (const EwLearnOptions *o, EwTrainer *trainer, GError **error)
{
  char rate[G_ASCII_DTOSTR_BUF_SIZE], limit[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *line = NULL;
  double largest;

  if (!ew_trainer_rate_limit (trainer, &largest, &ew_cli_interrupted, error))
    return FALSE;
  g_ascii_formatd (limit, sizeof limit, "%.6g", largest);
  if (o->rate > 0)
    {
      g_ascii_formatd (rate, sizeof rate, "%.6g", o->rate);
      line = g_strdup_printf ("the rate %s is above the largest stable one, %s; this will diverge.", rate, limit);
      if (o->rate > largest)
        ew_cli_say (line);
      return TRUE;
    }
  /* Where the output does not depend on the weights any rate will do. */
  ew_trainer_set_rate (trainer, isinf (largest) ? 1 : RATE_SHARE * largest);
  g_ascii_formatd (rate, sizeof rate, "%.6g", ew_trainer_rate (trainer));
  line = g_strdup_printf ("the rate is %s, 0.9 of the largest stable one, %s.", rate, limit);
  ew_cli_say (line);
  return TRUE;
}

static gboolean
fail_diverged (EwTrainer *trainer, GError **error)
{
  char rate[G_ASCII_DTOSTR_BUF_SIZE], limit[G_ASCII_DTOSTR_BUF_SIZE];
  double largest = NAN;

  if (!ew_trainer_rate_limit (trainer, &largest, NULL, error))
    return FALSE;
  g_ascii_formatd (rate, sizeof rate, "%.6g", ew_trainer_rate (trainer));
  g_ascii_formatd (limit, sizeof limit, "%.6g", largest);
  g_set_error (error, EW_ERROR, EW_ERROR_DIVERGED,
               "Training diverged after epoch %" G_GUINT64_FORMAT
               " at the rate %s; the largest stable rate here is %s. "
               "No kernel was written.",
               ew_trainer_epoch (trainer), rate, limit);
  return FALSE;
}

static gboolean
write_results (EwLearnRun *run, GError **error)
{
  const EwLearnOptions *o = run->options;
  g_autoptr (EwKernel) kernel = NULL;

  if (!ew_learn_run_report (run, error))
    return FALSE;
  if (o->output == NULL)
    return TRUE;
  kernel = ew_kernel_new_from_taps (o->kernel_height, o->kernel_width, run->params, 0, error);
  if (kernel != NULL && ew_kernel_write (o->output, kernel, error))
    return TRUE;
  g_prefix_error (error, "%s: ", o->output);
  return FALSE;
}

/* Plain gradient descent. */
static gboolean
run_trainer (EwLearnRun *run, const EwKernel *start, GError **error)
{
  const EwLearnOptions *o = run->options;
  g_autoptr (EwTrainer) trainer = ew_trainer_new (run->devices, run->problem, start, o->how.solver.loss, o->rate,
                                                  &ew_cli_interrupted, error);

  if (trainer == NULL)
    return FALSE;
  ew_trainer_set_method (trainer, o->method);
  if (!settle_rate (o, trainer, error) || !ew_trainer_rate_limit (trainer, &run->rate_limit, NULL, error)
      || !ew_cli_train (trainer, o->epochs, ew_learn_run_epoch, run, error))
    return FALSE;
  run->rate = ew_trainer_rate (trainer);
  return ew_trainer_state (trainer) != EW_TRAINER_DIVERGED || fail_diverged (trainer, error);
}

/* Reads all that is needed, and holds rows out. */
static gboolean
prepare (EwLearnRun *run, EwLearnOptions *o, EwKernel **start, GError **error)
{
  g_autoptr (EwProblem) whole = NULL;

  if ((run->devices = ew_cli_devices_new (o->device, o->threads, error)) == NULL
      || (*start = start_values (o, error)) == NULL || (whole = read_problem (run, o, error)) == NULL)
    return FALSE;
  if (o->how.holdout == 0)
    run->problem = g_steal_pointer (&whole);
  else if (!ew_problem_split (whole, o->how.holdout, &run->problem, &run->held, error))
    return FALSE;
  run->params = g_new0 (double, run->problem->n_params);
  return o->history == NULL
         || (run->history = ew_history_file_new (o->history, run->n_taps, o->has_bias, error)) != NULL;
}

gboolean
ew_cli_learn (char *const *arguments, GError **error)
{
  g_auto (EwLearnOptions) o = { 0 };
  g_auto (EwLearnRun) run = { .options = &o, .rate_limit = NAN, .stop = "epochs" };
  g_autoptr (EwKernel) start = NULL;
  g_autoptr (GError) cause = NULL;

  if (!ew_learn_options_parse (&o, arguments, error))
    return FALSE;
  run.n_taps = o.kernel_height * o.kernel_width;
  run.last = o.epochs;
  if (!prepare (&run, &o, &start, error))
    return FALSE;

  gboolean done = o.how.plain ? run_trainer (&run, start, &cause) : ew_learn_run_solver (&run, start, &cause);

  /* The curve of a run that diverged is worth a look; its kernel is not. */
  if (run.history != NULL && (done || g_error_matches (cause, EW_ERROR, EW_ERROR_DIVERGED))
      && !ew_history_file_finish (run.history, error))
    return FALSE;
  if (done)
    return write_results (&run, error);
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}
