/* The kernels for SIDE × SIDE taps, a number: included once for each. Everything lies in registers, since all loops over
 * taps are unrolled. A thread walks down four columns; x goes by once. Device code, for kernels.cu alone. */

#define CHUNKS ((COLUMNS + SIDE - 1 + 3) / 4)

static __device__ __forceinline__ void
NAME (load_row) (EwCudaPlane x, long long row, long long column, float values[4 * CHUNKS])
{
  UNROLL
  for (int q = 0; q < CHUNKS; q++)
    {
      Four four = load_four (x, row, column + 4 * q);

      UNROLL
      for (int p = 0; p < 4; p++)
        values[4 * q + p] = four.v[p];
    }
}

/* Outputs that are under way: a row of x has a part in SIDE rows of outputs. waiting[a] still lacks the rows of taps
 * from @a on. */
static __device__ __forceinline__ void
NAME (add_row) (const float values[4 * CHUNKS], const EwCudaTaps *taps, int row, int rows,
                float waiting[SIDE][COLUMNS])
{
  UNROLL
  for (int a = 0; a < SIDE; a++)
    if (row >= a && row - a < rows)
      {
        UNROLL
        for (int c = 0; c < SIDE; c++)
          UNROLL
          for (int q = 0; q < COLUMNS; q++)
            waiting[a][q] = fmaf (taps->taps[a * SIDE + c], values[c + q], waiting[a][q]);
      }
}

/* y = x ⋆ taps + bias. */
KERNEL void
NAME (ew_cuda_correlate) (EwCudaPlane x, EwCudaPlane y, const CONSTANT EwCudaTaps taps, int rows)
{
  EwCudaTile size = ew_cuda_tile (EW_CUDA_LITERAL, rows);

  for (long long tile = blockIdx.x; tile < ew_cuda_tiles (size, y.height, y.width); tile += gridDim.x)
    {
      Place place = place_of (tile, size, y.width);
      long long first = place.row + (int)threadIdx.x / 32 * rows;
      long long column = place.column + (int)threadIdx.x % 32 * COLUMNS;
      int here = (int)(y.height - first < rows ? y.height - first : rows);
      float waiting[SIDE][COLUMNS];

      if (here <= 0 || column >= y.width)
        continue;
      UNROLL
      for (int a = 0; a < SIDE; a++)
        UNROLL
        for (int q = 0; q < COLUMNS; q++)
          waiting[a][q] = taps.bias;
      UNROLL_BY (ROWS_AT_ONCE)
      for (int row = 0; row < here + SIDE - 1; row++)
        {
          float values[4 * CHUNKS];

          NAME (load_row) (x, first + row, column, values);
          NAME (add_row) (values, &taps, row, here, waiting);
          if (row >= SIDE - 1)
            store_four (y, first + row - (SIDE - 1), column, waiting[SIDE - 1]);
          UNROLL
          for (int a = SIDE - 1; a > 0; a--)
            UNROLL
            for (int q = 0; q < COLUMNS; q++)
              waiting[a][q] = waiting[a - 1][q];
          UNROLL
          for (int q = 0; q < COLUMNS; q++)
            waiting[0][q] = taps.bias;
        }
    }
}

#if SIDE <= EW_CUDA_FUSED_MAX

/* The residuals of four outputs whose rows of x are in the window. */
static __device__ __forceinline__ void
NAME (residuals_of) (float window[SIDE][4 * CHUNKS], const float *taps, float bias, float outputs[COLUMNS])
{
  UNROLL
  for (int q = 0; q < COLUMNS; q++)
    outputs[q] = bias;
  UNROLL
  for (int a = 0; a < SIDE; a++)
    UNROLL
    for (int c = 0; c < SIDE; c++)
      UNROLL
      for (int q = 0; q < COLUMNS; q++)
        outputs[q] = fmaf (taps[a * SIDE + c], window[a][c + q], outputs[q]);
}

