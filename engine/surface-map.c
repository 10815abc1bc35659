/* EwSurfaceMap: where things lie on the plane. */
#include "engine/surface-map.h"

#include "engine/trail.h"

#include <math.h>
#include <string.h>

EwSurfaceMap *
ew_surface_map_ref (EwSurfaceMap *map)
{
  ew_refs_acquire (&map->refs);
  return map;
}

void
ew_surface_map_unref (EwSurfaceMap *map)
{
  if (map == NULL || !ew_refs_release (&map->refs))
    return;
  ew_surface_free (map->surface);
  g_free (map->path);
  g_free (map->trouble);
  g_free (map);
}

EwSurfaceMap *
ew_surface_map_new_trouble (const EwSurfaceChoice *choice, const char *trouble)
{
  EwSurfaceMap *map = g_new0 (EwSurfaceMap, 1);

  ew_refs_init (&map->refs);
  map->choice = *choice;
  map->trouble = g_strdup (trouble);
  return map;
}

double
ew_surface_map_loss (const EwSurfaceMap *map, double a, double b)
{
  return map->scale * ew_surface_loss (map->surface, a, b);
}

void
ew_surface_map_params (const EwSurfaceMap *map, double a, double b, double *params)
{
  const EwSurface *s = map->surface;

  for (int k = 0; k < s->n; k++)
    params[k] = s->origin[k] + a * s->u[k] + b * s->v[k];
}

gboolean
ew_surface_choice_equal (const EwSurfaceChoice *a, const EwSurfaceChoice *b)
{
  return a->eigen == b->eigen && a->through_present == b->through_present
         && (a->eigen || (a->first == b->first && a->second == b->second));
}

static EwSurfacePoint
place_of (const EwSurface *s, const double *params, double *off)
{
  EwSurfacePoint p;
  double distance;

  ew_surface_place (s, params, &p.a, &p.b, &distance);
  if (off != NULL)
    *off = distance;
  return p;
}

/* Whether the curves hold every weight that the directions speak of. */
static gboolean
has_weights (const EwSurface *s, const EwCurves *curves)
{
  for (int k = curves->n_weights; k < s->n; k++)
    if (s->u[k] != 0 || s->v[k] != 0)
      return FALSE;
  return TRUE;
}

/* Each point's place: the middle of what it covers. */
static EwSurfacePoint *
place_curves (const EwSurface *s, const EwCurves *curves)
{
  EwSurfacePoint *places = g_new0 (EwSurfacePoint, curves->n_points);

  for (int k = 0; k < MIN (curves->n_weights, s->n); k++)
    {
      const float *low = curves->weight_min + (size_t)k * curves->n_points;
      const float *high = curves->weight_max + (size_t)k * curves->n_points;

      if (s->u[k] == 0 && s->v[k] == 0)
        continue;
      for (int p = 0; p < curves->n_points; p++)
        {
          double w = ((double)low[p] + high[p]) / 2 - s->origin[k];

          places[p].a += w * s->u[k];
          places[p].b += w * s->v[k];
        }
    }
  return places;
}

static void
add_path (EwSurfaceMap *map, const EwSurfaceSource *source)
{
  const EwCurves *curves = source->curves;
  g_autoptr (EwTrail) trail = ew_trail_new (2, EW_SURFACE_PATH_MAX);
  g_autofree EwSurfacePoint *places = NULL;

  if (curves == NULL || curves->n_points == 0 || !has_weights (map->surface, curves))
    return;
  places = place_curves (map->surface, curves);
  /* After the first epoch of what is kept there may be others before it. */
  if (curves->first_epoch == 1)
    ew_trail_add (trail, &map->start.a);
  for (int p = 0; p < curves->n_points; p++)
    ew_trail_add (trail, &places[p].a);
  if (source->at_end)
    ew_trail_add (trail, &map->present.a);
  map->n_path = ew_trail_length (trail);
  map->path = g_new (EwSurfacePoint, map->n_path);
  for (int k = 0; k < map->n_path; k++)
    memcpy (&map->path[k], ew_trail_place (trail, k), sizeof *map->path);
}

/* The two largest eigenvalues are what the surface curves by along its directions. */
static gboolean
lay_plane (EwSurfaceMap *map, const EwSurfaceSource *source, GError **error)
{
  const double *origin = map->choice.through_present ? source->present : source->optimum;
  EwSurfaceChoice *c = &map->choice;

  map->lambda_a = map->lambda_b = NAN;
  if (c->eigen)
    {
      map->surface = ew_surface_new_eigen (source->quadratic, origin, 0, 1, error);
      if (map->surface == NULL)
        return FALSE;
      map->lambda_a = map->surface->uu;
      map->lambda_b = map->surface->vv;
      return TRUE;
    }
  map->surface = ew_surface_new_taps (source->quadratic, origin, c->first, c->second);
  map->zero_a = origin[c->first];
  map->zero_b = origin[c->second];
  return TRUE;
}

/* Weights that there are, and two of them. */
static void
mend_choice (EwSurfaceChoice *choice, int n)
{
  if (choice->first >= 0 && choice->first < n && choice->second >= 0 && choice->second < n
      && choice->first != choice->second)
    return;
  choice->first = 0;
  choice->second = 1;
}

EwSurfaceMap *
ew_surface_map_new (const EwSurfaceSource *source, const EwSurfaceChoice *choice, GError **error)
{
  int n = ew_quadratic_gram (source->quadratic)->n;
  g_autoptr (EwSurfaceMap) map = NULL;

  if (n < 2)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_UNSUPPORTED,
                           "The loss over two weights needs two of them; this kernel has one.");
      return NULL;
    }
  map = ew_surface_map_new_trouble (choice, NULL);
  mend_choice (&map->choice, n);
  if (!lay_plane (map, source, error))
    return NULL;
  map->scale = source->scale;
  map->optimum = place_of (map->surface, source->optimum, NULL);
  map->start = place_of (map->surface, source->start, NULL);
  map->present = place_of (map->surface, source->present, &map->off);
  map->present_loss = map->scale * ew_quadratic_loss (source->quadratic, source->present);
  ew_surface_lowest (map->surface, &map->lowest.a, &map->lowest.b);
  add_path (map, source);
  return g_steal_pointer (&map);
}
