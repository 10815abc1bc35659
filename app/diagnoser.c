/* EwDiagnoser: one task at a time, and one kernel that waits. */
#include "app/diagnoser.h"

#include "engine/courtesy.h"

#include <gio/gio.h>

/* Of the time that a diagnosis took; and the least, in milliseconds: words that change faster cannot be read. */
#define REST       9
#define REST_LEAST 200

struct _EwDiagnoser
{
  EwDiagnosed func;
  gpointer data;
  EwKernel *last;    /* that was asked for; compared, not used */
  EwKernel *waiting; /* NULL: none */
  gboolean busy;     /* a worker is, or it rests */
  gboolean freed;    /* but a worker has it still */
  guint rest;
  gint64 began_us;
};

static void start (EwDiagnoser *self, EwKernel *kernel);

EwDiagnoser *
ew_diagnoser_new (EwDiagnosed func, gpointer data)
{
  EwDiagnoser *self = g_new0 (EwDiagnoser, 1);

  self->func = func;
  self->data = data;
  return self;
}

static void
clear (EwDiagnoser *self)
{
  g_clear_handle_id (&self->rest, g_source_remove);
  g_clear_pointer (&self->waiting, ew_kernel_unref);
  g_clear_pointer (&self->last, ew_kernel_unref);
}

void
ew_diagnoser_free (EwDiagnoser *self)
{
  gboolean working = self != NULL && self->busy && self->rest == 0;

  if (self == NULL)
    return;
  clear (self);
  self->freed = TRUE;
  if (!working)
    g_free (self);
}

static gboolean
on_rested (gpointer data)
{
  EwDiagnoser *self = data;
  g_autoptr (EwKernel) kernel = g_steal_pointer (&self->waiting);

  self->rest = 0;
  self->busy = FALSE;
  if (kernel != NULL)
    start (self, kernel);
  return G_SOURCE_REMOVE;
}

static void
diagnose (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, ew_diagnosis_new (data), (GDestroyNotify)ew_diagnosis_unref);
}

/* A thread of its own, for GLib's serve others again, and priority that was given up does not come back. */
static gpointer
run (gpointer data)
{
  g_autoptr (GTask) task = data;

  ew_courtesy_lower_priority ();
  diagnose (task, NULL, g_task_get_task_data (task), NULL);
  return NULL;
}

static void
on_diagnosed (GObject *source, GAsyncResult *result, gpointer data)
{
  EwDiagnoser *self = data;
  g_autoptr (EwDiagnosis) diagnosis = g_task_propagate_pointer (G_TASK (result), NULL);
  gint64 took_ms = (g_get_monotonic_time () - self->began_us) / 1000;

  if (self->freed)
    {
      g_free (self);
      return;
    }
  self->rest = g_timeout_add ((guint)MAX (REST_LEAST, REST * took_ms), on_rested, self);
  if (diagnosis != NULL)
    self->func (diagnosis, self->data);
}

static void
start (EwDiagnoser *self, EwKernel *kernel)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_diagnosed, self);
  GThread *thread;

  self->busy = TRUE;
  self->began_us = g_get_monotonic_time ();
  g_task_set_task_data (task, ew_kernel_ref (kernel), (GDestroyNotify)ew_kernel_unref);
  thread = g_thread_try_new ("diagnosis", run, g_object_ref (task), NULL);
  if (thread != NULL)
    {
      g_thread_unref (thread);
      return;
    }
  g_object_unref (task);
  g_task_run_in_thread (task, diagnose);
}

void
ew_diagnoser_ask (EwDiagnoser *self, EwKernel *kernel)
{
  if (self->last != NULL && (self->last == kernel || ew_kernel_equal (self->last, kernel)))
    return;
  ew_kernel_ref (kernel);
  ew_kernel_unref (self->last);
  self->last = kernel;
  if (!self->busy)
    {
      start (self, kernel);
      return;
    }
  ew_kernel_unref (self->waiting);
  self->waiting = ew_kernel_ref (kernel);
}
