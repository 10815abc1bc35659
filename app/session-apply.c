/* EwSession: the kernel applied to another image, and the output written into a file. */
#include "app/files/write.h"
#include "app/session-private.h"
#include "engine/devices.h"

#include <glib/gi18n.h>

/* An output that a worker makes and writes. */
typedef struct
{
  EwGrid *x;
  EwKernel *kernel;
  EwGeometry geometry;
  char *path;
  gint64 n_clipped;
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  ew_grid_unref (saving->x);
  ew_kernel_unref (saving->kernel);
  g_free (saving->path);
  g_free (saving);
}

static gboolean
write_output (Saving *saving, GError **error)
{
  const EwBackend *const backends[] = { ew_cpu_backend () };
  g_autoptr (EwGrid) output = NULL;
  EwDevices *devices;
  gboolean ok;
  int height, width;

  if (!ew_geometry_output_size (&saving->geometry, saving->x->height, saving->x->width, &height, &width, error)
      || (output = ew_grid_new (height, width, error)) == NULL)
    return FALSE;
  devices = ew_devices_new (backends, 1, 0);
  ok = ew_devices_correlate (devices, saving->x, saving->kernel, &saving->geometry, EW_METHOD_AUTO, output, NULL, error);
  ew_devices_free (devices);
  return ok && ew_grid_write (saving->path, output, &saving->n_clipped, error);
}

static void
save (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (write_output (data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *window, GAsyncResult *result, gpointer unused)
{
  const Saving *saving = g_task_get_task_data (G_TASK (result));
  g_autofree char *name = g_filename_display_basename (saving->path);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  /* The window may have been closed meanwhile. */
  if (g_object_get_data (window, "ew-session") == NULL)
    return;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    text = g_strdup_printf ("%s: %s", name, error->message);
  else if (saving->n_clipped > 0)
    text = g_strdup_printf (_ ("Saved %s; %" G_GINT64_FORMAT " values outside 0 … 1 were clipped"), name, saving->n_clipped);
  else
    text = g_strdup_printf (_ ("Saved %s"), name);
  ew_window_toast (EW_WINDOW (window), text);
}

static void
start_saving (EwSession *session, const char *path)
{
  const EwSnapshot *s = session->snapshot;
  EwKernel *kernel = ew_session_present_kernel (session);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;
  Saving *saving;

  if (s == NULL || s->x == NULL || kernel == NULL)
    return;
  if (!ew_grid_check_name (path, &error))
    {
      ew_session_refuse (session, g_steal_pointer (&error));
      return;
    }
  saving = g_new0 (Saving, 1);
  saving->x = ew_grid_ref (s->x);
  saving->kernel = ew_kernel_ref (kernel);
  saving->geometry = s->geometry;
  saving->path = g_strdup (path);
  task = g_task_new (session->window, NULL, on_saved, NULL);
  g_task_set_task_data (task, saving, saving_free);
  g_task_run_in_thread (task, save);
}

/* The kernel as it is now, with the image as input, what it makes of that as the target, and itself as start values. */
static gboolean
set_applied (EwSession *session, EwSource *image, EwKernel *kernel, GError **error)
{
  EwExperiment changed;
  gboolean ok;

  ew_experiment_copy (&changed, &session->experiment);
  ok = ew_experiment_set_teacher (&changed, kernel, EW_TARGET_KERNEL, NULL, error)
       && ew_experiment_set_input (&changed, image, NULL, error)
       && ew_experiment_set_start (&changed, kernel, NULL, error);
  if (!ok)
    {
      ew_experiment_clear (&changed);
      return FALSE;
    }
  ew_experiment_clear (&session->experiment);
  session->experiment = changed;
  return TRUE;
}

static void
take_image (EwSession *session, EwOpening *opening)
{
  EwKernel *kernel = ew_session_present_kernel (session);
  EwSource *image = opening->sources[0];
  GError *error = NULL;
  EwMoment before;
  char *note;

  if (kernel == NULL)
    return;
  ew_session_begin (session, &before);
  ew_kernel_ref (kernel);
  if (!set_applied (session, image, kernel, &error))
    ew_session_refuse (session, error);
  else
    {
      note = g_strdup_printf (_ ("The kernel is kept and applied to %s: Output is what it makes of it. Undo goes back to the "
                                 "pair."),
                              image->name);
      ew_session_changed (session, note);
    }
  ew_kernel_unref (kernel);
  ew_session_commit (session, &before, _ ("Apply to Another Image"), 0);
}

static void
on_read (EwOpening *opening, GError *error, gpointer data)
{
  EwSession *session = data;

  ew_session_end_opening (session);
  if (error != NULL)
    ew_session_refuse (session, g_error_copy (error));
  else
    take_image (session, opening);
  g_clear_pointer (&session->opening, ew_opening_unref);
}

static void
start_reading (EwSession *session, const char *path)
{
  ew_session_start_opening (session, path, NULL, session->experiment.settings.channels, on_read);
}

static void
on_apply (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ew_session_ask_path (data, _ ("Apply the Kernel to an Image"), NULL, start_reading);
}

static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ew_session_ask_path (data, _ ("Save the Output"), "output.png", start_saving);
}

void
ew_session_add_apply (EwSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "apply-kernel", .activate = on_apply },
    { .name = "save-output", .activate = on_save },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
}
