/* EwExplainer: what is pointed at in input, kernel and output, and what the others show to it. */
#pragma once

#include "engine/snapshot.h"
#include "ui/kernel-view.h"
#include "ui/plane-view.h"
#include "ui/sum-view.h"

G_BEGIN_DECLS

/* While training runs the sum is renewed this often: numbers that change at every frame cannot be read. */
#define EW_EXPLAINER_INTERVAL_US 100000

typedef struct _EwExplainer EwExplainer;

/* Follows the three views' cursors as long as they live, marks what belongs together in them and shows the sum in
 * @sum. An output stays explained when nothing is pointed at any more. */
EwExplainer *ew_explainer_new (EwPlaneView *input, EwKernelView *kernel, EwPlaneView *output, EwSumView *sum);
void ew_explainer_free (EwExplainer *explainer);

/* Whole planes, kernel and geometry to explain from now on. A reference is taken. May be called at every frame: while
 * training runs the sum is renewed ten times a second, as often as it can be read. */
void ew_explainer_set_snapshot (EwExplainer *explainer, EwSnapshot *snapshot);

/* Outputs along one side of the block that a dot of the picture stands for; 1 from the start. */
void ew_explainer_set_block (EwExplainer *explainer, int block);

/* How the gradient of a tap comes about, as long as it is one of the snapshot's task and of the tap that is pointed at.
 * A reference is taken. */
void ew_explainer_set_tap_gradient (EwExplainer *explainer, EwTapGradient *gradient);

/* Explains that output, as if it were pointed at. */
void ew_explainer_point_at_output (EwExplainer *explainer, int row, int column);

/* Calls @func whenever another output is explained. */
void ew_explainer_set_notify (EwExplainer *explainer, void (*func) (gpointer data), gpointer data);

/* The output that is or was explained; FALSE before the first snapshot with planes. */
gboolean ew_explainer_get_output (EwExplainer *explainer, int *row, int *column);

/* Which pixels of the target that is shown count in the loss: their weights; NULL: all do. The snapshot keeps it. */
EwGrid *ew_explainer_mask_of (const EwSnapshot *snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwExplainer, ew_explainer_free)

G_END_DECLS
