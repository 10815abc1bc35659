/* What every backend shares. */
#include "engine/backend.h"

void
ew_device_info_clear (EwDeviceInfo *info)
{
  g_clear_pointer (&info->name, g_free);
  g_clear_pointer (&info->reason, g_free);
  g_clear_pointer (&info->capability, g_free);
  g_clear_pointer (&info->driver, g_free);
}

char *
ew_device_info_text (const EwDeviceInfo *info)
{
  GString *text = g_string_new (info->name);

  if (info->memory > 0)
    g_string_append_printf (text, ", %.3g GB", (double)info->memory / 1e9);
  if (info->capability != NULL)
    g_string_append_printf (text, ", compute capability %s", info->capability);
  if (info->driver != NULL)
    g_string_append_printf (text, ", driver for CUDA %s", info->driver);
  return g_string_free (text, FALSE);
}
