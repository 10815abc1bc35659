/* EwOpening: a GTask around ew_picture_read. */
#include "app/opening.h"

#include <glib/gi18n.h>

typedef struct
{
  EwOpening *opening;
  EwOpeningDone done;
  gpointer data;
} Call;

static EwOpening *
opening_ref (EwOpening *opening)
{
  ew_refs_acquire (&opening->refs);
  return opening;
}

void
ew_opening_unref (EwOpening *opening)
{
  if (opening == NULL || !ew_refs_release (&opening->refs))
    return;
  for (int i = 0; i < 2; i++)
    {
      g_free (opening->paths[i]);
      g_free (opening->notes[i]);
      ew_source_unref (opening->sources[i]);
    }
  g_free (opening);
}

static void
on_progress (double fraction, gpointer data)
{
  EwOpening *opening = data;

  atomic_store (&opening->permille, (int)(fraction * 1000));
}

/* In the worker. */
static gboolean
read_one (EwOpening *opening, int i, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (EwPicture) picture = NULL;
  EwColour colour = opening->channels ? EW_COLOUR_CHANNELS : EW_COLOUR_LUMINANCE;

  if (opening->paths[i] == NULL)
    return TRUE;
  name = g_filename_display_basename (opening->paths[i]);
  atomic_store (&opening->reading, i);
  atomic_store (&opening->permille, -1);
  picture = ew_picture_read (opening->paths[i], colour, on_progress, opening, &opening->cancel, error);
  if (picture == NULL)
    {
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }
  opening->notes[i] = picture->note == NULL ? NULL : g_strdup_printf ("%s: %s", name, picture->note);
  opening->sources[i] = ew_source_new_of_picture (opening->paths[i], name, picture);
  return TRUE;
}

static void
read_all (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Call *call = data;
  GError *error = NULL;

  if (read_one (call->opening, 0, &error) && read_one (call->opening, 1, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (atomic_load (&call->opening->cancel) == 0)
    call->done (call->opening, error, call->data);
}

static void
call_free (gpointer data)
{
  Call *call = data;

  ew_opening_unref (call->opening);
  g_free (call);
}

EwOpening *
ew_opening_start (const char *input, const char *target, gboolean channels, EwOpeningDone done, gpointer data)
{
  EwOpening *opening = g_new0 (EwOpening, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_read, NULL);
  Call *call = g_new0 (Call, 1);

  ew_refs_init (&opening->refs);
  opening->paths[0] = g_strdup (input);
  opening->paths[1] = g_strdup (target);
  opening->channels = channels;
  atomic_init (&opening->permille, -1);
  /* The worker may be slow to start; who asks is not to be told of a file that there is not. */
  atomic_init (&opening->reading, input == NULL ? 1 : 0);
  call->opening = opening_ref (opening);
  call->done = done;
  call->data = data;
  g_task_set_task_data (task, call, call_free);
  g_task_run_in_thread (task, read_all);
  return opening;
}

void
ew_opening_cancel (EwOpening *opening)
{
  atomic_store (&opening->cancel, 1);
  ew_opening_unref (opening);
}
