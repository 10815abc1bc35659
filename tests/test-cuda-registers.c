/* What the compiler made of the CUDA kernels: no kernel spills registers, a block of each fits into a multiprocessor,
 * and gpu/REGISTERS.md is what a build with that compiler says. */
#include <glib.h>
#include <string.h>

/* Registers of a multiprocessor, and threads of our blocks (gpu/kernels.h). */
#define REGISTERS 65536
#define THREADS   256

typedef struct
{
  char *kernel;
  int architecture;
  int registers;
  int spilled;
} Row;

static void
clear_row (gpointer data)
{
  g_free (((Row *)data)->kernel);
}

/* The number right before @what. */
static gboolean
number_before (const char *line, const char *what, int *number)
{
  const char *end = strstr (line, what);

  if (end == NULL)
    return FALSE;
  while (end > line && g_ascii_isspace (end[-1]))
    end--;
  while (end > line && g_ascii_isdigit (end[-1]))
    end--;
  *number = (int)g_ascii_strtoll (end, NULL, 10);
  return TRUE;
}

/* Kernel by kernel; *version becomes the compiler's (transfer full). */
static GArray *
parse_report (const char *report, char **version)
{
  GArray *rows = g_array_new (FALSE, TRUE, sizeof (Row));
  g_auto (GStrv) lines = g_strsplit (report, "\n", -1);

  g_array_set_clear_func (rows, clear_row);
  *version = g_strdup (lines[0]);
  for (int i = 1; lines[i] != NULL; i++)
    {
      Row *last = rows->len == 0 ? NULL : &g_array_index (rows, Row, rows->len - 1);

      if (strstr (lines[i], "Compiling entry function") != NULL)
        {
          g_auto (GStrv) parts = g_strsplit (lines[i], "'", -1);
          Row row = { g_strdup (parts[1]), (int)g_ascii_strtoll (parts[3] + strlen ("sm_"), NULL, 10), -1, -1 };

          g_array_append_val (rows, row);
        }
      else if (last != NULL && !number_before (lines[i], "registers", &last->registers))
        number_before (lines[i], "bytes spill stores", &last->spilled);
    }
  return rows;
}

static char *
read_report (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("EDGEWISE_BUILD_ROOT"), "gpu", "kernels.ptxas", NULL);
  char *report = NULL;

  if (!g_file_get_contents (path, &report, NULL, NULL))
    g_test_skip ("this build has no CUDA kernels");
  return report;
}

static void
test_parsing (void)
{
  g_autofree char *version = NULL;
  g_autoptr (GArray) rows = parse_report ("Build 1\n"
                                          "ptxas info    : Compiling entry function 'a' for 'sm_75'\n"
                                          "    0 bytes stack frame, 24 bytes spill stores, 28 bytes spill loads\n"
                                          "ptxas info    : Used 97 registers, used 1 barriers\n"
                                          "ptxas info    : Compiling entry function 'b' for 'sm_120'\n",
                                          &version);

  g_assert_cmpstr (version, ==, "Build 1");
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpint (g_array_index (rows, Row, 0).registers, ==, 97);
  g_assert_cmpint (g_array_index (rows, Row, 0).spilled, ==, 24);
  g_assert_cmpint (g_array_index (rows, Row, 0).architecture, ==, 75);
  g_assert_cmpstr (g_array_index (rows, Row, 1).kernel, ==, "b");
  g_assert_cmpint (g_array_index (rows, Row, 1).registers, ==, -1);
}

static void
test_no_spills (void)
{
  g_autofree char *report = read_report ();
  g_autofree char *version = NULL;
  g_autoptr (GArray) rows = report == NULL ? NULL : parse_report (report, &version);

  if (rows == NULL)
    return;
  g_assert_cmpuint (rows->len, >, 0);
  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = &g_array_index (rows, Row, i);

      if (row->spilled != 0 || row->registers <= 0 || row->registers * THREADS > REGISTERS)
        g_test_message ("%s on sm_%d: %d registers, %d bytes spilled", row->kernel, row->architecture, row->registers,
                        row->spilled);
      g_assert_cmpint (row->spilled, ==, 0);
      g_assert_cmpint (row->registers, >, 0);
      g_assert_cmpint (row->registers * THREADS, <=, REGISTERS);
    }
}

/* Another compiler makes other numbers; then there is nothing to compare. */
static void
test_table (void)
{
  g_autofree char *report = read_report ();
  g_autofree char *script = g_build_filename (g_getenv ("EDGEWISE_SOURCE_ROOT"), "gpu", "registers", NULL);
  g_autofree char *path = g_build_filename (g_getenv ("EDGEWISE_SOURCE_ROOT"), "gpu", "REGISTERS.md", NULL);
  g_autofree char *version = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *made = NULL;
  const char *command[] = { script, g_getenv ("EDGEWISE_BUILD_ROOT"), NULL };
  int status;

  if (report == NULL)
    return;
  g_array_unref (parse_report (report, &version));
  g_assert_true (g_file_get_contents (path, &kept, NULL, NULL));
  if (strstr (kept, version) == NULL)
    {
      g_test_skip ("gpu/REGISTERS.md was made with another compiler");
      return;
    }
  g_assert_true (g_spawn_sync (NULL, (char **)command, NULL, G_SPAWN_DEFAULT, NULL, NULL, &made, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpstr (made, ==, kept);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/cuda-registers/parsing", test_parsing);
  g_test_add_func ("/cuda-registers/no-spills", test_no_spills);
  g_test_add_func ("/cuda-registers/table", test_table);
  return g_test_run ();
}
