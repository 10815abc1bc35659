/* EwView: pictures made on a device: what a viewport shows is gathered there as if it were one tile; another kernel then
 * costs blocks × taps on the device, and what comes back is as large as the picture. */
#include "engine/view-private.h"

/* What is on the device, for one viewport; @input and @target have come back from there. */
struct _EwViewDevice
{
  EwDevice *device;
  EwShown *shown;
  gboolean gathered;
  EwViewport viewport;
  EwViewPart output;
  int phase_height;
  EwGrid *input;
  EwGrid *target;
};

static void
forget_gathered (EwViewDevice *on)
{
  on->gathered = FALSE;
  g_clear_pointer (&on->input, ew_grid_unref);
  g_clear_pointer (&on->target, ew_grid_unref);
}

void
ew_view_set_device (EwView *view, EwDevice *device)
{
  EwViewDevice *on = view->on;

  if (on != NULL)
    {
      forget_gathered (on);
      if (on->shown != NULL)
        on->device->backend->unshow (on->shown);
      g_free (on);
    }
  view->on = NULL;
  if (device == NULL || device->backend->show == NULL)
    return;
  view->on = g_new0 (EwViewDevice, 1);
  view->on->device = device;
}

EwDevice *
ew_view_device (const EwView *view)
{
  return view->on == NULL ? NULL : view->on->device;
}

/* --- gathering */

/* The blocks of a plane themselves. */
static gboolean
gather_blocks (EwViewDevice *on, const EwGrid *x, int side, const EwViewPart *part, EwGrid **blocks, EwCancel *cancel,
               GError **error)
{
  static const int zero[] = { 0 };
  EwBlockMeans means = { .x = x,
                         .side = side,
                         .step = 1,
                         .pitch = side,
                         .n_rows = 1,
                         .n_columns = 1,
                         .rows = zero,
                         .columns = zero,
                         .first_row = part->row,
                         .first_column = part->column,
                         .height = part->height,
                         .width = part->width };

  if (ew_view_part_is_empty (part))
    return TRUE;
  *blocks = ew_grid_new (part->height, part->width, error);
  return *blocks != NULL && on->device->backend->gather (on->shown, &means, FALSE, *blocks, cancel, error);
}

/* The squares under the outputs, which stay there; where the first phase's are the input's blocks, those as well. */
static gboolean
gather_phases (EwViewDevice *on, const EwViewPlan *plan, const EwViewPart *input, EwCancel *cancel, GError **error)
{
  const EwViewAxis *rows = &plan->rows;
  const EwViewAxis *columns = &plan->columns;
  gboolean both = plan->aligned && !ew_view_part_is_empty (input);
  EwBlockMeans means = { .x = plan->x,
                         .border = plan->geometry->border,
                         .side = plan->block,
                         .step = plan->geometry->stride,
                         .pitch = plan->pitch,
                         .n_rows = rows->n,
                         .n_columns = columns->n,
                         .rows = rows->phases,
                         .columns = columns->phases,
                         .first_row = on->output.row + rows->least_shift,
                         .first_column = on->output.column + columns->least_shift };

  if (!ew_view_part_is_empty (&on->output))
    {
      means.height = on->output.height + rows->most_shift - rows->least_shift;
      means.width = on->output.width + columns->most_shift - columns->least_shift;
    }
  if (both)
    {
      means.height = MAX (means.height, input->height);
      means.width = MAX (means.width, input->width);
      on->input = ew_grid_new (input->height, input->width, error);
    }
  on->phase_height = means.height;
  return (!both || on->input != NULL)
         && (means.height == 0 || on->device->backend->gather (on->shown, &means, TRUE, on->input, cancel, error));
}

static gboolean
gather (EwView *view, const EwViewPlan *plan, const EwViewport *viewport, EwCancel *cancel, GError **error)
{
  EwViewDevice *on = view->on;
  EwViewPart input = ew_view_part (viewport, plan->input_rows, plan->input_columns);

  if (on->gathered && on->viewport.block == viewport->block && on->viewport.row == viewport->row
      && on->viewport.column == viewport->column && on->viewport.height == viewport->height
      && on->viewport.width == viewport->width)
    return TRUE;
  forget_gathered (on);
  on->viewport = *viewport;
  on->output = ew_view_part (viewport, plan->output_rows, plan->output_columns);
  on->gathered
      = gather_phases (on, plan, &input, cancel, error)
        && (plan->aligned || gather_blocks (on, plan->x, plan->pitch, &input, &on->input, cancel, error))
        && (view->y == NULL || gather_blocks (on, plan->y, plan->block, &on->output, &on->target, cancel, error));
  if (on->gathered)
    view->n_gathered++;
  return on->gathered;
}

/* --- pictures */

/* In the order in which the CPU adds them up. */
static gboolean
combine (EwView *view, const EwViewPlan *plan, EwPictures *pictures, EwCancel *cancel, GError **error)
{
  EwViewDevice *on = view->on;
  const EwKernel *kernel = view->kernel;
  const EwViewAxis *rows = &plan->rows;
  const EwViewAxis *columns = &plan->columns;
  int n = ew_kernel_n_taps (kernel);
  g_autofree EwPlace *places = g_new (EwPlace, n);

  if (ew_view_part_is_empty (&on->output))
    return TRUE;
  for (int k = 0; k < n; k++)
    {
      int a = k / kernel->width;
      int c = k % kernel->width;
      int plane = rows->phase_of[a] * columns->n + columns->phase_of[c];

      places[k].row = plane * on->phase_height + rows->shift_of[a] - rows->least_shift;
      places[k].column = columns->shift_of[c] - columns->least_shift;
      places[k].weight = (float)kernel->taps[k];
    }
  pictures->output = ew_grid_new (on->output.height, on->output.width, error);
  if (pictures->output != NULL
      && on->device->backend->combine (on->shown, places, n, (float)kernel->bias, pictures->output, cancel, error))
    return TRUE;
  g_clear_pointer (&pictures->output, ew_grid_unref);
  return FALSE;
}

gboolean
ew_view_show_on_device (EwView *view, const EwViewport *viewport, EwPictures *pictures, EwCancel *cancel,
                        GError **error)
{
  EwViewDevice *on = view->on;
  EwViewPlan plan;

  if (on->shown == NULL
      && (on->shown = on->device->backend->show (on->device, view->x, view->y, cancel, error)) == NULL)
    return FALSE;
  ew_view_plan_init (&plan, view->x, view->y, &view->geometry, viewport->block, view->output_height,
                     view->output_width);
  if (!gather (view, &plan, viewport, cancel, error) || !combine (view, &plan, pictures, cancel, error))
    return FALSE;
  g_clear_pointer (&pictures->input, ew_grid_unref);
  g_clear_pointer (&pictures->target, ew_grid_unref);
  pictures->input = on->input == NULL ? NULL : ew_grid_ref (on->input);
  pictures->target = on->target == NULL ? NULL : ew_grid_ref (on->target);
  return TRUE;
}
