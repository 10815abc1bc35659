/* What edgewise-cli refuses: one line on standard error, nothing on standard output, old files as they were. */
#include "app/files/write.h"
#include "tests/cli-fixtures.h"
#include "tests/engine-fixtures.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEARN  "learn x.csv y.csv --kernel-size 1x2 -o old.csv "
#define CORR2D "corr2d x.csv start.csv -o old.csv "

typedef struct
{
  const char *arguments;
  int status;
  const char *text;
} Case;

/* Wrong use is 2; what is right but not part of this version, or cannot be done here, is 1. */
static const Case usage[] = {
  { "", 2, "command" },
  { "frobnicate", 2, "There is no command frobnicate" },
  { "help frobnicate", 2, "There is no command frobnicate" },
  { "--frobnicate", 2, "--frobnicate" },
  { "demo extra", 2, "extra" },
  { "demo --json", 2, "no option --json" },
  { "devices extra", 2, "extra" },
  { "devices --json=1", 2, "--json takes no value" },
  { "bench extra", 2, "extra" },
  { "bench --json=1", 2, "--json takes no value" },
  { "bench --op learn", 2, "corr2d, step, gram" },
  { "bench --op", 2, "--op needs a value" },
  { "bench --image 6", 2, "HEIGHTxWIDTH" },
  { "bench --image 0x8", 2, "--image 0x8" },
  { "bench --image 65537x8", 2, "1 to 65536" },
  { "bench --kernel 64x1", 2, "1 to 63" },
  { "bench --kernel 3x3x3", 2, "--kernel 3x3x3" },
  { "bench --threads 0", 2, "1 to 1024" },
  { "bench --device tpu", 2, "auto, cpu, cuda" },
  { "bench --rate 1", 2, "no option --rate" },
  { "bench --image 6x8 --kernel 7x7", 1, "7×7" },
  { "bench --image 1x1", 1, "1×2" },
  { "corr2d", 2, "needs INPUT, KERNEL" },
  { "corr2d x.csv", 2, "needs INPUT, KERNEL" },
  { "corr2d x.csv start.csv", 2, "-o OUTPUT" },
  { "corr2d x.csv start.csv -o", 2, "-o needs a value" },
  { "corr2d x.csv start.csv more.csv -o old.csv", 2, "more.csv" },
  { "corr2d x.csv start.csv -o y.gif", 2, "y.gif: The ending" },
  { "corr2d x.csv start.csv -o y", 2, ".npy" },
  { "corr2d x.csv start.csv --o old.csv", 2, "--o" },
  { CORR2D "--frob", 2, "no option --frob" },
  { CORR2D "-x", 2, "no option -x" },
  { CORR2D "--epochs 3", 2, "no option --epochs" },
  { CORR2D "--bias banana", 2, "--bias banana" },
  { CORR2D "--bias nan", 2, "--bias nan" },
  { CORR2D "--bias inf", 2, "--bias inf" },
  { CORR2D "--bias 1,5", 2, "--bias 1,5" },
  { CORR2D "--bias", 2, "--bias needs a value" },
  { CORR2D "--threads 0", 2, "1 to 1024" },
  { CORR2D "--threads 1025", 2, "1 to 1024" },
  { CORR2D "--threads -1", 2, "1 to 1024" },
  { CORR2D "--threads two", 2, "1 to 1024" },
  { CORR2D "--threads 2.5", 2, "1 to 1024" },
  { CORR2D "--threads 99999999999999999999", 2, "1 to 1024" },
  { CORR2D "--device tpu", 2, "auto, cpu, cuda" },
  { CORR2D "--method magic", 2, "direct" },
  { CORR2D "--method fft --padding same", 1, "valid correlation only" },
  { CORR2D "--method separable --stride 2", 1, "valid correlation only" },
  { CORR2D "--padding same --stride 2", 2, "--stride 2" },
  { CORR2D "--padding 1,2,3,4000000000", 2, "--padding 1,2,3,4000000000" },
  { CORR2D "--padding 100,0,0,0 --border reflect", 1, "100,0,0,0" },
  { CORR2D "--padding full --dilation 2147483647", 1, "too large" },
  { CORR2D "--padding 1,2,3", 2, "--padding 1,2,3" },
  { CORR2D "--padding 1,2,3,-4", 2, "--padding 1,2,3,-4" },
  { CORR2D "--padding lots", 2, "--padding lots" },
  { CORR2D "--border none", 2, "zero, replicate, reflect, wrap" },
  { CORR2D "--stride 0", 2, "--stride 0" },
  { CORR2D "--dilation 8", 1, "1×2 with dilation 8 is larger than the input of 6×8" },
  { CORR2D "--dilation 0", 2, "--dilation 0" },
  { "learn", 2, "INPUT and TARGET" },
  { "learn x.csv --kernel-size 1x2", 2, "INPUT and TARGET" },
  { "learn x.csv y.csv", 2, "--kernel-size" },
  { "learn x.csv y.csv z.csv --kernel-size 1x2", 2, "z.csv" },
  { "learn x.csv y.csv --kernel-size 1x2 -o k.png", 2, "k.png: The ending" },
  { "learn x.csv y.csv --kernel-size 1x2 -o -", 2, "the kernel needs a file" },
  { LEARN "--history -", 2, "the history needs a file" },
  { "learn x.csv y.csv -o old.csv --kernel-size 0x3", 2, "--kernel-size 0x3" },
  { "learn x.csv y.csv -o old.csv --kernel-size 64x3", 2, "1 to 63" },
  { "learn x.csv y.csv -o old.csv --kernel-size 3x64", 2, "1 to 63" },
  { "learn x.csv y.csv -o old.csv --kernel-size 3", 2, "HEIGHTxWIDTH" },
  { "learn x.csv y.csv -o old.csv --kernel-size 3x", 2, "HEIGHTxWIDTH" },
  { "learn x.csv y.csv -o old.csv --kernel-size x3", 2, "HEIGHTxWIDTH" },
  { "learn x.csv y.csv -o old.csv --kernel-size 3x3x3", 2, "HEIGHTxWIDTH" },
  { "learn x.csv y.csv -o old.csv --kernel-size 3X3", 2, "HEIGHTxWIDTH" },
  { "learn x.csv y.csv -o old.csv --kernel-size -3x3", 2, "HEIGHTxWIDTH" },
  { "learn x.csv y.csv -o old.csv --kernel-size 3x-3", 2, "HEIGHTxWIDTH" },
  { "learn x.csv y.csv -o old.csv --kernel-size '3 x 3'", 2, "HEIGHTxWIDTH" },
  { "learn x.csv y.csv -o old.csv --kernel-size ''", 2, "HEIGHTxWIDTH" },
  { "learn x.csv y.csv -o old.csv --kernel-size 99999999999999999999x3", 2, "HEIGHTxWIDTH" },
  { LEARN "--rate banana", 2, "--rate banana: a finite number greater than 0" },
  { LEARN "--rate 0", 2, "or auto" },
  { LEARN "--rate -0.1", 2, "--rate -0.1" },
  { LEARN "--rate nan", 2, "--rate nan" },
  { LEARN "--rate inf", 2, "--rate inf" },
  { LEARN "--rate 1e999", 2, "--rate 1e999" },
  { LEARN "--rate 0,03", 2, "--rate 0,03" },
  { LEARN "--rate ''", 2, "--rate" },
  { LEARN "--rate", 2, "--rate needs a value" },
  { LEARN "--epochs 0", 2, "at least 1" },
  { LEARN "--epochs -5", 2, "at least 1" },
  { LEARN "--epochs 1e3", 2, "at least 1" },
  { LEARN "--epochs 99999999999999999999", 2, "too large; 9223372036854775807 is the most" },
  { LEARN "--threads 0", 2, "1 to 1024" },
  { LEARN "--log-every 0", 2, "at least 1" },
  { LEARN "--seed -1", 2, "--seed -1" },
  { LEARN "--loss max", 2, "sum, mean" },
  { LEARN "--optimizer magic", 2, "gd" },
  { LEARN "--optimizer sgd", 2, "least-squares" },
  { LEARN "--momentum 0.5", 2, "goes with --optimizer momentum" },
  { LEARN "--optimizer momentum --momentum 1", 2, "below 1" },
  { LEARN "--loss squares", 2, "huber" },
  { LEARN "--loss huber --huber-delta 0", 2, "greater than 0" },
  { LEARN "--huber-delta 1", 2, "goes with --loss huber" },
  { LEARN "--activation tanh", 2, "relu" },
  { LEARN "--constraint sum2", 2, "sum1" },
  { LEARN "--constraint sum1,sum0", 2, "at once" },
  { LEARN "--fix 1,3=0", 2, "ROW,COLUMN=VALUE" },
  { LEARN "--fix 1=0", 2, "ROW,COLUMN=VALUE" },
  { LEARN "--sparse -1", 2, "at least 0" },
  { LEARN "--schedule step", 2, "step:EPOCHS:FACTOR" },
  { LEARN "--schedule cosine:0", 2, "cosine:EPOCHS:FACTOR" },
  { LEARN "--schedule step:10:2", 2, "from 0 to 1" },
  { LEARN "--ridge -1", 2, "at least 0" },
  { LEARN "--ridge auto", 2, "--holdout" },
  { LEARN "--holdout 1", 2, "between 0 and 1" },
  { LEARN "--batch 0", 2, "--batch" },
  { LEARN "--stop-time -1", 2, "at least 0" },
  { LEARN "--optimizer cg --batch 4", 2, "Conjugate" },
  { LEARN "--optimizer least-squares --activation relu", 2, "activation" },
  { LEARN "--optimizer adam --method gram", 2, "plain gradient descent" },
  { LEARN "--loss absolute --rate auto", 2, "least-squares" },
  { LEARN "--loss jpeg", 2, "--loss jpeg goes with --optimizer least-squares" },
  { LEARN "--loss jpeg --optimizer least-squares --ridge 1", 2, "without constraints and --ridge" },
  { LEARN "--loss jpeg --optimizer least-squares --channels each", 2, "--loss jpeg goes with two files" },
  { LEARN "--loss jpeg --optimizer least-squares", 1, "y.csv: This is no JPEG" },
  { LEARN "--report -", 2, "report.json" },
  { LEARN "--method fft", 2, "auto, direct, gram" },
  { LEARN "--padding same", 1, "6×8" },
  { LEARN "--padding same --stride 3", 2, "--stride 3" },
  { LEARN "--device gpu", 2, "auto, cpu, cuda" },
  { LEARN "--bias=1", 2, "--bias takes no value" },
  { LEARN "--init preset:nothing", 2, "preset:nothing: " },
  { LEARN "--init preset:sobel-x", 1, "3×3 and the kernel is 1×2" },
  { LEARN "--init missing.csv", 1, "missing.csv: " },
  { LEARN "--init banana", 1, "--init takes uniform, pytorch, zeros, preset:NAME or a file." },
  { "corr2d x.csv preset:nothing -o old.csv", 2, "sobel-x" },
  { "corr2d x.csv preset:gaussian:size=4 -o old.csv", 2, "size is 1, 3 … 63." },
  { "corr2d x.csv preset:gaussian:width=5 -o old.csv", 2, "it takes size and sigma." },
  { "corr2d x.csv preset:kirsch:angle=north -o old.csv", 2, "needs a number, as in angle=0." },
  { "presets banana", 2, "banana" },
};

