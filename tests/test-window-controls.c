/* The window from end to end: weights by hand, rates that diverge, what is shown, saving, the sidebar, files that do
 * not fit, ways to close. */
#include "app/files/kernel-file.h"
#include "app/files/write.h"
#include "app/golden.h"
#include "engine/devices.h"
#include "gpu/cuda.h"
#include "tests/window-fixtures.h"
#include "ui/paint/palette.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Starts with the textbook's experiment, waiting at its start values. */
static void
start_at_rest (Fixture *f)
{
  start (f, NULL, NULL, NULL);
  press (f, "Pause");
  press (f, "Reset");
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = −0.62");
}

/* Into the weight that is selected in the kernel, which has the keyboard. */
static void
type_weight (const char *text)
{
  type (text);
  g_assert_true (xdotool ("key", "Return", NULL));
}

/* Replaces what stands in an entry. */
static void
enter (Fixture *f, AccessibleRole role, const char *name, const char *text)
{
  focus (f, role, name);
  g_assert_true (xdotool ("key", "ctrl+a", NULL));
  type (text);
  g_assert_true (xdotool ("key", "Return", NULL));
}

/* The output follows a weight as soon as it is typed, and goes back and forth by undo and redo. */
static void
test_edit (Fixture *f, gconstpointer data)
{
  start_at_rest (f);
  wait_for_text (f, ACCESSIBLE_IMAGE, "Output", "6 by 7 values, from −1.05 to 0");
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  type_weight ("2");
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = 2");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Output", "from −0.434 to 2");
  press_key ("^Edgewise", "ctrl+z");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Output", "from −1.05 to 0");
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = −0.62");
  press_key ("^Edgewise", "ctrl+shift+z");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Output", "from −0.434 to 2");
  /* What is no number changes nothing. */
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  type_weight ("1e");
  g_assert_true (xdotool ("key", "Escape", NULL));
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = 2");
  quit (f);
}

/* Two weights in a row, faster than the picture follows: each is taken back by itself. */
static void
test_edit_fast (Fixture *f, gconstpointer data)
{
  start_at_rest (f);
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  g_assert_true (xdotool ("key", "--delay", "0", "2", "Tab", "3", "Return", NULL));
  wait_for_text (f, ACCESSIBLE_IMAGE, "Output", "from 0 to 5");
  press_key ("^Edgewise", "ctrl+z");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Output", "from −0.434 to 2");
  press_key ("^Edgewise", "ctrl+z");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Output", "from −1.05 to 0");
  quit (f);
}

/* A rate beyond the limit is told with the limit, and there is a way to go on. */
static void
test_divergence (Fixture *f, gconstpointer data)
{
  const double learned[] = { 1, -1 };
  g_autoptr (Accessible) speed = NULL;

  start_at_rest (f);
  speed = find (f, ACCESSIBLE_SLIDER, "Speed");
  g_assert_true (accessible_set_value (f->bus, speed, 1000));
  enter (f, ACCESSIBLE_TEXT, "Rate", "0.05");
  accessible_free (find (f, ACCESSIBLE_LABEL, "above the limit 0.0333: it will diverge; each epoch makes the error up to 2 times as large"));
  press (f, "Learn");
  accessible_free (find (f, ACCESSIBLE_LABEL, "diverged"));
  press (f, "Start again at 0.03");
  wait_for_weights (f, learned, 2, 1e-4);
  quit (f);
}

/* Output, target and residual take turns in one pane. */
static void
test_show (Fixture *f, gconstpointer data)
{
  start_at_rest (f);
  press_key ("^Edgewise", "alt+2");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Target", "6 by 7 values, from −1 to 1");
  press_key ("^Edgewise", "alt+3");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Residual", "6 by 7 values, from −1.62 to 0.566");
  press_key ("^Edgewise", "alt+1");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Output", "6 by 7 values, from −1.05 to 0");
  quit (f);
}

