/* Where the images module lies, and opening it. */
#include "app/files/images.h"

#include <gmodule.h>

#ifdef EW_IMAGES_FILE

/* A program that runs from the build folder takes the module beside it, an installed one the installed module. */
static char *
find_module (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  gboolean built = program != NULL && g_str_has_prefix (program, EW_IMAGES_BUILD_ROOT "/");

  return g_build_filename (built ? EW_IMAGES_BUILD_FOLDER : EW_IMAGES_FOLDER, EW_IMAGES_FILE, NULL);
}

static gpointer
open_module (gpointer data)
{
  char **problem = data;
  g_autofree char *path = find_module ();
  gpointer table = NULL;
  GModule *module = g_module_open (path, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);

  if (module != NULL && g_module_symbol (module, EW_IMAGES_MODULE_SYMBOL, &table))
    return table;
  *problem = g_strdup_printf ("Image files cannot be read or written here, because libvips could not be opened (%s); "
                              ".npy, .csv and .txt can.",
                              g_module_error ());
  return NULL;
}

const EwImagesModule *
ew_images_open (GError **error)
{
  static GOnce once = G_ONCE_INIT;
  static char *problem;
  const EwImagesModule *module = g_once (&once, open_module, &problem);

  if (module == NULL)
    g_set_error_literal (error, EW_ERROR, EW_ERROR_UNSUPPORTED, problem);
  return module;
}

#else

const EwImagesModule *
ew_images_open (GError **error)
{
  g_set_error_literal (error, EW_ERROR, EW_ERROR_UNSUPPORTED,
                       "This build reads and writes no image files; .npy, .csv and .txt it does.");
  return NULL;
}

#endif
