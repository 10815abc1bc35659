/* What is pointed at, in words. */
#include "ui/explain-text.h"

#include "ui/paint/number.h"

#include <glib/gi18n.h>
#include <math.h>

/* Significant digits of what is multiplied and of what comes out. */
#define FACTOR_DIGITS 4
#define RESULT_DIGITS 6

/* Of many products, those that are named; and of many outputs. */
#define LARGEST 3
#define OUTPUTS 4

/* Characters of a sum that has its result behind it. */
#define SUM_LENGTH 70

typedef enum
{
  STORED_FLOAT,  /* a value of a plane: float32 */
  STORED_DOUBLE, /* a weight */
} Stored;

/* Appends a number; clears *exact where what is printed is not what is stored. */
static void
put (GString *text, double value, int digits, Stored stored, gboolean *exact)
{
  char number[EW_NUMBER_SIZE];
  double printed = NAN;

  g_string_append (text, ew_number_short (number, value, digits));
  if (!isfinite (value))
    return;
  if (!ew_number_parse (number, &printed)
      || (stored == STORED_FLOAT ? (float)printed != (float)value : printed != value))
    *exact = FALSE;
}

/* As a factor: a negative one stands in brackets. */
static void
put_factor (GString *text, double value, Stored stored, gboolean *exact)
{
  gboolean negative = value < 0;

  if (negative)
    g_string_append_c (text, '(');
  put (text, value, FACTOR_DIGITS, stored, exact);
  if (negative)
    g_string_append_c (text, ')');
}

static void
put_product (GString *text, const EwTerm *term, gboolean *exact)
{
  put_factor (text, term->value, STORED_FLOAT, exact);
  g_string_append (text, "×");
  put_factor (text, term->weight, STORED_DOUBLE, exact);
}

static const char *
equals (gboolean exact)
{
  return exact ? "=" : "≈";
}

void
ew_explanation_clear (EwExplanation *explanation)
{
  g_clear_pointer (&explanation->headline, g_free);
  g_clear_pointer (&explanation->detail, g_free);
}

char *
ew_explanation_sentence (const EwExplanation *explanation)
{
  if (explanation->detail == NULL || explanation->detail[0] == '\0')
    return g_strdup (explanation->headline);
  return g_strdup_printf ("%s. %s", explanation->headline, explanation->detail);
}

static void
put_bias (GString *text, const EwPatch *patch, gboolean *exact)
{
  if (patch->bias == 0)
    return;
  g_string_append (text, _ (" + bias "));
  put_factor (text, patch->bias, STORED_DOUBLE, exact);
}

static void
put_result (GString *text, double value, gboolean exact)
{
  g_autoptr (GString) number = g_string_new (NULL);

  put (number, value, RESULT_DIGITS, STORED_FLOAT, &exact);
  g_string_append_printf (text, " %s %s", equals (exact), number->str);
}

/* All products one by one. The result comes before many of them: a narrow window may have no room for the last. */
static char *
short_sum (const EwPatch *patch)
{
  g_autoptr (GString) terms = g_string_new (NULL);
  g_autoptr (GString) result = g_string_new (NULL);
  gboolean exact = TRUE;

  for (int k = 0; k < ew_patch_n_terms (patch); k++)
    {
      if (k > 0)
        g_string_append (terms, " + ");
      put_product (terms, &patch->terms[k], &exact);
    }
  put_bias (terms, patch, &exact);
  put_result (result, patch->sum, exact);
  if (g_utf8_strlen (terms->str, -1) <= SUM_LENGTH)
    return g_strdup_printf ("Ŷ[%d, %d] = %s%s", patch->row, patch->column, terms->str, result->str);
  return g_strdup_printf (_ ("Ŷ[%d, %d]%s, the sum of %s"), patch->row, patch->column, result->str, terms->str);
}

static char *
long_sum (const EwPatch *patch)
{
  GString *text = g_string_new (NULL);
  gboolean exact = TRUE;

  g_string_printf (text, _ ("Ŷ[%d, %d] = the sum of %d products"), patch->row, patch->column, ew_patch_n_terms (patch));
  put_bias (text, patch, &exact);
  put_result (text, patch->sum, exact);
  return g_string_free (text, FALSE);
}

