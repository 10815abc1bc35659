/* How it is learned is there again at the next start, gives way where it does not fit, and goes back to the defaults. */
#include "tests/window-fixtures.h"

#include <glib/gstdio.h>

/* Settings in a file of the case's own. */
static char *
keep_settings (void)
{
  char *folder = g_dir_make_tmp ("edgewise-settings-XXXXXX", NULL);

  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  g_setenv ("GSETTINGS_BACKEND", "keyfile", TRUE);
  return folder;
}

static void
drop_settings (char *folder)
{
  static const char *const parts[] = { "glib-2.0/settings/keyfile", "glib-2.0/settings", "glib-2.0", "dconf", "." };

  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *path = g_build_filename (folder, parts[i], NULL);

      g_remove (path);
    }
  g_rmdir (folder);
  g_free (folder);
}

static void
find_label (Fixture *f, const char *text)
{
  accessible_free (find (f, ACCESSIBLE_LABEL, text));
}

static gboolean
is_there (Fixture *f, const char *name)
{
  g_autoptr (Accessible) found = accessible_find (f->bus, f->program, ACCESSIBLE_ANY, name, 1.5);

  return found != NULL && accessible_width (f->bus, found) > 0;
}

static void
test_remembered (Fixture *f, gconstpointer data)
{
  static const double taps[] = { 0.25, -0.5 };
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (1, 2, taps, 0, NULL);
  g_autofree char *input = NULL;
  g_autofree char *target = NULL;
  char *folder = keep_settings ();

  write_pair (f, 20, 30, kernel, &input, &target);
  start (f, input, target, NULL);
  find_label (f, "Input X  20×30");
  press_key ("^Edgewise", "alt+minus");
  focus (f, ACCESSIBLE_ANY, "Optimizer");
  g_assert_true (xdotool ("key", "Return", "sleep", "0.5", "key", "Down", "key", "Down", "key", "Down", "key", "Down", "key", "Return",
                          NULL));
  find_label (f, "β₁");
  quit (f);

  start (f, input, target, NULL);
  find_label (f, "Input X  20×30");
  press_key ("^Edgewise", "alt+minus");
  find_label (f, "β₁");
  g_assert_true (is_there (f, "β₁"));
  press (f, "Back to Defaults");
  find_label (f, "Back to plain gradient descent at the automatic rate");
  quit (f);

  start (f, input, target, NULL);
  find_label (f, "Input X  20×30");
  press_key ("^Edgewise", "alt+minus");
  find_label (f, "Optimizer");
  g_assert_false (is_there (f, "β₁"));
  quit (f);
  drop_settings (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add ("/window-remembered/remembered", Fixture, NULL, set_up, test_remembered, tear_down);
  return g_test_run ();
}
