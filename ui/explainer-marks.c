/* EwExplainer: which pixels belong together. */
#include "ui/explainer-private.h"

/* More frames than these are drawn as one around all of them. */
#define MARKS_MAX 100

static void
add (GArray *marks, EwMarkRole role, gint64 row, gint64 column, gint64 height, gint64 width)
{
  EwPlaneMark mark = { role, (int)row, (int)column, (int)height, (int)width };

  g_array_append_val (marks, mark);
}

static void
set_marks (EwPlaneView *view, GArray *marks)
{
  ew_plane_view_set_marks (view, (const EwPlaneMark *)(gpointer)marks->data, (int)marks->len);
}

void
ew_explainer_mark_output (EwExplainer *self, const EwPatch *patch)
{
  const EwGeometry *g = &self->snapshot->geometry;
  const EwTerm *first = &patch->terms[0];
  const EwTerm *last = &patch->terms[ew_patch_n_terms (patch) - 1];
  g_autoptr (GArray) input = g_array_new (FALSE, FALSE, sizeof (EwPlaneMark));
  g_autoptr (GArray) output = g_array_new (FALSE, FALSE, sizeof (EwPlaneMark));

  add (input, EW_MARK_WINDOW, first->row, first->column, last->row - first->row + 1, last->column - first->column + 1);
  /* Between dilated taps the window has holes. */
  if (g->dilation > 1 && ew_patch_n_terms (patch) <= MARKS_MAX)
    for (int k = 0; k < ew_patch_n_terms (patch); k++)
      add (input, EW_MARK_TAP, patch->terms[k].row, patch->terms[k].column, 1, 1);
  add (output, EW_MARK_OUTPUT, patch->row, patch->column, 1, 1);
  set_marks (self->input, input);
  set_marks (self->output, output);
}

/* Whether the outputs along one axis follow one another without a gap. */
static gboolean
is_gapless (const EwFed *readings, int n)
{
  for (int k = 1; k < n; k++)
    if (readings[k].output > readings[k - 1].output + 1)
      return FALSE;
  return TRUE;
}

void
ew_explainer_mark_input (EwExplainer *self, const EwFeeding *feeding)
{
  g_autoptr (GArray) input = g_array_new (FALSE, FALSE, sizeof (EwPlaneMark));
  g_autoptr (GArray) output = g_array_new (FALSE, FALSE, sizeof (EwPlaneMark));
  int top, left, bottom, right;

  add (input, EW_MARK_TAP, self->input_row, self->input_column, 1, 1);
  if (ew_feeding_bounds (feeding, &top, &left, &bottom, &right))
    {
      gboolean gapless
          = is_gapless (feeding->rows, feeding->n_rows) && is_gapless (feeding->columns, feeding->n_columns);

      if (gapless || ew_feeding_n_outputs (feeding) > MARKS_MAX)
        add (output, EW_MARK_FED, top, left, bottom - top + 1, right - left + 1);
      else
        for (int i = 0; i < feeding->n_rows; i++)
          for (int j = 0; j < feeding->n_columns; j++)
            add (output, EW_MARK_FED, feeding->rows[i].output, feeding->columns[j].output, 1, 1);
    }
  set_marks (self->input, input);
  set_marks (self->output, output);
}

/* The part of the input that the tap multiplies, and of the output that is explained the one pixel. */
void
ew_explainer_mark_tap (EwExplainer *self)
{
  const EwSnapshot *s = self->snapshot;
  const EwGeometry *g = &s->geometry;
  gint64 down = (gint64)(self->tap / g->kernel_width) * g->dilation - g->top;
  gint64 right = (gint64)(self->tap % g->kernel_width) * g->dilation - g->left;
  g_autoptr (GArray) input = g_array_new (FALSE, FALSE, sizeof (EwPlaneMark));
  g_autoptr (GArray) output = g_array_new (FALSE, FALSE, sizeof (EwPlaneMark));

  add (input, EW_MARK_WINDOW, down, right, (gint64)(s->output_height - 1) * g->stride + 1,
       (gint64)(s->output_width - 1) * g->stride + 1);
  if (self->output_row >= 0)
    {
      add (input, EW_MARK_TAP, (gint64)self->output_row * g->stride + down,
           (gint64)self->output_column * g->stride + right, 1, 1);
      add (output, EW_MARK_OUTPUT, self->output_row, self->output_column, 1, 1);
    }
  set_marks (self->input, input);
  set_marks (self->output, output);
}
