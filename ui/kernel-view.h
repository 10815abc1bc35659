/* EwKernelView: a widget that shows a kernel and lets its weights be edited in place. */
#pragma once

#include "engine/kernel.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EW_TYPE_KERNEL_VIEW (ew_kernel_view_get_type ())
G_DECLARE_FINAL_TYPE (EwKernelView, ew_kernel_view, EW, KERNEL_VIEW, GtkWidget)

GtkWidget *ew_kernel_view_new (void);

/* Shows @kernel (a reference is taken; NULL: nothing). May be called at every frame, also while a weight is being
 * edited: the open entry stays as it is unless the kernel's size changes. */
void ew_kernel_view_set_kernel (EwKernelView *view, EwKernel *kernel);
EwKernel *ew_kernel_view_get_kernel (EwKernelView *view);

/* Whether the bias has an editable cell of its own under the kernel. */
void ew_kernel_view_set_show_bias (EwKernelView *view, gboolean show);

/* The standard errors of weights, told with the weight that is selected or pointed at; infinite: it is not determined. A
 * reference is taken; NULL, or another size: none. */
void ew_kernel_view_set_errors (EwKernelView *view, EwKernel *errors);

/* Whether weights can be edited; they can from the start. */
void ew_kernel_view_set_editable (EwKernelView *view, gboolean editable);

/* The weights that stay as they are, NaN in those that do not; NULL: none does. They have a mark, and are told as such. */
void ew_kernel_view_set_fixed (EwKernelView *view, EwKernel *fixed);

/* The selected weight: taps row by row, then the bias; the order of a problem's parameters. Also the property
 * "selected", whose notification follows the user's selection. */
void ew_kernel_view_set_selected (EwKernelView *view, int index);
int ew_kernel_view_get_selected (EwKernelView *view);

/* TRUE while an entry is open. */
gboolean ew_kernel_view_is_editing (EwKernelView *view);

/* The number of the present edit: turns of the wheel, key presses and a drag that change one weight in one go have the
 * same one. For undo. */
guint64 ew_kernel_view_get_edit (EwKernelView *view);

/* Signal "kernel-edited" (gpointer kernel): the user has changed a weight; @kernel is the whole new EwKernel, which the
 * view already shows, valid during the emission (take a reference to keep it). */

/* The weight that is pointed at: under the pointer, or else selected while the view has the keyboard; −1: none. The
 * signal "weight-pointed" (int index) tells of every change. */
int ew_kernel_view_get_pointed (EwKernelView *view);

G_END_DECLS
