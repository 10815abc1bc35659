/* EwCudaCosts by device: in this run, and in the user's cache folder. */
#include "gpu/cuda-costs.h"
#include "gpu/cuda-measure.h"
#include "gpu/cufft.h"

#include <glib/gstdio.h>
#include <pthread.h>

/* No file of ours is longer. */
#define FILE_BYTES_MAX 4096

typedef struct
{
  char *device;
  gboolean known;
  gboolean refused; /* not to be measured in this run */
  EwCudaCosts costs;
} Kept;

/* Guards what follows; not held while anything is measured. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GPtrArray *all_kept;
static gboolean replaced;
static char *replacement;

static void
free_kept (gpointer data)
{
  Kept *kept = data;

  g_free (kept->device);
  g_free (kept);
}

/* What costs are for: another driver or another device has others. Transfer full; NULL where the driver does not say.
 */
static char *
name_of (EwCudaDevice *device)
{
  const EwCudaDriver *driver = device->driver;
  int minor = 0, version = 0;

  if (driver->device_attribute (&minor, EW_CUDA_CAPABILITY_MINOR, device->ordinal) != EW_CUDA_SUCCESS
      || driver->driver_version (&version) != EW_CUDA_SUCCESS)
    return NULL;
  return g_strdup_printf ("%s, compute capability %d.%d, driver %d", device->base.name, device->capability_major, minor,
                          version);
}

/* Transfer full; NULL where nothing is kept. */
static char *
path_of (const char *device)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, device, -1);
  g_autofree char *name = g_strdup_printf ("cuda-costs-%.16s", sum);

  if (!replaced)
    return g_build_filename (g_get_user_cache_dir (), "edgewise", name, NULL);
  return replacement == NULL ? NULL : g_build_filename (replacement, name, NULL);
}

static gboolean
read_file (const char *device, EwCudaCosts *costs)
{
  g_autofree char *path = path_of (device);
  g_autofree char *text = NULL;
  GStatBuf about;
  gsize length;

  return path != NULL && g_stat (path, &about) == 0 && (about.st_mode & S_IFMT) == S_IFREG
         && about.st_size <= FILE_BYTES_MAX && g_file_get_contents (path, &text, &length, NULL)
         && ew_cuda_costs_from_text (text, length, device, costs);
}

/* Where it cannot be written the next run measures again. */
static void
write_file (const char *device, const EwCudaCosts *costs)
{
  g_autofree char *path = path_of (device);
  g_autofree char *text = ew_cuda_costs_to_text (costs, device);
  g_autofree char *folder = path == NULL ? NULL : g_path_get_dirname (path);

  if (folder != NULL && g_mkdir_with_parents (folder, 0700) == 0)
    g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

/* The entry of a device, read from its file when it is new. Under the lock. */
static Kept *
find_kept (const char *device)
{
  Kept *kept;

  if (all_kept == NULL)
    all_kept = g_ptr_array_new_with_free_func (free_kept);
  for (guint i = 0; i < all_kept->len; i++)
    if (g_str_equal (((Kept *)g_ptr_array_index (all_kept, i))->device, device))
      return g_ptr_array_index (all_kept, i);
  kept = g_new0 (Kept, 1);
  kept->device = g_strdup (device);
  kept->refused = replaced && replacement == NULL;
  kept->known = read_file (device, &kept->costs);
  /* Measured when there was no library for transforms, and there is one now. */
  if (kept->known && kept->costs.fft_tile <= 0 && ew_cufft () != NULL)
    kept->known = FALSE;
  g_ptr_array_add (all_kept, kept);
  return kept;
}

/* What came of a measurement. Of two at the same time the first counts. */
static gboolean
keep (const char *device, gboolean measured, EwCudaCosts *costs)
{
  gboolean writes = FALSE;
  gboolean known;

  pthread_mutex_lock (&lock);

  Kept *kept = find_kept (device);

  if (!kept->known && measured)
    {
      kept->costs = *costs;
      kept->known = writes = TRUE;
    }
  kept->refused |= !measured;
  known = kept->known;
  *costs = kept->costs;
  pthread_mutex_unlock (&lock);
  if (writes)
    write_file (device, costs);
  return known;
}

static gboolean
look_up (const char *device, EwCudaCosts *costs, gboolean *refused)
{
  gboolean known;

  pthread_mutex_lock (&lock);

  const Kept *kept = find_kept (device);

  known = kept->known;
  *refused = kept->refused;
  *costs = kept->costs;
  pthread_mutex_unlock (&lock);
  return known;
}

gboolean
ew_cuda_costs_known (EwCudaDevice *device, EwCudaCosts *costs)
{
  g_autofree char *name = name_of (device);
  gboolean refused;

  return name != NULL && look_up (name, costs, &refused);
}

gboolean
ew_cuda_costs_get (EwCudaDevice *device, EwCudaCosts *costs, EwCancel *cancel)
{
  g_autofree char *name = name_of (device);
  gboolean refused, measured;

  if (name == NULL)
    return FALSE;
  if (look_up (name, costs, &refused))
    return TRUE;
  if (refused)
    return FALSE;
  measured = ew_cuda_measure (device, costs, cancel);
  /* Who cancels has not refused. */
  if (!measured && !ew_cuda_check_cancel (cancel, NULL))
    return FALSE;
  return keep (name, measured, costs);
}

void
ew_cuda_costs_set_for_tests (gboolean replace, const char *folder)
{
  pthread_mutex_lock (&lock);
  g_clear_pointer (&all_kept, g_ptr_array_unref);
  g_clear_pointer (&replacement, g_free);
  replaced = replace;
  replacement = g_strdup (folder);
  pthread_mutex_unlock (&lock);
}
