/* EwGeometryOptions: --padding, --border, --stride and --dilation. */
#pragma once

#include "app/cli/arguments.h"
#include "engine/geometry.h"

G_BEGIN_DECLS

/* What was given; texts are NULL where they were not. Start from EW_GEOMETRY_OPTIONS_INIT. */
typedef struct
{
  const char *padding;
  const char *border;
  gint64 stride;
  gint64 dilation;
} EwGeometryOptions;

#define EW_GEOMETRY_OPTIONS_INIT                                                                                       \
  {                                                                                                                    \
    .stride = 1, .dilation = 1                                                                                         \
  }

/* The entries of a table of arguments. */
#define EW_GEOMETRY_ARGUMENTS(o)                                                                                       \
  { .name = "padding", .kind = EW_ARGUMENT_TEXT, .value = &(o)->padding },                                             \
      { .name = "border", .kind = EW_ARGUMENT_TEXT, .value = &(o)->border },                                           \
      { .name = "stride", .kind = EW_ARGUMENT_WHOLE, .value = &(o)->stride, .low = 1, .high = G_MAXINT },              \
  {                                                                                                                    \
    .name = "dilation", .kind = EW_ARGUMENT_WHOLE, .value = &(o)->dilation, .low = 1, .high = G_MAXINT                 \
  }

/* Refuses what is wrong whatever the kernel's size: EW_ERROR_USAGE. */
gboolean ew_geometry_options_check (const EwGeometryOptions *options, GError **error);

/* The geometry for a kernel. Errors as ew_geometry_options_check, and EW_ERROR_TOO_LARGE. */
gboolean ew_geometry_options_apply (const EwGeometryOptions *options, int kernel_height, int kernel_width,
                                    EwGeometry *geometry, GError **error);

G_END_DECLS
