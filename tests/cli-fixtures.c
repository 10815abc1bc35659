/* Running edgewise-cli. */
#include "tests/cli-fixtures.h"

#include "app/files/write.h"
#include "app/golden.h"
#include "tests/engine-fixtures.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

char *cli_out;
char *cli_err;
int cli_status;

static char **environment;

void
cli_open (void)
{
  EwRandom random = 11;
  g_autoptr (EwGrid) x = ew_golden_edge_image ();
  g_autoptr (EwKernel) teacher = ew_golden_edge_kernel ();
  g_autoptr (EwGrid) y = reference_output (x, teacher);
  g_autoptr (EwKernel) start = ew_golden_start ();
  g_autoptr (EwGrid) grid = random_grid (&random, 20, 30, -1, 1);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 4, -1, 1);

  scratch_open ();
  environment = g_get_environ ();
  g_assert_true (ew_grid_write (scratch ("x.csv"), x, NULL, NULL));
  g_assert_true (ew_grid_write (scratch ("y.csv"), y, NULL, NULL));
  g_assert_true (ew_kernel_write (scratch ("start.csv"), start, NULL));
  g_assert_true (ew_grid_write (scratch ("x.npy"), grid, NULL, NULL));
  g_assert_true (ew_kernel_write (scratch ("k.npy"), kernel, NULL));
}

void
cli_close (void)
{
  g_clear_pointer (&cli_out, g_free);
  g_clear_pointer (&cli_err, g_free);
  g_clear_pointer (&environment, g_strfreev);
  scratch_close ();
}

void
cli_set_environment (const char *assignment)
{
  g_auto (GStrv) parts = assignment == NULL ? NULL : g_strsplit (assignment, "=", 2);

  if (parts != NULL)
    environment = g_environ_setenv (environment, parts[0], parts[1], TRUE);
  else
    {
      g_strfreev (environment);
      environment = g_get_environ ();
    }
}

static char *
program (void)
{
  const char *root = g_getenv ("EDGEWISE_BUILD_ROOT");

  if (root == NULL)
    g_error ("EDGEWISE_BUILD_ROOT is not set");
  return g_build_filename (root, "app", "cli", "edgewise-cli", NULL);
}

static void
run (char **arguments)
{
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_clear_pointer (&cli_out, g_free);
  g_clear_pointer (&cli_err, g_free);
  g_spawn_sync (scratch ("."), arguments, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, &cli_out, &cli_err, &status,
                &error);
  g_assert_no_error (error);
  cli_status = WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

void
cli_run (const char *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *cli = program ();
  g_autofree char *line = g_strdup_printf ("'%s' %s", cli, arguments);
  g_auto (GStrv) split = NULL;

  g_shell_parse_argv (line, NULL, &split, &error);
  g_assert_no_error (error);
  run (split);
}

void
cli_run_shell (const char *command)
{
  g_autofree char *cli = program ();
  g_autofree char *line = g_strdup_printf ("cli='%s'; %s", cli, command);
  char *arguments[] = { (char *)"sh", (char *)"-c", line, NULL };

  run (arguments);
}

void
cli_works (const char *arguments)
{
  cli_run (arguments);
  g_assert_cmpint (cli_status, ==, 0);
  g_assert_cmpstr (cli_err, ==, "");
  if (g_test_failed ())
    g_test_message ("edgewise-cli %s", arguments);
}

void
cli_refuses (const char *arguments, int status, const char *text)
{
  gboolean sound;

  cli_run (arguments);
  sound = cli_status == status && *cli_out == '\0' && g_str_has_prefix (cli_err, "edgewise-cli: ")
          && g_str_has_suffix (cli_err, ".\n") && count_lines (cli_err) == 1 && strstr (cli_err, text) != NULL
          && g_utf8_validate (cli_err, -1, NULL);
  g_assert_true (sound);
  if (!sound)
    g_test_message ("edgewise-cli %s: status %d; should name “%s”: %s%s", arguments, cli_status, text, cli_out,
                    cli_err);
}

int
count_lines (const char *text)
{
  int n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

gboolean
cli_has_full_device (void)
{
  struct stat status;

  if (stat ("/dev/full", &status) == 0 && S_ISCHR (status.st_mode))
    return TRUE;
  g_test_skip ("There is no device /dev/full here.");
  return FALSE;
}
