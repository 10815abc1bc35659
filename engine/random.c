/* SplitMix64. */
#include "engine/random.h"

guint64
ew_random_next (EwRandom *random)
{
  guint64 z = (*random += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

double
ew_random_uniform (EwRandom *random)
{
  return (double)(ew_random_next (random) >> 11) * 0x1p-53;
}
