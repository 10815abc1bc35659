/* The table of named kernels. All are cross-correlation kernels, written as they are applied. */
#include "engine/preset.h"

#include <string.h>

#define N(...) ((const double[]){ __VA_ARGS__ })

/* Binomial weights 1 4 6 4 1, over 256: the usual small Gaussian. */
#define B(w) (w) / 256.0

static const EwPreset presets[] = {
  { "identity", "Identity", 1, 1, N (1) },
  { "edge", "Edge [1 −1]", 1, 2, N (1, -1) },
  { "sobel-x", "Sobel x", 3, 3, N (-1, 0, 1, -2, 0, 2, -1, 0, 1) },
  { "sobel-y", "Sobel y", 3, 3, N (-1, -2, -1, 0, 0, 0, 1, 2, 1) },
  { "laplacian", "Laplacian", 3, 3, N (0, 1, 0, 1, -4, 1, 0, 1, 0) },
  { "sharpen", "Sharpen", 3, 3, N (0, -1, 0, -1, 5, -1, 0, -1, 0) },
  { "box", "Box blur", 3, 3, N (1 / 9.0, 1 / 9.0, 1 / 9.0, 1 / 9.0, 1 / 9.0, 1 / 9.0, 1 / 9.0, 1 / 9.0, 1 / 9.0) },
  { "gaussian", "Gaussian blur", 5, 5,
    N (B (1), B (4), B (6), B (4), B (1), B (4), B (16), B (24), B (16), B (4), B (6), B (24), B (36), B (24), B (6),
       B (4), B (16), B (24), B (16), B (4), B (1), B (4), B (6), B (4), B (1)) },
  { "emboss", "Emboss", 3, 3, N (-2, -1, 0, -1, 1, 1, 0, 1, 2) },
};

const EwPreset *
ew_presets (guint *n)
{
  *n = G_N_ELEMENTS (presets);
  return presets;
}

const EwPreset *
ew_preset_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    if (strcmp (presets[i].id, id) == 0)
      return &presets[i];
  return NULL;
}

EwKernel *
ew_preset_kernel (const char *id, GError **error)
{
  const EwPreset *preset = ew_preset_find (id);

  if (preset != NULL)
    return ew_kernel_new_from_taps (preset->height, preset->width, preset->taps, 0, error);

  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    g_string_append_printf (names, "%s%s", i == 0 ? "" : ", ", presets[i].id);
  g_set_error (error, EW_ERROR, EW_ERROR_DATA, "There is no preset “%s”; there are: %s.", id, names->str);
  return NULL;
}
