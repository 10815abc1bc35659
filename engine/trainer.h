/* EwTrainer: learning by any recipe, on whatever device, as a deterministic state machine that can do its epochs once more. No
 * threads, no clock. */
#pragma once

#include "engine/devices.h"
#include "engine/quadratic.h"
#include "engine/recipe.h"
#include "engine/regime.h"

G_BEGIN_DECLS

/* Why a trainer does not go on by itself. */
typedef enum
{
  EW_TRAINER_READY,
  EW_TRAINER_CONVERGED, /* the last epoch changed no weight */
  EW_TRAINER_DIVERGED,  /* the loss was not finite, or above 10¹² × max(first loss, c); the weights are the last ones
                           whose loss was neither, so that training can go on from them at a smaller rate */
  EW_TRAINER_SMALL_SLOPE,  /* the gradient's length is at most the recipe's stop_gradient */
  EW_TRAINER_SMALL_CHANGE, /* the loss changed by at most stop_change of itself */
} EwTrainerState;

/* How epochs are done: through the data, or on the Gram matrix, which costs about four such epochs to set up and then
 * the square of the number of weights an epoch, whatever the size of the data. Both are the same full-batch epochs. */
typedef enum
{
  EW_TRAINER_AUTO, /* the Gram matrix where it pays */
  EW_TRAINER_DIRECT,
  EW_TRAINER_GRAM, /* from the first epoch on, however small the data */
} EwTrainerMethod;

typedef struct _EwTrainer EwTrainer;

/* Called after each epoch, in order: its number (from 1), its loss before its update, the n_params weights after it. */
typedef void (*EwEpochFunc) (guint64 epoch, double loss, const double *params, gpointer data);

/* A trainer at epoch 0 with the weights and bias of @start, loaded on the device that @devices picks. @devices must
 * outlive it. Fails with EW_ERROR_GEOMETRY where @start has another size than the problem's kernel, or as a device
 * does. */
EwTrainer *ew_trainer_new (EwDevices *devices, EwProblem *problem, const EwKernel *start, EwLoss loss, double rate,
                           EwCancel *cancel, GError **error);

/* The same on @quadratic, the squared loss of @problem (ew_fit_quadratic), from the first epoch on; it must outlive the
 * trainer. No device loads the data, which may be elsewhere (ew_problem_new_of_sums): what is no quadratic goes through them on
 * the CPU, and fails with EW_ERROR_USAGE where they are not here. Method and device cannot be chosen. */
EwTrainer *ew_trainer_new_fitted (EwDevices *devices, EwProblem *problem, EwQuadratic *quadratic, const EwKernel *start,
                                  EwLoss loss, double rate, GError **error);
void ew_trainer_free (EwTrainer *trainer);

/* Runs up to @epochs epochs: w −= rate · ∇L(w), or as ew_trainer_set_recipe has it. Ends early, with TRUE, when the state
 * leaves READY. When the GPU fails the same epochs go on on the CPU from the last good weights. FALSE: EW_ERROR_CANCELLED (all epochs reported
 * to
 * @func are done and kept) or a failure of the CPU. */
gboolean ew_trainer_run (EwTrainer *trainer, int epochs, EwEpochFunc func, gpointer data, EwCancel *cancel,
                         GError **error);

/* Called whenever the next epochs depend on something new: weights that were set, or another rate, device or method. */
typedef void (*EwTrainerWatch) (gpointer data);
void ew_trainer_set_watch (EwTrainer *trainer, EwTrainerWatch watch, gpointer data);

/* How the next epochs are done. */
void ew_trainer_regime (const EwTrainer *trainer, EwRegime *regime);

/* All that the next epochs depend on beside the regime: the parameters first, which are all of it for plain descent, then
 * what the recipe has behind them (EwStepper). Its size in the present regime, and the largest in any. */
int ew_trainer_state_size (const EwTrainer *trainer);
int ew_trainer_state_max (const EwTrainer *trainer);
void ew_trainer_save (const EwTrainer *trainer, double *state);

/* Puts the trainer where it was after @epoch, whose loss was @loss; @recipe is that of the regime that @state was saved in.
 * The present recipe, the rate and all else stays: what another rule remembered is left out. State READY. */
void ew_trainer_restore (EwTrainer *trainer, guint64 epoch, double loss, int recipe, const double *state);

/**
 * EwReplay:
 * @regime: how the epochs were done
 * @epoch: in: epochs done before @state; out: after it
 * @epochs: how many to do
 * @state: in and out
 * @loss: out: of the last of them, before its update, in the trainer's kind
 * @exact: out: set to FALSE where what did them is not to be had any more, so that they may differ by rounding
 */
typedef struct
{
  EwRegime regime;
  guint64 epoch;
  int epochs;
  double *state;
  double loss;
  gboolean exact;
} EwReplay;

