// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// WASI preview 1 for an instance: what the guest was given, and the functions of
// `wasi_snapshot_preview1` on it. A guest has its arguments and the standard streams, and of the
// file system only what lies beneath its preopened directories.
#pragma once

#include "runtime/core/Instance.h"
#include "runtime/wasi/Chaos.h"
#include "runtime/wasi/DirectoryCookies.h"
#include "runtime/wasi/FileTable.h"
#include "runtime/wasi/Options.h"
#include "runtime/wasi/Quota.h"
#include "runtime/wasi/Random.h"
#include "runtime/wasi/TerminalOutput.h"

#include <memory>

namespace w2n::wasi {

/// One guest's world. Threads: any, so that the threads of a guest can share it.
class WasiContext : public std::enable_shared_from_this<WasiContext> {
public:
  /// Opens the preopened directories. Errors: Io, naming the directory; Limit (more than
  /// `maxOpenFiles`); Invalid (a listener is no socket).
  static Result<std::shared_ptr<WasiContext>> create(WasiOptions options);

  /// The function `name` of `wasi_snapshot_preview1` or `wasi_unstable`, or nullopt: the shape of a
  /// runtime::Resolver.
  /// The function keeps the context alive; it acts on memory 0 of the instance that calls it.
  std::optional<runtime::Extern> find(std::string_view module, std::string_view name,
                                      wasm::ExternKind kind);

  const std::vector<std::string> &arguments() const { return options.arguments; }
  const std::vector<std::string> &environment() const { return options.environment; }
  /// Empty if nobody wants it.
  const TraceSink &trace() const { return options.trace; }
  const RefusalSink &refused() const { return options.refused; }
  uint32_t maxOpenFiles() const { return options.maxOpenFiles; }
  const ConfigValues &configValues() const { return options.configValues; }
  ConfigSource *configSource() const { return options.configSource.get(); }
  const std::vector<NamedBucket> &buckets() const { return options.buckets; }
  const LogSink &log() const { return options.log; }
  bool raisesBrokenPipe() const { return options.raiseBrokenPipe; }
  // Before the files, which refer to them.
  const std::shared_ptr<Chaos> chaos;
  CookieBudget cookieBudget;
  std::mutex terminalTurn;
  FileTable files;
  PathResolver paths;
  Clocks clocks;
  RandomSource random;
  Quota quota;
  /// The descriptor that stands for files of trees in waits (FileTable.h); opened with the first.
  Descriptor alwaysReady;
  NetworkPolicy network;

private:
  explicit WasiContext(WasiOptions options)
      : chaos(options.chaosSeed ? std::make_shared<Chaos>(*options.chaosSeed) : nullptr),
        files(options.maxOpenFiles, chaos), paths(options.pathMethod),
        clocks(options.clocks, chaos), random(options.seed), quota(options.quotaBytes),
        network(options.network), options(std::move(options)) {}
  void addStandardStream(int host, Rights base, const std::shared_ptr<HostStream> &stream);
  Status addPreopen(const Preopen &preopen);
  Status addTree(const Preopen &preopen);
  Status addListener(int host);
  runtime::HostCallback bodyOf(const Call &call);

  WasiOptions options;
};

} // namespace w2n::wasi