/* By the dialog, which offers a name and has its ending not selected. */
static void
save_as (const char *path)
{
  press_key ("^Edgewise", "ctrl+s");
  press_key ("Save the Kernel", "ctrl+a");
  answer_dialog ("Save the Kernel", path);
}

/* The file holds the very numbers, of which the window shows a few digits. */
static void
test_save (Fixture *f, gconstpointer data)
{
  const double taps[] = { 1 / 3.0, -0.43425278736697215 };
  g_autoptr (EwKernel) expected = ew_kernel_new_from_taps (1, 2, taps, 0, NULL);
  g_autofree char *path = g_build_filename (f->folder, "saved.npy", NULL);
  g_autoptr (EwKernel) saved = NULL;
  g_autoptr (GError) error = NULL;

  start_at_rest (f);
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  type_weight ("1/3");
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = 0.3333");
  save_as (path);
  accessible_free (find (f, ACCESSIBLE_LABEL, "Saved saved.npy"));
  saved = ew_kernel_read (path, &error);
  g_assert_no_error (error);
  g_assert_true (saved != NULL && ew_kernel_equal (saved, expected));
  quit (f);
}

/* A name that no kernel can have is refused with what would do. */
static void
test_save_refused (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "saved.docx", NULL);
  g_autofree char *sentence = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (ew_kernel_check_name (path, &error));
  sentence = g_strdup_printf ("saved.docx: %s", error->message);
  start_at_rest (f);
  save_as (path);
  accessible_free (find (f, ACCESSIBLE_LABEL, sentence));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  quit (f);
}

/* A larger kernel learns on at once by the automatic rate: at the textbook's own it would diverge. */
static void
test_size (Fixture *f, gconstpointer data)
{
  static const char *const sides[] = { "Kernel height", "Kernel width" };
  gint64 end;
  g_autofree char *last = NULL;
  double loss = INFINITY;

  start_at_rest (f);
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autoptr (Accessible) spin = find (f, ACCESSIBLE_SPIN_BUTTON, sides[i]);

      g_assert_true (accessible_set_value (f->bus, spin, 3));
    }
  accessible_free (find (f, ACCESSIBLE_LABEL, "Kernel K  3×3"));
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "3 by 3 weights");
  press (f, "Learn");
  end = g_get_monotonic_time () + (gint64)(1e6 * PATIENCE);
  do
    {
      g_autoptr (Accessible) chart = find (f, ACCESSIBLE_IMAGE, "Loss");
      g_autofree char *text = accessible_description (f->bus, chart);
      g_auto (GStrv) minus = g_strsplit (text == NULL ? "" : text, "−", -1);

      g_free (last);
      last = g_strjoinv ("-", minus);
      if (g_str_has_prefix (last, "Epoch 100; loss "))
        loss = g_ascii_strtod (last + strlen ("Epoch 100; loss "), NULL);
      g_usleep (50000);
    }
  while (isinf (loss) && g_get_monotonic_time () < end);
  if (!(loss < 0.05))
    g_test_fail_printf ("after a hundred epochs it says “%s”", last);
  quit (f);
}

/* The slider says how fast, and as fast as it goes a hundred epochs are soon done. */
static void
test_speed (Fixture *f, gconstpointer data)
{
  g_autoptr (Accessible) speed = NULL;

  start_at_rest (f);
  accessible_free (find (f, ACCESSIBLE_LABEL, "10 epochs a second"));
  speed = find (f, ACCESSIBLE_SLIDER, "Speed");
  g_assert_true (accessible_set_value (f->bus, speed, 0));
  accessible_free (find (f, ACCESSIBLE_LABEL, "1 epoch a second"));
  g_assert_true (accessible_set_value (f->bus, speed, 1000));
  accessible_free (find (f, ACCESSIBLE_LABEL, "as fast as it goes"));
  press (f, "Learn");
  accessible_free (find (f, ACCESSIBLE_LABEL, "all epochs done"));
  wait_for_text (f, ACCESSIBLE_IMAGE, "Weights", "Epoch 100; 1, −1");
  quit (f);
}

