/* Grids and kernels into files. */
#include "app/files/write.h"

#include "app/files/images.h"
#include "app/files/npy.h"
#include "app/files/replace.h"
#include "app/files/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

typedef enum
{
  FORMAT_UNKNOWN,
  FORMAT_NPY,
  FORMAT_TEXT,
  FORMAT_BYTES,  /* an image of 8 bits */
  FORMAT_FLOATS, /* an image of floats */
} Format;

/* @suffix is what the images module is told. */
static const struct
{
  const char *ending;
  Format format;
  const char *suffix;
} formats[] = {
  { ".npy", FORMAT_NPY, NULL },      { ".csv", FORMAT_TEXT, NULL },          { ".txt", FORMAT_TEXT, NULL },
  { ".png", FORMAT_BYTES, ".png" },  { ".jpg", FORMAT_BYTES, ".jpg[Q=95]" }, { ".jpeg", FORMAT_BYTES, ".jpg[Q=95]" },
  { ".tif", FORMAT_FLOATS, ".tif" }, { ".tiff", FORMAT_FLOATS, ".tif" },
};

static gboolean
is_standard_output (const char *path)
{
  return strcmp (path, "-") == 0;
}

static Format
format_of (const char *path, const char **suffix)
{
  const char *ending = strrchr (path, '.');

  if (is_standard_output (path))
    return FORMAT_TEXT;
  for (guint i = 0; ending != NULL && i < G_N_ELEMENTS (formats); i++)
    if (g_ascii_strcasecmp (ending, formats[i].ending) == 0)
      {
        *suffix = formats[i].suffix;
        return formats[i].format;
      }
  return FORMAT_UNKNOWN;
}

gboolean
ew_grid_check_name (const char *path, GError **error)
{
  const char *suffix = NULL;

  switch (format_of (path, &suffix))
    {
    case FORMAT_BYTES:
    case FORMAT_FLOATS:
      return ew_images_open (error) != NULL;
    case FORMAT_UNKNOWN:
      g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE,
                           "The ending of the name tells the format, and this one is unknown; .npy, .csv, .txt, .png, "
                           ".jpg and .tif can be written.");
      return FALSE;
    case FORMAT_NPY:
    case FORMAT_TEXT:
    default:
      return TRUE;
    }
}

gboolean
ew_kernel_check_name (const char *path, GError **error)
{
  const char *suffix = NULL;
  Format format = format_of (path, &suffix);

  if (format == FORMAT_NPY || format == FORMAT_TEXT)
    return TRUE;
  g_set_error_literal (
      error, EW_ERROR, EW_ERROR_USAGE,
      "The ending of the name tells the format, and this one cannot hold a kernel; .npy, .csv and .txt "
      "can.");
  return FALSE;
}

/* Calls write_to with the stream that @path stands for. */
static gboolean
write_whole (const char *path, void (*write_to) (FILE *stream, gconstpointer data), gconstpointer data, GError **error)
{
  g_autoptr (EwReplacement) replacement = NULL;

  if (is_standard_output (path))
    {
      write_to (stdout, data);
      if (fflush (stdout) == 0 && !ferror (stdout))
        return TRUE;
      g_set_error (error, EW_ERROR, EW_ERROR_IO, "Standard output could not be written: %s.", g_strerror (errno));
      return FALSE;
    }
  replacement = ew_replacement_new (path, error);
  if (replacement == NULL)
    return FALSE;
  write_to (ew_replacement_stream (replacement), data);
  return ew_replacement_commit (replacement, error);
}

static void
write_grid_npy (FILE *stream, gconstpointer grid)
{
  ew_npy_write_grid (stream, grid);
}

static void
write_grid_text (FILE *stream, gconstpointer grid)
{
  ew_text_write_grid (stream, grid);
}

static void
write_kernel_npy (FILE *stream, gconstpointer kernel)
{
  ew_npy_write_kernel (stream, kernel);
}

static void
write_kernel_text (FILE *stream, gconstpointer kernel)
{
  ew_text_write_kernel (stream, kernel);
}

typedef struct
{
  const guint8 *bytes;
  gsize length;
} Encoded;

