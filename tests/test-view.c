/* Views: block means of any part of input, target and output against the float64 reference, reduced by plain loops. */
#include "engine/backend.h"
#include "engine/block-loops.h"
#include "engine/cpu-kernels.h"
#include "engine/reference.h"
#include "engine/view-private.h"
#include "tests/engine-fixtures.h"

#include <malloc.h>
#include <math.h>
#include <string.h>

/* A sample and its outputs at full size in float64. */
typedef struct
{
  EwGeometry geometry;
  EwGrid *x;
  EwGrid *y;
  EwKernel *kernel;
  double *output;
  double *bounds; /* of a mean's error, for each output */
  int height;
  int width;
} Sample;

static EwPool *pool;

static EwGrid *
magnitudes_of (const EwGrid *grid)
{
  EwGrid *copy = ew_grid_new (grid->height, grid->width, NULL);

  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      ew_grid_row (copy, i)[j] = fabsf (ew_grid_row (grid, i)[j]);
  return copy;
}

/* Outputs, and bounds: n products and a bias, each tap and each mean rounded once more, make n + 4 roundings at most.
 */
static void
sample_compute (Sample *sample)
{
  const EwGrid *x = sample->x;
  g_autoptr (EwGrid) magnitudes = magnitudes_of (x);
  g_autoptr (EwKernel) absolute = ew_kernel_copy (sample->kernel);
  int n = ew_kernel_n_taps (sample->kernel);

  for (int k = 0; k < n; k++)
    absolute->taps[k] = fabs (absolute->taps[k]);
  absolute->bias = fabs (absolute->bias);
  g_free (sample->output);
  g_free (sample->bounds);
  sample->output = g_new (double, (size_t)sample->height *(size_t)sample->width);
  sample->bounds = g_new (double, (size_t)sample->height *(size_t)sample->width);
  g_assert_true (ew_reference_correlate (x, sample->kernel, &sample->geometry, sample->output, NULL));
  g_assert_true (ew_reference_correlate (magnitudes, absolute, &sample->geometry, sample->bounds, NULL));
  for (int k = 0; k < sample->height * sample->width; k++)
    sample->bounds[k] = sample->bounds[k] * rounding_bound (n + 4, UNIT_32) + 1e-37;
}

static void
sample_init (Sample *sample, EwRandom *random, const EwGeometry *geometry, int height, int width)
{
  g_autoptr (GError) error = NULL;

  *sample = (Sample){ .geometry = *geometry };
  sample->x = random_grid (random, height, width, -1, 1);
  sample->kernel = random_kernel (random, geometry->kernel_height, geometry->kernel_width, -1, 1);
  g_assert_true (ew_geometry_output_size (geometry, height, width, &sample->height, &sample->width, &error));
  g_assert_no_error (error);
  sample->y = random_grid (random, sample->height, sample->width, -1, 1);
  sample_compute (sample);
}

static void
sample_clear (Sample *sample)
{
  ew_grid_unref (sample->x);
  ew_grid_unref (sample->y);
  ew_kernel_unref (sample->kernel);
  g_free (sample->output);
  g_free (sample->bounds);
}

static EwView *
view_of (const Sample *sample)
{
  g_autoptr (GError) error = NULL;
  EwView *view = ew_view_new (sample->x, sample->y, &sample->geometry, pool, &error);

  g_assert_no_error (error);
  return view;
}

static EwPictures *
pictures_of (EwView *view, const EwViewport *viewport, EwKernel *kernel)
{
  g_autoptr (GError) error = NULL;
  EwPictures *pictures = ew_view_pictures (view, viewport, kernel, NULL, &error);

  g_assert_no_error (error);
  return pictures;
}

/* The mean of the block whose number is (i, j). */
static double
mean_of_block (const double *values, int width, int s, int i, int j)
{
  double sum = 0;

  for (int a = 0; a < s; a++)
    for (int c = 0; c < s; c++)
      sum += values[(size_t)(i * s + a) * width + j * s + c];
  return sum / (s * s);
}

