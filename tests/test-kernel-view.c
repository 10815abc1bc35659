/* EwKernelView by keyboard and pointer, in a real window: selection, editing, and what is refused. */
#include "tests/widget-fixtures.h"
#include "ui/kernel-view.h"

#include <math.h>
#include <string.h>

/* A view in a window, with what it has told. */
typedef struct
{
  GtkWindow *window;
  GtkWidget *before; /* a button ahead of the view; another one behind it */
  GtkWidget *view;
  GtkWidget *after;
  EwKernel *told; /* the last edit's kernel */
  int n_told;
  int n_selected;
} Fixture;

static void
on_edited (Fixture *f, gpointer kernel)
{
  g_clear_pointer (&f->told, ew_kernel_unref);
  f->told = ew_kernel_ref (kernel);
  f->n_told++;
}

static void
on_selected (Fixture *f)
{
  f->n_selected++;
}

/* A view of a kernel whose taps are 0, 1, 2, … and whose bias is 100. */
static void
set_up (Fixture *f, int height, int width, gboolean show_bias)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new (height, width, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  for (int k = 0; k < height * width; k++)
    kernel->taps[k] = k;
  kernel->bias = 100;
  *f = (Fixture){ .before = gtk_button_new_with_label ("before"),
                  .view = ew_kernel_view_new (),
                  .after = gtk_button_new_with_label ("after") };
  ew_kernel_view_set_show_bias (EW_KERNEL_VIEW (f->view), show_bias);
  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (f->view), kernel);
  gtk_widget_set_vexpand (f->view, TRUE);
  gtk_box_append (GTK_BOX (box), f->before);
  gtk_box_append (GTK_BOX (box), f->view);
  gtk_box_append (GTK_BOX (box), f->after);
  g_signal_connect_swapped (f->view, "kernel-edited", G_CALLBACK (on_edited), f);
  g_signal_connect_swapped (f->view, "notify::selected", G_CALLBACK (on_selected), f);
  f->window = ew_window_open (box, 320, 420);
  gtk_widget_grab_focus (f->view);
}

static void
tear_down (Fixture *f)
{
  ew_window_close (f->window);
  g_clear_pointer (&f->told, ew_kernel_unref);
}

static void
keys (Fixture *f, const char *names)
{
  ew_keys (f->window, names);
}

static void
type (Fixture *f, const char *text)
{
  ew_type (f->window, text);
}

static int
selected (Fixture *f)
{
  return ew_kernel_view_get_selected (EW_KERNEL_VIEW (f->view));
}

static gboolean
editing (Fixture *f)
{
  return ew_kernel_view_is_editing (EW_KERNEL_VIEW (f->view));
}

static const EwKernel *
shown (Fixture *f)
{
  return ew_kernel_view_get_kernel (EW_KERNEL_VIEW (f->view));
}

static GtkWidget *
entry_of (Fixture *f)
{
  return gtk_widget_get_first_child (f->view);
}

static const char *
entry_text (Fixture *f)
{
  return gtk_editable_get_text (GTK_EDITABLE (entry_of (f)));
}

/* --- selection */

static void
test_arrows (void)
{
  static const struct
  {
    const char *keys;
    int selected;
  } steps[] = { { "Right", 1 },   { "Down", 5 },    { "Down", 9 },      { "Down", 12 }, { "Left", 12 },
                { "Down", 12 },   { "Up", 10 },     { "Up Up Up", 2 },  { "Left", 1 },  { "Left Left", 0 },
                { "End", 3 },     { "Right", 3 },   { "ctrl+End", 11 }, { "Home", 8 },  { "ctrl+Home", 0 },
                { "KP_Down", 4 }, { "KP_Right", 5 } };
  Fixture f;

  set_up (&f, 3, 4, TRUE);
  for (guint k = 0; k < G_N_ELEMENTS (steps); k++)
    {
      keys (&f, steps[k].keys);
      g_assert_cmpint (selected (&f), ==, steps[k].selected);
    }
  g_assert_cmpint (f.n_told, ==, 0);
  g_assert_false (editing (&f));
  tear_down (&f);
}

