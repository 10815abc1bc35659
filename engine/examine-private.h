/* What the files of the examination share. */
#pragma once

#include "engine/devices.h"
#include "engine/examine.h"
#include "engine/optimum.h"

G_BEGIN_DECLS

/* The largest side of a crop that is fitted, and of the kernel that is fitted to it. */
#define EW_EXAMINE_CROP   384
#define EW_EXAMINE_KERNEL 15

/**
 * EwExamination:
 * @kh, @kw: the kernel's size in fits
 * @oy: output (i, j) sees the input's window that begins at (i + oy, j + ox), as things are
 * @x_size, @y_size: the largest magnitudes
 * @between: fits leave out the targets at the ends of the scale, which may be clipped
 * @base: what a fit as things are leaves unexplained of the target's variation, 0 … 1; NAN where there is no fit
 * @strength: of the phase correlation's peak; 0 where there is none
 * @error: set by the first thing that went wrong for good
 */
typedef struct
{
  const EwGrid *x;
  const EwGrid *y;
  const EwExamineOptions *options;
  EwCancel *cancel;
  EwDevices *devices;
  EwFindings *findings;
  int kh;
  int kw;
  int oy;
  int ox;
  double x_size;
  double y_size;
  gboolean between;
  double base;
  double strength;
  GError *error;
} EwExamination;

/**
 * EwTry: one fit
 * @turn: of the input
 * @dy, @dx: by which the target is shifted, see EwPhase
 * @low, @high: targets at or beyond are left out; infinite for none
 * @top, @left: of the crop's outputs; −1: in the middle
 */
typedef struct
{
  EwTurn turn;
  int dy;
  int dx;
  EwEncoding x_encoding;
  EwEncoding y_encoding;
  gboolean no_bias;
  double low;
  double high;
  int top;
  int left;
} EwTry;

#define EW_TRY_INIT                                                                                                    \
  {                                                                                                                    \
    .low = -INFINITY, .high = INFINITY, .top = -1, .left = -1                                                          \
  }

/* The problem of a try, NULL where the images leave no room for it. */
EwProblem *ew_examine_problem (EwExamination *e, const EwTry *t);

/* The optimum of a problem, NULL where there is none. */
EwOptimum *ew_examine_fit_problem (EwExamination *e, EwProblem *problem);

/* The optimum of a try, NULL where there is none. */
EwOptimum *ew_examine_fit (EwExamination *e, const EwTry *t);

/* What a try leaves unexplained, 0 … 1; NAN where it cannot be fitted. */
double ew_examine_unexplained (EwExamination *e, const EwTry *t);

/* Adds a finding; @sentence and @label are taken over. */
EwFinding *ew_examine_add (EwExamination *e, EwFindingKind kind, gboolean blocks, char *sentence, char *label);

/* "12.5 %", with a point in every locale; transfer full. */
char *ew_examine_percent (double share);

/* Whether enough of the target lies at the ends of its scale to mislead fits, and enough between them to make some. */
gboolean ew_examine_has_ends (const EwExamination *e);

/* A target that is the input reduced by a whole factor: says so, with the stride as a correction. */
gboolean ew_examine_reduced (EwExamination *e);

/* Whether all values lie between 0 and 1, as those of a file of fractions do. */
gboolean ew_examine_is_unit (const EwGrid *grid);

/* Fits with a kernel of at least that side from now on, its middle where the present one's is. */
void ew_examine_widen (EwExamination *e, int side);

/* Whether the kernel that fits best reaches its own outermost ring, so that a larger one may do better. */
gboolean ew_examine_reaches (EwExamination *e);

/* Padding on all sides, the larger half at bottom and right. */
void ew_examine_pad (EwGeometry *g, int vertical, int horizontal);

/* Adds a finding that @g mends; as ew_examine_add(). */
void ew_examine_suggest (EwExamination *e, EwFindingKind kind, gboolean blocks, const EwGeometry *g, char *sentence,
                         char *label);

/* Tries the turns from @first on; where one explains the target that nothing else does, says so. */
gboolean ew_examine_turn (EwExamination *e, EwTurn first);

/* From a peak of the phase correlation, which lies where the kernel's largest tap is, to the shift by which the kernel is seen
 * whole: a pixel at a time to where clearly less is left unexplained. Returns what that is, as ew_examine_unexplained(). */
double ew_examine_settle (EwExamination *e, EwTry *t);

/* The parts. Values: FALSE where nothing can be fitted. */
gboolean ew_examine_values (EwExamination *e);
gboolean ew_examine_sizes (EwExamination *e);
void ew_examine_scale (EwExamination *e);
void ew_examine_places (EwExamination *e);
void ew_examine_border (EwExamination *e);
void ew_examine_kernel (EwExamination *e);
void ew_examine_light (EwExamination *e);
void ew_examine_encoding (EwExamination *e);
void ew_examine_green (EwExamination *e);
void ew_examine_clipping (EwExamination *e);

G_END_DECLS
