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

/* Fails the test case, and goes on, where the border has been painted on; the picture is kept. */
void ew_canvas_assert_guard (const EwCanvas *canvas, const char *what);

/* Whether every channel differs by at most @tolerance. */
gboolean ew_pixels_near (guint32 a, guint32 b, int tolerance);

/* Device pixels inside that differ from the ground. */
int ew_canvas_count_painted (const EwCanvas *canvas);

/* A rectangle of a canvas, copied: @width × @height pixels, row by row. */
typedef struct
{
  int width;
  int height;
  guint32 *pixels;
} EwPicture;

typedef enum
{
  EW_FLIP_ROWS,    /* upside down */
  EW_FLIP_COLUMNS, /* left to right */
  EW_TRANSPOSE,
} EwTurn;

/* The device pixels of the canvas whose first is (x, y); all of them. To be freed with ew_picture_free. */
EwPicture *ew_canvas_copy (const EwCanvas *canvas, int x, int y, int width, int height);
EwPicture *ew_canvas_copy_all (const EwCanvas *canvas);
EwPicture *ew_picture_turn (const EwPicture *picture, EwTurn turn);
void ew_picture_free (EwPicture *picture);

/* Fails the test case, and goes on, where the pictures differ in size or by more than @tolerance in a channel of a
 * pixel. Then NAME-out.png, NAME-expected.png and NAME-difference.png in the build's paint-differences/ show it. */
void ew_assert_same_picture (const EwPicture *picture, const EwPicture *expected, int tolerance, const char *name);

/* Keeps a canvas as NAME-out.png in the same place. */
void ew_canvas_keep (const EwCanvas *canvas, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwPicture, ew_picture_free)

/* A grid of random values in [low, high). */
EwGrid *ew_random_grid (int height, int width, double low, double high, EwRandom *random);

/* The grid upside down, left to right, or transposed. */
EwGrid *ew_grid_flip_rows (const EwGrid *grid);
EwGrid *ew_grid_flip_columns (const EwGrid *grid);
EwGrid *ew_grid_transpose (const EwGrid *grid);

/* What a canvas is filled with before painting. */
#define EW_GROUND_PIXEL 0xfff3f7efu
