/* EwReading: opening a regular file, progress, cancelling. */
#include "app/files/reading.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

gboolean
ew_reading_open (EwReading *reading, const char *path, GError **error)
{
  /* Without O_NONBLOCK opening a pipe would wait for its writer. */
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  struct stat status;

  if (fd < 0)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_IO, "The file could not be opened: %s.", g_strerror (errno));
      return FALSE;
    }
  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode))
    {
      close (fd);
      g_set_error_literal (error, EW_ERROR, EW_ERROR_IO,
                           S_ISDIR (status.st_mode) ? "This is a folder; a file is needed."
                                                    : "This is not an ordinary file; an image or an array is needed.");
      return FALSE;
    }
  reading->stream = fdopen (fd, "r");
  reading->size = status.st_size;
  return TRUE;
}

void
ew_reading_close (EwReading *reading)
{
  g_clear_pointer (&reading->stream, fclose);
}

gboolean
ew_reading_step (EwReading *reading, double fraction, GError **error)
{
  if (reading->cancel != NULL && atomic_load_explicit (reading->cancel, memory_order_relaxed) != 0)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "Opening was cancelled.");
      return FALSE;
    }
  if (reading->progress != NULL)
    reading->progress (fraction, reading->data);
  return TRUE;
}
