/* EwPictures: reference counting. */
#include "engine/pictures.h"

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
