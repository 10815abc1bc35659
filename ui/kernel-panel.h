/* EwKernelPanel: tools that change a kernel as a whole, and what can be said about it. */
#pragma once

#include "engine/diagnosis.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_KERNEL_PANEL (ew_kernel_panel_get_type ())
G_DECLARE_FINAL_TYPE (EwKernelPanel, ew_kernel_panel, EW, KERNEL_PANEL, AdwBin)

/* Its buttons activate the window's actions kernel-edit, copy-kernel and paste-kernel. */
void ew_kernel_panel_set_diagnosis (EwKernelPanel *panel, EwDiagnosis *diagnosis);

G_END_DECLS
