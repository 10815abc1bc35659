/* EwPairsOpening: pair after pair through ew_picture_read, and why one is left out. */
#include "app/pairs-opening.h"

#include "app/files/pair-names.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  EwPairsOpening *opening;
  EwPairsOpeningDone done;
  gpointer data;
} Call;

static _Atomic gsize bytes_for_tests;

void
ew_pairs_set_bytes_for_tests (gsize bytes)
{
  atomic_store (&bytes_for_tests, bytes);
}

static gsize
bytes_allowed (void)
{
  gsize given = atomic_load (&bytes_for_tests);
  long pages = sysconf (_SC_PHYS_PAGES), size = sysconf (_SC_PAGESIZE);

  return given > 0 ? given : pages > 0 && size > 0 ? (gsize)pages / 2 * (gsize)size : G_MAXSIZE;
}

static EwPairsOpening *
opening_ref (EwPairsOpening *opening)
{
  ew_refs_acquire (&opening->refs);
  return opening;
}

void
ew_pairs_opening_unref (EwPairsOpening *opening)
{
  if (opening == NULL || !ew_refs_release (&opening->refs))
    return;
  ew_pairs_unref (opening->pairs);
  if (opening->has_former)
    ew_experiment_clear (&opening->former);
  g_free (opening->path);
  g_free (opening);
}

char *
ew_pairs_opening_describe (EwPairsOpening *opening, double *fraction)
{
  g_autofree char *folder = g_filename_display_basename (opening->path);
  int n = atomic_load (&opening->n), reading = atomic_load (&opening->reading);
  int permille = MAX (atomic_load (&opening->permille), 0);

  *fraction = n == 0 ? -1 : (reading + permille / 1000.0) / n;
  return n == 0 ? g_strdup_printf (_ ("Opening %s…"), folder)
                : g_strdup_printf (_ ("Opening pair %d of %d in %s…"), MIN (reading + 1, n), n, folder);
}

/* Of the two files of a pair the first or the second half. */
static void
on_progress (double fraction, gpointer data)
{
  EwPairsOpening *opening = data;
  int half = atomic_load (&opening->permille) >= 500 ? 500 : 0;

  atomic_store (&opening->permille, half + (int)(fraction * 499));
}

static EwSource *
read_source (EwPairsOpening *opening, const char *path, EwColour colour, char **note, GError **error)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autoptr (EwPicture) picture = ew_picture_read (path, colour, on_progress, opening, &opening->cancel, error);

  if (picture == NULL)
    {
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  if (picture->note != NULL && *note == NULL)
    *note = g_strdup_printf ("%s: %s", name, picture->note);
  return ew_source_new_of_picture (path, name, picture);
}

static gboolean
read_both (EwPairsOpening *opening, const EwPairNames *names, int i, EwColour colour, EwSource **input, EwSource **target,
           char **note, GError **error)
{
  atomic_store (&opening->permille, 0);
  *input = read_source (opening, names->before[i], colour, note, error);
  atomic_store (&opening->permille, 500);
  *target = *input == NULL ? NULL : read_source (opening, names->after[i], colour, note, error);
  return *target != NULL;
}

/* The first plane with a value that is no number. */
static gboolean
check_finite (const EwSource *source, GError **error)
{
  int row, column;

  for (int k = 0; k < source->n_planes; k++)
    if (!ew_grid_is_finite (source->planes[k], &row, &column))
      {
        g_set_error (error, EW_ERROR, EW_ERROR_DATA,
                     _ ("%s has values that are not finite numbers; opened by itself the pair can be mended."), source->name);
        return FALSE;
      }
  return TRUE;
}

/* One pair; FALSE with the reason why not. Without the colours of both it is one of luminances. */
static gboolean
read_pair (EwPairsOpening *opening, EwPairs *pairs, const EwPairNames *names, int i, GError **error)
{
  g_autoptr (EwSource) input = NULL;
  g_autoptr (EwSource) target = NULL;
  g_autofree char *note = NULL;
  EwColour colour = opening->channels ? EW_COLOUR_CHANNELS : EW_COLOUR_LUMINANCE;

  if (!read_both (opening, names, i, colour, &input, &target, &note, error))
    return FALSE;
  if (opening->each && (input->n_planes == 1 || target->n_planes == 1))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA, _ ("It has no colours, so there is no kernel for each of them."));
      return FALSE;
    }
  if (input->n_planes != target->n_planes)
    {
      g_clear_pointer (&input, ew_source_unref);
      g_clear_pointer (&target, ew_source_unref);
      if (!read_both (opening, names, i, EW_COLOUR_LUMINANCE, &input, &target, &note, error))
        return FALSE;
    }
  if (!check_finite (input, error) || !check_finite (target, error))
    return FALSE;
  ew_pairs_add (pairs, names->names[i], input, target, note);
  return TRUE;
}

