/* EwRecipePage: the sidebar's page that says how it is learned: rule, loss, constraints, what is held out, when to stop. */
#pragma once

#include "engine/kernel.h"
#include "ui/settings.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_RECIPE_PAGE (ew_recipe_page_get_type ())
G_DECLARE_FINAL_TYPE (EwRecipePage, ew_recipe_page, EW, RECIPE_PAGE, AdwBin)

/* The signal "changed" (gboolean task) comes with the user's change; @task: of what is held out, so that it is another task.
 * "refused" (const char *) comes with a sentence where something does not go. What would not go with the rest is
 * insensitive, and says why. */

/* The recipe and holdout of the settings. Setting them emits nothing. */
void ew_recipe_page_get_settings (EwRecipePage *page, EwSettings *settings);
void ew_recipe_page_set_settings (EwRecipePage *page, const EwSettings *settings);

/* The noise in what is learned from, estimated at the optimum whatever outliers there are; NaN: not known. */
void ew_recipe_page_set_noise (EwRecipePage *page, double noise);

/* The fixed taps: NaN in those that are free; NULL: all are. */
void ew_recipe_page_set_fixed (EwRecipePage *page, EwKernel *fixed);

/* What the present run says of what is held out: its loss and the least one so far with its epoch; NaN: nothing. */
void ew_recipe_page_show_held (EwRecipePage *page, double loss, double least, guint64 epoch);

G_END_DECLS
