/* What was found in each channel of a pair, as what is found in the pair. */
#pragma once

#include "engine/finding.h"

G_BEGIN_DECLS

/* Joins the findings of @n channels called @names ("red"), taking those of channel @lead as they are; transfer full. What others have
 * too, and another correction of it (a shift by another amount), is said behind it; what only others have is added and says
 * which, without standing in the way, and with its correction only where that does the others no harm: a mask, a bias, a
 * border. A mask is for the values that any channel has to leave out; of two kernels the larger one is offered. */
EwFindings *ew_findings_join (EwFindings *const *findings, const char *const *names, int n, int lead);

G_END_DECLS
