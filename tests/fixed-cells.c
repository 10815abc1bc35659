/* Not a test: one cell of the bench, done once on one thread on data that is always the same, for tests/instructions to
 * count its instructions.
 *
 *   fixed-cells corr2d|step|gram HEIGHT WIDTH KERNEL_HEIGHT KERNEL_WIDTH
 */
#include "engine/backend.h"
#include "tests/engine-fixtures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  EwDevice *device;
  EwLoaded *loaded;
  EwGrid *x;
  EwGrid *y;
  EwKernel *kernel;
  double *gradient;
} Cell;

/* What is counted, and nothing else is. Its name is the script's. */
gboolean counted_cell (const Cell *cell, const char *op);

__attribute__ ((noinline)) gboolean
counted_cell (const Cell *cell, const char *op)
{
  const EwBackend *backend = cell->device->backend;
  double loss = 0;

  if (strcmp (op, "corr2d") == 0)
    return backend->correlate (cell->device, cell->x, cell->kernel, &cell->loaded->problem->geometry, EW_METHOD_DIRECT,
                               cell->y, NULL, NULL);
  if (strcmp (op, "step") == 0)
    return backend->evaluate (cell->loaded, cell->kernel->taps, &loss, cell->gradient, NULL, NULL);

  EwGram *gram = backend->gram (cell->loaded, NULL, NULL);

  if (gram == NULL)
    return FALSE;
  ew_gram_unref (gram);
  return TRUE;
}

int
main (int argc, char *argv[])
{
  int sizes[4] = { 0 };
  EwRandom random = 1;
  Cell cell = { 0 };
  g_autoptr (GError) error = NULL;

  for (int i = 2; i < MIN (argc, 6); i++)
    sizes[i - 2] = atoi (argv[i]);
  if (argc != 6 || MIN (sizes[2], sizes[3]) < 1 || sizes[2] > MIN (sizes[0], 63) || sizes[3] > MIN (sizes[1], 63))
    {
      fputs ("fixed-cells: an operation, then height and width of the image and of the kernel, which fits it.\n",
             stderr);
      return 2;
    }
  cell.device = ew_cpu_backend ()->open (1, &error);
  if (cell.device == NULL)
    {
      fprintf (stderr, "fixed-cells: %s\n", error->message);
      return EXIT_FAILURE;
    }
  cell.x = random_grid (&random, sizes[0], sizes[1], -1, 1);
  cell.y = random_grid (&random, sizes[0] - sizes[2] + 1, sizes[1] - sizes[3] + 1, -1, 1);
  cell.kernel = random_kernel (&random, sizes[2], sizes[3], -1, 1);
  cell.gradient = g_new0 (double, EW_KERNEL_PARAMS_MAX);

  g_autoptr (EwProblem) problem
      = problem_of_pair (ew_grid_ref (cell.x), ew_grid_ref (cell.y), sizes[2], sizes[3], FALSE);

  cell.loaded = cell.device->backend->load (cell.device, problem, NULL, &error);
  return cell.loaded != NULL && counted_cell (&cell, argv[1]) ? EXIT_SUCCESS : EXIT_FAILURE;
}