/* The picture holds just the blocks of the viewport that lie within the plane. */
static gboolean
check_extent (const EwGrid *grid, int row, int column, int first_row, int first_column, int rows, int columns,
              int height, int width)
{
  int end_row = MIN (row + rows, height);
  int end_column = MIN (column + columns, width);

  row = MAX (row, 0);
  column = MAX (column, 0);
  g_assert_true ((grid == NULL) == (row >= end_row || column >= end_column));
  if (grid == NULL)
    return FALSE;
  g_assert_cmpint (first_row, ==, row);
  g_assert_cmpint (first_column, ==, column);
  g_assert_cmpint (grid->height, ==, end_row - row);
  g_assert_cmpint (grid->width, ==, end_column - column);
  return TRUE;
}

/* Means of a plane itself: one rounding to float32 after float64 sums of s² values. */
static void
check_plane (const EwGrid *means, int row, int column, const EwGrid *plane, int s)
{
  for (int i = 0; i < means->height && !g_test_failed (); i++)
    for (int j = 0; j < means->width; j++)
      {
        double sum = 0;
        double magnitude = 0;

        for (int p = 0; p < s * s; p++)
          {
            double value = (double)ew_grid_row (plane, (row + i) * s + p / s)[(column + j) * s + p % s];

            sum += value;
            magnitude += fabs (value);
          }
        g_assert_cmpfloat_with_epsilon (ew_grid_row (means, i)[j], sum / (s * s), 1.01 * UNIT_32 * magnitude / (s * s));
      }
}

static void
check_pictures (const Sample *sample, const EwViewport *v, const EwPictures *p)
{
  int s = v->block;
  int stride = sample->geometry.stride;
  int times = s == 1 ? stride : 1;

  g_assert_cmpint (p->block, ==, s);
  g_assert_cmpint (p->input_block, ==, s == 1 ? 1 : s * stride);
  if (check_extent (p->input, v->row * times, v->column * times, p->input_row, p->input_column, v->height * times,
                    v->width * times, sample->x->height / p->input_block, sample->x->width / p->input_block))
    check_plane (p->input, p->input_row, p->input_column, sample->x, p->input_block);
  if (check_extent (p->target, v->row, v->column, p->row, p->column, v->height, v->width, sample->height / s,
                    sample->width / s))
    check_plane (p->target, p->row, p->column, sample->y, s);
  g_assert_true ((p->output == NULL) == (p->target == NULL));
  for (int i = 0; p->output != NULL && i < p->output->height && !g_test_failed (); i++)
    for (int j = 0; j < p->output->width; j++)
      g_assert_cmpfloat_with_epsilon (ew_grid_row (p->output, i)[j],
                                      mean_of_block (sample->output, sample->width, s, p->row + i, p->column + j),
                                      mean_of_block (sample->bounds, sample->width, s, p->row + i, p->column + j));
  if (g_test_failed ())
    g_test_message ("input %d×%d, output %d×%d, kernel %d×%d, stride %d, dilation %d, padding %d %d %d %d, border %d; "
                    "%d×%d blocks of %d from %d, %d",
                    sample->x->height, sample->x->width, sample->height, sample->width, sample->kernel->height,
                    sample->kernel->width, stride, sample->geometry.dilation, sample->geometry.top,
                    sample->geometry.right, sample->geometry.bottom, sample->geometry.left, sample->geometry.border,
                    v->height, v->width, s, v->row, v->column);
}

static void
random_geometry (EwRandom *random, EwGeometry *geometry, int most_taps)
{
  ew_geometry_init_valid (geometry, random_int (random, 1, most_taps), random_int (random, 1, most_taps));
  geometry->border = (EwBorder)random_int (random, 0, 3);
  geometry->dilation = random_int (random, 1, 3);
  geometry->stride = random_int (random, 1, 3);
  geometry->top = random_int (random, 0, 6);
  geometry->right = random_int (random, 0, 6);
  geometry->bottom = random_int (random, 0, 6);
  geometry->left = random_int (random, 0, 6);
}

static EwViewport
random_viewport (EwRandom *random, int s, int rows, int columns)
{
  return (EwViewport){ .block = s,
                       .row = random_int (random, -3, rows),
                       .column = random_int (random, -3, columns),
                       .height = random_int (random, 1, rows + 3),
                       .width = random_int (random, 1, columns + 3) };
}

