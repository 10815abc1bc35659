/* EwSession: folders of pairs that share a kernel: read, listed, shown one at a time, held out. */
#include "app/session-private.h"
#include "ui/paint/number.h"
#include "ui/window-pair.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define PROGRESS_INTERVAL_MS 100

static gboolean
on_progress_timeout (gpointer data)
{
  EwSession *session = data;
  double fraction;
  g_autofree char *what = ew_pairs_opening_describe (session->pairs_opening, &fraction);

  ew_window_show_loading (session->window, what, fraction);
  return G_SOURCE_CONTINUE;
}

gboolean
ew_session_cancel_pairs (EwSession *session)
{
  if (session->pairs_opening == NULL)
    return FALSE;
  ew_session_end_opening (session);
  g_clear_pointer (&session->pairs_opening, ew_pairs_opening_cancel);
  return TRUE;
}

/* All of them as one change: what does not fit leaves everything as it was. */
static gboolean
take_pairs (EwSession *session, const EwPairsOpening *opening, char **note, GError **error)
{
  EwExperiment changed;

  ew_experiment_copy (&changed, &session->experiment);
  changed.settings.channels = opening->channels;
  changed.settings.each = opening->each;
  if (session->wished_height > 0)
    ew_experiment_wish_size (&changed, session->wished_height, session->wished_width);
  if (!ew_experiment_set_pairs (&changed, opening->pairs, note, error))
    {
      ew_experiment_clear (&changed);
      return FALSE;
    }
  if (opening->has_former)
    {
      ew_experiment_take_layout (&changed, &opening->former);
      ew_experiment_show_pair (&changed, opening->former.settings.pair);
    }
  session->wished_height = 0;
  ew_experiment_clear (&session->experiment);
  session->experiment = changed;
  return TRUE;
}

static void
on_opened (EwPairsOpening *opening, GError *error, gpointer data)
{
  EwSession *session = data;
  GError *refused = NULL;
  char *note = NULL;
  EwMoment before;

  ew_session_begin (session, &before);
  ew_session_end_opening (session);
  if (error != NULL)
    ew_session_refuse (session, g_error_copy (error));
  else if (!take_pairs (session, opening, &note, &refused))
    ew_session_refuse (session, refused);
  else
    {
      ew_frame_stats_decoded (session->stats);
      ew_session_changed (session, NULL);
      g_free (session->pair_note);
      session->pair_note = note;
      ew_sidebar_show_page (ew_window_sidebar (session->window), "pairs");
    }
  ew_session_commit (session, &before, _ ("Open Pairs"), 0);
  g_clear_pointer (&session->pairs_opening, ew_pairs_opening_unref);
}

void
ew_session_open_pairs (EwSession *session, const char *path, gboolean channels, gboolean each)
{
  const EwExperiment *e = &session->experiment;
  /* Read otherwise: what was done to them stays done. */
  gboolean again = e->pairs != NULL && strcmp (e->pairs->path, path) == 0
                   && (channels != e->settings.channels || each != e->settings.each);

  ew_session_cancel_opening (session);
  ew_window_hide_banner (session->window);
  ew_session_forget_told (session);
  session->pairs_opening = ew_pairs_opening_start (path, channels, each, again ? e : NULL, on_opened, session);
  session->progress_timeout = g_timeout_add (PROGRESS_INTERVAL_MS, on_progress_timeout, session);
}

static void
open_folder (EwSession *session, const char *path)
{
  ew_session_open_pairs (session, path, session->experiment.settings.channels, session->experiment.settings.each);
}

static char *
describe_item (const EwPairItem *item)
{
  const EwGrid *x = item->input->planes[0], *y = item->target->planes[0];
  g_autofree char *sizes = x->height == y->height && x->width == y->width
                               ? g_strdup_printf ("%d×%d", x->height, x->width)
                               : g_strdup_printf ("%d×%d → %d×%d", x->height, x->width, y->height, y->width);

  return item->note == NULL ? g_strdup (sizes) : g_strdup_printf ("%s. %s", sizes, item->note);
}

