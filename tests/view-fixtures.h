/* What the tests of views share: a sample with its outputs in float64, and pictures of it. */
#pragma once

#include "engine/view-private.h"
#include "tests/engine-fixtures.h"

/* A sample and its outputs at full size in float64. */
typedef struct
{
  EwGeometry geometry;
  EwGrid *x;
  EwGrid *y;
  EwKernel *kernel;
  double *output;
  double *bounds; /* of a mean's error, for each output */
  int height;
  int width;
} Sample;

/* Of two threads; what all views share. */
extern EwPool *pool;

/* Outputs, and bounds: n products and a bias, each tap and each mean rounded once more, make n + 4 roundings at most. */
void sample_compute (Sample *sample);

/* A sample of that size with random values in any geometry; what it holds goes with sample_clear. */
void sample_init (Sample *sample, EwRandom *random, const EwGeometry *geometry, int height, int width);
void sample_clear (Sample *sample);

/* A view of it, and pictures of a view that must come about. */
EwView *view_of (const Sample *sample);
EwPictures *pictures_of (EwView *view, const EwViewport *viewport, EwKernel *kernel);

/* Each value of the pictures, and that they are the part that was asked for. */
void check_pictures (const Sample *sample, const EwViewport *v, const EwPictures *p);

/* Any geometry, and any part of a plane at block size @s. */
void random_geometry (EwRandom *random, EwGeometry *geometry, int most_taps);
EwViewport random_viewport (EwRandom *random, int s, int rows, int columns);

/* Bit for bit. */
void assert_same_grid (const EwGrid *a, const EwGrid *b);

/* The cases, by what they try. */
void add_view_kept_cases (void);
void add_view_loops_cases (void);
