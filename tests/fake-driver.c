/* An NVIDIA driver for the tests. Work on a stream is done when the stream is waited for and not before, so that who
 * reads a result too early, or frees what is still to be copied, is found out. */
#include "tests/fake-driver.h"

#include "gpu/cuda-image.h"
#include "gpu/kernels.h"
#include "tests/fake-cufft.h"
#include "tests/plain-kernels.h"

#include <stdlib.h>
#include <string.h>

#define GUARD_BYTES   64
#define GUARD         0x5c
#define FRESH         0xff /* a double of these is not a number */
#define ARGUMENTS_MAX 12

FakeDriver fake_driver;

/* --- what exists */

typedef enum
{
  MEMORY,
  MODULE,
  STREAM,
  EVENT,
  GRAPH,
  RUN,
  HOST,
} Kind;

/* Something that was made, until it is given back. */
typedef struct _Object Object;

struct _Object
{
  Kind kind;
  unsigned char *bytes; /* of MEMORY, behind a guard; else one byte, whose address is the handle */
  size_t size;
  gboolean tried;  /* to be given back, but that failed */
  GArray *ops;     /* of a stream, a graph and its run */
  guint next;      /* of a stream: the first op that is not done */
  GArray *capture; /* of a stream: what is being recorded */
  int recorded;    /* of an event: how often, … */
  Object *on;      /* … on which stream last, … */
  int happened;    /* … and how often that has been reached */
};

/* Work that was asked for on the stream. */
typedef struct
{
  enum
  {
    OP_COPY,
    OP_COPY_ROWS,
    OP_SET,
    OP_LAUNCH,
    OP_RECORD,
    OP_WAIT,
    OP_TRANSFORM
  } kind;
  void *to;
  const void *from;
  size_t bytes;
  EwCudaCopy rows;
  int value;
  const char *kernel;
  unsigned grid, threads, shared_bytes;
  GBytes *arguments; /* one after the other, at multiples of 8 */
  Object *event;
  int ticket; /* which of the event's recordings */
  FakeTransform transform;
} Op;

static GPtrArray *objects;
static int context_references;
static gboolean context_release_tried;
static size_t memory_used;
static EwCudaStatus poison;  /* what every call gives */
static EwCudaStatus pending; /* what the stream gives when it is waited for */
static char context_body, other_context;
static _Thread_local EwCudaContext current;

#define THE_CONTEXT ((EwCudaContext)(void *)&context_body)

static void
clear_op (gpointer data)
{
  g_clear_pointer (&((Op *)data)->arguments, g_bytes_unref);
}

static GArray *
new_ops (void)
{
  GArray *ops = g_array_new (FALSE, TRUE, sizeof (Op));

  g_array_set_clear_func (ops, clear_op);
  return ops;
}

static void
append_op (GArray *ops, const Op *op)
{
  Op copy = *op;

  if (copy.arguments != NULL)
    g_bytes_ref (copy.arguments);
  g_array_append_val (ops, copy);
}

static void
free_object (gpointer data)
{
  Object *object = data;

  g_clear_pointer (&object->ops, g_array_unref);
  g_clear_pointer (&object->capture, g_array_unref);
  free (object->bytes == NULL ? NULL : object->bytes - GUARD_BYTES);
  g_free (object);
}

static Object *
new_object (Kind kind, size_t size)
{
  Object *object = g_new0 (Object, 1);
  size_t all = (size + 2 * GUARD_BYTES + 255) / 256 * 256;
  unsigned char *block = aligned_alloc (256, all);

  g_assert_nonnull (block);
  memset (block, GUARD, all);
  memset (block + GUARD_BYTES, FRESH, size);
  object->kind = kind;
  object->bytes = block + GUARD_BYTES;
  object->size = size;
  object->ops = kind == STREAM || kind == GRAPH || kind == RUN ? new_ops () : NULL;
  g_ptr_array_add (objects, object);
  return object;
}

static Object *
find_object (Kind kind, const void *handle)
{
  for (guint i = 0; i < objects->len; i++)
    {
      Object *object = g_ptr_array_index (objects, i);

      if (object->kind == kind && object->bytes == handle)
        return object;
    }
  return NULL;
}

