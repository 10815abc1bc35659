/* EwKernelEntry: the entry that EwKernelView opens over a weight. */
#pragma once

#include "ui/paint/style.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _EwKernelEntry EwKernelEntry;

/**
 * EwKernelEntryResult:
 * @changed: the value is a new one
 * @rows: where to go on, in rows; 0: not in rows
 * @cells: where to go on, in cells
 */
typedef struct
{
  gboolean changed;
  int rows;
  int cells;
} EwKernelEntryResult;

/* The entry has closed by the user's will. */
typedef void (*EwKernelEntryDone) (EwKernelEntryResult result, double value, gpointer data);

/* An entry that is a child of @parent, closed. */
EwKernelEntry *ew_kernel_entry_new (GtkWidget *parent, EwKernelEntryDone done, gpointer data);
void ew_kernel_entry_free (EwKernelEntry *entry);

/* Opens it on @value, all selected; or, with what was @typed (may be NULL), on that. */
void ew_kernel_entry_open (EwKernelEntry *entry, double value, const char *typed);

/* Closes it and forgets what was typed; done is not called. Like the two below it takes NULL, for a view that has been
 * disposed of. */
void ew_kernel_entry_close (EwKernelEntry *entry);

gboolean ew_kernel_entry_is_open (EwKernelEntry *entry);

/* What is wrong with the text, as a sentence; NULL where nothing is, or it is closed. */
const char *ew_kernel_entry_get_problem (EwKernelEntry *entry);

/* Puts it over the cell with that middle and size, inside width × height units. */
void ew_kernel_entry_allocate (EwKernelEntry *entry, double x, double y, double cell_width, double cell_height,
                               int width, int height);

void ew_kernel_entry_snapshot (EwKernelEntry *entry, GtkSnapshot *snapshot, const EwPaintStyle *style);

G_END_DECLS
