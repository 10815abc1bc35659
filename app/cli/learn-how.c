/* EwLearnHow: parsing and checking. */
#include "app/cli/learn-how.h"

#include <math.h>
#include <string.h>

/* TRUE where @value was not given, or lies in [low, high). */
static gboolean
check_range (const char *option, double value, double low, double high, const char *needed, GError **error)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value) || (value >= low && value < high))
    return TRUE;
  g_ascii_formatd (text, sizeof text, "%g", value);
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "--%s %s: %s is needed.", option, text, needed);
  return FALSE;
}

static double
or_zero (double value)
{
  return isnan (value) ? 0 : value;
}

static gboolean
parse_number (const char *text, double *value)
{
  char *end = NULL;

  *value = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*value);
}

static gboolean
parse_optimizer (EwRecipe *s, const EwLearnWords *w, GError **error)
{
  static const char *const words[] = { "gd", "momentum", "nesterov", "rmsprop", "adam", "cg", "least-squares", NULL };
  int word = w->optimizer == NULL ? 0 : ew_arguments_parse_word ("optimizer", w->optimizer, words, error);

  if (word < 0 || !check_range ("momentum", w->momentum, 0, 1, "a number from 0 to below 1", error))
    return FALSE;
  ew_recipe_init (s, (EwOptimizerKind)word);
  if (isnan (w->momentum))
    return TRUE;
  if (word != EW_OPTIMIZER_MOMENTUM && word != EW_OPTIMIZER_NESTEROV)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE,
                           "--momentum goes with --optimizer momentum or nesterov.");
      return FALSE;
    }
  s->optimizer.momentum = w->momentum;
  return TRUE;
}

static gboolean
parse_objective (EwLearnHow *how, const EwLearnWords *w, GError **error)
{
  static const char *const losses[] = { "sum", "mean", "huber", "absolute", "jpeg", NULL };
  static const char *const activations[] = { "none", "relu", "abs", NULL };
  int loss = w->loss == NULL ? 0 : ew_arguments_parse_word ("loss", w->loss, losses, error);
  int activation
      = w->activation == NULL || loss < 0 ? 0 : ew_arguments_parse_word ("activation", w->activation, activations, error);

  if (loss < 0 || activation < 0
      || !check_range ("huber-delta", w->huber_delta, 0x1p-1022, INFINITY, "a number greater than 0", error))
    return FALSE;
  if (!isnan (w->huber_delta) && loss != 2)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE, "--huber-delta goes with --loss huber.");
      return FALSE;
    }
  how->solver.loss = loss == 1 ? EW_LOSS_MEAN : EW_LOSS_SUM;
  how->solver.objective.penalty
      = loss == 2 ? EW_PENALTY_HUBER : loss == 3 ? EW_PENALTY_ABSOLUTE : EW_PENALTY_SQUARED;
  how->jpeg = loss == 4;
  how->solver.objective.activation = (EwActivation)activation;
  how->auto_delta = (loss == 2 || loss == 3) && isnan (w->huber_delta);
  if (!isnan (w->huber_delta))
    how->solver.objective.delta = w->huber_delta;
  return TRUE;
}

static gboolean
parse_schedule (EwSchedule *schedule, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text == NULL ? "constant" : text, ":", 0);
  guint n = g_strv_length (parts);
  gboolean is_step = n > 0 && strcmp (parts[0], "step") == 0;
  gboolean is_cosine = n > 0 && strcmp (parts[0], "cosine") == 0;
  double period = 1, factor = is_step ? 0.5 : 0;

  if (n == 1 && strcmp (parts[0], "constant") == 0)
    return TRUE;
  if ((is_step || is_cosine) && n >= 2 && n <= 3 && parse_number (parts[1], &period) && period >= 1 && period <= 1e15
      && period == floor (period) && (n == 2 || (parse_number (parts[2], &factor) && factor >= 0 && factor <= 1)))
    {
      *schedule = (EwSchedule){ is_step ? EW_SCHEDULE_STEP : EW_SCHEDULE_COSINE, (guint64)period, factor };
      return TRUE;
    }
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE,
               "--schedule %s: constant, step:EPOCHS:FACTOR or cosine:EPOCHS:FACTOR is needed, like step:100:0.5, with a "
               "factor from 0 to 1.",
               text);
  return FALSE;
}

static gboolean
parse_constraint (EwConstraint *constraint, const char *text, GError **error)
{
  g_auto (GStrv) names = text == NULL ? NULL : g_strsplit (text, ",", 0);

  for (int i = 0; names != NULL && names[i] != NULL; i++)
    {
      EwConstraintFlags flag = ew_constraint_from_name (names[i]);

      if (flag == 0)
        {
          g_set_error (error, EW_ERROR, EW_ERROR_USAGE,
                       "--constraint %s: sum1, sum0, mirror-x, mirror-y, symmetric, point, non-negative and separable "
                       "are possible, with commas between them.",
                       text);
          return FALSE;
        }
      constraint->flags |= flag;
    }
  return TRUE;
}