/* "largest 0.9×0.4 = 0.36 at K[1, 2], …; the other 22 add up to 0.1". */
static void
put_largest (GString *text, const EwPatch *patch)
{
  int indices[LARGEST];
  int n = ew_patch_largest (patch, indices, LARGEST);
  double rest = patch->sum - patch->bias;
  char number[EW_NUMBER_SIZE];

  for (int m = 0; m < n; m++)
    {
      const EwTerm *term = &patch->terms[indices[m]];
      gboolean exact = TRUE;

      g_string_append (text, m == 0 ? _ ("Largest: ") : ", ");
      put_product (text, term, &exact);
      g_string_append_printf (text, _ (" at K[%d, %d]"), indices[m] / patch->width, indices[m] % patch->width);
      rest -= term->product;
    }
  g_string_append_printf (text, _ ("; the other %d add up to %s. "), ew_patch_n_terms (patch) - n,
                          ew_number_short (number, rest, FACTOR_DIGITS));
}

static void
put_padding (GString *text, const EwPatch *patch)
{
  int outside = 0;

  for (int k = 0; k < ew_patch_n_terms (patch); k++)
    outside += ew_term_is_outside (&patch->terms[k]);
  if (outside > 0)
    g_string_append_printf (
        text, g_dngettext (NULL, "%d tap lies in the padding. ", "%d taps lie in the padding. ", outside), outside);
}

static void
put_target (GString *text, const EwPatch *patch, const EwGrid *y, const EwGrid *mask, EwLoss loss)
{
  double target = (double)ew_grid_row (y, patch->row)[patch->column];
  double residual = patch->sum - target;
  char wanted[EW_NUMBER_SIZE];
  char missed[EW_NUMBER_SIZE];
  char squared[EW_NUMBER_SIZE];

  if (mask != NULL && ew_grid_row (mask, patch->row)[patch->column] == 0)
    {
      g_string_append_printf (text, _ ("The target is %s, the residual %s; this pixel is left out and is no part of the loss."),
                              ew_number_short (wanted, target, FACTOR_DIGITS), ew_number_short (missed, residual, FACTOR_DIGITS));
      return;
    }
  g_string_append_printf (
      text,
      loss == EW_LOSS_MEAN ? _ ("The target is %s, the residual %s; its square, %s, enters the mean that is the loss.")
                           : _ ("The target is %s, the residual %s; its square, %s, is this pixel’s part of the loss."),
      ew_number_short (wanted, target, FACTOR_DIGITS), ew_number_short (missed, residual, FACTOR_DIGITS),
      ew_number_short (squared, residual * residual, FACTOR_DIGITS));
}

void
ew_explain_output (EwExplanation *explanation, const EwPatch *patch, const EwGrid *y, const EwGrid *mask, EwLoss loss, int block)
{
  gboolean is_long = ew_patch_n_terms (patch) > EW_EXPLAIN_TERMS_MAX;
  GString *detail = g_string_new (NULL);

  ew_explanation_clear (explanation);
  explanation->headline = is_long ? long_sum (patch) : short_sum (patch);
  if (is_long)
    put_largest (detail, patch);
  put_padding (detail, patch);
  if (y != NULL && patch->row < y->height && patch->column < y->width)
    put_target (detail, patch, y, mask, loss);
  if (block > 1)
    g_string_append_printf (detail, _ (" (One pixel; on screen each dot is the mean of %d×%d.)"), block, block);
  explanation->detail = g_string_free (detail, FALSE);
}

