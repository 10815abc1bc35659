/* EwLearnOptions: parsing and checking. */
#include "app/cli/learn-options.h"

#include "app/cli/geometry-options.h"
#include "app/cli/learn-how.h"
#include "app/files/write.h"

#include <math.h>
#include <string.h>

/* The options that need more than to be stored. */
typedef struct
{
  const char *kernel_size;
  const char *rate;
  const char *init;
  const char *method;
  const char *channels;
  EwLearnWords how;
  EwGeometryOptions geometry;
} Words;

static gboolean
parse_rate (EwLearnOptions *o, const char *text, GError **error)
{
  char *end = NULL;

  if (text == NULL)
    {
      o->rate = 0.03;
      return TRUE;
    }
  if (strcmp (text, "auto") == 0)
    {
      o->rate = 0;
      return TRUE;
    }
  o->rate = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0' && isfinite (o->rate) && o->rate > 0)
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "--rate %s: a finite number greater than 0 is needed, or auto.", text);
  return FALSE;
}

static gboolean
parse_method (EwLearnOptions *o, const char *text, GError **error)
{
  static const char *const words[] = { "auto", "direct", "gram", NULL };
  static const EwTrainerMethod methods[] = { EW_TRAINER_AUTO, EW_TRAINER_DIRECT, EW_TRAINER_GRAM };
  int word = text == NULL ? 0 : ew_arguments_parse_word ("method", text, words, error);

  o->method = methods[MAX (word, 0)];
  return word >= 0;
}

/* A name that is no way of drawing is a file's, or a preset's. */
static void
parse_init (EwLearnOptions *o, const char *text)
{
  o->init = EW_INIT_UNIFORM;
  if (text == NULL || strcmp (text, "uniform") == 0)
    return;
  if (strcmp (text, "pytorch") == 0)
    o->init = EW_INIT_PYTORCH;
  else if (strcmp (text, "zeros") == 0)
    o->init = EW_INIT_ZEROS;
  else
    o->init_file = text;
}

/* A name that cannot be written is refused before the work, not after it. Standard output is the epochs' alone. */
static gboolean
check_output (const char *output, GError **error)
{
  if (output != NULL && strcmp (output, "-") == 0)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE,
                           "-o -: standard output has the epochs; the kernel needs a file, like kernel.csv.");
      return FALSE;
    }
  if (output == NULL || ew_kernel_check_name (output, error))
    return TRUE;
  g_prefix_error (error, "%s: ", output);
  return FALSE;
}

/* @option's file, as @example. */
static gboolean
check_file (const char *option, const char *path, const char *example, GError **error)
{
  if (path == NULL || strcmp (path, "-") != 0)
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE,
               "--%s -: standard output has the epochs; the %s needs a file, like %s.", option, option, example);
  return FALSE;
}

/* What only plain gradient descent has, and what only the others have. */
static gboolean
check_method (const EwLearnOptions *o, const Words *words, GError **error)
{
  if (o->pairs != NULL && o->method == EW_TRAINER_DIRECT)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE,
                           "--method direct goes with two files; of several pairs only the Gram sums are kept.");
      return FALSE;
    }
  if (o->how.jpeg && (o->pairs != NULL || o->channels != EW_CHANNELS_LUMINANCE))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE,
                           "--loss jpeg goes with two files and their luminance, whose steps are in the target's header.");
      return FALSE;
    }
  if (o->how.plain || words->method == NULL || o->method == EW_TRAINER_AUTO)
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_USAGE,
               "--method %s goes with plain gradient descent; with these options the method follows from them.",
               words->method);
  return FALSE;
}

/* Two files, or a folder or list: with --pairs, or as the only operand. */
static gboolean
check_operands (EwLearnOptions *o, int n_operands, GError **error)
{
  if (o->pairs != NULL && n_operands > 0)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "--pairs stands for INPUT and TARGET; %s is one too many.", o->input);
      return FALSE;
    }
  if (o->pairs == NULL && n_operands == 1 && g_file_test (o->input, G_FILE_TEST_IS_DIR))
    o->pairs = o->input;
  if (o->pairs != NULL || n_operands == 2)
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE, "learn needs INPUT and TARGET, or a folder of pairs.");
  return FALSE;
}

