/* edgewise-cli bench: how long correlation, a step of learning and the Gram matrix take, beside what they must take. */
#include "app/cli/bench-output.h"
#include "app/cli/cli.h"
#include "engine/memory.h"

#include <string.h>

/* The largest side of an image. */
#define SIDE_MAX 65536

/* The Gram matrix of a larger kernel is only measured where it is asked for. */
#define GRAM_SIDE_MAX 15

typedef struct
{
  int height;
  int width;
} Size;

static const Size all_images[] = { { 6, 8 }, { 512, 512 }, { 1024, 1024 }, { 4096, 4096 } };
static const Size all_kernels[]
    = { { 1, 2 }, { 3, 3 }, { 5, 5 }, { 7, 7 }, { 11, 11 }, { 15, 15 }, { 31, 31 }, { 63, 63 } };

/* One number of threads: one device set and one floor, used by all cells. */
typedef struct
{
  int threads;
  EwDevices *devices;
  EwBenchFloor *floor;
} Lane;

typedef struct
{
  gboolean json;
  const char *device;
  gint64 threads;
  int op; /* −1: all */
  const Size *images;
  int n_images;
  const Size *kernels;
  int n_kernels;
  Size image;
  Size kernel;
  Lane lanes[2];
  int n_lanes;
  gboolean doubtful;
  int n_printed;
} Bench;

