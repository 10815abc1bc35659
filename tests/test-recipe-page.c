/* The sidebar's page about how it is learned: rows and settings, what does not go together, numbers that are typed. */
#include "tests/widget-fixtures.h"
#include "ui/number-row.h"
#include "ui/rate-row.h"
#include "ui/recipe-page.h"

#include <math.h>
#include <string.h>

typedef struct
{
  GtkWidget *window;
  EwRecipePage *page;
  int changes;
  int tasks;
  char *refusal;
} Page;

static void
on_changed (EwRecipePage *page, gboolean task, Page *p)
{
  p->changes++;
  p->tasks += task;
}

static void
on_refused (EwRecipePage *page, const char *sentence, Page *p)
{
  g_free (p->refusal);
  p->refusal = g_strdup (sentence);
}

static void
iterate (void)
{
  for (int k = 0; k < 50; k++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
}

static void
settings_init (EwSettings *settings)
{
  *settings = (EwSettings){ .kernel_height = 3, .kernel_width = 3, .holdout = 0.07 };
  ew_recipe_init (&settings->recipe, EW_OPTIMIZER_GD);
}

static void
page_open (Page *p)
{
  EwSettings settings;

  *p = (Page){ .window = gtk_window_new () };
  p->page = g_object_new (EW_TYPE_RECIPE_PAGE, NULL);
  settings_init (&settings);
  ew_recipe_page_set_settings (p->page, &settings);
  g_signal_connect (p->page, "changed", G_CALLBACK (on_changed), p);
  g_signal_connect (p->page, "refused", G_CALLBACK (on_refused), p);
  gtk_window_set_child (GTK_WINDOW (p->window), GTK_WIDGET (p->page));
  gtk_window_present (GTK_WINDOW (p->window));
  iterate ();
}

static void
page_close (Page *p)
{
  gtk_window_destroy (GTK_WINDOW (p->window));
  iterate ();
  g_free (p->refusal);
}

/* The row of that title below a widget. */
static GtkWidget *
find_row (GtkWidget *widget, const char *title)
{
  if (ADW_IS_PREFERENCES_ROW (widget)
      && g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *row = find_row (child, title);

      if (row != NULL)
        return row;
    }
  return NULL;
}

static GtkWidget *
row (Page *p, const char *title)
{
  GtkWidget *found = find_row (GTK_WIDGET (p->page), title);

  g_assert_nonnull (found);
  return found;
}

static GtkWidget *
find_entry (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_ENTRY (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_entry (child);
  return found;
}

static void
enter (GtkWidget *widget, const char *text)
{
  GtkWidget *entry = find_entry (widget);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_emit_by_name (entry, "activate");
}

static void
check_box (Page *p, const char *title)
{
  gtk_widget_activate (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row (p, title))));
}

static EwRecipe
recipe_of (Page *p)
{
  EwSettings settings;

  ew_recipe_page_get_settings (p->page, &settings);
  return settings.recipe;
}

