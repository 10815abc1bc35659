/* EwRuns: a bounded list, each with a colour of its own. */
#include "app/runs.h"

#include <glib/gi18n.h>

typedef struct
{
  int id;
  int color;
  char *name;
  gboolean shown;
  EwCurves *curves;
} Run;

struct _EwRuns
{
  GPtrArray *all;
  int last_id;
};

static void
run_free (gpointer data)
{
  Run *run = data;

  g_free (run->name);
  ew_curves_unref (run->curves);
  g_free (run);
}

EwRuns *
ew_runs_new (void)
{
  EwRuns *runs = g_new0 (EwRuns, 1);

  runs->all = g_ptr_array_new_with_free_func (run_free);
  return runs;
}

void
ew_runs_free (EwRuns *runs)
{
  if (runs == NULL)
    return;
  g_ptr_array_unref (runs->all);
  g_free (runs);
}

/* The first colour that no run has. */
static int
free_color (const EwRuns *runs)
{
  int color = 0;

  for (guint k = 0; k < runs->all->len; k++)
    if (((Run *)runs->all->pdata[k])->color == color)
      {
        color++;
        k = (guint)-1;
      }
  return color;
}

int
ew_runs_add (EwRuns *runs, EwCurves *curves, const char *name, char **gone)
{
  Run *run = g_new0 (Run, 1);

  *gone = NULL;
  if (runs->all->len == EW_CHART_RUNS_MAX)
    {
      *gone = g_strdup (((Run *)runs->all->pdata[0])->name);
      g_ptr_array_remove_index (runs->all, 0);
    }
  run->id = ++runs->last_id;
  run->color = free_color (runs);
  run->name = name != NULL ? g_strdup (name) : g_strdup_printf (_ ("Run %d"), run->id);
  run->shown = TRUE;
  run->curves = ew_curves_ref (curves);
  g_ptr_array_add (runs->all, run);
  return run->id;
}

static Run *
find (const EwRuns *runs, int id, guint *at)
{
  for (guint k = 0; k < runs->all->len; k++)
    if (((Run *)runs->all->pdata[k])->id == id)
      {
        *at = k;
        return runs->all->pdata[k];
      }
  return NULL;
}

void
ew_runs_rename (EwRuns *runs, int id, const char *name)
{
  guint at;
  Run *run = find (runs, id, &at);
  g_autofree char *stripped = g_strstrip (g_strdup (name));

  if (run == NULL || *stripped == '\0')
    return;
  g_free (run->name);
  run->name = g_steal_pointer (&stripped);
}

void
ew_runs_show (EwRuns *runs, int id, gboolean shown)
{
  guint at;
  Run *run = find (runs, id, &at);

  if (run != NULL)
    run->shown = shown;
}

void
ew_runs_remove (EwRuns *runs, int id)
{
  guint at;

  if (find (runs, id, &at) != NULL)
    g_ptr_array_remove_index (runs->all, at);
}

int
ew_runs_count (const EwRuns *runs)
{
  return (int)runs->all->len;
}

gboolean
ew_runs_has (const EwRuns *runs, const EwCurves *curves)
{
  for (guint k = 0; k < runs->all->len; k++)
    if (((Run *)runs->all->pdata[k])->curves == curves)
      return TRUE;
  return FALSE;
}

int
ew_runs_fill (const EwRuns *runs, EwRunRow *rows, EwChartRun *drawn)
{
  int n = 0;

  for (guint k = 0; k < runs->all->len; k++)
    {
      const Run *run = runs->all->pdata[k];

      rows[k] = (EwRunRow){ run->id, run->name, run->color, run->shown };
      if (run->shown)
        drawn[n++] = (EwChartRun){ run->curves, run->color, run->name };
    }
  return n;
}
