/* EwPicture: which reader a file is for, and images into planes. */
#include "app/files/picture.h"

#include "app/files/images.h"
#include "app/files/npy.h"
#include "app/files/text.h"

#include <string.h>

/* Where the rows of an image go. */
typedef struct
{
  EwPicture *picture;
  EwReading *reading;
  GError *error;
} Filling;

void
ew_picture_free (EwPicture *picture)
{
  if (picture == NULL)
    return;
  for (int i = 0; i < 3; i++)
    if (picture->planes[i] != NULL)
      ew_grid_unref (picture->planes[i]);
  ew_grid_unref (picture->green);
  g_free (picture->note);
  g_free (picture);
}

static gboolean
begin (int height, int width, int n_planes, gpointer data)
{
  Filling *filling = data;

  for (int i = 0; i < n_planes; i++)
    {
      filling->picture->planes[i] = ew_grid_new (height, width, &filling->error);
      if (filling->picture->planes[i] == NULL)
        return FALSE;
    }
  filling->picture->n_planes = n_planes;
  return ew_reading_step (filling->reading, 0, &filling->error);
}

static void
row (int plane, int row, const float *values, gpointer data)
{
  EwGrid *grid = ((Filling *)data)->picture->planes[plane];

  memcpy (ew_grid_row (grid, row), values, (gsize)grid->width * sizeof (float));
}

/* The rows and columns in the middle. Without memory for them the picture does without. */
static void
green (int row, const float *values, gpointer data)
{
  EwPicture *picture = ((Filling *)data)->picture;
  int height = MIN (picture->planes[0]->height, EW_PICTURE_GREEN), width = MIN (picture->planes[0]->width, EW_PICTURE_GREEN);
  int top = (picture->planes[0]->height - height) / 2, left = (picture->planes[0]->width - width) / 2;

  if (row == 0)
    picture->green = ew_grid_new (height, width, NULL);
  if (picture->green != NULL && row >= top && row < top + height)
    memcpy (ew_grid_row (picture->green, row - top), values + left, (gsize)width * sizeof (float));
}

static gboolean
step (double fraction, gpointer data)
{
  Filling *filling = data;

  return ew_reading_step (filling->reading, fraction, &filling->error);
}

static EwPicture *
read_image (const EwImagesModule *module, const char *path, EwColour colour, EwReading *reading, GError **error)
{
  g_autoptr (EwPicture) picture = g_new0 (EwPicture, 1);
  Filling filling = { picture, reading, NULL };
  EwImageSink sink = { begin, row, green, step, &filling };
  EwImageFacts facts = { FALSE, NULL };
  g_autofree char *problem = NULL;
  gboolean ok = module->read (path, colour == EW_COLOUR_CHANNELS, &sink, &facts, &problem);

  picture->has_colour = facts.has_colour;
  picture->note = facts.note;
  if (ok)
    return g_steal_pointer (&picture);
  if (filling.error != NULL)
    g_propagate_error (error, filling.error);
  else
    g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA, problem);
  return NULL;
}

static EwGrid *
read_text (EwReading *reading, GError **error)
{
  EwMatrix matrix;
  EwGrid *grid;

  if (!ew_text_read_matrix (reading, &matrix, error))
    return NULL;
  grid = ew_grid_new (matrix.height, matrix.width, error);
  for (int i = 0; grid != NULL && i < matrix.height; i++)
    for (int j = 0; j < matrix.width; j++)
      ew_grid_row (grid, i)[j] = (float)matrix.values[(gsize)i * (gsize)matrix.width + (gsize)j];
  g_free (matrix.values);
  return grid;
}

static EwPicture *
from_grid (EwGrid *grid)
{
  EwPicture *picture;

  if (grid == NULL)
    return NULL;
  picture = g_new0 (EwPicture, 1);
  picture->n_planes = 1;
  picture->planes[0] = grid;
  return picture;
}

/* An image, or text in which the reader of numbers will say what it does not like. */
static EwPicture *
read_other (const char *path, EwColour colour, EwReading *reading, gboolean is_text, GError **error)
{
  g_autoptr (GError) no_module = NULL;
  const EwImagesModule *module = ew_images_open (&no_module);

  if (module != NULL && module->knows (path))
    return read_image (module, path, colour, reading, error);
  if (is_text)
    return from_grid (read_text (reading, error));
  if (module == NULL)
    g_propagate_error (error, g_steal_pointer (&no_module));
  else
    g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                         "This is neither an image nor a .npy file nor a matrix of numbers.");
  return NULL;
}

EwPicture *
ew_picture_read_from (EwReading *reading, const char *path, EwColour colour, GError **error)
{
  EwContent content = ew_reading_guess (reading);

  switch (content)
    {
    case EW_CONTENT_NOTHING:
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA, "This file is empty.");
      return NULL;
    case EW_CONTENT_NPY:
      return from_grid (ew_npy_read_grid (reading, error));
    case EW_CONTENT_NUMBERS:
      return from_grid (read_text (reading, error));
    case EW_CONTENT_TEXT:
    case EW_CONTENT_BINARY:
    default:
      return read_other (path, colour, reading, content == EW_CONTENT_TEXT, error);
    }
}

EwPicture *
ew_picture_read (const char *path, EwColour colour, EwReadProgress progress, gpointer data, EwCancel *cancel,
                 GError **error)
{
  EwReading reading = { .progress = progress, .data = data, .cancel = cancel };
  EwPicture *picture;

  if (!ew_reading_open (&reading, path, error))
    return NULL;
  picture = ew_picture_read_from (&reading, path, colour, error);
  ew_reading_close (&reading);
  return picture;
}