static void
check_guards (const Object *object)
{
  size_t all = (object->size + 2 * GUARD_BYTES + 255) / 256 * 256;
  const unsigned char *block = object->bytes - GUARD_BYTES;

  for (size_t i = 0; i < all; i++)
    if ((i < GUARD_BYTES || i >= GUARD_BYTES + object->size) && block[i] != GUARD)
      {
        g_test_message ("byte %ld of a block of %zu was written", (long)i - GUARD_BYTES, object->size);
        g_assert_cmpint (block[i], ==, GUARD);
        return;
      }
}

/* Whether bytes lie in one block of device memory. */
static gboolean
is_device (const void *address, size_t bytes)
{
  const unsigned char *first = address;

  for (guint i = 0; i < objects->len; i++)
    {
      Object *object = g_ptr_array_index (objects, i);

      if (object->kind == MEMORY && first >= object->bytes && first + bytes <= object->bytes + object->size)
        return TRUE;
    }
  return FALSE;
}

/* --- faults */

/* What a call gives before it does anything. */
static EwCudaStatus
enter (const char *function)
{
  FakeDriverFault *fault = &fake_driver.fault;

  fake_driver.calls++;
  if (poison != EW_CUDA_SUCCESS)
    return poison;
  if (fault->nth == 0 || (fault->function != NULL && strcmp (fault->function, function) != 0) || --fault->nth > 0)
    return EW_CUDA_SUCCESS;
  fake_driver.fired = TRUE;
  if (fault->late)
    {
      pending = fault->status;
      return EW_CUDA_SUCCESS;
    }
  if (fault->sticky || fault->lost)
    poison = fault->status;
  return fault->status;
}

/* The same for what needs a current context. */
static EwCudaStatus
enter_context (const char *function)
{
  EwCudaStatus status = enter (function);

  if (status != EW_CUDA_SUCCESS)
    return status;
  if (context_references > 0 && current == THE_CONTEXT)
    return EW_CUDA_SUCCESS;
  /* Excused where turning to the context is what failed. */
  g_assert_true (fake_driver.fired);
  return FAKE_INVALID_CONTEXT;
}

/* --- the stream */

#define LITERAL                                                                                                        \
  {                                                                                                                    \
    sizeof (EwCudaPlane), sizeof (EwCudaPlane), sizeof (EwCudaTaps), 4                                                 \
  }
#define CORRELATE                                                                                                      \
  {                                                                                                                    \
    sizeof (EwCudaPlane), sizeof (EwCudaPlane), 8, sizeof (EwCudaShape)                                                \
  }
#define EVALUATE                                                                                                       \
  {                                                                                                                    \
    8, 4, 8, 8, 4, sizeof (EwCudaShape), 4, 8, 8                                                                       \
  }

static const struct
{
  const char *name;
  int n;
  size_t sizes[ARGUMENTS_MAX];
} kernels[] = {
  { "ew_cuda_correlate_1", 4, LITERAL },
  { "ew_cuda_correlate_2", 4, LITERAL },
  { "ew_cuda_correlate_3", 4, LITERAL },
  { "ew_cuda_correlate_4", 4, LITERAL },
  { "ew_cuda_correlate_5", 4, LITERAL },
  { "ew_cuda_correlate_6", 4, LITERAL },
  { "ew_cuda_correlate_7", 4, LITERAL },
  { "ew_cuda_correlate_9", 4, LITERAL },
  { "ew_cuda_correlate_11", 4, LITERAL },
  { "ew_cuda_correlate_15", 4, LITERAL },
  { "ew_cuda_correlate_wide", 4, CORRELATE },
  { "ew_cuda_correlate_general", 4, CORRELATE },
  { "ew_cuda_evaluate_1", 9, EVALUATE },
  { "ew_cuda_evaluate_2", 9, EVALUATE },
  { "ew_cuda_evaluate_3", 9, EVALUATE },
  { "ew_cuda_evaluate_4", 9, EVALUATE },
  { "ew_cuda_evaluate_5", 9, EVALUATE },
  { "ew_cuda_evaluate_6", 9, EVALUATE },
  { "ew_cuda_evaluate_7", 9, EVALUATE },
  { "ew_cuda_evaluate_wide", 9, EVALUATE },
  { "ew_cuda_evaluate_general", 9, EVALUATE },
  { "ew_cuda_border", 4, { sizeof (EwCudaPlane), 4, 4, 4 } },
  { "ew_cuda_reduce", 6, { 8, 4, 4, 8, 8, 4 } },
  { "ew_cuda_step", 7, { 8, 4, 4, 8, 8, 8, 8 } },
  { "ew_cuda_descend", 11, { 8, 4, 4, sizeof (EwCudaShape), 4, 4, 8, 8, 8, 8, 8 } },
  { "ew_cuda_exact", 8, { 8, 4, 8, 8, 4, sizeof (EwCudaShape), 4, 8 } },
  { "ew_cuda_gram", 6, { 8, 4, 8, sizeof (EwCudaShape), 4, 8 } },
  { "ew_cuda_fft_gather", 6, { sizeof (EwCudaPlane), sizeof (EwCudaFft), 8, 4, 4, 8 } },
  { "ew_cuda_fft_multiply", 5, { 8, 8, 8, 4, 4 } },
  { "ew_cuda_fft_scatter", 6, { sizeof (EwCudaPlane), sizeof (EwCudaFft), 8, 4, 4, 8 } },
  { "ew_cuda_view_rows", 6, { sizeof (EwCudaPlane), sizeof (EwCudaSquares), 8, 4, 4, 8 } },
  { "ew_cuda_view_columns", 6, { sizeof (EwCudaSquares), 8, 8, 4, 4, sizeof (EwCudaPlane) } },
  { "ew_cuda_view_sum", 5, { sizeof (EwCudaPlane), 8, 4, 4, sizeof (EwCudaPlane) } },
  { "ew_cuda_peak_copy", 3, { 8, 8, 8 } },
  { "ew_cuda_peak_multiply", 4, { 8, 4, 4, 4 } },
};

