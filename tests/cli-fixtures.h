/* Running edgewise-cli in the scratch folder of files-fixtures.h. */
#pragma once

#include "tests/files-fixtures.h"

/* The folder that holds what most cases need: the golden pair x.csv, y.csv and its start values start.csv; a grid
 * x.npy (20 × 30) and a kernel k.npy (3 × 4). */
void cli_open (void);
void cli_close (void);

/* More environment for the next calls ("NAME=value"), or NULL for none. */
void cli_set_environment (const char *assignment);

/* What the last call printed, and how it ended; −1 for a signal. */
extern char *cli_out;
extern char *cli_err;
extern int cli_status;

/* Runs edgewise-cli with arguments that are split as a shell does, without a shell. */
void cli_run (const char *arguments);

/* The same, with edgewise-cli as $cli in a shell command. */
void cli_run_shell (const char *command);

/* Runs it and fails unless it did its work (0) without a word on standard error. */
void cli_works (const char *arguments);

/* Runs it and fails unless it ends with that status, an empty standard output, and one line on standard error that
 * begins "edgewise-cli: ", ends in a full stop and holds @text. */
void cli_refuses (const char *arguments, int status, const char *text);

/* Whether there is a device that is always full; where not, the case is skipped. */
gboolean cli_has_full_device (void);

/* Lines of what was printed. */
int count_lines (const char *text);

/* The cases, by area. */
void add_cli_bad_pairs_cases (void);
void add_cli_bench_cases (void);
void add_cli_corr2d_cases (void);
void add_cli_learn_cases (void);
void add_cli_methods_cases (void);
void add_cli_optimizers_cases (void);
void add_cli_pairs_cases (void);
void add_cli_race_cases (void);
void add_cli_refused_cases (void);