/* A device that is not there: why is said, and the CPU does the work. */
static void
test_no_device (Fixture *f, gconstpointer data)
{
  const EwBackend *const backends[] = { ew_cpu_backend (), ew_cuda_backend () };
  const double learned[] = { 1, -1 };
  g_autoptr (EwDevices) devices = NULL;
  g_autoptr (GError) error = NULL;

  /* For the program and for this test: no device even where there is one. */
  g_setenv ("CUDA_VISIBLE_DEVICES", "", TRUE);
  devices = ew_devices_new (backends, G_N_ELEMENTS (backends), 1);
  g_assert_false (ew_devices_choose (devices, "cuda", &error));
  start (f, "--device", "cuda", NULL);
  if (error != NULL)
    accessible_free (find (f, ACCESSIBLE_LABEL, error->message));
  wait_for_weights (f, learned, 2, 1e-4);
  quit (f);
  g_unsetenv ("CUDA_VISIBLE_DEVICES");
}

/* The sidebar goes by its key, which leaves its room to the charts, and comes again. */
static void
test_sidebar (Fixture *f, gconstpointer data)
{
  g_autoptr (Accessible) sidebar = NULL;
  g_autoptr (Accessible) chart = NULL;
  int narrow, gain;

  start_at_rest (f);
  chart = find (f, ACCESSIBLE_IMAGE, "Weights");
  sidebar = find (f, ACCESSIBLE_ANY, "Settings sidebar");
  narrow = accessible_width (f->bus, chart);
  g_assert_cmpint (narrow, >, 100);
  /* Two charts share its width and the line's. */
  gain = (accessible_width (f->bus, sidebar) + 1) / 2;
  g_assert_cmpint (gain, >, 100);
  for (int i = 0; i < 4; i++)
    {
      int expected = narrow + (i % 2 == 0 ? gain : 0);
      gint64 end = g_get_monotonic_time () + (gint64)(1e6 * PATIENCE);

      press_key ("^Edgewise", "F9");
      /* There is an animation on the way, and a pixel that does not halve may go to either chart. */
      while (abs (accessible_width (f->bus, chart) - expected) > 1 && g_get_monotonic_time () < end)
        g_usleep (50000);
      g_assert_cmpint (abs (accessible_width (f->bus, chart) - expected), <=, 1);
    }
  quit (f);
}

/* Waits until the widget ends above @limit. */
static void
wait_for_bottom (Fixture *f, const Accessible *accessible, int limit)
{
  gint64 end = g_get_monotonic_time () + (gint64)(1e6 * PATIENCE);
  int bottom = accessible_bottom (f->bus, accessible);

  while ((bottom <= 0 || bottom > limit) && g_get_monotonic_time () < end)
    {
      g_usleep (50000);
      bottom = accessible_bottom (f->bus, accessible);
    }
  g_assert_cmpint (bottom, >, 0);
  g_assert_cmpint (bottom, <=, limit);
}

/* In a low and narrow window the time line and the last row are there as before: the pictures give way. */
static void
test_low (Fixture *f, gconstpointer data)
{
  g_autoptr (Accessible) last = NULL;
  g_autoptr (Accessible) line = NULL;

  start_at_rest (f);
  last = find (f, ACCESSIBLE_BUTTON, "Zoom in");
  line = find (f, ACCESSIBLE_SLIDER, "Time line");
  g_assert_cmpint (accessible_bottom (f->bus, last), >, 520);
  g_assert_true (xdotool ("search", "--onlyvisible", "--name", "^Edgewise", "windowsize", "740", "520", NULL));
  wait_for_bottom (f, last, 520);
  wait_for_bottom (f, line, 520);
  quit (f);
}

