// WASI preview 1 for an instance: what the guest was given, and the functions of
// `wasi_snapshot_preview1` on it. A guest has its arguments and the standard streams, and of the
// file system only what lies beneath its preopened directories.
#pragma once

#include "runtime/core/Instance.h"
#include "runtime/wasi/FileTable.h"
#include "runtime/wasi/PathResolver.h"

#include <memory>
#include <string>
#include <vector>

namespace w2n::wasi {

struct Preopen {
  std::string hostPath;
  std::string guestPath;
  /// No call may change anything beneath it.
  bool readOnly = false;
};

struct WasiOptions {
  std::vector<std::string> arguments;   ///< the program's name first
  std::vector<std::string> environment; ///< "KEY=VALUE"
  std::vector<Preopen> preopens;
  /// Host descriptors, borrowed; -1 leaves the guest's 0, 1 or 2 closed.
  int standardInput = 0, standardOutput = 1, standardError = 2;
  /// Whether writing to a pipe that nobody reads raises SIGPIPE, as it does for a native program,
  /// before it fails.
  bool raiseBrokenPipe = false;
  PathMethod pathMethod = PathMethod::Automatic;
};

/// One guest's world. Threads: any, so that the threads of a guest can share it.
class WasiContext : public std::enable_shared_from_this<WasiContext> {
public:
  /// Opens the preopened directories. Errors: Io, naming the directory.
  static Result<std::shared_ptr<WasiContext>> create(WasiOptions options);

  /// The function `name` of `wasi_snapshot_preview1`, or nullopt: the shape of a runtime::Resolver.
  /// The function keeps the context alive; it acts on memory 0 of the instance that calls it.
  std::optional<runtime::Extern> find(std::string_view module, std::string_view name,
                                      wasm::ExternKind kind);

  const std::vector<std::string> &arguments() const { return options.arguments; }
  const std::vector<std::string> &environment() const { return options.environment; }
  bool raisesBrokenPipe() const { return options.raiseBrokenPipe; }
  FileTable files;
  PathResolver paths;

private:
  explicit WasiContext(WasiOptions options)
      : paths(options.pathMethod), options(std::move(options)) {}
  void addStandardStream(int host, Rights base);
  Status addPreopen(const Preopen &preopen);

  WasiOptions options;
};

} // namespace w2n::wasi
