/* EwOptions: the window's command line. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/**
 * EwOptions:
 * @learn: start learning at once, flat out, without an end
 * @kernel_height: 0 where no size was given; likewise @kernel_width
 * @device: "auto", "cpu" or "cuda"; NULL: not given
 * @quit_after: seconds from the first frame after which the window closes; 0: never
 * @version: print the version and end
 * @input: path, or NULL; likewise @target
 */
typedef struct
{
  gboolean learn;
  int kernel_height;
  int kernel_width;
  char *device;
  double quit_after;
  gboolean version;
  char *input;
  char *target;
} EwOptions;

/* Parses a NULL-terminated vector (program name first), which it does not keep. With --help it prints the help and sets
 * *help. Fails with EW_ERROR_USAGE. */
gboolean ew_options_parse (EwOptions *options, char *const *arguments, gboolean *help, GError **error);
void ew_options_clear (EwOptions *options);

G_END_DECLS