/* A pair of the same name as @item is what that has become. */
static gboolean
do_again (const EwExperiment *former, const EwPairItem *item, EwPairs **pairs, GError **error)
{
  EwPairs *before = *pairs;

  for (int i = 0; i < before->n; i++)
    if (strcmp (before->items[i].name, item->name) == 0)
      {
        EwExperiment from, to;
        gboolean ok;

        ew_experiment_copy (&from, former);
        ew_experiment_show_pair (&from, (int)(item - former->pairs->items));
        ew_experiment_copy_with_pair (&to, former, before->items[i].input, before->items[i].target);
        ok = ew_experiment_replay (&to, &from, error);
        if (ok)
          *pairs = ew_pairs_with_item (before, i, to.input, to.target, to.mask, to.done);
        ew_experiment_clear (&to);
        ew_experiment_clear (&from);
        if (ok)
          ew_pairs_unref (before);
        return ok;
      }
  return TRUE;
}

/* What was done to the pairs when they were read otherwise, and which of them were held out. */
static gboolean
do_all_again (const EwExperiment *former, EwPairs **pairs, GError **error)
{
  for (int i = 0; i < former->pairs->n; i++)
    {
      const EwPairItem *item = &former->pairs->items[i];

      if (item->done != NULL && !do_again (former, item, pairs, error))
        return FALSE;
      for (int k = 0; item->held && k < (*pairs)->n; k++)
        if (strcmp ((*pairs)->items[k].name, item->name) == 0)
          {
            EwPairs *before = *pairs;

            *pairs = ew_pairs_with_held (before, k, TRUE);
            ew_pairs_unref (before);
          }
    }
  /* Those that were learned from may be among those left out. */
  if (ew_pairs_count_learned (*pairs) > 0)
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                       _ ("All pairs that could be read so are held out; take one of them back first."));
  return FALSE;
}

/* Whether to go on after what came of a pair: what is wrong with it is its own matter, but for a wish to stop. */
static gboolean
take_result (EwPairs *pairs, const char *name, gboolean good, GError *cause, GError **error)
{
  if (!good && g_error_matches (cause, EW_ERROR, EW_ERROR_CANCELLED))
    {
      g_propagate_error (error, cause);
      return FALSE;
    }
  if (!good)
    ew_pairs_leave_out (pairs, name, cause->message);
  g_clear_error (&cause);
  if (ew_pairs_bytes (pairs) <= bytes_allowed ())
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_TOO_LARGE,
                       _ ("These pairs need more than half of this machine’s memory; fewer of them would do, or “edgewise-cli "
                          "learn”, which reads one at a time."));
  return FALSE;
}

/* None was of use: the first reason stands for all. */
static void
refuse_all (const EwPairs *pairs, GError **error)
{
  const EwPairLeftOut *first = &pairs->left_out[0];

  if (pairs->n_left_out == 1)
    g_set_error (error, EW_ERROR, EW_ERROR_DATA, _ ("The only pair, %s, cannot be used. %s"), first->name, first->reason);
  else
    g_set_error (error, EW_ERROR, EW_ERROR_DATA, _ ("None of the %d pairs can be used. The first, %s: %s"), pairs->n_left_out,
                 first->name, first->reason);
}

EwPairs *
ew_pairs_read (EwPairsOpening *opening, GError **error)
{
  g_autoptr (EwPairNames) names = ew_pair_names_read (opening->path, error);
  g_autoptr (EwPairs) pairs = ew_pairs_new (opening->path);

  if (names == NULL)
    return NULL;
  atomic_store (&opening->n, names->n);
  for (int i = 0; i < names->n; i++)
    {
      GError *cause = NULL;
      gboolean good;

      atomic_store (&opening->reading, i);
      good = read_pair (opening, pairs, names, i, &cause);
      if (!take_result (pairs, names->names[i], good, cause, error))
        return NULL;
    }
  if (pairs->n == 0)
    {
      refuse_all (pairs, error);
      return NULL;
    }
  for (int i = 0; i < names->n_alone; i++)
    ew_pairs_leave_out (pairs, names->alone[i], _ ("It has no partner."));
  ew_pairs_finish (pairs);
  if (opening->has_former && !do_all_again (&opening->former, &pairs, error))
    return NULL;
  return g_steal_pointer (&pairs);
}

/* In the worker. */
static void
read_all (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  EwPairsOpening *opening = ((Call *)data)->opening;
  g_autofree char *name = g_filename_display_basename (opening->path);
  GError *error = NULL;

  opening->pairs = ew_pairs_read (opening, &error);
  if (opening->pairs != NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_prefix_error (&error, "%s: ", name);
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

  ew_pairs_opening_unref (call->opening);
  g_free (call);
}

EwPairsOpening *
ew_pairs_opening_start (const char *path, gboolean channels, gboolean each, const EwExperiment *former,
                        EwPairsOpeningDone done, gpointer data)
{
  EwPairsOpening *opening = g_new0 (EwPairsOpening, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_read, NULL);
  Call *call = g_new0 (Call, 1);

  ew_refs_init (&opening->refs);
  opening->path = g_strdup (path);
  opening->channels = channels;
  opening->each = each;
  opening->has_former = former != NULL;
  if (former != NULL)
    ew_experiment_copy (&opening->former, former);
  call->opening = opening_ref (opening);
  call->done = done;
  call->data = data;
  g_task_set_task_data (task, call, call_free);
  g_task_run_in_thread (task, read_all);
  return opening;
}

void
ew_pairs_opening_cancel (EwPairsOpening *opening)
{
  atomic_store (&opening->cancel, 1);
  ew_pairs_opening_unref (opening);
}
