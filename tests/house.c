/* Reads a tree and complains where it breaks the rules of the house. */
#include "tests/house.h"

#include <string.h>

/* What ui and gpu may know of the engine: data only. */
#define PLAIN_TYPES                                                                                                    \
  "engine/error.h", "engine/geometry.h", "engine/grid.h", "engine/kernel.h", "engine/problem.h", "engine/refs.h"
#define SHOWN_TYPES                                                                                                    \
  PLAIN_TYPES, "engine/diagnosis.h", "engine/histogram.h", "engine/history.h", "engine/likeness.h", "engine/loss.h",   \
      "engine/pictures.h", "engine/preset.h", "engine/race-standing.h", "engine/recipe.h", "engine/response.h", "engine/snapshot.h", "engine/surface-map.h"

#define EXPLAINED_TYPES                                                                                                \
  "engine/excerpt.h", "engine/feeding.h", "engine/patch.h", "engine/tap-gradient.h", "engine/toeplitz.h"

#define WINDOW_LIBRARIES  "gtk/", "gdk/", "gsk/", "adwaita.h", "libadwaita"
#define DRAWING_LIBRARIES "cairo", "pango/"
#define CUDA_LIBRARIES    "cuda"

/* The files below a folder may include what begins with one of @may, and <…> but what begins with one of @never. */
typedef struct
{
  const char *folder;
  const char *may[40];
  const char *never[10];
} Rule;

/* The first that fits counts. */
static const Rule rules[] = {
  { "engine/", { "engine/" }, { "gio/", "gmodule", WINDOW_LIBRARIES, DRAWING_LIBRARIES, CUDA_LIBRARIES } },
  { "gpu/", { "gpu/", "engine/backend.h", PLAIN_TYPES }, { "gio/", WINDOW_LIBRARIES, DRAWING_LIBRARIES } },
  { "ui/paint/", { "ui/paint/", SHOWN_TYPES, EXPLAINED_TYPES }, { "gio/", WINDOW_LIBRARIES, CUDA_LIBRARIES } },
  { "ui/", { "ui/", SHOWN_TYPES, EXPLAINED_TYPES }, { CUDA_LIBRARIES } },
  { "app/files/", { "app/files/", "engine/" }, { WINDOW_LIBRARIES, DRAWING_LIBRARIES, CUDA_LIBRARIES } },
  { "app/cli/",
    { "app/cli/", "app/files/", "app/golden.h", "engine/", "gpu/cuda.h" },
    { WINDOW_LIBRARIES, DRAWING_LIBRARIES, CUDA_LIBRARIES } },
  { "app/", { "app/", "ui/", "engine/", "gpu/cuda.h" }, { CUDA_LIBRARIES } },
  { "tests/", { "tests/", "app/", "ui/", "gpu/", "engine/" }, { NULL } },
};

static const char *const top_level[] = { "app",   "engine",  "gpu",       "ui",          "data",
                                         "tests", "LICENSE", "README.md", "meson.build", "meson_options.txt",
                                         NULL };

/* The hosts that the project's texts speak of: the licence's and those in names of formats. */
static const char *const hosts[] = { "fsf.org", "www.gnu.org", "www.w3.org", NULL };

typedef struct
{
  const char *root;
  GPtrArray *complaints;
  GRegex *machine_path;
  GRegex *host;
} House;

G_GNUC_PRINTF (4, 5)
static void
complain (House *house, const char *file, int line, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (house->complaints, g_strdup_printf ("%s:%d: %s", file, line, text));
}

static gboolean
begins_with_one (const char *text, const char *const *prefixes)
{
  for (; *prefixes != NULL; prefixes++)
    if (g_str_has_prefix (text, *prefixes))
      return TRUE;
  return FALSE;
}

static const Rule *
rule_for (const char *file)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_has_prefix (file, rules[i].folder))
      return &rules[i];
  return NULL;
}

static gboolean
is_code (const char *file)
{
  return g_str_has_suffix (file, ".c") || g_str_has_suffix (file, ".h") || g_str_has_suffix (file, ".cu");
}

