// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Compiles a module once, and finds the artifact ever after.
#pragma once

#include "runtime/cache/CompilerLibrary.h"
#include "runtime/cache/Source.h"
#include "runtime/cache/Store.h"
#include "runtime/core/Module.h"

#include <functional>

namespace w2n::cache {

/// An artifact, from the store or just compiled.
struct Obtained {
  enum class From : uint8_t { Store, Compiler } from;
  /// Empty if it could not be stored; then `bytes` are the artifact.
  Descriptor file;
  std::vector<uint8_t> bytes;
  uint64_t artifactBytes;
  Key key;
};

/// Threads: any, for every member.
class ModuleCache {
public:
  /// `warn` gets texts about what does not go as it should although the work is done: each kind
  /// once. It may be called from any thread that uses the cache.
  ModuleCache(std::unique_ptr<Store> store, CompilerLibrary compiler,
              std::function<void(const std::string &)> warn);

  Store &store() { return *stored; }
  const CompilerLibrary &compiler() const { return library; }

  /// The key of the artifact of `source` for exactly `options`. Errors: Io; Invalid if `options`
  /// make something else than an artifact.
  Result<Key> keyFor(Source &source, const w2n_compile_options &options);

  /// Finds the artifact of `source` for exactly `options`, or compiles and stores it; waits while
  /// another process or thread does that. Errors: those of compiling; Io if `source` cannot be
  /// read.
  Result<Obtained> obtain(Source &source, const w2n_compile_options &options);

  /// Obtains and loads. With no processor in `options`, any artifact that was stored for this
  /// architecture and that this machine can run is taken, one for just this processor first; if
  /// there is none, it is compiled for this processor. Errors: also those of Module::load.
  Result<std::shared_ptr<const runtime::Module>> load(Source &source, const std::string &name,
                                                      const w2n_compile_options &options);

private:
  Result<Digest> compilerIdentity();
  std::optional<Digest> rememberedIdentity();
  Result<std::shared_ptr<const runtime::Module>> loadForOtherProcessor(const Digest &family,
                                                                       const std::string &name);
  Result<Obtained> compile(Source &source, Digest hash, const w2n_compile_options &options);
  std::optional<Obtained> findStored(const Key &key, bool isLocked);
  void warnOnce(const char *kind, const std::string &text);

  std::unique_ptr<Store> stored;
  CompilerLibrary library;
  std::function<void(const std::string &)> warn;
  std::mutex mutex; ///< of what follows
  std::vector<std::string> warnedOf;
  std::optional<Digest> identity;
};

} // namespace w2n::cache
