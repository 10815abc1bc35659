/* The painting style of a widget. */
#include "ui/widget-style.h"

#include <adwaita.h>

static EwColor
from_rgba (const GdkRGBA *rgba)
{
  return (EwColor){ rgba->red, rgba->green, rgba->blue, rgba->alpha };
}

static void
look_up (GtkStyleContext *context, const char *name, EwColor *color)
{
  GdkRGBA rgba;

  if (gtk_style_context_lookup_color (context, name, &rgba))
    *color = from_rgba (&rgba);
}

/* Hang on the window, interned. */
#define SIGNED_PALETTE "ew-signed-palette"
#define IMAGE_PALETTE  "ew-image-palette"

static void
redraw_all (GtkWidget *widget)
{
  gtk_widget_queue_draw (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    redraw_all (child);
}

void
ew_widget_style_set_palettes (GtkWidget *window, const char *for_signed, const char *for_image)
{
  g_object_set_data (G_OBJECT (window), SIGNED_PALETTE, (gpointer)g_intern_string (for_signed));
  g_object_set_data (G_OBJECT (window), IMAGE_PALETTE, (gpointer)g_intern_string (for_image));
  redraw_all (window);
}

void
ew_widget_style_init (GtkWidget *widget, EwPaintStyle *style)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  AdwStyleManager *manager = adw_style_manager_get_for_display (gtk_widget_get_display (widget));
  GObject *root = G_OBJECT (gtk_widget_get_root (widget));
  GdkRGBA ink;

  gtk_style_context_get_color (context, &ink);
  *style = (EwPaintStyle){
    .foreground = from_rgba (&ink),
    .dark = adw_style_manager_get_dark (manager),
    .high_contrast = adw_style_manager_get_high_contrast (manager),
    .scale = gtk_widget_get_scale_factor (widget),
    .context = g_object_ref (gtk_widget_get_pango_context (widget)),
  };
  if (root != NULL)
    {
      style->signed_palette = g_object_get_data (root, SIGNED_PALETTE);
      style->image_palette = g_object_get_data (root, IMAGE_PALETTE);
    }
  style->dim = ew_color_with_alpha (style->foreground, ink.alpha * (style->high_contrast ? 1 : 0.7));
  style->faint = ew_color_with_alpha (style->foreground, ink.alpha * (style->high_contrast ? 0.4 : 0.14));
  style->background = style->dark ? (EwColor){ 0.14, 0.14, 0.14, 1 } : (EwColor){ 0.98, 0.98, 0.98, 1 };
  style->accent = style->foreground;
  style->error = style->foreground;
  look_up (context, "window_bg_color", &style->background);
  look_up (context, "accent_color", &style->accent);
  look_up (context, "error_color", &style->error);
}

void
ew_widget_style_follow (GtkWidget *widget)
{
  AdwStyleManager *manager = adw_style_manager_get_for_display (gtk_widget_get_display (widget));

  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), widget, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (gtk_widget_queue_draw), widget,
                           G_CONNECT_SWAPPED);
}
