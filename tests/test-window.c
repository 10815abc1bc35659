/* The window from end to end, as a user with a keyboard and a screen reader meets it. */
#include "app/golden.h"
#include "engine/trainer.h"
#include "tests/window-fixtures.h"

/* The start shows the golden case, every part by its name, and learns it by itself. */
static void
test_golden (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "Input image", "Kernel", "Output", "Loss", "Weights" };
  static const char *const buttons[] = { "Pause", "Step", "Reset", "Open" };
  const double learned[] = { 1, -1 };
  g_autoptr (Accessible) input = NULL;
  g_autofree char *described = NULL;

  start (f, NULL, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    accessible_free (find (f, ACCESSIBLE_ANY, names[i]));
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    accessible_free (find (f, ACCESSIBLE_BUTTON, buttons[i]));
  input = find (f, ACCESSIBLE_ANY, "Input image");
  described = accessible_description (f->bus, input);
  g_assert_cmpstr (described, ==, "6 by 8 values, from 0 to 1");
  wait_for_weights (f, learned, 2, 1e-4);
  quit (f);
}

/* What the trainer has after each epoch is what the window shows after as many steps. */
static void
test_steps (Fixture *f, gconstpointer data)
{
  const EwBackend *backend = ew_cpu_backend ();
  g_autoptr (EwDevices) devices = ew_devices_new (&backend, 1, 1);
  g_autoptr (EwGrid) x = ew_golden_edge_image ();
  g_autoptr (EwKernel) edge = ew_golden_edge_kernel ();
  g_autoptr (EwKernel) first = ew_golden_start ();
  g_autoptr (EwGrid) y = ew_grid_new (6, 7, NULL);
  EwSample sample = { x, y };
  g_autoptr (EwProblem) problem = NULL;
  g_autoptr (EwTrainer) trainer = NULL;
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, 1, 2);
  g_assert_true (ew_devices_correlate (devices, x, edge, &geometry, EW_METHOD_AUTO, y, NULL, NULL));
  problem = ew_problem_new (&sample, 1, &geometry, FALSE, NULL);
  trainer = ew_trainer_new (devices, problem, first, EW_LOSS_SUM, EW_GOLDEN_RATE, NULL, NULL);
  start (f, NULL, NULL, NULL);
  press (f, "Pause");
  press (f, "Reset");
  for (int step = 1; step <= 3; step++)
    {
      press (f, "Step");
      g_assert_true (ew_trainer_run (trainer, 1, NULL, NULL, NULL, NULL));
      /* The window shows four digits. */
      wait_for_weights (f, ew_trainer_params (trainer), 2, 5e-4);
    }
  accessible_free (find (f, ACCESSIBLE_BUTTON, "Learn"));
  quit (f);
}

/* The pair is opened by the dialogs, and its kernel read off the screen. */
static void
test_learn_from_files (Fixture *f, gconstpointer data)
{
  const double taps[] = { 0.5, -0.25, 0.125, 1, -0.75, 0.0625 };
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 3, taps, 0, NULL);
  g_autoptr (Accessible) speed = NULL;
  g_autofree char *input = NULL;
  g_autofree char *target = NULL;

  write_pair (f, 60, 80, kernel, &input, &target);
  start (f, NULL, NULL, NULL);
  press (f, "Open");
  answer_dialog ("Open an Input", input);
  accessible_free (find (f, ACCESSIBLE_LABEL, "Input X  60×80"));
  press_key ("^Edgewise", "ctrl+shift+o");
  answer_dialog ("Open a Target", target);
  accessible_free (find (f, ACCESSIBLE_LABEL, "Kernel K  2×3"));
  speed = find (f, ACCESSIBLE_SLIDER, "Speed");
  g_assert_true (accessible_set_value (f->bus, speed, 1000));
  press (f, "Learn");
  wait_for_weights (f, taps, 6, 1e-3);
  quit (f);
}

/* A file that is no image costs a sentence, not what was open. */
static void
test_bad_file (Fixture *f, gconstpointer data)
{
  g_autofree char *bad = g_build_filename (f->folder, "bad.png", NULL);
  g_autoptr (Accessible) sentence = NULL;

  g_assert_true (g_file_set_contents (bad, "this is no image", -1, NULL));
  start (f, NULL, NULL, NULL);
  press_key ("^Edgewise", "ctrl+o");
  answer_dialog ("Open an Input", bad);
  sentence = find (f, ACCESSIBLE_LABEL,
                   "bad.png: This is neither an image nor a matrix of numbers: line 1 has something that is not a "
                   "number.");
  accessible_free (find (f, ACCESSIBLE_LABEL, "Input X  6×8"));
  quit (f);
}

/* Flat out on a larger image: in the middle another one is opened, and then the window is closed. */
static void
test_in_training (Fixture *f, gconstpointer data)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new_initial (5, 5, EW_INIT_UNIFORM, 1, NULL);
  g_autofree char *input = NULL;
  g_autofree char *target = NULL;

  write_pair (f, 500, 700, kernel, &input, &target);
  start (f, "--learn", input, target);
  accessible_free (find (f, ACCESSIBLE_LABEL, "Kernel K  5×5"));
  accessible_free (find (f, ACCESSIBLE_BUTTON, "Pause"));
  press_key ("^Edgewise", "ctrl+o");
  answer_dialog ("Open an Input", target);
  accessible_free (find (f, ACCESSIBLE_LABEL, "Input X  496×696"));
  accessible_free (find (f, ACCESSIBLE_BUTTON, "Pause"));
  quit (f);
}

/* The program's keys work while the histogram is open, which has nothing for the keyboard itself. */
static void
test_keys_over_histogram (Fixture *f, gconstpointer data)
{
  start (f, NULL, NULL, NULL);
  press_key ("^Edgewise", "alt+7");
  accessible_free (find (f, ACCESSIBLE_LABEL, "Values of the Output"));
  g_usleep (300000);
  g_assert_true (xdotool ("key", "ctrl+q", NULL));
  finish (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/window/golden", test_golden);
  ADD ("/window/keys-over-histogram", test_keys_over_histogram);
  ADD ("/window/steps", test_steps);
  g_test_add ("/window/learn-from-files", Fixture, TRACED, set_up, test_learn_from_files, tear_down);
  g_test_add ("/window/bad-file", Fixture, TRACED, set_up, test_bad_file, tear_down);
  g_test_add ("/window/in-training", Fixture, TRACED, set_up, test_in_training, tear_down);
#undef ADD
  return g_test_run ();
}
