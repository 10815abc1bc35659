/* The runs that are kept for comparison: numbers, names, colours of their own, and a bound. */
#include "app/runs.h"

/* Curves of a run of one epoch. */
static EwCurves *
make_curves (void)
{
  g_autoptr (EwHistory) history = ew_history_new (2);

  ew_history_add (history, 1, 1, (const double[]){ 0.5, 0.25 });
  return ew_history_curves (history);
}

/* What list and charts show. */
typedef struct
{
  EwRunRow rows[EW_CHART_RUNS_MAX];
  EwChartRun drawn[EW_CHART_RUNS_MAX];
  int n_drawn;
} Shown;

static void
fill (Shown *shown, const EwRuns *runs)
{
  shown->n_drawn = ew_runs_fill (runs, shown->rows, shown->drawn);
}

/* Adds one that nobody else has a reference to. */
static int
add (EwRuns *runs, const char *name, char **gone)
{
  g_autoptr (EwCurves) curves = make_curves ();

  return ew_runs_add (runs, curves, name, gone);
}

static void
test_names (void)
{
  g_autoptr (EwRuns) runs = ew_runs_new ();
  g_autoptr (EwCurves) curves = make_curves ();
  g_autoptr (EwCurves) others = make_curves ();
  char *gone;
  int first, second;
  Shown shown;

  g_assert_false (ew_runs_has (runs, curves));
  first = ew_runs_add (runs, curves, NULL, &gone);
  g_assert_null (gone);
  second = ew_runs_add (runs, others, "steep", &gone);
  g_assert_cmpint (second, !=, first);
  g_assert_cmpint (ew_runs_count (runs), ==, 2);
  g_assert_true (ew_runs_has (runs, curves));
  fill (&shown, runs);
  g_assert_cmpint (shown.n_drawn, ==, 2);
  g_assert_cmpint (shown.rows[0].id, ==, first);
  g_assert_cmpstr (shown.rows[0].name, ==, "Run 1");
  g_assert_cmpstr (shown.rows[1].name, ==, "steep");
  g_assert_cmpint (shown.rows[0].color, !=, shown.rows[1].color);
  g_assert_true (shown.drawn[0].curves == curves && shown.drawn[1].curves == others);

  /* Blanks around a name are dropped; nothing but blanks is no name; a number that is gone is passed over. */
  ew_runs_rename (runs, second, "  flat ");
  ew_runs_rename (runs, first, " \t");
  ew_runs_rename (runs, 99, "nobody");
  ew_runs_show (runs, first, FALSE);
  ew_runs_show (runs, 99, FALSE);
  fill (&shown, runs);
  g_assert_cmpstr (shown.rows[0].name, ==, "Run 1");
  g_assert_cmpstr (shown.rows[1].name, ==, "flat");
  g_assert_false (shown.rows[0].shown);
  g_assert_true (shown.rows[1].shown);
  g_assert_cmpint (shown.n_drawn, ==, 1);
  g_assert_true (shown.drawn[0].curves == others);
  g_assert_cmpstr (shown.drawn[0].name, ==, "flat");
  g_assert_cmpint (shown.drawn[0].color, ==, shown.rows[1].color);
  ew_runs_remove (runs, 99);
  ew_runs_remove (runs, first);
  g_assert_false (ew_runs_has (runs, curves));
  g_assert_cmpint (ew_runs_count (runs), ==, 1);
  /* Nothing keeps them. */
  g_assert_cmpint (atomic_load (&curves->refs), ==, 1);
}

/* Numbers are never used again, colours are; where there is no room the oldest goes, and its name is told. */
static void
test_bound (void)
{
  g_autoptr (EwRuns) runs = ew_runs_new ();
  gboolean used[EW_CHART_RUNS_MAX] = { FALSE };
  Shown shown;
  char *gone;
  int freed, last;

  for (int k = 0; k < EW_CHART_RUNS_MAX; k++)
    {
      g_assert_cmpint (add (runs, NULL, &gone), ==, k + 1);
      g_assert_null (gone);
    }
  fill (&shown, runs);
  for (int k = 0; k < EW_CHART_RUNS_MAX; k++)
    {
      g_assert_cmpint (shown.rows[k].color, >=, 0);
      g_assert_cmpint (shown.rows[k].color, <, EW_CHART_RUNS_MAX);
      g_assert_false (used[shown.rows[k].color]);
      used[shown.rows[k].color] = TRUE;
    }
  freed = shown.rows[0].color;
  last = add (runs, NULL, &gone);
  g_assert_cmpstr (gone, ==, "Run 1");
  g_free (gone);
  fill (&shown, runs);
  g_assert_cmpint (ew_runs_count (runs), ==, EW_CHART_RUNS_MAX);
  g_assert_cmpint (shown.rows[0].id, ==, 2);
  g_assert_cmpint (shown.rows[EW_CHART_RUNS_MAX - 1].id, ==, last);
  g_assert_cmpint (shown.rows[EW_CHART_RUNS_MAX - 1].color, ==, freed);

  /* One out of the middle. */
  freed = shown.rows[3].color;
  ew_runs_remove (runs, shown.rows[3].id);
  g_assert_cmpint (add (runs, "later", &gone), ==, last + 1);
  g_assert_null (gone);
  fill (&shown, runs);
  g_assert_cmpint (shown.rows[EW_CHART_RUNS_MAX - 1].color, ==, freed);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/runs/names", test_names);
  g_test_add_func ("/runs/bound", test_bound);
  return g_test_run ();
}
