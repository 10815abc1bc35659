/* EwViewer: the thread, what it is to show and what it has made. All that is shared lies under one mutex, held for
 * moments. */
#include "engine/viewer.h"

#include "engine/courtesy.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

/* Failures of a device after which pictures are the CPU's until the program ends. */
#define FAILURES_MAX 5

/* Pictures of another size are given up for a new wish unless nothing was shown for this long. */
#define PATIENCE_NS 150000000

/* What is to be seen; owns what it points at. */
typedef struct
{
  guint64 task;
  int sample;
  EwGrid *x; /* NULL: nothing */
  EwGrid *y;
  EwGeometry geometry;
  EwKernel *kernel;
  const EwBackend *backend;
  EwViewport viewport; /* height 0: none yet */
} Wish;

struct _EwViewer
{
  EwViewerCalls calls;
  pthread_t thread;
  EwCancel cancel;

  pthread_mutex_t mutex;
  pthread_cond_t changed;
  Wish wish;
  gboolean is_new; /* the wish has not been looked at yet */
  gboolean quit;
  gboolean preparing; /* what is not in sight */
  gint64 shown_ns;
  EwPictures *pictures;

  /* The thread's own. */
  EwPool *pool;
  EwView *view;
  EwGrid *view_x; /* what it is of; kept alive by it */
  EwGrid *view_y;
  EwGeometry view_geometry;
  EwDevice *device;
  gboolean device_refused; /* it failed for this view */
  int device_failures;
};

static gint64
now_ns (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
wish_clear (Wish *wish)
{
  g_clear_pointer (&wish->x, ew_grid_unref);
  g_clear_pointer (&wish->y, ew_grid_unref);
  g_clear_pointer (&wish->kernel, ew_kernel_unref);
}

static void
wish_copy (Wish *to, const Wish *from)
{
  *to = *from;
  to->x = ew_grid_ref (from->x);
  to->y = from->y == NULL ? NULL : ew_grid_ref (from->y);
  to->kernel = ew_kernel_ref (from->kernel);
}

static gboolean
can_be_shown (const Wish *wish)
{
  return wish->x != NULL && wish->viewport.height > 0 && wish->viewport.task == wish->task
         && wish->viewport.sample == wish->sample;
}

/* Whether both are of the same planes. */
static gboolean
same_planes (const Wish *a, const Wish *b)
{
  return a->task == b->task && a->sample == b->sample && a->x == b->x && a->y == b->y
         && memcmp (&a->geometry, &b->geometry, sizeof a->geometry) == 0;
}

static void
post (EwViewer *viewer, const Wish *wish, EwPictures *pictures)
{
  gboolean was_empty;
  EwPictures *old;

  pthread_mutex_lock (&viewer->mutex);
  was_empty = viewer->pictures == NULL;
  old = g_steal_pointer (&viewer->pictures);
  if (same_planes (wish, &viewer->wish))
    viewer->pictures = ew_pictures_ref (pictures);
  else
    was_empty = FALSE;
  viewer->shown_ns = now_ns ();
  pthread_mutex_unlock (&viewer->mutex);
  ew_pictures_unref (old);
  ew_pictures_unref (pictures);
  if (was_empty)
    viewer->calls.wake (viewer->calls.data);
}

/* A view of the planes that are wished for. */
static gboolean
renew_view (EwViewer *viewer, const Wish *wish, GError **error)
{
  if (viewer->view != NULL && viewer->view_x == wish->x && viewer->view_y == wish->y
      && memcmp (&viewer->view_geometry, &wish->geometry, sizeof wish->geometry) == 0)
    return TRUE;
  g_clear_pointer (&viewer->view, ew_view_free);
  if (viewer->pool == NULL && (viewer->pool = ew_pool_new (0, error)) == NULL)
    return FALSE;
  viewer->view = ew_view_new (wish->x, wish->y, &wish->geometry, viewer->pool, error);
  viewer->view_x = wish->x;
  viewer->view_y = wish->y;
  viewer->view_geometry = wish->geometry;
  viewer->device_refused = FALSE;
  return viewer->view != NULL;
}

static void
close_device (EwViewer *viewer)
{
  if (viewer->view != NULL)
    ew_view_set_device (viewer->view, NULL);
  if (viewer->device != NULL)
    viewer->device->backend->close (viewer->device);
  viewer->device = NULL;
}

/* The view's device: of the backend that is wished for, unless that makes no pictures or has failed. */
static void
renew_device (EwViewer *viewer, const Wish *wish)
{
  gboolean wanted = wish->backend != NULL && wish->backend->show != NULL && !viewer->device_refused
                    && viewer->device_failures < FAILURES_MAX;

  if (viewer->device != NULL && (!wanted || viewer->device->backend != wish->backend))
    close_device (viewer);
  if (!wanted)
    return;
  if (viewer->device == NULL && (viewer->device = wish->backend->open (0, NULL)) == NULL)
    {
      viewer->device_refused = TRUE;
      viewer->device_failures++;
    }
  else if (ew_view_device (viewer->view) == NULL)
    ew_view_set_device (viewer->view, viewer->device);
}

/* After a failure the device is let go: what it holds may be of no use, and the one that trains may need the room. */
static void
look_after_device (EwViewer *viewer)
{
  if (viewer->device == NULL || viewer->view == NULL || ew_view_device (viewer->view) != NULL)
    return;
  close_device (viewer);
  viewer->device_refused = TRUE;
  viewer->device_failures++;
}

/* Whether nothing else is wished for, so that there is time for what is not in sight. Another part that is wished for cuts
 * that short. */
static gboolean
may_prepare (EwViewer *viewer)
{
  gboolean may;

  pthread_mutex_lock (&viewer->mutex);
  viewer->preparing = may = !viewer->quit && !viewer->is_new && viewer->wish.x == viewer->view_x;
  pthread_mutex_unlock (&viewer->mutex);
  return may;
}

/* What is in sight comes before the rest where that takes a while. */
static EwPictures *
pictures_of (EwViewer *viewer, const Wish *wish, GError **error)
{
  EwPictures *pictures;
  EwViewport first;

  if (ew_view_first_part (viewer->view, &wish->viewport, &first))
    {
      pictures = ew_view_pictures (viewer->view, &first, wish->kernel, &viewer->cancel, error);
      if (pictures == NULL)
        return NULL;
      post (viewer, wish, pictures);
      if (!may_prepare (viewer))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
          return NULL;
        }
    }
  return ew_view_pictures (viewer->view, &wish->viewport, wish->kernel, &viewer->cancel, error);
}

