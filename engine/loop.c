/* EwLoop: the thread, its queue of commands and its mailbox. All that is shared lies under one mutex, held for moments.
 */
#include "engine/loop.h"

#include "engine/courtesy.h"
#include "engine/loop-obey.h"
#include "engine/loop-past.h"
#include "engine/loop-send.h"
#include "engine/pool.h"

#include <pthread.h>
#include <string.h>

/* While training, a snapshot that nobody has taken yet is replaced this often at most. */
#define REPLACE_NS 100000000
#define FRAME_NS   17000000

struct _EwLoop
{
  pthread_t thread;
  EwDevices *devices;
  EwViewer *viewer;
  EwLoopWake wake;
  gpointer data;
  EwCancel cancel_load;
  EwCancel cancel_epoch;
  guint64 last_generation; /* the sender's */
  guint64 last_task;       /* the sender's */

  pthread_mutex_t mutex;
  pthread_cond_t arrived;
  GQueue commands;
  EwSnapshot *snapshot;
  GQueue notices;

  /* The thread's own. */
  EwRunner runner;
  gint64 published_ns;
};

void
ew_notice_free (EwNotice *notice)
{
  if (notice == NULL)
    return;
  g_free (notice->sentence);
  g_free (notice);
}

/* The flags say what is waiting in the queue; so work begun after a command was taken is not cut short by it. */
static void
update_cancel_flags (EwLoop *loop)
{
  gboolean epoch = FALSE;
  gboolean load = FALSE;

  for (GList *l = loop->commands.head; l != NULL; l = l->next)
    {
      epoch |= ew_command_interrupts_epoch (((EwCommand *)l->data)->kind);
      load |= ew_command_interrupts_load (((EwCommand *)l->data)->kind);
    }
  atomic_store (&loop->cancel_epoch, epoch);
  atomic_store (&loop->cancel_load, load);
}

guint64
ew_loop_post (EwLoop *loop, EwCommand command)
{
  guint64 generation = ++loop->last_generation;

  command.generation = generation;
  pthread_mutex_lock (&loop->mutex);
  g_queue_push_tail (&loop->commands, g_memdup2 (&command, sizeof command));
  update_cancel_flags (loop);
  pthread_cond_signal (&loop->arrived);
  pthread_mutex_unlock (&loop->mutex);
  return generation;
}

/* TRUE where the user's side had nothing to take before, so that it must be told. */
static gboolean
mailbox_empty (const EwLoop *loop)
{
  return loop->snapshot == NULL && loop->notices.length == 0;
}

static void
post_notice_of (EwLoop *loop, EwNoticeKind kind, guint64 task, char *sentence)
{
  EwNotice *notice = g_new0 (EwNotice, 1);

  notice->kind = kind;
  notice->task = task;
  notice->sentence = sentence;
  pthread_mutex_lock (&loop->mutex);

  gboolean was_empty = mailbox_empty (loop);

  g_queue_push_tail (&loop->notices, notice);
  pthread_mutex_unlock (&loop->mutex);
  if (was_empty && loop->wake != NULL)
    loop->wake (loop->data);
}

static void
post_notice (EwNoticeKind kind, char *sentence, gpointer data)
{
  EwLoop *loop = data;

  post_notice_of (loop, kind, kind == EW_NOTICE_REFUSED ? loop->runner.loading : loop->runner.task, sentence);
}

/* On the viewer's thread. */
static void
pictures_wake (gpointer data)
{
  EwLoop *loop = data;

  if (loop->wake != NULL)
    loop->wake (loop->data);
}

static void
pictures_failed (guint64 task, char *sentence, gpointer data)
{
  post_notice_of (data, EW_NOTICE_INFO, task, sentence);
}

static void
publish (EwLoop *loop)
{
  EwSnapshot *snapshot = ew_runner_snapshot (&loop->runner);

  pthread_mutex_lock (&loop->mutex);

  gboolean was_empty = mailbox_empty (loop);
  EwSnapshot *old = g_steal_pointer (&loop->snapshot);

  loop->snapshot = snapshot;
  pthread_mutex_unlock (&loop->mutex);
  ew_snapshot_unref (old);
  loop->published_ns = ew_loop_now_ns ();
  if (was_empty && loop->wake != NULL)
    loop->wake (loop->data);
}

/* Between slices: a snapshot that was taken is followed by a new one, one that was not is renewed now and then. */
static void
publish_if_due (EwLoop *loop)
{
  pthread_mutex_lock (&loop->mutex);

  gboolean taken = loop->snapshot == NULL;

  pthread_mutex_unlock (&loop->mutex);
  if (taken || ew_loop_now_ns () - loop->published_ns > REPLACE_NS)
    publish (loop);
}

static void
obey (EwLoop *loop, EwCommand *command)
{
  EwRunner *runner = &loop->runner;

  runner->generation = command->generation;
  if (command->kind == EW_COMMAND_TASK)
    {
      runner->preparing = TRUE;
      publish (loop);
      runner->preparing = FALSE;
    }
  ew_runner_obey (runner, command);
}

