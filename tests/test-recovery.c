/* Filters made by other programs are recovered: program × filter × format, the learned kernel against the truth.
 *
 * Every case makes its pair with the command that it names, but for the recorded ones (tests/recorded/opencv and gegl, by
 * tests/record-opencv and record-gegl). tests/recovery prints the table. */
#include "app/files/jpeg-steps.h"
#include "app/files/picture.h"
#include "engine/encoding.h"
#include "engine/fit.h"
#include "engine/holdout.h"
#include "engine/lapack.h"
#include "engine/optimum.h"
#include "engine/random.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SIDE     256
#define TAPS_MAX 49

static char *folder;
static EwDevices *devices;

/* What the learned kernel is held against, as it correlates. */
typedef struct
{
  int height;
  int width;
  double taps[TAPS_MAX];
  double bias;
} Truth;

/* How a format keeps a pair, and how near the taps must come. */
typedef struct
{
  const char *name;
  const char *ending;
  const char *options; /* of ImageMagick, to write it; and of libvips */
  const char *vips;
  double bound;
  double or_errors; /* or within so many standard errors; 0: not */
} Format;

/* Lossless 16-bit and 8-bit: as promised. A JPEG is fitted to by its steps; its standard errors hold for what it keeps of
 * the detail that tells taps apart, so the same is promised of it. (By chance one tap in 370 is beyond three; that none of these
 * is, and by more than the bound, is this photograph's luck. That they are no more than that: check_shares.) */
static const Format formats[] = {
  { "PNG 16", "png", "-depth 16", "", 1e-4, 0 },
  { "PNG 8", "png", "-depth 8", "", 5e-3, 3 },
  { "JPEG 95", "jpg", "-quality 95", "[Q=95]", 5e-3, 3 },
  { "JPEG 80", "jpg", "-quality 80", "[Q=80]", 5e-3, 3 },
};

/* Taps, of JPEGs and else, and how many of them were more than three standard errors off. */
static int n_taps_seen[2];
static int n_taps_beyond[2];

static gboolean
run (const char *command)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!g_spawn_command_line_sync (command, &output, &errors, &status, &error) || status != 0)
    {
      g_test_message ("%s: %s%s", command, errors == NULL ? "" : errors, error == NULL ? "" : error->message);
      return FALSE;
    }
  return TRUE;
}

/* Octaves of noise, each as strong as coarse: about the spectrum of a photograph, within 0.3 … 0.7, so that nothing is
 * clipped. */
static double *
photograph (void)
{
  double *values = g_new0 (double, SIDE * SIDE);
  EwRandom random = 11;
  double low = INFINITY, high = -INFINITY;

  for (int size = 1; size <= 64; size *= 2)
    {
      int n = SIDE / size + 2;
      g_autofree double *grid = g_new (double, n * n);

      for (int k = 0; k < n * n; k++)
        grid[k] = (ew_random_uniform (&random) - 0.5) * pow (size, 0.3);
      for (int k = 0; k < SIDE * SIDE; k++)
        {
          int i = k / SIDE, j = k % SIDE;
          double u = (double)(i % size) / size, v = (double)(j % size) / size;
          const double *g = grid + (i / size) * n + j / size;

          values[k] += (1 - u) * ((1 - v) * g[0] + v * g[1]) + u * ((1 - v) * g[n] + v * g[n + 1]);
        }
    }
  for (int k = 0; k < SIDE * SIDE; k++)
    {
      low = fmin (low, values[k]);
      high = fmax (high, values[k]);
    }
  for (int k = 0; k < SIDE * SIDE; k++)
    values[k] = 0.3 + 0.4 * (values[k] - low) / (high - low);
  return values;
}

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* The photograph in each format: before-0.png … */
static void
write_sources (void)
{
  g_autofree double *values = photograph ();
  g_autoptr (GString) text = g_string_new ("");
  g_autofree char *pgm = in_folder ("source.pgm");

  g_string_append_printf (text, "P2\n%d %d\n65535\n", SIDE, SIDE);
  for (int k = 0; k < SIDE * SIDE; k++)
    g_string_append_printf (text, "%d\n", (int)lround (65535 * values[k]));
  g_assert_true (g_file_set_contents (pgm, text->str, -1, NULL));
  for (guint f = 0; f < G_N_ELEMENTS (formats); f++)
    {
      g_autofree char *command = g_strdup_printf ("convert %s %s %s/before-%u.%s", pgm, formats[f].options, folder, f,
                                                  formats[f].ending);

      g_assert_true (run (command));
    }
}

