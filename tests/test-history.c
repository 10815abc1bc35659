/* The history of a run against one that keeps everything. */
#include "engine/history.h"
#include "engine/random.h"

#include <malloc.h>
#include <math.h>

/* Points that the curves may have where some dozen octaves lie before the last ones, and bytes that a history may take. */
#define POINTS_MAX (4096 + 12 * 128)
#define BYTES_MAX  (6 * 1000 * 1000)

/* Every epoch of a run: n_params weights and a loss each. */
typedef struct
{
  int n_params;
  guint64 first_epoch;
  GArray *losses;
  GArray *weights;
} Everything;

static void
everything_init (Everything *all, int n_params, guint64 first_epoch)
{
  all->n_params = n_params;
  all->first_epoch = first_epoch;
  all->losses = g_array_new (FALSE, FALSE, sizeof (double));
  all->weights = g_array_new (FALSE, FALSE, sizeof (double));
}

static void
everything_clear (Everything *all)
{
  g_array_unref (all->losses);
  g_array_unref (all->weights);
}

static void
add (EwHistory *history, Everything *all, double loss, const double *params)
{
  ew_history_add (history, all->first_epoch + all->losses->len, loss, params);
  g_array_append_val (all->losses, loss);
  g_array_append_vals (all->weights, params, all->n_params);
}

/* A loss that falls and now and then is not a number, and weights that wander. */
static void
add_random (EwHistory *history, Everything *all, EwRandom *random, double *params)
{
  double u = ew_random_uniform (random);
  double loss = u < 0.02 ? NAN : u < 0.04 ? INFINITY : u < 0.05 ? -INFINITY : u;

  for (int k = 0; k < all->n_params; k++)
    params[k] += ew_random_uniform (random) - 0.5;
  add (history, all, loss, params);
}

static gboolean
same (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

/* One point's extremes, by looking at all of its epochs. */
static void
check_point (const EwCurves *curves, const Everything *all, int p)
{
  guint64 begin = curves->starts[p] - all->first_epoch;
  guint64 end = p + 1 < curves->n_points ? curves->starts[p + 1] - all->first_epoch : (guint64)all->losses->len;
  double least = NAN;
  double most = NAN;

  for (guint64 e = begin; e < end; e++)
    {
      double loss = g_array_index (all->losses, double, e);

      if (!isfinite (loss))
        continue;
      least = isnan (least) || loss < least ? loss : least;
      most = isnan (most) || loss > most ? loss : most;
    }
  g_assert_true (same (curves->loss_min[p], least));
  g_assert_true (same (curves->loss_max[p], most));
  for (int w = 0; w < curves->n_weights; w++)
    {
      float low = (float)g_array_index (all->weights, double, begin * all->n_params + w);
      float high = low;

      for (guint64 e = begin + 1; e < end; e++)
        {
          float value = (float)g_array_index (all->weights, double, e * all->n_params + w);

          low = fminf (low, value);
          high = fmaxf (high, value);
        }
      g_assert_cmpfloat (curves->weight_min[(size_t)w * curves->n_points + p], ==, low);
      g_assert_cmpfloat (curves->weight_max[(size_t)w * curves->n_points + p], ==, high);
    }
}

static void
check (const EwHistory *history, const Everything *all)
{
  EwCurves *curves = ew_history_curves (history);
  guint64 epochs = all->losses->len;

  g_assert_cmpint (curves->n_weights, ==, MIN (all->n_params, EW_CURVES_MAX));
  g_assert_cmpint (curves->n_points, <=, POINTS_MAX);
  if (epochs > 0)
    {
      g_assert_cmpuint (curves->first_epoch, ==, all->first_epoch);
      g_assert_cmpuint (curves->last_epoch, ==, all->first_epoch + epochs - 1);
    }
  /* A power of two, no larger than it has to be, and points for all epochs, whose spans never fall. */
  g_assert_cmpuint (curves->span & (curves->span - 1), ==, 0);
  g_assert_true (curves->span == 1 || curves->n_points > 512);
  g_assert_true (epochs == 0 || curves->starts[0] == all->first_epoch);
  for (int p = 0; p + 1 < curves->n_points; p++)
    {
      guint64 span = curves->starts[p + 1] - curves->starts[p];

      g_assert_true (span == curves->span || (span < curves->span && curves->span % span == 0));
      g_assert_true (p == 0 || span >= curves->starts[p] - curves->starts[p - 1]);
      /* On a log axis no point is wider than a 48th of what lies before it. */
      g_assert_true (span == curves->span || span == 1 || span * 48 <= curves->starts[p] - all->first_epoch);
      g_assert_cmpint (ew_curves_find (curves, curves->starts[p + 1] - 1), ==, p);
      g_assert_cmpint (ew_curves_find (curves, curves->starts[p + 1]), ==, p + 1);
    }
  g_assert_cmpint (ew_curves_find (curves, all->first_epoch + epochs), ==, -1);
  g_assert_cmpint (ew_curves_find (curves, all->first_epoch - 1), ==, -1);
  for (int p = 0; p < curves->n_points && !g_test_failed (); p++)
    check_point (curves, all, p);
  ew_curves_unref (curves);
}

static void
test_short (void)
{
  static const int sizes[] = { 1, 2, 10, 63 * 63 + 1 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      g_autoptr (EwHistory) history = ew_history_new (sizes[s]);
      g_autofree double *params = g_new0 (double, sizes[s]);
      EwRandom random = s;
      Everything all;

      everything_init (&all, sizes[s], 1);
      check (history, &all);
      for (int epoch = 0; epoch < 40; epoch++)
        {
          add_random (history, &all, &random, params);
          check (history, &all);
        }
      everything_clear (&all);
    }
}

/* Through several halvings, and right before and after each of them. */
static void
test_long (void)
{
  static const struct
  {
    int n_params;
    int epochs;
  } cases[] = { { 2, 40000 }, { 10, 9000 }, { 256, 5000 }, { 300, 5000 } };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autoptr (EwHistory) history = ew_history_new (cases[c].n_params);
      g_autofree double *params = g_new0 (double, cases[c].n_params);
      EwRandom random = c;
      Everything all;

      everything_init (&all, cases[c].n_params, 1);
      for (int epoch = 1; epoch <= cases[c].epochs && !g_test_failed (); epoch++)
        {
          add_random (history, &all, &random, params);
          /* Capacities are multiples of 512 or so; the epochs around them are the ones to look at. */
          if (epoch % 512 <= 1 && epoch % 1536 <= 1)
            check (history, &all);
        }
      check (history, &all);
      everything_clear (&all);
    }
}

