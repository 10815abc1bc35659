/* A second device for the tests: the CPU under another name, which fails when it is told to. */
#pragma once

#include "engine/backend.h"

/* Which call of a kind fails, counted down from now: 1 is the next one, 0 none, −1 every one. */
typedef struct
{
  atomic_int open;
  atomic_int load;
  atomic_int correlate;
  atomic_int evaluate;
  atomic_int descend;
  /* Not 0: the call lasts until it is cancelled. */
  atomic_int hang_in_load;
  atomic_int hang_in_evaluate;
} FakeFaults;

/* What has been called. */
typedef struct
{
  atomic_int open;
  atomic_int close;
  atomic_int load;
  atomic_int unload;
  atomic_int rest;
  atomic_int correlate;
  atomic_int evaluate;
  atomic_int descend;
} FakeCalls;

extern FakeFaults fake_faults;
extern FakeCalls fake_calls;

/* No faults, no calls. */
void fake_reset (void);

/* The backend "fake". The second has a descend of its own, made of evaluate as EwDescent says. */
const EwBackend *fake_backend (void);
const EwBackend *fake_descending_backend (void);