static void
fill_page (EwPairsPage *page, const EwPairs *pairs)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree EwPairsRow *rows = g_new (EwPairsRow, pairs->n);
  g_autofree EwPairsRow *out = g_new (EwPairsRow, MAX (pairs->n_left_out, 1));
  g_autofree char *heading
      = g_strdup_printf (ngettext ("%d pair in %s", "%d pairs in %s", (gulong)pairs->n), pairs->n, pairs->name);

  for (int i = 0; i < pairs->n; i++)
    {
      g_ptr_array_add (texts, describe_item (&pairs->items[i]));
      rows[i] = (EwPairsRow){ pairs->items[i].name, texts->pdata[i] };
    }
  for (int i = 0; i < pairs->n_left_out; i++)
    out[i] = (EwPairsRow){ pairs->left_out[i].name, pairs->left_out[i].reason };
  ew_pairs_page_set_pairs (page, heading, rows, pairs->n, out, pairs->n_left_out);
}

/* "R² 0.9998, residual 0.0021". */
static char *
describe_fit (gint64 n_residuals, const EwMoments *moments, double loss)
{
  double r_squared = ew_moments_r_squared (moments, loss);
  int digits = r_squared < 1 ? (int)CLAMP (3 - floor (log10 (1 - r_squared)), 3, 8) : 4;
  char share[EW_NUMBER_SIZE], left[EW_NUMBER_SIZE];

  ew_number_short (left, sqrt (loss / (double)n_residuals), 3);
  if (isnan (r_squared))
    return g_strdup_printf (_ ("residual %s"), left);
  return g_strdup_printf (_ ("R² %s, residual %s"), ew_number_short (share, r_squared, digits), left);
}

static void
show_fit (EwPairsPage *page, int pair, const EwPairFit *fit, gboolean held, gboolean alone)
{
  gboolean strange = !alone && ew_pair_fit_is_strange (fit);
  g_autofree char *quality = describe_fit (fit->n_residuals, &fit->moments, fit->loss);
  g_autofree char *text = g_strconcat (quality, held ? _ (", held out") : "",
                                       strange ? _ (". It does not seem to be of the same filter: a kernel of its own would leave less "
                                                    "than half as much.")
                                               : "",
                                       NULL);

  ew_pairs_page_set_quality (page, pair, text, strange);
}

/* Over all that is learned from, or all that is held out; NULL where that is nothing. Transfer full. */
static char *
describe_all (const EwPairs *pairs, const EwAppraisal *a, gboolean held)
{
  EwPairFit whole = { 0 };
  g_autofree char *fit = NULL;
  int n = 0;

  for (int i = 0; i < a->n_fits; i++)
    if (pairs->items[i].held == held)
      {
        n++;
        whole.n_residuals += a->fits[i].n_residuals;
        whole.moments = ew_moments_join (&whole.moments, &a->fits[i].moments);
        whole.loss += a->fits[i].loss;
      }
  if (n == 0)
    return NULL;
  fit = describe_fit (whole.n_residuals, &whole.moments, whole.loss);
  return g_strdup_printf (held ? ngettext ("On %d held out: %s.", "On %d held out: %s.", (gulong)n)
                               : ngettext ("The best kernel for %d pair: %s.", "The best kernel for all %d pairs: %s.", (gulong)n),
                          n, fit);
}

void
ew_session_show_pairs_quality (EwSession *session)
{
  const EwAppraisal *a = session->appraisal;
  const EwPairs *pairs = session->experiment.pairs;
  g_autofree char *learned = NULL;
  g_autofree char *held = NULL;
  g_autofree char *text = NULL;
  EwPairsPage *page;

  if (pairs == NULL)
    return;
  page = ew_window_pairs_page (session->window);
  if (a == NULL || a->n_fits != pairs->n)
    {
      ew_pairs_page_set_summary (page, a == NULL || a->error == NULL ? _ ("Looking for the best kernel…") : a->error->message);
      for (int i = 0; i < pairs->n; i++)
        ew_pairs_page_set_quality (page, i, "", FALSE);
      return;
    }
  learned = describe_all (pairs, a, FALSE);
  held = describe_all (pairs, a, TRUE);
  text = g_strjoin (" ", learned, held, NULL);
  ew_pairs_page_set_summary (page, text);
  for (int i = 0; i < pairs->n; i++)
    show_fit (page, i, &a->fits[i], pairs->items[i].held, pairs->n == 1);
}

