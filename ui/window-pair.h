/* EwWindow: what is said of a pair of images, and its optimum. */
#pragma once

#include "ui/findings-panel.h"
#include "ui/optimum-page.h"
#include "ui/pairs-page.h"
#include "ui/window.h"

G_BEGIN_DECLS

/* The list above the pictures, and the sidebar's page; owned by the window. */
EwFindingsPanel *ew_window_findings_panel (EwWindow *window);
EwOptimumPage *ew_window_optimum_page (EwWindow *window);

/* The page of several pairs; made when it is first asked for. It is among the sidebar's while it is @there. */
EwPairsPage *ew_window_pairs_page (EwWindow *window);
void ew_window_set_pairs_there (EwWindow *window, gboolean there);

/* Brings the optimum's page to the front of the sidebar; @reveal: and the sidebar on screen, where it is hidden. */
void ew_window_show_optimum_page (EwWindow *window, gboolean reveal);

G_END_DECLS
