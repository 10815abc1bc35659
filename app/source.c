/* EwSource: reference counting and a name for people. */
#include "app/source.h"

EwSource *
ew_source_new (const char *path, const char *name, gboolean has_colour, EwGrid *const *planes, int n)
{
  EwSource *source = g_new0 (EwSource, 1);

  ew_refs_init (&source->refs);
  source->path = g_strdup (path);
  source->name = g_strdup (name);
  source->has_colour = has_colour;
  source->n_planes = n;
  for (int i = 0; i < n; i++)
    source->planes[i] = ew_grid_ref (planes[i]);
  return source;
}

EwSource *
ew_source_new_of_picture (const char *path, const char *name, const EwPicture *picture)
{
  EwSource *source = ew_source_new (path, name, picture->has_colour, picture->planes, picture->n_planes);

  source->green = picture->green == NULL ? NULL : ew_grid_ref (picture->green);
  return source;
}

EwSource *
ew_source_ref (EwSource *source)
{
  ew_refs_acquire (&source->refs);
  return source;
}

void
ew_source_unref (EwSource *source)
{
  if (source == NULL || !ew_refs_release (&source->refs))
    return;
  for (int i = 0; i < source->n_planes; i++)
    ew_grid_unref (source->planes[i]);
  ew_grid_unref (source->green);
  g_free (source->path);
  g_free (source->name);
  g_free (source);
}

gsize
ew_source_bytes (const EwSource *source)
{
  gsize bytes = 0;

  for (int i = 0; i < source->n_planes; i++)
    bytes += (gsize)source->planes[i]->height * (gsize)source->planes[i]->stride * sizeof (float);
  return bytes;
}

char *
ew_source_describe (const EwSource *source)
{
  return g_strdup_printf ("%s · %d×%d", source->name, source->planes[0]->height, source->planes[0]->width);
}
