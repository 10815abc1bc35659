/* EwHistoryFile: a buffered stream into a temporary file, and a rename. */
#include "app/cli/history-file.h"

#include "app/cli/learn-output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct _EwHistoryFile
{
  FILE *stream;
  char *path;
  char *temporary; /* NULL: written directly */
  int n_taps;
  gboolean has_bias;
  int error; /* errno of the first write that failed */
  GString *line;
};

static gboolean
fail (const char *path, int number, GError **error)
{
  g_set_error (error, EW_ERROR, EW_ERROR_IO, "%s: the history could not be written: %s.", path, g_strerror (number));
  return FALSE;
}

static void
write_line (EwHistoryFile *file)
{
  if (file->error == 0 && fwrite (file->line->str, 1, file->line->len, file->stream) != file->line->len)
    file->error = errno == 0 ? EIO : errno;
  g_string_truncate (file->line, 0);
}

/* The mode that a new file would get: a temporary one is closed to all others. */
static mode_t
usual_mode (void)
{
  mode_t mask = umask (0);

  umask (mask);
  return 0666 & ~mask;
}

static int
open_file (EwHistoryFile *file)
{
  struct stat status;
  int fd;

  if (stat (file->path, &status) == 0 && !S_ISREG (status.st_mode))
    return g_open (file->path, O_WRONLY | O_CLOEXEC, 0);
  file->temporary = g_strconcat (file->path, ".XXXXXX", NULL);
  fd = g_mkstemp_full (file->temporary, O_RDWR | O_CLOEXEC, (int)usual_mode ());
  if (fd < 0)
    g_clear_pointer (&file->temporary, g_free);
  return fd;
}

EwHistoryFile *
ew_history_file_new (const char *path, int n_taps, gboolean has_bias, GError **error)
{
  g_autoptr (EwHistoryFile) file = g_new0 (EwHistoryFile, 1);
  int fd;

  file->path = g_strdup (path);
  file->n_taps = n_taps;
  file->has_bias = has_bias;
  file->line = g_string_new (NULL);
  fd = open_file (file);
  if (fd < 0 || (file->stream = fdopen (fd, "w")) == NULL)
    {
      fail (path, errno, error);
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  ew_learn_history_header (file->line, n_taps);
  write_line (file);
  return g_steal_pointer (&file);
}

void
ew_history_file_add (EwHistoryFile *file, guint64 epoch, double loss, const double *params)
{
  ew_learn_history_add (file->line, epoch, loss, params, file->n_taps, file->has_bias);
  write_line (file);
}

gboolean
ew_history_file_finish (EwHistoryFile *file, GError **error)
{
  if (file->error == 0 && fflush (file->stream) != 0)
    file->error = errno;
  if (file->error == 0 && file->temporary != NULL && fsync (fileno (file->stream)) != 0)
    file->error = errno;
  if (fclose (g_steal_pointer (&file->stream)) != 0 && file->error == 0)
    file->error = errno;
  if (file->error == 0 && file->temporary != NULL && g_rename (file->temporary, file->path) != 0)
    file->error = errno;
  if (file->error != 0)
    return fail (file->path, file->error, error);
  g_clear_pointer (&file->temporary, g_free);
  return TRUE;
}

void
ew_history_file_free (EwHistoryFile *file)
{
  if (file == NULL)
    return;
  if (file->stream != NULL)
    fclose (file->stream);
  if (file->temporary != NULL)
    g_unlink (file->temporary);
  g_free (file->temporary);
  g_free (file->path);
  if (file->line != NULL)
    g_string_free (file->line, TRUE);
  g_free (file);
}
