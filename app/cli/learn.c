/* edgewise-cli learn: the kernel between two images. */
#include "app/cli/cli.h"
#include "app/cli/history-file.h"
#include "app/cli/learn-options.h"
#include "app/cli/learn-output.h"
#include "app/cli/train.h"
#include "app/files/write.h"
#include "engine/trainer.h"

#include <math.h>

/* The automatic rate's share of the limit. */
#define RATE_SHARE 0.9

typedef struct
{
  const EwLearnOptions *options;
  int n_taps;
  gint64 last; /* the last epoch, which is printed in any case */
  EwHistoryFile *history;
} Run;

static void
on_epoch (guint64 epoch, double loss, const double *params, gpointer data)
{
  Run *run = data;
  const EwLearnOptions *o = run->options;

  if (run->history != NULL)
    ew_history_file_add (run->history, epoch, loss, params);
  if ((gint64)epoch % o->log_every != 0 && (gint64)epoch != run->last)
    return;
  if (o->json)
    ew_learn_print_json (epoch, loss, params, run->n_taps, o->has_bias);
  else
    ew_learn_print_text (epoch, loss, params, run->n_taps, o->has_bias);
}

static EwProblem *
read_problem (const EwLearnOptions *o, GError **error)
{
  g_autoptr (EwGrid) x = ew_cli_read_grid (o->input, error);
  g_autoptr (EwGrid) y = x == NULL ? NULL : ew_cli_read_grid (o->target, error);
  EwSample sample = { x, y };

  if (y == NULL)
    return NULL;
  EwProblem *problem = ew_problem_new (&sample, 1, &o->geometry, o->has_bias, error);

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
write_results (Run *run, EwTrainer *trainer, GError **error)
{
  g_autoptr (EwKernel) kernel = ew_trainer_kernel (trainer);
  const char *output = run->options->output;

  if (run->history != NULL && !ew_history_file_finish (run->history, error))
    return FALSE;
  /* The curve of a run that diverged is worth a look; its kernel is not. */
  if (ew_trainer_state (trainer) == EW_TRAINER_DIVERGED)
    return fail_diverged (trainer, error);
  if (output == NULL || ew_kernel_write (output, kernel, error))
    return TRUE;
  g_prefix_error (error, "%s: ", output);
  return FALSE;
}

gboolean
ew_cli_learn (char *const *arguments, GError **error)
{
  EwLearnOptions o;
  g_autoptr (EwDevices) devices = NULL;
  g_autoptr (EwProblem) problem = NULL;
  g_autoptr (EwKernel) start = NULL;
  g_autoptr (EwHistoryFile) history = NULL;
  g_autoptr (EwTrainer) trainer = NULL;

  if (!ew_learn_options_parse (&o, arguments, error)
      || (devices = ew_cli_devices_new (o.device, o.threads, error)) == NULL
      || (start = start_values (&o, error)) == NULL || (problem = read_problem (&o, error)) == NULL)
    return FALSE;
  trainer = ew_trainer_new (devices, problem, start, o.loss, o.rate, &ew_cli_interrupted, error);
  if (trainer == NULL)
    return FALSE;
  ew_trainer_set_method (trainer, o.method);
  if (!settle_rate (&o, trainer, error))
    return FALSE;

  Run run = { .options = &o, .n_taps = ew_kernel_n_taps (start), .last = o.epochs };

  if (o.history != NULL && (history = ew_history_file_new (o.history, run.n_taps, o.has_bias, error)) == NULL)
    return FALSE;
  run.history = history;
  return ew_cli_train (trainer, o.epochs, on_epoch, &run, error) && write_results (&run, trainer, error);
}
