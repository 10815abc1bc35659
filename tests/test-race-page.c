/* The page of the race: what its parts are called, its buttons, who runs at which rate, and what it says of a standing. */
#include "engine/history.h"
#include "engine/optimizer.h"
#include "tests/widget-fixtures.h"
#include "ui/race-page.h"
#include "ui/steady-text.h"

#include <math.h>

#define N_WISHES 12

typedef struct
{
  GtkWindow *window;
  EwRacePage *page;
  int wishes[N_WISHES];
  int n;
} Opened;

static void
on_wished (EwRacePage *page, int wish, Opened *o)
{
  g_assert_cmpint (o->n, <, N_WISHES);
  o->wishes[o->n++] = wish;
}

static void
page_open (Opened *o)
{
  *o = (Opened){ .page = EW_RACE_PAGE (ew_race_page_new ()) };
  g_signal_connect (o->page, "wished", G_CALLBACK (on_wished), o);
  o->window = ew_window_open (GTK_WIDGET (o->page), 900, 240);
}

/* The widget of that type at or below @widget; of a text it is told by its words, of any other by its tooltip or label. */
static GtkWidget *
find (GtkWidget *widget, GType type, const char *name)
{
  const char *says = gtk_widget_get_tooltip_text (widget);

  if (GTK_IS_CHECK_BUTTON (widget))
    says = gtk_check_button_get_label (GTK_CHECK_BUTTON (widget));
  else if (EW_IS_STEADY_TEXT (widget))
    says = ew_steady_text_get_words (EW_STEADY_TEXT (widget));
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && (name == NULL || g_strcmp0 (says, name) == 0))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
part (Opened *o, GType type, const char *name)
{
  GtkWidget *found = find (GTK_WIDGET (o->page), type, name);

  if (found == NULL)
    g_error ("there is no %s \"%s\"", g_type_name (type), name);
  return found;
}

static void
test_names (void)
{
  static const char *const buttons[] = { "Run race", "One epoch for all", "All back to the start", "Copy the table as CSV" };
  Opened o;

  page_open (&o);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (o.page), GTK_ACCESSIBLE_ROLE_GROUP);
  ew_assert_text (GTK_WIDGET (o.page), GTK_ACCESSIBLE_PROPERTY_LABEL, "Race of optimizers");
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    {
      GtkWidget *button = part (&o, GTK_TYPE_BUTTON, buttons[i]);

      gtk_test_accessible_assert_role (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_ROLE_BUTTON);
      ew_assert_text (button, GTK_ACCESSIBLE_PROPERTY_LABEL, buttons[i]);
    }
  ew_assert_text (part (&o, GTK_TYPE_ENTRY, "Rate of Adam"), GTK_ACCESSIBLE_PROPERTY_LABEL, "Rate of Adam");
  ew_assert_text (part (&o, GTK_TYPE_SCALE, NULL), GTK_ACCESSIBLE_PROPERTY_LABEL, "Race speed");
  ew_assert_text (part (&o, GTK_TYPE_DROP_DOWN, NULL), GTK_ACCESSIBLE_PROPERTY_LABEL, "Goal of the race");
  part (&o, EW_TYPE_STEADY_TEXT, "Run the race to see who is first.");
  ew_window_close (o.window);
}

/* Whether the upper edge of @below is at or below the lower one of @above. */
static gboolean
stands_above (Opened *o, GtkWidget *above, GtkWidget *below)
{
  graphene_rect_t a, b;

  g_assert_true (gtk_widget_compute_bounds (above, GTK_WIDGET (o->page), &a));
  g_assert_true (gtk_widget_compute_bounds (below, GTK_WIDGET (o->page), &b));
  return a.origin.y + a.size.height <= b.origin.y;
}

/* The pointer plays, keys do the rest. */
static void
test_buttons (void)
{
  static const int wanted[] = { EW_RACE_PLAY, EW_RACE_STEP, EW_RACE_RESET, EW_RACE_COPY };
  GtkWidget *play;
  Opened o;

  page_open (&o);
  play = part (&o, GTK_TYPE_BUTTON, "Run race");
  /* Where the page is cut off below, its buttons are not. */
  g_assert_true (stands_above (&o, play, part (&o, GTK_TYPE_CHECK_BUTTON, NULL)));
  ew_click (o.window, play, gtk_widget_get_width (play) / 2.0, gtk_widget_get_height (play) / 2.0, 1);
  gtk_widget_grab_focus (play);
  ew_keys (o.window, "Tab space Tab space Tab space");
  g_assert_cmpmem (o.wishes, sizeof *o.wishes * (gsize)o.n, wanted, sizeof wanted);
  ew_race_page_set_playing (o.page, TRUE);
  ew_assert_text (play, GTK_ACCESSIBLE_PROPERTY_LABEL, "Pause race");
  g_assert_cmpstr (gtk_button_get_icon_name (GTK_BUTTON (play)), ==, "media-playback-pause-symbolic");
  ew_race_page_set_playing (o.page, FALSE);
  ew_assert_text (play, GTK_ACCESSIBLE_PROPERTY_LABEL, "Run race");
  g_assert_cmpint (o.n, ==, G_N_ELEMENTS (wanted));
  ew_window_close (o.window);
}

