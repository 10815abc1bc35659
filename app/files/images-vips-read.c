/* Reading an image strip by strip: upright, without transparency, as grey or red, green and blue. */
#include "app/files/images-vips.h"

/* Rows that are read at once. */
#define STRIP_ROWS 64

/**
 * Reader:
 * @scale: what stored values are multiplied with
 * @values: n_out rows of the image's width: what goes to the sink
 * @green: of a colour image that becomes luminance; NULL where the sink does not want it
 * @ended: by the sink
 */
typedef struct
{
  const EwImageSink *sink;
  VipsImage *image;
  double scale;
  int n_out;
  float *values;
  float *green;
  gboolean ended;
} Reader;

/* Decoders that must have all of a file before the first row tell of their progress here. */
static void
on_eval (VipsImage *image, VipsProgress *progress, gpointer data)
{
  Reader *reader = data;

  if (reader->sink->step (progress->percent / 100.0, reader->sink->data))
    return;
  reader->ended = TRUE;
  vips_image_set_kill (image, TRUE);
}

/* Puts *made, the outcome of an operation on *image, in its place. A pointer, because it is not told which argument is
 * evaluated first. */
static gboolean
take_over (VipsImage **image, VipsImage *const *made, int status)
{
  if (status != 0)
    return FALSE;
  g_object_unref (*image);
  *image = *made;
  return TRUE;
}

