/* EwSession: colour channels with a kernel each: the three optima, whether one would do, and which channel is learned. */
#include "app/session-private.h"
#include "ui/paint/number.h"
#include "ui/window-pair.h"

#include <glib/gi18n.h>
#include <math.h>

static gboolean
has_channels (const EwSession *session)
{
  return session->experiment.target != NULL && session->experiment.input->n_planes == EW_N_CHANNELS;
}

gboolean
ew_session_shows_learned (const EwSession *session)
{
  const EwSettings *s = &session->experiment.settings;

  return session->optimum_channel < 0 || (s->each && session->optimum_channel == s->channel);
}

/* For each sample of the task its channel; −1 for what is held out or has no colours. Transfer full. */
static int *
channels_of (const EwExperiment *e, int n_samples)
{
  int *channel_of = g_new (int, n_samples);

  for (int s = 0; s < n_samples; s++)
    channel_of[s] = e->pairs == NULL ? s : -1;
  for (int i = 0; e->pairs != NULL && i < e->pairs->n; i++)
    for (int k = 0; k < EW_N_CHANNELS && e->pairs->items[i].input->n_planes == EW_N_CHANNELS && !e->pairs->items[i].held; k++)
      channel_of[e->pairs->items[i].first + k] = k;
  return channel_of;
}

void
ew_session_ask_channels (EwSession *session)
{
  const EwExperiment *e = &session->experiment;
  const EwSnapshot *s = session->snapshot;
  int expected = e->pairs == NULL ? EW_N_CHANNELS : e->pairs->n_samples;
  g_autofree int *channel_of = NULL;
  int found = 0;

  if (!has_channels (session) || s == NULL || s->task != session->task || s->whole == NULL || s->whole->n_samples != expected)
    return;
  channel_of = channels_of (e, expected);
  for (int k = 0; k < expected; k++)
    found |= channel_of[k] < 0 ? 0 : 1 << channel_of[k];
  if (found == (1 << EW_N_CHANNELS) - 1)
    ew_appraiser_ask_channels (session->appraiser, s->task, s->whole, channel_of);
}

/* "R² 0.99998" */
static char *
describe_quality (const EwOptimum *o)
{
  char number[EW_NUMBER_SIZE];
  int digits = o->r_squared < 1 ? (int)CLAMP (1 - floor (log10 (1 - o->r_squared)), 3, 7) : 4;

  return isnan (o->r_squared) ? g_strdup (_ ("constant")) : g_strdup_printf ("R² %s", ew_number_short (number, o->r_squared, digits));
}

static EwChannelsBox *
box_of (EwSession *session)
{
  return ew_optimum_page_channels (ew_window_optimum_page (session->window));
}

static void
hide (EwSession *session)
{
  const EwSettings *s = &session->experiment.settings;

  session->optimum_channel = s->each && has_channels (session) ? s->channel : -1;
  if (session->shows_channels)
    ew_channels_box_set (box_of (session), NULL, NULL, FALSE, FALSE);
  session->shows_channels = FALSE;
}

static void
on_chosen (EwChannelsBox *box, int channel, EwWindow *window)
{
  EwSession *session = g_object_get_data (G_OBJECT (window), "ew-session");

  if (session == NULL)
    return;
  session->optimum_channel = channel;
  ew_session_show_optimum (session);
}

/* Whether the three agree; of a pair that is not as it should be nothing is claimed. */
static char *
describe_fits (EwSession *session, const EwChannelFits *fits, gboolean *differ)
{
  g_autofree char *unmended = ew_session_describe_unmended (session);

  *differ = FALSE;
  return unmended == NULL ? ew_channel_fits_describe (fits, differ)
                          : g_strdup_printf (_ ("As long as %s is not mended, the channels’ kernels cannot be compared."), unmended);
}

