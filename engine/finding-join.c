/* Findings of channels, kind by kind. */
#include "engine/finding-join.h"

#include <math.h>

/* The channels that a kind was found in. */
typedef struct
{
  const EwFinding **of; /* by channel; NULL: not there */
  const char *const *names;
  int n;
  int count;
} Owners;

static void
find_owners (EwFindings *const *findings, EwFindingKind kind, Owners *owners)
{
  owners->count = 0;
  for (int i = 0; i < owners->n; i++)
    {
      owners->of[i] = ew_findings_find (findings[i], kind);
      owners->count += owners->of[i] != NULL;
    }
}

/* What "red" and "blue" found, "Red and blue: …". */
static void
append_names (GString *text, const Owners *owners, const gboolean *chosen)
{
  int count = 0, said = 0;
  gsize from = text->len;

  for (int i = 0; i < owners->n; i++)
    count += chosen[i];
  for (int i = 0; i < owners->n; i++)
    if (chosen[i])
      {
        g_string_append (text, owners->names[i]);
        said++;
        g_string_append (text, said == count ? ": " : said == count - 1 ? " and " : ", ");
      }
  if (text->len > from)
    text->str[from] = g_ascii_toupper (text->str[from]);
}

static char *
named (const Owners *owners, const char *sentence)
{
  GString *text = g_string_new (NULL);
  g_autofree gboolean *chosen = g_new (gboolean, owners->n);

  for (int i = 0; i < owners->n; i++)
    chosen[i] = owners->of[i] != NULL;
  append_names (text, owners, chosen);
  g_string_append (text, sentence);
  return g_string_free (text, FALSE);
}

static gboolean
differ_encodings (const EwEncoding *a, const EwEncoding *b)
{
  return a->curve != b->curve || fabs (a->gamma - b->gamma) > 0.05 * a->gamma;
}

/* Whether two say something else, beyond what is of each channel's own: how much of it there is. */
static gboolean
differ (const EwCorrection *a, const EwCorrection *b)
{
  return a->kind != b->kind || a->dy != b->dy || a->dx != b->dx || a->turn != b->turn
         || fabs (a->factor - b->factor) > 0.01 * fabs (a->factor) || differ_encodings (&a->x_encoding, &b->x_encoding)
         || differ_encodings (&a->y_encoding, &b->y_encoding);
}

/* Behind the lead's sentence those of channels that need another correction, each once. */
static void
say_others (EwFinding *finding, const Owners *owners, int lead)
{
  GString *text = g_string_new (finding->sentence);
  g_autofree gboolean *said = g_new0 (gboolean, owners->n);

  for (int i = 0; i < owners->n; i++)
    {
      g_autofree gboolean *alike = g_new0 (gboolean, owners->n);

      if (i == lead || owners->of[i] == NULL || said[i] || !differ (&owners->of[i]->correction, &finding->correction))
        continue;
      for (int k = i; k < owners->n; k++)
        said[k] = alike[k] = said[k] || (owners->of[k] != NULL && k != lead && !differ (&owners->of[i]->correction, &owners->of[k]->correction));
      g_string_append_c (text, ' ');
      append_names (text, owners, alike);
      g_string_append (text, owners->of[i]->sentence);
    }
  g_free (finding->sentence);
  finding->sentence = g_string_free (text, FALSE);
}

/* A mask for all that any channel leaves out; the larger of kernels. */
static void
widen (EwFinding *finding, const Owners *owners)
{
  EwCorrection *c = &finding->correction;

  for (int i = 0; i < owners->n; i++)
    {
      const EwFinding *other = owners->of[i];

      if (other == NULL || other->correction.kind != c->kind)
        continue;
      if (c->kind == EW_CORRECTION_MASK)
        {
          c->low = fmax (c->low, other->correction.low);
          c->high = fmin (c->high, other->correction.high);
        }
      if (c->kind == EW_CORRECTION_GEOMETRY
          && other->correction.geometry.kernel_height * other->correction.geometry.kernel_width
                 > c->geometry.kernel_height * c->geometry.kernel_width)
        {
          *c = other->correction;
          g_free (finding->label);
          finding->label = g_strdup (other->label);
          g_free (finding->sentence);
          finding->sentence = named (owners, other->sentence);
        }
    }
}

static gboolean
is_harmless (EwCorrectionKind kind)
{
  return kind == EW_CORRECTION_MASK || kind == EW_CORRECTION_FINITE || kind == EW_CORRECTION_BIAS || kind == EW_CORRECTION_GEOMETRY;
}

static void
add (EwFindings *joined, const EwFinding *from, char *sentence)
{
  EwFinding *finding = &joined->items[joined->n++];

  *finding = *from;
  finding->sentence = sentence;
  finding->label = g_strdup (from->label);
}

/* Found in the lead too. Of clipping that which there is most of is told. */
static void
add_lead (EwFindings *joined, const Owners *owners, int lead)
{
  const EwFinding *most = owners->of[lead];
  EwFinding *finding;

  for (int i = 0; i < owners->n; i++)
    if (owners->of[i] != NULL && most->kind == EW_FINDING_CLIPPED && owners->of[i]->share > most->share)
      most = owners->of[i];
  add (joined, most,
       most == owners->of[lead] ? g_strdup (most->sentence) : named (owners, most->sentence));
  finding = &joined->items[joined->n - 1];
  say_others (finding, owners, lead);
  widen (finding, owners);
}

static void
add_others (EwFindings *joined, const Owners *owners)
{
  const EwFinding *first = NULL;
  EwFinding *finding;

  for (int i = owners->n - 1; i >= 0; i--)
    first = owners->of[i] != NULL ? owners->of[i] : first;
  add (joined, first, named (owners, first->sentence));
  finding = &joined->items[joined->n - 1];
  finding->blocks = FALSE;
  widen (finding, owners);
  if (is_harmless (finding->correction.kind))
    return;
  finding->correction = (EwCorrection){ .kind = EW_CORRECTION_NONE };
  g_clear_pointer (&finding->label, g_free);
}

EwFindings *
ew_findings_join (EwFindings *const *findings, const char *const *names, int n, int lead)
{
  EwFindings *joined = g_new0 (EwFindings, 1);
  g_autofree const EwFinding **of = g_new0 (const EwFinding *, n);
  Owners owners = { of, names, n, 0 };

  /* In the lead's order; what it has not goes behind. */
  for (int i = 0; i < findings[lead]->n; i++)
    {
      find_owners (findings, findings[lead]->items[i].kind, &owners);
      add_lead (joined, &owners, lead);
    }
  for (int kind = 0; kind < EW_FINDING_N_KINDS; kind++)
    {
      find_owners (findings, (EwFindingKind)kind, &owners);
      if (owners.count > 0 && owners.of[lead] == NULL)
        add_others (joined, &owners);
    }
  return joined;
}