static void
run_rows (const EwCudaCopy *copy)
{
  gboolean up = copy->to_kind == EW_CUDA_DEVICE;
  unsigned char *to = up ? (unsigned char *)(guintptr)copy->to_device : copy->to_host;
  const unsigned char *from = up ? copy->from_host : (const unsigned char *)(guintptr)copy->from_device;

  for (size_t row = 0; row < copy->height; row++)
    memcpy (to + row * copy->to_pitch, from + row * copy->from_pitch, copy->row_bytes);
}

static gsize
padded (gsize bytes)
{
  return (bytes + 7) / 8 * 8;
}

static void
run_launch (const Op *op)
{
  void *arguments[ARGUMENTS_MAX];
  char *at = (char *)g_bytes_get_data (op->arguments, NULL);
  int k = 0;

  while (strcmp (kernels[k].name, op->kernel) != 0)
    k++;
  for (int i = 0; i < kernels[k].n; i++)
    {
      arguments[i] = at;
      at += padded (kernels[k].sizes[i]);
    }
  g_assert_true (fake_driver.kernels (op->kernel, op->grid, op->threads, op->shared_bytes, arguments));
  fake_driver.launches++;
}

static void run_until (Object *stream, const Object *event, int ticket);

static void
run_op (const Op *op)
{
  switch (op->kind)
    {
    case OP_COPY:
      memcpy (op->to, op->from, op->bytes);
      return;
    case OP_COPY_ROWS:
      run_rows (&op->rows);
      return;
    case OP_SET:
      memset (op->to, op->value, op->bytes);
      return;
    case OP_LAUNCH:
      run_launch (op);
      return;
    case OP_TRANSFORM:
      fake_transform_run (&op->transform);
      return;
    case OP_RECORD:
      op->event->happened = MAX (op->event->happened, op->ticket);
      return;
    case OP_WAIT:
      if (op->event->happened < op->ticket)
        run_until (op->event->on, op->event, op->ticket);
      return;
    }
}

/* Does what a stream was asked for, until an event has happened (NULL: all), unless a fault has stopped it. Other
 * streams stay where they are as long as nothing waits for them. */
static void
run_until (Object *stream, const Object *event, int ticket)
{
  while (stream->next < stream->ops->len && pending == EW_CUDA_SUCCESS && poison == EW_CUDA_SUCCESS
         && (event == NULL || event->happened < ticket))
    {
      Op op = g_array_index (stream->ops, Op, stream->next++);

      run_op (&op);
    }
  if (stream->next == stream->ops->len || pending != EW_CUDA_SUCCESS || poison != EW_CUDA_SUCCESS)
    {
      g_array_set_size (stream->ops, 0);
      stream->next = 0;
    }
}