/* "3 in Ŷ[0, 0], 2 in Ŷ[0, 1]", for the first few outputs. */
static char *
weights_text (const EwFeeding *feeding, const EwKernel *kernel)
{
  GString *text = g_string_new (NULL);
  gint64 n = ew_feeding_n_outputs (feeding);
  int named = 0;
  char number[EW_NUMBER_SIZE];

  for (int i = 0; i < feeding->n_rows; i++)
    for (int j = 0; j < feeding->n_columns && named < OUTPUTS; j++)
      {
        int row = feeding->rows[i].output;
        int column = feeding->columns[j].output;

        if ((i > 0 && row == feeding->rows[i - 1].output) || (j > 0 && column == feeding->columns[j - 1].output))
          continue;
        g_string_append_printf (
            text, _ ("%s%s in Ŷ[%d, %d]"), named > 0 ? ", " : "",
            ew_number_short (number, ew_feeding_weight (feeding, kernel, row, column), FACTOR_DIGITS), row, column);
        named++;
      }
  if (n > named)
    g_string_append (text, ", …");
  return g_string_free (text, FALSE);
}

void
ew_explain_input (EwExplanation *explanation, const EwFeeding *feeding, const EwKernel *kernel, const EwGrid *x,
                  int row, int column)
{
  gint64 n = ew_feeding_n_outputs (feeding);
  char number[EW_NUMBER_SIZE];
  int top, left, bottom, right;

  ew_explanation_clear (explanation);
  ew_number_short (number, (double)ew_grid_row (x, row)[column], FACTOR_DIGITS);
  if (!ew_feeding_bounds (feeding, &top, &left, &bottom, &right))
    {
      explanation->headline = g_strdup_printf (_ ("X[%d, %d] = %s goes into no output"), row, column, number);
      explanation->detail = g_strdup (_ ("The steps of the kernel leap over this pixel."));
      return;
    }

  g_autofree char *weights = weights_text (feeding, kernel);

  if (n == 1)
    explanation->headline
        = g_strdup_printf (_ ("X[%d, %d] = %s goes into one output, Ŷ[%d, %d]"), row, column, number, top, left);
  else
    explanation->headline
        = g_strdup_printf (_ ("X[%d, %d] = %s goes into %" G_GINT64_FORMAT " outputs, Ŷ[%d, %d] to Ŷ[%d, %d]"), row,
                           column, number, n, top, left, bottom, right);
  explanation->detail
      = g_strdup_printf (_ ("It is multiplied by %s: seen from a pixel, the kernel lies turned by 180°."), weights);
}

static char *
direction_text (double derivative)
{
  if (derivative == 0)
    return g_strdup (_ ("It is zero: descent leaves this weight alone."));
  return g_strdup (derivative < 0 ? _ ("It is negative, so descent makes this weight larger.")
                                  : _ ("It is positive, so descent makes this weight smaller."));
}

void
ew_explain_tap (EwExplanation *explanation, const EwKernel *kernel, int tap, const EwTapGradient *gradient, EwLoss loss,
                gint64 n_residuals, int n_samples)
{
  int a = tap / kernel->width;
  int c = tap % kernel->width;
  double factor = loss == EW_LOSS_MEAN ? 2.0 / (double)MAX (n_residuals, 1) : 2;
  char number[EW_NUMBER_SIZE];

  ew_explanation_clear (explanation);
  if (gradient == NULL)
    {
      explanation->headline = g_strdup_printf (_ ("∂L/∂K[%d, %d]: the gradient of this weight…"), a, c);
      explanation->detail
          = g_strdup_printf (_ ("K[%d, %d] = %s"), a, c, ew_number_short (number, kernel->taps[tap], FACTOR_DIGITS));
      return;
    }

  g_autofree char *direction = direction_text (factor * gradient->sum);
  g_autofree char *means = gradient->block > 1 ? g_strdup_printf (_ (" The pictures show means of %d×%d."),
                                                                  gradient->block, gradient->block)
                                               : g_strdup ("");
  const char *channel = n_samples > 1 ? _ (" This channel’s part; the step adds up all of them.") : "";

  explanation->headline = g_strdup_printf (loss == EW_LOSS_MEAN ? _ ("∂L/∂K[%d, %d] = 2/N Σ shifted X × residual ≈ %s")
                                                                : _ ("∂L/∂K[%d, %d] = 2 Σ shifted X × residual ≈ %s"),
                                           a, c, ew_number_short (number, factor * gradient->sum, RESULT_DIGITS));
  explanation->detail = g_strconcat (direction, means, channel, NULL);
}
