/* EwHeld: what the loss of data that were held out is, epoch by epoch. Internal to the loop. */
#pragma once

#include "engine/devices.h"
#include "engine/history.h"
#include "engine/recipe.h"
#include "engine/ridge.h"

G_BEGIN_DECLS

typedef struct _EwHeld EwHeld;

/* Of @problem, which has no padding (ew_problem_split). A sum over it is told as over @n_residuals, as many as are learned
 * from, so that both curves have one scale. Each epoch costs as much as one on a Gram matrix of its own; where the recipe
 * is no quadratic, or the kernel too large for that, a look at the data without a gradient. No epoch is left out. */
EwHeld *ew_held_new (EwProblem *problem, gint64 n_residuals);
void ew_held_free (EwHeld *held);

/* Sums up its Gram matrix, on @devices, which must outlive it; until then no epoch is recorded. Errors as ew_fit_quadratic, but for a matrix that cannot be
 * had: the data do as well. */
gboolean ew_held_prepare (EwHeld *held, EwDevices *devices, EwCancel *cancel, GError **error);
gboolean ew_held_is_ready (const EwHeld *held);

/* The strength of ridge that @train's optimum does best with on what is held out, see ew_ridge_choose; negative with an
 * error. EW_ERROR_UNSUPPORTED where there is no Gram matrix. */
double ew_held_choose_ridge (EwHeld *held, const EwGram *train, int n_taps, EwCancel *cancel, GError **error);

/* What the loss is, from the next epoch on; its kind is that of @loss. Copies what it needs. */
void ew_held_set_recipe (EwHeld *held, const EwRecipe *recipe, EwLoss loss);

/* The weights are @params now. */
void ew_held_look (EwHeld *held, const double *params);

/* The loss there, NaN while it is not known. */
double ew_held_loss (const EwHeld *held);

/* Records the loss at the present weights for @epoch, as the training's own is that before the epoch's update; the weights
 * are @params then. */
void ew_held_add (EwHeld *held, guint64 epoch, const double *params);

/* As the same functions of EwHistory. */
guint64 ew_held_cut (EwHeld *held, guint64 epoch);
void ew_held_clear (EwHeld *held);
EwCurves *ew_held_curves (const EwHeld *held);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwHeld, ew_held_free)

G_END_DECLS
