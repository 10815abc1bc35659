/* EwRecipePage: what its rows say, as a recipe and back, and what does not go together. */
#include "ui/recipe-page-private.h"
#include "ui/recipe-text.h"

#include <glib/gi18n.h>
#include <math.h>

/* What a robust loss begins with, for values from 0 to 1: what is off by more than 5 of 255 counts less; a corner that is
 * hardly round. */
#define HUBER_DELTA    0.02
#define ABSOLUTE_DELTA 0.001

const EwConstraintFlags ew_recipe_page_flags[EW_RECIPE_N_FLAGS]
    = { EW_CONSTRAINT_SUM_ONE,  EW_CONSTRAINT_SUM_ZERO,     EW_CONSTRAINT_MIRROR_X, EW_CONSTRAINT_MIRROR_Y,
        EW_CONSTRAINT_POINT, EW_CONSTRAINT_NON_NEGATIVE, EW_CONSTRAINT_SEPARABLE };

G_DEFINE_FINAL_TYPE (EwRecipePage, ew_recipe_page, ADW_TYPE_BIN)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* With the taps that are fixed. */
static gboolean
check (EwRecipePage *self, const EwRecipe *recipe, GError **error)
{
  int n = self->height * self->width;
  g_autofree gboolean *fixed = NULL;
  EwRecipe whole = *recipe;

  if (self->fixed != NULL && ew_kernel_n_taps (self->fixed) == n)
    {
      fixed = g_new (gboolean, n);
      for (int k = 0; k < n; k++)
        fixed[k] = !isnan (self->fixed->taps[k]);
      whole.constraint.fixed = fixed;
      whole.constraint.values = self->fixed->taps;
    }
  return ew_recipe_check (&whole, self->height, self->width, error);
}

/* Why what is not chosen cannot be, or NULL: @other is the recipe with it. What the rule alone stands in the way of needs no
 * whole sentence on every row: that is the rule's own. */
static char *
reason_against (EwRecipePage *self, const EwRecipe *other)
{
  EwRecipe plainer = *other;
  g_autoptr (GError) error = NULL;

  if (check (self, other, &error))
    return NULL;
  plainer.optimizer.kind = EW_OPTIMIZER_GD;
  if (!check (self, &plainer, NULL))
    return g_strdup (error->message);
  return g_strdup (other->optimizer.kind == EW_OPTIMIZER_CG ? _ ("not with conjugate gradients")
                                                            : _ ("not with least squares in one step"));
}

static void
set_reason (AdwActionRow *row, const char *reason, const char *subtitle)
{
  const char *text = reason != NULL ? reason : subtitle == NULL ? "" : subtitle;

  gtk_widget_set_sensitive (GTK_WIDGET (row), reason == NULL);
  if (g_strcmp0 (adw_action_row_get_subtitle (row), text) != 0)
    adw_action_row_set_subtitle (row, text);
}

/* Of a row that stands for what @other has beside the present recipe, unless that has it already. */
static void
show_reason (EwRecipePage *self, AdwActionRow *row, gboolean has_it, const EwRecipe *other, const char *subtitle)
{
  g_autofree char *reason = has_it ? NULL : reason_against (self, other);

  if (EW_IS_NUMBER_ROW (row))
    ew_number_row_set_reason (EW_NUMBER_ROW (row), reason);
  else
    set_reason (row, reason, subtitle);
}

static void
show_reasons (EwRecipePage *self)
{
  const EwRecipe *r = &self->recipe;
  EwRecipe penalty = *r, activation = *r, batch = *r, sparse = *r;

  penalty.objective.penalty = EW_PENALTY_HUBER;
  activation.objective.activation = EW_ACTIVATION_RELU;
  batch.batch = 1;
  sparse.constraint.sparsity = 1;
  show_reason (self, ADW_ACTION_ROW (self->penalty_row), r->objective.penalty != EW_PENALTY_SQUARED, &penalty, NULL);
  show_reason (self, ADW_ACTION_ROW (self->activation_row), r->objective.activation != EW_ACTIVATION_NONE, &activation,
               _ ("what is done to X ⋆ K before it is compared"));
  show_reason (self, ADW_ACTION_ROW (self->batch_row), r->batch > 0, &batch, NULL);
  show_reason (self, ADW_ACTION_ROW (self->sparsity_row), r->constraint.sparsity > 0, &sparse, NULL);
  set_reason (ADW_ACTION_ROW (self->optimizer_row), NULL, ew_recipe_text_rule (r->optimizer.kind));
  set_reason (ADW_ACTION_ROW (self->schedule_row),
              ew_optimizer_has_rate (r->optimizer.kind) ? NULL : _ ("This rule has no rate."), NULL);
  for (int k = 0; k < EW_RECIPE_N_FLAGS; k++)
    {
      EwRecipe other = *r;

      other.constraint.flags |= ew_recipe_page_flags[k];
      show_reason (self, self->flag_rows[k], other.constraint.flags == r->constraint.flags, &other, NULL);
    }
}

