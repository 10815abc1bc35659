/* EwKernelView: drawing, selection and keys. Editing in place is in kernel-entry.c. */
#include "ui/kernel-view.h"

#include "ui/kernel-entry.h"
#include "ui/paint/kernel.h"
#include "ui/paint/number.h"
#include "ui/settle.h"
#include "ui/widget-style.h"

#include <glib/gi18n.h>
#include <math.h>

#define SIDE_MIN     120
#define SIDE_NATURAL 220

#define CAPTION_GAP 6.0
#define OF_BODY     0.9

/* What Ctrl and an arrow add; with Shift, the small one. */
#define STEP       0.1
#define SMALL_STEP 0.01

/* Sums of steps are rounded to this many places, so that 0.1 + 0.2 is 0.3. */
#define STEP_PLACES 1e10

struct _EwKernelView
{
  GtkWidget parent_instance;

  EwKernel *kernel;
  gboolean show_bias;
  gboolean editable;
  int selected;  /* taps row by row, then the bias */
  int hover;     /* likewise; −1: none */
  EwRange range; /* {0, 0}: not chosen yet */
  EwKernelEntry *entry;
  EwSettle settle;
};

enum
{
  PROP_SELECTED = 1,
  N_PROPS,
};

enum
{
  KERNEL_EDITED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EwKernelView, ew_kernel_view, GTK_TYPE_WIDGET)

static int
n_cells (EwKernelView *self)
{
  return self->kernel == NULL ? 0 : ew_kernel_n_taps (self->kernel) + (self->show_bias ? 1 : 0);
}

static gboolean
is_bias (EwKernelView *self, int index)
{
  return index == ew_kernel_n_taps (self->kernel);
}

static double
value_at (EwKernelView *self, int index)
{
  return is_bias (self, index) ? self->kernel->bias : self->kernel->taps[index];
}

/* A cell as painting counts them. */
static int
paint_cell (EwKernelView *self, int index)
{
  if (index < 0 || index >= n_cells (self))
    return EW_KERNEL_NO_CELL;
  return is_bias (self, index) ? EW_KERNEL_BIAS_CELL : index;
}

static double
caption_height (const EwPaintStyle *style)
{
  double height;

  ew_paint_text_measure (style, "0", ew_paint_style_font_size (style) * OF_BODY, &height);
  return ceil (height);
}

/* The height that is left for the kernel. */
static double
room_height (EwKernelView *self, const EwPaintStyle *style)
{
  return fmax (0, gtk_widget_get_height (GTK_WIDGET (self)) - caption_height (style) - CAPTION_GAP);
}

static void
fill_paint (EwKernelView *self, const EwPaintStyle *style, EwKernelPaint *paint)
{
  gboolean focused = gtk_widget_has_focus (GTK_WIDGET (self)) || ew_kernel_entry_is_open (self->entry);

  *paint = (EwKernelPaint){
    .kernel = self->kernel,
    .range = self->range,
    .style = style,
    .show_bias = self->show_bias,
    .selected = focused ? paint_cell (self, self->selected) : EW_KERNEL_NO_CELL,
    .hover = paint_cell (self, self->hover),
    .focused = focused,
  };
}

static void
find_box (EwKernelView *self, EwKernelBox *box)
{
  EwPaintStyle style;
  EwKernelPaint paint;

  ew_widget_style_init (GTK_WIDGET (self), &style);
  fill_paint (self, &style, &paint);
  ew_kernel_box (&paint, gtk_widget_get_width (GTK_WIDGET (self)), room_height (self, &style), style.scale, box);
  ew_paint_style_clear (&style);
}

static int
index_at (EwKernelView *self, double x, double y)
{
  EwKernelBox box;
  int cell;

  if (self->kernel == NULL)
    return -1;
  find_box (self, &box);
  cell = ew_kernel_box_find (&box, self->kernel, x, y);
  return cell == EW_KERNEL_BIAS_CELL ? ew_kernel_n_taps (self->kernel) : cell == EW_KERNEL_NO_CELL ? -1 : cell;
}

/* "K[1, 2] = −0.125" */
static char *
caption_text (EwKernelView *self, int index)
{
  double value = value_at (self, index);
  char number[EW_NUMBER_SIZE];

  if (value == 0 || (fabs (value) >= 0.001 && fabs (value) < 1e5))
    ew_number_fixed (number, value, 4);
  else
    ew_number_exponent (number, value, 4);
  if (is_bias (self, index))
    return g_strdup_printf ("b = %s", number);
  return g_strdup_printf ("K[%d, %d] = %s", index / self->kernel->width, index % self->kernel->width, number);
}

