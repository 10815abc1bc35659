/* A folder of pairs in the window: listed, shown one by one, learned from together, held out, undone; and what is no such folder. */
#include "app/files/write.h"
#include "tests/window-fixtures.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static const double blur[] = { 0.05, 0.1, 0.05, 0.1, 0.45, 0.1, 0.05, 0.1, 0 };
static const double sobel[] = { -1, 0, 1, -2, 0, 2, -1, 0, 1 };

/* NAME-before.npy and NAME-after.npy into the case's folder. */
static void
write_named (Fixture *f, const char *name, int height, int width, const double *taps)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, taps, 0, NULL);
  g_autofree char *input = NULL;
  g_autofree char *target = NULL;
  g_autofree char *before = g_strdup_printf ("%s/%s-before.npy", f->folder, name);
  g_autofree char *after = g_strdup_printf ("%s/%s-after.csv", f->folder, name);

  write_pair (f, height, width, kernel, &input, &target);
  g_assert_cmpint (g_rename (input, before), ==, 0);
  g_assert_cmpint (g_rename (target, after), ==, 0);
}

static void
find_label (Fixture *f, const char *text)
{
  accessible_free (find (f, ACCESSIBLE_LABEL, text));
}

/* Waits until the label that begins so holds @text. */
static void
wait_for_label (Fixture *f, const char *beginning, const char *text)
{
  gint64 end = g_get_monotonic_time () + (gint64)(1e6 * PATIENCE);
  g_autofree char *last = NULL;

  do
    {
      g_autoptr (Accessible) label = find (f, ACCESSIBLE_LABEL, beginning);

      g_free (last);
      last = accessible_name (f->bus, label);
      if (last != NULL && strstr (last, text) != NULL)
        return;
      g_usleep (50000);
    }
  while (g_get_monotonic_time () < end);
  g_test_fail_printf ("there is “%s”, not “%s”", last, text);
}

/* All from the command line's folder: list, quality, pictures, learning, undo. */
static void
test_through (Fixture *f, gconstpointer data)
{
  g_autofree char *bad = g_build_filename (f->folder, "bad-before.csv", NULL);
  g_autofree char *bad_too = g_build_filename (f->folder, "bad-after.csv", NULL);

  write_named (f, "first", 40, 50, blur);
  write_named (f, "second", 60, 45, blur);
  g_assert_true (g_file_set_contents (bad, "1,2\n3,4\n", -1, NULL));
  g_assert_true (g_file_set_contents (bad_too, "1,2,3,4\n", -1, NULL));
  start (f, f->folder, NULL, NULL);
  find_label (f, "2 pairs in *");
  find_label (f, "first");
  find_label (f, "40×50 → 38×48\nR² *");
  find_label (f, "60×45 → 58×43\nR² *");
  find_label (f, "The best kernel for all 2 pairs: R² *");
  find_label (f, "The input is 2×2 and the target 1×4; a target of the input’s size would fit.");
  find_label (f, "It has no partner.");
  find_label (f, "Input X  40×50");
  press_key ("^Edgewise", "ctrl+Page_Down");
  find_label (f, "Input X  60×45");
  press (f, "Learn");
  wait_for_weights (f, blur, 9, 0.001);
  press_key ("^Edgewise", "ctrl+Page_Up");
  find_label (f, "Input X  40×50");
  /* Which pair is shown is a step of its own; opening all of them is one too. */
  press_key ("^Edgewise", "ctrl+z");
  find_label (f, "Input X  60×45");
  find_label (f, "Found in second-before.npy → second-after.csv");
  for (int i = 0; i < 3; i++)
    press_key ("^Edgewise", "ctrl+z");
  find_label (f, "Input X  6×8");
  press_key ("^Edgewise", "ctrl+shift+z");
  find_label (f, "Input X  40×50");
  find_label (f, "2 pairs in *");
  quit (f);
}

/* One of another filter is told, and held out by keyboard the kernel is the others'. */
static void
test_held (Fixture *f, gconstpointer data)
{
  write_named (f, "a", 40, 50, blur);
  write_named (f, "b", 30, 45, blur);
  write_named (f, "c", 35, 40, sobel);
  start (f, f->folder, NULL, NULL);
  wait_for_label (f, "35×40 → 33×38*", ". It does not seem to be of the same filter");
  focus (f, ACCESSIBLE_ANY, "Learn from a");
  g_assert_true (xdotool ("key", "shift+Tab", "key", "Down", "key", "Down", NULL));
  find_label (f, "Input X  35×40");
  g_assert_true (xdotool ("key", "Tab", "key", "space", NULL));
  wait_for_label (f, "35×40 → 33×38*", ", held out");
  wait_for_label (f, "The best kernel for all 2 pairs: R² *", "On 1 held out: R² ");
  press (f, "Learn");
  wait_for_weights (f, blur, 9, 0.001);
  press_key ("^Edgewise", "ctrl+z");
  press_key ("^Edgewise", "ctrl+z");
  find_label (f, "The best kernel for all 3 pairs: *");
  quit (f);
}

/* A folder without pairs is one sentence, by the dialog, and leaves what is open. */
static void
test_empty (Fixture *f, gconstpointer data)
{
  g_autofree char *empty = g_dir_make_tmp ("edgewise-empty-XXXXXX", NULL);

  start (f, NULL, NULL, NULL);
  find_label (f, "Input X  6×8");
  press_key ("^Edgewise", "ctrl+alt+o");
  answer_dialog ("Open a Folder of Pairs", empty);
  wait_for_label (f, "edgewise-empty-*", ": There is no pair in this folder; two files NAME-before.png and NAME-after.png would be one, "
                                         "or before/NAME.png and after/NAME.png.");
  find_label (f, "Input X  6×8");
  quit (f);
  g_rmdir (empty);
}

/* Dropped onto the window. */
static void
test_drop (Fixture *f, gconstpointer data)
{
  g_autofree char *program = g_build_filename (g_getenv ("EDGEWISE_BUILD_ROOT"), "tests", "drag-source", NULL);
  char *arguments[] = { program, f->folder, NULL };
  g_autoptr (GError) error = NULL;
  GPid source;

  write_named (f, "a", 40, 50, blur);
  write_named (f, "b", 30, 45, blur);
  start (f, NULL, NULL, NULL);
  find_label (f, "Input X  6×8");
  g_assert_true (xdotool ("search", "--onlyvisible", "--name", "^Edgewise", "windowmove", "0", "0", "windowsize", "1280", "800", NULL));
  g_spawn_async (NULL, arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &source, &error);
  g_assert_no_error (error);
  g_assert_true (xdotool ("search", "--sync", "--onlyvisible", "--name", "^Drag source", "windowmove", "--sync", "1400", "100", NULL));
  g_usleep (1000000);
  g_assert_true (xdotool ("mousemove", "1500", "150", "mousedown", "1", "sleep", "0.2", "mousemove", "1490", "160", "sleep", "0.2",
                          "mousemove", "1450", "200", "sleep", "0.2", "mousemove", "900", "300", "sleep", "0.3", "mousemove",
                          "430", "320", "sleep", "0.3", "mousemove", "432", "322", "sleep", "0.5", "mouseup", "1", NULL));
  find_label (f, "2 pairs in *");
  find_label (f, "Input X  40×50");
  kill (source, SIGTERM);
  waitpid (source, NULL, 0);
  quit (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/window-folder/through", test_through);
  ADD ("/window-folder/held", test_held);
  g_test_add ("/window-folder/empty", Fixture, TRACED, set_up, test_empty, tear_down);
  ADD ("/window-folder/drop", test_drop);
#undef ADD
  return g_test_run ();
}
