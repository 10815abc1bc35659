/* EwInputStats: how long the pictures take to follow the user's hand. */
#pragma once

#include "engine/kernel.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _EwInputStats EwInputStats;

/* Watches what the pointer and the keyboard do to @window. All functions take NULL for none. */
EwInputStats *ew_input_stats_new (GtkWidget *window);
void ew_input_stats_free (EwInputStats *stats);

/* The input that is being handled has edited the kernel; snapshots from @generation on know of it. */
void ew_input_stats_edited (EwInputStats *stats, guint64 generation);

/* A snapshot has come; then pictures whose output was made with a kernel. Edited weights are in the pictures when that is one of
 * a snapshot that knew of them. */
void ew_input_stats_snapshot (EwInputStats *stats, guint64 generation, EwKernel *kernel);
void ew_input_stats_pictures (EwInputStats *stats, const EwKernel *kernel);

/* A frame has been drawn. */
void ew_input_stats_drawn (EwInputStats *stats);

/* Milliseconds from what the pointer did to the end of the frame that shows it, and from an edit to the end of the first
 * frame whose output follows it; arrays of float, in order of time. */
GArray *ew_input_stats_pointer (EwInputStats *stats);
GArray *ew_input_stats_edits (EwInputStats *stats);

G_END_DECLS
