/* The commands of EwLoop that carry little with them. */
#include "engine/loop-send.h"

guint64
ew_loop_start (EwLoop *loop)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_START });
}

guint64
ew_loop_pause (EwLoop *loop)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_PAUSE });
}

guint64
ew_loop_step (EwLoop *loop, int epochs)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_STEP, .count = (guint64)MAX (epochs, 0) });
}

guint64
ew_loop_reset (EwLoop *loop)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_RESET });
}

guint64
ew_loop_set_kernel (EwLoop *loop, EwKernel *kernel)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_KERNEL, .kernel = ew_kernel_ref (kernel) });
}

guint64
ew_loop_set_rate (EwLoop *loop, double rate)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_RATE, .number = rate });
}

guint64
ew_loop_set_recipe (EwLoop *loop, const EwRecipe *recipe, int n_taps)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_RECIPE, .recipe = ew_recipe_copy (recipe, n_taps) });
}

guint64
ew_loop_choose_ridge (EwLoop *loop)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_CHOOSE_RIDGE });
}

guint64
ew_loop_set_epoch_limit (EwLoop *loop, guint64 epochs)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_EPOCH_LIMIT, .count = epochs });
}

guint64
ew_loop_set_speed (EwLoop *loop, double epochs_per_second)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_SPEED, .number = epochs_per_second });
}

guint64
ew_loop_set_device (EwLoop *loop, const char *id)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_DEVICE, .device = g_strdup (id) });
}

guint64
ew_loop_set_sample (EwLoop *loop, int sample)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_SAMPLE, .sample = sample });
}

guint64
ew_loop_show_epoch (EwLoop *loop, guint64 epoch)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_SHOW_EPOCH, .count = epoch });
}

guint64
ew_loop_play (EwLoop *loop, double epochs_per_second)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_PLAY, .number = epochs_per_second });
}

guint64
ew_loop_branch (EwLoop *loop)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_BRANCH });
}

guint64
ew_loop_read_epoch (EwLoop *loop, guint64 epoch)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_READ_EPOCH, .count = epoch });
}

guint64
ew_loop_export (EwLoop *loop, const EwExport *request)
{
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_EXPORT, .request = *request });
}
