/* EwDevices: which compute device does the work, and what happens when one fails. */
#pragma once

#include "engine/backend.h"

G_BEGIN_DECLS

typedef struct _EwDevices EwDevices;

/* Told of every change that the user should know, as one sentence; on the thread that uses the devices. */
typedef void (*EwDevicesNotify) (const char *sentence, gpointer data);

/* Failures of the GPU after which it is left alone until the program ends. */
#define EW_DEVICES_FAILURES_MAX 5

/* Multiply-adds of one correlation below which the automatic choice stays on the CPU: a launch costs more there. */
#define EW_DEVICES_GPU_WORK 4e6

/* A set over @n backends (static tables, not copied); the first must be the CPU's. @threads: CPU threads, 0: one for
 * each core. Nothing is opened yet. */
EwDevices *ew_devices_new (const EwBackend *const *backends, int n, int threads);
void ew_devices_free (EwDevices *devices);

void ew_devices_set_notify (EwDevices *devices, EwDevicesNotify notify, gpointer data);

/* Chooses by id: "auto", or a backend's. A device chosen by name is opened at once and fails with EW_ERROR_DEVICE where
 * it cannot be used (or with EW_ERROR_USAGE where no backend has that id); the former choice then stays. */
gboolean ew_devices_choose (EwDevices *devices, const char *id, GError **error);

/* The id that was chosen: "auto", "cpu", … */
const char *ew_devices_choice (const EwDevices *devices);

/* Failures of devices that were in use, all in all. */
int ew_devices_failures (const EwDevices *devices);

/* The device for a problem of @work multiply-adds a correlation and @geometry (NULL: any); owned by the set. The
 * automatic choice passes over a device that does not know the geometry; otherwise it falls back to the CPU and says
 * why through the notify function, once for each reason. Fails only where the CPU cannot be opened. */
EwDevice *ew_devices_pick (EwDevices *devices, const EwGeometry *geometry, double work, GError **error);

/* The device for a problem; with a mask the automatic choice passes over a device that does not know masks as well. */
EwDevice *ew_devices_pick_for (EwDevices *devices, const EwProblem *problem, GError **error);

/* The CPU's threads, for work that no device does, on the thread that uses the devices; owned by the set. NULL where there
 * are none: then the caller does it alone. */
struct _EwPool *ew_devices_pool (EwDevices *devices);

/* Loads a problem on a device of the set, and frees it again (NULL is allowed). Errors as EwBackend.load;
 * EW_ERROR_UNSUPPORTED for a problem with a mask on a device that does not know masks. */
EwLoaded *ew_devices_load (EwDevices *devices, EwDevice *device, EwProblem *problem, EwCancel *cancel, GError **error);
void ew_devices_unload (EwDevices *devices, EwLoaded *loaded);

/* Records that @device failed with @cause and returns the CPU to go on with, or NULL where @device is the CPU. The
 * sentence goes to the notify function. The failed device is closed as soon as nothing is loaded on it any more. */
EwDevice *ew_devices_fall_back (EwDevices *devices, EwDevice *device, const GError *cause);

/* y = x ⋆ kernel + bias on the device that is picked, falling back to the CPU when it fails. The automatic choice takes
 * the CPU for the methods that only the CPU has. Errors as EwBackend. */
gboolean ew_devices_correlate (EwDevices *devices, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry,
                               EwMethod method, EwGrid *y, EwCancel *cancel, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwDevices, ew_devices_free)

G_END_DECLS
