/* edgewise-cli devices: what could compute here, and why not. */
#include "app/cli/cli.h"
#include "gpu/cuda.h"

#include <stdio.h>

/* A JSON string, quotes and all. */
static void
print_json_string (const char *text)
{
  fputc ('"', stdout);
  for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++)
    if (*c == '"' || *c == '\\')
      printf ("\\%c", *c);
    else if (*c < 0x20)
      printf ("\\u%04x", (unsigned)*c);
    else
      fputc (*c, stdout);
  fputc ('"', stdout);
}

static void
print_json (const EwDeviceInfo *info)
{
  fputs ("{\"name\":", stdout);
  print_json_string (info->name);
  fputs (",\"kind\":", stdout);
  print_json_string (info->id);
  printf (",\"usable\":%s,\"reason\":", info->reason == NULL ? "true" : "false");
  if (info->reason == NULL)
    fputs ("null", stdout);
  else
    print_json_string (info->reason);
  fputs ("}\n", stdout);
}

gboolean
ew_cli_devices (char *const *arguments, GError **error)
{
  const EwBackend *const backends[] = { ew_cpu_backend (), ew_cuda_backend () };
  gboolean json = FALSE;
  const EwArgument table[] = { { .name = "json", .kind = EW_ARGUMENT_FLAG, .value = &json } };
  int n;

  if (!ew_arguments_parse (arguments, table, G_N_ELEMENTS (table), NULL, 0, &n, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (backends); i++)
    {
      EwDeviceInfo info = { 0 };

      backends[i]->describe (&info);
      if (json)
        print_json (&info);
      else
        printf ("%s: %s: %s\n", info.id, info.name, info.reason == NULL ? "usable" : info.reason);
      ew_device_info_clear (&info);
    }
  return ew_cli_flush (error);
}