/* Any part at any size, of the plain geometry and of every other. A second kernel on the same view finds nothing left
 * of the first. */
static void
test_parts (void)
{
  EwRandom random = 41;

  for (int round = 0; round < 160 && !g_test_failed (); round++)
    {
      EwGeometry geometry;
      Sample sample;

      random_geometry (&random, &geometry, round % 4 == 0 ? 20 : 5);
      if (round % 2 == 0)
        ew_geometry_init_valid (&geometry, geometry.kernel_height, geometry.kernel_width);
      sample_init (&sample, &random, &geometry, random_int (&random, 65, 200), random_int (&random, 65, 300));

      g_autoptr (EwView) view = view_of (&sample);

      for (int look = 0; look < 5 && !g_test_failed (); look++)
        {
          int s = random_int (&random, 1, MIN (25, MIN (sample.height, sample.width)));
          EwViewport viewport = random_viewport (&random, s, sample.height / s, sample.width / s);
          g_autoptr (EwPictures) pictures = pictures_of (view, &viewport, sample.kernel);

          check_pictures (&sample, &viewport, pictures);
          if (look % 2 == 0)
            continue;
          ew_kernel_unref (sample.kernel);
          sample.kernel = random_kernel (&random, geometry.kernel_height, geometry.kernel_width, -1, 1);
          sample_compute (&sample);
        }
      sample_clear (&sample);
    }
}

static void
assert_same_grid (const EwGrid *a, const EwGrid *b)
{
  g_assert_true ((a == NULL) == (b == NULL));
  if (a == NULL || a == b)
    return;
  g_assert_cmpint (a->height, ==, b->height);
  g_assert_cmpint (a->width, ==, b->width);
  for (int i = 0; i < a->height; i++)
    g_assert_cmpmem (ew_grid_row (a, i), a->width * sizeof (float), ew_grid_row (b, i), b->width * sizeof (float));
}

/* A walk over the plane and through the sizes gives the bits that a fresh view gives, and gathers each tile once. */
static void
test_walk (void)
{
  EwRandom random = 47;
  EwGeometry geometry;
  Sample sample;

  ew_geometry_init_valid (&geometry, 5, 4);
  sample_init (&sample, &random, &geometry, 700, 900);

  g_autoptr (EwView) view = view_of (&sample);
  EwViewport at = { .block = 3, .row = 40, .column = 60, .height = 70, .width = 80 };

  for (int step = 0; step < 60 && !g_test_failed (); step++)
    {
      at.row = CLAMP (at.row + random_int (&random, -20, 20), -10, 700 / at.block);
      at.column = CLAMP (at.column + random_int (&random, -20, 20), -10, 900 / at.block);
      if (step % 10 == 9)
        at.block = random_int (&random, 1, 7);
      if (step % 7 == 6)
        {
          ew_kernel_unref (sample.kernel);
          sample.kernel = random_kernel (&random, 5, 4, -1, 1);
        }

      g_autoptr (EwView) fresh = view_of (&sample);
      g_autoptr (EwPictures) pictures = pictures_of (view, &at, sample.kernel);
      g_autoptr (EwPictures) expected = pictures_of (fresh, &at, sample.kernel);

      assert_same_grid (pictures->input, expected->input);
      assert_same_grid (pictures->target, expected->target);
      assert_same_grid (pictures->output, expected->output);
    }

  /* The same again, and another kernel: nothing is gathered; one tile further: only what comes into sight. */
  g_autoptr (EwView) other = view_of (&sample);
  EwViewport still = { .block = 2, .row = 0, .column = 0, .height = 128, .width = 128 };

  for (int again = 0; again < 3; again++)
    {
      g_autoptr (EwPictures) pictures = pictures_of (other, &still, sample.kernel);

      g_assert_cmpuint (ew_view_n_gathered (other), ==, 4);
      ew_kernel_unref (sample.kernel);
      sample.kernel = random_kernel (&random, 5, 4, -1, 1);
    }
  still.column = 64;

  g_autoptr (EwPictures) further = pictures_of (other, &still, sample.kernel);

  g_assert_cmpuint (ew_view_n_gathered (other), ==, 6);
  sample_clear (&sample);
}

