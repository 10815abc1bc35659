/* Reading from places that are no files, stopping on request, and writing where it cannot be done. */
#include "app/files/replace.h"
#include "app/files/write.h"
#include "tests/files-fixtures.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- reading */

static void
test_no_files (void)
{
  scratch_open ();
  check_refused (scratch_write ("empty.png", "", 0), EW_ERROR_DATA, "empty");
  check_refused (scratch ("."), EW_ERROR_IO, "folder");
  check_refused (scratch ("missing.png"), EW_ERROR_IO, "No such file");
  check_refused (scratch ("empty.png/inner.png"), EW_ERROR_IO, "Not a directory");
  g_assert_cmpint (symlink ("nowhere", scratch ("broken.png")), ==, 0);
  check_refused (scratch ("broken.png"), EW_ERROR_IO, "No such file");
  g_assert_cmpint (symlink ("ring.png", scratch ("ring.png")), ==, 0);
  check_refused (scratch ("ring.png"), EW_ERROR_IO, "symbolic links");
  /* Without a writer opening it must not wait. */
  g_assert_cmpint (mkfifo (scratch ("pipe.csv"), 0600), ==, 0);
  check_refused (scratch ("pipe.csv"), EW_ERROR_IO, "not an ordinary file");
  check_refused ("/dev/zero", EW_ERROR_IO, "not an ordinary file");
  check_refused ("/dev/null", EW_ERROR_IO, "not an ordinary file");
  scratch_close ();
}

/* Root may read and write everything. As nobody for a while; FALSE, and the case skipped, where that cannot be. */
static gboolean
become_nobody (void)
{
  if (geteuid () != 0)
    return TRUE;
  g_chmod (scratch ("."), 0777);
  if (setresuid (65534, 65534, 0) == 0)
    return TRUE;
  g_test_skip ("root may read and write everything, and cannot be another user here");
  return FALSE;
}

static void
become_oneself (void)
{
  if (getuid () == 65534)
    g_assert_cmpint (setresuid (0, 0, 0), ==, 0);
}

static void
test_unreadable (void)
{
  scratch_open ();
  scratch_write_text ("secret.csv", "1,2\n");
  g_chmod (scratch ("secret.csv"), 0);
  if (become_nobody ())
    check_refused (scratch ("secret.csv"), EW_ERROR_IO, "Permission denied");
  become_oneself ();
  scratch_close ();
}

typedef struct
{
  EwCancel cancel;
  int calls;
  int cancel_at;
  double last;
} Watch;

static void
watch (double fraction, gpointer data)
{
  Watch *w = data;

  g_assert_true (fraction >= w->last && fraction <= 1);
  w->last = fraction;
  if (++w->calls == w->cancel_at)
    atomic_store (&w->cancel, 1);
}

/* Progress never falls; whatever call asks for an end gets it. */
static void
check_cancelled (const char *name)
{
  EwRandom random = 7;
  g_autoptr (EwGrid) grid = ew_grid_new (1500, 7, NULL);
  Watch whole = { 0 };

  scratch_open ();
  for (int i = 0; i < grid->height; i++)
    ew_grid_row (grid, i)[i % 7] = (float)ew_random_uniform (&random);
  g_assert_true (ew_grid_write (scratch (name), grid, NULL, NULL));

  EwPicture *picture = ew_picture_read (scratch (name), EW_COLOUR_LUMINANCE, watch, &whole, &whole.cancel, NULL);

  g_assert_nonnull (picture);
  ew_picture_free (picture);
  g_assert_cmpint (whole.calls, >=, 3);
  for (int at = 1; at < whole.calls; at++)
    {
      g_autoptr (GError) error = NULL;
      Watch w = { .cancel_at = at };

      picture = ew_picture_read (scratch (name), EW_COLOUR_LUMINANCE, watch, &w, &w.cancel, &error);
      g_assert_null (picture);
      g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
      check_sentence (error, scratch (name));
      g_assert_cmpint (w.calls, ==, at);
    }
  scratch_close ();
}

static void
test_cancel_npy (void)
{
  check_cancelled ("grid.npy");
}

static void
test_cancel_text (void)
{
  check_cancelled ("grid.csv");
}

