/* edgewise-cli corr2d: a kernel applied to an image, or one to each of its channels. */
#include "app/cli/channels.h"
#include "app/cli/cli.h"
#include "app/cli/geometry-options.h"
#include "app/files/write.h"
#include "engine/memory.h"
#include "engine/reference.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const char *operands[2];
  const char *output;
  EwGeometryOptions geometry;
  EwMethod method;
  const char *device;
  gint64 threads;
  EwChannels channels;
  double bias[EW_N_CHANNELS];
  gboolean convolve;
} Options;

static gboolean
parse_method (const char *text, EwMethod *method, GError **error)
{
  static const char *const words[] = { "auto", "direct", "separable", "fft", "reference", NULL };
  static const EwMethod methods[]
      = { EW_METHOD_AUTO, EW_METHOD_DIRECT, EW_METHOD_SEPARABLE, EW_METHOD_FFT, EW_METHOD_REFERENCE };
  int word = text == NULL ? 0 : ew_arguments_parse_word ("method", text, words, error);

  *method = methods[MAX (word, 0)];
  return word >= 0;
}

/* A name that cannot be written is refused before the work, not after it. */
static gboolean
check_output (const Options *o, GError **error)
{
  if (ew_planes_check_name (o->output, o->channels == EW_CHANNELS_LUMINANCE ? 1 : EW_N_CHANNELS, error))
    return TRUE;
  g_prefix_error (error, "%s: ", o->output);
  return FALSE;
}

/* One number for all, or with a kernel for each channel three with commas between. */
static gboolean
parse_bias (const char *text, Options *o, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text == NULL ? "0" : text, ",", 0);
  guint n = g_strv_length (parts);
  gboolean good = n == 1 || (n == EW_N_CHANNELS && o->channels == EW_CHANNELS_EACH);

  for (int k = 0; good && k < EW_N_CHANNELS; k++)
    {
      const char *part = parts[n == 1 ? 0 : k];
      char *end = NULL;

      o->bias[k] = g_ascii_strtod (part, &end);
      good = end != part && *end == '\0' && isfinite (o->bias[k]);
    }
  if (!good)
    g_set_error (error, EW_ERROR, EW_ERROR_USAGE,
                 "--bias %s: a finite number is needed, like 0.5; with --channels each it may be three, with commas.", text);
  return good;
}

static gboolean
parse (char *const *arguments, Options *o, GError **error)
{
  const char *method = NULL, *channels = NULL, *bias = NULL;
  const EwArgument table[] = {
    { .name = "o", .kind = EW_ARGUMENT_TEXT, .value = &o->output },
    EW_GEOMETRY_ARGUMENTS (&o->geometry),
    { .name = "bias", .kind = EW_ARGUMENT_TEXT, .value = &bias },
    { .name = "channels", .kind = EW_ARGUMENT_TEXT, .value = &channels },
    { .name = "convolve", .kind = EW_ARGUMENT_FLAG, .value = &o->convolve },
    { .name = "method", .kind = EW_ARGUMENT_TEXT, .value = &method },
    { .name = "device", .kind = EW_ARGUMENT_TEXT, .value = &o->device },
    { .name = "threads", .kind = EW_ARGUMENT_WHOLE, .value = &o->threads, .low = 1, .high = 1024 },
  };
  int n;

  if (!ew_arguments_parse (arguments, table, G_N_ELEMENTS (table), o->operands, 2, &n, error))
    return FALSE;
  if (n < 2 || o->output == NULL)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE, "corr2d needs INPUT, KERNEL and -o OUTPUT.");
      return FALSE;
    }
  return ew_geometry_options_check (&o->geometry, error) && parse_method (method, &o->method, error)
         && ew_channels_parse (channels, &o->channels, error) && parse_bias (bias, o, error)
         && check_output (o, error);
}

/* The kernel's name, or that of a channel's own; a preset is everyone's. */
static char *
kernel_name (const Options *o, int channel)
{
  const char *name = o->operands[1];

  return o->channels != EW_CHANNELS_EACH || g_str_has_prefix (name, "preset:") ? g_strdup (name)
                                                                               : ew_channels_path (name, channel);
}

/* Convolution is correlation with the kernel turned by 180°. */
static EwKernel *
kernel_to_apply (const Options *o, int channel, GError **error)
{
  g_autofree char *name = kernel_name (o, channel);
  g_autoptr (EwKernel) kernel = ew_cli_read_kernel (name, error);
  EwKernel *applied = kernel == NULL ? NULL : ew_kernel_copy (kernel);
  int n = kernel == NULL ? 0 : ew_kernel_n_taps (kernel);

  for (int k = 0; o->convolve && k < n; k++)
    applied->taps[k] = kernel->taps[n - 1 - k];
  if (applied != NULL)
    applied->bias = o->bias[channel];
  return applied;
}