static void
take_subtitle (AdwActionRow *row, char *text)
{
  if (g_strcmp0 (adw_action_row_get_subtitle (row), text) != 0)
    adw_action_row_set_subtitle (row, text == NULL ? "" : text);
  g_free (text);
}

static void
show_rows (EwRecipePage *self)
{
  char *noise;
  const EwRecipe *r = &self->recipe;
  EwOptimizerKind kind = r->optimizer.kind;
  gboolean scheduled = r->schedule.kind != EW_SCHEDULE_CONSTANT && ew_optimizer_has_rate (kind);

  gtk_widget_set_visible (GTK_WIDGET (self->momentum_row), kind == EW_OPTIMIZER_MOMENTUM || kind == EW_OPTIMIZER_NESTEROV);
  gtk_widget_set_visible (GTK_WIDGET (self->smoothing_row), kind == EW_OPTIMIZER_RMSPROP);
  gtk_widget_set_visible (GTK_WIDGET (self->beta1_row), kind == EW_OPTIMIZER_ADAM);
  gtk_widget_set_visible (GTK_WIDGET (self->beta2_row), kind == EW_OPTIMIZER_ADAM);
  gtk_widget_set_visible (GTK_WIDGET (self->period_row), scheduled);
  gtk_widget_set_visible (GTK_WIDGET (self->factor_row), scheduled);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->factor_row), r->schedule.kind == EW_SCHEDULE_STEP
                                                                      ? _ ("of the rate, after each period")
                                                                      : _ ("of the rate, at the end of the period"));
  gtk_widget_set_visible (GTK_WIDGET (self->seed_row), r->batch > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->delta_row), r->objective.penalty != EW_PENALTY_SQUARED);
  take_subtitle (ADW_ACTION_ROW (self->period_row), ew_recipe_text_period (r, self->epochs));
  take_subtitle (ADW_ACTION_ROW (self->delta_row), ew_recipe_text_delta (r));
  noise = ew_recipe_text_noise (r, self->noise);
  gtk_widget_set_visible (GTK_WIDGET (self->noise_row), noise != NULL);
  take_subtitle (self->noise_row, g_steal_pointer (&noise));
  gtk_widget_set_visible (GTK_WIDGET (self->held_row), self->holdout > 0);
  set_reason (self->choose_row, self->holdout > 0 ? NULL : _ ("Hold out a part of the rows first, below."),
              _ ("the strength that does best on what is held out"));
  show_reasons (self);
}

static void
show_fixed (EwRecipePage *self)
{
  g_autofree char *text = NULL;
  int n = 0;

  for (int k = 0; self->fixed != NULL && k < ew_kernel_n_taps (self->fixed); k++)
    n += !isnan (self->fixed->taps[k]);
  text = n == 0 ? g_strdup (_ ("the selected one stays as it is"))
                : g_strdup_printf (g_dngettext (NULL, "%d stays as it is", "%d stay as they are", (gulong)n), n);
  adw_action_row_set_subtitle (self->fixed_row, text);
}

