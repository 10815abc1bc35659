/* EwGeometryRows: how the kernel is laid over the input: padding, border, stride, dilation. */
#pragma once

#include "ui/settings.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_GEOMETRY_ROWS (ew_geometry_rows_get_type ())
G_DECLARE_FINAL_TYPE (EwGeometryRows, ew_geometry_rows, EW, GEOMETRY_ROWS, AdwBin)

/* Only the members that the rows show. Setting them emits nothing. */
void ew_geometry_rows_get_settings (EwGeometryRows *rows, EwSettings *settings);
void ew_geometry_rows_set_settings (EwGeometryRows *rows, const EwSettings *settings);

/* Signal "changed" (): the user has changed one of them. */

G_END_DECLS