static void
paint_caption (EwKernelView *self, cairo_t *cr, const EwPaintStyle *style)
{
  const char *problem = ew_kernel_entry_get_problem (self->entry);
  g_autofree char *text
      = problem != NULL ? g_strdup (problem) : caption_text (self, self->hover >= 0 ? self->hover : self->selected);

  ew_paint_text (cr, style, text, ew_paint_style_font_size (style) * OF_BODY,
                 problem != NULL    ? style->error
                 : self->hover >= 0 ? style->foreground
                                    : style->dim,
                 gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
                 gtk_widget_get_height (GTK_WIDGET (self)) - caption_height (style), 0.5, 0);
}

static void
ew_kernel_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EwKernelView *self = EW_KERNEL_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  EwKernelPaint paint;
  EwPaintStyle style;
  cairo_t *cr;

  if (self->kernel == NULL || width <= 0 || height <= 0)
    return;
  ew_widget_style_init (widget, &style);
  fill_paint (self, &style, &paint);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  ew_paint_kernel (cr, &paint, width, room_height (self, &style));
  paint_caption (self, cr, &style);
  cairo_destroy (cr);
  ew_kernel_entry_snapshot (self->entry, snapshot, &style);
  ew_paint_style_clear (&style);
}

static void
settle (GtkWidget *widget)
{
  EwKernelView *self = EW_KERNEL_VIEW (widget);
  g_autofree char *selected = self->kernel == NULL ? NULL : caption_text (self, self->selected);
  g_autofree char *description
      = self->kernel == NULL
            ? g_strdup ("")
            : g_strdup_printf (_ ("%d by %d weights, %s"), self->kernel->height, self->kernel->width, selected);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, selected != NULL ? selected : "", -1);
}

static void
changed (EwKernelView *self)
{
  ew_settle_later (&self->settle, GTK_WIDGET (self), settle);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
choose_range (EwKernelView *self)
{
  double max_abs = self->show_bias ? fabs (self->kernel->bias) : 0;

  for (int k = 0; k < ew_kernel_n_taps (self->kernel); k++)
    max_abs = fmax (max_abs, fabs (self->kernel->taps[k]));
  ew_range_follow (&self->range, ew_range_symmetric (max_abs));
}

/* Shows the kernel with one weight changed and tells the world. */
static void
change_weight (EwKernelView *self, int index, double value)
{
  g_autoptr (EwKernel) kernel = ew_kernel_copy (self->kernel);

  if (is_bias (self, index))
    kernel->bias = value;
  else
    kernel->taps[index] = value;
  ew_kernel_view_set_kernel (self, kernel);
  g_signal_emit (self, signals[KERNEL_EDITED], 0, kernel);
}

static void
select_index (EwKernelView *self, int index)
{
  if (index < 0 || index >= n_cells (self) || index == self->selected)
    return;
  self->selected = index;
  changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED]);
}

/* Moves the selection by rows and columns; from the last row down to the bias, and from it up again. */
static void
move_selection (EwKernelView *self, int rows, int columns)
{
  int height = self->kernel->height;
  int width = self->kernel->width;
  int row = self->selected / width + rows;
  int column = self->selected % width + columns;

  if (is_bias (self, self->selected))
    {
      if (rows < 0)
        select_index (self, (height - 1) * width + width / 2);
      return;
    }
  if (row == height && self->show_bias)
    select_index (self, height * width);
  else if (row >= 0 && row < height && column >= 0 && column < width)
    select_index (self, row * width + column);
}

static void
nudge (EwKernelView *self, double step)
{
  double value = value_at (self, self->selected) + step;

  change_weight (self, self->selected, round (value * STEP_PLACES) / STEP_PLACES);
}

static void
on_entry_done (EwKernelEntryResult result, double value, gpointer data)
{
  EwKernelView *self = data;

  if (result.changed)
    change_weight (self, self->selected, value);
  if (result.rows != 0)
    move_selection (self, result.rows, 0);
  else if (result.cells != 0)
    select_index (self, self->selected + result.cells);
  changed (self);
}

static void
open_entry (EwKernelView *self, const char *typed)
{
  if (!self->editable || self->kernel == NULL)
    return;
  ew_kernel_entry_open (self->entry, value_at (self, self->selected), typed);
  changed (self);
}

