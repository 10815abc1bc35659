/* EwSession: one window's experiment: its data and settings, its loop, and what ties them to the window. */
#pragma once

#include "app/options.h"
#include "ui/window.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _EwSession EwSession;

/* Starts a session for @window and ties its life to the window's. @frame_stats: a file to write, or NULL. The working
 * directory for relative paths is @directory (NULL: the present one). @settings keeps what is remembered; may be NULL.
 */
EwSession *ew_session_new (EwWindow *window, const EwOptions *options, const char *directory, const char *frame_stats,
                           GSettings *settings);

G_END_DECLS
