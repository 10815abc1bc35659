/* EwKernel: the taps of a correlation kernel and its bias, in float64. */
#pragma once

#include "engine/error.h"
#include "engine/refs.h"

G_BEGIN_DECLS

/* The largest kernel side. */
#define EW_KERNEL_SIDE_MAX 63

/* The most parameters a kernel can have: all taps and a bias. */
#define EW_KERNEL_PARAMS_MAX (EW_KERNEL_SIDE_MAX * EW_KERNEL_SIDE_MAX + 1)

/**
 * EwKernel:
 * @height: rows, 1 … 63
 * @width: columns, 1 … 63
 * @bias: added to every output; 0 for a kernel without bias
 * @taps: height × width weights, row by row; tap (a, c) is taps[a * width + c]
 *
 * Applied as cross-correlation: it is not flipped. Like a grid it is filled by its maker and immutable once shared.
 */
typedef struct
{
  EwRefs refs;
  int height;
  int width;
  double bias;
  double taps[];
} EwKernel;

/**
 * EwInit:
 * @EW_INIT_UNIFORM: every tap uniform in [0, 1)
 * @EW_INIT_PYTORCH: every tap uniform in [−1/√taps, 1/√taps), PyTorch's default for a convolution of one channel
 * @EW_INIT_ZEROS: every tap 0
 *
 * How the start values are drawn. The bias always starts at 0.
 */
typedef enum
{
  EW_INIT_UNIFORM,
  EW_INIT_PYTORCH,
  EW_INIT_ZEROS,
} EwInit;

/* A kernel of zeros, transfer full. Fails with EW_ERROR_GEOMETRY where a side is outside 1 … EW_KERNEL_SIDE_MAX. */
EwKernel *ew_kernel_new (int height, int width, GError **error);

/* A kernel that copies height × width taps given row by row. Errors as ew_kernel_new, and EW_ERROR_DATA where a tap is
 * not finite. */
EwKernel *ew_kernel_new_from_taps (int height, int width, const double *taps, double bias, GError **error);

/* A kernel with start values drawn by SplitMix64 from @seed, row by row (see random.h). Errors as ew_kernel_new. */
EwKernel *ew_kernel_new_initial (int height, int width, EwInit init, guint64 seed, GError **error);

/* A kernel of the given size with @kernel in its middle and zeros around it: its row r goes to row
 * ⌊(height − kernel->height)/2⌋ + r, columns alike. Fails with EW_ERROR_GEOMETRY where @kernel does not fit. */
EwKernel *ew_kernel_new_embedded (const EwKernel *kernel, int height, int width, GError **error);

/* A copy that its maker may still change, transfer full. */
EwKernel *ew_kernel_copy (const EwKernel *kernel);

EwKernel *ew_kernel_ref (EwKernel *kernel);
void ew_kernel_unref (EwKernel *kernel);

static inline int
ew_kernel_n_taps (const EwKernel *kernel)
{
  return kernel->height * kernel->width;
}

/* TRUE where both have the same size, taps and bias, bit for bit. */
gboolean ew_kernel_equal (const EwKernel *a, const EwKernel *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwKernel, ew_kernel_unref)

G_END_DECLS
