/* EwCufft: the functions of NVIDIA's transform library that are used, found at run time when a large kernel first asks
 * for them. Nothing of ours needs the library: without it kernels of any size are summed directly. */
#pragma once

#include "gpu/driver.h"

G_BEGIN_DECLS

typedef int EwCufftStatus; /* cufftResult: 0 is success */
typedef int EwCufftHandle;

/* cufftType, as far as used. */
enum
{
  EW_CUFFT_TO_COMPLEX = 0x2a,
  EW_CUFFT_TO_REAL = 0x2c,
};

/* Each is the library's function of that name: plan_many is cufftPlanMany, … */
typedef struct
{
  EwCufftStatus (*plan_many) (EwCufftHandle *plan, int rank, int *n, int *in_embed, int in_stride, int in_distance,
                              int *out_embed, int out_stride, int out_distance, int type, int batch);
  EwCufftStatus (*set_stream) (EwCufftHandle plan, EwCudaStream stream);
  EwCufftStatus (*to_complex) (EwCufftHandle plan, float *from, float *to);
  EwCufftStatus (*to_real) (EwCufftHandle plan, float *from, float *to);
  EwCufftStatus (*destroy) (EwCufftHandle plan);
} EwCufft;

/* The library, opened on the first call, on any thread; never closed. NULL where there is none. */
const EwCufft *ew_cufft (void);

/* What ew_cufft gives from now on, where @replace; may be NULL. */
void ew_cufft_set_for_tests (gboolean replace, const EwCufft *cufft);

G_END_DECLS
