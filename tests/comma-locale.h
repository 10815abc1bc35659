/* A locale whose decimal point is a comma, made for the test: few machines have one installed. */
#pragma once

#include <glib.h>

/* The locale's name, for LC_NUMERIC and LC_ALL, once LOCPATH is the folder it was made in. */
#define COMMA_LOCALE "xx_XX"

/* Makes the locale in @folder, which must exist. FALSE where the system cannot. */
gboolean comma_locale_make (const char *folder);
