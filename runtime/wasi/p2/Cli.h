// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:cli.
#pragma once

#include "runtime/wasi/p2/Streams.h"

namespace w2n::wasi::p2 {

class TerminalInput final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:cli/terminal-input", "terminal-input"};
};
class TerminalOutputHandle final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:cli/terminal-output", "terminal-output"};
};

std::vector<std::tuple<std::string, std::string>> getEnvironment(State &state);
std::vector<std::string> getArguments(State &state);
std::optional<std::string> initialCwd(State &state);

/// Leave the guest, with an error of kind Exit.
Result<void> exitWithStatus(State &state, std::expected<void, runtime::Unit> status);
Result<void> exitWithCode(State &state, uint8_t statusCode);

std::unique_ptr<InputStream> getStdin(State &state);
std::unique_ptr<OutputStream> getStdout(State &state);
std::unique_ptr<OutputStream> getStderr(State &state);
std::optional<std::unique_ptr<TerminalInput>> getTerminalStdin(State &state);
std::optional<std::unique_ptr<TerminalOutputHandle>> getTerminalStdout(State &state);
std::optional<std::unique_ptr<TerminalOutputHandle>> getTerminalStderr(State &state);

} // namespace w2n::wasi::p2
