/* EwSumView: the strip that explains what is pointed at: three tables, and the sum in words. */
#pragma once

#include "ui/explain-text.h"
#include "ui/paint/products.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_SUM_VIEW (ew_sum_view_get_type ())
G_DECLARE_FINAL_TYPE (EwSumView, ew_sum_view, EW, SUM_VIEW, AdwBin)

/* Shows tables (copied; NULL: none) and words. Cheap where the words are the same. */
void ew_sum_view_show (EwSumView *view, const EwProductsPaint *products, const EwExplanation *explanation);

/* With less room for words, where there is little. */
void ew_sum_view_set_short (EwSumView *view, gboolean is_short);

G_END_DECLS
