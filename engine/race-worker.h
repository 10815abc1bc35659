/* EwRaceWorker: a thread that runs races in slices, beside training. */
#pragma once

#include "engine/devices.h"
#include "engine/race.h"
#include "engine/snapshot.h"

G_BEGIN_DECLS

typedef struct _EwRaceWorker EwRaceWorker;

/**
 * EwRaceRequest:
 * @snapshot: whose problem is raced on, in its kind of loss, from the start values of its run
 * @race: its number: another one is another race, from the start
 * @n: how many @entries
 * @until: epochs to be done in all
 * @choice: the plane of the map
 */
typedef struct
{
  EwSnapshot *snapshot;
  guint64 race;
  EwRaceEntry entries[EW_RACE_MAX];
  int n;
  guint64 until;
  EwSurfaceChoice choice;
} EwRaceRequest;

/* Called on the worker's thread when a standing can be taken, and when a request came to nothing. */
typedef void (*EwRaceWorkerWake) (gpointer data);

/* Starts the thread over @devices (transfer full; used by that thread alone). It runs at nice 10. NULL where no thread
 * can be had. */
EwRaceWorker *ew_race_worker_new (EwDevices *devices, EwRaceWorkerWake wake, gpointer data);

/* Cancels what is under way, ends the thread and frees everything. */
void ew_race_worker_free (EwRaceWorker *worker);

/* Asks for a slice: epochs for EW_RACE_SLICE_US at most, and how the race stands then. Who wants more asks again.
 * Returns at once. A request that has not begun gives way to this one, and so does one under way for another race. The
 * first one of a task may go through all its data. What cannot be raced comes as a standing that says why. */
#define EW_RACE_SLICE_US 50000
void ew_race_worker_ask (EwRaceWorker *worker, const EwRaceRequest *request);

/* Gives up what was asked for; what is already made is dropped. The race stays where it is. */
void ew_race_worker_stop (EwRaceWorker *worker);

/* The newest standing that was not taken yet, or NULL; transfer full. */
EwRaceStanding *ew_race_worker_take (EwRaceWorker *worker);

/* TRUE while a request waits or is under way. */
gboolean ew_race_worker_is_busy (EwRaceWorker *worker);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwRaceWorker, ew_race_worker_free)

G_END_DECLS
