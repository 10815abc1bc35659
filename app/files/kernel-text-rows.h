/* EwTextRows: a matrix being read from text. Internal to kernel-text. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/**
 * EwTextRows:
 * @height: rows that are complete
 * @width: of the first row
 * @here: values of the present row
 * @values: all, as double
 */
typedef struct
{
  int height;
  int width;
  int here;
  GArray *values;
} EwTextRows;

/* Text with brackets, and text without. EW_ERROR_DATA. */
gboolean ew_text_rows_read_brackets (EwTextRows *rows, const char *text, GError **error);
gboolean ew_text_rows_read_lines (EwTextRows *rows, const char *text, GError **error);

/* A number at the beginning of @text, or a fraction of two, up to one of the characters @ends or a blank; *end is
 * behind it. With @comma a comma is a decimal comma. EW_ERROR_DATA. */
gboolean ew_text_rows_read_number (EwTextRows *rows, const char *text, const char *ends, gboolean comma,
                                   const char **end, GError **error);

/* The present row is complete; one without values is none. EW_ERROR_DATA where it is of another length. */
gboolean ew_text_rows_end_row (EwTextRows *rows, GError **error);

G_END_DECLS