/* sums += r·x for each tap, r, r². */
static __device__ __forceinline__ void
NAME (add_products) (float window[SIDE][4 * CHUNKS], const float r[COLUMNS], float sums[SIDE * SIDE + 2])
{
  UNROLL
  for (int a = 0; a < SIDE; a++)
    UNROLL
    for (int c = 0; c < SIDE; c++)
      UNROLL
      for (int q = 0; q < COLUMNS; q++)
        sums[a * SIDE + c] = fmaf (r[q], window[a][c + q], sums[a * SIDE + c]);
  UNROLL
  for (int q = 0; q < COLUMNS; q++)
    {
      sums[SIDE * SIDE] += r[q];
      sums[SIDE * SIDE + 1] = fmaf (r[q], r[q], sums[SIDE * SIDE + 1]);
    }
}

/* Down @rows rows of four columns. */
static __device__ __forceinline__ void
NAME (walk) (const EwCudaSample *sample, const float *taps, float bias, long long first, long long column, int rows,
             float sums[SIDE * SIDE + 2])
{
  EwCudaPlane x = sample->x;
  EwCudaPlane y = sample->y;
  float window[SIDE][4 * CHUNKS];

#if SIDE > 1
  UNROLL
  for (int a = 0; a < SIDE - 1; a++)
    NAME (load_row) (x, first + a, column, window[a]);
#endif
  UNROLL_BY (SIDE)
  for (int row = 0; row < rows; row++)
    {
      float r[COLUMNS];

      NAME (load_row) (x, first + row + SIDE - 1, column, window[SIDE - 1]);
      NAME (residuals_of) (window, taps, bias, r);
      subtract_target (y, first + row, column, r);
      NAME (add_products) (window, r, sums);
      UNROLL
      for (int a = 0; a < SIDE - 1; a++)
        UNROLL
        for (int q = 0; q < 4 * CHUNKS; q++)
          window[a][q] = window[a + 1][q];
    }
}

/* Partial sums of r·x for each tap, of r and of r²: a column of partials for each block. */
KERNEL void
NAME (ew_cuda_evaluate) (const EwCudaSample *samples, int n_samples, long long n_tiles, const double *params,
                         int has_bias, EwCudaShape shape, int rows, const EwCudaProgress *progress, double *partials)
{
  SHARED_MEMORY;
  double *totals = (double *)ew_cuda_shared;
  float *taps = (float *)(totals + SIDE * SIDE + 2);
  float *memory = taps + (SIDE * SIDE + 3) / 4 * 4;
  EwCudaTile size = ew_cuda_tile (EW_CUDA_LITERAL, rows);
  float bias = has_bias ? (float)params[SIDE * SIDE] : 0;
  int s = 0;

  (void)shape;
  if (progress->diverged)
    return;
  for (int k = threadIdx.x; k < SIDE * SIDE; k += EW_CUDA_THREADS)
    taps[k] = (float)params[k];
  for (int k = threadIdx.x; k < SIDE * SIDE + 2 && threadIdx.x < EW_CUDA_SUMS_AT_ONCE; k += EW_CUDA_SUMS_AT_ONCE)
    totals[k] = 0;
  __syncthreads ();
  for (long long tile = blockIdx.x; tile < n_tiles; tile += gridDim.x)
    {
      float sums[SIDE * SIDE + 2];

      s = sample_of (samples, s, n_samples, tile);

      Place place = place_of (tile - samples[s].first_tile, size, samples[s].y.width);
      long long first = place.row + (int)threadIdx.x / 32 * rows;
      long long column = place.column + (int)threadIdx.x % 32 * COLUMNS;
      long long left = samples[s].y.height - first;

      UNROLL
      for (int k = 0; k < SIDE * SIDE + 2; k++)
        sums[k] = 0;
      if (left > 0 && column < samples[s].y.width)
        NAME (walk) (&samples[s], taps, bias, first, column, (int)(left < rows ? left : rows), sums);
      add_up (sums, SIDE * SIDE + 2, memory, totals, 1);
    }
  for (int k = threadIdx.x; k < SIDE * SIDE + 2 && threadIdx.x < EW_CUDA_SUMS_AT_ONCE; k += EW_CUDA_SUMS_AT_ONCE)
    partials[k * (long long)gridDim.x + blockIdx.x] = totals[k];
}

#endif

#undef CHUNKS
