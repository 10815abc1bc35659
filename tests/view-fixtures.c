/* A sample, its outputs by the reference, views of it, and what their pictures must hold. */
#include "engine/backend.h"
#include "engine/reference.h"
#include "tests/view-fixtures.h"

#include <math.h>

EwPool *pool;

static EwGrid *
magnitudes_of (const EwGrid *grid)
{
  EwGrid *copy = ew_grid_new (grid->height, grid->width, NULL);

  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      ew_grid_row (copy, i)[j] = fabsf (ew_grid_row (grid, i)[j]);
  return copy;
}

void
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

void
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

void
sample_clear (Sample *sample)
{
  ew_grid_unref (sample->x);
  ew_grid_unref (sample->y);
  ew_kernel_unref (sample->kernel);
  g_free (sample->output);
  g_free (sample->bounds);
}

EwView *
view_of (const Sample *sample)
{
  g_autoptr (GError) error = NULL;
  EwView *view = ew_view_new (sample->x, sample->y, &sample->geometry, pool, &error);

  g_assert_no_error (error);
  return view;
}

EwPictures *
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

void
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

void
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

EwViewport
random_viewport (EwRandom *random, int s, int rows, int columns)
{
  return (EwViewport){ .block = s,
                       .row = random_int (random, -3, rows),
                       .column = random_int (random, -3, columns),
                       .height = random_int (random, 1, rows + 3),
                       .width = random_int (random, 1, columns + 3) };
}

void
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
