/* The module that reads and writes image files by libvips. Opened on first use, in a worker: linking libvips would cost the
 * window 70 ms before its first frame. */
#include "app/files/images-module.h"

#include <gmodule.h>
#include <string.h>
#include <vips/vips.h>

/* Rows that are read at once. */
#define STRIP_ROWS 64

/* The two symbols that are looked for. */
const char *g_module_check_init (GModule *module);
extern const EwImagesModule ew_images_module;

static void
ignore_log (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

const char *
g_module_check_init (GModule *module)
{
  /* Damaged files make libvips talk; what matters comes back as an error. */
  g_log_set_handler ("VIPS", G_LOG_LEVEL_MASK, ignore_log, NULL);
  if (vips_init ("edgewise") != 0)
    return "libvips could not be started";
  /* Loaders that hand files to a large general library: more risk than use. */
  vips_operation_block_set ("VipsForeignLoadMagick", TRUE);
  vips_cache_set_max (0);
  g_module_make_resident (module);
  return NULL;
}

/* libvips' first complaint as part of a sentence. */
static char *
take_problem (const char *what)
{
  g_autofree char *text = g_strdup (vips_error_buffer ());

  vips_error_clear ();
  g_strstrip (text);
  text[strcspn (text, "\n")] = '\0';
  return *text == '\0' ? g_strdup_printf ("%s.", what) : g_strdup_printf ("%s: %s.", what, text);
}

static gboolean
knows (const char *path)
{
  gboolean known = vips_foreign_find_load (path) != NULL;

  vips_error_clear ();
  return known;
}

typedef struct
{
  const EwImageSink *sink;
  VipsImage *image;
  gboolean ended; /* by the sink */
} Reader;

/* Decoders that must have all of a file before the first row tell of their progress here. */
static void
on_eval (VipsImage *image, VipsProgress *progress, gpointer data)
{
  Reader *reader = data;

  if (!reader->sink->step (progress->percent / 100.0, reader->sink->data))
    {
      reader->ended = TRUE;
      vips_image_set_kill (image, TRUE);
    }
}

static VipsImage *
open_file (const char *path, VipsAccess access)
{
  return vips_image_new_from_file (path, "access", access, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
}

/* Replaces an image by one made from it. */
static gboolean
replace (VipsImage **image, VipsImage *made, int status)
{
  g_object_unref (*image);
  *image = status == 0 ? made : NULL;
  return status == 0;
}

static gboolean
is_device_space (const VipsImage *image)
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

/* Opens the file upright, as grey or red, green and blue and nothing else, of 8 or 16 bits or floats. */
static VipsImage *
open_upright (const char *path, EwImageFacts *facts)
{
  VipsImage *image = open_file (path, VIPS_ACCESS_SEQUENTIAL);
  VipsImage *made = NULL;

  /* Turning needs all rows at any time. */
  if (image != NULL && vips_image_get_orientation (image) > 1
      && (!replace (&image, open_file (path, VIPS_ACCESS_RANDOM), 0) || image == NULL
          || !replace (&image, made, vips_autorot (image, &made, NULL) == 0 ? (image = image, 0) : -1)))
    return NULL;
  return image;
}

const EwImagesModule ew_images_module = { knows, NULL, NULL };
