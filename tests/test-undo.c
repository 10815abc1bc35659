/* Undo and redo as random walks over whole experiments, beside a list of all states that were ever left. */
#include "app/undo.h"
#include "engine/kernel-edit.h"
#include "engine/preset.h"
#include "tests/engine-fixtures.h"

#include <math.h>

#define LIMIT (G_MAXSIZE / 2)

static EwSource *
random_source (EwRandom *random, int height, int width)
{
  EwGrid *grid = random_grid (random, height, width, 0, 1);
  EwSource *source = ew_source_new ("picture.png", "picture.png", FALSE, &grid, 1);

  ew_grid_unref (grid);
  return source;
}

/* One of the things that a user does; refused ones change nothing. */
static void
change (EwRandom *random, EwMoment *m)
{
  EwExperiment *e = &m->experiment;
  g_autoptr (EwSource) source = NULL;
  g_autoptr (EwKernel) kernel = NULL;
  guint n;
  const EwPreset *presets = ew_presets (&n);
  int preset = random_int (random, 0, (int)n - 1);

  switch (random_int (random, 0, 8))
    {
    case 0:
      source = random_source (random, random_int (random, 8, 20), random_int (random, 8, 20));
      ew_experiment_set_input (e, source, NULL, NULL);
      break;
    case 1:
      source = random_source (random, e->input->planes[0]->height, e->input->planes[0]->width);
      ew_experiment_set_target (e, source, NULL, NULL);
      break;
    case 2:
      kernel = ew_preset_kernel (presets[preset].id, NULL);
      ew_experiment_set_teacher (e, kernel, preset, NULL, NULL);
      break;
    case 3:
      ew_experiment_set_size (e, random_int (random, 1, 7), random_int (random, 1, 7), NULL);
      break;
    case 4:
      kernel = ew_preset_kernel (presets[preset].id, NULL);
      ew_experiment_set_start (e, kernel, NULL, NULL);
      break;
    case 5:
      e->settings.rate = ew_random_uniform (random);
      e->settings.has_bias = !e->settings.has_bias;
      break;
    case 6:
      e->settings.seed = (guint64)random_int (random, 0, 9999);
      ew_experiment_draw_start (e);
      break;
    default:
      /* Learning: other weights, and epochs. */
      kernel = random_kernel (random, m->kernel->height, m->kernel->width, -1, 1);
      ew_kernel_unref (m->kernel);
      m->kernel = g_steal_pointer (&kernel);
      m->epoch += 100;
      return;
    }
  ew_kernel_unref (m->kernel);
  m->kernel = ew_kernel_ref (e->start);
  m->epoch = 0;
}

static void
copy (EwMoment *to, const EwMoment *from)
{
  ew_moment_init (to, &from->experiment, from->kernel, from->epoch);
}

/* The model: all states, row by row, and where in it we are. */
typedef struct
{
  EwMoment states[1024];
  int n;
  int at;
} Model;

static void
model_add (Model *model, const EwMoment *state)
{
  while (model->n > model->at + 1)
    ew_moment_clear (&model->states[--model->n]);
  copy (&model->states[model->n++], state);
  model->at = model->n - 1;
}

static void
check (const Model *model, const EwMoment *m, const EwUndo *undo)
{
  g_assert_true (ew_moment_equal (m, &model->states[model->at]));
  g_assert_true ((ew_undo_label (undo) != NULL) == (model->at > 0));
  g_assert_true ((ew_undo_redo_label (undo) != NULL) == (model->at + 1 < model->n));
}

static void
go (Model *model, EwUndo *undo, EwMoment *m, gboolean back)
{
  EwMoment present, moment;
  gboolean can = back ? model->at > 0 : model->at + 1 < model->n;

  copy (&present, m);
  if ((back ? ew_undo_back : ew_undo_forward) (undo, &present, &moment))
    {
      g_assert_true (can);
      g_assert_null (present.kernel);
      ew_moment_clear (m);
      *m = moment;
      model->at += back ? -1 : 1;
      return;
    }
  g_assert_false (can);
  ew_moment_clear (&present);
}

static void
start_at_textbook (EwMoment *m)
{
  EwExperiment textbook;

  ew_experiment_init_textbook (&textbook);
  ew_moment_init (m, &textbook, textbook.start, 0);
  ew_experiment_clear (&textbook);
}

