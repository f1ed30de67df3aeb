// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The command line of an OCI runtime, as far as it must be understood: which command it is, and of
// which bundle. Everything else is the other runtime's.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace w2n::oci {

struct Arguments {
  /// The runtime that does the work (--runtime, which is ours); empty: the first that is found.
  std::string runtime;
  /// Its arguments: all but our own options.
  std::vector<std::string> passed;
  /// A container is made, by `create` or `run`.
  bool makesContainer = false;
  std::string bundle = ".";
  /// The file to which errors are written besides standard error; empty: none.
  std::string log;
  bool isLogJson = false;
  /// --help or -h before a command: those after it are the other runtime's.
  bool wantsHelp = false;
};

/// `arguments` are without the command's name.
Arguments readArguments(std::span<char *const> arguments);

} // namespace w2n::oci
