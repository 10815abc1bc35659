/* edgewise-cli corr2d: a kernel applied to an image. */
#include "app/cli/cli.h"
#include "app/cli/geometry-options.h"
#include "app/files/write.h"
#include "engine/memory.h"
#include "engine/reference.h"

#include <stdio.h>

typedef struct
{
  const char *operands[2];
  const char *output;
  EwGeometryOptions geometry;
  EwMethod method;
  const char *device;
  gint64 threads;
  double bias;
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
check_output (const char *output, GError **error)
{
  if (ew_grid_check_name (output, error))
    return TRUE;
  g_prefix_error (error, "%s: ", output);
  return FALSE;
}

static gboolean
parse (char *const *arguments, Options *o, GError **error)
{
  const char *method = NULL;
  const EwArgument table[] = {
    { .name = "o", .kind = EW_ARGUMENT_TEXT, .value = &o->output },
    EW_GEOMETRY_ARGUMENTS (&o->geometry),
    { .name = "bias", .kind = EW_ARGUMENT_NUMBER, .value = &o->bias },
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
         && check_output (o->output, error);
}

/* Convolution is correlation with the kernel turned by 180°. */
static EwKernel *
kernel_to_apply (const Options *o, GError **error)
{
  g_autoptr (EwKernel) kernel = ew_cli_read_kernel (o->operands[1], error);
  EwKernel *applied = kernel == NULL ? NULL : ew_kernel_copy (kernel);
  int n = kernel == NULL ? 0 : ew_kernel_n_taps (kernel);

  for (int k = 0; o->convolve && k < n; k++)
    applied->taps[k] = kernel->taps[n - 1 - k];
  if (applied != NULL)
    applied->bias = o->bias;
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
apply (const Options *o, const EwGrid *x, const EwKernel *kernel, GError **error)
{
  g_autoptr (EwDevices) devices = ew_cli_devices_new (o->device, o->threads, error);
  g_autoptr (EwGrid) y = NULL;
  EwGeometry geometry;
  int height, width;
  gboolean ok;

  if (devices == NULL || !ew_geometry_options_apply (&o->geometry, kernel->height, kernel->width, &geometry, error)
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

gboolean
ew_cli_corr2d (char *const *arguments, GError **error)
{
  Options o = { .geometry = EW_GEOMETRY_OPTIONS_INIT };
  g_autoptr (EwGrid) x = NULL;
  g_autoptr (EwGrid) y = NULL;
  g_autoptr (EwKernel) kernel = NULL;
  gint64 n_clipped = 0;

  if (!parse (arguments, &o, error) || (kernel = kernel_to_apply (&o, error)) == NULL
      || (x = ew_cli_read_grid (o.operands[0], error)) == NULL || (y = apply (&o, x, kernel, error)) == NULL)
    return FALSE;
  if (!ew_grid_write (o.output, y, &n_clipped, error))
    {
      g_prefix_error (error, "%s: ", o.output);
      return FALSE;
    }
  if (n_clipped > 0)
    {
      g_autofree char *line = g_strdup_printf ("%s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                                               " values were outside [0, 1] and were clipped.",
                                               o.output, n_clipped, (gint64)y->height * y->width);

      ew_cli_say (line);
    }
  return TRUE;
}
