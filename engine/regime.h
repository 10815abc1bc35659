/* EwRegime: how epochs are done. Epochs from the same state in the same regime are the same, bit for bit. */
#pragma once

#include "engine/optimizer.h"

G_BEGIN_DECLS

/**
 * EwRegime:
 * @step: what the gradient of the summed loss is multiplied with
 * @rate: what the rule is given; plain descent has @step
 * @rule: how the weights follow the gradient
 * @gram: 0: through the data; else the ordinal number of the Gram matrix that stands for them
 * @by_itself: the first epoch is done by itself, through evaluate, as after the weights were set
 * @device: the backend that goes through the data; compared, never looked into
 */
typedef struct
{
  double step;
  double rate;
  EwOptimizer rule;
  int gram;
  gboolean by_itself;
  const void *device;
} EwRegime;

static inline gboolean
ew_regime_equal (const EwRegime *a, const EwRegime *b)
{
  const EwOptimizer *r = &a->rule, *s = &b->rule;

  return a->step == b->step && a->rate == b->rate && r->kind == s->kind && r->momentum == s->momentum
         && r->smoothing == s->smoothing && r->beta1 == s->beta1 && r->beta2 == s->beta2 && r->epsilon == s->epsilon
         && a->gram == b->gram && a->by_itself == b->by_itself && a->device == b->device;
}

G_END_DECLS