static void
enable (EwSession *session, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (session->window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* The session goes before the page does. */
static EwSession *
session_of (EwWindow *window)
{
  return g_object_get_data (G_OBJECT (window), "ew-session");
}

static void
show_pair (EwSession *session, int pair)
{
  EwMoment before;

  if (session->experiment.pairs == NULL || pair == session->experiment.settings.pair)
    return;
  ew_session_begin (session, &before);
  ew_experiment_show_pair (&session->experiment, pair);
  /* What is shown without a new task holds for the former one too, should one be refused. */
  if (session->has_accepted)
    ew_experiment_show_pair (&session->accepted, pair);
  ew_session_apply_sample (session);
  ew_session_show_experiment (session);
  ew_session_examine (session);
  ew_session_commit (session, &before, _ ("Pair Shown"), EW_SESSION_PAIR_KIND);
}

static void
on_shown (EwPairsPage *page, int pair, EwWindow *window)
{
  if (session_of (window) != NULL)
    show_pair (session_of (window), pair);
}

static void
on_held (EwPairsPage *page, int pair, gboolean held, EwWindow *window)
{
  EwSession *session = session_of (window);
  g_autoptr (GError) error = NULL;
  EwMoment before;

  if (session == NULL || session->experiment.pairs == NULL)
    return;
  ew_session_begin (session, &before);
  if (ew_experiment_hold_pair (&session->experiment, pair, held, &error))
    {
      ew_session_apply (session, session->snapshot != NULL && session->snapshot->state == EW_RUN_RUNNING);
      ew_session_commit (session, &before, _ ("Held-Out Pair"), 0);
      return;
    }
  ew_window_toast (session->window, error->message);
  ew_pairs_page_set_held (page, pair, FALSE);
  ew_session_commit (session, &before, _ ("Held-Out Pair"), 0);
}

/* Whether both list the same. */
static gboolean
same_list (const EwPairs *a, const EwPairs *b)
{
  if (a == NULL || a->n != b->n || a->n_left_out != b->n_left_out || g_strcmp0 (a->path, b->path) != 0)
    return FALSE;
  for (int i = 0; i < a->n; i++)
    if (a->items[i].input != b->items[i].input || a->items[i].target != b->items[i].target)
      return FALSE;
  return TRUE;
}

void
ew_session_show_pairs (EwSession *session)
{
  EwPairs *pairs = session->experiment.pairs;
  gboolean first = session->pairs_shown == NULL;
  EwPairsPage *page;

  enable (session, "next-pair", pairs != NULL && session->experiment.settings.pair < pairs->n - 1);
  enable (session, "previous-pair", pairs != NULL && session->experiment.settings.pair > 0);
  ew_window_set_pairs_there (session->window, pairs != NULL);
  if (pairs == NULL)
    {
      g_clear_pointer (&session->pairs_shown, ew_pairs_unref);
      return;
    }
  page = ew_window_pairs_page (session->window);
  if (first && g_signal_handler_find (page, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_shown, NULL) == 0)
    {
      g_signal_connect_object (page, "shown", G_CALLBACK (on_shown), session->window, 0);
      g_signal_connect_object (page, "held", G_CALLBACK (on_held), session->window, 0);
    }
  if (!same_list (session->pairs_shown, pairs))
    {
      fill_page (page, pairs);
      ew_session_show_pairs_quality (session);
    }
  if (session->pairs_shown != pairs)
    {
      ew_pairs_unref (session->pairs_shown);
      session->pairs_shown = ew_pairs_ref (pairs);
    }
  for (int i = 0; i < pairs->n; i++)
    ew_pairs_page_set_held (page, i, pairs->items[i].held);
  ew_pairs_page_set_shown (page, session->experiment.settings.pair);
}

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ew_session_ask_folder (data, _ ("Open a Folder of Pairs"), open_folder);
}

static void
on_next (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  show_pair (data, ((EwSession *)data)->experiment.settings.pair + 1);
}

static void
on_previous (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  show_pair (data, ((EwSession *)data)->experiment.settings.pair - 1);
}

void
ew_session_add_pairs (EwSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "open-pairs", .activate = on_open },
    { .name = "next-pair", .activate = on_next },
    { .name = "previous-pair", .activate = on_previous },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
  enable (session, "next-pair", FALSE);
  enable (session, "previous-pair", FALSE);
}
