/* The golden case's numbers. Small grids and kernels cannot fail to be made but for want of memory. */
#include "app/golden.h"

EwGrid *
ew_golden_example_input (void)
{
  static const float values[9] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };

  return ew_grid_new_from_values (3, 3, values, NULL);
}

EwKernel *
ew_golden_example_kernel (void)
{
  static const double taps[4] = { 0, 1, 2, 3 };

  return ew_kernel_new_from_taps (2, 2, taps, 0, NULL);
}

EwGrid *
ew_golden_edge_image (void)
{
  float values[6 * 8];

  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 8; j++)
      values[i * 8 + j] = j >= 2 && j <= 5 ? 0 : 1;
  return ew_grid_new_from_values (6, 8, values, NULL);
}

EwKernel *
ew_golden_edge_kernel (void)
{
  static const double taps[2] = { 1, -1 };

  return ew_kernel_new_from_taps (1, 2, taps, 0, NULL);
}

EwKernel *
ew_golden_start (void)
{
  static const double taps[2] = { -0.6200043670977488, -0.43425278736697215 };

  return ew_kernel_new_from_taps (1, 2, taps, 0, NULL);
}
