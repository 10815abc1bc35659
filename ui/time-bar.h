/* EwTimeBar: the scrubber over a run's epochs: a slider, playing backwards and forwards, going on from there. */
#pragma once

#include "engine/snapshot.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EW_TYPE_TIME_BAR (ew_time_bar_get_type ())
G_DECLARE_FINAL_TYPE (EwTimeBar, ew_time_bar, EW, TIME_BAR, GtkBox)

/* Emits "epoch-asked" (guint64: the epoch to show) when the slider is moved, and "play" (double: epochs a second, negative
 * backwards, infinite: as fast as it goes, 0: stop). Its buttons activate win.branch and win.show-end. Time runs from left
 * to right whatever the language, as in the charts. */
GtkWidget *ew_time_bar_new (void);

/* Shows where @snapshot stands; @keep: the slider's place is newer than the snapshot and stays. */
void ew_time_bar_show (EwTimeBar *bar, const EwSnapshot *snapshot, gboolean keep);

/* Plays or stops, as its buttons do; @backwards. */
void ew_time_bar_toggle_play (EwTimeBar *bar, gboolean backwards);

G_END_DECLS
