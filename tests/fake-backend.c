/* The CPU under another name, failing on demand. */
#include "tests/fake-backend.h"

#include <math.h>
#include <string.h>

FakeFaults fake_faults;
FakeCalls fake_calls;

typedef struct
{
  EwDevice base;
  EwDevice *cpu;
} FakeDevice;

typedef struct
{
  EwLoaded base;
  EwLoaded *cpu;
} FakeLoaded;

void
fake_reset (void)
{
  fake_faults = (FakeFaults){ 0 };
  fake_calls = (FakeCalls){ 0 };
}

/* Counts a call and says whether it is one that fails. */
static gboolean
fails (atomic_int *calls, atomic_int *fault, const char *sentence, GError **error)
{
  int left = atomic_load (fault);

  atomic_fetch_add (calls, 1);
  if (left > 0)
    atomic_store (fault, left - 1);
  if (left != 1 && left != -1)
    return FALSE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_DEVICE, sentence);
  return TRUE;
}

/* Waits, while it is to hang, for the cancel flag; FALSE when that has come. */
static gboolean
hang (atomic_int *hanging, EwCancel *cancel, GError **error)
{
  while (atomic_load (hanging))
    {
      if (cancel != NULL && atomic_load (cancel))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
          return FALSE;
        }
      g_usleep (200);
    }
  return TRUE;
}

static void
fake_describe (EwDeviceInfo *info)
{
  *info = (EwDeviceInfo){ .id = "fake", .name = g_strdup ("Fake") };
}

static EwDevice *
open_as (const EwBackend *backend, GError **error)
{
  if (fails (&fake_calls.open, &fake_faults.open, "The fake cannot be opened.", error))
    return NULL;

  FakeDevice *device = g_new0 (FakeDevice, 1);

  device->cpu = ew_cpu_backend ()->open (1, error);
  device->base.backend = backend;
  device->base.name = g_strdup ("Fake");
  return &device->base;
}

static EwDevice *
fake_open (int threads, GError **error)
{
  return open_as (fake_backend (), error);
}

static EwDevice *
fake_open_descending (int threads, GError **error)
{
  return open_as (fake_descending_backend (), error);
}

static void
fake_close (EwDevice *base)
{
  FakeDevice *device = (FakeDevice *)base;

  atomic_fetch_add (&fake_calls.close, 1);
  g_assert_cmpint (base->n_loaded, ==, 0);
  device->cpu->backend->close (device->cpu);
  g_free (device->base.name);
  g_free (device);
}

static gboolean
fake_correlate (EwDevice *base, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, EwMethod method,
                EwGrid *y, EwCancel *cancel, GError **error)
{
  EwDevice *cpu = ((FakeDevice *)base)->cpu;

  return !fails (&fake_calls.correlate, &fake_faults.correlate, "The fake lost its correlation.", error)
         && cpu->backend->correlate (cpu, x, kernel, geometry, method, y, cancel, error);
}

static EwLoaded *
fake_load (EwDevice *base, EwProblem *problem, EwCancel *cancel, GError **error)
{
  EwDevice *cpu = ((FakeDevice *)base)->cpu;

  if (fails (&fake_calls.load, &fake_faults.load, "The fake has not enough memory.", error)
      || !hang (&fake_faults.hang_in_load, cancel, error))
    return NULL;

  EwLoaded *inner = cpu->backend->load (cpu, problem, cancel, error);

  if (inner == NULL)
    return NULL;

  FakeLoaded *loaded = g_new0 (FakeLoaded, 1);

  loaded->base.device = base;
  loaded->base.problem = ew_problem_ref (problem);
  loaded->cpu = inner;
  return &loaded->base;
}

static void
fake_unload (EwLoaded *base)
{
  FakeLoaded *loaded = (FakeLoaded *)base;

  atomic_fetch_add (&fake_calls.unload, 1);
  loaded->cpu->device->backend->unload (loaded->cpu);
  ew_problem_unref (loaded->base.problem);
  g_free (loaded);
}

static gboolean
fake_evaluate (EwLoaded *base, const double *params, double *loss, double *gradient, EwCancel *cancel, GError **error)
{
  EwLoaded *cpu = ((FakeLoaded *)base)->cpu;

  return !fails (&fake_calls.evaluate, &fake_faults.evaluate, "The fake fell off the bus.", error)
         && hang (&fake_faults.hang_in_evaluate, cancel, error)
         && cpu->device->backend->evaluate (cpu, params, loss, gradient, cancel, error);
}

/* To the letter of EwDescent. A fault shows in the middle: half of the epochs have gone through trace and losses. */
static gboolean
fake_descend (EwLoaded *base, EwDescent *descent, EwCancel *cancel, GError **error)
{
  gboolean fault = fails (&fake_calls.descend, &fake_faults.descend, "", NULL);
  EwLoaded *cpu = ((FakeLoaded *)base)->cpu;
  int n = base->problem->n_params;
  g_autofree double *params = g_memdup2 (descent->params, n * sizeof (double));
  g_autofree double *gradient = g_new (double, n);

  descent->done = 0;
  descent->diverged = FALSE;
  for (int e = 0; e < descent->epochs && !descent->diverged; e++)
    {
      double *loss = &descent->losses[e];

      if (fault && e == descent->epochs / 2)
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_DEVICE, "The fake hung.");
          return FALSE;
        }
      if (!cpu->device->backend->evaluate (cpu, params, loss, gradient, cancel, error))
        return FALSE;
      descent->diverged = !isfinite (*loss) || *loss > descent->diverged_above;
      if (descent->diverged)
        break;
      for (int k = 0; k < n; k++)
        params[k] -= descent->step * gradient[k];
      if (descent->trace != NULL)
        memcpy (descent->trace + (size_t)e * n, params, n * sizeof (double));
      descent->done++;
    }
  memcpy (descent->params, params, n * sizeof (double));
  return TRUE;
}

static void
fake_rest (EwLoaded *loaded)
{
  atomic_fetch_add (&fake_calls.rest, 1);
}

const EwBackend *
fake_backend (void)
{
  static const EwBackend backend = {
    .id = "fake",
    .describe = fake_describe,
    .open = fake_open,
    .close = fake_close,
    .correlate = fake_correlate,
    .load = fake_load,
    .unload = fake_unload,
    .rest = fake_rest,
    .evaluate = fake_evaluate,
  };

  return &backend;
}

const EwBackend *
fake_descending_backend (void)
{
  static const EwBackend backend = {
    .id = "fake",
    .describe = fake_describe,
    .open = fake_open_descending,
    .close = fake_close,
    .correlate = fake_correlate,
    .load = fake_load,
    .unload = fake_unload,
    .rest = fake_rest,
    .evaluate = fake_evaluate,
    .descend = fake_descend,
  };

  return &backend;
}
