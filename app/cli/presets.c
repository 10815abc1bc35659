/* edgewise-cli presets: the named kernels, their parameters and what they do. */
#include "app/cli/cli.h"
#include "engine/preset.h"

#include <stdio.h>

static void
print_parameter (const EwPresetParameter *p)
{
  char numbers[4][G_ASCII_DTOSTR_BUF_SIZE];

  for (int i = 0; i < 4; i++)
    g_ascii_formatd (numbers[i], sizeof numbers[i], "%g",
                     (const double[]){ p->initial, p->low, p->high, p->low + p->step }[i]);
  if (p->step > 0)
    printf ("    %s=%s   (%s, %s … %s)\n", p->id, numbers[0], numbers[1], numbers[3], numbers[2]);
  else
    printf ("    %s=%s   (%s to %s)\n", p->id, numbers[0], numbers[1], numbers[2]);
}

gboolean
ew_cli_presets (char *const *arguments, GError **error)
{
  guint n;
  const EwPreset *presets = ew_presets (&n);
  int operands;

  if (!ew_arguments_parse (arguments, NULL, 0, NULL, 0, &operands, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      if (i == 0 || presets[i].family != presets[i - 1].family)
        printf ("%s%s\n", i == 0 ? "" : "\n", ew_preset_family_title (presets[i].family));
      printf ("  preset:%s: %s\n", presets[i].id, presets[i].sentence);
      for (int p = 0; p < presets[i].n_parameters; p++)
        print_parameter (&presets[i].parameters[p]);
    }
  return ew_cli_flush (error);
}
