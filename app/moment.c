/* EwMoment: copying and comparing. */
#include "app/moment.h"

void
ew_moment_init (EwMoment *moment, const EwExperiment *experiment, EwKernel *kernel, guint64 epoch)
{
  ew_experiment_copy (&moment->experiment, experiment);
  moment->kernel = ew_kernel_ref (kernel);
  moment->epoch = epoch;
}

void
ew_moment_clear (EwMoment *moment)
{
  if (moment->kernel == NULL)
    return;
  ew_experiment_clear (&moment->experiment);
  g_clear_pointer (&moment->kernel, ew_kernel_unref);
}

/* The planes, and which of them are learned from. */
static gboolean
same_data (const EwExperiment *a, const EwExperiment *b)
{
  const EwSettings *s = &a->settings;
  const EwSettings *t = &b->settings;

  if (s->each != t->each || (s->each && s->channel != t->channel) || a->pairs != b->pairs)
    return FALSE;
  /* Which of several is shown makes no difference. */
  return a->pairs != NULL || (a->input == b->input && a->target == b->target && a->mask == b->mask);
}

gboolean
ew_moment_same_task (const EwExperiment *a, const EwExperiment *b)
{
  const EwSettings *s = &a->settings;
  const EwSettings *t = &b->settings;

  return same_data (a, b) && ew_kernel_equal (a->teacher, b->teacher)
         && s->kernel_height == t->kernel_height && s->kernel_width == t->kernel_width && s->has_bias == t->has_bias
         && s->loss == t->loss && s->padding == t->padding && s->border == t->border && s->stride == t->stride
         && s->dilation == t->dilation && s->holdout == t->holdout;
}

static gboolean
same_settings (const EwSettings *s, const EwSettings *t)
{
  return s->target == t->target && s->channels == t->channels && s->channel == t->channel && s->pair == t->pair && s->by_hand == t->by_hand
         && s->init == t->init && s->seed == t->seed && s->rate == t->rate && s->epochs == t->epochs
         && s->speed == t->speed && ew_recipe_equal (&s->recipe, &t->recipe, 0);
}

static gboolean
same_fixed (const EwKernel *a, const EwKernel *b)
{
  return a == b || (a != NULL && b != NULL && ew_kernel_equal (a, b));
}

gboolean
ew_moment_same_recipe (const EwExperiment *a, const EwExperiment *b)
{
  return ew_recipe_equal (&a->settings.recipe, &b->settings.recipe, 0) && same_fixed (a->fixed, b->fixed);
}

gboolean
ew_moment_equal (const EwMoment *a, const EwMoment *b)
{
  return ew_moment_same_task (&a->experiment, &b->experiment)
         && same_settings (&a->experiment.settings, &b->experiment.settings)
         && same_fixed (a->experiment.fixed, b->experiment.fixed)
         && a->experiment.textbook == b->experiment.textbook && a->experiment.size_chosen == b->experiment.size_chosen
         && ew_kernel_equal (a->experiment.start, b->experiment.start) && ew_kernel_equal (a->kernel, b->kernel)
         && a->epoch == b->epoch;
}
