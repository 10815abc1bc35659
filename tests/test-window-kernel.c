/* The kernel's editor in the window: undo of everything, the menu, the clipboard, presets, what is said of a kernel; and the
 * page of how it is learned. */
#include "tests/window-fixtures.h"

#include <math.h>

/* Starts with the textbook's experiment, waiting at its start values. */
static void
start_at_rest (Fixture *f)
{
  start (f, NULL, NULL, NULL);
  press (f, "Pause");
  press (f, "Reset");
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = −0.62");
}

static void
wait_for_size (Fixture *f, const char *size)
{
  g_autofree char *heading = g_strdup_printf ("Kernel K  %s", size);

  accessible_free (find (f, ACCESSIBLE_LABEL, heading));
}

static void
wait_for_weight (Fixture *f, const char *text)
{
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", text);
}

static void
undo (void)
{
  press_key ("^Edgewise", "ctrl+z");
}

static void
redo (void)
{
  press_key ("^Edgewise", "ctrl+shift+z");
}

/* A new size keeps what was there; undo and redo bring both back. */
static void
test_resize (Fixture *f, gconstpointer data)
{
  g_autoptr (Accessible) spin = NULL;

  start_at_rest (f);
  spin = find (f, ACCESSIBLE_SPIN_BUTTON, "Kernel height");
  g_assert_true (accessible_set_value (f->bus, spin, 2));
  wait_for_size (f, "2×2");
  wait_for_weight (f, "2 by 2 weights, K[0, 0] = −0.62");
  undo ();
  wait_for_size (f, "1×2");
  wait_for_weight (f, "1 by 2 weights, K[0, 0] = −0.62");
  redo ();
  wait_for_size (f, "2×2");
  wait_for_weight (f, "2 by 2 weights, K[0, 0] = −0.62");
  quit (f);
}

/* A file that was opened goes, and what was there before is there again, weights and all. */
static void
test_open (Fixture *f, gconstpointer data)
{
  const double taps[] = { 1, 2, 3, 4 };
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 2, taps, 0, NULL);
  g_autofree char *input = NULL;
  g_autofree char *target = NULL;

  write_pair (f, 20, 30, kernel, &input, &target);
  start_at_rest (f);
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  type ("2");
  g_assert_true (xdotool ("key", "Return", NULL));
  wait_for_weight (f, "K[0, 0] = 2");
  press_key ("^Edgewise", "ctrl+o");
  answer_dialog ("Open an Input", input);
  accessible_free (find (f, ACCESSIBLE_LABEL, "Input X  20×30"));
  undo ();
  accessible_free (find (f, ACCESSIBLE_LABEL, "Input X  6×8"));
  wait_for_weight (f, "K[0, 0] = 2");
  undo ();
  wait_for_weight (f, "K[0, 0] = −0.62");
  redo ();
  redo ();
  accessible_free (find (f, ACCESSIBLE_LABEL, "Input X  20×30"));
  quit (f);
}

/* One epoch after the other. */
static void
step (Fixture *f, int first, int last)
{
  for (int epoch = first; epoch <= last; epoch++)
    {
      g_autofree char *label = g_strdup_printf ("epoch %d", epoch);

      press (f, "Step");
      accessible_free (find (f, ACCESSIBLE_LABEL, label));
    }
}

/* Three epochs one by one are one step, and so are those after them with a change between. */
static void
test_learning (Fixture *f, gconstpointer data)
{
  start_at_rest (f);
  step (f, 1, 3);
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  type ("7");
  g_assert_true (xdotool ("key", "Return", NULL));
  wait_for_weight (f, "K[0, 0] = 7");
  step (f, 4, 5);
  undo ();
  accessible_free (find (f, ACCESSIBLE_LABEL, "epoch 3"));
  wait_for_weight (f, "K[0, 0] = 7");
  undo ();
  undo ();
  accessible_free (find (f, ACCESSIBLE_LABEL, "epoch 0"));
  wait_for_weight (f, "K[0, 0] = −0.62");
  /* A reset of what has come back is one to the start values. */
  redo ();
  redo ();
  wait_for_weight (f, "K[0, 0] = 7");
  press (f, "Reset");
  wait_for_weight (f, "K[0, 0] = −0.62");
  quit (f);
}

