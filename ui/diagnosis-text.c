/* What a diagnosis says, in words. */
#include "ui/diagnosis-text.h"

#include "ui/paint/number.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Exact, as far as a sum of products can tell; and nearly. */
#define EXACT  1e-9
#define NEARLY 0.01

/* Below this a kernel is like nothing in particular. */
#define LIKE 0.9

static const char *
sign_text (double symmetry)
{
  double off = 1 - fabs (symmetry);

  if (isnan (symmetry) || off > NEARLY)
    return NULL;
  if (off > EXACT)
    return symmetry > 0 ? _ ("almost even") : _ ("almost odd");
  return symmetry > 0 ? _ ("even") : _ ("odd");
}

char *
ew_diagnosis_symmetry_text (const EwDiagnosis *diagnosis)
{
  static const char *const ways[EW_N_SYMMETRIES]
      = { N_ ("left–right"), N_ ("top–bottom"), N_ ("half turn"), N_ ("transpose") };
  GString *text = g_string_new (NULL);

  for (int s = 0; s < EW_N_SYMMETRIES; s++)
    {
      const char *sign = sign_text (diagnosis->symmetry[s]);

      if (sign != NULL)
        g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "\n" : "", _ (ways[s]), sign);
    }
  if (text->len == 0)
    g_string_append (text, _ ("none"));
  return g_string_free (text, FALSE);
}

/* Never "100 %" for what is less. */
static char *
percent_text (double share)
{
  double percent = share >= 1 - EXACT ? 100 : fmin (floor (share * 1000) / 10, 99.9);
  char number[EW_NUMBER_SIZE];

  return g_strdup_printf ("%s %%", ew_number_fixed (number, percent, percent >= 99 && percent < 100 ? 1 : 0));
}

char *
ew_diagnosis_rank_text (const EwDiagnosis *diagnosis)
{
  g_autofree char *share = NULL;

  if (diagnosis->rank == 0)
    return g_strdup ("0");
  if (diagnosis->rank == 1)
    return g_strdup (_ ("1, separable: a column times a row"));
  share = percent_text (diagnosis->separable);
  return g_strdup_printf (_ ("%d; one column times one row makes %s of it"), diagnosis->rank, share);
}

/* The title, with the values that are not those of the table: "Gaussian blur (σ 1.5)". */
static char *
preset_text (const EwLikeness *likeness)
{
  const EwPreset *preset = likeness->preset;
  GString *text = g_string_new (_ (preset->title));
  char number[EW_NUMBER_SIZE];
  int shown = 0;

  for (int i = 0; i < preset->n_parameters; i++)
    {
      const EwPresetParameter *p = &preset->parameters[i];

      /* The size is the kernel's own. */
      if (strcmp (p->id, "size") == 0 || likeness->values[i] == p->initial)
        continue;
      g_string_append_printf (text, "%s%s %s", shown++ == 0 ? " (" : ", ", _ (p->title),
                              ew_number_short (number, likeness->values[i], 3));
    }
  return g_string_free (g_string_append (text, shown > 0 ? ")" : ""), FALSE);
}

char *
ew_diagnosis_likeness_text (const EwDiagnosis *diagnosis)
{
  const EwLikeness *likeness = &diagnosis->likeness;
  g_autofree char *percent = percent_text (fabs (likeness->similarity));
  g_autofree char *preset = NULL;

  if (likeness->preset == NULL)
    return g_strdup (_ ("none"));
  preset = preset_text (likeness);
  return g_strdup_printf (likeness->similarity < 0 ? _ ("−1 × %s, %s") : _ ("%s, %s"), preset, percent);
}

char *
ew_diagnosis_headline (const EwDiagnosis *diagnosis)
{
  const EwLikeness *likeness = &diagnosis->likeness;
  g_autofree char *percent = percent_text (fabs (likeness->similarity));

  if (likeness->preset == NULL || fabs (likeness->similarity) < LIKE)
    return NULL;
  return g_strdup_printf ("%s%s %s", likeness->similarity < 0 ? EW_MINUS : "≈ ", _ (likeness->preset->title), percent);
}
