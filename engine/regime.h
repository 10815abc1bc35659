/* EwRegime: how epochs are done. Epochs from the same state in the same regime are the same, bit for bit. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EwRegime:
 * @step: what the gradient of the summed loss is multiplied with
 * @rate: what the rule is given; plain descent has @step
 * @recipe: the ordinal number of the trainer's recipe; it says what a state holds behind the parameters
 * @gram: 0: through the data; else the ordinal number of the Gram matrix that stands for them
 * @by_itself: the first epoch is done by itself, through evaluate, as after the weights were set
 * @device: the backend that goes through the data, NULL where none does; compared, never looked into
 */
typedef struct
{
  double step;
  double rate;
  int recipe;
  int gram;
  gboolean by_itself;
  const void *device;
} EwRegime;

static inline gboolean
ew_regime_equal (const EwRegime *a, const EwRegime *b)
{
  return a->step == b->step && a->rate == b->rate && a->recipe == b->recipe && a->gram == b->gram
         && a->by_itself == b->by_itself && a->device == b->device;
}

G_END_DECLS