/* The smallest window is 740 wide, and its edges take 36 of that. */
static void
test_width (void)
{
  int minimum;
  Opened o;

  page_open (&o);
  gtk_widget_measure (GTK_WIDGET (o.page), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 740 - 36);
  ew_window_close (o.window);
}

static void
test_racers (void)
{
  EwOptimizerKind kinds[EW_RACE_MAX];
  double rates[EW_RACE_MAX];
  GtkWidget *rate;
  Opened o;
  int n;

  page_open (&o);
  g_assert_cmpint (ew_race_page_get_racers (o.page, kinds, rates), ==, EW_RACE_MAX);
  for (int kind = 0; kind < EW_RACE_MAX; kind++)
    if (kind != EW_OPTIMIZER_NESTEROV && kind != EW_OPTIMIZER_ADAM)
      gtk_check_button_set_active (
          GTK_CHECK_BUTTON (part (&o, GTK_TYPE_CHECK_BUTTON, ew_race_title ((EwOptimizerKind)kind))), FALSE);
  g_assert_cmpint (o.n, ==, EW_RACE_MAX - 2);
  rate = part (&o, GTK_TYPE_ENTRY, "Rate of Adam");
  gtk_widget_grab_focus (rate);
  ew_type (o.window, "0.25");
  g_assert_cmpint (o.n, >, EW_RACE_MAX - 2);
  n = o.n;
  g_assert_cmpint (o.wishes[o.n - 1], ==, EW_RACE_CHANGED);
  g_assert_cmpint (ew_race_page_get_racers (o.page, kinds, rates), ==, 2);
  g_assert_cmpint (kinds[0], ==, EW_OPTIMIZER_NESTEROV);
  g_assert_cmpint (kinds[1], ==, EW_OPTIMIZER_ADAM);
  g_assert_cmpfloat (rates[0], ==, 0);
  g_assert_cmpfloat (rates[1], ==, 0.25);
  /* What is no rate starts no other race, and is marked. */
  ew_type (o.window, "x");
  g_assert_cmpint (o.n, ==, n);
  g_assert_true (gtk_widget_has_css_class (rate, "error"));
  /* The last one cannot be taken away. */
  gtk_check_button_set_active (GTK_CHECK_BUTTON (part (&o, GTK_TYPE_CHECK_BUTTON, "Nesterov")), FALSE);
  g_assert_false (gtk_widget_get_sensitive (part (&o, GTK_TYPE_CHECK_BUTTON, "Adam")));
  g_assert_true (gtk_widget_get_sensitive (part (&o, GTK_TYPE_CHECK_BUTTON, "Nesterov")));
  ew_window_close (o.window);
}

/* What is remembered is the command line's text; giving it back is no wish, and what is none changes nothing. */
static void
test_entrants (void)
{
  g_autoptr (GString) all = g_string_new (NULL);
  static const char *const refused[] = { "", "gd,tortoise", "gd=", "gd=-1", "g", "gdx" };
  g_autofree char *text = NULL, *some = NULL;
  EwOptimizerKind kinds[EW_RACE_MAX];
  double rates[EW_RACE_MAX];
  Opened o;

  for (int kind = 0; kind < EW_RACE_MAX; kind++)
    g_string_append_printf (all, "%s%s", kind > 0 ? "," : "", ew_optimizer_name ((EwOptimizerKind)kind));
  page_open (&o);
  text = ew_race_page_get_entrants (o.page);
  g_assert_cmpstr (text, ==, all->str);
  ew_race_page_set_entrants (o.page, "momentum=0.125,cg");
  g_assert_cmpint (ew_race_page_get_racers (o.page, kinds, rates), ==, 2);
  g_assert_cmpint (kinds[0], ==, EW_OPTIMIZER_MOMENTUM);
  g_assert_cmpfloat (rates[0], ==, 0.125);
  g_assert_cmpint (kinds[1], ==, EW_OPTIMIZER_CG);
  for (guint k = 0; k < G_N_ELEMENTS (refused); k++)
    ew_race_page_set_entrants (o.page, refused[k]);
  some = ew_race_page_get_entrants (o.page);
  g_assert_cmpstr (some, ==, "momentum=0.125,cg");
  ew_race_page_set_speed (o.page, INFINITY);
  g_assert_true (isinf (ew_race_page_get_speed (o.page)));
  g_assert_cmpint (o.n, ==, 0);
  gtk_widget_grab_focus (part (&o, GTK_TYPE_SCALE, "Epochs a second"));
  ew_keys (o.window, "Left");
  g_assert_cmpint (o.n, ==, 1);
  g_assert_cmpint (o.wishes[0], ==, EW_RACE_SPEED);
  g_assert_false (isinf (ew_race_page_get_speed (o.page)));
  ew_window_close (o.window);
}

