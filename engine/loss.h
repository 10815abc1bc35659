/* Which loss is minimised. */
#pragma once

/* L = Σ R² over all samples, or its mean L/N. The gradient follows. */
typedef enum
{
  EW_LOSS_SUM,
  EW_LOSS_MEAN,
} EwLoss;
