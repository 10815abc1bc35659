/* The table of named kernels. All are cross-correlation kernels, written as they are applied; y grows downwards in the
 * names of those with fixed weights, as in Sobel y. */
#include "engine/preset.h"

#include "engine/preset-make.h"

#include <string.h>

#define N(...)                                                                                                         \
  (const double[])                                                                                                     \
  {                                                                                                                    \
    __VA_ARGS__                                                                                                        \
  }

#define FIXED(rows, columns, over, ...)                                                                                \
  .make = ew_make_fixed, .height = (rows), .width = (columns), .divisor = (over), .taps = N (__VA_ARGS__)

#define SIZE(first)                                                                                                    \
  {                                                                                                                    \
    "size", "Size", 1, EW_KERNEL_SIDE_MAX, (first), 2                                                                  \
  }
#define FROM_THREE(first)                                                                                              \
  {                                                                                                                    \
    "size", "Size", 3, EW_KERNEL_SIDE_MAX, (first), 2                                                                  \
  }
#define SIGMA(first)                                                                                                   \
  {                                                                                                                    \
    "sigma", "σ", 0.1, 30, (first), 0                                                                                  \
  }
#define ANGLE                                                                                                          \
  {                                                                                                                    \
    "angle", "Angle", 0, 360, 0, 0                                                                                     \
  }

