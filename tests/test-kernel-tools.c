/* Tools around the kernel as widgets: dragging a weight, the frequency response, what a diagnosis says, the presets. */
#include "engine/diagnosis.h"
#include "tests/widget-fixtures.h"
#include "ui/diagnosis-text.h"
#include "ui/kernel-panel.h"
#include "ui/kernel-view.h"
#include "ui/preset-browser.h"
#include "ui/response-view.h"

#include <math.h>
#include <string.h>

/* --- dragging */

static guint64 first_edit;
static int n_edits;

static void
on_edited (EwKernelView *view, gpointer kernel, gpointer data)
{
  if (n_edits++ == 0)
    first_edit = ew_kernel_view_get_edit (view);
  /* All of it is one edit. */
  g_assert_true (ew_kernel_view_get_edit (view) == first_edit);
}

static void
test_drag (void)
{
  static const char *const up[] = { "-10", "-15", "-5", NULL };
  static const char *const back[] = { "-20", "30", "-10", NULL };
  static const char *const still[] = { "-2", NULL };
  static const double taps[] = { 1, 0.5, -1, 0, 0.25, 2, 3, 4, 5 };
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, taps, 0, NULL);
  GtkWidget *view = ew_kernel_view_new ();
  EwKernelView *kernel_view = EW_KERNEL_VIEW (view);
  GtkWindow *window;

  ew_kernel_view_set_kernel (kernel_view, kernel);
  g_signal_connect (view, "kernel-edited", G_CALLBACK (on_edited), NULL);
  window = ew_window_open (view, 300, 300);
  n_edits = 0;
  /* The middle: 30 units up are three tenths. */
  ew_drag (window, view, 150, 140, up);
  g_assert_cmpfloat (ew_kernel_view_get_kernel (kernel_view)->taps[4], ==, 0.55);
  g_assert_cmpint (ew_kernel_view_get_selected (kernel_view), ==, 4);
  g_assert_cmpint (n_edits, ==, 3);
  g_assert_false (ew_kernel_view_is_editing (kernel_view));
  /* There and back is as it was; a trembling hand changes nothing. */
  n_edits = 0;
  ew_drag (window, view, 150, 140, back);
  g_assert_cmpfloat (ew_kernel_view_get_kernel (kernel_view)->taps[4], ==, 0.55);
  ew_drag (window, view, 150, 140, still);
  g_assert_cmpfloat (ew_kernel_view_get_kernel (kernel_view)->taps[4], ==, 0.55);
  ew_kernel_view_set_editable (kernel_view, FALSE);
  ew_drag (window, view, 150, 140, up);
  g_assert_cmpfloat (ew_kernel_view_get_kernel (kernel_view)->taps[4], ==, 0.55);
  ew_window_close (window);
}

/* Steps follow the size of the weights, and no rounding is left of them. */
static void
test_step_sizes (void)
{
  static const struct
  {
    double tap;
    double after;
  } cases[] = { { 0, 0.1 }, { 0.7, 0.8 }, { 9.9, 10 }, { 36, 37 }, { 700, 710 }, { 0.03, 0.04 }, { -0.0025, -0.0015 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (1, 1, &cases[i].tap, 0, NULL);
      GtkWidget *view = ew_kernel_view_new ();
      GtkWindow *window;

      ew_kernel_view_set_kernel (EW_KERNEL_VIEW (view), kernel);
      window = ew_window_open (view, 200, 200);
      gtk_widget_grab_focus (view);
      ew_keys (window, "ctrl+Up");
      g_assert_cmpfloat (ew_kernel_view_get_kernel (EW_KERNEL_VIEW (view))->taps[0], ==, cases[i].after);
      ew_window_close (window);
    }
}

/* --- the frequency response */

static EwDiagnosis *
diagnose (const char *preset)
{
  g_autoptr (EwKernel) kernel = ew_preset_kernel (preset, NULL);

  return ew_diagnosis_new (kernel);
}

static void
assert_reads (GtkWidget *view, const char *text)
{
  g_autofree char *read = ew_response_view_read (EW_RESPONSE_VIEW (view));

  g_assert_cmpstr (read, ==, text);
}

static void
test_response (void)
{
  GtkWidget *view = g_object_new (EW_TYPE_RESPONSE_VIEW, NULL);
  g_autoptr (EwDiagnosis) box = diagnose ("box");
  g_autoptr (EwDiagnosis) edge = diagnose ("edge");
  GtkWindow *window = ew_window_open (view, 320, 260);

  assert_reads (view, "");
  ew_response_view_set_diagnosis (EW_RESPONSE_VIEW (view), box);
  assert_reads (view, "|H(0, 0)| = 1");
  gtk_widget_grab_focus (view);
  /* |1 + 2 cos 2πu|/3 at u = ⅛, and at ½ in both directions. */
  ew_keys (window, "ctrl+Right ctrl+Right");
  assert_reads (view, "|H(0.125, 0)| = 0.8047");
  ew_assert_text (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                  "|H(0.125, 0)| = 0.8047 at that many cycles a pixel to the right and downwards; arrow keys move");
  for (int i = 0; i < 9; i++)
    ew_keys (window, "ctrl+Right ctrl+Down");
  assert_reads (view, "|H(0.5, 0.5)| = 0.1111");
  ew_keys (window, "Home");
  ew_response_view_set_diagnosis (EW_RESPONSE_VIEW (view), edge);
  assert_reads (view, "|H(0, 0)| = 0");
  ew_window_close (window);
}

/* --- the panel */

static gboolean
has_label (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && strcmp (gtk_label_get_text (GTK_LABEL (widget)), text) == 0)
    return TRUE;
  widget = gtk_widget_get_first_child (widget);
  while (widget != NULL && !has_label (widget, text))
    widget = gtk_widget_get_next_sibling (widget);
  return widget != NULL;
}

