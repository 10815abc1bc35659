/* EwUndo: two stacks of moments. */
#include "app/undo.h"

typedef struct
{
  char *label;
  guint64 group;
  EwMoment moment;
} Step;

struct _EwUndo
{
  guint max_steps;
  gsize max_bytes;
  gboolean closed; /* nothing joins the last step any more */
  GPtrArray *done;
  GPtrArray *undone;
};

static void
step_free (gpointer data)
{
  Step *step = data;

  ew_moment_clear (&step->moment);
  g_free (step->label);
  g_free (step);
}

EwUndo *
ew_undo_new (guint max_steps, gsize max_bytes)
{
  EwUndo *undo = g_new0 (EwUndo, 1);

  undo->max_steps = max_steps;
  undo->max_bytes = max_bytes;
  undo->done = g_ptr_array_new_with_free_func (step_free);
  undo->undone = g_ptr_array_new_with_free_func (step_free);
  return undo;
}

void
ew_undo_free (EwUndo *undo)
{
  if (undo == NULL)
    return;
  g_ptr_array_unref (undo->done);
  g_ptr_array_unref (undo->undone);
  g_free (undo);
}

static void
push (GPtrArray *steps, const char *label, guint64 group, EwMoment *moment)
{
  Step *step = g_new0 (Step, 1);

  step->label = g_strdup (label);
  step->group = group;
  step->moment = *moment;
  *moment = (EwMoment){ .kernel = NULL };
  g_ptr_array_add (steps, step);
}

static Step *
last_of (GPtrArray *steps)
{
  return steps->len == 0 ? NULL : g_ptr_array_index (steps, steps->len - 1);
}

/* Bytes of a picture that were not counted yet. */
static gsize
count_source (GHashTable *seen, EwSource *source)
{
  return source == NULL || !g_hash_table_add (seen, source) ? 0 : ew_source_bytes (source);
}

static gsize
count_pictures (GHashTable *seen, const EwExperiment *e)
{
  gsize bytes = count_source (seen, e->input) + count_source (seen, e->target) + count_source (seen, e->mask);

  for (int i = 0; e->pairs != NULL && i < e->pairs->n; i++)
    bytes += count_source (seen, e->pairs->items[i].input) + count_source (seen, e->pairs->items[i].target)
             + count_source (seen, e->pairs->items[i].mask);
  return bytes;
}

static gsize
count_steps (GHashTable *seen, GPtrArray *steps)
{
  gsize bytes = 0;

  for (guint i = 0; i < steps->len; i++)
    {
      const EwMoment *m = &((Step *)g_ptr_array_index (steps, i))->moment;
      const EwExperiment *e = &m->experiment;

      bytes += count_pictures (seen, e) + sizeof (Step)
               + sizeof (double)
                     * (gsize)(ew_kernel_n_taps (m->kernel) + ew_kernel_n_taps (e->start)
                               + ew_kernel_n_taps (e->teacher));
    }
  return bytes;
}

gsize
ew_undo_bytes (const EwUndo *undo, const EwExperiment *present)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  count_pictures (seen, present);
  return count_steps (seen, undo->done) + count_steps (seen, undo->undone);
}

/* The oldest are at the beginning of either stack. */
static void
trim (EwUndo *undo, const EwExperiment *present)
{
  while (undo->done->len + undo->undone->len > undo->max_steps
         || (undo->done->len + undo->undone->len > 0 && ew_undo_bytes (undo, present) > undo->max_bytes))
    g_ptr_array_remove_index (undo->done->len > 0 ? undo->done : undo->undone, 0);
}

void
ew_undo_add (EwUndo *undo, const char *label, guint64 group, EwMoment *before, const EwExperiment *present)
{
  if (group != 0 && ew_undo_group (undo) == group)
    ew_moment_clear (before);
  else
    push (undo->done, label, group, before);
  undo->closed = FALSE;
  g_ptr_array_set_size (undo->undone, 0);
  trim (undo, present);
}

static gboolean
exchange (EwUndo *undo, GPtrArray *from, GPtrArray *to, EwMoment *present, EwMoment *moment)
{
  Step *step = last_of (from);

  if (step == NULL)
    return FALSE;
  undo->closed = TRUE;
  push (to, step->label, step->group, present);
  *moment = step->moment;
  step->moment = (EwMoment){ .kernel = NULL };
  g_ptr_array_remove_index (from, from->len - 1);
  trim (undo, &moment->experiment);
  return TRUE;
}

gboolean
ew_undo_back (EwUndo *undo, EwMoment *present, EwMoment *moment)
{
  return exchange (undo, undo->done, undo->undone, present, moment);
}

gboolean
ew_undo_forward (EwUndo *undo, EwMoment *present, EwMoment *moment)
{
  return exchange (undo, undo->undone, undo->done, present, moment);
}

void
ew_undo_drop (EwUndo *undo)
{
  if (undo->done->len > 0)
    g_ptr_array_remove_index (undo->done, undo->done->len - 1);
  undo->closed = TRUE;
}

guint64
ew_undo_group (const EwUndo *undo)
{
  const Step *step = last_of (undo->done);

  return step == NULL || undo->closed ? 0 : step->group;
}

const char *
ew_undo_label (const EwUndo *undo)
{
  const Step *step = last_of (undo->done);

  return step == NULL ? NULL : step->label;
}

const char *
ew_undo_redo_label (const EwUndo *undo)
{
  const Step *step = last_of (undo->undone);

  return step == NULL ? NULL : step->label;
}
