/* NVIDIA's transform library for the tests: transforms in float64 on the fake driver's streams, faults on demand. */
#pragma once

#include "gpu/cufft.h"

/* One transform of @batch tiles of n × n numbers, as cufftPlanMany lays them out. */
typedef struct
{
  int type;
  int n;
  int batch;
  float *from;
  float *to;
  size_t from_bytes;
  size_t to_bytes;
} FakeTransform;

/* Which call of the library fails, counted down from now: 1 is the next one, 0 none. */
extern int fake_cufft_fault;

/* Transforms are counted and timed, but not computed. */
extern gboolean fake_cufft_idle;

/* Transforms that have run, and plans that exist. */
extern int fake_cufft_transforms;
extern int fake_cufft_plans;

/* The backend finds the fake library. */
void fake_cufft_install (void);

/* Does it. */
void fake_transform_run (const FakeTransform *transform);

/* The fake driver's: asks for it on a stream. */
EwCudaStatus fake_driver_queue_transform (const FakeTransform *transform, EwCudaStream stream);
