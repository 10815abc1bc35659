/* EwProductsView: a widget that shows a × b = c, three tables or pictures side by side. */
#pragma once

#include "ui/paint/products.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EW_TYPE_PRODUCTS_VIEW (ew_products_view_get_type ())
G_DECLARE_FINAL_TYPE (EwProductsView, ew_products_view, EW, PRODUCTS_VIEW, GtkWidget)

GtkWidget *ew_products_view_new (void);

/* Shows the three (their values and captions are copied; the style is the widget's own); NULL: nothing. */
void ew_products_view_set_products (EwProductsView *view, const EwProductsPaint *products);

G_END_DECLS
