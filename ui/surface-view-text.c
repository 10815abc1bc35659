/* EwSurfaceView: names of the axes, and what screen readers are told. */
#include "ui/paint/number.h"
#include "ui/surface-view-private.h"

#include <glib/gi18n.h>
#include <math.h>

char *
ew_surface_view_name_axis (EwSurfaceView *view, int axis)
{
  const EwSurfaceMap *m = view->map;
  char number[EW_NUMBER_SIZE];
  int weight;

  if (m == NULL || m->trouble != NULL)
    return g_strdup ("");
  if (m->choice.eigen)
    return g_strdup_printf (_ ("along %s (λ %s)"), axis == 0 ? "e₁" : "e₂",
                            ew_number_short (number, axis == 0 ? m->lambda_a : m->lambda_b, 3));
  weight = axis == 0 ? m->choice.first : m->choice.second;
  if (view->kernel_width > 0 && weight >= view->kernel_height * view->kernel_width)
    return g_strdup ("b");
  if (view->kernel_width > 0)
    return g_strdup_printf ("K[%d, %d]", weight / view->kernel_width, weight % view->kernel_width);
  return g_strdup_printf ("w%d", weight);
}

/* "K[0, 0] = 1, K[0, 1] = −1, loss 0" */
static void
describe_place (EwSurfaceView *self, GString *text, EwSurfacePoint place, double loss)
{
  char numbers[3][EW_NUMBER_SIZE];

  g_string_append_printf (text, _ ("%s = %s, %s = %s, loss %s"), self->names[0],
                          ew_number_short (numbers[0], self->map->zero_a + place.a, 4), self->names[1],
                          ew_number_short (numbers[1], self->map->zero_b + place.b, 4),
                          ew_number_short (numbers[2], loss, 4));
}

static void
describe_map (EwSurfaceView *self, GString *text)
{
  const EwSurfaceMap *m = self->map;
  char number[EW_NUMBER_SIZE];

  if (self->n_runs == 0)
    {
      g_string_append (text, _ ("Now "));
      describe_place (self, text, m->present, m->present_loss);
      g_string_append (text, _ ("; the optimum "));
    }
  else
    {
      g_string_append_printf (text, _ ("%d paths from "), self->n_runs);
      describe_place (self, text, m->start, ew_surface_map_loss (m, m->start.a, m->start.b));
      g_string_append (text, _ ("; the optimum "));
    }
  describe_place (self, text, m->optimum, ew_surface_map_loss (m, m->optimum.a, m->optimum.b));
  /* What rounding leaves is none. */
  if (self->n_runs == 0 && m->off > 1e-9 * (1 + hypot (m->present.a, m->present.b)))
    g_string_append_printf (text, _ ("; %s off this plane"), ew_number_short (number, m->off, 3));
}

void
ew_surface_view_settle (GtkWidget *widget)
{
  EwSurfaceView *self = EW_SURFACE_VIEW (widget);
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->map == NULL)
    g_string_append (text, self->empty_text != NULL ? self->empty_text : "");
  else if (self->map->trouble != NULL)
    g_string_append (text, self->map->trouble);
  else if (self->has_cursor)
    describe_place (self, text, self->cursor, ew_surface_map_loss (self->map, self->cursor.a, self->cursor.b));
  else
    describe_map (self, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}
