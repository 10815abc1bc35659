/* What the commands of edgewise-cli share: devices, files, refusals. */
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

EwGrid *
ew_cli_read_grid (const char *path, GError **error)
{
  g_autoptr (EwPicture) picture = ew_picture_read (path, EW_COLOUR_LUMINANCE, NULL, NULL, &ew_cli_interrupted, error);

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
  return ew_grid_ref (picture->planes[0]);
}

EwKernel *
ew_cli_read_kernel (const char *name, GError **error)
{
  EwKernel *kernel = ew_kernel_read (name, error);

  if (kernel == NULL)
    g_prefix_error (error, "%s: ", name);
  return kernel;
}

static gboolean
refuse_not_yet (const char *option, const char *works, GError **error)
{
  g_set_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED, "%s is not part of this version yet; %s.", option, works);
  return FALSE;
}

/* "T,R,B,L", four whole numbers. */
static gboolean
is_four_sides (const char *text)
{
  g_auto (GStrv) sides = g_strsplit (text, ",", -1);

  if (g_strv_length (sides) != 4)
    return FALSE;
  for (int i = 0; i < 4; i++)
    if (sides[i][0] == '\0' || strspn (sides[i], "0123456789") != strlen (sides[i]))
      return FALSE;
  return TRUE;
}

gboolean
ew_cli_check_geometry (const char *padding, const char *border, gint64 stride, gint64 dilation, GError **error)
{
  static const char *const borders[] = { "zero", "replicate", "reflect", "wrap", NULL };
  gboolean valid = padding == NULL || strcmp (padding, "valid") == 0 || strcmp (padding, "0,0,0,0") == 0;

  if (!valid && strcmp (padding, "same") != 0 && strcmp (padding, "full") != 0 && !is_four_sides (padding))
    {
      g_set_error (error, EW_ERROR, EW_ERROR_USAGE,
                   "--padding %s: there are valid, same, full and TOP,RIGHT,BOTTOM,LEFT.", padding);
      return FALSE;
    }
  if (border != NULL && ew_arguments_parse_word ("border", border, borders, error) < 0)
    return FALSE;
  if (!valid)
    return refuse_not_yet ("--padding other than valid", "--padding valid works", error);
  if (stride != 1)
    return refuse_not_yet ("--stride other than 1", "--stride 1 works", error);
  if (dilation != 1)
    return refuse_not_yet ("--dilation other than 1", "--dilation 1 works", error);
  return TRUE;
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