/* What is said while it is not on screen is shown when it is: the last one. The box's norm is ⅓, the edge's √2. */
static void
test_panel_unseen (void)
{
  GtkWidget *stack = gtk_stack_new ();
  GtkWidget *panel = g_object_new (EW_TYPE_KERNEL_PANEL, NULL);
  g_autoptr (EwDiagnosis) box = diagnose ("box");
  g_autoptr (EwDiagnosis) edge = diagnose ("edge");
  GtkWindow *window;

  gtk_stack_add_named (GTK_STACK (stack), gtk_label_new ("elsewhere"), "elsewhere");
  gtk_stack_add_named (GTK_STACK (stack), panel, "panel");
  window = ew_window_open (stack, 400, 700);
  ew_kernel_panel_set_diagnosis (EW_KERNEL_PANEL (panel), edge);
  ew_kernel_panel_set_diagnosis (EW_KERNEL_PANEL (panel), box);
  g_assert_false (has_label (panel, "0.333333"));
  gtk_stack_set_visible_child_name (GTK_STACK (stack), "panel");
  g_assert_true (has_label (panel, "0.333333"));
  ew_kernel_panel_set_diagnosis (EW_KERNEL_PANEL (panel), edge);
  g_assert_true (has_label (panel, "1.41421"));
  gtk_stack_set_visible_child_name (GTK_STACK (stack), "elsewhere");
  ew_kernel_panel_set_diagnosis (EW_KERNEL_PANEL (panel), box);
  g_assert_false (has_label (panel, "0.333333"));
  ew_window_close (window);
}

/* --- words */

static void
test_words (void)
{
  static const struct
  {
    const char *preset;
    const char *symmetry;
    const char *rank;
    const char *likeness;
    const char *headline;
  } cases[] = {
    { "sobel-x", "left–right: odd\ntop–bottom: even\nhalf turn: odd", "1, separable: a column times a row",
      "Sobel x, 100 %", "≈ Sobel x 100 %" },
    { "laplacian", "left–right: even\ntop–bottom: even\nhalf turn: even\ntranspose: even",
      "2; one column times one row makes 99 % of it", "Laplacian, 100 %", "≈ Laplacian 100 %" },
    { "kirsch:angle=45", "none", NULL, "Kirsch (Angle 45), 100 %", "≈ Kirsch 100 %" },
    { "gaussian:size=9,sigma=0.5", NULL, NULL, "Gaussian blur (σ 0.5), 100 %", "≈ Gaussian blur 100 %" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EwDiagnosis) d = diagnose (cases[i].preset);
      g_autofree char *symmetry = ew_diagnosis_symmetry_text (d);
      g_autofree char *rank = ew_diagnosis_rank_text (d);
      g_autofree char *likeness = ew_diagnosis_likeness_text (d);
      g_autofree char *headline = ew_diagnosis_headline (d);

      if (cases[i].symmetry != NULL)
        g_assert_cmpstr (symmetry, ==, cases[i].symmetry);
      if (cases[i].rank != NULL)
        g_assert_cmpstr (rank, ==, cases[i].rank);
      g_assert_cmpstr (likeness, ==, cases[i].likeness);
      g_assert_cmpstr (headline, ==, cases[i].headline);
    }
}

