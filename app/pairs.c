/* EwPairs: what goes together, and copies with a change. */
#include "app/pairs.h"

#include "engine/kernel.h"

#include <glib/gi18n.h>

EwPairs *
ew_pairs_new (const char *path)
{
  EwPairs *pairs = g_new0 (EwPairs, 1);

  ew_refs_init (&pairs->refs);
  pairs->path = g_strdup (path);
  pairs->name = g_filename_display_basename (path);
  return pairs;
}

EwPairs *
ew_pairs_ref (EwPairs *pairs)
{
  ew_refs_acquire (&pairs->refs);
  return pairs;
}

void
ew_pairs_unref (EwPairs *pairs)
{
  if (pairs == NULL || !ew_refs_release (&pairs->refs))
    return;
  for (int i = 0; i < pairs->n; i++)
    {
      g_free (pairs->items[i].name);
      g_free (pairs->items[i].note);
      ew_source_unref (pairs->items[i].input);
      ew_source_unref (pairs->items[i].target);
      ew_source_unref (pairs->items[i].mask);
      ew_corrections_unref (pairs->items[i].done);
    }
  for (int i = 0; i < pairs->n_left_out; i++)
    {
      g_free (pairs->left_out[i].name);
      g_free (pairs->left_out[i].reason);
    }
  g_free (pairs->items);
  g_free (pairs->left_out);
  g_free (pairs->x);
  g_free (pairs->y);
  g_free (pairs->masks);
  g_free (pairs->path);
  g_free (pairs->name);
  g_free (pairs);
}

void
ew_pairs_leave_out (EwPairs *pairs, const char *name, const char *reason)
{
  pairs->left_out = g_renew (EwPairLeftOut, pairs->left_out, pairs->n_left_out + 1);
  pairs->left_out[pairs->n_left_out++] = (EwPairLeftOut){ g_strdup (name), g_strdup (reason) };
}

/* A kernel that is not square is hardly larger than this: what asks for one is a picture that was cut. All pairs would have to
 * learn a kernel of that size. */
#define ODD_SIDE 15

/* Why a pair does not go with the others, or NULL; transfer full. */
static char *
reason_against (const EwPairs *pairs, const EwSource *input, const EwSource *target)
{
  const EwGrid *x = input->planes[0], *y = target->planes[0];
  int height = x->height - y->height + 1, width = x->width - y->width + 1;

  if (height == 1 && width == 1)
    return NULL;
  if (height < 1 || width < 1 || height > EW_KERNEL_SIDE_MAX || width > EW_KERNEL_SIDE_MAX)
    return g_strdup_printf (_ ("The input is %d×%d and the target %d×%d; a target of the input’s size would fit."), x->height,
                            x->width, y->height, y->width);
  if (height != width && MAX (height, width) > ODD_SIDE)
    return g_strdup_printf (_ ("The input is %d×%d and the target %d×%d: cut from it rather than what a kernel leaves of it. Opened by "
                               "itself the pair can be mended."),
                            x->height, x->width, y->height, y->width);
  if (pairs->kernel_height == 0 || (height == pairs->kernel_height && width == pairs->kernel_width))
    return NULL;
  return g_strdup_printf (_ ("Its sizes ask for a %d×%d kernel, those of the pairs before it for %d×%d."), height, width,
                          pairs->kernel_height, pairs->kernel_width);
}

gboolean
ew_pairs_add (EwPairs *pairs, const char *name, EwSource *input, EwSource *target, const char *note)
{
  g_autofree char *reason = reason_against (pairs, input, target);
  const EwGrid *x = input->planes[0], *y = target->planes[0];

  if (reason != NULL)
    {
      ew_pairs_leave_out (pairs, name, reason);
      return FALSE;
    }
  if (x->height != y->height || x->width != y->width)
    {
      pairs->kernel_height = x->height - y->height + 1;
      pairs->kernel_width = x->width - y->width + 1;
    }
  pairs->items = g_renew (EwPairItem, pairs->items, pairs->n + 1);
  pairs->items[pairs->n++] = (EwPairItem){ .name = g_strdup (name),
                                           .input = ew_source_ref (input),
                                           .target = ew_source_ref (target),
                                           .note = g_strdup (note) };
  return TRUE;
}

