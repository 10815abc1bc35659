/* EwExperiment as a pair of images: how it is examined and corrected. */
#include "app/experiment-pair.h"

#include "app/experiment-geometry.h"
#include "engine/examine.h"
#include "engine/finding-join.h"
#include "engine/preset.h"

#include <glib/gi18n.h>

/* Corrections at most, one after another. */
#define ROUNDS 8

static void
replace_source (EwSource **to, EwSource *from)
{
  if (from != NULL)
    ew_source_ref (from);
  ew_source_unref (*to);
  *to = from;
}

void
ew_experiment_copy_with_pair (EwExperiment *to, const EwExperiment *experiment, EwSource *input, EwSource *target)
{
  ew_experiment_copy (to, experiment);
  /* An input is always a target of its own size: all else that follows from another pair is done then. */
  ew_experiment_set_pair (to, input, input, NULL, NULL);
  replace_source (&to->input, input);
  replace_source (&to->target, target);
  replace_source (&to->mask, NULL);
}

gboolean
ew_experiment_same_pair (const EwExperiment *a, const EwExperiment *b)
{
  const EwSettings *s = &a->settings;
  const EwSettings *t = &b->settings;

  return a->input == b->input && a->target == b->target && a->mask == b->mask && s->kernel_height == t->kernel_height
         && s->kernel_width == t->kernel_width && s->padding == t->padding && s->border == t->border
         && s->stride == t->stride && s->dilation == t->dilation && s->has_bias == t->has_bias
         && s->each == t->each && (!s->each || s->channel == t->channel);
}

gboolean
ew_experiment_cuts (const EwExperiment *experiment)
{
  const EwGrid *x = experiment->input->planes[0];
  const EwGrid *y = experiment->target->planes[0];
  const EwSettings *s = &experiment->settings;

  return s->padding == EW_PADDING_VALID && s->stride == 1 && s->dilation == 1 && x->height == y->height
         && x->width == y->width;
}

void
ew_experiment_pair_geometry (const EwExperiment *experiment, EwGeometry *geometry)
{
  EwSettings settings = experiment->settings;

  if (ew_experiment_cuts (experiment))
    settings.padding = EW_PADDING_SAME;
  ew_settings_geometry (&settings, settings.kernel_height, settings.kernel_width, geometry);
}

/* Whether a correction would change nothing, as plane @i of the target tells, or is not to be had. */
static gboolean
is_done (const EwExperiment *experiment, int i, const EwCorrection *c)
{
  const EwGrid *y = experiment->target->planes[i];

  if (c->kind == EW_CORRECTION_BIAS)
    return experiment->settings.has_bias;
  if (c->kind == EW_CORRECTION_GEOMETRY)
    return !ew_experiment_check_lost (experiment, &experiment->settings, c->geometry.kernel_height,
                                      c->geometry.kernel_width, NULL);
  if (c->kind != EW_CORRECTION_MASK || experiment->mask == NULL)
    return FALSE;
  for (int row = 0; row < y->height; row++)
    for (int column = 0; column < y->width; column++)
      {
        double value = (double)ew_grid_row (y, row)[column];

        if ((value <= c->low || value >= c->high) && ew_grid_row (experiment->mask->planes[i], row)[column] > 0)
          return FALSE;
      }
  return TRUE;
}

/* What is found in plane @x of the input and @y of the target, but for what has been done already. */
static EwFindings *
examine_planes (const EwExperiment *experiment, int x, int y, EwCancel *cancel, GError **error)
{
  EwExamineOptions options = { .x_colour = experiment->input->has_colour,
                               .y_colour = experiment->target->has_colour,
                               .channels = experiment->settings.channels,
                               .x_green = experiment->input->green,
                               .y_green = experiment->target->green };
  EwFindings *findings;

  ew_experiment_pair_geometry (experiment, &options.geometry);
  findings = ew_examine (experiment->input->planes[x], experiment->target->planes[y], &options, cancel, error);
  for (int i = 0; findings != NULL && i < findings->n; i++)
    if (is_done (experiment, y, &findings->items[i].correction))
      ew_findings_remove (findings, i--);
  return findings;
}

EwFindings *
ew_experiment_examine (const EwExperiment *experiment, EwCancel *cancel, GError **error)
{
  static const char *const names[EW_N_CHANNELS] = { "red", "green", "blue" };
  int n = MIN (experiment->input->n_planes, experiment->target->n_planes);
  EwFindings *of[EW_N_CHANNELS] = { NULL }, *joined = NULL;
  gboolean good = TRUE;

  if (n < EW_N_CHANNELS)
    return examine_planes (experiment, MIN (1, experiment->input->n_planes - 1), MIN (1, experiment->target->n_planes - 1), cancel,
                           error);
  for (int k = 0; good && k < n; k++)
    good = (of[k] = examine_planes (experiment, k, k, cancel, error)) != NULL;
  /* Green is nearest to what the eye sees. */
  if (good)
    joined = ew_findings_join (of, names, n, experiment->settings.each ? experiment->settings.channel : 1);
  for (int k = 0; k < n; k++)
    ew_findings_free (of[k]);
  return joined;
}