static void
test_words_of_zeros (void)
{
  g_autoptr (EwKernel) zeros = ew_kernel_new (2, 3, NULL);
  g_autoptr (EwDiagnosis) d = ew_diagnosis_new (zeros);
  g_autofree char *symmetry = ew_diagnosis_symmetry_text (d);
  g_autofree char *rank = ew_diagnosis_rank_text (d);
  g_autofree char *likeness = ew_diagnosis_likeness_text (d);

  g_assert_cmpstr (symmetry, ==, "none");
  g_assert_cmpstr (rank, ==, "0");
  g_assert_cmpstr (likeness, ==, "none");
  g_assert_null (ew_diagnosis_headline (d));
}

/* --- presets */

static char *chosen;
static gboolean chosen_as_target;

static void
on_chosen (EwPresetBrowser *browser, const char *text, gboolean as_target, gpointer data)
{
  g_free (chosen);
  chosen = g_strdup (text);
  chosen_as_target = as_target;
}

static GtkWidget *
find_widget (GtkWidget *root, GType type, const char *label)
{
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found;

      if (G_OBJECT_TYPE (child) == type
          && (label == NULL
              || (GTK_IS_BUTTON (child) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (child)), label) == 0)))
        return child;
      found = find_widget (child, type, label);
      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_browser (void)
{
  GtkWindow *parent = ew_window_open (gtk_label_new ("parent"), 300, 200);

  for (int as_target = 0; as_target < 2; as_target++)
    {
      GtkWidget *browser = ew_preset_browser_new (parent);
      GtkListBox *list = GTK_LIST_BOX (find_widget (browser, GTK_TYPE_LIST_BOX, NULL));
      guint n;
      int row = (int)(ew_preset_find ("gaussian") - ew_presets (&n));
      GtkWidget *button;

      g_signal_connect (browser, "chosen", G_CALLBACK (on_chosen), NULL);
      gtk_window_present (GTK_WINDOW (browser));
      ew_spin (100);
      gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, row));
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (find_widget (browser, GTK_TYPE_SPIN_BUTTON, NULL)),
                                 as_target ? 5 : 8);
      button = find_widget (browser, GTK_TYPE_BUTTON, as_target ? "Make Target with It" : "Use as Kernel");
      g_signal_emit_by_name (button, "clicked");
      /* A size between two steps goes to the next. */
      g_assert_cmpstr (chosen, ==, as_target ? "gaussian" : "gaussian:size=9");
      g_assert_cmpint (chosen_as_target, ==, as_target);
      ew_spin (100);
    }
  g_clear_pointer (&chosen, g_free);
  ew_window_close (parent);
}

/* Every preset can be looked at. */
static void
test_browser_all (void)
{
  GtkWindow *parent = ew_window_open (gtk_label_new ("parent"), 300, 200);
  GtkWidget *browser = ew_preset_browser_new (parent);
  GtkListBox *list = GTK_LIST_BOX (find_widget (browser, GTK_TYPE_LIST_BOX, NULL));
  guint n;

  ew_presets (&n);
  gtk_window_present (GTK_WINDOW (browser));
  for (guint i = 0; i < n; i++)
    {
      gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, (int)i));
      ew_spin (20);
    }
  g_assert_null (gtk_list_box_get_row_at_index (list, (int)n));
  gtk_window_close (GTK_WINDOW (browser));
  ew_window_close (parent);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!ew_widgets_init ())
    return 0;
  g_test_add_func ("/kernel-tools/drag", test_drag);
  g_test_add_func ("/kernel-tools/step-sizes", test_step_sizes);
  g_test_add_func ("/kernel-tools/response", test_response);
  g_test_add_func ("/kernel-tools/panel-unseen", test_panel_unseen);
  g_test_add_func ("/kernel-tools/words", test_words);
  g_test_add_func ("/kernel-tools/words-of-zeros", test_words_of_zeros);
  g_test_add_func ("/kernel-tools/browser", test_browser);
  g_test_add_func ("/kernel-tools/browser-all", test_browser_all);
  return g_test_run ();
}
