/* What the loop's thread does with a command. Internal to the loop. */
#pragma once

#include "engine/loop-command.h"
#include "engine/loop-runner.h"

G_BEGIN_DECLS

/* Carries a command out, on the loop's thread. What it owns stays its own, but for an export's request. */
void ew_runner_obey (EwRunner *runner, EwCommand *command);

G_END_DECLS
