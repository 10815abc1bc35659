/* EwGrid: allocation, reference counting and the check for finite values. */
#include "engine/grid.h"

#include "engine/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* From here on a plane lies in large pages where the system has them: walking down its columns then does not have to look
 * up where each row is. */
#define LARGE_BYTES ((size_t)8 << 20)
#define PAGE_BYTES  4096

/* Rows start on cache lines. */
#define ALIGNMENT          64
#define ALIGNMENT_ELEMENTS (ALIGNMENT / sizeof (float))

/* Rows that are a multiple of this many bytes apart compete for the same few cache sets: a kernel of nine rows would
 * evict its own first row. One more cache line a row spreads them. */
#define CACHE_ALIAS_BYTES 2048

static size_t
stride_for (int width)
{
  size_t stride = ((size_t)width + ALIGNMENT_ELEMENTS - 1) / ALIGNMENT_ELEMENTS * ALIGNMENT_ELEMENTS;

  if (stride * sizeof (float) % CACHE_ALIAS_BYTES == 0)
    stride += ALIGNMENT_ELEMENTS;
  return stride;
}

/* A wish; where it is not granted nothing changes. */
static void
prefer_large_pages (void *data, size_t bytes)
{
#ifdef MADV_HUGEPAGE
  uintptr_t first = ((uintptr_t)data + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;

  if (bytes >= LARGE_BYTES)
    madvise ((void *)first, (uintptr_t)data + bytes - first, MADV_HUGEPAGE);
#endif
}

EwGrid *
ew_grid_new (int height, int width, GError **error)
{
  if (height < 1 || width < 1)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "A plane of %d×%d has no values; both sides must be at least 1.",
                   height, width);
      return NULL;
    }

  EwGrid *grid = malloc (sizeof *grid);
  size_t stride = stride_for (width);
  size_t bytes = 0;
  void *data = NULL;

  /* calloc's pages come zeroed from the system and are not touched here; alignment is made by hand for that reason. */
  if (grid == NULL || __builtin_mul_overflow ((size_t)height, stride * sizeof (float), &bytes)
      || bytes > PTRDIFF_MAX - 2 * ALIGNMENT || !ew_memory_allows (bytes)
      || (data = calloc (1, bytes + 2 * ALIGNMENT)) == NULL)
    {
      free (grid);
      ew_memory_set_error (error, (double)height * (double)width * sizeof (float),
                           "There is not enough memory for %d×%d values", height, width);
      return NULL;
    }

  prefer_large_pages (data, bytes);
  ew_refs_init (&grid->refs);
  grid->height = height;
  grid->width = width;
  grid->stride = stride;
  grid->allocation = data;
  grid->data = (float *)(((uintptr_t)data + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
  return grid;
}

EwGrid *
ew_grid_new_from_values (int height, int width, const float *values, GError **error)
{
  EwGrid *grid = ew_grid_new (height, width, error);

  if (grid == NULL)
    return NULL;
  for (int i = 0; i < height; i++)
    memcpy (ew_grid_row (grid, i), values + (size_t)i * width, width * sizeof (float));
  return grid;
}

EwGrid *
ew_grid_new_cropped (const EwGrid *grid, int top, int left, int height, int width, GError **error)
{
  if (top < 0 || left < 0 || height > grid->height - top || width > grid->width - left)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
                   "%d×%d values from row %d, column %d on do not lie within %d×%d.", height, width, top, left,
                   grid->height, grid->width);
      return NULL;
    }

  EwGrid *cropped = ew_grid_new (height, width, error);

  for (int i = 0; cropped != NULL && i < height; i++)
    memcpy (ew_grid_row (cropped, i), ew_grid_row (grid, top + i) + left, width * sizeof (float));
  return cropped;
}

EwGrid *
ew_grid_ref (EwGrid *grid)
{
  ew_refs_acquire (&grid->refs);
  return grid;
}

void
ew_grid_unref (EwGrid *grid)
{
  if (grid == NULL || !ew_refs_release (&grid->refs))
    return;
  free (grid->allocation);
  free (grid);
}

/* The sum of x·0 over a row is 0 where every x is finite and NaN otherwise; it vectorises, isfinite() with a branch
 * does not. */
static gboolean
row_is_finite (const float *row, int width)
{
  float sum[16] = { 0 };
  int j = 0;

  for (; j + 16 <= width; j += 16)
    for (int lane = 0; lane < 16; lane++)
      sum[lane] += row[j + lane] * 0.0f;
  for (; j < width; j++)
    sum[0] += row[j] * 0.0f;
  for (int lane = 0; lane < 16; lane++)
    if (sum[lane] != 0.0f)
      return FALSE;
  return TRUE;
}

gboolean
ew_grid_is_finite (const EwGrid *grid, int *row, int *column)
{
  for (int i = 0; i < grid->height; i++)
    {
      const float *values = ew_grid_row (grid, i);

      if (row_is_finite (values, grid->width))
        continue;
      for (int j = 0; j < grid->width; j++)
        if (!isfinite (values[j]))
          {
            if (row != NULL)
              *row = i;
            if (column != NULL)
              *column = j;
            return FALSE;
          }
    }
  return TRUE;
}
