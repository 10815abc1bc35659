/* EwReplacement: a temporary file and a rename. */
#include "app/files/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct _EwReplacement
{
  FILE *stream;
  char *path;      /* links resolved */
  char *temporary; /* NULL: written directly */
};

static gboolean
fail (int number, GError **error)
{
  g_set_error (error, EW_ERROR, EW_ERROR_IO, "The file could not be written: %s.", g_strerror (number));
  return FALSE;
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
open_file (EwReplacement *replacement)
{
  struct stat status;
  gboolean exists = stat (replacement->path, &status) == 0;
  int fd;

  if (exists && !S_ISREG (status.st_mode))
    return g_open (replacement->path, O_WRONLY | O_CLOEXEC, 0);
  /* A file that must not be written is not replaced either. */
  if (exists && access (replacement->path, W_OK) != 0)
    return -1;
  replacement->temporary = g_strconcat (replacement->path, ".XXXXXX", NULL);
  fd = g_mkstemp_full (replacement->temporary, O_RDWR | O_CLOEXEC,
                       (int)(exists ? status.st_mode & 07777 : usual_mode ()));
  if (fd < 0)
    {
      int number = errno;

      g_clear_pointer (&replacement->temporary, g_free);
      errno = number;
    }
  return fd;
}

EwReplacement *
ew_replacement_new (const char *path, GError **error)
{
  g_autoptr (EwReplacement) replacement = g_new0 (EwReplacement, 1);
  char *resolved = realpath (path, NULL);
  int fd;

  replacement->path = g_strdup (resolved == NULL ? path : resolved);
  free (resolved);
  fd = open_file (replacement);
  if (fd < 0 || (replacement->stream = fdopen (fd, "w")) == NULL)
    {
      fail (errno, error);
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  return g_steal_pointer (&replacement);
}

FILE *
ew_replacement_stream (EwReplacement *replacement)
{
  return replacement->stream;
}

gboolean
ew_replacement_commit (EwReplacement *replacement, GError **error)
{
  FILE *stream = g_steal_pointer (&replacement->stream);
  int number = 0;

  errno = 0;
  if (ferror (stream) || fflush (stream) != 0 || (replacement->temporary != NULL && fsync (fileno (stream)) != 0))
    number = errno == 0 ? ENOSPC : errno;
  if (fclose (stream) != 0 && number == 0)
    number = errno;
  if (number == 0 && replacement->temporary != NULL && g_rename (replacement->temporary, replacement->path) != 0)
    number = errno;
  if (number != 0)
    return fail (number, error);
  g_clear_pointer (&replacement->temporary, g_free);
  return TRUE;
}

void
ew_replacement_free (EwReplacement *replacement)
{
  if (replacement == NULL)
    return;
  if (replacement->stream != NULL)
    fclose (replacement->stream);
  if (replacement->temporary != NULL)
    g_unlink (replacement->temporary);
  g_free (replacement->temporary);
  g_free (replacement->path);
  g_free (replacement);
}
