/* EwTrainer: gradient descent as a deterministic state machine. No threads, no clock. */
#pragma once

#include "engine/devices.h"
#include "engine/loss.h"

G_BEGIN_DECLS

/* Why a trainer does not go on by itself. */
typedef enum
{
  EW_TRAINER_READY,
  EW_TRAINER_CONVERGED, /* the last epoch changed no weight */
  EW_TRAINER_DIVERGED,  /* the loss was not finite, or above 10¹² × max(first loss, c); the weights are the last ones
                           whose loss was neither, so that training can go on from them at a smaller rate */
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
void ew_trainer_free (EwTrainer *trainer);

/* Runs up to @epochs full-batch epochs: w −= rate · ∇L(w). Ends early, with TRUE, when the state leaves READY. When the
 * GPU fails the same epochs go on on the CPU from the last good weights. FALSE: EW_ERROR_CANCELLED (all epochs reported
 * to
 * @func are done and kept) or a failure of the CPU. */
gboolean ew_trainer_run (EwTrainer *trainer, int epochs, EwEpochFunc func, gpointer data, EwCancel *cancel,
                         GError **error);

/* AUTO at first. GRAM where the device or this machine cannot do it fails at the next epoch. */
void ew_trainer_set_method (EwTrainer *trainer, EwTrainerMethod method);

/* An endless trainer goes on where no weight changes any more; its state is never CONVERGED. */
void ew_trainer_set_endless (EwTrainer *trainer, gboolean endless);

/* What the epochs are done with now: DIRECT or GRAM. */
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

/* The largest rate at which plain descent is stable, 1/λmax(G) for the sum and N/λmax(G) for the mean; infinite where G
 * is 0. λmax to about 1e-5, see rate-limit.h; goes over to the Gram matrix where that is allowed. EW_ERROR_DATA where
 * the data overflow. Computed once for each problem. */
gboolean ew_trainer_rate_limit (EwTrainer *trainer, double *limit, EwCancel *cancel, GError **error);

EwTrainerState ew_trainer_state (const EwTrainer *trainer);
guint64 ew_trainer_epoch (const EwTrainer *trainer);
double ew_trainer_rate (const EwTrainer *trainer);
EwLoss ew_trainer_loss_kind (const EwTrainer *trainer);
/* The loss of the last epoch (before its update); NaN before the first. After a divergence: the loss that showed it. */
double ew_trainer_loss (const EwTrainer *trainer);
/* The present weights, n_params values, owned by the trainer. */
const double *ew_trainer_params (const EwTrainer *trainer);
/* The present weights as a kernel, transfer full. */
EwKernel *ew_trainer_kernel (const EwTrainer *trainer);
/* The device in use; owned by the set. */
const EwDevice *ew_trainer_device (const EwTrainer *trainer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwTrainer, ew_trainer_free)

G_END_DECLS
