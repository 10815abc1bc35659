/* Painting the slide: the kernel's window over the padded input, and the outputs made so far. */
#pragma once

#include "engine/excerpt.h"
#include "engine/kernel.h"
#include "ui/paint/table.h"

G_BEGIN_DECLS

/**
 * EwSlidePaint:
 * @x: the whole input
 * @excerpt: the part of it that is drawn
 * @kernel: what slides
 * @outputs: the excerpt's outputs, row by row; those from @made on are not looked at
 * @made: how many are drawn; the window lies over the last of them
 * @input_range: colours of the input; below zero it is drawn as signed values
 * @output_range: colours of the outputs; symmetric
 * @style: colours, font, scale
 */
typedef struct
{
  const EwGrid *x;
  const EwExcerpt *excerpt;
  const EwKernel *kernel;
  const double *outputs;
  int made;
  EwRange input_range;
  EwRange output_range;
  const EwPaintStyle *style;
} EwSlidePaint;

/* Paints into width × height units from the origin. */
void ew_paint_slide (cairo_t *cr, const EwSlidePaint *paint, double width, double height);

/* The output at (x, y) of the slide so painted, counted row by row; −1: none. */
int ew_slide_find (const EwSlidePaint *paint, double width, double height, double x, double y);

G_END_DECLS
