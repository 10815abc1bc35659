/* EwSession: the race of optimizers, run by a worker in slices while its page is open. */
#include "app/session-private.h"

#include "ui/race-page.h"

#include <glib/gi18n.h>
#include <math.h>

/* How often a race that is played is asked how it stands. */
#define TICK_MS 50

/* A race is over after so many epochs, whoever has not arrived. */
#define EPOCHS_MAX 100000

/* A worker that takes longer than this has not got the sums: that is said. */
#define PATIENCE_US 300000

static void
set_playing (EwSession *session, EwRacePage *page, gboolean playing)
{
  EwRaceRun *r = &session->race;

  r->playing = playing;
  r->from = r->epoch;
  r->from_us = g_get_monotonic_time ();
  ew_race_page_set_playing (page, playing);
}

static void
ask (EwSession *session, EwRacePage *page)
{
  EwRaceRun *r = &session->race;
  EwRaceRequest request = { .snapshot = r->snapshot, .race = r->number, .until = r->until };
  EwOptimizerKind kinds[EW_RACE_MAX];
  double rates[EW_RACE_MAX];

  request.n = ew_race_page_get_racers (page, kinds, rates);
  for (int k = 0; k < request.n; k++)
    request.entries[k] = (EwRaceEntry){ kinds[k], rates[k] };
  ew_window_get_surface_choice (session->window, &request.choice);
  /* The plane through the present weights is training's. */
  request.choice.through_present = FALSE;
  r->asked_us = g_get_monotonic_time ();
  ew_race_worker_ask (r->worker, &request);
}

/* The epochs that are due by now. */
static guint64
due (const EwRaceRun *r, double speed)
{
  double epochs = (double)r->from + speed * (double)(g_get_monotonic_time () - r->from_us) / 1e6;

  return (guint64)CLAMP (epochs, 0, EPOCHS_MAX);
}

static gboolean
on_tick (gpointer data)
{
  EwSession *session = data;
  EwRaceRun *r = &session->race;
  EwRacePage *page = ew_window_open_race (session->window);

  gboolean waits = page != NULL && ew_race_worker_is_busy (r->worker) && r->standing_race != r->number;

  if (page == NULL || !(r->playing || waits))
    {
      r->tick = 0;
      return G_SOURCE_REMOVE;
    }
  if (ew_race_worker_is_busy (r->worker))
    {
      if (waits && g_get_monotonic_time () - r->asked_us > PATIENCE_US)
        ew_race_page_wait (page);
      return G_SOURCE_CONTINUE;
    }
  r->until = due (r, ew_race_page_get_speed (page));
  if (r->until > r->epoch)
    ask (session, page);
  return G_SOURCE_CONTINUE;
}

static void
start_ticks (EwSession *session)
{
  if (session->race.tick == 0)
    session->race.tick = g_timeout_add (TICK_MS, on_tick, session);
}

/* The sums are not waited for any longer; the race may be run all the same, which asks for them once more. */
static void
give_up (EwSession *session, EwRacePage *page)
{
  ew_race_worker_stop (session->race.worker);
  set_playing (session, page, FALSE);
  ew_race_page_give_up (page);
}

static void
take (EwSession *session, EwRacePage *page, EwRaceStanding *standing)
{
  EwRaceRun *r = &session->race;
  const EwKernel *kernel = r->snapshot->start;

  r->epoch = standing->epoch;
  r->standing_race = standing->race;
  ew_race_standing_unref (r->standing);
  r->standing = ew_race_standing_ref (standing);
  ew_window_show_race (session->window, standing, kernel->height, kernel->width);
  if (r->playing && (standing->over || standing->epoch >= EPOCHS_MAX))
    set_playing (session, page, FALSE);
}

static gboolean
on_made (gpointer data)
{
  EwSession *session = data;
  g_autoptr (EwRaceStanding) standing = ew_race_worker_take (session->race.worker);
  EwRacePage *page = ew_window_open_race (session->window);

  if (standing != NULL && page != NULL && standing->race == session->race.number)
    take (session, page, standing);
  return G_SOURCE_REMOVE;
}

