/* EwRacePage: who runs and how fast it is shown, as texts that are remembered. */
#include "ui/race-page-private.h"
#include "ui/rate-text.h"
#include "ui/speed-stops.h"

#include <string.h>

/* By their kinds, as the command line names them. */
static const char *const names[EW_RACE_MAX] = { "gd", "momentum", "nesterov", "rmsprop", "adam", "cg" };

char *
ew_race_page_get_entrants (EwRacePage *page)
{
  g_autoptr (GString) text = g_string_new (NULL);
  EwOptimizerKind kinds[EW_RACE_MAX];
  double rates[EW_RACE_MAX];
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  int n = ew_race_page_get_racers (page, kinds, rates);

  for (int k = 0; k < n; k++)
    {
      g_string_append_printf (text, "%s%s", k > 0 ? "," : "", names[kinds[k]]);
      if (rates[k] > 0)
        g_string_append_printf (text, "=%s", g_ascii_dtostr (number, sizeof number, rates[k]));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* FALSE where that is no entrant. */
static gboolean
read_entrant (const char *text, int *kind, const char **rate)
{
  const char *equals = strchr (text, '=');
  gsize length = equals == NULL ? strlen (text) : (gsize)(equals - text);
  double value;

  for (*kind = 0; *kind < EW_RACE_MAX; ++*kind)
    {
      if (strlen (names[*kind]) == length && strncmp (names[*kind], text, length) == 0)
        break;
    }
  *rate = equals == NULL ? "" : equals + 1;
  return *kind < EW_RACE_MAX && (equals == NULL || ew_rate_parse (*rate, &value));
}

void
ew_race_page_set_entrants (EwRacePage *page, const char *text)
{
  g_autofree char *present = ew_race_page_get_entrants (page);
  g_auto (GStrv) parts = g_strsplit (text, ",", 0);
  const char *rates[EW_RACE_MAX] = { NULL };
  const char *rate;
  int kind;

  if (strcmp (present, text) == 0 || parts[0] == NULL)
    return;
  for (int i = 0; parts[i] != NULL; i++)
    {
      if (!read_entrant (parts[i], &kind, &rate))
        return;
      rates[kind] = rate;
    }
  page->setting = TRUE;
  for (kind = 0; kind < EW_RACE_MAX; kind++)
    {
      gtk_check_button_set_active (page->rows[kind].runs, rates[kind] != NULL);
      if (rates[kind] != NULL)
        gtk_editable_set_text (GTK_EDITABLE (page->rows[kind].rate), rates[kind]);
    }
  page->setting = FALSE;
}

void
ew_race_page_set_speed (EwRacePage *page, double speed)
{
  page->setting = TRUE;
  gtk_range_set_value (GTK_RANGE (page->speed), ew_speed_find_stop (speed));
  page->setting = FALSE;
}
