// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/Cli.h"

namespace w2n::wasi::p2 {

namespace {

/// Null if the guest's `fd` is closed.
FileHandle standardStream(State &state, uint32_t fd) {
  auto file = state.wasi->files.find(fd);
  return file ? *file : nullptr;
}

std::unique_ptr<OutputStream> outputTo(State &state, uint32_t fd) {
  if (FileHandle file = standardStream(state, fd))
    return std::make_unique<OutputStream>(
        std::make_shared<OutputSink>(std::move(file), OutputSink::Place::InOrder));
  return std::make_unique<OutputStream>(std::make_shared<OutputSink>());
}

template <typename Terminal>
std::optional<std::unique_ptr<Terminal>> terminalAt(State &state, uint32_t fd) {
  const FileHandle file = standardStream(state, fd);
  if (!file || !file->isTerminal)
    return std::nullopt;
  return std::make_unique<Terminal>();
}

std::unexpected<Error> leave(uint32_t status) {
  return std::unexpected(Error{ErrorKind::Exit, Error::noOffset, "program exit", {}, status});
}

} // namespace

std::vector<std::tuple<std::string, std::string>> getEnvironment(State &state) {
  std::vector<std::tuple<std::string, std::string>> variables;
  for (const std::string &variable : state.wasi->environment()) {
    const size_t equals = variable.find('=');
    variables.emplace_back(variable.substr(0, equals),
                           equals == variable.npos ? "" : variable.substr(equals + 1));
  }
  return variables;
}

std::vector<std::string> getArguments(State &state) { return state.wasi->arguments(); }

// Guests begin at the root of what they were given, as with preview 1.
std::optional<std::string> initialCwd(State &) { return std::nullopt; }

Result<void> exitWithStatus(State &, std::expected<void, runtime::Unit> status) {
  return leave(status ? 0 : 1);
}
Result<void> exitWithCode(State &, uint8_t statusCode) { return leave(statusCode); }

std::unique_ptr<InputStream> getStdin(State &state) {
  if (FileHandle file = standardStream(state, 0))
    return std::make_unique<InputStream>(
        std::make_shared<InputSource>(std::move(file), std::nullopt));
  return std::make_unique<InputStream>(std::make_shared<InputSource>());
}
std::unique_ptr<OutputStream> getStdout(State &state) { return outputTo(state, 1); }
std::unique_ptr<OutputStream> getStderr(State &state) { return outputTo(state, 2); }

std::optional<std::unique_ptr<TerminalInput>> getTerminalStdin(State &state) {
  return terminalAt<TerminalInput>(state, 0);
}
std::optional<std::unique_ptr<TerminalOutputHandle>> getTerminalStdout(State &state) {
  return terminalAt<TerminalOutputHandle>(state, 1);
}
std::optional<std::unique_ptr<TerminalOutputHandle>> getTerminalStderr(State &state) {
  return terminalAt<TerminalOutputHandle>(state, 2);
}

} // namespace w2n::wasi::p2
