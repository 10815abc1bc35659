/* EwDiagnoser: kernels diagnosed by a worker, the newest one only. */
#pragma once

#include "engine/diagnosis.h"

G_BEGIN_DECLS

typedef struct _EwDiagnoser EwDiagnoser;

/* Called on the main thread. */
typedef void (*EwDiagnosed) (EwDiagnosis *diagnosis, gpointer data);

EwDiagnoser *ew_diagnoser_new (EwDiagnosed func, gpointer data);

/* Nothing is told any more; a worker that is busy ends by itself. */
void ew_diagnoser_free (EwDiagnoser *diagnoser);

/* Diagnoses @kernel (a reference is taken), at once where nothing is under way; else after that, and then only the
 * newest that was asked for. Rests three times as long as a diagnosis takes, so that training keeps the cores. */
void ew_diagnoser_ask (EwDiagnoser *diagnoser, EwKernel *kernel);

G_END_DECLS
