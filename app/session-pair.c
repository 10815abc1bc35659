/* EwSession: what is found in the pair of images, said above the pictures, and its corrections. */
#include "app/session-private.h"
#include "ui/window-pair.h"

#include <glib/gi18n.h>
#include <string.h>

/* Rows that are no findings: see EwNote.id. */
#define SHOW_OPTIMUM (-1)
#define STRUCTURE    (-2)
#define LEARN_EACH   (-3)

static EwFindingsPanel *
panel (EwSession *session)
{
  return ew_window_findings_panel (session->window);
}

static gboolean
is_correctable (const EwFinding *finding)
{
  return finding->correction.kind != EW_CORRECTION_NONE && finding->correction.kind != EW_CORRECTION_CHANNELS;
}

static void
add_note (GArray *notes, EwNoteKind kind, const char *sentence, const char *button, int id)
{
  EwNote note = { kind, sentence, button, id };

  g_array_append_val (notes, note);
}

/* TRUE where something has to be mended first. */
static gboolean
add_findings (EwSession *session, GArray *notes, int *n_correctable)
{
  const EwFindings *f = session->findings;
  gboolean blocked = FALSE;

  *n_correctable = 0;
  for (int i = 0; f != NULL && i < f->n; i++)
    {
      const EwFinding *finding = &f->items[i];

      add_note (notes, finding->blocks ? EW_NOTE_BLOCKS : EW_NOTE_PLAIN, finding->sentence, finding->label, i);
      blocked = blocked || finding->blocks;
      *n_correctable += is_correctable (finding);
    }
  return blocked;
}

char *
ew_session_describe_unmended (EwSession *session)
{
  static const struct
  {
    EwFindingKind kind;
    const char *name;
  } spoil[] = { { EW_FINDING_SHIFTED, N_ ("the shift") },
                { EW_FINDING_FLIPPED, N_ ("the turn") },
                { EW_FINDING_ENCODING, N_ ("the encoding") },
                { EW_FINDING_KERNEL, N_ ("the kernel’s size") },
                { EW_FINDING_OFFSET, N_ ("the offset") } };
  GString *text = g_string_new (NULL);

  for (guint i = 0; session->findings != NULL && i < G_N_ELEMENTS (spoil); i++)
    {
      const EwFinding *finding = ew_findings_find (session->findings, spoil[i].kind);

      if (finding != NULL && finding->correction.kind != EW_CORRECTION_NONE)
        g_string_append_printf (text, "%s%s", text->len > 0 ? _ (" and ") : "", _ (spoil[i].name));
    }
  return g_string_free (text, text->len == 0);
}

/* Whether something is said of the pair for the first time, or of one of many. The optimum counts once, whatever it has come to since. */
static gboolean
tell_news (EwSession *session, const char *subject, const GArray *notes)
{
  gboolean news = FALSE;

  if (session->told == NULL)
    session->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < notes->len; i++)
    {
      const EwNote *note = &g_array_index (notes, EwNote, i);
      const char *what = note->id == SHOW_OPTIMUM || note->id == STRUCTURE ? "" : note->sentence;

      news = g_hash_table_add (session->told, g_strdup_printf ("%s: %s", subject, what)) || news;
    }
  return news;
}

void
ew_session_forget_told (EwSession *session)
{
  if (session->told != NULL)
    g_hash_table_remove_all (session->told);
}

/* Whether the pair that is examined is the one that is open. */
static gboolean
is_open (EwSession *session)
{
  return session->has_offered && session->experiment.target != NULL
         && ew_experiment_same_pair (&session->offered, &session->experiment);
}

