/* EwRunner's recipe and what is held out. Internal to the loop. */
#pragma once

#include "engine/loop-runner.h"

G_BEGIN_DECLS

/* With the runner's task: the recipe it begins with (NULL: plain descent), and the problems for training and, NULL where none
 * is, for the held-out curve, to which references are taken. */
void ew_runner_init_recipe (EwRunner *runner, const EwRecipe *recipe, EwProblem *train, EwProblem *held);
void ew_runner_finish_recipe (EwRunner *runner);

/* The commands. */
void ew_runner_set_recipe (EwRunner *runner, const EwRecipe *recipe);
void ew_runner_choose_ridge (EwRunner *runner);

/* Whether the trainer does not have the recipe yet, or something that depends on the data is to be found out for it. */
gboolean ew_runner_wants_settling (const EwRunner *runner);

/* Finds that out and gives the trainer the recipe; the rate limit is known then. Errors as ew_trainer_rate_limit and
 * ew_fit_quadratic; after EW_ERROR_CANCELLED it is to be begun again. */
gboolean ew_runner_settle (EwRunner *runner, GError **error);

/* Whether the time to stop has come. */
gboolean ew_runner_is_over_time (const EwRunner *runner);

/* Fills the snapshot's members about it. */
void ew_runner_describe_recipe (EwRunner *runner, EwSnapshot *snapshot);

G_END_DECLS
