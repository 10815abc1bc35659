/* EwChannelFits: the best kernel of each colour channel by itself, and whether one would do for all. */
#pragma once

#include "engine/agreement.h"
#include "engine/devices.h"
#include "engine/problem.h"

G_BEGIN_DECLS

#define EW_N_CHANNELS 3

/**
 * EwChannelFits:
 * @problems: red, green and blue
 * @optima, @variations: of each
 * @agreement: of the three
 */
typedef struct
{
  EwProblem *problems[EW_N_CHANNELS];
  EwOptimum *optima[EW_N_CHANNELS];
  double variations[EW_N_CHANNELS];
  EwAgreement agreement;
} EwChannelFits;

/* Fits the samples of @whole whose channel_of is 0, 1 and 2, each of which there is; transfer full. Errors as ew_fit_quadratic
 * and ew_optimum_new. */
EwChannelFits *ew_channel_fits_new (EwDevices *devices, EwProblem *whole, const int *channel_of, EwCancel *cancel,
                                    GError **error);
void ew_channel_fits_free (EwChannelFits *fits);

/* A sentence for the user: one kernel explains all three, or by how much they differ and where; transfer full. @differ: they do,
 * so much that it matters. */
char *ew_channel_fits_describe (const EwChannelFits *fits, gboolean *differ);

/* "red", "green", "blue"; translated with a capital by the second. */
const char *ew_channel_name (int channel);
const char *ew_channel_title (int channel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwChannelFits, ew_channel_fits_free)

G_END_DECLS
