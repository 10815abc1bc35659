/* EwFftw: the few functions of FFTW (float) that the engine uses, opened on first use. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/* A complex number as FFTW lays it out: real part, imaginary part. */
typedef float EwComplex[2];

typedef struct _EwFftwPlan EwFftwPlan;

/**
 * EwFftw:
 * @malloc: memory aligned for FFTW's vector code, never NULL but when there is none
 * @free: frees it
 * @execute: runs a plan on other arrays than it was made for, which must be aligned as @malloc does. Thread-safe
 */
typedef struct
{
  void *(*malloc) (size_t n_bytes);
  void (*free) (void *memory);
  void (*execute) (EwFftwPlan *plan, EwComplex *in, EwComplex *out);
} EwFftw;

/* Opens the library: linked, it would make each start of the programs 0.2 ms longer. NULL and EW_ERROR_UNSUPPORTED
 * where the system has none; asked again, it answers the same. Any thread. */
const EwFftw *ew_fftw (GError **error);

/**
 * EwFftwShape:
 * @n: length of the transforms
 * @howmany: number of them, one beside the other (distance 1 between their first elements)
 * @in_stride: distance between the elements of one transform; likewise @out_stride. In EwComplex
 * @forward: sign −1 in the exponent; else +1. Neither is scaled
 *
 * Input and output are different arrays.
 */
typedef struct
{
  int n;
  int howmany;
  int in_stride;
  int out_stride;
  gboolean forward;
} EwFftwShape;

/* A plan for complex transforms, kept until the end of the process and owned by this file. Asked for the same shape it
 * gives the same plan. The choice is FFTW's estimate, never a timing, so that results are the same in every run. NULL
 * and EW_ERROR_TOO_LARGE or ew_fftw's error where there is none. Any thread. */
EwFftwPlan *ew_fftw_plan (const EwFftwShape *shape, GError **error);

G_END_DECLS
