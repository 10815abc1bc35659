/* What shows a run's time line, kept runs, how values are spread and the slide: what these widgets say of themselves, their
 * keys, and what they tell. */
#include "tests/widget-fixtures.h"
#include "ui/histogram-view.h"
#include "ui/run-list.h"
#include "ui/slide-page.h"
#include "ui/slide-view.h"
#include "ui/time-bar.h"

#include <math.h>
#include <string.h>

#define MINUS "\342\210\222"

/* --- finding parts by what a screen reader finds them by */

static GtkWidget *
find_named (GtkWidget *root, GtkAccessibleRole role, const char *name)
{
  g_autofree char *other
      = gtk_test_accessible_check_property (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_PROPERTY_LABEL, name);
  GtkWidget *found = NULL;

  if (other == NULL && gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (root)) == role)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_named (child, role, name);
  return found;
}

static GtkWidget *
get_named (GtkWidget *root, GtkAccessibleRole role, const char *name)
{
  GtkWidget *found = find_named (root, role, name);

  if (found == NULL)
    g_error ("there is no “%s” of role %d", name, role);
  return found;
}

/* --- the time line */

typedef struct
{
  int n_asked;
  guint64 asked;
  int n_plays;
  double play;
  int n_branches;
  int n_ends;
} Told;

static void
on_asked (Told *told, guint64 epoch)
{
  told->n_asked++;
  told->asked = epoch;
}

static void
on_play (Told *told, double speed)
{
  told->n_plays++;
  told->play = speed;
}

static void
on_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Told *told = data;

  if (g_str_equal (g_action_get_name (G_ACTION (action)), "branch"))
    told->n_branches++;
  else
    told->n_ends++;
}

/* A bar that tells @told, in a window with the actions of its buttons. */
static GtkWindow *
open_bar (GtkWidget **bar, Told *told)
{
  static const GActionEntry entries[]
      = { { .name = "branch", .activate = on_action }, { .name = "show-end", .activate = on_action } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  *bar = ew_time_bar_new ();
  gtk_box_append (GTK_BOX (box), *bar);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), told);
  gtk_widget_insert_action_group (box, "win", G_ACTION_GROUP (group));
  g_signal_connect_swapped (*bar, "epoch-asked", G_CALLBACK (on_asked), told);
  g_signal_connect_swapped (*bar, "play", G_CALLBACK (on_play), told);
  return ew_window_open (box, 800, 60);
}

static void
show_at (GtkWidget *bar, guint64 epoch, guint64 shown, guint64 asked, gboolean exact, double playing, gboolean keep)
{
  g_autoptr (EwSnapshot) s = ew_snapshot_new ();

  s->epoch = epoch;
  s->past = asked != epoch;
  s->shown_epoch = shown;
  s->asked_epoch = asked;
  s->shown_exact = exact;
  s->playing = playing;
  ew_time_bar_show (EW_TIME_BAR (bar), s, keep);
}

/* The words beside the slider. */
static void
assert_place (GtkWidget *bar, const char *words)
{
  if (find_named (bar, GTK_ACCESSIBLE_ROLE_LABEL, words) == NULL)
    g_test_fail_printf ("nothing says “%s”", words);
}

/* Roles and names; what it shows of a run is said by the slider's value and told to nobody; what cannot be done is
 * insensitive. */
