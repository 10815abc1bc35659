/* EwPlaneZoom: sizes, what fits, and holding what is seen inside the world. */
#include "ui/plane-zoom.h"

#include "engine/pictures.h"

#include <math.h>
#include <string.h>

/* The largest size, and what fits is at most: device pixels of one pixel at a scale of 1. */
#define SCALE_MAX 128.0
#define FIT_MAX   80.0

/* From here on, in units, pixels are cells with lines between them and have whole sides. */
#define CELL_MIN 10.0

/* By how much a kernel may move the edges: twice the largest. */
#define EDGE_MAX 126

typedef struct
{
  int height;
  int width;
} Pane;

struct _EwPlaneZoom
{
  GObject parent_instance;

  EwPlaneRect planes[EW_PLANE_ZOOM_PANES];
  EwPlaneRect world; /* around all planes */
  Pane panes[EW_PLANE_ZOOM_PANES];
  double device_scale;
  gboolean fit;
  double scale; /* where it does not fit */
  double row;   /* in the middle */
  double column;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (EwPlaneZoom, ew_plane_zoom, G_TYPE_OBJECT)

/* The least, or with @most the largest, of the panes' sides; 0: none is there. */
static Pane
common_pane (EwPlaneZoom *self, gboolean most)
{
  Pane all = { 0, 0 };

  for (int k = 0; k < EW_PLANE_ZOOM_PANES; k++)
    {
      const Pane *pane = &self->panes[k];

      if (pane->height < 1 || pane->width < 1)
        continue;
      all.height = all.height == 0 ? pane->height
                   : most          ? MAX (all.height, pane->height)
                                   : MIN (all.height, pane->height);
      all.width = all.width == 0 ? pane->width : most ? MAX (all.width, pane->width) : MIN (all.width, pane->width);
    }
  return all;
}

/* The size at which a length of what lies around @middle, from @start on, fits into a side of a pane. */
static double
fit_axis (double start, double length, double middle, double side)
{
  double reach = fmax (middle - start, start + length - middle);

  return side / (2 * reach);
}

/* The largest at which each pane shows all of its plane, with the middle of all planes in its own. */
static double
fitting_scale (EwPlaneZoom *self)
{
  const EwPlaneRect *w = &self->world;
  double scale = INFINITY;

  if (!(w->height > 0))
    return 0;
  for (int k = 0; k < EW_PLANE_ZOOM_PANES; k++)
    {
      const EwPlaneRect *p = &self->planes[k];

      if (self->panes[k].height < 1 || self->panes[k].width < 1)
        continue;
      scale = fmin (scale, fit_axis (p->top, p->height, w->top + w->height / 2, self->panes[k].height));
      scale = fmin (scale, fit_axis (p->left, p->width, w->left + w->width / 2, self->panes[k].width));
    }
  if (!isfinite (scale))
    return 0;
  if (scale >= CELL_MIN * self->device_scale)
    return floor (fmin (scale, FIT_MAX * self->device_scale));
  return scale;
}

double
ew_plane_zoom_get_scale (EwPlaneZoom *self)
{
  double fitting = fitting_scale (self);

  return self->fit || fitting == 0 ? fitting : self->scale;
}

gboolean
ew_plane_zoom_is_fit (EwPlaneZoom *self)
{
  return self->fit;
}

/* The middle along one axis: within what there is; of what the pane holds, just the middle. */
static double
hold (double middle, double start, double length, double pane, double scale)
{
  double half = pane / scale / 2;

  if (2 * half >= length)
    return start + length / 2;
  return CLAMP (middle, start + half, start + length - half);
}

/* Brings the middle back, and tells. */
static void
update (EwPlaneZoom *self)
{
  Pane pane = common_pane (self, FALSE);
  double scale;

  /* In a larger pane more fits. */
  if (!self->fit && self->scale <= fitting_scale (self))
    self->fit = TRUE;
  scale = ew_plane_zoom_get_scale (self);
  if (self->fit && scale > 0)
    {
      /* Each pane holds its own plane; the smallest of them need not hold the world. */
      self->row = self->world.top + self->world.height / 2;
      self->column = self->world.left + self->world.width / 2;
    }
  else if (scale > 0)
    {
      self->row = hold (self->row, self->world.top, self->world.height, pane.height, scale);
      self->column = hold (self->column, self->world.left, self->world.width, pane.width, scale);
    }
  g_signal_emit (self, changed_signal, 0);
}

void
ew_plane_zoom_get_center (EwPlaneZoom *self, double *row, double *column)
{
  *row = self->row;
  *column = self->column;
}

void
ew_plane_zoom_get_seen (EwPlaneZoom *self, EwPlaneRect *seen)
{
  Pane pane = common_pane (self, TRUE);
  double scale = ew_plane_zoom_get_scale (self);

  *seen = (EwPlaneRect){ self->row, self->column, 0, 0 };
  if (scale == 0)
    return;
  seen->height = pane.height / scale;
  seen->width = pane.width / scale;
  seen->top -= seen->height / 2;
  seen->left -= seen->width / 2;
}

static void
around (const EwPlaneRect planes[EW_PLANE_ZOOM_PANES], EwPlaneRect *world)
{
  *world = planes[0];
  for (int k = 1; k < EW_PLANE_ZOOM_PANES; k++)
    {
      double bottom = fmax (world->top + world->height, planes[k].top + planes[k].height);
      double right = fmax (world->left + world->width, planes[k].left + planes[k].width);

      world->top = fmin (world->top, planes[k].top);
      world->left = fmin (world->left, planes[k].left);
      world->height = bottom - world->top;
      world->width = right - world->left;
    }
}

void
ew_plane_zoom_set_planes (EwPlaneZoom *self, const EwPlaneRect planes[EW_PLANE_ZOOM_PANES])
{
  EwPlaneRect old = self->world;

  g_return_if_fail (EW_IS_PLANE_ZOOM (self));
  if (memcmp (planes, self->planes, sizeof self->planes) == 0)
    return;
  memcpy (self->planes, planes, sizeof self->planes);
  around (planes, &self->world);
  /* A kernel of another size moves the edges a little; another image is another view. */
  if (fabs (self->world.height - old.height) > EDGE_MAX || fabs (self->world.width - old.width) > EDGE_MAX)
    self->fit = TRUE;
  update (self);
}

void
ew_plane_zoom_set_pane (EwPlaneZoom *self, int pane, int height, int width, double device_scale)
{
  g_return_if_fail (EW_IS_PLANE_ZOOM (self));
  g_return_if_fail (pane >= 0 && pane < EW_PLANE_ZOOM_PANES);
  if (self->panes[pane].height == height && self->panes[pane].width == width && self->device_scale == device_scale)
    return;
  self->panes[pane] = (Pane){ height, width };
  self->device_scale = device_scale;
  update (self);
}

void
ew_plane_zoom_fit (EwPlaneZoom *self)
{
  g_return_if_fail (EW_IS_PLANE_ZOOM (self));
  if (self->fit)
    return;
  self->fit = TRUE;
  update (self);
}

/* The size number @k: … 1/3, 1/2, 1, 2, 3 … */
static double
size_at (int k)
{
  int last = EW_ZOOM_SIDES - 1;

  return k >= 0 ? ew_zoom_sides[MIN (k, last)] : 1.0 / ew_zoom_sides[MIN (-k, last)];
}

/* The nearest size above (@up) or below @scale. */
static double
next_size (double scale, gboolean up)
{
  int n = EW_ZOOM_SIDES;

  if (up)
    {
      for (int k = 1 - n; k < n; k++)
        if (size_at (k) > scale * (1 + 1e-6))
          return size_at (k);
      return scale;
    }
  for (int k = n - 1; k > -n; k--)
    if (size_at (k) < scale * (1 - 1e-6))
      return size_at (k);
  return scale;
}

void
ew_plane_zoom_set_scale (EwPlaneZoom *self, double scale, double row, double column)
{
  double present = ew_plane_zoom_get_scale (self);
  double fitting = fitting_scale (self);

  g_return_if_fail (EW_IS_PLANE_ZOOM (self));
  if (fitting == 0 || !isfinite (scale))
    return;
  scale = CLAMP (scale, fitting, fmax (fitting, SCALE_MAX));
  if (scale == present)
    return;
  /* What lies at (row, column) keeps its distance from the middle of the pane. */
  self->row = row + (self->row - row) * present / scale;
  self->column = column + (self->column - column) * present / scale;
  self->fit = scale <= fitting;
  self->scale = scale;
  update (self);
}

void
ew_plane_zoom_step (EwPlaneZoom *self, int steps, double row, double column)
{
  double scale = ew_plane_zoom_get_scale (self);

  g_return_if_fail (EW_IS_PLANE_ZOOM (self));
  for (int k = 0; k < ABS (steps); k++)
    scale = next_size (scale, steps > 0);
  ew_plane_zoom_set_scale (self, scale, row, column);
}

void
ew_plane_zoom_settle (EwPlaneZoom *self)
{
  double scale = ew_plane_zoom_get_scale (self);

  g_return_if_fail (EW_IS_PLANE_ZOOM (self));
  if (self->fit || scale == 0)
    return;

  double above = next_size (scale * (1 - 1e-5), TRUE);
  double below = next_size (scale * (1 + 1e-5), FALSE);

  ew_plane_zoom_set_scale (self, above / scale < scale / below ? above : below, self->row, self->column);
}

gboolean
ew_plane_zoom_pan (EwPlaneZoom *self, double down, double right)
{
  Pane pane = common_pane (self, FALSE);
  double scale = ew_plane_zoom_get_scale (self);
  double row, column;

  g_return_val_if_fail (EW_IS_PLANE_ZOOM (self), FALSE);
  if (scale == 0 || self->fit)
    return FALSE;
  row = hold (self->row + down / scale, self->world.top, self->world.height, pane.height, scale);
  column = hold (self->column + right / scale, self->world.left, self->world.width, pane.width, scale);
  if (row == self->row && column == self->column)
    return FALSE;
  self->row = row;
  self->column = column;
  update (self);
  return TRUE;
}

void
ew_plane_zoom_reveal (EwPlaneZoom *self, double row, double column)
{
  Pane pane = common_pane (self, FALSE);
  double scale = ew_plane_zoom_get_scale (self);

  g_return_if_fail (EW_IS_PLANE_ZOOM (self));
  if (scale == 0)
    return;

  /* Not right at the edge: a pixel around it is seen too, where there is room. */
  double down = fmax (0, pane.height / scale / 2 - 1.5);
  double aside = fmax (0, pane.width / scale / 2 - 1.5);

  ew_plane_zoom_pan (self, (row - CLAMP (row, self->row - down, self->row + down)) * scale,
                     (column - CLAMP (column, self->column - aside, self->column + aside)) * scale);
}

char *
ew_plane_zoom_describe (EwPlaneZoom *self)
{
  double scale = ew_plane_zoom_get_scale (self);
  double ratio = scale >= 1 ? scale : 1 / scale;
  g_autofree char *number = NULL;

  if (scale == 0)
    return g_strdup ("–");
  number = g_strdup_printf (fabs (ratio - round (ratio)) < 0.05 ? "%.0f" : "%.1f", ratio);
  return scale >= 1 ? g_strdup_printf ("%s:1", number) : g_strdup_printf ("1:%s", number);
}

static void
ew_plane_zoom_class_init (EwPlaneZoomClass *klass)
{
  changed_signal
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ew_plane_zoom_init (EwPlaneZoom *self)
{
  self->fit = TRUE;
  self->device_scale = 1;
}

EwPlaneZoom *
ew_plane_zoom_new (void)
{
  return g_object_new (EW_TYPE_PLANE_ZOOM, NULL);
}
