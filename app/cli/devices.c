/* edgewise-cli devices: what could compute here, and why not; with --check, whether it computes what the CPU does. */
#include "app/cli/cli.h"
#include "engine/device-check.h"
#include "gpu/cuda.h"

#include <math.h>
#include <stdio.h>

/* The image of --check. */
#define CHECK_SIDE 1024

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
print_json_member (const char *name, const char *text)
{
  printf (",\"%s\":", name);
  print_json_string (text);
}

/* A number, or null where it is not finite; '.' whatever the locale. */
static void
print_json_number (const char *name, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  printf (",\"%s\":%s", name, isfinite (value) ? g_ascii_formatd (number, sizeof number, "%.6g", value) : "null");
}

/* @check: NULL where it was not asked for, or failed. */
static void
print_json (const EwDeviceInfo *info, const EwDeviceCheck *check)
{
  fputs ("{\"name\":", stdout);
  print_json_string (info->name);
  print_json_member ("kind", info->id);
  printf (",\"usable\":%s", info->reason == NULL ? "true" : "false");
  if (info->reason == NULL)
    fputs (",\"reason\":null", stdout);
  else
    print_json_member ("reason", info->reason);
  if (info->memory > 0)
    printf (",\"memory\":%" G_GUINT64_FORMAT, info->memory);
  if (info->capability != NULL)
    print_json_member ("capability", info->capability);
  if (info->driver != NULL)
    print_json_member ("driver", info->driver);
  if (check != NULL)
    {
      printf (",\"agrees\":%s", check->agrees ? "true" : "false");
      print_json_number ("output_difference", check->output_difference);
      print_json_number ("gradient_difference", check->gradient_difference);
      print_json_number ("device_ms", check->device_ms);
      print_json_number ("cpu_ms", check->cpu_ms);
    }
  fputs ("}\n", stdout);
}

static void
print_text (const EwDeviceInfo *info, const EwDeviceCheck *check)
{
  g_autofree char *text = ew_device_info_text (info);
  g_autofree char *verdict = check == NULL ? NULL : ew_device_check_text (check);

  printf ("%s: %s: %s\n", info->id, text, info->reason == NULL ? "usable" : info->reason);
  if (verdict != NULL)
    printf ("%s: %s\n", info->id, verdict);
}

/* One device. Checking the CPU against itself would prove nothing. */
static gboolean
show_device (const EwBackend *backend, gboolean json, gboolean wants_check, GError **error)
{
  EwDeviceInfo info = { 0 };
  EwDeviceCheck check;
  gboolean ok = TRUE;
  gboolean checked = FALSE;

  backend->describe (&info);
  if (wants_check && info.reason == NULL && backend != ew_cpu_backend ())
    ok = checked = ew_device_check (backend, CHECK_SIDE, &check, &ew_cli_interrupted, error);
  if (json)
    print_json (&info, checked ? &check : NULL);
  else
    print_text (&info, checked ? &check : NULL);
  if (checked && !check.agrees)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_DEVICE,
                   "%s computes something else than the CPU; choose --device cpu and tell us of it.", info.name);
      ok = FALSE;
    }
  ew_device_info_clear (&info);
  return ok;
}

gboolean
ew_cli_devices (char *const *arguments, GError **error)
{
  const EwBackend *const backends[] = { ew_cpu_backend (), ew_cuda_backend () };
  gboolean json = FALSE;
  gboolean check = FALSE;
  gboolean ok = TRUE;
  const EwArgument table[] = { { .name = "json", .kind = EW_ARGUMENT_FLAG, .value = &json },
                               { .name = "check", .kind = EW_ARGUMENT_FLAG, .value = &check } };
  int n;

  if (!ew_arguments_parse (arguments, table, G_N_ELEMENTS (table), NULL, 0, &n, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (backends); i++)
    ok = show_device (backends[i], json, check, ok ? error : NULL) && ok;
  return ew_cli_flush (ok ? error : NULL) && ok;
}