static void
test_bar_shows (void)
{
  Told told = { 0 };
  GtkWidget *bar;
  GtkWindow *window = open_bar (&bar, &told);
  GtkWidget *scale = get_named (bar, GTK_ACCESSIBLE_ROLE_SLIDER, "Time line");
  GtkWidget *backwards = get_named (bar, GTK_ACCESSIBLE_ROLE_BUTTON, "Play backwards");
  GtkWidget *forwards = get_named (bar, GTK_ACCESSIBLE_ROLE_BUTTON, "Play forwards");
  GtkWidget *end = get_named (bar, GTK_ACCESSIBLE_ROLE_BUTTON, "Back to the last epoch");
  GtkWidget *branch = gtk_widget_get_prev_sibling (end);

  gtk_test_accessible_assert_role (bar, GTK_ACCESSIBLE_ROLE_TOOLBAR);
  ew_assert_text (bar, GTK_ACCESSIBLE_PROPERTY_LABEL, "Time line");
  show_at (bar, 0, 0, 0, TRUE, 0, FALSE);
  g_assert_false (gtk_widget_get_sensitive (scale));
  g_assert_false (gtk_widget_get_sensitive (forwards));
  ew_assert_text (scale, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "Epoch 0 of 0");

  show_at (bar, 100, 100, 100, TRUE, 0, FALSE);
  g_assert_true (gtk_widget_get_sensitive (scale));
  g_assert_true (gtk_widget_get_sensitive (backwards));
  g_assert_false (gtk_widget_get_sensitive (end));
  g_assert_false (gtk_widget_get_sensitive (branch));
  /* A page is a twentieth of the run, and never less than an epoch. */
  g_assert_cmpfloat (gtk_adjustment_get_page_increment (gtk_range_get_adjustment (GTK_RANGE (scale))), ==, 5);
  assert_place (bar, "100 of 100");
  ew_assert_text (scale, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "Epoch 100 of 100");
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (scale)), ==, 100);

  /* On its way; nearly there; there. */
  show_at (bar, 100, 70, 7, FALSE, 0, FALSE);
  g_assert_true (gtk_widget_get_sensitive (end));
  g_assert_true (gtk_widget_get_sensitive (branch));
  assert_place (bar, "… 7 of 100");
  show_at (bar, 100, 7, 7, FALSE, 0, FALSE);
  assert_place (bar, "≈ 7 of 100");
  ew_assert_text (scale, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "Epoch 7 of 100");
  show_at (bar, 100, 7, 7, TRUE, 0, FALSE);
  assert_place (bar, "7 of 100");

  /* Where the user is ahead of the snapshot the slider stays. */
  show_at (bar, 100, 50, 50, TRUE, 0, TRUE);
  assert_place (bar, "7 of 100");
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (scale)), ==, 7);

  /* From the start nothing goes backwards, but what does so can be stopped. */
  show_at (bar, 100, 0, 0, TRUE, 0, FALSE);
  g_assert_false (gtk_widget_get_sensitive (backwards));
  show_at (bar, 100, 0, 0, TRUE, -10, FALSE);
  g_assert_true (gtk_widget_get_sensitive (backwards));

  /* A long run's numbers are whole. */
  show_at (bar, 12345678901, 9876543210, 9876543210, TRUE, 0, FALSE);
  assert_place (bar, "9876543210 of 12345678901");
  g_assert_cmpint (told.n_asked + told.n_plays, ==, 0);
  ew_window_close (window);
}

/* The slider by its keys, and each button by the keyboard. */
static void
test_bar_keys (void)
{
  Told told = { 0 };
  GtkWidget *bar;
  GtkWindow *window = open_bar (&bar, &told);
  GtkWidget *scale = get_named (bar, GTK_ACCESSIBLE_ROLE_SLIDER, "Time line");

  show_at (bar, 100, 40, 40, TRUE, 0, FALSE);
  gtk_widget_grab_focus (scale);
  ew_keys (window, "Right");
  g_assert_cmpuint (told.asked, ==, 41);
  g_assert_cmpint (told.n_asked, ==, 1);
  assert_place (bar, "41 of 100");
  ew_assert_text (scale, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "Epoch 41 of 100");
  ew_keys (window, "Page_Up");
  g_assert_cmpuint (told.asked, ==, 46);
  ew_keys (window, "Home");
  g_assert_cmpuint (told.asked, ==, 0);
  ew_keys (window, "End");
  g_assert_cmpuint (told.asked, ==, 100);

  /* From the slider on by Tab: the speed, a branch, the end. Before it: forwards and backwards. */
  show_at (bar, 100, 40, 40, TRUE, 0, FALSE);
  gtk_widget_grab_focus (scale);
  ew_keys (window, "Tab Tab space");
  g_assert_cmpint (told.n_branches, ==, 1);
  ew_keys (window, "Tab space");
  g_assert_cmpint (told.n_ends, ==, 1);
  gtk_widget_grab_focus (scale);
  ew_keys (window, "shift+Tab space");
  g_assert_cmpfloat (told.play, ==, 10);
  ew_keys (window, "shift+Tab space");
  g_assert_cmpfloat (told.play, ==, -10);
  g_assert_cmpint (told.n_plays, ==, 2);
  ew_window_close (window);
}

