/* EwPicture: what a file holds, as planes. */
#pragma once

#include "engine/backend.h"
#include "engine/grid.h"

G_BEGIN_DECLS

/* What becomes of a colour image: 0.299 R + 0.587 G + 0.114 B of the encoded values, or its three channels. */
typedef enum
{
  EW_COLOUR_LUMINANCE,
  EW_COLOUR_CHANNELS,
} EwColour;

#define EW_PICTURE_GREEN 448

/**
 * EwPicture:
 * @n_planes: 1, or 3 for a colour image read as channels (red, green, blue)
 * @planes: n_planes planes of one size
 * @green: of a colour image read as luminance: the middle of its green channel, at most EW_PICTURE_GREEN a side, by which an
 *   encoding can be told that luminance mixes up; else NULL
 * @note: a sentence on what was dropped, or NULL
 * @has_colour: the file has three channels, however they were read
 */
typedef struct
{
  int n_planes;
  EwGrid *planes[3];
  EwGrid *green;
  char *note;
  gboolean has_colour;
} EwPicture;

/* Told how much has been read, 0 … 1, on the reading thread. */
typedef void (*EwReadProgress) (double fraction, gpointer data);

/* Reads an image, a .npy array or a matrix of numbers as text; which one is seen from its content. Images: 8-bit values
 * are v/255, 16-bit v/65535, float as stored; EXIF orientation is applied, transparency dropped (which @note says).
 * Arrays and matrices: values as stored. May run on any thread. @progress and @cancel may be NULL.
 * Transfer full. Fails with EW_ERROR_IO, EW_ERROR_DATA, EW_ERROR_TOO_LARGE, EW_ERROR_UNSUPPORTED or EW_ERROR_CANCELLED;
 * messages are sentences that do not name the file. */
EwPicture *ew_picture_read (const char *path, EwColour colour, EwReadProgress progress, gpointer data, EwCancel *cancel,
                            GError **error);
void ew_picture_free (EwPicture *picture);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwPicture, ew_picture_free)

G_END_DECLS
