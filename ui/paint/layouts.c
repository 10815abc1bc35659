/* Layouts: two generations of them. A full one becomes the old one, and what is not asked for again goes with it. */
#include "ui/paint/layouts.h"

#include <string.h>

/* Invisible. */
#define LEFT_TO_RIGHT_MARK "\342\200\216"

/* A layout by what it says; its own key. */
typedef struct
{
  double size;
  const char *text;
  PangoLayout *layout;
} Entry;

/* Hangs on a context. A layout keeps the context that it is of, and one that hung on that would keep it for ever: so they
 * are of a copy. @serial is the context's when that was made: with another font, language or direction it is another. */
typedef struct
{
  PangoContext *copy;
  GHashTable *young;
  GHashTable *old;
  guint serial;
} Layouts;

static guint
hash_entry (gconstpointer key)
{
  const Entry *entry = key;

  return g_str_hash (entry->text) * 31 + g_double_hash (&entry->size);
}

static gboolean
same_entry (gconstpointer a, gconstpointer b)
{
  const Entry *x = a;
  const Entry *y = b;

  return x->size == y->size && strcmp (x->text, y->text) == 0;
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->layout);
  g_free ((char *)entry->text);
  g_free (entry);
}

static GHashTable *
make_generation (void)
{
  return g_hash_table_new_full (hash_entry, same_entry, entry_free, NULL);
}

static void
layouts_free (gpointer data)
{
  Layouts *layouts = data;

  g_hash_table_unref (layouts->young);
  g_hash_table_unref (layouts->old);
  g_clear_object (&layouts->copy);
  g_free (layouts);
}

static Layouts *
layouts_of (PangoContext *context)
{
  static GQuark quark;
  Layouts *layouts;

  if (quark == 0)
    quark = g_quark_from_static_string ("ew-layouts");
  layouts = g_object_get_qdata (G_OBJECT (context), quark);
  if (layouts != NULL)
    return layouts;
  layouts = g_new0 (Layouts, 1);
  layouts->young = make_generation ();
  layouts->old = make_generation ();
  g_object_set_qdata_full (G_OBJECT (context), quark, layouts, layouts_free);
  return layouts;
}

static PangoContext *
copy_context (PangoContext *context)
{
  PangoContext *copy = pango_font_map_create_context (pango_context_get_font_map (context));

  pango_context_set_font_description (copy, pango_context_get_font_description (context));
  pango_context_set_language (copy, pango_context_get_language (context));
  pango_context_set_base_dir (copy, pango_context_get_base_dir (context));
  pango_context_set_round_glyph_positions (copy, pango_context_get_round_glyph_positions (context));
  pango_cairo_context_set_font_options (copy, pango_cairo_context_get_font_options (context));
  return copy;
}

/* What was made for a context that has changed since is dropped. */
static void
renew (Layouts *layouts, PangoContext *context)
{
  guint serial = pango_context_get_serial (context);

  if (layouts->copy != NULL && serial == layouts->serial)
    return;
  g_hash_table_remove_all (layouts->young);
  g_hash_table_remove_all (layouts->old);
  g_clear_object (&layouts->copy);
  layouts->copy = copy_context (context);
  layouts->serial = serial;
}

static gboolean
has_letters (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_isalpha (g_utf8_get_char (text)))
      return TRUE;
  return FALSE;
}

/* Where words run from right to left, Pango would set what has none of them that way too: 1− for −1. */
static void
set_text (PangoLayout *layout, const char *text)
{
  gboolean from_right = pango_context_get_base_dir (pango_layout_get_context (layout)) == PANGO_DIRECTION_RTL;

  if (from_right && !has_letters (text))
    {
      g_autofree char *marked = g_strconcat (LEFT_TO_RIGHT_MARK, text, NULL);

      pango_layout_set_text (layout, marked, -1);
    }
  else
    pango_layout_set_text (layout, text, -1);
}

static PangoLayout *
make_layout (PangoContext *context, const char *text, double size)
{
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *font = pango_font_description_copy (pango_context_get_font_description (context));
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_font_description (layout, font);
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  set_text (layout, text);
  pango_attr_list_unref (attributes);
  pango_font_description_free (font);
  return layout;
}

/* A text of the last generation that is asked for again belongs to the new one. */
static Entry *
find_or_make (Layouts *layouts, const char *text, double size)
{
  const Entry key = { size, text, NULL };
  Entry *entry = g_hash_table_lookup (layouts->young, &key);

  if (entry != NULL)
    return entry;
  if (g_hash_table_size (layouts->young) >= EW_LAYOUTS_KEPT)
    {
      GHashTable *emptied = layouts->old;

      g_hash_table_remove_all (emptied);
      layouts->old = layouts->young;
      layouts->young = emptied;
    }
  entry = g_hash_table_lookup (layouts->old, &key);
  if (entry != NULL)
    g_hash_table_steal (layouts->old, &key);
  else
    {
      entry = g_new (Entry, 1);
      *entry = (Entry){ size, g_strdup (text), make_layout (layouts->copy, text, size) };
    }
  g_hash_table_add (layouts->young, entry);
  return entry;
}

PangoLayout *
ew_layout_of (const EwPaintStyle *style, const char *text, double size)
{
  Layouts *layouts = layouts_of (style->context);

  renew (layouts, style->context);
  return find_or_make (layouts, text, size)->layout;
}

guint
ew_layouts_kept (const EwPaintStyle *style)
{
  Layouts *layouts = layouts_of (style->context);

  return g_hash_table_size (layouts->young) + g_hash_table_size (layouts->old);
}
