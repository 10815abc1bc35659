/* Pictures made by the CUDA backend, on a driver made up for the tests that runs the kernels' very source on the CPU:
 * they are the CPU's bit for bit, and whatever fails, they are the CPU's. */
#include "engine/viewer.h"
#include "gpu/cuda-device.h"
#include "gpu/cuda.h"
#include "tests/cuda-fixtures.h"
#include "tests/cuda-shim.h"
#include "tests/engine-fixtures.h"
#include "tests/fake-driver.h"

#include <pthread.h>
#include <string.h>

static EwPool *pool;

/* A pair with a view by the CPU and one by the device. */
typedef struct
{
  EwDevice *device;
  EwGeometry geometry;
  EwGrid *x;
  EwGrid *y;
  EwKernel *kernel;
  int height; /* of y; likewise width */
  int width;
  EwView *on_cpu;
  EwView *on_device;
} Pair;

static void
pair_init (Pair *pair, EwRandom *random, const EwGeometry *geometry, int height, int width)
{
  g_autoptr (GError) error = NULL;

  *pair = (Pair){ .geometry = *geometry };
  fake_driver_install ();
  fake_driver.kernels = cuda_shim_launch;
  pair->device = ew_cuda_backend ()->open (0, &error);
  g_assert_no_error (error);
  g_assert_true (ew_geometry_output_size (geometry, height, width, &pair->height, &pair->width, &error));
  g_assert_no_error (error);
  pair->x = random_grid (random, height, width, -1, 1);
  pair->y = random_grid (random, pair->height, pair->width, -1, 1);
  pair->kernel = random_kernel (random, geometry->kernel_height, geometry->kernel_width, -1, 1);
  pair->kernel->bias = 0.3;
  pair->on_cpu = ew_view_new (pair->x, pair->y, geometry, pool, &error);
  pair->on_device = ew_view_new (pair->x, pair->y, geometry, pool, &error);
  g_assert_no_error (error);
  ew_view_set_device (pair->on_device, pair->device);
}

static void
pair_clear (Pair *pair)
{
  ew_view_free (pair->on_cpu);
  ew_view_free (pair->on_device);
  pair->device->backend->close (pair->device);
  fake_driver_assert_clean ();
  fake_driver_remove ();
  ew_grid_unref (pair->x);
  ew_grid_unref (pair->y);
  ew_kernel_unref (pair->kernel);
}

static void
assert_same_grid (const EwGrid *a, const EwGrid *b)
{
  g_assert_true ((a == NULL) == (b == NULL));
  if (a == NULL || b == NULL)
    return;
  g_assert_cmpint (a->height, ==, b->height);
  g_assert_cmpint (a->width, ==, b->width);
  for (int i = 0; i < a->height && !g_test_failed (); i++)
    g_assert_cmpmem (ew_grid_row (a, i), (size_t)a->width * sizeof (float), ew_grid_row (b, i),
                     (size_t)b->width * sizeof (float));
}

static void
assert_same (const EwPictures *a, const EwPictures *b)
{
  g_assert_cmpint (a->input_row, ==, b->input_row);
  g_assert_cmpint (a->column, ==, b->column);
  assert_same_grid (a->input, b->input);
  assert_same_grid (a->target, b->target);
  assert_same_grid (a->output, b->output);
}

/* Both give the same bits. */
static void
check_viewport (Pair *pair, const EwViewport *viewport)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwPictures) wanted = ew_view_pictures (pair->on_cpu, viewport, pair->kernel, NULL, &error);
  g_autoptr (EwPictures) made = ew_view_pictures (pair->on_device, viewport, pair->kernel, NULL, &error);

  g_assert_no_error (error);
  assert_same (wanted, made);
}

static void
edit_kernel (Pair *pair, EwRandom *random)
{
  ew_kernel_unref (pair->kernel);
  pair->kernel = random_kernel (random, pair->geometry.kernel_height, pair->geometry.kernel_width, -1, 1);
}

static void
check_random (EwRandom *random)
{
  int height = random_int (random, 20, 150);
  int width = random_int (random, 20, 150);
  EwGeometry geometry
      = random_geometry (random, height, width, random_int (random, 1, 7), random_int (random, 1, 7), 3, 8);
  Pair pair;
  int most;

  pair_init (&pair, random, &geometry, height, width);
  most = ew_view_block_max (&geometry, height, width, pair.height, pair.width);
  for (int k = 0; k < 4 && most > 1 && !g_test_failed (); k++)
    {
      EwViewport viewport = { .block = random_int (random, 2, MIN (most, 12)),
                              .row = random_int (random, -2, 10),
                              .column = random_int (random, -2, 10),
                              .height = random_int (random, 1, 40),
                              .width = random_int (random, 1, 40) };

      check_viewport (&pair, &viewport);
      edit_kernel (&pair, random);
      check_viewport (&pair, &viewport);
      g_assert_true (ew_view_device (pair.on_device) == pair.device);
    }
  pair_clear (&pair);
}

