/* EwExperiment: the rules of what fits together. */
#include "app/experiment-geometry.h"

#include "app/golden.h"
#include "engine/preset.h"

#include <glib/gi18n.h>
#include <math.h>

/* A pair of one size says nothing about its kernel's; this is where most filters are. */
#define USUAL_SIDE 3

/* A target from a file comes with this geometry, as on the command line. */
static const EwSettings plain = { .stride = 1, .dilation = 1 };

void
ew_experiment_init_textbook (EwExperiment *experiment)
{
  g_autoptr (EwGrid) image = ew_golden_edge_image ();

  *experiment = (EwExperiment){
    .settings = {
      .target = (int) (ew_preset_find ("edge") - ew_presets (&(guint){ 0 })),
      .kernel_height = 1,
      .kernel_width = 2,
      .stride = 1,
      .dilation = 1,
      .by_hand = TRUE,
      .init = EW_INIT_UNIFORM,
      .loss = EW_LOSS_SUM,
      .rate = EW_GOLDEN_RATE,
      .epochs = EW_GOLDEN_EPOCHS,
      .speed = 10,
    },
    .textbook = TRUE,
    .input = ew_source_new (NULL, _ ("textbook image"), FALSE, &image, 1),
    .teacher = ew_golden_edge_kernel (),
    .start = ew_golden_start (),
  };
  ew_recipe_init (&experiment->settings.recipe, EW_OPTIMIZER_GD);
}

/* What belongs to the pictures that are open, and to none that come after them. */
static void
leave_data (EwExperiment *experiment)
{
  g_clear_pointer (&experiment->pairs, ew_pairs_unref);
  g_clear_pointer (&experiment->done, ew_corrections_unref);
  for (int k = 0; k < EW_N_CHANNELS; k++)
    g_clear_pointer (&experiment->own[k], ew_kernel_unref);
  experiment->settings.pair = 0;
}

void
ew_experiment_copy (EwExperiment *to, const EwExperiment *from)
{
  *to = *from;
  to->input = ew_source_ref (from->input);
  to->target = from->target == NULL ? NULL : ew_source_ref (from->target);
  to->mask = from->mask == NULL ? NULL : ew_source_ref (from->mask);
  to->pairs = from->pairs == NULL ? NULL : ew_pairs_ref (from->pairs);
  ew_corrections_ref (to->done);
  for (int k = 0; k < EW_N_CHANNELS; k++)
    if (to->own[k] != NULL)
      ew_kernel_ref (to->own[k]);
  to->teacher = ew_kernel_ref (from->teacher);
  to->start = ew_kernel_ref (from->start);
  to->fixed = from->fixed == NULL ? NULL : ew_kernel_ref (from->fixed);
}

void
ew_experiment_clear (EwExperiment *experiment)
{
  g_clear_pointer (&experiment->input, ew_source_unref);
  g_clear_pointer (&experiment->target, ew_source_unref);
  g_clear_pointer (&experiment->mask, ew_source_unref);
  leave_data (experiment);
  g_clear_pointer (&experiment->teacher, ew_kernel_unref);
  g_clear_pointer (&experiment->start, ew_kernel_unref);
  g_clear_pointer (&experiment->fixed, ew_kernel_unref);
}

static void
replace_source (EwSource **to, EwSource *from)
{
  if (from != NULL)
    ew_source_ref (from);
  ew_source_unref (*to);
  *to = from;
}

static void
replace_kernel (EwKernel **to, EwKernel *from)
{
  ew_kernel_ref (from);
  ew_kernel_unref (*to);
  *to = from;
}

static gboolean
check_input_size (const EwSettings *s, const EwSource *input, int height, int width, GError **error)
{
  EwGeometry geometry;
  int rows, columns;

  ew_settings_geometry (s, height, width, &geometry);
  return ew_geometry_output_size (&geometry, input->planes[0]->height, input->planes[0]->width, &rows, &columns, error);
}

static gboolean
same_size (const EwSource *a, const EwSource *b)
{
  return a->planes[0]->height == b->planes[0]->height && a->planes[0]->width == b->planes[0]->width;
}

/* Whether a target can be learned from with this kernel size. */
static gboolean
target_fits (const EwSettings *s, const EwSource *input, const EwSource *target, int height, int width)
{
  EwGeometry geometry;
  int rows, columns;

  ew_settings_geometry (s, height, width, &geometry);
  if (ew_geometry_is_valid (&geometry) && same_size (input, target))
    return TRUE;
  return ew_geometry_output_size (&geometry, input->planes[0]->height, input->planes[0]->width, &rows, &columns, NULL)
         && target->planes[0]->height == rows && target->planes[0]->width == columns;
}

/* Whatever was learned from the textbook's six by eight pixels, other data want to run on. */
static void
leave_textbook (EwExperiment *experiment)
{
  if (!experiment->textbook)
    return;
  experiment->textbook = FALSE;
  experiment->settings.rate = 0;
  experiment->settings.epochs = 0;
  experiment->settings.speed = INFINITY;
}

