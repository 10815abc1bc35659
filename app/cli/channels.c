/* EwChannels: the words, and names of files. */
#include "app/cli/channels.h"

#include <string.h>

const char *const ew_channel_names[EW_N_CHANNELS] = { "red", "green", "blue" };

gboolean
ew_channels_parse (const char *text, EwChannels *channels, GError **error)
{
  static const char *const words[] = { "luminance", "shared", "each", NULL };
  int word = text == NULL ? 0 : ew_arguments_parse_word ("channels", text, words, error);

  *channels = (EwChannels)MAX (word, 0);
  return word >= 0;
}

char *
ew_channels_path (const char *path, int channel)
{
  const char *slash = strrchr (path, '/');
  const char *ending = strrchr (slash == NULL ? path : slash, '.');

  if (ending == NULL)
    ending = path + strlen (path);
  return g_strdup_printf ("%.*s-%s%s", (int)(ending - path), path, ew_channel_names[channel], ending);
}
