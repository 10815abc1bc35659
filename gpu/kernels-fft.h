/* What goes into tiled transforms and comes out of them: overlap-save. Device code, for kernels.cu alone. */
#pragma once

#include "gpu/kernels-common.h"

/* The first output of a tile. */
static __device__ __forceinline__ Place
fft_place (EwCudaFft fft, long long tile)
{
  Place place;

  place.row = tile / fft.across * fft.height;
  place.column = tile % fft.across * fft.width;
  return place;
}

/* tiles[t] = x − mean under tile first + t, and zero beyond x. */
KERNEL void
ew_cuda_fft_gather (EwCudaPlane x, EwCudaFft fft, long long first, int n_tiles, float mean, float *tiles)
{
  long long area = (long long)fft.side * fft.side;

  for (long long line = blockIdx.x; line < (long long)n_tiles * fft.side; line += gridDim.x)
    {
      Place place = fft_place (fft, first + line / fft.side);
      long long row = place.row + line % fft.side;

      for (int j = threadIdx.x; j < fft.side; j += EW_CUDA_THREADS)
        {
          int inside = row < x.height && place.column + j < x.width;

          tiles[line / fft.side * area + line % fft.side * fft.side + j]
              = inside ? x.data[row * x.stride + place.column + j] - mean : 0;
        }
    }
}

/* spectra[t] = spectra[t] · conj (kernel) · scale; complex numbers as pairs, @n of them a tile. */
KERNEL void
ew_cuda_fft_multiply (float *spectra, const float *kernel, long long n, int n_tiles, float scale)
{
  for (long long k = (long long)blockIdx.x * EW_CUDA_THREADS + threadIdx.x; k < n * n_tiles;
       k += (long long)gridDim.x * EW_CUDA_THREADS)
    {
      float a = spectra[2 * k];
      float b = spectra[2 * k + 1];
      float c = kernel[2 * (k % n)] * scale;
      float d = kernel[2 * (k % n) + 1] * scale;

      spectra[2 * k] = a * c + b * d;
      spectra[2 * k + 1] = b * c - a * d;
    }
}

/* The outputs of tile first + t from tiles[t], and the offset that the mean and the bias are. */
KERNEL void
ew_cuda_fft_scatter (EwCudaPlane y, EwCudaFft fft, long long first, int n_tiles, float offset, const float *tiles)
{
  long long area = (long long)fft.side * fft.side;

  for (long long line = blockIdx.x; line < (long long)n_tiles * fft.height; line += gridDim.x)
    {
      Place place = fft_place (fft, first + line / fft.height);
      long long row = place.row + line % fft.height;

      for (int j = threadIdx.x; j < fft.width; j += EW_CUDA_THREADS)
        if (row < y.height && place.column + j < y.width)
          y.data[row * y.stride + place.column + j]
              = tiles[line / fft.height * area + line % fft.height * fft.side + j] + offset;
    }
}
