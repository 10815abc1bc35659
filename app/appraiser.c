/* EwAppraiser: what its requests are and what they come to. */
#include "app/appraiser.h"

#include "engine/devices.h"
#include "engine/fit.h"
#include "engine/holdout.h"

#include <string.h>

/* Outputs that the noise is estimated from. */
#define NOISE_OUTPUTS (1 << 18)

struct _EwAppraiser
{
  EwDevices *devices; /* of the worker alone */
  EwWorker *worker;
};

typedef struct
{
  guint64 task;
  EwProblem *problem;
  EwAppraisalGroups groups;
  double *params;  /* the optimum, whose structure is looked for; NULL: it is to be found */
  int *channel_of; /* or each channel's own is, of all samples; NULL: it is not */
} Request;

void
ew_appraisal_free (EwAppraisal *appraisal)
{
  if (appraisal == NULL)
    return;
  ew_problem_unref (appraisal->problem);
  ew_quadratic_free (appraisal->quadratic);
  ew_optimum_free (appraisal->optimum);
  g_free (appraisal->fits);
  ew_channel_fits_free (appraisal->channels);
  g_clear_error (&appraisal->error);
  g_free (appraisal);
}

/* What pairs are fetched from. */
typedef struct
{
  const EwAppraisalGroups *groups;
  int *learned; /* which of them are learned from */
} Fetching;

static gboolean
fetch (int number, gpointer data, EwProblem **problem, EwProblem **held, GError **error)
{
  const Fetching *from = data;

  *held = NULL;
  *problem = ew_problem_select (from->groups->whole, from->groups->group_of, from->learned[number], error);
  return *problem != NULL;
}

/* How the optimum does on a pair that it was not fitted to. */
static gboolean
look_at_held (const EwAppraisalGroups *g, int group, EwDevices *devices, const double *params, EwPairFit *fit, EwCancel *cancel,
              GError **error)
{
  g_autoptr (EwProblem) problem = ew_problem_select (g->whole, g->group_of, group, error);
  g_autoptr (EwQuadratic) q = problem == NULL ? NULL : ew_fit_quadratic (devices, problem, cancel, error);
  g_autofree double *own = problem == NULL ? NULL : g_new (double, problem->n_params);

  if (q == NULL || !ew_quadratic_optimum (q, own, &fit->own_loss, NULL, cancel, error))
    return FALSE;
  fit->n_residuals = problem->n_residuals;
  fit->moments = ew_problem_moments (problem);
  fit->loss = ew_quadratic_loss (q, params);
  return TRUE;
}

/* The quadratic of several pairs, and what its optimum does on each. */
static EwQuadratic *
fit_groups (EwAppraisal *a, const EwAppraisalGroups *g, EwDevices *devices, EwCancel *cancel)
{
  Fetching from = { g, g_newa (int, g->n) };
  g_autoptr (EwPairSums) sums = NULL;
  int n = 0;

  for (int i = 0; i < g->n; i++)
    if (!g->held[i])
      from.learned[n++] = i;
  sums = ew_pair_sums_new (devices, n, fetch, NULL, &from, cancel, &a->error);
  if (sums == NULL)
    return NULL;
  a->n_fits = g->n;
  a->fits = g_new0 (EwPairFit, g->n);
  for (int k = 0; k < n; k++)
    a->fits[from.learned[k]] = sums->fits[k];
  for (int i = 0; i < g->n; i++)
    if (g->held[i] && !look_at_held (g, i, devices, sums->params, &a->fits[i], cancel, &a->error))
      return NULL;
  return g_steal_pointer (&sums->quadratic);
}

static void
find_optimum (EwAppraisal *a, const EwAppraisalGroups *groups, EwDevices *devices, EwCancel *cancel)
{
  if (a->problem->n_params > EW_APPRAISAL_PARAMS_MAX)
    {
      g_set_error (&a->error, EW_ERROR, EW_ERROR_TOO_LARGE,
                   "A kernel of more than %d weights has its optimum found by learning alone; a smaller one would do.",
                   EW_APPRAISAL_PARAMS_MAX - 1);
      return;
    }
  a->quadratic = groups->n > 0 ? fit_groups (a, groups, devices, cancel)
                               : ew_fit_quadratic (devices, a->problem, cancel, &a->error);
  if (a->quadratic == NULL)
    return;
  a->variation = ew_problem_variation (a->problem);
  a->optimum = ew_optimum_new (a->quadratic, a->problem->n_residuals, a->variation, cancel, &a->error);
  if (a->optimum != NULL
      && !ew_optimum_cluster (a->optimum, a->quadratic, a->problem, ew_devices_pool (devices), cancel, &a->error))
    g_clear_pointer (&a->optimum, ew_optimum_free);
}

