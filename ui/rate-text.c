/* The learning rate as people read and type it. */
#include "ui/rate-text.h"

#include <glib/gi18n.h>
#include <math.h>

char *
ew_rate_format (char *text, double rate)
{
  text[0] = '\0';
  if (!isnan (rate) && rate > 0)
    g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, "%.4g", rate);
  return text;
}

gboolean
ew_rate_parse (const char *text, double *rate)
{
  g_autofree char *plain = g_strdelimit (g_strstrip (g_strdup (text)), ",", '.');
  char *end = NULL;
  double value = g_ascii_strtod (plain, &end);

  if (end == plain || *end != '\0' || !isfinite (value) || !(value > 0))
    return FALSE;
  *rate = value;
  return TRUE;
}

/* What a rate above the limit does. */
static char *
describe_above (double rate, double limit, const char *number, const EwRecipe *recipe)
{
  char factor[G_ASCII_DTOSTR_BUF_SIZE];

  if (recipe->objective.penalty != EW_PENALTY_SQUARED)
    return g_strdup_printf (_ ("above %s, up to which it surely is stable: it may go back and forth"), number);
  if (recipe->optimizer.kind != EW_OPTIMIZER_GD)
    return g_strdup_printf (_ ("above the limit %s: it will diverge"), number);
  /* Along the steepest direction what is left is multiplied by 1 − 2·rate·λmax, and the limit is 1/λmax. */
  g_ascii_formatd (factor, sizeof factor, "%.3g", 2 * rate / limit - 1);
  return g_strdup_printf (_ ("above the limit %s: it will diverge; each epoch makes the error up to %s times as large"),
                          number, factor);
}

char *
ew_rate_describe (double rate, double limit, const EwRecipe *recipe)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (recipe->optimizer.kind == EW_OPTIMIZER_CG)
    return g_strdup (_ ("conjugate gradients find the length of each step themselves"));
  if (recipe->optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES)
    return g_strdup (_ ("least squares takes one step to the optimum"));
  if (isnan (limit))
    return g_strdup ("");
  if (isinf (limit))
    return g_strdup (ew_optimizer_usual_rate (recipe->optimizer.kind) > 0
                         ? _ ("this rule has no limit; what is large stays restless at the end")
                         : _ ("any rate is stable"));
  g_ascii_formatd (number, sizeof number, "%.3g", limit);
  if (rate > limit)
    return describe_above (rate, limit, number, recipe);
  if (recipe->batch > 0)
    return g_strdup_printf (_ ("stable below %s with all pixels at once; mini-batches may need less"), number);
  return g_strdup_printf (_ ("stable below %s"), number);
}