static void
make_pictures (EwViewer *viewer, const Wish *wish)
{
  g_autoptr (GError) error = NULL;
  EwPictures *pictures = NULL;

  if (renew_view (viewer, wish, &error))
    {
      renew_device (viewer, wish);
      pictures = pictures_of (viewer, wish, &error);
      look_after_device (viewer);
    }
  if (pictures != NULL)
    post (viewer, wish, pictures);
  else if (!g_error_matches (error, EW_ERROR, EW_ERROR_CANCELLED))
    viewer->calls.fail (wish->task, g_strdup (error->message), viewer->calls.data);
}

/* Waits for a wish that can be fulfilled and takes it; FALSE at the end. Planes that are not wished for any more are
 * let go in the meantime. */
static gboolean
next_wish (EwViewer *viewer, Wish *wish)
{
  gboolean quit;

  pthread_mutex_lock (&viewer->mutex);
  while (!viewer->quit && !(viewer->is_new && can_be_shown (&viewer->wish)))
    {
      if (viewer->view != NULL && viewer->wish.x != viewer->view_x)
        {
          pthread_mutex_unlock (&viewer->mutex);
          g_clear_pointer (&viewer->view, ew_view_free);
          pthread_mutex_lock (&viewer->mutex);
          continue;
        }
      pthread_cond_wait (&viewer->changed, &viewer->mutex);
    }
  quit = viewer->quit;
  viewer->is_new = FALSE;
  viewer->preparing = FALSE;
  if (!quit)
    {
      atomic_store (&viewer->cancel, 0);
      wish_copy (wish, &viewer->wish);
    }
  pthread_mutex_unlock (&viewer->mutex);
  return !quit;
}

/* What may be wished for next. */
static void
prepare (EwViewer *viewer, const Wish *wish)
{
  gboolean more = viewer->view != NULL;

  while (may_prepare (viewer) && more)
    more = ew_view_prepare (viewer->view, &wish->viewport, &viewer->cancel);
}

