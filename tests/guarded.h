/* Planes whose every row lies in a page of its own between forbidden pages: reading or writing one element too far ends
 * the program. The rest of each page holds a pattern that writes must leave alone and that, being NaN, shows in any
 * result it goes into. */
#pragma once

#include "engine/grid.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The largest rows and their number that a guarded plane can hold. */
#define ROWS_MAX 80

/* A plane of guarded rows; element (i, j) is at[i * stride + j]. */
typedef struct
{
  float *pages;
  float *at;
  size_t stride; /* two pages */
  int height;
  int width;
} Guarded;

static const guint32 pattern = 0x7fe5a5a5; /* a NaN */

static inline size_t
page_floats (void)
{
  return (size_t)sysconf (_SC_PAGESIZE) / sizeof (float);
}

static inline void
guarded_init (Guarded *guarded)
{
  size_t page = (size_t)sysconf (_SC_PAGESIZE);
  char *pages = mmap (NULL, (2 * ROWS_MAX + 1) * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  g_assert_true (pages != MAP_FAILED);
  for (int i = 0; i <= ROWS_MAX; i++)
    g_assert_cmpint (mprotect (pages + 2 * i * page, page, PROT_NONE), ==, 0);
  guarded->pages = (float *)pages;
  guarded->stride = 2 * page_floats ();
}

static inline void
guarded_clear (Guarded *guarded)
{
  munmap (guarded->pages, (2 * ROWS_MAX + 1) * (size_t)sysconf (_SC_PAGESIZE));
}

/* Lays out height × width elements at the ends (or the starts) of the pages, everything else the pattern. */
static inline void
guarded_place (Guarded *guarded, int height, int width, gboolean at_end)
{
  size_t page = page_floats ();

  g_assert_cmpint (height, <=, ROWS_MAX);
  g_assert_cmpuint ((size_t)width, <=, page);
  guarded->height = height;
  guarded->width = width;
  guarded->at = guarded->pages + page + (at_end ? page - (size_t)width : 0);
  for (int i = 0; i < height; i++)
    for (size_t j = 0; j < page; j++)
      memcpy (guarded->pages + page + (size_t)i * guarded->stride + j, &pattern, sizeof pattern);
}

static inline void
guarded_fill (Guarded *guarded, const EwGrid *values)
{
  for (int i = 0; i < guarded->height; i++)
    memcpy (guarded->at + (size_t)i * guarded->stride, ew_grid_row (values, i), guarded->width * sizeof (float));
}

/* Everything in the pages but the plane itself is as it was. */
static inline void
guarded_check (const Guarded *guarded)
{
  size_t page = page_floats ();

  for (int i = 0; i < guarded->height; i++)
    for (size_t j = 0; j < page; j++)
      {
        const float *value = guarded->pages + page + (size_t)i * guarded->stride + j;
        const float *row = guarded->at + (size_t)i * guarded->stride;

        if (value < row || value >= row + guarded->width)
          g_assert_cmpmem (value, sizeof pattern, &pattern, sizeof pattern);
      }
}