static void
test_walk (void)
{
  for (guint64 seed = 1; seed <= 20; seed++)
    {
      EwRandom random = seed;
      g_autoptr (EwUndo) undo = ew_undo_new (1024, LIMIT);
      g_autofree Model *model = g_new0 (Model, 1);
      EwMoment m;

      start_at_textbook (&m);
      model_add (model, &m);
      for (int step = 0; step < 400; step++)
        {
          int what = random_int (&random, 0, 9);

          if (what < 5)
            {
              EwMoment before;

              copy (&before, &m);
              change (&random, &m);
              if (ew_moment_equal (&before, &m))
                {
                  ew_moment_clear (&before);
                  continue;
                }
              ew_undo_add (undo, "Change", 0, &before, &m.experiment);
              model_add (model, &m);
            }
          else
            go (model, undo, &m, what < 8);
          check (model, &m, undo);
        }
      for (int i = 0; i < model->n; i++)
        ew_moment_clear (&model->states[i]);
      ew_moment_clear (&m);
    }
}

/* What belongs together goes together; not across an undo, and not with another group. */
static void
test_groups (void)
{
  g_autoptr (EwUndo) undo = ew_undo_new (100, LIMIT);
  static const guint64 groups[] = { 7, 7, 7, 8, 8, 0, 0, 8 };
  static const int steps[] = { 1, 1, 1, 2, 2, 3, 4, 5 };
  EwMoment m, first, moment;
  int n = 0;

  start_at_textbook (&m);
  copy (&first, &m);
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      EwMoment before;
      g_autofree char *label = g_strdup_printf ("%d", steps[i]);

      copy (&before, &m);
      m.epoch++;
      ew_undo_add (undo, label, groups[i], &before, &m.experiment);
      g_assert_cmpstr (ew_undo_label (undo), ==, label);
      g_assert_true (ew_undo_group (undo) == groups[i]);
    }
  while (ew_undo_label (undo) != NULL)
    {
      EwMoment present;

      copy (&present, &m);
      g_assert_true (ew_undo_back (undo, &present, &moment));
      ew_moment_clear (&m);
      m = moment;
      n++;
      g_assert_true (ew_undo_group (undo) == 0);
    }
  g_assert_cmpint (n, ==, 5);
  g_assert_true (ew_moment_equal (&m, &first));
  ew_moment_clear (&first);
  ew_moment_clear (&m);
}

/* Not more steps than asked for, and not more bytes of pictures that are no longer open. */
static void
test_bounds (void)
{
  EwRandom random = 5;
  gsize picture = 64 * 64 * sizeof (float);
  g_autoptr (EwUndo) few = ew_undo_new (10, LIMIT);
  g_autoptr (EwUndo) small = ew_undo_new (1000, 5 * picture);
  EwMoment m;

  start_at_textbook (&m);
  for (int i = 0; i < 50; i++)
    {
      g_autoptr (EwSource) source = random_source (&random, 64, 64);
      EwMoment before[2];

      copy (&before[0], &m);
      copy (&before[1], &m);
      g_assert_true (ew_experiment_set_input (&m.experiment, source, NULL, NULL));
      ew_undo_add (few, "Open", 0, &before[0], &m.experiment);
      ew_undo_add (small, "Open", 0, &before[1], &m.experiment);
      g_assert_cmpuint (ew_undo_bytes (small, &m.experiment), <=, 5 * picture);
    }
  for (int round = 0; round < 2; round++)
    {
      EwUndo *undo = round == 0 ? few : small;
      int n = 0;

      for (EwMoment present, moment; ew_undo_label (undo) != NULL; n++)
        {
          copy (&present, &m);
          g_assert_true (ew_undo_back (undo, &present, &moment));
          ew_moment_clear (&moment);
        }
      /* The four that fit beside the steps' own bytes. */
      g_assert_cmpint (n, ==, round == 0 ? 10 : 4);
    }
  ew_moment_clear (&m);
}

/* Opens a picture, with a step that goes back. */
static void
open_picture (EwRandom *random, EwUndo *undo, EwMoment *m, int side)
{
  g_autoptr (EwSource) source = random_source (random, side, side);
  EwMoment before;

  copy (&before, m);
  g_assert_true (ew_experiment_set_input (&m->experiment, source, NULL, NULL));
  ew_undo_add (undo, "Open", 0, &before, &m->experiment);
}

