/* What the files of EwObjective share. */
#pragma once

#include "engine/objective.h"

G_BEGIN_DECLS

/* The input under tap (a, c) for output (i, 0); the next output's is a stride further. */
static inline const float *
ew_objective_under_tap (const EwProblem *problem, const EwSample *sample, int i, int a, int c)
{
  const EwGeometry *g = &problem->geometry;

  return ew_grid_row (sample->x, i * g->stride + a * g->dilation) + (size_t)c * g->dilation;
}

/* A row of the mask, or NULL where all its weights are 1. */
static inline const float *
ew_objective_mask_row (const EwSample *sample, int i)
{
  return sample->mask == NULL ? NULL : ew_grid_row (sample->mask, i);
}

/* From z, in place, the slope of the loss with z, for the outputs (i, j) … (i, j + n − 1); returns their loss. */
double ew_objective_judge (const EwObjective *objective, const EwSample *sample, int i, int j, int n, double *z);

G_END_DECLS
