/* EwChannels: what the commands make of colour images. */
#pragma once

#include "app/cli/arguments.h"

G_BEGIN_DECLS

/* The luminance; the three channels with one kernel for all; or with a kernel each. */
typedef enum
{
  EW_CHANNELS_LUMINANCE,
  EW_CHANNELS_SHARED,
  EW_CHANNELS_EACH,
} EwChannels;

#define EW_N_CHANNELS 3

/* "red", "green", "blue". */
extern const char *const ew_channel_names[EW_N_CHANNELS];

/* The words of --channels; NULL: luminance. EW_ERROR_USAGE. */
gboolean ew_channels_parse (const char *text, EwChannels *channels, GError **error);

/* Where one channel's part goes: "kernel.csv" becomes "kernel-red.csv". Transfer full. */
char *ew_channels_path (const char *path, int channel);

G_END_DECLS
