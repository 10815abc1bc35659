/* How results of the bench are written to standard output. */
#pragma once

#include "app/cli/bench-cell.h"

G_BEGIN_DECLS

/* One line of JSON. */
void ew_bench_print_json (const EwBenchResult *result);

/* The heading of the table, and a line of it. *doubtful: set to TRUE where the line is faster than its floor, which a
 * remark at the end then explains. */
void ew_bench_print_heading (void);
void ew_bench_print_row (const EwBenchResult *result, gboolean *doubtful);
void ew_bench_print_remark (void);

G_END_DECLS
