/* What the tests of painting share. */
#pragma once

#include "tests/paint-fixtures.h"

#define FONT_SIZE 14.0

/* The cases, by what they try. */
void add_paint_colours_cases (void);
void add_paint_planes_cases (void);
void add_paint_kernels_cases (void);