/* How settings say a geometry. @cuts: a target that is cut stays so if this is about the kernel's size alone. */
static void
take_geometry (EwExperiment *experiment, const EwGeometry *g, gboolean cuts)
{
  EwSettings *s = &experiment->settings;
  int rows = g->top + g->bottom, columns = g->left + g->right;
  gboolean resized = g->kernel_height != s->kernel_height || g->kernel_width != s->kernel_width;

  s->kernel_height = g->kernel_height;
  s->kernel_width = g->kernel_width;
  s->padding = rows + columns == 0 || (cuts && resized) ? EW_PADDING_VALID
               : rows > g->kernel_height - 1 || columns > g->kernel_width - 1
                   ? EW_PADDING_FULL
                   : EW_PADDING_SAME;
  s->border = g->border;
  s->stride = g->stride;
  if (resized)
    ew_experiment_draw_start (experiment);
}

/* Source with other planes, of the same file; transfer full. */
static EwSource *
source_of (const EwSource *source, EwPair *pairs, int n, gsize member)
{
  EwGrid *planes[3];

  for (int i = 0; i < n; i++)
    planes[i] = G_STRUCT_MEMBER (EwGrid *, &pairs[i], member);
  return planes[0] == NULL ? NULL : ew_source_new (source->path, source->name, source->has_colour, planes, n);
}

/* Takes what has become of the planes; sources whose planes are the same stay. */
static void
take_planes (EwExperiment *experiment, EwPair *pairs, int n)
{
  g_autoptr (EwSource) input = source_of (experiment->input, pairs, n, G_STRUCT_OFFSET (EwPair, x));
  g_autoptr (EwSource) target = source_of (experiment->target, pairs, n, G_STRUCT_OFFSET (EwPair, y));
  g_autoptr (EwSource) mask = source_of (experiment->target, pairs, n, G_STRUCT_OFFSET (EwPair, mask));

  if (pairs[0].x != experiment->input->planes[0])
    replace_source (&experiment->input, input);
  if (pairs[0].y != experiment->target->planes[0])
    replace_source (&experiment->target, target);
  if (mask == NULL || experiment->mask == NULL || pairs[0].mask != experiment->mask->planes[0])
    replace_source (&experiment->mask, mask);
}

gboolean
ew_experiment_correct (EwExperiment *experiment, const EwCorrection *correction, GError **error)
{
  gboolean cuts = ew_experiment_cuts (experiment), ok = TRUE;
  int n = MIN (experiment->input->n_planes, experiment->target->n_planes);
  EwPair pairs[3] = { { NULL } };
  EwGeometry before;

  ew_experiment_pair_geometry (experiment, &before);
  for (int i = 0; ok && i < n; i++)
    {
      pairs[i] = (EwPair){ .x = ew_grid_ref (experiment->input->planes[i]),
                           .y = ew_grid_ref (experiment->target->planes[i]),
                           .mask = experiment->mask == NULL ? NULL : ew_grid_ref (experiment->mask->planes[i]),
                           .geometry = before,
                           .has_bias = experiment->settings.has_bias };
      ok = ew_correction_apply (correction, &pairs[i], error);
      /* A frame is not masked here, but cut off. */
      if (ok && correction->kind == EW_CORRECTION_CROP && experiment->mask == NULL)
        g_clear_pointer (&pairs[i].mask, ew_grid_unref);
    }
  if (ok)
    {
      g_autoptr (EwCorrections) done = ew_corrections_new_with (experiment->done, correction);

      ew_corrections_replace (&experiment->done, done);
      take_planes (experiment, pairs, n);
      experiment->settings.has_bias = pairs[0].has_bias;
      if (correction->kind == EW_CORRECTION_FINITE)
        {
          experiment->lost_height = before.kernel_height;
          experiment->lost_width = before.kernel_width;
        }
      if (correction->kind == EW_CORRECTION_GEOMETRY || correction->kind == EW_CORRECTION_REDUCED)
        take_geometry (experiment, &pairs[0].geometry, cuts && pairs[0].geometry.border == before.border);
      else if (correction->kind == EW_CORRECTION_CROP || cuts)
        experiment->settings.padding = EW_PADDING_VALID;
    }
  for (int i = 0; i < n; i++)
    ew_pair_clear (&pairs[i]);
  return ok;
}

