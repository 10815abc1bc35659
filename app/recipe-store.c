/* Parts of a recipe by their names. */
#include "app/recipe-store.h"

#include <math.h>

/* How a part is kept in EwSettings. */
typedef enum
{
  PART_NUMBER, /* double */
  PART_WHOLE,  /* 64 bits */
  PART_KIND,   /* an enumeration */
} PartType;

typedef struct
{
  const char *name;
  PartType type;
  gsize offset;
  double low;
  double high;
} Part;

#define PART(name, type, member, low, high)                                                                            \
  {                                                                                                                    \
    name, type, G_STRUCT_OFFSET (EwSettings, member), low, high                                                        \
  }

/* The largest number of epochs or pixels; whole numbers up to it are exact as doubles. */
#define WHOLE_MAX 1e15

#define BELOW_ONE (1 - 1e-9)

#define ALL_FLAGS                                                                                                      \
  (EW_CONSTRAINT_SUM_ONE | EW_CONSTRAINT_SUM_ZERO | EW_CONSTRAINT_MIRROR_X | EW_CONSTRAINT_MIRROR_Y | EW_CONSTRAINT_POINT \
   | EW_CONSTRAINT_NON_NEGATIVE | EW_CONSTRAINT_SEPARABLE)

static const Part parts[] = {
  PART ("optimizer", PART_KIND, recipe.optimizer.kind, 0, EW_OPTIMIZER_N_KINDS - 1),
  PART ("momentum", PART_NUMBER, recipe.optimizer.momentum, 0, BELOW_ONE),
  PART ("smoothing", PART_NUMBER, recipe.optimizer.smoothing, 0, BELOW_ONE),
  PART ("beta1", PART_NUMBER, recipe.optimizer.beta1, 0, BELOW_ONE),
  PART ("beta2", PART_NUMBER, recipe.optimizer.beta2, 0, BELOW_ONE),
  PART ("schedule", PART_KIND, recipe.schedule.kind, 0, EW_SCHEDULE_COSINE),
  PART ("period", PART_WHOLE, recipe.schedule.period, 1, WHOLE_MAX),
  PART ("factor", PART_NUMBER, recipe.schedule.factor, 0, 1),
  PART ("batch", PART_WHOLE, recipe.batch, 0, G_MAXINT),
  PART ("seed", PART_WHOLE, recipe.seed, 0, G_MAXINT),
  PART ("penalty", PART_KIND, recipe.objective.penalty, 0, EW_PENALTY_ABSOLUTE),
  PART ("delta", PART_NUMBER, recipe.objective.delta, 1e-12, 1e12),
  PART ("activation", PART_KIND, recipe.objective.activation, 0, EW_ACTIVATION_ABS),
  PART ("ridge", PART_NUMBER, recipe.ridge, 0, 1e12),
  PART ("constraints", PART_KIND, recipe.constraint.flags, 0, ALL_FLAGS),
  PART ("sparsity", PART_NUMBER, recipe.constraint.sparsity, 0, 1e300),
  PART ("stop-gradient", PART_NUMBER, recipe.stop_gradient, 0, 1e300),
  PART ("stop-change", PART_NUMBER, recipe.stop_change, 0, 1),
  PART ("stop-seconds", PART_NUMBER, recipe.stop_seconds, 0, 1e9),
  PART ("loss", PART_KIND, loss, 0, EW_LOSS_MEAN),
  PART ("rate", PART_NUMBER, rate, 0, 1e300),
  PART ("held-out", PART_NUMBER, holdout, 0, 0.9),
};

static double
get (const EwSettings *settings, const Part *part)
{
  switch (part->type)
    {
    case PART_WHOLE:
      return (double)G_STRUCT_MEMBER (guint64, settings, part->offset);
    case PART_KIND:
      return (double)G_STRUCT_MEMBER (int, settings, part->offset);
    case PART_NUMBER:
    default:
      return G_STRUCT_MEMBER (double, settings, part->offset);
    }
}

static void
set (EwSettings *settings, const Part *part, double value)
{
  if (part->type == PART_WHOLE)
    G_STRUCT_MEMBER (guint64, settings, part->offset) = (guint64)value;
  else if (part->type == PART_KIND)
    G_STRUCT_MEMBER (int, settings, part->offset) = (int)value;
  else
    G_STRUCT_MEMBER (double, settings, part->offset) = value;
}

void
ew_recipe_store_defaults (EwSettings *settings)
{
  ew_recipe_init (&settings->recipe, EW_OPTIMIZER_GD);
  settings->loss = EW_LOSS_SUM;
  settings->rate = 0;
  settings->holdout = 0;
}

GVariant *
ew_recipe_store_merge (GVariant *stored, const EwSettings *before, const EwSettings *now)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, stored);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (before == NULL || get (before, &parts[i]) != get (now, &parts[i]))
      g_variant_dict_insert (&dict, parts[i].name, "d", get (now, &parts[i]));
  return g_variant_dict_end (&dict);
}

GVariant *
ew_recipe_store_write (const EwSettings *settings)
{
  return ew_recipe_store_merge (NULL, NULL, settings);
}

gboolean
ew_recipe_store_read (GVariant *stored, EwSettings *settings)
{
  GVariantDict dict;
  gboolean any = FALSE;

  ew_recipe_store_defaults (settings);
  g_variant_dict_init (&dict, stored);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      const Part *part = &parts[i];
      double value;

      if (!g_variant_dict_lookup (&dict, part->name, "d", &value) || !(value >= part->low && value <= part->high)
          || (part->type != PART_NUMBER && value != floor (value)))
        continue;
      set (settings, part, value);
      any = TRUE;
    }
  g_variant_dict_clear (&dict);
  return any;
}
