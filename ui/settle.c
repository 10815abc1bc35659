/* EwSettle: one pending timeout at most. */
#include "ui/settle.h"

#define INTERVAL_MS 500

static gboolean
on_time (gpointer data)
{
  EwSettle *settle = data;

  settle->source = 0;
  settle->last = g_get_monotonic_time ();
  settle->func (settle->widget);
  return G_SOURCE_REMOVE;
}

void
ew_settle_later (EwSettle *settle, GtkWidget *widget, EwSettleFunc func)
{
  gint64 elapsed = (g_get_monotonic_time () - settle->last) / 1000;

  if (settle->source != 0)
    return;
  settle->widget = widget;
  settle->func = func;
  settle->source
      = g_timeout_add (settle->last == 0 ? 0 : (guint)CLAMP (INTERVAL_MS - elapsed, 0, INTERVAL_MS), on_time, settle);
}

void
ew_settle_cancel (EwSettle *settle)
{
  g_clear_handle_id (&settle->source, g_source_remove);
}
