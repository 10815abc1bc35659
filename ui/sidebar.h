/* EwSidebar: the settings beside the experiment: data, kernel, learning. */
#pragma once

#include "engine/diagnosis.h"
#include "ui/recipe-page.h"
#include "ui/settings.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_SIDEBAR (ew_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (EwSidebar, ew_sidebar, EW, SIDEBAR, AdwBin)

/* The settings as they are shown. Setting them emits nothing. */
void ew_sidebar_get_settings (EwSidebar *sidebar, EwSettings *settings);
void ew_sidebar_set_settings (EwSidebar *sidebar, const EwSettings *settings);

/* Names the input ("camera.png · 512×384") and says whether it has colours to choose about. */
void ew_sidebar_set_input (EwSidebar *sidebar, const char *description, gboolean has_colour);

/* Says under the target what it is: a file's name and size, or how it was made; NULL: nothing. */
void ew_sidebar_set_target_note (EwSidebar *sidebar, const char *note);

/* Shows the rate in use and the largest stable one (NaN: not known yet, infinite: none). */
void ew_sidebar_show_rate (EwSidebar *sidebar, double rate, double limit, const EwRecipe *recipe);

/* The page that says how it is learned; owned by the sidebar. Its signals come from itself. */
EwRecipePage *ew_sidebar_recipe_page (EwSidebar *sidebar);

/* Adds a page; and shows the one of that name ("experiment", "kernel", "learning" or an added one), now or, before there are
 * rows, as the first. */
void ew_sidebar_add_page (EwSidebar *sidebar, GtkWidget *page, const char *name, const char *title);
void ew_sidebar_show_page (EwSidebar *sidebar, const char *name);

/* Whether an added page can be chosen; at first it can. */
void ew_sidebar_set_page_there (EwSidebar *sidebar, const char *name, gboolean there);

/* What can be said about the present kernel. */
void ew_sidebar_show_diagnosis (EwSidebar *sidebar, EwDiagnosis *diagnosis);

/* Signals:
 * "changed" (int change): the user has changed something, an EwChange;
 * "refused" (const char *sentence): what was typed cannot be used. */

G_END_DECLS
