/* What the CUDA backend measures to choose its way of correlating: on a clock that the test sets, kept in files. */
#include "gpu/cuda-costs.h"

#include "gpu/cuda-fft.h"
#include "tests/cuda-cases.h"
#include "tests/engine-fixtures.h"
#include "tests/fake-cufft.h"

#include <glib/gstdio.h>
#include <string.h>

/* What the device truly takes, in milliseconds: a tap of an output by the two kinds of kernels, a tile there or back, a
 * plan. */
typedef struct
{
  double literal;
  double wide;
  double tile;
  double plan;
} Truth;

static Truth truth;
static char last_kernel[40];
static int n_launches;

static gboolean
idle_kernels (const char *kernel, unsigned grid, unsigned threads, unsigned shared_bytes, void **arguments)
{
  g_strlcpy (last_kernel, kernel, sizeof last_kernel);
  n_launches++;
  return TRUE;
}

static double
true_times (const char *kernel, unsigned grid, void **arguments)
{
  const EwCudaPlane *y = arguments == NULL ? NULL : arguments[1];

  if (strcmp (kernel, "transform") == 0)
    return grid * truth.tile;
  if (strcmp (kernel, "plan") == 0)
    return truth.plan;
  if (strcmp (kernel, "ew_cuda_correlate_wide") == 0)
    {
      const EwCudaShape *shape = arguments[3];

      return (double)y->height * y->width * shape->kernel_height * shape->kernel_width * truth.wide;
    }
  if (g_str_has_prefix (kernel, "ew_cuda_correlate_"))
    {
      int side = (int)g_ascii_strtoll (kernel + strlen ("ew_cuda_correlate_"), NULL, 10);

      return (double)y->height * y->width * side * side * truth.literal;
    }
  return 0;
}

/* A device whose kernels only pass the time, and whose planes for measuring are small. */
static EwDevice *
open_timed (const Truth *times, const char *folder)
{
  EwDevice *device = open_fake ();

  truth = *times;
  fake_driver.kernels = idle_kernels;
  fake_driver.times = true_times;
  fake_cufft_idle = TRUE;
  ((EwCudaDevice *)device)->budget = 2e8;
  ew_cuda_costs_set_for_tests (TRUE, folder);
  return device;
}

static gboolean
ask (EwDevice *device, int kh, int kw, int height, int width, EwCancel *cancel, GError **error)
{
  g_autoptr (EwGrid) x = ew_grid_new (height + kh - 1, width + kw - 1, NULL);
  g_autoptr (EwGrid) y = ew_grid_new (height, width, NULL);
  g_autoptr (EwKernel) kernel = ew_kernel_new (kh, kw, NULL);
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, kh, kw);
  n_launches = fake_cufft_transforms = 0;
  return device->backend->correlate (device, x, kernel, &geometry, EW_METHOD_AUTO, y, cancel, error);
}

/* Costs are there now or before; the last work was that of this correlation. */
static gboolean
by_fft (EwDevice *device, int kh, int kw, int height, int width)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ask (device, kh, kw, height, width, NULL, &error));
  g_assert_no_error (error);
  return strcmp (last_kernel, "ew_cuda_fft_scatter") == 0;
}