/* The textbook's rate is just below the limit of its two weights; that of more weights lies lower. */
static void
leave_textbook_rate (EwExperiment *experiment)
{
  if (experiment->textbook && experiment->settings.rate == EW_GOLDEN_RATE)
    experiment->settings.rate = 0;
}

void
ew_experiment_draw_start (EwExperiment *experiment)
{
  EwSettings *s = &experiment->settings;
  g_autoptr (EwKernel) start = ew_kernel_new_initial (s->kernel_height, s->kernel_width, s->init, s->seed, NULL);

  s->by_hand = FALSE;
  replace_kernel (&experiment->start, start);
}

/* The size of the kernel, which has been checked; start values of another size are drawn. */
static void
take_size (EwExperiment *experiment, int height, int width)
{
  EwSettings *s = &experiment->settings;

  s->kernel_height = height;
  s->kernel_width = width;
  if (experiment->start->height == height && experiment->start->width == width)
    return;
  leave_textbook_rate (experiment);
  ew_experiment_draw_start (experiment);
}

static void
take_teacher (EwExperiment *experiment, EwKernel *kernel, int preset)
{
  leave_data (experiment);
  replace_kernel (&experiment->teacher, kernel);
  replace_source (&experiment->target, NULL);
  replace_source (&experiment->mask, NULL);
  experiment->settings.target = preset;
}

static void
take_input (EwExperiment *experiment, EwSource *input)
{
  leave_textbook (experiment);
  leave_data (experiment);
  replace_source (&experiment->input, input);
  /* It was found with the former input. */
  replace_source (&experiment->mask, NULL);
  experiment->settings.channel = MIN (experiment->settings.channel, input->n_planes - 1);
}

gboolean
ew_experiment_set_input (EwExperiment *experiment, EwSource *input, char **note, GError **error)
{
  EwSettings *s = &experiment->settings;
  gboolean keeps_target = experiment->target != NULL && experiment->target->n_planes == input->n_planes
                          && target_fits (s, input, experiment->target, s->kernel_height, s->kernel_width);
  int height = keeps_target ? s->kernel_height : MAX (s->kernel_height, experiment->teacher->height);
  int width = keeps_target ? s->kernel_width : MAX (s->kernel_width, experiment->teacher->width);

  if (!check_input_size (s, input, height, width, error))
    return FALSE;
  if (experiment->target != NULL && !keeps_target)
    {
      if (note != NULL)
        *note = g_strdup (_ ("The target file does not fit this input; the target is now made by a kernel."));
      take_teacher (experiment, experiment->teacher, EW_TARGET_KERNEL);
      take_size (experiment, height, width);
    }
  take_input (experiment, input);
  return TRUE;
}

static void
refuse_target (const EwExperiment *experiment, const EwSource *target, GError **error)
{
  const EwGrid *x = experiment->input->planes[0];
  const EwGrid *y = target->planes[0];
  const EwSettings *s = &experiment->settings;

  /* Beside an input that is new too, the present kernel may be too large. */
  if (check_input_size (&plain, experiment->input, s->kernel_height, s->kernel_width, NULL))
    g_set_error (
        error, EW_ERROR, EW_ERROR_GEOMETRY,
        _ ("%s is %d×%d and does not fit the input of %d×%d; a target of %d×%d fits a %d×%d kernel, and one of the "
           "input’s size any."),
        target->name, y->height, y->width, x->height, x->width, x->height - s->kernel_height + 1,
        x->width - s->kernel_width + 1, s->kernel_height, s->kernel_width);
  else
    g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
                 _ ("%s is %d×%d and does not fit the input of %d×%d; a target of the input’s size would."),
                 target->name, y->height, y->width, x->height, x->width);
}

/* The kernel size that a pair asks for; fails where there is none. */
static gboolean
size_for_pair (const EwExperiment *experiment, const EwSource *target, int *height, int *width, GError **error)
{
  const EwGrid *x = experiment->input->planes[0];
  const EwGrid *y = target->planes[0];

  if (same_size (experiment->input, target))
    {
      *height = experiment->size_chosen ? experiment->settings.kernel_height : MIN (USUAL_SIDE, x->height);
      *width = experiment->size_chosen ? experiment->settings.kernel_width : MIN (USUAL_SIDE, x->width);
      return check_input_size (&plain, experiment->input, *height, *width, error);
    }
  *height = x->height - y->height + 1;
  *width = x->width - y->width + 1;
  if (*height >= 1 && *width >= 1 && *height <= EW_KERNEL_SIDE_MAX && *width <= EW_KERNEL_SIDE_MAX)
    return TRUE;
  refuse_target (experiment, target, error);
  return FALSE;
}

