/* EwSurfaceView and its page by keyboard and pointer, in a real window: reading off, starting from a place, zooming. */
#include "tests/widget-fixtures.h"
#include "ui/steady-text.h"
#include "ui/surface-page.h"

#include <math.h>

typedef struct
{
  GtkWindow *window;
  GtkWidget *page;
  EwSurfaceView *view;
  EwSurfaceMap *map;
  int n_started;
  double started[2];
  int n_choices;
} Fixture;

static void
on_started (Fixture *f, double a, double b)
{
  f->n_started++;
  f->started[0] = a;
  f->started[1] = b;
}

static void
on_choice (Fixture *f)
{
  f->n_choices++;
}

/* 10 (K[0, 0] − 1)² + 4 (K[0, 1] + 1)² with a path of three steps, around the optimum (1, −1). */
static EwSurfaceMap *
make_map (const EwSurfaceChoice *choice)
{
  EwSurfaceMap *map = ew_surface_map_new_trouble (choice, NULL);
  const EwSurfacePoint path[] = { { -2, 1 }, { 1, 0.5 }, { -0.5, 0.25 } };

  map->surface = g_new0 (EwSurface, 1);
  map->surface->uu = 10;
  map->surface->vv = 4;
  map->scale = 0.5;
  map->zero_a = 1;
  map->zero_b = -1;
  map->start = path[0];
  map->present = path[2];
  map->present_loss = 1.375;
  map->lambda_a = 10;
  map->lambda_b = 4;
  map->n_path = 3;
  map->path = g_memdup2 (path, sizeof path);
  return map;
}

static void
set_up (Fixture *f)
{
  EwSurfaceChoice choice = { .second = 1 };

  *f = (Fixture){ .page = ew_surface_page_new (), .map = make_map (&choice) };
  f->view = ew_surface_page_view (EW_SURFACE_PAGE (f->page));
  ew_surface_page_set_kernel (EW_SURFACE_PAGE (f->page), 1, 2, TRUE);
  ew_surface_page_set_map (EW_SURFACE_PAGE (f->page), f->map);
  g_signal_connect_swapped (f->page, "start-asked", G_CALLBACK (on_started), f);
  g_signal_connect_swapped (f->page, "choice-changed", G_CALLBACK (on_choice), f);
  f->window = ew_window_open (f->page, 760, 260);
  gtk_widget_grab_focus (GTK_WIDGET (f->view));
}

static void
tear_down (Fixture *f)
{
  ew_window_close (f->window);
  ew_surface_map_unref (f->map);
}

