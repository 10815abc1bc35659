/* EwFindingsPanel: what was found in a pair of images, a sentence and a button each; above the pictures until it is
 * closed. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_FINDINGS_PANEL (ew_findings_panel_get_type ())
G_DECLARE_FINAL_TYPE (EwFindingsPanel, ew_findings_panel, EW, FINDINGS_PANEL, AdwBin)

typedef enum
{
  EW_NOTE_GOOD,  /* an answer */
  EW_NOTE_PLAIN, /* something to know */
  EW_NOTE_BLOCKS, /* nothing sensible can be learned before it is mended */
  EW_NOTE_N,
} EwNoteKind;

/* @button: NULL where there is nothing to be done; @id: told when it is pressed. Nothing is kept. */
typedef struct
{
  EwNoteKind kind;
  const char *sentence;
  const char *button;
  int id;
} EwNote;

GtkWidget *ew_findings_panel_new (void);

/* What they are about: "before.png → after.png". */
void ew_findings_panel_set_subject (EwFindingsPanel *panel, const char *subject);

/* Shows notes in place of those before. @offers_all: with a button that applies all of them. Its signals: "apply" (int id),
 * "apply-all". */
void ew_findings_panel_set_notes (EwFindingsPanel *panel, const EwNote *notes, int n, gboolean offers_all);

/* While something is under way the buttons rest. */
void ew_findings_panel_set_busy (EwFindingsPanel *panel, gboolean busy);

void ew_findings_panel_set_open (EwFindingsPanel *panel, gboolean open);
gboolean ew_findings_panel_get_open (EwFindingsPanel *panel);

G_END_DECLS
