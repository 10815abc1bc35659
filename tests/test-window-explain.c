/* The explanations in the window, by keyboard and screen reader, beside what edgewise-cli computes. */
#include "tests/window-fixtures.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define SUM "The sum under the pointer"

/* A file of the case. Transfer full. */
static char *
write_file (Fixture *f, const char *name, const char *text)
{
  char *path = g_build_filename (f->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* What edgewise-cli makes of input and kernel, rows of numbers. Transfer full. */
static char **
correlate (const char *input, const char *kernel)
{
  g_autofree char *program = g_build_filename (g_getenv ("EDGEWISE_BUILD_ROOT"), "app", "cli", "edgewise-cli", NULL);
  char *const arguments[]
      = { program, (char *)"corr2d", (char *)input, (char *)kernel, (char *)"-o", (char *)"-", NULL };
  g_autofree char *printed = NULL;
  int status = -1;

  g_assert_true (
      g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &printed, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  return g_strsplit_set (printed, " ,\n", -1);
}

/* The text with "-" for every "−". Transfer full. */
static char *
plain (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "−", -1);

  return g_strjoinv ("-", parts);
}

static void
keys (const char *first, const char *second)
{
  g_assert_true (xdotool ("key", "--delay", "60", first, second, NULL));
}

/* The worked example: typed in, walked through by arrow keys, and read out as a screen reader does. */
static void
test_worked_example (Fixture *f, gconstpointer data)
{
  g_autofree char *input = write_file (f, "x.csv", "0,1,2\n3,4,5\n6,7,8\n");

  start (f, "--kernel-size=2x2", input, NULL);
  accessible_free (find (f, ACCESSIBLE_LABEL, "Kernel K  2×2"));
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  g_assert_true (xdotool ("key", "--delay", "60", "0", "Tab", "1", "Tab", "2", "Tab", "3", "Return", NULL));
  wait_for_text (f, ACCESSIBLE_IMAGE, "Output", "from 19 to 43");
  focus (f, ACCESSIBLE_IMAGE, "Output");
  /* The first key shows where the cursor is; the others go to the corner. */
  keys ("Down", NULL);
  keys ("Down", "Right");
  wait_for_text (f, ACCESSIBLE_ANY, SUM, "Ŷ[1, 1] = 4×0 + 5×1 + 7×2 + 8×3 = 43");
  keys ("Left", "Up");
  wait_for_text (f, ACCESSIBLE_ANY, SUM, "Ŷ[0, 0] = 0×0 + 1×1 + 3×2 + 4×3 = 19");
  /* The pane that has the keyboard says the same. */
  wait_for_text (f, ACCESSIBLE_IMAGE, "Output", "Ŷ[0, 0] = 0×0 + 1×1 + 3×2 + 4×3 = 19");
  focus (f, ACCESSIBLE_IMAGE, "Input image");
  keys ("Down", NULL);
  g_assert_true (xdotool ("key", "--delay", "60", "Up", "Up", "Left", "Left", "Down", "Right", NULL));
  wait_for_text (f, ACCESSIBLE_IMAGE, "Input image", "X[1, 1] = 4 goes into 4 outputs, Ŷ[0, 0] to Ŷ[1, 1]");
  quit (f);
}

/* A weight that is pointed at: its gradient is that of the reference, here by hand. X is 1, 2, 3; Y is X ⋆ [1 −1],
 * which is −1, −1; with K = [0, 1] the residual is 2 + 1, 3 + 1, so that ∂L/∂K[0, 1] = 2 (2·3 + 3·4) = 36. */
static void
test_tap (Fixture *f, gconstpointer data)
{
  g_autofree char *input = write_file (f, "x.csv", "1,2,3\n");

  start (f, "--kernel-size=1x2", input, NULL);
  accessible_free (find (f, ACCESSIBLE_LABEL, "Kernel K  1×2"));
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  g_assert_true (xdotool ("key", "--delay", "60", "0", "Tab", "1", "Return", NULL));
  wait_for_text (f, ACCESSIBLE_ANY, SUM, "∂L/∂K[0, 1] = 2 Σ shifted X × residual ≈ 36. It is positive");
  keys ("Left", NULL);
  wait_for_text (f, ACCESSIBLE_ANY, SUM, "∂L/∂K[0, 0] = 2 Σ shifted X × residual ≈ 22");
  quit (f);
}

/* Every output of a small input: the number in the sentence is the one that edgewise-cli prints. Quarters and whole
 * numbers: neither rounds. */
static void
test_agrees (Fixture *f, gconstpointer data)
{
  g_autofree char *input = write_file (f, "x.csv", "5,-1,2,7\n0,3,-4,1\n9,2,6,-8\n");
  g_autofree char *kernel = write_file (f, "k.csv", "0.25,-2\n1,0.5\n");
  g_auto (GStrv) values = correlate (input, kernel);

  start (f, "--kernel-size=2x2", input, NULL);
  accessible_free (find (f, ACCESSIBLE_LABEL, "Kernel K  2×2"));
  focus (f, ACCESSIBLE_TABLE, "Kernel");
  g_assert_true (xdotool ("key", "--delay", "60", "0", "period", "2", "5", "Tab", "minus", "2", "Tab", "1", "Tab", "0",
                          "period", "5", "Return", NULL));
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[1, 1] = 0.5");
  focus (f, ACCESSIBLE_IMAGE, "Output");
  keys ("Down", NULL);
  g_assert_true (xdotool ("key", "--delay", "60", "Up", "Up", "Left", "Left", NULL));
  for (int k = 0; k < 6; k++)
    {
      g_autofree char *place = g_strdup_printf ("Ŷ[%d, %d] = ", k / 3, k % 3);
      g_autofree char *sum = g_strdup_printf (" = %s. The target", values[k]);
      g_autoptr (Accessible) strip = NULL;
      g_autofree char *said = NULL;
      g_autofree char *ascii = NULL;

      wait_for_text (f, ACCESSIBLE_ANY, SUM, place);
      strip = find (f, ACCESSIBLE_ANY, SUM);
      said = accessible_description (f->bus, strip);
      ascii = plain (said);
      if (strstr (ascii, sum) == NULL)
        g_test_fail_printf ("the window says “%s”, edgewise-cli %s", ascii, values[k]);
      if (k == 2)
        g_assert_true (xdotool ("key", "--delay", "60", "Down", "Left", "Left", NULL));
      else
        keys ("Right", NULL);
    }
  quit (f);
}

/* Sets a scale by its name. */
static void
set_scale (Fixture *f, const char *name, double value)
{
  g_autoptr (Accessible) scale = find (f, ACCESSIBLE_SLIDER, name);

  g_assert_true (accessible_set_value (f->bus, scale, value));
}

/* One step, scrubbing and playing to the end; the sum goes along. */
static void
test_slide (Fixture *f, gconstpointer data)
{
  start (f, NULL, NULL, NULL);
  press (f, "Pause");
  press_key ("^Edgewise", "alt+5");
  wait_for_text (f, ACCESSIBLE_IMAGE, "The kernel’s window", "1 of 42 outputs made, no padding · stride 1");
  wait_for_text (f, ACCESSIBLE_ANY, SUM, "Ŷ[0, 0] = ");
  press (f, "One output on");
  wait_for_text (f, ACCESSIBLE_IMAGE, "The kernel’s window", "2 of 42 outputs made");
  wait_for_text (f, ACCESSIBLE_ANY, SUM, "Ŷ[0, 1] = ");
  set_scale (f, "Outputs made", 10);
  wait_for_text (f, ACCESSIBLE_ANY, SUM, "Ŷ[1, 2] = ");
  press (f, "One output back");
  wait_for_text (f, ACCESSIBLE_ANY, SUM, "Ŷ[1, 1] = ");
  set_scale (f, "Outputs a second", 6);
  press (f, "Play slide");
  wait_for_text (f, ACCESSIBLE_IMAGE, "The kernel’s window", "42 of 42 outputs made");
  wait_for_text (f, ACCESSIBLE_ANY, SUM, "Ŷ[5, 6] = ");
  /* It has stopped by itself, and plays again from the start, slowly enough to be paused. */
  set_scale (f, "Outputs a second", -1);
  press (f, "Play slide");
  press (f, "Pause slide");
  accessible_free (find (f, ACCESSIBLE_BUTTON, "Play slide"));
  quit (f);
}

/* Stride and dilation are chosen in the sidebar; output, slide and sum follow, and agree with edgewise-cli. */
static void
test_geometry (Fixture *f, gconstpointer data)
{
  start (f, NULL, NULL, NULL);
  press (f, "Pause");
  press_key ("^Edgewise", "alt+5");
  for (int k = 0; k < 2; k++)
    {
      g_autoptr (Accessible) spin = find (f, ACCESSIBLE_SPIN_BUTTON, k == 0 ? "Stride" : "Dilation");

      g_assert_true (accessible_set_value (f->bus, spin, k == 0 ? 2 : 3));
    }
  accessible_free (find (f, ACCESSIBLE_LABEL, "Output Ŷ  3×3"));
  wait_for_text (f, ACCESSIBLE_IMAGE, "The kernel’s window", "1 of 9 outputs made, no padding · stride 2 · dilation 3");
  set_scale (f, "Outputs made", 6);
  /* Row 2, columns 4 and 7 of the textbook's image are 0 and 1. */
  wait_for_text (f, ACCESSIBLE_ANY, SUM, "Ŷ[1, 2] = 0×");
  press_key ("^Edgewise", "ctrl+z");
  press_key ("^Edgewise", "ctrl+z");
  accessible_free (find (f, ACCESSIBLE_LABEL, "Output Ŷ  6×7"));
  quit (f);
}

/* Where animations are switched off playing shows the end at once, and steps go on as ever. */
static void
test_slide_reduced (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (g_getenv ("XDG_CONFIG_HOME"), "gtk-4.0", NULL);
  g_autofree char *settings = g_build_filename (folder, "settings.ini", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (settings, "[Settings]\ngtk-enable-animations=0\n", -1, NULL));
  start (f, NULL, NULL, NULL);
  press (f, "Pause");
  press_key ("^Edgewise", "alt+5");
  set_scale (f, "Outputs a second", -1);
  press (f, "Play slide");
  /* At this speed it would take more than a minute. */
  wait_for_text (f, ACCESSIBLE_IMAGE, "The kernel’s window", "42 of 42 outputs made");
  accessible_free (find (f, ACCESSIBLE_BUTTON, "Play slide"));
  press (f, "One output back");
  wait_for_text (f, ACCESSIBLE_IMAGE, "The kernel’s window", "41 of 42 outputs made");
  quit (f);
  g_assert_cmpint (g_unlink (settings), ==, 0);
}

/* Rows of the matrix are gone through by keys; each says which output it makes, and the sum follows. */
static void
test_matrix (Fixture *f, gconstpointer data)
{
  g_autoptr (Accessible) matrix = NULL;

  start (f, NULL, NULL, NULL);
  press (f, "Pause");
  press_key ("^Edgewise", "alt+6");
  focus (f, ACCESSIBLE_IMAGE, "Matrix");
  keys ("Home", NULL);
  wait_for_text (f, ACCESSIBLE_IMAGE, "Matrix", "Row 0 of 42 makes Ŷ[0, 0]");
  /* It is as wide as its numbers need, whatever the window leaves it, and scrolled. */
  g_assert_cmpint (accessible_width (f->bus, matrix = find (f, ACCESSIBLE_IMAGE, "Matrix")), >=, 50 * 20);
  keys ("Down", "Down");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Matrix", "Row 2 of 42 makes Ŷ[0, 2]");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Matrix", "2 of its 48 entries are not zero");
  wait_for_text (f, ACCESSIBLE_ANY, SUM, "Ŷ[0, 2] = 0×");
  keys ("End", NULL);
  wait_for_text (f, ACCESSIBLE_ANY, SUM, "Ŷ[5, 6] = 1×");
  quit (f);
}

/* The loss surface: reached by key, read off by arrow keys, started from, and taken back. */
static void
test_surface (Fixture *f, gconstpointer data)
{
  start (f, NULL, NULL, NULL);
  press (f, "Pause");
  press (f, "Reset");
  press_key ("^Edgewise", "F7");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Loss surface",
                 "Now K[0, 0] = −0.6200, K[0, 1] = −0.4343, loss 31.00; the optimum K[0, 0] = 1, K[0, 1] = −1, loss 0");
  focus (f, ACCESSIBLE_IMAGE, "Loss surface");
  keys ("Home", NULL);
  wait_for_text (f, ACCESSIBLE_IMAGE, "Loss surface", "K[0, 0] = −0.6200, K[0, 1] = −0.4343, loss 31.00");
  keys ("End", "Return");
  keys ("Escape", NULL);
  wait_for_text (f, ACCESSIBLE_IMAGE, "Loss surface", "Now K[0, 0] = 1, K[0, 1] = −1, loss 0;");
  press_key ("^Edgewise", "ctrl+z");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Loss surface", "Now K[0, 0] = −0.6200");
  press_key ("^Edgewise", "ctrl+shift+z");
  wait_for_text (f, ACCESSIBLE_IMAGE, "Loss surface", "Now K[0, 0] = 1, K[0, 1] = −1, loss 0;");
  quit (f);
}

