/* The named kernels that every part of the program offers, in one table, and the parameters that some of them take. */
#pragma once

#include "engine/kernel.h"

G_BEGIN_DECLS

/* The most parameters that a preset takes. */
#define EW_PRESET_PARAMETERS_MAX 6

typedef enum
{
  EW_FAMILY_BASIC,
  EW_FAMILY_BLUR,
  EW_FAMILY_GRADIENT,
  EW_FAMILY_SECOND, /* second derivatives and band-pass */
  EW_FAMILY_SHARPEN,
  EW_FAMILY_TEXTURE,
} EwPresetFamily;

/**
 * EwPresetParameter:
 * @id: as it is written after the preset's name, e.g. "sigma"
 * @title: a short English title, to be translated where it is shown
 * @low: the smallest value; likewise @high
 * @initial: where nothing is said
 * @step: values are low + n·step; 0: any value
 */
typedef struct
{
  const char *id;
  const char *title;
  double low;
  double high;
  double initial;
  double step;
} EwPresetParameter;

typedef struct _EwPreset EwPreset;

/* Makes the kernel from valid values, transfer full; cannot fail. */
typedef EwKernel *(*EwPresetMaker) (const EwPreset *preset, const double *values);

/**
 * EwPreset:
 * @id: the name on the command line (`preset:ID`) and in sessions, e.g. "sobel-x"
 * @title: a short English title, to be translated where it is shown
 * @sentence: what it does, in English, likewise
 * @family: where it is found
 * @make: how it is made
 * @height: rows of one with fixed weights; 0 otherwise; likewise @width
 * @taps: those weights times @divisor, row by row; NULL otherwise
 * @n_parameters: how many of @parameters there are
 */
struct _EwPreset
{
  const char *id;
  const char *title;
  const char *sentence;
  EwPresetFamily family;
  EwPresetMaker make;
  int height;
  int width;
  const double *taps;
  double divisor;
  int n_parameters;
  EwPresetParameter parameters[EW_PRESET_PARAMETERS_MAX];
};

/* All presets in the order in which they are offered, family by family; *n is their number. The table is static. */
const EwPreset *ew_presets (guint *n);

/* The family's English title, to be translated where it is shown. */
const char *ew_preset_family_title (EwPresetFamily family);

/* The preset of that id, or NULL. */
const EwPreset *ew_preset_find (const char *id);

/* The values that it has where nothing is said; @values holds EW_PRESET_PARAMETERS_MAX. */
void ew_preset_init_values (const EwPreset *preset, double *values);

/* A preset with its parameters as a kernel, transfer full. Fails with EW_ERROR_USAGE where a value is out of its range
 * or between its steps. */
EwKernel *ew_preset_make (const EwPreset *preset, const double *values, GError **error);

/* Reads "ID" or "ID:NAME=VALUE,NAME=VALUE…"; numbers with a point whatever the locale, unnamed parameters have their
 * initial values. NULL with EW_ERROR_USAGE, naming what there is. */
const EwPreset *ew_preset_parse (const char *text, double *values, GError **error);

/* The text that ew_preset_parse reads as this: "gaussian:size=7,sigma=1.5"; values that are initial are left out.
 * Transfer full. */
char *ew_preset_format (const EwPreset *preset, const double *values);

/* ew_preset_parse and ew_preset_make. */
EwKernel *ew_preset_kernel (const char *text, GError **error);

G_END_DECLS
