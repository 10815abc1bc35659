/* A colour pair in the window: its channels, corrected as the luminance was, one kernel or one each, told apart and learned. */
#include "app/files/images.h"
#include "engine/reference.h"
#include "tests/window-fixtures.h"

#include <math.h>
#include <string.h>

#define N_CHANNELS 3

static const double kernels[N_CHANNELS][9] = { { 0.05, 0.1, 0.05, 0.1, 0.45, 0.1, 0.05, 0.1, 0 },
                                               { 0, 0.1, 0, 0.1, 0.6, 0.1, 0, 0.1, 0 },
                                               { 0.1, 0, 0.1, 0.1, 0.4, 0.1, 0.1, 0, 0.1 } };

static gboolean
need_images (void)
{
  g_autoptr (GError) error = NULL;

  if (ew_images_open (&error) != NULL)
    return TRUE;
  g_test_skip (error->message);
  return FALSE;
}

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

/* x ⋆ taps laid over the edges, the outermost pixels repeated. */
static EwGrid *
filtered (const EwGrid *x, const double *taps)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, taps, 0, NULL);
  EwGeometry same = { .kernel_height = 3, .kernel_width = 3, .stride = 1, .dilation = 1, .top = 1, .bottom = 1, .left = 1,
                      .right = 1, .border = EW_BORDER_REPLICATE };
  g_autofree double *values = g_new (double, x->height * x->width);
  EwGrid *y = ew_grid_new (x->height, x->width, NULL);

  g_assert_true (ew_reference_correlate (x, kernel, &same, values, NULL));
  for (int k = 0; k < x->height * x->width; k++)
    ew_grid_row (y, k / x->width)[k % x->width] = (float)values[k];
  return y;
}

/* The planes from (top, left) as a portable pixmap of 16 bits; they are freed. */
static char *
write_pixmap (Fixture *f, const char *name, EwGrid **planes, int top, int left, int height, int width)
{
  char *path = g_build_filename (f->folder, name, NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *head = g_strdup_printf ("P6\n%d %d\n65535\n", width, height);

  g_byte_array_append (bytes, (const guint8 *)head, (guint)strlen (head));
  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      for (int k = 0; k < N_CHANNELS; k++)
        {
          guint value = (guint)lround (65535 * (double)ew_grid_row (planes[k], top + i)[left + j]);
          guint8 pair[2] = { (guint8)(value >> 8), (guint8)value };

          g_byte_array_append (bytes, pair, 2);
        }
  for (int k = 0; k < N_CHANNELS; k++)
    ew_grid_unref (planes[k]);
  g_assert_true (g_file_set_contents (path, (const char *)bytes->data, bytes->len, NULL));
  return path;
}

/* A pair of which each channel has the kernel of that number, shifted by @dy and @dx. */
static void
start_colours (Fixture *f, const int *which, int dy, int dx)
{
  EwGrid *x[N_CHANNELS], *y[N_CHANNELS];
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  for (int k = 0; k < N_CHANNELS; k++)
    {
      x[k] = smooth (90, 100);
      y[k] = filtered (x[k], kernels[which[k]]);
    }
  before = write_pixmap (f, "before.ppm", x, 0, 0, 80, 90);
  after = write_pixmap (f, "after.ppm", y, dy, dx, 80, 90);
  start (f, before, after, NULL);
}

static void
find_label (Fixture *f, const char *text)
{
  accessible_free (find (f, ACCESSIBLE_LABEL, text));
}

/* Waits until the first weight of the optimum that is shown is within @tolerance of the first of @taps. */
static void
wait_for_optimum (Fixture *f, const double *taps, double tolerance)
{
  gint64 end = g_get_monotonic_time () + (gint64)(1e6 * PATIENCE);
  g_autofree char *text = NULL;
  double value = NAN;

  do
    {
      g_autoptr (Accessible) view = find (f, ACCESSIBLE_TABLE, "Optimum kernel");
      const char *at;

      g_free (text);
      text = accessible_description (f->bus, view);
      at = text == NULL ? NULL : strstr (text, "K[0, 0] = ");
      value = at == NULL ? NAN : g_ascii_strtod (at + strlen ("K[0, 0] = "), NULL);
      g_usleep (50000);
    }
  while (!(fabs (value - taps[0]) <= tolerance) && g_get_monotonic_time () < end);
  if (!(fabs (value - taps[0]) <= tolerance))
    g_test_fail_printf ("the optimum says “%s”", text);
}

/* A kernel each is offered where they differ, and each channel's is learned by keyboard; the shift that was mended in the luminance
 * is not there again. */
static void
test_each (Fixture *f, gconstpointer data)
{
  static const int own[] = { 0, 1, 2 };

  if (!need_images ())
    return;
  start_colours (f, own, 7, 4);
  find_label (f, "The target’s picture is shifted against the input’s: 7 pixels up and 4 pixels to the left.");
  find_label (f, "All of this is of the pair as it is. As long as the shift is not mended, what is left over follows from it.");
  press (f, "Shift It Back");
  find_label (f, "Input X  73×86");
  press (f, "Use the Channels");
  find_label (f, "The channels have kernels of their own: *");
  find_label (f, "Input X  73×86");
  press (f, "A Kernel Each");
  /* 16 bits of noise over some thousand pixels. */
  wait_for_optimum (f, kernels[0], 0.002);
  press (f, "Learn");
  wait_for_weights (f, kernels[0], 9, 0.005);
  /* Pauses a run that has not come to its end. */
  press (f, "Step");
  press_key ("^Edgewise", "alt+8");
  focus (f, ACCESSIBLE_ANY, "Channel learned");
  g_assert_true (xdotool ("key", "Return", "sleep", "0.5", "key", "Down", "key", "Down", "key", "Return", NULL));
  press_key ("^Edgewise", "alt+0");
  wait_for_optimum (f, kernels[2], 0.002);
  press (f, "Learn");
  wait_for_weights (f, kernels[2], 9, 0.005);
  /* Pauses a run that has not come to its end. */
  press (f, "Step");
  /* The other channel's kernel is still there. */
  press_key ("^Edgewise", "ctrl+z");
  press_key ("^Edgewise", "ctrl+z");
  wait_for_text (f, ACCESSIBLE_TABLE, "Kernel", "K[0, 0] = 0.05");
  quit (f);
}

/* Of one filter, that is said. */
static void
test_one (Fixture *f, gconstpointer data)
{
  static const int same[] = { 2, 2, 2 };

  if (!need_images ())
    return;
  start_colours (f, same, 0, 0);
  press (f, "Use the Channels");
  press_key ("^Edgewise", "alt+0");
  find_label (f, "One kernel explains all three: red, green and blue agree within their errors.");
  wait_for_optimum (f, kernels[2], 0.002);
  accessible_free (find (f, ACCESSIBLE_ANY, "Blue, R² *"));
  quit (f);
}

/* As long as the pair is not what it should be, nothing is claimed of its channels. */
static void
test_unmended (Fixture *f, gconstpointer data)
{
  static const int own[] = { 0, 1, 2 };

  if (!need_images ())
    return;
  start_colours (f, own, 7, 4);
  press (f, "Use the Channels");
  press_key ("^Edgewise", "alt+0");
  find_label (f, "As long as the shift is not mended, the channels’ kernels cannot be compared.");
  press (f, "Shift It Back");
  find_label (f, "The channels have kernels of their own: *");
  quit (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/window-channels/each", test_each);
  ADD ("/window-channels/one", test_one);
  ADD ("/window-channels/unmended", test_unmended);
#undef ADD
  return g_test_run ();
}
