/* Layouts of short single lines, kept with the context that they are of: most texts on screen are those of the last frame. */
#pragma once

#include "ui/paint/style.h"

G_BEGIN_DECLS

/* @text as one line with tabular figures, @size units tall, in the style's font. Belongs to the style's context: it is the
 * caller's until the next call. */
PangoLayout *ew_layout_of (const EwPaintStyle *style, const char *text, double size);

/* Layouts that are kept for the style's context. */
guint ew_layouts_kept (const EwPaintStyle *style);

/* A context keeps those of the texts that were asked for last: more than so many, and at most twice as many. */
#define EW_LAYOUTS_KEPT 192

G_END_DECLS