/* The sizes that would fit are named. */
static const Case data[] = {
  { "learn x.csv y.csv --kernel-size 1x3 -o old.csv", 1, "y.csv: " },
  { "learn x.csv y.csv --kernel-size 1x3 -o old.csv", 1, "6×6" },
  { "learn x.csv x.csv --kernel-size 1x2 -o old.csv", 1, "6×7" },
  { "learn x.csv y.csv --kernel-size 7x1 -o old.csv", 1, "7×1" },
  { "learn x.csv y.csv --kernel-size 63x63 -o old.csv", 1, "6×8" },
  { "corr2d x.csv high.csv -o old.csv", 1, "7×1" },
  { "corr2d x.csv wide.csv -o old.csv", 1, "1×9" },
  { "learn nan.csv y.csv --kernel-size 1x2 -o old.csv", 1, "row 1, column 2" },
  { "learn x.csv inf.csv --kernel-size 1x2 -o old.csv", 1, "row 2, column 1" },
  { "learn x.csv y.csv --kernel-size 1x2 --init nan.csv -o old.csv", 1, "nan.csv: " },
  { CORR2D "-o /dev/full", 2, "/dev/full" },
  { "corr2d x.csv start.csv -o full.csv", 1, "full.csv: The file could not be written: No space left" },
  { "corr2d x.csv start.csv -o full.npy", 1, "full.npy: The file could not be written: No space left" },
  { "corr2d x.csv start.csv -o missing/y.csv", 1, "missing/y.csv: " },
  { "corr2d x.csv start.csv -o folder.csv", 1, "folder.csv: " },
};

