/* What the commands of edgewise-cli share: devices and files. */
#include "app/cli/cli.h"

#include "app/files/kernel-file.h"
#include "app/files/picture.h"
#include "gpu/cuda.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

EwCancel ew_cli_interrupted;

void
ew_cli_say (const char *sentence)
{
  g_autofree char *line = g_strdup (sentence);

  g_strdelimit (line, "\r\n", ' ');
  fprintf (stderr, "edgewise-cli: %s\n", line);
}

static void
on_device_notice (const char *sentence, gpointer data)
{
  ew_cli_say (sentence);
}

EwDevices *
ew_cli_devices_new (const char *device, gint64 threads, GError **error)
{
  static const char *const words[] = { "auto", "cpu", "cuda", NULL };
  const EwBackend *const backends[] = { ew_cpu_backend (), ew_cuda_backend () };
  g_autoptr (EwDevices) devices = ew_devices_new (backends, G_N_ELEMENTS (backends), (int)threads);

  if (device != NULL && ew_arguments_parse_word ("device", device, words, error) < 0)
    return NULL;
  if (device != NULL && !ew_devices_choose (devices, device, error))
    return NULL;
  /* That the automatic choice is the CPU on a machine without a GPU is no news on a command line. */
  if (device != NULL && strcmp (device, "auto") != 0)
    ew_devices_set_notify (devices, on_device_notice, NULL);
  return g_steal_pointer (&devices);
}

EwPicture *
ew_cli_read_picture (const char *path, EwColour colour, GError **error)
{
  g_autoptr (EwPicture) picture = ew_picture_read (path, colour, NULL, NULL, &ew_cli_interrupted, error);

  if (picture == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  if (picture->note != NULL)
    {
      g_autofree char *note = g_strdup_printf ("%s: %s", path, picture->note);

      ew_cli_say (note);
    }
  return g_steal_pointer (&picture);
}

EwGrid *
ew_cli_read_grid (const char *path, GError **error)
{
  g_autoptr (EwPicture) picture = ew_cli_read_picture (path, EW_COLOUR_LUMINANCE, error);

  return picture == NULL ? NULL : ew_grid_ref (picture->planes[0]);
}

EwKernel *
ew_cli_read_kernel (const char *name, GError **error)
{
  EwKernel *kernel = ew_kernel_read (name, error);

  if (kernel == NULL)
    g_prefix_error (error, "%s: ", name);
  return kernel;
}

gboolean
ew_cli_flush (GError **error)
{
  errno = 0;
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_IO, "Standard output could not be written: %s.",
               g_strerror (errno == 0 ? EIO : errno));
  return FALSE;
}
