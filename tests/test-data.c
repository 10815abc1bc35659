/* What a desktop reads is valid: menu entry, description, settings, icons; and the window of shortcuts is complete. */
#include <gio/gio.h>

#define APP_ID "org.edgewise.Edgewise"

static char *
data_file (const char *name)
{
  return g_build_filename (g_getenv ("EDGEWISE_SOURCE_ROOT"), "data", name, NULL);
}

/* Runs a checker over a file of data/; skips where it is not installed. */
static void
check_with (const char *const *checker, const char *name)
{
  g_autofree char *path = data_file (name);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autofree char *program = g_find_program_in_path (checker[0]);
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;

  if (program == NULL)
    {
      g_autofree char *reason = g_strdup_printf ("%s is not installed", checker[0]);

      g_test_skip (reason);
      return;
    }
  for (; *checker != NULL; checker++)
    g_ptr_array_add (arguments, (char *)*checker);
  g_ptr_array_add (arguments, path);
  g_ptr_array_add (arguments, NULL);
  process = g_subprocess_newv ((const char *const *)arguments->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s", output);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
}

static void
test_desktop_entry (void)
{
  check_with ((const char *const[]){ "desktop-file-validate", NULL }, APP_ID ".desktop");
}

static void
test_description (void)
{
  check_with ((const char *const[]){ "appstreamcli", "validate", "--no-net", NULL }, APP_ID ".metainfo.xml");
}

static void
test_icons (void)
{
  const char *const names[] = { "scalable/apps/" APP_ID ".svg", "symbolic/apps/" APP_ID "-symbolic.svg" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_build_filename ("icons", "hicolor", names[i], NULL);
      g_autofree char *path = data_file (name);
      g_autofree char *content = NULL;
      g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&(GMarkupParser){ 0 }, 0, NULL, NULL);
      g_autoptr (GError) error = NULL;

      g_file_get_contents (path, &content, NULL, &error);
      g_assert_no_error (error);
      g_markup_parse_context_parse (context, content, -1, &error);
      g_assert_no_error (error);
      g_markup_parse_context_end_parse (context, &error);
      g_assert_no_error (error);
      g_assert_nonnull (strstr (content, "<svg "));
    }
}

/* What the first group of @pattern finds in a file of the tree, and how often. Transfer full. */
static GHashTable *
find_all (const char *file, const char *pattern)
{
  g_autofree char *path = g_build_filename (g_getenv ("EDGEWISE_SOURCE_ROOT"), file, NULL);
  GHashTable *found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (regex);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      char *name = g_match_info_fetch (match, 1);
      guint times = GPOINTER_TO_UINT (g_hash_table_lookup (found, name));

      g_hash_table_insert (found, name, GUINT_TO_POINTER (times + 1));
    }
  return found;
}

/* The window of shortcuts names every action that has a key, and none that has not. */
static void
test_shortcuts (void)
{
  g_autoptr (GHashTable) keys = find_all ("app/application.c", "\\{ \"((?:win|app|window)\\.[a-z:-]+)\", \\{ \"");
  g_autoptr (GHashTable) told = find_all ("ui/help-overlay.ui", "\"action-name\">([^<]+)<");
  GHashTableIter iter;
  gpointer action;

  g_assert_cmpuint (g_hash_table_size (keys), >, 20);
  g_hash_table_iter_init (&iter, keys);
  while (g_hash_table_iter_next (&iter, &action, NULL))
    if (!g_hash_table_contains (told, action))
      g_test_fail_printf ("%s has a key, but the window of shortcuts does not tell it", (char *)action);
  g_hash_table_iter_init (&iter, told);
  while (g_hash_table_iter_next (&iter, &action, NULL))
    if (!g_hash_table_contains (keys, action))
      g_test_fail_printf ("the window of shortcuts tells a key of %s, which has none", (char *)action);
}

/* A key stands for one action only. */
static void
test_keys (void)
{
  g_autoptr (GHashTable) keys = find_all ("app/application.c", "\"((?:<[A-Z][a-z]+>)+[A-Za-z0-9_]+|F[0-9]+)\"");
  GHashTableIter iter;
  gpointer key, times;

  g_assert_cmpuint (g_hash_table_size (keys), >, 30);
  g_hash_table_iter_init (&iter, keys);
  while (g_hash_table_iter_next (&iter, &key, &times))
    if (GPOINTER_TO_UINT (times) > 1)
      g_test_fail_printf ("%s is the key of %u actions", (char *)key, GPOINTER_TO_UINT (times));
}

/* The build leaves a compiled schema where the uninstalled program looks; a window's settings can be stored in it. */
static void
test_settings (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("EDGEWISE_BUILD_ROOT"), "data", NULL);
  g_autoptr (GSettingsSchemaSource) source = NULL;
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettings) settings = NULL;
  g_autoptr (GError) error = NULL;

  source = g_settings_schema_source_new_from_directory (folder, NULL, TRUE, &error);
  g_assert_no_error (error);
  schema = g_settings_schema_source_lookup (source, APP_ID, FALSE);
  g_assert_nonnull (schema);
  settings = g_settings_new_full (schema, NULL, NULL);
  g_assert_cmpint (g_settings_get_int (settings, "window-width"), >=, 800);
  g_assert_cmpint (g_settings_get_int (settings, "window-height"), >=, 600);
  g_assert_false (g_settings_get_boolean (settings, "maximized"));
  g_assert_true (g_settings_set_boolean (settings, "sidebar-visible", FALSE));
  g_assert_false (g_settings_get_boolean (settings, "sidebar-visible"));
  g_assert_true (g_settings_set_string (settings, "last-folder", "/"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/data/desktop-entry", test_desktop_entry);
  g_test_add_func ("/data/description", test_description);
  g_test_add_func ("/data/shortcuts", test_shortcuts);
  g_test_add_func ("/data/keys", test_keys);
  g_test_add_func ("/data/icons", test_icons);
  g_test_add_func ("/data/settings", test_settings);
  return g_test_run ();
}
