/* EwPairSums: two passes over the pairs, the first for the normal equations, the second for what their solution leaves. */
#include "engine/pair-sums.h"

#include <math.h>
#include <string.h>

/* See ew_pair_fit_is_strange: part of the common kernel's loss, and share of the target's variation. */
#define STRANGE_PART  0.5
#define STRANGE_SHARE 1e-4

/* What both passes work with. */
typedef struct
{
  EwDevices *devices;
  EwPairFetch fetch;
  EwPairVisit visit;
  gpointer data;
  EwCancel *cancel;
  EwPairSums *sums;
  EwGram *gram;
  EwGram *held_gram;
} Pass;

void
ew_pair_sums_free (EwPairSums *sums)
{
  if (sums == NULL)
    return;
  g_clear_pointer (&sums->problem, ew_problem_unref);
  g_clear_pointer (&sums->held, ew_problem_unref);
  g_clear_pointer (&sums->quadratic, ew_quadratic_free);
  g_clear_pointer (&sums->held_quadratic, ew_quadratic_free);
  ew_clusters_clear (&sums->clusters);
  g_free (sums->fits);
  g_free (sums->params);
  g_free (sums);
}

double
ew_moments_r_squared (const EwMoments *moments, double loss)
{
  return moments->variation > 0 ? 1 - loss / moments->variation : NAN;
}

gboolean
ew_pair_fit_is_strange (const EwPairFit *fit)
{
  return fit->own_loss < STRANGE_PART * fit->loss && fit->loss > STRANGE_SHARE * fit->moments.variation;
}

static gboolean
same_shape (const EwProblem *a, const EwProblem *b)
{
  return memcmp (&a->geometry, &b->geometry, sizeof a->geometry) == 0 && a->has_bias == b->has_bias;
}

/* The first pair says what all are like. */
static gboolean
check_shape (EwPairSums *sums, const EwProblem *problem, GError **error)
{
  if (sums->problem == NULL)
    sums->problem = ew_problem_new_of_sums (&problem->geometry, problem->has_bias, 0, 0);
  if (same_shape (sums->problem, problem))
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_GEOMETRY,
                       "This pair is laid out in another way than the first one; padding, border, stride, dilation, kernel "
                       "size and bias must be the same for all pairs.");
  return FALSE;
}

/* Adds @problem's sums to *@gram, which is made for the first; *@own is the loss at its own optimum. */
static gboolean
add_sums (const Pass *pass, EwProblem *problem, EwGram **gram, double *own, GError **error)
{
  g_autoptr (EwQuadratic) q = ew_fit_quadratic (pass->devices, problem, pass->cancel, error);
  g_autofree double *params = g_new (double, problem->n_params);

  if (q == NULL || (*gram == NULL && (*gram = ew_gram_new (problem->n_params, 0, error)) == NULL))
    return FALSE;
  ew_gram_add (*gram, ew_quadratic_gram (q));
  return own == NULL || ew_quadratic_optimum (q, params, own, NULL, pass->cancel, error);
}

static gboolean
sum_up_pair (Pass *pass, int number, GError **error)
{
  EwPairSums *sums = pass->sums;
  EwPairFit *fit = &sums->fits[number];
  g_autoptr (EwProblem) problem = NULL;
  g_autoptr (EwProblem) held = NULL;

  if (!pass->fetch (number, pass->data, &problem, &held, error) || !check_shape (sums, problem, error)
      || !add_sums (pass, problem, &pass->gram, &fit->own_loss, error))
    return FALSE;
  fit->n_residuals = problem->n_residuals;
  fit->moments = ew_problem_moments (problem);
  sums->moments = ew_moments_join (&sums->moments, &fit->moments);
  sums->problem->n_residuals += problem->n_residuals;
  sums->problem->y_squared += problem->y_squared;
  if (held == NULL)
    return TRUE;
  if (!add_sums (pass, held, &pass->held_gram, NULL, error))
    return FALSE;
  if (sums->held == NULL)
    sums->held = ew_problem_new_of_sums (&held->geometry, held->has_bias, 0, 0);
  fit->held = held->n_residuals;
  fit->held_moments = ew_problem_moments (held);
  sums->held_moments = ew_moments_join (&sums->held_moments, &fit->held_moments);
  sums->held->n_residuals += held->n_residuals;
  sums->held->y_squared += held->y_squared;
  return TRUE;
}

