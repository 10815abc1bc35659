/* edgewise-cli race: the table, its file, and what is refused. */
#include "tests/cli-fixtures.h"

#include <math.h>
#include <string.h>

#define GOLDEN "race x.csv y.csv --kernel-size 1x2 --init start.csv "

/* The textbook's pair: plain descent at the textbook's rate needs as many epochs to 99 % of the way as learn prints
 * losses above a hundredth of the first. Conjugate gradients need one a weight. */
static void
test_table (void)
{
  g_auto (GStrv) lines = NULL;
  g_autofree char *csv = NULL;
  double first = NAN;
  int epochs = -1;

  cli_open ();
  cli_works ("learn x.csv y.csv --kernel-size 1x2 --init start.csv --epochs 30 --log-every 1 --json");
  lines = g_strsplit (cli_out, "\n", 0);
  for (int k = 0; lines[k] != NULL && epochs < 0; k++)
    {
      const char *loss = strstr (lines[k], "\"loss\":");
      double value = loss == NULL ? NAN : g_ascii_strtod (loss + 7, NULL);

      first = k == 0 ? value : first;
      if (value <= 0.01 * first)
        epochs = k;
    }
  g_assert_cmpint (epochs, >, 1);
  cli_works (GOLDEN "--epochs 100 -o table.csv");
  g_assert_cmpint (count_lines (cli_out), ==, 8);
  g_assert_nonnull (strstr (cli_out, "\nGradient descent            0.03 "));
  g_assert_nonnull (strstr (cli_out, "\nConjugate gradients wins: 99 % of the way after 2 epochs; next is "));

  g_assert_true (g_file_get_contents (scratch ("table.csv"), &csv, NULL, NULL));
  g_assert_true (g_str_has_prefix (csv, "optimizer,rate,state,epochs,loss,to_90,to_99,to_99.99,to_optimum_1\ngd,0.0"));
  g_assert_cmpint (count_lines (csv), ==, 7);

  g_auto (GStrv) rows = g_strsplit (csv, "\n", 0);
  g_auto (GStrv) fields = g_strsplit (rows[1], ",", 0);

  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (fields[1], NULL), 0.03, 1e-12);
  g_assert_cmpstr (fields[2], ==, "running");
  g_assert_cmpstr (fields[3], ==, "100");
  g_assert_cmpint ((int)g_ascii_strtoll (fields[6], NULL, 10), ==, epochs);
  cli_close ();
}

/* Entrants by name and rate; one above its limit diverges and is told so. */
static void
test_entrants (void)
{
  cli_open ();
  cli_works (GOLDEN "--entrants momentum,gd=0.05 --epochs 300 --goal 99.99");
  g_assert_cmpint (count_lines (cli_out), ==, 4);
  g_assert_nonnull (strstr (cli_out, "\nGradient descent            0.05 "));
  g_assert_nonnull (strstr (cli_out, "  diverged\n"));
  g_assert_nonnull (strstr (cli_out, "\nMomentum wins: 99.99 % of the way after "));
  cli_works (GOLDEN "--entrants cg --loss mean --bias --goal optimum");
  g_assert_nonnull (strstr (cli_out, "Conjugate gradients reached the optimum + 1 % after ") != NULL
                        ? cli_out
                        : strstr (cli_out, "Nobody has reached the optimum + 1 %"));
  cli_close ();
}

static void
test_race_refused (void)
{
  cli_open ();
  cli_refuses ("race x.csv --kernel-size 1x2", 2, "race needs two files");
  cli_refuses ("race x.csv y.csv", 2, "race needs two files and the kernel's size");
  cli_refuses (GOLDEN "--entrants gd,sgd", 2, "--entrants gd,sgd: gd, momentum");
  cli_refuses (GOLDEN "--entrants least-squares", 2, "are possible");
  cli_refuses (GOLDEN "--entrants gd,gd", 2, "each once");
  cli_refuses (GOLDEN "--entrants gd=-1", 2, "are possible");
  cli_refuses (GOLDEN "--entrants cg=0.1", 2, "are possible");
  cli_refuses (GOLDEN "--goal 95", 2, "--goal");
  cli_refuses (GOLDEN "--epochs 0", 2, "--epochs");
  cli_refuses ("race x.csv y.csv --kernel-size 2x2 --init start.csv", 1, "y.csv: ");
  cli_refuses ("race x.csv y.csv --kernel-size 1x2 --init k.npy", 1, "start values are 3×4");
  cli_close ();
}

void
add_cli_race_cases (void)
{
  g_test_add_func ("/cli/race/table", test_table);
  g_test_add_func ("/cli/race/entrants", test_entrants);
  g_test_add_func ("/cli/race/refused", test_race_refused);
}