static void
go_back (EwUndo *undo, EwMoment *m)
{
  EwMoment present, moment;

  copy (&present, m);
  g_assert_true (ew_undo_back (undo, &present, &moment));
  ew_moment_clear (m);
  *m = moment;
}

/* Pictures that steps hold and nobody has open: input, target and mask, each once, in either stack; and little else. */
static void
test_bytes (void)
{
  EwRandom random = 6;
  gsize picture = 64 * 64 * sizeof (float);
  g_autoptr (EwUndo) undo = ew_undo_new (100, LIMIT);
  g_autoptr (EwSource) target = random_source (&random, 64, 64);
  g_autoptr (EwSource) mask = random_source (&random, 64, 64);
  EwMoment m, before;

  start_at_textbook (&m);
  open_picture (&random, undo, &m, 64);
  g_assert_cmpuint (ew_undo_bytes (undo, &m.experiment) / picture, ==, 0);
  copy (&before, &m);
  g_assert_true (ew_experiment_set_target (&m.experiment, target, NULL, NULL));
  m.experiment.mask = ew_source_ref (mask);
  ew_undo_add (undo, "Target", 0, &before, &m.experiment);
  /* The input is open. */
  g_assert_cmpuint (ew_undo_bytes (undo, &m.experiment) / picture, ==, 0);
  go_back (undo, &m);
  g_assert_cmpuint (ew_undo_bytes (undo, &m.experiment) / picture, ==, 2);
  go_back (undo, &m);
  g_assert_cmpuint (ew_undo_bytes (undo, &m.experiment) / picture, ==, 3);
  ew_moment_clear (&m);
}

/* Going back, too, keeps to the bound; what was done longest ago goes before what was undone. */
static void
test_bounds_going_back (void)
{
  EwRandom random = 7;
  gsize picture = 64 * 64 * sizeof (float);
  g_autoptr (EwUndo) none = ew_undo_new (100, picture / 2);
  g_autoptr (EwUndo) undo = ew_undo_new (100, 9 * picture / 2);
  EwMoment m;

  start_at_textbook (&m);
  open_picture (&random, none, &m, 64);
  go_back (none, &m);
  g_assert_null (ew_undo_redo_label (none));

  open_picture (&random, undo, &m, 64);
  open_picture (&random, undo, &m, 64);
  open_picture (&random, undo, &m, 128);
  go_back (undo, &m);
  /* The large one takes four, and the first two opened are no longer held. */
  g_assert_null (ew_undo_label (undo));
  g_assert_nonnull (ew_undo_redo_label (undo));
  g_assert_cmpuint (ew_undo_bytes (undo, &m.experiment) / picture, ==, 4);
  ew_moment_clear (&m);
}

/* Whatever the task depends on makes it another one, and another moment. */
static void
test_same_task (void)
{
  for (int what = 0; what < 11; what++)
    {
      EwMoment m, other;
      EwSettings *s = &other.experiment.settings;

      start_at_textbook (&m);
      copy (&other, &m);
      g_assert_true (ew_moment_equal (&m, &other));
      s->padding = what == 0 ? EW_PADDING_SAME : s->padding;
      s->border = what == 1 ? EW_BORDER_WRAP : s->border;
      s->stride += what == 2;
      s->dilation += what == 3;
      s->has_bias ^= what == 4;
      s->loss = what == 5 ? EW_LOSS_MEAN : s->loss;
      s->kernel_height += what == 6;
      s->kernel_width += what == 7;
      s->each ^= what == 8;
      if (what == 9)
        {
          ew_kernel_unref (other.experiment.teacher);
          other.experiment.teacher = ew_kernel_new (1, 2, NULL);
        }
      other.epoch += what == 10;
      g_assert_cmpint (ew_moment_same_task (&m.experiment, &other.experiment), ==, what == 10);
      g_assert_false (ew_moment_equal (&m, &other));
      ew_moment_clear (&other);
      ew_moment_clear (&m);
    }
}

static void
test_drop (void)
{
  g_autoptr (EwUndo) undo = ew_undo_new (10, LIMIT);
  EwMoment m, before;

  start_at_textbook (&m);
  copy (&before, &m);
  ew_undo_add (undo, "One", 3, &before, &m.experiment);
  copy (&before, &m);
  ew_undo_add (undo, "Two", 4, &before, &m.experiment);
  ew_undo_drop (undo);
  g_assert_cmpstr (ew_undo_label (undo), ==, "One");
  g_assert_true (ew_undo_group (undo) == 0);
  ew_undo_drop (undo);
  ew_undo_drop (undo);
  g_assert_null (ew_undo_label (undo));
  ew_moment_clear (&m);
}