void
ew_pairs_finish (EwPairs *pairs)
{
  gboolean masked = FALSE;

  pairs->n_samples = 0;
  for (int i = 0; i < pairs->n; i++)
    {
      pairs->items[i].first = pairs->n_samples;
      pairs->n_samples += pairs->items[i].input->n_planes;
      masked = masked || pairs->items[i].mask != NULL;
    }
  pairs->x = g_new (EwGrid *, pairs->n_samples);
  pairs->y = g_new (EwGrid *, pairs->n_samples);
  pairs->masks = masked ? g_new (EwGrid *, pairs->n_samples) : NULL;
  for (int i = 0; i < pairs->n; i++)
    for (int k = 0; k < pairs->items[i].input->n_planes; k++)
      {
        const EwPairItem *item = &pairs->items[i];

        pairs->x[item->first + k] = item->input->planes[k];
        pairs->y[item->first + k] = item->target->planes[k];
        if (masked)
          pairs->masks[item->first + k] = item->mask == NULL ? NULL : item->mask->planes[k];
      }
}

/* All of it, not finished. */
static EwPairs *
copy (const EwPairs *pairs)
{
  EwPairs *to = ew_pairs_new (pairs->path);

  to->kernel_height = pairs->kernel_height;
  to->kernel_width = pairs->kernel_width;
  to->n = pairs->n;
  to->items = g_memdup2 (pairs->items, (gsize)pairs->n * sizeof *pairs->items);
  for (int i = 0; i < to->n; i++)
    {
      EwPairItem *item = &to->items[i];

      item->name = g_strdup (item->name);
      item->note = g_strdup (item->note);
      ew_corrections_ref (item->done);
      ew_source_ref (item->input);
      ew_source_ref (item->target);
      if (item->mask != NULL)
        ew_source_ref (item->mask);
    }
  for (int i = 0; i < pairs->n_left_out; i++)
    ew_pairs_leave_out (to, pairs->left_out[i].name, pairs->left_out[i].reason);
  return to;
}

static void
replace (EwSource **to, EwSource *from)
{
  if (from != NULL)
    ew_source_ref (from);
  ew_source_unref (*to);
  *to = from;
}

EwPairs *
ew_pairs_with_item (EwPairs *pairs, int i, EwSource *input, EwSource *target, EwSource *mask, EwCorrections *done)
{
  EwPairs *to = copy (pairs);
  EwPairItem *item = &to->items[i];

  replace (&item->input, input);
  replace (&item->target, target);
  replace (&item->mask, mask);
  ew_corrections_replace (&item->done, done);
  g_clear_pointer (&item->note, g_free);
  ew_pairs_finish (to);
  return to;
}

EwPairs *
ew_pairs_with_held (EwPairs *pairs, int i, gboolean held)
{
  EwPairs *to = copy (pairs);

  to->items[i].held = held;
  ew_pairs_finish (to);
  return to;
}

int
ew_pairs_count_learned (const EwPairs *pairs)
{
  int n = 0;

  for (int i = 0; i < pairs->n; i++)
    n += !pairs->items[i].held;
  return n;
}

gsize
ew_pairs_bytes (const EwPairs *pairs)
{
  gsize bytes = 0;

  for (int i = 0; i < pairs->n; i++)
    {
      bytes += ew_source_bytes (pairs->items[i].input) + ew_source_bytes (pairs->items[i].target);
      if (pairs->items[i].mask != NULL)
        bytes += ew_source_bytes (pairs->items[i].mask);
    }
  return bytes;
}