/* The button of what plays stops it, the other one turns it round; another speed holds at once, and only while it plays. */
static void
test_bar_plays (void)
{
  Told told = { 0 };
  GtkWidget *bar;
  GtkWindow *window = open_bar (&bar, &told);
  GtkWidget *forwards = get_named (bar, GTK_ACCESSIBLE_ROLE_BUTTON, "Play forwards");
  GtkWidget *backwards = get_named (bar, GTK_ACCESSIBLE_ROLE_BUTTON, "Play backwards");
  GtkWidget *speed = get_named (bar, GTK_ACCESSIBLE_ROLE_COMBO_BOX, "Playback speed");

  show_at (bar, 100, 40, 40, TRUE, 0, FALSE);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (speed), 2);
  g_assert_cmpint (told.n_plays, ==, 0);
  ew_time_bar_toggle_play (EW_TIME_BAR (bar), FALSE);
  g_assert_cmpfloat (told.play, ==, 100);
  show_at (bar, 100, 41, 41, TRUE, 100, FALSE);
  g_assert_cmpstr (gtk_button_get_icon_name (GTK_BUTTON (forwards)), ==, "media-playback-pause-symbolic");
  g_assert_cmpstr (gtk_button_get_icon_name (GTK_BUTTON (backwards)), ==, "media-seek-backward-symbolic");
  ew_time_bar_toggle_play (EW_TIME_BAR (bar), FALSE);
  g_assert_cmpfloat (told.play, ==, 0);
  ew_time_bar_toggle_play (EW_TIME_BAR (bar), TRUE);
  g_assert_cmpfloat (told.play, ==, -100);
  show_at (bar, 100, 41, 41, TRUE, -100, FALSE);
  g_assert_cmpstr (gtk_button_get_icon_name (GTK_BUTTON (backwards)), ==, "media-playback-pause-symbolic");
  ew_time_bar_toggle_play (EW_TIME_BAR (bar), TRUE);
  g_assert_cmpfloat (told.play, ==, 0);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (speed), 5);
  g_assert_true (isinf (told.play) && told.play < 0);
  show_at (bar, 100, 41, 41, TRUE, INFINITY, FALSE);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (speed), 0);
  g_assert_cmpfloat (told.play, ==, 1);
  g_assert_cmpint (told.n_plays, ==, 6);
  ew_window_close (window);
}

/* --- the kept runs */

typedef struct
{
  int n;
  int id;
  char *name;
  gboolean shown;
  int removed;
} Runs;

static void
on_renamed (Runs *runs, int id, const char *name)
{
  runs->n++;
  runs->id = id;
  g_free (runs->name);
  runs->name = g_strdup (name);
}

static void
on_shown (Runs *runs, int id, gboolean shown)
{
  runs->n++;
  runs->id = id;
  runs->shown = shown;
}

static void
on_removed (Runs *runs, int id)
{
  runs->n++;
  runs->removed = id;
}

static const EwRunRow two_runs[] = { { 3, "Run 3", 0, TRUE }, { 8, "steep", 5, FALSE } };

static GtkWindow *
open_list (GtkWidget **list, Runs *runs)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  *list = ew_run_list_new ();
  gtk_box_append (GTK_BOX (box), *list);
  g_signal_connect_swapped (*list, "renamed", G_CALLBACK (on_renamed), runs);
  g_signal_connect_swapped (*list, "shown", G_CALLBACK (on_shown), runs);
  g_signal_connect_swapped (*list, "removed", G_CALLBACK (on_removed), runs);
  return ew_window_open (box, 600, 80);
}

