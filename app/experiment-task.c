/* EwExperiment: what the loop is given of it. */
#include "app/experiment-geometry.h"

#include <math.h>

static gboolean
has_fixed (const EwExperiment *experiment)
{
  const EwSettings *s = &experiment->settings;

  return experiment->fixed != NULL && experiment->fixed->height == s->kernel_height
         && experiment->fixed->width == s->kernel_width;
}

EwRecipe *
ew_experiment_recipe (const EwExperiment *experiment)
{
  const EwSettings *s = &experiment->settings;
  int n = s->kernel_height * s->kernel_width;
  g_autofree gboolean *fixed = NULL;
  EwRecipe recipe = s->recipe;

  recipe.constraint.fixed = NULL;
  recipe.constraint.values = NULL;
  if (has_fixed (experiment))
    {
      fixed = g_new (gboolean, n);
      for (int k = 0; k < n; k++)
        fixed[k] = !isnan (experiment->fixed->taps[k]);
      recipe.constraint.fixed = fixed;
      recipe.constraint.values = experiment->fixed->taps;
    }
  return ew_recipe_copy (&recipe, n);
}

void
ew_experiment_fix_tap (EwExperiment *experiment, int tap, double value)
{
  const EwSettings *s = &experiment->settings;
  EwKernel *fixed = has_fixed (experiment) ? ew_kernel_copy (experiment->fixed)
                                           : ew_kernel_new (s->kernel_height, s->kernel_width, NULL);
  int n = 0;

  for (int k = 0; !has_fixed (experiment) && k < ew_kernel_n_taps (fixed); k++)
    fixed->taps[k] = NAN;
  fixed->taps[tap] = value;
  for (int k = 0; k < ew_kernel_n_taps (fixed); k++)
    n += !isnan (fixed->taps[k]);
  g_clear_pointer (&experiment->fixed, ew_kernel_unref);
  experiment->fixed = n > 0 ? fixed : NULL;
  if (n == 0)
    ew_kernel_unref (fixed);
}

gboolean
ew_experiment_tap_is_fixed (const EwExperiment *experiment, int tap)
{
  return has_fixed (experiment) && tap < ew_kernel_n_taps (experiment->fixed) && !isnan (experiment->fixed->taps[tap]);
}

gboolean
ew_experiment_follow_fixed (EwExperiment *experiment, const EwKernel *kernel)
{
  gboolean changed = FALSE;

  if (!has_fixed (experiment) || kernel->height != experiment->fixed->height
      || kernel->width != experiment->fixed->width)
    return FALSE;
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    if (ew_experiment_tap_is_fixed (experiment, k) && experiment->fixed->taps[k] != kernel->taps[k])
      {
        ew_experiment_fix_tap (experiment, k, kernel->taps[k]);
        changed = TRUE;
      }
  return changed;
}

void
ew_experiment_task (EwExperiment *experiment, EwTask *task)
{
  const EwSettings *s = &experiment->settings;

  *task = (EwTask){
    .n_samples = experiment->input->n_planes,
    .x = experiment->input->planes,
    .y = experiment->target == NULL ? NULL : experiment->target->planes,
    .masks = experiment->mask == NULL ? NULL : experiment->mask->planes,
    .teacher = experiment->teacher,
    .start = experiment->start,
    .has_bias = s->has_bias,
    .loss = s->loss,
    .rate = s->rate,
    .epoch_limit = s->epochs,
    .holdout = s->holdout,
  };
  if (experiment->pairs != NULL)
    {
      task->n_samples = experiment->pairs->n_samples;
      task->x = experiment->pairs->x;
      task->y = experiment->pairs->y;
      task->masks = experiment->pairs->masks;
    }
  ew_settings_geometry (s, s->kernel_height, s->kernel_width, &task->geometry);
  task->crop_target = ew_geometry_is_valid (&task->geometry);
}
