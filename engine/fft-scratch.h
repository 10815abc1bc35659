/* EwFftScratch: the memory that the threads of one correlation work in. */
#pragma once

#include "engine/fftw.h"

G_BEGIN_DECLS

typedef struct _EwFftScratch EwFftScratch;

/* Memory for @threads threads, @n_elements each, and as much again for the kernel's transform; on 64-byte boundaries,
 * not cleared. What was freed last is used again where it is large enough: fresh memory costs a page fault for every
 * 4 KB. Fails with EW_ERROR_TOO_LARGE. Any thread. */
EwFftScratch *ew_fft_scratch_new (size_t n_elements, int threads, GError **error);
void ew_fft_scratch_free (EwFftScratch *scratch);

EwComplex *ew_fft_scratch_spectrum (EwFftScratch *scratch);
EwComplex *ew_fft_scratch_at (EwFftScratch *scratch, int place);

/* One of the threads' parts that nobody else uses, until it is given back; at most @threads are taken at a time. */
EwComplex *ew_fft_scratch_take (EwFftScratch *scratch, int *place);
void ew_fft_scratch_give (EwFftScratch *scratch, int place);

G_END_DECLS
