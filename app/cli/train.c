/* Running a trainer for a number of epochs. */
#include "app/cli/train.h"

#include "app/cli/cli.h"

/* Epochs between two looks at what standard output makes of the lines. */
#define EPOCHS_A_CALL 256

gboolean
ew_cli_train (EwTrainer *trainer, gint64 epochs, EwEpochFunc func, gpointer data, GError **error)
{
  gint64 done = 0;

  while (done < epochs && ew_trainer_state (trainer) == EW_TRAINER_READY)
    {
      if (!ew_trainer_run (trainer, (int)MIN (epochs - done, EPOCHS_A_CALL), func, data, &ew_cli_interrupted, error)
          || !ew_cli_flush (error))
        return FALSE;
      done = (gint64)ew_trainer_epoch (trainer);
    }
  if (ew_trainer_state (trainer) == EW_TRAINER_CONVERGED)
    while (done < epochs && !atomic_load (&ew_cli_interrupted))
      func ((guint64)++done, ew_trainer_loss (trainer), ew_trainer_params (trainer), data);
  return ew_cli_flush (error);
}
