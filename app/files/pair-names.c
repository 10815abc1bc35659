/* EwPairNames: looking for halves of pairs by their names. */
#include "app/files/pair-names.h"

#include <string.h>

/* A list of pairs is text of some lines; what is far larger was chosen by mistake. */
#define LIST_MAX (4 << 20)

/* Files without a partner that are named, before the rest is counted. */
#define NAMED_MAX 5

enum
{
  BEFORE,
  AFTER,
  N_SIDES,
};

static const char *const words[][N_SIDES] = { { "before", "after" }, { "input", "target" } };

/* What is known of one name. */
typedef struct
{
  char *paths[N_SIDES];
} Halves;

typedef struct
{
  GHashTable *pairs; /* char * → Halves * */
  GPtrArray *alone;  /* names of files that are no half */
} Search;

static void
halves_free (gpointer data)
{
  Halves *halves = data;

  g_free (halves->paths[BEFORE]);
  g_free (halves->paths[AFTER]);
  g_free (halves);
}

void
ew_pair_names_free (EwPairNames *names)
{
  if (names == NULL)
    return;
  g_strfreev (names->before);
  g_strfreev (names->after);
  g_strfreev (names->names);
  g_strfreev (names->alone);
  g_free (names->note);
  g_free (names);
}

/* The name without its last ending. */
static char *
stem_of (const char *name)
{
  const char *ending = strrchr (name, '.');

  return ending == NULL || ending == name ? g_strdup (name) : g_strndup (name, (gsize)(ending - name));
}

static gboolean
is_gap (char c)
{
  return c != '\0' && strchr ("-_. ", c) != NULL;
}

/* What is left of @stem without @word at its end or beginning, and what stands between; NULL where it is not there. */
static char *
without_word (const char *stem, const char *word)
{
  gsize n = strlen (stem), length = strlen (word);

  if (n < length)
    return NULL;
  if (g_ascii_strcasecmp (stem + n - length, word) == 0 && (n == length || is_gap (stem[n - length - 1])))
    return g_strndup (stem, n == length ? 0 : n - length - 1);
  if (g_ascii_strncasecmp (stem, word, length) == 0 && is_gap (stem[length]))
    return g_strdup (stem + length + 1);
  return NULL;
}

static gboolean
add_half (Search *search, const char *key, int side, const char *path, GError **error)
{
  Halves *halves = g_hash_table_lookup (search->pairs, key);

  if (halves == NULL)
    {
      halves = g_new0 (Halves, 1);
      g_hash_table_insert (search->pairs, g_strdup (key), halves);
    }
  if (halves->paths[side] == NULL)
    {
      halves->paths[side] = g_strdup (path);
      return TRUE;
    }

  g_autofree char *one = g_path_get_basename (halves->paths[side]);
  g_autofree char *other = g_path_get_basename (path);

  g_set_error (error, EW_ERROR, EW_ERROR_DATA, "%s and %s could both be the %s of one pair; only one of them can be.",
               one, other, side == BEFORE ? "input" : "target");
  return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* The files of a folder, by name; NULL with EW_ERROR_IO. */
static GPtrArray *
list_folder (const char *path, GError **error)
{
  g_autoptr (GError) problem = NULL;
  GDir *folder = g_dir_open (path, 0, &problem);
  GPtrArray *files = NULL;
  const char *name;

  if (folder == NULL)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_IO, "The folder cannot be read (%s).", problem->message);
      return NULL;
    }
  files = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (folder)) != NULL)
    if (name[0] != '.')
      g_ptr_array_add (files, g_strdup (name));
  g_dir_close (folder);
  g_ptr_array_sort (files, compare_names);
  return files;
}

/* All of before/ or after/: there the folder says which half it is. */
static gboolean
search_half (Search *search, const char *path, const char *folder, int side, GError **error)
{
  g_autoptr (GPtrArray) files = list_folder (path, error);
  gboolean good = files != NULL;

  for (guint i = 0; good && i < files->len; i++)
    {
      const char *name = files->pdata[i];
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *key = stem_of (name);

      if (g_file_test (file, G_FILE_TEST_IS_DIR))
        g_ptr_array_add (search->alone, g_build_filename (folder, name, NULL));
      else
        good = add_half (search, key, side, file, error);
    }
  return good;
}

/* Which half a name is, and *key; −1 where it is none. */
static int
side_of (const char *name, gboolean is_folder, char **key)
{
  g_autofree char *stem = is_folder ? g_strdup (name) : stem_of (name);

  for (guint w = 0; w < G_N_ELEMENTS (words); w++)
    for (int side = 0; side < N_SIDES; side++)
      {
        if (is_folder && g_ascii_strcasecmp (stem, words[w][side]) == 0)
          return side;
        if (!is_folder && (*key = without_word (stem, words[w][side])) != NULL)
          return side;
      }
  return -1;
}

static gboolean
search_folder (Search *search, const char *path, GError **error)
{
  g_autoptr (GPtrArray) files = list_folder (path, error);
  gboolean good = files != NULL;

  for (guint i = 0; good && i < files->len; i++)
    {
      const char *name = files->pdata[i];
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *key = NULL;
      gboolean is_folder = g_file_test (file, G_FILE_TEST_IS_DIR);
      int side = side_of (name, is_folder, &key);

      if (side < 0)
        g_ptr_array_add (search->alone, g_strdup (name));
      else if (is_folder)
        good = search_half (search, file, name, side, error);
      else
        good = add_half (search, key, side, file, error);
    }
  return good;
}

