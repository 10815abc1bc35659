/* The loop's tasks: their geometry and masks, how they replace each other, what is refused, and their pictures. */
#include "engine/reference.h"
#include "tests/loop-fixtures.h"

#include <math.h>

/* --- the window's side */

static gboolean
has_optimum (const EwSnapshot *s, guint64 value)
{
  return s->optimum != NULL;
}

/* --- tasks */

/* A task's geometry is that of its target, its snapshots and its pictures: here against the reference. */
static void
test_geometry (void)
{
  EwRandom random = 44;
  g_autoptr (EwGrid) x = random_whole_grid (&random, 9, 11, 4);
  g_autoptr (EwKernel) teacher = random_whole_kernel (&random, 3, 2, 3);
  g_autofree double *expected = NULL;
  EwGeometry g;
  Window window;
  int height, width;

  ew_geometry_init_valid (&g, 3, 2);
  g.top = 2;
  g.left = 1;
  g.border = EW_BORDER_REFLECT;
  g.stride = 2;
  g.dilation = 2;
  teacher->bias = 0;
  g_assert_true (ew_geometry_output_size (&g, 9, 11, &height, &width, NULL));
  expected = g_new (double, (size_t)height *(size_t)width);
  g_assert_true (ew_reference_correlate (x, teacher, &g, expected, NULL));
  window_open (&window, NULL);
  send_pair (&window, ew_grid_ref (x), NULL, ew_kernel_ref (teacher), ew_kernel_new (3, 2, NULL),
             &(EwTask){ .geometry = g });

  const EwSnapshot *s = wait_until (&window, paused, 0);

  g_assert_cmpmem (&s->geometry, sizeof g, &g, sizeof g);
  g_assert_cmpint (s->output_height, ==, height);
  g_assert_cmpint (s->output_width, ==, width);
  /* Whole numbers: exact. */
  for (int k = 0; k < height * width; k++)
    g_assert_cmpfloat (ew_grid_row (s->y, k / width)[k % width], ==, expected[k]);
  window_close (&window);
}

/* --- tasks that come and go */

static void
test_tasks_replace_each_other (void)
{
  Window window;
  guint64 number = 0;

  window_open (&window, NULL);
  for (int round = 0; round < 60; round++)
    {
      guint64 former = number;

      number = send_random (&window, round, 20 + round, 30, 1 + round % 5, 1 + round % 3, round & 1);
      g_assert_cmpuint (number, >, former);
      if (round % 7 != 0)
        continue;

      const EwSnapshot *s = wait_until (&window, any, 0);

      g_assert_cmpuint (s->task, ==, number);
      g_assert_cmpint (s->input_height, ==, 20 + round);
      g_assert_cmpint (s->kernel->height, ==, 1 + round % 5);
    }
  g_assert_cmpuint (wait_until (&window, any, 0)->task, ==, number);
  g_assert_cmpint (window.notices->len, ==, 0);
  window_close (&window);
}

/* What was open stays open, to the bit. */
static void
test_task_refused (void)
{
  EwRandom random = 51;
  Window window;

  window_open (&window, NULL);

  guint64 task = send_random (&window, 5, 20, 20, 3, 3, FALSE);

  window.sent = ew_loop_step (window.loop, 20);

  g_autoptr (EwSnapshot) before = ew_snapshot_ref ((EwSnapshot *)wait_until (&window, paused, 0));
  EwGrid *bad = random_grid (&random, 20, 20, -1, 1);
  guint64 numbers[4];
  const EwSnapshot *s;

  ew_grid_row (bad, 3)[7] = NAN;
  /* One after the other: a task that is overtaken by the next need not be told of. */
  numbers[0] = send_pair (&window, bad, NULL, random_kernel (&random, 3, 3, -1, 1), ew_kernel_new (3, 3, NULL),
                          &(EwTask){ .run = TRUE });
  wait_until (&window, any, 0);
  numbers[1] = send_pair (&window, random_grid (&random, 20, 20, -1, 1), random_grid (&random, 20, 20, -1, 1), NULL,
                          ew_kernel_new (3, 3, NULL), &(EwTask){ .run = TRUE });
  wait_until (&window, any, 0);
  numbers[2] = send_pair (&window, random_grid (&random, 2, 20, -1, 1), NULL, random_kernel (&random, 3, 3, -1, 1),
                          ew_kernel_new (3, 3, NULL), &(EwTask){ .run = TRUE });
  wait_until (&window, any, 0);
  numbers[3] = send_pair (&window, random_grid (&random, 20, 20, -1, 1), NULL, random_kernel (&random, 4, 3, -1, 1),
                          ew_kernel_new (3, 3, NULL), &(EwTask){ .run = TRUE });
  s = wait_until (&window, any, 0);
  g_assert_cmpint (window.notices->len, ==, 4);
  check_notice (&window, 0, EW_NOTICE_REFUSED, numbers[0], "row 4, column 8");
  check_notice (&window, 1, EW_NOTICE_REFUSED, numbers[1], "18×18");
  check_notice (&window, 2, EW_NOTICE_REFUSED, numbers[2], "larger than the input of 2×20");
  check_notice (&window, 3, EW_NOTICE_REFUSED, numbers[3], "4×3");
  g_assert_cmpuint (s->task, ==, task);
  g_assert_cmpint (s->state, ==, EW_RUN_PAUSED);
  g_assert_cmpuint (s->epoch, ==, 20);
  g_assert_true (ew_kernel_equal (s->kernel, before->kernel));
  window_close (&window);
}

