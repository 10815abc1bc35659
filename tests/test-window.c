/* The window from end to end, as a user with a keyboard and a screen reader meets it. */
#include "app/files/write.h"
#include "app/golden.h"
#include "engine/trainer.h"
#include "tests/accessible.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Generous: sanitizers and busy machines are slow. */
#define PATIENCE 60.0

typedef struct
{
  char *folder;
  GDBusConnection *bus;
  GPid pid;
  Accessible *program;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("edgewise-window-XXXXXX", &error);
  g_assert_no_error (error);
  f->bus = accessible_connect ();
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (f->folder, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
  g_clear_object (&f->bus);
}

/* Starts the program with up to two arguments; what it says goes to a file. */
static void
start (Fixture *f, const char *first, const char *second, const char *third)
{
  g_autofree char *program = g_build_filename (g_getenv ("EDGEWISE_BUILD_ROOT"), "app", "edgewise", NULL);
  g_autofree char *log = g_build_filename (f->folder, "log", NULL);
  /* Frame statistics make it an instance of its own, with a clock that stops it if the test does not. */
  char *const arguments[]
      = { program, (char *)"--quit-after", (char *)"300", (char *)first, (char *)second, (char *)third, NULL };
  int messages = g_open (log, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (messages, >=, 0);
  g_spawn_async_with_fds (NULL, (char **)arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &f->pid, -1, messages,
                          messages, &error);
  g_assert_no_error (error);
  g_close (messages, NULL);
  f->program = accessible_program (f->bus, f->pid, PATIENCE);
  g_assert_nonnull (f->program);
}

/* Waits for the end: status 0 and not a word of warning. */
static void
finish (Fixture *f)
{
  g_autofree char *log = g_build_filename (f->folder, "log", NULL);
  g_autofree char *said = NULL;
  int status = -1;

  g_assert_cmpint (waitpid (f->pid, &status, 0), ==, f->pid);
  g_assert_true (g_file_get_contents (log, &said, NULL, NULL));
  if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
    g_test_fail_printf ("the program ended by signal or status %d and said: %s", status, said);
  if (strstr (said, "WARNING **") != NULL || strstr (said, "CRITICAL **") != NULL)
    g_test_fail_printf ("the program said: %s", said);
  g_clear_pointer (&f->program, accessible_free);
}

G_GNUC_NULL_TERMINATED
static gboolean
xdotool (const char *first, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  const char *argument = first;
  int status = -1;
  va_list rest;

  g_ptr_array_add (arguments, (char *)"xdotool");
  va_start (rest, first);
  for (; argument != NULL; argument = va_arg (rest, const char *))
    g_ptr_array_add (arguments, (char *)argument);
  va_end (rest);
  g_ptr_array_add (arguments, NULL);
  return g_spawn_sync (NULL, (char **)arguments->pdata, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
                       NULL, NULL, NULL, &status, NULL)
         && status == 0;
}

/* Without a window of their own keys come as from a keyboard; one that a window is sent may outlive it. */
static void
press_key (const char *title, const char *key)
{
  g_assert_true (xdotool ("search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync", NULL));
  g_assert_true (xdotool ("key", key, NULL));
}

static void
quit (Fixture *f)
{
  press_key ("^Edgewise", "ctrl+q");
  finish (f);
}

static Accessible *
find (Fixture *f, AccessibleRole role, const char *name)
{
  Accessible *found = accessible_find (f->bus, f->program, role, name, PATIENCE);

  if (found == NULL)
    g_error ("nothing is there by the name of “%s”", name);
  return found;
}

static void
press (Fixture *f, const char *name)
{
  g_autoptr (Accessible) button = find (f, ACCESSIBLE_BUTTON, name);

  g_assert_true (accessible_press (f->bus, button));
}

/* "Epoch 26; 0.9984, −1.002": returns the epoch, −1 where there is none, and fills up to @n weights. */
static double
read_weights (Fixture *f, double *weights, int n)
{
  g_autoptr (Accessible) chart = find (f, ACCESSIBLE_ANY, "Weights");
  g_autofree char *text = accessible_description (f->bus, chart);
  g_autofree char **minus = text == NULL ? NULL : g_strsplit (text, "−", -1);
  g_autofree char *plain = minus == NULL ? NULL : g_strjoinv ("-", minus);
  const char *p = plain;
  double epoch;

  for (int i = 0; minus != NULL && minus[i] != NULL; i++)
    g_free (minus[i]);
  if (p == NULL || !g_str_has_prefix (p, "Epoch "))
    return -1;
  epoch = g_ascii_strtod (p + 6, (char **)&p);
  for (int k = 0; k < n; k++)
    {
      while (*p != '\0' && *p != '-' && !g_ascii_isdigit (*p))
        p++;
      weights[k] = g_ascii_strtod (p, (char **)&p);
    }
  return epoch;
}

/* Waits until the weights shown are within @tolerance of @expected. */
static void
wait_for_weights (Fixture *f, const double *expected, int n, double tolerance)
{
  gint64 end = g_get_monotonic_time () + (gint64)(1e6 * PATIENCE);
  double weights[9] = { NAN };
  gboolean there;

  do
    {
      double epoch = read_weights (f, weights, n);

      there = epoch >= 1;
      for (int k = 0; k < n; k++)
        there = there && fabs (weights[k] - expected[k]) <= tolerance;
      g_usleep (50000);
    }
  while (!there && g_get_monotonic_time () < end);
  for (int k = 0; k < n; k++)
    g_assert_cmpfloat_with_epsilon (weights[k], expected[k], tolerance);
}

/* Types a path into the file dialog of that title. */
static void
answer_dialog (const char *title, const char *path)
{
  g_assert_true (xdotool ("search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync", NULL));
  g_assert_true (xdotool ("type", "--delay", "20", path, NULL));
  g_usleep (300000);
  press_key (title, "Return");
}

/* A noise image and what @kernel makes of it, as files. */
static void
write_pair (Fixture *f, int height, int width, const EwKernel *kernel, char **input, char **target)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwGrid) x = ew_grid_new (height, width, &error);
  g_autoptr (EwGrid) y = ew_grid_new (height - kernel->height + 1, width - kernel->width + 1, &error);

  for (int i = 0; i < x->height; i++)
    for (int j = 0; j < x->width; j++)
      ew_grid_row (x, i)[j] = (float)g_test_rand_double_range (-1, 1);
  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      for (int a = 0; a < kernel->height; a++)
        for (int c = 0; c < kernel->width; c++)
          ew_grid_row (y, i)[j] += (float)(kernel->taps[a * kernel->width + c] * (double)ew_grid_row (x, i + a)[j + c]);
  *input = g_build_filename (f->folder, "before.npy", NULL);
  *target = g_build_filename (f->folder, "after.csv", NULL);
  ew_grid_write (*input, x, NULL, &error);
  g_assert_no_error (error);
  ew_grid_write (*target, y, NULL, &error);
  g_assert_no_error (error);
}

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
  g_assert_true (ew_devices_correlate (devices, x, edge, &geometry, y, NULL, NULL));
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
  sentence = find (f, ACCESSIBLE_LABEL, "bad.png: Line 1 has something that is not a number.");
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/window/golden", test_golden);
  ADD ("/window/steps", test_steps);
  ADD ("/window/learn-from-files", test_learn_from_files);
  ADD ("/window/bad-file", test_bad_file);
  ADD ("/window/in-training", test_in_training);
#undef ADD
  return g_test_run ();
}
