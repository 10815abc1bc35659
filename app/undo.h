/* EwUndo: moments to go back to, and forward again. */
#pragma once

#include "app/moment.h"

G_BEGIN_DECLS

typedef struct _EwUndo EwUndo;

/* Keeps at most @max_steps moments, and as many as hold at most @max_bytes of kernels and of pictures that are not open
 * any more; the oldest go first. */
EwUndo *ew_undo_new (guint max_steps, gsize max_bytes);
void ew_undo_free (EwUndo *undo);

/* Something has been done: @before (taken over) is how it was, @present what is open now. @label: for people,
 * "Resize". Steps one after the other of one @group other than 0 are undone together. Nothing is left to redo. */
void ew_undo_add (EwUndo *undo, const char *label, guint64 group, EwMoment *before, const EwExperiment *present);

/* Goes back, or forward: @present (taken over) is how it is now, *moment (transfer full) how it is to be. FALSE, and
 * nothing taken, where there is nothing to undo or redo. */
gboolean ew_undo_back (EwUndo *undo, EwMoment *present, EwMoment *moment);
gboolean ew_undo_forward (EwUndo *undo, EwMoment *present, EwMoment *moment);

/* Forgets the last thing that was done: it could not be. */
void ew_undo_drop (EwUndo *undo);

/* The group of what was done last, 0 where something was undone since. */
guint64 ew_undo_group (const EwUndo *undo);

/* What would be undone and redone; NULL: nothing. */
const char *ew_undo_label (const EwUndo *undo);
const char *ew_undo_redo_label (const EwUndo *undo);

/* Bytes held, as the bound counts them beside the pictures that are open in @present. */
gsize ew_undo_bytes (const EwUndo *undo, const EwExperiment *present);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwUndo, ew_undo_free)

G_END_DECLS
