/* Room for a window's frames: threads that compute give way while one is drawn. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* From when @window is realised to its end. For one window of the process at a time. */
void ew_frame_room_keep (GtkWidget *window);

G_END_DECLS