/**
 * Pair:
 * @program, @filter: for the table
 * @valid: the target lies where the kernel fits; else it is as large as the input, whose edge goes on as @border says
 * @encoding: what the filter took off before it worked, and put on again
 */
typedef struct
{
  const char *program;
  const char *filter;
  const char *before;
  const char *after;
  gboolean valid;
  EwBorder border;
  EwEncoding encoding;
} Pair;

static EwProblem *
problem_of (const Pair *pair, const Truth *truth)
{
  const char *before = pair->before, *after = pair->after;
  g_autoptr (GError) error = NULL;
  g_autoptr (EwPicture) x = ew_picture_read (before, EW_COLOUR_LUMINANCE, NULL, NULL, NULL, &error);
  g_autoptr (EwPicture) y = x == NULL ? NULL : ew_picture_read (after, EW_COLOUR_LUMINANCE, NULL, NULL, NULL, &error);
  EwSample sample;
  EwGeometry g;

  g_assert_no_error (error);
  g_autoptr (EwGrid) x_light = ew_encoding_decode_grid (pair->encoding, x->planes[0], NULL);
  g_autoptr (EwGrid) y_light = ew_encoding_decode_grid (pair->encoding, y->planes[0], NULL);

  ew_geometry_init_valid (&g, truth->height, truth->width);
  g.top = g.bottom = pair->valid ? 0 : truth->height / 2;
  g.left = g.right = pair->valid ? 0 : truth->width / 2;
  g.border = pair->border;
  sample = (EwSample){ x_light, y_light, NULL };

  EwProblem *problem = ew_problem_new (&sample, 1, &g, TRUE, &error);

  g_assert_no_error (error);
  return problem;
}

/* How far taps are from the truth. */
typedef struct
{
  double worst;
  double in_errors; /* the most standard errors that one is off by */
  gboolean good;
} Distance;

static Distance
distance (const double *params, const double *errors, const Truth *truth, const Format *format)
{
  Distance d = { 0, 0, TRUE };

  for (int k = 0; k < truth->height * truth->width; k++)
    {
      double off = fabs (params[k] - truth->taps[k]);

      d.worst = fmax (d.worst, off);
      d.in_errors = fmax (d.in_errors, off / errors[k]);
      d.good = d.good && (off <= format->bound || off <= format->or_errors * errors[k]);
    }
  return d;
}

static EwQuantisedFit *
fit_steps (EwProblem *problem, const EwSteps *steps, const double *start)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwProblem) plain = ew_problem_unpadded (problem, &error);
  EwQuantisedFit *fit = ew_fit_quantised (plain, steps, start, NULL, &error);

  g_assert_no_error (error);
  return fit;
}

/* The table's line; fails the test where a tap is off by more than it may be. A JPEG's is by its steps; what least squares
 * made of it is beside it. */
static void
check_pair (const Pair *pair, const Format *format, const Truth *truth)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwProblem) problem = problem_of (pair, truth);
  g_autoptr (EwQuadratic) q = ew_fit_quadratic (devices, problem, NULL, &error);
  g_autoptr (EwOptimum) o = NULL;
  g_autoptr (EwQuantisedFit) fit = NULL;
  g_autofree char *squares = NULL;
  EwSteps steps;
  const double *params, *errors;

  g_assert_no_error (error);
  o = ew_optimum_new (q, problem->n_residuals, ew_problem_variation (problem), NULL, &error);
  g_assert_no_error (error);
  ew_optimum_cluster (o, q, problem, ew_devices_pool (devices), NULL, &error);
  g_assert_no_error (error);
  if (ew_jpeg_steps_read (pair->after, &steps))
    fit = fit_steps (problem, &steps, o->params);
  g_assert_true ((fit != NULL) == (strcmp (format->ending, "jpg") == 0));
  params = fit == NULL ? o->params : fit->params;
  errors = fit == NULL ? o->errors : fit->errors;
  squares = fit == NULL ? g_strdup ("")
                        : g_strdup_printf ("  least squares %.1e", distance (o->params, o->errors, truth, format).worst);

  Distance d = distance (params, errors, truth, format);
  g_autofree char *or_errors = g_strdup_printf (format->or_errors > 0 ? "or %g s.e." : "         ", format->or_errors);

  for (int k = 0; k < truth->height * truth->width; k++)
    {
      n_taps_seen[fit != NULL]++;
      n_taps_beyond[fit != NULL] += fabs (params[k] - truth->taps[k]) > 3 * errors[k];
    }
  g_test_message ("%-12s %-22s %-8s %d×%d  error %.1e  = %5.1f s.e.  bound %.0e %s  PSNR %5.1f dB  R² %.6f%s", pair->program,
                  pair->filter, format->name, truth->height, truth->width, d.worst, d.in_errors, format->bound,
                  or_errors, o->psnr, o->r_squared, squares);
  g_assert_true (d.good);
  /* The bias takes up what the taps' sum is off by, times the mean of 0.5. */
  g_assert_cmpfloat_with_epsilon (params[o->n - 1], truth->bias, format->bound + 3 * errors[o->n - 1]);
}