static void
test_same_bits (void)
{
  EwRandom random = 61;

  for (int i = 0; i < 40 && !g_test_failed (); i++)
    check_random (&random);
  /* Nothing may depend on the order of threads and blocks. */
  cuda_shim_fault.backwards = TRUE;
  for (int i = 0; i < 8 && !g_test_failed (); i++)
    check_random (&random);
  cuda_shim_fault.backwards = FALSE;
}

/* A picture that comes back through both staging buffers, several times. */
static void
test_large (void)
{
  EwGeometry geometry;
  EwRandom random = 62;
  Pair pair;

  ew_geometry_init_valid (&geometry, 1, 1);
  pair_init (&pair, &random, &geometry, 2201, 2003);
  check_viewport (&pair, &(EwViewport){ .block = 2, .height = 1100, .width = 1001 });
  g_assert_true (ew_view_device (pair.on_device) == pair.device);
  pair_clear (&pair);
}

/* Another kernel costs one launch and copies no more than the taps and the picture; planes are brought once. */
static void
test_cost (void)
{
  EwGeometry geometry;
  EwRandom random = 63;
  EwViewport viewport = { .block = 3, .height = 20, .width = 20 };
  Pair pair;
  int launches;
  size_t used;

  ew_geometry_init_valid (&geometry, 3, 3);
  pair_init (&pair, &random, &geometry, 90, 100);
  check_viewport (&pair, &viewport);
  edit_kernel (&pair, &random);
  check_viewport (&pair, &viewport);
  launches = fake_driver.launches;
  used = fake_driver_memory_used ();
  edit_kernel (&pair, &random);
  check_viewport (&pair, &viewport);
  g_assert_cmpint (fake_driver.launches, ==, launches + 1);
  g_assert_cmpuint (fake_driver_memory_used (), ==, used);
  g_assert_cmpuint (ew_view_n_gathered (pair.on_device), ==, 1);
  viewport.row = 2;
  check_viewport (&pair, &viewport);
  g_assert_cmpuint (ew_view_n_gathered (pair.on_device), ==, 2);
  ew_view_set_device (pair.on_device, NULL);
  g_assert_cmpuint (fake_driver_memory_used (), ==, 0);
  pair_clear (&pair);
}

/* A pair whose first phases are not the input's blocks, so that all ways of gathering are gone. */
static void
bordered_pair (Pair *pair, EwRandom *random)
{
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, 3, 3);
  geometry.top = geometry.left = geometry.right = geometry.bottom = 1;
  geometry.border = EW_BORDER_REFLECT;
  pair_init (pair, random, &geometry, 40, 44);
}

static const FakeDriverFault faults[] = {
  { .status = EW_CUDA_OUT_OF_MEMORY },
  { .status = FAKE_ILLEGAL_ADDRESS, .sticky = TRUE },
  { .status = FAKE_LAUNCH_FAILED, .lost = TRUE },
  { .status = FAKE_ILLEGAL_ADDRESS, .late = TRUE, .sticky = TRUE },
};

/* Every call of the device fails in turn: the pictures come all the same, and nothing is left. */
static void
test_faults (void)
{
  const EwViewport viewport = { .block = 2, .height = 30, .width = 30 };

  for (guint f = 0; f < G_N_ELEMENTS (faults); f++)
    for (int nth = 1, more = TRUE; more && !g_test_failed (); nth++)
      {
        EwRandom random = 64;
        Pair pair;

        bordered_pair (&pair, &random);
        fake_driver.fault = faults[f];
        fake_driver.fault.nth = nth;
        fake_driver.fired = FALSE;
        check_viewport (&pair, &viewport);
        edit_kernel (&pair, &random);
        check_viewport (&pair, &viewport);
        more = fake_driver.fired;
        if (!more)
          {
            g_assert_true (ew_view_device (pair.on_device) == pair.device);
            g_assert_cmpint (nth, >, 20);
          }
        fake_driver.fault.nth = 0;
        g_assert_cmpint (nth, <, 200);
        pair_clear (&pair);
      }
}

