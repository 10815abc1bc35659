/* EwRunner: which command is whose. */
#include "engine/loop-obey.h"

#include "engine/loop-past.h"
#include "engine/loop-recipe.h"

void
ew_runner_obey (EwRunner *runner, EwCommand *command)
{
  switch (command->kind)
    {
    case EW_COMMAND_TASK:
      ew_runner_set_task (runner, command->task, command->count);
      break;
    case EW_COMMAND_START:
      ew_runner_start (runner);
      break;
    case EW_COMMAND_PAUSE:
      ew_runner_pause (runner);
      break;
    case EW_COMMAND_STEP:
      ew_runner_step (runner, (int)command->count);
      break;
    case EW_COMMAND_RESET:
      ew_runner_reset (runner);
      break;
    case EW_COMMAND_KERNEL:
      ew_runner_set_kernel (runner, command->kernel);
      break;
    case EW_COMMAND_RATE:
      ew_runner_set_rate (runner, command->number);
      break;
    case EW_COMMAND_RECIPE:
      ew_runner_set_recipe (runner, command->recipe);
      break;
    case EW_COMMAND_CHOOSE_RIDGE:
      ew_runner_choose_ridge (runner);
      break;
    case EW_COMMAND_EPOCH_LIMIT:
      ew_runner_set_epoch_limit (runner, command->count);
      break;
    case EW_COMMAND_SPEED:
      ew_runner_set_speed (runner, command->number);
      break;
    case EW_COMMAND_DEVICE:
      ew_runner_set_device (runner, command->device);
      break;
    case EW_COMMAND_SAMPLE:
      ew_runner_set_sample (runner, command->sample);
      break;
    case EW_COMMAND_SHOW_EPOCH:
      ew_past_show (runner, command->count);
      break;
    case EW_COMMAND_PLAY:
      ew_past_play (runner, command->number);
      break;
    case EW_COMMAND_BRANCH:
      ew_past_branch (runner);
      break;
    case EW_COMMAND_READ_EPOCH:
      ew_past_read (runner, command->count);
      break;
    case EW_COMMAND_EXPORT:
      ew_past_export (runner, &command->request);
      command->request.done = NULL;
      break;
    case EW_COMMAND_QUIT:
    default:
      break;
    }
}