static void
run_all_streams (void)
{
  for (guint i = 0; i < objects->len; i++)
    {
      Object *object = g_ptr_array_index (objects, i);

      if (object->kind == STREAM)
        run_until (object, NULL, 0);
    }
}

/* Queues work where @ok says that it is right; else the call is wrong and so is the test. */
static EwCudaStatus
queue (const Op *op, EwCudaStream stream, gboolean ok)
{
  Object *object = find_object (STREAM, stream);

  g_assert_true (ok);
  if (!ok || object == NULL)
    return FAKE_INVALID_VALUE;
  append_op (object->capture != NULL ? object->capture : object->ops, op);
  return EW_CUDA_SUCCESS;
}

EwCudaStatus
fake_driver_queue_transform (const FakeTransform *transform, EwCudaStream stream)
{
  Op op = { .kind = OP_TRANSFORM, .transform = *transform };
  EwCudaStatus status = enter_context ("transform");

  return status != EW_CUDA_SUCCESS ? status
                                   : queue (&op, stream,
                                            is_device (transform->from, transform->from_bytes)
                                                && is_device (transform->to, transform->to_bytes));
}

static EwCudaStatus
fake_stream_create (EwCudaStream *stream, unsigned flags)
{
  EwCudaStatus status = enter_context ("stream_create");

  if (status == EW_CUDA_SUCCESS)
    *stream = (EwCudaStream)(void *)new_object (STREAM, 1)->bytes;
  return status;
}

static EwCudaStatus
fake_stream_synchronize (EwCudaStream stream)
{
  EwCudaStatus status = enter_context ("stream_synchronize");

  if (status != EW_CUDA_SUCCESS)
    return status;
  if (++fake_driver.waits == fake_driver.cancel_at)
    atomic_store (fake_driver.cancel, 1);

  Object *object = find_object (STREAM, stream);

  if (object == NULL)
    return FAKE_INVALID_VALUE;
  g_assert_null (object->capture);
  run_until (object, NULL, 0);
  if (pending != EW_CUDA_SUCCESS)
    {
      poison = pending;
      return poison;
    }
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_upload (EwCudaAddress to, const void *from, size_t bytes, EwCudaStream stream)
{
  Op op = { .kind = OP_COPY, .to = (void *)(guintptr)to, .from = from, .bytes = bytes };
  EwCudaStatus status = enter_context ("upload");

  return status != EW_CUDA_SUCCESS ? status : queue (&op, stream, is_device (op.to, bytes));
}

static EwCudaStatus
fake_download (void *to, EwCudaAddress from, size_t bytes, EwCudaStream stream)
{
  Op op = { .kind = OP_COPY, .to = to, .from = (void *)(guintptr)from, .bytes = bytes };
  EwCudaStatus status = enter_context ("download");

  return status != EW_CUDA_SUCCESS ? status : queue (&op, stream, is_device (op.from, bytes));
}

static EwCudaStatus
fake_copy_rows (const EwCudaCopy *copy, EwCudaStream stream)
{
  Op op = { .kind = OP_COPY_ROWS, .rows = *copy };
  gboolean up = copy->to_kind == EW_CUDA_DEVICE;
  EwCudaAddress address = up ? copy->to_device : copy->from_device;
  size_t pitch = up ? copy->to_pitch : copy->from_pitch;
  EwCudaStatus status = enter_context ("copy_rows");

  if (status != EW_CUDA_SUCCESS)
    return status;
  return queue (&op, stream,
                copy->height > 0 && copy->row_bytes <= MIN (copy->from_pitch, copy->to_pitch)
                    && copy->from_kind == (up ? EW_CUDA_HOST : EW_CUDA_DEVICE)
                    && is_device ((void *)(guintptr)address, (copy->height - 1) * pitch + copy->row_bytes));
}

static EwCudaStatus
fake_memory_set (EwCudaAddress address, unsigned char value, size_t bytes, EwCudaStream stream)
{
  Op op = { .kind = OP_SET, .to = (void *)(guintptr)address, .value = value, .bytes = bytes };
  EwCudaStatus status = enter_context ("memory_set");

  return status != EW_CUDA_SUCCESS ? status : queue (&op, stream, is_device (op.to, bytes));
}

static EwCudaStatus
fake_launch (EwCudaFunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
             unsigned block_y, unsigned block_z, unsigned shared_bytes, EwCudaStream stream, void **arguments,
             void **extra)
{
  EwCudaStatus status = enter_context ("launch");
  int k = (int)(guintptr)function - 1;
  Op op = { .kind = OP_LAUNCH, .grid = grid_x, .threads = block_x, .shared_bytes = shared_bytes };
  gboolean ok = k >= 0 && k < (int)G_N_ELEMENTS (kernels) && grid_x > 0 && grid_y == 1 && grid_z == 1 && block_x <= 1024
                && block_y == 1 && block_z == 1 && shared_bytes <= 48 * 1024 && extra == NULL;

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) all = NULL;

  op.kernel = ok ? kernels[k].name : NULL;
  for (int i = 0; ok && i < kernels[k].n; i++)
    {
      guint at = bytes->len;

      g_byte_array_set_size (bytes, at + padded (kernels[k].sizes[i]));
      memcpy (bytes->data + at, arguments[i], kernels[k].sizes[i]);
    }
  op.arguments = all = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return queue (&op, stream, ok);
}

