/* EwCommand: one message from the window to the loop. Internal to the loop. */
#pragma once

#include "engine/loop.h"

G_BEGIN_DECLS

typedef enum
{
  EW_COMMAND_TASK,
  EW_COMMAND_START,
  EW_COMMAND_PAUSE,
  EW_COMMAND_STEP,
  EW_COMMAND_RESET,
  EW_COMMAND_KERNEL,
  EW_COMMAND_RATE,
  EW_COMMAND_RECIPE,
  EW_COMMAND_CHOOSE_RIDGE,
  EW_COMMAND_EPOCH_LIMIT,
  EW_COMMAND_SPEED,
  EW_COMMAND_DEVICE,
  EW_COMMAND_SAMPLE,
  EW_COMMAND_SHOW_EPOCH,
  EW_COMMAND_PLAY,
  EW_COMMAND_BRANCH,
  EW_COMMAND_READ_EPOCH,
  EW_COMMAND_EXPORT,
  EW_COMMAND_QUIT,
} EwCommandKind;

/* Only the members that the kind needs are set; what they point at is owned. */
typedef struct
{
  EwCommandKind kind;
  guint64 generation;
  EwTask *task;
  EwRecipe *recipe;
  EwKernel *kernel;
  char *device;
  double number;
  guint64 count;
  EwExport request;
  int sample;
} EwCommand;

/* A task with references of its own. */
EwTask *ew_task_copy (const EwTask *task);

/* Frees a command and what it owns. */
void ew_command_free (EwCommand *command);

/* Whether an epoch under way, or the loading of a task, is pointless once this command has arrived. */
gboolean ew_command_interrupts_epoch (EwCommandKind kind);
gboolean ew_command_interrupts_load (EwCommandKind kind);

G_END_DECLS
