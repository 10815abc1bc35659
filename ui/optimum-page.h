/* EwOptimumPage: the least-squares kernel and how far it can be trusted, as a page of the sidebar. */
#pragma once

#include "engine/kernel.h"
#include "ui/channels-box.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_OPTIMUM_PAGE (ew_optimum_page_get_type ())
G_DECLARE_FINAL_TYPE (EwOptimumPage, ew_optimum_page, EW, OPTIMUM_PAGE, AdwBin)

/* Directions of the null space that are shown at most. */
#define EW_OPTIMUM_FREE_MAX 4

/**
 * EwOptimumFacts:
 * @weights: the optimum; @has_bias: its bias was fitted too
 * @errors: the standard error of each of them, infinite where the image does not tell
 * @shares: how much of each weight may be anything, 0 … 1; NULL where the image determines all
 * @n_undetermined: how many weights it does not determine
 * @n_free: dimension of the null space; @free: its first directions, EW_OPTIMUM_FREE_MAX at most
 * @n_residuals: pixels of the target that count; @left_out: the share that does not
 * @sigma, @r_squared, @psnr, @condition: as in EwOptimum
 * @structure: sentences about what the optimum leaves over; "" where that is noise, NULL while it is not known
 * @structureless: nobody looks at that
 *
 * What there is to be shown. The page keeps references to the kernels, and a copy of the sentences.
 */
typedef struct
{
  EwKernel *weights;
  gboolean has_bias;
  EwKernel *errors;
  EwKernel *shares;
  int n_undetermined;
  int n_free;
  EwKernel *free[EW_OPTIMUM_FREE_MAX];
  gint64 n_residuals;
  double left_out;
  double sigma;
  double r_squared;
  double psnr;
  double condition;
  const char *structure;
  gboolean structureless;
} EwOptimumFacts;

GtkWidget *ew_optimum_page_new (void);

/* Shows facts, or, where they are NULL, @why there are none. */
void ew_optimum_page_set_facts (EwOptimumPage *page, const EwOptimumFacts *facts, const char *why);

/* The largest stable rate; NAN: not known, infinite: there is none. */
void ew_optimum_page_set_rate_limit (EwOptimumPage *page, double limit);

/* The present weights, with which the optimum is compared. */
void ew_optimum_page_set_present (EwOptimumPage *page, EwKernel *present);

/* The kernels of the colour channels, below the heading; owned by the page, whose rows are made for it. */
EwChannelsBox *ew_optimum_page_channels (EwOptimumPage *page);

/* The buttons' actions: win.use-optimum and win.save-report. The signal "wanted" is emitted when the page comes on screen. */

G_END_DECLS
