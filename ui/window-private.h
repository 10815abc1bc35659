/* The inside of EwWindow. */
#pragma once

#include "ui/chart-view.h"
#include "ui/explainer.h"
#include "ui/findings-panel.h"
#include "ui/histogram-view.h"
#include "ui/matrix-view.h"
#include "ui/optimum-page.h"
#include "ui/pairs-page.h"
#include "ui/plane-zoom.h"
#include "ui/race-page.h"
#include "ui/slide-page.h"
#include "ui/steady-text.h"
#include "ui/surface-page.h"
#include "ui/window.h"

typedef enum
{
  SHOW_OUTPUT,
  SHOW_TARGET,
  SHOW_RESIDUAL,
} Shown;

struct _EwWindow
{
  AdwApplicationWindow parent;

  AdwWindowTitle *title;
  GtkWidget *learn_button;
  AdwButtonContent *learn_content;
  GtkToggleButton *sidebar_button;
  GtkMenuButton *device_button;
  GMenuModel *device_menu;
  GtkMenuButton *menu_button;
  GMenuModel *primary_menu;
  GtkMenuButton *curves_button;
  GMenuModel *curves_menu;
  char *device_note; /* why that device */
  GMenu *undo_section;
  GtkRevealer *loading_revealer;
  GtkLabel *loading_label;
  GtkProgressBar *loading_bar;
  GtkInfoBar *banner;
  GtkLabel *banner_label;
  GtkButton *banner_button;
  AdwToastOverlay *toasts;
  AdwFlap *flap;
  EwSidebar *sidebar;
  GtkScrolledWindow *scroller; /* of pictures, sum and what is below */
  GtkWidget *show_toggles;
  GtkSizeGroup *heading_group; /* with the headings where they stand beside the toggles */
  gboolean compact;
  gboolean shows_below; /* it is to be scrolled to */
  GtkLabel *input_heading;
  GtkLabel *input_name;
  GtkLabel *kernel_heading;
  EwSteadyText *kernel_name;
  GtkLabel *output_heading;
  EwPlaneView *input_view;
  EwKernelView *kernel_view;
  EwPlaneView *output_view;
  EwSumView *sum_view;
  GtkStack *below;
  GtkBox *charts;
  EwSteadyText *epoch_label;
  EwSteadyText *loss_label;
  EwSteadyText *speed_label;
  EwSteadyText *state_label;
  EwChartView *loss_chart;
  EwChartView *weights_chart;
  EwRunList *run_list;
  EwTimeBar *time_bar;
  gint64 curves_us;     /* when curves came last */
  gboolean curves_turn; /* which chart took them then */
  gboolean crowded;     /* this frame has pictures to show, and the one before had not, or had time for all */
  guint64 hovered;      /* the epoch whose values are read off; 0: none */
  gboolean keep_time;   /* the time line's slider is newer than the snapshots */

  EwExplainer *explainer;
  EwSlidePage *slide_page; /* NULL until one of the two is wanted */
  EwMatrixView *matrix_view;
  gint64 below_us;
  EwSurfacePage *surface_page; /* NULL until it is wanted; likewise the map that it shows */
  EwSurfaceMap *surface_map;
  EwRacePage *race_page; /* likewise */
  EwRaceStanding *race_standing;

  EwSnapshot *snapshot;
  EwDiagnosis *diagnosis; /* of the kernel that was shown a moment ago; NULL: none yet */
  Shown shown;
  EwPictures *pictures; /* in the panes */
  guint stale_timeout;
  EwPlaneZoom *zoom;
  GMenu *colours_section;
  EwSteadyText *zoom_text;
  GtkMenuButton *histogram_button;
  GtkLabel *histogram_heading; /* these four: NULL until it is first wanted */
  EwHistogramView *histogram_view;
  GtkLabel *histogram_values;
  GtkLabel *histogram_counts;
  EwFindingsPanel *findings_panel;
  EwOptimumPage *optimum_page;
  EwPairsPage *pairs_page; /* NULL until there are several */
  gint64 texts_us;
  EwRunState learn_state; /* what the button says */
  gboolean closed;        /* told once */
};

/* The zoom that the panes share: in class_init and init; and what a snapshot says of the planes that are to be seen. */
void ew_window_class_add_zoom (EwWindowClass *class);
void ew_window_add_zoom (EwWindow *window);
void ew_window_follow_planes (EwWindow *window, const EwSnapshot *snapshot);

/* What gives way where there is little room: in init; what has come below is scrolled to. */
void ew_window_add_room (EwWindow *window);
void ew_window_scroll_below (EwWindow *window);

/* Charts, time line and kept runs; @settled: also what is too quick to be read. */
void ew_window_init_curves (EwWindow *window);
void ew_window_show_curves (EwWindow *window, const EwSnapshot *snapshot, gboolean settled);
void ew_window_add_curve_signals (GType type);

/* The choice of colours: its actions, and its submenu in @section. */
void ew_window_add_colours (EwWindow *window, GMenu *section);

/* The histogram: its action and signal; that something else is in the right pane. */
void ew_window_class_add_histogram (GType type);
void ew_window_add_histogram (EwWindow *window);
void ew_window_histogram_changed (EwWindow *window);

/* What is said of a pair: its widgets, and what of each snapshot they show. */
void ew_window_add_pair (EwWindow *window);
void ew_window_show_pair (EwWindow *window, const EwSnapshot *snapshot);

/* The loss surface: its actions and signals; the page of that name below the pictures is made, and another one is shown; the one that has the keyboard, or
 * NULL. */
/* Learning is to start at a place of a map. */
void ew_window_start_at (EwWindow *window, const EwSurfaceMap *map, double a, double b);
/* The race: its actions and signals, its page. */
void ew_window_class_add_race (GType type);
void ew_window_add_race (EwWindow *window);
void ew_window_add_race_page (EwWindow *window);
void ew_window_class_add_surface (GType type);
void ew_window_add_surface (EwWindow *window);
void ew_window_add_below (EwWindow *window, const char *name);
void ew_window_below_changed (EwWindow *window);
EwSurfaceView *ew_window_focused_surface (EwWindow *window);

/* Shows the chosen one of output, target and residual in the right pane. */
void ew_window_show_output (EwWindow *window);

/* What explains the pictures: made with the window, and shown anew with each snapshot. */
void ew_window_add_explanations (EwWindow *window);
void ew_window_show_explanations (EwWindow *window);