static void
says (Fixture *f, const char *text)
{
  ew_assert_text (GTK_WIDGET (f->view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text);
}

/* Without a cursor: where the run is and where it leads to; the keys walk from there, by a fortieth of what is seen. */
static void
test_keys (void)
{
  EwSurfacePoint at, before;
  Fixture f;

  set_up (&f);
  ew_assert_text (GTK_WIDGET (f.view), GTK_ACCESSIBLE_PROPERTY_LABEL, "Loss surface");
  says (&f, "Now K[0, 0] = 0.5, K[0, 1] = −0.75, loss 1.375; the optimum K[0, 0] = 1, K[0, 1] = −1, loss 0");
  g_assert_false (ew_surface_view_get_cursor (f.view, &at));
  ew_keys (f.window, "Right");
  says (&f, "K[0, 0] = 0.5, K[0, 1] = −0.75, loss 1.375");
  ew_keys (f.window, "Home");
  says (&f, "K[0, 0] = −1, K[0, 1] = 0, loss 22");
  ew_keys (f.window, "End");
  says (&f, "K[0, 0] = 1, K[0, 1] = −1, loss 0");
  g_assert_true (ew_surface_view_get_cursor (f.view, &before));
  ew_keys (f.window, "Left Left Up");
  g_assert_true (ew_surface_view_get_cursor (f.view, &at));
  /* What is seen is 3 weights across and 1 upwards, and 0.16 of that on each side. */
  g_assert_cmpfloat_with_epsilon (at.a, -2 * 3 * 1.32 * 0.025, 1e-12);
  g_assert_cmpfloat_with_epsilon (at.b, 1 * 1.32 * 0.025, 1e-12);
  ew_keys (f.window, "ctrl+Right");
  g_assert_true (ew_surface_view_get_cursor (f.view, &before));
  g_assert_cmpfloat_with_epsilon (before.a - at.a, 3 * 1.32 * 0.0025, 1e-12);
  ew_keys (f.window, "Return");
  g_assert_cmpint (f.n_started, ==, 1);
  g_assert_cmpfloat (f.started[0], ==, before.a);
  g_assert_cmpfloat (f.started[1], ==, before.b);
  ew_keys (f.window, "Escape Return");
  g_assert_false (ew_surface_view_get_cursor (f.view, &at));
  g_assert_cmpint (f.n_started, ==, 1);
  tear_down (&f);
}

/* The cursor's steps become smaller as it is zoomed in, larger as out, and as before when all is shown again. */
static void
test_zoom (void)
{
  static const struct
  {
    const char *keys;
    double step;
  } cases[] = { { "ctrl+plus", 1 / 1.25 }, { "ctrl+plus ctrl+KP_Add", 1 / 1.25 / 1.25 / 1.25 },
                { "ctrl+0", 1 },           { "ctrl+minus", 1.25 },
                { "shift+Right", 1.25 },   { "ctrl+KP_Subtract", 1.25 * 1.25 },
                { "ctrl+KP_0", 1 } };
  Fixture f;

  set_up (&f);
  ew_keys (f.window, "End");
  for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      EwSurfacePoint before, after;

      ew_keys (f.window, cases[k].keys);
      g_assert_true (ew_surface_view_get_cursor (f.view, &before));
      ew_keys (f.window, "ctrl+Left");
      g_assert_true (ew_surface_view_get_cursor (f.view, &after));
      g_assert_cmpfloat_with_epsilon (before.a - after.a, cases[k].step * 3 * 1.32 * 0.0025, 1e-9);
      ew_keys (f.window, "End");
    }
  tear_down (&f);
}

/* The pointer reads off where it is, and a double click starts there. */
static void
test_pointer (void)
{
  int width, height;
  EwSurfacePoint at;
  Fixture f;

  set_up (&f);
  width = gtk_widget_get_width (GTK_WIDGET (f.view));
  height = gtk_widget_get_height (GTK_WIDGET (f.view));
  ew_click (f.window, GTK_WIDGET (f.view), width / 2.0, height / 2.0, 1);
  g_assert_true (ew_surface_view_get_cursor (f.view, &at));
  g_assert_cmpint (f.n_started, ==, 0);
  /* Longer than a double click takes. */
  ew_spin (500);
  ew_click (f.window, GTK_WIDGET (f.view), width * 0.75, height * 0.25, 2);
  g_assert_cmpint (f.n_started, ==, 1);
  /* Further right and further up. */
  g_assert_cmpfloat (f.started[0], >, at.a + 0.5);
  g_assert_cmpfloat (f.started[1], >, at.b + 0.1);
  tear_down (&f);
}

static GtkWidget *
named_child (GtkWidget *widget, const char *tooltip)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found
          = g_strcmp0 (gtk_widget_get_tooltip_text (child), tooltip) == 0 ? child : named_child (child, tooltip);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Two weights are never one; another plane is told, and what is set from outside is not. */
static void
test_choice (void)
{
  EwSurfaceChoice choice;
  Fixture f;

  set_up (&f);

  EwSurfacePage *page = EW_SURFACE_PAGE (f.page);
  GtkDropDown *across = GTK_DROP_DOWN (named_child (f.page, "Weight across"));
  GtkDropDown *upwards = GTK_DROP_DOWN (named_child (f.page, "Weight upwards"));
  GtkDropDown *plane = GTK_DROP_DOWN (named_child (f.page, "What the surface is drawn over"));

  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (across)), ==, 3);
  gtk_drop_down_set_selected (across, 1);
  ew_surface_page_get_choice (page, &choice);
  g_assert_cmpint (choice.first, ==, 1);
  g_assert_cmpint (choice.second, ==, 0);
  g_assert_cmpint (f.n_choices, ==, 1);
  gtk_drop_down_set_selected (upwards, 2);
  g_assert_cmpint (f.n_choices, ==, 2);
  gtk_drop_down_set_selected (plane, 1);
  ew_surface_page_get_choice (page, &choice);
  g_assert_true (choice.eigen);
  g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (across)));
  g_assert_cmpint (f.n_choices, ==, 3);
  ew_surface_page_set_plane (page, FALSE);
  ew_surface_page_set_through (page, TRUE);
  ew_surface_page_get_choice (page, &choice);
  g_assert_false (choice.eigen);
  g_assert_true (choice.through_present);
  g_assert_true (gtk_widget_get_sensitive (GTK_WIDGET (across)));
  g_assert_cmpint (f.n_choices, ==, 3);
  tear_down (&f);
}