static void *
run (gpointer data)
{
  EwViewer *viewer = data;
  Wish wish;

  ew_courtesy_lower_priority ();
  while (next_wish (viewer, &wish))
    {
      make_pictures (viewer, &wish);
      prepare (viewer, &wish);
      wish_clear (&wish);
    }
  close_device (viewer);
  g_clear_pointer (&viewer->view, ew_view_free);
  g_clear_pointer (&viewer->pool, ew_pool_free);
  return NULL;
}

EwViewer *
ew_viewer_new (const EwViewerCalls *calls)
{
  EwViewer *viewer = g_new0 (EwViewer, 1);

  viewer->calls = *calls;
  pthread_mutex_init (&viewer->mutex, NULL);
  pthread_cond_init (&viewer->changed, NULL);
  if (pthread_create (&viewer->thread, NULL, run, viewer) == 0)
    return viewer;
  viewer->thread = 0;
  ew_viewer_free (viewer);
  return NULL;
}

void
ew_viewer_free (EwViewer *viewer)
{
  if (viewer == NULL)
    return;
  if (viewer->thread != 0)
    {
      pthread_mutex_lock (&viewer->mutex);
      viewer->quit = TRUE;
      atomic_store (&viewer->cancel, 1);
      pthread_cond_signal (&viewer->changed);
      pthread_mutex_unlock (&viewer->mutex);
      pthread_join (viewer->thread, NULL);
    }
  wish_clear (&viewer->wish);
  ew_pictures_unref (viewer->pictures);
  pthread_cond_destroy (&viewer->changed);
  pthread_mutex_destroy (&viewer->mutex);
  g_free (viewer);
}

void
ew_viewer_show (EwViewer *viewer, guint64 task, int sample, EwGrid *x, EwGrid *y, const EwGeometry *geometry,
                EwKernel *kernel, const EwBackend *backend)
{
  Wish next = {
    .task = task, .sample = sample, .x = x, .y = y, .geometry = *geometry, .kernel = kernel, .backend = backend
  };
  EwPictures *stale = NULL;
  Wish old;

  pthread_mutex_lock (&viewer->mutex);
  if (same_planes (&next, &viewer->wish) && ew_kernel_equal (kernel, viewer->wish.kernel))
    {
      pthread_mutex_unlock (&viewer->mutex);
      return;
    }
  if (!same_planes (&next, &viewer->wish))
    {
      atomic_store (&viewer->cancel, 1);
      stale = g_steal_pointer (&viewer->pictures);
    }
  next.viewport = viewer->wish.viewport;
  old = viewer->wish;
  wish_copy (&viewer->wish, &next);
  viewer->is_new = TRUE;
  pthread_cond_signal (&viewer->changed);
  pthread_mutex_unlock (&viewer->mutex);
  wish_clear (&old);
  ew_pictures_unref (stale);
}

void
ew_viewer_clear (EwViewer *viewer)
{
  EwPictures *stale;
  Wish old;

  pthread_mutex_lock (&viewer->mutex);
  old = viewer->wish;
  viewer->wish = (Wish){ .viewport = old.viewport };
  atomic_store (&viewer->cancel, 1);
  stale = g_steal_pointer (&viewer->pictures);
  pthread_cond_signal (&viewer->changed);
  pthread_mutex_unlock (&viewer->mutex);
  wish_clear (&old);
  ew_pictures_unref (stale);
}

void
ew_viewer_set_viewport (EwViewer *viewer, const EwViewport *viewport)
{
  pthread_mutex_lock (&viewer->mutex);
  if (memcmp (&viewer->wish.viewport, viewport, sizeof *viewport) != 0)
    {
      if (viewer->preparing
          || (viewport->block != viewer->wish.viewport.block && now_ns () - viewer->shown_ns < PATIENCE_NS))
        atomic_store (&viewer->cancel, 1);
      viewer->wish.viewport = *viewport;
      viewer->is_new = TRUE;
      pthread_cond_signal (&viewer->changed);
    }
  pthread_mutex_unlock (&viewer->mutex);
}

EwPictures *
ew_viewer_take (EwViewer *viewer)
{
  EwPictures *pictures;

  pthread_mutex_lock (&viewer->mutex);
  pictures = g_steal_pointer (&viewer->pictures);
  pthread_mutex_unlock (&viewer->mutex);
  return pictures;
}
