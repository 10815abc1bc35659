/* Numbers as the textbook prints them: "0", "1", "−1", "0.25". Always with '.', whatever the locale. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes that hold any number formatted here. */
#define EW_NUMBER_SIZE 48

/* U+2212 */
#define EW_MINUS "\342\210\222"

/* @value with @decimals places. Values that are exact with fewer (to float32's precision) lose trailing zeros: 1 is
 * "1", 0.9996 is "1.00" with two places. "NaN", "∞", "−∞" for what is not finite; never "−0.00". Returns @buffer. */
char *ew_number_fixed (char *buffer, double value, int decimals);

/* @value in exponent form with @digits significant digits: "3.1e−4". Returns @buffer. */
char *ew_number_exponent (char *buffer, double value, int digits);

/* @value with up to @digits significant digits, in whichever form reads better. Returns @buffer. */
char *ew_number_short (char *buffer, double value, int digits);

/* A label for an axis tick at a multiple of @step: just the decimals that the step needs. Returns @buffer. */
char *ew_number_tick (char *buffer, double value, double step);

/* A count: "0", "950", "1000", "25 k", "1.5 M", "2 G". Returns @buffer. */
char *ew_number_count (char *buffer, double value);

/* Reads a number that a person typed: "0.5", "0,5", "−3", "1e-3", "1/9", with spaces around it. FALSE where the text is
 * anything else, or its value is not finite. */
gboolean ew_number_parse (const char *text, double *value);

G_END_DECLS