static void
test_list (void)
{
  Runs runs = { 0 };
  GtkWidget *list;
  GtkWindow *window = open_list (&list, &runs);
  GtkWidget *check;

  gtk_test_accessible_assert_role (list, GTK_ACCESSIBLE_ROLE_GROUP);
  ew_assert_text (list, GTK_ACCESSIBLE_PROPERTY_LABEL, "Kept runs");
  g_assert_false (gtk_widget_get_visible (list));
  ew_run_list_set_runs (EW_RUN_LIST (list), two_runs, 2);
  ew_spin (100);
  g_assert_true (gtk_widget_get_mapped (list));
  check = get_named (list, GTK_ACCESSIBLE_ROLE_CHECKBOX, "Show Run 3");
  g_assert_true (gtk_check_button_get_active (GTK_CHECK_BUTTON (check)));
  g_assert_false (gtk_check_button_get_active (
      GTK_CHECK_BUTTON (get_named (list, GTK_ACCESSIBLE_ROLE_CHECKBOX, "Show steep"))));

  /* By the keyboard: hide the first, remove it, and show the second. */
  gtk_widget_grab_focus (check);
  ew_keys (window, "space");
  g_assert_cmpint (runs.id, ==, 3);
  g_assert_false (runs.shown);
  ew_keys (window, "Tab Tab space");
  g_assert_cmpint (runs.removed, ==, 3);
  ew_keys (window, "Tab space");
  g_assert_cmpint (runs.id, ==, 8);
  g_assert_true (runs.shown);
  g_assert_cmpint (runs.n, ==, 3);

  /* Another list tells nothing of itself; an empty one is gone. */
  ew_run_list_set_runs (EW_RUN_LIST (list), two_runs, 1);
  g_assert_null (find_named (list, GTK_ACCESSIBLE_ROLE_CHECKBOX, "Show steep"));
  ew_run_list_set_runs (EW_RUN_LIST (list), NULL, 0);
  g_assert_false (gtk_widget_get_visible (list));
  g_assert_cmpint (runs.n, ==, 3);
  ew_window_close (window);
}

/* The keyboard is on this part of this run's row. */
static void
check_focus (GtkWindow *window, const char *name)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  g_assert_nonnull (focus);
  ew_assert_text (focus, GTK_ACCESSIBLE_PROPERTY_LABEL, name);
}

/* A list that comes anew leaves the keyboard with its run; where that is gone, with the next, or the last; from an empty one it
 * goes to what follows. */
static void
test_list_focus (void)
{
  static const EwRunRow rows[] = { { 3, "Run 3", 0, TRUE }, { 8, "steep", 5, FALSE }, { 9, "last", 1, TRUE } };
  Runs runs = { 0 };
  GtkWidget *list;
  GtkWindow *window = open_list (&list, &runs);
  GtkWidget *after = gtk_button_new_with_label ("after");

  gtk_box_append (GTK_BOX (gtk_widget_get_parent (list)), after);
  ew_run_list_set_runs (EW_RUN_LIST (list), rows, 3);
  ew_spin (100);
  gtk_widget_grab_focus (get_named (list, GTK_ACCESSIBLE_ROLE_BUTTON, "Remove steep"));
  ew_run_list_set_runs (EW_RUN_LIST (list), rows, 3);
  check_focus (window, "Remove steep");
  /* Another place, the same run. */
  ew_run_list_set_runs (EW_RUN_LIST (list), rows + 1, 2);
  check_focus (window, "Remove steep");
  ew_run_list_set_runs (EW_RUN_LIST (list), rows + 2, 1);
  check_focus (window, "Remove last");
  ew_run_list_set_runs (EW_RUN_LIST (list), rows, 3);
  check_focus (window, "Remove last");
  ew_run_list_set_runs (EW_RUN_LIST (list), rows, 2);
  check_focus (window, "Remove steep");
  ew_run_list_set_runs (EW_RUN_LIST (list), NULL, 0);
  g_assert_true (gtk_window_get_focus (window) == after);
  /* Elsewhere it stays. */
  ew_run_list_set_runs (EW_RUN_LIST (list), rows, 3);
  g_assert_true (gtk_window_get_focus (window) == after);
  ew_window_close (window);
}

static GtkWidget *
find_label (GtkWidget *root)
{
  GtkWidget *found = GTK_IS_EDITABLE_LABEL (root) ? root : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_label (child);
  return found;
}

