/* What was found in a pair: however much that is, the pictures below it stay the main thing; and what its buttons tell. */
#include "tests/widget-fixtures.h"
#include "ui/findings-panel.h"

#define N_NOTES 7

static const EwNote long_note = { EW_NOTE_PLAIN, "The target's values seem to be encoded otherwise than the input's, with an exponent of "
                                  "2.2; a kernel is found where both are linear, and the same everywhere.", "Undo the Encoding", 0 };

/* The panel above what takes all the room there is, as the pictures do; all of that in a window. */
typedef struct
{
  GtkWindow *window;
  EwFindingsPanel *panel;
  GtkWidget *below;
  int height;
} Opened;

static void
open_panel (Opened *o, int width, int height, int n)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  EwNote notes[N_NOTES];

  for (int i = 0; i < n; i++)
    notes[i] = long_note;
  o->height = height;
  o->panel = EW_FINDINGS_PANEL (ew_findings_panel_new ());
  o->below = gtk_drawing_area_new ();
  gtk_widget_set_vexpand (o->below, TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (o->panel));
  gtk_box_append (GTK_BOX (box), o->below);
  ew_findings_panel_set_subject (o->panel, "before.png → after.png");
  ew_findings_panel_set_notes (o->panel, notes, n, n > 1);
  ew_findings_panel_set_open (o->panel, TRUE);
  o->window = ew_window_open (box, width, height);
}

/* Opened to its end: what is seen of it no longer grows. */
static gboolean
is_open (gpointer data)
{
  Opened *o = data;
  int minimum, natural;

  gtk_widget_measure (GTK_WIDGET (o->panel), GTK_ORIENTATION_VERTICAL, gtk_widget_get_width (GTK_WIDGET (o->panel)), &minimum,
                      &natural, NULL, NULL);
  return natural > 40 && gtk_widget_get_height (GTK_WIDGET (o->panel)) == natural
         && gtk_widget_get_height (o->below) + natural == o->height;
}

static void
test_height (void)
{
  static const int sizes[][2] = { { 1280, 800 }, { 740, 520 }, { 1600, 1000 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      Opened o;

      open_panel (&o, sizes[i][0], sizes[i][1], N_NOTES);
      g_assert_true (ew_spin_until (is_open, &o));
      g_assert_cmpint (4 * gtk_widget_get_height (GTK_WIDGET (o.panel)), <=, sizes[i][1]);
      ew_window_close (o.window);
    }
}

/* One sentence takes no more than it needs. */
static void
test_one (void)
{
  Opened o;

  open_panel (&o, 1600, 1000, 1);
  g_assert_true (ew_spin_until (is_open, &o));
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (o.panel)), <, 1000 / 8);
  ew_window_close (o.window);
}

/* Two that each take two lines are both there without scrolling. */
static void
test_lines (void)
{
  GtkScrollbar *bar = NULL;
  GtkAdjustment *lines;
  Opened o;

  open_panel (&o, 1000, 1000, 2);
  g_assert_true (ew_spin_until (is_open, &o));
  for (GtkWidget *w = GTK_WIDGET (o.panel); w != NULL && bar == NULL; w = gtk_widget_get_first_child (w))
    for (GtkWidget *next = w; next != NULL && bar == NULL; next = gtk_widget_get_next_sibling (next))
      if (GTK_IS_SCROLLED_WINDOW (next))
        bar = GTK_SCROLLBAR (gtk_scrolled_window_get_vscrollbar (GTK_SCROLLED_WINDOW (next)));
  g_assert_nonnull (bar);
  lines = gtk_scrollbar_get_adjustment (bar);
  g_assert_cmpfloat (gtk_adjustment_get_upper (lines), >, 60);
  g_assert_cmpfloat (gtk_adjustment_get_page_size (lines), ==, gtk_adjustment_get_upper (lines));
  ew_window_close (o.window);
}

/* --- buttons */

/* The first button below a widget with that label, shown or not; NULL: none. */
static GtkWidget *
find_button (GtkWidget *below, const char *label)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (below) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (below)), label) == 0)
    return below;
  for (GtkWidget *w = gtk_widget_get_first_child (below); w != NULL && found == NULL; w = gtk_widget_get_next_sibling (w))
    found = find_button (w, label);
  return found;
}

