/* EwRecipePage: its rows. */
#include "ui/recipe-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

static GtkWidget *
add_group (GtkWidget *box, const char *title, const char *description)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  gtk_box_append (GTK_BOX (box), group);
  return group;
}

static AdwComboRow *
add_choice (EwRecipePage *self, GtkWidget *group, const char *title, const char *const *choices)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) model = gtk_string_list_new (NULL);

  for (; *choices != NULL; choices++)
    gtk_string_list_append (model, _ (*choices));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 4);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (model));
  g_signal_connect_swapped (row, "notify::selected", G_CALLBACK (ew_recipe_page_changed), self);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return ADW_COMBO_ROW (row);
}

static EwNumberRow *
add_number (EwRecipePage *self, GtkWidget *group, const char *title, const char *subtitle, double low, double high,
            gboolean whole)
{
  GtkWidget *row = ew_number_row_new (title, subtitle, low, high, whole);

  g_signal_connect_swapped (row, "changed", G_CALLBACK (ew_recipe_page_changed), self);
  g_signal_connect_swapped (row, "refused", G_CALLBACK (ew_recipe_page_refused), self);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return EW_NUMBER_ROW (row);
}

static AdwActionRow *
add_row (GtkWidget *group, const char *title)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 4);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return ADW_ACTION_ROW (row);
}

static GtkWidget *
add_button (AdwActionRow *row, const char *label, const char *description, const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  gtk_widget_set_tooltip_text (button, description);
  adw_action_row_add_suffix (row, button);
  return button;
}

static void
build_rule (EwRecipePage *self, GtkWidget *box)
{
  /* In the order of EwOptimizerKind and of EwScheduleKind. */
  static const char *const optimizers[]
      = { N_ ("Gradient descent"), N_ ("Momentum"), N_ ("Nesterov"), N_ ("RMSProp"), N_ ("Adam"),
          N_ ("Conjugate gradients"), N_ ("Least squares, one step"), NULL };
  static const char *const schedules[] = { N_ ("Constant"), N_ ("In steps"), N_ ("Cosine"), NULL };
  GtkWidget *group = add_group (box, _ ("Rule"), NULL);
  double below = 1 - 1e-9;

  self->optimizer_row = add_choice (self, group, _ ("Optimizer"), optimizers);
  self->momentum_row = add_number (self, group, _ ("Momentum β"), _ ("part of the last step that is kept"), 0, below, FALSE);
  self->smoothing_row
      = add_number (self, group, _ ("Smoothing α"), _ ("of the mean of squared gradients"), 0, below, FALSE);
  self->beta1_row = add_number (self, group, _ ("β₁"), _ ("of the mean of gradients"), 0, below, FALSE);
  self->beta2_row = add_number (self, group, _ ("β₂"), _ ("of the mean of their squares"), 0, below, FALSE);
  self->schedule_row = add_choice (self, group, _ ("Rate over time"), schedules);
  self->period_row = add_number (self, group, _ ("Period"), _ ("epochs, from the first of the run on"), 1, 1e15, TRUE);
  self->factor_row = add_number (self, group, _ ("Factor"), NULL, 0, 1, FALSE);
  self->batch_row
      = add_number (self, group, _ ("Mini-batch"), _ ("pixels drawn for each step; 0: all of them"), 0, G_MAXINT, TRUE);
  self->seed_row = add_number (self, group, _ ("Seed of the draws"), NULL, 0, G_MAXINT, TRUE);
}

static void
build_loss (EwRecipePage *self, GtkWidget *box)
{
  /* In the order of EwPenalty and of EwActivation. */
  static const char *const penalties[] = { N_ ("Squared"), N_ ("Huber"), N_ ("Absolute"), NULL };
  static const char *const activations[] = { N_ ("None"), N_ ("ReLU"), N_ ("Absolute value"), NULL };
  GtkWidget *group = add_group (box, _ ("Loss"), NULL);

  self->penalty_row = add_choice (self, group, _ ("Residuals count"), penalties);
  self->delta_row = add_number (self, group, _ ("δ"), NULL, 1e-12, 1e12, FALSE);
  self->noise_row = add_row (group, _ ("δ by the noise"));
  g_signal_connect_swapped (add_button (self->noise_row, _ ("Use"), _ ("Use δ by the noise"), NULL), "clicked",
                            G_CALLBACK (ew_recipe_page_use_noise), self);
  self->activation_row = add_choice (self, group, _ ("Activation"), activations);
  self->ridge_row = add_number (self, group, _ ("Ridge strength"),
                                _ ("keeps weights small; relative to the image’s energy"), 0, 1e12, FALSE);
  self->choose_row = add_row (group, _ ("Ridge by held-out error"));
  self->choose_button
      = add_button (self->choose_row, _ ("Choose"), _ ("Choose ridge by held-out error"), "win.choose-ridge");
}

