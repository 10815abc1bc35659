/* How much memory there is for something large, asked of the system before it is allocated. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/* Bytes that can be taken without pushing other programs out: what Linux calls available, and free swap space, but no
 * more than the limit of a container leaves. G_MAXUINT64 where the system does not say. Takes some 50 µs. */
guint64 ew_memory_available (void);

/* Whether @bytes more fit into memory. Small amounts always do and cost nothing. Linux gives out addresses without
 * memory behind them, so that an allocation too many succeeds and the program is ended later, while it fills it. */
gboolean ew_memory_allows (guint64 bytes);

/* What is said where they do not: "WHAT: 19.6 GB are needed and 12.3 GB are free."; EW_ERROR_TOO_LARGE. Where it is not
 * known how much is free, only the first half. @bytes is a double because what overflows is told too. */
void ew_memory_set_error (GError **error, double bytes, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* What ew_memory_available gives from now on; 0: the truth. */
void ew_memory_set_available_for_tests (guint64 bytes);

G_END_DECLS
