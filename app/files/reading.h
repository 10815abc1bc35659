/* What the readers share: an open file, how far it is, and whether to stop. Internal to app/files. */
#pragma once

#include "app/files/picture.h"

#include <stdio.h>

G_BEGIN_DECLS

/**
 * EwReading:
 * @stream: the file, at its beginning
 * @size: its length in bytes
 * @progress: may be NULL; likewise @cancel
 */
typedef struct
{
  FILE *stream;
  gint64 size;
  EwReadProgress progress;
  gpointer data;
  EwCancel *cancel;
} EwReading;

/* Opens a regular file. EW_ERROR_IO with the reason for anything else. */
gboolean ew_reading_open (EwReading *reading, const char *path, GError **error);
void ew_reading_close (EwReading *reading);

/* Tells how far reading is; FALSE with EW_ERROR_CANCELLED where it is to stop. */
gboolean ew_reading_step (EwReading *reading, double fraction, GError **error);

/* What a file seems to hold. */
typedef enum
{
  EW_CONTENT_NOTHING, /* no bytes at all */
  EW_CONTENT_NPY,
  EW_CONTENT_NUMBERS, /* text that begins as a matrix does */
  EW_CONTENT_TEXT,    /* other text: some images are */
  EW_CONTENT_BINARY,
} EwContent;

/* Looks at the beginning; the stream is at its beginning again. */
EwContent ew_reading_guess (EwReading *reading);

/* ew_picture_read on a file that is open. */
EwPicture *ew_picture_read_from (EwReading *reading, const char *path, EwColour colour, GError **error);

/**
 * EwMatrix:
 * @height: rows; likewise @width
 * @values: row by row; owned
 *
 * A small matrix in float64, for kernels.
 */
typedef struct
{
  int height;
  int width;
  double *values;
} EwMatrix;

G_END_DECLS