/* Whether the settings that are kept between two starts say so. */
static gboolean
settings_say (const char *line)
{
  g_autofree char *path = g_build_filename (g_get_user_config_dir (), "glib-2.0", "settings", "keyfile", NULL);
  g_autofree char *said = NULL;

  return g_file_get_contents (path, &said, NULL, NULL) && strstr (said, line) != NULL;
}

/* Who runs in a race is the same at the next start: what is not taken back is written anew as it is when the window closes. */
static void
test_race_remembered (Fixture *f, gconstpointer data)
{
  static const char five[] = "race-entrants='gd,momentum,nesterov,rmsprop,cg'";

  g_setenv ("GSETTINGS_BACKEND", "keyfile", TRUE);
  for (int time = 0; time < 2; time++)
    {
      start (f, NULL, NULL, NULL);
      press_key ("^Edgewise", "F8");
      accessible_free (find (f, ACCESSIBLE_BUTTON, "Run race"));
      if (time == 0)
        {
          focus (f, ACCESSIBLE_ANY, "Adam");
          keys ("space", NULL);
          g_usleep (300000);
        }
      quit (f);
      g_assert_true (settings_say (five));
    }
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/window-explain/worked-example", test_worked_example);
  ADD ("/window-explain/tap", test_tap);
  ADD ("/window-explain/agrees", test_agrees);
  ADD ("/window-explain/slide", test_slide);
  ADD ("/window-explain/geometry", test_geometry);
  ADD ("/window-explain/slide-reduced", test_slide_reduced);
  ADD ("/window-explain/matrix", test_matrix);
  ADD ("/window-explain/surface", test_surface);
  ADD ("/window-explain/race-remembered", test_race_remembered);
#undef ADD
  return g_test_run ();
}
