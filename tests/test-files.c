/* Reading and writing files: arrays, text, images, kernels; sound ones, damaged ones, and places that cannot be
 * written. The cases lie in files-*.c, by area. */
#include "tests/files-fixtures.h"

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  add_npy_cases ();
  add_text_cases ();
  add_round_trip_cases ();
  add_place_cases ();
  add_image_cases ();
  add_image_damage_cases ();
  return g_test_run ();
}
