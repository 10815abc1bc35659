/* EwCurvesExport: rows on the loop's thread, the end on the main thread. */
#include "app/curves-export.h"

#include "app/files/history-file.h"
#include "app/files/history-text.h"

struct _EwCurvesExport
{
  EwHistoryFile *file; /* NULL: text */
  GString *text;
  int n_taps;
  gboolean has_bias;
  guint64 rows;
  GError *error;
  EwCurvesDone done;
  gpointer data;
};

/* On the loop's thread. */
static void
on_row (guint64 epoch, double loss, const double *params, gpointer data)
{
  EwCurvesExport *export = data;

  export->rows++;
  if (export->file != NULL)
    ew_history_file_add (export->file, epoch, loss, params);
  else
    ew_history_text_add (export->text, epoch, loss, params, export->n_taps, export->has_bias);
}

static gboolean
on_ended (gpointer data)
{
  EwCurvesExport *export = data;

  export->done (export, export->text == NULL ? NULL : export->text->str, export->rows, export->error, export->data);
  return G_SOURCE_REMOVE;
}

/* On the loop's thread: putting a file in its place waits for the disk. */
static void
on_done (const GError *error, gpointer data)
{
  EwCurvesExport *export = data;

  if (error != NULL)
    export->error = g_error_copy (error);
  else if (export->file != NULL)
    ew_history_file_finish (export->file, &export->error);
  g_clear_pointer (&export->file, ew_history_file_free);
  g_idle_add (on_ended, export);
}

EwCurvesExport *
ew_curves_export_new (EwLoop *loop, int n_taps, gboolean has_bias, const char *path, EwCurvesDone done, gpointer data,
                      GError **error)
{
  EwHistoryFile *file = path == NULL ? NULL : ew_history_file_new (path, n_taps, has_bias, error);

  if (path != NULL && file == NULL)
    return NULL;

  EwCurvesExport *export = g_new0 (EwCurvesExport, 1);
  guint64 rows = MAX (EW_EXPORT_CELLS / (guint64)(n_taps + 2), 2);

  export->file = file;
  export->text = path == NULL ? g_string_new (NULL) : NULL;
  export->n_taps = n_taps;
  export->has_bias = has_bias;
  export->done = done;
  export->data = data;
  if (path == NULL)
    ew_history_text_header (export->text, n_taps);

  EwExport request = { .first = 1,
                       .last = G_MAXUINT64,
                       .rows = path == NULL ? rows : 0,
                       .row = on_row,
                       .done = on_done,
                       .data = export };

  ew_loop_export (loop, &request);
  return export;
}

void
ew_curves_export_free (EwCurvesExport *export)
{
  if (export == NULL)
    return;
  g_idle_remove_by_data (export);
  ew_history_file_free (export->file);
  if (export->text != NULL)
    g_string_free (export->text, TRUE);
  g_clear_error (&export->error);
  g_free (export);
}
