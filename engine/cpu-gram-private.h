/* What the parts of the CPU's Gram sums share. */
#pragma once

#include "engine/cpu-gram-phases.h"
#include "engine/cpu-gram.h"

G_BEGIN_DECLS

/**
 * EwGramAxis:
 * @out: of the output along this axis
 * @side: taps of the first plane
 * @low: the least lag, from a tap of the first plane to one of the second
 * @n_lags: how many there are
 * @has_core: whether elements side − 1 … out − 1 of the first plane lie under every one of its taps
 * @window: min(out, side): how many entries lie under one tap
 * @entries: side − 1 + window
 *
 * One axis of the first plane, shortened: the core counts as one entry (number side − 1), what lies before and behind
 * it as one each; without a core every element is an entry. Tap a covers the entries a … a + window − 1.
 */
typedef struct
{
  int out;
  int side;
  int low;
  int n_lags;
  gboolean has_core;
  int window;
  int entries;
} EwGramAxis;

/* The columns from @first on, as rows of a grid of their own: what goes down the image lies in a row. */
typedef struct
{
  int first;
  int count;
  EwGrid *grid;
} EwGramColumns;

/**
 * EwGramLags:
 * @phase: what the planes are of
 * @a, @b: the first plane, and the second, which may be the same: then half of the lags say all
 * @n: lags down × lags right, and the place n − 1 for the sum of the first plane itself, which the bias needs
 * @n_bands: bands of the core
 * @core: one row of n a band: Σ A[u, v]·B[u + da, v + dc] over the core, lag (da, dc) at ew_gram_lags_place
 * @rows: one row of n an entry down: the same over one row and the core's columns
 * @columns: one row of n an entry to the right: over one column and the core's rows, lags turned
 * @h: with @a = @b one row of kh·kw + 1 a band of the output: Σ Y·X shifted, Σ Y
 * @a_edges, @b_edges: left and right
 *
 * The sums of products that a block of G and a part of h are put together from; unneeded ones are zero.
 */
typedef struct
{
  const EwGramPhase *phase;
  const EwGramPlane *a;
  const EwGramPlane *b;
  EwGramAxis down;
  EwGramAxis right;
  int n;
  int n_bands;
  int n_h_bands;
  double *core;
  double *rows;
  double *columns;
  double *h;
  EwGramColumns a_edges[2];
  EwGramColumns b_edges[2];
} EwGramLags;

/* One call of the inner loop; without @a, of the one that sums @b alone. */
typedef struct
{
  const float *a;
  size_t a_stride;
  const float *b;
  size_t b_stride;
  int rows;
  int width;
  int n_down;
  int n_right;
  int skip;
  double *sums;
  size_t sums_stride;
} EwGramTask;

/* What every part of the sums needs. */
typedef struct
{
  const EwCpuGramSums *sums;
  EwPool *pool;
  EwGram *gram; /* of which only the upper triangle is filled */
  int kernel_width;
  gboolean has_bias;
  EwCancel *cancel;
} EwGramWork;

/* Always FALSE, with EW_ERROR_CANCELLED. */
gboolean ew_gram_cancelled (GError **error);

/* Adds a phase, with its mask where there is one; after all of them the lower triangle becomes the upper one's mirror. */
gboolean ew_gram_add_phase (const EwGramWork *work, EwGramPhase *phase, GError **error);
gboolean ew_gram_mirror (const EwGramWork *work, GError **error);

/* Adds phases without looking at a mask: parts of one phase, of any size, which have the same planes. */
gboolean ew_gram_add_parts (const EwGramWork *work, EwGramPhase *const *parts, int n_parts, GError **error);

/* Adds a phase with its mask: by lags where a rectangle's weights are all 1, directly where they are not. What is left
 * out is never added, so that nothing has to be subtracted. */
gboolean ew_gram_add_masked (const EwGramWork *work, const EwGramPhase *phase, GError **error);

/* A rectangle of outputs. */
typedef struct
{
  int row;
  int column;
  int height;
  int width;
} EwGramTile;

/* Adds rectangles of a phase with their weights, whatever these are, product by product. */
gboolean ew_gram_add_tiles (const EwGramWork *work, const EwGramPhase *phase, const GArray *tiles, GError **error);

/* The element of the first plane that an entry stands for; the core's first element for the core. */
static inline int
ew_gram_axis_element (const EwGramAxis *axis, int entry)
{
  return axis->has_core && entry >= axis->side ? entry - axis->side + axis->out : entry;
}

static inline gboolean
ew_gram_axis_is_core (const EwGramAxis *axis, int entry)
{
  return axis->has_core && entry == axis->side - 1;
}

/* Where a lag's sum lies in a row of n; turned, in one of the columns' rows. */
static inline int
ew_gram_lags_place (const EwGramLags *lags, int down, int right, gboolean turned)
{
  return turned ? (right - lags->right.low) * lags->down.n_lags + down - lags->down.low
                : (down - lags->down.low) * lags->right.n_lags + right - lags->right.low;
}

/* Room for the sums of planes @a and @b ≥ @a of a phase, which must outlive it. EW_ERROR_TOO_LARGE. */
EwGramLags *ew_gram_lags_new (const EwGramPhase *phase, int a, int b, GError **error);
void ew_gram_lags_free (EwGramLags *lags);

/* Appends the EwGramTasks that fill it, independent of each other. */
void ew_gram_lags_list_tasks (const EwGramLags *lags, GArray *tasks);
void ew_gram_task_run (const EwGramTask *task, const EwCpuGramSums *sums, EwCancel *cancel);

/* When it is filled, adds what it gives to the upper triangle of G, a step down at a time, for every step <
 * ew_gram_lags_n_steps; no two steps touch the same entry. With a bias the last step is the bias's. */
int ew_gram_lags_n_steps (const EwGramLags *lags, gboolean has_bias);
void ew_gram_lags_add_step (const EwGramLags *lags, int step, EwGram *gram, int kernel_width, EwCancel *cancel);

/* Adds Σ y·φ to h, for a = b; with the first plane Σ y too where there is a bias. */
void ew_gram_lags_add_targets (const EwGramLags *lags, EwGram *gram, int kernel_width, gboolean has_bias);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwGramLags, ew_gram_lags_free)

G_END_DECLS
