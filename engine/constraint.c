/* EwConstraint: projections. */
#include "engine/constraint.h"

#include <math.h>
#include <string.h>

#define SUMS      (EW_CONSTRAINT_SUM_ONE | EW_CONSTRAINT_SUM_ZERO)
#define MIRRORS   (EW_CONSTRAINT_MIRROR_X | EW_CONSTRAINT_MIRROR_Y | EW_CONSTRAINT_POINT)
#define TAPS_MAX  (63 * 63)
#define ROUNDS    2000
#define SETTLED   1e-13
#define RANK_ONES 200

/* What a projection works on. */
typedef struct
{
  const EwConstraint *constraint;
  int height;
  int width;
  int n;
} Shape;

gboolean
ew_constraint_is_any (const EwConstraint *constraint)
{
  return constraint->flags != 0 || constraint->sparsity > 0 || constraint->fixed != NULL;
}

EwConstraintFlags
ew_constraint_from_name (const char *name)
{
  static const struct
  {
    const char *name;
    int flags;
  } names[] = {
    { "sum1", EW_CONSTRAINT_SUM_ONE },
    { "sum0", EW_CONSTRAINT_SUM_ZERO },
    { "mirror-x", EW_CONSTRAINT_MIRROR_X },
    { "mirror-y", EW_CONSTRAINT_MIRROR_Y },
    { "symmetric", EW_CONSTRAINT_MIRROR_X | EW_CONSTRAINT_MIRROR_Y },
    { "point", EW_CONSTRAINT_POINT },
    { "non-negative", EW_CONSTRAINT_NON_NEGATIVE },
    { "separable", EW_CONSTRAINT_SEPARABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].name, name) == 0)
      return (EwConstraintFlags)names[i].flags;
  return 0;
}

/* The taps that symmetry makes equal to tap k: up to four, k itself among them. */
static int
orbit (const Shape *s, int k, int *members)
{
  int flags = s->constraint->flags;
  int a = k / s->width, c = k % s->width;
  int mirrored_a = s->height - 1 - a, mirrored_c = s->width - 1 - c;
  int n = 0;

  members[n++] = k;
  if (flags & EW_CONSTRAINT_MIRROR_X)
    members[n++] = a * s->width + mirrored_c;
  if (flags & EW_CONSTRAINT_MIRROR_Y)
    members[n++] = mirrored_a * s->width + c;
  if ((flags & EW_CONSTRAINT_POINT)
      || (flags & (EW_CONSTRAINT_MIRROR_X | EW_CONSTRAINT_MIRROR_Y))
             == (EW_CONSTRAINT_MIRROR_X | EW_CONSTRAINT_MIRROR_Y))
    members[n++] = mirrored_a * s->width + mirrored_c;
  /* A mirror and the half turn make the other mirror. */
  if ((flags & EW_CONSTRAINT_POINT) && (flags & EW_CONSTRAINT_MIRROR_X) && !(flags & EW_CONSTRAINT_MIRROR_Y))
    members[n++] = mirrored_a * s->width + c;
  if ((flags & EW_CONSTRAINT_POINT) && (flags & EW_CONSTRAINT_MIRROR_Y) && !(flags & EW_CONSTRAINT_MIRROR_X))
    members[n++] = a * s->width + mirrored_c;
  return n;
}

/* Whether tap k is fixed, by itself or by one that must be equal to it; *value is what it is fixed at. */
static gboolean
is_fixed (const Shape *s, int k, double *value)
{
  int members[4];
  int n = s->constraint->fixed == NULL ? 0 : orbit (s, k, members);

  for (int i = 0; i < n; i++)
    if (s->constraint->fixed[members[i]])
      {
        *value = s->constraint->values[members[i]];
        return TRUE;
      }
  return FALSE;
}

static gboolean
refuse (const char *sentence, GError **error)
{
  g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE, sentence);
  return FALSE;
}

/* Whether the fixed ones among the taps that symmetry makes equal to tap k are. */
static gboolean
agrees (const Shape *s, int k)
{
  int members[4];
  int n = orbit (s, k, members);

  for (int i = 0; s->constraint->fixed[k] && i < n; i++)
    if (s->constraint->fixed[members[i]] && s->constraint->values[members[i]] != s->constraint->values[k])
      return FALSE;
  return TRUE;
}