/* One filter of ImageMagick's in every format. */
static void
check_magick (const char *filter, const char *arguments, const Truth *truth)
{
  for (guint f = 0; f < G_N_ELEMENTS (formats); f++)
    {
      g_autofree char *before = g_strdup_printf ("%s/before-%u.%s", folder, f, formats[f].ending);
      g_autofree char *after = g_strdup_printf ("%s/after.%s", folder, formats[f].ending);
      g_autofree char *command = g_strdup_printf ("convert %s %s %s %s", before, arguments, formats[f].options, after);

      g_assert_true (run (command));
      check_pair (&(Pair){ "ImageMagick", filter, before, after, FALSE, EW_BORDER_REPLICATE, { EW_CURVE_LINEAR } }, &formats[f],
                  truth);
    }
}

static const Truth sharpen = { 3, 3, { 0, -0.25, 0, -0.25, 2, -0.25, 0, -0.25, 0 }, 0 };
static const Truth emboss = { 3, 3, { -0.4, -0.2, 0, -0.2, 0, 0.2, 0, 0.2, 0.4 }, 0.5 };
static const Truth skew = { 3, 3, { 0.05, 0.1, 0.2, 0, 0.3, 0.05, 0.25, 0, 0.05 }, 0 };

/* e^(−(u² + v²)/2σ²), of sum 1. */
static Truth
gaussian (int radius, double sigma)
{
  Truth truth = { 2 * radius + 1, 2 * radius + 1, { 0 }, 0 };
  int n = truth.height * truth.width;
  double sum = 0;

  for (int k = 0; k < n; k++)
    {
      int u = k / truth.width - radius, v = k % truth.width - radius;

      truth.taps[k] = exp (-(u * u + v * v) / (2 * sigma * sigma));
      sum += truth.taps[k];
    }
  for (int k = 0; k < n; k++)
    truth.taps[k] /= sum;
  return truth;
}

/* ImageMagick's -sharpen: a negative Gaussian whose middle is set so that the sum is half the other way. */
static Truth
magick_sharpen (int radius, double sigma)
{
  Truth truth = gaussian (radius, sigma);
  int n = truth.height * truth.width;
  double sum = 0;

  truth.taps[n / 2] = -2;
  for (int k = 0; k < n; k++)
    sum += truth.taps[k];
  for (int k = 0; k < n; k++)
    truth.taps[k] /= sum;
  return truth;
}

static Truth
turned (const Truth *truth)
{
  Truth other = *truth;
  int n = truth->height * truth->width;

  for (int k = 0; k < n; k++)
    other.taps[k] = truth->taps[n - 1 - k];
  return other;
}

/* ImageMagick with 16 bits a channel, which writes the sources too. */
static gboolean
has_magick (void)
{
  g_autofree char *output = NULL;

  return g_spawn_command_line_sync ("convert -version", &output, NULL, NULL, NULL)
         && strstr (output, "ImageMagick") != NULL && strstr (output, " Q16") != NULL;
}

static gboolean
has_what_it_needs (gboolean magick)
{
  g_autoptr (GError) error = NULL;

  if (!ew_lapack_available (&error))
    g_test_skip (error->message);
  else if (magick && !has_magick ())
    g_test_skip ("there is no ImageMagick with 16 bits a channel");
  else
    return TRUE;
  return FALSE;
}

