/* A sample of any geometry as a few valid correlations with neither stride nor dilation. Internal to the CPU backend. */
#pragma once

#include "engine/pool.h"
#include "engine/problem.h"

G_BEGIN_DECLS

/* A plane of values that something else holds: element (i, j) is data[i · stride + j]. */
typedef struct
{
  const float *data;
  size_t stride;
  int height;
  int width;
} EwGramView;

/**
 * EwGramPlane:
 * @x: its values: outputs + kh − 1 rows, columns alike
 * @first_down, @first_right: the first of its taps
 * @kh, @kw: how many there are; number (a, c) is tap (first_down + a · step_down, first_right + c · step_right)
 * @grid: what holds the values, where that is a copy
 */
typedef struct
{
  EwGramView x;
  int first_down;
  int first_right;
  int kh;
  int kw;
  EwGrid *grid;
} EwGramPlane;

/**
 * EwGramPhase:
 * @step_down, @step_right: from one tap of a plane to the next
 * @out_down, @out_right: from one of its outputs to the next; the first is (first_down, first_right)
 * @y: the targets
 * @mask: their weights; without data where there is no mask
 * @n_planes: 1 unless there is a stride
 * @planes: each tap is in one of them
 * @y_grid, @mask_grid: what holds targets and weights, where that is a copy
 *
 * Some of a sample's outputs: Ŷ[i, j] = bias + Σ over planes, Σ K[tap (a, c)] · x[i + a, j + c].
 *
 * Output i sees input i·s + a·d − padding. With g the greatest common divisor of s and d, outputs that are d/g apart
 * see the same values at taps that are s/g apart, one place further: each of the (d/g)² phases of the outputs is a
 * problem of its own, and in it each of the (s/g)² phases of the taps is a valid correlation with a plane of its own.
 */
typedef struct
{
  int step_down;
  int step_right;
  int first_down;
  int first_right;
  int out_down;
  int out_right;
  EwGramView y;
  EwGramView mask;
  int n_planes;
  EwGramPlane *planes;
  EwGrid *y_grid;
  EwGrid *mask_grid;
} EwGramPhase;

/* How many phases a sample's outputs have; each output is in one. */
gint64 ew_gram_n_phases (const EwGeometry *geometry, const EwSample *sample);

/* Phase @number, transfer full. Without padding, stride and dilation it only points into the sample; otherwise it copies
 * what it sees, in all at most the input with its border once for each phase of the taps that overlaps it: memory is
 * checked before anything is allocated. EW_ERROR_TOO_LARGE, EW_ERROR_CANCELLED. */
EwGramPhase *ew_gram_phase_new (EwPool *pool, const EwSample *sample, const EwGeometry *geometry, gint64 number,
                                EwCancel *cancel, GError **error);
void ew_gram_phase_free (EwGramPhase *phase);

/* The height × width outputs of a phase from (row, column) on as a phase of their own, transfer full, which only points
 * into @phase. */
EwGramPhase *ew_gram_phase_part (const EwGramPhase *phase, int row, int column, int height, int width);

/* The number of tap (a, c) of a plane among all taps of a kernel that is @kernel_width wide. */
static inline int
ew_gram_phase_tap (const EwGramPhase *phase, const EwGramPlane *plane, int a, int c, int kernel_width)
{
  return (plane->first_down + a * phase->step_down) * kernel_width + plane->first_right + c * phase->step_right;
}

static inline EwGramView
ew_gram_view_of (const EwGrid *grid)
{
  return (EwGramView){ grid->data, grid->stride, grid->height, grid->width };
}

static inline const float *
ew_gram_view_row (const EwGramView *view, int row)
{
  return view->data + (size_t)row * view->stride;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwGramPhase, ew_gram_phase_free)

G_END_DECLS
