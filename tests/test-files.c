/* Reading and writing files: arrays, text, images, kernels; sound ones, damaged ones, and places that cannot be
 * written. The cases lie in files-*.c, by area. */
#include "tests/files-fixtures.h"

#if defined(__SANITIZE_ADDRESS__)
/* AddressSanitizer ends the program on an impossible size unless it is told that the program can handle NULL. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "allocator_may_return_null=1";
}
#endif

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  add_npy_cases ();
  add_text_cases ();
  add_round_trip_cases ();
  add_place_cases ();
  add_pair_cases ();
  add_jpeg_cases ();
  add_image_cases ();
  add_written_image_cases ();
  add_image_damage_cases ();
  return g_test_run ();
}