static void
test_magick (void)
{
  Truth soft = gaussian (2, 1), wide = gaussian (3, 1.5), blur = gaussian (0, 1), crisp = magick_sharpen (2, 1);
  Truth convolved = turned (&skew);
  Truth box = { 5, 5, { 0 }, 0 };
  /* What -define morphology:showkernel=1 prints for -blur 2x1. */
  static const double row[] = { 0.0606253, 0.244751, 0.389248, 0.244751, 0.0606253 };

  if (!has_what_it_needs (TRUE))
    return;
  blur.height = blur.width = 5;
  for (int k = 0; k < 25; k++)
    {
      box.taps[k] = 0.04;
      blur.taps[k] = row[k / 5] * row[k % 5];
    }
  check_magick ("-gaussian-blur 2x1", "-gaussian-blur 2x1", &soft);
  check_magick ("-gaussian-blur 3x1.5", "-gaussian-blur 3x1.5", &wide);
  check_magick ("-blur 2x1", "-blur 2x1", &blur);
  check_magick ("-sharpen 2x1", "-sharpen 2x1", &crisp);
  check_magick ("custom, -convolve", "-convolve 0.05,0.1,0.2,0,0.3,0.05,0.25,0,0.05", &skew);
  check_magick ("custom, -morphology", "-morphology Convolve 3x3:0.05,0.1,0.2,0,0.3,0.05,0.25,0,0.05", &convolved);
  check_magick ("custom sharpen", "-convolve 0,-0.25,0,-0.25,2,-0.25,0,-0.25,0", &sharpen);
  check_magick ("emboss, -bias 50%", "-bias 50% -convolve -0.4,-0.2,0,-0.2,0,0.2,0,0.2,0.4", &emboss);
  check_magick ("box 5×5", "-convolve 0.04,0.04,0.04,0.04,0.04,0.04,0.04,0.04,0.04,0.04,0.04,0.04,0.04,0.04,0.04,0.04,0.04,0.04,0.04,0.04,"
                "0.04,0.04,0.04,0.04,0.04", &box);
}

/* A matrix file of libvips; what it adds is in the file's own numbers. */
static void
write_mask (const char *path, const Truth *truth, int peak)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%d %d 1 %g\n", truth->width, truth->height, truth->bias * peak);
  for (int k = 0; k < truth->height * truth->width; k++)
    g_string_append_printf (text, "%.17g%c", truth->taps[k], k % truth->width == truth->width - 1 ? '\n' : ' ');
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
}

static void
read_mask (const char *path, Truth *truth)
{
  g_autofree char *text = NULL;
  char *at;
  double sum = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  truth->width = (int)g_ascii_strtod (text, &at);
  truth->height = (int)g_ascii_strtod (at, &at);
  at += strcspn (at, "\n");
  g_assert_cmpint (truth->width * truth->height, <=, TAPS_MAX);
  for (int k = 0; k < truth->height * truth->width; k++)
    sum += truth->taps[k] = g_ascii_strtod (at, &at);
  for (int k = 0; k < truth->height * truth->width; k++)
    truth->taps[k] /= sum;
}

/* One filter of libvips' in every format. A blur writes what it blurs with to @mask, which is then the truth; else that is
 * written there. */
static void
check_vips (const char *filter, const char *arguments, Truth *truth, const char *mask)
{
  gboolean is_blur = g_str_has_prefix (arguments, "gauss");

  for (guint f = 0; f < G_N_ELEMENTS (formats); f++)
    {
      g_autofree char *before = g_strdup_printf ("%s/before-%u.%s", folder, f, formats[f].ending);
      g_autofree char *after = g_strdup_printf ("%s/after.%s", folder, formats[f].ending);
      const char *quality = formats[f].vips;
      g_autofree char *command = g_strdup_printf ("%s/tests/vips-filter %s %s %s%s", g_getenv ("EDGEWISE_BUILD_ROOT"),
                                                  arguments, before, after, quality);

      if (!is_blur)
        write_mask (mask, truth, f == 0 ? 65535 : 255);
      g_assert_true (run (command));
      if (is_blur)
        read_mask (mask, truth);
      check_pair (&(Pair){ "libvips", filter, before, after, FALSE, EW_BORDER_REPLICATE, { EW_CURVE_LINEAR } }, &formats[f],
                  truth);
    }
}

