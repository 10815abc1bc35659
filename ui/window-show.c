/* EwWindow: how a snapshot is shown. */
#include "ui/diagnosis-text.h"
#include "ui/state-text.h"
#include "ui/window-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Numbers that change sixty times a second cannot be read. */
#define TEXT_INTERVAL_US 100000

/* How long the pictures of the former task may stay. */
#define STALE_MS 400

static void
set_label (GtkLabel *label, const char *text)
{
  if (strcmp (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

void
ew_window_show_output (EwWindow *self)
{
  EwPictures *p = self->pictures;

  if (p == NULL || p->output == NULL || p->target == NULL)
    return;
  ew_plane_view_set_source (self->output_view, self->shown == SHOW_TARGET ? self->snapshot->y : NULL);
  ew_plane_view_set_mask (self->output_view, self->shown == SHOW_RESIDUAL ? ew_explainer_mask_of (self->snapshot) : NULL);
  switch (self->shown)
    {
    case SHOW_TARGET:
      ew_plane_view_set_reference (self->output_view, p->output);
      ew_plane_view_show_part (self->output_view, p->target, NULL, p->block, p->row, p->column);
      break;
    case SHOW_RESIDUAL:
      ew_plane_view_set_reference (self->output_view, NULL);
      ew_plane_view_show_part (self->output_view, p->output, p->target, p->block, p->row, p->column);
      break;
    case SHOW_OUTPUT:
    default:
      ew_plane_view_set_reference (self->output_view, p->target);
      ew_plane_view_show_part (self->output_view, p->output, NULL, p->block, p->row, p->column);
      break;
    }
}

void
ew_window_show_pictures (EwWindow *self, EwPictures *pictures)
{
  if (self->snapshot == NULL || pictures->task != self->snapshot->task)
    return;
  ew_pictures_unref (self->pictures);
  self->pictures = ew_pictures_ref (pictures);
  ew_plane_view_set_source_size (self->input_view, self->snapshot->input_height, self->snapshot->input_width);
  ew_plane_view_set_source_size (self->output_view, self->snapshot->output_height, self->snapshot->output_width);
  if (pictures->input != NULL)
    ew_plane_view_show_part (self->input_view, pictures->input, NULL, pictures->input_block, pictures->input_row,
                             pictures->input_column);
  ew_plane_view_set_source (self->input_view, self->snapshot->x);
  ew_explainer_set_block (self->explainer, pictures->block);
  ew_window_show_output (self);
}

/* Rather nothing than the pictures of another task, but for the moment that it takes to make the new ones. */
static gboolean
on_stale (gpointer data)
{
  EwWindow *self = data;

  self->stale_timeout = 0;
  if (self->pictures == NULL || self->pictures->task == self->snapshot->task)
    return G_SOURCE_REMOVE;
  g_clear_pointer (&self->pictures, ew_pictures_unref);
  ew_plane_view_clear (self->input_view, NULL);
  ew_plane_view_clear (self->output_view, NULL);
  return G_SOURCE_REMOVE;
}

static void
watch_stale_pictures (EwWindow *self, const EwSnapshot *s)
{
  if (self->pictures != NULL && self->pictures->task != s->task && s->state != EW_RUN_PREPARING
      && self->stale_timeout == 0)
    self->stale_timeout = g_timeout_add (STALE_MS, on_stale, self);
}

static void
show_kernel (EwWindow *self, const EwSnapshot *s)
{
  int n_taps = ew_kernel_n_taps (s->kernel);

  ew_kernel_view_set_show_bias (self->kernel_view, s->curves != NULL && s->curves->n_weights > n_taps);
  ew_kernel_view_set_kernel (self->kernel_view, s->kernel);
}

/* Under the kernel's heading: what it is like, or where its weights come from. */
static void
show_kernel_name (EwWindow *self)
{
  g_autofree char *like = self->diagnosis == NULL ? NULL : ew_diagnosis_headline (self->diagnosis);
  gboolean start = self->snapshot != NULL && self->snapshot->shown_epoch == 0;

  ew_steady_text_set_words (self->kernel_name, like != NULL ? like : start ? _ ("start values") : "", NULL);
}

void
ew_window_show_diagnosis (EwWindow *self, EwDiagnosis *diagnosis)
{
  ew_diagnosis_ref (diagnosis);
  ew_diagnosis_unref (self->diagnosis);
  self->diagnosis = diagnosis;
  ew_sidebar_show_diagnosis (self->sidebar, diagnosis);
  show_kernel_name (self);
}

static void
show_headings (EwWindow *self, const EwSnapshot *s)
{
  g_autofree char *input = g_strdup_printf (_ ("Input X  %d×%d"), s->input_height, s->input_width);
  g_autofree char *kernel = g_strdup_printf (_ ("Kernel K  %d×%d"), s->kernel->height, s->kernel->width);
  g_autofree char *output = g_strdup_printf (_ ("Output Ŷ  %d×%d"), s->output_height, s->output_width);

  show_kernel_name (self);
  set_label (self->input_heading, input);
  set_label (self->kernel_heading, kernel);
  set_label (self->output_heading, output);
}

/* "2.1 M": three digits and a unit for thousands, millions, milliards. */
static char *
short_count (double count)
{
  static const char *const units[] = { "", " k", " M", " G" };
  guint unit = 0;
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (; count >= 999.5 && unit + 1 < G_N_ELEMENTS (units); unit++)
    count /= 1000;
  g_ascii_formatd (number, sizeof number, count < 9.95 && unit > 0 ? "%.1f" : "%.0f", count);
  return g_strconcat (number, units[unit], NULL);
}

/* What computes now, how long a step takes, and why that device. */
static void
show_device_details (EwWindow *self, const EwSnapshot *s)
{
  gboolean elsewhere = s->by_gram && !g_str_has_prefix (s->device, "CPU");
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, elsewhere ? _ ("%s has summed up the images, the CPU does the steps") : "%s", s->device);
  if (s->step_ms > 0)
    {
      g_string_append (text, "\n");
      g_string_append_printf (text, _ ("%.3g ms a step"), s->step_ms);
    }
  if (self->device_note != NULL)
    g_string_append_printf (text, "\n%s", self->device_note);
  if (g_strcmp0 (gtk_widget_get_tooltip_text (GTK_WIDGET (self->device_button)), text->str) != 0)
    gtk_widget_set_tooltip_text (GTK_WIDGET (self->device_button), text->str);
}

/* The header bar has room for the kind of device, "CPU · AVX-512", not for its number of threads. */
static void
show_device (EwWindow *self, const char *device)
{
  const char *dot = device == NULL ? NULL : strstr (device, "· ");
  const char *second = dot == NULL ? NULL : strstr (dot + 1, " · ");
  g_autofree char *label = second == NULL ? g_strdup (device) : g_strndup (device, second - device);

  if (label != NULL && g_strcmp0 (gtk_menu_button_get_label (self->device_button), label) != 0)
    gtk_menu_button_set_label (self->device_button, label);
}

/* What is held out: its loss now, and where it was least. */
static void
show_held (EwWindow *self, const EwSnapshot *s)
{
  const EwCurves *curves = s->held_curves;
  double least = NAN;
  guint64 epoch = 0;

  for (int p = 0; curves != NULL && p < curves->n_points; p++)
    if (isnan (least) || curves->loss_min[p] < least)
      {
        least = curves->loss_min[p];
        epoch = curves->starts[p];
      }
  ew_recipe_page_show_held (ew_sidebar_recipe_page (self->sidebar), s->held_loss, least, epoch);
}

static void
show_texts (EwWindow *self, const EwSnapshot *s)
{
  char loss[G_ASCII_DTOSTR_BUF_SIZE] = "–";
  g_autofree char *rate = short_count (s->epochs_per_second);
  g_autofree char *epoch = g_strdup_printf (_ ("epoch %'" G_GUINT64_FORMAT), s->shown_epoch);
  g_autofree char *loss_text = NULL;
  g_autofree char *state = ew_state_describe (s);
  g_autofree char *speed = s->epochs_per_second > 0 ? g_strdup_printf (_ ("%s epochs/s"), rate) : g_strdup ("");

  if (!isnan (s->loss))
    g_ascii_formatd (loss, sizeof loss, "%.3g", s->loss);
  loss_text = g_strdup_printf (_ ("loss %s"), loss);
  ew_steady_text_set_words (self->epoch_label, epoch, NULL);
  ew_steady_text_set_words (self->loss_label, loss_text, NULL);
  ew_steady_text_set_words (self->speed_label, speed, NULL);
  ew_steady_text_set_words (self->state_label, state, NULL);
  show_device (self, s->device);
  if (s->device != NULL)
    show_device_details (self, s);
  ew_sidebar_show_rate (self->sidebar, s->rate, s->rate_limit, &s->recipe);
  show_held (self, s);
}

static void
show_learn_button (EwWindow *self, EwRunState state)
{
  gboolean running = state == EW_RUN_RUNNING;
  const char *label = running ? _ ("Pause") : _ ("Learn");

  if (self->learn_state == state)
    return;
  self->learn_state = state;
  adw_button_content_set_label (self->learn_content, label);
  adw_button_content_set_icon_name (self->learn_content,
                                    running ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
}

void
ew_window_show_snapshot (EwWindow *self, EwSnapshot *snapshot, gboolean keep_kernel)
{
  gint64 now = g_get_monotonic_time ();
  gboolean settled = snapshot->state != EW_RUN_RUNNING && snapshot->playing == 0;
  gboolean read;

  if (snapshot != self->snapshot)
    {
      ew_snapshot_unref (self->snapshot);
      self->snapshot = ew_snapshot_ref (snapshot);
    }
  if (snapshot->kernel == NULL)
    return;
  watch_stale_pictures (self, snapshot);
  ew_window_follow_planes (self, snapshot);
  if (!keep_kernel)
    show_kernel (self, snapshot);
  ew_window_show_explanations (self);
  read = settled || (!self->crowded && now - self->texts_us >= TEXT_INTERVAL_US);
  ew_window_show_curves (self, snapshot, read);
  show_learn_button (self, snapshot->state);
  if (!read)
    return;
  self->texts_us = now;
  ew_window_show_pair (self, snapshot);
  show_headings (self, snapshot);
  show_texts (self, snapshot);
}
