// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p3/Cli.h"

#include "runtime/wasi/p2/Cli.h"

namespace w2n::wasi::p3 {

namespace {

Result<FutureEnd<Ended<CliCode>>> writeWhole(State &state, HostTasks &tasks,
                                             StreamEnd<uint8_t> data,
                                             const std::unique_ptr<p2::OutputStream> &stream) {
  return writeTo<CliCode>(state, tasks, std::move(data), stream->sink, cliCodeOf);
}

} // namespace

Result<Reading<CliCode>> readStdin(State &state, HostTasks &tasks) {
  return readFrom<CliCode>(state, tasks, p2::getStdin(state)->source, cliCodeOf);
}
Result<FutureEnd<Ended<CliCode>>> writeStdout(State &state, HostTasks &tasks,
                                              StreamEnd<uint8_t> data) {
  return writeWhole(state, tasks, std::move(data), p2::getStdout(state));
}
Result<FutureEnd<Ended<CliCode>>> writeStderr(State &state, HostTasks &tasks,
                                              StreamEnd<uint8_t> data) {
  return writeWhole(state, tasks, std::move(data), p2::getStderr(state));
}

std::optional<std::unique_ptr<TerminalInput>> terminalStdin(State &state) {
  if (!p2::getTerminalStdin(state))
    return std::nullopt;
  return std::make_unique<TerminalInput>();
}
std::optional<std::unique_ptr<TerminalOutput>> terminalStdout(State &state) {
  if (!p2::getTerminalStdout(state))
    return std::nullopt;
  return std::make_unique<TerminalOutput>();
}
std::optional<std::unique_ptr<TerminalOutput>> terminalStderr(State &state) {
  if (!p2::getTerminalStderr(state))
    return std::nullopt;
  return std::make_unique<TerminalOutput>();
}

} // namespace w2n::wasi::p3
