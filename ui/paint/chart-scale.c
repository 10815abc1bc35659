/* A chart's scales: what the axes span, and where an epoch and a value lie. */
#include "ui/paint/chart-buffer.h"
#include "ui/paint/number.h"

#include <math.h>

/* An epoch limit up to this, or up to FORESIGHT times the epochs done, is where the axis ends. */
#define SHORT_RUN 200
#define FORESIGHT 4

double
ew_chart_x (const EwChartPaint *paint, const EwChartFrame *frame, int point, gboolean last)
{
  const EwCurves *curves = paint->curves;
  guint64 start = curves->starts[point];
  double epoch = (double)start;

  if (last)
    epoch = fmax (epoch, (double)(point + 1 < curves->n_points ? curves->starts[point + 1] - 1 : curves->last_epoch));
  return ew_chart_epoch_x (frame, epoch);
}

double
ew_chart_axis_value (const EwChartPaint *paint, const EwChartFrame *frame, double value)
{
  if (!isfinite (value))
    return NAN;
  if (ew_chart_is_log (paint))
    return value > 0 ? fmax (log10 (value), frame->low) : frame->low;
  return value;
}

double
ew_chart_y (const EwChartPaint *paint, const EwChartFrame *frame, double value)
{
  double place = ew_chart_axis_value (paint, frame, value);

  return frame->y + frame->height * (frame->high - place) / (frame->high - frame->low);
}

const EwCurves *
ew_chart_curves (const EwChartPaint *paint, int run)
{
  return run < 0 ? paint->curves : paint->runs[run].curves;
}

gboolean
ew_chart_has_points (const EwCurves *curves)
{
  return curves != NULL && curves->n_points > 0;
}

gboolean
ew_chart_any_run (const EwChartPaint *paint)
{
  for (int run = 0; run < paint->n_runs; run++)
    if (ew_chart_has_points (paint->runs[run].curves))
      return TRUE;
  return FALSE;
}

/* The smallest positive and the largest finite loss, whether one is zero, whether one is finite at all. */
typedef struct
{
  double low;
  double high;
  gboolean zero;
  gboolean any;
} Losses;

static void
look_at_losses (const EwCurves *curves, Losses *losses)
{
  for (int p = 0; p < curves->n_points; p++)
    {
      double least = curves->loss_min[p];
      double most = curves->loss_max[p];

      losses->any = losses->any || isfinite (most);
      losses->zero = losses->zero || least <= 0;
      if (least > 0)
        losses->low = fmin (losses->low, least);
      /* Zero and something else in one point: what lies between is not known. */
      else if (isfinite (most) && most > 0)
        losses->low = fmin (losses->low, most);
      if (isfinite (most))
        losses->high = fmax (losses->high, most);
    }
}

/* Decades that hold every loss, one more where a loss is zero; or from zero to a labelled value. */
static gboolean
loss_range (const EwChartPaint *paint, EwChartFrame *frame)
{
  Losses losses = { .low = INFINITY };
  double goal = paint->optimum == NULL ? NAN : paint->optimum[0];

  for (int run = -1; run < paint->n_runs; run++)
    if (ew_chart_has_points (ew_chart_curves (paint, run)))
      look_at_losses (ew_chart_curves (paint, run), &losses);
  /* A goal far below what has been reached would press the curve to the top: down to a decade below it. */
  if (isfinite (goal) && goal > losses.low / 10 && goal < losses.low)
    losses.low = goal;
  if (paint->linear)
    {
      double step = ew_chart_value_step (paint->style, (EwRange){ 0, losses.high }, frame->height);

      frame->low = 0;
      frame->high = losses.high > 0 ? ceil (losses.high / step - 1e-9) * step : 1;
      return losses.any;
    }
  frame->low = losses.high > 0 ? floor (log10 (losses.low) + 1e-9) - (losses.zero ? 1 : 0) : -1;
  frame->high = losses.high > 0 ? ceil (log10 (losses.high) - 1e-9) : 0;
  if (frame->high <= frame->low)
    frame->high = frame->low + 1;
  return losses.any;
}

