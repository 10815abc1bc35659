/* The examination of a pair: its course. */
#include "engine/examine-private.h"

#include "engine/fit.h"
#include "engine/holdout.h"
#include "engine/lapack.h"

#include <math.h>
#include <string.h>

/* Unrelated: no kernel explains more than this, and there is no peak above what chance makes. */
#define UNRELATED_SHARE    0.5
#define UNRELATED_STRENGTH 8

EwFinding *
ew_examine_add (EwExamination *e, EwFindingKind kind, gboolean blocks, char *sentence, char *label)
{
  EwFinding *finding = &e->findings->items[e->findings->n++];

  finding->kind = kind;
  finding->blocks = blocks;
  finding->sentence = sentence;
  finding->label = label;
  return finding;
}

char *
ew_examine_percent (double share)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, share < 0.1 ? "%.2g" : "%.3g", 100 * share);
  return g_strconcat (number, " %", NULL);
}

/* The outputs of one axis that a try can use: from *from, as many as are returned. */
static int
usable (int n_x, int n_y, int k, int offset, int *from)
{
  *from = MAX (0, -offset);
  return MIN (n_y, n_x - k + 1 - offset) - *from;
}

/* The crop's place in one axis. */
static int
place (int from, int n, int size, int wanted)
{
  return wanted < 0 ? from + (n - size) / 2 : CLAMP (wanted, from, from + n - size);
}

/* NULL where nothing is left out. */
static EwGrid *
mask_of (const EwExamination *e, const EwGrid *y, const EwTry *t)
{
  double low = e->between ? MAX (t->low, 0) : t->low, high = e->between ? MIN (t->high, 1) : t->high;
  EwGrid *mask = y == NULL || (isinf (low) && isinf (high)) ? NULL : ew_grid_new (y->height, y->width, NULL);

  for (int i = 0; mask != NULL && i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      {
        double value = (double)ew_grid_row (y, i)[j];

        ew_grid_row (mask, i)[j] = value > low && value < high;
      }
  return mask;
}

/* Problem of the crops, which are taken over; NULL where it is none (all masked, say). */
static EwProblem *
problem_of (EwExamination *e, const EwTry *t, EwGrid *x, EwGrid *y)
{
  g_autoptr (EwGrid) x_light = x == NULL ? NULL : ew_encoding_decode_grid (t->x_encoding, x, NULL);
  g_autoptr (EwGrid) y_light = y == NULL ? NULL : ew_encoding_decode_grid (t->y_encoding, y, NULL);
  g_autoptr (EwGrid) mask = mask_of (e, y, t);
  EwSample sample = { x_light, y_light, mask };
  EwGeometry g;

  ew_grid_unref (x);
  ew_grid_unref (y);
  ew_geometry_init_valid (&g, e->kh, e->kw);
  return x_light == NULL || y_light == NULL ? NULL : ew_problem_new (&sample, 1, &g, !t->no_bias, NULL);
}

/* Where the windows of a try begin. Lying on its side the input has its middle where the target has its own. */
static void
find_offsets (const EwExamination *e, const EwTry *t, int x_height, int x_width, int *oy, int *ox)
{
  gboolean sideways = ew_turn_is_sideways (t->turn);

  *oy = t->dy + (sideways ? (x_height - e->y->height) / 2 - (e->kh - 1) / 2 : e->oy);
  *ox = t->dx + (sideways ? (x_width - e->y->width) / 2 - (e->kw - 1) / 2 : e->ox);
}

EwProblem *
ew_examine_problem (EwExamination *e, const EwTry *t)
{
  gboolean sideways = ew_turn_is_sideways (t->turn);
  int x_height = sideways ? e->x->width : e->x->height, x_width = sideways ? e->x->height : e->x->width;
  int oy, ox, top, left, height, width, h, w;

  find_offsets (e, t, x_height, x_width, &oy, &ox);
  height = usable (x_height, e->y->height, e->kh, oy, &top);
  width = usable (x_width, e->y->width, e->kw, ox, &left);
  h = MIN (height, EW_EXAMINE_CROP);
  w = MIN (width, EW_EXAMINE_CROP);
  /* Some outputs more than taps, or any kernel explains them. */
  if (h < 1 || w < 1 || h * w < 4 * (e->kh * e->kw + 1))
    return NULL;
  top = place (top, height, h, t->top);
  left = place (left, width, w, t->left);
  return problem_of (e, t, ew_grid_turned (e->x, t->turn, top + oy, left + ox, h + e->kh - 1, w + e->kw - 1, NULL),
                     ew_grid_new_cropped (e->y, top, left, h, w, NULL));
}

EwOptimum *
ew_examine_fit_problem (EwExamination *e, EwProblem *problem)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (EwQuadratic) q = ew_fit_quadratic (e->devices, problem, e->cancel, &cause);
  EwOptimum *o = q == NULL ? NULL
                           : ew_optimum_new (q, problem->n_residuals, ew_problem_variation (problem), e->cancel, &cause);

  if (g_error_matches (cause, EW_ERROR, EW_ERROR_CANCELLED))
    e->error = g_steal_pointer (&cause);
  return o;
}