/* "These files have no partner and are left out: …, and 3 more." */
static char *
say_alone (GPtrArray *alone)
{
  GString *text;

  if (alone->len == 0)
    return NULL;
  g_ptr_array_sort (alone, compare_names);
  text = g_string_new (alone->len == 1 ? "This has no partner and is left out: " : "These have no partner and are left out: ");
  for (guint i = 0; i < MIN (alone->len, NAMED_MAX); i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : ", ", (const char *)alone->pdata[i]);
  if (alone->len > NAMED_MAX)
    g_string_append_printf (text, " and %u more", alone->len - NAMED_MAX);
  return g_string_free (g_string_append_c (text, '.'), FALSE);
}

static EwPairNames *
names_of (GPtrArray *before, GPtrArray *after, GPtrArray *names)
{
  EwPairNames *found = g_new0 (EwPairNames, 1);

  found->n = (int)before->len;
  g_ptr_array_add (before, NULL);
  g_ptr_array_add (after, NULL);
  g_ptr_array_add (names, NULL);
  found->before = (char **)g_ptr_array_steal (before, NULL);
  found->after = (char **)g_ptr_array_steal (after, NULL);
  found->names = (char **)g_ptr_array_steal (names, NULL);
  return found;
}

/* The whole pairs in the order of their names; halves join those that are alone. */
static EwPairNames *
collect (Search *search, GError **error)
{
  g_autoptr (GPtrArray) before = g_ptr_array_new ();
  g_autoptr (GPtrArray) after = g_ptr_array_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (search->pairs), (GCompareFunc)strcmp);
  EwPairNames *found;

  for (GList *key = keys; key != NULL; key = key->next)
    {
      Halves *halves = g_hash_table_lookup (search->pairs, key->data);
      int missing = halves->paths[BEFORE] == NULL ? BEFORE : halves->paths[AFTER] == NULL ? AFTER : N_SIDES;

      if (missing != N_SIDES)
        {
          g_ptr_array_add (search->alone, g_path_get_basename (halves->paths[1 - missing]));
          continue;
        }
      g_ptr_array_add (before, g_steal_pointer (&halves->paths[BEFORE]));
      g_ptr_array_add (after, g_steal_pointer (&halves->paths[AFTER]));
      g_ptr_array_add (names, *(char *)key->data == '\0' ? g_path_get_basename (before->pdata[before->len - 1])
                                                          : g_strdup (key->data));
    }
  if (before->len == 0)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                           "There is no pair in this folder; two files NAME-before.png and NAME-after.png would be one, or "
                           "before/NAME.png and after/NAME.png.");
      return NULL;
    }
  found = names_of (before, after, names);
  found->note = say_alone (search->alone);
  found->n_alone = (int)search->alone->len;
  g_ptr_array_add (search->alone, NULL);
  found->alone = g_strdupv ((char **)search->alone->pdata);
  g_ptr_array_remove_index (search->alone, search->alone->len - 1);
  return found;
}

static EwPairNames *
read_folder (const char *path, GError **error)
{
  Search search = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, halves_free),
                    g_ptr_array_new_with_free_func (g_free) };
  EwPairNames *found = search_folder (&search, path, error) ? collect (&search, error) : NULL;

  g_hash_table_unref (search.pairs);
  g_ptr_array_unref (search.alone);
  return found;
}

/* The two names of a line; FALSE where there are not two. */
static gboolean
split_line (char *line, char **one, char **other)
{
  char *gap = strchr (line, '\t');

  if (gap == NULL)
    gap = strchr (line, ',');
  if (gap == NULL)
    gap = strchr (line, ' ');
  if (gap == NULL)
    return FALSE;
  *gap = '\0';
  *one = g_strstrip (line);
  *other = g_strstrip (gap + 1);
  return **one != '\0' && **other != '\0' && strpbrk (*other, "\t,") == NULL;
}

static char *
beside (const char *folder, const char *name)
{
  return g_path_is_absolute (name) ? g_strdup (name) : g_build_filename (folder, name, NULL);
}

static EwPairNames *
read_lines (const char *path, char **lines, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GPtrArray) before = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) after = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (int i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]), *one, *other;

      if (*line == '\0' || *line == '#')
        continue;
      if (!split_line (line, &one, &other))
        {
          g_set_error (error, EW_ERROR, EW_ERROR_DATA,
                       "Line %d has not two names; a list of pairs has an input and a target a line, with a tab or comma "
                       "between.",
                       i + 1);
          return NULL;
        }
      g_ptr_array_add (before, beside (folder, one));
      g_ptr_array_add (after, beside (folder, other));
      g_ptr_array_add (names, g_strdup (one));
    }
  if (before->len > 0)
    return names_of (before, after, names);
  g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                       "There is no pair in this list; an input and a target a line are one.");
  return NULL;
}

EwPairNames *
ew_pair_names_read (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) problem = NULL;
  g_auto (GStrv) lines = NULL;
  gsize length = 0;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return read_folder (path, error);
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR) || !g_file_get_contents (path, &text, &length, &problem))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_IO,
                           "A folder or a list of pairs is needed; this cannot be read.");
      return NULL;
    }
  if (length > LIST_MAX || !g_utf8_validate (text, (gssize)length, NULL))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                           "This is no list of pairs; text with an input and a target a line would be.");
      return NULL;
    }
  lines = g_strsplit (text, "\n", -1);
  return read_lines (path, lines, error);
}