static VipsImage *
open_file (const char *path, VipsAccess access)
{
  return vips_image_new_from_file (path, "access", access, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
}

/* Rows in the order of the file, or, where the picture lies on its side, all of it. */
static VipsImage *
open_upright (const char *path)
{
  VipsImage *image = open_file (path, VIPS_ACCESS_SEQUENTIAL);
  VipsImage *turned = NULL;

  if (image == NULL || vips_image_get_orientation (image) <= 1)
    return image;
  g_object_unref (image);
  image = open_file (path, VIPS_ACCESS_RANDOM);
  if (image == NULL || take_over (&image, &turned, vips_autorot (image, &turned, NULL)))
    return image;
  g_object_unref (image);
  return NULL;
}

/* Whether stored values are what a screen would be sent. */
static gboolean
is_encoded_for_screens (const VipsImage *image)
{
  switch (vips_image_get_interpretation (image))
    {
    case VIPS_INTERPRETATION_CMYK:
    case VIPS_INTERPRETATION_LAB:
    case VIPS_INTERPRETATION_LABQ:
    case VIPS_INTERPRETATION_LABS:
    case VIPS_INTERPRETATION_LCH:
    case VIPS_INTERPRETATION_CMC:
    case VIPS_INTERPRETATION_XYZ:
    case VIPS_INTERPRETATION_YXY:
    case VIPS_INTERPRETATION_HSV:
      return FALSE;
    default:
      return vips_image_get_coding (image) == VIPS_CODING_NONE;
    }
}

/* Makes one or three bands of *image; @notes gets what that changed. */
static gboolean
simplify (VipsImage **image, GString *notes, char **problem)
{
  VipsImage *made = NULL;
  int n_bands;

  if (vips_image_hasalpha (*image))
    {
      n_bands = vips_image_get_bands (*image) - 1;
      if (!take_over (image, &made, vips_extract_band (*image, &made, 0, "n", n_bands, NULL)))
        return FALSE;
      g_string_append (notes, "Its transparency was dropped.");
    }
  if (!is_encoded_for_screens (*image))
    {
      if (!take_over (image, &made, vips_colourspace (*image, &made, VIPS_INTERPRETATION_sRGB, NULL)))
        return FALSE;
      g_string_append_printf (notes, "%sIts colours were converted to sRGB.", notes->len > 0 ? " " : "");
    }
  n_bands = vips_image_get_bands (*image);
  if (n_bands == 1 || n_bands == 3)
    return TRUE;
  *problem = g_strdup_printf ("This image has %d channels; it must have one or three.", n_bands);
  return FALSE;
}

/* 0 where the values cannot be read. */
static double
scale_of (VipsBandFormat format)
{
  switch (format)
    {
    case VIPS_FORMAT_UCHAR:
      return 1 / 255.0;
    case VIPS_FORMAT_USHORT:
      return 1 / 65535.0;
    case VIPS_FORMAT_UINT:
      return 1 / 4294967295.0;
    case VIPS_FORMAT_CHAR:
    case VIPS_FORMAT_SHORT:
    case VIPS_FORMAT_INT:
    case VIPS_FORMAT_FLOAT:
    case VIPS_FORMAT_DOUBLE:
      return 1;
    default:
      return 0;
    }
}

static double
value_at (gconstpointer row, VipsBandFormat format, gsize i)
{
  switch (format)
    {
    case VIPS_FORMAT_CHAR:
      return ((const gint8 *)row)[i];
    case VIPS_FORMAT_SHORT:
      return ((const gint16 *)row)[i];
    case VIPS_FORMAT_INT:
      return ((const gint32 *)row)[i];
    case VIPS_FORMAT_UINT:
      return ((const guint32 *)row)[i];
    case VIPS_FORMAT_DOUBLE:
      return ((const double *)row)[i];
    case VIPS_FORMAT_FLOAT:
      return (double)((const float *)row)[i];
    case VIPS_FORMAT_USHORT:
      return ((const guint16 *)row)[i];
    case VIPS_FORMAT_UCHAR:
    default:
      return ((const guint8 *)row)[i];
    }
}

/* Dividing, not multiplying with the reciprocal: v/255 is to be the float nearest to it. */
static float
scaled (const Reader *reader, double value)
{
  return (float)(reader->scale == 1 ? value : value / (1 / reader->scale));
}

static void
convert_row (Reader *reader, gconstpointer row, int i)
{
  VipsBandFormat format = vips_image_get_format (reader->image);
  gsize width = (gsize)vips_image_get_width (reader->image);
  gsize n = (gsize)vips_image_get_bands (reader->image);

  for (gsize j = 0; j < width; j++)
    {
      if (n == 3 && reader->n_out == 1)
        {
          double red = value_at (row, format, 3 * j);
          double green = value_at (row, format, 3 * j + 1);
          double blue = value_at (row, format, 3 * j + 2);

          reader->values[j] = scaled (reader, 0.299 * red + 0.587 * green + 0.114 * blue);
          if (reader->green != NULL)
            reader->green[j] = scaled (reader, green);
          continue;
        }
      for (gsize b = 0; b < n; b++)
        reader->values[b * width + j] = scaled (reader, value_at (row, format, n * j + b));
    }
  for (int plane = 0; plane < reader->n_out; plane++)
    reader->sink->row (plane, i, reader->values + (gsize)plane * width, reader->sink->data);
  if (reader->green != NULL)
    reader->sink->green (i, reader->green, reader->sink->data);
}

static gboolean
read_strips (Reader *reader)
{
  int height = vips_image_get_height (reader->image);
  int width = vips_image_get_width (reader->image);
  VipsRegion *region = vips_region_new (reader->image);
  gboolean ok = region != NULL;

  for (int top = 0; ok && top < height; top += STRIP_ROWS)
    {
      VipsRect rect = { 0, top, width, MIN (STRIP_ROWS, height - top) };

      ok = vips_region_prepare (region, &rect) == 0;
      for (int i = top; ok && i < top + rect.height; i++)
        convert_row (reader, VIPS_REGION_ADDR (region, 0, i), i);
      if (ok && !reader->sink->step ((double)(top + rect.height) / height, reader->sink->data))
        {
          reader->ended = TRUE;
          ok = FALSE;
        }
    }
  g_clear_object (&region);
  return ok;
}

static gboolean
read_image (Reader *reader, gboolean channels, char **problem)
{
  VipsImage *image = reader->image;
  int n_bands = vips_image_get_bands (image);

  reader->scale = scale_of (vips_image_get_format (image));
  reader->n_out = channels && n_bands == 3 ? 3 : 1;
  if (reader->scale <= 0)
    {
      *problem = g_strdup ("This image holds complex numbers; real ones are needed.");
      return FALSE;
    }
  reader->ended = !reader->sink->begin (vips_image_get_height (image), vips_image_get_width (image), reader->n_out,
                                        reader->sink->data);
  if (reader->ended)
    return FALSE;
  reader->values = g_new (float, (gsize)vips_image_get_width (image) * (gsize)reader->n_out);
  if (n_bands == 3 && reader->n_out == 1 && reader->sink->green != NULL)
    reader->green = g_new (float, vips_image_get_width (image));
  vips_image_set_progress (image, TRUE);
  g_signal_connect (image, "eval", G_CALLBACK (on_eval), reader);
  return read_strips (reader);
}

gboolean
ew_vips_read (const char *path, gboolean channels, const EwImageSink *sink, EwImageFacts *facts, char **problem)
{
  Reader reader = { .sink = sink };
  g_autoptr (GString) notes = g_string_new (NULL);
  VipsImage *image = open_upright (path);
  gboolean ok = FALSE;

  if (image != NULL && simplify (&image, notes, problem))
    {
      reader.image = image;
      ok = read_image (&reader, channels, problem);
      facts->has_colour = vips_image_get_bands (image) == 3;
      facts->note = notes->len == 0 ? NULL : g_strdup (notes->str);
    }
  if (!ok && !reader.ended && *problem == NULL)
    *problem = ew_vips_take_problem ("This image is damaged or truncated", path);
  vips_error_clear ();
  if (image != NULL)
    g_signal_handlers_disconnect_by_data (image, &reader);
  g_clear_object (&image);
  g_free (reader.values);
  g_free (reader.green);
  return ok;
}