static void
write_encoded (FILE *stream, gconstpointer data)
{
  const Encoded *encoded = data;

  fwrite (encoded->bytes, 1, encoded->length, stream);
}

/* The nearest of 0 … 255; what is outside [0, 1] or no number is counted. */
static guint8
to_byte (float value, gint64 *n_clipped)
{
  if (value >= 0 && value <= 1)
    return (guint8)lrintf (255 * value);
  ++*n_clipped;
  return value > 1 ? 255 : 0;
}

/* The values pixel by pixel without gaps, as bytes or floats. NULL where memory is missing. */
static gpointer
pack (EwGrid *const *planes, int n, Format format, gint64 *n_clipped)
{
  gsize width = (gsize)planes[0]->width * (gsize)n;
  gsize size = (gsize)planes[0]->height * width;
  guint8 *bytes = format == FORMAT_BYTES ? g_try_malloc (size) : NULL;
  float *floats = format == FORMAT_FLOATS ? g_try_malloc_n (size, sizeof (float)) : NULL;

  for (int i = 0; (bytes != NULL || floats != NULL) && i < planes[0]->height; i++)
    for (int k = 0; k < n; k++)
      {
        const float *row = ew_grid_row (planes[k], i);
        gsize at = (gsize)i * width + (gsize)k;

        for (int j = 0; j < planes[0]->width; j++, at += (gsize)n)
          if (floats != NULL)
            floats[at] = row[j];
          else
            bytes[at] = to_byte (row[j], n_clipped);
      }
  return bytes != NULL ? (gpointer)bytes : floats;
}

static gboolean
write_image (const char *path, EwGrid *const *planes, int n, Format format, const char *suffix, gint64 *n_clipped,
             GError **error)
{
  const EwImagesModule *module = ew_images_open (error);
  int height = planes[0]->height, width = planes[0]->width;
  g_autofree gpointer values = NULL;
  g_autofree guint8 *bytes = NULL;
  g_autofree char *problem = NULL;
  Encoded encoded = { NULL, 0 };

  if (module == NULL)
    return FALSE;
  values = pack (planes, n, format, n_clipped);
  if (values == NULL)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory to encode %d×%d values.", height,
                   width);
      return FALSE;
    }
  if (!module->write (suffix, height, width, n, format == FORMAT_BYTES ? values : NULL,
                      format == FORMAT_FLOATS ? values : NULL, &bytes, &encoded.length, &problem))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_IO, problem);
      return FALSE;
    }
  encoded.bytes = bytes;
  return write_whole (path, write_encoded, &encoded, error);
}

gboolean
ew_planes_check_name (const char *path, int n, GError **error)
{
  const char *suffix = NULL;
  Format format = format_of (path, &suffix);

  if (!ew_grid_check_name (path, error))
    return FALSE;
  if (n == 1 || format == FORMAT_BYTES || format == FORMAT_FLOATS)
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE,
                       "Only images hold colours; .png, .jpg and .tif can be written with them.");
  return FALSE;
}

gboolean
ew_planes_write (const char *path, EwGrid *const *planes, int n, gint64 *n_clipped, GError **error)
{
  const char *suffix = NULL;
  Format format = format_of (path, &suffix);
  gint64 unasked;

  if (n_clipped == NULL)
    n_clipped = &unasked;
  *n_clipped = 0;
  if (!ew_planes_check_name (path, n, error))
    return FALSE;
  if (format == FORMAT_NPY)
    return write_whole (path, write_grid_npy, planes[0], error);
  if (format == FORMAT_TEXT)
    return write_whole (path, write_grid_text, planes[0], error);
  return write_image (path, planes, n, format, suffix, n_clipped, error);
}

gboolean
ew_grid_write (const char *path, const EwGrid *grid, gint64 *n_clipped, GError **error)
{
  EwGrid *plane = (EwGrid *)grid;

  return ew_planes_write (path, &plane, 1, n_clipped, error);
}

gboolean
ew_kernel_write (const char *path, const EwKernel *kernel, GError **error)
{
  const char *suffix = NULL;

  if (!ew_kernel_check_name (path, error))
    return FALSE;
  return write_whole (path, format_of (path, &suffix) == FORMAT_NPY ? write_kernel_npy : write_kernel_text, kernel,
                      error);
}