/* Another kernel leaves input and target as they are, down to the pointer; another part or block does not. */
static void
test_shared (void)
{
  EwRandom random = 57;

  for (int block = 1; block <= 3; block++)
    {
      EwGeometry geometry;
      Sample sample;

      ew_geometry_init_valid (&geometry, 3, 2);
      sample_init (&sample, &random, &geometry, 90, 110);

      EwViewport viewport = { .block = block, .row = 2, .column = 1, .height = 12, .width = 20 };
      g_autoptr (EwView) view = view_of (&sample);
      g_autoptr (EwPictures) first = pictures_of (view, &viewport, sample.kernel);

      ew_kernel_unref (sample.kernel);
      sample.kernel = random_kernel (&random, 3, 2, -1, 1);
      sample_compute (&sample);

      g_autoptr (EwPictures) second = pictures_of (view, &viewport, sample.kernel);

      g_assert_true (second->input == first->input);
      g_assert_true (second->target == first->target);
      g_assert_true (second->output != first->output);
      check_pictures (&sample, &viewport, second);
      viewport.column += 3;

      g_autoptr (EwPictures) aside = pictures_of (view, &viewport, sample.kernel);

      g_assert_true (aside->input != first->input);
      check_pictures (&sample, &viewport, aside);
      viewport.block++;

      g_autoptr (EwPictures) smaller = pictures_of (view, &viewport, sample.kernel);

      g_assert_true (smaller->input != aside->input);
      check_pictures (&sample, &viewport, smaller);
      sample_clear (&sample);
    }
}

/* Blocks of one output are what the CPU gives, bit for bit; the input and the target whole are the planes themselves.
 */
static void
test_values (void)
{
  EwRandom random = 43;
  g_autoptr (GError) error = NULL;
  EwDevice *device = ew_cpu_backend ()->open (2, &error);

  g_assert_no_error (error);
  for (int round = 0; round < 60 && !g_test_failed (); round++)
    {
      EwGeometry geometry;
      Sample sample;

      random_geometry (&random, &geometry, round % 3 == 0 ? 15 : 4);
      if (round % 3 == 1)
        ew_geometry_init_valid (&geometry, geometry.kernel_height, geometry.kernel_width);
      sample_init (&sample, &random, &geometry, random_int (&random, 46, 120), random_int (&random, 46, 150));

      g_autoptr (EwGrid) output = ew_grid_new (sample.height, sample.width, NULL);
      g_autoptr (EwView) view = view_of (&sample);
      EwViewport all = { .block = 1, .height = 1000, .width = 1000 };
      EwViewport part = random_viewport (&random, 1, sample.height, sample.width);
      g_autoptr (EwPictures) whole = pictures_of (view, &all, sample.kernel);
      g_autoptr (EwPictures) some = pictures_of (view, &part, sample.kernel);

      g_assert_true (ew_cpu_backend ()->correlate (device, sample.x, sample.kernel, &geometry, EW_METHOD_DIRECT, output,
                                                   NULL, NULL));
      assert_same_grid (whole->output, output);
      g_assert_true (whole->input == sample.x);
      g_assert_true (whole->target == sample.y);
      check_pictures (&sample, &part, some);
      for (int i = 0; some->output != NULL && i < some->output->height; i++)
        g_assert_cmpmem (ew_grid_row (some->output, i), some->output->width * sizeof (float),
                         ew_grid_row (output, some->row + i) + some->column, some->output->width * sizeof (float));
      sample_clear (&sample);
    }
  ew_cpu_backend ()->close (device);
}

