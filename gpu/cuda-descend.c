/* Many epochs on a CUDA device, with a round trip only now and then: within one block, or as a graph of launches, or
 * launch by launch. */
#include "gpu/cuda-problem.h"

#include <string.h>

/* Epochs of a graph. */
#define RUN_EPOCHS 16

static gboolean
launch_step (EwCudaLoaded *loaded, GError **error)
{
  int n_params = loaded->base.problem->n_params;
  void *arguments[] = { &loaded->sums,     &loaded->n_taps, &n_params,     &loaded->params,
                        &loaded->progress, &loaded->losses, &loaded->trace };

  return ew_cuda_launch (ew_cuda_device_of (loaded), EW_CUDA_KERNEL_STEP, 1, 0, arguments, error);
}

static gboolean
launch_epochs (EwCudaLoaded *loaded, int epochs, EwCancel *cancel, GError **error)
{
  for (int e = 0; e < epochs; e++)
    if (!ew_cuda_launch_evaluation (loaded, cancel, error) || !launch_step (loaded, error))
      return FALSE;
  return TRUE;
}

/* Records RUN_EPOCHS as a graph. Nothing has been launched when that fails. */
static gboolean
record_run (EwCudaLoaded *loaded)
{
  EwCudaDevice *device = ew_cuda_device_of (loaded);
  const EwCudaDriver *driver = device->driver;
  EwCudaGraph graph = NULL;

  if (driver->capture_begin == NULL
      || driver->capture_begin (device->stream, EW_CUDA_CAPTURE_THREAD) != EW_CUDA_SUCCESS)
    return FALSE;

  gboolean launched = launch_epochs (loaded, RUN_EPOCHS, NULL, NULL);

  /* Ends the capture in any case; after a failure there is no graph. */
  if (driver->capture_end (device->stream, &graph) != EW_CUDA_SUCCESS || graph == NULL)
    return FALSE;
  if (!launched || driver->graph_instantiate (&loaded->run, graph, 0) != EW_CUDA_SUCCESS)
    loaded->run = NULL;
  driver->graph_destroy (graph);
  return loaded->run != NULL;
}

/* Graphs save the host's time between launches; where pieces are waited for, there is none to save. */
static gboolean
has_run (EwCudaLoaded *loaded, int epochs)
{
  if (loaded->run != NULL)
    return TRUE;
  if (loaded->run_refused || epochs < RUN_EPOCHS || loaded->plan.pieces->len > 1 || loaded->streamed)
    return FALSE;
  loaded->run_refused = !record_run (loaded);
  return loaded->run != NULL;
}

static gboolean
launch_chunk (EwCudaLoaded *loaded, int epochs, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = ew_cuda_device_of (loaded);

  if (loaded->small)
    return ew_cuda_launch_small (loaded, epochs, error);
  for (; epochs >= RUN_EPOCHS && has_run (loaded, epochs); epochs -= RUN_EPOCHS)
    if (!ew_cuda_check (device, device->driver->run_launch (loaded->run, device->stream), "Starting work on the device",
                        error))
      return FALSE;
  return launch_epochs (loaded, epochs, cancel, error);
}

/* Reads how far a chunk of @epochs came. */
static gboolean
read_progress (EwCudaLoaded *loaded, int epochs, EwCudaProgress *progress, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = ew_cuda_device_of (loaded);

  if (!ew_cuda_download (device, progress, loaded->progress, sizeof *progress, error)
      || !ew_cuda_wait (device, cancel, error))
    return FALSE;
  /* All epochs, or an end by the loss before the last of them, or by the weights. */
  if (progress->diverged ? progress->done >= 0 && progress->done < epochs : progress->done == epochs)
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_DEVICE, "The device counted its epochs wrongly.");
  return FALSE;
}

/* Up to @epochs epochs (a chunk at most) after the first @done of the descent. */
static gboolean
run_chunk (EwCudaLoaded *loaded, const EwDescent *descent, int done, int epochs, EwCudaProgress *progress,
           EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = ew_cuda_device_of (loaded);
  size_t n_params = (size_t)loaded->base.problem->n_params;

  if (!ew_cuda_reset_progress (loaded, error) || !launch_chunk (loaded, epochs, cancel, error)
      || !read_progress (loaded, epochs, progress, cancel, error))
    return FALSE;

  size_t n = (size_t)progress->done;
  size_t n_losses = n + (progress->diverged ? 1 : 0);

  return ew_cuda_download (device, descent->losses + done, loaded->losses, n_losses * sizeof (double), error)
         && (descent->trace == NULL || n == 0
             || ew_cuda_download (device, descent->trace + (size_t)done * n_params, loaded->trace,
                                  n * n_params * sizeof (double), error));
}

gboolean
ew_cuda_descend (EwLoaded *base, EwDescent *descent, EwCancel *cancel, GError **error)
{
  EwCudaLoaded *loaded = (EwCudaLoaded *)base;
  EwCudaDevice *device = ew_cuda_device_of (loaded);
  size_t bytes = (size_t)base->problem->n_params * sizeof (double);
  g_autofree double *params = g_malloc (bytes);
  EwCudaProgress progress = { 0 };
  int done = 0;

  if (!ew_cuda_wake (loaded, cancel, error))
    return FALSE;
  loaded->control = (EwCudaProgress){ .step = descent->step, .diverged_above = descent->diverged_above };

  gboolean ok = ew_cuda_begin (loaded, descent->params, error);

  while (ok && done < descent->epochs && !progress.diverged)
    {
      int epochs = MIN (loaded->plan.chunk, descent->epochs - done);

      ok = run_chunk (loaded, descent, done, epochs, &progress, cancel, error);
      done += ok ? progress.done : 0;
    }
  if (!ok || !ew_cuda_download (device, params, loaded->params, bytes, error) || !ew_cuda_wait (device, cancel, error))
    {
      ew_cuda_drain (device);
      return FALSE;
    }
  memcpy (descent->params, params, bytes);
  descent->done = done;
  descent->diverged = progress.diverged != 0;
  return TRUE;
}
