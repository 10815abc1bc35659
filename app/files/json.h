/* Pieces of JSON for reports: a name with its value, and a comma before it where one is needed. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "name": */
void ew_json_name (GString *json, const char *name);
/* "name":1.5, or null where it is not finite */
void ew_json_number (GString *json, const char *name, double value);
/* "name":"text" */
void ew_json_text (GString *json, const char *name, const char *text);
/* "name":true */
void ew_json_truth (GString *json, const char *name, gboolean value);
/* "name":[[row],…] */
void ew_json_matrix (GString *json, const char *name, const double *values, int height, int width);
/* "squared_loss":…,"r_squared":…,"psnr":… of a squared loss over @n residuals of targets of that Σ(y − ȳ)². */
void ew_json_quality (GString *json, gint64 n, double variation, double loss);

G_END_DECLS
