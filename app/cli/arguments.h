/* EwArgument: parsing of a command's options, from a table. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

typedef enum
{
  EW_ARGUMENT_FLAG,   /* value: gboolean */
  EW_ARGUMENT_TEXT,   /* value: const char *, pointing into the arguments */
  EW_ARGUMENT_WHOLE,  /* value: gint64, within low … high */
  EW_ARGUMENT_NUMBER, /* value: double, finite */
} EwArgumentKind;

/**
 * EwArgument:
 * @name: without the dashes: "kernel-size"; a name of one letter is written with one dash
 * @kind: what follows it
 * @value: where it goes; stays as it is where the option is not given
 * @low: for whole numbers; likewise @high
 * @given: set to TRUE where the option is given; may be NULL
 */
typedef struct
{
  const char *name;
  EwArgumentKind kind;
  void *value;
  gint64 low;
  gint64 high;
  gboolean *given;
} EwArgument;

/* Parses @arguments (without the program's and the command's names, NULL-terminated) by the @n entries of @table. What
 * is not an option is put into @operands, at most @max_operands of them; *n_operands is their number. "--" ends the
 * options;
 * "--name=value" and "--name value" are the same. Fails with EW_ERROR_USAGE. */
gboolean ew_arguments_parse (char *const *arguments, const EwArgument *table, int n, const char **operands,
                             int max_operands, int *n_operands, GError **error);

/* "3x5" as height 3 and width 5, both 1 … @most. EW_ERROR_USAGE names @option. */
gboolean ew_arguments_parse_size (const char *option, const char *text, int most, int *height, int *width,
                                  GError **error);

/* The index of @text among the NULL-terminated @words, or −1 with EW_ERROR_USAGE, which names @option and the words. */
int ew_arguments_parse_word (const char *option, const char *text, const char *const *words, GError **error);

G_END_DECLS
