/* What threads that compute owe to the one that draws the window: a lower priority, and room while a frame is drawn. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Gives the calling thread the priority of compute threads (nice 10), so that the window always wins. */
void ew_courtesy_lower_priority (void);

/* A frame is being drawn, or no longer; for the one thread that draws. What it draws with may work on it too (a display
 * server), which is why this lasts to the end of the frame and not of the thread's own work. */
void ew_courtesy_set_drawing (gboolean drawing);

/* Whether one is. */
gboolean ew_courtesy_is_drawing (void);

/* Lets others have the core, where a frame is being drawn; else it costs a look at a variable. Threads that compute call
 * it every half a millisecond, or as often as they like: the kernel looks at who may run every 4 ms on many systems, and one
 * that has lost its turn to a thread at nice 10 would wait as long. No result depends on it. */
void ew_courtesy_give_way (void);

G_END_DECLS