static char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("edgewise-costs-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

/* The one file in a folder, transfer full; NULL where it is empty. */
static char *
file_in (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = dir == NULL ? NULL : g_dir_read_name (dir);
  char *path = name == NULL ? NULL : g_build_filename (folder, name, NULL);

  g_assert_true (dir == NULL || g_dir_read_name (dir) == NULL);
  return path;
}

static void
remove_folder (const char *folder)
{
  g_autofree char *file = file_in (folder);

  if (file != NULL)
    g_assert_cmpint (g_remove (file), ==, 0);
  g_assert_cmpint (g_remove (folder), ==, 0);
}

/* --- the choice */

/* What is the fastest by the truth itself; TRUE where the difference is worth a word. */
static gboolean
fastest (int kh, int kw, int height, int width, gboolean *transforms, gboolean *wide)
{
  double taps = (double)kh * kw * height * width;
  gboolean literal = kh == kw && (kh == 9 || kh == 11 || kh == 15);
  double direct = taps * (literal ? MIN (truth.literal, truth.wide) : truth.wide);
  double tiles = ew_cuda_fft_tiles (kh, kw, height, width);
  double fft = 3 * truth.plan + (2 * tiles + 1) * truth.tile;

  *transforms = fft < direct;
  *wide = !literal || truth.wide < truth.literal;
  return MAX (fft, direct) > 1.02 * MIN (fft, direct);
}

static void
check_choices (const Truth *times, gboolean *seen)
{
  static const int cells[][4] = {
    { 11, 11, 300, 300 }, { 11, 12, 400, 700 }, { 15, 15, 256, 256 }, { 15, 15, 900, 500 }, { 13, 21, 500, 500 },
    { 21, 21, 700, 300 }, { 31, 31, 256, 900 }, { 63, 63, 300, 300 }, { 63, 2, 500, 500 },  { 40, 50, 700, 700 },
  };
  g_autofree char *folder = make_folder ();
  EwDevice *device = open_timed (times, folder);

  for (guint c = 0; c < G_N_ELEMENTS (cells); c++)
    {
      const int *cell = cells[c];
      gboolean transforms, wide;
      gboolean clear = fastest (cell[0], cell[1], cell[2], cell[3], &transforms, &wide);

      if (!clear)
        continue;
      g_assert_cmpint (by_fft (device, cell[0], cell[1], cell[2], cell[3]), ==, transforms);
      if (!transforms)
        g_assert_cmpint (strcmp (last_kernel, "ew_cuda_correlate_wide") == 0, ==, wide);
      seen[transforms ? 0 : wide ? 1 : 2] = TRUE;
    }
  close_fake (device);
  remove_folder (folder);
}

/* Whatever the device is like, the fastest way is taken: transforms cheap, dear, dear to begin, each kernel the faster.
 */
void
test_costs_choice (void)
{
  static const Truth truths[] = {
    { 1e-9, 2e-9, 1e-5, 0 },    { 1e-9, 2e-9, 10, 0 },    { 1e-9, 2e-9, 0.01, 0 },     { 2e-9, 1e-9, 0.02, 0 },
    { 1e-9, 1.5e-9, 1e-4, 10 }, { 3e-8, 4e-8, 0.3, 0.2 }, { 1e-8, 1.2e-8, 0.1, 0.05 },
  };
  gboolean seen[3] = { FALSE };

  for (guint t = 0; t < G_N_ELEMENTS (truths) && !g_test_failed (); t++)
    check_choices (&truths[t], seen);
  g_assert_true (seen[0] && seen[1] && seen[2]);
}

/* Small kernels and small images are not worth a measurement, nor is what cannot be transformed; other methods than the
 * automatic one measure nothing either. */
void
test_costs_unasked (void)
{
  static const Truth times = { 1e-9, 2e-9, 1e-5, 0 };
  g_autofree char *folder = make_folder ();
  EwDevice *device = open_timed (&times, folder);

  by_fft (device, 7, 7, 400, 400);
  by_fft (device, 11, 10, 400, 400);
  by_fft (device, 63, 63, 100, 400);
  g_assert_null (file_in (folder));
  close_fake (device);
  remove_folder (folder);
}

/* --- what is kept */

static const Truth cheap = { 1e-8, 2e-8, 1e-3, 0 };
static const Truth dear = { 1e-8, 2e-8, 100, 0 };

/* In the next run, whatever the device would say by now, and as often as it is asked in the same run. */
void
test_costs_kept (void)
{
  g_autofree char *folder = make_folder ();
  EwDevice *device = open_timed (&cheap, folder);
  g_autofree char *file = NULL;

  g_assert_true (by_fft (device, 31, 31, 300, 300));
  g_assert_cmpint (n_launches, >, 20);
  truth = dear;
  g_assert_true (by_fft (device, 31, 31, 300, 300));
  g_assert_cmpint (n_launches, ==, 3);
  close_fake (device);
  file = file_in (folder);
  g_assert_nonnull (file);
  device = open_timed (&dear, folder);
  g_assert_true (by_fft (device, 31, 31, 300, 300));
  g_assert_cmpint (n_launches, ==, 3);
  close_fake (device);
  /* Without the file it is found out anew. */
  g_assert_cmpint (g_remove (file), ==, 0);
  device = open_timed (&dear, folder);
  g_assert_false (by_fft (device, 31, 31, 300, 300));
  close_fake (device);
  remove_folder (folder);
}

/* A library for transforms that comes later is measured then. */
void
test_costs_late_library (void)
{
  g_autofree char *folder = make_folder ();
  EwDevice *device = open_timed (&cheap, folder);
  EwCudaCosts costs;

  ew_cufft_set_for_tests (TRUE, NULL);
  g_assert_false (by_fft (device, 31, 31, 300, 300));
  g_assert_true (ew_cuda_costs_known ((EwCudaDevice *)device, &costs));
  g_assert_cmpfloat (costs.fft_tile, ==, 0);
  close_fake (device);
  device = open_timed (&cheap, folder);
  g_assert_true (by_fft (device, 31, 31, 300, 300));
  close_fake (device);
  remove_folder (folder);
}

static const char good_text[] = "[costs]\nformat=1\ndevice=NVIDIA Fake 1, compute capability 8.6, driver 12040\n"
                                "literal=1e-12;1e-12;1e-12;\nwide=1e-12;2e-12;3e-12;4e-12;\nfft=0.5;0.25;\n";

/* @good_text with one thing another. */
static char *
changed (const char *from, const char *to)
{
  g_autoptr (GString) text = g_string_new (good_text);

  g_assert_cmpuint (g_string_replace (text, from, to, 0), ==, 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* @good_text behind so much else that no file of ours is as long. */
static char *
padded_text (void)
{
  g_autofree char *lines = g_strnfill (5000, '\n');

  return g_strconcat (lines, good_text, NULL);
}

/* A file that is damaged, foreign or absurd counts for nothing, and is replaced. */
void
test_costs_bad_files (void)
{
  static const char *const changes[][2] = {
    { "[costs]", "[coasts]" },
    { "format=1", "format=2" },
    { "Fake 1", "Fake 2" },
    { "12040", "12050" },
    { "1e-12;1e-12;1e-12;", "1e-12;" },
    { "3e-12;", "3e-12;3e-12;" },
    { "2e-12", "-2e-12" },
    { "2e-12", "nan" },
    { "4e-12", "inf" },
    { "4e-12", "0" },
    { "0.25", "1e300" },
    { "0.25", "much" },
    { "fft=0.5;0.25;\n", "" },
    { "\nwide=1e-12;2e-12", "" },
  };
  g_autofree char *folder = make_folder ();
  g_autofree char *file = NULL;
  EwDevice *device = open_timed (&cheap, folder);
  EwCudaCosts costs;

  g_assert_true (by_fft (device, 31, 31, 300, 300));
  close_fake (device);
  file = file_in (folder);
  for (guint c = 0; c < G_N_ELEMENTS (changes) + 4 && !g_test_failed (); c++)
    {
      g_autofree char *text = c < G_N_ELEMENTS (changes)        ? changed (changes[c][0], changes[c][1])
                              : c == G_N_ELEMENTS (changes)     ? g_strdup ("")
                              : c == G_N_ELEMENTS (changes) + 1 ? g_strdup ("\xff\xfe[[")
                              : c == G_N_ELEMENTS (changes) + 2 ? padded_text ()
                                                                : g_strdup (good_text);

      /* The last is good: by it transforms do not pay. */
      g_assert_true (g_file_set_contents (file, text, -1, NULL));
      device = open_timed (&cheap, folder);
      g_assert_cmpint (by_fft (device, 31, 31, 300, 300), ==, c < G_N_ELEMENTS (changes) + 3);
      g_assert_true (ew_cuda_costs_known ((EwCudaDevice *)device, &costs));
      close_fake (device);
      ew_cuda_costs_set_for_tests (TRUE, folder);
    }
  remove_folder (folder);
  ew_cuda_costs_set_for_tests (FALSE, NULL);
}

/* Numbers come back as they went, and there is no folder for them, or a folder of the file's name: then they are for
 * this run alone. */
void
test_costs_unwritable (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *file = g_build_filename (folder, "file", NULL);
  EwCudaCosts costs = { { 0.1, 1e-13, 3 }, { 1.0 / 3, 2, 1e-300, 7 }, 0, 1e-5 / 3 };
  g_autofree char *text = ew_cuda_costs_to_text (&costs, "A; [device] =é\\");
  EwCudaCosts again = { 0 };
  EwDevice *device;

  g_assert_true (ew_cuda_costs_from_text (text, strlen (text), "A; [device] =é\\", &again));
  g_assert_cmpmem (&again, sizeof again, &costs, sizeof costs);
  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  for (int run = 0; run < 2; run++)
    {
      device = open_timed (run == 0 ? &cheap : &dear, file);
      g_assert_cmpint (by_fft (device, 31, 31, 300, 300), ==, run == 0);
      truth = run == 0 ? dear : cheap;
      g_assert_cmpint (by_fft (device, 31, 31, 300, 300), ==, run == 0);
      close_fake (device);
    }
  remove_folder (folder);
}

/* --- what goes wrong */

/* The measurement may fail at any of its calls: the correlation does not, and goes by the rule. */
void
test_costs_faults (void)
{
  g_autofree char *folder = make_folder ();
  EwDevice *device = open_timed (&cheap, NULL);
  int before = fake_driver.calls, plain, measured = 0;

  by_fft (device, 31, 31, 300, 300);
  plain = fake_driver.calls - before;
  close_fake (device);
  for (int nth = 0; nth <= measured && !g_test_failed (); nth++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *file = NULL;

      device = open_timed (&cheap, folder);
      before = fake_driver.calls;
      /* After the call that turns to the device, and the two that ask what it is. */
      fake_driver.fault = (FakeDriverFault){ .nth = nth == 0 ? 0 : nth + 3, .status = FAKE_INVALID_VALUE };
      g_assert_true (ask (device, 31, 31, 300, 300, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (fake_driver.fired, ==, nth > 0);
      if (nth == 0)
        measured = fake_driver.calls - before - plain;
      fake_driver.fault.nth = 0;
      close_fake (device);
      file = file_in (folder);
      if (file != NULL)
        g_remove (file);
    }
  g_assert_cmpint (measured, >, 100);
  remove_folder (folder);
}

/* A device without memory to spare is not measured, and not asked again. */
void
test_costs_no_memory (void)
{
  g_autofree char *folder = make_folder ();
  EwDevice *device = open_timed (&dear, folder);

  fake_driver.memory = 2200000;
  g_assert_true (by_fft (device, 31, 31, 256, 256) || n_launches <= 4);
  g_assert_null (file_in (folder));
  fake_driver.memory = 1000000000;
  g_assert_true (by_fft (device, 31, 31, 256, 256));
  g_assert_cmpint (n_launches, ==, 3);
  close_fake (device);
  remove_folder (folder);
}

/* Cancelled at each wait: that is an end of this correlation alone. */
void
test_costs_cancel (void)
{
  g_autofree char *folder = make_folder ();

  for (int at = 1, more = TRUE; more && !g_test_failed (); at++)
    {
      EwDevice *device = open_timed (&dear, folder);
      EwCancel cancel = 0;
      g_autoptr (GError) error = NULL;
      g_autofree char *file = NULL;

      fake_driver.cancel = &cancel;
      fake_driver.cancel_at = at;
      more = !ask (device, 31, 31, 300, 300, &cancel, &error);
      if (more)
        g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
      g_assert_cmpint (at, <, 200);
      /* By the rule it would be by transforms. */
      g_assert_false (by_fft (device, 31, 31, 300, 300));
      close_fake (device);
      file = file_in (folder);
      if (file != NULL)
        g_remove (file);
    }
  remove_folder (folder);
}
