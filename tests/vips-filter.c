/* Not a test: filters an image with libvips' own convolution or blur, for the recovery table.
 *
 *   vips-filter conv MATRIX IN OUT      MATRIX is a file of libvips' form: "width height scale offset", then rows
 *   vips-filter gauss SIGMA TRUTH IN OUT   writes the matrix that it blurs with to TRUTH */
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VipsImage, g_object_unref)

static int
filter (char **arguments, VipsImage *in, VipsImage **out)
{
  if (strcmp (arguments[1], "conv") == 0)
    {
      g_autoptr (VipsImage) mask = NULL;

      return vips_matrixload (arguments[2], &mask, NULL)
             || vips_conv (in, out, mask, "precision", VIPS_PRECISION_FLOAT, NULL);
    }

  g_autoptr (VipsImage) mask = NULL;
  double sigma = g_ascii_strtod (arguments[2], NULL);

  return vips_gaussmat (&mask, sigma, 0.1, "precision", VIPS_PRECISION_FLOAT, NULL)
         || vips_matrixsave (mask, arguments[3], NULL)
         || vips_gaussblur (in, out, sigma, "min_ampl", 0.1, "precision", VIPS_PRECISION_FLOAT, NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (VipsImage) in = NULL;
  g_autoptr (VipsImage) filtered = NULL;
  g_autoptr (VipsImage) whole = NULL;
  g_autoptr (VipsImage) out = NULL;

  if (argc < 5 || VIPS_INIT (argv[0]))
    return 2;
  in = vips_image_new_from_file (argv[argc - 2], NULL);
  /* Rounded to the whole numbers of the file, as its format has them. */
  if (in == NULL || filter (argv, in, &filtered) || vips_rint (filtered, &whole, NULL)
      || vips_cast (whole, &out, in->BandFmt, NULL) || vips_image_write_to_file (out, argv[argc - 1], NULL))
    {
      g_printerr ("vips-filter: %s", vips_error_buffer ());
      return 1;
    }
  return 0;
}