/* Adds what @problem gives at the optimum to a loss and its gradient. */
static gboolean
add_loss (const Pass *pass, EwProblem *problem, double *loss, double *total, double *gradient, GError **error)
{
  g_autofree double *part = g_new (double, problem->n_params);

  if (!ew_fit_evaluate (pass->devices, problem, pass->sums->params, loss, part, pass->cancel, error))
    return FALSE;
  *total += *loss;
  for (int k = 0; k < problem->n_params; k++)
    gradient[k] += part[k];
  return TRUE;
}

/* The second pass; @totals: the loss and its gradient, of what is learned from and of what is held out. */
static gboolean
look_again (const Pass *pass, double *totals, GError **error)
{
  EwPairSums *sums = pass->sums;
  int n = sums->problem->n_params;

  for (int number = 0; number < sums->n; number++)
    {
      EwPairFit *fit = &sums->fits[number];
      g_autoptr (EwProblem) problem = NULL;
      g_autoptr (EwProblem) held = NULL;

      if (!pass->fetch (number, pass->data, &problem, &held, error) || !check_shape (sums, problem, error)
          || !add_loss (pass, problem, &fit->loss, &totals[0], totals + 1, error)
          || (held != NULL && !add_loss (pass, held, &fit->held_loss, &totals[n + 1], totals + n + 2, error))
          || !ew_clusters_add (&sums->clusters, sums->quadratic, sums->params, problem, ew_devices_pool (pass->devices),
                               pass->cancel, error)
          || (pass->visit != NULL && !pass->visit (number, problem, sums->params, pass->data, error)))
        return FALSE;
    }
  return TRUE;
}

/* Both passes; a quadratic for the held-out part where there is one. */
static gboolean
run (Pass *pass, GError **error)
{
  EwPairSums *sums = pass->sums;
  g_autofree double *totals = NULL;
  int n;

  for (int number = 0; number < sums->n; number++)
    if (!sum_up_pair (pass, number, error))
      return FALSE;
  n = sums->problem->n_params;
  totals = g_new0 (double, 2 * ((size_t)n + 1));
  sums->params = g_new (double, n);
  ew_clusters_init (&sums->clusters, n, sums->problem->n_residuals);
  sums->quadratic = ew_quadratic_new (pass->gram, error);
  if (sums->quadratic == NULL
      || !ew_quadratic_optimum (sums->quadratic, sums->params, NULL, NULL, pass->cancel, error)
      || !look_again (pass, totals, error))
    return FALSE;
  ew_quadratic_rebase (sums->quadratic, sums->params, totals[0], totals + 1);
  if (pass->held_gram == NULL)
    return TRUE;
  sums->held_quadratic = ew_quadratic_new (pass->held_gram, error);
  if (sums->held_quadratic == NULL)
    return FALSE;
  ew_quadratic_rebase (sums->held_quadratic, sums->params, totals[n + 1], totals + n + 2);
  return TRUE;
}

EwPairSums *
ew_pair_sums_new (EwDevices *devices, int n, EwPairFetch fetch, EwPairVisit visit, gpointer data, EwCancel *cancel,
                  GError **error)
{
  g_autoptr (EwPairSums) sums = g_new0 (EwPairSums, 1);
  Pass pass = { devices, fetch, visit, data, cancel, sums, NULL, NULL };
  gboolean done;

  sums->n = n;
  sums->fits = g_new0 (EwPairFit, (guint)n);
  done = run (&pass, error);
  g_clear_pointer (&pass.gram, ew_gram_unref);
  g_clear_pointer (&pass.held_gram, ew_gram_unref);
  return done ? g_steal_pointer (&sums) : NULL;
}
