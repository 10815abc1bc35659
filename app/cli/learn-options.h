/* EwLearnOptions: the command line of edgewise-cli learn. */
#pragma once

#include "app/cli/channels.h"
#include "app/cli/learn-how.h"
#include "engine/trainer.h"

G_BEGIN_DECLS

/**
 * EwLearnOptions:
 * @rate: > 0; 0: automatic
 * @init_file: start values from a file or preset; NULL: drawn as @init says
 * @pairs: a folder or a list of pairs, instead of @input and @target; else NULL
 * @how: the rule, loss and constraint
 * @output: where the kernel goes; NULL: nowhere. @history, @report, @device: NULL where not given
 *
 * Texts point into the arguments.
 */
typedef struct
{
  const char *input;
  const char *target;
  const char *pairs;
  EwChannels channels;
  const char *output;
  const char *history;
  const char *report;
  const char *device;
  const char *init_file;
  EwInit init;
  EwLearnHow how;
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
  gboolean examine;
  gboolean correct;
} EwLearnOptions;

/* Fails with EW_ERROR_USAGE. */
gboolean ew_learn_options_parse (EwLearnOptions *options, char *const *arguments, GError **error);
void ew_learn_options_clear (EwLearnOptions *options);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EwLearnOptions, ew_learn_options_clear)

G_END_DECLS