/* --- events and graphs */

static EwCudaStatus
fake_event_create (EwCudaEvent *event, unsigned flags)
{
  EwCudaStatus status = enter_context ("event_create");

  if (status == EW_CUDA_SUCCESS)
    *event = (EwCudaEvent)(void *)new_object (EVENT, 1)->bytes;
  return status;
}

static EwCudaStatus
fake_event_record (EwCudaEvent event, EwCudaStream stream)
{
  EwCudaStatus status = enter_context ("event_record");
  Object *object = find_object (EVENT, event);
  Op op = { .kind = OP_RECORD, .event = object };

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (object);
  object->on = find_object (STREAM, stream);
  op.ticket = ++object->recorded;
  return queue (&op, stream, TRUE);
}

/* An event that was never recorded is not waited for. */
static EwCudaStatus
fake_stream_wait (EwCudaStream stream, EwCudaEvent event, unsigned flags)
{
  EwCudaStatus status = enter_context ("stream_wait");
  Object *object = find_object (EVENT, event);
  Op op = { .kind = OP_WAIT, .event = object };

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (object);
  op.ticket = object->recorded;
  return queue (&op, stream, flags == 0);
}

static EwCudaStatus
fake_event_synchronize (EwCudaEvent event)
{
  EwCudaStatus status = enter_context ("event_synchronize");
  Object *object = find_object (EVENT, event);

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (object);
  if (++fake_driver.waits == fake_driver.cancel_at)
    atomic_store (fake_driver.cancel, 1);
  if (object->happened < object->recorded)
    run_until (object->on, object, object->recorded);
  if (pending != EW_CUDA_SUCCESS)
    poison = pending;
  return poison;
}

static EwCudaStatus
fake_event_elapsed (float *milliseconds, EwCudaEvent from, EwCudaEvent to)
{
  EwCudaStatus status = enter_context ("event_elapsed");

  if (status == EW_CUDA_SUCCESS)
    *milliseconds = 1;
  return status;
}

static EwCudaStatus
fake_capture_begin (EwCudaStream stream, int mode)
{
  EwCudaStatus status = enter_context ("capture_begin");
  Object *object = find_object (STREAM, stream);

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (object);
  g_assert_null (object->capture);
  object->capture = new_ops ();
  return EW_CUDA_SUCCESS;
}

