/* EwHistogramWorker: what its requests are and what they come to. */
#include "engine/histogram-worker.h"

#include "engine/histogram-count.h"
#include "engine/worker.h"

struct _EwHistogramWorker
{
  EwWorker *worker;
};

typedef struct
{
  EwSnapshot *snapshot;
  EwHistogramOf of;
  double clip_low;
  double clip_high;
} Request;

static gpointer
make (gconstpointer data, gpointer unused, atomic_int *cancel)
{
  const Request *request = data;
  const EwSnapshot *s = request->snapshot;
  EwHistogramSource source = { .of = request->of,
                               .x = s->x,
                               .y = s->y,
                               .mask = s->whole == NULL ? NULL : s->whole->samples[s->sample].mask,
                               .geometry = s->geometry,
                               .kernel = s->kernel,
                               .clip_low = request->clip_low,
                               .clip_high = request->clip_high };
  EwHistogram *histogram;

  if (s->x == NULL || s->y == NULL || s->kernel == NULL)
    return NULL;
  histogram = ew_histogram_new (&source, cancel, NULL);
  if (histogram != NULL)
    {
      histogram->task = s->task;
      histogram->sample = s->sample;
      histogram->epoch = s->shown_epoch;
    }
  return histogram;
}

static gboolean
is_same (gconstpointer present, gconstpointer newer)
{
  const Request *a = present;
  const Request *b = newer;

  return a->snapshot->task == b->snapshot->task && a->snapshot->sample == b->snapshot->sample && a->of == b->of;
}

static void
free_request (gpointer data)
{
  Request *request = data;

  ew_snapshot_unref (request->snapshot);
  g_free (request);
}

static void
free_made (gpointer made)
{
  ew_histogram_unref (made);
}

EwHistogramWorker *
ew_histogram_worker_new (EwHistogramWorkerWake wake, gpointer data)
{
  static const EwWorkerKind kind = { make, is_same, free_request, free_made };
  EwHistogramWorker *self = g_new0 (EwHistogramWorker, 1);

  self->worker = ew_worker_new (&kind, NULL, wake, data);
  if (self->worker != NULL)
    return self;
  g_free (self);
  return NULL;
}

void
ew_histogram_worker_free (EwHistogramWorker *self)
{
  if (self == NULL)
    return;
  ew_worker_free (self->worker);
  g_free (self);
}

void
ew_histogram_worker_ask (EwHistogramWorker *self, EwSnapshot *snapshot, EwHistogramOf of, double clip_low,
                         double clip_high)
{
  Request *request = g_new (Request, 1);

  *request = (Request){ ew_snapshot_ref (snapshot), of, clip_low, clip_high };
  ew_worker_ask (self->worker, request);
}

void
ew_histogram_worker_stop (EwHistogramWorker *self)
{
  ew_worker_stop (self->worker);
}

EwHistogram *
ew_histogram_worker_take (EwHistogramWorker *self)
{
  return ew_worker_take (self->worker);
}

gboolean
ew_histogram_worker_is_busy (EwHistogramWorker *self)
{
  return ew_worker_is_busy (self->worker);
}
