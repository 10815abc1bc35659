/* EwLearnRun: the examination of the pair, and corrections. */
#include "app/cli/cli.h"
#include "app/cli/learn-run.h"

#include <string.h>

/* Corrections at most, one after another. */
#define ROUNDS 8

static EwFindings *
examine (const EwLearnRun *run, const EwPair *pair, gboolean x_colour, gboolean y_colour, GError **error)
{
  EwExamineOptions options = { .geometry = pair->geometry,
                               .x_colour = x_colour,
                               .y_colour = y_colour,
                               .threads = (int)run->options->threads };

  return ew_examine (pair->x, pair->y, &options, &ew_cli_interrupted, error);
}

/* Whether the command line can apply it: the kernel's size stays as it was asked for. */
static gboolean
can_apply (const EwFinding *finding, const EwPair *pair)
{
  const EwGeometry *g = &finding->correction.geometry;

  if (finding->correction.kind == EW_CORRECTION_NONE || finding->correction.kind == EW_CORRECTION_CHANNELS)
    return FALSE;
  return finding->correction.kind != EW_CORRECTION_GEOMETRY
         || (g->kernel_height == pair->geometry.kernel_height && g->kernel_width == pair->geometry.kernel_width);
}

/* Applies the first finding of a kind that was not corrected yet; FALSE where there is none. */
static gboolean
apply_one (const EwFindings *findings, guint *done, EwPair *pair, gboolean *applied, GError **error)
{
  *applied = FALSE;
  for (int i = 0; !*applied && i < findings->n; i++)
    {
      const EwFinding *finding = &findings->items[i];
      g_autofree char *line = NULL;

      if ((*done & (1u << finding->kind)) != 0 || !can_apply (finding, pair))
        continue;
      if (!ew_correction_apply (&finding->correction, pair, error))
        return FALSE;
      *done |= 1u << finding->kind;
      *applied = TRUE;
      line = g_strdup_printf ("corrected: %s.", finding->label);
      ew_cli_say (line);
    }
  return TRUE;
}

gboolean
ew_learn_run_examine (EwLearnRun *run, EwPair *pair, gboolean x_colour, gboolean y_colour, GError **error)
{
  const EwLearnOptions *o = run->options;
  gboolean applied = TRUE;
  guint done = 0, said = 0;

  if (!o->examine && !o->correct)
    return TRUE;
  for (int round = 0; applied && round < ROUNDS; round++)
    {
      g_autoptr (EwFindings) findings = examine (run, pair, x_colour, y_colour, error);

      if (findings == NULL)
        return FALSE;
      for (int i = 0; i < findings->n; i++)
        {
          if ((said & (1u << findings->items[i].kind)) == 0)
            ew_cli_say (findings->items[i].sentence);
          said |= 1u << findings->items[i].kind;
        }
      applied = FALSE;
      if (o->correct && !apply_one (findings, &done, pair, &applied, error))
        return FALSE;
      if (round == 0)
        run->findings = g_steal_pointer (&findings);
    }
  return TRUE;
}
