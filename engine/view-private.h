/* The inside of EwView. */
#pragma once

#include "engine/cpu-kernels.h"
#include "engine/view-tile.h"
#include "engine/view.h"

G_BEGIN_DECLS

typedef struct _EwViewDevice EwViewDevice;

struct _EwView
{
  EwGeometry geometry;
  EwGrid *x;
  EwGrid *y;
  int output_height;
  int output_width;
  EwPool *pool;
  const EwCpuKernels *kernels;
  GHashTable *tiles; /* of EwViewTile, which is its own key */
  size_t room;      /* bytes of tiles out of sight */
  gint64 felt;      /* pixels whose gathering is felt */
  gint64 worth_two; /* pixels out of sight for which it is worth while to show first what is in sight */
  guint64 clock;
  guint64 n_gathered;
  EwKernel *kernel; /* of the newest outputs */
  guint64 kernel_number;
  EwViewport shown; /* of the last pictures; block 0: none yet */
  EwGrid *input;    /* as they had them; likewise the target */
  EwGrid *target;
  EwViewDevice *on; /* what makes pictures of blocks; NULL: the CPU */
};

/* The blocks of one plane that a viewport holds. */
typedef struct
{
  int row;
  int column;
  int height; /* ≤ 0: none; likewise width */
  int width;
} EwViewPart;

/* The empty table of tiles. */
GHashTable *ew_view_tiles_new (void);

/* What of rows [row, row + height) and columns alike lies within rows × columns. */
EwViewPart ew_view_part (const EwViewport *viewport, int rows, int columns);

static inline gboolean
ew_view_part_is_empty (const EwViewPart *part)
{
  return part->height <= 0 || part->width <= 0;
}

/* Fills the three pictures for blocks of more than one output, at the view's kernel. Errors as ew_view_pictures. */
gboolean ew_view_show_tiles (EwView *view, const EwViewport *viewport, EwPictures *pictures, EwCancel *cancel,
                             GError **error);

/* Lets tiles go that were not finished, and those out of sight while they take more than the view's room. */
void ew_view_keep_budget (EwView *view);

/* The same on the view's device; errors as EwBackend. Nothing of @pictures is set on an error. */
gboolean ew_view_show_on_device (EwView *view, const EwViewport *viewport, EwPictures *pictures, EwCancel *cancel,
                                 GError **error);

G_END_DECLS
