/* What one output is made of, what one input feeds, the matrix and the gradient of a tap: each against the float64
 * reference on random geometries. */
#include "engine/excerpt.h"
#include "engine/feeding.h"
#include "engine/patch.h"
#include "engine/reference.h"
#include "engine/tap-gradient.h"
#include "engine/toeplitz.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

#define CASES 300

/* Input, kernel and geometry that fit each other, with the reference's output. */
typedef struct
{
  EwGrid *x;
  EwKernel *kernel;
  EwGeometry geometry;
  int height;
  int width;
  double *y;
} Case;

static gboolean
draw_geometry (EwRandom *random, const EwGrid *x, const EwKernel *kernel, EwGeometry *g, int *height, int *width)
{
  ew_geometry_init_valid (g, kernel->height, kernel->width);
  g->border = (EwBorder)random_int (random, EW_BORDER_ZERO, EW_BORDER_WRAP);
  g->top = random_int (random, 0, 4);
  g->right = random_int (random, 0, 4);
  g->bottom = random_int (random, 0, 4);
  g->left = random_int (random, 0, 4);
  g->stride = random_int (random, 1, 3);
  g->dilation = random_int (random, 1, 3);
  return ew_geometry_output_size (g, x->height, x->width, height, width, NULL);
}

static void
case_clear (Case *c)
{
  g_clear_pointer (&c->x, ew_grid_unref);
  g_clear_pointer (&c->kernel, ew_kernel_unref);
  g_clear_pointer (&c->y, g_free);
}

/* Sides from 1 on; odd, even, asymmetric. */
static void
case_init (Case *c, EwRandom *random)
{
  for (*c = (Case){ 0 };; case_clear (c))
    {
      c->x = random_grid (random, random_int (random, 1, 9), random_int (random, 1, 9), -2, 2);
      c->kernel = random_kernel (random, random_int (random, 1, 5), random_int (random, 1, 5), -1, 1);
      if (!draw_geometry (random, c->x, c->kernel, &c->geometry, &c->height, &c->width))
        continue;
      c->y = g_new (double, (size_t)c->height *(size_t)c->width);
      g_assert_true (ew_reference_correlate (c->x, c->kernel, &c->geometry, c->y, NULL));
      return;
    }
}

/* The sum is the reference's, bit for bit: the same operations in the same order. */
static void
test_sums (void)
{
  EwRandom random = 51;

  for (int n = 0; n < CASES; n++)
    {
      Case c;

      case_init (&c, &random);
      for (int i = 0; i < c.height; i++)
        for (int j = 0; j < c.width; j++)
          {
            g_autoptr (GError) error = NULL;
            g_autoptr (EwPatch) patch = ew_patch_new (c.x, c.kernel, &c.geometry, i, j, &error);

            g_assert_no_error (error);
            g_assert_cmpfloat (patch->sum, ==, c.y[i * c.width + j]);
          }
      case_clear (&c);
    }
}

/* A kernel with a single 1 shows what each tap reads: the reference then gives that value and nothing else. */
static void
test_terms (void)
{
  EwRandom random = 52;

  for (int n = 0; n < CASES; n++)
    {
      Case c;
      g_autoptr (EwKernel) one = NULL;
      int k, i, j;

      case_init (&c, &random);
      one = ew_kernel_new (c.kernel->height, c.kernel->width, NULL);
      k = random_int (&random, 0, ew_kernel_n_taps (one) - 1);
      i = random_int (&random, 0, c.height - 1);
      j = random_int (&random, 0, c.width - 1);
      one->taps[k] = 1;
      g_assert_true (ew_reference_correlate (c.x, one, &c.geometry, c.y, NULL));

      g_autoptr (EwPatch) patch = ew_patch_new (c.x, c.kernel, &c.geometry, i, j, NULL);
      const EwTerm *term = &patch->terms[k];
      gboolean outside = term->row < 0 || term->column < 0 || term->row >= c.x->height || term->column >= c.x->width;

      g_assert_cmpfloat (term->value, ==, c.y[i * c.width + j]);
      g_assert_cmpfloat (term->product, ==, term->value * c.kernel->taps[k]);
      g_assert_cmpint (ew_term_is_outside (term), ==, outside);
      if (term->source_row >= 0)
        g_assert_cmpfloat (term->value, ==, (double)ew_grid_row (c.x, term->source_row)[term->source_column]);
      else
        g_assert_true (outside && c.geometry.border == EW_BORDER_ZERO && term->value == 0);
      case_clear (&c);
    }
}

