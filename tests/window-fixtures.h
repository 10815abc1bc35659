/* What the tests of the window share: starting and ending the program, keys, dialogs, reading what it shows. */
#pragma once

#include "engine/kernel.h"
#include "tests/accessible.h"

/* Generous: sanitizers and busy machines are slow. */
#define PATIENCE 60.0

/* A running program. */
typedef struct
{
  char *folder; /* for a case's files, removed at its end */
  GDBusConnection *bus;
  GPid pid;
  Accessible *program;
  gboolean traced;
} Fixture;

/* The data of a case that opens dialogs for files: GTK loads for them what leaks. Under ASan who asked for memory is then
 * followed through libraries without frame pointers, slow as that is, so that leaks.supp knows them. */
#define TRACED GINT_TO_POINTER (1)

void set_up (Fixture *f, gconstpointer data);
void tear_down (Fixture *f, gconstpointer data);

/* Starts the program with up to three arguments; what it says goes to a file. */
void start (Fixture *f, const char *first, const char *second, const char *third);

/* Waits for the end: status 0 and not a word of warning. */
void finish (Fixture *f);

/* Closes it by its key, and then as finish (). */
void quit (Fixture *f);

/* Runs xdotool; whether it did what it was told. */
gboolean xdotool (const char *first, ...) G_GNUC_NULL_TERMINATED;

/* A key as from a keyboard, to the window whose title fits a pattern. */
void press_key (const char *title, const char *key);

/* A widget that must come, transfer full; ends the tests where it does not. */
Accessible *find (Fixture *f, AccessibleRole role, const char *name);

/* Presses the button of that name. */
void press (Fixture *f, const char *name);

/* The last epoch, −1 where there is none, and up to @n weights after it. */
double read_weights (Fixture *f, double *weights, int n);

/* Waits until the weights shown are within @tolerance of @expected. */
void wait_for_weights (Fixture *f, const double *expected, int n, double tolerance);

/* Waits until the description of the widget of that name and role holds @text; a failed test where it never does. */
void wait_for_text (Fixture *f, AccessibleRole role, const char *name, const char *text);

/* Gives the keyboard to the widget of that name and role, by Tab: a test that it can be reached so. */
void focus (Fixture *f, AccessibleRole role, const char *name);

/* Types into what has the keyboard. */
void type (const char *text);

/* Types a path into the file dialog of that title. */
void answer_dialog (const char *title, const char *path);

/* A noise image and what @kernel makes of it, as files. */
void write_pair (Fixture *f, int height, int width, const EwKernel *kernel, char **input, char **target);
