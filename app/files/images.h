/* The images module: found and opened on first use. Internal to app/files. */
#pragma once

#include "app/files/images-module.h"
#include "engine/error.h"

G_BEGIN_DECLS

/* The module, for good; the first call opens it, which takes some 100 ms. May run on any thread. EW_ERROR_UNSUPPORTED
 * where this build has none or it cannot be opened. */
const EwImagesModule *ew_images_open (GError **error);

G_END_DECLS
