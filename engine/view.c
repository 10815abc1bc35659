/* EwView: its life, and pictures of single outputs; those of larger blocks are in view-tiles.c. */
#include "engine/view.h"

#include "engine/cpu-window.h"
#include "engine/view-private.h"

/* Pixels that take two cores about 30 ms, and 4. */
#define FELT      ((gint64)1 << 25)
#define WORTH_TWO ((gint64)1 << 22)

/* Rows of outputs that one thread does at a time where a block is one output. */
#define BAND 8

EwView *
ew_view_new (EwGrid *x, EwGrid *y, const EwGeometry *geometry, EwPool *pool, GError **error)
{
  const EwCpuKernels *kernels = ew_cpu_kernels (error);
  int height, width;

  if (kernels == NULL || !ew_geometry_output_size (geometry, x->height, x->width, &height, &width, error))
    return NULL;
  g_return_val_if_fail (y == NULL || (y->height == height && y->width == width), NULL);

  EwView *view = g_new0 (EwView, 1);

  view->geometry = *geometry;
  view->x = ew_grid_ref (x);
  view->y = y == NULL ? NULL : ew_grid_ref (y);
  view->output_height = height;
  view->output_width = width;
  view->pool = pool;
  view->kernels = kernels;
  view->tiles = ew_view_tiles_new ();
  view->room = EW_VIEW_BYTES;
  view->felt = FELT;
  view->worth_two = WORTH_TWO;
  return view;
}

void
ew_view_free (EwView *view)
{
  if (view == NULL)
    return;
  ew_view_set_device (view, NULL);
  g_hash_table_unref (view->tiles);
  ew_kernel_unref (view->kernel);
  ew_grid_unref (view->x);
  ew_grid_unref (view->y);
  ew_grid_unref (view->input);
  ew_grid_unref (view->target);
  g_free (view);
}

guint64
ew_view_n_gathered (const EwView *view)
{
  return view->n_gathered;
}

int
ew_view_block_max (const EwGeometry *geometry, int input_height, int input_width, int output_height, int output_width)
{
  int input = MIN (input_height, input_width) / geometry->stride;

  return MAX (1, MIN (input, MIN (output_height, output_width)));
}

/* What of the viewport lies within rows × columns blocks. */
EwViewPart
ew_view_part (const EwViewport *v, int rows, int columns)
{
  int row = MAX (v->row, 0);
  int column = MAX (v->column, 0);

  return (EwViewPart){ row, column, (int)MIN ((gint64)v->row + v->height, rows) - row,
                       (int)MIN ((gint64)v->column + v->width, columns) - column };
}

/* --- blocks of one output */

typedef struct
{
  EwView *view;
  const float *taps;
  float bias;
  EwViewPart part;
  EwGrid *output;
} Band;

static void
correlate_band (int item, gpointer data)
{
  const Band *band = data;
  float scratch[EW_CPU_SCRATCH] __attribute__ ((aligned (64)));
  EwCpuWindow window = { .kernels = band->view->kernels,
                         .geometry = &band->view->geometry,
                         .x = band->view->x,
                         .taps = band->taps,
                         .bias = band->bias,
                         .scratch = scratch };
  const EwCpuHints hints = { 0 };
  int end = MIN ((item + 1) * BAND, band->part.height);
  int rows, columns;

  for (int i = item * BAND; i < end; i += rows)
    for (int j = 0; j < band->part.width; j += columns)
      {
        rows = end - i;
        columns = band->part.width - j;
        ew_cpu_window_fit (&band->view->geometry, &rows, &columns);
        ew_cpu_window_correlate (&window, band->part.row + i, band->part.column + j, rows, columns,
                                 ew_grid_row (band->output, i) + j, band->output->stride, &hints);
      }
}

static gboolean
correlate_part (EwView *view, const EwKernel *kernel, const EwViewPart *part, EwPictures *pictures, EwCancel *cancel,
                GError **error)
{
  float taps[EW_KERNEL_PARAMS_MAX];
  Band band = { .view = view, .taps = taps, .bias = (float)kernel->bias, .part = *part };

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    taps[k] = (float)kernel->taps[k];
  pictures->output = band.output = ew_grid_new (part->height, part->width, error);
  if (pictures->output == NULL)
    return FALSE;
  if (ew_pool_run (view->pool, (part->height + BAND - 1) / BAND, correlate_band, &band, cancel))
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return FALSE;
}