/* What was chosen by hand stays: the planes are of the same sizes as those that it was chosen for. */
void
ew_experiment_take_layout (EwExperiment *experiment, const EwExperiment *from)
{
  EwSettings *s = &experiment->settings;
  const EwSettings *t = &from->settings;

  s->kernel_height = t->kernel_height;
  s->kernel_width = t->kernel_width;
  s->padding = t->padding;
  s->border = t->border;
  s->stride = t->stride;
  s->dilation = t->dilation;
  s->has_bias = t->has_bias;
  ew_kernel_ref (from->start);
  ew_kernel_unref (experiment->start);
  experiment->start = from->start;
}

gboolean
ew_experiment_replay (EwExperiment *experiment, const EwExperiment *from, GError **error)
{
  for (int i = 0; from->done != NULL && i < from->done->n; i++)
    if (!ew_experiment_correct (experiment, &from->done->items[i], error))
      return FALSE;
  ew_experiment_take_layout (experiment, from);
  return TRUE;
}

gboolean
ew_experiment_correct_all (EwExperiment *experiment, int *n, EwCancel *cancel, GError **error)
{
  guint done = 0;
  gboolean applied = TRUE;

  *n = 0;
  for (int round = 0; applied && round < ROUNDS; round++)
    {
      g_autoptr (EwFindings) findings = ew_experiment_examine (experiment, cancel, error);

      if (findings == NULL)
        return FALSE;
      applied = FALSE;
      for (int i = 0; !applied && i < findings->n; i++)
        {
          const EwFinding *f = &findings->items[i];

          if ((done & (1u << f->kind)) != 0 || f->correction.kind == EW_CORRECTION_NONE
              || f->correction.kind == EW_CORRECTION_CHANNELS)
            continue;
          if (!ew_experiment_correct (experiment, &f->correction, error))
            return FALSE;
          done |= 1u << f->kind;
          applied = TRUE;
          ++*n;
        }
    }
  return TRUE;
}

gboolean
ew_experiment_pair_fits (const EwExperiment *experiment)
{
  const EwGrid *x = experiment->input->planes[0];
  const EwGrid *y = experiment->target->planes[0];
  EwGeometry g;
  int height, width;

  ew_experiment_pair_geometry (experiment, &g);
  return experiment->input->n_planes == experiment->target->n_planes
         && ew_geometry_output_size (&g, x->height, x->width, &height, &width, NULL) && height == y->height
         && width == y->width;
}

/* Of several pairs the one that was examined has become another. */
static void
take_item (EwExperiment *experiment, const EwExperiment *from)
{
  EwPairs *pairs = experiment->pairs;

  if (pairs == NULL || from->pairs == NULL || pairs->n != from->pairs->n)
    return;
  experiment->pairs = ew_pairs_with_item (pairs, from->settings.pair, from->input, from->target, from->mask, from->done);
  ew_pairs_unref (pairs);
  experiment->settings.pair = from->settings.pair;
}

void
ew_experiment_take_pair (EwExperiment *experiment, const EwExperiment *from)
{
  EwSettings *s = &experiment->settings;
  const EwSettings *t = &from->settings;
  gboolean resized = s->kernel_height != t->kernel_height || s->kernel_width != t->kernel_width;

  replace_source (&experiment->input, from->input);
  replace_source (&experiment->target, from->target);
  replace_source (&experiment->mask, from->mask);
  experiment->lost_height = from->lost_height;
  experiment->lost_width = from->lost_width;
  ew_corrections_replace (&experiment->done, from->done);
  take_item (experiment, from);
  /* Learned from a pair of its own, the textbook's numbers have no meaning. */
  if (experiment->textbook)
    {
      s->rate = t->rate;
      s->epochs = t->epochs;
      s->speed = t->speed;
    }
  experiment->textbook = FALSE;
  s->target = EW_TARGET_FILE;
  s->channels = t->channels;
  s->each = t->each;
  s->channel = MIN (s->channel, from->input->n_planes - 1);
  s->kernel_height = t->kernel_height;
  s->kernel_width = t->kernel_width;
  s->padding = t->padding;
  s->border = t->border;
  s->stride = t->stride;
  s->dilation = t->dilation;
  s->has_bias = t->has_bias;
  if (resized || experiment->start->height != s->kernel_height || experiment->start->width != s->kernel_width)
    ew_experiment_draw_start (experiment);
}

char *
ew_experiment_describe_target (const EwExperiment *experiment)
{
  int preset = experiment->settings.target;
  guint n;
  const EwPreset *presets = ew_presets (&n);

  if (experiment->target != NULL)
    return g_strdup (experiment->target->name);
  if (preset >= 0 && (guint)preset < n)
    return g_strdup (_ (presets[preset].title));
  return g_strdup_printf (_ ("made by a %d×%d kernel"), experiment->teacher->height, experiment->teacher->width);
}