/* From the recipe to the rows. */
static void
show_all (EwRecipePage *self)
{
  const EwRecipe *r = &self->recipe;

  if (!self->built)
    return;
  self->quiet = TRUE;
  adw_combo_row_set_selected (self->optimizer_row, r->optimizer.kind);
  ew_number_row_set_value (self->momentum_row, r->optimizer.momentum);
  ew_number_row_set_value (self->smoothing_row, r->optimizer.smoothing);
  ew_number_row_set_value (self->beta1_row, r->optimizer.beta1);
  ew_number_row_set_value (self->beta2_row, r->optimizer.beta2);
  adw_combo_row_set_selected (self->schedule_row, r->schedule.kind);
  ew_number_row_set_value (self->period_row, (double)r->schedule.period);
  ew_number_row_set_value (self->factor_row, r->schedule.factor);
  ew_number_row_set_value (self->batch_row, (double)r->batch);
  ew_number_row_set_value (self->seed_row, (double)r->seed);
  adw_combo_row_set_selected (self->penalty_row, r->objective.penalty);
  ew_number_row_set_value (self->delta_row, r->objective.delta);
  adw_combo_row_set_selected (self->activation_row, r->objective.activation);
  ew_number_row_set_value (self->ridge_row, r->ridge);
  ew_number_row_set_value (self->holdout_row, 100 * self->holdout);
  for (int k = 0; k < EW_RECIPE_N_FLAGS; k++)
    gtk_check_button_set_active (self->checks[k], (r->constraint.flags & ew_recipe_page_flags[k]) != 0);
  ew_number_row_set_value (self->sparsity_row, r->constraint.sparsity);
  ew_number_row_set_value (self->gradient_row, r->stop_gradient);
  ew_number_row_set_value (self->change_row, r->stop_change);
  ew_number_row_set_value (self->seconds_row, r->stop_seconds);
  show_fixed (self);
  show_rows (self);
  self->quiet = FALSE;
}

/* From the rows to a recipe. */
static void
read_all (EwRecipePage *self, EwRecipe *r, double *holdout)
{
  int flags = 0;

  *r = self->recipe;
  r->optimizer.kind = (EwOptimizerKind)adw_combo_row_get_selected (self->optimizer_row);
  r->optimizer.momentum = ew_number_row_get_value (self->momentum_row);
  r->optimizer.smoothing = ew_number_row_get_value (self->smoothing_row);
  r->optimizer.beta1 = ew_number_row_get_value (self->beta1_row);
  r->optimizer.beta2 = ew_number_row_get_value (self->beta2_row);
  r->schedule.kind = (EwScheduleKind)adw_combo_row_get_selected (self->schedule_row);
  r->schedule.period = (guint64)ew_number_row_get_value (self->period_row);
  r->schedule.factor = ew_number_row_get_value (self->factor_row);
  r->batch = (gint64)ew_number_row_get_value (self->batch_row);
  r->seed = (guint64)ew_number_row_get_value (self->seed_row);
  r->objective.penalty = (EwPenalty)adw_combo_row_get_selected (self->penalty_row);
  r->objective.delta = ew_number_row_get_value (self->delta_row);
  r->objective.activation = (EwActivation)adw_combo_row_get_selected (self->activation_row);
  r->ridge = ew_number_row_get_value (self->ridge_row);
  for (int k = 0; k < EW_RECIPE_N_FLAGS; k++)
    flags |= gtk_check_button_get_active (self->checks[k]) ? (int)ew_recipe_page_flags[k] : 0;
  r->constraint.flags = (EwConstraintFlags)flags;
  r->constraint.sparsity = ew_number_row_get_value (self->sparsity_row);
  r->stop_gradient = ew_number_row_get_value (self->gradient_row);
  r->stop_change = ew_number_row_get_value (self->change_row);
  r->stop_seconds = ew_number_row_get_value (self->seconds_row);
  *holdout = ew_number_row_get_value (self->holdout_row) / 100;
}

/* What another choice begins with. */
static void
begin_choices (EwRecipePage *self, const EwRecipe *before, EwRecipe *r)
{
  double huber = self->noise > 0 ? EW_HUBER_SHARE * self->noise : HUBER_DELTA;

  if (r->objective.penalty != before->objective.penalty)
    r->objective.delta = r->objective.penalty == EW_PENALTY_HUBER      ? huber
                         : r->objective.penalty == EW_PENALTY_ABSOLUTE ? ABSOLUTE_DELTA
                                                                       : 1;
  if (r->schedule.kind != before->schedule.kind)
    {
      r->schedule.period = ew_recipe_usual_period (r->schedule.kind, self->epochs);
      r->schedule.factor = r->schedule.kind == EW_SCHEDULE_STEP ? 0.5 : r->schedule.kind == EW_SCHEDULE_COSINE ? 0 : 1;
    }
}

