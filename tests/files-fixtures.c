/* What the tests of files share. */
#include "tests/files-fixtures.h"

#include "app/files/images.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static char *folder;
static GPtrArray *paths;

void
scratch_open (void)
{
  g_autoptr (GError) error = NULL;

  folder = g_dir_make_tmp ("edgewise-files-XXXXXX", &error);
  g_assert_no_error (error);
  paths = g_ptr_array_new_with_free_func (g_free);
}

static void
remove_all (const char *path)
{
  GStatBuf status;
  GDir *dir;
  const char *name;

  if (g_lstat (path, &status) != 0)
    return;
  if (!S_ISDIR (status.st_mode))
    {
      g_unlink (path);
      return;
    }
  g_chmod (path, 0700);
  dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      remove_all (inner);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (path);
}

void
scratch_close (void)
{
  remove_all (folder);
  g_clear_pointer (&folder, g_free);
  g_clear_pointer (&paths, g_ptr_array_unref);
}

const char *
scratch (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  for (guint i = 0; i < paths->len; i++)
    if (strcmp (g_ptr_array_index (paths, i), path) == 0)
      return g_ptr_array_index (paths, i);
  g_ptr_array_add (paths, g_steal_pointer (&path));
  return g_ptr_array_index (paths, paths->len - 1);
}

const char *
scratch_write (const char *name, gconstpointer bytes, gsize length)
{
  const char *path = scratch (name);
  FILE *stream = g_fopen (path, "wb");

  g_assert_nonnull (stream);
  g_assert_cmpuint (fwrite (bytes, 1, length, stream), ==, length);
  g_assert_cmpint (fclose (stream), ==, 0);
  return path;
}

const char *
scratch_write_text (const char *name, const char *text)
{
  return scratch_write (name, text, strlen (text));
}

int
scratch_count (void)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  int n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  g_dir_close (dir);
  return n;
}

void
check_content (const char *path, const char *expected)
{
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &content, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (content, ==, expected);
}

EwPicture *
read_picture (const char *path, EwColour colour)
{
  g_autoptr (GError) error = NULL;
  EwPicture *picture = ew_picture_read (path, colour, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (picture);
  return picture;
}

EwGrid *
read_plane (const char *path)
{
  g_autoptr (EwPicture) picture = read_picture (path, EW_COLOUR_LUMINANCE);

  if (picture == NULL)
    g_error ("%s could not be read", path);
  g_assert_cmpint (picture->n_planes, ==, 1);
  return ew_grid_ref (picture->planes[0]);
}

void
check_sentence (const GError *error, const char *path)
{
  const char *sentence = error == NULL ? "" : error->message;
  gboolean sound = error != NULL && error->domain == EW_ERROR && g_str_has_suffix (sentence, ".")
                   && g_utf8_validate (sentence, -1, NULL) && strpbrk (sentence, "\r\n") == NULL
                   && strstr (sentence, path) == NULL && strlen (sentence) > 10;

  g_assert_true (sound);
  if (!sound)
    g_test_message ("no sentence for %s: %s", path, sentence);
}

void
check_refused (const char *path, EwError code, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwPicture) picture = ew_picture_read (path, EW_COLOUR_LUMINANCE, NULL, NULL, NULL, &error);

  g_assert_null (picture);
  check_sentence (error, path);
  g_assert_error (error, EW_ERROR, (int)code);
  g_assert_true (error != NULL && strstr (error->message, text) != NULL);
  if (error == NULL || strstr (error->message, text) == NULL)
    g_test_message ("%s: “%s” should name “%s”", path, error == NULL ? "" : error->message, text);
}

gboolean
read_damaged (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwPicture) picture = ew_picture_read (path, EW_COLOUR_CHANNELS, NULL, NULL, NULL, &error);

  g_assert_true ((picture == NULL) == (error != NULL));
  if (picture == NULL)
    {
      check_sentence (error, path);
      return FALSE;
    }
  g_assert_true (picture->n_planes == 1 || picture->n_planes == 3);
  for (int i = 0; i < picture->n_planes; i++)
    {
      g_assert_cmpint (picture->planes[i]->height, >=, 1);
      g_assert_cmpint (picture->planes[i]->width, >=, 1);
      /* Reads every value: a sanitizer sees what is not there. */
      ew_grid_is_finite (picture->planes[i], NULL, NULL);
    }
  return TRUE;
}

guint
random_below (EwRandom *random, guint n)
{
  return (guint)(ew_random_next (random) % n);
}

void
damage (EwRandom *random, GByteArray *bytes)
{
  guint changes = 1 + random_below (random, 5);

  for (guint i = 0; i < changes && bytes->len > 0; i++)
    {
      guint at = random_below (random, bytes->len);

      switch (random_below (random, 4))
        {
        case 0:
          bytes->data[at] ^= (guint8)(1 << random_below (random, 8));
          break;
        case 1:
          bytes->data[at] = random_below (random, 2) ? 0xff : 0;
          break;
        case 2:
          g_byte_array_remove_index (bytes, at);
          break;
        default:
          bytes->data[at] = (guint8)ew_random_next (random);
          break;
        }
    }
}

void
check_same_bits (const EwGrid *a, const EwGrid *b)
{
  g_assert_cmpint (a->height, ==, b->height);
  g_assert_cmpint (a->width, ==, b->width);
  for (int i = 0; i < MIN (a->height, b->height); i++)
    g_assert_cmpmem (ew_grid_row (a, i), (gsize)a->width * sizeof (float), ew_grid_row (b, i),
                     (gsize)b->width * sizeof (float));
}

gboolean
need_images (void)
{
  g_autoptr (GError) error = NULL;

  if (ew_images_open (&error) != NULL)
    return TRUE;
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
  check_sentence (error, "/");
  g_test_skip (error->message);
  return FALSE;
}
