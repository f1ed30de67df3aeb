// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The options of a guest: its directories, arguments, limits, network.
#pragma once

#include "runtime/wasi/Bucket.h"
#include "runtime/wasi/Clock.h"
#include "runtime/wasi/ConfigSource.h"
#include "runtime/wasi/HostStream.h"
#include "runtime/wasi/LogLevel.h"
#include "runtime/wasi/Network.h"
#include "runtime/wasi/PathResolver.h"
#include "runtime/wasi/Trace.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace w2n::wasi {

class Node;
class WasiContext;
using TreeMaker = std::function<Result<std::shared_ptr<Node>>(WasiContext &context)>;

struct Preopen {
  std::string hostPath;
  std::string guestPath;
  /// No call may change anything beneath it.
  bool readOnly = false;
  /// Makes the tree that is there instead of a host's directory; once for each guest.
  TreeMaker makeTree = nullptr;
};

/// A call that failed for want of a directory.
struct Refusal {
  /// The path that the guest named; empty if it asked for its directories, and has none.
  std::string_view path;
  Errno error; ///< NotCapable or Badf
};
/// Called on the thread that makes the call.
using RefusalSink = std::function<void(const Refusal &refusal)>;

struct WasiOptions {
  std::vector<std::string> arguments;   ///< the program's name first
  std::vector<std::string> environment; ///< "KEY=VALUE"
  std::vector<Preopen> preopens;
  /// Sockets that listen: host descriptors, borrowed. They follow the directories.
  std::vector<int> listeners;
  /// Host descriptors, borrowed; -1 leaves the guest's 0, 1 or 2 closed.
  int standardInput = 0, standardOutput = 1, standardError = 2;
  /// In place of them, where there is one: standard input, output, error.
  std::array<std::shared_ptr<HostStream>, 3> streams = {};
  /// Whether terminals get the bytes that the guest writes to standard streams, escape sequences
  /// included; otherwise what TerminalOutput.h says.
  bool rawTerminal = false;
  /// Whether writing to a standard stream that is a pipe and that nobody reads raises SIGPIPE, as
  /// it does for a native program, before it fails.
  bool raiseBrokenPipe = false;
  ClockOptions clocks;
  /// Faults that are injected are a function of this one (Chaos.h); none without it.
  std::optional<uint64_t> chaosSeed;
  /// Random numbers are a function of this one.
  std::optional<uint64_t> seed;
  /// The most bytes by which the guest may make its files larger (Quota.h).
  std::optional<uint64_t> quotaBytes;
  /// The most descriptors that are open at a time, those that are given included.
  uint32_t maxOpenFiles = 65536;
  /// The addresses that sockets may reach that the guest makes itself (WASI 0.2).
  NetworkOptions network;
  /// To where the guest may make requests of HTTP (wasi:http).
  std::vector<NetworkRule> httpHosts = {};
  /// The values of wasi:config; names are unique.
  ConfigValues configValues = {};
  /// Asked for what is not among them; may be null.
  std::shared_ptr<ConfigSource> configSource = nullptr;
  /// Gets the messages of wasi:logging; may be empty.
  LogSink log = {};
  /// The buckets that wasi:keyvalue opens; names are unique.
  std::vector<NamedBucket> buckets = {};
  /// Gets a line for each call; may be empty.
  TraceSink trace;
  /// Gets what was refused, but for calls that are traced; may be empty.
  RefusalSink refused;
  /// Whether the functions say where they write (runtime::HostWrites): for instances that are
  /// recorded.
  bool describeWrites = false;
  PathMethod pathMethod = PathMethod::Automatic;
};

} // namespace w2n::wasi