/* The files that the cases need: old.csv is what must stay. */
static void
prepare (void)
{
  cli_open ();
  scratch_write_text ("old.csv", "4,4\n");
  scratch_write_text ("high.csv", "1\n1\n1\n1\n1\n1\n1\n");
  scratch_write_text ("wide.csv", "1,1,1,1,1,1,1,1,1\n");
  scratch_write_text ("nan.csv", "1,nan,0,0,0,0,0,0\n0,0,0,0,0,0,0,0\n0,0,0,0,0,0,0,0\n0,0,0,0,0,0,0,0\n"
                                 "0,0,0,0,0,0,0,0\n0,0,0,0,0,0,0,inf\n");
  scratch_write_text ("inf.csv", "1,0,0,0,0,0,0\n-inf,0,0,0,0,0,0\n0,0,0,0,0,0,0\n0,0,0,0,0,0,0\n"
                                 "0,0,0,0,0,0,0\n0,0,0,0,0,0,0\n");
  g_assert_cmpint (symlink ("/dev/full", scratch ("full.csv")), ==, 0);
  g_assert_cmpint (symlink ("/dev/full", scratch ("full.npy")), ==, 0);
  g_assert_cmpint (g_mkdir (scratch ("folder.csv"), 0700), ==, 0);
}

/* Nothing was added, and old.csv is what it was. */
static void
check_refusals (const Case *cases, guint n)
{
  int files = scratch_count ();

  for (guint i = 0; i < n; i++)
    {
      cli_refuses (cases[i].arguments, cases[i].status, cases[i].text);
      check_content (scratch ("old.csv"), "4,4\n");
      g_assert_cmpint (scratch_count (), ==, files);
    }
}

