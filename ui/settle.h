/* EwSettle: does something soon, but at most twice a second however often it is asked for. For what screen readers are
 * told of values that change at every frame. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef void (*EwSettleFunc) (GtkWidget *widget);

/* A member of a widget; zeros at the start. */
typedef struct
{
  GtkWidget *widget;
  EwSettleFunc func;
  guint source;
  gint64 last; /* monotonic time of the last call */
} EwSettle;

/* Calls @func for @widget: in the next idle moment, or half a second after its last call. */
void ew_settle_later (EwSettle *settle, GtkWidget *widget, EwSettleFunc func);

/* Forgets what was asked for; in dispose. */
void ew_settle_cancel (EwSettle *settle);

G_END_DECLS
