/* Kernels from presets and files. */
#include "app/files/kernel-file.h"

#include "app/files/npy.h"
#include "app/files/text.h"
#include "engine/preset.h"

#define PRESET_PREFIX "preset:"

/* The largest kernel is some 100 kB of text; a file far beyond that was chosen by mistake, and reading it takes long.
 */
#define BYTES_MAX (1 << 20)

static gboolean
check_size (int height, int width, GError **error)
{
  if (height <= EW_KERNEL_SIDE_MAX && width <= EW_KERNEL_SIDE_MAX)
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "This kernel is %d×%d; each side can be at most %d.", height, width,
               EW_KERNEL_SIDE_MAX);
  return FALSE;
}

static EwKernel *
from_matrix (EwMatrix *matrix, GError **error)
{
  EwKernel *kernel = NULL;

  if (check_size (matrix->height, matrix->width, error))
    kernel = ew_kernel_new_from_taps (matrix->height, matrix->width, matrix->values, 0, error);
  g_clear_pointer (&matrix->values, g_free);
  return kernel;
}

static EwKernel *
from_image (EwReading *reading, const char *path, GError **error)
{
  g_autoptr (EwPicture) picture = ew_picture_read_from (reading, path, EW_COLOUR_LUMINANCE, error);
  EwMatrix matrix;

  if (picture == NULL || !check_size (picture->planes[0]->height, picture->planes[0]->width, error))
    return NULL;
  matrix.height = picture->planes[0]->height;
  matrix.width = picture->planes[0]->width;
  matrix.values = g_new (double, (gsize)matrix.height *(gsize)matrix.width);
  for (int a = 0; a < matrix.height; a++)
    for (int c = 0; c < matrix.width; c++)
      matrix.values[a * matrix.width + c] = (double)ew_grid_row (picture->planes[0], a)[c];
  return from_matrix (&matrix, error);
}

EwKernel *
ew_kernel_read (const char *name, GError **error)
{
  EwReading reading = { NULL };
  EwMatrix matrix = { 0 };
  EwKernel *kernel = NULL;

  if (g_str_has_prefix (name, PRESET_PREFIX))
    return ew_preset_kernel (name + sizeof PRESET_PREFIX - 1, error);
  if (!ew_reading_open (&reading, name, error))
    return NULL;
  if (reading.size > BYTES_MAX)
    {
      ew_reading_close (&reading);
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
                   "This file is too large for a kernel; each side can be at most %d.", EW_KERNEL_SIDE_MAX);
      return NULL;
    }
  switch (ew_reading_guess (&reading))
    {
    case EW_CONTENT_NPY:
      if (ew_npy_read_matrix (&reading, EW_KERNEL_SIDE_MAX, &matrix, error))
        kernel = from_matrix (&matrix, error);
      break;
    case EW_CONTENT_NUMBERS:
      if (ew_text_read_matrix (&reading, &matrix, error))
        kernel = from_matrix (&matrix, error);
      break;
    default:
      kernel = from_image (&reading, name, error);
      break;
    }
  ew_reading_close (&reading);
  return kernel;
}
