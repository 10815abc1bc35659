/* EwChannelsBox: a kernel for each colour channel side by side, one of which, or that of all, is chosen to be looked at. */
#pragma once

#include "engine/kernel.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_CHANNELS_BOX (ew_channels_box_get_type ())
G_DECLARE_FINAL_TYPE (EwChannelsBox, ew_channels_box, EW, CHANNELS_BOX, AdwBin)

#define EW_CHANNELS_BOX_ALL (-1)

/* @title: "Red"; @quality: what is said under it. */
typedef struct
{
  const char *title;
  EwKernel *kernel;
  const char *quality;
} EwChannelColumn;

/* Shows three columns; NULL: there is nothing to be shown. @sentence: what they are to each other; @warns: they differ.
 * @has_all: there is a kernel for all of them. */
void ew_channels_box_set (EwChannelsBox *box, const EwChannelColumn *columns, const char *sentence, gboolean warns,
                          gboolean has_all);

/* Which one is chosen: 0 … 2, or EW_CHANNELS_BOX_ALL. The signal "chosen" (int) tells when the user chooses another one. */
void ew_channels_box_set_chosen (EwChannelsBox *box, int channel);

G_END_DECLS
