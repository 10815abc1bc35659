/* The loops of block means, of every instruction set, against plain ones. */
#include "engine/block-loops.h"
#include "engine/cpu-kernels.h"
#include "tests/view-fixtures.h"

#include <math.h>

/* The loops of one instruction set: what plain ones give, bit for bit, and nothing beyond n. A sum's eight parts are
 * added up in one order everywhere. */
static void
assert_loops (const EwBlockLoops *loops, EwRandom *random, int n)
{
  float from[160];
  double to[160];
  double expected[160];
  double parts[8] = { 0 };

  for (int k = 0; k < 160; k++)
    {
      from[k] = (float)(ew_random_uniform (random) - 0.5);
      to[k] = ew_random_uniform (random) * 1e6;
      expected[k] = to[k] + (k < n ? (double)from[k] : 0);
    }
  loops->widen (from, 0, to, n);
  g_assert_cmpmem (to, sizeof to, expected, sizeof expected);
  loops->add (expected, to, n);
  for (int k = 0; k < n; k++)
    {
      expected[k] += expected[k];
      parts[k % 8] += expected[k];
    }
  g_assert_cmpmem (to, sizeof to, expected, sizeof expected);
  g_assert_cmpfloat (loops->sum (to, n), ==,
                     ((parts[0] + parts[4]) + (parts[2] + parts[6])) + ((parts[1] + parts[5]) + (parts[3] + parts[7])));
  loops->join (to, to + 1, expected, n);
  for (int k = 0; k < n; k++)
    g_assert_cmpfloat (expected[k], ==, to[k] + to[k + 1]);
  g_assert_cmpfloat (expected[n], ==, to[n]);
}

/* The sum of a window as the plain loops of block means have it. */
static double
window_sum (const EwBlockLoops *loops, const double *from, const EwBlockWindows *w, int q)
{
  int last = w->starts[w->n - 1];
  double before = 0;
  double behind = 0;

  for (int k = w->n - 1; k > q; k--)
    {
      double part = 0;

      for (int c = w->starts[k - 1]; c < w->starts[k]; c++)
        part += from[c];
      before += part;
    }
  for (int k = 1; k <= q; k++)
    {
      double part = 0;

      for (int c = w->starts[k - 1]; c < w->starts[k]; c++)
        part += from[c + w->side];
      behind += part;
    }
  return ((last < w->side ? loops->sum (from + last, w->side - last) : 0) + before) + behind;
}

/* Blocks side by side have the sums that each has alone, bit for bit, whether their windows overlap or not. */
static void
assert_windows (const EwBlockLoops *loops, EwRandom *random)
{
  int side = random_int (random, 1, 40);
  int starts[8] = { 0 };
  EwBlockWindows w = { side, random_int (random, 1, 8), starts };
  int pitch = random_int (random, 1, 50);
  double from[500];
  double turned[EW_BLOCK_LANES * 200 + 1];
  double sums[EW_BLOCK_LANES * 8 + 1];
  int span;

  for (int q = 1; q < w.n; q++)
    starts[q] = starts[q - 1] + random_int (random, 1, 7);
  span = starts[w.n - 1] + side;
  for (int k = 0; k < 500; k++)
    from[k] = (ew_random_uniform (random) - 0.5) * 1e3;
  turned[EW_BLOCK_LANES * span] = sums[EW_BLOCK_LANES * w.n] = 7;
  loops->turn (from, (size_t)pitch, span, turned);
  for (int k = 0; k < span; k++)
    for (int lane = 0; lane < EW_BLOCK_LANES; lane++)
      g_assert_cmpfloat (turned[EW_BLOCK_LANES * k + lane], ==, from[lane * pitch + k]);
  loops->windows (turned, &w, sums);
  for (int q = 0; q < w.n; q++)
    for (int lane = 0; lane < EW_BLOCK_LANES; lane++)
      g_assert_cmpfloat (sums[EW_BLOCK_LANES * q + lane], ==, window_sum (loops, from + lane * pitch, &w, q));
  g_assert_cmpfloat (turned[EW_BLOCK_LANES * span], ==, 7);
  g_assert_cmpfloat (sums[EW_BLOCK_LANES * w.n], ==, 7);
}

static void
test_loops (void)
{
  const struct
  {
    const char *id;
    const EwBlockLoops *loops;
  } tables[]
      = { { "generic", &ew_block_loops_generic },
#if defined(__x86_64__)
          { "avx2", &ew_block_loops_avx2 },
          { "avx512", &ew_block_loops_avx512 },
#endif
        };
  EwRandom random = 83;

  for (guint t = 0; t < G_N_ELEMENTS (tables); t++)
    for (int n = 0; n < 150 && ew_cpu_kernels_find (tables[t].id) != NULL; n++)
      {
        assert_loops (tables[t].loops, &random, n);
        assert_windows (tables[t].loops, &random);
      }
}

void
add_view_loops_cases (void)
{
  g_test_add_func ("/view/loops", test_loops);
}
