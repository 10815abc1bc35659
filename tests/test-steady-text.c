/* Words that change while frames are drawn: the window is not laid out anew, the room grows and never shrinks. */
#include "tests/widget-fixtures.h"
#include "ui/steady-text.h"

/* A widget around another that counts how often it is measured: whatever is to be laid out anew has all that is around
 * it measured again. */
#define TEST_TYPE_AROUND (test_around_get_type ())
G_DECLARE_FINAL_TYPE (TestAround, test_around, TEST, AROUND, GtkWidget)

struct _TestAround
{
  GtkWidget parent_instance;

  GtkWidget *child;
  int measured;
};

G_DEFINE_FINAL_TYPE (TestAround, test_around, GTK_TYPE_WIDGET)

static void
test_around_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                     int *minimum_baseline, int *natural_baseline)
{
  TestAround *self = TEST_AROUND (widget);

  self->measured++;
  gtk_widget_measure (self->child, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
test_around_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_allocate (TEST_AROUND (widget)->child, width, height, -1, NULL);
}

static void
test_around_dispose (GObject *object)
{
  g_clear_pointer (&TEST_AROUND (object)->child, gtk_widget_unparent);
  G_OBJECT_CLASS (test_around_parent_class)->dispose (object);
}

static void
test_around_class_init (TestAroundClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = test_around_dispose;
  GTK_WIDGET_CLASS (klass)->measure = test_around_measure;
  GTK_WIDGET_CLASS (klass)->size_allocate = test_around_size_allocate;
}

static void
test_around_init (TestAround *self)
{
}

static TestAround *
around (GtkWidget *child)
{
  TestAround *self = g_object_new (TEST_TYPE_AROUND, NULL);

  self->child = child;
  gtk_widget_set_parent (child, GTK_WIDGET (self));
  return self;
}

static GtkWidget *
text_that_grows (int width_chars)
{
  return g_object_new (EW_TYPE_STEADY_TEXT, "width-chars", width_chars, "grows", TRUE, NULL);
}

static int
least_width (GtkWidget *widget)
{
  int width;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  return width;
}

static guint32
hash_of_window (GtkWindow *window)
{
  int width, height;
  g_autofree guint32 *pixels = ew_window_pixels (window, &width, &height);
  guint32 hash = 0;

  for (int k = 0; k < width * height; k++)
    hash = hash * 31 + pixels[k];
  return hash;
}

/* A GtkLabel beside it shows that the count can tell. */
static void
test_layout (void)
{
  GtkWidget *text = text_that_grows (20);
  GtkWidget *label = gtk_label_new ("epoch 0");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  TestAround *steady = around (text);
  TestAround *plain = around (label);
  GtkWindow *window;
  int steady_before, plain_before;
  guint32 seen;

  gtk_box_append (GTK_BOX (box), GTK_WIDGET (steady));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (plain));
  window = ew_window_open (box, 500, 80);
  ew_spin (100);
  steady_before = steady->measured;
  plain_before = plain->measured;
  seen = hash_of_window (window);
  for (int k = 1; k <= 4; k++)
    {
      g_autofree char *words = g_strdup_printf ("epoch %d", k * 1111);

      ew_steady_text_set_words (EW_STEADY_TEXT (text), words, NULL);
      ew_spin (50);
      g_assert_cmpstr (ew_steady_text_get_words (EW_STEADY_TEXT (text)), ==, words);
    }
  g_assert_cmpint (steady->measured, ==, steady_before);
  g_assert_cmpuint (hash_of_window (window), !=, seen);
  gtk_label_set_text (GTK_LABEL (label), "epoch 1111");
  ew_spin (50);
  g_assert_cmpint (plain->measured, >, plain_before);
  ew_window_close (window);
}

static void
test_room (void)
{
  GtkWidget *grows = text_that_grows (8);
  GtkWidget *stays = ew_steady_text_new (8, 0.5);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  const char *words = "1234567890 of 1234567890";
  g_autoptr (PangoLayout) layout = NULL;
  GtkWindow *window;
  int before, width;

  gtk_box_append (GTK_BOX (box), grows);
  gtk_box_append (GTK_BOX (box), stays);
  window = ew_window_open (box, 500, 80);
  before = least_width (grows);
  g_assert_cmpint (before, ==, least_width (stays));
  ew_steady_text_set_words (EW_STEADY_TEXT (grows), words, NULL);
  ew_steady_text_set_words (EW_STEADY_TEXT (stays), words, NULL);
  layout = gtk_widget_create_pango_layout (grows, words);
  pango_layout_get_pixel_size (layout, &width, NULL);
  g_assert_cmpint (least_width (grows), >=, width);
  g_assert_cmpint (least_width (stays), ==, before);
  before = least_width (grows);
  ew_steady_text_set_words (EW_STEADY_TEXT (grows), "1", NULL);
  g_assert_cmpint (least_width (grows), ==, before);
  ew_window_close (window);
}

static void
test_lines (void)
{
  GtkWidget *one = ew_steady_text_new (12, 0);
  GtkWidget *more = ew_steady_text_new (12, 0);
  int heights[2];

  g_object_ref_sink (one);
  g_object_ref_sink (more);
  ew_steady_text_set_lines (EW_STEADY_TEXT (more), 2, 3);
  gtk_widget_measure (one, GTK_ORIENTATION_VERTICAL, -1, &heights[0], NULL, NULL, NULL);
  gtk_widget_measure (more, GTK_ORIENTATION_VERTICAL, -1, &heights[1], NULL, NULL, NULL);
  g_assert_cmpint (heights[0], >, 0);
  g_assert_cmpint (heights[1], >, 5 * heights[0]);
  /* Neither words nor a detail change that. */
  ew_steady_text_set_words (EW_STEADY_TEXT (more), "sum", "of nine products");
  gtk_widget_measure (more, GTK_ORIENTATION_VERTICAL, -1, &heights[0], NULL, NULL, NULL);
  g_assert_cmpint (heights[0], ==, heights[1]);
  g_object_unref (one);
  g_object_unref (more);
}

static void
test_accessible (void)
{
  GtkWidget *text = ew_steady_text_new (20, 0);
  GtkWindow *window = ew_window_open (text, 300, 80);

  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_ROLE_LABEL);
  ew_steady_text_set_words (EW_STEADY_TEXT (text), "epoch 3", "the third");
  ew_assert_text (text, GTK_ACCESSIBLE_PROPERTY_LABEL, "epoch 3");
  ew_assert_text (text, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "the third");
  ew_steady_text_set_words (EW_STEADY_TEXT (text), "epoch 4", NULL);
  ew_assert_text (text, GTK_ACCESSIBLE_PROPERTY_LABEL, "epoch 4");
  ew_assert_text (text, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "");
  ew_window_close (window);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!ew_widgets_init ())
    return 0;
  g_test_add_func ("/steady-text/layout", test_layout);
  g_test_add_func ("/steady-text/room", test_room);
  g_test_add_func ("/steady-text/lines", test_lines);
  g_test_add_func ("/steady-text/accessible", test_accessible);
  return g_test_run ();
}