/* By the menu key and its letters. */
static void
test_menu (Fixture *f, gconstpointer data)
{
  start_at_rest (f);
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  g_assert_true (xdotool ("key", "shift+F10", NULL));
  g_usleep (500000);
  g_assert_true (xdotool ("key", "l", NULL));
  /* The right column is the top row now. */
  wait_for_size (f, "2×1");
  wait_for_weight (f, "2 by 1 weights, K[0, 0] = −0.4343");
  undo ();
  wait_for_size (f, "1×2");
  wait_for_weight (f, "K[0, 0] = −0.62");
  quit (f);
}

/* What was copied is pasted over an edit; text that is no matrix is refused with a sentence. */
static void
test_clipboard (Fixture *f, gconstpointer data)
{
  start_at_rest (f);
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  g_assert_true (xdotool ("key", "ctrl+c", NULL));
  accessible_free (find (f, ACCESSIBLE_LABEL, "Kernel copied for a spreadsheet"));
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  type ("5");
  g_assert_true (xdotool ("key", "Return", NULL));
  wait_for_weight (f, "K[0, 0] = 5");
  g_assert_true (xdotool ("key", "ctrl+v", NULL));
  wait_for_weight (f, "K[0, 0] = −0.62");
  undo ();
  wait_for_weight (f, "K[0, 0] = 5");
  quit (f);
}

/* A preset from its list, by keys alone; what is said of it. */
static void
test_preset (Fixture *f, gconstpointer data)
{
  start_at_rest (f);
  press_key ("^Edgewise", "ctrl+k");
  g_assert_true (xdotool ("search", "--sync", "--onlyvisible", "--name", "^Presets$", "windowfocus", "--sync", NULL));
  accessible_free (find (f, ACCESSIBLE_LABEL, "Leaves every pixel as it is."));
  press_key ("^Presets$", "Down");
  press_key ("^Presets$", "Down");
  accessible_free (
      find (f, ACCESSIBLE_LABEL, "The mean of all pixels under it; blurs, and leaves ripples at some frequencies."));
  press_key ("^Presets$", "Return");
  wait_for_size (f, "3×3");
  wait_for_weight (f, "3 by 3 weights, K[0, 0] = 0.1111");
  accessible_free (find (f, ACCESSIBLE_LABEL, "≈ Box blur 100 %"));
  undo ();
  wait_for_size (f, "1×2");
  quit (f);
}

/* --- the page of how it is learned */

/* Waits until a row shows that choice. */
static void
wait_for_choice (Fixture *f, const char *row, const char *chosen)
{
  g_autoptr (Accessible) combo = find (f, ACCESSIBLE_COMBO_BOX, row);
  g_autoptr (Accessible) label = accessible_find (f->bus, combo, ACCESSIBLE_LABEL, chosen, PATIENCE);

  if (label == NULL)
    g_test_fail_printf ("“%s” is not “%s”", row, chosen);
}

static void
wait_for_check (Fixture *f, const char *name, gboolean checked)
{
  g_autoptr (Accessible) box = find (f, ACCESSIBLE_CHECK_BOX, name);

  for (gint64 end = g_get_monotonic_time () + (gint64)(1e6 * PATIENCE);
       accessible_checked (f->bus, box) != checked && g_get_monotonic_time () < end;)
    g_usleep (50000);
  g_assert_cmpint (accessible_checked (f->bus, box), ==, checked);
}

static char *
kernel_text (Fixture *f)
{
  g_autoptr (Accessible) table = find (f, ACCESSIBLE_TABLE, "Kernel");

  return accessible_description (f->bus, table);
}

/* A hundred epochs, as fast as they go. */
static void
set_up_run (Fixture *f)
{
  g_autoptr (Accessible) speed = find (f, ACCESSIBLE_SLIDER, "Speed");
  g_autoptr (Accessible) epochs = find (f, ACCESSIBLE_SPIN_BUTTON, "Epochs");

  g_assert_true (accessible_set_value (f->bus, speed, 1000));
  g_assert_true (accessible_set_value (f->bus, epochs, 100));
  g_usleep (1100000);
}

