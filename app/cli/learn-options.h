/* EwLearnOptions: the command line of edgewise-cli learn. */
#pragma once

#include "engine/trainer.h"

G_BEGIN_DECLS

/**
 * EwLearnOptions:
 * @rate: > 0; 0: automatic
 * @init_file: start values from a file or preset; NULL: drawn as @init says
 * @output: where the kernel goes; NULL: nowhere. @history, @device: NULL where not given
 *
 * Texts point into the arguments.
 */
typedef struct
{
  const char *input;
  const char *target;
  const char *output;
  const char *history;
  const char *device;
  const char *init_file;
  EwInit init;
  EwLoss loss;
  EwTrainerMethod method;
  EwGeometry geometry;
  int kernel_height;
  int kernel_width;
  gint64 epochs;
  gint64 log_every;
  gint64 seed;
  gint64 threads;
  double rate;
  gboolean has_bias;
  gboolean json;
} EwLearnOptions;

/* Fails with EW_ERROR_USAGE, or with EW_ERROR_UNSUPPORTED for what is not part of this version. */
gboolean ew_learn_options_parse (EwLearnOptions *options, char *const *arguments, GError **error);

G_END_DECLS