/* A target that does not fit costs a sentence with the size that would, not what is open. */
static void
test_wrong_target (Fixture *f, gconstpointer data)
{
  g_autoptr (EwGrid) grid = ew_grid_new (7, 8, NULL);
  g_autofree char *wrong = g_build_filename (f->folder, "wrong.csv", NULL);

  g_assert_true (ew_grid_write (wrong, grid, NULL, NULL));
  start_at_rest (f);
  press_key ("^Edgewise", "ctrl+shift+o");
  answer_dialog ("Open a Target", wrong);
  accessible_free (find (f, ACCESSIBLE_LABEL,
                         "wrong.csv is 7×8 and does not fit the input of 6×8; a target of 6×7 fits a 1×2 kernel, and "
                         "one of the input’s size any."));
  accessible_free (find (f, ACCESSIBLE_LABEL, "Kernel K  1×2"));
  press_key ("^Edgewise", "alt+2");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Target", "6 by 7 values, from −1 to 1");
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = −0.62");
  quit (f);
}

/* How many pixels of the screen have that colour. */
static int
count_on_screen (Fixture *f, guint32 pixel)
{
  g_autofree char *path = g_build_filename (f->folder, "screen.rgb", NULL);
  g_autofree char *target = g_strdup_printf ("rgb:%s", path);
  const char *const arguments[] = { "import", "-silent", "-window", "root", "-depth", "8", target, NULL };
  g_autofree char *bytes = NULL;
  gsize n = 0;
  int status = -1;
  int count = 0;

  g_assert_true (
      g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  for (gsize k = 0; k + 2 < n; k += 3)
    count += (guint8)bytes[k] == (pixel >> 16 & 0xff) && (guint8)bytes[k + 1] == (pixel >> 8 & 0xff)
                     && (guint8)bytes[k + 2] == (pixel & 0xff)
                 ? 1
                 : 0;
  return count;
}

/* Waits until the screen shows @least pixels of a colour. */
static void
wait_for_colour (Fixture *f, guint32 pixel, int least)
{
  gint64 end = g_get_monotonic_time () + (gint64)(1e6 * PATIENCE);
  int n;

  while ((n = count_on_screen (f, pixel)) < least && g_get_monotonic_time () < end)
    ;
  g_assert_cmpint (n, >=, least);
}

/* A key in a menu, which takes a moment to follow. */
static void
press_in_menu (const char *key)
{
  g_usleep (500000);
  g_assert_true (xdotool ("key", key, NULL));
}

/* Another palette, by the keyboard from the main menu: the least output has its colour, on the screen. */
static void
test_colours (Fixture *f, gconstpointer data)
{
  /* As the legend has it. */
  const EwRange range = { -1.2, 1.2 };
  g_autoptr (EwKernel) start_values = ew_golden_start ();
  double least = start_values->taps[0] + start_values->taps[1];
  guint32 usual = ew_colormap_pixel (ew_palette_signed ("orange-blue", FALSE), range, least);
  guint32 other = ew_colormap_pixel (ew_palette_signed ("purple-green", FALSE), range, least);
  int before;

  start_at_rest (f);
  wait_for_text (f, ACCESSIBLE_IMAGE, "Output", "6 by 7 values, from −1.05 to 0");
  /* Six cells, but for their numbers. */
  wait_for_colour (f, usual, 1500);
  before = count_on_screen (f, usual);
  g_assert_cmpint (count_on_screen (f, other), ==, 0);
  press_key ("^Edgewise", "F10");
  press_in_menu ("c");
  press_in_menu ("Down");
  press_in_menu ("Down");
  press_in_menu ("Return");
  wait_for_colour (f, other, 1500);
  g_assert_cmpint (count_on_screen (f, usual), <, before - 1000);
  /* Without a window manager nobody gives the window the keyboard back from its menu. */
  press (f, "Close");
  finish (f);
}

/* By the close button, and by its key, in the middle of a training that has no end. */
static void
test_close (Fixture *f, gconstpointer data)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new_initial (7, 7, EW_INIT_UNIFORM, 1, NULL);
  g_autofree char *input = NULL;
  g_autofree char *target = NULL;

  write_pair (f, 300, 400, kernel, &input, &target);
  for (int way = 0; way < 2; way++)
    {
      start (f, "--learn", input, target);
      accessible_free (find (f, ACCESSIBLE_LABEL, "Kernel K  7×7"));
      accessible_free (find (f, ACCESSIBLE_BUTTON, "Pause"));
      if (way == 0)
        press (f, "Close");
      else
        press_key ("^Edgewise", "ctrl+w");
      finish (f);
    }
}

