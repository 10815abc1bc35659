/* EwLearnSource: files into problems. */
#include "app/cli/learn-source.h"

#include "app/cli/cli.h"
#include "engine/holdout.h"

#include <string.h>

double
ew_learn_seconds (gint64 start)
{
  return (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static EwPairNames *
one_pair (const char *before, const char *after)
{
  EwPairNames *names = g_new0 (EwPairNames, 1);

  names->n = 1;
  names->before = g_new0 (char *, 2);
  names->after = g_new0 (char *, 2);
  names->names = g_new0 (char *, 2);
  names->before[0] = g_strdup (before);
  names->after[0] = g_strdup (after);
  names->names[0] = g_strdup (after);
  return names;
}

EwPairNames *
ew_learn_source_names (const EwLearnOptions *o, GError **error)
{
  EwPairNames *names;

  if (o->pairs == NULL)
    return one_pair (o->input, o->target);
  names = ew_pair_names_read (o->pairs, error);
  if (names == NULL)
    g_prefix_error (error, "%s: ", o->pairs);
  else if (names->note != NULL)
    ew_cli_say (names->note);
  return names;
}

void
ew_learn_source_init (EwLearnSource *source, const EwLearnOptions *options, const EwPairNames *names, int channel)
{
  *source = (EwLearnSource){ .options = options,
                             .names = names,
                             .channel = channel,
                             .geometry = options->geometry,
                             .has_bias = options->has_bias,
                             .seen = g_new0 (gboolean, names->n) };
}

void
ew_learn_source_clear (EwLearnSource *source)
{
  g_clear_pointer (&source->findings, ew_findings_free);
  g_clear_pointer (&source->seen, g_free);
}

char *
ew_learn_source_title (const EwLearnSource *source, int number)
{
  const char *name = source->options->pairs == NULL ? NULL : source->names->names[number];
  const char *channel = source->channel < 0 ? NULL : ew_channel_names[source->channel];

  if (name != NULL && channel != NULL)
    return g_strdup_printf ("%s, %s", name, channel);
  return g_strdup (name != NULL ? name : channel);
}

/* A picture as the source takes colours; what was dropped is said once. */
static EwPicture *
read_picture (EwLearnSource *source, const char *path, EwColour colour, gboolean quiet, GError **error)
{
  gint64 start = g_get_monotonic_time ();
  EwPicture *picture = ew_picture_read (path, colour, NULL, NULL, &ew_cli_interrupted, error);

  source->read_seconds += ew_learn_seconds (start);
  if (picture == NULL)
    g_prefix_error (error, "%s: ", path);
  else if (picture->note != NULL && !quiet)
    {
      g_autofree char *note = g_strdup_printf ("%s: %s", path, picture->note);

      ew_cli_say (note);
    }
  return picture;
}

/* Both files as channels where both have them; else as their luminance. */
static gboolean
read_pair (EwLearnSource *source, int number, EwPicture **before, EwPicture **after, GError **error)
{
  const EwPairNames *names = source->names;
  EwColour colour = source->options->channels == EW_CHANNELS_LUMINANCE ? EW_COLOUR_LUMINANCE : EW_COLOUR_CHANNELS;
  gboolean quiet = source->seen[number] || source->channel > 0;
  g_autoptr (EwPicture) x = read_picture (source, names->before[number], colour, quiet, error);
  g_autoptr (EwPicture) y = x == NULL ? NULL : read_picture (source, names->after[number], colour, quiet, error);

  if (y == NULL)
    return FALSE;
  if (colour == EW_COLOUR_CHANNELS && (x->n_planes < EW_N_CHANNELS || y->n_planes < EW_N_CHANNELS))
    {
      const char *grey = names->before[number];
      g_autofree char *line = NULL;

      if (x->n_planes == EW_N_CHANNELS)
        grey = names->after[number];
      if (source->options->channels == EW_CHANNELS_EACH)
        {
          g_set_error (error, EW_ERROR, EW_ERROR_DATA,
                       "%s: There are no colours here, so there is no kernel for each; without --channels each the "
                       "luminance would do.",
                       grey);
          return FALSE;
        }
      line = g_strdup_printf ("%s has no colours, so the luminance is used.", grey);
      if (!quiet)
        ew_cli_say (line);
      if (x->n_planes == EW_N_CHANNELS)
        {
          ew_picture_free (x);
          x = read_picture (source, names->before[number], EW_COLOUR_LUMINANCE, TRUE, error);
        }
      else if (y->n_planes == EW_N_CHANNELS)
        {
          ew_picture_free (y);
          y = read_picture (source, names->after[number], EW_COLOUR_LUMINANCE, TRUE, error);
        }
      if (x == NULL || y == NULL)
        return FALSE;
    }
  *before = g_steal_pointer (&x);
  *after = g_steal_pointer (&y);
  return TRUE;
}

/* The first pair's corrections are everybody's: the kernel is laid over all of them alike. */
static gboolean
settle_shape (EwLearnSource *source, int number, const EwPair *pair, GError **error)
{
  if (number == 0)
    {
      source->geometry = pair->geometry;
      source->has_bias = pair->has_bias;
    }
  if (memcmp (&pair->geometry, &source->geometry, sizeof pair->geometry) == 0)
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
               "%s: This pair needs another padding or border than the first one; pairs that are learned from together "
               "must be alike.",
               source->names->after[number]);
  return FALSE;
}

/* The planes of a pair as a problem, corrected. */
static EwProblem *
problem_of (EwLearnSource *source, int number, const EwPicture *before, const EwPicture *after, GError **error)
{
  EwPair pairs[EW_N_CHANNELS] = { { NULL } };
  EwSample samples[EW_N_CHANNELS];
  int n = source->channel < 0 ? before->n_planes : 1;
  EwProblem *problem = NULL;

  for (int k = 0; k < n; k++)
    {
      int plane = source->channel < 0 ? k : source->channel;

      pairs[k] = (EwPair){ ew_grid_ref (before->planes[plane]), ew_grid_ref (after->planes[plane]), NULL, source->geometry,
                           source->has_bias };
    }
  /* Green is nearest to what the eye sees. */
  if (ew_learn_source_examine (source, number, pairs, n, n / 2, before, after, error)
      && settle_shape (source, number, &pairs[0], error))
    {
      for (int k = 0; k < n; k++)
        samples[k] = (EwSample){ pairs[k].x, pairs[k].y, pairs[k].mask };
      problem = ew_problem_new (samples, n, &source->geometry, source->has_bias, error);
      if (problem == NULL)
        g_prefix_error (error, "%s: ", source->names->after[number]);
    }
  for (int k = 0; k < n; k++)
    ew_pair_clear (&pairs[k]);
  return problem;
}

gboolean
ew_learn_source_fetch (int number, gpointer data, EwProblem **problem, EwProblem **held, GError **error)
{
  EwLearnSource *source = data;
  g_autoptr (EwPicture) before = NULL;
  g_autoptr (EwPicture) after = NULL;
  g_autoptr (EwProblem) whole = NULL;
  double fraction = source->options->how.holdout;

  if (!read_pair (source, number, &before, &after, error)
      || (whole = problem_of (source, number, before, after, error)) == NULL)
    return FALSE;
  source->seen[number] = TRUE;
  *held = NULL;
  if (fraction > 0)
    {
      if (ew_problem_split (whole, fraction, problem, held, error))
        return TRUE;
      g_prefix_error (error, "%s: ", source->names->after[number]);
      return FALSE;
    }
  *problem = g_steal_pointer (&whole);
  return TRUE;
}

/* Adds a problem's samples, referenced. */
static void
take_samples (const EwProblem *problem, GArray *samples)
{
  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwSample *sample = &problem->samples[s];
      EwSample kept = { ew_grid_ref (sample->x), ew_grid_ref (sample->y),
                        sample->mask == NULL ? NULL : ew_grid_ref (sample->mask) };

      g_array_append_val (samples, kept);
    }
}

