/* EwLearnSource: the examination of a pair, and corrections. */
#include "app/cli/cli.h"
#include "app/cli/learn-source.h"
#include "app/files/jpeg-steps.h"
#include "engine/examine.h"

#include <string.h>

/* Corrections at most, one after another. */
#define ROUNDS 8

/**
 * Look:
 * @pairs: the planes of a pair, n of them; pairs[shown] is looked at
 * @name: what sentences begin with, or NULL
 */
typedef struct
{
  EwLearnSource *source;
  const char *name;
  EwPair *pairs;
  int n;
  int shown;
  EwExamineOptions options;
  gboolean quiet;
} Look;

static void
say (const Look *look, const char *sentence)
{
  g_autofree char *line = NULL;

  if (look->quiet)
    return;
  line = look->name == NULL ? g_strdup (sentence) : g_strdup_printf ("%s: %s", look->name, sentence);
  ew_cli_say (line);
}

static EwFindings *
examine (Look *look, GError **error)
{
  const EwPair *pair = &look->pairs[look->shown];

  look->options.geometry = pair->geometry;
  return ew_examine (pair->x, pair->y, &look->options, &ew_cli_interrupted, error);
}

/* Whether the command line can apply it: the kernel's size stays as it was asked for. */
static gboolean
can_apply (const EwFinding *finding, const EwPair *pair)
{
  const EwGeometry *g = &finding->correction.geometry;

  if (finding->correction.kind == EW_CORRECTION_NONE || finding->correction.kind == EW_CORRECTION_CHANNELS)
    return FALSE;
  return (finding->correction.kind != EW_CORRECTION_GEOMETRY && finding->correction.kind != EW_CORRECTION_REDUCED)
         || (g->kernel_height == pair->geometry.kernel_height && g->kernel_width == pair->geometry.kernel_width);
}

/* What would have to be asked for instead, where the kernel's size is in the way of a correction. */
static void
say_size (const Look *look, const EwFinding *finding)
{
  const EwCorrection *c = &finding->correction;
  g_autofree char *line = NULL;

  if ((c->kind != EW_CORRECTION_GEOMETRY && c->kind != EW_CORRECTION_REDUCED) || can_apply (finding, &look->pairs[look->shown]))
    return;
  line = g_strdup_printf ("with --kernel-size %dx%d that would be corrected.", c->geometry.kernel_height, c->geometry.kernel_width);
  say (look, line);
}

/* Applies the first finding of a kind that was not corrected yet. *@applied: whether there was one, and another look makes
 * sense: not after holes were filled with what is no picture. */
static gboolean
apply_one (Look *look, const EwFindings *findings, guint *done, gboolean *applied, GError **error)
{
  *applied = FALSE;
  for (int i = 0; i < findings->n; i++)
    {
      const EwFinding *finding = &findings->items[i];
      g_autofree char *line = NULL;

      if ((*done & (1u << finding->kind)) != 0 || !can_apply (finding, &look->pairs[look->shown]))
        continue;
      for (int k = 0; k < look->n; k++)
        if (!ew_correction_apply (&finding->correction, &look->pairs[k], error))
          return FALSE;
      *done |= 1u << finding->kind;
      *applied = finding->correction.kind != EW_CORRECTION_FINITE;
      line = g_strdup_printf ("corrected: %s.", finding->label);
      say (look, line);
      break;
    }
  return TRUE;
}

static gboolean
look_and_mend (Look *look, GError **error)
{
  gboolean correct = look->source->options->correct;
  gboolean applied = TRUE;
  guint done = 0, said = 0;

  for (int round = 0; applied && round < ROUNDS; round++)
    {
      g_autoptr (EwFindings) findings = examine (look, error);

      if (findings == NULL)
        return FALSE;
      for (int i = 0; i < findings->n; i++)
        {
          if ((said & (1u << findings->items[i].kind)) == 0)
            {
              say (look, findings->items[i].sentence);
              if (correct)
                say_size (look, &findings->items[i]);
            }
          said |= 1u << findings->items[i].kind;
        }
      applied = FALSE;
      if (correct && !apply_one (look, findings, &done, &applied, error))
        return FALSE;
      if (round == 0 && look->source->findings == NULL)
        look->source->findings = g_steal_pointer (&findings);
    }
  return TRUE;
}

/* A target that was saved as JPEG, and the loss that is made for it where none was chosen. */
static void
say_jpeg (const Look *look, const char *target)
{
  const EwLearnOptions *o = look->source->options;
  gboolean likelihood = o->pairs == NULL && o->channels == EW_CHANNELS_LUMINANCE;
  EwSteps steps;

  if (o->how.jpeg || o->how.solver.objective.penalty != EW_PENALTY_SQUARED || !ew_jpeg_steps_read (target, &steps)
      || !ew_jpeg_steps_matter (&steps))
    return;
  say (look, likelihood ? "The target was saved as JPEG, and least squares takes what that lost for noise, so that the kernel comes "
                          "out too soft; --loss jpeg --optimizer least-squares reckons with its steps."
                        : "The target was saved as JPEG, and least squares takes what that lost for noise, so that the kernel comes "
                          "out too soft; --loss jpeg, for two files and their luminance, reckons with its steps.");
}

gboolean
ew_learn_source_examine (EwLearnSource *source, int number, EwPair *pairs, int n, int shown, const EwPicture *before,
                         const EwPicture *after, GError **error)
{
  const EwLearnOptions *o = source->options;
  gint64 start = g_get_monotonic_time ();
  g_autofree char *name = ew_learn_source_title (source, number);
  Look look = { .source = source,
                .name = name,
                .pairs = pairs,
                .n = n,
                .shown = shown,
                .options = { .x_colour = before->has_colour,
                             .y_colour = after->has_colour,
                             .channels = o->channels != EW_CHANNELS_LUMINANCE,
                             .x_green = before->green,
                             .y_green = after->green,
                             .threads = (int)o->threads },
                /* A pair that is read once more is only to be corrected as before. */
                .quiet = source->seen[number] };
  gboolean good = TRUE;

  if (o->correct || (o->examine && !look.quiet))
    good = look_and_mend (&look, error);
  if (good && !look.quiet && (o->correct || o->examine))
    say_jpeg (&look, source->names->after[number]);
  source->examine_seconds += ew_learn_seconds (start);
  return good;
}
