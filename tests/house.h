/* The rules of the house, read off the files of a tree. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Code files longer than this are complained about. */
#define HOUSE_LINES_MAX 400

/* Reads every file below @root but build folders, what begins with a dot and tests/out. Returns the complaints,
 * sentences of the form "FILE:LINE: what is wrong", sorted; transfer full. Checked are the entries of the top level, who
 * includes whom, the first line and the guard of headers, the length of code files, and that no text names a machine's
 * folder or a host that the project does not speak of. */
GPtrArray *house_check (const char *root);

G_END_DECLS