/* Extremes of all the weights of a run that are drawn. */
static gboolean
look_at_weights (const EwChartPaint *paint, int run, float *low, float *high)
{
  const EwCurves *curves = ew_chart_curves (paint, run);
  int line = run < 0 ? -1 : ew_chart_only_line (paint, curves);
  EwChartExtent extent;

  if (line < 0)
    ew_chart_weights_extent (curves, paint->buffer, &extent);
  else
    ew_chart_weight_extent (curves, (size_t)line * curves->n_points, curves->n_points, &extent);
  *low = MIN (*low, extent.low);
  *high = MAX (*high, extent.high);
  return extent.low < INFINITY && extent.high > -INFINITY;
}

/* Weights with zero, out to labelled values. FALSE where none is finite. */
static gboolean
weight_range (const EwChartPaint *paint, EwChartFrame *frame)
{
  float low = 0;
  float high = 0;
  gboolean any = FALSE;

  for (int run = -1; run < paint->n_runs; run++)
    if (ew_chart_draws_run (paint, run))
      any |= look_at_weights (paint, run, &low, &high);
  for (int w = 0; any && ew_chart_draws_optimum (paint) && w < paint->curves->n_weights; w++)
    {
      low = MIN (low, (float)paint->optimum[w]);
      high = MAX (high, (float)paint->optimum[w]);
    }
  if (low == high)
    low = -1, high = 1;

  /* In float64: the largest and the smallest float32 are further apart than float32 can say. */
  double room = 0.04 * ((double)high - low);
  EwRange range = { low - room, high + room };
  double step = ew_chart_value_step (paint->style, range, frame->height);

  frame->low = low < 0 ? floor (range.low / step + 1e-9) * step : 0;
  frame->high = high > 0 ? ceil (range.high / step - 1e-9) * step : 0;
  return any;
}

static void
epoch_range (const EwChartPaint *paint, EwChartFrame *frame)
{
  double first = INFINITY;
  double last = 1;
  double limit = (double)paint->epoch_limit;

  for (int run = -1; run < paint->n_runs; run++)
    if (ew_chart_has_points (ew_chart_curves (paint, run)))
      {
        first = fmin (first, (double)ew_chart_curves (paint, run)->first_epoch);
        last = fmax (last, (double)ew_chart_curves (paint, run)->last_epoch);
      }
  frame->log_epochs = paint->log_epochs;
  frame->first_epoch = first <= 1 ? (paint->log_epochs ? 1 : 0) : first;
  if (limit >= last && limit > frame->first_epoch && (limit <= SHORT_RUN || limit <= FORESIGHT * last))
    frame->last_epoch = limit;
  else if (paint->log_epochs)
    frame->last_epoch = fmax (last, 10 * frame->first_epoch);
  else
    frame->last_epoch = frame->first_epoch + ew_nice_ceil (fmax (last - frame->first_epoch, 10));
  frame->log_span = frame->log_epochs ? log (frame->last_epoch / frame->first_epoch) : 0;
}

gboolean
ew_chart_set_ranges (const EwChartPaint *paint, EwChartFrame *frame)
{
  epoch_range (paint, frame);
  return paint->kind == EW_CHART_LOSS ? loss_range (paint, frame) : weight_range (paint, frame);
}

double
ew_chart_epoch_x (const EwChartFrame *frame, double epoch)
{
  if (!frame->log_epochs)
    return frame->x + frame->width * (epoch - frame->first_epoch) / (frame->last_epoch - frame->first_epoch);
  return frame->x + frame->width * log (fmax (epoch, frame->first_epoch) / frame->first_epoch) / frame->log_span;
}

guint64
ew_chart_epoch_at (const EwChartFrame *frame, double x)
{
  double t = CLAMP ((x - frame->x) / frame->width, 0, 1);
  double ratio = frame->last_epoch / frame->first_epoch;
  double epoch = frame->log_epochs ? frame->first_epoch * pow (ratio, t)
                                   : frame->first_epoch + t * (frame->last_epoch - frame->first_epoch);

  return (guint64)round (fmax (epoch, 0));
}
