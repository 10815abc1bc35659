/* Tiles to spectra, times the kernel's, and back. */
#include "gpu/cuda-fft.h"

#include "gpu/cufft.h"

#include <math.h>

/* Along one side of a tile: four times the largest kernel. */
#define SIDE 256

/* Tiles under way at a time, half a megabyte each. */
#define BATCH 64

/* From this side of a kernel on where nothing was measured: it follows from counting bytes and multiply-adds. */
#define CROSSOVER 25

/* One correlation under way. A tile's spectrum has SIDE · (SIDE / 2 + 1) pairs. */
typedef struct
{
  EwCudaDevice *device;
  const EwCufft *cufft;
  EwCufftHandle forward;
  EwCufftHandle one; /* forward, for the kernel alone */
  EwCufftHandle back;
  int n_plans;
  EwCudaMemory memory;
  EwCudaFft fft;
  float *tiles;
  float *spectra;
  float *kernel_tile;
  float *kernel_spectrum;
  float *values; /* the kernel's tile, on its way to the device */
} Fft;

#define SPECTRUM (SIDE * (SIDE / 2 + 1))

gboolean
ew_cuda_fft_may_pay (int kernel_height, int kernel_width, int y_height, int y_width)
{
  return kernel_height * kernel_width >= CROSSOVER * CROSSOVER && MIN (y_height, y_width) >= SIDE;
}

int
ew_cuda_fft_outputs (int side)
{
  return SIDE - side + 1;
}

double
ew_cuda_fft_tiles (int kernel_height, int kernel_width, int y_height, int y_width)
{
  return ceil ((double)y_height / ew_cuda_fft_outputs (kernel_height))
         * ceil ((double)y_width / ew_cuda_fft_outputs (kernel_width));
}

gboolean
ew_cuda_fft_can (const EwGeometry *geometry, const EwGrid *x, const EwKernel *kernel, double *mean)
{
  double sum = 0;

  if (geometry->stride != 1 || geometry->dilation != 1 || kernel->height < 2 || kernel->width < 2 || ew_cufft () == NULL
      || !ew_grid_is_finite (x, NULL, NULL))
    return FALSE;
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    if (!isfinite (kernel->taps[k]))
      return FALSE;
  for (int i = 0; i < x->height; i++)
    for (int j = 0; j < x->width; j++)
      sum += (double)ew_grid_row (x, i)[j];
  *mean = sum / ((double)x->height * x->width);
  return TRUE;
}

/* Plans in the order forward, one, back; n_plans of them are there. */
static gboolean
make_plans (Fft *f, int batch)
{
  EwCufftHandle *const plans[] = { &f->forward, &f->one, &f->back };
  int n[] = { SIDE, SIDE };

  for (; f->n_plans < 3; f->n_plans++)
    {
      int type = plans[f->n_plans] == &f->back ? EW_CUFFT_TO_REAL : EW_CUFFT_TO_COMPLEX;

      if (f->cufft->plan_many (plans[f->n_plans], 2, n, NULL, 1, 0, NULL, 1, 0, type, f->n_plans == 1 ? 1 : batch) != 0)
        return FALSE;
      if (f->cufft->set_stream (*plans[f->n_plans], f->device->stream) != 0)
        {
          f->n_plans++;
          return FALSE;
        }
    }
  return TRUE;
}

static void
clear (Fft *f)
{
  const EwCufftHandle plans[] = { f->forward, f->one, f->back };

  for (int p = 0; p < f->n_plans; p++)
    f->cufft->destroy (plans[p]);
  ew_cuda_memory_clear (&f->memory, f->device);
  g_free (f->values);
}

/* The kernel's spectrum. */
static gboolean
transform_kernel (Fft *f, const EwKernel *kernel, gboolean *library, GError **error)
{
  f->values = g_new0 (float, SIDE *SIDE);
  for (int a = 0; a < kernel->height; a++)
    for (int c = 0; c < kernel->width; c++)
      f->values[a * SIDE + c] = (float)kernel->taps[a * kernel->width + c];
  if (!ew_cuda_upload (f->device, f->kernel_tile, f->values, SIDE * SIDE * sizeof (float), error))
    return FALSE;
  *library = f->cufft->to_complex (f->one, f->kernel_tile, f->kernel_spectrum) == 0;
  return *library;
}