/* What is not the freeing is noticed. */
static void
test_faults_noticed (void)
{
  static const char *const functions[]
      = { "memory_alloc", "memory_info", "copy_rows", "upload", "launch", "stream_synchronize", "context_set_current" };
  const EwViewport viewport = { .block = 2, .height = 30, .width = 30 };
  EwRandom random = 65;

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      Pair pair;

      bordered_pair (&pair, &random);
      fake_driver.fault = (FakeDriverFault){ .function = functions[i], .nth = 1, .status = FAKE_LAUNCH_FAILED };
      check_viewport (&pair, &viewport);
      g_assert_true (fake_driver.fired);
      g_assert_null (ew_view_device (pair.on_device));
      pair_clear (&pair);
    }
}

/* At each wait in turn, a row a launch; the next try makes the pictures. */
static void
test_cancel (void)
{
  const EwViewport viewport = { .block = 2, .height = 30, .width = 30 };

  for (int at = 1, more = TRUE; more && !g_test_failed (); at++)
    {
      EwRandom random = 66;
      EwCancel cancel = 0;
      g_autoptr (GError) error = NULL;
      g_autoptr (EwPictures) pictures = NULL;
      Pair pair;

      bordered_pair (&pair, &random);
      ((EwCudaDevice *)pair.device)->budget = 1;
      fake_driver.cancel = &cancel;
      fake_driver.cancel_at = at;
      pictures = ew_view_pictures (pair.on_device, &viewport, pair.kernel, &cancel, &error);
      more = pictures == NULL;
      g_assert_true (more == (atomic_load (&cancel) != 0));
      if (more)
        g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
      fake_driver.cancel_at = 0;
      check_viewport (&pair, &viewport);
      g_assert_true (ew_view_device (pair.on_device) == pair.device);
      g_assert_cmpint (at, <, 200);
      pair_clear (&pair);
    }
}

/* Where the device has little memory the CPU makes the pictures. */
static void
test_no_room (void)
{
  EwRandom random = 67;
  Pair pair;

  bordered_pair (&pair, &random);
  fake_driver.memory = 30000;
  check_viewport (&pair, &(EwViewport){ .block = 2, .height = 30, .width = 30 });
  g_assert_null (ew_view_device (pair.on_device));
  pair_clear (&pair);
}

/* --- planes of a problem that is loaded */

/* The pair as a problem, on a handle of its own. */
static EwLoaded *
load_pair (Pair *pair, EwDevice **trains)
{
  g_autoptr (GError) error = NULL;
  EwSample sample = { .x = pair->x, .y = pair->y };
  g_autoptr (EwProblem) problem = ew_problem_new (&sample, 1, &pair->geometry, FALSE, &error);
  EwLoaded *loaded;

  g_assert_no_error (error);
  *trains = ew_cuda_backend ()->open (0, &error);
  g_assert_no_error (error);
  loaded = (*trains)->backend->load (*trains, problem, NULL, &error);
  g_assert_no_error (error);
  return loaded;
}

/* Bytes of device memory that showing these planes takes. */
static size_t
bytes_to_show (Pair *pair, EwGrid *x, EwGrid *y)
{
  g_autoptr (GError) error = NULL;
  size_t before = fake_driver_memory_used ();
  EwShown *shown = pair->device->backend->show (pair->device, x, y, NULL, &error);
  size_t bytes = fake_driver_memory_used () - before;

  g_assert_no_error (error);
  pair->device->backend->unshow (shown);
  g_assert_cmpuint (fake_driver_memory_used (), ==, before);
  return bytes;
}

/* Pictures use the planes of the problem that is trained, borders and all, and keep them when it goes before them. */
static void
test_shared (void)
{
  const EwViewport viewport = { .block = 2, .height = 30, .width = 30 };
  EwRandom random = 69;
  Pair pair;
  EwDevice *trains;
  EwLoaded *loaded;
  g_autoptr (EwGrid) other = NULL;
  size_t alone;

  bordered_pair (&pair, &random);
  other = random_grid (&random, 40, 44, -1, 1);
  alone = bytes_to_show (&pair, pair.x, pair.y);
  g_assert_cmpuint (alone, >, 0);
  loaded = load_pair (&pair, &trains);
  g_assert_cmpuint (bytes_to_show (&pair, pair.x, pair.y), ==, 0);
  g_assert_cmpuint (bytes_to_show (&pair, pair.x, NULL), ==, 0);
  g_assert_cmpuint (bytes_to_show (&pair, other, pair.y), ==, alone);
  check_viewport (&pair, &viewport);
  g_assert_true (ew_view_device (pair.on_device) == pair.device);
  trains->backend->unload (loaded);
  trains->backend->close (trains);
  edit_kernel (&pair, &random);
  check_viewport (&pair, &(EwViewport){ .block = 3, .row = 1, .height = 12, .width = 12 });
  g_assert_true (ew_view_device (pair.on_device) == pair.device);
  ew_view_set_device (pair.on_device, NULL);
  g_assert_cmpuint (fake_driver_memory_used (), ==, 0);
  pair_clear (&pair);
}