/* --- how it is learned */

/* What the learning page sets, and what stands beside it, as plain numbers. */
typedef enum
{
  RULE,
  MOMENTUM,
  SMOOTHING,
  BETA1,
  BETA2,
  SCHEDULE,
  PERIOD,
  FACTOR,
  PENALTY,
  DELTA,
  ACTIVATION,
  CONSTRAINTS,
  SPARSITY,
  RIDGE,
  BATCH,
  BATCH_SEED,
  STOP_GRADIENT,
  STOP_CHANGE,
  STOP_SECONDS,
  FIXED,
  HELD_OUT,
  RATE,
  EPOCHS,
  SPEED,
  N_FIELDS
} Field;

static void
set_rule (EwRecipe *r, Field field, int value)
{
  if (field == RULE)
    r->optimizer.kind = (EwOptimizerKind)value;
  else if (field == MOMENTUM)
    r->optimizer.momentum = value / 8.0;
  else if (field == SMOOTHING)
    r->optimizer.smoothing = value / 8.0;
  else if (field == BETA1)
    r->optimizer.beta1 = value / 8.0;
  else if (field == BETA2)
    r->optimizer.beta2 = value / 8.0;
  else if (field == SCHEDULE)
    r->schedule.kind = (EwScheduleKind)(value % 3);
  else if (field == PERIOD)
    r->schedule.period = (guint64)value + 1;
  else if (field == FACTOR)
    r->schedule.factor = value / 8.0;
}

static void
set_aim (EwRecipe *r, Field field, int value)
{
  if (field == PENALTY)
    r->objective.penalty = (EwPenalty)(value % 3);
  else if (field == DELTA)
    r->objective.delta = 1 + value;
  else if (field == ACTIVATION)
    r->objective.activation = (EwActivation)(value % 3);
  else if (field == CONSTRAINTS)
    r->constraint.flags = (EwConstraintFlags)(1 << value);
  else if (field == SPARSITY)
    r->constraint.sparsity = value;
  else if (field == RIDGE)
    r->ridge = value;
  else if (field == BATCH)
    r->batch = value;
  else if (field == BATCH_SEED)
    r->seed = (guint64)value;
  else if (field == STOP_GRADIENT)
    r->stop_gradient = value;
  else if (field == STOP_CHANGE)
    r->stop_change = value;
  else if (field == STOP_SECONDS)
    r->stop_seconds = value;
}

/* @value: 0 … 6, each of them another one, or nearly so. */
static void
set_field (EwExperiment *e, Field field, int value)
{
  set_rule (&e->settings.recipe, field, value);
  set_aim (&e->settings.recipe, field, value);
  if (field == FIXED)
    ew_experiment_fix_tap (e, value % 2, value < 3 ? NAN : value);
  else if (field == HELD_OUT)
    e->settings.holdout = value / 10.0;
  else if (field == RATE)
    e->settings.rate = value;
  else if (field == EPOCHS)
    e->settings.epochs = (guint64)value;
  else if (field == SPEED)
    e->settings.speed = value + 1;
}

/* All of it, as it is. */
typedef struct
{
  double values[N_FIELDS + 1];
} Plain;

static Plain
plain_of (const EwExperiment *e)
{
  const EwSettings *s = &e->settings;
  const EwRecipe *r = &s->recipe;
  /* −9 stands for a tap that is free. */
  double first = ew_experiment_tap_is_fixed (e, 0) ? e->fixed->taps[0] : -9;
  double second = ew_experiment_tap_is_fixed (e, 1) ? e->fixed->taps[1] : -9;

  return (Plain){ { r->optimizer.kind, r->optimizer.momentum, r->optimizer.smoothing, r->optimizer.beta1, r->optimizer.beta2,
                    r->schedule.kind, (double)r->schedule.period, r->schedule.factor, r->objective.penalty,
                    r->objective.delta, r->objective.activation, r->constraint.flags, r->constraint.sparsity, r->ridge,
                    (double)r->batch, (double)r->seed, r->stop_gradient, r->stop_change, r->stop_seconds, first,
                    s->holdout, s->rate, (double)s->epochs, s->speed, second } };
}

