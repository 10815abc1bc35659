/* EwOptimizer: the update rules. The order of operations is PyTorch's, so that little but rounding is between the two. */
#include "engine/optimizer.h"

#include <math.h>
#include <string.h>

/* Where the parts of a state begin. Adam: t, m, v. Conjugate gradients: rᵀr of the last step, steps since the direction
 * was started, the direction. */
#define ADAM_T       0
#define ADAM_MEAN    1
#define CG_SQUARE    0
#define CG_STEPS     1
#define CG_DIRECTION 2

static const char *const names[EW_OPTIMIZER_N_KINDS]
    = { "gd", "momentum", "nesterov", "rmsprop", "adam", "cg", "least-squares" };

void
ew_optimizer_init (EwOptimizer *optimizer, EwOptimizerKind kind)
{
  *optimizer = (EwOptimizer){
    .kind = kind, .momentum = 0.9, .smoothing = 0.99, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8
  };
}

const char *
ew_optimizer_name (EwOptimizerKind kind)
{
  return names[kind];
}

int
ew_optimizer_from_name (const char *name)
{
  for (int kind = 0; kind < EW_OPTIMIZER_N_KINDS; kind++)
    if (strcmp (names[kind], name) == 0)
      return kind;
  return -1;
}

size_t
ew_optimizer_state_size (EwOptimizerKind kind, int n)
{
  switch (kind)
    {
    case EW_OPTIMIZER_MOMENTUM:
    case EW_OPTIMIZER_NESTEROV:
    case EW_OPTIMIZER_RMSPROP:
      return (size_t)n;
    case EW_OPTIMIZER_ADAM:
      return ADAM_MEAN + 2 * (size_t)n;
    case EW_OPTIMIZER_CG:
      return CG_DIRECTION + (size_t)n;
    case EW_OPTIMIZER_GD:
    case EW_OPTIMIZER_LEAST_SQUARES:
    case EW_OPTIMIZER_N_KINDS:
    default:
      return 0;
    }
}

static void
descend (int n, double rate, const double *gradient, double *params)
{
  for (int k = 0; k < n; k++)
    params[k] -= rate * gradient[k];
}

static void
gather_momentum (const EwOptimizer *o, int n, double rate, const double *gradient, double *params, double *buffer)
{
  gboolean ahead = o->kind == EW_OPTIMIZER_NESTEROV;

  for (int k = 0; k < n; k++)
    {
      buffer[k] = o->momentum * buffer[k] + gradient[k];
      params[k] -= rate * (ahead ? gradient[k] + o->momentum * buffer[k] : buffer[k]);
    }
}

static void
rmsprop (const EwOptimizer *o, int n, double rate, const double *gradient, double *params, double *squares)
{
  for (int k = 0; k < n; k++)
    {
      squares[k] = o->smoothing * squares[k] + (1 - o->smoothing) * gradient[k] * gradient[k];
      params[k] -= rate * gradient[k] / (sqrt (squares[k]) + o->epsilon);
    }
}

static void
adam (const EwOptimizer *o, int n, double rate, const double *gradient, double *params, double *state)
{
  double t = state[ADAM_T] += 1;
  double *mean = state + ADAM_MEAN;
  double *squares = mean + n;
  double step = rate / (1 - pow (o->beta1, t));
  double root = sqrt (1 - pow (o->beta2, t));

  for (int k = 0; k < n; k++)
    {
      mean[k] += (1 - o->beta1) * (gradient[k] - mean[k]);
      squares[k] = o->beta2 * squares[k] + (1 - o->beta2) * gradient[k] * gradient[k];
      params[k] -= step * mean[k] / (sqrt (squares[k]) / root + o->epsilon);
    }
}

void
ew_optimizer_step (const EwOptimizer *optimizer, int n, double rate, const double *gradient, double *params,
                   double *state)
{
  switch (optimizer->kind)
    {
    case EW_OPTIMIZER_MOMENTUM:
    case EW_OPTIMIZER_NESTEROV:
      gather_momentum (optimizer, n, rate, gradient, params, state);
      break;
    case EW_OPTIMIZER_RMSPROP:
      rmsprop (optimizer, n, rate, gradient, params, state);
      break;
    case EW_OPTIMIZER_ADAM:
      adam (optimizer, n, rate, gradient, params, state);
      break;
    case EW_OPTIMIZER_GD:
    case EW_OPTIMIZER_CG:
    case EW_OPTIMIZER_LEAST_SQUARES:
    case EW_OPTIMIZER_N_KINDS:
    default:
      descend (n, rate, gradient, params);
    }
}

const double *
ew_optimizer_direct (int n, const double *gradient, double *state)
{
  double *direction = state + CG_DIRECTION;
  double square = 0;

  for (int k = 0; k < n; k++)
    square += gradient[k] * gradient[k] / 4;

  /* In exact arithmetic the n-th direction is the last one needed. */
  gboolean anew = !(state[CG_SQUARE] > 0) || state[CG_STEPS] >= n;
  double keep = anew ? 0 : square / state[CG_SQUARE];

  for (int k = 0; k < n; k++)
    direction[k] = (keep == 0 ? 0 : keep * direction[k]) - gradient[k] / 2;
  state[CG_SQUARE] = square;
  state[CG_STEPS] = anew ? 1 : state[CG_STEPS] + 1;
  return direction;
}

gboolean
ew_optimizer_move (int n, const double *gradient, const double *product, double *params, double *state)
{
  const double *direction = state + CG_DIRECTION;
  double curvature = 0;
  double slope = 0;

  for (int k = 0; k < n; k++)
    {
      curvature += direction[k] * product[k];
      slope -= direction[k] * gradient[k] / 2;
    }
  if (!(curvature > 0) || !isfinite (slope / curvature))
    return FALSE;
  for (int k = 0; k < n; k++)
    params[k] += slope / curvature * direction[k];
  return TRUE;
}

void
ew_optimizer_forget (EwOptimizerKind kind, int n, double *state)
{
  size_t size = ew_optimizer_state_size (kind, n);

  if (size > 0)
    memset (state, 0, size * sizeof (double));
}

double
ew_optimizer_limit (const EwOptimizer *optimizer, double lambda_max)
{
  double beta = optimizer->momentum;

  if (!(lambda_max > 0))
    return INFINITY;
  switch (optimizer->kind)
    {
    case EW_OPTIMIZER_GD:
      return 1 / lambda_max;
    case EW_OPTIMIZER_MOMENTUM:
      return (1 + beta) / lambda_max;
    case EW_OPTIMIZER_NESTEROV:
      return (1 + beta) / ((1 + 2 * beta) * lambda_max);
    case EW_OPTIMIZER_RMSPROP:
    case EW_OPTIMIZER_ADAM:
    case EW_OPTIMIZER_CG:
    case EW_OPTIMIZER_LEAST_SQUARES:
    case EW_OPTIMIZER_N_KINDS:
    default:
      return INFINITY;
    }
}

gboolean
ew_optimizer_has_rate (EwOptimizerKind kind)
{
  return kind != EW_OPTIMIZER_CG && kind != EW_OPTIMIZER_LEAST_SQUARES;
}

double
ew_optimizer_usual_rate (EwOptimizerKind kind)
{
  return kind == EW_OPTIMIZER_RMSPROP ? 0.01 : kind == EW_OPTIMIZER_ADAM ? 0.001 : 0;
}
