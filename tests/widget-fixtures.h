/* What the widgets' tests share: a window of their own, real keys and a real pointer through the X server, and a count
 * of what is drawn. */
#pragma once

#include <adwaita.h>

/* Opens the display. FALSE: there is none, or no xdotool; that everything is skipped has been said. */
gboolean ew_widgets_init (void);

/* A window of width × height with @content, shown and with the keyboard's focus. Destroyed by ew_window_close. */
GtkWindow *ew_window_open (GtkWidget *content, int width, int height);
void ew_window_close (GtkWindow *window);

/* Runs the main loop until @condition holds (FALSE: it never did), or for a time. */
typedef gboolean (*EwCondition) (gpointer data);
gboolean ew_spin_until (EwCondition condition, gpointer data);
void ew_spin (int milliseconds);

/* Presses keys, as xdotool names them ("Return Tab ctrl+Up"), or types ASCII text, and waits until the window has got
 * them. */
void ew_keys (GtkWindow *window, const char *keys);
void ew_type (GtkWindow *window, const char *text);

/* Moves the pointer to a place in the widget; clicks there that often. */
void ew_click (GtkWindow *window, GtkWidget *widget, double x, double y, int times);

/* Turns the wheel over a place in the widget, a notch up (or down), with a modifier held, as xdotool names it, or NULL. */
void ew_wheel (GtkWindow *window, GtkWidget *widget, double x, double y, gboolean up, const char *modifier);

/* Presses there, moves up and down by each of @moves ("-20"), and lets go. */
void ew_drag (GtkWindow *window, GtkWidget *widget, double x, double y, const char *const *moves);

/* From now on counts how often widgets of that type are drawn. */
void ew_count_draws (GType type);
int ew_draws (void);

/* The window as it looks, 4 bytes a pixel; width × height. To be freed. */
guint32 *ew_window_pixels (GtkWindow *window, int *width, int *height);

/* Fails the test case where an accessible property or state is another; waits, as descriptions follow slowly. */
void ew_assert_text (GtkWidget *widget, GtkAccessibleProperty property, const char *text);
