/* EwKernel: making, copying and comparing kernels. */
#include "engine/kernel.h"

#include "engine/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

EwKernel *
ew_kernel_new (int height, int width, GError **error)
{
  if (height < 1 || width < 1 || height > EW_KERNEL_SIDE_MAX || width > EW_KERNEL_SIDE_MAX)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "A kernel of %d×%d is not possible; each side is 1 to %d.",
                   height, width, EW_KERNEL_SIDE_MAX);
      return NULL;
    }

  EwKernel *kernel = g_malloc0 (sizeof *kernel + (size_t)height * width * sizeof (double));

  ew_refs_init (&kernel->refs);
  kernel->height = height;
  kernel->width = width;
  return kernel;
}

EwKernel *
ew_kernel_new_from_taps (int height, int width, const double *taps, double bias, GError **error)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new (height, width, error);

  if (kernel == NULL)
    return NULL;
  for (int k = 0; k < height * width; k++)
    if (!isfinite (taps[k]))
      {
        g_set_error (error, EW_ERROR, EW_ERROR_DATA,
                     "The weight in row %d, column %d is not a finite number; every weight must be.", k / width + 1,
                     k % width + 1);
        return NULL;
      }
  if (!isfinite (bias))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA, "The bias is not a finite number; it must be.");
      return NULL;
    }
  memcpy (kernel->taps, taps, (size_t)height * width * sizeof (double));
  kernel->bias = bias;
  return g_steal_pointer (&kernel);
}

EwKernel *
ew_kernel_new_initial (int height, int width, EwInit init, guint64 seed, GError **error)
{
  EwKernel *kernel = ew_kernel_new (height, width, error);
  EwRandom random = seed;

  if (kernel == NULL || init == EW_INIT_ZEROS)
    return kernel;

  double bound = 1 / sqrt (height * width);

  for (int k = 0; k < height * width; k++)
    {
      double u = ew_random_uniform (&random);

      kernel->taps[k] = init == EW_INIT_PYTORCH ? bound * (2 * u - 1) : u;
    }
  return kernel;
}

EwKernel *
ew_kernel_new_embedded (const EwKernel *kernel, int height, int width, GError **error)
{
  if (kernel->height > height || kernel->width > width)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "A kernel of %d×%d does not fit into one of %d×%d.",
                   kernel->height, kernel->width, height, width);
      return NULL;
    }

  EwKernel *larger = ew_kernel_new (height, width, error);
  int top = (height - kernel->height) / 2;
  int left = (width - kernel->width) / 2;

  if (larger == NULL)
    return NULL;
  for (int a = 0; a < kernel->height; a++)
    memcpy (larger->taps + (size_t)(top + a) * width + left, kernel->taps + (size_t)a * kernel->width,
            kernel->width * sizeof (double));
  larger->bias = kernel->bias;
  return larger;
}

EwKernel *
ew_kernel_copy (const EwKernel *kernel)
{
  size_t bytes = sizeof *kernel + (size_t)ew_kernel_n_taps (kernel) * sizeof (double);
  EwKernel *copy = g_memdup2 (kernel, bytes);

  ew_refs_init (&copy->refs);
  return copy;
}

EwKernel *
ew_kernel_ref (EwKernel *kernel)
{
  ew_refs_acquire (&kernel->refs);
  return kernel;
}

void
ew_kernel_unref (EwKernel *kernel)
{
  if (kernel != NULL && ew_refs_release (&kernel->refs))
    g_free (kernel);
}

gboolean
ew_kernel_equal (const EwKernel *a, const EwKernel *b)
{
  return a->height == b->height && a->width == b->width && memcmp (&a->bias, &b->bias, sizeof a->bias) == 0
         && memcmp (a->taps, b->taps, (size_t)ew_kernel_n_taps (a) * sizeof (double)) == 0;
}
