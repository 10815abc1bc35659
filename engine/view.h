/* EwView: block means of any part of a sample, at any size, for a window to draw: input, target and output. */
#pragma once

#include "engine/backend.h"
#include "engine/pictures.h"
#include "engine/pool.h"

G_BEGIN_DECLS

typedef struct _EwView EwView;

/* A view of the pair x, y (y may be NULL), whose work is shared among the threads of @pool. Nothing is gathered yet.
 * Transfer full. Fails with EW_ERROR_GEOMETRY where the kernel does not fit x, EW_ERROR_DEVICE as ew_cpu_kernels. */
EwView *ew_view_new (EwGrid *x, EwGrid *y, const EwGeometry *geometry, EwPool *pool, GError **error);
void ew_view_free (EwView *view);

/* The pictures of a viewport at @kernel, which has the geometry's size; transfer full. Their task and sample are the
 * viewport's.
 *
 * A block of the output is Σ K[a,c]·B[is·stride + a·d − top, js·stride + c·d − left] + bias, B[u,v] being the mean of
 * the s×s values of the bordered x that begin at (u, v) and lie a stride apart: exactly the mean of the outputs, for
 * any geometry. Where s is 1 they are what the CPU's direct method gives, bit for bit.
 *
 * Means are gathered tile by tile and kept: another kernel costs blocks × taps, never pixels × taps; when panning only
 * new tiles are gathered. Tiles that are no longer in sight are kept while all take less than EW_VIEW_BYTES, those of
 * large blocks before others; those in sight take, with stride 1, about as much as the part of x that is seen, or less.
 *
 * As long as the part and the block stay, so do input and target: the pictures share them with the last ones.
 *
 * EW_ERROR_CANCELLED (what has been gathered stays), EW_ERROR_TOO_LARGE. */
EwPictures *ew_view_pictures (EwView *view, const EwViewport *viewport, EwKernel *kernel, EwCancel *cancel,
                              GError **error);

/* Pictures of blocks of more than one output are made on @device from now on, if it makes any; to the same bits. NULL:
 * on the CPU. The device must stay open until that or until the view is freed. Where it fails the view goes on without
 * it. */
void ew_view_set_device (EwView *view, EwDevice *device);

/* The device that makes pictures; NULL: none, or no longer. */
EwDevice *ew_view_device (const EwView *view);

/* Whether making all of @viewport would keep what is in sight of it waiting: @first is then that part of it, to be shown
 * before. */
gboolean ew_view_first_part (EwView *view, const EwViewport *viewport, EwViewport *first);

/* Gathers a little of what a zoom from @viewport would take long to show: the sizes of ew_zoom_sides whose blocks are many
 * pixels, around the middle of what is in sight, while all tiles out of sight take less than EW_VIEW_BYTES. Some
 * milliseconds for each thread; to be called again while it returns TRUE. Pictures are the same with and without. */
gboolean ew_view_prepare (EwView *view, const EwViewport *viewport, EwCancel *cancel);

/* Bytes of tiles that are kept out of sight. */
#define EW_VIEW_BYTES ((size_t)256 << 20)

/* Tiles gathered since the view was made, viewports on a device, for tests and statistics. */
guint64 ew_view_n_gathered (const EwView *view);

/* The largest block of a view of planes of these sizes, so that each has one at least. */
int ew_view_block_max (const EwGeometry *geometry, int input_height, int input_width, int output_height,
                       int output_width);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwView, ew_view_free)

G_END_DECLS
