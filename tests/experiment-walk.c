/* An experiment under any changes in any order. */
#include "tests/experiment-fixtures.h"

#include <math.h>
#include <string.h>

/* --- anything in any order */

static EwSource *
random_picture (EwRandom *random, const char *name)
{
  return picture (name, random_int (random, 0, 3) == 0 ? 3 : 1, random_int (random, 1, 12), random_int (random, 1, 80));
}

/* One change of any kind; whether it was done. */
static gboolean
change_anything (EwExperiment *e, EwRandom *random, char **note, GError **error)
{
  g_autoptr (EwSource) input = random_picture (random, "in.png");
  const EwGrid *x = e->input->planes[0];
  /* A target that has a chance to fit. */
  int height = x->height - random_int (random, -1, 4);
  int width = x->width - random_int (random, -1, 4);
  g_autoptr (EwSource) target = picture ("out.png", e->input->n_planes, MAX (1, height), MAX (1, width));
  g_autoptr (EwSource) other = random_picture (random, "out.png");
  g_autoptr (EwKernel) kernel = random_kernel (random, random_int (random, 1, 6), random_int (random, 1, 6), -1, 1);

  EwSettings wished = { .padding = (EwPadding)random_int (random, 0, 2),
                        .border = (EwBorder)random_int (random, 0, 3),
                        .stride = random_int (random, 1, 3),
                        .dilation = random_int (random, 1, 3) };

  switch (random_int (random, 0, 7))
    {
    case 7:
      return ew_experiment_set_geometry (e, &wished, error);
    case 0:
      return ew_experiment_set_input (e, input, note, error);
    case 1:
      return ew_experiment_set_target (e, target, note, error);
    case 2:
      return ew_experiment_set_target (e, other, note, error);
    case 3:
      return ew_experiment_set_pair (e, input, other, note, error);
    case 4:
      return ew_experiment_set_teacher (e, kernel, EW_TARGET_KERNEL, note, error);
    case 5:
      return ew_experiment_set_start (e, kernel, note, error);
    default:
      return ew_experiment_set_size (e, random_int (random, 0, 7), random_int (random, 0, 64), error);
    }
}

static void
test_random_walk (void)
{
  int done = 0, refused = 0;

  for (guint64 seed = 0; seed < 40; seed++)
    {
      EwExperiment e;
      EwRandom random;

      random = seed;
      ew_experiment_init_textbook (&e);
      for (int step = 0; step < 60; step++)
        {
          g_autofree char *before = print (&e);
          g_autofree char *note = NULL;
          g_autoptr (GError) error = NULL;

          if (change_anything (&e, &random, &note, &error))
            {
              g_assert_no_error (error);
              done++;
            }
          else
            {
              g_assert_nonnull (error);
              g_assert_true (g_str_has_suffix (error->message, "."));
              g_assert_null (strstr (error->message, "-")); /* no negative size is offered */
              g_assert_null (note);
              check_same (&e, before);
              refused++;
            }
          check_fits (&e);
        }
      ew_experiment_clear (&e);
    }
  g_test_message ("%d changes done, %d refused", done, refused);
  g_assert_cmpint (done, >, 500);
  g_assert_cmpint (refused, >, 500);
}

void
add_experiment_walk_cases (void)
{
  g_test_add_func ("/experiment/random-walk", test_random_walk);
}
