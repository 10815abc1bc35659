/* edgewise: the window. */
#include "app/application.h"
#include "app/options.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>

/* Run from the build folder, the program finds its schema there. */
static void
find_uninstalled_schema (void)
{
  g_autofree char *exe = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = exe == NULL ? NULL : g_path_get_dirname (exe);
  g_autofree char *schemas = folder == NULL ? NULL : g_build_filename (folder, "..", "data", NULL);
  g_autofree char *compiled = schemas == NULL ? NULL : g_build_filename (schemas, "gschemas.compiled", NULL);

  if (compiled != NULL && g_file_test (compiled, G_FILE_TEST_EXISTS))
    g_setenv ("GSETTINGS_SCHEMA_DIR", schemas, FALSE);
}

static int
refuse (const GError *error)
{
  fprintf (stderr, "edgewise: %s\n", error->message);
  return error->code == EW_ERROR_USAGE ? 2 : 1;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  EwOptions options;
  gboolean help = FALSE;
  gboolean unique;

  setlocale (LC_ALL, "");
  find_uninstalled_schema ();
  if (!ew_options_parse (&options, argv, &help, &error))
    {
      ew_options_clear (&options);
      return refuse (error);
    }
  unique = options.quit_after <= 0 && g_getenv ("EDGEWISE_FRAME_STATS") == NULL;
  if (options.version)
    printf ("edgewise %s\n", EDGEWISE_VERSION);
  if (options.version || help)
    {
      ew_options_clear (&options);
      return 0;
    }
  ew_options_clear (&options);
  if (!gtk_init_check ())
    {
      fprintf (stderr,
               "edgewise: there is no display to open a window on; edgewise-cli does the same work without one\n");
      return 1;
    }

  g_autoptr (EwApplication) application = ew_application_new (unique);

  return g_application_run (G_APPLICATION (application), argc, argv);
}
