/* The CUDA backend's table. */
#include "gpu/cuda-problem.h"
#include "gpu/cuda.h"

const EwBackend *
ew_cuda_backend (void)
{
  static const EwBackend backend = {
    .id = "cuda",
    .describe = ew_cuda_describe,
    .supports = ew_geometry_is_valid,
    .open = ew_cuda_open,
    .close = ew_cuda_close,
    .correlate = ew_cuda_correlate,
    .load = ew_cuda_load,
    .unload = ew_cuda_unload,
    .evaluate = ew_cuda_evaluate,
    .descend = ew_cuda_descend,
  };

  return &backend;
}