static void
test_usage (void)
{
  prepare ();
  check_refusals (usage, G_N_ELEMENTS (usage));
  cli_close ();
}

static void
test_data (void)
{
  prepare ();
  check_refusals (data, G_N_ELEMENTS (data));
  cli_close ();
}

/* A kernel that cannot be kept: the lines have been printed by then. */
static void
test_full_disk (void)
{
  if (!cli_has_full_device ())
    return;
  prepare ();
  cli_run ("learn x.csv y.csv --kernel-size 1x2 -o full.npy");
  g_assert_cmpint (cli_status, ==, 1);
  g_assert_cmpstr (cli_err, ==, "edgewise-cli: full.npy: The file could not be written: No space left on device.\n");
  cli_run ("learn x.csv y.csv --kernel-size 1x2 --history full.csv -o old.csv");
  g_assert_cmpint (cli_status, ==, 1);
  g_assert_true (g_str_has_prefix (cli_err, "edgewise-cli: full.csv: "));
  check_content (scratch ("old.csv"), "4,4\n");
  /* After a kilobyte; an old file stays. */
  cli_run_shell ("ulimit -f 2; \"$cli\" corr2d x.npy k.npy -o x.npy");
  g_assert_cmpint (cli_status, ==, 1);
  g_assert_cmpint (count_lines (cli_err), ==, 1);
  g_assert_true (g_str_has_prefix (cli_err, "edgewise-cli: x.npy: "));
  cli_works ("corr2d x.npy k.npy -o y.npy");
  cli_close ();
}

/* --- files that cannot be read, wherever they stand */

static void
write_lying (const char *name, const char *shape)
{
  g_autofree char *dictionary = g_strdup_printf ("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }", shape);
  g_autofree char *header = g_strdup_printf ("%-*s\n", 117, dictionary);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *)"\x93NUMPY\x01\x00\x76\x00", 10);
  g_byte_array_append (bytes, (const guint8 *)header, (guint)strlen (header));
  g_byte_array_set_size (bytes, bytes->len + 24);
  memset (bytes->data + bytes->len - 24, 0, 24);
  scratch_write (name, bytes->data, bytes->len);
}

static const struct
{
  const char *name;
  const char *text;
} unreadable[] = {
  { "words.png", "neither an image nor a matrix" },
  { "binary", "" },
  { "truncated.npy", "truncated" },
  { "lying.npy", "promises 3×3" },
  { "huge.npy", "promises 1000000000×1000000000" },
  { "overflow.npy", "more than can be opened" },
  { "ragged.csv", "Line 2" },
  { "empty.png", "empty" },
  { "empty.npy", "empty" },
  { "missing.png", "No such file" },
  { "folder.csv", "folder" },
  { "pipe", "not an ordinary file" },
  { "/dev/zero", "not an ordinary file" },
};

