/* EwLearnSource: where edgewise-cli learn takes its pairs from: two files, or a folder or list of pairs. */
#pragma once

#include "app/cli/learn-options.h"
#include "app/files/pair-names.h"
#include "app/files/picture.h"
#include "engine/finding.h"

G_BEGIN_DECLS

/**
 * EwLearnSource:
 * @options: what was asked for
 * @names: the pairs
 * @channel: 0 … 2 where each channel has a kernel of its own; −1: all that there are
 * @devices: for the examination's threads only
 * @geometry, @has_bias: as asked for, or as the first pair's corrections have it
 * @findings: of the first pair's examination, or NULL
 * @seen: n: whether a pair was read before; what is to be said of it then was said
 * @read_seconds, @examine_seconds: what it took so far
 */
typedef struct
{
  const EwLearnOptions *options;
  const EwPairNames *names;
  int channel;
  EwGeometry geometry;
  gboolean has_bias;
  EwFindings *findings;
  gboolean *seen;
  double read_seconds;
  double examine_seconds;
} EwLearnSource;

/* The pairs that the options name, transfer full; what has no partner is said. Errors name the folder or list. */
EwPairNames *ew_learn_source_names (const EwLearnOptions *options, GError **error);

void ew_learn_source_init (EwLearnSource *source, const EwLearnOptions *options, const EwPairNames *names, int channel);
void ew_learn_source_clear (EwLearnSource *source);

/* Reads pair @number, examines and corrects it where that was asked for, and holds rows out: an EwPairFetch with the source
 * as its data. Errors name the file. */
gboolean ew_learn_source_fetch (int number, gpointer source, EwProblem **problem, EwProblem **held, GError **error);

/* All pairs in memory as samples of one problem, and what is held out of them as another or NULL; transfer full. */
gboolean ew_learn_source_fetch_all (EwLearnSource *source, EwProblem **problem, EwProblem **held, GError **error);

/* With --examine says what is found in the @n planes of pair @number, which come from @before and @after and of which
 * pairs[@shown] is looked at, the first time it is read; with --correct mends what can be mended without another kernel size,
 * one thing after another, in all planes alike. Errors as ew_examine and ew_correction_apply. */
gboolean ew_learn_source_examine (EwLearnSource *source, int number, EwPair *pairs, int n, int shown,
                                  const EwPicture *before, const EwPicture *after, GError **error);

/* What sentences on pair @number begin with, transfer full: "NAME", "NAME, red", "red", or NULL for a single pair. */
char *ew_learn_source_title (const EwLearnSource *source, int number);

/* Seconds since @start, a g_get_monotonic_time. */
double ew_learn_seconds (gint64 start);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EwLearnSource, ew_learn_source_clear)

G_END_DECLS
