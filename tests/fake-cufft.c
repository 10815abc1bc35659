/* Transforms of powers of two, the plain way. */
#include "tests/fake-cufft.h"

#include "tests/fake-driver-private.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#define PLANS_MAX 64

int fake_cufft_fault;
gboolean fake_cufft_idle;
int fake_cufft_transforms;
int fake_cufft_plans;

typedef struct
{
  gboolean used;
  int type;
  int n;
  int batch;
  EwCudaStream stream;
} Plan;

static Plan plans[PLANS_MAX];

static gboolean
fails (void)
{
  return fake_cufft_fault > 0 && --fake_cufft_fault == 0;
}

/* values[k · step], n of them; sign −1: forward. */
static void
transform_line (complex double *values, int n, int step, int sign)
{
  g_autofree complex double *even = NULL;
  g_autofree complex double *odd = NULL;

  if (n == 1)
    return;
  even = g_new (complex double, n / 2);
  odd = g_new (complex double, n / 2);
  for (int k = 0; k < n / 2; k++)
    {
      even[k] = values[2 * k * step];
      odd[k] = values[(2 * k + 1) * step];
    }
  transform_line (even, n / 2, 1, sign);
  transform_line (odd, n / 2, 1, sign);
  for (int k = 0; k < n / 2; k++)
    {
      complex double turned = odd[k] * cexp (sign * 2 * G_PI * I * k / n);

      values[k * step] = even[k] + turned;
      values[(k + n / 2) * step] = even[k] - turned;
    }
}

static void
transform_plane (complex double *plane, int n, int sign)
{
  for (int i = 0; i < n; i++)
    transform_line (plane + (size_t)i * n, n, 1, sign);
  for (int j = 0; j < n; j++)
    transform_line (plane + j, n, n, sign);
}

/* The half of a spectrum that is stored, and what the other half then is. */
static complex double
spectrum_at (const float *spectrum, int n, int i, int j)
{
  int half = n / 2 + 1;
  int row = j < half ? i : (n - i) % n, column = j < half ? j : n - j;
  const float *pair = spectrum + 2 * ((size_t)row * half + column);

  return (double)pair[0] + (j < half ? 1 : -1) * I * (double)pair[1];
}

void
fake_transform_run (const FakeTransform *t)
{
  int n = t->n, half = n / 2 + 1;
  gboolean forward = t->type == EW_CUFFT_TO_COMPLEX;
  g_autofree complex double *plane = g_new (complex double, (size_t)n *n);

  fake_cufft_transforms++;
  for (int b = 0; b < t->batch && !fake_cufft_idle; b++)
    {
      const float *from = t->from + (size_t)b * (forward ? n * n : 2 * n * half);
      float *to = t->to + (size_t)b * (forward ? 2 * n * half : n * n);

      for (int k = 0; k < n * n; k++)
        plane[k] = forward ? (double)from[k] : spectrum_at (from, n, k / n, k % n);
      transform_plane (plane, n, forward ? -1 : 1);
      for (int i = 0; i < n; i++)
        for (int j = 0; j < (forward ? half : n); j++)
          if (forward)
            {
              to[2 * (i * half + j)] = (float)creal (plane[i * n + j]);
              to[2 * (i * half + j) + 1] = (float)cimag (plane[i * n + j]);
            }
          else
            to[i * n + j] = (float)creal (plane[i * n + j]);
    }
}

static EwCufftStatus
fake_plan_many (EwCufftHandle *plan, int rank, int *n, int *in_embed, int in_stride, int in_distance, int *out_embed,
                int out_stride, int out_distance, int type, int batch)
{
  int p = 0;

  g_assert_true (rank == 2 && n[0] == n[1] && in_embed == NULL && out_embed == NULL && batch > 0);
  if (fails ())
    return 2;
  while (plans[p].used)
    p++;
  g_assert_cmpint (p, <, PLANS_MAX);
  plans[p] = (Plan){ TRUE, type, n[0], batch, NULL };
  /* The device is idle meanwhile: what was asked for before is done by then. */
  if (fake_driver.times != NULL)
    fake_run_all_streams ();
  fake_pass_time ("plan", 1, NULL);
  *plan = p;
  fake_cufft_plans++;
  return 0;
}

static EwCufftStatus
fake_set_stream (EwCufftHandle plan, EwCudaStream stream)
{
  if (fails ())
    return 5;
  plans[plan].stream = stream;
  return 0;
}

static EwCufftStatus
run (EwCufftHandle plan, int type, float *from, float *to)
{
  const Plan *p = &plans[plan];
  size_t real_bytes = sizeof (float) * (size_t)p->n * p->n * p->batch;
  size_t complex_bytes = 2 * sizeof (float) * (size_t)p->n * (p->n / 2 + 1) * p->batch;
  gboolean forward = type == EW_CUFFT_TO_COMPLEX;
  FakeTransform transform
      = { type, p->n, p->batch, from, to, forward ? real_bytes : complex_bytes, forward ? complex_bytes : real_bytes };

  g_assert_true (p->used && p->type == type && p->stream != NULL);
  if (fails ())
    return 6;
  return fake_driver_queue_transform (&transform, p->stream) == EW_CUDA_SUCCESS ? 0 : 6;
}

static EwCufftStatus
fake_to_complex (EwCufftHandle plan, float *from, float *to)
{
  return run (plan, EW_CUFFT_TO_COMPLEX, from, to);
}

static EwCufftStatus
fake_to_real (EwCufftHandle plan, float *from, float *to)
{
  return run (plan, EW_CUFFT_TO_REAL, from, to);
}

static EwCufftStatus
fake_destroy (EwCufftHandle plan)
{
  g_assert_true (plans[plan].used);
  plans[plan].used = FALSE;
  fake_cufft_plans--;
  return 0;
}

void
fake_cufft_install (void)
{
  static const EwCufft cufft = { fake_plan_many, fake_set_stream, fake_to_complex, fake_to_real, fake_destroy };

  memset (plans, 0, sizeof plans);
  fake_cufft_fault = fake_cufft_transforms = fake_cufft_plans = 0;
  fake_cufft_idle = FALSE;
  ew_cufft_set_for_tests (TRUE, &cufft);
}
