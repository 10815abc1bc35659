/* The inside of EwTrainer. */
#pragma once

#include "engine/trainer.h"

struct _EwTrainer
{
  EwDevices *devices;
  EwProblem *problem;
  EwLoaded *loaded;
  EwKernel *start;
  EwLoss loss_kind;
  EwTrainerState state;
  double rate;
  double rate_limit; /* of the problem, NaN while not known */
  guint64 epoch;
  double loss; /* summed */
  double diverged_above;
  double *params;
  double *previous; /* the weights before the last epoch: the last whose loss is known to be good */
  gboolean has_previous;
  double *gradient;
  /* What a backend's descend gives back. */
  int descent_epochs;
  double *losses;
  double *trace;
};

/* A summed loss, or a number in proportion to one, as the trainer's kind of loss has it. */
static inline double
ew_trainer_as_kind (const EwTrainer *trainer, double summed)
{
  return trainer->loss_kind == EW_LOSS_MEAN ? summed / (double)trainer->problem->n_residuals : summed;
}