/* Each change of the selection is told once; none where it stays. */
static void
test_selected (void)
{
  Fixture f;

  set_up (&f, 2, 2, FALSE);
  keys (&f, "Right");
  g_assert_cmpint (f.n_selected, ==, 1);
  keys (&f, "Right");
  g_assert_cmpint (f.n_selected, ==, 1);
  ew_kernel_view_set_selected (EW_KERNEL_VIEW (f.view), 3);
  g_assert_cmpint (f.n_selected, ==, 2);
  ew_kernel_view_set_selected (EW_KERNEL_VIEW (f.view), 3);
  ew_kernel_view_set_selected (EW_KERNEL_VIEW (f.view), 4);
  ew_kernel_view_set_selected (EW_KERNEL_VIEW (f.view), -1);
  g_assert_cmpint (f.n_selected, ==, 2);
  g_assert_cmpint (selected (&f), ==, 3);
  tear_down (&f);
}

/* Tab goes into the view and out of it, to either side. */
static void
test_tab_order (void)
{
  Fixture f;

  set_up (&f, 3, 3, FALSE);
  gtk_widget_grab_focus (f.before);
  keys (&f, "Tab");
  g_assert_true (gtk_widget_has_focus (f.view));
  keys (&f, "Tab");
  g_assert_true (gtk_widget_has_focus (f.after));
  keys (&f, "shift+Tab");
  g_assert_true (gtk_widget_has_focus (f.view));
  keys (&f, "shift+Tab");
  g_assert_true (gtk_widget_has_focus (f.before));
  g_assert_cmpint (selected (&f), ==, 0);
  tear_down (&f);
}

/* --- editing */

/* What is typed is the weight's float64, bit for bit; the others stay, and the kernel before is not touched. */
static void
test_exact (void)
{
  static const struct
  {
    const char *text;
    double value;
  } cases[] = { { "0.1", 0.1 },
                { "1/9", 1.0 / 9 },
                { "-3", -3 },
                { ".30000000000000004", 0.1 + 0.2 },
                { "2,5", 2.5 },
                { "1e-300", 1e-300 },
                { "+7", 7 },
                { "-0.123456789012345678", -0.12345678901234568 },
                { "1e22", 1e22 },
                { "-1/3", -1.0 / 3 },
                { "1.7976931348623157e308", 1.7976931348623157e308 } };
  Fixture f;

  set_up (&f, 2, 3, TRUE);
  keys (&f, "Right");
  for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      g_autoptr (EwKernel) before = ew_kernel_ref ((EwKernel *)shown (&f));
      double value = before->taps[1];

      type (&f, cases[k].text);
      g_assert_true (editing (&f));
      g_assert_cmpstr (entry_text (&f), ==, cases[k].text);
      keys (&f, "Return");
      g_assert_false (editing (&f));
      g_assert_cmpint (f.n_told, ==, (int)k + 1);
      g_assert_true (f.told == shown (&f));
      g_assert_cmpmem (&f.told->taps[1], sizeof (double), &cases[k].value, sizeof (double));
      g_assert_cmpfloat (before->taps[1], ==, value);
      for (int tap = 0; tap < 6; tap++)
        if (tap != 1)
          g_assert_cmpfloat (f.told->taps[tap], ==, tap);
      g_assert_cmpfloat (f.told->bias, ==, 100);
      g_assert_true (gtk_widget_has_focus (f.view));
      g_assert_cmpint (selected (&f), ==, 1);
    }
  tear_down (&f);
}

