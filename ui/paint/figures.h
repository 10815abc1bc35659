/* EwFigures: many short numbers painted at once. A Pango layout a number would cost more than the frame has. */
#pragma once

#include "ui/paint/style.h"

G_BEGIN_DECLS

typedef struct _EwFigures EwFigures;

/* Figures of @size units in the style's font; all ten digits are equally wide. */
EwFigures *ew_figures_new (const EwPaintStyle *style, double size);
void ew_figures_free (EwFigures *figures);

/* Width of a text made of what ew_number_… gives, in units. */
double ew_figures_width (const EwFigures *figures, const char *text);

/* Adds a text with its middle at (x, y). @color: black or white, two batches. */
void ew_figures_add (EwFigures *figures, const char *text, double x, double y, EwColor color);

/* Paints what was added and forgets it. */
void ew_figures_flush (EwFigures *figures, cairo_t *cr);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwFigures, ew_figures_free)

G_END_DECLS
