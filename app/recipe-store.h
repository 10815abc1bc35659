/* How it is learned, as it is remembered from one start to the next: a dictionary of the parts of a recipe. */
#pragma once

#include "ui/settings.h"

G_BEGIN_DECLS

/* Recipe, rate, kind of loss and held-out share of @settings as a{sv}; floating. */
GVariant *ew_recipe_store_write (const EwSettings *settings);

/* The same with what differs between @before and @now put into @stored, whose other parts stay; floating. */
GVariant *ew_recipe_store_merge (GVariant *stored, const EwSettings *before, const EwSettings *now);

/* Puts what @stored has into these members of @settings; what it does not have, or has in another type or beyond its range, gets
 * its default. FALSE where it has nothing. */
gboolean ew_recipe_store_read (GVariant *stored, EwSettings *settings);

/* The defaults: plain gradient descent at the automatic rate. */
void ew_recipe_store_defaults (EwSettings *settings);

G_END_DECLS
