/* EwSlidePage: the slide with its controls: play, pause, one step, speed, and a bar to scrub with. */
#pragma once

#include "engine/snapshot.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_SLIDE_PAGE (ew_slide_page_get_type ())
G_DECLARE_FINAL_TYPE (EwSlidePage, ew_slide_page, EW, SLIDE_PAGE, AdwBin)

/* See ew_slide_view_set_snapshot. While the page is not on screen it is only kept. */
void ew_slide_page_set_snapshot (EwSlidePage *page, EwSnapshot *snapshot, int output_row, int output_column);

/* Plays from where it stands, or from the start where it stands at the end; pauses. Where animations are switched off
 * playing shows the end at once. Property "playing". */
void ew_slide_page_set_playing (EwSlidePage *page, gboolean playing);
gboolean ew_slide_page_get_playing (EwSlidePage *page);

/* Signal "moved" (int row, int column): the window has moved to this output of the whole. */

G_END_DECLS
