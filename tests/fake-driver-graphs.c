/* The fake driver: graphs, recorded from a stream. */
#include "tests/fake-driver-private.h"

static EwCudaStatus
fake_capture_begin (EwCudaStream stream, int mode)
{
  EwCudaStatus status = fake_enter_context ("capture_begin");
  FakeObject *object = fake_find (FAKE_STREAM, stream);

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (object);
  g_assert_null (object->capture);
  object->capture = fake_new_ops ();
  return EW_CUDA_SUCCESS;
}

/* Ends it in any case. */
static EwCudaStatus
fake_capture_end (EwCudaStream stream, EwCudaGraph *graph)
{
  EwCudaStatus status = fake_enter_context ("capture_end");
  FakeObject *object = fake_find (FAKE_STREAM, stream);
  g_autoptr (GArray) ops = object == NULL ? NULL : g_steal_pointer (&object->capture);

  *graph = NULL;
  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (ops);

  FakeObject *made = fake_new (FAKE_GRAPH, 1);

  for (guint i = 0; i < ops->len; i++)
    fake_append_op (made->ops, &g_array_index (ops, FakeOp, i));
  *graph = (EwCudaGraph)(void *)made->bytes;
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_graph_instantiate (EwCudaRun *run, EwCudaGraph graph, unsigned long long flags)
{
  EwCudaStatus status = fake_enter_context ("graph_instantiate");
  FakeObject *object = fake_find (FAKE_GRAPH, graph);
  FakeObject *made;

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (object);
  made = fake_new (FAKE_RUN, 1);
  for (guint i = 0; i < object->ops->len; i++)
    fake_append_op (made->ops, &g_array_index (object->ops, FakeOp, i));
  *run = (EwCudaRun)(void *)made->bytes;
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_run_launch (EwCudaRun run, EwCudaStream stream)
{
  EwCudaStatus status = fake_enter_context ("run_launch");
  FakeObject *object = fake_find (FAKE_RUN, run);

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_nonnull (object);
  fake_driver.runs++;
  for (guint i = 0; i < object->ops->len && status == EW_CUDA_SUCCESS; i++)
    status = fake_queue (&g_array_index (object->ops, FakeOp, i), stream, TRUE);
  return status;
}

static EwCudaStatus
fake_graph_destroy (EwCudaGraph graph)
{
  return fake_give_back ("graph_destroy", FAKE_GRAPH, graph);
}

static EwCudaStatus
fake_run_destroy (EwCudaRun run)
{
  return fake_give_back ("run_destroy", FAKE_RUN, run);
}

void
fake_graphs_fill (EwCudaDriver *table)
{
  table->capture_begin = fake_capture_begin;
  table->capture_end = fake_capture_end;
  table->graph_instantiate = fake_graph_instantiate;
  table->graph_destroy = fake_graph_destroy;
  table->run_launch = fake_run_launch;
  table->run_destroy = fake_run_destroy;
}
