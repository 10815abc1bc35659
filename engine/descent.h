/* EwDescent: many epochs of plain gradient descent in one call, through the data or on their Gram matrix. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EwDescent:
 * @epochs: how many to run
 * @step: what the gradient of the summed loss is multiplied with: the rate, or rate/N for the mean loss
 * @diverged_above: a summed loss above this, or one that is not finite, ends the descent
 * @params: in: the weights to start from; out: the weights after the last epoch done (n_params)
 * @losses: out: summed loss of each epoch done, before that epoch's update (epochs values); may be NULL where it is
 *   done on a Gram matrix
 * @trace: out: the parameters after each epoch done (epochs × n_params); may be NULL
 * @done: out: epochs done
 * @diverged: out: the descent ended on its loss; that epoch is not done, but its loss is losses[done]
 *
 * Many epochs of plain gradient descent in one call: for each, L and ∇L at params, then params −= step · ∇L.
 */
typedef struct
{
  int epochs;
  double step;
  double diverged_above;
  double *params;
  double *losses;
  double *trace;
  int done;
  gboolean diverged;
} EwDescent;

G_END_DECLS
