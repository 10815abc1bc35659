/* EwRaceStanding: counting references, and what is said of it. */
#include "engine/race-standing.h"

#include <math.h>

EwRaceStanding *
ew_race_standing_new (void)
{
  EwRaceStanding *standing = g_new0 (EwRaceStanding, 1);

  ew_refs_init (&standing->refs);
  standing->start_loss = standing->optimum_loss = NAN;
  return standing;
}

EwRaceStanding *
ew_race_standing_ref (EwRaceStanding *standing)
{
  ew_refs_acquire (&standing->refs);
  return standing;
}

void
ew_race_standing_unref (EwRaceStanding *standing)
{
  if (standing == NULL || !ew_refs_release (&standing->refs))
    return;
  for (int k = 0; k < standing->n; k++)
    {
      ew_curves_unref (standing->racers[k].curves);
      g_free (standing->racers[k].path);
    }
  ew_surface_map_unref (standing->map);
  g_free (standing->trouble);
  g_free (standing);
}

const char *
ew_race_title (EwOptimizerKind kind)
{
  static const char *const titles[EW_OPTIMIZER_N_KINDS]
      = { "Gradient descent", "Momentum", "Nesterov", "RMSProp", "Adam", "Conjugate gradients", "Least squares" };

  return titles[kind];
}

const char *
ew_race_goal_title (EwRaceGoal goal)
{
  static const char *const titles[EW_RACE_N_GOALS]
      = { "90 % of the way", "99 % of the way", "99.99 % of the way", "the optimum + 1 %" };

  return titles[goal];
}

double
ew_race_goal_loss (double start_loss, double optimum_loss, EwRaceGoal goal)
{
  static const double left[EW_RACE_OPTIMUM] = { 0.1, 0.01, 1e-4 };

  return goal == EW_RACE_OPTIMUM ? 1.01 * optimum_loss : optimum_loss + left[goal] * (start_loss - optimum_loss);
}

int
ew_race_winner (const EwRaceStanding *s, EwRaceGoal goal)
{
  int first = -1;

  for (int k = 0; k < s->n; k++)
    {
      gint64 reached = s->racers[k].reached[goal];

      if (reached >= 0
          && (first < 0 || reached < s->racers[first].reached[goal]
              || (reached == s->racers[first].reached[goal] && s->racers[k].loss < s->racers[first].loss)))
        first = k;
    }
  return first;
}

/* The next one after the winner; −1: nobody. */
static int
second (const EwRaceStanding *s, EwRaceGoal goal, int winner)
{
  EwRaceStanding others = *s;

  others.racers[winner].reached[goal] = -1;
  return ew_race_winner (&others, goal);
}

static int
leader (const EwRaceStanding *s)
{
  int first = -1;

  for (int k = 0; k < s->n; k++)
    if (s->racers[k].state != EW_RACER_DIVERGED && (first < 0 || s->racers[k].loss < s->racers[first].loss))
      first = k;
  return first;
}

static char *
epochs (gint64 n)
{
  return g_strdup_printf (n == 1 ? "%" G_GINT64_FORMAT " epoch" : "%" G_GINT64_FORMAT " epochs", n);
}

static char *
leading_sentence (const EwRaceStanding *s, EwRaceGoal goal)
{
  g_autofree char *done = epochs ((gint64)s->epoch);
  char loss[G_ASCII_DTOSTR_BUF_SIZE];
  int first = leader (s);

  if (first < 0)
    return g_strdup ("All have diverged; smaller rates would do.");
  g_ascii_formatd (loss, sizeof loss, "%.4g", s->racers[first].loss);
  return g_strdup_printf ("Nobody has reached %s after %s; %s is ahead with a loss of %s.", ew_race_goal_title (goal),
                          done, ew_race_title (s->racers[first].kind), loss);
}

char *
ew_race_sentence (const EwRaceStanding *s, EwRaceGoal goal)
{
  int first = ew_race_winner (s, goal);
  g_autofree char *first_epochs = NULL;
  g_autofree char *next_epochs = NULL;
  const char *title;
  int next;

  if (s->trouble != NULL)
    return g_strdup (s->trouble);
  if (s->epoch == 0)
    return g_strdup ("All stand at the start.");
  if (first < 0)
    return leading_sentence (s, goal);
  title = ew_race_title (s->racers[first].kind);
  first_epochs = epochs (s->racers[first].reached[goal]);
  next = second (s, goal, first);
  if (next < 0)
    {
      next_epochs = epochs ((gint64)s->epoch);
      return g_strdup_printf (s->n == 1 ? "%s reached %s after %s."
                                        : "%s wins: %s after %s; nobody else is there after %s.",
                              title, ew_race_goal_title (goal), first_epochs, next_epochs);
    }
  next_epochs = epochs (s->racers[next].reached[goal]);
  if (s->racers[next].reached[goal] == s->racers[first].reached[goal])
    return g_strdup_printf ("%s and %s are level: %s after %s.", title, ew_race_title (s->racers[next].kind),
                            ew_race_goal_title (goal), first_epochs);
  return g_strdup_printf ("%s wins: %s after %s; next is %s after %s.", title, ew_race_goal_title (goal), first_epochs,
                          ew_race_title (s->racers[next].kind), next_epochs);
}

static void
add_number (GString *csv, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (csv, ',');
  if (isfinite (value))
    g_string_append (csv, g_ascii_formatd (text, sizeof text, "%.17g", value));
}

char *
ew_race_csv (const EwRaceStanding *s)
{
  static const char *const states[] = { "running", "arrived", "diverged" };
  GString *csv = g_string_new ("optimizer,rate,state,epochs,loss,to_90,to_99,to_99.99,to_optimum_1\n");

  for (int k = 0; k < s->n; k++)
    {
      const EwRacer *r = &s->racers[k];

      g_string_append (csv, ew_optimizer_name (r->kind));
      add_number (csv, r->rate > 0 ? r->rate : NAN);
      g_string_append_printf (csv, ",%s,%" G_GUINT64_FORMAT, states[r->state], r->epoch);
      add_number (csv, r->loss);
      for (int goal = 0; goal < EW_RACE_N_GOALS; goal++)
        add_number (csv, r->reached[goal] >= 0 ? (double)r->reached[goal] : NAN);
      g_string_append_c (csv, '\n');
    }
  return g_string_free (csv, FALSE);
}
