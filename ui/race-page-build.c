/* EwRacePage: its table and controls. */
#include "ui/paint/chart.h"
#include "ui/race-page-private.h"
#include "ui/speed-stops.h"
#include "ui/widget-style.h"

#include <glib/gi18n.h>

#define SWATCH     12
#define RATE_CHARS 7
#define LOSS_CHARS 9
#define DONE_CHARS 7

/* The least room of the speed. */
#define SPEED_WIDTH 70

/* Epochs a second at first: slow enough to be watched. */
#define SPEED_START 20

static void
on_play (EwRacePage *self)
{
  ew_race_page_wish (self, EW_RACE_PLAY);
}

static void
on_step (EwRacePage *self)
{
  ew_race_page_wish (self, EW_RACE_STEP);
}

static void
on_reset (EwRacePage *self)
{
  ew_race_page_wish (self, EW_RACE_RESET);
}

static void
on_copy (EwRacePage *self)
{
  ew_race_page_wish (self, EW_RACE_COPY);
}

static void
on_speed (EwRacePage *self)
{
  ew_race_page_wish (self, EW_RACE_SPEED);
}

static void
on_cancel (EwRacePage *self)
{
  ew_race_page_wish (self, EW_RACE_CANCEL);
}

/* The words, and beside them what ends a wait. */
GtkWidget *
ew_race_page_make_words (EwRacePage *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->words = EW_STEADY_TEXT (ew_steady_text_new (30, 0));
  ew_steady_text_set_lines (self->words, 2, 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->words), TRUE);
  self->cancel = gtk_button_new_with_label (_ ("Cancel"));
  gtk_widget_set_tooltip_text (self->cancel, _ ("Do not go through the pixels"));
  gtk_widget_set_valign (self->cancel, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (self->cancel, FALSE);
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (on_cancel), self);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (line), self->cancel);
  return line;
}

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer color)
{
  EwPaintStyle style;

  ew_widget_style_init (GTK_WIDGET (area), &style);
  cairo_arc (cr, width / 2.0, height / 2.0, SWATCH / 2.0 - 1, 0, 2 * G_PI);
  ew_color_set (ew_chart_run_color (&style, GPOINTER_TO_INT (color)), cr);
  cairo_fill (cr);
  ew_paint_style_clear (&style);
}

static EwSteadyText *
add_text (GtkGrid *grid, int column, int line, int chars, const char *words)
{
  GtkWidget *text = ew_steady_text_new (chars, 1);

  ew_steady_text_set_words (EW_STEADY_TEXT (text), words, NULL);
  gtk_widget_add_css_class (text, "numeric");
  gtk_grid_attach (grid, text, column, line, 1, 1);
  return EW_STEADY_TEXT (text);
}

static void
add_row (EwRacePage *self, GtkGrid *grid, int kind)
{
  EwRaceRow *row = &self->rows[kind];
  const char *title = ew_race_title ((EwOptimizerKind)kind);
  g_autofree char *name = g_strdup_printf (_ ("Rate of %s"), title);
  GtkWidget *swatch = gtk_drawing_area_new ();

  row->runs = GTK_CHECK_BUTTON (gtk_check_button_new_with_label (title));
  gtk_check_button_set_active (row->runs, TRUE);
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (swatch), SWATCH);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (swatch), draw_swatch, GINT_TO_POINTER (kind), NULL);
  ew_widget_style_follow (swatch);
  row->rate = GTK_ENTRY (gtk_entry_new ());
  gtk_editable_set_width_chars (GTK_EDITABLE (row->rate), RATE_CHARS);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (row->rate), RATE_CHARS);
  gtk_widget_set_tooltip_text (GTK_WIDGET (row->rate), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->rate), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_visible (GTK_WIDGET (row->rate), kind != EW_OPTIMIZER_CG);
  gtk_grid_attach (grid, swatch, 0, kind + 1, 1, 1);
  gtk_grid_attach (grid, GTK_WIDGET (row->runs), 1, kind + 1, 1, 1);
  gtk_grid_attach (grid, GTK_WIDGET (row->rate), 2, kind + 1, 1, 1);
  row->loss = add_text (grid, 3, kind + 1, LOSS_CHARS, "");
  row->done = add_text (grid, 4, kind + 1, DONE_CHARS, "");
  g_signal_connect_swapped (row->runs, "toggled", G_CALLBACK (ew_race_page_on_runs), self);
  g_signal_connect (row->rate, "changed", G_CALLBACK (ew_race_page_on_rate), self);
}

GtkWidget *
ew_race_page_make_table (EwRacePage *self)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_widget_add_css_class (grid, "race-table");
  for (int column = 2; column < 5; column++)
    {
      static const char *const names[] = { N_ ("Rate"), N_ ("Loss"), N_ ("Epochs") };
      EwSteadyText *head = add_text (GTK_GRID (grid), column, 0, RATE_CHARS, _ (names[column - 2]));

      gtk_widget_add_css_class (GTK_WIDGET (head), "dim-label");
    }
  for (int kind = 0; kind < EW_RACE_MAX; kind++)
    add_row (self, GTK_GRID (grid), kind);
  return grid;
}

static GtkButton *
add_button (EwRacePage *self, GtkWidget *bar, const char *icon, const char *name, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (button, "clicked", clicked, self);
  gtk_box_append (GTK_BOX (bar), button);
  return GTK_BUTTON (button);
}

GtkWidget *
ew_race_page_make_bar (EwRacePage *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  /* 99 % of the way from the first loss to the least one. */
  const char *const goals[] = { _ ("to 90 %"), _ ("to 99 %"), _ ("to 99.99 %"), _ ("to opt. + 1 %"), NULL };

  gtk_widget_add_css_class (bar, "race-bar");
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  /* The speed grows in the bar, the bar no wider than the table. */
  gtk_widget_set_hexpand (bar, FALSE);
  self->play = add_button (self, bar, "media-playback-start-symbolic", _ ("Run race"), G_CALLBACK (on_play));
  add_button (self, bar, "media-skip-forward-symbolic", _ ("One epoch for all"), G_CALLBACK (on_step));
  add_button (self, bar, "media-skip-backward-symbolic", _ ("All back to the start"), G_CALLBACK (on_reset));
  add_button (self, bar, "edit-copy-symbolic", _ ("Copy the table as CSV"), G_CALLBACK (on_copy));
  self->speed = GTK_SCALE (gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, ew_speed_last_stop (), 1));
  gtk_range_set_value (GTK_RANGE (self->speed), ew_speed_find_stop (SPEED_START));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->speed), _ ("Epochs a second"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->speed), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Race speed"), -1);
  gtk_widget_set_size_request (GTK_WIDGET (self->speed), SPEED_WIDTH, -1);
  gtk_widget_set_hexpand (GTK_WIDGET (self->speed), TRUE);
  g_signal_connect_swapped (self->speed, "value-changed", G_CALLBACK (on_speed), self);
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->speed));
  self->goal = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (goals));
  gtk_drop_down_set_selected (self->goal, EW_RACE_NEARER);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->goal), _ ("What the epochs are counted to: a part of the way from the first loss to the least one"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->goal), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Goal of the race"),
                                  -1);
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->goal));
  g_signal_connect_swapped (self->goal, "notify::selected", G_CALLBACK (ew_race_page_on_goal), self);
  return bar;
}