static void
test_bias (void)
{
  Fixture f;

  set_up (&f, 1, 2, TRUE);
  keys (&f, "Down");
  g_assert_cmpint (selected (&f), ==, 2);
  type (&f, "1/7");
  keys (&f, "Return");
  g_assert_cmpint (f.n_told, ==, 1);
  g_assert_cmpfloat (f.told->bias, ==, 1.0 / 7);
  g_assert_cmpfloat (f.told->taps[0], ==, 0);
  g_assert_cmpfloat (f.told->taps[1], ==, 1);
  /* Without its cell the selection goes elsewhere. */
  ew_kernel_view_set_show_bias (EW_KERNEL_VIEW (f.view), FALSE);
  g_assert_cmpint (selected (&f), ==, 0);
  keys (&f, "Down");
  g_assert_cmpint (selected (&f), ==, 0);
  tear_down (&f);
}

/* Return and F2 open on the value itself, and leaving it as it is changes nothing, whatever digits are not shown. */
static void
test_unchanged (void)
{
  static const double thirds[] = { 1.0 / 3, 2.0 / 3 };
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (1, 2, thirds, 0, NULL);
  static const char *const opening[] = { "Return", "F2", "KP_Enter" };
  Fixture f;

  set_up (&f, 1, 2, FALSE);
  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (f.view), kernel);
  for (guint k = 0; k < G_N_ELEMENTS (opening); k++)
    {
      keys (&f, opening[k]);
      g_assert_true (editing (&f));
      g_assert_cmpstr (entry_text (&f), ==, "0.333333");
      keys (&f, "Return");
      g_assert_false (editing (&f));
    }
  keys (&f, "Return Tab Tab");
  g_assert_cmpint (f.n_told, ==, 0);
  g_assert_true (shown (&f) == kernel);
  tear_down (&f);
}

/* In the entry Tab goes on to the next weight, Up and Down through the rows; each takes what was typed. */
static void
test_moving_on (void)
{
  Fixture f;

  set_up (&f, 3, 3, TRUE);
  type (&f, "0.5");
  keys (&f, "Tab");
  g_assert_false (editing (&f));
  g_assert_cmpint (selected (&f), ==, 1);
  g_assert_cmpfloat (shown (&f)->taps[0], ==, 0.5);
  type (&f, "-1");
  keys (&f, "Down");
  g_assert_cmpint (selected (&f), ==, 4);
  g_assert_cmpfloat (shown (&f)->taps[1], ==, -1);
  type (&f, "9");
  keys (&f, "Up");
  g_assert_cmpint (selected (&f), ==, 1);
  g_assert_cmpfloat (shown (&f)->taps[4], ==, 9);
  type (&f, "3");
  keys (&f, "shift+Tab");
  g_assert_cmpint (selected (&f), ==, 0);
  g_assert_cmpfloat (shown (&f)->taps[1], ==, 3);
  g_assert_true (gtk_widget_has_focus (f.view));
  /* Past the first there is nothing to go to. */
  type (&f, "2");
  keys (&f, "shift+Tab");
  g_assert_cmpint (selected (&f), ==, 0);
  g_assert_cmpfloat (shown (&f)->taps[0], ==, 2);
  /* From the last tap on to the bias. */
  keys (&f, "ctrl+End");
  type (&f, "8.5");
  keys (&f, "Tab");
  g_assert_cmpint (selected (&f), ==, 9);
  g_assert_cmpint (f.n_told, ==, 6);
  tear_down (&f);
}

static void
test_escape (void)
{
  g_autoptr (EwKernel) before = NULL;
  Fixture f;

  set_up (&f, 2, 2, FALSE);
  before = ew_kernel_ref ((EwKernel *)shown (&f));
  type (&f, "42");
  g_assert_true (editing (&f));
  keys (&f, "Escape");
  g_assert_false (editing (&f));
  g_assert_true (gtk_widget_has_focus (f.view));
  g_assert_true (shown (&f) == before);
  g_assert_cmpint (f.n_told, ==, 0);
  /* What was typed then does not come back. */
  keys (&f, "Return");
  g_assert_cmpstr (entry_text (&f), ==, "0");
  keys (&f, "Escape");
  tear_down (&f);
}

