/* EwWindow: the window: header bar, three panes, two charts, status line, sidebar. It shows snapshots and takes wishes;
 * what they mean is the application's business. */
#pragma once

#include "engine/histogram.h"
#include "engine/pictures.h"
#include "engine/snapshot.h"
#include "engine/surface-map.h"
#include "engine/tap-gradient.h"
#include "ui/chart-view.h"
#include "ui/kernel-view.h"
#include "ui/plane-view.h"
#include "ui/race-page.h"
#include "ui/run-list.h"
#include "ui/sidebar.h"
#include "ui/time-bar.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_WINDOW (ew_window_get_type ())
G_DECLARE_FINAL_TYPE (EwWindow, ew_window, EW, WINDOW, AdwApplicationWindow)

/* The signal "closed" comes once, when the window begins to go and all its parts are still there; "animating" (gboolean)
 * when an animation that the user has started begins, and when it ends. */
GtkWidget *ew_window_new (GtkApplication *application);

/* The signals "epoch-asked" (guint64: show this epoch) and "epoch-hovered" (guint64: its values are read off, 0: none) come
 * from the charts and the time line. */

/* The parts that the application listens to; owned by the window. */
EwSidebar *ew_window_sidebar (EwWindow *window);
EwPlaneView *ew_window_input_view (EwWindow *window);
EwPlaneView *ew_window_output_view (EwWindow *window);
EwKernelView *ew_window_kernel_view (EwWindow *window);

/* Shows a snapshot: weights, curves, numbers. Texts follow at a pace that can be read. @keep_kernel: the
 * weights shown are newer than the snapshot's and stay. */
void ew_window_show_snapshot (EwWindow *window, EwSnapshot *snapshot, gboolean keep_kernel);

/* At the beginning of each frame that a run asks for: whether there will be new pictures in it. Then what can wait for the
 * next one does, but not twice. */
void ew_window_begin_frame (EwWindow *window, gboolean pictures);

/* Shows the pictures that belong to the snapshots; nothing where they are of another task. */
void ew_window_show_pictures (EwWindow *window, EwPictures *pictures);

/* The part that the panes show; FALSE where there is nothing to show or no room for it yet. The signal "viewport-changed"
 * tells when it may be another. */
gboolean ew_window_get_viewport (EwWindow *window, EwViewport *viewport);

/* What the title says: the names of the input and of the target's origin. */
void ew_window_set_names (EwWindow *window, const char *input, const char *target);

/* Why the device in use is in use: shown with the device's button. */
void ew_window_set_device_note (EwWindow *window, const char *sentence);

/* The time line under the charts, and the runs that are kept; owned by the window. */
EwTimeBar *ew_window_time_bar (EwWindow *window);
EwRunList *ew_window_run_list (EwWindow *window);

/* The runs that are drawn behind the present one. */
void ew_window_set_runs (EwWindow *window, const EwChartRun *runs, int n);

/* Whether the time line's slider is newer than the snapshots that come, and stays. */
void ew_window_keep_time (EwWindow *window, gboolean keep);

/* A passing message. */
void ew_window_toast (EwWindow *window, const char *sentence);

/* A message that stays until it is closed; @button (may be NULL) offers a way out and activates @action with @target.
 */
void ew_window_show_banner (EwWindow *window, const char *sentence, const char *button, const char *action,
                            GVariant *target);
void ew_window_hide_banner (EwWindow *window);

/* The line under the header bar while a file is being opened: @fraction in [0, 1], negative: not known. NULL hides it.
 */
void ew_window_show_loading (EwWindow *window, const char *what, double fraction);

/* What can be said about the kernel that is shown. */
void ew_window_show_diagnosis (EwWindow *window, EwDiagnosis *diagnosis);

/* What the menu says of undo and redo; NULL: nothing to undo. */
void ew_window_show_undo (EwWindow *window, const char *undo, const char *redo);

gboolean ew_window_get_sidebar_visible (EwWindow *window);
void ew_window_set_sidebar_visible (EwWindow *window, gboolean visible);

/* Whether a histogram is wanted: of what, and what the pane's colours cover. The signal "histogram-wanted" tells when
 * that may be another. */
gboolean ew_window_wants_histogram (EwWindow *window, EwHistogramOf *of, double *low, double *high);

/* Shows it, unless something else is wanted by now. Takes a reference. */
void ew_window_show_histogram (EwWindow *window, EwHistogram *histogram);

/* Whether the loss surface is on screen, and over which plane. The signal "surface-wanted" tells when that may be another,
 * "surface-cancelled" that none is wanted for this task; "start-asked" (EwKernel) that learning is to start from there. */
gboolean ew_window_wants_surface (EwWindow *window, EwSurfaceChoice *choice);

/* Shows it. Takes a reference. */
void ew_window_show_surface (EwWindow *window, EwSurfaceMap *map);

/* Says that it takes a while. */
void ew_window_wait_for_surface (EwWindow *window);

/* The plane that is chosen, whether the surface is on screen or not. */
void ew_window_get_surface_choice (EwWindow *window, EwSurfaceChoice *choice);

/* The page of the race while it is on screen, else NULL. The signal "race-wished" (int: EwRaceWish) tells what is wanted of it. */
EwRacePage *ew_window_open_race (EwWindow *window);

/* Shows how a race stands, of a kernel of height × width. Takes a reference. */
void ew_window_show_race (EwWindow *window, EwRaceStanding *standing, int height, int width);

/* Shows how the gradient of a weight comes about, while that weight is pointed at. Takes a reference. */
void ew_window_show_tap_gradient (EwWindow *window, EwTapGradient *gradient);

G_END_DECLS
