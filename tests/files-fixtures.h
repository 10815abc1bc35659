/* What the tests of files share: a scratch folder, reading that must work or must fail with a sentence. */
#pragma once

#include "app/files/picture.h"
#include "engine/random.h"

/* A new folder for a case, and its removal with all that it holds. */
void scratch_open (void);
void scratch_close (void);

/* A file's path in the scratch folder; valid until the folder is closed. */
const char *scratch (const char *name);

/* Writes a file into the scratch folder; returns its path. */
const char *scratch_write (const char *name, gconstpointer bytes, gsize length);
const char *scratch_write_text (const char *name, const char *text);

/* How many files there are in the scratch folder. */
int scratch_count (void);

/* Whether a file is byte for byte what is expected. */
void check_content (const char *path, const char *expected);

/* Fails unless the file can be read. */
EwPicture *read_picture (const char *path, EwColour colour);
EwGrid *read_plane (const char *path);

/* Fails unless the error is one sentence for the user: UTF-8, one line, a full stop at its end, not the file's name. */
void check_sentence (const GError *error, const char *path);

/* Fails unless reading fails with that code and a sentence that holds @text. */
void check_refused (const char *path, EwError code, const char *text);

/* Reads what may be damaged: fails unless there is a sound picture, or an error with a sentence. TRUE where it could be
 * read. */
gboolean read_damaged (const char *path);

/* Flips, drops or sets a few bytes at random. */
void damage (EwRandom *random, GByteArray *bytes);

/* A whole number below @n. */
guint random_below (EwRandom *random, guint n);

/* Same bits, sign of zero and of NaN included; float32. */
void check_same_bits (const EwGrid *a, const EwGrid *b);

/* Whether this build has the images module; skips the case visibly where it has none. */
gboolean need_images (void);

/* The cases, by area. */
void add_npy_cases (void);
void add_text_cases (void);
void add_round_trip_cases (void);
void add_place_cases (void);
void add_pair_cases (void);
void add_jpeg_cases (void);
void add_image_cases (void);
void add_written_image_cases (void);
void add_image_damage_cases (void);
