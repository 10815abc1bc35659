/* Whether a text is JSON. */
#pragma once

#include <glib.h>

/* Fails, with what is around the first wrong place, unless the whole of @text is one value of JSON as RFC 8259 has it, but
 * that escapes in texts are not looked into. */
void check_json (const char *text);