/* The few largest, in their order, as sorting all of them gives them. */
static void
test_largest (void)
{
  EwRandom random = 53;

  for (int n = 0; n < 100; n++)
    {
      g_autoptr (EwGrid) x = random_whole_grid (&random, 9, 9, 2);
      g_autoptr (EwKernel) kernel = random_whole_kernel (&random, random_int (&random, 1, 9), 7, 2);
      int wanted = random_int (&random, 1, 70);
      int indices[70];
      EwGeometry g;

      ew_geometry_init_valid (&g, kernel->height, kernel->width);

      g_autoptr (EwPatch) patch = ew_patch_new (x, kernel, &g, 0, 0, NULL);
      int found = ew_patch_largest (patch, indices, wanted);

      g_assert_cmpint (found, ==, MIN (wanted, ew_patch_n_terms (patch)));
      for (int m = 0; m < found; m++)
        {
          double size = fabs (patch->terms[indices[m]].product);
          int before = 0;

          /* What comes before it: larger ones, and equal ones of earlier taps. */
          for (int k = 0; k < ew_patch_n_terms (patch); k++)
            before
                += fabs (patch->terms[k].product) > size || (fabs (patch->terms[k].product) == size && k < indices[m]);
          g_assert_cmpint (before, ==, m);
        }
    }
}

/* By brute force: every tap of every output is asked what it reads. */
static void
test_feeding (void)
{
  EwRandom random = 54;

  for (int n = 0; n < CASES; n++)
    {
      Case c;
      int u, v;
      gint64 fed = 0;

      case_init (&c, &random);
      u = random_int (&random, 0, c.x->height - 1);
      v = random_int (&random, 0, c.x->width - 1);

      g_autoptr (GError) error = NULL;
      g_autoptr (EwFeeding) feeding = ew_feeding_new (&c.geometry, c.x->height, c.x->width, u, v, &error);

      g_assert_no_error (error);
      for (int i = 0; i < c.height; i++)
        for (int j = 0; j < c.width; j++)
          {
            g_autoptr (EwPatch) patch = ew_patch_new (c.x, c.kernel, &c.geometry, i, j, NULL);
            double weight = 0;
            int reads = 0;

            for (int k = 0; k < ew_patch_n_terms (patch); k++)
              if (patch->terms[k].source_row == u && patch->terms[k].source_column == v)
                {
                  weight += patch->terms[k].weight;
                  reads++;
                }
            fed += reads > 0;
            /* The same few numbers, in another order where there are several. */
            g_assert_cmpfloat_with_epsilon (ew_feeding_weight (feeding, c.kernel, i, j), weight, 25 * UNIT_64);
          }
      g_assert_cmpint (ew_feeding_n_outputs (feeding), ==, fed);
      case_clear (&c);
    }
}

static void
test_feeding_bounds (void)
{
  g_autoptr (EwFeeding) inside = NULL;
  g_autoptr (EwFeeding) leapt = NULL;
  EwGeometry g;
  int top, left, bottom, right;

  ew_geometry_init_valid (&g, 3, 2);
  inside = ew_feeding_new (&g, 10, 10, 4, 0, NULL);
  g_assert_true (ew_feeding_bounds (inside, &top, &left, &bottom, &right));
  g_assert_cmpint (top, ==, 2);
  g_assert_cmpint (bottom, ==, 4);
  g_assert_cmpint (left, ==, 0);
  g_assert_cmpint (right, ==, 0);
  g.stride = 4;
  leapt = ew_feeding_new (&g, 11, 11, 3, 0, NULL);
  g_assert_false (ew_feeding_bounds (leapt, &top, &left, &bottom, &right));
  g_assert_cmpint (ew_feeding_n_outputs (leapt), ==, 0);
}

