/* What is said of schedules that come to a stand, and of the corner of Huber's loss. */
#include "ui/recipe-text.h"
#include "ui/state-text.h"

#include <math.h>
#include <string.h>

static void
check_period (EwScheduleKind kind, guint64 period, double factor, guint64 epochs, const char *text)
{
  EwRecipe recipe;
  g_autofree char *said = NULL;

  ew_recipe_init (&recipe, EW_OPTIMIZER_GD);
  recipe.schedule = (EwSchedule){ kind, period, factor };
  said = ew_recipe_text_period (&recipe, epochs);
  if ((strstr (said, "nothing moves") != NULL) != (text != NULL) || (text != NULL && strstr (said, text) == NULL))
    g_test_fail_printf ("of %d, %d, %g in %d epochs it is said: %s", kind, (int)period, factor, (int)epochs, said);
}

/* Where the rate is nothing before the run ends, that is said with the epoch; it is the one that the schedule itself has. */
static void
test_period (void)
{
  EwSchedule halves = { EW_SCHEDULE_STEP, 10, 0.5 };

  check_period (EW_SCHEDULE_COSINE, 100, 0, 0, "From epoch 100 on");
  check_period (EW_SCHEDULE_COSINE, 100, 0, 3000000, "From epoch 100 of the run’s 3000000");
  check_period (EW_SCHEDULE_COSINE, 100, 0, 100, NULL);
  check_period (EW_SCHEDULE_COSINE, 100, 0.1, 0, NULL);
  check_period (EW_SCHEDULE_STEP, 10, 0.5, 0, "From epoch 200 on");
  check_period (EW_SCHEDULE_STEP, 10, 0.5, 150, NULL);
  check_period (EW_SCHEDULE_STEP, 10, 1, 0, NULL);
  check_period (EW_SCHEDULE_STEP, 10, 0, 0, "From epoch 10 on");
  g_assert_cmpfloat (ew_schedule_rate (&halves, 1, 199), >, 1e-6);
  g_assert_cmpfloat (ew_schedule_rate (&halves, 1, 200), <=, 1e-6);
}

/* As long as the run. */
static void
test_usual (void)
{
  g_assert_cmpuint (ew_recipe_usual_period (EW_SCHEDULE_COSINE, 5000), ==, 5000);
  g_assert_cmpuint (ew_recipe_usual_period (EW_SCHEDULE_COSINE, 0), ==, 100);
  g_assert_cmpuint (ew_recipe_usual_period (EW_SCHEDULE_STEP, 5000), ==, 500);
  g_assert_cmpuint (ew_recipe_usual_period (EW_SCHEDULE_STEP, 3), ==, 1);
  g_assert_cmpuint (ew_recipe_usual_period (EW_SCHEDULE_CONSTANT, 5000), ==, 1);
}

static void
check_state (EwStopReason stop, EwScheduleKind kind, double factor, guint64 epoch, gboolean still)
{
  g_autoptr (EwSnapshot) s = ew_snapshot_new ();
  g_autofree char *said = NULL;

  s->state = stop == EW_STOP_NONE ? EW_RUN_RUNNING : EW_RUN_PAUSED;
  s->stop = stop;
  s->rate = 0.01;
  s->recipe.schedule = (EwSchedule){ kind, 100, factor };
  s->epoch = s->shown_epoch = s->asked_epoch = epoch;
  said = ew_state_describe (s);
  if ((strstr (said, "stands still") != NULL) != still)
    g_test_fail_printf ("in epoch %d it is said: %s", (int)epoch, said);
}

/* A run whose rate is 0 is not called one that has converged, nor one that learns. */
static void
test_state (void)
{
  check_state (EW_STOP_CONVERGED, EW_SCHEDULE_COSINE, 0, 101, TRUE);
  check_state (EW_STOP_CONVERGED, EW_SCHEDULE_COSINE, 0, 50, FALSE);
  check_state (EW_STOP_CONVERGED, EW_SCHEDULE_COSINE, 0.1, 101, FALSE);
  check_state (EW_STOP_CONVERGED, EW_SCHEDULE_CONSTANT, 1, 101, FALSE);
  check_state (EW_STOP_NONE, EW_SCHEDULE_COSINE, 0, 101, TRUE);
  check_state (EW_STOP_NONE, EW_SCHEDULE_STEP, 0.5, 2100, TRUE);
  check_state (EW_STOP_NONE, EW_SCHEDULE_COSINE, 0, 50, FALSE);
}

/* δ is that of the usual formula, and said with where it comes from. */
static void
test_noise (void)
{
  EwRecipe recipe;
  g_autofree char *said = NULL;

  ew_recipe_init (&recipe, EW_OPTIMIZER_GD);
  g_assert_null (ew_recipe_text_noise (&recipe, 0.1));
  recipe.objective.penalty = EW_PENALTY_HUBER;
  g_assert_null (ew_recipe_text_noise (&recipe, NAN));
  g_assert_null (ew_recipe_text_noise (&recipe, 0));
  said = ew_recipe_text_noise (&recipe, 0.2);
  g_assert_nonnull (strstr (said, "0.269"));
  g_assert_nonnull (strstr (said, "1.4826"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/recipe-text/period", test_period);
  g_test_add_func ("/recipe-text/usual", test_usual);
  g_test_add_func ("/recipe-text/state", test_state);
  g_test_add_func ("/recipe-text/noise", test_noise);
  return g_test_run ();
}
