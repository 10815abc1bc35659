/* EwMethod: the ways of correlating. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EwMethod:
 * @EW_METHOD_AUTO: the fastest that the device has for the sizes and the kernel (cpu-method.h)
 * @EW_METHOD_DIRECT: the sum as it stands
 * @EW_METHOD_SEPARABLE: rows, then columns, for kernels of rank one and two (separable.h)
 * @EW_METHOD_FFT: tiled Fourier transforms (fft-correlate.h)
 * @EW_METHOD_REFERENCE: the float64 reference (reference.h), never chosen by itself and no device's
 */
typedef enum
{
  EW_METHOD_AUTO,
  EW_METHOD_DIRECT,
  EW_METHOD_SEPARABLE,
  EW_METHOD_FFT,
  EW_METHOD_REFERENCE,
} EwMethod;

G_END_DECLS
