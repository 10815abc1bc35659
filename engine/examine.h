/* Examination of a pair of images before anything is learned from it. */
#pragma once

#include "engine/backend.h"
#include "engine/finding.h"

G_BEGIN_DECLS

/**
 * EwExamineOptions:
 * @geometry: the kernel's size, and how it would be laid over the input as things are
 * @x_colour: the input's file has colours; likewise @y_colour
 * @channels: the channels are taken as they are, not the luminance
 * @x_green: the middle of the input's green channel where luminance is looked at; likewise @y_green. Of one size they tell
 *   an encoding that luminance, a sum of encoded values, mixes up. May be NULL
 * @threads: 0: one for each core
 */
typedef struct
{
  EwGeometry geometry;
  gboolean x_colour;
  gboolean y_colour;
  gboolean channels;
  const EwGrid *x_green;
  const EwGrid *y_green;
  int threads;
} EwExamineOptions;

/* What is to be said of the pair, transfer full; an empty list where nothing is. Fits kernels (up to 15×15; 25×25 where a filter reaches further) to
 * crops of at most 384×384 outputs, some dozens of them, and looks at every value once; may run on any thread. What is
 * claimed of shift, turn and encoding is claimed only where a fit with it leaves less than half (a quarter for turns) of
 * what the fit without it leaves. Numbers are the same in every run.
 * EW_ERROR_CANCELLED, EW_ERROR_TOO_LARGE; without LAPACK only what needs no fit is found. */
EwFindings *ew_examine (const EwGrid *x, const EwGrid *y, const EwExamineOptions *options, EwCancel *cancel,
                        GError **error);

G_END_DECLS
