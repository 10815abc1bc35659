/* EwCudaCosts: what is the fastest by them, and their text. */
#include "gpu/cuda-costs.h"

#include <math.h>

/* Another number after a change of the kernels: what was measured of the old ones is then of no use. */
#define FORMAT 1

#define GROUP "costs"

/* An hour an output: more is no cost. */
#define SECONDS_MAX 3600.0

const int ew_cuda_costs_sides[EW_CUDA_COSTS_WIDE] = { 9, 11, 15, 31 };

static int
taps_of (int i)
{
  return ew_cuda_costs_sides[i] * ew_cuda_costs_sides[i];
}

double
ew_cuda_costs_wide (const EwCudaCosts *costs, int n_taps)
{
  int i = 1;

  if (n_taps <= taps_of (0))
    return costs->wide[0] * n_taps / taps_of (0);
  if (n_taps >= taps_of (EW_CUDA_COSTS_WIDE - 1))
    return costs->wide[EW_CUDA_COSTS_WIDE - 1] * n_taps / taps_of (EW_CUDA_COSTS_WIDE - 1);
  while (taps_of (i) < n_taps)
    i++;

  double part = (double)(n_taps - taps_of (i - 1)) / (taps_of (i) - taps_of (i - 1));

  return costs->wide[i - 1] + part * (costs->wide[i] - costs->wide[i - 1]);
}

/* Seconds an output; 0 where that was not measured. */
static double
literal_cost (const EwCudaCosts *costs, int side)
{
  for (int i = 0; i < EW_CUDA_COSTS_LITERAL; i++)
    if (ew_cuda_costs_sides[i] == side)
      return costs->literal[i];
  return 0;
}

void
ew_cuda_costs_choose_way (const EwCudaCosts *costs, EwCudaWay *way)
{
  if (way->path == EW_CUDA_LITERAL
      && literal_cost (costs, way->side) > ew_cuda_costs_wide (costs, way->side * way->side))
    ew_cuda_way_widen (way);
}

gboolean
ew_cuda_costs_fft_pays (const EwCudaCosts *costs, const EwCudaWay *way, int height, int width, double tiles)
{
  double outputs = (double)height * width;
  double direct = way->path == EW_CUDA_LITERAL
                      ? literal_cost (costs, way->side)
                      : ew_cuda_costs_wide (costs, way->shape.kernel_height * way->shape.kernel_width);

  return costs->fft_tile > 0 && costs->fft_start + tiles * costs->fft_tile < outputs * direct;
}

char *
ew_cuda_costs_to_text (const EwCudaCosts *costs, const char *device)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  double literal[EW_CUDA_COSTS_LITERAL], wide[EW_CUDA_COSTS_WIDE], fft[] = { costs->fft_start, costs->fft_tile };

  for (int i = 0; i < EW_CUDA_COSTS_LITERAL; i++)
    literal[i] = costs->literal[i];
  for (int i = 0; i < EW_CUDA_COSTS_WIDE; i++)
    wide[i] = costs->wide[i];
  g_key_file_set_comment (file, NULL, NULL, " What Edgewise measured of this device. It may be deleted at any time.",
                          NULL);
  g_key_file_set_integer (file, GROUP, "format", FORMAT);
  g_key_file_set_string (file, GROUP, "device", device);
  g_key_file_set_double_list (file, GROUP, "literal", literal, EW_CUDA_COSTS_LITERAL);
  g_key_file_set_double_list (file, GROUP, "wide", wide, EW_CUDA_COSTS_WIDE);
  g_key_file_set_double_list (file, GROUP, "fft", fft, G_N_ELEMENTS (fft));
  return g_key_file_to_data (file, NULL, NULL);
}

/* Exactly @n numbers from @least on, of which the first @n_zero may be zero all the same. */
static gboolean
read_numbers (GKeyFile *file, const char *key, double *numbers, gsize n, gboolean may_be_zero)
{
  gsize length = 0;
  g_autofree double *list = g_key_file_get_double_list (file, GROUP, key, &length, NULL);

  if (list == NULL || length != n)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      if (!isfinite (list[i]) || list[i] < 0 || list[i] > SECONDS_MAX || (list[i] == 0 && !may_be_zero))
        return FALSE;
      numbers[i] = list[i];
    }
  return TRUE;
}

gboolean
ew_cuda_costs_from_text (const char *text, gsize length, const char *device, EwCudaCosts *costs)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *written = NULL;
  double fft[2];

  if (!g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL)
      || g_key_file_get_integer (file, GROUP, "format", NULL) != FORMAT)
    return FALSE;
  written = g_key_file_get_string (file, GROUP, "device", NULL);
  if (g_strcmp0 (written, device) != 0 || !read_numbers (file, "literal", costs->literal, EW_CUDA_COSTS_LITERAL, FALSE)
      || !read_numbers (file, "wide", costs->wide, EW_CUDA_COSTS_WIDE, FALSE)
      || !read_numbers (file, "fft", fft, G_N_ELEMENTS (fft), TRUE))
    return FALSE;
  costs->fft_start = fft[0];
  costs->fft_tile = fft[1];
  return TRUE;
}
