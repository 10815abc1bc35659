/* EwHistoryFile: lines of CSV into a replacement. */
#include "app/files/history-file.h"

#include "app/files/history-text.h"
#include "app/files/replace.h"

struct _EwHistoryFile
{
  EwReplacement *replacement;
  char *path;
  int n_taps;
  gboolean has_bias;
  GString *line;
};

static void
write_line (EwHistoryFile *file)
{
  fwrite (file->line->str, 1, file->line->len, ew_replacement_stream (file->replacement));
  g_string_truncate (file->line, 0);
}

EwHistoryFile *
ew_history_file_new (const char *path, int n_taps, gboolean has_bias, GError **error)
{
  EwReplacement *replacement = ew_replacement_new (path, error);
  EwHistoryFile *file;

  if (replacement == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  file = g_new0 (EwHistoryFile, 1);
  file->replacement = replacement;
  file->path = g_strdup (path);
  file->n_taps = n_taps;
  file->has_bias = has_bias;
  file->line = g_string_new (NULL);
  ew_history_text_header (file->line, n_taps);
  write_line (file);
  return file;
}

void
ew_history_file_add (EwHistoryFile *file, guint64 epoch, double loss, const double *params)
{
  ew_history_text_add (file->line, epoch, loss, params, file->n_taps, file->has_bias);
  write_line (file);
}

gboolean
ew_history_file_finish (EwHistoryFile *file, GError **error)
{
  if (ew_replacement_commit (file->replacement, error))
    return TRUE;
  g_prefix_error (error, "%s: ", file->path);
  return FALSE;
}

void
ew_history_file_free (EwHistoryFile *file)
{
  if (file == NULL)
    return;
  ew_replacement_free (file->replacement);
  g_free (file->path);
  g_string_free (file->line, TRUE);
  g_free (file);
}
