/* What the commands of edgewise-cli share. */
#pragma once

#include "app/cli/arguments.h"
#include "app/files/picture.h"
#include "engine/devices.h"

G_BEGIN_DECLS

/* A command: gets its own arguments, NULL-terminated. Fails with EW_ERROR_USAGE (status 2) or another error (status 1).
 */
typedef gboolean (*EwCliFunc) (char *const *arguments, GError **error);

gboolean ew_cli_demo (char *const *arguments, GError **error);
gboolean ew_cli_corr2d (char *const *arguments, GError **error);
gboolean ew_cli_learn (char *const *arguments, GError **error);
gboolean ew_cli_race (char *const *arguments, GError **error);
gboolean ew_cli_presets (char *const *arguments, GError **error);
gboolean ew_cli_devices (char *const *arguments, GError **error);
gboolean ew_cli_bench (char *const *arguments, GError **error);

/* One line on standard error: "edgewise-cli: " and a sentence, in which any line break is made a blank. */
void ew_cli_say (const char *sentence);

/* The devices, chosen by --device (NULL: auto) and --threads (0: one for each core). EW_ERROR_USAGE for an unknown
 * name, EW_ERROR_DEVICE for one that cannot be used. What the user should know of them later is said on standard error.
 */
EwDevices *ew_cli_devices_new (const char *device, gint64 threads, GError **error);

/* A picture, transfer full; what was dropped is said. Errors name the file. */
EwPicture *ew_cli_read_picture (const char *path, EwColour colour, GError **error);

/* A picture's luminance plane from a file, transfer full; what was dropped is said. Errors name the file. */
EwGrid *ew_cli_read_grid (const char *path, GError **error);

/* A kernel from a file or "preset:NAME", transfer full. Errors name the file. */
EwKernel *ew_cli_read_kernel (const char *name, GError **error);

/* FALSE with EW_ERROR_IO where standard output could not take all that was printed. */
gboolean ew_cli_flush (GError **error);

/* Set by the first interrupt signal; a second one ends the program as usual. */
extern EwCancel ew_cli_interrupted;

G_END_DECLS