/* A million epochs with one peak each of loss and weight somewhere: neither is lost. */
static void
test_million (void)
{
  EwRandom random = 17;

  for (int round = 0; round < 4; round++)
    {
      g_autoptr (EwHistory) history = ew_history_new (1);
      guint64 peak = 1 + (guint64)(ew_random_uniform (&random) * 1e6);
      guint64 epochs = 1000000 + (guint64)round;
      int found = 0;

      for (guint64 epoch = 1; epoch <= epochs; epoch++)
        {
          double weight = epoch == peak ? -5 : 1;

          ew_history_add (history, epoch, epoch == peak ? 100 : 1, &weight);
        }

      EwCurves *curves = ew_history_curves (history);

      g_assert_cmpuint (curves->last_epoch, ==, epochs);
      for (int p = 0; p < curves->n_points; p++)
        {
          guint64 first = curves->starts[p];
          guint64 next = p + 1 < curves->n_points ? curves->starts[p + 1] : epochs + 1;
          gboolean here = peak >= first && peak < next;

          found += here;
          g_assert_cmpfloat (curves->loss_max[p], ==, here ? 100 : 1);
          g_assert_cmpfloat (curves->loss_min[p], ==, here && next - first == 1 ? 100 : 1);
          g_assert_cmpfloat (curves->weight_min[p], ==, here ? -5 : 1);
        }
      g_assert_cmpint (found, ==, 1);
      ew_curves_unref (curves);
    }
}

/* Cut anywhere and added again from where it says, a history is the one of a run of that length. */
static void
test_cut (void)
{
  static const int lengths[] = { 1, 100, 4096, 4097, 9000, 40000 };
  EwRandom random = 5;

  for (int round = 0; round < 60 && !g_test_failed (); round++)
    {
      g_autoptr (EwHistory) history = ew_history_new (3);
      double params[3] = { 0 };
      int length = lengths[round % (int)G_N_ELEMENTS (lengths)];
      guint64 epoch = (guint64)(ew_random_uniform (&random) * (length + 2));
      Everything all;

      everything_init (&all, 3, 1);
      for (int e = 0; e < length; e++)
        add_random (history, &all, &random, params);

      guint64 next = ew_history_cut (history, epoch);

      if (epoch >= (guint64)length)
        g_assert_cmpuint (next, ==, MAX (epoch, (guint64)length) + 1);
      else
        g_assert_cmpuint (next, <=, epoch + 1);
      for (guint64 e = next; e <= MIN (epoch, (guint64)length); e++)
        ew_history_add (history, e, g_array_index (all.losses, double, e - 1),
                        &g_array_index (all.weights, double, (e - 1) * 3));
      g_array_set_size (all.losses, (guint)MIN (epoch, (guint64)length));
      g_array_set_size (all.weights, 3 * all.losses->len);
      check (history, &all);
      for (int e = 0; e < 5000; e++)
        add_random (history, &all, &random, params);
      check (history, &all);
      everything_clear (&all);
    }
}

