/* The named kernel that a kernel is most like. */
#pragma once

#include "engine/preset.h"

G_BEGIN_DECLS

/**
 * EwLikeness:
 * @preset: the nearest one; NULL where the kernel is all zeros
 * @values: its parameters
 * @similarity: ΣKP / √(ΣK² ΣP²) in [−1, 1]; negative where the kernel is like −P
 */
typedef struct
{
  const EwPreset *preset;
  double values[EW_PRESET_PARAMETERS_MAX];
  double similarity;
} EwLikeness;

/* The preset with the largest |similarity| at the kernel's size. Presets with a size take the largest odd one that
 * fits, smaller ones lie in the middle with zeros around; only where that middle is the kernel's (sides of the same
 * parity). The other parameters are tried at some steps. Where two are equal, the first in the table. */
void ew_likeness_find (EwLikeness *likeness, const EwKernel *kernel);

G_END_DECLS
