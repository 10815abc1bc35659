/* EwRateRow: the learning rate: as a number, as automatic, and on a scale on which the largest stable one is marked. */
#pragma once

#include "engine/recipe.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_RATE_ROW (ew_rate_row_get_type ())
G_DECLARE_FINAL_TYPE (EwRateRow, ew_rate_row, EW, RATE_ROW, AdwActionRow)

/* The signal "changed" comes with the user's change, "refused" (const char *) with a sentence where what was typed is no
 * rate. What a rate would do is said while it is typed. */

/* The rate that is wished; 0: automatic. Setting it emits nothing. */
double ew_rate_row_get_rate (EwRateRow *row);
void ew_rate_row_set_rate (EwRateRow *row, double rate);

/* Shows the rate in use, the largest stable one (NaN: not known yet, infinite: none) and what it is the rate of. */
void ew_rate_row_show (EwRateRow *row, double rate, double limit, const EwRecipe *recipe);

/* The scale, which stands in a row of its own; owned by whoever made it. */
void ew_rate_row_set_scale (EwRateRow *row, GtkScale *scale);

G_END_DECLS
