/* How commands get into the queue of the loop. Internal to it. */
#pragma once

#include "engine/loop-command.h"
#include "engine/loop.h"

/* Sends a command, whose contents it takes, and returns the generation it was given. */
guint64 ew_loop_post (EwLoop *loop, EwCommand command);
