/* What the two halves of the images module share. Internal to the module. */
#pragma once

#include "app/files/images-module.h"

#include <vips/vips.h>

/* libvips' complaint as the end of a sentence that begins with @what, without the name of the file @path (may be NULL);
 * clears it. Transfer full. */
char *ew_vips_take_problem (const char *what, const char *path);

/* EwImagesModule.read. */
gboolean ew_vips_read (const char *path, gboolean channels, const EwImageSink *sink, EwImageFacts *facts,
                       char **problem);
