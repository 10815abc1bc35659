/* EwLearnHow: the options of edgewise-cli learn that say by which rule, loss and constraint, and when to stop. */
#pragma once

#include "app/cli/arguments.h"
#include "engine/recipe.h"

G_BEGIN_DECLS

/* What was given. Start from EW_LEARN_WORDS_INIT; numbers that were not given are NAN, texts NULL. */
typedef struct
{
  const char *optimizer;
  const char *loss;
  const char *activation;
  const char *constraint;
  const char *fix;
  const char *schedule;
  const char *ridge;
  double momentum;
  double huber_delta;
  double sparse;
  double holdout;
  double stop_gradient;
  double stop_change;
  double stop_time;
  gint64 batch;
  gint64 seed;
} EwLearnWords;

#define EW_LEARN_WORDS_INIT                                                                                            \
  {                                                                                                                    \
    .momentum = NAN, .huber_delta = NAN, .sparse = NAN, .holdout = NAN, .stop_gradient = NAN, .stop_change = NAN,      \
    .stop_time = NAN                                                                                                   \
  }

/* The entries of a table of arguments. */
#define EW_LEARN_HOW_ARGUMENTS(w)                                                                                      \
  { .name = "optimizer", .kind = EW_ARGUMENT_TEXT, .value = &(w)->optimizer },                                         \
      { .name = "momentum", .kind = EW_ARGUMENT_NUMBER, .value = &(w)->momentum },                                     \
      { .name = "loss", .kind = EW_ARGUMENT_TEXT, .value = &(w)->loss },                                               \
      { .name = "huber-delta", .kind = EW_ARGUMENT_NUMBER, .value = &(w)->huber_delta },                               \
      { .name = "activation", .kind = EW_ARGUMENT_TEXT, .value = &(w)->activation },                                   \
      { .name = "constraint", .kind = EW_ARGUMENT_TEXT, .value = &(w)->constraint },                                   \
      { .name = "fix", .kind = EW_ARGUMENT_TEXT, .value = &(w)->fix },                                                 \
      { .name = "sparse", .kind = EW_ARGUMENT_NUMBER, .value = &(w)->sparse },                                         \
      { .name = "schedule", .kind = EW_ARGUMENT_TEXT, .value = &(w)->schedule },                                       \
      { .name = "ridge", .kind = EW_ARGUMENT_TEXT, .value = &(w)->ridge },                                             \
      { .name = "holdout", .kind = EW_ARGUMENT_NUMBER, .value = &(w)->holdout },                                       \
      { .name = "batch", .kind = EW_ARGUMENT_WHOLE, .value = &(w)->batch, .low = 1, .high = G_MAXINT },                \
      { .name = "stop-gradient", .kind = EW_ARGUMENT_NUMBER, .value = &(w)->stop_gradient },                           \
      { .name = "stop-change", .kind = EW_ARGUMENT_NUMBER, .value = &(w)->stop_change },                               \
  {                                                                                                                    \
    .name = "stop-time", .kind = EW_ARGUMENT_NUMBER, .value = &(w)->stop_time                                          \
  }

/**
 * EwLearnHow:
 * @solver: all but the rate, and but @ridge and δ where they are automatic
 * @fixed, @values: what solver.constraint points to
 * @ridge: strength, relative to the image; 0: none, −1: chosen by held-out rows
 * @auto_delta: δ is 1.345 times the noise, as usual for Huber's loss; for the absolute value a thousandth of it
 * @jpeg: the target is a JPEG, and its steps are fitted to
 * @holdout: part of the rows that is held out; 0: none
 * @stop_time: seconds; 0: no limit
 * @plain: nothing was asked for beyond plain gradient descent on the squared loss, which may go through the data
 */
typedef struct
{
  EwRecipe solver;
  gboolean *fixed;
  double *values;
  double ridge;
  gboolean auto_delta;
  gboolean jpeg;
  double holdout;
  double stop_time;
  gboolean plain;
} EwLearnHow;

/* For a kernel of height × width. Fails with EW_ERROR_USAGE. */
gboolean ew_learn_how_parse (EwLearnHow *how, const EwLearnWords *words, int height, int width, GError **error);
void ew_learn_how_clear (EwLearnHow *how);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EwLearnHow, ew_learn_how_clear)

G_END_DECLS
