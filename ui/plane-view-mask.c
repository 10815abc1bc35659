/* EwPlaneView: the pixels that are left out of learning. */
#include "ui/paint/left-out.h"
#include "ui/plane-view-private.h"

void
ew_plane_view_forget_left_out (EwPlaneView *self)
{
  g_clear_pointer (&self->left_out, cairo_surface_destroy);
  self->knows_left_out = FALSE;
}

void
ew_plane_view_set_mask (EwPlaneView *view, EwGrid *mask)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (view));
  if (mask == view->mask)
    return;
  g_clear_pointer (&view->mask, ew_grid_unref);
  view->mask = mask == NULL ? NULL : ew_grid_ref (mask);
  ew_plane_view_forget_left_out (view);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

/* Once for a part: a pulled or zoomed picture is another part. */
gboolean
ew_plane_view_has_left_out (EwPlaneView *self)
{
  const EwLeftOutPart part = { self->block, self->part_row, self->part_column, self->n_planes > 0 ? self->planes[0]->height : 0,
                               self->n_planes > 0 ? self->planes[0]->width : 0 };
  const EwLeftOutPart *known = &self->left_out_part;

  if (self->mask == NULL || self->n_planes == 0)
    return FALSE;
  if (!self->knows_left_out || part.block != known->block || part.row != known->row || part.column != known->column
      || part.rows != known->rows || part.columns != known->columns)
    {
      ew_plane_view_forget_left_out (self);
      self->left_out = ew_left_out_new (self->mask, part.block, part.row, part.column, part.rows, part.columns);
      self->left_out_part = part;
      self->knows_left_out = TRUE;
    }
  return self->left_out != NULL;
}

void
ew_plane_view_paint_left_out (EwPlaneView *self, cairo_t *cr, const EwPaintStyle *style, const EwPlaneBox *box, double width,
                              double height)
{
  if (ew_plane_view_has_left_out (self))
    ew_paint_left_out (cr, style, self->left_out, box, width, height);
}
