/* EwExperiment: padding, border, stride and dilation. */
#include "app/experiment-geometry.h"

#include "app/golden.h"

#include <glib/gi18n.h>

static void
pad_axis (EwPadding padding, int taps, int dilation, int *before, int *after)
{
  int reach = dilation * (taps - 1);

  *before = padding == EW_PADDING_FULL ? reach : reach / 2;
  *after = padding == EW_PADDING_FULL ? reach : reach - reach / 2;
}

void
ew_settings_geometry (const EwSettings *settings, int kernel_height, int kernel_width, EwGeometry *geometry)
{
  ew_geometry_init_valid (geometry, kernel_height, kernel_width);
  geometry->stride = settings->stride;
  geometry->dilation = settings->dilation;
  if (settings->padding == EW_PADDING_VALID)
    return;
  geometry->border = settings->border;
  pad_axis (settings->padding, kernel_height, settings->dilation, &geometry->top, &geometry->bottom);
  pad_axis (settings->padding, kernel_width, settings->dilation, &geometry->left, &geometry->right);
}

void
ew_settings_forget_geometry (EwSettings *settings)
{
  settings->padding = EW_PADDING_VALID;
  settings->stride = 1;
  settings->dilation = 1;
}

static gboolean
check_target (const EwExperiment *experiment, const EwGeometry *geometry, int rows, int columns, GError **error)
{
  const EwGrid *y = experiment->target == NULL ? NULL : experiment->target->planes[0];
  const EwGrid *x = experiment->input->planes[0];

  if (y == NULL || (y->height == rows && y->width == columns))
    return TRUE;
  /* A target of the input's size is cut where nothing is padded. */
  if (ew_geometry_is_valid (geometry) && y->height == x->height && y->width == x->width)
    return TRUE;
  g_set_error (
      error, EW_ERROR, EW_ERROR_GEOMETRY,
      _ ("This would give an output of %d×%d, and the target is %d×%d; a target made by a kernel would follow."), rows,
      columns, y->height, y->width);
  return FALSE;
}

gboolean
ew_experiment_check_lost (const EwExperiment *experiment, const EwSettings *wished, int height, int width,
                          GError **error)
{
  const EwSettings *s = &experiment->settings;

  if (experiment->mask == NULL || experiment->lost_height == 0)
    return TRUE;
  if (height <= experiment->lost_height && width <= experiment->lost_width && wished->stride == s->stride
      && wished->dilation == s->dilation)
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
               _ ("Values that are not finite were left out for a %d×%d kernel, and this one would reach them: undo that, "
                  "choose the kernel, and leave them out again."),
               experiment->lost_height, experiment->lost_width);
  return FALSE;
}

gboolean
ew_experiment_set_geometry (EwExperiment *experiment, const EwSettings *wished, GError **error)
{
  EwSettings *s = &experiment->settings;
  const EwGrid *x = experiment->input->planes[0];
  EwGeometry geometry;
  int rows, columns;

  if (wished->padding == EW_PADDING_SAME && wished->stride != 1)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_GEOMETRY,
                           _ ("An output of the input’s size needs a stride of 1; with larger steps choose another "
                              "padding."));
      return FALSE;
    }
  ew_settings_geometry (wished, s->kernel_height, s->kernel_width, &geometry);
  if (!ew_experiment_check_lost (experiment, wished, s->kernel_height, s->kernel_width, error)
      || !ew_geometry_output_size (&geometry, x->height, x->width, &rows, &columns, error)
      || !check_target (experiment, &geometry, rows, columns, error))
    return FALSE;
  s->padding = wished->padding;
  s->border = wished->border;
  s->stride = wished->stride;
  s->dilation = wished->dilation;
  /* The textbook's rate is just below the limit of its own geometry. */
  if (experiment->textbook && s->rate == EW_GOLDEN_RATE)
    s->rate = 0;
  return TRUE;
}