gboolean
ew_experiment_set_target (EwExperiment *experiment, EwSource *target, char **note, GError **error)
{
  EwSettings *s = &experiment->settings;
  int height, width;

  if (target->n_planes != experiment->input->n_planes)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_DATA,
                   _ ("%s has %d channels and the input has %d; take both as luminance, or two colour images."),
                   target->name, target->n_planes, experiment->input->n_planes);
      return FALSE;
    }
  if (!size_for_pair (experiment, target, &height, &width, error))
    return FALSE;
  if (note != NULL && same_size (experiment->input, target) && height * width > 1)
    *note
        = g_strdup_printf (_ ("The target has the input’s size: its frame, which a %d×%d kernel cannot reach, is left "
                              "out."),
                           height, width);
  else if (note != NULL && (height != s->kernel_height || width != s->kernel_width))
    *note = g_strdup_printf (_ ("The sizes of input and target ask for a %d×%d kernel."), height, width);
  leave_textbook (experiment);
  leave_data (experiment);
  ew_settings_forget_geometry (s);
  replace_source (&experiment->target, target);
  replace_source (&experiment->mask, NULL);
  s->target = EW_TARGET_FILE;
  take_size (experiment, height, width);
  return TRUE;
}

gboolean
ew_experiment_set_pair (EwExperiment *experiment, EwSource *input, EwSource *target, char **note, GError **error)
{
  EwExperiment changed;

  ew_experiment_copy (&changed, experiment);
  take_input (&changed, input);
  if (!ew_experiment_set_target (&changed, target, note, error))
    {
      ew_experiment_clear (&changed);
      return FALSE;
    }
  ew_experiment_clear (experiment);
  *experiment = changed;
  return TRUE;
}

gboolean
ew_experiment_set_teacher (EwExperiment *experiment, EwKernel *kernel, int preset, char **note, GError **error)
{
  EwSettings *s = &experiment->settings;
  int height = MAX (s->kernel_height, kernel->height);
  int width = MAX (s->kernel_width, kernel->width);

  if (!check_input_size (s, experiment->input, height, width, error))
    return FALSE;
  if (note != NULL && (height != s->kernel_height || width != s->kernel_width))
    *note = g_strdup_printf (_ ("The kernel is now %d×%d, as large as the one that makes the target."), height, width);
  take_teacher (experiment, kernel, preset);
  take_size (experiment, height, width);
  /* A start that is the answer leaves nothing to watch. */
  if (ew_kernel_equal (experiment->start, kernel))
    ew_experiment_draw_start (experiment);
  return TRUE;
}

gboolean
ew_experiment_set_size (EwExperiment *experiment, int height, int width, GError **error)
{
  if (!check_input_size (&experiment->settings, experiment->input, height, width, error)
      || !ew_experiment_check_lost (experiment, &experiment->settings, height, width, error))
    return FALSE;
  if (experiment->target != NULL
      && !target_fits (&experiment->settings, experiment->input, experiment->target, height, width))
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
                   _ ("Input and target ask for a %d×%d kernel; with a target of the input’s size any would fit."),
                   experiment->settings.kernel_height, experiment->settings.kernel_width);
      return FALSE;
    }
  if (experiment->target == NULL && (experiment->teacher->height > height || experiment->teacher->width > width))
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
                   _ ("The target is made by a %d×%d kernel; the kernel that learns it must be at least as large."),
                   experiment->teacher->height, experiment->teacher->width);
      return FALSE;
    }
  experiment->size_chosen = TRUE;
  take_size (experiment, height, width);
  return TRUE;
}

void
ew_experiment_wish_size (EwExperiment *experiment, int height, int width)
{
  if (experiment->teacher->height > height || experiment->teacher->width > width)
    {
      g_autoptr (EwKernel) identity = ew_preset_kernel ("identity", NULL);

      take_teacher (experiment, identity, (int)(ew_preset_find ("identity") - ew_presets (&(guint){ 0 })));
    }
  experiment->size_chosen = TRUE;
  take_size (experiment, height, width);
}

gboolean
ew_experiment_set_start (EwExperiment *experiment, EwKernel *kernel, char **note, GError **error)
{
  EwSettings *s = &experiment->settings;

  if (!check_input_size (s, experiment->input, kernel->height, kernel->width, error)
      || !ew_experiment_check_lost (experiment, s, kernel->height, kernel->width, error))
    return FALSE;
  if (experiment->target != NULL
      && !target_fits (s, experiment->input, experiment->target, kernel->height, kernel->width))
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
                   _ ("Input and target ask for a %d×%d kernel, and this one is %d×%d."), s->kernel_height,
                   s->kernel_width, kernel->height, kernel->width);
      return FALSE;
    }
  if (experiment->target == NULL
      && (experiment->teacher->height > kernel->height || experiment->teacher->width > kernel->width))
    {
      if (note != NULL)
        *note = g_strdup (_ ("The target is now made by this kernel."));
      take_teacher (experiment, kernel, EW_TARGET_KERNEL);
    }
  experiment->size_chosen = TRUE;
  if (kernel->height != s->kernel_height || kernel->width != s->kernel_width)
    leave_textbook_rate (experiment);
  s->kernel_height = kernel->height;
  s->kernel_width = kernel->width;
  s->by_hand = TRUE;
  replace_kernel (&experiment->start, kernel);
  return TRUE;
}