static void
test_steps (void)
{
  Fixture f;

  set_up (&f, 2, 2, FALSE);
  keys (&f, "ctrl+Up ctrl+Up ctrl+Up");
  /* Not 0.30000000000000004. */
  g_assert_cmpfloat (shown (&f)->taps[0], ==, 0.3);
  keys (&f, "ctrl+shift+Down");
  g_assert_cmpfloat (shown (&f)->taps[0], ==, 0.29);
  keys (&f, "ctrl+Down ctrl+Down ctrl+Down");
  g_assert_cmpfloat (shown (&f)->taps[0], ==, -0.01);
  g_assert_cmpint (f.n_told, ==, 7);
  g_assert_cmpint (selected (&f), ==, 0);
  keys (&f, "Right Delete");
  g_assert_cmpfloat (shown (&f)->taps[1], ==, 0);
  keys (&f, "Down BackSpace");
  g_assert_cmpfloat (shown (&f)->taps[3], ==, 0);
  g_assert_cmpint (f.n_told, ==, 9);
  tear_down (&f);
}

/* --- refused */

/* The entry stays, says what is wrong, to the eye and to a screen reader, and takes the next good text. */
static void
test_refused (void)
{
  static const char *const wrong[] = { "1x", "1/0", "1e999", "--1", "1.2.3", "0x10", "5 5" };
  Fixture f;

  set_up (&f, 2, 2, FALSE);
  for (guint k = 0; k < G_N_ELEMENTS (wrong); k++)
    {
      type (&f, wrong[k]);
      keys (&f, "Return");
      g_assert_true (editing (&f));
      g_assert_cmpstr (entry_text (&f), ==, wrong[k]);
      g_assert_true (gtk_widget_has_css_class (entry_of (&f), "error"));
      g_assert_null (gtk_test_accessible_check_state (GTK_ACCESSIBLE (entry_of (&f)), GTK_ACCESSIBLE_STATE_INVALID,
                                                      GTK_ACCESSIBLE_INVALID_TRUE));
      ew_assert_text (entry_of (&f), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Not a number; 0.5 or 1/9 would be");
      /* Neither does going on take it. */
      keys (&f, "Tab");
      g_assert_true (editing (&f));
      g_assert_cmpint (selected (&f), ==, 0);
      g_assert_cmpint (f.n_told, ==, (int)k);
      keys (&f, "ctrl+a BackSpace");
      g_assert_false (gtk_widget_has_css_class (entry_of (&f), "error"));
      g_assert_null (gtk_test_accessible_check_state (GTK_ACCESSIBLE (entry_of (&f)), GTK_ACCESSIBLE_STATE_INVALID,
                                                      GTK_ACCESSIBLE_INVALID_FALSE));
      ew_assert_text (entry_of (&f), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "");
      keys (&f, "Return");
      g_assert_true (editing (&f));
      ew_assert_text (entry_of (&f), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Type a number, such as 0.5 or 1/9");
      type (&f, k % 2 == 0 ? "6" : "7");
      keys (&f, "Return");
      g_assert_false (editing (&f));
      g_assert_cmpint (f.n_told, ==, (int)k + 1);
    }
  tear_down (&f);
}

/* Going elsewhere takes what is good and drops what is not; the focus stays where it went. */
static void
test_focus_leaves (void)
{
  Fixture f;

  set_up (&f, 2, 2, FALSE);
  type (&f, "4.5");
  gtk_widget_grab_focus (f.after);
  g_assert_false (editing (&f));
  g_assert_cmpint (f.n_told, ==, 1);
  g_assert_cmpfloat (shown (&f)->taps[0], ==, 4.5);
  g_assert_true (gtk_widget_has_focus (f.after));
  gtk_widget_grab_focus (f.view);
  type (&f, "4x");
  gtk_widget_grab_focus (f.after);
  g_assert_false (editing (&f));
  g_assert_cmpint (f.n_told, ==, 1);
  g_assert_false (gtk_widget_has_css_class (entry_of (&f), "error"));
  tear_down (&f);
}

/* Letters do not open an entry, nor does anything where the view is not editable. */
static void
test_read_only (void)
{
  Fixture f;

  set_up (&f, 2, 2, FALSE);
  type (&f, "axe");
  g_assert_false (editing (&f));
  ew_kernel_view_set_editable (EW_KERNEL_VIEW (f.view), FALSE);
  g_assert_null (gtk_test_accessible_check_property (GTK_ACCESSIBLE (f.view), GTK_ACCESSIBLE_PROPERTY_READ_ONLY, TRUE));
  type (&f, "5");
  keys (&f, "Return F2 Delete BackSpace ctrl+Up");
  g_assert_false (editing (&f));
  g_assert_cmpint (f.n_told, ==, 0);
  keys (&f, "Right");
  g_assert_cmpint (selected (&f), ==, 1);
  ew_kernel_view_set_editable (EW_KERNEL_VIEW (f.view), TRUE);
  type (&f, "5");
  g_assert_true (editing (&f));
  ew_kernel_view_set_editable (EW_KERNEL_VIEW (f.view), FALSE);
  g_assert_false (editing (&f));
  g_assert_cmpint (f.n_told, ==, 0);
  tear_down (&f);
}

/* --- while it learns */

/* New weights come at every frame: the entry stays as it is, and what it commits is put into the newest. */
static void
test_live (void)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new (2, 2, NULL);
  Fixture f;

  set_up (&f, 2, 2, FALSE);
  type (&f, "0.7");
  for (int k = 0; k < 5; k++)
    {
      g_autoptr (EwKernel) next = ew_kernel_copy (kernel);

      for (int tap = 0; tap < 4; tap++)
        next->taps[tap] = 10 * k + tap;
      ew_kernel_view_set_kernel (EW_KERNEL_VIEW (f.view), next);
      ew_spin (20);
      g_assert_true (editing (&f));
      g_assert_cmpstr (entry_text (&f), ==, "0.7");
    }
  type (&f, "5");
  keys (&f, "Return");
  g_assert_cmpfloat (f.told->taps[0], ==, 0.75);
  g_assert_cmpfloat (f.told->taps[3], ==, 43);

  /* Another size, or nothing: there is no such weight any more. */
  type (&f, "1");
  g_autoptr (EwKernel) other = ew_kernel_new (3, 1, NULL);

  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (f.view), other);
  g_assert_false (editing (&f));
  g_assert_cmpint (selected (&f), ==, 0);
  type (&f, "1");
  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (f.view), NULL);
  g_assert_false (editing (&f));
  keys (&f, "Right Return Delete ctrl+Up End");
  type (&f, "5");
  g_assert_false (editing (&f));
  g_assert_cmpint (f.n_told, ==, 1);
  tear_down (&f);
}

