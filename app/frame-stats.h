/* EwFrameStats: how evenly a window's frames come, written as JSON when it ends. */
#pragma once

#include "app/input-stats.h"

G_BEGIN_DECLS

typedef struct _EwFrameStats EwFrameStats;

/* Called once, when the first frame has been drawn. */
typedef void (*EwFirstFrameFunc) (gpointer data);

/* Watches the frames of @window (realised or not yet) until it is freed. @path: the file to write, NULL: none. */
EwFrameStats *ew_frame_stats_new (GtkWidget *window, const char *path, EwFirstFrameFunc first, gpointer data);

/* Writes the file, if one was asked for, and frees. A file that cannot be written is told on the log. */
void ew_frame_stats_free (EwFrameStats *stats);

/* How pictures follow the hand, in the same file where there was any input; NULL where none is written. */
EwInputStats *ew_frame_stats_input (EwFrameStats *stats);

/* Whether training or an animation runs: only then are intervals counted. @epochs: done so far. */
void ew_frame_stats_update (EwFrameStats *stats, gboolean active, guint64 epochs);

/* A pair of files has been decoded; and what is known of it was given to the window: the next frame shows it. The time between
 * the two is the file's "optimum_ms", of the last pair. */
void ew_frame_stats_decoded (EwFrameStats *stats);
void ew_frame_stats_answered (EwFrameStats *stats);

/* Intervals count while an animation runs, too. */
void ew_frame_stats_set_animating (EwFrameStats *stats, gboolean animating);

G_END_DECLS
