/* EwDevices: opening, choosing, falling back. */
#include "engine/devices.h"

#include <string.h>

typedef struct
{
  const EwBackend *backend;
  EwDevice *device; /* NULL until it is needed */
  int failures;
  char *said; /* the last sentence about why it is not used */
} Slot;

struct _EwDevices
{
  int threads;
  int n;
  Slot *slots;       /* the CPU's is the first */
  int chosen;        /* index, or −1 for the automatic choice */
  GPtrArray *failed; /* devices that failed and still have a problem loaded */
  EwDevicesNotify notify;
  gpointer data;
};

EwDevices *
ew_devices_new (const EwBackend *const *backends, int n, int threads)
{
  EwDevices *devices = g_new0 (EwDevices, 1);

  devices->threads = threads;
  devices->n = n;
  devices->chosen = -1;
  devices->slots = g_new0 (Slot, n);
  devices->failed = g_ptr_array_new ();
  for (int i = 0; i < n; i++)
    devices->slots[i].backend = backends[i];
  return devices;
}

/* Closes the failed devices that nothing is loaded on. */
static void
sweep_failed (EwDevices *devices)
{
  for (guint i = devices->failed->len; i-- > 0;)
    {
      EwDevice *device = g_ptr_array_index (devices->failed, i);

      if (device->n_loaded > 0)
        continue;
      g_ptr_array_remove_index_fast (devices->failed, i);
      device->backend->close (device);
    }
}

void
ew_devices_free (EwDevices *devices)
{
  if (devices == NULL)
    return;
  sweep_failed (devices);
  g_ptr_array_unref (devices->failed);
  for (int i = 0; i < devices->n; i++)
    {
      if (devices->slots[i].device != NULL)
        devices->slots[i].backend->close (devices->slots[i].device);
      g_free (devices->slots[i].said);
    }
  g_free (devices->slots);
  g_free (devices);
}

void
ew_devices_set_notify (EwDevices *devices, EwDevicesNotify notify, gpointer data)
{
  devices->notify = notify;
  devices->data = data;
}

/* Says a sentence about a device unless it was the last one said about it. */
static void
say (EwDevices *devices, Slot *slot, const char *sentence)
{
  if (g_strcmp0 (slot->said, sentence) == 0)
    return;
  g_free (slot->said);
  slot->said = g_strdup (sentence);
  if (devices->notify != NULL)
    devices->notify (sentence, devices->data);
}

static EwDevice *
open_slot (EwDevices *devices, int i, GError **error)
{
  Slot *slot = &devices->slots[i];

  if (slot->failures >= EW_DEVICES_FAILURES_MAX)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_DEVICE,
                   "The device failed %d times and rests until the program is started "
                   "again.",
                   slot->failures);
      return NULL;
    }
  if (slot->device == NULL)
    slot->device = slot->backend->open (devices->threads, error);
  return slot->device;
}

struct _EwPool *
ew_devices_pool (EwDevices *devices)
{
  EwDevice *cpu = open_slot (devices, 0, NULL);

  return cpu == NULL || cpu->backend->pool == NULL ? NULL : cpu->backend->pool (cpu);
}

gboolean
ew_devices_choose (EwDevices *devices, const char *id, GError **error)
{
  if (strcmp (id, "auto") == 0)
    {
      devices->chosen = -1;
      return TRUE;
    }
  for (int i = 0; i < devices->n; i++)
    if (strcmp (devices->slots[i].backend->id, id) == 0)
      {
        if (open_slot (devices, i, error) == NULL)
          return FALSE;
        devices->chosen = i;
        return TRUE;
      }
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "There is no device “%s”; auto, cpu and cuda are the choices.", id);
  return FALSE;
}

const char *
ew_devices_choice (const EwDevices *devices)
{
  return devices->chosen < 0 ? "auto" : devices->slots[devices->chosen].backend->id;
}

int
ew_devices_failures (const EwDevices *devices)
{
  int failures = 0;

  for (int i = 0; i < devices->n; i++)
    failures += devices->slots[i].failures;
  return failures;
}

static gboolean
supports (const EwBackend *backend, const EwGeometry *geometry, gboolean masked)
{
  return (geometry == NULL || backend->supports == NULL || backend->supports (geometry)) && (!masked || backend->masks);
}

