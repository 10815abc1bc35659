/* The CUDA device: finding, describing, opening and closing it. */
#include "gpu/cuda-copy.h"
#include "gpu/cuda-image.h"
#include "gpu/cuda.h"

/* A multiprocessor runs at a billion cycles a second or more with 64 lanes or more; a twentieth of that is little even
 * for kernels that wait for memory. In a tenth of a second: */
#define BUDGET_OF_A_MULTIPROCESSOR (0.1 * 1e9 * 64 / 20)

static const char *const kernel_names[EW_CUDA_KERNEL_CORRELATE_LITERAL] = {
  [EW_CUDA_KERNEL_BORDER] = "ew_cuda_border",
  [EW_CUDA_KERNEL_CORRELATE_WIDE] = "ew_cuda_correlate_wide",
  [EW_CUDA_KERNEL_CORRELATE_GENERAL] = "ew_cuda_correlate_general",
  [EW_CUDA_KERNEL_EVALUATE_WIDE] = "ew_cuda_evaluate_wide",
  [EW_CUDA_KERNEL_EVALUATE_GENERAL] = "ew_cuda_evaluate_general",
  [EW_CUDA_KERNEL_REDUCE] = "ew_cuda_reduce",
  [EW_CUDA_KERNEL_STEP] = "ew_cuda_step",
  [EW_CUDA_KERNEL_DESCEND] = "ew_cuda_descend",
  [EW_CUDA_KERNEL_EXACT] = "ew_cuda_exact",
  [EW_CUDA_KERNEL_GRAM] = "ew_cuda_gram",
  [EW_CUDA_KERNEL_GRAM_EDGES] = "ew_cuda_gram_edges",
  [EW_CUDA_KERNEL_GRAM_FILL] = "ew_cuda_gram_fill",
  [EW_CUDA_KERNEL_FFT_GATHER] = "ew_cuda_fft_gather",
  [EW_CUDA_KERNEL_FFT_MULTIPLY] = "ew_cuda_fft_multiply",
  [EW_CUDA_KERNEL_FFT_SCATTER] = "ew_cuda_fft_scatter",
  [EW_CUDA_KERNEL_VIEW_ROWS] = "ew_cuda_view_rows",
  [EW_CUDA_KERNEL_VIEW_COLUMNS] = "ew_cuda_view_columns",
  [EW_CUDA_KERNEL_VIEW_SUM] = "ew_cuda_view_sum",
  [EW_CUDA_KERNEL_PEAK_COPY] = "ew_cuda_peak_copy",
  [EW_CUDA_KERNEL_PEAK_MULTIPLY] = "ew_cuda_peak_multiply",
};

static const int literal_sides[EW_CUDA_N_LITERAL] = { 1, 2, 3, 4, 5, 6, 7, 9, 11, 15 };

EwCudaKernel
ew_cuda_literal_kernel (gboolean fused, int side)
{
  int i = 0;

  while (i < EW_CUDA_N_LITERAL - 1 && literal_sides[i] < side)
    i++;
  return (EwCudaKernel)((fused ? EW_CUDA_KERNEL_EVALUATE_LITERAL : EW_CUDA_KERNEL_CORRELATE_LITERAL) + i);
}

/* Transfer full. */
static char *
name_of_kernel (int k)
{
  if (k < EW_CUDA_KERNEL_CORRELATE_LITERAL)
    return g_strdup (kernel_names[k]);
  if (k < EW_CUDA_KERNEL_EVALUATE_LITERAL)
    return g_strdup_printf ("ew_cuda_correlate_%d", literal_sides[k - EW_CUDA_KERNEL_CORRELATE_LITERAL]);
  if (k >= EW_CUDA_KERNEL_LAGS)
    return g_strdup_printf ("ew_cuda_lags_%d", k - EW_CUDA_KERNEL_LAGS + 1);
  return g_strdup_printf ("ew_cuda_evaluate_%d", literal_sides[k - EW_CUDA_KERNEL_EVALUATE_LITERAL]);
}

