/* What the files of the fake driver share. */
#pragma once

#include "tests/fake-cufft.h"
#include "tests/fake-driver.h"

typedef enum
{
  FAKE_MEMORY,
  FAKE_MODULE,
  FAKE_STREAM,
  FAKE_EVENT,
  FAKE_GRAPH,
  FAKE_RUN,
  FAKE_HOST,
} FakeKind;

/* Something that was made, until it is given back. */
typedef struct _FakeObject FakeObject;

struct _FakeObject
{
  FakeKind kind;
  unsigned char *bytes; /* of memory, behind a guard; else one byte, whose address is the handle */
  size_t size;
  gboolean tried;  /* to be given back, but that failed */
  GArray *ops;     /* of a stream, a graph and its run */
  guint next;      /* of a stream: the first op that is not done */
  GArray *capture; /* of a stream: what is being recorded */
  int recorded;    /* of an event: how often, … */
  FakeObject *on;  /* … on which stream last, … */
  int happened;    /* … how often that has been reached, … */
  double at;       /* … and when, by the device's clock */
  gboolean timed;
};

/* Work that was asked for on a stream. */
typedef struct
{
  enum
  {
    FAKE_OP_COPY,
    FAKE_OP_COPY_ROWS,
    FAKE_OP_SET,
    FAKE_OP_LAUNCH,
    FAKE_OP_RECORD,
    FAKE_OP_WAIT,
    FAKE_OP_TRANSFORM
  } kind;
  void *to;
  const void *from;
  size_t bytes;
  EwCudaCopy rows;
  int value;
  const char *kernel;
  unsigned grid, threads, shared_bytes;
  GBytes *arguments; /* one after the other, at multiples of 8 */
  FakeObject *event;
  int ticket; /* which of the event's recordings */
  FakeTransform transform;
} FakeOp;

/**
 * FakeState:
 * @poison: what every call gives
 * @pending: what a stream gives when it is waited for
 * @clock: milliseconds that the device has worked, where the test says how long what takes
 */
typedef struct
{
  GPtrArray *objects;
  int context_references;
  gboolean context_release_tried;
  size_t memory_used;
  EwCudaStatus poison;
  EwCudaStatus pending;
  double clock;
  char context; /* its address is the context's handle */
} FakeState;

extern FakeState fake_state;
extern _Thread_local EwCudaContext fake_current;

#define FAKE_CONTEXT ((EwCudaContext)(void *)&fake_state.context)

/* Objects. Memory is filled with what no number is, between guards. */
FakeObject *fake_new (FakeKind kind, size_t size);
FakeObject *fake_find (FakeKind kind, const void *handle);
void fake_free_object (gpointer object);
void fake_check_guards (const FakeObject *object);

/* Whether bytes lie in one block of device memory. */
gboolean fake_is_device (const void *address, size_t bytes);

/* Gives an object back, as the call @function. */
EwCudaStatus fake_give_back (const char *function, FakeKind kind, const void *handle);

/* What a call gives before it does anything; the same for what needs a current context. */
EwCudaStatus fake_enter (const char *function);
EwCudaStatus fake_enter_context (const char *function);

GArray *fake_new_ops (void);
void fake_append_op (GArray *ops, const FakeOp *op);

/* Queues work where @ok says that it is right; else the call is wrong and so is the test. */
EwCudaStatus fake_queue (const FakeOp *op, EwCudaStream stream, gboolean ok);

/* Does what a stream was asked for, until an event has happened (NULL: all), unless a fault has stopped it. Other
 * streams stay where they are as long as nothing waits for them. */
void fake_run_until (FakeObject *stream, const FakeObject *event, int ticket);
void fake_run_all_streams (void);

void fake_launch_run (const FakeOp *op);

/* Moves the clock on by what the test says that this takes. */
void fake_pass_time (const char *kernel, unsigned grid, void **arguments);

/* Each fills in the functions of its file. */
void fake_devices_fill (EwCudaDriver *table);
void fake_kernels_fill (EwCudaDriver *table);
void fake_streams_fill (EwCudaDriver *table);
void fake_graphs_fill (EwCudaDriver *table);
void fake_memory_fill (EwCudaDriver *table);
