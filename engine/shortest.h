/* Numbers as the shortest text that reads back as the same. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes a finite @value with a point, whatever the locale, and as few digits as give the same float64 back; @buffer
 * holds G_ASCII_DTOSTR_BUF_SIZE. Returns @buffer. */
char *ew_shortest (char *buffer, double value);

G_END_DECLS
