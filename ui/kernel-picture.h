/* EwKernelPicture: a small picture of a kernel's weights, in colours. */
#pragma once

#include "engine/kernel.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EW_TYPE_KERNEL_PICTURE (ew_kernel_picture_get_type ())
G_DECLARE_FINAL_TYPE (EwKernelPicture, ew_kernel_picture, EW, KERNEL_PICTURE, GtkWidget)

/* A picture of @side units, which is passed over by screen readers: what stands beside it names the kernel. */
GtkWidget *ew_kernel_picture_new (int side);

/* A reference is taken; NULL: nothing. */
void ew_kernel_picture_set_kernel (EwKernelPicture *picture, EwKernel *kernel);

G_END_DECLS
