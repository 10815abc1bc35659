/* edgewise-cli: the same work without a display. */
#include "app/cli/cli.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  const char *name;
  EwCliFunc func;
  const char *summary;
  const char *usage;
} Command;

static const Command commands[] = {
  { "demo", ew_cli_demo, "the textbook's experiment, printed", "" },
  { "corr2d", ew_cli_corr2d, "apply a kernel to an image",
    "INPUT KERNEL -o OUTPUT [--bias B] [--convolve] [--method auto|direct|separable|fft|reference]\n"
    "      [--channels luminance|shared|each] [--padding valid] [--stride 1] [--dilation 1] [--device auto|cpu|cuda] [--threads N]\n\n"
    "  KERNEL is a file (.npy, .csv, .txt), preset:NAME or preset:NAME:PARAMETER=VALUE,…, as\n"
    "  preset:gaussian:size=7,sigma=1.5; edgewise-cli presets lists them all. OUTPUT is written by its ending; - is standard output as "
    "text.\n"
    "  The kernel is not flipped; --convolve flips it. --channels shared keeps the colours; each has kernels of their own,\n"
    "  KERNEL-red, KERNEL-green and KERNEL-blue, as learn --channels each writes them, and may have --bias R,G,B." },
  { "learn", ew_cli_learn, "learn the kernel between two images",
    "INPUT TARGET|FOLDER|--pairs FOLDER|LIST --kernel-size HxW [-o KERNEL] [--epochs 100] [--rate 0.03|auto] [--bias]\n"
    "      [--init uniform|pytorch|zeros|FILE] [--seed N] [--log-every 10] [--history FILE.csv] [--json] "
    "[--report FILE.json]\n"
    "      [--optimizer gd|momentum|nesterov|rmsprop|adam|cg|least-squares] [--momentum 0.9] [--batch N]\n"
    "      [--schedule constant|step:EPOCHS:FACTOR|cosine:EPOCHS:FACTOR]\n"
    "      [--loss sum|mean|huber|absolute|jpeg] [--huber-delta D] [--activation none|relu|abs]\n"
    "      [--constraint sum1|sum0|mirror-x|mirror-y|symmetric|point|non-negative|separable,…] [--sparse L]\n"
    "      [--fix ROW,COLUMN=VALUE;…] [--holdout FRACTION] [--ridge STRENGTH|auto]\n"
    "      [--channels luminance|shared|each] [--examine] [--correct]\n"
    "      [--stop-gradient G] [--stop-change C] [--stop-time SECONDS]\n"
    "      [--method auto|direct|gram] [--padding valid] [--device auto|cpu|cuda] [--threads N]\n\n"
    "  A folder has pairs NAME-before.png and NAME-after.png, or before/NAME.png and after/NAME.png (input and target do as\n"
    "  well); a list an input and a target a line. All of them share one kernel, and what it explains of each is said.\n"
    "  --channels shared takes the colours as samples of their own; each learns a kernel for each, written to KERNEL-red,\n"
    "  KERNEL-green and KERNEL-blue.\n"
    "  --loss jpeg, for a target saved as JPEG, takes each coefficient as known to its step only; least squares come out too\n"
    "  soft by 0.1 a tap. The input must be what the filter was given.\n"
    "  --device cuda sums up G, h, c and the exact loss on the device and runs plain descent's epochs through the data and\n"
    "  --method direct there; all that is learned from those sums (every optimizer, --schedule, --constraint, --fix, --sparse,\n"
    "  --ridge, --holdout, folders, --channels) is the CPU's from there on, so that its numbers are the same but for the sums':\n"
    "  G and h to 1e-12 of the number of outputs, the loss to 1e-12 of the target's square, gradient and rate limit to 1e-11,\n"
    "  taps to 1e-11 where G is well conditioned. --loss huber, absolute and jpeg, --activation, --batch, --examine and the tests\n"
    "  of the residual are the CPU's alone.\n"
    "  --examine says what is wrong with the pair before learning (sizes, shift, encoding, clipping and more), --correct mends it\n"
    "  too. --holdout keeps the last rows of the target from the learning and reports how the kernel does on them. --report\n"
    "  writes the least-squares optimum with a standard error for each tap, R\302\262, PSNR and what the image does not "
    "determine." },
  { "race", ew_cli_race, "several optimizers on one pair, side by side",
    "INPUT TARGET --kernel-size HxW [--entrants gd,momentum,nesterov,rmsprop,adam,cg] [--epochs 1000]\n"
    "      [--goal 90|99|99.99|optimum] [--loss sum|mean] [--bias] [--init uniform|pytorch|zeros|FILE] [--seed N] [-o TABLE.csv]\n"
    "      [--padding valid] [--device auto|cpu|cuda] [--threads N]\n\n"
    "  All start from the same weights, each at a rate of its own, or as in momentum=0.01. The table says after how many epochs "
    "each\n"
    "  had gone 90, 99 and 99.99 % of the way from the first loss to the least one, and was within 1 % of that." },
  { "presets", ew_cli_presets, "the named kernels and their parameters", "" },
  { "devices", ew_cli_devices, "what can compute here, and whether it agrees with the CPU", "[--check] [--json]" },
  { "bench", ew_cli_bench, "how long the work takes here, beside what it must take",
    "[--json] [--op corr2d|step|gram] [--image HxW] [--kernel HxW] [--device auto|cpu|cuda] [--threads N]\n\n"
    "  Without options: all operations on images from 6x8 to 4096x4096 with kernels from 1x2 to 63x63, on one thread "
    "and "
    "on\n"
    "  all cores; some minutes. The floor is the time of the memory traffic alone or of the multiply-adds alone, "
    "whichever\n"
    "  is longer, measured beside each cell." },
};

