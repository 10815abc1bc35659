/* The window's command line, and the worker that reads files for the window. Neither needs a display. */
#include "app/files/write.h"
#include "app/opening.h"
#include "app/options.h"
#include "tests/files-fixtures.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_ARGUMENTS 8

/* Generous: sanitizers and busy machines are slow. */
#define PATIENCE_US (60 * G_USEC_PER_SEC)

/* --- the command line */

static gboolean
parse (EwOptions *options, const char *const *arguments, gboolean *help, GError **error)
{
  const char *vector[MAX_ARGUMENTS + 2] = { "edgewise" };

  for (int i = 0; i < MAX_ARGUMENTS && arguments[i] != NULL; i++)
    vector[i + 1] = arguments[i];
  *help = FALSE;
  return ew_options_parse (options, (char *const *)vector, help, error);
}

static void
test_nothing (void)
{
  const char *const arguments[] = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean help;
  EwOptions options;

  g_assert_true (parse (&options, arguments, &help, &error));
  g_assert_no_error (error);
  g_assert_false (help || options.learn || options.version);
  g_assert_cmpint (options.kernel_height, ==, 0);
  g_assert_cmpint (options.kernel_width, ==, 0);
  g_assert_cmpfloat (options.quit_after, ==, 0);
  g_assert_null (options.device);
  g_assert_null (options.input);
  g_assert_null (options.target);
  ew_options_clear (&options);
}

static void
test_everything (void)
{
  static const char *const orders[][MAX_ARGUMENTS + 1] = {
    { "--learn", "--kernel-size", "3x5", "--device", "cuda", "--quit-after=2.5", "in.png", "out.png" },
    { "in.png", "--quit-after", "2.5", "--device=cuda", "out.png", "--kernel-size=3x5", "--learn" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean help;
      EwOptions options;

      g_assert_true (parse (&options, orders[i], &help, &error));
      g_assert_no_error (error);
      g_assert_true (options.learn);
      g_assert_cmpint (options.kernel_height, ==, 3);
      g_assert_cmpint (options.kernel_width, ==, 5);
      g_assert_cmpstr (options.device, ==, "cuda");
      g_assert_cmpfloat (options.quit_after, ==, 2.5);
      g_assert_cmpstr (options.input, ==, "in.png");
      g_assert_cmpstr (options.target, ==, "out.png");
      ew_options_clear (&options);
      ew_options_clear (&options);
    }
}

/* After "--" what begins with a dash is a file. */
static void
test_values (void)
{
  static const char *const sizes[] = { "1x1", "63x63", "1x63", "10x9" };
  static const char *const devices[] = { "auto", "cpu", "cuda" };
  const char *const dashed[] = { "--", "--learn", NULL };
  gboolean help;
  EwOptions options;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const char *const arguments[] = { "--kernel-size", sizes[i], NULL };
      g_autofree char *size = NULL;

      g_assert_true (parse (&options, arguments, &help, NULL));
      size = g_strdup_printf ("%dx%d", options.kernel_height, options.kernel_width);
      g_assert_cmpstr (size, ==, sizes[i]);
      ew_options_clear (&options);
    }
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    {
      const char *const arguments[] = { "--device", devices[i], NULL };

      g_assert_true (parse (&options, arguments, &help, NULL));
      g_assert_cmpstr (options.device, ==, devices[i]);
      ew_options_clear (&options);
    }
  g_assert_true (parse (&options, dashed, &help, NULL));
  g_assert_false (options.learn);
  g_assert_cmpstr (options.input, ==, "--learn");
  ew_options_clear (&options);
}

