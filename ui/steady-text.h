/* EwSteadyText: words that change while frames are drawn, in a room that stays. A GtkLabel that changes has the whole
 * window laid out anew, which takes half a frame. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EW_TYPE_STEADY_TEXT (ew_steady_text_get_type ())
G_DECLARE_FINAL_TYPE (EwSteadyText, ew_steady_text, EW, STEADY_TEXT, GtkWidget)

/* One line in a room of @width_chars characters; @xalign: 0 at its start, 0.5 in its middle, 1 at its end. What does
 * not fit ends in an ellipsis, unless the property "grows" is set: then the room becomes larger, and stays so. */
GtkWidget *ew_steady_text_new (int width_chars, double xalign);

/* Room for @lines lines, which wrap, and below for @detail_lines lines of a dimmer and smaller detail. What is shorter
 * stands in the middle of the room. */
void ew_steady_text_set_lines (EwSteadyText *text, int lines, int detail_lines);

/* The words; @detail: NULL for none. They are the widget's accessible name and description. */
void ew_steady_text_set_words (EwSteadyText *text, const char *words, const char *detail);
const char *ew_steady_text_get_words (EwSteadyText *text);

G_END_DECLS
