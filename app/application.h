/* EwApplication: the window program: command line, windows, shortcuts, remembered settings. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_APPLICATION (ew_application_get_type ())
G_DECLARE_FINAL_TYPE (EwApplication, ew_application, EW, APPLICATION, AdwApplication)

/* @unique: a second start opens its window in the first one's process. */
EwApplication *ew_application_new (gboolean unique);

G_END_DECLS
