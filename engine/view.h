/* EwView: what a window needs to draw a sample at its own size: block means of input, target and output. */
#pragma once

#include "engine/devices.h"

G_BEGIN_DECLS

typedef struct _EwView EwView;

/* A view of the pair x, y (y may be NULL) for a pane of max_height × max_width pixels, transfer full. Blocks are s×s, s
 * the largest whole number ≥ 1 at which the output still has at least as many blocks as the pane has pixels along the
 * side that fits tighter; s is 1 for an output smaller than the pane. Rows and columns that do not fill a last block
 * are left out. Memory of at most one more plane like x, and the means of y. Only stride 1 and dilation 1
 * (EW_ERROR_UNSUPPORTED). */
EwView *ew_view_new (EwGrid *x, EwGrid *y, const EwGeometry *geometry, int max_height, int max_width, EwCancel *cancel,
                     GError **error);
void ew_view_free (EwView *view);

/* s: input pixels along one side of a block. */
int ew_view_block (const EwView *view);

/* The block means of x and of y (NULL without a target), owned by the view. With s = 1 they are x and y themselves. */
EwGrid *ew_view_input (const EwView *view);
EwGrid *ew_view_target (const EwView *view);

/* The block means of x ⋆ kernel + bias, transfer full: Σ K[a,c]·B[is + a, js + c] + bias, where B[u,v] is the mean of
 * the s×s square of x with its corner at (u, v). Costs blocks × taps, never pixels × taps. Errors as
 * EwBackend.correlate. */
EwGrid *ew_view_output (EwView *view, EwDevices *devices, const EwKernel *kernel, EwCancel *cancel, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwView, ew_view_free)

G_END_DECLS
