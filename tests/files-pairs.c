/* Which files belong together: folders by names, lists, what has no partner, what is refused. */
#include "app/files/pair-names.h"
#include "tests/files-fixtures.h"

#include <glib/gstdio.h>
#include <string.h>

/* Empty files of these names, apart by blanks; a name that ends with a slash is a folder. */
static void
make (const char *names)
{
  g_auto (GStrv) list = g_strsplit (names, " ", 0);

  for (int i = 0; list[i] != NULL; i++)
    if (g_str_has_suffix (list[i], "/"))
      g_assert_cmpint (g_mkdir (scratch (list[i]), 0700), ==, 0);
    else
      scratch_write_text (list[i], "");
}

/* A path below the scratch folder. */
static const char *
below (const char *path)
{
  gsize root = strlen (scratch (".")) - 1;

  g_assert_true (strncmp (path, scratch ("."), root) == 0);
  return path + root + (g_str_has_prefix (path + root, "./") ? 2 : 0);
}

/* The pairs as "NAME:before,after", below the scratch folder, apart by blanks. */
static char *
pairs_of (const EwPairNames *names)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < names->n; i++)
    g_string_append_printf (text, "%s%s:%s,%s", i == 0 ? "" : " ", names->names[i], below (names->before[i]),
                            below (names->after[i]));
  g_assert_null (names->names[names->n]);
  return g_string_free (text, FALSE);
}

static void
check_pairs (const char *path, const char *expected, const char *note)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwPairNames) names = ew_pair_names_read (path, &error);
  g_autofree char *found = NULL;

  g_assert_no_error (error);
  if (names == NULL)
    return;
  found = pairs_of (names);
  g_assert_cmpstr (found, ==, expected);
  g_assert_cmpstr (names->note, ==, note);
}

static void
check_no_pairs (const char *path, int code, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ew_pair_names_read (path, &error));
  g_assert_error (error, EW_ERROR, code);
  check_sentence (error, path);
  g_assert_nonnull (strstr (error->message, text));
}

static void
test_names (void)
{
  static const struct
  {
    const char *files;
    const char *pairs;
    const char *note;
  } cases[] = {
    { "a-before.png a-after.png", "a:a-before.png,a-after.png", NULL },
    { "a_after.tif a_before.png", "a:a_before.png,a_after.tif", NULL },
    { "before.png after.png", "before.png:before.png,after.png", NULL },
    { "Before-1.png AFTER-1.png", "1:Before-1.png,AFTER-1.png", NULL },
    { "x.input.npy x.target.npy", "x:x.input.npy,x.target.npy", NULL },
    { "b-before.png a-after.png b-after.png a-before.png", "a:a-before.png,a-after.png b:b-before.png,b-after.png", NULL },
    { "a-before.png a-after.png b-before.png", "a:a-before.png,a-after.png",
      "This has no partner and is left out: b-before.png." },
    { "a-before.png a-after.png b-after.png thereafter.png c .hidden-before.png", "a:a-before.png,a-after.png",
      "These have no partner and are left out: b-after.png, c, thereafter.png." },
    { "a-before.png a-after.png 1 2 3 4 5 6 7", "a:a-before.png,a-after.png",
      "These have no partner and are left out: 1, 2, 3, 4, 5 and 2 more." },
    { "before/ after/ before/1.png before/2.png after/2.tif after/1.png",
      "1:before/1.png,after/1.png 2:before/2.png,after/2.tif", NULL },
    { "input/ target/ input/one.png target/one.png input/two.png before/", "one:input/one.png,target/one.png",
      "This has no partner and is left out: two.png." },
    { "before/ after/ before/1.png before/sub/ after/1.png", "1:before/1.png,after/1.png",
      "This has no partner and is left out: before/sub." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      scratch_open ();
      make (cases[i].files);
      check_pairs (scratch ("."), cases[i].pairs, cases[i].note);
      scratch_close ();
    }
}

static void
test_lists (void)
{
  scratch_open ();
  scratch_write_text ("blanks.txt", "# what belongs together\n\n a.png   b.png \r\n sub/c.png d.png\n");
  check_pairs (scratch ("blanks.txt"), "a.png:a.png,b.png sub/c.png:sub/c.png,d.png", NULL);
  scratch_write_text ("commas.csv", "a one.png, b two.png\n");
  check_pairs (scratch ("commas.csv"), "a one.png:a one.png,b two.png", NULL);
  scratch_write_text ("tabs.txt", "a,1.png\tb,1.png\n");
  check_no_pairs (scratch ("tabs.txt"), EW_ERROR_DATA, "Line 1 has not two names");
  scratch_write_text ("tabs.txt", "a,1.png\tb 1.png");
  check_pairs (scratch ("tabs.txt"), "a,1.png:a,1.png,b 1.png", NULL);
  scratch_write_text ("short.txt", "a.png b.png\nc.png\n");
  check_no_pairs (scratch ("short.txt"), EW_ERROR_DATA, "Line 2 has not two names");
  scratch_write_text ("three.txt", "a.png, b.png, c.png\n");
  check_no_pairs (scratch ("three.txt"), EW_ERROR_DATA, "Line 1 has not two names");
  scratch_write_text ("none.txt", "# nothing\n\n");
  check_no_pairs (scratch ("none.txt"), EW_ERROR_DATA, "no pair in this list");
  scratch_write ("image.png", "\x89PNG\r\n\x1a\n\0\xff", 10);
  check_no_pairs (scratch ("image.png"), EW_ERROR_DATA, "no list of pairs");
  check_no_pairs (scratch ("missing"), EW_ERROR_IO, "cannot be read");
  check_no_pairs ("/dev/zero", EW_ERROR_IO, "cannot be read");
  scratch_close ();
}

static void
test_refused (void)
{
  static const struct
  {
    const char *files;
    const char *text;
  } cases[] = {
    { "notes.txt", "no pair in this folder" },
    { "a-before.png b-after.png", "no pair in this folder" },
    { "a-before.png a-before.jpg a-after.png", "a-before.jpg and a-before.png could both be the input of one pair" },
    { "before/ after/ before/1.png after/1.png after/1.tif", "1.png and 1.tif could both be the target" },
    { "a-before.png a-after.png a_before.png", "could both be the input" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      scratch_open ();
      make (cases[i].files);
      check_no_pairs (scratch ("."), EW_ERROR_DATA, cases[i].text);
      scratch_close ();
    }
}

void
add_pair_cases (void)
{
  g_test_add_func ("/files/pairs/names", test_names);
  g_test_add_func ("/files/pairs/lists", test_lists);
  g_test_add_func ("/files/pairs/refused", test_refused);
}
