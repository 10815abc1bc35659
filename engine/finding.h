/* EwFinding: what was found in a pair of images before anything is learned from it, and what would mend it. */
#pragma once

#include "engine/encoding.h"
#include "engine/geometry.h"
#include "engine/grid.h"

G_BEGIN_DECLS

typedef enum
{
  EW_FINDING_NOT_FINITE,
  EW_FINDING_TOO_SMALL,
  EW_FINDING_CONSTANT_INPUT,
  EW_FINDING_CONSTANT_TARGET,
  EW_FINDING_IDENTICAL,
  EW_FINDING_SIZE,
  EW_FINDING_BORDER,
  EW_FINDING_SCALE,
  EW_FINDING_FLIPPED,
  EW_FINDING_SHIFTED,
  EW_FINDING_ENCODING,
  EW_FINDING_CLIPPED,
  EW_FINDING_OFFSET,
  EW_FINDING_COLOUR,
  EW_FINDING_UNRELATED,
  EW_FINDING_KERNEL,
  EW_FINDING_N_KINDS,
} EwFindingKind;

/* What a correction changes. */
typedef enum
{
  EW_CORRECTION_NONE,
  EW_CORRECTION_GEOMETRY, /* how the kernel is laid over the input: @geometry, which may have another kernel size */
  EW_CORRECTION_REDUCED,  /* @geometry has a stride; keeps the outputs whose windows lie within the input: see @dy */
  EW_CORRECTION_CROP,     /* keeps what both have: see @dy and @dx */
  EW_CORRECTION_TURN,     /* turns the input as @turn says */
  EW_CORRECTION_DECODE,   /* decodes the input by @x_encoding and the target by @y_encoding */
  EW_CORRECTION_MASK,     /* leaves out targets that are ≤ @low or ≥ @high */
  EW_CORRECTION_FINITE,   /* leaves out what is not finite, and every window that it lies in */
  EW_CORRECTION_SCALE,    /* divides the target by @factor */
  EW_CORRECTION_BIAS,     /* learns a bias */
  EW_CORRECTION_CHANNELS, /* takes the channels as samples of their own, instead of luminance */
} EwCorrectionKind;

typedef enum
{
  EW_TURN_NONE,
  EW_TURN_MIRROR_X, /* left and right change places */
  EW_TURN_MIRROR_Y,
  EW_TURN_HALF,
  EW_TURN_RIGHT, /* a quarter turn, clockwise */
  EW_TURN_LEFT,
  EW_TURN_TRANSPOSE, /* rows and columns change places */
  EW_TURN_ANTITRANSPOSE, /* the same about the other diagonal */
  EW_TURN_N,
} EwTurn;

/**
 * EwCorrection:
 * @dy: for a crop: target pixel (i, j) belongs to input pixel (i + dy, j + dx). Input and target lose what has no
 *   counterpart, so that afterwards they are of one size and the geometry's padding is "same". Outputs whose window
 *   reaches beyond are masked: cut from larger pictures, the edges follow no rule
 */
typedef struct
{
  EwCorrectionKind kind;
  EwGeometry geometry;
  int dy;
  int dx;
  EwTurn turn;
  EwEncoding x_encoding;
  EwEncoding y_encoding;
  double low;
  double high;
  double factor;
} EwCorrection;

/**
 * EwFinding:
 * @blocks: nothing sensible can be learned before it is mended
 * @share: of the pixels that it is about, where that says something; else 0
 * @sentence: for the user: what it is; owned
 * @label: what a button that applies the correction says; NULL where there is none; owned
 */
typedef struct
{
  EwFindingKind kind;
  gboolean blocks;
  double share;
  char *sentence;
  char *label;
  EwCorrection correction;
} EwFinding;

/* In the order in which they should be looked at. */
typedef struct
{
  int n;
  EwFinding items[EW_FINDING_N_KINDS];
} EwFindings;

void ew_findings_free (EwFindings *findings);

/* The finding of a kind, NULL where there is none. */
const EwFinding *ew_findings_find (const EwFindings *findings, EwFindingKind kind);

/* Takes the @i-th out. */
void ew_findings_remove (EwFindings *findings, int i);

/* Takes those of a kind out. */
void ew_findings_drop (EwFindings *findings, EwFindingKind kind);

/* "shifted", "clipped", …: for files. */
const char *ew_finding_name (EwFindingKind kind);

/**
 * EwPair:
 * @mask: as EwSample's; may be NULL
 *
 * What a correction works on. Owns a reference to each grid.
 */
typedef struct
{
  EwGrid *x;
  EwGrid *y;
  EwGrid *mask;
  EwGeometry geometry;
  gboolean has_bias;
} EwPair;

/* Applies a correction to @pair; on an error nothing has changed. CHANNELS changes nothing here: which planes there are is
 * for whoever read the files. EW_ERROR_TOO_LARGE, EW_ERROR_GEOMETRY where nothing would be left. */
gboolean ew_correction_apply (const EwCorrection *correction, EwPair *pair, GError **error);

void ew_pair_clear (EwPair *pair);

/* Whether heights become widths. */
static inline gboolean
ew_turn_is_sideways (EwTurn turn)
{
  return turn >= EW_TURN_RIGHT;
}

/* The height × width values from (top, left) of @grid as it would be after a turn; transfer full. */
EwGrid *ew_grid_turned (const EwGrid *grid, EwTurn turn, int top, int left, int height, int width, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwFindings, ew_findings_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EwPair, ew_pair_clear)

G_END_DECLS
