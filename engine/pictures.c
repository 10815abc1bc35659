/* EwPictures: reference counting; the sizes. */
#include "engine/pictures.h"

const int ew_zoom_sides[EW_ZOOM_SIDES]
    = { 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024 };

EwPictures *
ew_pictures_new (void)
{
  EwPictures *pictures = g_new0 (EwPictures, 1);

  ew_refs_init (&pictures->refs);
  return pictures;
}

EwPictures *
ew_pictures_ref (EwPictures *pictures)
{
  ew_refs_acquire (&pictures->refs);
  return pictures;
}

void
ew_pictures_unref (EwPictures *pictures)
{
  if (pictures == NULL || !ew_refs_release (&pictures->refs))
    return;
  ew_grid_unref (pictures->input);
  ew_grid_unref (pictures->target);
  ew_grid_unref (pictures->output);
  ew_kernel_unref (pictures->kernel);
  g_free (pictures);
}
