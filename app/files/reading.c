/* EwReading: opening a regular file, progress, cancelling. */
#include "app/files/reading.h"

#include "app/files/npy.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
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

/* Whether the first line with values holds nothing but what numbers, separators and nan and inf are made of. */
static gboolean
begins_with_numbers (const char *text, gsize length)
{
  gboolean comment = FALSE;
  gboolean digits = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '\0')
        return FALSE;
      if (text[i] == '\n' && digits)
        return TRUE;
      if (text[i] == '#' || text[i] == '\n')
        comment = text[i] == '#';
      if (comment)
        continue;
      if (strchr ("0123456789+-.,; \t\r\neEnNaAiIfF", text[i]) == NULL)
        return FALSE;
      digits = digits || g_ascii_isalnum (text[i]);
    }
  return digits;
}

static gboolean
is_text (const char *start, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar)start[i] < 32 && !g_ascii_isspace (start[i]))
      return FALSE;
  return TRUE;
}

EwContent
ew_reading_guess (EwReading *reading)
{
  char start[1024];
  gsize length = fread (start, 1, sizeof start, reading->stream);
  gsize mark = length >= 3 && memcmp (start, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

  rewind (reading->stream);
  if (length == 0)
    return EW_CONTENT_NOTHING;
  if (length >= EW_NPY_MAGIC_LENGTH && memcmp (start, EW_NPY_MAGIC, EW_NPY_MAGIC_LENGTH) == 0)
    return EW_CONTENT_NPY;
  if (begins_with_numbers (start + mark, length - mark))
    return EW_CONTENT_NUMBERS;
  return is_text (start, length) ? EW_CONTENT_TEXT : EW_CONTENT_BINARY;
}
