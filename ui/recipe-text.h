/* What the page of the recipe says of periods and of the corner of a robust loss. */
#pragma once

#include "engine/recipe.h"

G_BEGIN_DECLS

/* Huber's δ for noise of a standard deviation: as efficient as squares by 95 % where the noise is normal. */
#define EW_HUBER_SHARE 1.345

/* What a rule is not for; NULL: nothing. */
const char *ew_recipe_text_rule (EwOptimizerKind kind);

/* Under the period, of a run of @epochs (0: without an end): what comes after it, where that is nothing any more. */
char *ew_recipe_text_period (const EwRecipe *recipe, guint64 epochs);

/* Under δ; and what it would be by the @noise, NaN: not known. NULL where it has nothing to do with that. Transfer full. */
char *ew_recipe_text_delta (const EwRecipe *recipe);
char *ew_recipe_text_noise (const EwRecipe *recipe, double noise);

/* What a schedule begins with: the run's end, where it has one. */
guint64 ew_recipe_usual_period (EwScheduleKind kind, guint64 epochs);

G_END_DECLS