/* Ends it in any case. */
static EwCudaStatus
fake_capture_end (EwCudaStream stream, EwCudaGraph *graph)
{
  EwCudaStatus status = enter_context ("capture_end");
  Object *object = find_object (STREAM, stream);
  g_autoptr (GArray) ops = object == NULL ? NULL : g_steal_pointer (&object->capture);

  *graph = NULL;
  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (ops);

  Object *made = new_object (GRAPH, 1);

  for (guint i = 0; i < ops->len; i++)
    append_op (made->ops, &g_array_index (ops, Op, i));
  *graph = (EwCudaGraph)(void *)made->bytes;
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_graph_instantiate (EwCudaRun *run, EwCudaGraph graph, unsigned long long flags)
{
  EwCudaStatus status = enter_context ("graph_instantiate");
  Object *object = find_object (GRAPH, graph);
  Object *made;

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (object);
  made = new_object (RUN, 1);
  for (guint i = 0; i < object->ops->len; i++)
    append_op (made->ops, &g_array_index (object->ops, Op, i));
  *run = (EwCudaRun)(void *)made->bytes;
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_run_launch (EwCudaRun run, EwCudaStream stream)
{
  EwCudaStatus status = enter_context ("run_launch");
  Object *object = find_object (RUN, run);

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (object);
  fake_driver.runs++;
  for (guint i = 0; i < object->ops->len && status == EW_CUDA_SUCCESS; i++)
    status = queue (&g_array_index (object->ops, Op, i), stream, TRUE);
  return status;
}

/* --- memory, modules, streams */

static EwCudaStatus
give_back (const char *function, Kind kind, const void *handle)
{
  EwCudaStatus status = enter_context (function);
  Object *object = find_object (kind, handle);

  g_assert_nonnull (object);
  if (object == NULL)
    return FAKE_INVALID_VALUE;
  g_assert_false (object->tried);
  object->tried = TRUE;
  if (status != EW_CUDA_SUCCESS)
    return status;
  /* As the driver does, this waits for the work that may use it. */
  run_all_streams ();
  check_guards (object);
  memory_used -= kind == MEMORY ? object->size : 0;
  g_ptr_array_remove (objects, object);
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_stream_destroy (EwCudaStream stream)
{
  return give_back ("stream_destroy", STREAM, stream);
}

static EwCudaStatus
fake_event_destroy (EwCudaEvent event)
{
  return give_back ("event_destroy", EVENT, event);
}

static EwCudaStatus
fake_graph_destroy (EwCudaGraph graph)
{
  return give_back ("graph_destroy", GRAPH, graph);
}

static EwCudaStatus
fake_run_destroy (EwCudaRun run)
{
  return give_back ("run_destroy", RUN, run);
}

static EwCudaStatus
fake_host_alloc (void **memory, size_t bytes, unsigned flags)
{
  EwCudaStatus status = enter_context ("host_alloc");

  if (status == EW_CUDA_SUCCESS)
    *memory = new_object (HOST, bytes)->bytes;
  return status;
}

static EwCudaStatus
fake_host_free (void *memory)
{
  return give_back ("host_free", HOST, memory);
}

static EwCudaStatus
fake_memory_info (size_t *available, size_t *total)
{
  EwCudaStatus status = enter_context ("memory_info");

  if (status != EW_CUDA_SUCCESS)
    return status;
  *total = fake_driver.memory;
  *available = fake_driver.memory - memory_used;
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_memory_alloc (EwCudaAddress *address, size_t bytes)
{
  EwCudaStatus status = enter_context ("memory_alloc");

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_cmpuint (bytes, >, 0);
  if (bytes > fake_driver.memory - memory_used)
    return EW_CUDA_OUT_OF_MEMORY;
  memory_used += bytes;
  *address = (EwCudaAddress)(guintptr)new_object (MEMORY, bytes)->bytes;
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_memory_free (EwCudaAddress address)
{
  return give_back ("memory_free", MEMORY, (void *)(guintptr)address);
}

static EwCudaStatus
fake_module_load (EwCudaModule *module, const void *image)
{
  EwCudaStatus status = enter_context ("module_load");

  g_assert_nonnull (image);
  if (status == EW_CUDA_SUCCESS)
    *module = (EwCudaModule)(void *)new_object (MODULE, 1)->bytes;
  return status;
}

static EwCudaStatus
fake_module_unload (EwCudaModule module)
{
  return give_back ("module_unload", MODULE, module);
}

static EwCudaStatus
fake_module_function (EwCudaFunction *function, EwCudaModule module, const char *name)
{
  EwCudaStatus status = enter_context ("module_function");

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (find_object (MODULE, module));
  for (guint k = 0; k < G_N_ELEMENTS (kernels); k++)
    if (strcmp (kernels[k].name, name) == 0)
      {
        *function = (EwCudaFunction)(guintptr)(k + 1);
        return EW_CUDA_SUCCESS;
      }
  g_assert_cmpstr (name, ==, "the name of a kernel");
  return FAKE_INVALID_VALUE;
}

/* --- devices and contexts */

static EwCudaStatus
fake_init (unsigned flags)
{
  EwCudaStatus status = enter ("init");

  g_assert_cmpuint (flags, ==, 0);
  if (status == EW_CUDA_SUCCESS && fake_driver.n_devices == 0)
    return EW_CUDA_NO_DEVICE;
  return status;
}

static EwCudaStatus
fake_driver_version (int *version)
{
  EwCudaStatus status = enter ("driver_version");

  if (status == EW_CUDA_SUCCESS)
    *version = 12040;
  return status;
}

static EwCudaStatus
fake_device_count (int *count)
{
  EwCudaStatus status = enter ("device_count");

  if (status == EW_CUDA_SUCCESS)
    *count = fake_driver.n_devices;
  return status;
}

static EwCudaStatus
fake_device_get (EwCudaOrdinal *device, int ordinal)
{
  EwCudaStatus status = enter ("device_get");

  if (status == EW_CUDA_SUCCESS)
    *device = 40 + ordinal;
  return status;
}

static EwCudaStatus
fake_device_name (char *name, int bytes, EwCudaOrdinal device)
{
  EwCudaStatus status = enter ("device_name");

  g_assert_cmpint (device, ==, 40);
  if (status == EW_CUDA_SUCCESS)
    g_strlcpy (name, "NVIDIA Fake 1", bytes);
  return status;
}

static EwCudaStatus
fake_device_attribute (int *value, int attribute, EwCudaOrdinal device)
{
  EwCudaStatus status = enter ("device_attribute");

  if (status == EW_CUDA_SUCCESS)
    switch (attribute)
      {
      case EW_CUDA_MULTIPROCESSORS:
        *value = fake_driver.multiprocessors;
        break;
      case EW_CUDA_CAPABILITY_MAJOR:
        *value = 8;
        break;
      case EW_CUDA_CAPABILITY_MINOR:
        *value = 6;
        break;
      default:
        g_assert_cmpint (attribute, ==, EW_CUDA_MULTIPROCESSORS);
      }
  return status;
}

static EwCudaStatus
fake_device_memory (size_t *bytes, EwCudaOrdinal device)
{
  EwCudaStatus status = enter ("device_memory");

  g_assert_cmpint (device, ==, 40);
  if (status == EW_CUDA_SUCCESS)
    *bytes = fake_driver.memory;
  return status;
}

static EwCudaStatus
fake_context_retain (EwCudaContext *context, EwCudaOrdinal device)
{
  EwCudaStatus status = enter ("context_retain");

  g_assert_cmpint (device, ==, 40);
  if (status != EW_CUDA_SUCCESS)
    return status;
  context_references++;
  context_release_tried = FALSE;
  *context = THE_CONTEXT;
  return EW_CUDA_SUCCESS;
}

/* The last release takes everything along, and a sticky fault. */
static EwCudaStatus
fake_context_release (EwCudaOrdinal device)
{
  FakeDriverFault *fault = &fake_driver.fault;
  EwCudaStatus status;

  if (!fault->lost && context_references > 0)
    poison = pending = EW_CUDA_SUCCESS;
  status = enter ("context_release");
  context_release_tried = TRUE;
  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_cmpint (context_references, >, 0);
  context_references--;
  if (context_references > 0)
    return EW_CUDA_SUCCESS;
  for (guint i = 0; i < objects->len; i++)
    g_assert_true (((Object *)g_ptr_array_index (objects, i))->tried);
  g_ptr_array_set_size (objects, 0);
  memory_used = 0;
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_context_set_current (EwCudaContext context)
{
  EwCudaStatus status = enter ("context_set_current");

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_true (context == NULL || (context == THE_CONTEXT && context_references > 0));
  current = context == NULL ? (EwCudaContext)(void *)&other_context : context;
  return EW_CUDA_SUCCESS;
}

/* --- words */

static EwCudaStatus
fake_error_name (EwCudaStatus status, const char **name)
{
  switch (status)
    {
    case EW_CUDA_OUT_OF_MEMORY:
      *name = "CUDA_ERROR_OUT_OF_MEMORY";
      return EW_CUDA_SUCCESS;
    case EW_CUDA_NO_DEVICE:
      *name = "CUDA_ERROR_NO_DEVICE";
      return EW_CUDA_SUCCESS;
    case EW_CUDA_NO_BINARY:
      *name = "CUDA_ERROR_NO_BINARY_FOR_GPU";
      return EW_CUDA_SUCCESS;
    case FAKE_INVALID_CONTEXT:
      *name = "CUDA_ERROR_INVALID_CONTEXT";
      return EW_CUDA_SUCCESS;
    case FAKE_ILLEGAL_ADDRESS:
      *name = "CUDA_ERROR_ILLEGAL_ADDRESS";
      return EW_CUDA_SUCCESS;
    case FAKE_LAUNCH_FAILED:
      *name = "CUDA_ERROR_LAUNCH_FAILED";
      return EW_CUDA_SUCCESS;
    default:
      return FAKE_INVALID_VALUE;
    }
}

static EwCudaStatus
fake_error_text (EwCudaStatus status, const char **text)
{
  if (status == FAKE_LAUNCH_FAILED)
    return FAKE_INVALID_VALUE;
  *text = status == EW_CUDA_NO_DEVICE ? "no CUDA-capable device is detected" : "what went wrong";
  return EW_CUDA_SUCCESS;
}

/* --- the table */

static EwCudaDriver table;

static const EwCudaDriver full_table = {
  .init = fake_init,
  .driver_version = fake_driver_version,
  .device_count = fake_device_count,
  .device_get = fake_device_get,
  .device_name = fake_device_name,
  .device_attribute = fake_device_attribute,
  .context_retain = fake_context_retain,
  .context_release = fake_context_release,
  .context_set_current = fake_context_set_current,
  .memory_info = fake_memory_info,
  .memory_alloc = fake_memory_alloc,
  .memory_free = fake_memory_free,
  .upload = fake_upload,
  .download = fake_download,
  .copy_rows = fake_copy_rows,
  .memory_set = fake_memory_set,
  .module_load = fake_module_load,
  .module_unload = fake_module_unload,
  .module_function = fake_module_function,
  .launch = fake_launch,
  .stream_create = fake_stream_create,
  .stream_synchronize = fake_stream_synchronize,
  .stream_destroy = fake_stream_destroy,
  .stream_wait = fake_stream_wait,
  .event_create = fake_event_create,
  .event_record = fake_event_record,
  .event_synchronize = fake_event_synchronize,
  .event_elapsed = fake_event_elapsed,
  .event_destroy = fake_event_destroy,
  .device_memory = fake_device_memory,
  .host_alloc = fake_host_alloc,
  .host_free = fake_host_free,
  .error_name = fake_error_name,
  .error_text = fake_error_text,
  .capture_begin = fake_capture_begin,
  .capture_end = fake_capture_end,
  .graph_instantiate = fake_graph_instantiate,
  .graph_destroy = fake_graph_destroy,
  .run_launch = fake_run_launch,
  .run_destroy = fake_run_destroy,
};

void
fake_driver_install (void)
{
  static const char image[] = "kernels";

  if (objects == NULL)
    objects = g_ptr_array_new_with_free_func (free_object);
  g_ptr_array_set_size (objects, 0);
  context_references = 0;
  context_release_tried = FALSE;
  memory_used = 0;
  poison = pending = EW_CUDA_SUCCESS;
  current = NULL;
  fake_driver
      = (FakeDriver){ .kernels = plain_kernels_launch, .n_devices = 1, .memory = 1000000000, .multiprocessors = 16 };
  table = full_table;
  ew_cuda_driver_set_for_tests (&table);
  ew_cuda_image_set_for_tests (TRUE, image);
  fake_cufft_install ();
}

void
fake_driver_without_graphs (void)
{
  table.capture_begin = NULL;
  table.capture_end = NULL;
  table.graph_instantiate = NULL;
  table.graph_destroy = NULL;
  table.run_launch = NULL;
  table.run_destroy = NULL;
}

void
fake_driver_remove (void)
{
  ew_cuda_driver_set_for_tests (NULL);
  ew_cuda_image_set_for_tests (FALSE, NULL);
  ew_cufft_set_for_tests (FALSE, NULL);
}

size_t
fake_driver_memory_used (void)
{
  return memory_used;
}

gboolean
fake_driver_in_use (void)
{
  return objects->len > 0 || context_references > 0;
}

void
fake_driver_assert_clean (void)
{
  for (guint i = 0; i < objects->len; i++)
    {
      Object *object = g_ptr_array_index (objects, i);

      check_guards (object);
      g_assert_true (object->tried);
    }
  g_assert_true (context_references == 0 || context_release_tried);
}
