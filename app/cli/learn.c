/* edgewise-cli learn: the kernel between two images. */
#include "app/cli/cli.h"
#include "app/files/json.h"
#include "app/cli/learn-run.h"
#include "app/files/replace.h"
#include "app/files/write.h"

#include <math.h>

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

/* A file's name, or one channel's. */
static char *
path_of (const EwLearnRun *run, const char *path)
{
  return run->source.channel < 0 ? g_strdup (path) : ew_channels_path (path, run->source.channel);
}

static gboolean
open_history (EwLearnRun *run, GError **error)
{
  g_autofree char *path = NULL;

  if (run->options->history == NULL)
    return TRUE;
  path = path_of (run, run->options->history);
  run->history = ew_history_file_new (path, run->n_taps, run->has_bias, error);
  return run->history != NULL;
}

/* One kernel: all channels', or that of @channel. Its weights come to *kernel, its report to @json. */
static gboolean
learn_one (EwLearnOptions *o, const EwPairNames *names, EwDevices *devices, const EwKernel *start, int channel,
           EwKernel **kernel, GString *json, GError **error)
{
  g_auto (EwLearnRun) run = { .options = o, .rate_limit = NAN, .stop = "epochs" };
  g_autoptr (GError) cause = NULL;

  ew_learn_source_init (&run.source, o, names, channel);
  run.devices = devices;
  run.n_taps = o->kernel_height * o->kernel_width;
  run.last = o->epochs;
  if (!ew_learn_run_read (&run, error) || !open_history (&run, error))
    return FALSE;

  gboolean done = o->how.jpeg ? ew_learn_run_jpeg (&run, &cause) : ew_learn_run_descend (&run, start, &cause);

  /* The curve of a run that diverged is worth a look; its kernel is not. */
  if (run.history != NULL && (done || g_error_matches (cause, EW_ERROR, EW_ERROR_DIVERGED))
      && !ew_history_file_finish (run.history, error))
    return FALSE;
  if (!done)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  *kernel = ew_kernel_new_from_taps (o->kernel_height, o->kernel_width, run.params, 0, error);
  return *kernel != NULL && ew_learn_run_report (&run, json, error);
}

static gboolean
write_report (const char *path, const GString *json, GError **error)
{
  g_autoptr (EwReplacement) file = path == NULL ? NULL : ew_replacement_new (path, error);

  if (path == NULL)
    return TRUE;
  if (file != NULL)
    fprintf (ew_replacement_stream (file), "%s\n", json->str);
  if (file != NULL && ew_replacement_commit (file, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

static gboolean
write_kernel (const char *output, EwKernel *kernel, int channel, GError **error)
{
  g_autofree char *path = NULL;

  if (output == NULL)
    return TRUE;
  path = channel < 0 ? g_strdup (output) : ew_channels_path (output, channel);
  if (ew_kernel_write (path, kernel, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

/* A kernel for each channel; nothing is written unless all have been learned. */
static gboolean
learn_each (EwLearnOptions *o, const EwPairNames *names, EwDevices *devices, const EwKernel *start, GError **error)
{
  EwKernel *kernels[EW_N_CHANNELS] = { NULL };
  g_autoptr (GString) json = g_string_new ("{\"channels\":{");
  gboolean good = TRUE;

  for (int channel = 0; good && channel < EW_N_CHANNELS; channel++)
    {
      g_autoptr (GString) one = g_string_new (NULL);

      good = learn_one (o, names, devices, start, channel, &kernels[channel], one, error);
      ew_json_name (json, ew_channel_names[channel]);
      g_string_append (json, one->str);
    }
  g_string_append (json, "}}");
  good = good && write_report (o->report, json, error);
  for (int channel = 0; good && channel < EW_N_CHANNELS; channel++)
    good = write_kernel (o->output, kernels[channel], channel, error);
  for (int channel = 0; channel < EW_N_CHANNELS; channel++)
    g_clear_pointer (&kernels[channel], ew_kernel_unref);
  return good;
}

gboolean
ew_cli_learn (char *const *arguments, GError **error)
{
  g_auto (EwLearnOptions) o = { 0 };
  g_autoptr (EwPairNames) names = NULL;
  g_autoptr (EwDevices) devices = NULL;
  g_autoptr (EwKernel) start = NULL;
  g_autoptr (EwKernel) kernel = NULL;
  g_autoptr (GString) json = g_string_new (NULL);

  if (!ew_learn_options_parse (&o, arguments, error)
      || (devices = ew_cli_devices_new (o.device, o.threads, error)) == NULL
      || (start = start_values (&o, error)) == NULL || (names = ew_learn_source_names (&o, error)) == NULL)
    return FALSE;
  if (o.channels == EW_CHANNELS_EACH)
    return learn_each (&o, names, devices, start, error);
  return learn_one (&o, names, devices, start, -1, &kernel, json, error) && write_report (o.report, json, error)
         && write_kernel (o.output, kernel, -1, error);
}
