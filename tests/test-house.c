/* The rules of the house hold in this tree, and each of them is seen to be broken in a miniature one. */
#include "tests/house.h"

#include <glib/gstdio.h>

typedef struct
{
  const char *file;
  const char *content;
} File;

/* With an octal number in them, so that this file does not break the rules itself. */
#define A_FOLDER "/\150ome/me"
#define A_HOST   "https\072//example.net/"

/* A tree that keeps every rule; each broken one adds a file to it. */
static const File good_tree[] = {
  { "README.md", "A project, with its licence from https://www.gnu.org/licenses/.\n" },
  { "engine/grid.h", "/* A grid. */\n#pragma once\n#include <glib.h>\n" },
  { "engine/grid.c", "/* A grid. */\n#include \"engine/grid.h\"\n" },
  { "engine/trainer.h", "/* A trainer. */\n#pragma once\n" },
  { "gpu/cuda.h", "/* The GPU. */\n#pragma once\n#include \"engine/backend.h\"\n" },
  { "ui/window.c", "/* A window. */\n#include \"ui/paint/plane.h\"\n#include <gtk/gtk.h>\n" },
  { "ui/paint/plane.c", "/* A plane. */\n#include \"engine/grid.h\"\n#include <cairo.h>\n" },
  { "app/main.c", "/* The program. */\n#include \"gpu/cuda.h\"\n#include \"ui/window.h\"\n" },
  { "app/cli/main.c", "/* The other program. */\n#include \"app/files/npy.h\"\n#include \"engine/trainer.h\"\n" },
  { "tests/test-all.c", "/* Tests. */\n#include \"engine/trainer.h\"\n#include \"gpu/kernels.h\"\n" },
  { "data/picture.png", "\0 " A_FOLDER },
  { "build-x/engine/bad.c", "#include \"ui/window.h\"\n" },
  { ".hidden", "" },
};

/* @complaint: how the one complaint begins that the file gives rise to. */
typedef struct
{
  File file;
  const char *complaint;
} Broken;

static const Broken broken_trees[] = {
  { { "notes.txt", "" }, "notes.txt:0: does not belong" },
  { { "engine/a.c", "/* A. */\n#include \"ui/window.h\"\n" }, "engine/a.c:2: engine/ may not include" },
  { { "engine/a.c", "/* A. */\n# include <gio/gio.h>\n" }, "engine/a.c:2: <gio/gio.h> is not for" },
  { { "engine/a.c", "/* A. */\n#include \"grid.h\"\n" }, "engine/a.c:2: \"grid.h\" is included without" },
  { { "gpu/a.cu", "// A.\n#include \"engine/trainer.h\"\n" }, "gpu/a.cu:2: gpu/ may not include" },
  { { "ui/a.c", "/* A. */\n#include \"engine/trainer.h\"\n" }, "ui/a.c:2: ui/ may not include" },
  { { "ui/a.c", "/* A. */\n#include \"app/session.h\"\n" }, "ui/a.c:2: ui/ may not include" },
  { { "ui/paint/a.c", "/* A. */\n#include \"ui/window.h\"\n" }, "ui/paint/a.c:2: ui/paint/ may not include" },
  { { "ui/paint/a.c", "/* A. */\n#include <gtk/gtk.h>\n" }, "ui/paint/a.c:2: <gtk/gtk.h> is not for" },
  { { "app/a.c", "/* A. */\n#include \"gpu/kernels.h\"\n" }, "app/a.c:2: app/ may not include" },
  { { "app/cli/a.c", "/* A. */\n#include \"ui/window.h\"\n" }, "app/cli/a.c:2: app/cli/ may not include" },
  { { "app/cli/a.c", "/* A. */\n#include <cairo.h>\n" }, "app/cli/a.c:2: <cairo.h> is not for" },
  { { "app/files/a.c", "/* A. */\n#include \"app/session.h\"\n" }, "app/files/a.c:2: app/files/ may not include" },
  { { "engine/a.h", "/* A. */\n" }, "engine/a.h:1: has no #pragma once" },
  { { "engine/a.c", "#include <glib.h>\n" }, "engine/a.c:1: does not begin with a comment" },
  { { "tests/a.md", "Look in " A_FOLDER ".\n" }, "tests/a.md:1: names a folder" },
  { { ".ci/run", "cd " A_FOLDER "\n" }, ".ci/run:1: names a folder" },
  { { "data/a.xml", "\n<url>" A_HOST "</url>\n" }, "data/a.xml:2: names the host example.net" },
};

static void
write_file (const char *root, const char *name, const char *content, gssize size)
{
  g_autofree char *path = g_build_filename (root, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, content, size, &error);
  g_assert_no_error (error);
}

static char *
make_tree (void)
{
  g_autoptr (GError) error = NULL;
  char *root = g_dir_make_tmp ("edgewise-house-XXXXXX", &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (good_tree); i++)
    /* The picture holds a nought. */
    write_file (root, good_tree[i].file, good_tree[i].content, g_str_has_suffix (good_tree[i].file, ".png") ? 10 : -1);
  return root;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
assert_complaints (const char *root, const char *expected)
{
  g_autoptr (GPtrArray) complaints = house_check (root);

  for (guint i = 0; i < complaints->len; i++)
    g_test_message ("%s", (const char *)complaints->pdata[i]);
  g_assert_cmpuint (complaints->len, ==, expected == NULL ? 0 : 1);
  if (expected != NULL && !g_str_has_prefix (complaints->pdata[0], expected))
    g_assert_cmpstr (complaints->pdata[0], ==, expected);
}

static void
test_good (void)
{
  g_autofree char *root = make_tree ();

  assert_complaints (root, NULL);
  remove_tree (root);
}

static void
test_broken (gconstpointer data)
{
  const Broken *broken = data;
  g_autofree char *root = make_tree ();

  write_file (root, broken->file.file, broken->file.content, -1);
  assert_complaints (root, broken->complaint);
  remove_tree (root);
}

/* As long as a file may be, and one line longer. */
static void
test_length (void)
{
  g_autofree char *root = make_tree ();
  g_autoptr (GString) text = g_string_new ("/* Long. */\n");

  for (int i = 1; i < HOUSE_LINES_MAX; i++)
    g_string_append_c (text, '\n');
  write_file (root, "engine/long.c", text->str, -1);
  assert_complaints (root, NULL);
  g_string_append_c (text, '\n');
  write_file (root, "engine/long.c", text->str, -1);
  assert_complaints (root, "engine/long.c:401: is longer than 400 lines");
  remove_tree (root);
}

static void
test_this_tree (void)
{
  const char *root = g_getenv ("EDGEWISE_SOURCE_ROOT");

  g_assert_nonnull (root);
  assert_complaints (root, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/house/this-tree", test_this_tree);
  g_test_add_func ("/house/good", test_good);
  g_test_add_func ("/house/length", test_length);
  for (guint i = 0; i < G_N_ELEMENTS (broken_trees); i++)
    {
      g_autofree char *path = g_strdup_printf ("/house/broken/%u", i + 1);

      g_test_add_data_func (path, &broken_trees[i], test_broken);
    }
  return g_test_run ();
}
