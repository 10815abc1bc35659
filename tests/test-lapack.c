/* LAPACK opened on first use: one thread, any number of callers, more than one name. */
#include "engine/lapack.h"
#include "tests/quadratic-fixtures.h"

#include <math.h>
#include <pthread.h>

static int
count_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  int n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void *
no_work (void *data)
{
  return data;
}

/* In a process of its own, where nothing has opened LAPACK yet. */
static void
test_threads (void)
{
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  g_autofree double *a = g_new0 (double, 400 * 400);
  g_autofree double *values = g_new (double, 400);
  pthread_t thread;
  int before;

  /* ThreadSanitizer starts a thread of its own beside the first that it sees. */
  if (pthread_create (&thread, NULL, no_work, NULL) == 0)
    pthread_join (thread, NULL);
  before = count_threads ();
  for (int i = 0; i < 400; i++)
    for (int j = 0; j < 400; j++)
      a[i * 400 + j] = exp2 (-abs (i - j));
  if (ew_lapack_eigen (400, a, values, NULL))
    g_assert_cmpint (count_threads (), ==, before);
}

static void *
eigenvalues_of_a_thread (void *data)
{
  double *values = data;
  g_autofree double *a = g_new (double, 60 * 60);

  for (int i = 0; i < 60; i++)
    for (int j = 0; j < 60; j++)
      a[i * 60 + j] = 1.0 / (1 + i + j);
  ew_lapack_eigen (60, a, values, NULL);
  return NULL;
}

/* Several at once, and all of them first. */
static void
test_many_callers (void)
{
  pthread_t threads[4];
  double values[4][60];

  if (!has_lapack ())
    return;
  ew_lapack_set_libraries (NULL);
  for (int t = 0; t < 4; t++)
    g_assert_cmpint (pthread_create (&threads[t], NULL, eigenvalues_of_a_thread, values[t]), ==, 0);
  for (int t = 0; t < 4; t++)
    pthread_join (threads[t], NULL);
  for (int t = 1; t < 4; t++)
    g_assert_cmpmem (values[t], sizeof values[t], values[0], sizeof values[0]);
}

/* The second of two names is taken where the first is not there. */
static void
test_second_library (void)
{
  static const char *const names[] = { "libedgewise-is-not-there.so.0", "libopenblas.so.0", "liblapack.so.3", NULL };

  if (!has_lapack ())
    return;
  ew_lapack_set_libraries (names);
  g_assert_true (ew_lapack_available (NULL));
  ew_lapack_set_libraries (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lapack/threads", test_threads);
  g_test_add_func ("/lapack/many-callers", test_many_callers);
  g_test_add_func ("/lapack/second-library", test_second_library);
  return g_test_run ();
}
