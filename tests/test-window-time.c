/* The window's time line from end to end: the slider, playing, branches, kept runs, curves as CSV, by keyboard and as a
 * screen reader finds them. */
#include "app/golden.h"
#include "tests/window-fixtures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All 100 epochs of the textbook's experiment, quickly. */
static void
learn_all (Fixture *f)
{
  g_autoptr (Accessible) speed = NULL;

  start (f, NULL, NULL, NULL);
  speed = find (f, ACCESSIBLE_SLIDER, "Speed");
  g_assert_true (accessible_set_value (f->bus, speed, 1000));
  accessible_free (find (f, ACCESSIBLE_LABEL, "all epochs done"));
}

static void
go_to (Fixture *f, double epoch)
{
  g_autoptr (Accessible) line = find (f, ACCESSIBLE_SLIDER, "Time line");

  g_assert_true (accessible_set_value (f->bus, line, epoch));
}

/* Kernel, output and curves are those of the epoch that the slider stands at, exactly as the textbook prints them. */
static void
test_slider (Fixture *f, gconstpointer data)
{
  learn_all (f);
  go_to (f, 10);
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = 0.9308");
  accessible_free (find (f, ACCESSIBLE_LABEL, "10 of 100"));
  accessible_free (find (f, ACCESSIBLE_LABEL, "loss 0.305"));
  wait_for_text (f, ACCESSIBLE_IMAGE, "Output", "from −1.04");
  go_to (f, 0);
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = −0.62");
  accessible_free (find (f, ACCESSIBLE_LABEL, "loss –"));
  /* By keys, from wherever it stands: the slider, then one epoch on, a page, and both ends. */
  focus (f, ACCESSIBLE_SLIDER, "Time line");
  g_assert_true (xdotool ("key", "Right", "Right", NULL));
  accessible_free (find (f, ACCESSIBLE_LABEL, "2 of 100"));
  g_assert_true (xdotool ("key", "End", NULL));
  accessible_free (find (f, ACCESSIBLE_LABEL, "100 of 100"));
  g_assert_true (xdotool ("key", "Home", NULL));
  accessible_free (find (f, ACCESSIBLE_LABEL, "0 of 100"));
  press_key ("^Edgewise", "ctrl+End");
  accessible_free (find (f, ACCESSIBLE_LABEL, "100 of 100"));
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = 1");
  quit (f);
}

/* A branch goes on from the epoch shown; what came after it is kept as a run, which can be hidden and removed. */
static void
test_branch (Fixture *f, gconstpointer data)
{
  learn_all (f);
  go_to (f, 20);
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = 0.9938");
  press_key ("^Edgewise", "ctrl+b");
  accessible_free (find (f, ACCESSIBLE_LABEL, "20 of 20"));
  wait_for_text (f, ACCESSIBLE_IMAGE, "Loss", "Epoch 20; loss 0.003");
  accessible_free (find (f, ACCESSIBLE_ANY, "Show To epoch 100"));
  press_key ("^Edgewise", "ctrl+e");
  accessible_free (find (f, ACCESSIBLE_LABEL, "21 of 21"));
  press (f, "Learn");
  accessible_free (find (f, ACCESSIBLE_LABEL, "100 of 100"));
  press (f, "Remove To epoch 100");
  press_key ("^Edgewise", "ctrl+shift+k");
  accessible_free (find (f, ACCESSIBLE_ANY, "Show Run 2"));
  quit (f);
}

/* A weight that is fixed in mid-run is free again by undo, which says that the run is back where it was then. */
static void
test_rule_undone (Fixture *f, gconstpointer data)
{
  start (f, NULL, NULL, NULL);
  wait_for_text (f, ACCESSIBLE_IMAGE, "Loss", "Epoch ");
  press_key ("^Edgewise", "ctrl+f");
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "fixed");
  /* Some epochs with it. */
  g_usleep (600000);
  press_key ("^Edgewise", "ctrl+z");
  accessible_free (find (f, ACCESSIBLE_LABEL, "Undone: Fixed Weight. The run is back at epoch *"));
  press_key ("^Edgewise", "ctrl+shift+z");
  accessible_free (find (f, ACCESSIBLE_LABEL, "Redone: Fixed Weight"));
  quit (f);
}

/* There and back by key, and the chart reads values off under its own cursor. */
static void
test_play_and_read (Fixture *f, gconstpointer data)
{
  learn_all (f);
  go_to (f, 8);
  press_key ("^Edgewise", "ctrl+shift+p");
  accessible_free (find (f, ACCESSIBLE_LABEL, "0 of 100"));
  go_to (f, 92);
  press_key ("^Edgewise", "ctrl+p");
  accessible_free (find (f, ACCESSIBLE_LABEL, "100 of 100"));
  focus (f, ACCESSIBLE_IMAGE, "Loss");
  g_assert_true (xdotool ("key", "Home", NULL));
  wait_for_text (f, ACCESSIBLE_IMAGE, "Loss", "Epoch 1; loss 31");
  g_assert_true (xdotool ("key", "End", "Return", NULL));
  accessible_free (find (f, ACCESSIBLE_LABEL, "100 of 100"));
  quit (f);
}

/* The file holds every epoch, with the textbook's numbers. */
static void
test_csv (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "curves.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  learn_all (f);
  press_key ("^Edgewise", "ctrl+shift+s");
  press_key ("Save the Curves", "ctrl+a");
  answer_dialog ("Save the Curves", path);
  accessible_free (find (f, ACCESSIBLE_LABEL, "100 epochs saved."));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (text);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 102);
  g_assert_cmpstr (lines[0], ==, "epoch,loss,w0,w1,bias");
  g_assert_true (g_str_has_prefix (lines[100], "100,"));

  g_auto (GStrv) cells = g_strsplit (lines[10], ",", -1);

  g_assert_cmpfloat (g_ascii_strtod (cells[0], NULL), ==, 10);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (cells[1], NULL), 0.305, 5e-4);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (cells[2], NULL), 0.9308, 5e-5);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (cells[3], NULL), -1.0440, 5e-5);
  quit (f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add ("/window-time/slider", Fixture, NULL, set_up, test_slider, tear_down);
  g_test_add ("/window-time/branch", Fixture, NULL, set_up, test_branch, tear_down);
  g_test_add ("/window-time/rule-undone", Fixture, NULL, set_up, test_rule_undone, tear_down);
  g_test_add ("/window-time/play-and-read", Fixture, NULL, set_up, test_play_and_read, tear_down);
  g_test_add ("/window-time/csv", Fixture, TRACED, set_up, test_csv, tear_down);
  return g_test_run ();
}
