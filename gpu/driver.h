/* EwCudaDriver: the functions of the NVIDIA driver's library that are used, found at run time. Declared here once more,
 * as far as needed, so that neither building nor starting asks for anything of CUDA. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

typedef int EwCudaStatus;
typedef int EwCudaOrdinal;                /* CUdevice */
typedef unsigned long long EwCudaAddress; /* CUdeviceptr */
typedef struct CUctx_st *EwCudaContext;   /* CUcontext */
typedef struct CUmod_st *EwCudaModule;    /* CUmodule */
typedef struct CUfunc_st *EwCudaFunction; /* CUfunction */
typedef struct CUstream_st *EwCudaStream; /* CUstream */
typedef struct CUevent_st *EwCudaEvent;   /* CUevent */
typedef struct CUgraph_st *EwCudaGraph;   /* CUgraph */
typedef struct CUgraphExec_st *EwCudaRun; /* CUgraphExec */

/* CUresult, CUdevice_attribute, CUmemorytype, CUevent_flags and CUstreamCaptureMode, as far as they are used. */
enum
{
  EW_CUDA_SUCCESS = 0,
  EW_CUDA_OUT_OF_MEMORY = 2,
  EW_CUDA_NO_DEVICE = 100,
  EW_CUDA_INVALID_IMAGE = 200,
  EW_CUDA_NO_BINARY = 209,
  EW_CUDA_INVALID_PTX = 218,
  EW_CUDA_UNSUPPORTED_PTX = 222,

  EW_CUDA_MULTIPROCESSORS = 16,
  EW_CUDA_CAPABILITY_MAJOR = 75,
  EW_CUDA_CAPABILITY_MINOR = 76,

  EW_CUDA_HOST = 1,
  EW_CUDA_DEVICE = 2,

  EW_CUDA_EVENT_TIMED = 0,
  EW_CUDA_EVENT_UNTIMED = 2,

  EW_CUDA_CAPTURE_THREAD = 1,
};

/* CUDA_MEMCPY2D: a copy of @height rows of @row_bytes. */
typedef struct
{
  size_t from_x;
  size_t from_y;
  int from_kind;
  const void *from_host;
  EwCudaAddress from_device;
  void *from_array;
  size_t from_pitch;
  size_t to_x;
  size_t to_y;
  int to_kind;
  void *to_host;
  EwCudaAddress to_device;
  void *to_array;
  size_t to_pitch;
  size_t row_bytes;
  size_t height;
} EwCudaCopy;

/* Each is the driver's function of that name: init is cuInit, memory_alloc cuMemAlloc_v2, … Those of the last block are
 * all NULL where the driver is too old for graphs. */
typedef struct
{
  EwCudaStatus (*init) (unsigned flags);
  EwCudaStatus (*driver_version) (int *version);
  EwCudaStatus (*device_count) (int *count);
  EwCudaStatus (*device_get) (EwCudaOrdinal *device, int ordinal);
  EwCudaStatus (*device_name) (char *name, int bytes, EwCudaOrdinal device);
  EwCudaStatus (*device_attribute) (int *value, int attribute, EwCudaOrdinal device);
  EwCudaStatus (*context_retain) (EwCudaContext *context, EwCudaOrdinal device);
  EwCudaStatus (*context_release) (EwCudaOrdinal device);
  EwCudaStatus (*context_set_current) (EwCudaContext context);
  EwCudaStatus (*memory_info) (size_t *available, size_t *total);
  EwCudaStatus (*memory_alloc) (EwCudaAddress *address, size_t bytes);
  EwCudaStatus (*memory_free) (EwCudaAddress address);
  EwCudaStatus (*upload) (EwCudaAddress to, const void *from, size_t bytes, EwCudaStream stream);
  EwCudaStatus (*download) (void *to, EwCudaAddress from, size_t bytes, EwCudaStream stream);
  EwCudaStatus (*copy_rows) (const EwCudaCopy *copy, EwCudaStream stream);
  EwCudaStatus (*memory_set) (EwCudaAddress address, unsigned char value, size_t bytes, EwCudaStream stream);
  EwCudaStatus (*module_load) (EwCudaModule *module, const void *image);
  EwCudaStatus (*module_unload) (EwCudaModule module);
  EwCudaStatus (*module_function) (EwCudaFunction *function, EwCudaModule module, const char *name);
  EwCudaStatus (*launch) (EwCudaFunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                          unsigned block_y, unsigned block_z, unsigned shared_bytes, EwCudaStream stream,
                          void **arguments, void **extra);
  EwCudaStatus (*stream_create) (EwCudaStream *stream, unsigned flags);
  EwCudaStatus (*stream_synchronize) (EwCudaStream stream);
  EwCudaStatus (*stream_destroy) (EwCudaStream stream);
  EwCudaStatus (*stream_wait) (EwCudaStream stream, EwCudaEvent event, unsigned flags);
  EwCudaStatus (*event_create) (EwCudaEvent *event, unsigned flags);
  EwCudaStatus (*event_record) (EwCudaEvent event, EwCudaStream stream);
  EwCudaStatus (*event_synchronize) (EwCudaEvent event);
  EwCudaStatus (*event_elapsed) (float *milliseconds, EwCudaEvent from, EwCudaEvent to);
  EwCudaStatus (*event_destroy) (EwCudaEvent event);
  EwCudaStatus (*device_memory) (size_t *bytes, EwCudaOrdinal device);
  EwCudaStatus (*host_alloc) (void **memory, size_t bytes, unsigned flags);
  EwCudaStatus (*host_free) (void *memory);
  EwCudaStatus (*error_name) (EwCudaStatus status, const char **name);
  EwCudaStatus (*error_text) (EwCudaStatus status, const char **text);

  EwCudaStatus (*capture_begin) (EwCudaStream stream, int mode);
  EwCudaStatus (*capture_end) (EwCudaStream stream, EwCudaGraph *graph);
  EwCudaStatus (*graph_instantiate) (EwCudaRun *run, EwCudaGraph graph, unsigned long long flags);
  EwCudaStatus (*graph_destroy) (EwCudaGraph graph);
  EwCudaStatus (*run_launch) (EwCudaRun run, EwCudaStream stream);
  EwCudaStatus (*run_destroy) (EwCudaRun run);
} EwCudaDriver;

/* The driver, opened on the first call, on any thread; never freed. EW_ERROR_DEVICE where there is none or it is too
 * old. */
const EwCudaDriver *ew_cuda_driver (GError **error);

/* Fills @driver from a shared library, which stays open. Errors as ew_cuda_driver; @driver is then of no use. */
gboolean ew_cuda_driver_open (const char *library, EwCudaDriver *driver, GError **error);

/* What ew_cuda_driver gives from now on; NULL for the real one. Not while a device is open. */
void ew_cuda_driver_set_for_tests (const EwCudaDriver *driver);

/* Sets an EW_ERROR_DEVICE "WHAT failed (NAME: text)." with the driver's words for @status. */
void ew_cuda_driver_set_error (const EwCudaDriver *driver, EwCudaStatus status, const char *what, GError **error);

/* The driver's words alone, transfer full: "NAME: text". */
char *ew_cuda_driver_words (const EwCudaDriver *driver, EwCudaStatus status);

G_END_DECLS