static const Command *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, name) == 0)
      return &commands[i];
  return NULL;
}

static void
print_help (const Command *command)
{
  if (command != NULL)
    {
      printf ("edgewise-cli %s: %s\n\n  edgewise-cli %s %s\n", command->name, command->summary, command->name,
              command->usage);
      return;
    }
  printf ("edgewise-cli: correlate images with kernels, and learn kernels from pairs of images.\n\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    printf ("  edgewise-cli %-8s  %s\n", commands[i].name, commands[i].summary);
  printf ("\n  edgewise-cli help COMMAND  the options of a command\n");
}

static void
on_interrupt (int number)
{
  atomic_store (&ew_cli_interrupted, 1);
  signal (number, SIG_DFL);
}

static gboolean
wants_help (char *const *arguments)
{
  for (; *arguments != NULL && strcmp (*arguments, "--") != 0; arguments++)
    if (strcmp (*arguments, "--help") == 0 || strcmp (*arguments, "-h") == 0)
      return TRUE;
  return FALSE;
}

static gboolean
run (char *const *arguments, GError **error)
{
  const char *name = arguments[0];
  const Command *command = name == NULL ? NULL : find_command (name);

  if (name == NULL)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE,
                           "A command is needed: demo, corr2d, learn, race, presets, devices or bench; --help says more.");
      return FALSE;
    }
  if (strcmp (name, "--version") == 0)
    {
      printf ("edgewise-cli %s\n", EDGEWISE_VERSION);
      return ew_cli_flush (error);
    }
  if (strcmp (name, "help") == 0 && arguments[1] != NULL)
    command = find_command (name = arguments[1]);
  if (command == NULL && strcmp (name, "help") != 0 && strcmp (name, "--help") != 0 && strcmp (name, "-h") != 0)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_USAGE,
                   "There is no command %s; there are demo, corr2d, learn, race, presets, devices and bench.", name);
      return FALSE;
    }
  if (command == NULL || strcmp (arguments[0], "help") == 0 || wants_help (arguments + 1))
    {
      print_help (command);
      return ew_cli_flush (error);
    }
  return command->func (arguments + 1, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  /* Messages may be translated; numbers keep their point. */
  setlocale (LC_CTYPE, "");
  setlocale (LC_MESSAGES, "");
  signal (SIGINT, on_interrupt);
  signal (SIGTERM, on_interrupt);
  signal (SIGPIPE, SIG_IGN);
#ifdef SIGXFSZ
  signal (SIGXFSZ, SIG_IGN);
#endif
  if (run (argv + 1, &error))
    return 0;
  if (atomic_load (&ew_cli_interrupted))
    ew_cli_say ("interrupted; nothing was written.");
  else
    ew_cli_say (error->message);
  return g_error_matches (error, EW_ERROR, EW_ERROR_USAGE) ? 2 : 1;
}