/* --- the pointer */

static void
test_pointer (void)
{
  double middle_x, middle_y;
  Fixture f;

  set_up (&f, 1, 1, FALSE);
  gtk_widget_grab_focus (f.after);
  middle_x = gtk_widget_get_width (f.view) / 2.0;
  middle_y = gtk_widget_get_height (f.view) / 2.0 - 15;
  ew_click (f.window, f.view, middle_x, middle_y, 1);
  g_assert_true (gtk_widget_has_focus (f.view));
  g_assert_false (editing (&f));
  ew_spin (500);
  ew_click (f.window, f.view, middle_x, middle_y, 2);
  g_assert_true (editing (&f));
  keys (&f, "8 Return");
  g_assert_cmpfloat (shown (&f)->taps[0], ==, 8);
  tear_down (&f);
}

/* A cell beside another is selected where it lies. */
static void
test_pointer_cells (void)
{
  double middle_x, middle_y;
  Fixture f;

  set_up (&f, 2, 2, FALSE);
  middle_x = gtk_widget_get_width (f.view) / 2.0;
  middle_y = gtk_widget_get_height (f.view) / 2.0 - 12;
  for (int k = 3; k >= 0; k--)
    {
      ew_click (f.window, f.view, middle_x + (k % 2 == 0 ? -30 : 30), middle_y + (k < 2 ? -30 : 30), 1);
      g_assert_cmpint (selected (&f), ==, k);
    }
  g_assert_cmpint (f.n_selected, ==, 4);
  tear_down (&f);
}

