/* EwRuns: the runs that are kept beside the present one, to be compared with it. */
#pragma once

#include "ui/run-list.h"
#include "ui/window.h"

G_BEGIN_DECLS

typedef struct _EwRuns EwRuns;

/* At most EW_CHART_RUNS_MAX runs, whose curves take up to 8 MB each. */
EwRuns *ew_runs_new (void);
void ew_runs_free (EwRuns *runs);

/* Keeps @curves (a reference is taken) under @name, or, where that is NULL, "Run 3". Returns its number. Where there is no
 * room the oldest one goes, and *gone is its name (transfer full), else NULL. */
int ew_runs_add (EwRuns *runs, EwCurves *curves, const char *name, char **gone);

/* By number; one that is not there any more is passed over. An empty name changes nothing. */
void ew_runs_rename (EwRuns *runs, int id, const char *name);
void ew_runs_show (EwRuns *runs, int id, gboolean shown);
void ew_runs_remove (EwRuns *runs, int id);

int ew_runs_count (const EwRuns *runs);

/* Whether these very curves are kept. */
gboolean ew_runs_has (const EwRuns *runs, const EwCurves *curves);

/* Fills what list and charts show, up to EW_CHART_RUNS_MAX of each; the names are owned by the runs. Returns how many are
 * drawn. */
int ew_runs_fill (const EwRuns *runs, EwRunRow *rows, EwChartRun *drawn);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwRuns, ew_runs_free)

G_END_DECLS
