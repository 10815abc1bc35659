/* EwExaminer: what its requests are and what they come to. */
#include "app/examiner.h"

struct _EwExaminer
{
  EwWorker *worker;
};

typedef struct
{
  EwExperiment experiment;
  EwCorrection correction; /* of kind NONE: none */
  gboolean all;
  gboolean again; /* after what was done to: */
  EwExperiment from;
} Request;

void
ew_examined_free (EwExamined *examined)
{
  if (examined == NULL)
    return;
  ew_experiment_clear (&examined->experiment);
  ew_findings_free (examined->findings);
  g_clear_error (&examined->error);
  g_free (examined);
}

static gboolean
correct (EwExamined *examined, const Request *request, EwCancel *cancel, GError **error)
{
  if (request->again)
    {
      examined->again = TRUE;
      return ew_experiment_replay (&examined->experiment, &request->from, error);
    }
  if (request->all)
    return ew_experiment_correct_all (&examined->experiment, &examined->n_corrected, cancel, error);
  if (request->correction.kind == EW_CORRECTION_NONE)
    return TRUE;
  examined->n_corrected = 1;
  return ew_experiment_correct (&examined->experiment, &request->correction, error);
}

static gpointer
make (gconstpointer data, gpointer unused, atomic_int *cancel)
{
  const Request *request = data;
  EwExamined *examined = g_new0 (EwExamined, 1);

  ew_experiment_copy (&examined->experiment, &request->experiment);
  if (correct (examined, request, cancel, &examined->error))
    examined->findings = ew_experiment_examine (&examined->experiment, cancel, &examined->error);
  return examined;
}

/* Another pair, or another correction, makes what is under way pointless. */
static gboolean
is_same (gconstpointer present, gconstpointer newer)
{
  return FALSE;
}

static void
free_request (gpointer data)
{
  Request *request = data;

  ew_experiment_clear (&request->experiment);
  if (request->again)
    ew_experiment_clear (&request->from);
  g_free (request);
}

static void
free_made (gpointer made)
{
  ew_examined_free (made);
}

EwExaminer *
ew_examiner_new (EwWorkerWake wake, gpointer data)
{
  static const EwWorkerKind kind = { make, is_same, free_request, free_made };
  EwExaminer *self = g_new0 (EwExaminer, 1);

  self->worker = ew_worker_new (&kind, NULL, wake, data);
  if (self->worker != NULL)
    return self;
  g_free (self);
  return NULL;
}

void
ew_examiner_free (EwExaminer *self)
{
  if (self == NULL)
    return;
  ew_worker_free (self->worker);
  g_free (self);
}

void
ew_examiner_ask (EwExaminer *self, const EwExperiment *experiment, const EwCorrection *correction, gboolean all)
{
  Request *request = g_new0 (Request, 1);

  ew_experiment_copy (&request->experiment, experiment);
  if (correction != NULL)
    request->correction = *correction;
  request->all = all;
  ew_worker_ask (self->worker, request);
}

void
ew_examiner_ask_again (EwExaminer *self, const EwExperiment *experiment, const EwExperiment *from)
{
  Request *request = g_new0 (Request, 1);

  ew_experiment_copy (&request->experiment, experiment);
  ew_experiment_copy (&request->from, from);
  request->again = TRUE;
  ew_worker_ask (self->worker, request);
}

void
ew_examiner_stop (EwExaminer *self)
{
  ew_worker_stop (self->worker);
}

EwExamined *
ew_examiner_take (EwExaminer *self)
{
  return ew_worker_take (self->worker);
}
