/* Kernels turned, flipped, normalised and resized. */
#include "engine/kernel-edit.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const char *const ids[EW_N_EDITS]
    = { "rotate-left", "rotate-right", "flip-sideways", "flip-upright", "transpose",
        "negate",      "sum-one",      "sum-zero",      "unit-norm" };

const char *
ew_kernel_edit_id (EwKernelEdit edit)
{
  return ids[edit];
}

EwKernelEdit
ew_kernel_edit_find (const char *id)
{
  int edit = 0;

  while (edit < EW_N_EDITS && strcmp (ids[edit], id) != 0)
    edit++;
  return (EwKernelEdit)edit;
}

/* The tap of @kernel that comes to row a, column c. */
static double
moved_tap (const EwKernel *kernel, EwKernelEdit edit, int a, int c)
{
  int height = kernel->height;
  int width = kernel->width;

  switch (edit)
    {
    case EW_EDIT_ROTATE_LEFT:
      return kernel->taps[c * width + width - 1 - a];
    case EW_EDIT_ROTATE_RIGHT:
      return kernel->taps[(height - 1 - c) * width + a];
    case EW_EDIT_FLIP_SIDEWAYS:
      return kernel->taps[a * width + width - 1 - c];
    case EW_EDIT_FLIP_UPRIGHT:
      return kernel->taps[(height - 1 - a) * width + c];
    case EW_EDIT_TRANSPOSE:
      return kernel->taps[c * width + a];
    default:
      return kernel->taps[a * width + c];
    }
}

static EwKernel *
move_taps (const EwKernel *kernel, EwKernelEdit edit)
{
  gboolean turns = edit == EW_EDIT_ROTATE_LEFT || edit == EW_EDIT_ROTATE_RIGHT || edit == EW_EDIT_TRANSPOSE;
  EwKernel *moved
      = ew_kernel_new (turns ? kernel->width : kernel->height, turns ? kernel->height : kernel->width, NULL);

  moved->bias = kernel->bias;
  for (int k = 0; k < ew_kernel_n_taps (moved); k++)
    moved->taps[k] = moved_tap (kernel, edit, k / moved->width, k % moved->width);
  return moved;
}

static double
largest_of (const EwKernel *kernel)
{
  double largest = 0;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    largest = fmax (largest, fabs (kernel->taps[k]));
  return largest;
}

/* Σ taps/largest, with what rounding could make of a sum of 0. */
static double
scaled_sum (const EwKernel *kernel, double largest, double *doubt)
{
  double sum = 0;
  double magnitude = 0;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      sum += kernel->taps[k] / largest;
      magnitude += fabs (kernel->taps[k] / largest);
    }
  *doubt = ew_kernel_n_taps (kernel) * DBL_EPSILON * magnitude;
  return sum;
}

static gboolean
refuse_zeros (double largest, const char *wish, GError **error)
{
  if (largest > 0)
    return FALSE;
  g_set_error (error, EW_ERROR, EW_ERROR_DATA, "All weights are 0, so they cannot be scaled to %s; change one first.",
               wish);
  return TRUE;
}

/* In units of the largest weight, so that no sum or square overflows or vanishes. */
static gboolean
normalise (EwKernel *kernel, EwKernelEdit edit, GError **error)
{
  double largest = largest_of (kernel);
  double doubt;
  double divisor;

  if (edit == EW_EDIT_SUM_ZERO && largest == 0)
    return TRUE;
  if (refuse_zeros (largest, edit == EW_EDIT_SUM_ONE ? "the sum 1" : "the norm 1", error))
    return FALSE;
  divisor = scaled_sum (kernel, largest, &doubt);
  if (edit == EW_EDIT_SUM_ONE && fabs (divisor) <= doubt)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                           "The weights sum to 0, so they cannot be scaled to the sum 1; change one first.");
      return FALSE;
    }
  if (edit == EW_EDIT_UNIT_NORM)
    {
      divisor = 0;
      for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
        divisor += pow (kernel->taps[k] / largest, 2);
      divisor = sqrt (divisor);
    }
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    if (edit == EW_EDIT_SUM_ZERO)
      kernel->taps[k] -= divisor / ew_kernel_n_taps (kernel) * largest;
    else
      kernel->taps[k] = kernel->taps[k] / largest / divisor;
  return TRUE;
}

EwKernel *
ew_kernel_edited (const EwKernel *kernel, EwKernelEdit edit, GError **error)
{
  g_autoptr (EwKernel) edited = move_taps (kernel, edit);

  switch (edit)
    {
    case EW_EDIT_NEGATE:
      /* 0 − x, and no −0. */
      for (int k = 0; k < ew_kernel_n_taps (edited); k++)
        edited->taps[k] = 0 - edited->taps[k];
      edited->bias = 0 - edited->bias;
      break;
    case EW_EDIT_SUM_ONE:
    case EW_EDIT_SUM_ZERO:
    case EW_EDIT_UNIT_NORM:
      if (!normalise (edited, edit, error))
        return NULL;
      break;
    default:
      break;
    }
  return g_steal_pointer (&edited);
}

EwKernel *
ew_kernel_resized (const EwKernel *kernel, int height, int width, GError **error)
{
  EwKernel *resized = ew_kernel_new (height, width, error);

  if (resized == NULL)
    return NULL;

  /* Rows and columns of @kernel before the first one kept; negative: zeros before it. Rounded towards 0. */
  int top = (kernel->height - height) / 2;
  int left = (kernel->width - width) / 2;

  resized->bias = kernel->bias;
  for (int a = MAX (0, -top); a < height && a + top < kernel->height; a++)
    for (int c = MAX (0, -left); c < width && c + left < kernel->width; c++)
      resized->taps[a * width + c] = kernel->taps[(a + top) * kernel->width + c + left];
  return resized;
}
