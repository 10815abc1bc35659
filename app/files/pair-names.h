/* EwPairNames: which files of a folder or a list belong together as before and after. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/**
 * EwPairNames:
 * @n: ≥ 1
 * @before, @after: n paths each, in the order of @names
 * @names: what each pair is called: the part of the name that both files share, or the line's first file
 * @alone: the n_alone names of files that have no partner, of a folder
 * @note: a sentence on the files that have no partner, or NULL
 */
typedef struct
{
  int n;
  char **before;
  char **after;
  char **names;
  int n_alone;
  char **alone;
  char *note;
} EwPairNames;

/* @path is a folder or a list, transfer full.
 *
 * In a folder a pair is NAME-before.* and NAME-after.* (the word first or last, apart by -, _, a point or a blank, large or
 * small letters), or before/NAME.* and after/NAME.*; input and target do as well as before and after. Hidden files are
 * passed over. A list has a pair a line: two names, relative to the list's folder, apart by a tab, a comma or blanks; empty
 * lines and those that begin with # are passed over.
 *
 * EW_ERROR_IO where it cannot be read, EW_ERROR_DATA where there is no pair, where two files could be the same half of one,
 * or where a line has not two names. Sentences do not name @path. */
EwPairNames *ew_pair_names_read (const char *path, GError **error);
void ew_pair_names_free (EwPairNames *names);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwPairNames, ew_pair_names_free)

G_END_DECLS