/* Each row changes what it is about, once and nothing else; what was set is told as it was. */
static void
test_rows (void)
{
  EwSettings settings, again;
  EwRecipe r;
  Page p;

  page_open (&p);
  g_assert_cmpint (p.changes, ==, 0);
  adw_combo_row_set_selected (ADW_COMBO_ROW (row (&p, "Optimizer")), EW_OPTIMIZER_ADAM);
  g_assert_true (gtk_widget_get_visible (row (&p, "β₁")));
  g_assert_false (gtk_widget_get_visible (row (&p, "Momentum β")));
  enter (row (&p, "β₁"), "0,85");
  adw_combo_row_set_selected (ADW_COMBO_ROW (row (&p, "Rate over time")), EW_SCHEDULE_STEP);
  enter (row (&p, "Period"), "250");
  adw_combo_row_set_selected (ADW_COMBO_ROW (row (&p, "Residuals count")), EW_PENALTY_HUBER);
  enter (row (&p, "δ"), "1e-3");
  enter (row (&p, "Mini-batch"), "64");
  enter (row (&p, "Ridge strength"), "0.01");
  check_box (&p, "Sum is 1");
  check_box (&p, "Not negative");
  enter (row (&p, "Sparse"), "2.5");
  enter (row (&p, "Gradient below"), "1e-9");
  enter (row (&p, "Seconds"), "30");
  g_assert_cmpint (p.changes, ==, 13);
  g_assert_cmpint (p.tasks, ==, 0);
  r = recipe_of (&p);
  g_assert_cmpint (r.optimizer.kind, ==, EW_OPTIMIZER_ADAM);
  g_assert_cmpfloat (r.optimizer.beta1, ==, 0.85);
  g_assert_cmpfloat (r.optimizer.beta2, ==, 0.999);
  g_assert_cmpuint (r.schedule.period, ==, 250);
  g_assert_cmpfloat (r.schedule.factor, ==, 0.5);
  g_assert_cmpfloat (r.objective.delta, ==, 1e-3);
  g_assert_cmpint (r.batch, ==, 64);
  g_assert_cmpfloat (r.ridge, ==, 0.01);
  g_assert_cmpint (r.constraint.flags, ==, EW_CONSTRAINT_SUM_ONE | EW_CONSTRAINT_NON_NEGATIVE);
  g_assert_cmpfloat (r.constraint.sparsity, ==, 2.5);
  g_assert_cmpfloat (r.stop_gradient, ==, 1e-9);
  g_assert_cmpfloat (r.stop_seconds, ==, 30);
  enter (row (&p, "Held-out share"), "25");
  g_assert_cmpint (p.tasks, ==, 1);
  ew_recipe_page_get_settings (p.page, &settings);
  g_assert_cmpfloat (settings.holdout, ==, 0.25);
  settings.kernel_height = settings.kernel_width = 3;
  settings.holdout = 0.07;
  ew_recipe_page_set_settings (p.page, &settings);
  enter (row (&p, "Seconds"), "31");
  ew_recipe_page_get_settings (p.page, &again);
  g_assert_cmpfloat (again.holdout, ==, 0.07);
  g_assert_cmpint (p.tasks, ==, 1);
  g_assert_null (p.refusal);
  page_close (&p);
}

/* What does not go with the rest is insensitive and says why; a choice that does not is taken back with a sentence. */
static void
test_conflicts (void)
{
  Page p;

  page_open (&p);
  check_box (&p, "Sum is 1");
  g_assert_false (gtk_widget_get_sensitive (row (&p, "Sum is 0")));
  g_assert_cmpint (strlen (adw_action_row_get_subtitle (ADW_ACTION_ROW (row (&p, "Sum is 0")))), >, 20);
  g_assert_true (gtk_widget_get_sensitive (row (&p, "Sum is 1")));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row (&p, "Optimizer")), EW_OPTIMIZER_CG);
  g_assert_nonnull (strstr (p.refusal, "Conjugate gradients"));
  g_assert_cmpint (adw_combo_row_get_selected (ADW_COMBO_ROW (row (&p, "Optimizer"))), ==, EW_OPTIMIZER_GD);
  g_assert_cmpint (recipe_of (&p).optimizer.kind, ==, EW_OPTIMIZER_GD);
  check_box (&p, "Sum is 1");
  g_assert_true (gtk_widget_get_sensitive (row (&p, "Sum is 0")));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row (&p, "Optimizer")), EW_OPTIMIZER_CG);
  g_assert_cmpint (recipe_of (&p).optimizer.kind, ==, EW_OPTIMIZER_CG);
  for (guint k = 0; k < 4; k++)
    {
      static const char *const titles[] = { "Mini-batch", "Residuals count", "Separable", "Sparse" };

      g_assert_false (gtk_widget_get_sensitive (row (&p, titles[k])));
      g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row (&p, titles[k]))), ==,
                       "not with conjugate gradients");
    }
  g_assert_false (gtk_widget_get_sensitive (row (&p, "Rate over time")));
  page_close (&p);
}

/* Fixed weights count where they stand in the way. */
static void
test_fixed (void)
{
  g_autoptr (EwKernel) fixed = ew_kernel_new (3, 3, NULL);
  Page p;

  for (int k = 0; k < 9; k++)
    fixed->taps[k] = k == 0 || k == 2 ? k : NAN;
  page_open (&p);
  g_assert_true (gtk_widget_get_sensitive (row (&p, "Left and right alike")));
  ew_recipe_page_set_fixed (p.page, fixed);
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row (&p, "Fixed weights"))), "2 "));
  /* K[0, 0] = 0 and K[0, 2] = 2 are not alike. */
  g_assert_false (gtk_widget_get_sensitive (row (&p, "Left and right alike")));
  g_assert_false (gtk_widget_get_sensitive (row (&p, "Separable")));
  g_assert_true (gtk_widget_get_sensitive (row (&p, "Top and bottom alike")));
  page_close (&p);
}