/* On the worker's thread. */
static void
on_wake (gpointer data)
{
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_made, data, NULL);
}

/* Another race, of what the newest snapshot has, from the start. */
static void
begin (EwSession *session, EwRacePage *page)
{
  EwRaceRun *r = &session->race;
  const EwBackend *cpu = ew_cpu_backend ();

  if (r->worker == NULL)
    r->worker = ew_race_worker_new (ew_devices_new (&cpu, 1, 0), on_wake, session);
  if (r->worker == NULL || session->snapshot == NULL || session->snapshot->start == NULL)
    return;
  ew_snapshot_ref (session->snapshot);
  ew_snapshot_unref (r->snapshot);
  r->snapshot = session->snapshot;
  r->number++;
  r->epoch = r->until = 0;
  set_playing (session, page, FALSE);
  ask (session, page);
  start_ticks (session);
}

/* Whether the race is of what is open. */
static gboolean
is_current (const EwSession *session)
{
  const EwSnapshot *of = session->race.snapshot;
  const EwSnapshot *s = session->snapshot;

  return of != NULL && of->problem == s->problem && of->loss_kind == s->loss_kind
         && ew_kernel_equal (of->start, s->start);
}

void
ew_session_renew_race (EwSession *session)
{
  EwRacePage *page = ew_window_open_race (session->window);
  const EwSnapshot *s = session->snapshot;

  if (page == NULL)
    {
      if (session->race.worker != NULL)
        ew_race_worker_stop (session->race.worker);
      session->race.playing = FALSE;
      return;
    }
  if (s != NULL && s->start != NULL && s->problem != NULL && s->task == session->task && !is_current (session))
    begin (session, page);
}

static void
play (EwSession *session, EwRacePage *page)
{
  EwRaceRun *r = &session->race;

  if (!r->playing && r->standing != NULL && (r->standing->over || r->standing->epoch >= EPOCHS_MAX))
    begin (session, page);
  set_playing (session, page, !r->playing);
  if (r->playing)
    start_ticks (session);
}

static void
copy (EwSession *session)
{
  const EwRaceStanding *standing = session->race.standing;
  g_autofree char *csv = NULL;

  if (standing == NULL)
    return;
  csv = ew_race_csv (standing);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (session->window)), csv);
  ew_window_toast (session->window, _ ("The table was copied as CSV."));
}

static void
on_wished (EwWindow *window, int wish, EwSession *session)
{
  EwRacePage *page = ew_window_open_race (window);
  EwRaceRun *r = &session->race;

  if (page == NULL || r->snapshot == NULL)
    return;
  switch ((EwRaceWish)wish)
    {
    case EW_RACE_PLAY:
      play (session, page);
      break;
    case EW_RACE_STEP:
      set_playing (session, page, FALSE);
      r->until = r->epoch + 1;
      ask (session, page);
      break;
    case EW_RACE_COPY:
      copy (session);
      break;
    case EW_RACE_CANCEL:
      give_up (session, page);
      break;
    case EW_RACE_RESET:
    case EW_RACE_CHANGED:
      begin (session, page);
      break;
    case EW_RACE_GOAL:
    case EW_RACE_SPEED:
    default:
      break;
    }
}

/* Another plane under the same race. */
static void
on_wanted (EwSession *session)
{
  EwRacePage *page = ew_window_open_race (session->window);

  ew_session_renew_race (session);
  if (page != NULL && session->race.snapshot != NULL && !session->race.playing)
    {
      session->race.until = session->race.epoch;
      ask (session, page);
    }
}

void
ew_session_connect_race (EwSession *session)
{
  g_signal_connect_swapped (session->window, "surface-wanted", G_CALLBACK (on_wanted), session);
  g_signal_connect (session->window, "race-wished", G_CALLBACK (on_wished), session);
}

void
ew_session_clear_race (EwSession *session)
{
  EwRaceRun *r = &session->race;

  g_clear_handle_id (&r->tick, g_source_remove);
  g_clear_pointer (&r->worker, ew_race_worker_free);
  g_clear_pointer (&r->snapshot, ew_snapshot_unref);
  g_clear_pointer (&r->standing, ew_race_standing_unref);
}
