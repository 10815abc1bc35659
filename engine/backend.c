/* What every backend shares. */
#include "engine/backend.h"

void
ew_device_info_clear (EwDeviceInfo *info)
{
  g_clear_pointer (&info->name, g_free);
  g_clear_pointer (&info->reason, g_free);
}
