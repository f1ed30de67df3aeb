// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Compiles a module once, and finds the artifact ever after.
#pragma once

#include "runtime/cache/CompilerLibrary.h"
#include "runtime/cache/Remote.h"
#include "runtime/cache/Source.h"
#include "runtime/cache/Store.h"
#include "runtime/core/Module.h"
#include "runtime/signing/Signature.h"

#include <functional>

namespace w2n::cache {

/// An artifact, from the store or just compiled.
struct Obtained {
  enum class From : uint8_t { Store, Remote, Compiler } from;
  /// Empty if it could not be stored, or its signature was verified; then `bytes` are the artifact.
  Descriptor file;
  std::vector<uint8_t> bytes;
  uint64_t artifactBytes;
  Key key;
};

/// The answer to a miss of the store.
struct OnMiss {
  bool asksRemote = true;
  /// Fails with Io, and compiles nothing, if another process does that at the moment, or if what
  /// comes of it could not be kept.
  bool needsLock = false;
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

  /// From now on, only artifacts that one of `keys` signed for just their key are taken from the
  /// store, and only modules that one of them signed are compiled, without being stored. Before
  /// other threads use the cache.
  void trustOnly(std::shared_ptr<const signing::TrustedKeys> keys) { trusted = std::move(keys); }

  /// From now on, what is not in the store is asked for there, and, if that is wanted, what was
  /// compiled is stored there. Before other threads use the cache.
  void useRemote(RemoteOptions options) {
    remote = std::make_unique<Remote>(*stored, std::move(options));
  }

  /// Stores the artifact of `key` remotely, with its signature; without one only where the remote
  /// itself is trusted. Errors: Io, Malformed, Unsupported.
  Status push(const Key &key);

  /// Stores the compiler's identity remotely, signed if there is a `secret`: nodes without a
  /// compiler ask for its artifacts. Of a compiler that is not here, nothing is signed. Errors: as
  /// above.
  Status pushIdentity(const SecretKey *secret);

  /// Whether the artifact of `key` may be signed: it was compiled here, or came from a remote with
  /// a signature by one of `keys`. Whoever else made it must not have it signed by us.
  bool maySign(const Key &key, const signing::TrustedKeys &keys);

  /// Signs the artifact of `key`, if it is stored and may be signed. Errors: Io, Malformed; Invalid
  /// if it may not.
  Status sign(const Key &key, const SecretKey &secret, const signing::TrustedKeys &keys);

  /// The key of the artifact of `source` for exactly `options`. Errors: Io; Invalid if `options`
  /// make something else than an artifact.
  Result<Key> keyFor(Source &source, const w2n_compile_options &options);

  /// Finds the artifact of `source` for exactly `options`, or compiles and stores it; waits while
  /// another process or thread does that. Errors: those of compiling; Io if `source` cannot be
  /// read.
  Result<Obtained> obtain(Source &source, const w2n_compile_options &options, OnMiss onMiss = {});

  /// Obtains and loads. With no processor in `options`, any artifact that was stored for this
  /// architecture and that this machine can run is taken, one for just this processor first; if
  /// there is none, it is compiled for this processor. Errors: also those of Module::load.
  Result<std::shared_ptr<const runtime::Module>> load(Source &source, const std::string &name,
                                                      const w2n_compile_options &options,
                                                      OnMiss onMiss = {});

  /// Loads as `load` does what need not be compiled: from the store, or from the remote level. Null
  /// if there is nothing. Errors: as above.
  Result<std::shared_ptr<const runtime::Module>> loadReady(Source &source, const std::string &name,
                                                           const w2n_compile_options &options);

private:
  bool maySign(const Key &key, const Record &record, const signing::TrustedKeys &keys);
  bool hasCompiler() const;
  Result<Digest> compilerIdentity();
  std::optional<Digest> rememberedIdentity();
  Result<std::shared_ptr<const runtime::Module>> loadForOtherProcessor(const Digest &family,
                                                                       const std::string &name);
  Result<Obtained> compile(Source &source, Digest hash, const w2n_compile_options &options,
                           OnMiss onMiss);
  Result<std::shared_ptr<const runtime::Module>> loadStored(Source &source, const std::string &name,
                                                            const w2n_compile_options &options);
  std::optional<Obtained> findStored(const Key &key, bool isLocked);
  Result<std::shared_ptr<const runtime::Module>> loadObtained(const Obtained &obtained,
                                                              const std::string &name);
  std::optional<Obtained> fetch(const Key &key, uint64_t maxBytes);
  Result<std::optional<Digest>> fetchIdentity();
  std::optional<Digest> newerIdentity(const Digest &known);
  Result<Obtained> findSigned(const Key &key, const StoredArtifact &artifact);
  Status requireSigned(const Source &source, const Digest &hash);
  void warnOnce(const char *kind, const std::string &text);

  std::unique_ptr<Store> stored;
  CompilerLibrary library;
  std::function<void(const std::string &)> warn;
  std::shared_ptr<const signing::TrustedKeys> trusted; ///< null: whatever the store has
  std::unique_ptr<Remote> remote;                      ///< null: there is none
  std::mutex mutex;                                    ///< of what follows
  std::vector<std::string> warnedOf;
  std::optional<Digest> identity;
};

} // namespace w2n::cache