static gboolean
check_fixed (const Shape *s, GError **error)
{
  double sum = 0;
  int n_free = 0;

  for (int k = 0; k < s->n; k++)
    {
      double value = 0;

      if (!is_fixed (s, k, &value))
        n_free++;
      if (!agrees (s, k))
        return refuse ("Two fixed taps differ that symmetry makes equal; only one of them can be fixed, or both alike.",
                       error);
      sum += value;
    }
  if (n_free == 0 && (s->constraint->flags & SUMS) != 0
      && fabs (sum - ((s->constraint->flags & EW_CONSTRAINT_SUM_ONE) != 0)) > 1e-9)
    return refuse ("All taps are fixed and their sum is another one than asked for; at least one must be free.", error);
  return TRUE;
}

gboolean
ew_constraint_check (const EwConstraint *constraint, int height, int width, GError **error)
{
  Shape s = { constraint, height, width, height * width };
  int flags = constraint->flags;

  if ((flags & SUMS) == SUMS)
    return refuse ("The taps cannot have the sum 1 and the sum 0 at once.", error);
  if ((flags & EW_CONSTRAINT_SUM_ZERO) && (flags & EW_CONSTRAINT_NON_NEGATIVE))
    return refuse ("Only zeros are both non-negative and of sum 0; one of the two has to go.", error);
  if (constraint->fixed == NULL)
    return TRUE;
  if (flags & EW_CONSTRAINT_SEPARABLE)
    return refuse ("Fixed taps of a separable kernel are not possible; one of the two has to go.", error);
  return check_fixed (&s, error);
}

/* Symmetry, fixed taps and the sum together are an affine set, and these steps its projection: free taps come in whole
 * orbits, so that sharing out what the sum lacks keeps them alike. */
static void
project_affine (const Shape *s, double *taps)
{
  double before[TAPS_MAX];
  double lacking = (s->constraint->flags & EW_CONSTRAINT_SUM_ONE) ? 1 : 0;
  int n_free = 0;

  memcpy (before, taps, s->n * sizeof (double));
  for (int k = 0; k < s->n; k++)
    {
      int members[4];
      int n = orbit (s, k, members);
      double sum = 0;

      for (int i = 0; i < n; i++)
        sum += before[members[i]];
      taps[k] = sum / n;
      n_free += !is_fixed (s, k, &taps[k]);
      lacking -= taps[k];
    }
  if ((s->constraint->flags & SUMS) == 0 || n_free == 0)
    return;
  for (int k = 0; k < s->n; k++)
    {
      double value;

      if (!is_fixed (s, k, &value))
        taps[k] += lacking / n_free;
    }
}

static void
project_orthant (const Shape *s, double *taps)
{
  double value;

  for (int k = 0; k < s->n; k++)
    if (taps[k] < 0 && !is_fixed (s, k, &value))
      taps[k] = 0;
}

/* Dykstra's: alternating projections that remember what each took away, so that the limit is the nearest point. The
 * affine set needs no memory. */
static void
project_both (const Shape *s, double *taps)
{
  double taken[TAPS_MAX] = { 0 };

  for (int round = 0; round < ROUNDS; round++)
    {
      double change = 0, largest = 0;

      project_affine (s, taps);
      for (int k = 0; k < s->n; k++)
        taps[k] += taken[k];
      for (int k = 0; k < s->n; k++)
        {
          double value = taps[k];

          if (value < 0 && !is_fixed (s, k, &value))
            taps[k] = 0;
          change = fmax (change, fabs (value - taps[k] - taken[k]));
          taken[k] = value - taps[k];
          largest = fmax (largest, fabs (taps[k]));
        }
      if (round > 0 && change <= SETTLED * largest)
        break;
    }
}

