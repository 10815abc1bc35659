/* EwGeometry: output sizes, with every overflow checked. */
#include "engine/geometry.h"

#include "engine/kernel.h"

void
ew_geometry_init_valid (EwGeometry *geometry, int kernel_height, int kernel_width)
{
  *geometry = (EwGeometry){
    .kernel_height = kernel_height,
    .kernel_width = kernel_width,
    .border = EW_BORDER_ZERO,
    .stride = 1,
    .dilation = 1,
  };
}

gboolean
ew_geometry_is_valid (const EwGeometry *geometry)
{
  return geometry->top == 0 && geometry->right == 0 && geometry->bottom == 0 && geometry->left == 0
         && geometry->stride == 1 && geometry->dilation == 1;
}

static gboolean
check_members (const EwGeometry *geometry, GError **error)
{
  if (geometry->kernel_height < 1 || geometry->kernel_width < 1 || geometry->kernel_height > EW_KERNEL_SIDE_MAX
      || geometry->kernel_width > EW_KERNEL_SIDE_MAX)
    g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "A kernel of %d×%d is not possible; each side is 1 to %d.",
                 geometry->kernel_height, geometry->kernel_width, EW_KERNEL_SIDE_MAX);
  else if (geometry->stride < 1 || geometry->dilation < 1)
    g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "Stride %d with dilation %d is not possible; both are at least 1.",
                 geometry->stride, geometry->dilation);
  else if (geometry->top < 0 || geometry->right < 0 || geometry->bottom < 0 || geometry->left < 0)
    g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "A padding of %d,%d,%d,%d is not possible; no side is below 0.",
                 geometry->top, geometry->right, geometry->bottom, geometry->left);
  else
    return TRUE;
  return FALSE;
}

/* A mirror shows at most what lies between the edge pixel and the other edge. */
static gboolean
check_mirror (const EwGeometry *geometry, int height, int width, GError **error)
{
  if (geometry->border != EW_BORDER_REFLECT
      || (MAX (geometry->top, geometry->bottom) < height && MAX (geometry->left, geometry->right) < width))
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
               "A padding of %d,%d,%d,%d cannot be a reflection of an input of %d×%d; each side must be smaller than "
               "the input there.",
               geometry->top, geometry->right, geometry->bottom, geometry->left, height, width);
  return FALSE;
}

/* Outputs along one axis; < 1 where the kernel does not fit. In 64 bits no sum of a few ints overflows. */
static gint64
outputs_along (gint64 length, gint64 padding, gint64 taps, const EwGeometry *geometry)
{
  gint64 reach = (gint64)geometry->dilation * (taps - 1) + 1;

  return length + padding < reach ? 0 : (length + padding - reach) / geometry->stride + 1;
}

static void
refuse_kernel (const EwGeometry *g, int height, int width, GError **error)
{
  g_autofree char *dilated = g->dilation == 1 ? NULL : g_strdup_printf (" with dilation %d", g->dilation);
  g_autofree char *padded = g->top == 0 && g->right == 0 && g->bottom == 0 && g->left == 0
                                ? NULL
                                : g_strdup_printf (" padded by %d,%d,%d,%d", g->top, g->right, g->bottom, g->left);

  g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
               "The kernel of %d×%d%s is larger than the input of %d×%d%s; a smaller kernel or a larger input would "
               "fit.",
               g->kernel_height, g->kernel_width, dilated == NULL ? "" : dilated, height, width,
               padded == NULL ? "" : padded);
}

gboolean
ew_geometry_output_size (const EwGeometry *geometry, int height, int width, int *output_height, int *output_width,
                         GError **error)
{
  if (!check_members (geometry, error) || !check_mirror (geometry, height, width, error))
    return FALSE;

  gint64 rows = outputs_along (height, (gint64)geometry->top + geometry->bottom, geometry->kernel_height, geometry);
  gint64 columns = outputs_along (width, (gint64)geometry->left + geometry->right, geometry->kernel_width, geometry);

  if (rows < 1 || columns < 1)
    {
      refuse_kernel (geometry, height, width, error);
      return FALSE;
    }
  if (rows > G_MAXINT || columns > G_MAXINT)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE,
                   "An output of %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT " is too large; each side is at most %d.",
                   rows, columns, G_MAXINT);
      return FALSE;
    }
  *output_height = (int)rows;
  *output_width = (int)columns;
  return TRUE;
}

gint64
ew_geometry_border_index (EwBorder border, gint64 i, gint64 n)
{
  gint64 period = border == EW_BORDER_REFLECT ? MAX (2 * (n - 1), 1) : n;
  gint64 phase;

  if (i >= 0 && i < n)
    return i;
  if (border == EW_BORDER_REPLICATE)
    return i < 0 ? 0 : n - 1;
  if (border == EW_BORDER_ZERO)
    return -1;
  phase = (i % period + period) % period;
  return phase < n ? phase : period - phase;
}
