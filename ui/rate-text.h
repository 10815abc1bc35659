/* The learning rate as people read and type it. */
#pragma once

#include "engine/recipe.h"

G_BEGIN_DECLS

/* Four digits; an empty text where there is no rate yet. @text: G_ASCII_DTOSTR_BUF_SIZE bytes. Returns @text. */
char *ew_rate_format (char *text, double rate);

/* Reads "0.03", "1e-5" or, with a decimal comma, "0,03"; FALSE for what is no finite number greater than 0. */
gboolean ew_rate_parse (const char *text, double *rate);

/* What comes of @rate beside the largest stable one of @recipe, NaN while that is not known. Transfer full. */
char *ew_rate_describe (double rate, double limit, const EwRecipe *recipe);

G_END_DECLS