static void
test_vips (void)
{
  g_autofree char *program = g_build_filename (g_getenv ("EDGEWISE_BUILD_ROOT"), "tests", "vips-filter", NULL);
  g_autofree char *mask = in_folder ("mask.mat");
  g_autofree char *custom = g_strdup_printf ("conv %s", mask);
  g_autofree char *blur = g_strdup_printf ("gauss 1.2 %s", mask);
  Truth truth = { 0 };

  if (!has_what_it_needs (TRUE))
    return;
  if (!g_file_test (program, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("this build has no libvips");
      return;
    }
  check_vips ("gaussblur 1.2", blur, &truth, mask);
  truth = skew;
  check_vips ("custom, conv", custom, &truth, mask);
  truth = sharpen;
  check_vips ("custom sharpen", custom, &truth, mask);
  truth = emboss;
  check_vips ("emboss, offset", custom, &truth, mask);
  for (int k = 0; k < 9; k++)
    truth.taps[k] = 1 / 9.0;
  truth.bias = 0;
  check_vips ("box 3×3", custom, &truth, mask);
}

/* The next number of a line. */
static double
next_number (char **at)
{
  char *end;
  double value = g_ascii_strtod (*at, &end);

  g_assert_true (end != *at);
  *at = end;
  return value;
}

/* A line of a recorded folder's truth.txt, and the pair that it is of: before.png, or before-8.png where the name ends so. */
static void
check_recorded (const char *folder_name, const char *line, const Pair *like)
{
  char *at = strchr (line, ' ');
  g_autofree char *name = g_strndup (line, (gsize)(at - line));
  gboolean bytes = g_str_has_suffix (name, "-8");
  g_autofree char *file = g_strconcat (name, ".png", NULL);
  g_autofree char *before
      = g_test_build_filename (G_TEST_DIST, "recorded", folder_name, bytes ? "before-8.png" : "before.png", NULL);
  g_autofree char *after = g_test_build_filename (G_TEST_DIST, "recorded", folder_name, file, NULL);
  Truth truth = { 0 };
  Pair pair = *like;

  truth.height = (int)next_number (&at);
  truth.width = (int)next_number (&at);
  truth.bias = next_number (&at);
  for (int k = 0; k < truth.height * truth.width; k++)
    truth.taps[k] = next_number (&at);
  pair.program = at + 1;
  pair.filter = name;
  pair.before = before;
  pair.after = after;
  check_pair (&pair, &formats[bytes ? 1 : 0], &truth);
}

/* Pairs that were recorded, with the truth beside them. */
static void
check_folder (const char *folder_name, const Pair *like)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "recorded", folder_name, "truth.txt", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!has_what_it_needs (FALSE))
    return;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (int i = 0; lines[i][0] != '\0'; i++)
    check_recorded (folder_name, lines[i], like);
}

static void
test_opencv (void)
{
  check_folder ("opencv", &(Pair){ .border = EW_BORDER_REFLECT });
}

/* GIMP's filters work on linear light. */
static void
test_gegl (void)
{
  check_folder ("gegl", &(Pair){ .valid = TRUE, .encoding = { EW_CURVE_SRGB } });
}

/* The standard errors are honest: about 0.3 % of taps lie beyond three; ten times as many would show. */
static void
check_shares (void)
{
  for (int jpeg = 0; jpeg < 2; jpeg++)
    {
      g_test_message ("%d of %d taps of %s are more than three s.e. off", n_taps_beyond[jpeg], n_taps_seen[jpeg],
                      jpeg ? "JPEGs" : "lossless files");
      g_assert_cmpint (n_taps_beyond[jpeg], <=, 0.03 * n_taps_seen[jpeg]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  const EwBackend *backends[] = { ew_cpu_backend () };
  int status;

  folder = g_dir_make_tmp ("edgewise-recovery-XXXXXX", NULL);
  g_assert_nonnull (folder);
  devices = ew_devices_new (backends, 1, 0);
  if (has_magick ())
    write_sources ();
  g_test_add_func ("/recovery/imagemagick", test_magick);
  g_test_add_func ("/recovery/libvips", test_vips);
  g_test_add_func ("/recovery/opencv", test_opencv);
  g_test_add_func ("/recovery/gegl", test_gegl);
  g_test_add_func ("/recovery/jpeg-errors", check_shares);
  status = g_test_run ();
  ew_devices_free (devices);

  GDir *names = g_dir_open (folder, 0, NULL);
  const char *name;

  while (names != NULL && (name = g_dir_read_name (names)) != NULL)
    {
      g_autofree char *path = in_folder (name);

      g_unlink (path);
    }
  g_clear_pointer (&names, g_dir_close);
  g_rmdir (folder);
  g_free (folder);
  return status;
}