static void
prepare_unreadable (void)
{
  g_autofree char *content = NULL;
  gsize length;

  prepare ();
  scratch_write_text ("words.png", "These are words, not pixels.\n");
  scratch_write ("binary",
                 "\x7f"
                 "ELF\0\1\2\3\4\5\6\7",
                 12);
  g_assert_true (g_file_get_contents (scratch ("x.npy"), &content, &length, NULL));
  scratch_write ("truncated.npy", content, length - 5);
  write_lying ("lying.npy", "(3, 3)");
  write_lying ("huge.npy", "(1000000000, 1000000000)");
  write_lying ("overflow.npy", "(4294967296, 4294967297)");
  scratch_write_text ("ragged.csv", "1,2\n3\n");
  scratch_write ("empty.png", "", 0);
  scratch_write ("empty.npy", "", 0);
  g_assert_cmpint (mkfifo (scratch ("pipe"), 0600), ==, 0);
}

static void
test_unreadable (void)
{
  static const char *const calls[] = { "corr2d '%s' start.csv -o old.csv", "corr2d x.csv '%s' -o old.csv",
                                       "learn '%s' y.csv --kernel-size 1x2 -o old.csv --history h.csv",
                                       "learn x.csv '%s' --kernel-size 1x2 -o old.csv --history h.csv",
                                       "learn x.csv y.csv --kernel-size 1x2 -o old.csv --init '%s'" };

  prepare_unreadable ();
  for (guint i = 0; i < G_N_ELEMENTS (unreadable); i++)
    for (guint k = 0; k < G_N_ELEMENTS (calls); k++)
      {
        g_auto (GStrv) parts = g_strsplit (calls[k], "%s", 2);
        g_autofree char *line = g_strjoin (unreadable[i].name, parts[0], parts[1], NULL);
        g_autofree char *start = g_strdup_printf ("edgewise-cli: %s: ", unreadable[i].name);

        cli_refuses (line, 1, unreadable[i].text);
        g_assert_true (g_str_has_prefix (cli_err, start));
        check_content (scratch ("old.csv"), "4,4\n");
        g_assert_false (g_file_test (scratch ("h.csv"), G_FILE_TEST_EXISTS));
      }
  cli_close ();
}

/* A file's name with a line break or odd bytes in it still gives one line. */
static void
test_odd_names (void)
{
  prepare ();
  cli_refuses ("corr2d \"two\nlines.png\" start.csv -o old.csv", 1, "two lines.png: ");
  cli_refuses ("corr2d \"frob\nnicate.png\" start.csv --frob -o old.csv", 2, "--frob");
  cli_refuses ("\"two\nlines\"", 2, "two lines");
  cli_run ("corr2d \"b\xff.png\" start.csv -o old.csv");
  g_assert_cmpint (cli_status, ==, 1);
  g_assert_cmpint (count_lines (cli_err), ==, 1);
  cli_close ();
}

static void
test_no_cuda (void)
{
  cli_open ();
  cli_works ("devices --json");
  if (strstr (cli_out, "\"kind\":\"cuda\",\"usable\":false") == NULL)
    g_test_skip ("there is a GPU here, or no word of one");
  else
    {
      cli_refuses ("corr2d x.npy k.npy -o y.npy --device cuda", 1, "edgewise-cli: ");
      cli_refuses ("learn x.csv y.csv --kernel-size 1x2 --device cuda -o k.npy", 1, "edgewise-cli: ");
      g_assert_false (g_file_test (scratch ("y.npy"), G_FILE_TEST_EXISTS));
    }
  cli_close ();
}

void
add_cli_refused_cases (void)
{
  g_test_add_func ("/cli/refused/usage", test_usage);
  g_test_add_func ("/cli/refused/data", test_data);
  g_test_add_func ("/cli/refused/full-disk", test_full_disk);
  g_test_add_func ("/cli/refused/unreadable", test_unreadable);
  g_test_add_func ("/cli/refused/odd-names", test_odd_names);
  g_test_add_func ("/cli/refused/no-cuda", test_no_cuda);
}