static gboolean
handle_arrow (EwKernelView *self, guint key, GdkModifierType state)
{
  gboolean control = (state & GDK_CONTROL_MASK) != 0;
  double step = (state & GDK_SHIFT_MASK) != 0 ? SMALL_STEP : STEP;
  int down = key == GDK_KEY_Down || key == GDK_KEY_KP_Down ? 1 : key == GDK_KEY_Up || key == GDK_KEY_KP_Up ? -1 : 0;
  int right = key == GDK_KEY_Right || key == GDK_KEY_KP_Right ? 1
              : key == GDK_KEY_Left || key == GDK_KEY_KP_Left ? -1
                                                              : 0;

  if (down == 0 && right == 0)
    return FALSE;
  if (!control)
    move_selection (self, down, right);
  else if (down != 0 && self->editable)
    nudge (self, -down * step);
  return TRUE;
}

static gboolean
handle_command (EwKernelView *self, guint key, GdkModifierType state)
{
  int width = self->kernel->width;
  gboolean control = (state & GDK_CONTROL_MASK) != 0;
  int row_start = is_bias (self, self->selected) ? self->selected : self->selected / width * width;
  int row_end = is_bias (self, self->selected) ? self->selected : row_start + width - 1;

  switch (key)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
    case GDK_KEY_F2:
      open_entry (self, NULL);
      return self->editable;
    case GDK_KEY_Delete:
    case GDK_KEY_KP_Delete:
    case GDK_KEY_BackSpace:
      if (self->editable)
        change_weight (self, self->selected, 0);
      return self->editable;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      select_index (self, control ? 0 : row_start);
      return TRUE;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      select_index (self, control ? ew_kernel_n_taps (self->kernel) - 1 : row_end);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
on_key_pressed (EwKernelView *self, guint key, guint code, GdkModifierType state)
{
  gunichar typed = gdk_keyval_to_unicode (key);
  char text[8] = { 0 };

  if (self->kernel == NULL || ew_kernel_entry_is_open (self->entry) || (state & GDK_ALT_MASK) != 0)
    return FALSE;
  if (handle_arrow (self, key, state) || handle_command (self, key, state))
    return TRUE;
  if ((state & GDK_CONTROL_MASK) != 0 || !self->editable || typed == 0
      || !(g_unichar_isdigit (typed) || typed == '-' || typed == '+' || typed == '.' || typed == ','
           || typed == 0x2212))
    return FALSE;
  g_unichar_to_utf8 (typed, text);
  open_entry (self, text);
  return TRUE;
}

static void
on_pressed (EwKernelView *self, int n_press, double x, double y, GtkGestureClick *click)
{
  int index = index_at (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (index < 0)
    return;
  select_index (self, index);
  if (n_press == 2)
    open_entry (self, NULL);
  changed (self);
}

static void
on_motion (EwKernelView *self, double x, double y)
{
  int index = index_at (self, x, y);

  if (index == self->hover)
    return;
  self->hover = index;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (EwKernelView *self)
{
  self->hover = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Only over the selected weight of a focused view: a wheel that passes by changes nothing. */
static gboolean
on_scroll (EwKernelView *self, double dx, double dy, GtkEventController *controller)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (controller);
  double step = (state & GDK_SHIFT_MASK) != 0 ? SMALL_STEP : STEP;
  /* Shift turns a wheel sideways. */
  double turn = dy != 0 ? dy : dx;

  if (self->kernel == NULL || !self->editable || !gtk_widget_has_focus (GTK_WIDGET (self)) || turn == 0
      || self->hover != self->selected)
    return FALSE;
  nudge (self, turn < 0 ? step : -step);
  return TRUE;
}

static void
ew_kernel_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  EwKernelView *self = EW_KERNEL_VIEW (widget);
  double x, y, cell_width, cell_height;
  EwKernelBox box;

  if (!ew_kernel_entry_is_open (self->entry) || self->kernel == NULL)
    return;
  find_box (self, &box);
  ew_kernel_box_cell (&box, self->kernel, paint_cell (self, self->selected), &x, &y, &cell_width, &cell_height);
  ew_kernel_entry_allocate (self->entry, x + cell_width / 2, y + cell_height / 2, cell_width, cell_height, width,
                            height);
}

static void
ew_kernel_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  *minimum = SIDE_MIN;
  *natural = SIDE_NATURAL;
}

static void
ew_kernel_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ew_kernel_view_parent_class)->css_changed (widget, change);
  gtk_widget_queue_draw (widget);
}

static void
ew_kernel_view_dispose (GObject *object)
{
  EwKernelView *self = EW_KERNEL_VIEW (object);

  ew_settle_cancel (&self->settle);
  g_clear_pointer (&self->entry, ew_kernel_entry_free);
  g_clear_pointer (&self->kernel, ew_kernel_unref);
  G_OBJECT_CLASS (ew_kernel_view_parent_class)->dispose (object);
}

