/* What the tests of the experiment share: all of it as text, what holds whatever was done, and pictures to open. */
#pragma once

#include "app/experiment-geometry.h"
#include "tests/engine-fixtures.h"

/* All that an experiment holds, down to the last bit, as text (of planes a checksum): equal texts are equal
 * experiments. */
char *print (const EwExperiment *e);

/* It prints as before. */
void check_same (const EwExperiment *e, const char *before);

/* What holds whatever was done before. */
void check_fits (EwExperiment *e);

/* Ends an experiment that still fits together. */
void close_experiment (EwExperiment *e);

/* A picture of @planes planes of that size, all different. */
EwSource *picture (const char *name, int planes, int height, int width);

/* Steps that must do. */
void set_input (EwExperiment *e, int height, int width);
void set_size (EwExperiment *e, int height, int width);
void set_teacher (EwExperiment *e, const char *preset);

/* Likewise; returns what was said of it. */
char *set_target (EwExperiment *e, int height, int width);

/* Fails unless the target is refused with a sentence that holds @text, and nothing has changed. */
void check_target_refused (EwExperiment *e, EwSource *target, EwError code, const char *text);

/* The cases, by what they try. */
void add_experiment_targets_cases (void);
void add_experiment_kernels_cases (void);
void add_experiment_walk_cases (void);