/* What is no number of its row is refused and taken back when another one comes. */
static void
test_numbers (void)
{
  static const char *const wrong[] = { "", "x", "-1", "1e", "nan", "2.5.1" };
  Page p;

  page_open (&p);
  for (guint k = 0; k < G_N_ELEMENTS (wrong); k++)
    {
      enter (row (&p, "Gradient below"), wrong[k]);
      g_assert_true (k == 0 ? p.refusal == NULL : strstr (p.refusal, "at least 0") != NULL);
      g_assert_cmpfloat (recipe_of (&p).stop_gradient, ==, 0);
    }
  enter (row (&p, "Mini-batch"), "2.5");
  g_assert_nonnull (strstr (p.refusal, "whole number"));
  enter (row (&p, "Held-out share"), "95");
  g_assert_nonnull (strstr (p.refusal, "from 0 to 90"));
  g_assert_cmpint (p.changes, ==, 0);
  enter (row (&p, "Gradient below"), "1e-12");
  g_assert_cmpfloat (recipe_of (&p).stop_gradient, ==, 1e-12);
  page_close (&p);
}

static void
count (EwRateRow *rate_row, int *changes)
{
  ++*changes;
}

/* The rate: what it would do is said while it is typed, and the scale's zero is the limit. */
static void
test_rate (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  EwRateRow *rate_row = g_object_new (EW_TYPE_RATE_ROW, "title", "Rate", NULL);
  GtkWidget *scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.1);
  EwRecipe recipe;
  int changes = 0;

  ew_recipe_init (&recipe, EW_OPTIMIZER_GD);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (rate_row));
  gtk_box_append (GTK_BOX (box), scale);
  gtk_window_set_child (GTK_WINDOW (window), box);
  ew_rate_row_set_scale (rate_row, GTK_SCALE (scale));
  g_signal_connect (rate_row, "changed", G_CALLBACK (count), &changes);
  ew_rate_row_set_rate (rate_row, 0);
  ew_rate_row_show (rate_row, 0.09, 0.1, &recipe);
  g_assert_cmpfloat (ew_rate_row_get_rate (rate_row), ==, 0);
  g_assert_cmpfloat_with_epsilon (gtk_range_get_value (GTK_RANGE (scale)), log10 (0.9), 1e-9);
  gtk_editable_set_text (GTK_EDITABLE (find_entry (GTK_WIDGET (rate_row))), "0.15");
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (rate_row)), "it will diverge"));
  /* 2·0.15/0.1 − 1 */
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (rate_row)), "2 times"));
  g_assert_cmpint (changes, ==, 0);
  g_signal_emit_by_name (find_entry (GTK_WIDGET (rate_row)), "activate");
  g_assert_cmpint (changes, ==, 1);
  g_assert_cmpfloat (ew_rate_row_get_rate (rate_row), ==, 0.15);
  gtk_range_set_value (GTK_RANGE (scale), -1);
  g_assert_cmpint (changes, ==, 2);
  g_assert_cmpfloat (ew_rate_row_get_rate (rate_row), ==, 0.01);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (rate_row)), ==, "stable below 0.1");
  recipe.optimizer.kind = EW_OPTIMIZER_CG;
  ew_rate_row_show (rate_row, NAN, INFINITY, &recipe);
  g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (rate_row)));
  g_assert_false (gtk_widget_get_sensitive (scale));
  g_assert_cmpint (changes, ==, 2);
  gtk_window_destroy (GTK_WINDOW (window));
  iterate ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!ew_widgets_init ())
    return 0;
  g_test_add_func ("/recipe-page/rows", test_rows);
  g_test_add_func ("/recipe-page/conflicts", test_conflicts);
  g_test_add_func ("/recipe-page/fixed", test_fixed);
  g_test_add_func ("/recipe-page/numbers", test_numbers);
  g_test_add_func ("/recipe-page/rate", test_rate);
  return g_test_run ();
}