static EwDevice *
pick (EwDevices *devices, const EwGeometry *geometry, gboolean masked, double work, GError **error)
{
  if (devices->chosen > 0)
    {
      g_autoptr (GError) cause = NULL;
      EwDevice *device = open_slot (devices, devices->chosen, &cause);

      if (device != NULL)
        return device;

      /* It could be opened when it was chosen; what has happened since must not stop the work. */
      g_autofree char *sentence = g_strdup_printf ("%s The CPU does the work.", cause->message);

      say (devices, &devices->slots[devices->chosen], sentence);
    }
  else if (devices->chosen < 0 && work >= EW_DEVICES_GPU_WORK)
    for (int i = 1; i < devices->n; i++)
      {
        g_autoptr (GError) cause = NULL;
        EwDevice *device = NULL;

        if (!supports (devices->slots[i].backend, geometry, masked))
          continue;
        device = open_slot (devices, i, &cause);

        if (device != NULL)
          return device;

        g_autofree char *sentence = g_strdup_printf ("%s The CPU does the work.", cause->message);

        say (devices, &devices->slots[i], sentence);
      }
  return open_slot (devices, 0, error);
}

EwDevice *
ew_devices_pick (EwDevices *devices, const EwGeometry *geometry, double work, GError **error)
{
  return pick (devices, geometry, FALSE, work, error);
}

EwDevice *
ew_devices_pick_for (EwDevices *devices, const EwProblem *problem, GError **error)
{
  return pick (devices, &problem->geometry, problem->has_mask, ew_problem_work (problem), error);
}

EwLoaded *
ew_devices_load (EwDevices *devices, EwDevice *device, EwProblem *problem, EwCancel *cancel, GError **error)
{
  EwLoaded *loaded;

  if (problem->has_mask && !device->backend->masks)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED,
                   "%s cannot leave out the pixels of a mask yet; the CPU can.", device->name);
      return NULL;
    }
  loaded = device->backend->load (device, problem, cancel, error);
  if (loaded != NULL)
    device->n_loaded++;
  return loaded;
}

void
ew_devices_unload (EwDevices *devices, EwLoaded *loaded)
{
  if (loaded == NULL)
    return;
  loaded->device->n_loaded--;
  loaded->device->backend->unload (loaded);
  sweep_failed (devices);
}

EwDevice *
ew_devices_fall_back (EwDevices *devices, EwDevice *device, const GError *cause)
{
  /* Its failure has been told already; another problem was loaded on it. */
  if (g_ptr_array_find (devices->failed, device, NULL))
    return open_slot (devices, 0, NULL);
  for (int i = 1; i < devices->n; i++)
    {
      Slot *slot = &devices->slots[i];

      if (slot->device != device)
        continue;
      slot->failures++;

      g_autofree char *sentence = g_strdup_printf (
          "%s failed: %s The CPU goes on from the last good weights%s.", device->name, cause->message,
          slot->failures >= EW_DEVICES_FAILURES_MAX ? "; after five failures the GPU rests" : "");

      /* A failed device may be in any state; it is opened afresh when it is wanted again. */
      g_ptr_array_add (devices->failed, g_steal_pointer (&slot->device));
      sweep_failed (devices);
      g_clear_pointer (&slot->said, g_free);
      say (devices, slot, sentence);
      return open_slot (devices, 0, NULL);
    }
  return NULL;
}

gboolean
ew_devices_correlate (EwDevices *devices, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry,
                      EwMethod method, EwGrid *y, EwCancel *cancel, GError **error)
{
  g_autoptr (GError) cause = NULL;
  gboolean anywhere = method == EW_METHOD_AUTO || method == EW_METHOD_DIRECT;
  double work = anywhere ? (double)y->height * y->width * ew_kernel_n_taps (kernel) : 0;
  EwDevice *device = ew_devices_pick (devices, geometry, work, error);

  if (device == NULL)
    return FALSE;
  if (device->backend->correlate (device, x, kernel, geometry, method, y, cancel, &cause))
    return TRUE;
  if (g_error_matches (cause, EW_ERROR, EW_ERROR_DEVICE))
    {
      EwDevice *cpu = ew_devices_fall_back (devices, device, cause);

      if (cpu != NULL)
        return cpu->backend->correlate (cpu, x, kernel, geometry, method, y, cancel, error);
    }
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}