/* T x + b is the reference's output. An entry may be a sum of taps that the reference multiplies one by one: both are
 * sums of at most 25 products of magnitude below 2 and a bias, in different orders. */
static void
test_toeplitz (void)
{
  EwRandom random = 55;
  double bound = 2 * rounding_bound (27, UNIT_64) * (25 * 2 + 1);

  for (int n = 0; n < CASES; n++)
    {
      Case c;
      g_autoptr (GError) error = NULL;

      case_init (&c, &random);

      g_autoptr (EwToeplitz) t = ew_toeplitz_new (c.kernel, &c.geometry, c.x->height, c.x->width, &error);

      g_assert_no_error (error);
      g_assert_cmpint (t->rows, ==, c.height * c.width);
      g_assert_cmpint (t->columns, ==, c.x->height * c.x->width);
      for (int r = 0; r < t->rows; r++)
        {
          double sum = c.kernel->bias;

          for (int q = 0; q < t->columns; q++)
            sum += t->entries[r * t->columns + q] * (double)ew_grid_row (c.x, q / c.x->width)[q % c.x->width];
          g_assert_cmpfloat_with_epsilon (sum, c.y[r], bound);
        }
      case_clear (&c);
    }
}

/* Without padding every row is the one above, moved on by one pixel, or by as many more as the kernel is wide less one
 * where a new row of outputs begins. */
static void
test_toeplitz_shape (void)
{
  EwRandom random = 56;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 2, 3, -1, 1);
  g_autoptr (GError) error = NULL;
  EwGeometry g;

  ew_geometry_init_valid (&g, 2, 3);

  g_autoptr (EwToeplitz) t = ew_toeplitz_new (kernel, &g, 5, 6, NULL);

  for (int r = 1; r < t->rows; r++)
    {
      int by = r % t->output_width == 0 ? 3 : 1;

      for (int q = 0; q < t->columns; q++)
        g_assert_cmpfloat (t->entries[r * t->columns + q], ==, q < by ? 0 : t->entries[(r - 1) * t->columns + q - by]);
    }
  g_assert_null (ew_toeplitz_new (kernel, &g, 200, 200, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_TOO_LARGE);
}

