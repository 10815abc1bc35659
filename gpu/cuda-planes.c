/* EwCudaPlanes: who has offered what, and who still uses it. */
#include "gpu/cuda-planes.h"

#include <pthread.h>

typedef struct
{
  EwGrid *grid;
  EwCudaPlane plane;
} Offer;

struct _EwCudaPlanes
{
  int refs; /* under the lock, as the offers are */
  const EwCudaDriver *driver;
  EwCudaContext context;
  EwCudaMemory memory;
  EwCudaPlane *planes; /* where the memory writes its addresses */
  GArray *offers;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GPtrArray *all;

static void
clear_offer (gpointer data)
{
  ew_grid_unref (((Offer *)data)->grid);
}

EwCudaPlanes *
ew_cuda_planes_new (EwCudaDevice *device, int n)
{
  EwCudaPlanes *planes = g_new0 (EwCudaPlanes, 1);

  planes->refs = 1;
  planes->driver = device->driver;
  planes->context = device->context;
  planes->planes = g_new0 (EwCudaPlane, n);
  planes->offers = g_array_new (FALSE, FALSE, sizeof (Offer));
  g_array_set_clear_func (planes->offers, clear_offer);
  pthread_mutex_lock (&lock);
  if (all == NULL)
    all = g_ptr_array_new ();
  g_ptr_array_add (all, planes);
  pthread_mutex_unlock (&lock);
  return planes;
}

EwCudaMemory *
ew_cuda_planes_memory (EwCudaPlanes *planes)
{
  return &planes->memory;
}

EwCudaPlane *
ew_cuda_planes_at (EwCudaPlanes *planes, int k)
{
  return &planes->planes[k];
}

void
ew_cuda_planes_offer (EwCudaPlanes *planes, EwGrid *grid, EwCudaPlane plane)
{
  Offer offer = { ew_grid_ref (grid), plane };

  pthread_mutex_lock (&lock);
  g_array_append_val (planes->offers, offer);
  pthread_mutex_unlock (&lock);
}

/* Under the lock. */
static gboolean
find_offer (const EwCudaPlanes *planes, const EwGrid *grid, EwCudaPlane *plane)
{
  for (guint i = 0; i < planes->offers->len; i++)
    {
      const Offer *offer = &g_array_index (planes->offers, Offer, i);

      if (offer->grid != grid)
        continue;
      *plane = offer->plane;
      return TRUE;
    }
  return FALSE;
}

EwCudaPlanes *
ew_cuda_planes_find (EwCudaDevice *device, const EwGrid *grid_x, const EwGrid *grid_y, EwCudaPlane *x, EwCudaPlane *y)
{
  EwCudaPlanes *found = NULL;

  pthread_mutex_lock (&lock);
  for (guint i = 0; all != NULL && i < all->len && found == NULL; i++)
    {
      EwCudaPlanes *planes = g_ptr_array_index (all, i);

      if (planes->driver == device->driver && planes->context == device->context && find_offer (planes, grid_x, x)
          && (grid_y == NULL || find_offer (planes, grid_y, y)))
        found = planes;
    }
  if (found != NULL)
    found->refs++;
  pthread_mutex_unlock (&lock);
  return found;
}

void
ew_cuda_planes_unref (EwCudaPlanes *planes, EwCudaDevice *device)
{
  gboolean last;

  pthread_mutex_lock (&lock);
  last = --planes->refs == 0;
  if (last)
    g_ptr_array_remove_fast (all, planes);
  if (last && all->len == 0)
    g_clear_pointer (&all, g_ptr_array_unref);
  pthread_mutex_unlock (&lock);
  if (!last)
    return;
  ew_cuda_memory_clear (&planes->memory, device);
  g_free (planes->planes);
  g_array_unref (planes->offers);
  g_free (planes);
}
