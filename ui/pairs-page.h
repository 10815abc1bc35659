/* EwPairsPage: the pairs that share a kernel, as a page of the sidebar: which there are, how well the kernel does on each, and
 * which could not be used. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_PAIRS_PAGE (ew_pairs_page_get_type ())
G_DECLARE_FINAL_TYPE (EwPairsPage, ew_pairs_page, EW, PAIRS_PAGE, AdwBin)

/* A pair, or what was left out; @facts is said below the name. Nothing is kept. */
typedef struct
{
  const char *name;
  const char *facts;
} EwPairsRow;

GtkWidget *ew_pairs_page_new (void);

/* Shows pairs in place of those before, all of them learned from, the first one shown, nothing known of their quality.
 * @heading: "12 pairs of blurs". */
void ew_pairs_page_set_pairs (EwPairsPage *page, const char *heading, const EwPairsRow *pairs, int n,
                              const EwPairsRow *left_out, int n_left_out);

/* What is said of all of them; "" for nothing. */
void ew_pairs_page_set_summary (EwPairsPage *page, const char *summary);

/* What is said of one beside its facts; @warns: it is nothing good. */
void ew_pairs_page_set_quality (EwPairsPage *page, int pair, const char *quality, gboolean warns);

void ew_pairs_page_set_shown (EwPairsPage *page, int pair);
void ew_pairs_page_set_held (EwPairsPage *page, int pair, gboolean held);

/* The signals "shown" (int pair): it is to be seen; "held" (int pair, gboolean held): it is to be held out, or not. The
 * keyboard: the arrows show one pair after the other, Space on its box takes it out of what is learned from. */

G_END_DECLS