/* A block is not a number just where its window holds something that is not. */
static void
test_non_finite (void)
{
  static const float bad[] = { NAN, INFINITY, -INFINITY };
  EwRandom random = 44;

  for (int round = 0; round < 60 && !g_test_failed (); round++)
    {
      EwGeometry geometry;
      g_autoptr (EwGrid) x = random_grid (&random, 60, 70, -1, 1);
      int s = random_int (&random, 1, 9);
      int row = random_int (&random, 0, 59);
      int column = random_int (&random, 0, 69);

      ew_geometry_init_valid (&geometry, random_int (&random, 1, 7), random_int (&random, 1, 7));
      ew_grid_row (x, row)[column] = bad[round % 3];

      int kh = geometry.kernel_height;
      int kw = geometry.kernel_width;
      g_autoptr (EwKernel) kernel = random_kernel (&random, kh, kw, 0.1, 1);
      g_autoptr (EwView) view = ew_view_new (x, NULL, &geometry, pool, NULL);
      EwViewport all = { .block = s, .height = 100, .width = 100 };
      g_autoptr (EwPictures) pictures = pictures_of (view, &all, kernel);

      g_assert_null (pictures->target);
      for (int i = 0; i < pictures->output->height; i++)
        for (int j = 0; j < pictures->output->width; j++)
          {
            gboolean inside
                = row >= i * s && row < i * s + s + kh - 1 && column >= j * s && column < j * s + s + kw - 1;
            float value = ew_grid_row (pictures->output, i)[j];

            /* Weights are positive, so that an infinity keeps its sign. */
            if (!inside)
              g_assert_true (isfinite (value));
            else
              g_assert_true (isnan (bad[round % 3]) ? isnan (value) : value == bad[round % 3]);
          }
      for (int i = 0; i < pictures->input->height; i++)
        for (int j = 0; j < pictures->input->width; j++)
          g_assert_true (isfinite (ew_grid_row (pictures->input, i)[j]) != (row / s == i && column / s == j));
    }
}

