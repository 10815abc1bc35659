/* What the tests of the trainer share: devices, a problem that is not solved exactly, runs and their record. */
#pragma once

#include "engine/trainer.h"
#include "tests/engine-fixtures.h"
#include "tests/fake-backend.h"

/* The CPU alone. */
EwDevices *cpu_devices (void);

/* The CPU and a fake, which is asked for by name. */
EwDevices *fake_devices (const EwBackend *fake);

/* What the devices say from now on; and the one with that number, or none. */
GPtrArray *sentences_of (EwDevices *devices);
const char *sentence (GPtrArray *sentences, guint i);

/* A teacher's kernel and noise around it: something that descent gets close to and never reaches. */
EwProblem *noisy_problem (guint64 seed, int height, int width, int kh, int kw, gboolean has_bias);

/* Epochs through the data, which are what devices fail in; tests/test-trainer-gram.c is about the other way. */
EwTrainer *new_trainer (EwDevices *devices, EwProblem *problem, EwLoss loss, double rate);

/* What a run has reported: epochs, losses and weights, as bytes. */
void record (guint64 epoch, double loss, const double *params, gpointer data);
void assert_same_bytes (const GByteArray *a, const GByteArray *b);

/* So many epochs, without an error. */
void run (EwTrainer *trainer, int epochs, EwEpochFunc func, gpointer data);

/* The header promises about 1e-5. */
#define LIMIT_ACCURACY 1e-5

/* A run without any failure, on the CPU. */
GByteArray *undisturbed (EwProblem *problem, double rate, int epochs, double *limit);

/* The cases, by what they try. */
void add_trainer_limit_cases (void);
void add_trainer_devices_cases (void);