/* A name is changed where it stands; a list that comes meanwhile takes the editing away and no name with it. */
static void
test_list_names (void)
{
  Runs runs = { 0 };
  GtkWidget *list;
  GtkWindow *window = open_list (&list, &runs);

  ew_run_list_set_runs (EW_RUN_LIST (list), two_runs, 2);
  ew_spin (100);
  gtk_widget_grab_focus (find_label (list));
  ew_keys (window, "Return ctrl+a");
  ew_type (window, "slow");
  g_assert_cmpint (runs.n, ==, 0);
  ew_keys (window, "Return");
  g_assert_cmpint (runs.n, ==, 1);
  g_assert_cmpint (runs.id, ==, 3);
  g_assert_cmpstr (runs.name, ==, "slow");
  gtk_widget_grab_focus (find_label (list));
  ew_keys (window, "Return");
  ew_type (window, "x");
  ew_run_list_set_runs (EW_RUN_LIST (list), two_runs, 2);
  ew_spin (100);
  g_assert_cmpint (runs.n, ==, 1);
  /* What GTK looks at once more after the focus has gone. */
  ew_spin (300);
  gtk_widget_grab_focus (find_label (list));
  ew_keys (window, "Return Tab space");
  g_assert_cmpint (runs.removed, ==, 3);
  ew_run_list_set_runs (EW_RUN_LIST (list), NULL, 0);
  ew_spin (300);
  /* With the window. */
  ew_run_list_set_runs (EW_RUN_LIST (list), two_runs, 2);
  ew_spin (100);
  gtk_widget_grab_focus (find_label (list));
  ew_keys (window, "Return");
  g_free (runs.name);
  ew_window_close (window);
  ew_spin (300);
}

/* --- the histogram */

/* 13 values of which two are no numbers and one is infinite: −2, −1 (4 times), 0.5 (4 times), 3. */
static EwHistogram *
make_histogram (void)
{
  EwHistogram *h = g_new0 (EwHistogram, 1);

  ew_refs_init (&h->refs);
  h->n = 13;
  h->n_nan = 2;
  h->n_infinite = 1;
  h->low = -2;
  h->high = 3;
  h->mean = -0.1;
  h->median = -0.25;
  h->step = 1;
  h->first = -2;
  h->n_bins = 6;
  h->counts[0] = 1;
  h->counts[1] = 4;
  h->counts[2] = 4;
  h->counts[5] = 1;
  h->clip_low = -1.5;
  h->clip_high = 1.5;
  h->n_below = 1;
  h->n_above = 1;
  return h;
}

/* Whether any pixel differs. */
static gboolean
looks_otherwise (GtkWindow *window, const guint32 *before)
{
  int width, height;
  g_autofree guint32 *now = ew_window_pixels (window, &width, &height);

  return memcmp (now, before, (size_t)width * height * sizeof *now) != 0;
}

static void
test_histogram (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *plane = ew_plane_view_new ("Output", "Y");
  GtkWidget *view = ew_histogram_view_new (EW_PLANE_VIEW (plane));
  g_autoptr (EwHistogram) histogram = make_histogram ();
  int width, height;

  gtk_box_append (GTK_BOX (box), plane);
  gtk_box_append (GTK_BOX (box), view);

  GtkWindow *window = ew_window_open (box, 420, 500);

  gtk_test_accessible_assert_role (view, GTK_ACCESSIBLE_ROLE_IMG);
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_LABEL, "Histogram");
  ew_spin (100);

  g_autofree guint32 *empty = ew_window_pixels (window, &width, &height);

  ew_histogram_view_set_histogram (EW_HISTOGRAM_VIEW (view), histogram);
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                  MINUS "2 to 3 · mean " MINUS "0.1 · median " MINUS "0.25 · all 13 values · 15.4 % clipped · 2 not "
                        "numbers, 1 infinite");
  g_assert_true (looks_otherwise (window, empty));

  /* Nothing that is finite; nothing at all. */
  g_autoptr (EwHistogram) none = make_histogram ();

  none->n = none->n_nan = 4;
  none->n_infinite = none->n_below = none->n_above = 0;
  none->n_bins = 0;
  none->low = none->high = none->mean = none->median = NAN;
  ew_histogram_view_set_histogram (EW_HISTOGRAM_VIEW (view), none);
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                  "no value is finite · all 4 values · 0 % clipped · 4 not numbers, 0 infinite");
  ew_histogram_view_set_histogram (EW_HISTOGRAM_VIEW (view), NULL);
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "");
  ew_spin (100);
  g_assert_false (looks_otherwise (window, empty));

  /* It can be reached by the keyboard. */
  g_assert_true (gtk_widget_get_focusable (view));
  gtk_widget_grab_focus (plane);
  ew_keys (window, "Tab");
  g_assert_true (gtk_widget_is_focus (view));
  ew_window_close (window);
}

