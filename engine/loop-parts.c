/* EwTaskParts: a task's targets made or cut, its samples put where they belong. */
#include "engine/loop-parts.h"

#include "engine/holdout.h"

/* What targets are made with. */
typedef struct
{
  EwDevices *devices;
  EwCancel *cancel;
} Making;

/* A target that was given, or its mask, cut where the task says so. */
static EwGrid *
cut (const EwTask *task, EwGrid *y, int s, int height, int width, GError **error)
{
  gboolean as_large = y->height == task->x[s]->height && y->width == task->x[s]->width;

  if (!task->crop_target || !as_large)
    return ew_grid_ref (y);
  return ew_grid_new_cropped (y, (task->start->height - 1) / 2, (task->start->width - 1) / 2, height, width, error);
}

/* The target of one sample: given, or made by the teacher in the learner's geometry. */
static EwGrid *
make_target (const Making *m, const EwTask *task, int s, const EwGeometry *geometry, GError **error)
{
  g_autoptr (EwKernel) teacher = NULL;
  g_autoptr (EwGrid) y = NULL;
  int height, width;

  if (!ew_geometry_output_size (geometry, task->x[s]->height, task->x[s]->width, &height, &width, error))
    return NULL;
  if (task->y != NULL)
    return cut (task, task->y[s], s, height, width, error);
  teacher = ew_kernel_new_embedded (task->teacher, geometry->kernel_height, geometry->kernel_width, error);
  y = teacher == NULL ? NULL : ew_grid_new (height, width, error);
  if (y == NULL
      || !ew_devices_correlate (m->devices, task->x[s], teacher, geometry, EW_METHOD_AUTO, y, m->cancel, error))
    return NULL;
  return g_steal_pointer (&y);
}

/* One sample; TRUE where it is whole. */
static gboolean
make_sample (const Making *m, const EwTask *task, int s, const EwGeometry *geometry, EwSample *sample, GError **error)
{
  sample->x = task->x[s];
  sample->y = make_target (m, task, s, geometry, error);
  if (sample->y == NULL || task->masks == NULL || task->masks[s] == NULL || task->y == NULL)
    return sample->y != NULL;
  sample->mask = cut (task, task->masks[s], s, sample->y->height, sample->y->width, error);
  return sample->mask != NULL;
}

static EwProblem *
make_problem (const Making *m, const EwTask *task, GError **error)
{
  g_autofree EwSample *samples = g_new0 (EwSample, task->n_samples);
  EwGeometry geometry;
  EwProblem *problem = NULL;
  int made = 0;

  ew_geometry_init_valid (&geometry, task->start->height, task->start->width);
  if (task->geometry.stride > 0)
    geometry = task->geometry;
  geometry.kernel_height = task->start->height;
  geometry.kernel_width = task->start->width;
  while (made < task->n_samples && make_sample (m, task, made, &geometry, &samples[made], error))
    made++;
  if (made == task->n_samples)
    problem = ew_problem_new (samples, task->n_samples, &geometry, task->has_bias, error);
  for (int s = 0; s < task->n_samples; s++)
    {
      ew_grid_unref (samples[s].y);
      ew_grid_unref (samples[s].mask);
    }
  return problem;
}

void
ew_task_parts_clear (EwTaskParts *parts)
{
  ew_problem_unref (parts->whole);
  ew_problem_unref (parts->learned);
  ew_problem_unref (parts->train);
  ew_problem_unref (parts->held);
}

static gboolean
is_used (const EwTask *task, EwSampleUse use)
{
  for (int s = 0; task->uses != NULL && s < task->n_samples; s++)
    if (task->uses[s] == (int)use)
      return TRUE;
  return FALSE;
}

/* Whole samples that are held out join the rows that are: all without padding. */
static gboolean
hold_samples (const EwTask *task, EwTaskParts *parts, GError **error)
{
  g_autoptr (EwProblem) padded = ew_problem_select (parts->whole, task->uses, EW_USE_HELD, error);
  g_autoptr (EwProblem) samples = padded == NULL ? NULL : ew_problem_unpadded (padded, error);
  g_autoptr (EwProblem) rows = g_steal_pointer (&parts->held);

  if (samples == NULL)
    return FALSE;
  parts->held = rows == NULL ? ew_problem_ref (samples) : ew_problem_join (rows, samples, error);
  return parts->held != NULL;
}

gboolean
ew_task_parts_make (EwDevices *devices, const EwTask *task, EwTaskParts *parts, EwCancel *cancel, GError **error)
{
  Making m = { devices, cancel };

  *parts = (EwTaskParts){ .whole = make_problem (&m, task, error) };
  if (parts->whole == NULL
      || (task->recipe != NULL && !ew_recipe_check (task->recipe, task->start->height, task->start->width, error)))
    return FALSE;
  if (task->uses != NULL && !is_used (task, EW_USE_LEARN))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                           "All is held out, so there is nothing to learn from; leave one pair at least.");
      return FALSE;
    }
  parts->learned = task->uses == NULL ? ew_problem_ref (parts->whole)
                                      : ew_problem_select (parts->whole, task->uses, EW_USE_LEARN, error);
  if (parts->learned == NULL)
    return FALSE;
  if (task->holdout == 0)
    parts->train = ew_problem_ref (parts->learned);
  else if (!ew_problem_split (parts->learned, task->holdout, &parts->train, &parts->held, error))
    return FALSE;
  return !is_used (task, EW_USE_HELD) || hold_samples (task, parts, error);
}