/* What the panel has told. */
typedef struct
{
  int applied; /* the last one's id */
  int n_applied;
  int n_all;
} Told;

static void
on_apply (EwFindingsPanel *panel, int id, Told *told)
{
  told->applied = id;
  told->n_applied++;
}

static void
count (EwFindingsPanel *panel, int *n)
{
  ++*n;
}

/* Each button is its finding's, whatever stands between; while a correction is made none can be pressed. */
static void
test_buttons (void)
{
  static const EwNote notes[] = { { EW_NOTE_PLAIN, "Nothing to do.", NULL, 9 },
                                  { EW_NOTE_BLOCKS, "Shifted.", "Shift It Back", 7 },
                                  { EW_NOTE_GOOD, "Fits.", "Show It", 1000 } };
  EwFindingsPanel *panel;
  GtkWidget *all;
  Told told = { 0 };
  Opened o;

  open_panel (&o, 1000, 800, 1);
  panel = o.panel;
  g_signal_connect (panel, "apply", G_CALLBACK (on_apply), &told);
  g_signal_connect (panel, "apply-all", G_CALLBACK (count), &told.n_all);
  all = find_button (GTK_WIDGET (panel), "Apply All");
  g_assert_false (gtk_widget_get_visible (all));
  ew_findings_panel_set_notes (panel, notes, 3, TRUE);
  g_assert_true (gtk_widget_get_visible (all));
  /* The former ones are gone. */
  g_assert_null (find_button (GTK_WIDGET (panel), "Undo the Encoding"));
  g_signal_emit_by_name (find_button (GTK_WIDGET (panel), "Shift It Back"), "clicked");
  g_assert_cmpint (told.applied, ==, 7);
  g_signal_emit_by_name (find_button (GTK_WIDGET (panel), "Show It"), "clicked");
  g_assert_cmpint (told.applied, ==, 1000);
  g_assert_cmpint (told.n_applied, ==, 2);
  g_signal_emit_by_name (all, "clicked");
  g_assert_cmpint (told.n_all, ==, 1);

  for (int busy = 1; busy >= 0; busy--)
    {
      ew_findings_panel_set_busy (panel, busy);
      g_assert_cmpint (gtk_widget_is_sensitive (all), ==, !busy);
      g_assert_cmpint (gtk_widget_is_sensitive (find_button (GTK_WIDGET (panel), "Shift It Back")), ==, !busy);
    }
  ew_window_close (o.window);
}

/* The controller for keys of a widget or of one below it. */
static GtkEventController *
find_keys (GtkWidget *below)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (below);
  GtkEventController *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && found == NULL; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      found = GTK_IS_EVENT_CONTROLLER_KEY (controller) ? controller : NULL;
    }
  for (GtkWidget *w = gtk_widget_get_first_child (below); w != NULL && found == NULL; w = gtk_widget_get_next_sibling (w))
    found = find_keys (w);
  return found;
}

/* Escape closes it; other keys are not its own. */
static void
test_escape (void)
{
  GtkEventController *keys;
  gboolean taken = TRUE;
  Opened o;

  open_panel (&o, 1000, 800, 1);
  keys = find_keys (GTK_WIDGET (o.panel));
  g_assert_nonnull (keys);
  g_signal_emit_by_name (keys, "key-pressed", GDK_KEY_Tab, 0, 0, &taken);
  g_assert_false (taken);
  g_assert_true (ew_findings_panel_get_open (o.panel));
  g_signal_emit_by_name (keys, "key-pressed", GDK_KEY_Escape, 0, 0, &taken);
  g_assert_true (taken);
  g_assert_false (ew_findings_panel_get_open (o.panel));
  ew_window_close (o.window);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!ew_widgets_init ())
    return 0;
  g_test_add_func ("/findings-panel/height", test_height);
  g_test_add_func ("/findings-panel/one", test_one);
  g_test_add_func ("/findings-panel/lines", test_lines);
  g_test_add_func ("/findings-panel/buttons", test_buttons);
  g_test_add_func ("/findings-panel/escape", test_escape);
  return g_test_run ();
}
