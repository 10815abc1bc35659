/* What the tests of the loop share: the window's side of it, and tasks. */
#pragma once

#include "engine/loop.h"
#include "tests/engine-fixtures.h"
#include "tests/fake-backend.h"

/* What the window would hold. */
typedef struct
{
  EwLoop *loop;
  atomic_int wakes;
  int takings; /* how often the mailbox was emptied */
  guint64 sent;
  guint64 went_back; /* the newest command after which the epoch may fall */
  EwSnapshot *last;
  EwPictures *pictures; /* the newest */
  GPtrArray *notices;
} Window;

void wake (gpointer data);

/* A loop on the CPU and, where it is not NULL, a @second backend. */
void window_open (Window *window, const EwBackend *second);
void window_close (Window *window);

/* Takes what there is. TRUE where there was a snapshot. */
gboolean pump (Window *window);

/* What is waited for, and some of them. */
typedef gboolean (*Condition) (const EwSnapshot *s, guint64 value);
gboolean any (const EwSnapshot *s, guint64 value);
gboolean paused (const EwSnapshot *s, guint64 value);
gboolean epoch_reached (const EwSnapshot *s, guint64 value);

/* Pumps until a snapshot that reflects all that was sent fulfils the condition. */
const EwSnapshot *wait_until (Window *window, Condition condition, guint64 value);

/* The pictures of a part of what the last snapshot shows, once they follow its kernel. */
const EwPictures *wait_for_pictures (Window *window, const EwViewport *part);

/* The notice with that number, or an empty one. */
const EwNotice *notice_at (const Window *window, guint i);

/* There is such a notice, and its sentence holds @text. */
void check_notice (const Window *window, guint i, EwNoticeKind kind, guint64 task, const char *text);

/* Sends a task with one sample; the grids and kernels are taken over. y or teacher may be NULL. */
guint64 send_pair (Window *window, EwGrid *x, EwGrid *y, EwKernel *teacher, EwKernel *start, const EwTask *rest);

/* The golden case, sent. */
guint64 send_golden (Window *window, double rate, guint64 epoch_limit, gboolean running);

/* A random input, a random teacher and zeros to start from, learned with a bias at the automatic rate. */
guint64 send_random (Window *window, guint64 seed, int height, int width, int kh, int kw, gboolean running);

/* The cases, by what they try. */
void add_loop_tasks_cases (void);
void add_loop_devices_cases (void);
void add_loop_stress_cases (void);
