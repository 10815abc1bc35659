/* The inside of EwTrainer. */
#pragma once

#include "engine/stepper.h"
#include "engine/trainer.h"

/* What the Gram matrix costs to set up, in epochs through the data; by then it is known that there are to be more. */
#define EW_TRAINER_SET_UP_EPOCHS 3

struct _EwTrainer
{
  EwDevices *devices;
  EwProblem *problem;
  EwLoaded *loaded; /* NULL of a trainer that came fitted */
  EwKernel *start;
  EwLoss loss_kind;
  EwTrainerState state;
  double rate;
  double rate_limit; /* of the problem, NaN while not known */
  guint64 epoch;
  double loss; /* summed */
  double diverged_above;
  double *params; /* the state: what the recipe has is behind them */
  double *previous; /* the weights before the last epoch: the last whose loss is known to be good */
  gboolean has_previous;
  double *gradient;
  GPtrArray *recipes;   /* EwRecipe, all that there were; a regime's number is one's place */
  int recipe_number;    /* the present one's */
  EwRecipe *recipe;     /* the present one, stop rules and all */
  gboolean plain;       /* it is plain descent */
  double first_slope;   /* the gradient's length in the first epoch by it; NaN: before that */
  double last_loss;     /* summed, of the last epoch where the next one's can be held against it; else NaN */
  double *after;        /* the state to be */
  EwProblem *unpadded;  /* for what is no quadratic; NULL until then */
  EwQuadratic *fitted;  /* for least squares where there is no Gram matrix; NULL until then */
  EwTrainerMethod method;
  gboolean endless;
  EwQuadratic *quadratic; /* NULL while epochs go through the data; somebody else's where there is nothing loaded */
  gboolean gram_refused;
  int n_grams; /* set up so far */
  double *optimum; /* NULL: not known */
  double optimum_loss; /* summed */
  int direct_epochs; /* since the start; stops counting when the Gram matrix pays */
  /* What a backend's descend gives back. */
  int descent_epochs;
  double *losses;
  double *trace;
  EwTrainerWatch watch;
  gpointer watch_data;
};

/* A summed loss, or a number in proportion to one, as the trainer's kind of loss has it. */
static inline double
ew_trainer_as_kind (const EwTrainer *trainer, double summed)
{
  return trainer->loss_kind == EW_LOSS_MEAN ? summed / (double)trainer->problem->n_residuals : summed;
}

/* Tells that the next epochs depend on something new. */
static inline void
ew_trainer_changed (const EwTrainer *trainer)
{
  if (trainer->watch != NULL)
    trainer->watch (trainer->watch_data);
}

/* Summed loss and gradient at @params, on @quadratic or where that is NULL through the data. */
gboolean ew_trainer_evaluate (EwTrainer *trainer, EwQuadratic *quadratic, const double *params, double *loss,
                              double *gradient, EwCancel *cancel, GError **error);

/* Does the epoch after @epoch of a recipe that is not plain on @state, on @quadratic or where that is NULL through the data;
 * FALSE: @state is of no use any more. *@diverged_above as EwStepper's. */
gboolean ew_trainer_step (EwTrainer *trainer, EwQuadratic *quadratic, const EwRegime *regime, guint64 epoch,
                          double *state, double *diverged_above, EwStepped *stepped, EwCancel *cancel, GError **error);

/* The recipe of a regime. */
const EwRecipe *ew_trainer_recipe_of (const EwTrainer *trainer, int number);

/* Behind the parameters nothing is remembered any more. */
void ew_trainer_forget (EwTrainer *trainer);

/* After a failure of the GPU, @cause (transfer full): the CPU takes over, weights and epoch as they are. FALSE where that is
 * not possible, with an error. */
gboolean ew_trainer_fall_back (EwTrainer *trainer, GError *cause, EwCancel *cancel, GError **error);

/* Goes over to the Gram matrix where that is wanted and possible; @now: without waiting until it pays. TRUE also where
 * it is not. Errors as EwBackend.gram: a failure of the GPU, or EW_ERROR_CANCELLED. */
gboolean ew_trainer_consider_gram (EwTrainer *trainer, gboolean now, EwCancel *cancel, GError **error);
