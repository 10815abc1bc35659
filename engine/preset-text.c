/* Presets as text: names, parameters and their values. */
#include "engine/preset.h"
#include "engine/shortest.h"

#include <math.h>
#include <string.h>

/* Values between two steps, as sums of decimal steps come out. */
#define STEP_ERROR 1e-9

void
ew_preset_init_values (const EwPreset *preset, double *values)
{
  for (int i = 0; i < EW_PRESET_PARAMETERS_MAX; i++)
    values[i] = i < preset->n_parameters ? preset->parameters[i].initial : 0;
}

static gboolean
check_value (const EwPreset *preset, const EwPresetParameter *p, double value, GError **error)
{
  double steps = p->step > 0 ? (value - p->low) / p->step : 0;
  char numbers[4][G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *stepping = NULL;

  if (value >= p->low && value <= p->high && fabs (steps - round (steps)) < STEP_ERROR)
    return TRUE;
  for (int i = 0; i < 4; i++)
    g_ascii_formatd (numbers[i], sizeof numbers[i], "%.6g",
                     (const double[]){ value, p->low, p->high, p->low + p->step }[i]);
  stepping = p->step > 0 ? g_strdup_printf ("%s, %s … %s", numbers[1], numbers[3], numbers[2])
                         : g_strdup_printf ("%s to %s", numbers[1], numbers[2]);
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "The preset “%s” cannot have %s=%s; %s is %s.", preset->id, p->id,
               numbers[0], p->id, stepping);
  return FALSE;
}

EwKernel *
ew_preset_make (const EwPreset *preset, const double *values, GError **error)
{
  for (int i = 0; i < preset->n_parameters; i++)
    if (!check_value (preset, &preset->parameters[i], values[i], error))
      return NULL;
  return preset->make (preset, values);
}

static void
refuse_name (const char *id, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n;
  const EwPreset *presets = ew_presets (&n);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (names, "%s%s", i == 0 ? "" : ", ", presets[i].id);
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "There is no preset “%s”; there are: %s.", id, names->str);
}

static void
refuse_parameter (const EwPreset *preset, const char *name, GError **error)
{
  g_autoptr (GString) names = g_string_new (preset->n_parameters == 0 ? "no parameters" : NULL);

  for (int i = 0; i < preset->n_parameters; i++)
    g_string_append_printf (names, "%s%s",
                            i == 0                         ? ""
                            : i + 1 < preset->n_parameters ? ", "
                                                           : " and ",
                            preset->parameters[i].id);
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "The preset “%s” has no “%s”; it takes %s.", preset->id, name,
               names->str);
}

/* "sigma=1.5" */
static gboolean
parse_parameter (const EwPreset *preset, const char *text, double *values, GError **error)
{
  const char *sign = strchr (text, '=');
  g_autofree char *name = sign == NULL ? g_strdup (text) : g_strndup (text, (gsize)(sign - text));
  char *end = NULL;
  int i = 0;

  while (i < preset->n_parameters && strcmp (preset->parameters[i].id, name) != 0)
    i++;
  if (i == preset->n_parameters)
    {
      refuse_parameter (preset, name, error);
      return FALSE;
    }
  if (sign != NULL)
    values[i] = g_ascii_strtod (sign + 1, &end);
  if (end == NULL || end == sign + 1 || *end != '\0' || !isfinite (values[i]))
    {
      g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "“%s” of the preset “%s” needs a number, as in %s=%g.", name,
                   preset->id, name, preset->parameters[i].initial);
      return FALSE;
    }
  return check_value (preset, &preset->parameters[i], values[i], error);
}

const EwPreset *
ew_preset_parse (const char *text, double *values, GError **error)
{
  const char *colon = strchr (text, ':');
  g_autofree char *id = colon == NULL ? g_strdup (text) : g_strndup (text, (gsize)(colon - text));
  const EwPreset *preset = ew_preset_find (id);
  g_auto (GStrv) parts = NULL;

  if (preset == NULL)
    {
      refuse_name (id, error);
      return NULL;
    }
  ew_preset_init_values (preset, values);
  if (colon == NULL)
    return preset;
  if (colon[1] == '\0')
    {
      refuse_parameter (preset, "", error);
      return NULL;
    }
  parts = g_strsplit (colon + 1, ",", -1);
  for (int i = 0; parts[i] != NULL; i++)
    if (!parse_parameter (preset, parts[i], values, error))
      return NULL;
  return preset;
}

char *
ew_preset_format (const EwPreset *preset, const double *values)
{
  GString *text = g_string_new (preset->id);
  char separator = ':';

  for (int i = 0; i < preset->n_parameters; i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      if (values[i] == preset->parameters[i].initial)
        continue;
      g_string_append_printf (text, "%c%s=%s", separator, preset->parameters[i].id, ew_shortest (number, values[i]));
      separator = ',';
    }
  return g_string_free (text, FALSE);
}

EwKernel *
ew_preset_kernel (const char *text, GError **error)
{
  double values[EW_PRESET_PARAMETERS_MAX];
  const EwPreset *preset = ew_preset_parse (text, values, error);

  return preset == NULL ? NULL : ew_preset_make (preset, values, error);
}
