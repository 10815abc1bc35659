/* What the painting tests share: a canvas with a guarded border, and reading its pixels. */
#pragma once

#include "engine/grid.h"
#include "engine/random.h"
#include "ui/paint/style.h"

/* Width of the border around a canvas that nothing may be painted on, in units. */
#define EW_GUARD 9

/* A picture of width × height units at @scale device pixels a unit, with a border of GUARD_PIXEL. Painting starts at
 * its corner inside the border. */
typedef struct
{
  cairo_surface_t *surface;
  cairo_t *cr;
  int width;
  int height;
  int scale;
} EwCanvas;

void ew_canvas_init (EwCanvas *canvas, int width, int height, int scale);
void ew_canvas_clear (EwCanvas *canvas);

/* The pixel at device position (x, y) inside the border. */
guint32 ew_canvas_pixel (const EwCanvas *canvas, int x, int y);

/* Aborts the test case where the border has been painted on. */
void ew_canvas_assert_guard (const EwCanvas *canvas, const char *what);

/* Whether every channel differs by at most @tolerance. */
gboolean ew_pixels_near (guint32 a, guint32 b, int tolerance);

/* Device pixels inside that differ from the ground. */
int ew_canvas_count_painted (const EwCanvas *canvas);

/* A grid of random values in [low, high). */
EwGrid *ew_random_grid (int height, int width, double low, double high, EwRandom *random);

/* The grid upside down, left to right, or transposed. */
EwGrid *ew_grid_flip_rows (const EwGrid *grid);
EwGrid *ew_grid_flip_columns (const EwGrid *grid);
EwGrid *ew_grid_transpose (const EwGrid *grid);

/* What a canvas is filled with before painting. */
#define EW_GROUND_PIXEL 0xfff3f7efu
