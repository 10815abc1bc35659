/* The painting style of a widget: colours of its theme, font of its Pango context. */
#pragma once

#include "ui/paint/style.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Fills @style for @widget as it is now; ew_paint_style_clear when done. */
void ew_widget_style_init (GtkWidget *widget, EwPaintStyle *style);

/* The palettes (palette.h) of all that is drawn in @window, which is drawn anew; NULL: the usual ones. */
void ew_widget_style_set_palettes (GtkWidget *window, const char *for_signed, const char *for_image);

/* Redraws @widget when the system turns dark, light or to high contrast; until the widget is disposed of. */
void ew_widget_style_follow (GtkWidget *widget);

G_END_DECLS
