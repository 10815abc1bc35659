/* A pair of images in the window: what is found in it and its corrections, bad pairs, the optimum, the report, the kernel on
 * another image. */
#include "app/files/write.h"
#include "engine/finding.h"
#include "engine/reference.h"
#include "tests/window-fixtures.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static const double blur[] = { 0.05, 0.1, 0.05, 0.1, 0.45, 0.1, 0.05, 0.1, 0 };

/* Noise of which neighbours are alike, in [0.2, 0.8]. */
static EwGrid *
smooth (int height, int width)
{
  EwGrid *x = ew_grid_new (height, width, NULL);

  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      {
        double value = g_test_rand_double_range (0.2, 0.8);

        if (i > 0 && j > 0)
          value = 0.4 * (double)ew_grid_row (x, i - 1)[j] + 0.4 * (double)ew_grid_row (x, i)[j - 1] + 0.2 * value;
        ew_grid_row (x, i)[j] = (float)value;
      }
  return x;
}

/* x ⋆ blur laid over the edges, the outermost pixels repeated. */
static EwGrid *
blurred (const EwGrid *x)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, blur, 0, NULL);
  EwGeometry same = { .kernel_height = 3, .kernel_width = 3, .stride = 1, .dilation = 1, .top = 1, .bottom = 1, .left = 1,
                      .right = 1, .border = EW_BORDER_REPLICATE };
  g_autofree double *values = g_new (double, x->height * x->width);
  EwGrid *y = ew_grid_new (x->height, x->width, NULL);

  g_assert_true (ew_reference_correlate (x, kernel, &same, values, NULL));
  for (int k = 0; k < x->height * x->width; k++)
    ew_grid_row (y, k / x->width)[k % x->width] = (float)values[k];
  return y;
}

