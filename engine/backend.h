/* What a compute device is: one small table of functions. The CPU's is in engine/, CUDA's in gpu/. */
#pragma once

#include "engine/descent.h"
#include "engine/gram-tiles.h"
#include "engine/kernel.h"
#include "engine/method.h"
#include "engine/problem.h"
#include "engine/squares.h"

G_BEGIN_DECLS

typedef struct _EwBackend EwBackend;
typedef struct _EwDevice EwDevice;
typedef struct _EwLoaded EwLoaded;
typedef struct _EwShown EwShown;

/* A flag that another thread sets to stop long work soon. A device looks at it at least a few times a second and then
 * fails with EW_ERROR_CANCELLED; nothing it was asked for has changed. */
typedef atomic_int EwCancel;

/**
 * EwDeviceInfo:
 * @id: the backend's name: "cpu", "cuda"
 * @name: for people: "CPU · AVX-512 · 8 threads", "NVIDIA …"; never NULL after describe
 * @reason: why the device cannot be used, a sentence; NULL where it can
 * @memory: bytes that it has of its own; 0 where it has none or that is not known
 * @capability: the kind of its instructions, "9.0"; NULL where not known
 * @driver: the version that its driver is for, "13.0"; NULL where not known
 */
typedef struct
{
  const char *id;
  char *name;
  char *reason;
  guint64 memory;
  char *capability;
  char *driver;
} EwDeviceInfo;

/* An opened device; the backend's own structure begins with it. Used by one thread at a time. */
struct _EwDevice
{
  const EwBackend *backend;
  char *name;   /* as in EwDeviceInfo; owned */
  int n_loaded; /* problems that are loaded on it; kept by EwDevices */
};

/* A problem loaded on a device; the backend's own structure begins with it. Holds a reference to the problem. */
struct _EwLoaded
{
  EwDevice *device;
  EwProblem *problem;
};

/* A pair of planes on a device, for pictures of them; the backend's own structure begins with it. Holds references;
 * y may be NULL. */
struct _EwShown
{
  EwDevice *device;
  EwGrid *x;
  EwGrid *y;
};

/* One term of a picture: @weight times what begins at this place of the planes that were gathered. */
typedef struct
{
  int row;
  int column;
  float weight;
} EwPlace;

/**
 * EwBackend:
 * @id: "cpu", "cuda"
 * @describe: fills @info; never fails and may be called at any time, on any thread, without opening anything for long
 * @supports: whether correlate, load and what works on loaded problems know a geometry. NULL: they know all
 * @masks: whether what works on loaded problems honours their masks; EwDevices never loads one with a mask elsewhere
 * @open: a device with @threads worker threads (0: one for each core; the GPU ignores it); EW_ERROR_DEVICE
 * @close: frees the device; every problem must have been unloaded
 * @pool: the threads of an open device, for work of the caller's own, while the device has none; NULL where it has no threads
 * @correlate: y = x ⋆ kernel + bias; y, which is not x, has the size that the geometry gives. EW_METHOD_AUTO and
 *   EW_METHOD_DIRECT always work. EW_ERROR_DEVICE, EW_ERROR_CANCELLED, EW_ERROR_UNSUPPORTED (a geometry it does not
 *   know; a method that it does not have or that cannot do this kernel or geometry), EW_ERROR_TOO_LARGE
 * @load: prepares a problem, uploading it where that is needed. Errors as correlate
 * @unload: frees what load made, also after an error
 * @rest: frees what the device holds of a problem that is not worked on for a while; the next use brings it back. NULL
 *   where it holds nothing worth freeing
 * @evaluate: summed loss and its gradient (n_params) at @params. Errors as correlate
 * @descend: see EwDescent. NULL where the backend has nothing better than calling evaluate. On an error nothing in the
 *   descent has changed but @trace and @losses, so params are the last good ones
 * @gram: G, h and c of a loaded problem, transfer full. NULL where the backend has none. Errors as correlate
 * @gram_tiles: the same for each part of a grid over the targets, transfer full: see gram-tiles.h. NULL where the backend
 *   has none
 * @evaluate_exactly: as evaluate, but with float64 residuals and sums over the float32 data: what a Gram's loss near
 * its minimum is based on. NULL where the backend has none
 * @show: brings a pair of planes (y may be NULL) to the device for pictures. NULL, like the three that follow, where
 *   the CPU had better make them. Errors as load
 * @unshow: frees what show made, also after an error
 * @gather: block means as ew_block_means, to the same bits, of the shown x or y, which means->x is. Where @keep they
 *   stay on the device, instead of those kept before, which are lost on an error too. @first, if it is not NULL,
 *   becomes the top left of the plane of the first phase, as much as it holds. Errors as correlate
 * @combine: picture[i, j] = bias + Σ weight · kept[row + i, column + j], float32, in the order of the @n places. All of
 *   them lie in what is kept. Errors as correlate
 *
 * All take @cancel, which may be NULL. Numbers are deterministic for a device, whatever the number of threads.
 */
struct _EwBackend
{
  const char *id;
  void (*describe) (EwDeviceInfo *info);
  gboolean (*supports) (const EwGeometry *geometry);
  gboolean masks;
  EwDevice *(*open) (int threads, GError **error);
  void (*close) (EwDevice *device);
  gboolean (*correlate) (EwDevice *device, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry,
                         EwMethod method, EwGrid *y, EwCancel *cancel, GError **error);
  EwLoaded *(*load) (EwDevice *device, EwProblem *problem, EwCancel *cancel, GError **error);
  void (*unload) (EwLoaded *loaded);
  void (*rest) (EwLoaded *loaded);
  struct _EwPool *(*pool) (EwDevice *device);
  gboolean (*evaluate) (EwLoaded *loaded, const double *params, double *loss, double *gradient, EwCancel *cancel,
                        GError **error);
  gboolean (*descend) (EwLoaded *loaded, EwDescent *descent, EwCancel *cancel, GError **error);
  EwGram *(*gram) (EwLoaded *loaded, EwCancel *cancel, GError **error);
  EwGramTiles *(*gram_tiles) (EwLoaded *loaded, int n_rows, int n_columns, EwCancel *cancel, GError **error);
  gboolean (*evaluate_exactly) (EwLoaded *loaded, const double *params, double *loss, double *gradient,
                                EwCancel *cancel, GError **error);
  EwShown *(*show) (EwDevice *device, EwGrid *x, EwGrid *y, EwCancel *cancel, GError **error);
  void (*unshow) (EwShown *shown);
  gboolean (*gather) (EwShown *shown, const EwBlockMeans *means, gboolean keep, EwGrid *first, EwCancel *cancel,
                      GError **error);
  gboolean (*combine) (EwShown *shown, const EwPlace *places, int n, float bias, EwGrid *picture, EwCancel *cancel,
                       GError **error);
};

void ew_device_info_clear (EwDeviceInfo *info);

/* For people, transfer full: "NVIDIA …, 80 GB, compute capability 9.0, driver for CUDA 13.0", as far as known. */
char *ew_device_info_text (const EwDeviceInfo *info);

/* The CPU backend; always usable. EDGEWISE_CPU=generic|avx2|avx512 forces an instruction set. */
const EwBackend *ew_cpu_backend (void);

G_END_DECLS
