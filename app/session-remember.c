/* EwSession: how it is learned, remembered for the next start and for the next pair. */
#include "app/golden.h"
#include "app/recipe-store.h"
#include "app/session-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define KEY "recipe"

void
ew_session_remember_recipe (EwSession *session, const EwSettings *before)
{
  const EwExperiment *e = &session->experiment;
  EwSettings now = e->settings;
  g_autoptr (GVariant) stored = NULL;
  g_autoptr (GVariant) merged = NULL;

  if (session->settings == NULL)
    return;
  /* The textbook's rate is for its six by eight pixels alone. */
  if (e->textbook)
    now.rate = before->rate;
  stored = g_settings_get_value (session->settings, KEY);
  merged = g_variant_ref_sink (ew_recipe_store_merge (stored, before, &now));
  if (!g_variant_equal (stored, merged))
    g_settings_set_value (session->settings, KEY, merged);
}

/* Rows of the shortest target. */
static int
least_rows (const EwExperiment *e)
{
  int rows = e->target == NULL ? e->input->planes[0]->height : e->target->planes[0]->height;

  for (int i = 0; e->pairs != NULL && i < e->pairs->n; i++)
    rows = MIN (rows, e->pairs->items[i].target->planes[0]->height);
  return rows;
}

/* What does not fit the pair is left as it is by default, and said; what is remembered stays. */
static void
take (EwSession *session, const EwSettings *stored)
{
  EwExperiment *e = &session->experiment;
  EwSettings *s = &e->settings;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (ew_recipe_check (&stored->recipe, s->kernel_height, s->kernel_width, &error))
    {
      s->recipe = stored->recipe;
      s->rate = stored->rate;
      session->rate_remembered = stored->rate > 0;
    }
  else
    g_string_printf (text, _ ("The remembered way to learn does not fit this pair, which is learned by plain gradient descent: %s"),
                     error->message);
  s->loss = stored->loss;
  /* A part of two rows at least, of which one is left, and the kernel's frame. */
  if (least_rows (e) >= s->kernel_height + 2)
    s->holdout = stored->holdout;
  else if (stored->holdout > 0)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "",
                            _ ("This pair has too few rows for some to be held out."));
  if (text->len == 0)
    return;
  g_string_append (text, _ (" It is remembered for the next pair."));
  ew_window_toast (session->window, text->str);
}

void
ew_session_recall_recipe (EwSession *session)
{
  g_autoptr (GVariant) value = NULL;
  EwSettings stored;

  /* The textbook's experiment is always learned as the textbook does, and --learn in its own way. */
  if (session->experiment.textbook)
    {
      session->recipe_recalled = FALSE;
      return;
    }
  if (session->recipe_recalled)
    return;
  session->recipe_recalled = TRUE;
  if (session->settings == NULL || session->learn_flat_out)
    return;
  value = g_settings_get_value (session->settings, KEY);
  if (ew_recipe_store_read (value, &stored))
    take (session, &stored);
}

void
ew_session_check_rate (EwSession *session, const EwSnapshot *snapshot)
{
  char rate[G_ASCII_DTOSTR_BUF_SIZE], limit[G_ASCII_DTOSTR_BUF_SIZE];
  EwSettings *s = &session->experiment.settings;
  g_autofree char *sentence = NULL;

  if (!session->rate_remembered || snapshot->task != session->task || isnan (snapshot->rate_limit))
    return;
  session->rate_remembered = FALSE;
  if (s->rate <= snapshot->rate_limit)
    return;
  g_ascii_formatd (rate, sizeof rate, "%.3g", s->rate);
  g_ascii_formatd (limit, sizeof limit, "%.3g", snapshot->rate_limit);
  sentence = g_strdup_printf (_ ("The remembered rate, %s, is above the largest stable one of this pair, %s: the automatic one is used."),
                              rate, limit);
  s->rate = session->accepted.settings.rate = 0;
  ew_loop_set_rate (session->loop, 0);
  ew_window_toast (session->window, sentence);
  ew_session_show_experiment (session);
}

static void
on_defaults (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;
  EwSettings *s = &session->experiment.settings;
  EwSettings former = *s;
  EwMoment before;

  if (session->settings != NULL)
    g_settings_reset (session->settings, KEY);
  ew_session_begin (session, &before);
  ew_recipe_store_defaults (s);
  if (session->experiment.textbook)
    s->rate = EW_GOLDEN_RATE;
  if (former.holdout != 0 || former.loss != s->loss)
    ew_session_apply (session, FALSE);
  else
    ew_session_take_settings (session, &former);
  ew_session_commit (session, &before, _ ("Default Learning"), 0);
  ew_window_toast (session->window, _ ("Back to plain gradient descent at the automatic rate"));
}

void
ew_session_add_defaults (EwSession *session)
{
  static const GActionEntry entries[] = { { .name = "recipe-defaults", .activate = on_defaults } };

  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
}