/* column = taps · row, or row = tapsᵀ · column, each from a vector that is brought to length 1 first. */
static void
multiply (const Shape *s, const double *taps, gboolean transposed, double *from, double *to)
{
  int n_from = transposed ? s->height : s->width;
  int n_to = transposed ? s->width : s->height;
  double square = 0;

  for (int i = 0; i < n_from; i++)
    square += from[i] * from[i];
  for (int i = 0; i < n_from; i++)
    from[i] /= sqrt (square);
  for (int i = 0; i < n_to; i++)
    {
      to[i] = 0;
      for (int k = 0; k < n_from; k++)
        to[i] += from[k] * (transposed ? taps[k * s->width + i] : taps[i * s->width + k]);
    }
}

/* The longest row of taps, which cannot be at right angles to all that matters; 0 where all taps are. */
static double
longest_row (const Shape *s, const double *taps, double *row)
{
  double longest = 0;

  for (int a = 0; a < s->height; a++)
    {
      double square = 0;

      for (int c = 0; c < s->width; c++)
        square += taps[a * s->width + c] * taps[a * s->width + c];
      if (square > longest)
        memcpy (row, taps + (size_t)a * s->width, s->width * sizeof (double));
      longest = fmax (longest, square);
    }
  return longest;
}

/* The nearest matrix of rank 1: its largest singular value and vectors, by power iteration. */
static void
project_rank_one (const Shape *s, double *taps)
{
  double row[63] = { 0 }, column[63] = { 0 }, before[63] = { 0 };
  double change = INFINITY;

  if (!(longest_row (s, taps, row) > 0))
    return;
  for (int round = 0; round < RANK_ONES && change > SETTLED; round++)
    {
      multiply (s, taps, FALSE, row, column);
      multiply (s, taps, TRUE, column, row);
      change = 0;
      for (int a = 0; a < s->height; a++)
        change = fmax (change, fabs (column[a] - before[a]));
      memcpy (before, column, sizeof before);
    }
  for (int k = 0; k < s->n; k++)
    taps[k] = column[k / s->width] * row[k % s->width];
}

/* Scaling keeps the rank, where the sum is not 0. */
static void
scale_to_sum_one (const Shape *s, double *taps)
{
  double sum = 0, magnitude = 0;

  for (int k = 0; k < s->n; k++)
    {
      sum += taps[k];
      magnitude += fabs (taps[k]);
    }
  if (fabs (sum) > 1e-6 * magnitude)
    for (int k = 0; k < s->n; k++)
      taps[k] /= sum;
}

static void
project_separable (const Shape *s, double *taps)
{
  int others = s->constraint->flags & ~EW_CONSTRAINT_SEPARABLE;

  for (int round = 0; others != 0 && round < 20; round++)
    {
      project_rank_one (s, taps);
      project_affine (s, taps);
      if (others & EW_CONSTRAINT_NON_NEGATIVE)
        project_orthant (s, taps);
    }
  /* Of a matrix without negative elements the nearest of rank 1 has none, and of a symmetric one it is symmetric. */
  project_rank_one (s, taps);
  if (others & EW_CONSTRAINT_SUM_ONE)
    scale_to_sum_one (s, taps);
}

static void
shrink (const Shape *s, double by, double *taps)
{
  double value;

  for (int k = 0; k < s->n; k++)
    if (!is_fixed (s, k, &value))
      taps[k] = copysign (fmax (fabs (taps[k]) - by, 0), taps[k]);
}

void
ew_constraint_apply (const EwConstraint *constraint, int height, int width, double step, double *taps)
{
  Shape s = { constraint, height, width, height * width };
  int flags = constraint->flags;

  if (constraint->sparsity > 0 && step > 0)
    shrink (&s, step * constraint->sparsity, taps);
  for (int k = 0; k < s.n; k++)
    if (!isfinite (taps[k]))
      return;
  if (flags & EW_CONSTRAINT_SEPARABLE)
    project_separable (&s, taps);
  else if ((flags & EW_CONSTRAINT_NON_NEGATIVE) && (flags & SUMS))
    project_both (&s, taps);
  else
    {
      project_affine (&s, taps);
      if (flags & EW_CONSTRAINT_NON_NEGATIVE)
        project_orthant (&s, taps);
    }
}

double
ew_constraint_cost (const EwConstraint *constraint, int n_taps, const double *taps)
{
  double sum = 0;

  for (int k = 0; k < n_taps; k++)
    sum += fabs (taps[k]);
  return constraint->sparsity * sum;
}