/* --- accessibility */

static void
test_accessible (void)
{
  static const double taps[] = { 1, -1 };
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (1, 2, taps, 0, NULL);
  Fixture f;

  set_up (&f, 3, 2, TRUE);
  g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (f.view)), ==, GTK_ACCESSIBLE_ROLE_GRID);
  ew_assert_text (f.view, GTK_ACCESSIBLE_PROPERTY_LABEL, "Kernel");
  ew_assert_text (f.view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "3 by 2 weights, K[0, 0] = 0");
  keys (&f, "Down Right");
  ew_assert_text (f.view, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "K[1, 1] = 3");
  keys (&f, "Down Down");
  ew_assert_text (f.view, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "b = 100");
  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (f.view), kernel);
  keys (&f, "Right");
  ew_assert_text (f.view, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "K[0, 1] = \342\210\2221");
  ew_assert_text (f.view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "1 by 2 weights, K[0, 1] = \342\210\2221");
  ew_assert_text (entry_of (&f), GTK_ACCESSIBLE_PROPERTY_LABEL, "Weight");
  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (f.view), NULL);
  ew_assert_text (f.view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "");
  tear_down (&f);
}

/* --- ends */

/* Closed with an entry open and half typed. */
static void
test_closed_while_editing (void)
{
  for (int good = 0; good < 2; good++)
    {
      Fixture f;

      set_up (&f, 2, 2, FALSE);
      type (&f, good ? "5" : "5x");
      g_assert_true (editing (&f));
      tear_down (&f);
    }
}

static void
test_disposed_twice (void)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new (2, 2, NULL);
  GtkWidget *view = g_object_ref_sink (ew_kernel_view_new ());

  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (view), kernel);
  g_object_run_dispose (G_OBJECT (view));
  g_object_run_dispose (G_OBJECT (view));
  /* Somebody who still holds it may go on calling. */
  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (view), NULL);
  ew_kernel_view_set_kernel (EW_KERNEL_VIEW (view), kernel);
  ew_kernel_view_set_selected (EW_KERNEL_VIEW (view), 1);
  ew_kernel_view_set_show_bias (EW_KERNEL_VIEW (view), TRUE);
  ew_kernel_view_set_editable (EW_KERNEL_VIEW (view), FALSE);
  g_assert_false (ew_kernel_view_is_editing (EW_KERNEL_VIEW (view)));
  g_object_run_dispose (G_OBJECT (view));
  g_assert_finalize_object (view);
  ew_spin (50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!ew_widgets_init ())
    return 0;
  g_test_add_func ("/kernel-view/selection/arrows", test_arrows);
  g_test_add_func ("/kernel-view/selection/told", test_selected);
  g_test_add_func ("/kernel-view/selection/tab-order", test_tab_order);
  g_test_add_func ("/kernel-view/editing/exact", test_exact);
  g_test_add_func ("/kernel-view/editing/bias", test_bias);
  g_test_add_func ("/kernel-view/editing/unchanged", test_unchanged);
  g_test_add_func ("/kernel-view/editing/moving-on", test_moving_on);
  g_test_add_func ("/kernel-view/editing/escape", test_escape);
  g_test_add_func ("/kernel-view/editing/steps", test_steps);
  g_test_add_func ("/kernel-view/refused/text", test_refused);
  g_test_add_func ("/kernel-view/refused/focus-leaves", test_focus_leaves);
  g_test_add_func ("/kernel-view/refused/read-only", test_read_only);
  g_test_add_func ("/kernel-view/live", test_live);
  g_test_add_func ("/kernel-view/pointer/edit", test_pointer);
  g_test_add_func ("/kernel-view/pointer/cells", test_pointer_cells);
  g_test_add_func ("/kernel-view/accessible", test_accessible);
  g_test_add_func ("/kernel-view/closed-while-editing", test_closed_while_editing);
  g_test_add_func ("/kernel-view/disposed-twice", test_disposed_twice);
  return g_test_run ();
}