static const EwPreset presets[] = {
  { .id = "identity",
    .title = "Identity",
    .sentence = "Leaves every pixel as it is.",
    .family = EW_FAMILY_BASIC,
    .make = ew_make_identity,
    .n_parameters = 1,
    .parameters = { SIZE (1) } },
  { .id = "edge",
    .title = "Edge [1 −1]",
    .sentence = "The textbook’s edge detector: each pixel less its right neighbour.",
    .family = EW_FAMILY_BASIC,
    FIXED (1, 2, 1, 1, -1) },
  { .id = "box",
    .title = "Box blur",
    .sentence = "The mean of all pixels under it; blurs, and leaves ripples at some frequencies.",
    .family = EW_FAMILY_BLUR,
    .make = ew_make_box,
    .n_parameters = 1,
    .parameters = { SIZE (3) } },
  { .id = "gaussian",
    .title = "Gaussian blur",
    .sentence = "A blur without ripples, the same in every direction; with σ 0 its weights are binomial.",
    .family = EW_FAMILY_BLUR,
    .make = ew_make_gaussian,
    .n_parameters = 2,
    .parameters = { SIZE (5), { "sigma", "σ", 0, 30, 0, 0 } } },
  { .id = "disc",
    .title = "Lens blur",
    .sentence = "The mean over a disc, as a lens that is out of focus gives it.",
    .family = EW_FAMILY_BLUR,
    .make = ew_make_disc,
    .n_parameters = 1,
    .parameters = { { "radius", "Radius", 0.5, 31, 3, 0 } } },
  { .id = "motion",
    .title = "Motion blur",
    .sentence = "The mean along a line, as a camera that moves while it exposes gives it.",
    .family = EW_FAMILY_BLUR,
    .make = ew_make_motion,
    .n_parameters = 2,
    .parameters = { { "length", "Length", 1, EW_KERNEL_SIDE_MAX, 9, 0 }, ANGLE } },
  { .id = "roberts-x",
    .title = "Roberts ╲",
    .sentence = "The difference along one diagonal: the oldest edge detector, and the smallest.",
    .family = EW_FAMILY_GRADIENT,
    FIXED (2, 2, 1, 1, 0, 0, -1) },
  { .id = "roberts-y",
    .title = "Roberts ╱",
    .sentence = "The difference along the other diagonal.",
    .family = EW_FAMILY_GRADIENT,
    FIXED (2, 2, 1, 0, 1, -1, 0) },
  { .id = "prewitt-x",
    .title = "Prewitt x",
    .sentence = "How much brighter it gets to the right, as the mean of three rows.",
    .family = EW_FAMILY_GRADIENT,
    FIXED (3, 3, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1) },
  { .id = "prewitt-y",
    .title = "Prewitt y",
    .sentence = "How much brighter it gets downwards, as the mean of three columns.",
    .family = EW_FAMILY_GRADIENT,
    FIXED (3, 3, 1, -1, -1, -1, 0, 0, 0, 1, 1, 1) },
  { .id = "sobel-x",
    .title = "Sobel x",
    .sentence = "How much brighter it gets to the right; the middle row counts twice.",
    .family = EW_FAMILY_GRADIENT,
    FIXED (3, 3, 1, -1, 0, 1, -2, 0, 2, -1, 0, 1) },
  { .id = "sobel-y",
    .title = "Sobel y",
    .sentence = "How much brighter it gets downwards; the middle column counts twice.",
    .family = EW_FAMILY_GRADIENT,
    FIXED (3, 3, 1, -1, -2, -1, 0, 0, 0, 1, 2, 1) },
  { .id = "scharr-x",
    .title = "Scharr x",
    .sentence = "As Sobel x, with weights that tell the direction of an edge more truly.",
    .family = EW_FAMILY_GRADIENT,
    FIXED (3, 3, 1, -3, 0, 3, -10, 0, 10, -3, 0, 3) },
  { .id = "scharr-y",
    .title = "Scharr y",
    .sentence = "As Sobel y, with weights that tell the direction of an edge more truly.",
    .family = EW_FAMILY_GRADIENT,
    FIXED (3, 3, 1, -3, -10, -3, 0, 0, 0, 3, 10, 3) },
  { .id = "kirsch",
    .title = "Kirsch",
    .sentence = "Strong where it is brighter towards one of eight directions, which the angle names.",
    .family = EW_FAMILY_GRADIENT,
    .make = ew_make_kirsch,
    .n_parameters = 1,
    .parameters = { { "angle", "Angle", 0, 315, 0, 45 } } },
  { .id = "slope",
    .title = "Gaussian slope",
    .sentence = "The slope in any direction, of the image blurred by a Gaussian.",
    .family = EW_FAMILY_GRADIENT,
    .make = ew_make_slope,
    .n_parameters = 3,
    .parameters = { FROM_THREE (7), SIGMA (1), ANGLE } },
  { .id = "laplacian",
    .title = "Laplacian",
    .sentence = "How far a pixel lies below the mean of its four neighbours: edges of all directions.",
    .family = EW_FAMILY_SECOND,
    FIXED (3, 3, 1, 0, 1, 0, 1, -4, 1, 0, 1, 0) },
  { .id = "laplacian-8",
    .title = "Laplacian, 8 neighbours",
    .sentence = "The same with the diagonal neighbours.",
    .family = EW_FAMILY_SECOND,
    FIXED (3, 3, 1, 1, 1, 1, 1, -8, 1, 1, 1, 1) },
  { .id = "log",
    .title = "Laplacian of Gaussian",
    .sentence = "The Laplacian of the image blurred by a Gaussian: spots and edges of one scale.",
    .family = EW_FAMILY_SECOND,
    .make = ew_make_log,
    .n_parameters = 2,
    .parameters = { FROM_THREE (9), SIGMA (1.4) } },
  { .id = "dog",
    .title = "Difference of Gaussians",
    .sentence = "A blur less a wider one: what is between the two scales.",
    .family = EW_FAMILY_SECOND,
    .make = ew_make_dog,
    .n_parameters = 3,
    .parameters = { FROM_THREE (9), SIGMA (1), { "ratio", "Ratio", 1.01, 10, 1.6, 0 } } },
  { .id = "sharpen",
    .title = "Sharpen",
    .sentence = "Adds what the Laplacian finds: edges get steeper, and noise stronger.",
    .family = EW_FAMILY_SHARPEN,
    FIXED (3, 3, 1, 0, -1, 0, -1, 5, -1, 0, -1, 0) },
  { .id = "unsharp",
    .title = "Unsharp mask",
    .sentence = "Adds what a Gaussian blur takes away.",
    .family = EW_FAMILY_SHARPEN,
    .make = ew_make_unsharp,
    .n_parameters = 3,
    .parameters = { FROM_THREE (5), SIGMA (1), { "amount", "Amount", 0, 10, 1, 0 } } },
  { .id = "emboss",
    .title = "Emboss",
    .sentence = "Light from the lower right falls across the picture as if it were a relief.",
    .family = EW_FAMILY_TEXTURE,
    FIXED (3, 3, 1, -2, -1, 0, -1, 1, 1, 0, 1, 2) },
  { .id = "gabor",
    .title = "Gabor",
    .sentence = "Stripes of one wavelength and direction, in one place: as cells of the visual cortex see them.",
    .family = EW_FAMILY_TEXTURE,
    .make = ew_make_gabor,
    .n_parameters = 6,
    .parameters = { FROM_THREE (11),
                    SIGMA (2.5),
                    ANGLE,
                    { "wavelength", "Wavelength", 2, 63, 5, 0 },
                    { "aspect", "Aspect", 0.1, 5, 0.5, 0 },
                    { "phase", "Phase", 0, 360, 0, 0 } } },
};

const EwPreset *
ew_presets (guint *n)
{
  *n = G_N_ELEMENTS (presets);
  return presets;
}

const char *
ew_preset_family_title (EwPresetFamily family)
{
  static const char *const titles[]
      = { "Basic", "Blurs", "Gradients", "Second derivatives", "Sharpening", "Texture and relief" };

  return titles[family];
}

const EwPreset *
ew_preset_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    if (strcmp (presets[i].id, id) == 0)
      return &presets[i];
  return NULL;
}