static void
ew_kernel_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_SELECTED:
      g_value_set_int (value, ew_kernel_view_get_selected (EW_KERNEL_VIEW (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ew_kernel_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_SELECTED:
      ew_kernel_view_set_selected (EW_KERNEL_VIEW (object), g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ew_kernel_view_class_init (EwKernelViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ew_kernel_view_dispose;
  object_class->get_property = ew_kernel_view_get_property;
  object_class->set_property = ew_kernel_view_set_property;
  widget_class->snapshot = ew_kernel_view_snapshot;
  widget_class->measure = ew_kernel_view_measure;
  widget_class->size_allocate = ew_kernel_view_size_allocate;
  widget_class->css_changed = ew_kernel_view_css_changed;
  props[PROP_SELECTED] = g_param_spec_int ("selected", NULL, NULL, 0, EW_KERNEL_PARAMS_MAX, 0,
                                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[KERNEL_EDITED] = g_signal_new ("kernel-edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_css_name (widget_class, "kernelview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);
}

static void
add_controllers (EwKernelView *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *scroll
      = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES | GTK_EVENT_CONTROLLER_SCROLL_DISCRETE);
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

static void
ew_kernel_view_init (EwKernelView *self)
{
  self->editable = TRUE;
  self->hover = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  self->entry = ew_kernel_entry_new (GTK_WIDGET (self), on_entry_done, self);
  add_controllers (self);
  ew_widget_style_follow (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Kernel"), -1);
}

GtkWidget *
ew_kernel_view_new (void)
{
  return g_object_new (EW_TYPE_KERNEL_VIEW, NULL);
}

static gboolean
same_size (const EwKernel *a, const EwKernel *b)
{
  return a != NULL && b != NULL && a->height == b->height && a->width == b->width;
}

void
ew_kernel_view_set_kernel (EwKernelView *view, EwKernel *kernel)
{
  g_return_if_fail (EW_IS_KERNEL_VIEW (view));
  if (kernel == view->kernel || (kernel != NULL && view->kernel != NULL && ew_kernel_equal (kernel, view->kernel)))
    return;

  g_autoptr (EwKernel) former = g_steal_pointer (&view->kernel);

  view->kernel = kernel != NULL ? ew_kernel_ref (kernel) : NULL;
  if (!same_size (former, kernel))
    {
      ew_kernel_entry_close (view->entry);
      view->range = (EwRange){ 0, 0 };
      view->hover = -1;
      if (view->selected != 0)
        {
          view->selected = 0;
          g_object_notify_by_pspec (G_OBJECT (view), props[PROP_SELECTED]);
        }
    }
  if (kernel != NULL)
    choose_range (view);
  changed (view);
}

EwKernel *
ew_kernel_view_get_kernel (EwKernelView *view)
{
  g_return_val_if_fail (EW_IS_KERNEL_VIEW (view), NULL);
  return view->kernel;
}

void
ew_kernel_view_set_show_bias (EwKernelView *view, gboolean show)
{
  g_return_if_fail (EW_IS_KERNEL_VIEW (view));
  if (view->show_bias == !!show)
    return;
  view->show_bias = !!show;
  if (view->kernel != NULL && view->selected >= n_cells (view))
    {
      ew_kernel_entry_close (view->entry);
      select_index (view, 0);
    }
  if (view->kernel != NULL)
    choose_range (view);
  gtk_widget_queue_allocate (GTK_WIDGET (view));
  changed (view);
}

void
ew_kernel_view_set_editable (EwKernelView *view, gboolean editable)
{
  g_return_if_fail (EW_IS_KERNEL_VIEW (view));
  view->editable = !!editable;
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_READ_ONLY, !editable, -1);
  if (!editable)
    ew_kernel_entry_close (view->entry);
}

void
ew_kernel_view_set_selected (EwKernelView *view, int index)
{
  g_return_if_fail (EW_IS_KERNEL_VIEW (view));
  if (view->kernel == NULL)
    return;
  ew_kernel_entry_close (view->entry);
  select_index (view, index);
}

int
ew_kernel_view_get_selected (EwKernelView *view)
{
  g_return_val_if_fail (EW_IS_KERNEL_VIEW (view), 0);
  return view->selected;
}

gboolean
ew_kernel_view_is_editing (EwKernelView *view)
{
  g_return_val_if_fail (EW_IS_KERNEL_VIEW (view), FALSE);
  return ew_kernel_entry_is_open (view->entry);
}