#define TIMES "{\"median\": \\d+\\.\\d{3}, \"p99\": \\d+\\.\\d{3}, \"max\": \\d+\\.\\d{3}}"

/* Runs the textbook's experiment, and where @edited types a weight; what was written at its end. */
static char *
statistics_of_run (Fixture *f, gboolean edited)
{
  g_autofree char *path = g_build_filename (f->folder, "frames.json", NULL);
  const double learned[] = { 1, -1 };
  char *text = NULL;

  g_setenv ("EDGEWISE_FRAME_STATS", path, TRUE);
  start (f, NULL, NULL, NULL);
  g_unsetenv ("EDGEWISE_FRAME_STATS");
  wait_for_weights (f, learned, 2, 1e-4);
  if (edited)
    {
      accessible_free (find (f, ACCESSIBLE_LABEL, "all epochs done"));
      focus (f, ACCESSIBLE_TABLE, "Kernel");
      type_weight ("2");
      wait_for_text (f, ACCESSIBLE_IMAGE, "Output", " to 2");
    }
  quit (f);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* All of it, and the longest time from a key to the picture that follows it lies between nothing and the whole test. */
static void
check_statistics (const char *text, gboolean edited)
{
  static const char *const edit_times[] = { "", ", \"edit_ms\": " TIMES };
  g_autofree char *expected
      = g_strconcat ("^{\"first_frame_ms\": \\d+\\.\\d{3}, \"frames\": \\d+, \"interval_ms\": " TIMES
                     ", \"epochs\": \\d+, \"seconds\": \\d+\\.\\d{3}(, \"pointer_ms\": " TIMES ")?",
                     edit_times[edited], "}\n$", NULL);

  if (!g_regex_match_simple (expected, text, 0, 0))
    g_test_fail_printf ("not what it is to be: %s", text);
  else if (edited)
    {
      g_autoptr (GRegex) before = g_regex_new ("^.*\"max\": |}}\n$", G_REGEX_OPTIMIZE, 0, NULL);
      g_autofree char *longest = g_regex_replace_literal (before, text, -1, 0, "", 0, NULL);
      double most = g_ascii_strtod (longest, NULL);

      g_assert_cmpfloat (most, >, 0);
      g_assert_cmpfloat (most, <, 1e3 * PATIENCE);
    }
}

/* The times of its frames, and of those after the pointer where it moved and after an edit where there was one, are written
 * when it ends. */
static void
test_frame_stats (Fixture *f, gconstpointer data)
{
  for (int edited = 0; edited < 2; edited++)
    {
      g_autofree char *text = statistics_of_run (f, edited);

      check_statistics (text, edited);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/window-controls/edit", test_edit);
  ADD ("/window-controls/edit-fast", test_edit_fast);
  ADD ("/window-controls/divergence", test_divergence);
  ADD ("/window-controls/show", test_show);
  g_test_add ("/window-controls/save", Fixture, TRACED, set_up, test_save, tear_down);
  g_test_add ("/window-controls/save-refused", Fixture, TRACED, set_up, test_save_refused, tear_down);
  ADD ("/window-controls/size", test_size);
  ADD ("/window-controls/speed", test_speed);
  ADD ("/window-controls/no-device", test_no_device);
  ADD ("/window-controls/sidebar", test_sidebar);
  ADD ("/window-controls/low", test_low);
  g_test_add ("/window-controls/wrong-target", Fixture, TRACED, set_up, test_wrong_target, tear_down);
  ADD ("/window-controls/colours", test_colours);
  ADD ("/window-controls/close", test_close);
  ADD ("/window-controls/frame-stats", test_frame_stats);
#undef ADD
  return g_test_run ();
}
