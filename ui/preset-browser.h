/* EwPresetBrowser: a window with all presets, their pictures, sentences and parameters. */
#pragma once

#include "engine/preset.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_PRESET_BROWSER (ew_preset_browser_get_type ())
G_DECLARE_FINAL_TYPE (EwPresetBrowser, ew_preset_browser, EW, PRESET_BROWSER, AdwWindow)

/* Over @parent. Signal "chosen" (const char *preset, gboolean as_target): the user wants that preset, written as
 * ew_preset_parse reads it, as the kernel, or to make the target with. The window has closed then. */
GtkWidget *ew_preset_browser_new (GtkWindow *parent);

G_END_DECLS
