/* What the tests of the window share: starting and ending the program, keys, dialogs, reading what it shows. */
#include "tests/window-fixtures.h"

#include "app/files/write.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* More than there are places for the focus. */
#define TABS_MAX 80

void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("edgewise-window-XXXXXX", &error);
  g_assert_no_error (error);
  f->bus = accessible_connect ();
  f->traced = data == TRACED;
}

void
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

/* The program's environment. */
static char **
new_environment (const Fixture *f)
{
  char **environment = g_get_environ ();
  const char *options = g_environ_getenv (environment, "ASAN_OPTIONS");
  g_autofree char *more = NULL;

  if (!f->traced || options == NULL)
    return environment;
  more = g_strconcat (options, ":fast_unwind_on_malloc=0:malloc_context_size=12", NULL);
  return g_environ_setenv (environment, "ASAN_OPTIONS", more, TRUE);
}

void
start (Fixture *f, const char *first, const char *second, const char *third)
{
  g_autofree char *program = g_build_filename (g_getenv ("EDGEWISE_BUILD_ROOT"), "app", "edgewise", NULL);
  g_autofree char *log = g_build_filename (f->folder, "log", NULL);
  /* Frame statistics make it an instance of its own, with a clock that stops it if the test does not. */
  char *const arguments[]
      = { program, (char *)"--quit-after", (char *)"300", (char *)first, (char *)second, (char *)third, NULL };
  g_auto (GStrv) environment = new_environment (f);
  int messages = g_open (log, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (messages, >=, 0);
  g_spawn_async_with_fds (NULL, (char **)arguments, environment, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &f->pid, -1, messages,
                          messages, &error);
  g_assert_no_error (error);
  g_close (messages, NULL);
  f->program = accessible_program (f->bus, f->pid, PATIENCE);
  g_assert_nonnull (f->program);
}

void
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

gboolean
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
void
press_key (const char *title, const char *key)
{
  g_assert_true (xdotool ("search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync", NULL));
  g_assert_true (xdotool ("key", key, NULL));
}

void
quit (Fixture *f)
{
  press_key ("^Edgewise", "ctrl+q");
  finish (f);
}

Accessible *
find (Fixture *f, AccessibleRole role, const char *name)
{
  Accessible *found = accessible_find (f->bus, f->program, role, name, PATIENCE);

  if (found == NULL)
    g_error ("nothing is there by the name of “%s”", name);
  return found;
}

void
press (Fixture *f, const char *name)
{
  g_autoptr (Accessible) button = find (f, ACCESSIBLE_BUTTON, name);

  g_assert_true (accessible_press (f->bus, button));
}

/* "Epoch 26; 0.9984, −1.002": returns the epoch, −1 where there is none, and fills up to @n weights. */
double
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

void
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

void
wait_for_text (Fixture *f, AccessibleRole role, const char *name, const char *text)
{
  gint64 end = g_get_monotonic_time () + (gint64)(1e6 * PATIENCE);
  g_autofree char *last = NULL;

  do
    {
      g_autoptr (Accessible) found = find (f, role, name);

      g_free (last);
      last = accessible_description (f->bus, found);
      if (last != NULL && strstr (last, text) != NULL)
        return;
      g_usleep (50000);
    }
  while (g_get_monotonic_time () < end);
  g_test_fail_printf ("“%s” says “%s”, not “%s”", name, last, text);
}

void
focus (Fixture *f, AccessibleRole role, const char *name)
{
  g_autoptr (Accessible) widget = find (f, role, name);

  g_assert_true (xdotool ("search", "--sync", "--onlyvisible", "--name", "^Edgewise", "windowfocus", "--sync", NULL));
  for (int i = 0; i < TABS_MAX && !accessible_focused (f->bus, widget); i++)
    {
      g_assert_true (xdotool ("key", "Tab", NULL));
      g_usleep (50000);
    }
  g_assert_true (accessible_focused (f->bus, widget));
}

void
type (const char *text)
{
  g_assert_true (xdotool ("type", "--delay", "20", text, NULL));
}

void
answer_dialog (const char *title, const char *path)
{
  g_assert_true (xdotool ("search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync", NULL));
  g_assert_true (xdotool ("type", "--delay", "20", path, NULL));
  g_usleep (300000);
  press_key (title, "Return");
}

void
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
