/* EwSource: a picture and where it came from. */
#pragma once

#include "app/files/picture.h"

G_BEGIN_DECLS

/**
 * EwSource:
 * @path: the file, NULL for a picture that the program made
 * @name: for people
 * @has_colour: the file has three channels, however it was read
 * @n_planes: 1, or 3 for a colour image taken as three samples
 * @planes: n_planes planes of one size
 * @green: as EwPicture's; NULL where there is none
 *
 * Immutable, reference-counted.
 */
typedef struct
{
  EwRefs refs;
  char *path;
  char *name;
  gboolean has_colour;
  int n_planes;
  EwGrid *planes[3];
  EwGrid *green;
} EwSource;

/* A source over @n planes (references are taken), transfer full. @path may be NULL. */
EwSource *ew_source_new (const char *path, const char *name, gboolean has_colour, EwGrid *const *planes, int n);

/* What was read from the file at @path, transfer full. */
EwSource *ew_source_new_of_picture (const char *path, const char *name, const EwPicture *picture);
EwSource *ew_source_ref (EwSource *source);
void ew_source_unref (EwSource *source);

/* Bytes of its planes. */
gsize ew_source_bytes (const EwSource *source);

/* "camera.png · 512×384", transfer full. */
char *ew_source_describe (const EwSource *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwSource, ew_source_unref)

G_END_DECLS
