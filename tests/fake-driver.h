/* An NVIDIA driver for the tests: device memory from malloc, kernels run on the CPU, faults on demand. */
#pragma once

#include "gpu/driver.h"

#include <stdatomic.h>

/* What the statuses are called that the tests make up. */
enum
{
  FAKE_INVALID_VALUE = 1,
  FAKE_INVALID_CONTEXT = 201,
  FAKE_ILLEGAL_ADDRESS = 700,
  FAKE_LAUNCH_FAILED = 719,
};

/**
 * FakeDriverFault:
 * @function: the call that fails, by its member's name in EwCudaDriver; NULL: any (but for error_name, error_text)
 * @nth: which of those calls, from 1; 0: none
 * @status: what it gives
 * @late: the call itself succeeds; the stream reports the fault when it is waited for, as kernels do
 * @sticky: every call that follows fails too, until the context is gone
 * @lost: every call that follows fails too, for ever
 */
typedef struct
{
  const char *function;
  int nth;
  EwCudaStatus status;
  gboolean late;
  gboolean sticky;
  gboolean lost;
} FakeDriverFault;

/* What runs the kernels: by name, with @arguments as for cuLaunchKernel; FALSE where it cannot. */
typedef gboolean (*FakeKernels) (const char *kernel, unsigned grid, unsigned threads, unsigned shared_bytes,
                                 void **arguments);

/* Milliseconds that a launch takes on the device's clock; transforms are called "transform", with @grid tiles, and
 * making their plan "plan". */
typedef double (*FakeTimes) (const char *kernel, unsigned grid, void **arguments);

typedef struct
{
  /* For the test to set. */
  FakeKernels kernels;
  FakeTimes times; /* NULL: from any event to any other it is 1 ms */
  int n_devices;
  size_t memory; /* bytes that the device has */
  int multiprocessors;
  FakeDriverFault fault;
  atomic_int *cancel; /* is set at the wait number cancel_at, from 1 */
  int cancel_at;
  /* Written by the fake. */
  gboolean fired;
  int calls;    /* all in all */
  int launches; /* that have run, those of graphs too */
  int runs;     /* launches of graphs */
  int waits;
} FakeDriver;

extern FakeDriver fake_driver;

/* One device of 16 multiprocessors with 1 GB, no faults, kernels as plain loops; forgets what was allocated. Makes the
 * backend use the fake, and believe that this build has kernels; it measures nothing by itself. */
void fake_driver_install (void);

/* The driver is too old for graphs. */
void fake_driver_without_graphs (void);

/* Back to the real driver. */
void fake_driver_remove (void);

/* Fails the test unless everything that was made (contexts, modules, streams, memory) was given back, or at least
 * tried to be, and no byte beside a block of memory was written. */
void fake_driver_assert_clean (void);

/* Bytes of device memory that are in use. */
size_t fake_driver_memory_used (void);

/* TRUE while memory, modules, streams or contexts exist. */
gboolean fake_driver_in_use (void);