static gboolean
run_batch (Fft *f, EwCudaPlane x, EwCudaPlane y, long long first, int n, float mean, float offset, gboolean *library,
           GError **error)
{
  EwCudaFft fft = f->fft;
  long long spectrum = SPECTRUM;
  float scale = 1.0f / (SIDE * SIDE);
  void *gather[] = { &x, &fft, &first, &n, &mean, &f->tiles };
  void *multiply[] = { &f->spectra, &f->kernel_spectrum, &spectrum, &n, &scale };
  void *scatter[] = { &y, &fft, &first, &n, &offset, &f->tiles };

  if (!ew_cuda_launch (f->device, EW_CUDA_KERNEL_FFT_GATHER, n * SIDE, 0, gather, error))
    return FALSE;
  *library = f->cufft->to_complex (f->forward, f->tiles, f->spectra) == 0;
  if (!*library
      || !ew_cuda_launch (f->device, EW_CUDA_KERNEL_FFT_MULTIPLY, (n * SPECTRUM + 255) / 256, 0, multiply, error))
    return FALSE;
  *library = f->cufft->to_real (f->back, f->spectra, f->tiles) == 0;
  return *library
         && ew_cuda_launch (f->device, EW_CUDA_KERNEL_FFT_SCATTER, (long long)n * fft.height, 0, scatter, error);
}

static gboolean
run (Fft *f, EwCudaPlane x, EwCudaPlane y, const EwKernel *kernel, double mean, EwCancel *cancel, GError **error)
{
  long long tiles = f->fft.across * (((long long)y.height + f->fft.height - 1) / f->fft.height);
  int batch = (int)MIN (tiles, BATCH);
  double offset = kernel->bias;
  gboolean library = TRUE;
  size_t budget;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    offset += mean * (double)(float)kernel->taps[k];
  ew_cuda_memory_add (&f->memory, &f->tiles, (size_t)batch * SIDE * SIDE, sizeof (float));
  ew_cuda_memory_add (&f->memory, &f->spectra, (size_t)batch * SPECTRUM, 2 * sizeof (float));
  ew_cuda_memory_add (&f->memory, &f->kernel_tile, SIDE * SIDE, sizeof (float));
  ew_cuda_memory_add (&f->memory, &f->kernel_spectrum, SPECTRUM, 2 * sizeof (float));
  /* There is a way without. */
  budget = ew_cuda_memory_budget (f->device, error);
  if (budget == 0 || ew_cuda_memory_needed (&f->memory) > budget)
    return FALSE;
  if (!ew_cuda_memory_allocate (&f->memory, f->device, error) || !make_plans (f, batch)
      || !transform_kernel (f, kernel, &library, error))
    return FALSE;
  for (long long first = 0; first < tiles; first += batch)
    if (!run_batch (f, x, y, first, (int)MIN (batch, tiles - first), (float)mean, (float)offset, &library, error)
        || !ew_cuda_wait (f->device, cancel, error))
      return FALSE;
  return TRUE;
}

gboolean
ew_cuda_fft_correlate (EwCudaDevice *device, EwCudaPlane x, EwCudaPlane y, const EwKernel *kernel, double mean,
                       EwCancel *cancel, GError **error)
{
  Fft f = { .device = device, .cufft = ew_cufft () };
  gboolean ok;

  f.fft.side = SIDE;
  f.fft.height = ew_cuda_fft_outputs (kernel->height);
  f.fft.width = ew_cuda_fft_outputs (kernel->width);
  f.fft.across = (y.width + f.fft.width - 1) / f.fft.width;
  ok = run (&f, x, y, kernel, mean, cancel, error);
  if (!ok)
    ew_cuda_drain (device);
  clear (&f);
  return ok;
}
