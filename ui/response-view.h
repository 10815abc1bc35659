/* EwResponseView: a widget that shows a kernel's frequency response and reads values off it. */
#pragma once

#include "engine/diagnosis.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EW_TYPE_RESPONSE_VIEW (ew_response_view_get_type ())
G_DECLARE_FINAL_TYPE (EwResponseView, ew_response_view, EW, RESPONSE_VIEW, GtkWidget)

/* Shows the response of @diagnosis; a reference is taken; NULL: none. */
void ew_response_view_set_diagnosis (EwResponseView *view, EwDiagnosis *diagnosis);

/* What is read off at the pointer, or at the mark that the arrow keys move: "|H(0.25, 0)| = 2.83". Transfer full. */
char *ew_response_view_read (EwResponseView *view);

G_END_DECLS