static void
find_structure (EwAppraisal *a, const double *params, EwCancel *cancel)
{
  g_autoptr (EwProblem) plain = ew_problem_unpadded (a->problem, &a->error);

  a->has_structure = plain != NULL && ew_structure_look (plain, params, &a->structure, cancel, &a->error);
  if (a->has_structure)
    a->noise = ew_objective_scale (plain, params, NOISE_OUTPUTS);
}

static gpointer
make (gconstpointer data, gpointer devices, atomic_int *cancel)
{
  const Request *request = data;
  EwAppraisal *a = g_new0 (EwAppraisal, 1);

  a->task = request->task;
  a->problem = ew_problem_ref (request->problem);
  for (int s = 0; s < a->problem->n_samples; s++)
    a->n_all += (gint64)a->problem->samples[s].y->height * a->problem->samples[s].y->width;
  if (request->channel_of != NULL)
    a->channels = ew_channel_fits_new (devices, a->problem, request->channel_of, cancel, &a->error);
  else if (request->params == NULL)
    find_optimum (a, &request->groups, devices, cancel);
  else
    find_structure (a, request->params, cancel);
  return a;
}

static gboolean
is_same (gconstpointer present, gconstpointer newer)
{
  return FALSE;
}

static void
free_request (gpointer data)
{
  Request *request = data;

  ew_problem_unref (request->problem);
  ew_problem_unref (request->groups.whole);
  g_free ((gpointer)request->groups.group_of);
  g_free ((gpointer)request->groups.held);
  g_free (request->params);
  g_free (request->channel_of);
  g_free (request);
}

static void
free_made (gpointer made)
{
  ew_appraisal_free (made);
}

EwAppraiser *
ew_appraiser_new (EwWorkerWake wake, gpointer data)
{
  static const EwWorkerKind kind = { make, is_same, free_request, free_made };
  const EwBackend *const backends[] = { ew_cpu_backend () };
  EwAppraiser *self = g_new0 (EwAppraiser, 1);

  self->devices = ew_devices_new (backends, 1, 0);
  self->worker = ew_worker_new (&kind, self->devices, wake, data);
  if (self->worker != NULL)
    return self;
  ew_appraiser_free (self);
  return NULL;
}

void
ew_appraiser_free (EwAppraiser *self)
{
  if (self == NULL)
    return;
  ew_worker_free (self->worker);
  ew_devices_free (self->devices);
  g_free (self);
}

static Request *
new_request (guint64 task, EwProblem *problem)
{
  Request *request = g_new0 (Request, 1);

  request->task = task;
  request->problem = ew_problem_ref (problem);
  return request;
}

static void
ask (EwAppraiser *self, guint64 task, EwProblem *problem, const double *params, const EwAppraisalGroups *groups)
{
  Request *request = new_request (task, problem);

  if (groups != NULL)
    request->groups = (EwAppraisalGroups){
      ew_problem_ref (groups->whole), groups->n,
      g_memdup2 (groups->group_of, (gsize)groups->whole->n_samples * sizeof *groups->group_of),
      g_memdup2 (groups->held, (gsize)groups->n * sizeof *groups->held)
    };

  request->params = params == NULL ? NULL : g_memdup2 (params, (gsize)problem->n_params * sizeof *params);
  ew_worker_ask (self->worker, request);
}

void
ew_appraiser_ask (EwAppraiser *self, guint64 task, EwProblem *problem, const EwAppraisalGroups *groups)
{
  ask (self, task, problem, NULL, groups);
}

void
ew_appraiser_ask_structure (EwAppraiser *self, const EwAppraisal *appraisal)
{
  ask (self, appraisal->task, appraisal->problem, appraisal->optimum->params, NULL);
}

void
ew_appraiser_ask_channels (EwAppraiser *self, guint64 task, EwProblem *whole, const int *channel_of)
{
  Request *request = new_request (task, whole);

  request->channel_of = g_memdup2 (channel_of, (gsize)whole->n_samples * sizeof *channel_of);
  ew_worker_ask (self->worker, request);
}

void
ew_appraiser_stop (EwAppraiser *self)
{
  ew_worker_stop (self->worker);
}

EwAppraisal *
ew_appraiser_take (EwAppraiser *self)
{
  return ew_worker_take (self->worker);
}