/* The first device and its name, transfer full; NULL on an error. */
static char *
find_device (const EwCudaDriver *driver, EwCudaOrdinal *ordinal, GError **error)
{
  char name[256] = "";
  int count = 0;
  EwCudaStatus status = driver->init (0);

  if (status == EW_CUDA_SUCCESS)
    status = driver->device_count (&count);
  if (status == EW_CUDA_SUCCESS && count < 1)
    status = EW_CUDA_NO_DEVICE;
  if (status == EW_CUDA_SUCCESS)
    status = driver->device_get (ordinal, 0);
  if (status == EW_CUDA_SUCCESS)
    status = driver->device_name (name, sizeof name - 1, *ordinal);
  if (status == EW_CUDA_SUCCESS)
    return g_utf8_make_valid (name, -1);

  g_autofree char *words = ew_cuda_driver_words (driver, status);

  g_set_error (error, EW_ERROR, EW_ERROR_DEVICE, "The NVIDIA driver finds no device: %s.", words);
  return NULL;
}

/* All that can be known without opening: the driver, the device, its name (transfer full). */
static const EwCudaDriver *
look_for_device (EwCudaOrdinal *ordinal, char **name, GError **error)
{
  const EwCudaDriver *driver = NULL;

  if (g_strcmp0 (g_getenv ("EDGEWISE_CUDA"), "off") == 0)
    g_set_error_literal (error, EW_ERROR, EW_ERROR_DEVICE, "EDGEWISE_CUDA=off keeps NVIDIA devices out of use.");
  else if (ew_cuda_image () == NULL)
    g_set_error_literal (error, EW_ERROR, EW_ERROR_DEVICE,
                         "This build has no CUDA kernels; nvcc was missing when it was built.");
  else
    driver = ew_cuda_driver (error);
  if (driver == NULL || (*name = find_device (driver, ordinal, error)) == NULL)
    return NULL;
  return driver;
}

/* What is not told is left out. */
static void
describe_device (const EwCudaDriver *driver, EwCudaOrdinal ordinal, EwDeviceInfo *info)
{
  int major = 0, minor = 0, version = 0;
  size_t memory = 0;

  if (driver->device_memory (&memory, ordinal) == EW_CUDA_SUCCESS)
    info->memory = memory;
  if (driver->device_attribute (&major, EW_CUDA_CAPABILITY_MAJOR, ordinal) == EW_CUDA_SUCCESS
      && driver->device_attribute (&minor, EW_CUDA_CAPABILITY_MINOR, ordinal) == EW_CUDA_SUCCESS)
    info->capability = g_strdup_printf ("%d.%d", major, minor);
  if (driver->driver_version (&version) == EW_CUDA_SUCCESS)
    info->driver = g_strdup_printf ("%d.%d", version / 1000, version % 1000 / 10);
}

void
ew_cuda_describe (EwDeviceInfo *info)
{
  g_autoptr (GError) error = NULL;
  const EwCudaDriver *driver;
  EwCudaOrdinal ordinal;

  *info = (EwDeviceInfo){ .id = "cuda" };
  driver = look_for_device (&ordinal, &info->name, &error);
  if (driver != NULL)
    {
      describe_device (driver, ordinal, info);
      return;
    }
  info->name = g_strdup ("NVIDIA GPU");
  info->reason = g_strdup (error->message);
}

/* A driver that is older than the toolkit that built the kernels says so in one of several ways. */
static gboolean
load_module (EwCudaDevice *device, GError **error)
{
  EwCudaStatus status = device->driver->module_load (&device->module, ew_cuda_image ());
  int version = 0;

  if (status == EW_CUDA_SUCCESS)
    return TRUE;
  device->module = NULL;
  if (status != EW_CUDA_INVALID_IMAGE && status != EW_CUDA_NO_BINARY && status != EW_CUDA_INVALID_PTX
      && status != EW_CUDA_UNSUPPORTED_PTX)
    return ew_cuda_check (device, status, "Loading the kernels", error);
  device->driver->driver_version (&version);

  g_autofree char *words = ew_cuda_driver_words (device->driver, status);

  g_set_error (error, EW_ERROR, EW_ERROR_DEVICE,
               "The device %s or its driver, which is for CUDA %d.%d, is too old for the kernels of this build (%s).",
               device->base.name, version / 1000, version % 1000 / 10, words);
  return FALSE;
}

