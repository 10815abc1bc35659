/* Kernels of rank one and two: by the cross of a row and a column, which keeps whole numbers whole, or by singular
 * values (one-sided Jacobi), which are best where the kernel is only nearly of that rank. */
#include "engine/separable.h"

#include "engine/small-matrix.h"

#include <float.h>
#include <math.h>

#define SIDE EW_KERNEL_SIDE_MAX

typedef EwSmallMatrix Matrix;

static double
matrix_norm (const Matrix *m)
{
  double norm = 0;

  for (int i = 0; i < m->height; i++)
    for (int j = 0; j < m->width; j++)
      norm += fabs (m->a[i][j]);
  return norm;
}

/* Takes the cross through the largest element away: column u and row v with m − u·vᵀ zero in that row and column. */
static void
take_cross (Matrix *m, double *u, double *v)
{
  int row = 0;
  int column = 0;
  double pivot;

  for (int i = 0; i < m->height; i++)
    for (int j = 0; j < m->width; j++)
      if (fabs (m->a[i][j]) > fabs (m->a[row][column]))
        {
          row = i;
          column = j;
        }
  pivot = m->a[row][column];
  for (int i = 0; i < m->height; i++)
    u[i] = m->a[i][column];
  for (int j = 0; j < m->width; j++)
    v[j] = pivot == 0 ? 0 : m->a[row][j] / pivot;
  for (int i = 0; i < m->height; i++)
    for (int j = 0; j < m->width; j++)
      m->a[i][j] -= u[i] * v[j];
}

/* The @rank largest terms of the singular value decomposition: u = σ·(left vector), v = Kᵀu/σ². */
static void
singular_terms (const Matrix *kernel, int rank, double u[][SIDE], double v[][SIDE])
{
  Matrix m = *kernel;

  ew_small_matrix_orthogonalise (&m);
  for (int r = 0; r < rank; r++)
    {
      int largest = 0;
      double square;

      for (int j = 1; j < m.width; j++)
        if (ew_small_matrix_dot (&m, j, j) > ew_small_matrix_dot (&m, largest, largest))
          largest = j;
      square = ew_small_matrix_dot (&m, largest, largest);
      for (int i = 0; i < m.height; i++)
        u[r][i] = m.a[i][largest];
      for (int j = 0; j < m.width; j++)
        {
          v[r][j] = 0;
          for (int i = 0; i < m.height && square > 0; i++)
            v[r][j] += kernel->a[i][j] * u[r][i] / square;
        }
      for (int i = 0; i < m.height; i++)
        m.a[i][largest] = 0;
    }
}

/* Rounds the factors into @s and measures what is left. FALSE where a factor leaves float32's range. */
static gboolean
set_factors (EwSeparable *s, const Matrix *kernel, int rank, double u[][SIDE], double v[][SIDE])
{
  Matrix rest = *kernel;

  s->rank = rank;
  for (int r = 0; r < rank; r++)
    {
      double largest = 0;
      double scale;

      for (int i = 0; i < s->height; i++)
        largest = fmax (largest, fabs (u[r][i]));
      if (largest == 0)
        return FALSE;
      scale = ldexp (1, -ilogb (largest));
      for (int i = 0; i < s->height; i++)
        s->columns[r][i] = (float)(u[r][i] * scale);
      for (int j = 0; j < s->width; j++)
        s->rows[r][j] = (float)(v[r][j] / scale);
      for (int i = 0; i < s->height; i++)
        for (int j = 0; j < s->width; j++)
          rest.a[i][j] -= (double)s->columns[r][i] * (double)s->rows[r][j];
    }
  s->error = matrix_norm (&rest);
  return isfinite (s->error);
}

/* The better of cross and singular values at that rank, where one is good enough. */
static gboolean
try_rank (EwSeparable *s, const Matrix *kernel, int rank, double bound, double u[][SIDE], double v[][SIDE])
{
  EwSeparable cross = *s;
  gboolean crossed = set_factors (&cross, kernel, rank, u, v) && cross.error <= bound;
  double su[EW_SEPARABLE_RANK_MAX][SIDE];
  double sv[EW_SEPARABLE_RANK_MAX][SIDE];

  /* An exact one cannot be bettered. */
  if (crossed && cross.error == 0)
    {
      *s = cross;
      return TRUE;
    }
  singular_terms (kernel, rank, su, sv);
  if (set_factors (s, kernel, rank, su, sv) && s->error <= bound && !(crossed && cross.error <= s->error))
    return TRUE;
  if (crossed)
    *s = cross;
  return crossed;
}

EwSeparable *
ew_separable_new (const EwKernel *kernel, int max_rank, double tolerance)
{
  Matrix whole;
  Matrix rest;
  double u[EW_SEPARABLE_RANK_MAX][SIDE];
  double v[EW_SEPARABLE_RANK_MAX][SIDE];
  g_autofree EwSeparable *s = NULL;
  double norm;

  ew_small_matrix_init (&whole, kernel);
  norm = matrix_norm (&whole);
  if (!(norm <= (double)FLT_MAX) || norm < (double)FLT_MIN / EW_SEPARABLE_EXACT)
    return NULL;
  s = g_new0 (EwSeparable, 1);
  s->height = kernel->height;
  s->width = kernel->width;
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    s->taps[k] = (float)kernel->taps[k];
  rest = whole;
  for (int rank = 1; rank <= MIN (max_rank, EW_SEPARABLE_RANK_MAX); rank++)
    {
      take_cross (&rest, u[rank - 1], v[rank - 1]);
      /* What r crosses through the largest elements leave is, in its largest element, at most 4ʳ times the next
       * singular value, and so is the sum over all elements for each of them: where it is more, no singular values
       * need to be looked for. Most kernels end here. */
      if (matrix_norm (&rest) > pow (4, rank) * ew_kernel_n_taps (kernel) * (tolerance + DBL_EPSILON) * norm)
        continue;
      if (try_rank (s, &whole, rank, tolerance * norm, u, v))
        return g_steal_pointer (&s);
    }
  return NULL;
}
