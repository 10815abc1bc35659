/* EwTaskParts: what a task is learned from, and what of it is held out. Internal to the loop. */
#pragma once

#include "engine/loop.h"

G_BEGIN_DECLS

/**
 * EwTaskParts:
 * @whole: all samples
 * @learned: those of EW_USE_LEARN
 * @train: the same without the rows that are held out
 * @held: those rows, and the samples of EW_USE_HELD; without padding. NULL: nothing is held out
 */
typedef struct
{
  EwProblem *whole;
  EwProblem *learned;
  EwProblem *train;
  EwProblem *held;
} EwTaskParts;

/* Targets that a teacher makes are made on a device of @devices. *parts is to be cleared on an error too. Errors as
 * ew_problem_new, ew_recipe_check, ew_problem_split and ew_devices_correlate. */
gboolean ew_task_parts_make (EwDevices *devices, const EwTask *task, EwTaskParts *parts, EwCancel *cancel, GError **error);
void ew_task_parts_clear (EwTaskParts *parts);

G_END_DECLS