static char *
write_grid (Fixture *f, const char *name, const EwGrid *grid)
{
  char *path = g_build_filename (f->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  ew_grid_write (path, grid, NULL, &error);
  g_assert_no_error (error);
  return path;
}

/* Starts with the pair. */
static void
start_pair (Fixture *f, const EwGrid *x, const EwGrid *y)
{
  g_autofree char *before = write_grid (f, "before.npy", x);
  g_autofree char *after = write_grid (f, "after.npy", y);

  start (f, before, after, NULL);
}

static void
find_label (Fixture *f, const char *text)
{
  accessible_free (find (f, ACCESSIBLE_LABEL, text));
}

/* What a widget of that name and role says holds no NaN. */
static void
check_no_nan (Fixture *f, AccessibleRole role, const char *name)
{
  g_autoptr (Accessible) widget = find (f, role, name);
  g_autofree char *text = accessible_description (f->bus, widget);

  if (text != NULL && strstr (text, "NaN") != NULL)
    g_test_fail_printf ("“%s” says “%s”", name, text);
}

/* Waits until the optimum's weight @index is within @tolerance of @expected. */
static void
wait_for_optimum (Fixture *f, int index, double expected, double tolerance)
{
  gint64 end = g_get_monotonic_time () + (gint64)(1e6 * PATIENCE);
  g_autofree char *name = g_strdup_printf ("K[%d, %d] = ", index / 3, index % 3);
  g_autofree char *text = NULL;
  double value = NAN;

  do
    {
      g_autoptr (Accessible) view = find (f, ACCESSIBLE_TABLE, "Optimum kernel");
      const char *at;

      g_free (text);
      text = accessible_description (f->bus, view);
      at = text == NULL ? NULL : strstr (text, name);
      value = at == NULL ? NAN : g_ascii_strtod (at + strlen (name), NULL);
      g_usleep (50000);
    }
  while (!(fabs (value - expected) <= tolerance) && g_get_monotonic_time () < end);
  if (!(fabs (value - expected) <= tolerance))
    g_test_fail_printf ("the optimum says “%s”", text);
}

/* A step from bad input gives no NaN, nor does what is said of it. */
static void
check_bad (Fixture *f, const EwGrid *x, const EwGrid *y, const char *sentence)
{
  start_pair (f, x, y);
  find_label (f, sentence);
  press (f, "Step");
  press (f, "Step");
  g_usleep (200000);
  check_no_nan (f, ACCESSIBLE_TABLE, "Kernel");
  check_no_nan (f, ACCESSIBLE_IMAGE, "Weights");
  check_no_nan (f, ACCESSIBLE_TABLE, "Optimum kernel");
  quit (f);
}

static void
test_constant (Fixture *f, gconstpointer data)
{
  g_autoptr (EwGrid) x = smooth (40, 50);
  g_autoptr (EwGrid) same = ew_grid_new (40, 50, NULL);

  check_bad (f, same, x,
             "The input is the same everywhere, so it tells no tap from another; a picture with detail is needed.");
  check_bad (f, x, same,
             "The target is the same everywhere: a kernel of zeros with a bias gives it, whatever the filter was.");
}

static void
test_identical (Fixture *f, gconstpointer data)
{
  g_autoptr (EwGrid) x = smooth (40, 50);

  check_bad (f, x, x,
             "The two images are identical: the kernel is a single 1 in the middle. Was the same file opened twice?");
}

static void
test_one_pixel (Fixture *f, gconstpointer data)
{
  g_autoptr (EwGrid) x = ew_grid_new (1, 1, NULL);

  check_bad (f, x, x, "The input is a single pixel, which tells no tap from another; a larger image is needed.");
}

static void
test_unrelated (Fixture *f, gconstpointer data)
{
  g_autoptr (EwGrid) x = ew_grid_new (90, 100, NULL);
  g_autoptr (EwGrid) y = ew_grid_new (90, 100, NULL);

  for (int k = 0; k < 90 * 100; k++)
    {
      ew_grid_row (x, k / 100)[k % 100] = (float)g_test_rand_double ();
      ew_grid_row (y, k / 100)[k % 100] = (float)g_test_rand_double ();
    }
  check_bad (f, x, y, "The two images seem to have nothing to do with each other*");
}

/* Values of 8 bit against those of 16: divided, the kernel is the true one. */
static void
test_scale (Fixture *f, gconstpointer data)
{
  g_autoptr (EwGrid) x = smooth (60, 70);
  g_autoptr (EwGrid) y = blurred (x);

  for (int k = 0; k < 60 * 70; k++)
    {
      ew_grid_row (x, k / 70)[k % 70] = roundf (255 * ew_grid_row (x, k / 70)[k % 70]);
      ew_grid_row (y, k / 70)[k % 70] = roundf (65535 * ew_grid_row (y, k / 70)[k % 70]);
    }
  start_pair (f, x, y);
  find_label (f, "The target’s values are about 257 times as large*");
  wait_for_optimum (f, 0, 257 * 0.05, 2.57);
  press (f, "Divide the Target by 257");
  wait_for_optimum (f, 0, 0.05, 0.01);
  press_key ("^Edgewise", "ctrl+z");
  wait_for_optimum (f, 0, 257 * 0.05, 2.57);
  quit (f);
}

/* The input on its side cannot be opened before it is turned: by one button, and undone as one step. */
static void
test_flipped (Fixture *f, gconstpointer data)
{
  g_autoptr (EwGrid) x = smooth (60, 80);
  g_autoptr (EwGrid) turned = ew_grid_turned (x, EW_TURN_RIGHT, 0, 0, 80, 60, NULL);
  g_autoptr (EwGrid) y = blurred (turned);

  start_pair (f, x, y);
  find_label (f, "The target is the input turned by a quarter turn to the right.");
  find_label (f, "Input X  6×8");
  press (f, "Turn the Input to the Right");
  find_label (f, "Input X  80×60");
  wait_for_optimum (f, 0, 0.05, 0.001);
  press_key ("^Edgewise", "ctrl+z");
  find_label (f, "Input X  6×8");
  press_key ("^Edgewise", "ctrl+shift+z");
  find_label (f, "Input X  80×60");
  quit (f);
}

/* Rows of NaN are left out, and how much that is is said. */
static void
test_not_finite (Fixture *f, gconstpointer data)
{
  g_autoptr (EwGrid) x = smooth (60, 70);
  g_autoptr (EwGrid) y = blurred (x);

  for (int j = 0; j < 70; j++)
    ew_grid_row (x, 20)[j] = NAN;
  start_pair (f, x, y);
  find_label (f, "The input has 70 values that are not finite, among them 1 whole row*");
  press (f, "Leave Them Out");
  find_label (f, "Input X  60×70");
  wait_for_optimum (f, 0, 0.05, 0.001);
  /* Three rows of 68 of the 58 by 68 that a kernel reaches. */
  find_label (f, "3740; 5.2 % are left out");
  press (f, "Learn");
  g_usleep (500000);
  check_no_nan (f, ACCESSIBLE_TABLE, "Kernel");
  quit (f);
}

/* Shifted and offset, mended by button and by key; the optimum is used and saved, and the kernel applied to another
 * image. */
static void
test_through (Fixture *f, gconstpointer data)
{
  g_autoptr (EwGrid) x = smooth (90, 100);
  g_autoptr (EwGrid) y = blurred (x);
  g_autoptr (EwGrid) x_part = ew_grid_new_cropped (x, 0, 0, 80, 90, NULL);
  g_autoptr (EwGrid) y_part = ew_grid_new_cropped (y, 7, 4, 80, 90, NULL);
  g_autoptr (EwGrid) other = smooth (33, 44);
  g_autofree char *report = g_build_filename (f->folder, "report.json", NULL);
  g_autofree char *output = g_build_filename (f->folder, "output.csv", NULL);
  g_autofree char *another = write_grid (f, "another.npy", other);
  g_autofree char *json = NULL;

  for (int k = 0; k < 80 * 90; k++)
    ew_grid_row (y_part, k / 90)[k % 90] += 0.125f;
  start_pair (f, x_part, y_part);
  find_label (f, "The target’s picture is shifted against the input’s: 7 pixels up and 4 pixels to the left.");
  press (f, "Shift It Back");
  find_label (f, "Input X  73×86");
  find_label (f, "The target is offset by a constant*");
  focus (f, ACCESSIBLE_BUTTON, "Learn a Bias");
  g_assert_true (xdotool ("key", "space", NULL));
  wait_for_optimum (f, 0, 0.05, 0.001);
  press (f, "Use Optimum");
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = 0.05");
  press (f, "Save Report…");
  press_key ("Save the Report", "ctrl+a");
  answer_dialog ("Save the Report", report);
  find_label (f, "Report saved");
  if (!g_file_get_contents (report, &json, NULL, NULL))
    g_error ("there is no report");
  if (strstr (json, "\"optimum\":{\"weight\":[[0.0") == NULL || strstr (json, "\"structure\":") == NULL
      || strstr (json, "\"stop\":\"paused\"") == NULL || strstr (json, "nan") != NULL)
    g_test_fail_printf ("not what it is to be: %s", json);
  press_key ("^Edgewise", "ctrl+shift+a");
  answer_dialog ("Apply the Kernel to an Image", another);
  find_label (f, "Input X  33×44");
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = 0.05");
  press_key ("^Edgewise", "ctrl+shift+e");
  press_key ("Save the Output", "ctrl+a");
  answer_dialog ("Save the Output", output);
  find_label (f, "Saved output.csv");
  press_key ("^Edgewise", "ctrl+z");
  find_label (f, "Input X  73×86");
  quit (f);
}

/* By what it pushes down. */
static void
check_list (Fixture *f, gboolean open)
{
  g_autoptr (Accessible) heading = find (f, ACCESSIBLE_LABEL, "Input X  60×70");

  g_assert_cmpint (accessible_bottom (f->bus, heading) > 140, ==, open);
}

/* With the list above them the curves are still whole in a window of 1024 by 700, above the time line. */
static void
check_room (Fixture *f)
{
  g_autoptr (Accessible) chart = find (f, ACCESSIBLE_IMAGE, "Loss");
  g_autoptr (Accessible) line = find (f, ACCESSIBLE_SLIDER, "Time line");
  g_autoptr (Accessible) heading = find (f, ACCESSIBLE_LABEL, "Input X  60×70");

  g_assert_true (xdotool ("search", "--onlyvisible", "--name", "^Edgewise", "windowsize", "--sync", "1024", "700", NULL));
  g_usleep (600000);
  g_assert_cmpint (accessible_bottom (f->bus, heading), >, 120);
  g_assert_cmpint (accessible_bottom (f->bus, chart), <, accessible_bottom (f->bus, line));
  g_assert_cmpint (accessible_bottom (f->bus, line), <, 700);
}

/* A list that was closed stays closed over undo and redo and over rows held out; what is found anew opens it. */
static void
test_closed (Fixture *f, gconstpointer data)
{
  g_autoptr (EwGrid) x = smooth (60, 70);
  g_autoptr (EwGrid) y = blurred (x);
  g_autoptr (Accessible) share = NULL;

  for (int k = 0; k < 60 * 70; k++)
    ew_grid_row (y, k / 70)[k % 70] *= 257;
  start_pair (f, x, y);
  find_label (f, "The target’s values are about 257 times as large*");
  check_room (f);
  press (f, "Divide the Target by 257");
  wait_for_optimum (f, 0, 0.05, 0.001);
  check_list (f, TRUE);
  press (f, "Close what was found");
  press_key ("^Edgewise", "ctrl+z");
  wait_for_optimum (f, 0, 257 * 0.05, 0.3);
  g_usleep (300000);
  check_list (f, FALSE);
  press_key ("^Edgewise", "ctrl+shift+z");
  wait_for_optimum (f, 0, 0.05, 0.001);
  g_usleep (300000);
  check_list (f, FALSE);
  press_key ("^Edgewise", "alt+minus");
  focus (f, ACCESSIBLE_TEXT, "Held-out share");
  type ("25");
  g_assert_true (xdotool ("key", "Return", NULL));
  press (f, "Step");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Loss", "held out");
  g_usleep (300000);
  check_list (f, FALSE);
  quit (f);
}

/* Two files dropped onto the window are a pair, and its optimum is there without a click. */
static void
test_drop (Fixture *f, gconstpointer data)
{
  g_autoptr (EwGrid) x = smooth (60, 70);
  g_autoptr (EwGrid) y = blurred (x);
  g_autofree char *before = write_grid (f, "before.npy", x);
  g_autofree char *after = write_grid (f, "after.npy", y);
  g_autofree char *program = g_build_filename (g_getenv ("EDGEWISE_BUILD_ROOT"), "tests", "drag-source", NULL);
  char *arguments[] = { program, before, after, NULL };
  g_autoptr (GError) error = NULL;
  GPid source;

  start (f, NULL, NULL, NULL);
  find_label (f, "Input X  6×8");
  g_assert_true (xdotool ("search", "--onlyvisible", "--name", "^Edgewise", "windowmove", "0", "0", "windowsize", "1280", "800", NULL));
  g_spawn_async (NULL, arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &source, &error);
  g_assert_no_error (error);
  g_assert_true (xdotool ("search", "--sync", "--onlyvisible", "--name", "^Drag source", "windowmove", "--sync", "1400", "100", NULL));
  g_usleep (1000000);
  /* Onto the kernel: whatever they are dropped on. */
  g_assert_true (xdotool ("mousemove", "1500", "150", "mousedown", "1", "sleep", "0.2", "mousemove", "1490", "160", "sleep", "0.2",
                          "mousemove", "1450", "200", "sleep", "0.2", "mousemove", "900", "300", "sleep", "0.3", "mousemove",
                          "430", "320", "sleep", "0.3", "mousemove", "432", "322", "sleep", "0.5", "mouseup", "1", NULL));
  find_label (f, "Input X  60×70");
  wait_for_optimum (f, 0, 0.05, 0.001);
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
  ADD ("/window-pair/constant", test_constant);
  ADD ("/window-pair/identical", test_identical);
  ADD ("/window-pair/one-pixel", test_one_pixel);
  ADD ("/window-pair/unrelated", test_unrelated);
  ADD ("/window-pair/scale", test_scale);
  ADD ("/window-pair/flipped", test_flipped);
  ADD ("/window-pair/not-finite", test_not_finite);
  g_test_add ("/window-pair/through", Fixture, TRACED, set_up, test_through, tear_down);
  ADD ("/window-pair/closed", test_closed);
  ADD ("/window-pair/drop", test_drop);
#undef ADD
  return g_test_run ();
}