void
ew_recipe_page_refused (EwRecipePage *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, sentence);
}

void
ew_recipe_page_changed (EwRecipePage *self)
{
  g_autoptr (GError) error = NULL;
  EwRecipe wished;
  double holdout;
  gboolean task;

  if (self->quiet)
    return;
  read_all (self, &wished, &holdout);
  begin_choices (self, &self->recipe, &wished);
  /* In per cent it may be off by rounding. */
  task = fabs (holdout - self->holdout) > 1e-9;
  if (!task && ew_recipe_equal (&wished, &self->recipe, 0))
    return;
  if (check (self, &wished, &error))
    {
      self->recipe = wished;
      self->holdout = task ? holdout : self->holdout;
    }
  show_all (self);
  if (error != NULL)
    ew_recipe_page_refused (self, error->message);
  else
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, task);
}

void
ew_recipe_page_get_settings (EwRecipePage *self, EwSettings *settings)
{
  settings->recipe = self->recipe;
  settings->holdout = self->holdout;
}

void
ew_recipe_page_set_settings (EwRecipePage *self, const EwSettings *settings)
{
  self->recipe = settings->recipe;
  self->holdout = settings->holdout;
  self->epochs = settings->epochs;
  self->height = settings->kernel_height;
  self->width = settings->kernel_width;
  show_all (self);
}

void
ew_recipe_page_set_noise (EwRecipePage *self, double noise)
{
  if (noise == self->noise || (isnan (noise) && isnan (self->noise)))
    return;
  self->noise = noise;
  show_all (self);
}

void
ew_recipe_page_use_noise (EwRecipePage *self)
{
  self->recipe.objective.delta = EW_HUBER_SHARE * self->noise;
  show_all (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, FALSE);
}

void
ew_recipe_page_set_fixed (EwRecipePage *self, EwKernel *fixed)
{
  if (fixed != NULL)
    ew_kernel_ref (fixed);
  ew_kernel_unref (self->fixed);
  self->fixed = fixed;
  show_all (self);
}

void
ew_recipe_page_show_held (EwRecipePage *self, double loss, double least, guint64 epoch)
{
  char now[G_ASCII_DTOSTR_BUF_SIZE], then[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text = NULL;

  if (!self->built || self->holdout == 0)
    return;
  g_ascii_formatd (now, sizeof now, "%.4g", loss);
  g_ascii_formatd (then, sizeof then, "%.4g", least);
  if (isnan (loss))
    text = g_strdup ("");
  else if (isnan (least))
    text = g_strdup (now);
  else
    text = g_strdup_printf (_ ("%s; the least was %s, in epoch %" G_GUINT64_FORMAT), now, then, epoch);
  if (g_strcmp0 (adw_action_row_get_subtitle (self->held_row), text) != 0)
    adw_action_row_set_subtitle (self->held_row, text);
}

static void
ew_recipe_page_map (GtkWidget *widget)
{
  EwRecipePage *self = EW_RECIPE_PAGE (widget);

  if (!self->built)
    {
      ew_recipe_page_build (self);
      show_all (self);
    }
  GTK_WIDGET_CLASS (ew_recipe_page_parent_class)->map (widget);
}

static void
ew_recipe_page_dispose (GObject *object)
{
  EwRecipePage *self = EW_RECIPE_PAGE (object);

  /* Rows that go tell of their last change; nobody is to hear it. */
  self->quiet = TRUE;
  self->built = FALSE;
  g_clear_pointer (&self->fixed, ew_kernel_unref);
  adw_bin_set_child (ADW_BIN (self), NULL);
  G_OBJECT_CLASS (ew_recipe_page_parent_class)->dispose (object);
}

static void
ew_recipe_page_init (EwRecipePage *self)
{
  ew_recipe_init (&self->recipe, EW_OPTIMIZER_GD);
  self->height = self->width = 1;
  self->noise = NAN;
}

static void
ew_recipe_page_class_init (EwRecipePageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ew_recipe_page_dispose;
  GTK_WIDGET_CLASS (klass)->map = ew_recipe_page_map;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", EW_TYPE_RECIPE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", EW_TYPE_RECIPE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
}
