/* EwRunList: the runs that are kept beside the present one: a colour, a name, shown or hidden, removed. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EW_TYPE_RUN_LIST (ew_run_list_get_type ())
G_DECLARE_FINAL_TYPE (EwRunList, ew_run_list, EW, RUN_LIST, GtkWidget)

/* A kept run as the list shows it: a number that stays, its name, the index of its colour (chart.h), whether it is drawn. */
typedef struct
{
  int id;
  const char *name;
  int color;
  gboolean shown;
} EwRunRow;

/* Emits "renamed" (int: id, string), "shown" (int, gboolean) and "removed" (int). */
GtkWidget *ew_run_list_new (void);

/* Shows these runs; the list is hidden where there are none. */
void ew_run_list_set_runs (EwRunList *list, const EwRunRow *rows, int n);

G_END_DECLS
