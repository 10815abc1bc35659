/* EwSteadyText: measures its room, not its words. */
#include "ui/steady-text.h"

#include "ui/widget-style.h"

#include <math.h>

/* The words above a detail are larger than it; units between the two. */
#define LARGER 1.15
#define GAP    3

enum
{
  PROP_WIDTH_CHARS = 1,
  PROP_XALIGN,
  PROP_GROWS,
  N_PROPS,
};

struct _EwSteadyText
{
  GtkWidget parent_instance;

  char *words;
  char *detail;
  int width_chars;
  int lines;
  int detail_lines;
  double xalign;
  gboolean grows;
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (EwSteadyText, ew_steady_text, GTK_TYPE_WIDGET)

/* Figures are tabular. */
static PangoLayout *
make_layout (EwSteadyText *self, const char *text, double size)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  if (size != 1)
    pango_attr_list_insert (attributes, pango_attr_scale_new (size));
  pango_layout_set_attributes (layout, attributes);
  return layout;
}

static double
words_size (EwSteadyText *self)
{
  return self->detail_lines > 0 ? LARGER : 1;
}

static int
line_height (EwSteadyText *self, double size)
{
  g_autoptr (PangoLayout) layout = make_layout (self, "0", size);
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

/* As GtkLabel counts characters. */
static double
char_width (EwSteadyText *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int width = MAX (pango_font_metrics_get_approximate_char_width (metrics),
                   pango_font_metrics_get_approximate_digit_width (metrics));

  pango_font_metrics_unref (metrics);
  return (double)width / PANGO_SCALE;
}

static void
ew_steady_text_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  EwSteadyText *self = EW_STEADY_TEXT (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = (int)ceil (self->width_chars * char_width (self));
  else
    *minimum = self->lines * line_height (self, words_size (self))
               + (self->detail_lines > 0 ? GAP + self->detail_lines * line_height (self, 1) : 0);
  *natural = *minimum;
}

static PangoLayout *
wrap_layout (EwSteadyText *self, const char *text, int lines, double size)
{
  PangoLayout *layout = make_layout (self, text, size);

  pango_layout_set_width (layout, gtk_widget_get_width (GTK_WIDGET (self)) * PANGO_SCALE);
  pango_layout_set_height (layout, -lines);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  return layout;
}

static void
append (EwSteadyText *self, GtkSnapshot *snapshot, PangoLayout *layout, int y, const EwColor *color)
{
  GdkRGBA ink = { (float)color->red, (float)color->green, (float)color->blue, (float)color->alpha };
  gboolean turned = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double align = turned ? 1 - self->xalign : self->xalign;
  PangoRectangle box;

  pango_layout_get_pixel_extents (layout, NULL, &box);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot,
      &GRAPHENE_POINT_INIT ((float)(floor ((gtk_widget_get_width (GTK_WIDGET (self)) - box.width) * align) - box.x),
                            (float)y));
  gtk_snapshot_append_layout (snapshot, layout, &ink);
  gtk_snapshot_restore (snapshot);
}

static void
ew_steady_text_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EwSteadyText *self = EW_STEADY_TEXT (widget);
  gboolean two = self->detail_lines > 0 && *self->detail != '\0';
  g_autoptr (PangoLayout) words = wrap_layout (self, self->words, self->lines, words_size (self));
  g_autoptr (PangoLayout) detail = two ? wrap_layout (self, self->detail, self->detail_lines, 1) : NULL;
  int words_height, detail_height = 0;
  EwPaintStyle style;
  int y;

  ew_widget_style_init (widget, &style);
  pango_layout_get_pixel_size (words, NULL, &words_height);
  if (two)
    pango_layout_get_pixel_size (detail, NULL, &detail_height);
  y = (gtk_widget_get_height (widget) - words_height - (two ? GAP + detail_height : 0)) / 2;
  append (self, snapshot, words, y, &style.foreground);
  if (two)
    append (self, snapshot, detail, y + words_height + GAP, &style.dim);
  ew_paint_style_clear (&style);
}

static void
ew_steady_text_finalize (GObject *object)
{
  EwSteadyText *self = EW_STEADY_TEXT (object);

  g_free (self->words);
  g_free (self->detail);
  G_OBJECT_CLASS (ew_steady_text_parent_class)->finalize (object);
}

static void
ew_steady_text_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  EwSteadyText *self = EW_STEADY_TEXT (object);

  switch (id)
    {
    case PROP_WIDTH_CHARS:
      self->width_chars = g_value_get_int (value);
      break;
    case PROP_XALIGN:
      self->xalign = g_value_get_double (value);
      break;
    case PROP_GROWS:
      self->grows = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ew_steady_text_class_init (EwSteadyTextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ew_steady_text_finalize;
  object_class->set_property = ew_steady_text_set_property;
  widget_class->measure = ew_steady_text_measure;
  widget_class->snapshot = ew_steady_text_snapshot;
  props[PROP_WIDTH_CHARS] = g_param_spec_int ("width-chars", NULL, NULL, 1, 1000, 3, flags);
  props[PROP_XALIGN] = g_param_spec_double ("xalign", NULL, NULL, 0, 1, 0, flags);
  props[PROP_GROWS] = g_param_spec_boolean ("grows", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (widget_class, "steadytext");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
ew_steady_text_init (EwSteadyText *self)
{
  self->words = g_strdup ("");
  self->detail = g_strdup ("");
  self->lines = 1;
  ew_widget_style_follow (GTK_WIDGET (self));
}

GtkWidget *
ew_steady_text_new (int width_chars, double xalign)
{
  return g_object_new (EW_TYPE_STEADY_TEXT, "width-chars", width_chars, "xalign", xalign, NULL);
}

void
ew_steady_text_set_lines (EwSteadyText *text, int lines, int detail_lines)
{
  g_return_if_fail (EW_IS_STEADY_TEXT (text));
  g_return_if_fail (lines >= 1 && detail_lines >= 0);
  text->lines = lines;
  text->detail_lines = detail_lines;
  gtk_widget_queue_resize (GTK_WIDGET (text));
}

/* Counted in characters, so that the room also holds the words in another font. */
static void
grow (EwSteadyText *self)
{
  g_autoptr (PangoLayout) layout = make_layout (self, self->words, 1);
  int width, chars;

  pango_layout_get_pixel_size (layout, &width, NULL);
  chars = (int)ceil (width / fmax (char_width (self), 1));
  if (chars <= self->width_chars)
    return;
  self->width_chars = chars;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
ew_steady_text_set_words (EwSteadyText *text, const char *words, const char *detail)
{
  const char *below = detail == NULL ? "" : detail;

  g_return_if_fail (EW_IS_STEADY_TEXT (text));
  g_return_if_fail (words != NULL);
  if (g_strcmp0 (words, text->words) == 0 && g_strcmp0 (below, text->detail) == 0)
    return;
  g_free (text->words);
  g_free (text->detail);
  text->words = g_strdup (words);
  text->detail = g_strdup (below);
  if (text->grows)
    grow (text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, below, -1);
  gtk_widget_queue_draw (GTK_WIDGET (text));
}

const char *
ew_steady_text_get_words (EwSteadyText *text)
{
  g_return_val_if_fail (EW_IS_STEADY_TEXT (text), NULL);
  return text->words;
}
