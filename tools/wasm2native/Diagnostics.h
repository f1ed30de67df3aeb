// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Error messages for the user, and exit statuses.
#pragma once

#include "lib/support/Error.h"

#include <string_view>

namespace w2n::tool {

/// Exit statuses besides the guest's own.
enum ExitStatus : int {
  exitError = 1,
  exitUsage = 2,
  exitTimeout = 124, ///< as timeout(1) says it
  exitTrap = 134,    ///< like a process that aborts (128 + SIGABRT)
};

/// Prints `error` to standard error: "wasm2native: error: mod.wasm:0x1a4: type mismatch", where
/// `file` is what was being worked on. Returns the exit status; an Exit prints nothing and has the
/// program's.
int reportError(const std::string &file, const Error &error);

/// `text` with control characters, and what is no UTF-8, as "\x1b": names are the module's choice,
/// and what is printed must not steer the terminal. Those in `kept` stay.
std::string printable(std::string_view text, std::string_view kept = "");

/// Writes `line` at once, so that lines of several threads do not mix. What cannot be written is
/// lost.
void writeLine(int descriptor, std::string_view line);

/// "1 file", "2 files"; `plural` is for nouns to which more than an s is added.
std::string countText(size_t count, const std::string &noun, const std::string &plural = "");

/// The exit status of a command that ends with `status`: an error if something that it printed
/// could not be written, which it then says.
int statusWithOutput(int status);

/// Ends the process, as statusWithOutput says, without running destructors: what they would unmap,
/// the system unmaps anyway (30 us less of 700).
[[noreturn]] void exitNow(int status);

} // namespace w2n::tool
