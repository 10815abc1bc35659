/* How the widgets look: light and dark, palettes, large text, right to left, small. */
#include "tests/widgets-gallery.h"
#include "ui/paint/palette.h"
#include "ui/widget-style.h"

#include <math.h>

/* --- looks */

static int
pixels_that_differ (const guint32 *a, const guint32 *b, int n)
{
  int differ = 0;

  for (int k = 0; k < n; k++)
    differ += a[k] != b[k] ? 1 : 0;
  return differ;
}

/* Light and dark differ nearly everywhere, and turning back gives the first picture again. Warnings are fatal here. */
static void
test_looks (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  static const AdwColorScheme schemes[]
      = { ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK, ADW_COLOR_SCHEME_FORCE_LIGHT };
  guint32 *pictures[3];
  GtkWindow *window;
  int width = 0;
  int height = 0;

  adw_style_manager_set_color_scheme (manager, schemes[0]);
  window = ew_window_open (gallery (), 1100, 800);
  for (int k = 0; k < 3; k++)
    {
      adw_style_manager_set_color_scheme (manager, schemes[k]);
      ew_spin (SETTLED);
      pictures[k] = ew_window_pixels (window, &width, &height);
    }
  g_assert_cmpint (pixels_that_differ (pictures[0], pictures[1], width * height), >, width * height / 2);
  g_assert_cmpint (pixels_that_differ (pictures[0], pictures[2], width * height), ==, 0);
  for (int k = 0; k < 3; k++)
    g_free (pictures[k]);
  ew_window_close (window);
}

/* Zero is drawn as the theme's ground: the widgets choose the map that goes with it. */
static void
test_maps (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  for (int dark = 0; dark < 2; dark++)
    for (int k = 0; k < 2; k++)
      {
        g_autoptr (EwGrid) zero = ew_grid_new (1, 1, NULL);
        g_autoptr (EwKernel) kernel = ew_kernel_new (1, 1, NULL);
        GtkWidget *view = k == 0 ? kernel_view (kernel, FALSE) : plane_view (zero, TRUE);
        const EwColormap *map = ew_colormap_diverging (dark);
        g_autofree guint32 *pixels = NULL;
        GtkWindow *window;
        int width, height;
        int n = 0;

        adw_style_manager_set_color_scheme (manager, dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
        window = ew_window_open (view, 200, 220);
        ew_spin (100);
        pixels = ew_window_pixels (window, &width, &height);
        for (int p = 0; p < width * height; p++)
          n += pixels[p] == map->entries[EW_COLORMAP_STEPS / 2] ? 1 : 0;
        /* A cell of some 80 units, without its number. */
        g_assert_cmpint (n, >, 2000);
        ew_window_close (window);
      }
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_LIGHT);
}

/* Large text, right to left, and a window as small as it gets. */
static void
test_conditions (void)
{
  GtkSettings *settings = gtk_settings_get_default ();
  GtkWindow *window;
  guint32 *pixels;
  int width, height;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  g_object_set (settings, "gtk-xft-dpi", 96 * 1024 * 2, NULL);
  window = ew_window_open (gallery (), 1, 1);
  ew_spin (100);
  pixels = ew_window_pixels (window, &width, &height);
  g_free (pixels);
  g_object_set (settings, "gtk-xft-dpi", 96 * 1024 / 2, NULL);
  ew_spin (100);
  pixels = ew_window_pixels (window, &width, &height);
  g_free (pixels);
  ew_window_close (window);
  g_object_set (settings, "gtk-xft-dpi", 96 * 1024, NULL);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* --- ends */

static int
count_pixels (GtkWindow *window, guint32 pixel)
{
  int width, height;
  int n = 0;

  ew_spin (30);

  g_autofree guint32 *pixels = ew_window_pixels (window, &width, &height);

  for (int k = 0; k < width * height; k++)
    n += pixels[k] == pixel ? 1 : 0;
  return n;
}

/* The palettes of a window are those of all its widgets, at once. */
static void
test_palettes (void)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new (1, 1, NULL);
  guint n;
  const EwPalette *palettes = ew_palettes_signed (&n);
  GtkWindow *window;

  kernel->taps[0] = 1;
  window = ew_window_open (kernel_view (kernel, FALSE), 300, 300);
  for (guint k = 0; k <= n; k++)
    {
      const char *id = k < n ? palettes[k].id : NULL;

      ew_widget_style_set_palettes (GTK_WIDGET (window), id, NULL);
      for (guint other = 0; other < n; other++)
        {
          guint32 pixel = ew_palette_signed (palettes[other].id, FALSE)->entries[EW_COLORMAP_STEPS - 1];

          /* The one cell is large, whatever its number covers of it. */
          g_assert_true ((count_pixels (window, pixel) > 1000) == (other == k % n));
        }
    }
  ew_window_close (window);
}

void
add_widgets_looks_cases (void)
{
  g_test_add_func ("/widgets/looks/light-and-dark", test_looks);
  g_test_add_func ("/widgets/looks/maps", test_maps);
  g_test_add_func ("/widgets/looks/conditions", test_conditions);
  g_test_add_func ("/widgets/looks/palettes", test_palettes);
}
