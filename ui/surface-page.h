/* EwSurfacePage: the loss surface with the choice of its plane, and what is said while there is none. */
#pragma once

#include "ui/surface-view.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_SURFACE_PAGE (ew_surface_page_get_type ())
G_DECLARE_FINAL_TYPE (EwSurfacePage, ew_surface_page, EW, SURFACE_PAGE, AdwBin)

/* Emits "choice-changed" where another plane is wanted, "cancelled" where nothing is to be made, and "start-asked"
 * (double a, double b) as the view does. */
GtkWidget *ew_surface_page_new (void);

EwSurfaceView *ew_surface_page_view (EwSurfacePage *page);

/* The plane that is wanted. */
void ew_surface_page_get_choice (EwSurfacePage *page, EwSurfaceChoice *choice);

/* Over eigenvectors or two weights; through the present weights or the optimum. Emits nothing. */
void ew_surface_page_set_plane (EwSurfacePage *page, gboolean eigen);
void ew_surface_page_set_through (EwSurfacePage *page, gboolean present);

/* What there is to choose from: the weights of a kernel, and a bias. */
void ew_surface_page_set_kernel (EwSurfacePage *page, int height, int width, gboolean has_bias);

/* Whether what is learned is another loss than that of squares, which is what is drawn: it is said. */
void ew_surface_page_set_other_loss (EwSurfacePage *page, gboolean other);

/* Shows the map that was made, or its trouble. */
void ew_surface_page_set_map (EwSurfacePage *page, EwSurfaceMap *map);

/* There is no map of this task yet, and it is being made; or it is not, any more. */
void ew_surface_page_set_waiting (EwSurfacePage *page, gboolean waiting);

G_END_DECLS
