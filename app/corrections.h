/* EwCorrections: what has been done to a pair, in its order, so that it can be done again to other planes of the same files. */
#pragma once

#include "engine/finding.h"
#include "engine/refs.h"

G_BEGIN_DECLS

/* Immutable, reference-counted; NULL stands for none. */
typedef struct
{
  EwRefs refs;
  int n;
  EwCorrection items[];
} EwCorrections;

/* @corrections (may be NULL) and one more behind them, transfer full. */
EwCorrections *ew_corrections_new_with (const EwCorrections *corrections, const EwCorrection *correction);
EwCorrections *ew_corrections_ref (EwCorrections *corrections);
void ew_corrections_unref (EwCorrections *corrections);

/* Puts @from (a reference is taken; may be NULL) into *@to. */
void ew_corrections_replace (EwCorrections **to, EwCorrections *from);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwCorrections, ew_corrections_unref)

G_END_DECLS
