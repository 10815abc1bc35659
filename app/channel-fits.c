/* EwChannelFits: a fit for each channel, compared. */
#include "app/channel-fits.h"

#include "engine/fit.h"
#include "engine/holdout.h"

#include <glib/gi18n.h>
#include <math.h>

void
ew_channel_fits_free (EwChannelFits *fits)
{
  if (fits == NULL)
    return;
  for (int k = 0; k < EW_N_CHANNELS; k++)
    {
      ew_problem_unref (fits->problems[k]);
      ew_optimum_free (fits->optima[k]);
    }
  g_free (fits);
}

EwChannelFits *
ew_channel_fits_new (EwDevices *devices, EwProblem *whole, const int *channel_of, EwCancel *cancel, GError **error)
{
  g_autoptr (EwChannelFits) fits = g_new0 (EwChannelFits, 1);

  for (int k = 0; k < EW_N_CHANNELS; k++)
    {
      EwProblem *problem = fits->problems[k] = ew_problem_select (whole, channel_of, k, error);
      g_autoptr (EwQuadratic) q = problem == NULL ? NULL : ew_fit_quadratic (devices, problem, cancel, error);

      if (q == NULL)
        return NULL;
      fits->variations[k] = ew_problem_variation (problem);
      fits->optima[k] = ew_optimum_new (q, problem->n_residuals, fits->variations[k], cancel, error);
      if (fits->optima[k] == NULL)
        return NULL;
    }
  ew_agreement_look (fits->optima, EW_N_CHANNELS, &fits->agreement);
  return g_steal_pointer (&fits);
}

const char *
ew_channel_name (int channel)
{
  static const char *const names[EW_N_CHANNELS] = { "red", "green", "blue" };

  return names[channel];
}

const char *
ew_channel_title (int channel)
{
  static const char *const titles[EW_N_CHANNELS] = { N_ ("Red"), N_ ("Green"), N_ ("Blue") };

  return _ (titles[channel]);
}

/* "K[1, 2]", or "the bias". */
static char *
weight_name (const EwChannelFits *fits, int weight)
{
  int width = fits->problems[0]->geometry.kernel_width;

  return weight >= fits->problems[0]->geometry.kernel_height * width
             ? g_strdup (_ ("the bias"))
             : g_strdup_printf ("K[%d, %d]", weight / width, weight % width);
}

char *
ew_channel_fits_describe (const EwChannelFits *fits, gboolean *differ)
{
  const EwAgreement *a = &fits->agreement;
  g_autofree char *weight = NULL;
  char most[G_ASCII_DTOSTR_BUF_SIZE], times[G_ASCII_DTOSTR_BUF_SIZE], largest[G_ASCII_DTOSTR_BUF_SIZE];

  *differ = FALSE;
  if (a->n_weights == 0)
    return g_strdup (_ ("No weight is determined in all three channels, so they cannot be compared."));
  if (a->agree)
    return g_strdup (_ ("One kernel explains all three: red, green and blue agree within their errors."));
  g_ascii_formatd (largest, sizeof largest, "%.2g", a->largest);
  if (a->negligible)
    return g_strdup_printf (_ ("One kernel will do for all three: red, green and blue differ by more than their errors, but by %s at "
                               "most, less than half a step of 8 bits."),
                            largest);
  *differ = TRUE;
  weight = weight_name (fits, a->weight);
  g_ascii_formatd (most, sizeof most, "%.2g", fabs (a->difference));
  g_ascii_formatd (times, sizeof times, "%.2g", a->most);
  return g_strdup_printf (_ ("The channels have kernels of their own: %s differs by %s between %s and %s, %s times its error."),
                          weight, most, ew_channel_name (a->first), ew_channel_name (a->second), times);
}