/* A refused first task leaves the loop empty. */
static void
test_first_task_refused (void)
{
  EwRandom random = 52;
  Window window;

  window_open (&window, NULL);
  send_pair (&window, random_grid (&random, 2, 2, -1, 1), NULL, random_kernel (&random, 3, 3, -1, 1),
             ew_kernel_new (3, 3, NULL), &(EwTask){ .run = TRUE });
  g_assert_cmpint (wait_until (&window, any, 0)->state, ==, EW_RUN_EMPTY);
  g_assert_cmpint (window.notices->len, ==, 1);
  send_golden (&window, 3e-2, 100, TRUE);
  g_assert_cmpuint (wait_until (&window, paused, 0)->epoch, ==, 100);
  window_close (&window);
}

/* A target as large as its input, cut where the task says so. */
static void
test_crop_target (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 2 }, { 2, 3 }, { 4, 5 }, { 7, 6 } };
  EwRandom random = 53;
  Window window;

  window_open (&window, NULL);
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      int kh = sizes[k][0];
      int kw = sizes[k][1];
      g_autoptr (EwGrid) y = random_grid (&random, 20, 24, -1, 1);

      send_pair (&window, random_grid (&random, 20, 24, -1, 1), ew_grid_ref (y), NULL, ew_kernel_new (kh, kw, NULL),
                 &(EwTask){ .crop_target = TRUE });

      const EwSnapshot *s = wait_until (&window, any, 0);

      g_assert_cmpint (s->y->height, ==, 21 - kh);
      g_assert_cmpint (s->y->width, ==, 25 - kw);
      for (int i = 0; i < s->y->height; i++)
        g_assert_cmpmem (ew_grid_row (s->y, i), s->y->width * sizeof (float),
                         ew_grid_row (y, i + (kh - 1) / 2) + (kw - 1) / 2, s->y->width * sizeof (float));
    }
  g_assert_cmpint (window.notices->len, ==, 0);
  window_close (&window);
}

/* A target spoilt where its mask leaves it out, cut like the target: what is learned is the kernel all the same. */
static void
test_mask (void)
{
  EwRandom random = 54;
  g_autoptr (EwGrid) x = random_grid (&random, 20, 24, -1, 1);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 4, -1, 1);
  g_autoptr (EwGrid) y = ew_grid_new (20, 24, NULL);
  g_autoptr (EwGrid) mask = ew_grid_new (20, 24, NULL);
  g_autofree double *values = g_new (double, 20 * 24);
  EwGeometry same = { .kernel_height = 3, .kernel_width = 4, .stride = 1, .dilation = 1, .top = 1, .bottom = 1, .left = 1, .right = 2 };
  EwTask task = { .n_samples = 1, .x = &x, .y = &y, .masks = &mask, .crop_target = TRUE };
  g_autoptr (EwKernel) start = ew_kernel_new (3, 4, NULL);
  const EwSnapshot *s;
  gint64 left_out = 0;
  Window window;

  kernel->bias = 0;
  g_assert_true (ew_reference_correlate (x, kernel, &same, values, NULL));
  for (int k = 0; k < 20 * 24; k++)
    {
      gboolean spoilt = ew_random_uniform (&random) < 0.2;
      gboolean inside = k / 24 >= 1 && k / 24 < 19 && k % 24 >= 1 && k % 24 < 22;

      ew_grid_row (y, k / 24)[k % 24] = spoilt ? 50.0f : (float)values[k];
      ew_grid_row (mask, k / 24)[k % 24] = !spoilt;
      left_out += spoilt && inside;
    }
  window_open (&window, NULL);
  task.start = start;
  window.sent = window.went_back = ew_loop_set_task (window.loop, &task, NULL);
  s = wait_until (&window, has_optimum, 0);
  g_assert_true (s->problem->has_mask);
  g_assert_cmpint (s->problem->n_residuals, ==, 18 * 21 - left_out);
  /* Targets are rounded to float32, and the inputs are as good as independent. */
  for (int k = 0; k < 12; k++)
    g_assert_cmpfloat_with_epsilon (s->optimum->taps[k], kernel->taps[k], 1e-6);
  /* The next task has none. */
  task.masks = NULL;
  window.sent = window.went_back = ew_loop_set_task (window.loop, &task, NULL);
  s = wait_until (&window, has_optimum, 0);
  g_assert_false (s->problem->has_mask);
  g_assert_cmpfloat (fabs (s->optimum->taps[0] - kernel->taps[0]), >, 0.1);
  window_close (&window);
}

/* --- pictures */

/* Pictures against the reference's output, reduced: their bound is a correlation's, and half as much for one rounding
 * more of the means (see test-view.c). */
