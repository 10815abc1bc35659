/* LAPACK by dlopen. Fortran's conventions: everything by address, columns first, lengths of strings at the end. */
#include "engine/lapack.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>

typedef void (*Potrf) (const char *uplo, const int *n, double *a, const int *lda, int *info, size_t);
typedef void (*Potrs) (const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda, double *b,
                       const int *ldb, int *info, size_t);
typedef void (*Pocon) (const char *uplo, const int *n, const double *a, const int *lda, const double *norm,
                       double *rcond, double *work, int *iwork, int *info, size_t);
typedef void (*Syevd) (const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w,
                       double *work, const int *lwork, int *iwork, const int *liwork, int *info, size_t, size_t);

static const char *const usual_libraries[] = { "liblapack.so.3", "libopenblas.so.0", NULL };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* All under the lock. */
static const char *const *libraries = usual_libraries;
static gboolean looked;
static gboolean found;
static Potrf potrf;
static Potrs potrs;
static Pocon pocon;
static Syevd syevd;

/* OpenBLAS starts a thread for each further core as it is loaded, and the order of its sums depends on their number.
 * The symbol is also found where OpenBLAS is only what the library rests on. */
static void
use_one_thread (void *library)
{
  static const char *const setters[]
      = { "openblas_set_num_threads", "openblas_set_num_threads64_", "goto_set_num_threads" };
  void (*set) (int) = NULL;
  int (*shut_down) (void) = (int (*) (void))dlsym (library, "blas_thread_shutdown_");

  for (guint i = 0; set == NULL && i < G_N_ELEMENTS (setters); i++)
    set = (void (*) (int))dlsym (library, setters[i]);
  if (set == NULL)
    return;
  set (1);
  /* Ends those that wait; with one to be used, none is started again. */
  if (shut_down != NULL)
    shut_down ();
}

static gboolean
open_library (const char *name)
{
  void *library = dlopen (name, RTLD_NOW | RTLD_LOCAL);

  if (library == NULL)
    return FALSE;
  potrf = (Potrf)dlsym (library, "dpotrf_");
  potrs = (Potrs)dlsym (library, "dpotrs_");
  pocon = (Pocon)dlsym (library, "dpocon_");
  syevd = (Syevd)dlsym (library, "dsyevd_");
  use_one_thread (library);
  /* Never closed: its threads and tables would not survive that. */
  return potrf != NULL && potrs != NULL && pocon != NULL && syevd != NULL;
}

/* Takes the lock where there is a LAPACK. */
static gboolean
enter (GError **error)
{
  pthread_mutex_lock (&lock);
  for (int i = 0; !looked && !found && libraries[i] != NULL; i++)
    found = open_library (libraries[i]);
  looked = TRUE;
  if (found)
    return TRUE;
  pthread_mutex_unlock (&lock);
  g_set_error_literal (
      error, EW_ERROR, EW_ERROR_UNSUPPORTED,
      "The best possible kernel cannot be computed here: LAPACK was not found; on Debian and Ubuntu it "
      "is in the package libopenblas0-pthread.");
  return FALSE;
}

static void
leave (void)
{
  pthread_mutex_unlock (&lock);
}

gboolean
ew_lapack_available (GError **error)
{
  if (!enter (error))
    return FALSE;
  leave ();
  return TRUE;
}

void
ew_lapack_set_libraries (const char *const *names)
{
  pthread_mutex_lock (&lock);
  libraries = names == NULL ? usual_libraries : names;
  looked = FALSE;
  found = FALSE;
  leave ();
}

/* The largest sum of magnitudes in a column. */
static double
norm_1 (int n, const double *a)
{
  double norm = 0;

  for (size_t i = 0; i < (size_t)n; i++)
    {
      double sum = 0;

      for (size_t j = 0; j < (size_t)n; j++)
        sum += fabs (a[i * n + j]);
      norm = fmax (norm, sum);
    }
  return norm;
}

gboolean
ew_lapack_factor (int n, double *a, double *condition, GError **error)
{
  double norm = norm_1 (n, a);
  double reciprocal = 0;
  int info;

  if (!enter (error))
    return FALSE;
  potrf ("U", &n, a, &n, &info, 1);
  if (info == 0)
    {
      g_autofree double *work = g_new (double, 3 * (size_t)n);
      g_autofree int *whole = g_new (int, n);

      pocon ("U", &n, a, &n, &norm, &reciprocal, work, whole, &info, 1);
    }
  leave ();
  *condition = reciprocal > 0 ? 1 / reciprocal : INFINITY;
  return TRUE;
}

gboolean
ew_lapack_solve (int n, const double *factor, double *b, GError **error)
{
  const int one = 1;
  int info;

  if (!enter (error))
    return FALSE;
  potrs ("U", &n, &one, factor, &n, b, &n, &info, 1);
  leave ();
  return TRUE;
}

gboolean
ew_lapack_eigen (int n, double *a, double *values, GError **error)
{
  /* What dsyevd says that it needs. */
  int n_work = 1 + 6 * n + 2 * n * n;
  int n_whole = 3 + 5 * n;
  g_autofree double *work = g_try_new (double, n_work);
  g_autofree int *whole = g_try_new (int, n_whole);
  int info;

  if (work == NULL || whole == NULL)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the eigenvalues of %d weights.",
                   n);
      return FALSE;
    }
  if (!enter (error))
    return FALSE;
  syevd ("V", "U", &n, a, &n, values, work, &n_work, whole, &n_whole, &info, 1, 1);
  leave ();
  if (info == 0)
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA, "The eigenvalues of the data’s Gram matrix were not found.");
  return FALSE;
}
