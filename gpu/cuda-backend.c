/* The CUDA backend's table. */
#include "gpu/cuda-problem.h"
#include "gpu/cuda-view.h"
#include "gpu/cuda.h"

const EwBackend *
ew_cuda_backend (void)
{
  static const EwBackend backend = {
    .id = "cuda",
    .masks = TRUE,
    .describe = ew_cuda_describe,
    .open = ew_cuda_open,
    .close = ew_cuda_close,
    .correlate = ew_cuda_correlate,
    .load = ew_cuda_load,
    .unload = ew_cuda_unload,
    .rest = ew_cuda_rest,
    .evaluate = ew_cuda_evaluate,
    .descend = ew_cuda_descend,
    .gram = ew_cuda_gram,
    .evaluate_exactly = ew_cuda_evaluate_exactly,
    .show = ew_cuda_show,
    .unshow = ew_cuda_unshow,
    .gather = ew_cuda_gather,
    .combine = ew_cuda_combine,
  };

  return &backend;
}