static gboolean
reference (const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, EwGrid *y, GError **error)
{
  size_t n = (size_t)y->height * (size_t)y->width;
  g_autofree double *values = ew_memory_allows (n * sizeof (double)) ? g_try_new (double, n) : NULL;

  if (values == NULL)
    {
      ew_memory_set_error (error, (double)n * sizeof (double), "There is not enough memory for %d×%d sums in float64",
                           y->height, y->width);
      return FALSE;
    }
  if (!ew_reference_correlate (x, kernel, geometry, values, error))
    return FALSE;
  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      ew_grid_row (y, i)[j] = (float)values[(size_t)i * y->width + j];
  return TRUE;
}

static EwGrid *
apply (const Options *o, EwDevices *devices, const EwGrid *x, const EwKernel *kernel, GError **error)
{
  g_autoptr (EwGrid) y = NULL;
  EwGeometry geometry;
  int height, width;
  gboolean ok;

  if (!ew_geometry_options_apply (&o->geometry, kernel->height, kernel->width, &geometry, error)
      || !ew_geometry_output_size (&geometry, x->height, x->width, &height, &width, error))
    return NULL;
  y = ew_grid_new (height, width, error);
  if (y == NULL)
    return NULL;
  if (o->method == EW_METHOD_REFERENCE)
    ok = reference (x, kernel, &geometry, y, error);
  else
    ok = ew_devices_correlate (devices, x, kernel, &geometry, o->method, y, &ew_cli_interrupted, error);
  return ok ? g_steal_pointer (&y) : NULL;
}

/* The planes of INPUT, one after the other, with what is laid over each. */
static gboolean
apply_all (const Options *o, const EwPicture *picture, EwGrid **results, GError **error)
{
  g_autoptr (EwDevices) devices = ew_cli_devices_new (o->device, o->threads, error);
  g_autoptr (EwKernel) kernel = NULL;

  if (devices == NULL)
    return FALSE;
  for (int k = 0; k < picture->n_planes; k++)
    {
      if (kernel == NULL || o->channels == EW_CHANNELS_EACH)
        {
          g_clear_pointer (&kernel, ew_kernel_unref);
          if ((kernel = kernel_to_apply (o, k, error)) == NULL)
            return FALSE;
        }
      if ((results[k] = apply (o, devices, picture->planes[k], kernel, error)) == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_results (const Options *o, EwGrid *const *results, int n, GError **error)
{
  gint64 n_clipped = 0;
  g_autofree char *line = NULL;

  if (!ew_planes_write (o->output, results, n, &n_clipped, error))
    {
      g_prefix_error (error, "%s: ", o->output);
      return FALSE;
    }
  line = g_strdup_printf ("%s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                          " values were outside [0, 1] and were clipped.",
                          o->output, n_clipped, (gint64)n * results[0]->height * results[0]->width);
  if (n_clipped > 0)
    ew_cli_say (line);
  return TRUE;
}

/* A picture with the channels that are asked for. */
static EwPicture *
read_input (const Options *o, GError **error)
{
  EwColour colour = o->channels == EW_CHANNELS_LUMINANCE ? EW_COLOUR_LUMINANCE : EW_COLOUR_CHANNELS;
  g_autoptr (EwPicture) picture = ew_cli_read_picture (o->operands[0], colour, error);

  if (picture == NULL || o->channels != EW_CHANNELS_EACH || picture->n_planes == EW_N_CHANNELS)
    return g_steal_pointer (&picture);
  g_set_error (error, EW_ERROR, EW_ERROR_DATA, "%s: There are no colours here for a kernel each; one kernel would do.",
               o->operands[0]);
  return NULL;
}

gboolean
ew_cli_corr2d (char *const *arguments, GError **error)
{
  Options o = { .geometry = EW_GEOMETRY_OPTIONS_INIT };
  EwGrid *results[EW_N_CHANNELS] = { NULL };
  g_autoptr (EwKernel) kernel = NULL;
  g_autoptr (EwPicture) picture = NULL;
  gboolean done;

  /* A kernel that is not there is seen before a large image is read. */
  if (!parse (arguments, &o, error) || (kernel = kernel_to_apply (&o, 0, error)) == NULL
      || (picture = read_input (&o, error)) == NULL)
    return FALSE;
  done = apply_all (&o, picture, results, error) && write_results (&o, results, picture->n_planes, error);
  for (int k = 0; k < EW_N_CHANNELS; k++)
    g_clear_pointer (&results[k], ew_grid_unref);
  return done;
}
