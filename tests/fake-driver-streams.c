/* The fake driver: streams, what is asked for on them, and events. Work on a stream is done when the stream is waited
 * for and not before, so that who reads a result too early, or frees what is still to be copied, is found out. */
#include "tests/fake-driver-private.h"

#include <string.h>

static void
run_rows (const EwCudaCopy *copy)
{
  gboolean up = copy->to_kind == EW_CUDA_DEVICE;
  unsigned char *to = up ? (unsigned char *)(guintptr)copy->to_device : copy->to_host;
  const unsigned char *from = up ? copy->from_host : (const unsigned char *)(guintptr)copy->from_device;

  for (size_t row = 0; row < copy->height; row++)
    memcpy (to + row * copy->to_pitch, from + row * copy->from_pitch, copy->row_bytes);
}

static void
run_op (const FakeOp *op)
{
  switch (op->kind)
    {
    case FAKE_OP_COPY:
      memcpy (op->to, op->from, op->bytes);
      return;
    case FAKE_OP_COPY_ROWS:
      run_rows (&op->rows);
      return;
    case FAKE_OP_SET:
      memset (op->to, op->value, op->bytes);
      return;
    case FAKE_OP_LAUNCH:
      fake_launch_run (op);
      return;
    case FAKE_OP_TRANSFORM:
      fake_transform_run (&op->transform);
      fake_pass_time ("transform", (unsigned)op->transform.batch, NULL);
      return;
    case FAKE_OP_RECORD:
      op->event->happened = MAX (op->event->happened, op->ticket);
      op->event->at = fake_state.clock;
      return;
    case FAKE_OP_WAIT:
      if (op->event->happened < op->ticket)
        fake_run_until (op->event->on, op->event, op->ticket);
      return;
    }
}

/* Does what a stream was asked for, until an event has happened (NULL: all), unless a fault has stopped it. Other
 * streams stay where they are as long as nothing waits for them. */
void
fake_run_until (FakeObject *stream, const FakeObject *event, int ticket)
{
  while (stream->next < stream->ops->len && fake_state.pending == EW_CUDA_SUCCESS
         && fake_state.poison == EW_CUDA_SUCCESS && (event == NULL || event->happened < ticket))
    {
      FakeOp op = g_array_index (stream->ops, FakeOp, stream->next++);

      run_op (&op);
    }
  if (stream->next == stream->ops->len || fake_state.pending != EW_CUDA_SUCCESS || fake_state.poison != EW_CUDA_SUCCESS)
    {
      g_array_set_size (stream->ops, 0);
      stream->next = 0;
    }
}

void
fake_run_all_streams (void)
{
  for (guint i = 0; i < fake_state.objects->len; i++)
    {
      FakeObject *object = g_ptr_array_index (fake_state.objects, i);

      if (object->kind == FAKE_STREAM)
        fake_run_until (object, NULL, 0);
    }
}

/* Queues work where @ok says that it is right; else the call is wrong and so is the test. */
EwCudaStatus
fake_queue (const FakeOp *op, EwCudaStream stream, gboolean ok)
{
  FakeObject *object = fake_find (FAKE_STREAM, stream);

  g_assert_true (ok);
  if (!ok || object == NULL)
    return FAKE_INVALID_VALUE;
  fake_append_op (object->capture != NULL ? object->capture : object->ops, op);
  return EW_CUDA_SUCCESS;
}

EwCudaStatus
fake_driver_queue_transform (const FakeTransform *transform, EwCudaStream stream)
{
  FakeOp op = { .kind = FAKE_OP_TRANSFORM, .transform = *transform };
  EwCudaStatus status = fake_enter_context ("transform");

  return status != EW_CUDA_SUCCESS ? status
                                   : fake_queue (&op, stream,
                                                 fake_is_device (transform->from, transform->from_bytes)
                                                     && fake_is_device (transform->to, transform->to_bytes));
}

static EwCudaStatus
fake_stream_create (EwCudaStream *stream, unsigned flags)
{
  EwCudaStatus status = fake_enter_context ("stream_create");

  if (status == EW_CUDA_SUCCESS)
    *stream = (EwCudaStream)(void *)fake_new (FAKE_STREAM, 1)->bytes;
  return status;
}