void
ew_session_tell_pair (EwSession *session)
{
  g_autoptr (GArray) notes = g_array_new (FALSE, FALSE, sizeof (EwNote));
  gboolean is_good = FALSE, blocked;
  g_autofree char *optimum = is_open (session) ? ew_session_describe_optimum (session, &is_good) : NULL;
  g_autofree char *structure = optimum == NULL ? NULL : ew_session_describe_structure (session);
  g_autofree char *channels = optimum == NULL ? NULL : ew_session_describe_channels (session);
  g_autofree char *subject = NULL;
  int n_correctable;

  if (!session->has_offered)
    return;
  subject = g_strdup_printf ("%s → %s", session->offered.input->name, session->offered.target->name);
  ew_findings_panel_set_subject (panel (session), subject);
  blocked = add_findings (session, notes, &n_correctable);
  if (optimum != NULL && !blocked)
    add_note (notes, is_good ? EW_NOTE_GOOD : EW_NOTE_PLAIN, optimum, _ ("Show Optimum"), SHOW_OPTIMUM);
  if (channels != NULL && !blocked)
    add_note (notes, EW_NOTE_PLAIN, channels, _ ("A Kernel Each"), LEARN_EACH);
  if (structure != NULL && !blocked)
    add_note (notes, EW_NOTE_BLOCKS, structure, NULL, STRUCTURE);
  if (session->pair_note != NULL)
    add_note (notes, EW_NOTE_PLAIN, session->pair_note, NULL, 0);
  ew_findings_panel_set_notes (panel (session), (EwNote *)(gpointer)notes->data, (int)notes->len, n_correctable > 1);
  if (tell_news (session, session->offered.pairs != NULL ? session->offered.pairs->path : subject, notes))
    ew_findings_panel_set_open (panel (session), TRUE);
  if (!ew_findings_panel_get_open (panel (session)))
    return;
  /* Why the pair could not be opened is said there, with a way out. */
  if ((n_correctable > 0 || blocked) && !is_open (session))
    ew_window_hide_banner (session->window);
}

/* What the corrections have made of the pair is opened, if it can be. */
static void
take_corrected (EwSession *session, EwExamined *examined)
{
  EwMoment before;

  ew_experiment_clear (&session->offered);
  ew_experiment_copy (&session->offered, &examined->experiment);
  if (!ew_experiment_pair_fits (&examined->experiment))
    return;
  ew_session_begin (session, &before);
  ew_experiment_take_pair (&session->experiment, &examined->experiment);
  /* Of the same size by now, but drawn otherwise. */
  ew_session_changed (session, NULL);
  ew_session_commit (session, &before, examined->again             ? _ ("Colour")
                                       : examined->n_corrected > 1 ? _ ("Corrections")
                                                                   : _ ("Correction"),
                     0);
}

static gboolean
on_examined (gpointer data)
{
  EwSession *session = data;
  g_autoptr (EwExamined) examined = ew_examiner_take (session->examiner);

  if (examined == NULL)
    return G_SOURCE_REMOVE;
  if (g_error_matches (examined->error, EW_ERROR, EW_ERROR_CANCELLED))
    return G_SOURCE_REMOVE;
  ew_findings_panel_set_busy (panel (session), FALSE);
  if (examined->error != NULL)
    {
      ew_window_toast (session->window, examined->error->message);
      return G_SOURCE_REMOVE;
    }
  ew_findings_free (session->findings);
  session->findings = g_steal_pointer (&examined->findings);
  ew_session_show_optimum (session);
  ew_session_show_channels_again (session);
  if (examined->n_corrected > 0 || examined->again)
    take_corrected (session, examined);
  ew_session_tell_pair (session);
  return G_SOURCE_REMOVE;
}

/* On the worker's thread. */
static void
on_wake (gpointer data)
{
  g_idle_add (on_examined, data);
}

/* Drops what was asked for and made before. */
static void
ask (EwSession *session, const EwCorrection *correction, gboolean all)
{
  if (session->examiner == NULL && (session->examiner = ew_examiner_new (on_wake, session)) == NULL)
    return;
  ew_findings_panel_set_busy (panel (session), correction != NULL || all);
  ew_examiner_stop (session->examiner);
  ew_examiner_ask (session->examiner, &session->offered, correction, all);
}

static void
forget (EwSession *session)
{
  if (session->has_offered)
    ew_experiment_clear (&session->offered);
  session->has_offered = FALSE;
  g_clear_pointer (&session->findings, ew_findings_free);
}

