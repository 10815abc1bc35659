/* What is remembered of how it is learned: all of it comes back, and nothing that is no sense. */
#include "app/recipe-store.h"

#include <math.h>

static void
fill (EwSettings *s)
{
  ew_recipe_store_defaults (s);
  s->recipe.optimizer.kind = EW_OPTIMIZER_ADAM;
  s->recipe.optimizer.momentum = 0.8;
  s->recipe.optimizer.smoothing = 0.7;
  s->recipe.optimizer.beta1 = 0.6;
  s->recipe.optimizer.beta2 = 0.5;
  s->recipe.schedule = (EwSchedule){ EW_SCHEDULE_STEP, 12345678901, 0.25 };
  s->recipe.objective = (EwObjective){ EW_PENALTY_HUBER, 0.125, EW_ACTIVATION_RELU };
  s->recipe.batch = 64;
  s->recipe.seed = 99;
  s->recipe.ridge = 0.5;
  s->recipe.constraint.flags = EW_CONSTRAINT_SUM_ONE | EW_CONSTRAINT_SEPARABLE;
  s->recipe.constraint.sparsity = 3;
  s->recipe.stop_gradient = 1e-7;
  s->recipe.stop_change = 1e-8;
  s->recipe.stop_seconds = 60;
  s->loss = EW_LOSS_MEAN;
  s->rate = 0.01;
  s->holdout = 0.2;
}

static void
check_equal (const EwSettings *a, const EwSettings *b)
{
  g_assert_true (ew_recipe_equal (&a->recipe, &b->recipe, 0));
  g_assert_cmpint (a->loss, ==, b->loss);
  g_assert_cmpfloat (a->rate, ==, b->rate);
  g_assert_cmpfloat (a->holdout, ==, b->holdout);
}

static void
test_round_trip (void)
{
  EwSettings wished = { 0 }, back;
  g_autoptr (GVariant) stored = NULL;
  g_autoptr (GVariant) nothing = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));

  fill (&wished);
  stored = g_variant_ref_sink (ew_recipe_store_write (&wished));
  g_assert_true (ew_recipe_store_read (stored, &back));
  check_equal (&back, &wished);
  g_assert_false (ew_recipe_store_read (nothing, &back));
  ew_recipe_store_defaults (&wished);
  check_equal (&back, &wished);
}

/* A change of one part leaves all others as they were remembered, though other ones are in use. */
static void
test_merge (void)
{
  EwSettings wished = { 0 }, before = { 0 }, now, back;
  g_autoptr (GVariant) stored = NULL;
  g_autoptr (GVariant) merged = NULL;

  fill (&wished);
  stored = g_variant_ref_sink (ew_recipe_store_write (&wished));
  ew_recipe_store_defaults (&before);
  now = before;
  now.recipe.ridge = 2;
  merged = g_variant_ref_sink (ew_recipe_store_merge (stored, &before, &now));
  g_assert_true (ew_recipe_store_read (merged, &back));
  wished.recipe.ridge = 2;
  check_equal (&back, &wished);
}

/* Beyond its range, of another type, no whole number: each has its default. */
static void
test_nonsense (void)
{
  EwSettings back, defaults;
  GVariantDict dict;
  g_autoptr (GVariant) stored = NULL;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "optimizer", "d", 99.0);
  g_variant_dict_insert (&dict, "schedule", "d", 0.5);
  g_variant_dict_insert (&dict, "period", "d", 0.0);
  g_variant_dict_insert (&dict, "rate", "d", -1.0);
  g_variant_dict_insert (&dict, "delta", "d", (double)NAN);
  g_variant_dict_insert (&dict, "ridge", "s", "much");
  g_variant_dict_insert (&dict, "held-out", "d", 1.5);
  g_variant_dict_insert (&dict, "unheard-of", "d", 1.0);
  stored = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_assert_false (ew_recipe_store_read (stored, &back));
  ew_recipe_store_defaults (&defaults);
  check_equal (&back, &defaults);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/recipe-store/round-trip", test_round_trip);
  g_test_add_func ("/recipe-store/merge", test_merge);
  g_test_add_func ("/recipe-store/nonsense", test_nonsense);
  return g_test_run ();
}
