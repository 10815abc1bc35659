/* What the tests of the CUDA backend share: a device on the fake driver, the ways to fail, budgets. */
#include "tests/cuda-cases.h"

#include "gpu/cuda.h"

static const FakeDriverFault faults[CUDA_FAULTS] = {
  { .status = EW_CUDA_OUT_OF_MEMORY },
  { .status = FAKE_ILLEGAL_ADDRESS, .sticky = TRUE },
  { .status = FAKE_LAUNCH_FAILED, .lost = TRUE },
  { .status = FAKE_ILLEGAL_ADDRESS, .late = TRUE, .sticky = TRUE },
};

const double cuda_budgets[CUDA_BUDGETS] = { 0, 5e4, 1 };

EwDevice *
open_fake (void)
{
  g_autoptr (GError) error = NULL;

  fake_driver_install ();

  EwDevice *device = ew_cuda_backend ()->open (0, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (device->name, ==, "NVIDIA Fake 1");
  g_assert_true (device->backend == ew_cuda_backend ());
  return device;
}

void
close_fake (EwDevice *device)
{
  device->backend->close (device);
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

void
set_fault (int i, int nth)
{
  fake_driver.fault = faults[i];
  fake_driver.fault.nth = nth;
  fake_driver.fired = FALSE;
}
