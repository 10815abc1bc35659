/* One-sided Jacobi: pairs of columns are turned until all are orthogonal. */
#include "engine/small-matrix.h"

#include <math.h>
#include <stdlib.h>

#define SWEEPS 40

void
ew_small_matrix_init (EwSmallMatrix *matrix, const EwKernel *kernel)
{
  matrix->height = kernel->height;
  matrix->width = kernel->width;
  for (int i = 0; i < matrix->height; i++)
    for (int j = 0; j < matrix->width; j++)
      matrix->a[i][j] = kernel->taps[i * matrix->width + j];
}

double
ew_small_matrix_dot (const EwSmallMatrix *matrix, int p, int q)
{
  double sum = 0;

  for (int i = 0; i < matrix->height; i++)
    sum += matrix->a[i][p] * matrix->a[i][q];
  return sum;
}

/* Turns two columns so that they are orthogonal. FALSE where they were, as far as float64 can tell. */
static gboolean
turn_columns (EwSmallMatrix *m, int p, int q)
{
  double pp = ew_small_matrix_dot (m, p, p);
  double qq = ew_small_matrix_dot (m, q, q);
  double pq = ew_small_matrix_dot (m, p, q);
  double zeta, t, c, s;

  if (fabs (pq) <= 1e-15 * sqrt (pp * qq))
    return FALSE;
  zeta = (qq - pp) / (2 * pq);
  t = copysign (1 / (fabs (zeta) + hypot (1, zeta)), zeta);
  c = 1 / hypot (1, t);
  s = c * t;
  for (int i = 0; i < m->height; i++)
    {
      double a = m->a[i][p];
      double b = m->a[i][q];

      m->a[i][p] = c * a - s * b;
      m->a[i][q] = s * a + c * b;
    }
  return TRUE;
}

void
ew_small_matrix_orthogonalise (EwSmallMatrix *matrix)
{
  gboolean turned = TRUE;

  for (int sweep = 0; turned && sweep < SWEEPS; sweep++)
    {
      turned = FALSE;
      for (int p = 0; p < matrix->width; p++)
        for (int q = p + 1; q < matrix->width; q++)
          turned |= turn_columns (matrix, p, q);
    }
}

static int
compare_falling (const void *a, const void *b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;

  return x < y ? 1 : x > y ? -1 : 0;
}

int
ew_singular_values (const EwKernel *kernel, double values[EW_KERNEL_SIDE_MAX])
{
  EwSmallMatrix m;
  double largest = 0;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    largest = fmax (largest, fabs (kernel->taps[k]));
  ew_small_matrix_init (&m, kernel);
  /* In units of the largest tap, so that no square overflows or vanishes. */
  for (int i = 0; largest > 0 && i < m.height; i++)
    for (int j = 0; j < m.width; j++)
      m.a[i][j] /= largest;
  ew_small_matrix_orthogonalise (&m);
  for (int j = 0; j < m.width; j++)
    values[j] = largest * sqrt (ew_small_matrix_dot (&m, j, j));
  qsort (values, (size_t)m.width, sizeof values[0], compare_falling);
  return MIN (m.height, m.width);
}
