/* EwGeometryOptions: words to numbers. */
#include "app/cli/geometry-options.h"

#include <string.h>

/* In the order of EwBorder. */
static const char *const borders[] = { "zero", "replicate", "reflect", "wrap", NULL };

/* "T,R,B,L", four whole numbers. */
static gboolean
parse_four_sides (const char *text, int *sides)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);

  if (g_strv_length (words) != 4)
    return FALSE;
  for (int i = 0; i < 4; i++)
    {
      guint64 value;

      if (!g_ascii_string_to_unsigned (words[i], 10, 0, G_MAXINT, &value, NULL))
        return FALSE;
      sides[i] = (int)value;
    }
  return TRUE;
}

gboolean
ew_geometry_options_check (const EwGeometryOptions *o, GError **error)
{
  EwGeometry geometry;

  return ew_geometry_options_apply (o, 1, 1, &geometry, error);
}

/* What is added along one axis in all, where @full, or what keeps the size. */
static gboolean
padding_along (int taps, int dilation, gboolean full, int *before, int *after, GError **error)
{
  gint64 reach = (gint64)dilation * (taps - 1);

  if (reach > G_MAXINT)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE,
                   "A kernel side of %d with dilation %d reaches over %" G_GINT64_FORMAT " pixels; at most %d work.",
                   taps, dilation, reach, G_MAXINT);
      return FALSE;
    }
  *before = (int)(full ? reach : reach / 2);
  *after = (int)(full ? reach : reach - reach / 2);
  return TRUE;
}

static gboolean
apply_padding (const char *padding, EwGeometry *g, GError **error)
{
  gboolean full = strcmp (padding, "full") == 0;
  int sides[4];

  if (full || strcmp (padding, "same") == 0)
    {
      if (!full && g->stride != 1)
        {
          g_set_error (error, EW_ERROR, EW_ERROR_USAGE,
                       "--padding same with --stride %d: an output of the input's size needs --stride 1.", g->stride);
          return FALSE;
        }
      return padding_along (g->kernel_height, g->dilation, full, &g->top, &g->bottom, error)
             && padding_along (g->kernel_width, g->dilation, full, &g->left, &g->right, error);
    }
  if (parse_four_sides (padding, sides))
    {
      g->top = sides[0];
      g->right = sides[1];
      g->bottom = sides[2];
      g->left = sides[3];
      return TRUE;
    }
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "--padding %s: there are valid, same, full and TOP,RIGHT,BOTTOM,LEFT.",
               padding);
  return FALSE;
}

gboolean
ew_geometry_options_apply (const EwGeometryOptions *o, int kernel_height, int kernel_width, EwGeometry *geometry,
                           GError **error)
{
  int border = o->border == NULL ? EW_BORDER_ZERO : ew_arguments_parse_word ("border", o->border, borders, error);

  if (border < 0)
    return FALSE;
  ew_geometry_init_valid (geometry, kernel_height, kernel_width);
  geometry->border = (EwBorder)border;
  geometry->stride = (int)o->stride;
  geometry->dilation = (int)o->dilation;
  return o->padding == NULL || strcmp (o->padding, "valid") == 0 || apply_padding (o->padding, geometry, error);
}
