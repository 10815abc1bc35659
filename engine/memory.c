/* Free memory from Linux' own tables. */
#include "engine/memory.h"

#include <stdatomic.h>
#include <stdio.h>

/* Below this nobody asks: the program itself takes as much. */
#define SMALL_BYTES (64 << 20)

static _Atomic guint64 for_tests;

/* The sum of the lines of /proc/meminfo that count. */
static guint64
system_available (void)
{
  FILE *file = fopen ("/proc/meminfo", "re");
  guint64 sum = 0;
  gboolean known = FALSE;
  char line[256];

  if (file == NULL)
    return G_MAXUINT64;
  while (fgets (line, sizeof line, file) != NULL)
    {
      unsigned long long kilobytes;

      if (sscanf (line, "MemAvailable: %llu", &kilobytes) == 1)
        known = TRUE;
      else if (sscanf (line, "SwapFree: %llu", &kilobytes) != 1)
        continue;
      sum += kilobytes * 1024;
    }
  fclose (file);
  return known ? sum : G_MAXUINT64;
}

/* A number alone in a file; @otherwise where there is none ("max", no such file). */
static guint64
read_number (const char *path, guint64 otherwise)
{
  FILE *file = fopen (path, "re");
  unsigned long long number;
  gboolean found = file != NULL && fscanf (file, "%llu", &number) == 1;

  if (file != NULL)
    fclose (file);
  return found ? number : otherwise;
}

guint64
ew_memory_available (void)
{
  guint64 set = atomic_load (&for_tests);
  guint64 limit, used;

  if (set != 0)
    return set;
  /* A container sees its own group here, another system none or one without a limit. Pages of files that could be
   * given up count as used; that errs on the safe side. */
  limit = read_number ("/sys/fs/cgroup/memory.max", G_MAXUINT64);
  used = limit == G_MAXUINT64 ? 0 : read_number ("/sys/fs/cgroup/memory.current", 0);
  return MIN (system_available (), limit > used ? limit - used : 0);
}

gboolean
ew_memory_allows (guint64 bytes)
{
  return bytes <= SMALL_BYTES || bytes <= ew_memory_available ();
}

/* Few digits, whatever the size. */
static char *
in_words (double bytes)
{
  gboolean is_small = bytes < 1e9;
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  /* With a point, whatever the locale. */
  g_ascii_formatd (digits, sizeof digits, is_small ? "%.0f" : bytes < 1e11 ? "%.1f" : "%.3g",
                   bytes / (is_small ? 1e6 : 1e9));
  return g_strconcat (digits, is_small ? " MB" : " GB", NULL);
}

void
ew_memory_set_error (GError **error, double bytes, const char *format, ...)
{
  guint64 available = ew_memory_available ();
  g_autofree char *needed = in_words (bytes);
  g_autofree char *left = in_words ((double)available);
  g_autofree char *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (available == G_MAXUINT64 || (double)available >= bytes)
    g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "%s: %s are needed.", what, needed);
  else
    g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "%s: %s are needed and %s are free.", what, needed, left);
}

void
ew_memory_set_available_for_tests (guint64 bytes)
{
  atomic_store (&for_tests, bytes);
}