/* Wrong usage is said with what was wrong and what would be right. */
static void
test_refused (void)
{
  static const struct
  {
    const char *arguments[4];
    const char *sentence;
  } cases[] = {
    { { "--kernel-size", "3" }, "--kernel-size 3: a size is HEIGHTxWIDTH, each 1 to 63, like 3x3." },
    { { "--kernel-size", "0x3" }, "--kernel-size 0x3: a size is HEIGHTxWIDTH, each 1 to 63, like 3x3." },
    { { "--kernel-size", "64x3" }, "--kernel-size 64x3: a size is" },
    { { "--kernel-size", "3x100" }, "--kernel-size 3x100: a size is" },
    { { "--kernel-size", "3x-1" }, "--kernel-size 3x-1: a size is" },
    { { "--kernel-size", "+3x3" }, "--kernel-size +3x3: a size is" },
    { { "--kernel-size", "3x 3" }, "--kernel-size 3x 3: a size is" },
    { { "--kernel-size", " 3x3" }, "--kernel-size  3x3: a size is" },
    { { "--kernel-size", "3x3x3" }, "--kernel-size 3x3x3: a size is" },
    { { "--kernel-size", "3X3" }, "--kernel-size 3X3: a size is" },
    { { "--kernel-size", "" }, "--kernel-size : a size is" },
    { { "--kernel-size", "4294967299x3" }, "--kernel-size 4294967299x3: a size is" },
    { { "--device", "gpu" }, "--device gpu: there are auto, cpu and cuda." },
    { { "--device", "CPU" }, "--device CPU: there are" },
    { { "--quit-after", "0" }, "--quit-after 0: a number of seconds greater than 0 is needed." },
    { { "--quit-after", "-1" }, "--quit-after -1: a number of seconds" },
    { { "--quit-after", "nan" }, "--quit-after nan: a number of seconds" },
    { { "--quit-after", "inf" }, "--quit-after inf: a number of seconds" },
    { { "--quit-after", "1s" }, "--quit-after 1s: a number of seconds" },
    { { "--quit-after", "" }, "--quit-after : a number of seconds" },
    { { "--quit-after", "1,5" }, "--quit-after 1,5: a number of seconds" },
    { { "a.png", "b.png", "c.png" }, "c.png: there is room for an input and a target only." },
    { { "--lern" }, "; --help shows what there is." },
    { { "--device" }, "; --help shows what there is." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean help;
      EwOptions options;

      if (parse (&options, cases[i].arguments, &help, &error))
        g_test_fail_printf ("“%s %s” was taken", cases[i].arguments[0], cases[i].arguments[1]);
      else
        {
          g_assert_error (error, EW_ERROR, EW_ERROR_USAGE);
          if (strstr (error->message, cases[i].sentence) == NULL)
            g_test_fail_printf ("“%s” is not “%s”", error->message, cases[i].sentence);
        }
      ew_options_clear (&options);
    }
}

/* --- reading */

/* What a test waits for. */
typedef struct
{
  EwOpening *opening;
  int calls;
  char *error;
} Waiting;

static void
on_done (EwOpening *opening, GError *error, gpointer data)
{
  Waiting *waiting = data;

  g_assert_true (opening == waiting->opening);
  waiting->calls++;
  waiting->error = error == NULL ? NULL : g_strdup (error->message);
}

static void
waiting_clear (Waiting *waiting)
{
  ew_opening_unref (waiting->opening);
  g_free (waiting->error);
}

/* Runs the main loop until the opening is done. */
static void
wait_for (Waiting *waiting)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (waiting->calls == 0 && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpint (waiting->calls, ==, 1);
}

static void
test_opening (void)
{
  const char *input, *target;
  Waiting waiting = { NULL };

  scratch_open ();
  input = scratch_write_text ("in.csv", "1,2,3\n4,5,6\n");
  target = scratch_write_text ("out.csv", "7,8\n");
  waiting.opening = ew_opening_start (input, target, FALSE, on_done, &waiting);
  wait_for (&waiting);
  g_assert_null (waiting.error);
  g_assert_cmpstr (waiting.opening->sources[0]->name, ==, "in.csv");
  g_assert_cmpstr (waiting.opening->sources[0]->path, ==, input);
  g_assert_cmpint (waiting.opening->sources[0]->n_planes, ==, 1);
  g_assert_cmpint (waiting.opening->sources[0]->planes[0]->height, ==, 2);
  g_assert_cmpfloat (ew_grid_row (waiting.opening->sources[0]->planes[0], 1)[2], ==, 6);
  g_assert_cmpint (waiting.opening->sources[1]->planes[0]->width, ==, 2);
  g_assert_null (waiting.opening->notes[0]);
  g_assert_cmpint (atomic_load (&waiting.opening->reading), ==, 1);
  waiting_clear (&waiting);
  scratch_close ();
}

/* Only one of the two: what is being read is never the one that is not there. */
static void
test_opening_one (void)
{
  const char *path;

  scratch_open ();
  path = scratch_write_text ("one.csv", "1,2\n");
  for (int i = 0; i < 2; i++)
    {
      Waiting waiting = { NULL };

      waiting.opening = ew_opening_start (i == 0 ? path : NULL, i == 1 ? path : NULL, FALSE, on_done, &waiting);
      g_assert_cmpint (atomic_load (&waiting.opening->reading), ==, i);
      wait_for (&waiting);
      g_assert_null (waiting.error);
      g_assert_nonnull (waiting.opening->sources[i]);
      g_assert_null (waiting.opening->sources[1 - i]);
      waiting_clear (&waiting);
    }
  scratch_close ();
}

/* An error begins with the name of the file that it is about. */
static void
test_opening_fails (void)
{
  const char *good, *bad;
  g_autofree char *missing = NULL;

  scratch_open ();
  good = scratch_write_text ("good.csv", "1,2\n");
  bad = scratch_write_text ("bad.csv", "1,2\n3,x\n");
  missing = g_strdup (scratch ("missing.png"));

  const char *const pairs[][3]
      = { { bad, good, "bad.csv: " }, { good, bad, "bad.csv: " }, { missing, NULL, "missing.png: " } };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      Waiting waiting = { NULL };

      waiting.opening = ew_opening_start (pairs[i][0], pairs[i][1], FALSE, on_done, &waiting);
      wait_for (&waiting);
      if (waiting.error == NULL || !g_str_has_prefix (waiting.error, pairs[i][2])
          || !g_str_has_suffix (waiting.error, "."))
        g_test_fail_printf ("“%s” does not name %s", waiting.error, pairs[i][2]);
      waiting_clear (&waiting);
    }
  scratch_close ();
}

