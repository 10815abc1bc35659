/* The inside of EwSidebar. */
#pragma once

#include "ui/geometry-rows.h"
#include "ui/kernel-panel.h"
#include "ui/rate-row.h"
#include "ui/sidebar.h"

G_BEGIN_DECLS

#define EW_SIDEBAR_ADDED_MAX 4

/* A page that is not of the template. */
typedef struct
{
  GtkWidget *widget; /* owned */
  const char *name;
  const char *title;
  gboolean hidden;
} EwSidebarPage;

struct _EwSidebar
{
  AdwBin parent;

  GtkWidget *pages;
  GtkStack *stack;
  AdwActionRow *input_row;
  AdwComboRow *target_row;
  AdwComboRow *colour_row;
  AdwComboRow *channel_row;
  GtkSpinButton *height_spin;
  GtkSpinButton *width_spin;
  EwGeometryRows *geometry_rows;
  EwKernelPanel *kernel_panel;
  AdwComboRow *init_row;
  AdwActionRow *seed_row;
  GtkSpinButton *seed_spin;
  GtkSwitch *bias_switch;
  EwRateRow *rate_row;
  GtkScale *rate_scale;
  EwRecipePage *recipe_page; /* made with the sidebar, not with the rows; owned */
  AdwComboRow *loss_row;
  GtkSpinButton *epochs_spin;
  AdwActionRow *speed_row;
  GtkScale *speed_scale;
  GtkAdjustment *speed_adjustment;

  gboolean quiet; /* while settings are being shown, nothing is emitted */
  gboolean has_colour;
  guint n_presets;
  guint frames; /* seen so far, until the rows are shown */

  /* Until the rows are made: what they are to show. */
  gboolean built;
  gboolean has_settings;
  EwSettings settings;
  char *input;
  char *note;
  gboolean has_rate;
  double rate;
  double limit;
  EwRecipe recipe;
  EwDiagnosis *diagnosis;
  EwSidebarPage added[EW_SIDEBAR_ADDED_MAX];
  guint n_added;
  const char *shown; /* the page's name; NULL: the first one */
};

/* The template and what its rows call: in class_init. */
void ew_sidebar_class_add_rows (GtkWidgetClass *widget_class);

/* What the rows say, and from settings to them. */
void ew_sidebar_read_rows (EwSidebar *sidebar, EwSettings *settings);
void ew_sidebar_fill_rows (EwSidebar *sidebar, const EwSettings *settings);

/* The rows' own setting up: choices and scales. */
void ew_sidebar_set_up_rows (EwSidebar *sidebar);

/* The channels, where there are several. */
void ew_sidebar_show_channel_row (EwSidebar *sidebar);

/* Called by the rows. */
void ew_sidebar_changed (EwSidebar *sidebar, EwChange change);
void ew_sidebar_refused (EwSidebar *sidebar, const char *sentence);

G_END_DECLS
