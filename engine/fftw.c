/* FFTW by dlopen. Its declarations are spelled out here, so that neither the build nor the start needs it. */
#include "engine/fftw.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

/* Of fftw3.h, whose binary interface has been the same since 3.0. */
#define FFTW_FORWARD  (-1)
#define FFTW_BACKWARD (+1)
#define FFTW_ESTIMATE (1U << 6)

typedef EwFftwPlan *(*PlanMany) (int rank, const int *n, int howmany, EwComplex *in, const int *in_embed, int in_stride,
                                 int in_dist, EwComplex *out, const int *out_embed, int out_stride, int out_dist,
                                 int sign, unsigned flags);

typedef struct _Made Made;

struct _Made
{
  EwFftwShape shape;
  EwFftwPlan *plan;
  Made *next;
};

static const char *const names[] = { "libfftw3f.so.3", "libfftw3f.so" };

/* FFTW's planner is not thread-safe; the lock guards it and all that is below. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static gboolean tried;
static gboolean opened;
static EwFftw table;
static PlanMany plan_many;
static Made *all_made;

static gboolean
find (void *library, const char *name, void *function)
{
  void *symbol = dlsym (library, name);

  memcpy (function, &symbol, sizeof symbol);
  return symbol != NULL;
}

static gboolean
open_library (void)
{
  void *library = NULL;

  for (guint i = 0; library == NULL && i < G_N_ELEMENTS (names); i++)
    library = dlopen (names[i], RTLD_NOW | RTLD_LOCAL);
  if (library == NULL)
    return FALSE;
  if (find (library, "fftwf_malloc", &table.malloc) && find (library, "fftwf_free", &table.free)
      && find (library, "fftwf_execute_dft", &table.execute) && find (library, "fftwf_plan_many_dft", &plan_many))
    return TRUE;
  dlclose (library);
  return FALSE;
}

const EwFftw *
ew_fftw (GError **error)
{
  gboolean found;

  pthread_mutex_lock (&lock);
  if (!tried)
    opened = open_library ();
  tried = TRUE;
  found = opened;
  pthread_mutex_unlock (&lock);
  if (found)
    return &table;
  g_set_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED,
               "FFTW (%s) is not on this system; with it, or with another method, it works.", names[0]);
  return NULL;
}

static EwFftwPlan *
make (const EwFftwShape *s)
{
  /* The estimate looks at the arrays' alignment only and leaves them alone. */
  size_t rows = (size_t)s->n;
  EwComplex *in = table.malloc (rows * (size_t)s->in_stride * sizeof (EwComplex));
  EwComplex *out = table.malloc (rows * (size_t)s->out_stride * sizeof (EwComplex));
  EwFftwPlan *plan = NULL;

  if (in != NULL && out != NULL)
    plan = plan_many (1, &s->n, s->howmany, in, NULL, s->in_stride, 1, out, NULL, s->out_stride, 1,
                      s->forward ? FFTW_FORWARD : FFTW_BACKWARD, FFTW_ESTIMATE);
  table.free (in);
  table.free (out);
  return plan;
}

static gboolean
same_shape (const EwFftwShape *a, const EwFftwShape *b)
{
  return a->n == b->n && a->howmany == b->howmany && a->in_stride == b->in_stride && a->out_stride == b->out_stride
         && a->forward == b->forward;
}

EwFftwPlan *
ew_fftw_plan (const EwFftwShape *shape, GError **error)
{
  EwFftwPlan *plan = NULL;

  if (ew_fftw (error) == NULL)
    return NULL;
  pthread_mutex_lock (&lock);
  for (const Made *made = all_made; plan == NULL && made != NULL; made = made->next)
    if (same_shape (&made->shape, shape))
      plan = made->plan;
  if (plan == NULL && (plan = make (shape)) != NULL)
    {
      Made *made = g_new (Made, 1);

      *made = (Made){ *shape, plan, all_made };
      all_made = made;
    }
  pthread_mutex_unlock (&lock);
  if (plan == NULL)
    g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for transforms of length %d.",
                 shape->n);
  return plan;
}