static gboolean
find_kernels (EwCudaDevice *device, GError **error)
{
  for (int k = 0; k < EW_CUDA_N_KERNELS; k++)
    {
      g_autofree char *name = name_of_kernel (k);
      EwCudaStatus status = device->driver->module_function (&device->kernels[k], device->module, name);

      if (!ew_cuda_check (device, status, "Finding a kernel", error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
open_stream (EwCudaDevice *device, EwCudaStream *stream, GError **error)
{
  if (ew_cuda_check (device, device->driver->stream_create (stream, 0), "Opening the device’s stream", error))
    return TRUE;
  *stream = NULL;
  return FALSE;
}

/* By the tables of arithmetic throughput: half as many as in float32 on devices for computing centres, which all end in
 * 0, and 1/64 at worst on all others. */
static int
float64_slowness (int major, int minor)
{
  return minor == 0 && major >= 6 && major <= 10 ? 2 : 64;
}

/* What has been made when one of these fails is freed by close. */
static gboolean
open_context (EwCudaDevice *device, GError **error)
{
  const EwCudaDriver *driver = device->driver;
  int multiprocessors = 0, minor = 0;

  if (!ew_cuda_check (device, driver->device_attribute (&multiprocessors, EW_CUDA_MULTIPROCESSORS, device->ordinal),
                      "Asking for the device’s size", error)
      || !ew_cuda_check (
          device, driver->device_attribute (&device->capability_major, EW_CUDA_CAPABILITY_MAJOR, device->ordinal),
          "Asking for the device’s kind", error))
    return FALSE;
  device->multiprocessors = MAX (multiprocessors, 1);
  device->float64_slowness = float64_slowness (device->capability_major, minor);
  device->budget = device->multiprocessors * BUDGET_OF_A_MULTIPROCESSOR;
  if (!ew_cuda_check (device, driver->context_retain (&device->context, device->ordinal), "Opening the device", error))
    {
      device->context = NULL;
      return FALSE;
    }
  return ew_cuda_enter (device, NULL, error) && load_module (device, error) && find_kernels (device, error)
         && open_stream (device, &device->stream, error) && open_stream (device, &device->copying, error);
}

EwDevice *
ew_cuda_open (int threads, GError **error)
{
  EwCudaOrdinal ordinal;
  char *name = NULL;
  const EwCudaDriver *driver = look_for_device (&ordinal, &name, error);

  if (driver == NULL)
    return NULL;

  EwCudaDevice *device = g_new0 (EwCudaDevice, 1);

  device->base.backend = ew_cuda_backend ();
  device->base.name = name;
  device->driver = driver;
  device->ordinal = ordinal;
  if (open_context (device, error))
    return &device->base;
  ew_cuda_close (&device->base);
  return NULL;
}

void
ew_cuda_close (EwDevice *base)
{
  EwCudaDevice *device = (EwCudaDevice *)base;
  const EwCudaDriver *driver = device->driver;

  /* Statuses are not looked at: after a failure of the device every call fails, and what it held goes with the
   * context. */
  if (device->context != NULL)
    driver->context_set_current (device->context);
  ew_cuda_close_staging (device);
  if (device->copying != NULL)
    driver->stream_destroy (device->copying);
  if (device->stream != NULL)
    driver->stream_destroy (device->stream);
  if (device->module != NULL)
    driver->module_unload (device->module);
  if (device->context != NULL)
    {
      driver->context_set_current (NULL);
      driver->context_release (device->ordinal);
    }
  g_free (device->base.name);
  g_free (device);
}