/* Images say how far they are: it only grows. */
static void
test_opening_progress (void)
{
  g_autoptr (EwGrid) large = ew_grid_new (3000, 3000, NULL);
  Waiting waiting = { NULL };
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  int last = -1;

  if (!need_images ())
    return;
  scratch_open ();
  g_assert_true (ew_grid_write (scratch ("large.png"), large, NULL, NULL));
  waiting.opening = ew_opening_start (scratch ("large.png"), NULL, FALSE, on_done, &waiting);
  while (waiting.calls == 0 && g_get_monotonic_time () < end)
    {
      int now = atomic_load (&waiting.opening->permille);

      g_assert_cmpint (now, >=, last);
      g_assert_cmpint (now, <=, 1000);
      last = now;
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpint (waiting.calls, ==, 1);
  g_assert_null (waiting.error);
  g_assert_cmpint (atomic_load (&waiting.opening->permille), ==, 1000);
  waiting_clear (&waiting);
  scratch_close ();
}

static gboolean
has_ended (EwOpening *opening)
{
  /* The worker's task holds the other reference, and lets go of it on this thread. */
  return atomic_load (&opening->refs) == 1;
}

/* Cancelled at any time, it never calls back; the worker ends and lets go. */
static void
test_opening_cancelled (void)
{
  g_autoptr (EwGrid) large = ew_grid_new (2000, 2000, NULL);
  EwRandom random = 7;

  scratch_open ();
  g_assert_true (ew_grid_write (scratch ("large.npy"), large, NULL, NULL));
  for (int round = 0; round < 60; round++)
    {
      Waiting waiting = { NULL };
      gint64 end = g_get_monotonic_time () + PATIENCE_US;

      waiting.opening = ew_opening_start (scratch ("large.npy"), scratch ("large.npy"), FALSE, on_done, &waiting);
      /* One reference for this test, to see the end. */
      ew_refs_acquire (&waiting.opening->refs);
      g_usleep (random_below (&random, 20000));
      ew_opening_cancel (waiting.opening);
      while (!has_ended (waiting.opening) && g_get_monotonic_time () < end)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (200);
        }
      g_assert_true (has_ended (waiting.opening));
      g_assert_cmpint (waiting.calls, ==, 0);
      waiting_clear (&waiting);
    }
  scratch_close ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/options/nothing", test_nothing);
  g_test_add_func ("/options/everything", test_everything);
  g_test_add_func ("/options/values", test_values);
  g_test_add_func ("/options/refused", test_refused);
  g_test_add_func ("/opening/opening", test_opening);
  g_test_add_func ("/opening/one", test_opening_one);
  g_test_add_func ("/opening/fails", test_opening_fails);
  g_test_add_func ("/opening/progress", test_opening_progress);
  g_test_add_func ("/opening/cancelled", test_opening_cancelled);
  return g_test_run ();
}
