/* The inside of EwRecipePage. */
#pragma once

#include "ui/number-row.h"
#include "ui/recipe-page.h"

G_BEGIN_DECLS

#define EW_RECIPE_N_FLAGS 7

struct _EwRecipePage
{
  AdwBin parent_instance;

  gboolean built; /* the rows are made when the page is first seen */
  AdwComboRow *optimizer_row;
  EwNumberRow *momentum_row;
  EwNumberRow *smoothing_row;
  EwNumberRow *beta1_row;
  EwNumberRow *beta2_row;
  AdwComboRow *schedule_row;
  EwNumberRow *period_row;
  EwNumberRow *factor_row;
  EwNumberRow *batch_row;
  EwNumberRow *seed_row;
  AdwComboRow *penalty_row;
  EwNumberRow *delta_row;
  AdwActionRow *noise_row;
  AdwComboRow *activation_row;
  EwNumberRow *ridge_row;
  AdwActionRow *choose_row;
  GtkWidget *choose_button;
  EwNumberRow *holdout_row;
  AdwActionRow *held_row;
  AdwActionRow *flag_rows[EW_RECIPE_N_FLAGS];
  GtkCheckButton *checks[EW_RECIPE_N_FLAGS];
  EwNumberRow *sparsity_row;
  AdwActionRow *fixed_row;
  EwNumberRow *gradient_row;
  EwNumberRow *change_row;
  EwNumberRow *seconds_row;

  EwRecipe recipe;
  double holdout;
  guint64 epochs; /* at which the run ends; 0: nowhere */
  double noise;   /* at the optimum; NaN: not known */
  int height; /* of the kernel */
  int width;
  EwKernel *fixed;
  gboolean quiet; /* while settings are being shown, nothing is emitted */
};

extern const EwConstraintFlags ew_recipe_page_flags[EW_RECIPE_N_FLAGS];

/* Makes the rows. */
void ew_recipe_page_build (EwRecipePage *page);

/* Called by the rows: something may have been changed. */
void ew_recipe_page_changed (EwRecipePage *page);
void ew_recipe_page_use_noise (EwRecipePage *page);
void ew_recipe_page_refused (EwRecipePage *page, const char *sentence);

G_END_DECLS