/* --- the slide */

typedef struct
{
  int n;
  int row;
  int column;
} Moved;

static void
on_moved (Moved *moved, int row, int column)
{
  moved->n++;
  moved->row = row;
  moved->column = column;
}

/* 6×8 ones whose columns 2 … 5 are zero, and taps that make @first and −1 of them: 5×7 outputs of two rows. */
static EwSnapshot *
make_snapshot (EwGrid *x, double first)
{
  EwSnapshot *s = ew_snapshot_new ();

  s->x = ew_grid_ref (x);
  s->kernel = ew_kernel_new_from_taps (2, 2, (const double[]){ first, -1, 0, 0 }, 0, NULL);
  ew_geometry_init_valid (&s->geometry, 2, 2);
  return s;
}

static EwGrid *
make_edges (void)
{
  EwGrid *x = ew_grid_new (6, 8, NULL);

  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 8; j++)
      ew_grid_row (x, i)[j] = j >= 2 && j <= 5 ? 0 : 1;
  return x;
}

static GtkWidget *
find_slide_view (GtkWidget *page)
{
  return get_named (page, GTK_ACCESSIBLE_ROLE_IMG, "The kernel’s window");
}

static GtkWindow *
open_slide (GtkWidget **page, Moved *moved)
{
  *page = g_object_new (EW_TYPE_SLIDE_PAGE, NULL);
  g_signal_connect_swapped (*page, "moved", G_CALLBACK (on_moved), moved);
  return ew_window_open (*page, 700, 400);
}

static void
assert_made (GtkWidget *page, int made)
{
  g_autofree char *text = g_strdup_printf ("%d of 35 outputs made, no padding · stride 1", made);

  g_assert_cmpint (ew_slide_view_get_made (EW_SLIDE_VIEW (find_slide_view (page))), ==, made);
  ew_assert_text (find_slide_view (page), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text);
}

/* One output on and back by the keyboard, the bar by its keys, a place by a click; never beyond the ends. What comes of
 * another kernel changes the values and not the place, what comes of another input begins anew. */
static void
test_slide_steps (void)
{
  g_autoptr (EwGrid) x = make_edges ();
  g_autoptr (EwGrid) other = make_edges ();
  g_autoptr (EwSnapshot) first = make_snapshot (x, 1);
  g_autoptr (EwSnapshot) second = make_snapshot (x, 3);
  g_autoptr (EwSnapshot) third = make_snapshot (other, 3);
  g_autoptr (EwSnapshot) strided = make_snapshot (other, 3);
  Moved moved = { 0 };
  GtkWidget *page;
  GtkWindow *window = open_slide (&page, &moved);
  GtkWidget *on = get_named (page, GTK_ACCESSIBLE_ROLE_BUTTON, "One output on");
  GtkWidget *scrub = get_named (page, GTK_ACCESSIBLE_ROLE_SLIDER, "Outputs made");
  int width, height;

  ew_slide_page_set_snapshot (EW_SLIDE_PAGE (page), first, 0, 0);
  assert_made (page, 1);
  gtk_widget_grab_focus (on);
  ew_keys (window, "space space space");
  assert_made (page, 4);
  g_assert_cmpint (moved.row * 10 + moved.column, ==, 3);
  gtk_widget_grab_focus (get_named (page, GTK_ACCESSIBLE_ROLE_BUTTON, "One output back"));
  ew_keys (window, "space space space space");
  assert_made (page, 1);
  gtk_widget_grab_focus (scrub);
  ew_keys (window, "End Right");
  assert_made (page, 35);
  g_assert_cmpint (moved.row * 10 + moved.column, ==, 46);
  ew_keys (window, "Left");
  assert_made (page, 34);
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (scrub)), ==, 34);
  ew_spin (100);

  g_autofree guint32 *before = ew_window_pixels (window, &width, &height);

  ew_slide_page_set_snapshot (EW_SLIDE_PAGE (page), second, 0, 0);
  ew_spin (100);
  assert_made (page, 34);
  g_assert_true (looks_otherwise (window, before));
  ew_slide_page_set_snapshot (EW_SLIDE_PAGE (page), third, 0, 0);
  assert_made (page, 1);
  strided->geometry.stride = 2;
  ew_slide_page_set_snapshot (EW_SLIDE_PAGE (page), strided, 0, 0);
  ew_assert_text (find_slide_view (page), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                  "1 of 12 outputs made, no padding · stride 2");
  ew_window_close (window);
}

