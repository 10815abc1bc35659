/* The three custom widgets. */
#include "widget-fixtures.h"
int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!ew_widgets_init ())
    return 0;
  return g_test_run ();
}