static gboolean
check (EwLearnOptions *o, const Words *words, int n_operands, GError **error)
{
  if (!check_operands (o, n_operands, error))
    return FALSE;
  if (words->kernel_size == NULL)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE, "learn needs --kernel-size HEIGHTxWIDTH, like 3x3.");
      return FALSE;
    }
  parse_init (o, words->init);
  return ew_arguments_parse_size ("kernel-size", words->kernel_size, EW_KERNEL_SIDE_MAX, &o->kernel_height,
                                  &o->kernel_width, error)
         && parse_rate (o, words->rate, error) && parse_method (o, words->method, error)
         && ew_learn_how_parse (&o->how, &words->how, o->kernel_height, o->kernel_width, error)
         && ew_channels_parse (words->channels, &o->channels, error) && check_method (o, words, error)
         && ew_geometry_options_apply (&words->geometry, o->kernel_height, o->kernel_width, &o->geometry, error)
         && check_output (o->output, error) && check_file ("history", o->history, "history.csv", error)
         && check_file ("report", o->report, "report.json", error);
}

gboolean
ew_learn_options_parse (EwLearnOptions *o, char *const *arguments, GError **error)
{
  Words words = { .geometry = EW_GEOMETRY_OPTIONS_INIT, .how = EW_LEARN_WORDS_INIT };
  const char *operands[2] = { NULL, NULL };
  const EwArgument table[] = {
    { .name = "o", .kind = EW_ARGUMENT_TEXT, .value = &o->output },
    { .name = "kernel-size", .kind = EW_ARGUMENT_TEXT, .value = &words.kernel_size },
    { .name = "epochs", .kind = EW_ARGUMENT_WHOLE, .value = &o->epochs, .low = 1, .high = G_MAXINT64 },
    { .name = "rate", .kind = EW_ARGUMENT_TEXT, .value = &words.rate },
    { .name = "bias", .kind = EW_ARGUMENT_FLAG, .value = &o->has_bias },
    EW_LEARN_HOW_ARGUMENTS (&words.how),
    { .name = "init", .kind = EW_ARGUMENT_TEXT, .value = &words.init },
    { .name = "seed", .kind = EW_ARGUMENT_WHOLE, .value = &o->seed, .low = 0, .high = G_MAXINT64 },
    { .name = "log-every", .kind = EW_ARGUMENT_WHOLE, .value = &o->log_every, .low = 1, .high = G_MAXINT64 },
    { .name = "report", .kind = EW_ARGUMENT_TEXT, .value = &o->report },
    { .name = "history", .kind = EW_ARGUMENT_TEXT, .value = &o->history },
    { .name = "pairs", .kind = EW_ARGUMENT_TEXT, .value = &o->pairs },
    { .name = "channels", .kind = EW_ARGUMENT_TEXT, .value = &words.channels },
    { .name = "examine", .kind = EW_ARGUMENT_FLAG, .value = &o->examine },
    { .name = "correct", .kind = EW_ARGUMENT_FLAG, .value = &o->correct },
    { .name = "json", .kind = EW_ARGUMENT_FLAG, .value = &o->json },
    { .name = "method", .kind = EW_ARGUMENT_TEXT, .value = &words.method },
    EW_GEOMETRY_ARGUMENTS (&words.geometry),
    { .name = "device", .kind = EW_ARGUMENT_TEXT, .value = &o->device },
    { .name = "threads", .kind = EW_ARGUMENT_WHOLE, .value = &o->threads, .low = 1, .high = 1024 },
  };
  int n = 0;

  *o = (EwLearnOptions){ .epochs = 100, .log_every = 10 };
  if (!ew_arguments_parse (arguments, table, G_N_ELEMENTS (table), operands, 2, &n, error))
    return FALSE;
  o->input = operands[0];
  o->target = operands[1];
  words.how.seed = o->seed;
  return check (o, &words, n, error);
}

void
ew_learn_options_clear (EwLearnOptions *options)
{
  ew_learn_how_clear (&options->how);
}