static void
check_include (House *house, const char *file, int number, const char *line)
{
  const Rule *rule = rule_for (file);
  const char *name = line + strspn (line, " \t");
  g_autofree char *included = NULL;
  char close;

  if (rule == NULL || *name != '#')
    return;
  name += 1 + strspn (name + 1, " \t");
  if (!g_str_has_prefix (name, "include"))
    return;
  name += strlen ("include");
  name += strspn (name, " \t");
  close = *name == '<' ? '>' : '"';
  included = g_strndup (name + 1, strcspn (name + 1, close == '>' ? ">" : "\""));
  if (close == '>' && begins_with_one (included, rule->never))
    complain (house, file, number, "<%s> is not for %s", included, rule->folder);
  if (*name == '"' && strchr (included, '/') == NULL)
    complain (house, file, number, "\"%s\" is included without its folder", included);
  else if (*name == '"' && !begins_with_one (included, rule->may))
    complain (house, file, number, "%s may not include \"%s\"", rule->folder, included);
}

static void
check_line (House *house, const char *file, int number, const char *line)
{
  g_autoptr (GMatchInfo) match = NULL;

  if (is_code (file))
    check_include (house, file, number, line);
  if (g_regex_match (house->machine_path, line, 0, NULL))
    complain (house, file, number, "names a folder of one machine");
  g_regex_match (house->host, line, 0, &match);
  for (; g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      g_autofree char *host = g_match_info_fetch (match, 1);

      if (!g_strv_contains (hosts, host))
        complain (house, file, number, "names the host %s", host);
    }
}

static void
check_code (House *house, const char *file, char **lines)
{
  int n = g_strv_length (lines);

  /* The last line ends with a newline, so that one empty string follows it. */
  if (n - 1 > HOUSE_LINES_MAX && !g_str_has_prefix (file, "tests/"))
    complain (house, file, n - 1, "is longer than %d lines", HOUSE_LINES_MAX);
  if (n == 0 || !(g_str_has_prefix (lines[0], "/*") || g_str_has_prefix (lines[0], "//")))
    complain (house, file, 1, "does not begin with a comment that says what the file does");
  if (g_str_has_suffix (file, ".h") && !g_strv_contains ((const char *const *)lines, "#pragma once"))
    complain (house, file, 1, "has no #pragma once");
}

static void
check_file (House *house, const char *file)
{
  g_autofree char *path = g_build_filename (house->root, file, NULL);
  g_autofree char *content = NULL;
  g_auto (GStrv) lines = NULL;
  gsize size;

  if (!g_file_get_contents (path, &content, &size, NULL))
    {
      complain (house, file, 0, "cannot be read");
      return;
    }
  if (memchr (content, '\0', size) != NULL)
    return; /* not a text */
  lines = g_strsplit (content, "\n", -1);
  for (int i = 0; lines[i] != NULL; i++)
    check_line (house, file, i + 1, lines[i]);
  if (is_code (file))
    check_code (house, file, lines);
}

/* A build folder, what begins with a dot (but the project's own .ci), or what tests and Python leave behind. */
static gboolean
is_skipped (const char *file)
{
  const char *name = strrchr (file, '/');

  name = name == NULL ? file : name + 1;
  if (name == file && g_str_has_prefix (file, "build"))
    return TRUE;
  return (name[0] == '.' && strcmp (file, ".ci") != 0) || strcmp (name, "__pycache__") == 0
         || strcmp (file, "tests/out") == 0;
}

static void
check_folder (House *house, const char *folder)
{
  g_autofree char *path = g_build_filename (house->root, folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  if (dir == NULL)
    {
      complain (house, folder, 0, "cannot be read");
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = folder[0] == '\0' ? g_strdup (name) : g_strconcat (folder, "/", name, NULL);
      g_autofree char *full = g_build_filename (house->root, file, NULL);

      if (is_skipped (file))
        continue;
      if (folder[0] == '\0' && name[0] != '.' && !g_strv_contains (top_level, name))
        complain (house, file, 0, "does not belong on the top level");
      if (g_file_test (full, G_FILE_TEST_IS_DIR))
        check_folder (house, file);
      else
        check_file (house, file);
    }
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
house_check (const char *root)
{
  House house = {
    .root = root,
    .complaints = g_ptr_array_new_with_free_func (g_free),
    .machine_path = g_regex_new ("(?<![\\w.}])/(work|home)/", G_REGEX_RAW, 0, NULL),
    .host = g_regex_new ("\\b(?:https?|ftp|git|ssh)://([\\w.-]+)", G_REGEX_RAW, 0, NULL),
  };

  check_folder (&house, "");
  g_ptr_array_sort (house.complaints, compare_texts);
  g_regex_unref (house.machine_path);
  g_regex_unref (house.host);
  return house.complaints;
}