/* Ŷ with whole numbers throughout is exact in float32, so the sum is half of the reference's gradient, exactly. */
static void
test_tap_gradient_sum (void)
{
  EwRandom random = 57;

  for (int n = 0; n < CASES; n++)
    {
      g_autoptr (EwGrid) x = random_whole_grid (&random, random_int (&random, 1, 12), random_int (&random, 1, 12), 9);
      g_autoptr (EwKernel) kernel
          = random_whole_kernel (&random, random_int (&random, 1, 4), random_int (&random, 1, 4), 5);
      g_autofree double *gradient = NULL;
      g_autofree double *values = NULL;
      g_autoptr (EwGrid) y = NULL;
      g_autoptr (EwGrid) output = NULL;
      g_autoptr (EwProblem) problem = NULL;
      EwGeometry g;
      int height, width, tap, block;
      double loss;

      if (!draw_geometry (&random, x, kernel, &g, &height, &width))
        continue;
      kernel->bias = 0;
      y = random_whole_grid (&random, height, width, 50);
      output = ew_grid_new (height, width, NULL);
      values = g_new (double, (size_t)height *(size_t)width);
      g_assert_true (ew_reference_correlate (x, kernel, &g, values, NULL));
      for (int i = 0; i < height * width; i++)
        ew_grid_row (output, i / width)[i % width] = (float)values[i];
      problem = ew_problem_new (&(EwSample){ x, y }, 1, &g, FALSE, NULL);
      gradient = g_new (double, problem->n_params);
      ew_reference_evaluate (problem, kernel->taps, &loss, gradient);
      tap = random_int (&random, 0, ew_kernel_n_taps (kernel) - 1);
      block = random_int (&random, 1, MIN (height, width));

      g_autoptr (GError) error = NULL;
      g_autoptr (EwTapGradient) picture = ew_tap_gradient_new (x, output, y, &g, tap, block, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpfloat (2 * picture->sum, ==, gradient[tap]);
    }
}

/* The pictures are the means of what the reference multiplies: one rounding to float32 of values below 2¹⁰. */
static void
test_tap_gradient_pictures (void)
{
  EwRandom random = 58;
  double bound = 1024 * UNIT_32;

  for (int n = 0; n < 100; n++)
    {
      Case c;
      g_autoptr (EwKernel) one = NULL;
      g_autoptr (EwGrid) output = NULL;
      g_autoptr (EwGrid) y = NULL;
      int tap, block;

      case_init (&c, &random);
      one = ew_kernel_new (c.kernel->height, c.kernel->width, NULL);
      output = random_whole_grid (&random, c.height, c.width, 9);
      y = random_whole_grid (&random, c.height, c.width, 9);
      tap = random_int (&random, 0, ew_kernel_n_taps (one) - 1);
      block = random_int (&random, 1, MIN (MIN (c.height, c.width), 3));
      one->taps[tap] = 1;
      g_assert_true (ew_reference_correlate (c.x, one, &c.geometry, c.y, NULL));

      g_autoptr (EwTapGradient) p = ew_tap_gradient_new (c.x, output, y, &c.geometry, tap, block, NULL, NULL);

      g_assert_cmpint (p->products->height, ==, c.height / block);
      g_assert_cmpint (p->products->width, ==, c.width / block);
      for (int i = 0; i < p->products->height; i++)
        for (int j = 0; j < p->products->width; j++)
          {
            double shifted = 0, residual = 0, products = 0;

            for (int m = 0; m < block * block; m++)
              {
                int u = i * block + m / block;
                int v = j * block + m % block;
                double r = (double)ew_grid_row (output, u)[v] - (double)ew_grid_row (y, u)[v];

                shifted += c.y[u * c.width + v];
                residual += r;
                products += r * c.y[u * c.width + v];
              }
            g_assert_cmpfloat_with_epsilon (ew_grid_row (p->shifted, i)[j], shifted / (block * block), bound);
            g_assert_cmpfloat_with_epsilon (ew_grid_row (p->residual, i)[j], residual / (block * block), bound);
            g_assert_cmpfloat_with_epsilon (ew_grid_row (p->products, i)[j], products / (block * block), bound);
          }
      case_clear (&c);
    }
}

/* Correlating the excerpt alone gives the very outputs of the whole, in every geometry, and the one asked for is among
 * them wherever a border that wraps does not forbid it. */
static void
test_excerpt (void)
{
  EwRandom random = 59;
  int parts = 0;

  for (int n = 0; n < 4 * CASES; n++)
    {
      Case c;
      EwExcerpt e;
      int i, j, most;

      case_init (&c, &random);
      ew_grid_unref (c.x);
      g_free (c.y);
      c.x = random_grid (&random, random_int (&random, 5, 30), random_int (&random, 5, 30), -2, 2);
      if (!draw_geometry (&random, c.x, c.kernel, &c.geometry, &c.height, &c.width))
        {
          c.y = NULL;
          case_clear (&c);
          continue;
        }
      c.y = g_new (double, (size_t)c.height *(size_t)c.width);
      g_assert_true (ew_reference_correlate (c.x, c.kernel, &c.geometry, c.y, NULL));
      i = random_int (&random, 0, c.height - 1);
      j = random_int (&random, 0, c.width - 1);
      most = random_int (&random, 1, 12);
      g_assert_true (ew_excerpt_init (&e, &c.geometry, c.x->height, c.x->width, i, j, most, most, NULL));
      parts += !ew_excerpt_is_whole (&e, c.x->height, c.x->width);

      g_autoptr (EwGrid) part = ew_grid_new_cropped (c.x, e.row, e.column, e.height, e.width, NULL);
      g_autofree double *values = g_new (double, (size_t)e.output_height *(size_t)e.output_width);
      g_autoptr (GError) error = NULL;
      int height, width;

      g_assert_true (ew_geometry_output_size (&e.geometry, e.height, e.width, &height, &width, &error));
      g_assert_no_error (error);
      g_assert_cmpint (height, ==, e.output_height);
      g_assert_cmpint (width, ==, e.output_width);
      g_assert_true (ew_reference_correlate (part, c.kernel, &e.geometry, values, NULL));
      for (int k = 0; k < height * width; k++)
        g_assert_cmpfloat (values[k], ==, c.y[(e.output_row + k / width) * c.width + e.output_column + k % width]);
      if (c.geometry.border != EW_BORDER_WRAP)
        g_assert_true (i >= e.output_row && i < e.output_row + e.output_height && j >= e.output_column
                       && j < e.output_column + e.output_width);
      case_clear (&c);
    }
  g_assert_cmpint (parts, >, 100);
}

/* What does not fit is refused with a sentence. */
static void
test_refused (void)
{
  g_autoptr (EwGrid) x = ew_grid_new (5, 6, NULL);
  g_autoptr (EwGrid) y = ew_grid_new (4, 5, NULL);
  g_autoptr (EwKernel) kernel = ew_kernel_new (2, 2, NULL);
  g_autoptr (EwKernel) other = ew_kernel_new (2, 3, NULL);
  g_autoptr (GError) error = NULL;
  atomic_int cancel = 1;
  EwGeometry g;

  ew_geometry_init_valid (&g, 2, 2);
#define REFUSED(call, code)                                                                                            \
  g_assert_null (call);                                                                                                \
  g_assert_error (error, EW_ERROR, code);                                                                              \
  g_clear_error (&error)
  REFUSED (ew_patch_new (x, kernel, &g, 4, 0, &error), EW_ERROR_GEOMETRY);
  REFUSED (ew_patch_new (x, kernel, &g, 0, -1, &error), EW_ERROR_GEOMETRY);
  REFUSED (ew_patch_new (x, other, &g, 0, 0, &error), EW_ERROR_GEOMETRY);
  REFUSED (ew_feeding_new (&g, 5, 6, 5, 0, &error), EW_ERROR_GEOMETRY);
  REFUSED (ew_feeding_new (&g, 1, 6, 0, 0, &error), EW_ERROR_GEOMETRY);
  REFUSED (ew_toeplitz_new (other, &g, 5, 6, &error), EW_ERROR_GEOMETRY);
  REFUSED (ew_tap_gradient_new (x, y, x, &g, 0, 1, NULL, &error), EW_ERROR_GEOMETRY);
  REFUSED (ew_tap_gradient_new (x, y, y, &g, 4, 1, NULL, &error), EW_ERROR_GEOMETRY);
  REFUSED (ew_tap_gradient_new (x, y, y, &g, 0, 5, NULL, &error), EW_ERROR_GEOMETRY);
  REFUSED (ew_tap_gradient_new (x, y, y, &g, 0, 1, &cancel, &error), EW_ERROR_CANCELLED);
#undef REFUSED
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/patch/sums", test_sums);
  g_test_add_func ("/patch/terms", test_terms);
  g_test_add_func ("/patch/largest", test_largest);
  g_test_add_func ("/patch/feeding", test_feeding);
  g_test_add_func ("/patch/feeding-bounds", test_feeding_bounds);
  g_test_add_func ("/patch/toeplitz", test_toeplitz);
  g_test_add_func ("/patch/toeplitz-shape", test_toeplitz_shape);
  g_test_add_func ("/patch/tap-gradient-sum", test_tap_gradient_sum);
  g_test_add_func ("/patch/tap-gradient-pictures", test_tap_gradient_pictures);
  g_test_add_func ("/patch/excerpt", test_excerpt);
  g_test_add_func ("/patch/refused", test_refused);
  return g_test_run ();
}