/* Nothing is taken from a problem that rests, or whose planes did not come to be; a problem that comes back offers them
 * anew. */
static void
test_not_shared (void)
{
  EwRandom random = 70;
  Pair pair;
  EwDevice *trains;
  EwLoaded *loaded;
  double params[9] = { 0 }, gradient[9], loss;
  size_t alone;

  bordered_pair (&pair, &random);
  alone = bytes_to_show (&pair, pair.x, pair.y);
  loaded = load_pair (&pair, &trains);
  trains->backend->rest (loaded);
  g_assert_cmpuint (bytes_to_show (&pair, pair.x, pair.y), ==, alone);
  fake_driver.fault = (FakeDriverFault){ .function = "copy_rows", .nth = 2, .status = EW_CUDA_OUT_OF_MEMORY };
  g_assert_false (trains->backend->evaluate (loaded, params, &loss, gradient, NULL, NULL));
  g_assert_cmpuint (bytes_to_show (&pair, pair.x, pair.y), ==, alone);
  g_assert_true (trains->backend->evaluate (loaded, params, &loss, gradient, NULL, NULL));
  g_assert_cmpuint (bytes_to_show (&pair, pair.x, pair.y), ==, 0);
  trains->backend->unload (loaded);
  trains->backend->close (trains);
  pair_clear (&pair);
}

/* --- the viewer */

typedef struct
{
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  gboolean woken;
} Waiting;

static void
wake (gpointer data)
{
  Waiting *waiting = data;

  pthread_mutex_lock (&waiting->mutex);
  waiting->woken = TRUE;
  pthread_cond_signal (&waiting->changed);
  pthread_mutex_unlock (&waiting->mutex);
}

static void
fail (guint64 task, char *sentence, gpointer data)
{
  g_assert_cmpstr (sentence, ==, NULL);
  g_free (sentence);
}

static EwPictures *
next_pictures (EwViewer *viewer, Waiting *waiting)
{
  pthread_mutex_lock (&waiting->mutex);
  while (!waiting->woken)
    pthread_cond_wait (&waiting->changed, &waiting->mutex);
  waiting->woken = FALSE;
  pthread_mutex_unlock (&waiting->mutex);
  return ew_viewer_take (viewer);
}

/* The viewer's own device makes the pictures; when it fails they come from the CPU and the device is closed. */
static void
test_viewer (void)
{
  const EwViewport viewport = { .block = 2, .height = 30, .width = 30 };
  Waiting waiting = { .mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
  EwViewer *viewer = ew_viewer_new (&(EwViewerCalls){ wake, fail, &waiting });
  EwRandom random = 68;
  Pair pair;

  bordered_pair (&pair, &random);
  ew_viewer_set_viewport (viewer, &viewport);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (EwPictures) wanted = NULL;
      g_autoptr (EwPictures) made = NULL;
      int launches = fake_driver.launches;

      /* The thread waits for the next wish: nobody else uses the driver now. */
      if (i == 2)
        fake_driver.fault = (FakeDriverFault){ .function = "launch", .nth = 1, .status = FAKE_LAUNCH_FAILED };
      edit_kernel (&pair, &random);
      wanted = ew_view_pictures (pair.on_cpu, &viewport, pair.kernel, NULL, NULL);
      ew_viewer_show (viewer, 0, 0, pair.x, pair.y, &pair.geometry, pair.kernel, ew_cuda_backend ());
      made = next_pictures (viewer, &waiting);
      g_assert_nonnull (made);
      assert_same (wanted, made);
      g_assert_true ((fake_driver.launches > launches) == (i < 2));
    }
  g_assert_true (fake_driver.fired);
  ew_viewer_free (viewer);
  g_assert_cmpuint (fake_driver_memory_used (), ==, 0);
  pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_unsetenv ("EDGEWISE_CUDA");
  pool = ew_pool_new (2, NULL);
  g_test_add_func ("/cuda-view/same-bits", test_same_bits);
  g_test_add_func ("/cuda-view/large", test_large);
  g_test_add_func ("/cuda-view/cost", test_cost);
  g_test_add_func ("/cuda-view/faults", test_faults);
  g_test_add_func ("/cuda-view/faults-noticed", test_faults_noticed);
  g_test_add_func ("/cuda-view/cancel", test_cancel);
  g_test_add_func ("/cuda-view/no-room", test_no_room);
  g_test_add_func ("/cuda-view/shared", test_shared);
  g_test_add_func ("/cuda-view/not-shared", test_not_shared);
  g_test_add_func ("/cuda-view/viewer", test_viewer);
  status = g_test_run ();
  ew_pool_free (pool);
  return status;
}
