/* EwOptions: parsing by GOption, checking by hand. */
#include "app/options.h"

#include "engine/kernel.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static gboolean
parse_size (EwOptions *options, const char *text, GError **error)
{
  int height, width, used = 0;

  if (text == NULL)
    return TRUE;
  /* Digits first, for sscanf would take signs and spaces too. */
  if (strspn (text, "0123456789x") == strlen (text) && sscanf (text, "%2dx%2d%n", &height, &width, &used) == 2
      && text[used] == '\0' && height >= 1 && width >= 1 && height <= EW_KERNEL_SIDE_MAX && width <= EW_KERNEL_SIDE_MAX)
    {
      options->kernel_height = height;
      options->kernel_width = width;
      return TRUE;
    }
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE, _ ("--kernel-size %s: a size is HEIGHTxWIDTH, each 1 to %d, like 3x3."),
               text, EW_KERNEL_SIDE_MAX);
  return FALSE;
}

static gboolean
parse_seconds (EwOptions *options, const char *text, GError **error)
{
  char *end = NULL;

  if (text == NULL)
    return TRUE;
  options->quit_after = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0' && isfinite (options->quit_after) && options->quit_after > 0)
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE, _ ("--quit-after %s: a number of seconds greater than 0 is needed."),
               text);
  return FALSE;
}

static gboolean
check_device (const EwOptions *options, GError **error)
{
  if (options->device == NULL || strcmp (options->device, "auto") == 0 || strcmp (options->device, "cpu") == 0
      || strcmp (options->device, "cuda") == 0)
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE, _ ("--device %s: there are auto, cpu and cuda."), options->device);
  return FALSE;
}

static gboolean
take_files (EwOptions *options, char **files, GError **error)
{
  guint n = files == NULL ? 0 : g_strv_length (files);

  if (n > 2)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_USAGE, _ ("%s: there is room for an input and a target only."), files[2]);
      return FALSE;
    }
  options->input = n > 0 ? g_strdup (files[0]) : NULL;
  options->target = n > 1 ? g_strdup (files[1]) : NULL;
  return TRUE;
}

gboolean
ew_options_parse (EwOptions *options, char *const *arguments, gboolean *help, GError **error)
{
  g_autofree char *size = NULL;
  g_autofree char *seconds = NULL;
  g_auto (GStrv) files = NULL;
  g_auto (GStrv) copy = g_strdupv ((char **)arguments);
  g_autoptr (GError) cause = NULL;
  gboolean wants_help = FALSE;
  const GOptionEntry entries[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &wants_help, N_ ("Show this help"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, N_ ("Show the version"), NULL },
    { "learn", 0, 0, G_OPTION_ARG_NONE, &options->learn, N_ ("Learn at once, as fast as it goes, until paused"), NULL },
    { "kernel-size", 0, 0, G_OPTION_ARG_STRING, &size, N_ ("Size of the kernel that is learned"), "HxW" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &options->device, N_ ("What computes: auto, cpu or cuda"), "DEVICE" },
    { "quit-after", 0, 0, G_OPTION_ARG_STRING, &seconds, N_ ("Close so long after the first frame"), "SECONDS" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, N_ ("[INPUT [TARGET]]") },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  *options = (EwOptions){ 0 };
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, _ ("Watch a convolution kernel learn."));
  if (!g_option_context_parse_strv (context, &copy, &cause))
    {
      g_set_error (error, EW_ERROR, EW_ERROR_USAGE, _ ("%s; --help shows what there is."), cause->message);
      return FALSE;
    }
  *help = wants_help;
  if (wants_help)
    {
      g_autofree char *text = g_option_context_get_help (context, TRUE, NULL);

      fputs (text, stdout);
    }
  return parse_size (options, size, error) && parse_seconds (options, seconds, error) && check_device (options, error)
         && take_files (options, files, error);
}

void
ew_options_clear (EwOptions *options)
{
  g_clear_pointer (&options->device, g_free);
  g_clear_pointer (&options->input, g_free);
  g_clear_pointer (&options->target, g_free);
}
