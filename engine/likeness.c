/* The nearest preset: every preset is laid over the kernel at each of a few values of its parameters. */
#include "engine/likeness.h"

#include "engine/courtesy.h"

#include <math.h>
#include <string.h>

#define STEPS_MAX 192

/* From one σ, wavelength or ratio to the next. */
#define GROWTH 1.25

/* Between angles, degrees. */
#define TURN 15

/* A later preset must be better by more than rounding. */
#define BETTER 1e-9

typedef struct
{
  const EwKernel *kernel;
  double square;
  EwLikeness *best;
} Search;

typedef struct
{
  int n;
  double values[STEPS_MAX];
} Steps;

static void
add (Steps *steps, const EwPresetParameter *p, double value)
{
  if (steps->n < STEPS_MAX && value >= p->low && value <= p->high)
    steps->values[steps->n++] = value;
}

static gboolean
is_called (const char *id, const char *name)
{
  return strcmp (id, name) == 0;
}

/* The values that a parameter is tried at. A Gabor's σ is tried in wavelengths. */
static void
find_steps (const EwPreset *preset, const EwPresetParameter *p, const EwKernel *kernel, Steps *steps)
{
  int side = MIN (kernel->height, kernel->width);

  steps->n = 0;
  if (is_called (p->id, "size"))
    for (int size = is_called (preset->id, "box") ? 3 : side - 1 + side % 2; size <= side; size += 2)
      add (steps, p, is_called (preset->id, "identity") ? 1 : size);
  else if (is_called (p->id, "angle"))
    for (int angle = 0; angle<(p->step > 0 ? 360 : 180); angle += p->step> 0 ? (int)p->step : TURN)
      add (steps, p, angle);
  else if (is_called (preset->id, "gabor") && is_called (p->id, "sigma"))
    for (int i = 0; i < 3; i++)
      add (steps, p, (const double[]){ 0.35, 0.5, 0.7 }[i]);
  else if (is_called (p->id, "sigma") || is_called (p->id, "wavelength"))
    {
      add (steps, p, 0);
      for (double value = is_called (p->id, "sigma") ? 0.4 : 2; value < MAX (side, 3); value *= GROWTH)
        add (steps, p, value);
    }
  else if (is_called (p->id, "length") || is_called (p->id, "radius"))
    /* A diagonal is longer than the side. */
    for (double value = 1; value <= 1.5 * side; value += 0.5)
      add (steps, p, value);
  else if (is_called (p->id, "phase"))
    for (int phase = 0; phase < 180; phase += 90)
      add (steps, p, phase);
  else if (is_called (p->id, "amount"))
    for (double amount = 0.5; amount <= 4; amount *= 2)
      add (steps, p, amount);
  else
    add (steps, p, p->initial);
}

/* ΣKP / √(ΣK² ΣP²) for a preset in the middle of the kernel. */
static double
similarity_of (const Search *search, const EwKernel *preset)
{
  const EwKernel *kernel = search->kernel;
  int top = (kernel->height - preset->height) / 2;
  int left = (kernel->width - preset->width) / 2;
  double square = 0;
  double product = 0;

  for (int k = 0; k < ew_kernel_n_taps (preset); k++)
    {
      double tap = preset->taps[k];

      square += tap * tap;
      product += tap * kernel->taps[(top + k / preset->width) * kernel->width + left + k % preset->width];
    }
  return square > 0 ? product / sqrt (square * search->square) : 0;
}

static void
try_values (Search *search, const EwPreset *preset, const double *values)
{
  double tried[EW_PRESET_PARAMETERS_MAX];
  g_autoptr (EwKernel) made = NULL;
  const EwKernel *kernel = search->kernel;
  double similarity;

  memcpy (tried, values, sizeof tried);
  if (is_called (preset->id, "gabor"))
    tried[1] = tried[1] * tried[3];
  made = ew_preset_make (preset, tried, NULL);
  if (made == NULL || made->height > kernel->height || made->width > kernel->width
      || (kernel->height - made->height) % 2 != 0 || (kernel->width - made->width) % 2 != 0)
    return;
  similarity = similarity_of (search, made);
  if (fabs (similarity) <= fabs (search->best->similarity) + BETTER)
    return;
  search->best->preset = preset;
  search->best->similarity = CLAMP (similarity, -1, 1);
  memcpy (search->best->values, tried, sizeof tried);
}

/* Every combination of steps of the parameters from @p on. */
static void
try_parameters (Search *search, const EwPreset *preset, double *values, int p)
{
  Steps steps;

  if (p == preset->n_parameters)
    {
      ew_courtesy_give_way ();
      try_values (search, preset, values);
      return;
    }
  find_steps (preset, &preset->parameters[p], search->kernel, &steps);
  for (int i = 0; i < steps.n; i++)
    {
      values[p] = steps.values[i];
      try_parameters (search, preset, values, p + 1);
    }
}

void
ew_likeness_find (EwLikeness *likeness, const EwKernel *kernel)
{
  double values[EW_PRESET_PARAMETERS_MAX];
  double largest = 0;
  g_autoptr (EwKernel) scaled = ew_kernel_copy (kernel);
  Search search = { scaled, 0, likeness };
  guint n;
  const EwPreset *presets = ew_presets (&n);

  *likeness = (EwLikeness){ NULL, { 0 }, 0 };
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    largest = fmax (largest, fabs (kernel->taps[k]));
  if (!(largest > 0) || !isfinite (largest))
    return;
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      scaled->taps[k] = kernel->taps[k] / largest;
      search.square += scaled->taps[k] * scaled->taps[k];
    }
  for (guint i = 0; i < n; i++)
    {
      ew_preset_init_values (&presets[i], values);
      try_parameters (&search, &presets[i], values, 0);
    }
}