static EwCudaStatus
fake_stream_synchronize (EwCudaStream stream)
{
  EwCudaStatus status = fake_enter_context ("stream_synchronize");

  if (status != EW_CUDA_SUCCESS)
    return status;
  if (++fake_driver.waits == fake_driver.cancel_at)
    atomic_store (fake_driver.cancel, 1);

  FakeObject *object = fake_find (FAKE_STREAM, stream);

  if (object == NULL)
    return FAKE_INVALID_VALUE;
  g_assert_null (object->capture);
  fake_run_until (object, NULL, 0);
  if (fake_state.pending != EW_CUDA_SUCCESS)
    {
      fake_state.poison = fake_state.pending;
      return fake_state.poison;
    }
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_upload (EwCudaAddress to, const void *from, size_t bytes, EwCudaStream stream)
{
  FakeOp op = { .kind = FAKE_OP_COPY, .to = (void *)(guintptr)to, .from = from, .bytes = bytes };
  EwCudaStatus status = fake_enter_context ("upload");

  return status != EW_CUDA_SUCCESS ? status : fake_queue (&op, stream, fake_is_device (op.to, bytes));
}

static EwCudaStatus
fake_download (void *to, EwCudaAddress from, size_t bytes, EwCudaStream stream)
{
  FakeOp op = { .kind = FAKE_OP_COPY, .to = to, .from = (void *)(guintptr)from, .bytes = bytes };
  EwCudaStatus status = fake_enter_context ("download");

  return status != EW_CUDA_SUCCESS ? status : fake_queue (&op, stream, fake_is_device (op.from, bytes));
}

static EwCudaStatus
fake_copy_rows (const EwCudaCopy *copy, EwCudaStream stream)
{
  FakeOp op = { .kind = FAKE_OP_COPY_ROWS, .rows = *copy };
  gboolean up = copy->to_kind == EW_CUDA_DEVICE;
  EwCudaAddress address = up ? copy->to_device : copy->from_device;
  size_t pitch = up ? copy->to_pitch : copy->from_pitch;
  EwCudaStatus status = fake_enter_context ("copy_rows");

  if (status != EW_CUDA_SUCCESS)
    return status;
  return fake_queue (&op, stream,
                     copy->height > 0 && copy->row_bytes <= MIN (copy->from_pitch, copy->to_pitch)
                         && copy->from_kind == (up ? EW_CUDA_HOST : EW_CUDA_DEVICE)
                         && fake_is_device ((void *)(guintptr)address, (copy->height - 1) * pitch + copy->row_bytes));
}

static EwCudaStatus
fake_memory_set (EwCudaAddress address, unsigned char value, size_t bytes, EwCudaStream stream)
{
  FakeOp op = { .kind = FAKE_OP_SET, .to = (void *)(guintptr)address, .value = value, .bytes = bytes };
  EwCudaStatus status = fake_enter_context ("memory_set");

  return status != EW_CUDA_SUCCESS ? status : fake_queue (&op, stream, fake_is_device (op.to, bytes));
}

/* --- events and time */

void
fake_pass_time (const char *kernel, unsigned grid, void **arguments)
{
  if (fake_driver.times != NULL)
    fake_state.clock += fake_driver.times (kernel, grid, arguments);
}

static EwCudaStatus
fake_event_create (EwCudaEvent *event, unsigned flags)
{
  EwCudaStatus status = fake_enter_context ("event_create");

  if (status == EW_CUDA_SUCCESS)
    {
      FakeObject *object = fake_new (FAKE_EVENT, 1);

      object->timed = flags == EW_CUDA_EVENT_TIMED;
      *event = (EwCudaEvent)(void *)object->bytes;
    }
  return status;
}

static EwCudaStatus
fake_event_record (EwCudaEvent event, EwCudaStream stream)
{
  EwCudaStatus status = fake_enter_context ("event_record");
  FakeObject *object = fake_find (FAKE_EVENT, event);
  FakeOp op = { .kind = FAKE_OP_RECORD, .event = object };

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (object);
  object->on = fake_find (FAKE_STREAM, stream);
  op.ticket = ++object->recorded;
  return fake_queue (&op, stream, TRUE);
}

/* An event that was never recorded is not waited for. */
static EwCudaStatus
fake_stream_wait (EwCudaStream stream, EwCudaEvent event, unsigned flags)
{
  EwCudaStatus status = fake_enter_context ("stream_wait");
  FakeObject *object = fake_find (FAKE_EVENT, event);
  FakeOp op = { .kind = FAKE_OP_WAIT, .event = object };

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (object);
  op.ticket = object->recorded;
  return fake_queue (&op, stream, flags == 0);
}

static EwCudaStatus
fake_event_synchronize (EwCudaEvent event)
{
  EwCudaStatus status = fake_enter_context ("event_synchronize");
  FakeObject *object = fake_find (FAKE_EVENT, event);

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (object);
  if (++fake_driver.waits == fake_driver.cancel_at)
    atomic_store (fake_driver.cancel, 1);
  if (object->happened < object->recorded)
    fake_run_until (object->on, object, object->recorded);
  if (fake_state.pending != EW_CUDA_SUCCESS)
    fake_state.poison = fake_state.pending;
  return fake_state.poison;
}

static EwCudaStatus
fake_event_elapsed (float *milliseconds, EwCudaEvent from, EwCudaEvent to)
{
  EwCudaStatus status = fake_enter_context ("event_elapsed");
  const FakeObject *begin = fake_find (FAKE_EVENT, from);
  const FakeObject *end = fake_find (FAKE_EVENT, to);

  if (status != EW_CUDA_SUCCESS)
    return status;
  /* Both have been reached. */
  g_assert_true (begin->timed && begin->recorded > 0 && begin->happened == begin->recorded);
  g_assert_true (end->timed && end->recorded > 0 && end->happened == end->recorded);
  *milliseconds = fake_driver.times == NULL ? 1 : (float)(end->at - begin->at);
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_stream_destroy (EwCudaStream stream)
{
  return fake_give_back ("stream_destroy", FAKE_STREAM, stream);
}

static EwCudaStatus
fake_event_destroy (EwCudaEvent event)
{
  return fake_give_back ("event_destroy", FAKE_EVENT, event);
}

void
fake_streams_fill (EwCudaDriver *table)
{
  table->stream_create = fake_stream_create;
  table->stream_synchronize = fake_stream_synchronize;
  table->stream_destroy = fake_stream_destroy;
  table->stream_wait = fake_stream_wait;
  table->upload = fake_upload;
  table->download = fake_download;
  table->copy_rows = fake_copy_rows;
  table->memory_set = fake_memory_set;
  table->event_create = fake_event_create;
  table->event_record = fake_event_record;
  table->event_synchronize = fake_event_synchronize;
  table->event_elapsed = fake_event_elapsed;
  table->event_destroy = fake_event_destroy;
}