/* One "ROW,COLUMN=VALUE", counted from 1. */
static gboolean
parse_fixed_tap (EwLearnHow *how, const char *text, int height, int width)
{
  g_auto (GStrv) sides = g_strsplit (text, "=", 0);
  g_auto (GStrv) place = g_strsplit (sides[0] == NULL ? "" : sides[0], ",", 0);
  double row, column, value;

  if (g_strv_length (sides) != 2 || g_strv_length (place) != 2 || !parse_number (place[0], &row)
      || !parse_number (place[1], &column) || !parse_number (sides[1], &value) || row != floor (row)
      || column != floor (column) || row < 1 || row > height || column < 1 || column > width)
    return FALSE;

  int k = ((int)row - 1) * width + (int)column - 1;

  how->fixed[k] = TRUE;
  how->values[k] = value;
  return TRUE;
}

static gboolean
parse_fixed (EwLearnHow *how, const char *text, int height, int width, GError **error)
{
  g_auto (GStrv) taps = text == NULL ? NULL : g_strsplit_set (text, " ;", 0);

  if (text == NULL)
    return TRUE;
  how->fixed = g_new0 (gboolean, (size_t)height *(size_t)width);
  how->values = g_new0 (double, (size_t)height *(size_t)width);
  for (int i = 0; taps[i] != NULL; i++)
    if (taps[i][0] != '\0' && !parse_fixed_tap (how, taps[i], height, width))
      {
        g_set_error (error, EW_ERROR, EW_ERROR_USAGE,
                     "--fix %s: ROW,COLUMN=VALUE is needed, counted from 1 in a kernel of %d×%d, with a semicolon "
                     "between several, like 1,1=0;2,2=1.",
                     text, height, width);
        return FALSE;
      }
  how->solver.constraint.fixed = how->fixed;
  how->solver.constraint.values = how->values;
  return TRUE;
}

static gboolean
parse_ridge (EwLearnHow *how, const char *text, GError **error)
{
  if (text == NULL)
    return TRUE;
  if (strcmp (text, "auto") == 0)
    how->ridge = -1;
  else if (!parse_number (text, &how->ridge) || how->ridge < 0)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_USAGE,
                   "--ridge %s: a number of at least 0 is needed, relative to the image's energy, or auto.", text);
      return FALSE;
    }
  if (how->ridge < 0 && how->holdout == 0)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE,
                           "--ridge auto chooses by what was held out; --holdout 0.2 holds a fifth of the rows out.");
      return FALSE;
    }
  return TRUE;
}

/* The likelihood of a JPEG's steps is maximised from the least-squares kernel on, and knows nothing else. */
static gboolean
check_jpeg (const EwLearnHow *how, GError **error)
{
  if (!how->jpeg
      || (how->solver.optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES && !ew_constraint_is_any (&how->solver.constraint)
          && how->ridge == 0))
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE,
                       "--loss jpeg goes with --optimizer least-squares, without constraints and --ridge.");
  return FALSE;
}

static gboolean
check_numbers (const EwLearnWords *w, GError **error)
{
  return check_range ("holdout", w->holdout, 0x1p-1022, 1, "a number between 0 and 1", error)
         && check_range ("sparse", w->sparse, 0, INFINITY, "a number of at least 0", error)
         && check_range ("stop-gradient", w->stop_gradient, 0, INFINITY, "a number of at least 0", error)
         && check_range ("stop-change", w->stop_change, 0, INFINITY, "a number of at least 0", error)
         && check_range ("stop-time", w->stop_time, 0, INFINITY, "a number of at least 0", error);
}

gboolean
ew_learn_how_parse (EwLearnHow *how, const EwLearnWords *w, int height, int width, GError **error)
{
  EwRecipe *s = &how->solver;

  *how = (EwLearnHow){ .holdout = or_zero (w->holdout), .stop_time = or_zero (w->stop_time) };
  if (!parse_optimizer (s, w, error) || !parse_objective (how, w, error) || !check_numbers (w, error)
      || !parse_schedule (&s->schedule, w->schedule, error) || !parse_constraint (&s->constraint, w->constraint, error)
      || !parse_fixed (how, w->fix, height, width, error) || !parse_ridge (how, w->ridge, error))
    return FALSE;
  s->constraint.sparsity = or_zero (w->sparse);
  s->batch = w->batch;
  s->seed = (guint64)w->seed;
  s->stop_gradient = or_zero (w->stop_gradient);
  s->stop_change = or_zero (w->stop_change);
  how->plain = s->optimizer.kind == EW_OPTIMIZER_GD && s->schedule.kind == EW_SCHEDULE_CONSTANT
               && !ew_constraint_is_any (&s->constraint) && s->objective.penalty == EW_PENALTY_SQUARED
               && s->objective.activation == EW_ACTIVATION_NONE && s->batch == 0 && how->ridge == 0
               && s->stop_gradient == 0 && s->stop_change == 0 && how->stop_time == 0;
  return ew_recipe_check (s, height, width, error) && check_jpeg (how, error);
}

void
ew_learn_how_clear (EwLearnHow *how)
{
  g_clear_pointer (&how->fixed, g_free);
  g_clear_pointer (&how->values, g_free);
}
