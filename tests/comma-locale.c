/* A locale whose decimal point is a comma. */
#include "tests/comma-locale.h"

static const char source[] = "LC_NUMERIC\n"
                             "decimal_point \"<U002C>\"\n"
                             "thousands_sep \"<U002E>\"\n"
                             "grouping 3;3\n"
                             "END LC_NUMERIC\n";

gboolean
comma_locale_make (const char *folder)
{
  g_autofree char *input = g_build_filename (folder, "comma-locale", NULL);
  g_autofree char *output = g_build_filename (folder, COMMA_LOCALE, NULL);
  g_autofree char *made = g_build_filename (output, "LC_NUMERIC", NULL);
  /* -c: what else a locale has is left out, which it warns of. */
  const char *arguments[] = { "localedef", "-c", "--no-archive", "-i", input, output, NULL };

  if (!g_file_set_contents (input, source, -1, NULL))
    return FALSE;
  return g_spawn_sync (NULL, (char **)arguments, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                       NULL, NULL, NULL)
         && g_file_test (made, G_FILE_TEST_IS_REGULAR);
}