/* The first look can be cancelled while it lasts. */
static void
test_cancel (void)
{
  GtkWidget *cancel;
  Opened o;

  page_open (&o);
  cancel = part (&o, GTK_TYPE_BUTTON, "Do not go through the pixels");
  g_assert_false (gtk_widget_get_mapped (cancel));
  ew_race_page_wait (o.page);
  ew_spin (100);
  g_assert_true (gtk_widget_get_mapped (cancel));
  gtk_widget_grab_focus (cancel);
  ew_keys (o.window, "space");
  g_assert_cmpint (o.n, ==, 1);
  g_assert_cmpint (o.wishes[0], ==, EW_RACE_CANCEL);
  ew_race_page_give_up (o.page);
  ew_spin (100);
  g_assert_false (gtk_widget_get_mapped (cancel));
  part (&o, EW_TYPE_STEADY_TEXT, "Cancelled. Running the race goes through the pixels again.");
  ew_window_close (o.window);
}

/* Descent, at 0.5 after @epoch, has been at two goals; Adam has diverged. */
static EwRaceStanding *
new_standing (guint64 epoch)
{
  EwRaceStanding *s = ew_race_standing_new ();
  EwHistory *history = ew_history_new (1);
  const double weight = 0;

  for (guint64 e = 0; e <= epoch; e++)
    ew_history_add (history, e, 1 / (1.0 + (double)e), &weight);
  s->epoch = epoch;
  s->start_loss = 1;
  s->n = 2;
  s->racers[0] = (EwRacer){ EW_OPTIMIZER_GD, EW_RACER_RUNNING, 0.125, FALSE, 1, epoch, 0.5, { 37, 41, -1, -1 },
                            ew_history_curves (history), 0, NULL };
  s->racers[1] = (EwRacer){ EW_OPTIMIZER_ADAM, EW_RACER_DIVERGED, 0.25, TRUE, 1, 3, 8, { -1, -1, -1, -1 },
                            ew_history_curves (history), 0, NULL };
  ew_history_free (history);
  return s;
}

static void
show (Opened *o, guint64 epoch)
{
  g_autoptr (EwRaceStanding) standing = new_standing (epoch);

  ew_race_page_show (o->page, standing, 3, 3);
}

static void
test_standing (void)
{
  GtkWidget *rate;
  Opened o;

  page_open (&o);
  show (&o, 50);
  part (&o, EW_TYPE_STEADY_TEXT,
        "Gradient descent wins: 99 % of the way after 41 epochs; nobody else is there after 50 epochs.");
  part (&o, EW_TYPE_STEADY_TEXT, "41");
  part (&o, EW_TYPE_STEADY_TEXT, "diverged");
  part (&o, EW_TYPE_STEADY_TEXT, "0.5");
  rate = part (&o, GTK_TYPE_ENTRY, "Rate of Gradient descent");
  g_assert_cmpstr (gtk_entry_get_placeholder_text (GTK_ENTRY (rate)), ==, "0.125");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (part (&o, GTK_TYPE_DROP_DOWN, NULL)), EW_RACE_NEAR);
  g_assert_cmpint (o.n, ==, 1);
  g_assert_cmpint (o.wishes[0], ==, EW_RACE_GOAL);
  part (&o, EW_TYPE_STEADY_TEXT, "37");
  ew_race_page_set_goal (o.page, EW_RACE_OPTIMUM);
  g_assert_cmpint (o.n, ==, 1);
  part (&o, EW_TYPE_STEADY_TEXT,
        "Nobody has reached the optimum + 1 % after 50 epochs; Gradient descent is ahead with a loss of 0.5.");
  ew_window_close (o.window);
}

/* However soon one epoch follows another, the words are of the last one once the race stands still. */
static void
test_steps (void)
{
  Opened o;

  page_open (&o);
  for (guint64 epoch = 50; epoch < 54; epoch++)
    show (&o, epoch);
  part (&o, EW_TYPE_STEADY_TEXT,
        "Gradient descent wins: 99 % of the way after 41 epochs; nobody else is there after 53 epochs.");
  ew_race_page_set_playing (o.page, TRUE);
  for (guint64 epoch = 54; epoch < 58; epoch++)
    show (&o, epoch);
  ew_race_page_set_playing (o.page, FALSE);
  part (&o, EW_TYPE_STEADY_TEXT,
        "Gradient descent wins: 99 % of the way after 41 epochs; nobody else is there after 57 epochs.");
  ew_window_close (o.window);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!ew_widgets_init ())
    return 0;
  g_test_add_func ("/race-page/names", test_names);
  g_test_add_func ("/race-page/buttons", test_buttons);
  g_test_add_func ("/race-page/width", test_width);
  g_test_add_func ("/race-page/racers", test_racers);
  g_test_add_func ("/race-page/entrants", test_entrants);
  g_test_add_func ("/race-page/cancel", test_cancel);
  g_test_add_func ("/race-page/standing", test_standing);
  g_test_add_func ("/race-page/steps", test_steps);
  return g_test_run ();
}
