/* EwFigures: glyphs looked up once a font, positions computed by hand, one cairo_show_glyphs a colour. */
#include "ui/paint/figures.h"

#include <math.h>
#include <string.h>

static const char *const characters[]
    = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "−", "e", "N", "a", "∞" };
/* What stands in where the font lacks a character. */
static const char *const substitutes[]
    = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "-", "e", "N", "a", "8" };

#define N_CHARACTERS G_N_ELEMENTS (characters)
#define N_DIGITS     10
#define N_INKS       2

typedef struct
{
  unsigned long glyph;
  double advance;
  double indent; /* where the glyph starts within its advance */
} Figure;

struct _EwFigures
{
  cairo_font_face_t *face;
  cairo_font_options_t *options;
  cairo_matrix_t matrix;
  Figure figures[N_CHARACTERS];
  double height; /* of a digit above the baseline */
  GArray *batches[N_INKS];
};

static gboolean
look_up (cairo_scaled_font_t *font, const char *text, Figure *figure)
{
  cairo_glyph_t glyph = { 0 };
  cairo_glyph_t *glyphs = &glyph;
  int n = 1;
  cairo_text_extents_t extents;

  if (cairo_scaled_font_text_to_glyphs (font, 0, 0, text, (int)strlen (text), &glyphs, &n, NULL, NULL, NULL)
          != CAIRO_STATUS_SUCCESS
      || n != 1)
    {
      if (glyphs != &glyph)
        cairo_glyph_free (glyphs);
      return FALSE;
    }
  cairo_scaled_font_glyph_extents (font, glyphs, 1, &extents);
  figure->glyph = glyphs[0].index;
  figure->advance = extents.x_advance;
  if (glyphs != &glyph)
    cairo_glyph_free (glyphs);
  return figure->glyph != 0;
}

static void
measure (EwFigures *self, cairo_scaled_font_t *font)
{
  cairo_glyph_t zero = { 0 };
  cairo_text_extents_t extents;
  double widest = 0;

  for (guint k = 0; k < N_CHARACTERS; k++)
    if (!look_up (font, characters[k], &self->figures[k]))
      look_up (font, substitutes[k], &self->figures[k]);
  for (guint k = 0; k < N_DIGITS; k++)
    widest = fmax (widest, self->figures[k].advance);
  for (guint k = 0; k < N_DIGITS; k++)
    {
      self->figures[k].indent = (widest - self->figures[k].advance) / 2;
      self->figures[k].advance = widest;
    }
  zero.index = self->figures[0].glyph;
  cairo_scaled_font_glyph_extents (font, &zero, 1, &extents);
  self->height = -extents.y_bearing;
}

EwFigures *
ew_figures_new (const EwPaintStyle *style, double size)
{
  EwFigures *self = g_new0 (EwFigures, 1);
  PangoFontDescription *description = pango_font_description_copy (pango_context_get_font_description (style->context));

  pango_font_description_set_absolute_size (description, size * PANGO_SCALE);

  /* As a layout does: where the family is missing, the font that stands in for it is that of all other text. */
  PangoFontset *fonts = pango_font_map_load_fontset (pango_context_get_font_map (style->context), style->context,
                                                     description, pango_context_get_language (style->context));
  g_autoptr (PangoFont) font = fonts == NULL ? NULL : pango_fontset_get_font (fonts, '0');
  cairo_scaled_font_t *scaled = font == NULL ? NULL : pango_cairo_font_get_scaled_font (PANGO_CAIRO_FONT (font));

  g_clear_object (&fonts);

  pango_font_description_free (description);
  for (int ink = 0; ink < N_INKS; ink++)
    self->batches[ink] = g_array_new (FALSE, FALSE, sizeof (cairo_glyph_t));
  if (scaled == NULL)
    return self;
  self->face = cairo_font_face_reference (cairo_scaled_font_get_font_face (scaled));
  self->options = cairo_font_options_create ();
  cairo_scaled_font_get_font_options (scaled, self->options);
  cairo_scaled_font_get_font_matrix (scaled, &self->matrix);
  measure (self, scaled);
  return self;
}

void
ew_figures_free (EwFigures *figures)
{
  if (figures == NULL)
    return;
  for (int ink = 0; ink < N_INKS; ink++)
    g_array_unref (figures->batches[ink]);
  g_clear_pointer (&figures->face, cairo_font_face_destroy);
  g_clear_pointer (&figures->options, cairo_font_options_destroy);
  g_free (figures);
}

/* The figure of the character at *text, which moves on; NULL for one that numbers do not have. */
static const Figure *
next_figure (const EwFigures *self, const char **text)
{
  for (guint k = 0; k < N_CHARACTERS; k++)
    if (g_str_has_prefix (*text, characters[k]))
      {
        *text += strlen (characters[k]);
        return &self->figures[k];
      }
  *text = g_utf8_next_char (*text);
  return NULL;
}

double
ew_figures_width (const EwFigures *figures, const char *text)
{
  double width = 0;

  while (*text != '\0')
    {
      const Figure *figure = next_figure (figures, &text);

      width += figure == NULL ? 0 : figure->advance;
    }
  return width;
}

void
ew_figures_add (EwFigures *figures, const char *text, double x, double y, EwColor color)
{
  GArray *batch = figures->batches[color.red > 0.5 ? 1 : 0];
  double pen = x - ew_figures_width (figures, text) / 2;

  while (*text != '\0')
    {
      const Figure *figure = next_figure (figures, &text);
      cairo_glyph_t glyph;

      if (figure == NULL)
        continue;
      glyph = (cairo_glyph_t){ figure->glyph, pen + figure->indent, y + figures->height / 2 };
      g_array_append_val (batch, glyph);
      pen += figure->advance;
    }
}

void
ew_figures_flush (EwFigures *figures, cairo_t *cr)
{
  if (figures->face == NULL)
    return;
  cairo_save (cr);
  cairo_set_font_face (cr, figures->face);
  cairo_set_font_matrix (cr, &figures->matrix);
  cairo_set_font_options (cr, figures->options);
  for (int ink = 0; ink < N_INKS; ink++)
    {
      GArray *batch = figures->batches[ink];

      cairo_set_source_rgb (cr, ink, ink, ink);
      cairo_show_glyphs (cr, (const cairo_glyph_t *)(gpointer)batch->data, (int)batch->len);
      g_array_set_size (batch, 0);
    }
  cairo_restore (cr);
}
