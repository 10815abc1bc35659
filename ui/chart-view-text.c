/* EwChartView: what screen readers are told. */
#include "ui/chart-view-private.h"
#include "ui/paint/number.h"

#include <glib/gi18n.h>
#include <math.h>

/* A description names at most so many weights. */
#define NAMED_MAX 9

static void
describe_weights (EwChartView *self, GString *text)
{
  const EwCurves *curves = self->curves;
  char number[EW_NUMBER_SIZE];

  if (curves->n_weights > NAMED_MAX)
    {
      g_string_append_printf (text, _ ("; %d weights"), curves->n_weights);
      return;
    }
  for (int w = 0; w < curves->n_weights; w++)
    {
      size_t last = (size_t)w * curves->n_points + curves->n_points - 1;

      g_string_append_printf (text, "%s %s", w == 0 ? ";" : ",",
                              ew_number_short (number, (double)curves->weight_max[last], 4));
    }
}

/* A value that is read off: the exact one where that is known. */
static char *
read_value (EwChartView *self, const EwCurves *curves, int line)
{
  guint place = self->kind == EW_CHART_LOSS ? 0 : 1 + (guint)line;
  double low, high;

  if (!ew_chart_read (self->kind, curves, line, self->hover, &low, &high))
    return g_strdup ("–");
  if (curves == self->curves && place < self->exact->len)
    low = high = g_array_index (self->exact, double, place);
  return ew_chart_read_text (low, high);
}

static void
describe_reading (EwChartView *self, GString *text)
{
  int n = self->kind == EW_CHART_LOSS ? 1 : MIN (self->curves->n_weights, NAMED_MAX);

  g_string_append_printf (text, _ ("Epoch %" G_GUINT64_FORMAT), self->hover);
  for (int line = 0; line < n; line++)
    {
      g_autofree char *value = read_value (self, self->curves, line);

      if (self->kind == EW_CHART_LOSS)
        g_string_append_printf (text, _ ("; loss %s"), value);
      else
        g_string_append_printf (text, "%s %s", line == 0 ? ";" : ",", value);
    }
  for (int run = 0; run < self->n_runs && self->kind == EW_CHART_LOSS; run++)
    {
      g_autofree char *value = read_value (self, self->runs[run].curves, 0);

      g_string_append_printf (text, "; %s %s", self->runs[run].name, value);
    }
  if (self->held != NULL)
    {
      g_autofree char *value = read_value (self, self->held, 0);

      g_string_append_printf (text, "; %s %s", _ ("held out"), value);
    }
}

void
ew_chart_view_settle (GtkWidget *widget)
{
  EwChartView *self = EW_CHART_VIEW (widget);
  g_autoptr (GString) text = g_string_new (NULL);
  const EwCurves *curves = self->curves;
  char number[EW_NUMBER_SIZE];

  if (curves == NULL || curves->n_points == 0)
    g_string_append (text, self->empty_text != NULL ? self->empty_text : "");
  else if (self->hover > 0)
    describe_reading (self, text);
  else
    {
      g_string_append_printf (text, _ ("Epoch %" G_GUINT64_FORMAT), curves->last_epoch);
      if (self->kind == EW_CHART_LOSS)
        g_string_append_printf (text, _ ("; loss %s"),
                                ew_number_short (number, curves->loss_min[curves->n_points - 1], 3));
      else
        describe_weights (self, text);
      if (self->held != NULL && self->held->n_points > 0)
        g_string_append_printf (text, "; %s %s", _ ("held out"),
                                ew_number_short (number, self->held->loss_min[self->held->n_points - 1], 3));
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}
