/* EwCommand: copying, freeing, and what each kind interrupts. */
#include "engine/loop-command.h"

static EwGrid **
ref_grids (EwGrid **grids, int n)
{
  EwGrid **copy = g_new (EwGrid *, n);

  for (int i = 0; i < n; i++)
    copy[i] = grids[i] == NULL ? NULL : ew_grid_ref (grids[i]);
  return copy;
}

EwTask *
ew_task_copy (const EwTask *task)
{
  EwTask *copy = g_memdup2 (task, sizeof *task);

  copy->x = ref_grids (task->x, task->n_samples);
  copy->y = task->y == NULL ? NULL : ref_grids (task->y, task->n_samples);
  copy->masks = task->masks == NULL ? NULL : ref_grids (task->masks, task->n_samples);
  copy->uses = task->uses == NULL ? NULL : g_memdup2 (task->uses, (gsize)task->n_samples * sizeof *task->uses);
  copy->teacher = task->teacher == NULL ? NULL : ew_kernel_ref (task->teacher);
  copy->start = ew_kernel_ref (task->start);
  copy->recipe = task->recipe == NULL ? NULL : ew_recipe_copy (task->recipe, ew_kernel_n_taps (task->start));
  return copy;
}

static void
ew_task_free (EwTask *task)
{
  for (int i = 0; i < task->n_samples; i++)
    {
      ew_grid_unref (task->x[i]);
      if (task->y != NULL)
        ew_grid_unref (task->y[i]);
      if (task->masks != NULL)
        ew_grid_unref (task->masks[i]);
    }
  g_free (task->x);
  g_free (task->y);
  g_free (task->masks);
  g_free (task->uses);
  ew_kernel_unref (task->teacher);
  ew_kernel_unref (task->start);
  ew_recipe_free ((EwRecipe *)task->recipe);
  g_free (task);
}

void
ew_command_free (EwCommand *command)
{
  g_clear_pointer (&command->task, ew_task_free);
  ew_recipe_free (command->recipe);
  ew_kernel_unref (command->kernel);
  g_free (command->device);
  if (command->request.done != NULL)
    {
      g_autoptr (GError) error = g_error_new_literal (EW_ERROR, EW_ERROR_CANCELLED, "The run has ended.");

      command->request.done (error, command->request.data);
    }
  g_free (command);
}

/* Commands that replace what an epoch under way works on; a new rate or speed waits for its end. One in one go may be
 * long. */
gboolean
ew_command_interrupts_epoch (EwCommandKind kind)
{
  return kind == EW_COMMAND_TASK || kind == EW_COMMAND_PAUSE || kind == EW_COMMAND_RESET || kind == EW_COMMAND_RECIPE || kind == EW_COMMAND_KERNEL
         || kind == EW_COMMAND_SHOW_EPOCH || kind == EW_COMMAND_PLAY || kind == EW_COMMAND_BRANCH
         || kind == EW_COMMAND_DEVICE || kind == EW_COMMAND_SAMPLE || kind == EW_COMMAND_QUIT;
}

gboolean
ew_command_interrupts_load (EwCommandKind kind)
{
  return kind == EW_COMMAND_TASK || kind == EW_COMMAND_QUIT;
}