void
ew_session_examine (EwSession *session)
{
  const EwExperiment *e = &session->experiment;
  gboolean same_images, same_folder;

  if (e->target == NULL)
    {
      if (session->has_offered && session->examiner != NULL)
        ew_examiner_stop (session->examiner);
      forget (session);
      g_clear_pointer (&session->pair_note, g_free);
      ew_findings_panel_set_busy (panel (session), FALSE);
      /* Not closed by the user, so it comes back with the pair. */
      if (ew_findings_panel_get_open (panel (session)))
        ew_session_forget_told (session);
      ew_findings_panel_set_open (panel (session), FALSE);
      return;
    }
  if (session->has_offered && ew_experiment_same_pair (&session->offered, e))
    return;
  same_images = session->has_offered && session->offered.input == e->input && session->offered.target == e->target;
  same_folder = session->has_offered && session->offered.pairs != NULL && e->pairs != NULL
                && strcmp (session->offered.pairs->path, e->pairs->path) == 0;
  forget (session);
  ew_experiment_copy (&session->offered, e);
  session->has_offered = TRUE;
  if (!same_images && !same_folder)
    {
      g_clear_pointer (&session->pair_note, g_free);
      ew_window_show_optimum_page (session->window, FALSE);
    }
  ask (session, NULL, FALSE);
}

void
ew_session_examine_refused (EwSession *session, EwSource *input, EwSource *target)
{
  EwSource *x = input != NULL ? input : session->experiment.input;
  EwSource *y = target != NULL ? target : session->experiment.target;

  if (y == NULL)
    return;
  forget (session);
  g_clear_pointer (&session->pair_note, g_free);
  ew_experiment_copy_with_pair (&session->offered, &session->experiment, x, y);
  session->has_offered = TRUE;
  ask (session, NULL, FALSE);
}

void
ew_session_examine_again (EwSession *session, EwSource *input, EwSource *target, gboolean channels, gboolean each)
{
  EwExperiment *offered = &session->offered;

  if (input->n_planes != target->n_planes)
    {
      ew_window_show_banner (session->window, _ ("Only one of the two images has colours, so their luminance is used."), NULL, NULL,
                             NULL);
      ew_session_show_experiment (session);
      return;
    }
  forget (session);
  ew_experiment_copy_with_pair (offered, &session->experiment, input, target);
  offered->settings.channels = channels;
  offered->settings.each = each;
  offered->settings.channel = MIN (offered->settings.channel, input->n_planes - 1);
  session->has_offered = TRUE;
  if (session->examiner == NULL && (session->examiner = ew_examiner_new (on_wake, session)) == NULL)
    return;
  ew_findings_panel_set_busy (panel (session), TRUE);
  ew_examiner_stop (session->examiner);
  ew_examiner_ask_again (session->examiner, offered, &session->experiment);
}

static void
on_apply (EwFindingsPanel *list, int id, EwWindow *window)
{
  EwSession *session = g_object_get_data (G_OBJECT (window), "ew-session");

  if (session == NULL)
    return;
  if (id == LEARN_EACH)
    {
      g_action_group_activate_action (G_ACTION_GROUP (window), "learn-each", NULL);
      return;
    }
  if (id == SHOW_OPTIMUM)
    {
      ew_window_show_optimum_page (window, TRUE);
      return;
    }
  if (session->findings == NULL || id >= session->findings->n)
    return;
  if (session->findings->items[id].correction.kind == EW_CORRECTION_CHANNELS)
    ew_session_read_again (session, TRUE, FALSE);
  else
    ask (session, &session->findings->items[id].correction, FALSE);
}

static void
on_apply_all (EwFindingsPanel *list, EwWindow *window)
{
  EwSession *session = g_object_get_data (G_OBJECT (window), "ew-session");

  if (session != NULL && session->has_offered)
    ask (session, NULL, TRUE);
}

void
ew_session_clear_pair (EwSession *session)
{
  g_clear_pointer (&session->examiner, ew_examiner_free);
  forget (session);
  g_clear_pointer (&session->pair_note, g_free);
  g_clear_pointer (&session->told, g_hash_table_unref);
  ew_session_clear_optimum (session);
}

void
ew_session_add_pair (EwSession *session)
{
  g_signal_connect_object (panel (session), "apply", G_CALLBACK (on_apply), session->window, 0);
  g_signal_connect_object (panel (session), "apply-all", G_CALLBACK (on_apply_all), session->window, 0);
  ew_session_add_optimum (session);
  ew_session_add_apply (session);
}