/* Does epochs that were done before once more, bit for bit, and tells @func (may be NULL) of each; the trainer itself
 * stays where it is. When the GPU fails the CPU takes over. FALSE: EW_ERROR_CANCELLED (what was told to @func is done and
 * stays) or a failure of the CPU. */
gboolean ew_trainer_replay (EwTrainer *trainer, EwReplay *replay, EwEpochFunc func, gpointer data, EwCancel *cancel,
                            GError **error);

/* Where plain descent is @epochs epochs after @state, in closed form: within some 1e-11 of the largest weight of what the
 * epochs themselves give. FALSE where that is not to be had without long work. */
gboolean ew_trainer_foresee (EwTrainer *trainer, const EwRegime *regime, double epochs, const double *state,
                             double *params, double *loss);

/* How it is learned, from the next epoch on, without a reset; plain descent at first. Kind of loss and rate are not taken
 * from it: the trainer has its own. A rule of another kind begins with nothing to remember. What is no quadratic is done
 * on the CPU. Ends a convergence or divergence. Errors as ew_recipe_check; all stays then. */
gboolean ew_trainer_set_recipe (EwTrainer *trainer, const EwRecipe *recipe, GError **error);
/* The present one, owned by the trainer. */
const EwRecipe *ew_trainer_recipe (const EwTrainer *trainer);

/* AUTO at first. GRAM where the device or this machine cannot do it fails at the next epoch. */
void ew_trainer_set_method (EwTrainer *trainer, EwTrainerMethod method);

/* An endless trainer goes on where no weight changes any more; CONVERGED is it only where there is nothing left to do: after
 * least squares or conjugate gradients. */
void ew_trainer_set_endless (EwTrainer *trainer, gboolean endless);

/* What the epochs are done with now: DIRECT, which also all is that is no quadratic, or GRAM. */
EwTrainerMethod ew_trainer_method (const EwTrainer *trainer);

/* Back to epoch 0 and the start values. */
void ew_trainer_reset (EwTrainer *trainer);

/* Replaces the weights (same size, or EW_ERROR_GEOMETRY). At epoch 0 they become the start values too. State READY. */
gboolean ew_trainer_set_kernel (EwTrainer *trainer, const EwKernel *kernel, GError **error);

/* The rate from the next epoch on; after a divergence training may go on from the last good weights. */
void ew_trainer_set_rate (EwTrainer *trainer, double rate);

/* Moves the problem to the device that the set picks now; weights and epoch stay. On failure the trainer stays as it
 * was. */
gboolean ew_trainer_move (EwTrainer *trainer, EwCancel *cancel, GError **error);

/* Frees what the device holds of the problem, where it holds anything that it can do without for a while; what comes next
 * brings it back. */
gboolean ew_trainer_can_rest (const EwTrainer *trainer);
void ew_trainer_rest (EwTrainer *trainer);

/* The largest rate at which the recipe is stable, see ew_recipe_rate_limit: for plain descent 1/λmax(G) for the sum and
 * N/λmax(G) for the mean; infinite where G is 0. λmax to about 1e-5, see rate-limit.h; goes over to the Gram matrix where that is
 * allowed, and to rounding of a trainer that came fitted. EW_ERROR_DATA where the data overflow. Computed once for each problem. */
gboolean ew_trainer_rate_limit (EwTrainer *trainer, double *limit, EwCancel *cancel, GError **error);

/* What the epochs are done on, owned by the trainer; NULL while they go through the data. */
const EwGram *ew_trainer_gram (const EwTrainer *trainer);

/* The least-squares optimum, n_params values owned by the trainer, and its loss; NULL while it is not known. It is known as
 * soon as there is a Gram matrix, or after ew_trainer_find_optimum, which does nothing where that is long work. */
const double *ew_trainer_optimum (const EwTrainer *trainer, double *loss);
void ew_trainer_find_optimum (EwTrainer *trainer, EwCancel *cancel);

EwTrainerState ew_trainer_state (const EwTrainer *trainer);
guint64 ew_trainer_epoch (const EwTrainer *trainer);
double ew_trainer_rate (const EwTrainer *trainer);
EwLoss ew_trainer_loss_kind (const EwTrainer *trainer);
/* The loss of the last epoch (before its update); NaN before the first. After a divergence: the loss that showed it. */
double ew_trainer_loss (const EwTrainer *trainer);
/* The present weights, n_params values, owned by the trainer. */
const double *ew_trainer_params (const EwTrainer *trainer);
/* The present weights as a kernel, transfer full; likewise any others, n_params values. */
EwKernel *ew_trainer_kernel (const EwTrainer *trainer);
EwKernel *ew_trainer_kernel_of (const EwTrainer *trainer, const double *params);
/* The weights at epoch 0, transfer full. */
EwKernel *ew_trainer_start (const EwTrainer *trainer);
/* The device in use, owned by the set; NULL where none has the data loaded. */
const EwDevice *ew_trainer_device (const EwTrainer *trainer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwTrainer, ew_trainer_free)

G_END_DECLS