static void
test_cancel_image (void)
{
  if (need_images ())
    {
      check_cancelled ("grid.png");
      check_cancelled ("grid.tif");
    }
}

/* --- writing */

/* The endings that there are in this build. */
static const char *const endings[] = { ".npy", ".csv", ".txt", ".tif", ".png", ".jpg", NULL };

static gboolean
can_write (const char *ending)
{
  return ew_grid_check_name (ending, NULL);
}

static EwGrid *
small_grid (void)
{
  static const float values[6] = { 0, 0.25f, 0.5f, 0.75f, 1, 0 };

  return ew_grid_new_from_values (2, 3, values, NULL);
}

static void
check_cannot_write (const char *path, const EwGrid *grid, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ew_grid_write (path, grid, NULL, &error));
  check_sentence (error, path);
  g_assert_error (error, EW_ERROR, EW_ERROR_IO);
  g_assert_true (error != NULL && strstr (error->message, text) != NULL);
  if (g_test_failed ())
    g_test_message ("%s: %s", path, error == NULL ? "was written" : error->message);
}

static void
test_full_device (void)
{
  g_autoptr (EwGrid) grid = small_grid ();
  g_autoptr (EwKernel) kernel = ew_kernel_new (2, 2, NULL);
  struct stat status;

  if (stat ("/dev/full", &status) != 0 || !S_ISCHR (status.st_mode))
    {
      g_test_skip ("There is no device /dev/full here.");
      return;
    }
  scratch_open ();
  for (int i = 0; endings[i] != NULL; i++)
    {
      g_autofree char *name = g_strconcat ("full", endings[i], NULL);
      const char *path = scratch (name);

      if (!can_write (endings[i]))
        continue;
      g_assert_cmpint (symlink ("/dev/full", path), ==, 0);
      check_cannot_write (path, grid, "No space left");
      if (i < 3)
        g_assert_false (ew_kernel_write (path, kernel, NULL));
      g_assert_true (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
      g_unlink (path);
      g_assert_cmpint (scratch_count (), ==, 0);
    }
  scratch_close ();
}

/* A disk that is full after some kilobytes. */
static void
test_full_disk (void)
{
  g_autoptr (EwGrid) grid = ew_grid_new (300, 300, NULL);
  EwRandom random = 3;
  struct rlimit before, after;

  for (int i = 0; i < 300; i++)
    for (int j = 0; j < 300; j++)
      ew_grid_row (grid, i)[j] = (float)ew_random_uniform (&random);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  after = before;
  after.rlim_cur = 20000;
  signal (SIGXFSZ, SIG_IGN);
  scratch_open ();
  for (int i = 0; endings[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = g_strconcat ("old", endings[i], NULL);
      const char *path = scratch_write_text (name, "what was there\n");
      gboolean written;

      if (!can_write (endings[i]))
        continue;
      setrlimit (RLIMIT_FSIZE, &after);
      written = ew_grid_write (path, grid, NULL, &error);
      setrlimit (RLIMIT_FSIZE, &before);
      g_assert_false (written);
      g_assert_error (error, EW_ERROR, EW_ERROR_IO);
      check_sentence (error, path);
      check_content (path, "what was there\n");
      g_unlink (path);
      g_assert_cmpint (scratch_count (), ==, 0);
    }
  signal (SIGXFSZ, SIG_DFL);
  scratch_close ();
}

static void
test_missing_folder (void)
{
  g_autoptr (EwGrid) grid = small_grid ();

  scratch_open ();
  for (int i = 0; endings[i] != NULL; i++)
    {
      g_autofree char *name = g_strconcat ("missing/new", endings[i], NULL);

      if (can_write (endings[i]))
        check_cannot_write (scratch (name), grid, "No such file");
    }
  g_assert_cmpint (g_mkdir (scratch ("folder.npy"), 0700), ==, 0);
  check_cannot_write (scratch ("folder.npy"), grid, "directory");
  g_assert_cmpint (scratch_count (), ==, 1);
  scratch_close ();
}

static void
test_read_only (void)
{
  g_autoptr (EwGrid) grid = small_grid ();

  scratch_open ();
  g_assert_cmpint (g_mkdir (scratch ("closed"), 0700), ==, 0);
  scratch_write_text ("closed/old.csv", "7\n");
  scratch_write_text ("old.csv", "7\n");
  g_chmod (scratch ("old.csv"), 0444);
  g_chmod (scratch ("closed"), 0555);
  if (become_nobody ())
    {
      check_cannot_write (scratch ("old.csv"), grid, "Permission denied");
      check_cannot_write (scratch ("closed/new.csv"), grid, "Permission denied");
      check_content (scratch ("old.csv"), "7\n");
    }
  become_oneself ();
  check_content (scratch ("closed/old.csv"), "7\n");
  g_assert_cmpint (scratch_count (), ==, 2);
  scratch_close ();
}

/* A link stays a link, and a file keeps its mode. */
static void
test_replaced (void)
{
  g_autoptr (EwGrid) grid = small_grid ();
  GStatBuf status;

  scratch_open ();
  scratch_write_text ("real.csv", "7\n");
  g_chmod (scratch ("real.csv"), 0640);
  g_assert_cmpint (symlink ("real.csv", scratch ("link.csv")), ==, 0);
  g_assert_true (ew_grid_write (scratch ("link.csv"), grid, NULL, NULL));
  g_assert_true (g_file_test (scratch ("link.csv"), G_FILE_TEST_IS_SYMLINK));
  check_content (scratch ("real.csv"), "0,0.25,0.5\n0.75,1,0\n");
  g_assert_cmpint (g_stat (scratch ("real.csv"), &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0640);
  g_assert_cmpint (scratch_count (), ==, 2);
  scratch_close ();
}

/* What is not committed was never there. */
static void
test_given_up (void)
{
  g_autoptr (GError) error = NULL;
  EwReplacement *replacement;

  scratch_open ();
  scratch_write_text ("old.csv", "7\n");
  replacement = ew_replacement_new (scratch ("old.csv"), &error);
  g_assert_no_error (error);
  fputs ("8\n", ew_replacement_stream (replacement));
  check_content (scratch ("old.csv"), "7\n");
  ew_replacement_free (replacement);
  check_content (scratch ("old.csv"), "7\n");
  g_assert_cmpint (scratch_count (), ==, 1);
  scratch_close ();
}

static void
test_names (void)
{
  static const char *const never[] = { "grid", "grid.", "grid.gif", "grid.npy.bak", ".", "", "dir.npy/grid" };
  static const char *const no_kernels[] = { "k.png", "k.tif", "k.jpeg", "no-ending" };
  g_autoptr (EwGrid) grid = small_grid ();
  g_autoptr (EwKernel) kernel = ew_kernel_new (1, 1, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ew_grid_write (never[i], grid, NULL, &error));
      g_assert_error (error, EW_ERROR, EW_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, ".npy"));
    }
  for (guint i = 0; i < G_N_ELEMENTS (no_kernels); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ew_kernel_write (no_kernels[i], kernel, &error));
      g_assert_error (error, EW_ERROR, EW_ERROR_USAGE);
      check_sentence (error, no_kernels[i]);
    }
  g_assert_true (ew_grid_check_name ("a.b/GRID.NPY", NULL) && ew_grid_check_name ("-", NULL));
  g_assert_true (ew_kernel_check_name ("K.Csv", NULL) && ew_kernel_check_name ("-", NULL));
}

void
add_place_cases (void)
{
  g_test_add_func ("/files/places/no-files", test_no_files);
  g_test_add_func ("/files/places/unreadable", test_unreadable);
  g_test_add_func ("/files/cancel/npy", test_cancel_npy);
  g_test_add_func ("/files/cancel/text", test_cancel_text);
  g_test_add_func ("/files/cancel/image", test_cancel_image);
  g_test_add_func ("/files/write/full-device", test_full_device);
  g_test_add_func ("/files/write/full-disk", test_full_disk);
  g_test_add_func ("/files/write/missing-folder", test_missing_folder);
  g_test_add_func ("/files/write/read-only", test_read_only);
  g_test_add_func ("/files/write/replaced", test_replaced);
  g_test_add_func ("/files/write/given-up", test_given_up);
  g_test_add_func ("/files/write/names", test_names);
}