void
ew_session_show_channels (EwSession *session)
{
  const EwChannelFits *fits = session->appraisal == NULL ? NULL : session->appraisal->channels;
  EwChannelColumn columns[EW_N_CHANNELS];
  g_autofree char *sentence = NULL;
  gboolean differ;

  if (fits == NULL)
    {
      hide (session);
      return;
    }
  if (session->shows_channels)
    return;
  if (g_signal_handler_find (box_of (session), G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_chosen, NULL) == 0)
    g_signal_connect_object (box_of (session), "chosen", G_CALLBACK (on_chosen), session->window, 0);
  sentence = describe_fits (session, fits, &differ);
  for (int k = 0; k < EW_N_CHANNELS; k++)
    columns[k] = (EwChannelColumn){ ew_channel_title (k), ew_session_kernel_of (fits->problems[k], fits->optima[k]->params),
                                    describe_quality (fits->optima[k]) };
  ew_channels_box_set (box_of (session), columns, sentence, differ, !session->experiment.settings.each);
  for (int k = 0; k < EW_N_CHANNELS; k++)
    {
      ew_kernel_unref (columns[k].kernel);
      g_free ((char *)columns[k].quality);
    }
  session->shows_channels = TRUE;
  ew_channels_box_set_chosen (box_of (session), session->optimum_channel);
}

void
ew_session_show_channels_again (EwSession *session)
{
  if (!session->shows_channels || session->appraisal == NULL || session->appraisal->channels == NULL)
    return;
  session->shows_channels = FALSE;
  ew_session_show_channels (session);
}

char *
ew_session_describe_channels (EwSession *session)
{
  const EwChannelFits *fits = session->appraisal == NULL ? NULL : session->appraisal->channels;
  g_autofree char *sentence = NULL;
  gboolean differ;

  if (fits == NULL || session->experiment.settings.each)
    return NULL;
  sentence = describe_fits (session, fits, &differ);
  return differ ? g_steal_pointer (&sentence) : NULL;
}

static gboolean
is_running (const EwSession *session)
{
  return session->snapshot != NULL && session->snapshot->state == EW_RUN_RUNNING;
}

void
ew_session_change_channel (EwSession *session, int channel)
{
  EwExperiment *e = &session->experiment;
  EwKernel *present = ew_session_present_kernel (session);

  if (!e->settings.each)
    {
      e->settings.channel = channel;
      ew_session_apply_sample (session);
      return;
    }
  /* Each goes on from where it was left. */
  if (present != NULL && ew_session_shown_epoch (session) > 0)
    ew_experiment_keep_own (e, present);
  e->settings.channel = channel;
  ew_session_apply (session, is_running (session));
  if (e->own[channel] != NULL)
    ew_session_restore_kernel (session, e->own[channel]);
}

static void
learn_each (EwSession *session, gboolean each)
{
  EwExperiment *e = &session->experiment;
  gboolean colourless = FALSE;

  for (int i = 0; e->pairs != NULL && i < e->pairs->n; i++)
    colourless = colourless || e->pairs->items[i].input->n_planes < EW_N_CHANNELS;
  if (!e->settings.channels || (each && colourless))
    {
      ew_session_read_again (session, TRUE, each);
      return;
    }
  if (e->settings.each == each)
    return;
  e->settings.each = each;
  ew_session_apply (session, is_running (session));
}

void
ew_session_change_colour (EwSession *session, gboolean channels, gboolean each)
{
  if (channels && session->experiment.settings.channels)
    learn_each (session, each);
  else
    ew_session_read_again (session, channels, each);
}

static void
on_each (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;
  EwMoment before;

  ew_session_begin (session, &before);
  learn_each (session, TRUE);
  ew_session_commit (session, &before, _ ("Kernel for Each Channel"), 0);
}

void
ew_session_add_channels (EwSession *session)
{
  static const GActionEntry entries[] = { { .name = "learn-each", .activate = on_each } };

  session->optimum_channel = -1;
  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
}
