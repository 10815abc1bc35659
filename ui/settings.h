/* EwSettings: what the user has chosen in the sidebar. Data only. */
#pragma once

#include "engine/geometry.h"
#include "engine/kernel.h"
#include "engine/recipe.h"

G_BEGIN_DECLS

/* Values of EwSettings.target beyond the presets' indices. */
#define EW_TARGET_KERNEL (-1) /* made by a kernel that the user had in hand */
#define EW_TARGET_FILE   (-2)

/* What lies around the input. */
typedef enum
{
  EW_PADDING_VALID, /* nothing */
  EW_PADDING_SAME,  /* so much that the output has the input's size */
  EW_PADDING_FULL,  /* so much that every tap meets every pixel */
} EwPadding;

/**
 * EwSettings:
 * @target: index into ew_presets (): the kernel that makes the target; or EW_TARGET_KERNEL, EW_TARGET_FILE
 * @channels: a colour image is taken as three samples, not as its luminance
 * @each: and each of them has a kernel of its own: that of the channel that is shown is learned
 * @channel: the channel that is shown
 * @pair: of several pairs, the one that is shown
 * @kernel_height: of the kernel that is learned; likewise @kernel_width
 * @padding: around the input
 * @border: what it holds
 * @stride: see EwGeometry; likewise @dilation
 * @by_hand: the start values were set by the user, not drawn
 * @init: how they are drawn otherwise
 * @seed: for that
 * @has_bias: a bias is learned
 * @loss: sum or mean
 * @rate: > 0; 0: automatic
 * @epochs: where training pauses by itself; 0: nowhere
 * @speed: epochs a second; INFINITY: as fast as it goes
 * @recipe: how it is learned; its ridge is a strength. Kind of loss, rate and fixed taps are not in it
 * @holdout: part of the rows that is held out; 0: none
 */
typedef struct
{
  int target;
  gboolean channels;
  gboolean each;
  int channel;
  int pair;
  int kernel_height;
  int kernel_width;
  EwPadding padding;
  EwBorder border;
  int stride;
  int dilation;
  gboolean by_hand;
  EwInit init;
  guint64 seed;
  gboolean has_bias;
  EwLoss loss;
  double rate;
  guint64 epochs;
  double speed;
  EwRecipe recipe;
  double holdout;
} EwSettings;

/* What the user has just changed. */
typedef enum
{
  EW_CHANGE_TARGET,
  EW_CHANGE_COLOUR,
  EW_CHANGE_CHANNEL,
  EW_CHANGE_SIZE,
  EW_CHANGE_INIT,
  EW_CHANGE_TASK, /* bias or loss */
  EW_CHANGE_RATE,
  EW_CHANGE_EPOCHS,
  EW_CHANGE_SPEED,
  EW_CHANGE_GEOMETRY,
} EwChange;

G_END_DECLS