EwOptimum *
ew_examine_fit (EwExamination *e, const EwTry *t)
{
  g_autoptr (EwProblem) problem = e->error == NULL ? ew_examine_problem (e, t) : NULL;

  return problem == NULL ? NULL : ew_examine_fit_problem (e, problem);
}

double
ew_examine_unexplained (EwExamination *e, const EwTry *t)
{
  g_autoptr (EwOptimum) o = ew_examine_fit (e, t);

  return o == NULL ? NAN : 1 - o->r_squared;
}

static void
examine_colour (EwExamination *e)
{
  const EwExamineOptions *o = e->options;

  if (o->x_colour != o->y_colour)
    ew_examine_add (e, EW_FINDING_COLOUR, FALSE,
                    g_strdup (o->x_colour ? "The input has colours and the target is grey; the input’s luminance is used."
                                          : "The target has colours and the input is grey; the target’s luminance is "
                                            "used."),
                    NULL);
  else if (o->x_colour && !o->channels)
    ew_examine_add (e, EW_FINDING_COLOUR, FALSE,
                    g_strdup ("Both images have colours; their luminance is used. Taken as three samples, red, green and "
                              "blue tell more of the kernel."),
                    g_strdup ("Use the Channels"))
        ->correction.kind
        = EW_CORRECTION_CHANNELS;
}

/* What no turn, shift or encoding made any better. */
static void
examine_relation (EwExamination *e)
{
  gboolean better = ew_findings_find (e->findings, EW_FINDING_FLIPPED) != NULL
                    || ew_findings_find (e->findings, EW_FINDING_SHIFTED) != NULL
                    || ew_findings_find (e->findings, EW_FINDING_ENCODING) != NULL
                    || ew_findings_find (e->findings, EW_FINDING_KERNEL) != NULL;

  if (better || !(e->base > UNRELATED_SHARE) || e->strength > UNRELATED_STRENGTH)
    return;

  g_autofree char *share = ew_examine_percent (1 - e->base);

  ew_examine_add (e, EW_FINDING_UNRELATED, TRUE,
                  g_strdup_printf ("The two images seem to have nothing to do with each other: the best kernel explains "
                                   "%s of the target. They must show the same picture at the same place.",
                                   share),
                  NULL);
}

/* All that needs fits. */
static void
examine_by_fits (EwExamination *e)
{
  EwTry plain = EW_TRY_INIT;

  if (!ew_lapack_available (NULL))
    return;
  /* Clipped ones would hide a shift or an offset behind an encoding that bends the ends as they do. */
  e->between = ew_examine_has_ends (e);
  e->base = ew_examine_unexplained (e, &plain);
  if (isnan (e->base))
    return;
  ew_examine_places (e);
  ew_examine_light (e);
  ew_examine_clipping (e);
  ew_examine_border (e);
  ew_examine_kernel (e);
  examine_relation (e);
}

EwFindings *
ew_examine (const EwGrid *x, const EwGrid *y, const EwExamineOptions *options, EwCancel *cancel, GError **error)
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  const EwGeometry *g = &options->geometry;
  EwExamination e = {
    .x = x,
    .y = y,
    .options = options,
    .cancel = cancel,
    .devices = ew_devices_new (backends, 1, options->threads),
    .findings = g_new0 (EwFindings, 1),
    .kh = MIN (g->kernel_height, EW_EXAMINE_KERNEL),
    .kw = MIN (g->kernel_width, EW_EXAMINE_KERNEL),
    .base = NAN,
  };

  examine_colour (&e);
  if (ew_examine_values (&e))
    {
      gboolean aligned = ew_examine_sizes (&e);

      ew_examine_scale (&e);
      if (aligned)
        examine_by_fits (&e);
    }
  ew_devices_free (e.devices);
  if (e.error == NULL)
    return e.findings;
  g_propagate_error (error, e.error);
  ew_findings_free (e.findings);
  return NULL;
}