/* Another one of a row's choices, by keys: it has the keyboard, opens, and goes down. */
static void
choose (Fixture *f, const char *row, int down, const char *chosen)
{
  g_autoptr (Accessible) choice = NULL;

  focus (f, ACCESSIBLE_COMBO_BOX, row);
  press_key ("^Edgewise", "space");
  g_usleep (400000);
  for (int k = 0; k < down; k++)
    g_assert_true (xdotool ("key", "Down", NULL));
  g_assert_true (xdotool ("key", "Return", NULL));
  wait_for_choice (f, row, chosen);
  /* Changes within a second are one step. */
  g_usleep (1100000);
}

/* One of the constraints, by the space bar. */
static void
constrain (Fixture *f, const char *name)
{
  focus (f, ACCESSIBLE_CHECK_BOX, name);
  g_assert_true (xdotool ("key", "space", NULL));
  wait_for_check (f, name, TRUE);
  g_usleep (1100000);
}

/* Until the epochs are done; the sum of the weights then. */
static double
learn (Fixture *f)
{
  double w[4] = { 0 };

  press (f, "Learn");
  accessible_free (find (f, ACCESSIBLE_LABEL, "all epochs done"));
  wait_for_text (f, ACCESSIBLE_IMAGE, "Weights", "Epoch 100; ");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Loss", "Epoch 100; loss ");
  g_assert_cmpfloat (read_weights (f, w, 4), ==, 100);
  return w[0] + w[1] + w[2] + w[3];
}

/* Rule, loss and constraint by the widgets' keys, a run that keeps to them, and all of it back, step by step. */
static void
test_learning_page (Fixture *f, gconstpointer data)
{
  const double taps[] = { 2, 1, 0.5, 0.5 };
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 2, taps, 0, NULL);
  g_autofree char *input = NULL;
  g_autofree char *target = NULL;
  g_autoptr (Accessible) tab = NULL;
  g_autofree char *start_values = NULL;
  g_autofree char *learned = NULL;

  write_pair (f, 20, 24, kernel, &input, &target);
  start (f, input, target, NULL);
  wait_for_size (f, "2×2");
  set_up_run (f);
  start_values = kernel_text (f);
  tab = find (f, ACCESSIBLE_TAB, "Learning");
  g_assert_true (accessible_press (f->bus, tab));
  choose (f, "Optimizer", 2, "Nesterov");
  choose (f, "Residuals count", 1, "Huber");
  constrain (f, "Sum is 1");
  /* What made the target sums up to 4; four digits are shown. */
  g_assert_cmpfloat_with_epsilon (learn (f), 1, 2e-3);
  learned = kernel_text (f);
  g_assert_cmpstr (learned, !=, start_values);

  undo ();
  wait_for_weight (f, start_values);
  wait_for_check (f, "Sum is 1", TRUE);
  undo ();
  wait_for_check (f, "Sum is 1", FALSE);
  wait_for_choice (f, "Residuals count", "Huber");
  undo ();
  wait_for_choice (f, "Residuals count", "Squared");
  wait_for_choice (f, "Optimizer", "Nesterov");
  undo ();
  wait_for_choice (f, "Optimizer", "Gradient descent");
  redo ();
  redo ();
  redo ();
  wait_for_choice (f, "Optimizer", "Nesterov");
  wait_for_choice (f, "Residuals count", "Huber");
  wait_for_check (f, "Sum is 1", TRUE);
  redo ();
  wait_for_weight (f, learned);
  quit (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/window-kernel/resize", test_resize);
  g_test_add ("/window-kernel/open", Fixture, TRACED, set_up, test_open, tear_down);
  ADD ("/window-kernel/learning", test_learning);
  ADD ("/window-kernel/menu", test_menu);
  ADD ("/window-kernel/clipboard", test_clipboard);
  ADD ("/window-kernel/preset", test_preset);
  ADD ("/window-kernel/learning-page", test_learning_page);
#undef ADD
  return g_test_run ();
}
