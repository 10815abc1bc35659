/* The one error domain of Edgewise. Messages are sentences for the user: what is wrong and what would be right. */
#pragma once

#include <glib.h>

#define EW_ERROR (ew_error_quark ())

/**
 * EwError:
 * @EW_ERROR_DATA: the content of an input cannot be used (not a number, truncated, not an image, …)
 * @EW_ERROR_GEOMETRY: sizes that do not fit together
 * @EW_ERROR_TOO_LARGE: a size that overflows or that memory cannot hold
 * @EW_ERROR_UNSUPPORTED: a valid request that this build or version cannot do
 * @EW_ERROR_DEVICE: a compute device is missing or failed
 * @EW_ERROR_DIVERGED: training left the finite numbers
 * @EW_ERROR_CANCELLED: stopped on request
 * @EW_ERROR_USAGE: wrong use of a command line or an option
 * @EW_ERROR_IO: a file could not be read or written
 */
typedef enum
{
  EW_ERROR_DATA,
  EW_ERROR_GEOMETRY,
  EW_ERROR_TOO_LARGE,
  EW_ERROR_UNSUPPORTED,
  EW_ERROR_DEVICE,
  EW_ERROR_DIVERGED,
  EW_ERROR_CANCELLED,
  EW_ERROR_USAGE,
  EW_ERROR_IO,
} EwError;

GQuark ew_error_quark (void);
