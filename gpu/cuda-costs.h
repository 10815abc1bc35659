/* EwCudaCosts: what correlations take on a device, measured once and kept, and the way that is the fastest by them. */
#pragma once

#include "gpu/cuda-plan.h"

G_BEGIN_DECLS

/* Sides of square kernels that are measured: with the size compiled in, and with any size. */
#define EW_CUDA_COSTS_LITERAL 3
#define EW_CUDA_COSTS_WIDE    4
extern const int ew_cuda_costs_sides[EW_CUDA_COSTS_WIDE];

/* Taps from which a measurement is worth its time, and sides of the output: below, the choice is clear. */
#define EW_CUDA_COSTS_TAPS 121
#define EW_CUDA_COSTS_SIDE 256

/**
 * EwCudaCosts:
 * @literal, @wide: seconds an output, for the sides of ew_cuda_costs_sides
 * @fft_start, @fft_tile: seconds a correlation by transforms, and seconds a tile of it; 0 where the library was missing
 *
 * All on the device's clock, the host's part in transforms included.
 */
typedef struct
{
  double literal[EW_CUDA_COSTS_LITERAL];
  double wide[EW_CUDA_COSTS_WIDE];
  double fft_start;
  double fft_tile;
} EwCudaCosts;

/* The costs on @device: known in this run, else read from the user's cache folder, else measured on the spot (some
 * hundredths of a second, and cuFFT is opened) and written there. Once known they stay what they are until the program
 * ends, so that the same correlation gives the same bits. FALSE where they cannot be had, and then for the rest of the
 * run, but for a cancelled measurement; never an error. For a device that was entered; on any thread. */
gboolean ew_cuda_costs_get (EwCudaDevice *device, EwCudaCosts *costs, EwCancel *cancel);

/* The same without measuring. */
gboolean ew_cuda_costs_known (EwCudaDevice *device, EwCudaCosts *costs);

/* Seconds that an output of a kernel with @n_taps takes by the kernels for any size: between the measured sizes, and
 * beyond them in proportion. */
double ew_cuda_costs_wide (const EwCudaCosts *costs, int n_taps);

/* Takes the kernels for any size where they are faster than those that @way has. Both give the same bits. */
void ew_cuda_costs_choose_way (const EwCudaCosts *costs, EwCudaWay *way);

/* Whether transforms are faster than @way for an output of height × width, @tiles of them. */
gboolean ew_cuda_costs_fft_pays (const EwCudaCosts *costs, const EwCudaWay *way, int height, int width, double tiles);

/* As text for a file, transfer full, and back: FALSE where it is not of this format and this device, or holds what no
 * cost can be. */
char *ew_cuda_costs_to_text (const EwCudaCosts *costs, const char *device);
gboolean ew_cuda_costs_from_text (const char *text, gsize length, const char *device, EwCudaCosts *costs);

/* Where costs are kept from now on; all that is known is forgotten. NULL: nowhere, and nothing is measured. */
void ew_cuda_costs_set_for_tests (gboolean replace, const char *folder);

G_END_DECLS