static gboolean
parse (char *const *arguments, Bench *bench, GError **error)
{
  const char *op = NULL;
  const char *image = NULL;
  const char *kernel = NULL;
  const EwArgument table[] = {
    { .name = "json", .kind = EW_ARGUMENT_FLAG, .value = &bench->json },
    { .name = "op", .kind = EW_ARGUMENT_TEXT, .value = &op },
    { .name = "image", .kind = EW_ARGUMENT_TEXT, .value = &image },
    { .name = "kernel", .kind = EW_ARGUMENT_TEXT, .value = &kernel },
    { .name = "device", .kind = EW_ARGUMENT_TEXT, .value = &bench->device },
    { .name = "threads", .kind = EW_ARGUMENT_WHOLE, .value = &bench->threads, .low = 1, .high = 1024 },
  };
  int n;

  if (!ew_arguments_parse (arguments, table, G_N_ELEMENTS (table), NULL, 0, &n, error))
    return FALSE;
  if (op != NULL && (bench->op = ew_arguments_parse_word ("op", op, ew_bench_ops, error)) < 0)
    return FALSE;
  if (image != NULL)
    {
      bench->images = &bench->image;
      bench->n_images = 1;
      if (!ew_arguments_parse_size ("image", image, SIDE_MAX, &bench->image.height, &bench->image.width, error))
        return FALSE;
    }
  if (kernel != NULL)
    {
      bench->kernels = &bench->kernel;
      bench->n_kernels = 1;
      if (!ew_arguments_parse_size ("kernel", kernel, EW_KERNEL_SIDE_MAX, &bench->kernel.height, &bench->kernel.width,
                                    error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_lane (Bench *bench, int threads, GError **error)
{
  Lane *lane = &bench->lanes[bench->n_lanes++];

  lane->threads = threads;
  lane->devices = ew_cli_devices_new (bench->device, threads, error);
  lane->floor = lane->devices == NULL ? NULL : ew_bench_floor_new (threads, error);
  return lane->floor != NULL;
}

static gboolean
add_lanes (Bench *bench, GError **error)
{
  int cores = (int)g_get_num_processors ();

  if (bench->threads > 0)
    return add_lane (bench, (int)bench->threads, error);
  return add_lane (bench, 1, error) && (cores == 1 || add_lane (bench, cores, error));
}

static void
clear_lanes (Bench *bench)
{
  for (int i = 0; i < bench->n_lanes; i++)
    {
      g_clear_pointer (&bench->lanes[i].devices, ew_devices_free);
      g_clear_pointer (&bench->lanes[i].floor, ew_bench_floor_free);
    }
}

/* Each line is out before the next cell is measured; nothing goes on for a reader that has left. */
static gboolean
print (Bench *bench, const EwBenchResult *result, GError **error)
{
  if (!bench->json && bench->n_printed++ == 0)
    ew_bench_print_heading ();
  if (bench->json)
    ew_bench_print_json (result);
  else
    ew_bench_print_row (result, &bench->doubtful);
  return ew_cli_flush (error);
}

static gboolean
measure (Bench *bench, const EwBenchCell *cell, EwGrid *x, GError **error)
{
  double began = ew_bench_now ();
  g_autoptr (EwGrid) y = ew_bench_cell_new_output (cell, error);

  for (int i = 0; i < bench->n_lanes; i++)
    {
      const Lane *lane = &bench->lanes[i];
      g_autoptr (EwBenchWork) work = y == NULL ? NULL : ew_bench_work_new (cell, x, y, lane->devices, error);
      EwBenchResult result = { .threads = lane->threads };

      if (work == NULL || !ew_bench_measure (work, lane->floor, began, &result, error)
          || !print (bench, &result, error))
        return FALSE;
      /* Only the CPU's speed depends on threads. */
      if (strcmp (result.device, "cpu") != 0)
        break;
      began = ew_bench_now ();
    }
  return TRUE;
}

static gboolean
is_wanted (const Bench *bench, const EwBenchCell *cell)
{
  if (bench->op >= 0)
    return (int)cell->op == bench->op;
  return cell->op != EW_BENCH_GRAM || MAX (cell->kernel_height, cell->kernel_width) <= GRAM_SIDE_MAX;
}

static gboolean
measure_image (Bench *bench, Size image, GError **error)
{
  g_autoptr (EwGrid) x = NULL;

  for (int op = 0; ew_bench_ops[op] != NULL; op++)
    for (int k = 0; k < bench->n_kernels; k++)
      {
        Size kernel = bench->kernels[k];
        EwBenchCell cell = { (EwBenchOp)op, image.height, image.width, kernel.height, kernel.width };

        if (!is_wanted (bench, &cell) || !ew_bench_cell_is_possible (&cell, NULL))
          continue;
        if (x == NULL && (x = ew_bench_random_grid (image.height, image.width, 1, error)) == NULL)
          return FALSE;
        if (!measure (bench, &cell, x, error))
          return FALSE;
      }
  return TRUE;
}

/* Input and output; refused before minutes go into filling the first of them. */
static gboolean
check_memory (Size image, GError **error)
{
  double bytes = 2.0 * image.height * image.width * sizeof (float);

  if (ew_memory_allows ((guint64)bytes))
    return TRUE;
  ew_memory_set_error (error, bytes, "There is not enough memory for two planes of %d×%d", image.height, image.width);
  return FALSE;
}

static gboolean
measure_all (Bench *bench, GError **error)
{
  const Size *last = &bench->images[bench->n_images - 1];
  EwBenchCell cell = { EW_BENCH_CORR2D, last->height, last->width, bench->kernels[0].height, bench->kernels[0].width };

  /* The least kernel in the largest image. */
  if (!ew_bench_cell_is_possible (&cell, error) || !check_memory (*last, error) || !add_lanes (bench, error))
    return FALSE;
  for (int i = 0; i < bench->n_images; i++)
    if (!measure_image (bench, bench->images[i], error))
      return FALSE;
  if (!bench->json && bench->doubtful)
    ew_bench_print_remark ();
  return ew_cli_flush (error);
}

gboolean
ew_cli_bench (char *const *arguments, GError **error)
{
  Bench bench = { .op = -1,
                  .images = all_images,
                  .n_images = G_N_ELEMENTS (all_images),
                  .kernels = all_kernels,
                  .n_kernels = G_N_ELEMENTS (all_kernels) };
  gboolean done = parse (arguments, &bench, error) && measure_all (&bench, error);

  clear_lanes (&bench);
  return done;
}
