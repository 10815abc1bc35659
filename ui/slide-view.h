/* EwSlideView: a widget that shows the kernel's window at one place of the input, and the outputs made up to there. */
#pragma once

#include "engine/snapshot.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EW_TYPE_SLIDE_VIEW (ew_slide_view_get_type ())
G_DECLARE_FINAL_TYPE (EwSlideView, ew_slide_view, EW, SLIDE_VIEW, GtkWidget)

GtkWidget *ew_slide_view_new (void);

/* Whose input, kernel and geometry slide. A reference is taken. While its planes, geometry and kernel stay the same
 * nothing happens. Where the input is large a part of it is shown, around (output_row, output_column) when it comes
 * new.
 */
void ew_slide_view_set_snapshot (EwSlideView *view, EwSnapshot *snapshot, int output_row, int output_column);

/* How many outputs there are to be made; 0 without an input. */
int ew_slide_view_get_length (EwSlideView *view);

/* How many are made, 1 … length. The signal "moved" () tells of every change, by whomever. */
int ew_slide_view_get_made (EwSlideView *view);
void ew_slide_view_set_made (EwSlideView *view, int made);

/* The output that was made last, in the whole output; FALSE where there is none. */
gboolean ew_slide_view_get_output (EwSlideView *view, int *row, int *column);

/* "Rows 0–5, columns 0–7 of X · padding 1, 1, 1, 1 (zeros) · stride 2": what lies how. Transfer full. */
char *ew_slide_view_describe (EwSlideView *view);

G_END_DECLS
