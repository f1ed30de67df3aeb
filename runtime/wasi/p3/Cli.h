// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:cli of 0.3; what it shares with 0.2 is there.
#pragma once

#include "runtime/wasi/p3/ByteStreams.h"
#include "runtime/wasi/p3/Codes.h"

namespace w2n::wasi::p3 {

class TerminalInput final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:cli/terminal-input", "terminal-input"};
};
class TerminalOutput final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:cli/terminal-output", "terminal-output"};
};

Result<Reading<CliCode>> readStdin(State &state, HostTasks &tasks);
Result<FutureEnd<Ended<CliCode>>> writeStdout(State &state, HostTasks &tasks,
                                              StreamEnd<uint8_t> data);
Result<FutureEnd<Ended<CliCode>>> writeStderr(State &state, HostTasks &tasks,
                                              StreamEnd<uint8_t> data);
std::optional<std::unique_ptr<TerminalInput>> terminalStdin(State &state);
std::optional<std::unique_ptr<TerminalOutput>> terminalStdout(State &state);
std::optional<std::unique_ptr<TerminalOutput>> terminalStderr(State &state);

} // namespace w2n::wasi::p3
