/* The module that reads and writes image files by libvips. Opened on first use, in a worker: linking libvips would cost
 * the window 70 ms before its first frame. */
#include "app/files/images-vips.h"

#include <gmodule.h>
#include <string.h>

/* The two symbols that are looked for. */
G_MODULE_EXPORT const char *g_module_check_init (GModule *module);
G_MODULE_EXPORT extern const EwImagesModule ew_images_module;

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
  /* A loader that hands files to a large general library: more risk than use. */
  vips_operation_block_set ("VipsForeignLoadMagick", TRUE);
  /* A file may change between two readings. */
  vips_cache_set_max (0);
  g_module_make_resident (module);
  return NULL;
}

/* Takes every @part out of @text. */
static void
take_out (char *text, const char *part)
{
  for (char *found = strstr (text, part); *part != '\0' && found != NULL; found = strstr (found, part))
    memmove (found, found + strlen (part), strlen (found + strlen (part)) + 1);
}

char *
ew_vips_take_problem (const char *what, const char *path)
{
  g_autofree char *text = g_strdup (vips_error_buffer ());
  g_autofree char *named = g_strconcat (path == NULL ? "" : path, path == NULL ? "" : ": ", NULL);

  vips_error_clear ();
  take_out (text, named);
  g_strstrip (text);
  text[strcspn (text, "\r\n")] = '\0';
  if (!g_utf8_validate (text, -1, NULL) || *text == '\0')
    return g_strdup_printf ("%s.", what);
  return g_strdup_printf ("%s (%s).", what, text);
}

static gboolean
knows (const char *path)
{
  const char *loader = vips_foreign_find_load (path);

  vips_error_clear ();
  /* These go by the file's name; text is not theirs here. */
  return loader != NULL && strstr (loader, "Csv") == NULL && strstr (loader, "Matrix") == NULL
         && strstr (loader, "Raw") == NULL;
}

static gboolean
write_image (const char *suffix, int height, int width, int channels, const guint8 *bytes, const float *floats,
             guint8 **encoded, gsize *length, char **problem)
{
  VipsBandFormat format = bytes != NULL ? VIPS_FORMAT_UCHAR : VIPS_FORMAT_FLOAT;
  gsize size = (gsize)height * (gsize)width * (gsize)channels * (bytes != NULL ? 1 : sizeof (float));
  const void *values = bytes != NULL ? (const void *)bytes : floats;
  /* Floats are taken as they are, whatever is said of them; sRGB would be scaled to bytes. */
  VipsInterpretation kind = channels == 1 ? VIPS_INTERPRETATION_B_W
                            : bytes != NULL ? VIPS_INTERPRETATION_sRGB
                                            : VIPS_INTERPRETATION_scRGB;
  VipsImage *raw = vips_image_new_from_memory (values, size, width, height, channels, format);
  VipsImage *grey = NULL;
  void *buffer = NULL;
  size_t n = 0;
  gboolean ok = raw != NULL && vips_copy (raw, &grey, "interpretation", kind, NULL) == 0
                && vips_image_write_to_buffer (grey, suffix, &buffer, &n, NULL) == 0;

  g_clear_object (&grey);
  g_clear_object (&raw);
  if (!ok)
    {
      *problem = ew_vips_take_problem ("The image could not be encoded", NULL);
      return FALSE;
    }
  *encoded = buffer;
  *length = n;
  return TRUE;
}

const EwImagesModule ew_images_module = { knows, ew_vips_read, write_image };