static void
check_output (const EwPictures *p, const EwSnapshot *s, const EwGrid *x)
{
  g_autofree double *values = g_new (double, s->output_height * s->output_width);
  g_autofree double *bounds = correlation_bounds (x, p->kernel);
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, s->kernel->height, s->kernel->width);
  g_assert_true (ew_reference_correlate (x, p->kernel, &geometry, values, NULL));
  for (int i = 0; i < p->output->height && !g_test_failed (); i++)
    for (int j = 0; j < p->output->width; j++)
      {
        double sum = 0;
        double bound = 0;

        for (int k = 0; k < p->block * p->block; k++)
          {
            int at = ((p->row + i) * p->block + k / p->block) * s->output_width + (p->column + j) * p->block
                     + k % p->block;

            sum += values[at];
            bound += bounds[at];
          }
        g_assert_cmpfloat_with_epsilon (ew_grid_row (p->output, i)[j], sum / (p->block * p->block),
                                        1.5 * bound / (p->block * p->block));
      }
}

/* Three samples of different sizes, one after the other, in parts and sizes of all kinds. */
static void
test_pictures (void)
{
  EwRandom random = 54;
  EwGrid *x[3];
  g_autoptr (EwKernel) teacher = random_kernel (&random, 4, 3, -1, 1);
  g_autoptr (EwKernel) start = ew_kernel_new (4, 5, NULL);
  Window window;

  window_open (&window, NULL);
  for (int k = 0; k < 3; k++)
    x[k] = random_grid (&random, 60 + 10 * k, 90 - 10 * k, -1, 1);
  window.sent = window.went_back = ew_loop_set_task (
      window.loop,
      &(EwTask){ .n_samples = 3, .x = x, .teacher = teacher, .start = start, .loss = EW_LOSS_MEAN, .has_bias = TRUE },
      NULL);
  /* No viewport yet, no picture; and none of another task. */
  wait_until (&window, paused, 0);
  ew_loop_set_viewport (window.loop, &(EwViewport){ .task = 77, .block = 1, .height = 10, .width = 10 });
  g_usleep (20000);
  pump (&window);
  g_assert_null (window.pictures);
  for (int round = 0; round < 24; round++)
    {
      int sample = round % 3;

      ew_loop_step (window.loop, 1 + round % 4);
      window.sent = ew_loop_set_sample (window.loop, sample);

      const EwSnapshot *s = wait_until (&window, paused, 0);
      int block = random_int (&random, 1, 6);
      EwViewport part = { .block = block,
                          .row = random_int (&random, -2, s->output_height / block - 1),
                          .column = random_int (&random, -2, s->output_width / block - 1),
                          .height = random_int (&random, 3, 60),
                          .width = random_int (&random, 3, 60) };

      g_assert_cmpint (s->n_samples, ==, 3);
      g_assert_cmpint (s->sample, ==, sample);
      g_assert_cmpint (s->input_height, ==, x[sample]->height);
      g_assert_cmpint (s->input_width, ==, x[sample]->width);
      check_output (wait_for_pictures (&window, &part), s, x[sample]);
    }
  /* No such sample: the last one; and its pictures stay right while it learns. */
  window.sent = ew_loop_set_sample (window.loop, 17);
  g_assert_cmpint (wait_until (&window, any, 0)->sample, ==, 2);
  wait_for_pictures (&window, &(EwViewport){ .block = 2, .height = 100, .width = 100 });
  window.sent = ew_loop_start (window.loop);
  for (int round = 0; round < 10; round++)
    {
      guint64 epoch = window.last->epoch;

      g_clear_pointer (&window.pictures, ew_pictures_unref);
      wait_until (&window, epoch_reached, epoch + 1);
      while (window.pictures == NULL)
        if (!pump (&window))
          g_usleep (200);
      check_output (window.pictures, window.last, x[2]);
    }
  window.sent = ew_loop_pause (window.loop);
  wait_until (&window, paused, 0);
  check_output (wait_for_pictures (&window, &(EwViewport){ .block = 2, .height = 100, .width = 100 }), window.last,
                x[2]);

  /* The next task has fewer samples. */
  send_golden (&window, 3e-2, 100, TRUE);
  g_assert_cmpint (wait_until (&window, paused, 0)->sample, ==, 0);
  wait_for_pictures (&window, &(EwViewport){ .block = 1, .height = 100, .width = 100 });
  for (int k = 0; k < 3; k++)
    {
      /* Nothing keeps the old task's planes. */
      g_assert_cmpint (atomic_load (&x[k]->refs), ==, 1);
      ew_grid_unref (x[k]);
    }
  window_close (&window);
}

void
add_loop_tasks_cases (void)
{
  g_test_add_func ("/loop/geometry", test_geometry);
  g_test_add_func ("/loop/tasks-replace-each-other", test_tasks_replace_each_other);
  g_test_add_func ("/loop/task-refused", test_task_refused);
  g_test_add_func ("/loop/first-task-refused", test_first_task_refused);
  g_test_add_func ("/loop/crop-target", test_crop_target);
  g_test_add_func ("/loop/mask", test_mask);
  g_test_add_func ("/loop/pictures", test_pictures);
}
