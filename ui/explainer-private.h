/* The inside of EwExplainer. */
#pragma once

#include "ui/explainer.h"

typedef enum
{
  EXPLAIN_OUTPUT,
  EXPLAIN_INPUT,
  EXPLAIN_TAP,
} Explained;

struct _EwExplainer
{
  EwPlaneView *input;
  EwKernelView *kernel;
  EwPlaneView *output;
  EwSumView *sum;

  void (*notify) (gpointer data);
  gpointer notify_data;

  EwSnapshot *snapshot; /* NULL, or one with planes */
  int block;
  Explained explained;
  int output_row; /* −1: none yet; likewise output_column */
  int output_column;
  int input_row;
  int input_column;
  int tap;                 /* −1: none */
  EwTapGradient *gradient; /* the newest; may be of another tap */
  gint64 explained_us;
};

/* The marks in the three panes for what is explained. */
void ew_explainer_mark_output (EwExplainer *explainer, const EwPatch *patch);
void ew_explainer_mark_input (EwExplainer *explainer, const EwFeeding *feeding);
void ew_explainer_mark_tap (EwExplainer *explainer);

/* The tables for what is explained, into @sum with the words. */
void ew_explainer_show_output (EwExplainer *explainer, const EwPatch *patch, const EwExplanation *explanation);
void ew_explainer_show_input (EwExplainer *explainer, const EwFeeding *feeding, const EwExplanation *explanation);
void ew_explainer_show_tap (EwExplainer *explainer, const EwTapGradient *gradient, const EwExplanation *explanation);
