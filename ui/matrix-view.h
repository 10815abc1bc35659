/* EwMatrixView: a widget that shows the correlation of a small input, or of a part of a larger one, as a matrix. */
#pragma once

#include "engine/snapshot.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EW_TYPE_MATRIX_VIEW (ew_matrix_view_get_type ())
G_DECLARE_FINAL_TYPE (EwMatrixView, ew_matrix_view, EW, MATRIX_VIEW, GtkWidget)

GtkWidget *ew_matrix_view_new (void);

/* Whose input, kernel and geometry are shown; a reference is taken. The row of output (output_row, output_column) of
 * the whole is linked; of a large input the part around it is shown, where it is not in the present one. */
void ew_matrix_view_set_snapshot (EwMatrixView *view, EwSnapshot *snapshot, int output_row, int output_column);

/* The line that says it in words, to be placed beside; owned by the view's holder once it is in a parent. */
GtkWidget *ew_matrix_view_words (EwMatrixView *view);

/* Signal "row-pointed" (int row, int column): the user has gone to the row that makes this output, by pointer or keys.
 */

G_END_DECLS