static void
clear_sample (gpointer data)
{
  EwSample *sample = data;

  ew_grid_unref (sample->x);
  ew_grid_unref (sample->y);
  g_clear_pointer (&sample->mask, ew_grid_unref);
}

static GArray *
new_samples (void)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (EwSample));

  g_array_set_clear_func (samples, clear_sample);
  return samples;
}

gboolean
ew_learn_source_fetch_all (EwLearnSource *source, EwProblem **problem, EwProblem **held, GError **error)
{
  g_autoptr (GArray) samples = new_samples ();
  g_autoptr (GArray) held_samples = new_samples ();
  EwGeometry geometry;
  gboolean has_bias = FALSE;

  *held = NULL;
  for (int number = 0; number < source->names->n; number++)
    {
      g_autoptr (EwProblem) one = NULL;
      g_autoptr (EwProblem) one_held = NULL;

      if (!ew_learn_source_fetch (number, source, &one, &one_held, error))
        return FALSE;
      take_samples (one, samples);
      if (one_held != NULL)
        take_samples (one_held, held_samples);
      geometry = one->geometry;
      has_bias = one->has_bias;
    }
  *problem = ew_problem_new ((const EwSample *)samples->data, (int)samples->len, &geometry, has_bias, error);
  if (*problem != NULL && held_samples->len > 0)
    *held = ew_problem_new ((const EwSample *)held_samples->data, (int)held_samples->len, &geometry, has_bias, error);
  return *problem != NULL && (*held != NULL || held_samples->len == 0);
}