static gboolean
same_plain (const Plain *a, const Plain *b)
{
  for (int k = 0; k <= N_FIELDS; k++)
    if (a->values[k] != b->values[k])
      return FALSE;
  return TRUE;
}

/* A step is one where anything at all differs; only what is held out makes it another task, and only the recipe itself
 * another recipe. */
static void
check_difference (const EwMoment *a, const EwMoment *b, Field field)
{
  g_assert_false (ew_moment_equal (a, b));
  g_assert_cmpint (ew_moment_same_task (&a->experiment, &b->experiment), ==, field != HELD_OUT);
  g_assert_cmpint (ew_moment_same_recipe (&a->experiment, &b->experiment), ==, field >= HELD_OUT);
}

/* One change, recorded as the window does: those of one group that follow each other are one step. */
static void
change_recipe (EwRandom *random, EwUndo *undo, GArray *states, guint *at, guint64 *open_group, EwMoment *m)
{
  Field field = (Field)random_int (random, 0, N_FIELDS - 1);
  guint64 group = (guint64)random_int (random, 0, 2);
  Plain old = g_array_index (states, Plain, *at), now;
  EwMoment before;
  gboolean joins = group != 0 && group == *open_group;

  copy (&before, m);
  set_field (&m->experiment, field, random_int (random, 0, 6));
  now = plain_of (&m->experiment);
  if (same_plain (&now, &old))
    {
      g_assert_true (ew_moment_equal (&before, m));
      ew_moment_clear (&before);
      return;
    }
  check_difference (&before, m, field);
  ew_undo_add (undo, "Learning Rule", group, &before, &m->experiment);
  *open_group = group;
  *at += joins ? 0 : 1;
  g_array_set_size (states, *at);
  g_array_append_val (states, now);
}

static gboolean
go_recipe (EwUndo *undo, const GArray *states, guint *at, EwMoment *m, gboolean back)
{
  gboolean can = back ? *at > 0 : *at + 1 < states->len;
  EwMoment present, moment;

  copy (&present, m);
  if (!(back ? ew_undo_back : ew_undo_forward) (undo, &present, &moment))
    {
      g_assert_false (can);
      ew_moment_clear (&present);
      return FALSE;
    }
  g_assert_true (can);
  *at += back ? -1u : 1u;
  ew_moment_clear (m);
  *m = moment;
  return TRUE;
}

/* Rule, schedule, loss, constraints, what is held out and when to stop, each beside a list of plain numbers. */
static void
test_recipes (void)
{
  for (guint64 seed = 1; seed <= 30; seed++)
    {
      EwRandom random = seed;
      g_autoptr (EwUndo) undo = ew_undo_new (4096, LIMIT);
      g_autoptr (GArray) states = g_array_new (FALSE, FALSE, sizeof (Plain));
      guint at = 0;
      /* What the next change may join: nothing after going back or forth. */
      guint64 open_group = 0;
      EwMoment m;
      Plain state;

      start_at_textbook (&m);
      state = plain_of (&m.experiment);
      g_array_append_val (states, state);
      for (int step = 0; step < 500 && !g_test_failed (); step++)
        {
          int what = random_int (&random, 0, 9);

          if (what < 5)
            change_recipe (&random, undo, states, &at, &open_group, &m);
          else if (go_recipe (undo, states, &at, &m, what < 8))
            open_group = 0;
          state = plain_of (&m.experiment);
          g_assert_true (same_plain (&state, &g_array_index (states, Plain, at)));
          g_assert_true ((ew_undo_label (undo) != NULL) == (at > 0));
          g_assert_true ((ew_undo_redo_label (undo) != NULL) == (at + 1 < states->len));
        }
      ew_moment_clear (&m);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/undo/walk", test_walk);
  g_test_add_func ("/undo/recipes", test_recipes);
  g_test_add_func ("/undo/groups", test_groups);
  g_test_add_func ("/undo/bounds", test_bounds);
  g_test_add_func ("/undo/bytes", test_bytes);
  g_test_add_func ("/undo/bounds-going-back", test_bounds_going_back);
  g_test_add_func ("/undo/same-task", test_same_task);
  g_test_add_func ("/undo/drop", test_drop);
  return g_test_run ();
}
