// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// `run --checkpoint` and what `resume` needs of it.
#pragma once

#include "runtime/checkpoint/Checkpoint.h"
#include "tools/wasm2native/CommandLine.h"

#include <expected>
#include <optional>
#include <string>

namespace w2n::tool {

inline constexpr OptionRow checkpointRow = {
    "checkpoint", "DIR",
    "save the program's state in DIR while it runs, so that 'resume DIR' goes on with it",
    "Checkpoints"};
inline constexpr OptionRow everyRow = {
    "every", "DURATION|N",
    "save it at the first call of the host after DURATION, or at every N-th call; default 1s",
    "Checkpoints"};

struct CheckpointRequest {
  std::string directory;
  checkpoint::Interval interval;
};

/// Nothing without --checkpoint. Errors: for usageError.
std::expected<std::optional<CheckpointRequest>, std::string>
readCheckpointOptions(const CommandLine &line);

} // namespace w2n::tool
