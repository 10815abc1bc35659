/* EwViewer: the background thread that makes pictures, beside the one that trains: neither waits for the other. */
#pragma once

#include "engine/view.h"

G_BEGIN_DECLS

typedef struct _EwViewer EwViewer;

/* Called on the viewer's thread. @wake: pictures can be taken; never again until they are. @fail: pictures of @task
 * could not be made, and why (transfer full); told once for each viewport. */
typedef struct
{
  void (*wake) (gpointer data);
  void (*fail) (guint64 task, char *sentence, gpointer data);
  gpointer data;
} EwViewerCalls;

/* Starts the thread. NULL where the system has none. */
EwViewer *ew_viewer_new (const EwViewerCalls *calls);

/* Cancels what is under way, ends the thread and frees everything. */
void ew_viewer_free (EwViewer *viewer);

/* What is to be seen; may be called on any thread, returns at once and holds until the next call. New pictures are made
 * where something changed and a viewport of that task and sample is there; what comes in meanwhile is not queued: the
 * newest counts. Other planes cut short what is under way. Pictures are made by @backend if it makes any, on a device
 * that the viewer opens for itself, and else by the CPU; also after a failure of the device, without a word, since the
 * pictures are the same. NULL: by the CPU. */
void ew_viewer_show (EwViewer *viewer, guint64 task, int sample, EwGrid *x, EwGrid *y, const EwGeometry *geometry,
                     EwKernel *kernel, const EwBackend *backend);

/* Nothing is to be seen any more: lets go of the planes. */
void ew_viewer_clear (EwViewer *viewer);

/* The part that is to be seen; as ew_viewer_show. One of another size cuts short what is under way, but not so often
 * that nothing would ever be shown. */
void ew_viewer_set_viewport (EwViewer *viewer, const EwViewport *viewport);

/* The newest pictures if there are any that were not taken yet, or NULL; transfer full. Never those of planes that are
 * no longer to be seen. */
EwPictures *ew_viewer_take (EwViewer *viewer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwViewer, ew_viewer_free)

G_END_DECLS
