/* The inside of EwKernelView. An index counts taps row by row, then the bias; −1 is none. */
#pragma once

#include "ui/kernel-entry.h"
#include "ui/kernel-view.h"
#include "ui/paint/kernel.h"
#include "ui/settle.h"

struct _EwKernelView
{
  GtkWidget parent_instance;

  EwKernel *kernel;
  EwKernel *errors;
  EwKernel *fixed; /* NULL: no weight is */
  gboolean show_bias;
  gboolean editable;
  int selected;  /* taps row by row, then the bias */
  int hover;     /* likewise; −1: none */
  EwRange range; /* {0, 0}: not chosen yet */
  EwKernelEntry *entry;
  GtkWidget *menu;   /* NULL until it is first wanted */
  guint64 edit;      /* number of the present edit */
  gint64 nudged_us;  /* when it last was a small step, 0: never */
  int nudged;        /* of which weight */
  int dragged;       /* the weight that is pressed; −1: none */
  double drag_value; /* what it was then */
  double drag_step;
  gboolean dragging; /* it has moved far enough to be no click */
  EwSettle settle;

  int pointer_index; /* of the weight under the pointer, for weight-pointed alone; −1: none */
  int pointed;       /* as last told */
};

/* Cells that can be selected, 0 without a kernel. */
int ew_kernel_view_n_cells (EwKernelView *view);
gboolean ew_kernel_view_is_bias (EwKernelView *view, int index);
double ew_kernel_view_value_at (EwKernelView *view, int index);

/* A cell as painting counts them. */
int ew_kernel_view_paint_cell (EwKernelView *view, int index);

/* Where the cells lie, and which one is at (x, y). */
void ew_kernel_view_find_box (EwKernelView *view, EwKernelBox *box);
/* The middle of a cell. */
void ew_kernel_view_find_cell (EwKernelView *view, int index, double *x, double *y);
int ew_kernel_view_index_at (EwKernelView *view, double x, double y);

/* "K[1, 2] = −0.125". Transfer full. */
char *ew_kernel_view_caption (EwKernelView *view, int index);

/* GtkWidgetClass.snapshot. */
void ew_kernel_view_draw (GtkWidget *widget, GtkSnapshot *snapshot);

/* Redraws at once and describes soon. */
void ew_kernel_view_changed (EwKernelView *view);

/* Shows the kernel with one weight changed and tells the world. */
void ew_kernel_view_change_weight (EwKernelView *view, int index, double value);

/* Begins an edit with a number of its own. */
void ew_kernel_view_begin_edit (EwKernelView *view);

/* Selects where there is such a cell. */
void ew_kernel_view_select (EwKernelView *view, int index);

/* Moves the selection by rows and columns; from the last row down to the bias, and from it up again. */
void ew_kernel_view_move_selection (EwKernelView *view, int rows, int columns);

/* Edits the selected weight in place, from its value or from what was @typed. */
void ew_kernel_view_open_entry (EwKernelView *view, const char *typed);

/* What a step of the wheel or of an arrow is worth: 0.1, and as many times more or less as the largest weight lies
 * beyond 10 or below 0.1. */
double ew_kernel_view_step (EwKernelView *view);

/* @value without what adding steps of that size has left of rounding: 0.1 + 0.2 is 0.3. */
double ew_kernel_view_round (double value, double step);

/* The menu of what can be done to the whole kernel, at a place in the view. */
void ew_kernel_view_open_menu (EwKernelView *view, double x, double y);
void ew_kernel_view_add_menu (EwKernelView *view);

/* Dragging a weight up and down. */
void ew_kernel_view_add_drag (EwKernelView *view);

/* Keys, pointer and wheel. */
void ew_kernel_view_add_controllers (EwKernelView *view);

/* Tells which weight is pointed at. */
void ew_kernel_view_add_pointing (EwKernelView *view);