static void
build_held (EwRecipePage *self, GtkWidget *box)
{
  GtkWidget *group = add_group (box, _ ("Held out"), NULL);

  self->holdout_row = add_number (self, group, _ ("Held-out share"),
                                  _ ("% of the rows, the last ones: not learned from, with a curve of their own"), 0, 90, FALSE);
  self->held_row = add_row (group, _ ("Loss there"));
}

static void
build_constraints (EwRecipePage *self, GtkWidget *box)
{
  static const char *const titles[EW_RECIPE_N_FLAGS]
      = { N_ ("Sum is 1"), N_ ("Sum is 0"), N_ ("Left and right alike"), N_ ("Top and bottom alike"),
          N_ ("Alike after half a turn"), N_ ("Not negative"), N_ ("Separable") };
  GtkWidget *group = add_group (box, _ ("Constraints"), _ ("Fulfilled after each step."));

  for (int k = 0; k < EW_RECIPE_N_FLAGS; k++)
    {
      GtkWidget *check = gtk_check_button_new ();

      self->flag_rows[k] = add_row (group, _ (titles[k]));
      self->checks[k] = GTK_CHECK_BUTTON (check);
      gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
      adw_action_row_add_suffix (self->flag_rows[k], check);
      adw_action_row_set_activatable_widget (self->flag_rows[k], check);
      g_signal_connect_swapped (check, "toggled", G_CALLBACK (ew_recipe_page_changed), self);
    }
  self->sparsity_row = add_number (self, group, _ ("Sparse"), _ ("strength λ of λ·Σ|weight| beside the loss"), 0, INFINITY, FALSE);
  self->fixed_row = add_row (group, _ ("Fixed weights"));
  add_button (self->fixed_row, _ ("Fix"), _ ("Fix or free the selected weight"), "win.fix-weight");
  add_button (self->fixed_row, _ ("Free All"), _ ("Free all weights"), "win.free-weights");
}

static void
build_stops (EwRecipePage *self, GtkWidget *box)
{
  GtkWidget *group = add_group (box, _ ("Stop when"), _ ("Besides the number of epochs. 0: not by this."));

  self->gradient_row = add_number (self, group, _ ("Gradient below"), _ ("its length"), 0, INFINITY, FALSE);
  self->change_row
      = add_number (self, group, _ ("Loss changes below"), _ ("part of itself, from epoch to epoch"), 0, 1, FALSE);
  self->seconds_row = add_number (self, group, _ ("Seconds"), _ ("since Learn"), 0, 1e9, FALSE);
}

/* The way back from all of it. */
static void
build_defaults (GtkWidget *box)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Back to Defaults"));

  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.recipe-defaults");
  gtk_widget_set_tooltip_text (button, _ ("Plain gradient descent at the automatic rate; what is remembered for the next start is forgotten"));
  gtk_box_append (GTK_BOX (box), button);
}

void
ew_recipe_page_build (EwRecipePage *self)
{
  GtkWidget *scroll = gtk_scrolled_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);

  self->built = TRUE;
  self->quiet = TRUE;
  gtk_widget_add_css_class (box, "sidebar-page");
  build_rule (self, box);
  build_loss (self, box);
  build_held (self, box);
  build_constraints (self, box);
  build_stops (self, box);
  build_defaults (box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroll), TRUE);
  gtk_scrolled_window_set_max_content_width (GTK_SCROLLED_WINDOW (scroll), 350);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), box);
  adw_bin_set_child (ADW_BIN (self), scroll);
  self->quiet = FALSE;
}
