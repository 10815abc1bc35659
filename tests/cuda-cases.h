/* The tests of the CUDA backend on a driver made up for them, which test-cuda.c runs: what each of their files holds,
 * and what they share. */
#pragma once

#include "engine/backend.h"
#include "tests/cuda-checks.h"
#include "tests/fake-driver.h"

/* What a case computes, and by what launches. */
typedef struct
{
  CudaCheck check;
  FakeKernels kernels;
} Computes;

/* The ways in which a call can fail: by itself, for as long as the context lives, for ever, or later. */
#define CUDA_FAULTS 4

/* Budgets: the device's own, one that cuts problems of this size into some pieces, one that cuts them as far as
 * possible. */
#define CUDA_BUDGETS 3
extern const double cuda_budgets[CUDA_BUDGETS];

/* The fake driver with a device on it, and both away again: nothing may be left. */
EwDevice *open_fake (void);
void close_fake (EwDevice *device);

/* The call number @nth fails in way @i. */
void set_fault (int i, int nth);

/* cuda-computes.c */
void test_computes (gconstpointer data);
void test_large (void);
void test_divergence (gconstpointer data);
void test_plan (void);
void test_ways (void);
void test_round_trips (void);
void test_graph_refused (void);

/* cuda-costs.c */
void test_costs_choice (void);
void test_costs_unasked (void);
void test_costs_kept (void);
void test_costs_late_library (void);
void test_costs_bad_files (void);
void test_costs_unwritable (void);
void test_costs_faults (void);
void test_costs_no_memory (void);
void test_costs_cancel (void);

/* cuda-transforms.c */
void check_fft_output (const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, const EwGrid *y);
EwGrid *correlate_by (EwDevice *device, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry,
                      EwMethod method);
void test_fft (gconstpointer data);
void test_fft_choice (void);
void test_no_cufft (void);
void test_methods (void);

/* cuda-streaming.c */
void test_gram_refused (void);
void test_memory (void);
void test_memory_budget (void);
void test_streamed (void);
void test_pieces (void);
void test_correlate_banded (void);
void test_rest (void);

/* cuda-faults.c */
void test_threads (void);
void test_cancel (void);
void test_faults (void);
void test_faults_noticed (void);

/* cuda-training.c */
void check_golden (void);
void test_golden (gconstpointer data);
void test_trainer_faults (gconstpointer data);
void test_mid_descent (void);
void test_trainer_gram (void);
void test_fit (void);
void test_five_failures (void);