static void
wait_for_command (EwLoop *loop, gint64 ns)
{
  if (ns < 0)
    {
      pthread_cond_wait (&loop->arrived, &loop->mutex);
      return;
    }

  gint64 end = ew_loop_now_ns () + ns;
  struct timespec until = { end / 1000000000, end % 1000000000 };

  pthread_cond_timedwait (&loop->arrived, &loop->mutex, &until);
}

/* The next command, or NULL where there is work to do first. */
static EwCommand *
next_command (EwLoop *loop)
{
  EwCommand *command = NULL;
  gint64 next = ew_runner_next (&loop->runner);

  pthread_mutex_lock (&loop->mutex);
  if (loop->commands.length == 0 && next != 0)
    wait_for_command (loop, next);
  command = g_queue_pop_head (&loop->commands);
  update_cancel_flags (loop);
  pthread_mutex_unlock (&loop->mutex);
  return command;
}

static gboolean
more_commands (EwLoop *loop)
{
  pthread_mutex_lock (&loop->mutex);

  gboolean more = loop->commands.length > 0;

  pthread_mutex_unlock (&loop->mutex);
  return more;
}

static void *
run (gpointer data)
{
  EwLoop *loop = data;
  gboolean quit = FALSE;

  ew_courtesy_lower_priority ();
  ew_runner_init (&loop->runner, loop->devices, loop->viewer, post_notice, loop, &loop->cancel_load,
                  &loop->cancel_epoch);
  while (!quit)
    {
      EwCommand *command = next_command (loop);

      if (command != NULL)
        {
          quit = command->kind == EW_COMMAND_QUIT;
          obey (loop, command);
          ew_command_free (command);
          /* A burst of commands ends in one picture. */
          if (!quit && !more_commands (loop))
            {
              ew_past_settle (&loop->runner);
              publish (loop);
            }
        }
      else if (ew_runner_next (&loop->runner) == 0)
        {
          gboolean news = ew_runner_work (&loop->runner);

          ew_courtesy_give_way ();
          /* Before a wait that lasts longer than a frame the last epoch is shown. */
          if (news || ew_runner_next (&loop->runner) > FRAME_NS)
            publish (loop);
          else
            publish_if_due (loop);
        }
    }
  ew_runner_finish (&loop->runner);
  return NULL;
}

EwLoop *
ew_loop_new (EwDevices *devices, EwLoopWake wake, gpointer data)
{
  EwLoop *loop = g_new0 (EwLoop, 1);
  pthread_condattr_t attributes;

  loop->devices = devices;
  loop->wake = wake;
  loop->data = data;
  pthread_mutex_init (&loop->mutex, NULL);
  /* Waiting is until a time of the monotonic clock, which nobody sets. */
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&loop->arrived, &attributes);
  pthread_condattr_destroy (&attributes);
  g_queue_init (&loop->commands);
  g_queue_init (&loop->notices);
  loop->viewer = ew_viewer_new (&(EwViewerCalls){ pictures_wake, pictures_failed, loop });
  if (loop->viewer != NULL && pthread_create (&loop->thread, NULL, run, loop) == 0)
    return loop;
  loop->thread = 0;
  ew_loop_free (loop);
  return NULL;
}

void
ew_loop_free (EwLoop *loop)
{
  if (loop == NULL)
    return;
  if (loop->thread != 0)
    {
      ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_QUIT });
      pthread_join (loop->thread, NULL);
    }
  ew_viewer_free (loop->viewer);
  g_queue_clear_full (&loop->commands, (GDestroyNotify)ew_command_free);
  g_queue_clear_full (&loop->notices, (GDestroyNotify)ew_notice_free);
  ew_snapshot_unref (loop->snapshot);
  ew_devices_free (loop->devices);
  pthread_cond_destroy (&loop->arrived);
  pthread_mutex_destroy (&loop->mutex);
  g_free (loop);
}

guint64
ew_loop_set_task (EwLoop *loop, const EwTask *task, guint64 *task_number)
{
  guint64 number = ++loop->last_task;

  if (task_number != NULL)
    *task_number = number;
  return ew_loop_post (loop, (EwCommand){ .kind = EW_COMMAND_TASK, .task = ew_task_copy (task), .count = number });
}

EwSnapshot *
ew_loop_take_snapshot (EwLoop *loop)
{
  pthread_mutex_lock (&loop->mutex);

  EwSnapshot *snapshot = g_steal_pointer (&loop->snapshot);

  pthread_mutex_unlock (&loop->mutex);
  return snapshot;
}

EwNotice *
ew_loop_take_notice (EwLoop *loop)
{
  pthread_mutex_lock (&loop->mutex);

  EwNotice *notice = g_queue_pop_head (&loop->notices);

  pthread_mutex_unlock (&loop->mutex);
  return notice;
}

void
ew_loop_set_viewport (EwLoop *loop, const EwViewport *viewport)
{
  ew_viewer_set_viewport (loop->viewer, viewport);
}

EwPictures *
ew_loop_take_pictures (EwLoop *loop)
{
  return ew_viewer_take (loop->viewer);
}