/* A part of a plane as it is. The plane itself where that is the part. */
static gboolean
crop (EwGrid *plane, const EwViewPart *part, EwGrid **to, GError **error)
{
  if (plane == NULL || ew_view_part_is_empty (part))
    return TRUE;
  if (part->row == 0 && part->column == 0 && part->height == plane->height && part->width == plane->width)
    *to = ew_grid_ref (plane);
  else
    *to = ew_grid_new_cropped (plane, part->row, part->column, part->height, part->width, error);
  return *to != NULL;
}

static void
take_kernel (EwView *view, EwKernel *kernel)
{
  if (view->kernel != NULL && ew_kernel_equal (view->kernel, kernel))
    return;
  ew_kernel_unref (view->kernel);
  view->kernel = ew_kernel_ref (kernel);
  view->kernel_number++;
}

/* With a stride an output lies over several input pixels, which are shown too. */
static gboolean
show_values (EwView *view, const EwViewport *viewport, EwPictures *pictures, EwCancel *cancel, GError **error)
{
  EwViewPart output = ew_view_part (viewport, view->output_height, view->output_width);
  EwViewport under = *viewport;
  EwViewPart input;

  under.row *= view->geometry.stride;
  under.column *= view->geometry.stride;
  under.height *= view->geometry.stride;
  under.width *= view->geometry.stride;
  input = ew_view_part (&under, view->x->height, view->x->width);
  pictures->input_block = 1;
  pictures->input_row = input.row;
  pictures->input_column = input.column;
  return (pictures->input != NULL || crop (view->x, &input, &pictures->input, error))
         && (pictures->target != NULL || crop (view->y, &output, &pictures->target, error))
         && (ew_view_part_is_empty (&output) || correlate_part (view, view->kernel, &output, pictures, cancel, error));
}

static EwGrid *
ref_or_null (EwGrid *grid)
{
  return grid == NULL ? NULL : ew_grid_ref (grid);
}

/* What does not depend on the kernel; whoever draws it sees by the pointer that it is the same. */
static void
share_fixed (EwView *view, const EwViewport *viewport, EwPictures *pictures)
{
  const EwViewport *shown = &view->shown;

  if (shown->block != viewport->block || shown->row != viewport->row || shown->column != viewport->column
      || shown->height != viewport->height || shown->width != viewport->width)
    return;
  pictures->input = ref_or_null (view->input);
  pictures->target = ref_or_null (view->target);
}

static void
keep_fixed (EwView *view, const EwViewport *viewport, const EwPictures *pictures)
{
  ew_grid_unref (view->input);
  ew_grid_unref (view->target);
  view->shown = *viewport;
  view->input = ref_or_null (pictures->input);
  view->target = ref_or_null (pictures->target);
}

static gboolean
show_blocks (EwView *view, const EwViewport *viewport, EwPictures *pictures, EwCancel *cancel, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (view->on != NULL)
    {
      if (ew_view_show_on_device (view, viewport, pictures, cancel, &cause))
        return TRUE;
      if (g_error_matches (cause, EW_ERROR, EW_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
      ew_view_set_device (view, NULL);
    }
  return ew_view_show_tiles (view, viewport, pictures, cancel, error);
}

EwPictures *
ew_view_pictures (EwView *view, const EwViewport *viewport, EwKernel *kernel, EwCancel *cancel, GError **error)
{
  g_autoptr (EwPictures) pictures = ew_pictures_new ();

  g_return_val_if_fail (kernel->height == view->geometry.kernel_height, NULL);
  g_return_val_if_fail (kernel->width == view->geometry.kernel_width, NULL);
  g_return_val_if_fail (viewport->block >= 1 && viewport->height >= 1 && viewport->width >= 1, NULL);
  take_kernel (view, kernel);
  pictures->task = viewport->task;
  pictures->sample = viewport->sample;
  pictures->block = viewport->block;
  pictures->input_block = viewport->block * view->geometry.stride;
  pictures->row = pictures->input_row = MAX (viewport->row, 0);
  pictures->column = pictures->input_column = MAX (viewport->column, 0);
  pictures->kernel = ew_kernel_ref (view->kernel);
  share_fixed (view, viewport, pictures);
  if (viewport->block == 1 ? !show_values (view, viewport, pictures, cancel, error)
                           : !show_blocks (view, viewport, pictures, cancel, error))
    return NULL;
  keep_fixed (view, viewport, pictures);
  return g_steal_pointer (&pictures);
}