/* Axes over eigenvectors, paths of others, trouble, and a map that comes after it. */
static void
test_words (void)
{
  const EwSurfacePoint there[] = { { 0, 0 }, { 0.5, 0.5 } };
  const EwSurfaceRun runs[] = { { there, 2, 0, "Adam" }, { there, 1, 1, "Momentum" } };
  EwSurfaceChoice choice = { .eigen = TRUE };
  g_autoptr (EwSurfaceMap) trouble = ew_surface_map_new_trouble (&choice, "This kernel has one weight.");
  g_autoptr (EwSurfaceMap) eigen = make_map (&choice);
  Fixture f;

  set_up (&f);
  eigen->zero_a = eigen->zero_b = 0;
  ew_surface_page_set_map (EW_SURFACE_PAGE (f.page), trouble);
  ew_surface_page_set_waiting (EW_SURFACE_PAGE (f.page), TRUE);
  ew_surface_page_set_map (EW_SURFACE_PAGE (f.page), eigen);
  says (
      &f,
      "Now along e₁ (λ 10) = −0.5, along e₂ (λ 4) = 0.25, loss 1.375; the optimum along e₁ (λ 10) = 0, along e₂ (λ 4) "
      "= 0, loss 0");
  ew_surface_view_set_runs (f.view, runs, 2);
  says (
      &f,
      "2 paths from along e₁ (λ 10) = −2, along e₂ (λ 4) = 1, loss 22; the optimum along e₁ (λ 10) = 0, along e₂ (λ 4) "
      "= 0, loss 0");
  ew_surface_view_set_map (f.view, NULL);
  ew_surface_view_set_empty_text (f.view, "Nothing yet");
  says (&f, "Nothing yet");
  /* Nothing to read off, and keys do no harm. */
  ew_keys (f.window, "Left Return ctrl+plus Home");
  g_assert_false (ew_surface_view_get_cursor (f.view, NULL));
  g_assert_cmpint (f.n_started, ==, 0);
  tear_down (&f);
}

static EwSteadyText *
find_words (GtkWidget *root)
{
  EwSteadyText *found = EW_IS_STEADY_TEXT (root) ? EW_STEADY_TEXT (root) : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_words (child);
  return found;
}

/* Where another loss is learned, that it is not the one drawn is said; and no more once it is squares again. */
static void
test_other_loss (void)
{
  EwSurfacePage *page;
  Fixture f;

  set_up (&f);
  page = EW_SURFACE_PAGE (f.page);
  g_assert_true (g_str_has_prefix (ew_steady_text_get_words (find_words (f.page)), "loss now "));
  ew_surface_page_set_other_loss (page, TRUE);
  ew_surface_page_set_map (page, f.map);
  g_assert_true (g_str_has_prefix (ew_steady_text_get_words (find_words (f.page)), "squares now "));
  ew_surface_page_set_other_loss (page, FALSE);
  ew_surface_page_set_map (page, f.map);
  g_assert_true (g_str_has_prefix (ew_steady_text_get_words (find_words (f.page)), "loss now "));
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  if (!ew_widgets_init ())
    return g_test_run ();
  g_test_add_func ("/surface-view/keys", test_keys);
  g_test_add_func ("/surface-view/zoom", test_zoom);
  g_test_add_func ("/surface-view/pointer", test_pointer);
  g_test_add_func ("/surface-view/choice", test_choice);
  g_test_add_func ("/surface-view/words", test_words);
  g_test_add_func ("/surface-view/other-loss", test_other_loss);
  return g_test_run ();
}