static gboolean
is_still (gpointer page)
{
  return !ew_slide_page_get_playing (EW_SLIDE_PAGE (page));
}

static gboolean
has_two (gpointer view)
{
  return ew_slide_view_get_made (EW_SLIDE_VIEW (view)) >= 2;
}

/* It plays to the end and stops there, begins anew from there, and stops for a step or when it is no longer seen. */
static void
test_slide_plays (void)
{
  g_autoptr (EwGrid) x = make_edges ();
  g_autoptr (EwSnapshot) snapshot = make_snapshot (x, 1);
  Moved moved = { 0 };
  GtkWidget *page;
  GtkWindow *window = open_slide (&page, &moved);
  GtkWidget *play = get_named (page, GTK_ACCESSIBLE_ROLE_BUTTON, "Play slide");
  GtkRange *speed = GTK_RANGE (get_named (page, GTK_ACCESSIBLE_ROLE_SLIDER, "Outputs a second"));

  ew_slide_page_set_snapshot (EW_SLIDE_PAGE (page), snapshot, 0, 0);
  /* Without animations the end is there at once. */
  gtk_widget_grab_focus (play);
  ew_keys (window, "space");
  g_assert_false (ew_slide_page_get_playing (EW_SLIDE_PAGE (page)));
  assert_made (page, 35);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);

  gtk_range_set_value (speed, 8);
  ew_keys (window, "space");
  g_assert_true (ew_spin_until (is_still, page));
  assert_made (page, 35);
  ew_assert_text (play, GTK_ACCESSIBLE_PROPERTY_LABEL, "Play slide");
  /* From the first output on, each in turn. */
  moved.n = 0;
  gtk_range_set_value (speed, 4);
  ew_slide_page_set_playing (EW_SLIDE_PAGE (page), TRUE);
  ew_assert_text (play, GTK_ACCESSIBLE_PROPERTY_LABEL, "Pause slide");
  g_assert_true (ew_spin_until (has_two, find_slide_view (page)));
  g_assert_cmpint (moved.n, >, 0);
  gtk_widget_activate (get_named (page, GTK_ACCESSIBLE_ROLE_BUTTON, "One output on"));
  g_assert_true (ew_spin_until (is_still, page));
  ew_assert_text (play, GTK_ACCESSIBLE_PROPERTY_LABEL, "Play slide");

  gtk_range_set_value (speed, -1);
  ew_slide_view_set_made (EW_SLIDE_VIEW (find_slide_view (page)), 2);
  ew_slide_page_set_playing (EW_SLIDE_PAGE (page), TRUE);
  g_assert_true (ew_slide_page_get_playing (EW_SLIDE_PAGE (page)));
  gtk_widget_set_visible (page, FALSE);
  g_assert_false (ew_slide_page_get_playing (EW_SLIDE_PAGE (page)));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  ew_window_close (window);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  if (ew_widgets_init ())
    {
      g_test_add_func ("/run-widgets/bar-shows", test_bar_shows);
      g_test_add_func ("/run-widgets/bar-keys", test_bar_keys);
      g_test_add_func ("/run-widgets/bar-plays", test_bar_plays);
      g_test_add_func ("/run-widgets/list", test_list);
      g_test_add_func ("/run-widgets/list-names", test_list_names);
      g_test_add_func ("/run-widgets/list-focus", test_list_focus);
      g_test_add_func ("/run-widgets/histogram", test_histogram);
      g_test_add_func ("/run-widgets/slide-steps", test_slide_steps);
      g_test_add_func ("/run-widgets/slide-plays", test_slide_plays);
    }
  return g_test_run ();
}
