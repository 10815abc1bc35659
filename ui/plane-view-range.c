/* EwPlaneView: the values that its colours cover, and which colours those are. */
#include "ui/paint/palette.h"
#include "ui/plane-view-private.h"

#include <math.h>
#include <string.h>

/* A residual below this part of the largest target is float32's rounding: it is drawn as zero. */
#define ROUNDING 1e-6

/* What the colours leave out at either end where they are to cover most values. */
#define LEFT_OUT 0.01

gboolean
ew_plane_view_uses_colours (EwPlaneView *self)
{
  return self->n_planes == 1 && (self->is_signed || self->subtract != NULL || self->rule == EW_RANGE_SYMMETRIC);
}

/* It stays while outputs change with every frame. */
static void
add_reference (EwPlaneView *self, EwExtent *extent)
{
  if (!self->reference_measured)
    {
      ew_extent_init (&self->reference_extent);
      ew_extent_add (&self->reference_extent, self->reference, NULL);
      self->reference_measured = TRUE;
    }
  ew_extent_join (extent, &self->reference_extent);
}

/* What is wanted of all values, of those of a residual, or of most of them. */
static EwRange
wanted_range (EwPlaneView *self)
{
  gboolean is_signed = ew_plane_view_uses_colours (self);
  EwExtent all = self->extent;
  double least = 0;

  if (self->subtract != NULL)
    {
      EwExtent target;

      ew_extent_init (&target);
      ew_extent_add (&target, self->subtract, NULL);
      least = ROUNDING * ew_extent_max_abs (&target);
    }
  else if (self->reference != NULL)
    add_reference (self, &all);
  if (self->rule == EW_RANGE_PERCENTILE)
    ew_extent_of_most (&all, self->planes[0], self->subtract, LEFT_OUT);
  if (is_signed)
    return ew_range_symmetric (fmax (ew_extent_max_abs (&all), least));
  if (self->rule == EW_RANGE_PERCENTILE && all.low < all.high)
    return (EwRange){ all.low, all.high };
  return ew_range_sequential (&all);
}

/* Found once before it is needed: planes that are replaced unseen cost nothing. */
void
ew_plane_view_ensure_range (EwPlaneView *self)
{
  EwRange before = self->range;

  if (!self->stale)
    return;
  self->stale = FALSE;
  ew_extent_init (&self->extent);
  for (int k = 0; k < self->n_planes; k++)
    ew_extent_add (&self->extent, self->planes[k], self->subtract);
  if (self->n_planes == 0 || (self->rule == EW_RANGE_FIXED && self->range.low < self->range.high))
    return;
  ew_range_follow (&self->range, wanted_range (self));
  /* Longer numbers beside the colours leave less room for the picture. */
  if (self->range.low != before.low || self->range.high != before.high)
    ew_plane_view_queue_pane (self);
}

double
ew_plane_view_clipped (EwPlaneView *self)
{
  gint64 clipped = 0;
  EwPlanePaint paint = { .planes = { self->planes[0] }, .subtract = self->subtract };

  for (int i = 0; i < self->planes[0]->height; i++)
    for (int j = 0; j < self->planes[0]->width; j++)
      {
        double value = ew_plane_paint_value (&paint, 0, i, j);

        clipped += isfinite (value) && (value < self->range.low || value > self->range.high) ? 1 : 0;
      }
  return (double)clipped / ((double)self->planes[0]->height * self->planes[0]->width);
}

gboolean
ew_plane_view_has_legend (EwPlaneView *self)
{
  gboolean plain = !self->is_signed && self->subtract == NULL && self->rule == EW_RANGE_AUTOMATIC
                   && (self->image_palette == NULL || strcmp (self->image_palette, "grey") == 0);

  return !plain && self->n_planes != EW_PLANE_VIEW_PLANES_MAX;
}

static void
range_changed (EwPlaneView *self)
{
  self->stale = TRUE;
  ew_plane_view_queue_pane (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ew_plane_view_set_range_rule (EwPlaneView *self, EwRangeRule rule)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (self));
  if (rule == self->rule)
    return;
  /* What is fixed is what is seen now. */
  if (rule == EW_RANGE_FIXED)
    ew_plane_view_ensure_range (self);
  else
    self->range = (EwRange){ 0, 0 };
  self->rule = rule;
  range_changed (self);
}

void
ew_plane_view_set_palettes (EwPlaneView *self, const char *for_signed, const char *for_image)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (self));
  g_free (self->signed_palette);
  g_free (self->image_palette);
  self->signed_palette = g_strdup (for_signed);
  self->image_palette = g_strdup (for_image);
  ew_plane_view_queue_pane (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

const EwColormap *
ew_plane_view_get_map (EwPlaneView *self, gboolean dark)
{
  return ew_plane_view_uses_colours (self) ? ew_palette_signed (self->signed_palette, dark)
                                           : ew_palette_image (self->image_palette);
}

const EwColormap *
ew_plane_view_get_colours (EwPlaneView *self, gboolean dark, EwRange *range)
{
  g_return_val_if_fail (EW_IS_PLANE_VIEW (self), NULL);
  ew_plane_view_ensure_range (self);
  *range = self->range.low < self->range.high ? self->range : (EwRange){ 0, 1 };
  return ew_plane_view_get_map (self, dark);
}
