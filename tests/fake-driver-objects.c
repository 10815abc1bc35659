/* The fake driver: what exists, and which calls fail. */
#include "tests/fake-driver-private.h"

#include <stdlib.h>
#include <string.h>

#define GUARD_BYTES 64
#define GUARD       0x5c
#define FRESH       0xff /* a double of these is not a number */

FakeState fake_state;
_Thread_local EwCudaContext fake_current;

static void
clear_op (gpointer data)
{
  g_clear_pointer (&((FakeOp *)data)->arguments, g_bytes_unref);
}

GArray *
fake_new_ops (void)
{
  GArray *ops = g_array_new (FALSE, TRUE, sizeof (FakeOp));

  g_array_set_clear_func (ops, clear_op);
  return ops;
}

void
fake_append_op (GArray *ops, const FakeOp *op)
{
  FakeOp copy = *op;

  if (copy.arguments != NULL)
    g_bytes_ref (copy.arguments);
  g_array_append_val (ops, copy);
}

void
fake_free_object (gpointer data)
{
  FakeObject *object = data;

  g_clear_pointer (&object->ops, g_array_unref);
  g_clear_pointer (&object->capture, g_array_unref);
  free (object->bytes == NULL ? NULL : object->bytes - GUARD_BYTES);
  g_free (object);
}

FakeObject *
fake_new (FakeKind kind, size_t size)
{
  FakeObject *object = g_new0 (FakeObject, 1);
  size_t all = (size + 2 * GUARD_BYTES + 255) / 256 * 256;
  unsigned char *block = aligned_alloc (256, all);

  g_assert_nonnull (block);
  memset (block, GUARD, all);
  memset (block + GUARD_BYTES, FRESH, size);
  object->kind = kind;
  object->bytes = block + GUARD_BYTES;
  object->size = size;
  object->ops = kind == FAKE_STREAM || kind == FAKE_GRAPH || kind == FAKE_RUN ? fake_new_ops () : NULL;
  g_ptr_array_add (fake_state.objects, object);
  return object;
}

FakeObject *
fake_find (FakeKind kind, const void *handle)
{
  for (guint i = 0; i < fake_state.objects->len; i++)
    {
      FakeObject *object = g_ptr_array_index (fake_state.objects, i);

      if (object->kind == kind && object->bytes == handle)
        return object;
    }
  return NULL;
}

static void
check_guard (const FakeObject *object, size_t from, size_t to)
{
  const unsigned char *block = object->bytes - GUARD_BYTES;

  for (size_t i = from; i < to; i++)
    if (block[i] != GUARD)
      {
        g_test_message ("byte %ld of a block of %zu was written", (long)i - GUARD_BYTES, object->size);
        g_assert_cmpint (block[i], ==, GUARD);
        return;
      }
}

void
fake_check_guards (const FakeObject *object)
{
  check_guard (object, 0, GUARD_BYTES);
  check_guard (object, GUARD_BYTES + object->size, (object->size + 2 * GUARD_BYTES + 255) / 256 * 256);
}

/* Whether bytes lie in one block of device memory. */
gboolean
fake_is_device (const void *address, size_t bytes)
{
  const unsigned char *first = address;

  for (guint i = 0; i < fake_state.objects->len; i++)
    {
      FakeObject *object = g_ptr_array_index (fake_state.objects, i);

      if (object->kind == FAKE_MEMORY && first >= object->bytes && first + bytes <= object->bytes + object->size)
        return TRUE;
    }
  return FALSE;
}

/* --- faults */

/* What a call gives before it does anything. */
EwCudaStatus
fake_enter (const char *function)
{
  FakeDriverFault *fault = &fake_driver.fault;

  fake_driver.calls++;
  if (fake_state.poison != EW_CUDA_SUCCESS)
    return fake_state.poison;
  if (fault->nth == 0 || (fault->function != NULL && strcmp (fault->function, function) != 0) || --fault->nth > 0)
    return EW_CUDA_SUCCESS;
  fake_driver.fired = TRUE;
  if (fault->late)
    {
      fake_state.pending = fault->status;
      return EW_CUDA_SUCCESS;
    }
  if (fault->sticky || fault->lost)
    fake_state.poison = fault->status;
  return fault->status;
}

/* The same for what needs a current context. */
EwCudaStatus
fake_enter_context (const char *function)
{
  EwCudaStatus status = fake_enter (function);

  if (status != EW_CUDA_SUCCESS)
    return status;
  if (fake_state.context_references > 0 && fake_current == FAKE_CONTEXT)
    return EW_CUDA_SUCCESS;
  /* Excused where turning to the context is what failed. */
  g_assert_true (fake_driver.fired);
  return FAKE_INVALID_CONTEXT;
}

/* --- the end of an object */

EwCudaStatus
fake_give_back (const char *function, FakeKind kind, const void *handle)
{
  EwCudaStatus status = fake_enter_context (function);
  FakeObject *object = fake_find (kind, handle);

  g_assert_nonnull (object);
  if (object == NULL)
    return FAKE_INVALID_VALUE;
  g_assert_false (object->tried);
  object->tried = TRUE;
  if (status != EW_CUDA_SUCCESS)
    return status;
  /* As the driver does, this waits for the work that may use it. */
  fake_run_all_streams ();
  fake_check_guards (object);
  fake_state.memory_used -= kind == FAKE_MEMORY ? object->size : 0;
  g_ptr_array_remove (fake_state.objects, object);
  return EW_CUDA_SUCCESS;
}
