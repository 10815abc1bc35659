/* What lies between the program and the module that knows libvips. The module knows nothing of the program: it calls
 * what it is given. */
#pragma once

#include <glib.h>

/* The symbol that the module exports: a const EwImagesModule. */
#define EW_IMAGES_MODULE_SYMBOL "ew_images_module"

/**
 * EwImageSink:
 * @begin: told the size before the first row: 1 plane, or 3; FALSE ends reading
 * @row: one row of one plane, from top to bottom; values as the program uses them
 * @green: likewise the green channel of a colour image of which luminance is the one plane; may be NULL
 * @step: told how far reading is; FALSE ends it
 *
 * Where an image goes. All get @data.
 */
typedef struct
{
  gboolean (*begin) (int height, int width, int n_planes, gpointer data);
  void (*row) (int plane, int row, const float *values, gpointer data);
  void (*green) (int row, const float *values, gpointer data);
  gboolean (*step) (double fraction, gpointer data);
  gpointer data;
} EwImageSink;

/**
 * EwImageFacts:
 * @has_colour: the image has three channels
 * @note: a sentence on what was dropped, or NULL; to be freed
 */
typedef struct
{
  gboolean has_colour;
  char *note;
} EwImageFacts;

/**
 * EwImagesModule:
 * @knows: whether the file's content is of a format that can be read
 * @read: reads it; @channels: a colour image gives three planes, else its luminance. FALSE with *problem (to be freed)
 * a sentence, or NULL where the sink ended it
 * @write: encodes height × width pixels of 1 or 3 channels, pixel by pixel, @bytes (8 bit) or else @floats, for the ending @suffix
 * (".png"); FALSE with *problem, else *encoded (to be freed with g_free) and *length
 */
typedef struct
{
  gboolean (*knows) (const char *path);
  gboolean (*read) (const char *path, gboolean channels, const EwImageSink *sink, EwImageFacts *facts, char **problem);
  gboolean (*write) (const char *suffix, int height, int width, int channels, const guint8 *bytes,
                     const float *floats, guint8 **encoded, gsize *length, char **problem);
} EwImagesModule;