/* Cut where a run of that length has just not been merged yet, or just has: the points are those of such a run. */
static void
test_cut_at_capacity (void)
{
  static const int cuts[] = { 4095, 4096, 4097, 8191, 8192, 8193, 16383, 16384, 16385, 32768, 32769 };
  double params[3] = { 0 };

  for (guint c = 0; c < G_N_ELEMENTS (cuts); c++)
    for (int more = 1; more <= 32000; more += 6000)
      {
        g_autoptr (EwHistory) history = ew_history_new (3);
        g_autoptr (EwHistory) whole = ew_history_new (3);
        guint64 epoch = (guint64)cuts[c];

        for (guint64 e = 1; e <= epoch + (guint64)more; e++)
          ew_history_add (history, e, (double)e, params);
        for (guint64 e = ew_history_cut (history, epoch); e <= epoch; e++)
          ew_history_add (history, e, (double)e, params);
        for (guint64 e = 1; e <= epoch; e++)
          ew_history_add (whole, e, (double)e, params);

        g_autoptr (EwCurves) cut = ew_history_curves (history);
        g_autoptr (EwCurves) expected = ew_history_curves (whole);

        g_assert_cmpuint (cut->span, ==, expected->span);
        g_assert_cmpuint (cut->last_epoch, ==, expected->last_epoch);
        g_assert_cmpmem (cut->starts, cut->n_points * sizeof *cut->starts, expected->starts,
                         expected->n_points * sizeof *expected->starts);
        g_assert_cmpmem (cut->loss_max, cut->n_points * sizeof *cut->loss_max, expected->loss_max,
                         expected->n_points * sizeof *expected->loss_max);
      }
}

static void
test_clear (void)
{
  g_autoptr (EwHistory) history = ew_history_new (3);
  EwRandom random = 2;

  /* A second run that starts at another epoch, as after an import. */
  for (int round = 0; round < 3; round++)
    {
      double params[3] = { 0 };
      Everything all;

      everything_init (&all, 3, 1 + 1000 * (guint64)round);
      for (int epoch = 0; epoch < 9000 / (round + 1); epoch++)
        add_random (history, &all, &random, params);
      check (history, &all);
      ew_history_clear (history);
      everything_clear (&all);

      EwCurves *empty = ew_history_curves (history);

      g_assert_cmpint (empty->n_points, ==, 0);
      g_assert_cmpuint (empty->span, ==, 1);
      ew_curves_unref (empty);
    }
}

/* Curves are frozen: what is recorded later, or forgotten, does not change them. */
static void
test_frozen (void)
{
  g_autoptr (EwHistory) history = ew_history_new (1);
  double weight = 3;

  ew_history_add (history, 1, 2, &weight);

  EwCurves *curves = ew_curves_ref (ew_history_curves (history));

  weight = 4;
  ew_history_add (history, 2, 5, &weight);
  ew_history_clear (history);
  g_assert_cmpint (curves->n_points, ==, 1);
  g_assert_cmpfloat (curves->loss_max[0], ==, 2);
  g_assert_cmpfloat (curves->weight_max[0], ==, 3);
  ew_curves_unref (curves);
  g_assert_cmpfloat (curves->weight_min[0], ==, 3);
  ew_curves_unref (curves);
}

static size_t
allocated (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static void
test_memory (void)
{
  static const int sizes[] = { 1, 2, 10, 96, 97, 255, 256, 3970 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      g_autofree double *params = g_new0 (double, sizes[s]);
      size_t before = allocated ();
      g_autoptr (EwHistory) history = ew_history_new (sizes[s]);

      for (guint64 epoch = 1; epoch <= 20000; epoch++)
        ew_history_add (history, epoch, 1, params);
      g_assert_cmpuint (allocated () - before, <=, BYTES_MAX);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/history/short", test_short);
  g_test_add_func ("/history/long", test_long);
  g_test_add_func ("/history/million", test_million);
  g_test_add_func ("/history/cut", test_cut);
  g_test_add_func ("/history/cut-at-capacity", test_cut_at_capacity);
  g_test_add_func ("/history/clear", test_clear);
  g_test_add_func ("/history/frozen", test_frozen);
  g_test_add_func ("/history/memory", test_memory);
  return g_test_run ();
}