/* A view that was cancelled shows the right thing the next time. */
static void
test_cancelled (void)
{
  EwRandom random = 45;
  EwCancel cancel = 1;
  g_autoptr (GError) error = NULL;
  EwGeometry geometry;
  Sample sample;

  ew_geometry_init_valid (&geometry, 3, 3);
  sample_init (&sample, &random, &geometry, 240, 240);
  for (int s = 1; s <= 2; s++)
    {
      g_autoptr (EwView) view = view_of (&sample);
      EwViewport all = { .block = s, .height = 300, .width = 300 };

      g_assert_null (ew_view_pictures (view, &all, sample.kernel, &cancel, &error));
      g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
      g_clear_error (&error);

      g_autoptr (EwPictures) pictures = pictures_of (view, &all, sample.kernel);

      check_pictures (&sample, &all, pictures);
    }
  geometry.kernel_height = 63;
  geometry.dilation = 4;
  g_assert_null (ew_view_new (sample.x, NULL, &geometry, pool, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  /* Nothing keeps the plane. */
  g_assert_cmpint (atomic_load (&sample.x->refs), ==, 1);
  sample_clear (&sample);
}

static size_t
allocated (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

/* What is in sight takes about one more plane like x: tiles overlap by the reach of the kernel in blocks, and their
 * rows are rounded up to cache lines. What is out of sight has a bound. */
static void
test_memory (void)
{
  EwRandom random = 46;
  g_autoptr (EwGrid) x = ew_grid_new (4000, 5000, NULL);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 15, 15, -1, 1);
  EwGeometry geometry;
  size_t before = allocated ();

  ew_geometry_init_valid (&geometry, 15, 15);

  g_autoptr (EwView) view = ew_view_new (x, NULL, &geometry, pool, NULL);

  for (int s = 2; s <= 40; s += s < 16 ? 1 : 8)
    {
      EwViewport all = { .block = s, .height = 4000, .width = 5000 };
      g_autoptr (EwPictures) pictures = pictures_of (view, &all, kernel);
      size_t plane = (size_t)x->height * x->stride * sizeof (float);
      double reach = 1 + ceil (14.0 / s) / 64;

      g_assert_cmpuint (allocated () - before, <=,
                        (size_t)(plane * reach * reach * 1.5) + EW_VIEW_BYTES + ((size_t)48 << 20));
    }
}

/* The bytes of the tiles that the newest pictures did not need. */
static size_t
bytes_out_of_sight (EwView *view)
{
  GHashTableIter iter;
  gpointer key;
  size_t bytes = 0;

  g_hash_table_iter_init (&iter, view->tiles);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    bytes += ((const EwViewTile *)key)->used < view->clock ? ((const EwViewTile *)key)->bytes : 0;
  return bytes;
}

static void
prepare_all (EwView *view, const EwViewport *viewport)
{
  for (int turns = 0; ew_view_prepare (view, viewport, NULL); turns++)
    {
      g_assert_cmpuint (bytes_out_of_sight (view), <=, view->room);
      g_assert_cmpint (turns, <, 10000);
      if (g_test_failed ())
        return;
    }
}

/* After everything has been prepared a zoom to any of the sizes, at any place, gathers nothing, and gives the bits that a
 * fresh view gives. What fits stays, whatever is looked at in between. */
static void
test_prepared (void)
{
  EwRandom random = 58;

  for (int stride = 1; stride <= 3; stride++)
    {
      EwGeometry geometry;
      Sample sample;

      random_geometry (&random, &geometry, 5);
      geometry.stride = stride;
      sample_init (&sample, &random, &geometry, 700, 900);

      g_autoptr (EwView) view = view_of (&sample);
      EwViewport all = { .block = 18 / stride, .height = 60, .width = 60 };

      view->felt = 0;
      g_autoptr (EwPictures) whole = pictures_of (view, &all, sample.kernel);

      prepare_all (view, &all);
      g_assert_false (ew_view_prepare (view, &all, NULL));

      guint64 gathered = ew_view_n_gathered (view);

      for (int k = 0; k < EW_ZOOM_SIDES && ew_zoom_sides[k] < 18; k++)
        for (int look = 0; look < 3 && !g_test_failed (); look++)
          {
            int block = MAX (ew_zoom_sides[k] / stride, 1);
            EwViewport part = random_viewport (&random, block, sample.height / block, sample.width / block);
            g_autoptr (EwView) fresh = view_of (&sample);
            g_autoptr (EwPictures) pictures = pictures_of (view, &part, sample.kernel);
            g_autoptr (EwPictures) expected = pictures_of (fresh, &part, sample.kernel);

            assert_same_grid (pictures->input, expected->input);
            assert_same_grid (pictures->target, expected->target);
            assert_same_grid (pictures->output, expected->output);
          }

      g_autoptr (EwPictures) again = pictures_of (view, &all, sample.kernel);

      assert_same_grid (again->output, whole->output);
      g_assert_cmpuint (ew_view_n_gathered (view), ==, gathered);
      sample_clear (&sample);
    }
}

/* With little room the coarsest sizes are there, around the middle of what is in sight, and stay: whatever is seen at fine
 * ones gives way. What nobody would feel is not prepared, nor what is smaller than what fits. */
static void
test_prepared_in_little_room (void)
{
  EwRandom random = 59;
  EwGeometry geometry;
  Sample sample;

  ew_geometry_init_valid (&geometry, 3, 3);
  sample_init (&sample, &random, &geometry, 1500, 1500);

  g_autoptr (EwView) view = view_of (&sample);
  EwViewport fit = { .block = 20, .height = 80, .width = 80 };
  EwViewport coarse = { .block = 16, .row = 30, .column = 30, .height = 20, .width = 20 };
  EwViewport corner = { .block = 8, .row = 100, .column = 100, .height = 60, .width = 60 };
  g_autoptr (EwPictures) whole = pictures_of (view, &fit, sample.kernel);

  g_assert_false (ew_view_prepare (view, &fit, NULL));
  view->felt = 0;
  view->room = 1000000;
  prepare_all (view, &fit);
  g_assert_cmpuint (bytes_out_of_sight (view), >, view->room / 2);

  /* The four tiles of 16, the fit's four, and some of 12. */
  guint64 gathered = ew_view_n_gathered (view);

  g_assert_cmpuint (gathered, >, 8);
  for (int walk = 0; walk < 20; walk++)
    {
      EwViewport fine = { .block = 2, .row = 30 * walk, .column = 30 * walk, .height = 100, .width = 100 };
      g_autoptr (EwPictures) pictures = pictures_of (view, &fine, sample.kernel);

      g_assert_cmpuint (bytes_out_of_sight (view), <=, view->room);
    }
  gathered = ew_view_n_gathered (view);

  g_autoptr (EwPictures) zoomed = pictures_of (view, &coarse, sample.kernel);
  g_autoptr (EwPictures) again = pictures_of (view, &fit, sample.kernel);

  check_pictures (&sample, &coarse, zoomed);
  assert_same_grid (again->output, whole->output);
  g_assert_cmpuint (ew_view_n_gathered (view), ==, gathered);

  /* From a corner the middle of what is seen there comes first. */
  g_autoptr (EwView) other = view_of (&sample);
  g_autoptr (EwPictures) at_corner = pictures_of (other, &corner, sample.kernel);

  other->felt = 0;
  /* The only tile of 24; two of the four of 16. */
  gathered = ew_view_n_gathered (other);
  g_assert_true (ew_view_prepare (other, &corner, NULL));
  g_assert_true (ew_view_prepare (other, &corner, NULL));
  g_assert_cmpuint (ew_view_n_gathered (other), ==, gathered + 3);
  gathered = ew_view_n_gathered (other);
  coarse.row = coarse.column = 70;

  g_autoptr (EwPictures) nearby = pictures_of (other, &coarse, sample.kernel);

  g_assert_cmpuint (ew_view_n_gathered (other), ==, gathered);

  EwCancel cancel = 1;

  g_assert_false (ew_view_prepare (other, &corner, &cancel));
  sample_clear (&sample);
}

/* What is in sight is made first where the rest takes a while, and is the very part of the whole. */
static void
test_first_part (void)
{
  EwRandom random = 60;
  EwGeometry geometry;
  EwViewport first;
  Sample sample;

  ew_geometry_init_valid (&geometry, 4, 3);
  sample_init (&sample, &random, &geometry, 800, 900);

  g_autoptr (EwView) view = view_of (&sample);
  EwViewport v = { .task = 5, .sample = 1, .block = 2, .row = 0, .column = 64, .height = 256, .width = 320,
                   .seen_row = 64, .seen_column = 128, .seen_height = 128, .seen_width = 192 };

  g_assert_false (ew_view_first_part (view, &v, &first));
  view->worth_two = 14 * 128 * 128;
  g_assert_true (ew_view_first_part (view, &v, &first));
  view->worth_two++;
  g_assert_false (ew_view_first_part (view, &v, &first));
  view->worth_two = 1;
  g_assert_true (ew_view_first_part (view, &v, &first));
  g_assert_cmpuint (first.task, ==, 5);
  g_assert_cmpint (first.sample, ==, 1);

  g_autoptr (EwPictures) part = pictures_of (view, &first, sample.kernel);

  check_pictures (&sample, &first, part);
  g_assert_cmpint (part->row, ==, 64);
  g_assert_cmpint (part->output->width, ==, 192);
  g_assert_cmpuint (ew_view_n_gathered (view), ==, 6);
  g_assert_true (ew_view_first_part (view, &v, &first));

  g_autoptr (EwPictures) rest = pictures_of (view, &v, sample.kernel);

  check_pictures (&sample, &v, rest);
  g_assert_cmpuint (ew_view_n_gathered (view), ==, 20);
  g_assert_false (ew_view_first_part (view, &v, &first));
  v.block = 1;
  g_assert_false (ew_view_first_part (view, &v, &first));
  sample_clear (&sample);
}

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

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  pool = ew_pool_new (2, NULL);
  g_test_add_func ("/view/loops", test_loops);
  g_test_add_func ("/view/parts", test_parts);
  g_test_add_func ("/view/walk", test_walk);
  g_test_add_func ("/view/shared", test_shared);
  g_test_add_func ("/view/values", test_values);
  g_test_add_func ("/view/non-finite", test_non_finite);
  g_test_add_func ("/view/cancelled", test_cancelled);
  g_test_add_func ("/view/memory", test_memory);
  g_test_add_func ("/view/prepared", test_prepared);
  g_test_add_func ("/view/prepared-in-little-room", test_prepared_in_little_room);
  g_test_add_func ("/view/first-part", test_first_part);
  status = g_test_run ();
  ew_pool_free (pool);
  return status;
}
