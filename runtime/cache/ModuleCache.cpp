// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/ModuleCache.h"

#include "lib/artifact/Format.h"
#include "lib/support/File.h"
#include "runtime/cache/Key.h"
#include "runtime/cache/StoreFiles.h"

#include <algorithm>
#include <cstring>
#include <sys/statvfs.h>
#include <unistd.h>

namespace w2n::cache {

namespace {

constexpr const char nativeProcessor[] = "native";

std::string bytesOf(const Digest &digest) {
  return std::string(reinterpret_cast<const char *>(digest.data()), digest.size());
}

std::optional<Digest> digestAtBegin(const std::string &text) {
  Digest digest;
  if (text.size() < digest.size())
    return std::nullopt;
  std::memcpy(digest.data(), text.data(), digest.size());
  return digest;
}

/// A note for a machine without a compiler, which takes what the last compiler of this version
/// stored. It is about no file.
const FileIdentity noFile = {.inode = artifact::formatVersion};

/// The name of the compiler's identity in a remote cache.
Key identityKey() {
  return hashOf("wasm2native compiler of format " + std::to_string(artifact::formatVersion));
}

/// A limit of a compilation that the caller has not limited: for modules that nobody vouches for.
/// All are many times what the largest programs take.
struct DefaultLimit {
  uint64_t least, forEachByte;
  uint64_t of(uint64_t wasmBytes) const { return least + forEachByte * wasmBytes; }
};
constexpr uint64_t mebibyte = 1 << 20;
constexpr DefaultLimit defaultMs = {120'000, 1};
constexpr DefaultLimit defaultMemoryBytes = {2048 * mebibyte, 1024};
constexpr DefaultLimit defaultArtifactBytes = {64 * mebibyte, 64};

w2n_compile_options withLimits(const w2n_compile_options &given, uint64_t wasmBytes) {
  w2n_compile_options options = given;
  const std::pair<uint64_t &, DefaultLimit> limits[] = {
      {options.max_time_ms, defaultMs},
      {options.max_memory_bytes, defaultMemoryBytes},
      {options.max_artifact_bytes, defaultArtifactBytes}};
  for (auto &[limit, byDefault] : limits)
    if (limit == 0)
      limit = byDefault.of(wasmBytes);
  return options;
}

bool namesProcessor(const w2n_compile_options &options) { return options.cpu && *options.cpu; }

/// The code that is compiled for options without a processor: for this one.
w2n_compile_options forThisProcessor(const w2n_compile_options &options) {
  w2n_compile_options wanted = options;
  if (!namesProcessor(options))
    wanted.cpu = nativeProcessor;
  return wanted;
}

Status checkOptions(const w2n_compile_options &options) {
  if (options.emit != W2N_EMIT_SHARED_OBJECT || options.stop_after != W2N_STOP_AFTER_LINK)
    return fail(ErrorKind::Invalid, "a cache holds shared objects only");
  return {};
}

} // namespace

ModuleCache::ModuleCache(std::unique_ptr<Store> store, CompilerLibrary compiler,
                         std::function<void(const std::string &)> warn)
    : stored(std::move(store)), library(std::move(compiler)), warn(std::move(warn)) {}

void ModuleCache::warnOnce(const char *kind, const std::string &text) {
  {
    std::lock_guard lock(mutex);
    if (std::find(warnedOf.begin(), warnedOf.end(), kind) != warnedOf.end())
      return;
    warnedOf.push_back(kind);
  }
  warn(text);
}

bool ModuleCache::hasCompiler() const { return access(library.path().c_str(), F_OK) == 0; }

/// The compiler's identity, as noted when it was last loaded. Two files make it: its own and
/// LLVM's, which the note of the first names, and which has a note that says the same.
std::optional<Digest> ModuleCache::rememberedIdentity() {
  if (!hasCompiler()) {
    const auto last = stored->findNote(noFile);
    return last ? digestAtBegin(*last) : std::nullopt;
  }
  const auto compiler = FileIdentity::at(library.path());
  const auto note = compiler ? stored->findNote(*compiler) : std::nullopt;
  const auto digest = note ? digestAtBegin(*note) : std::nullopt;
  if (!digest)
    return std::nullopt;
  const auto llvm = FileIdentity::at(note->substr(digest->size()));
  if (!llvm)
    return std::nullopt;
  const auto llvmNote = *llvm == *compiler ? note : stored->findNote(*llvm);
  return llvmNote && digestAtBegin(*llvmNote) == digest ? digest : std::nullopt;
}

Result<Digest> ModuleCache::compilerIdentity() {
  std::lock_guard lock(mutex);
  if (!identity)
    identity = rememberedIdentity();
  if (identity)
    return *identity;
  const int64_t taken = nowNanoseconds();
  if (remote && !hasCompiler()) {
    const auto fetched = fetchIdentity();
    if (!fetched)
      warn(fetched.error().text);
    if (fetched && *fetched) {
      identity = *fetched;
      stored->keepNote(noFile, taken, bytesOf(**fetched));
      return *identity;
    }
  }
  const auto before = FileIdentity::at(library.path());
  W2N_TRY(loaded, library.identity());
  identity = loaded.digest;
  const auto compiler = FileIdentity::at(library.path()), llvm = FileIdentity::at(loaded.llvmPath);
  if (compiler && llvm && compiler == before) {
    if (*llvm != *compiler)
      stored->keepNote(*llvm, taken, bytesOf(loaded.digest));
    stored->keepNote(*compiler, taken, bytesOf(loaded.digest) + loaded.llvmPath);
  }
  stored->keepNote(noFile, taken, bytesOf(loaded.digest));
  return *identity;
}

/// A stored artifact; one that must not be used is reported, and removed if its lock is held.
std::optional<Obtained> ModuleCache::findStored(const Key &key, bool isLocked) {
  auto found = stored->find(key);
  if (found && *found && trusted) {
    auto verified = findSigned(key, **found);
    if (verified)
      return std::move(*verified);
    // It stays: others may not ask for a signature.
    warnOnce("unsigned", "not used: " + verified.error().text);
    return std::nullopt;
  }
  if (found && *found)
    return Obtained{Obtained::From::Store, std::move((*found)->file), {}, (*found)->bytes, key};
  if (!found && isLocked) {
    warnOnce("refused", "not used, compiled again: " + found.error().text);
    stored->discard(key);
  }
  return std::nullopt;
}

/// The bytes of a stored artifact, which a trusted key signed for just this entry.
Result<Obtained> ModuleCache::findSigned(const Key &key, const StoredArtifact &artifact) {
  const std::string name = stored->folder() + "/entries/" + hexOf(key);
  const std::string signature = stored->signatureOf(key);
  if (signature.empty())
    return fail(ErrorKind::Invalid, "'" + name + artifactEnd + "' is not signed");
  W2N_TRY(bytes, readDescriptor(artifact.file.get(), name + artifactEnd));
  W2N_CHECK(signing::verify(*trusted, signature, {.content = hashOf(bytes), .entry = key},
                            name + signatureEnd));
  const uint64_t artifactBytes = bytes.size();
  return Obtained{Obtained::From::Store, {}, std::move(bytes), artifactBytes, key};
}

/// Whether `source`, whose bytes have this hash, may be compiled.
Status ModuleCache::requireSigned(const Source &source, const Digest &hash) {
  const auto verified = [&]() -> Status {
    W2N_TRY(signature, signing::readSignatureOf(source.name()));
    W2N_CHECK(signing::verify(*trusted, signature, {.content = hash},
                              source.name() + signing::signatureEnd));
    return {};
  };
  const Status status = verified();
  if (status)
    return {};
  return fail(status.error().kind,
              status.error().text + "; and the cache has no signed artifact of it");
}

/// Another identity than `known` that the remote level has by now, for a machine without a
/// compiler. It is the one to ask for from now on.
std::optional<Digest> ModuleCache::newerIdentity(const Digest &known) {
  if (!remote || hasCompiler())
    return std::nullopt;
  const int64_t taken = nowNanoseconds();
  const auto fetched = fetchIdentity();
  if (!fetched)
    warnOnce("remote", fetched.error().text);
  if (!fetched || !*fetched || **fetched == known)
    return std::nullopt;
  std::lock_guard lock(mutex);
  identity = *fetched;
  stored->keepNote(noFile, taken, bytesOf(**fetched));
  return identity;
}

/// An artifact of at most `maxBytes` from the remote level, which is then stored here, too.
std::optional<Obtained> ModuleCache::fetch(const Key &key, uint64_t maxBytes) {
  auto fetched = remote->fetch(key, maxBytes);
  if (!fetched)
    warnOnce("remote", fetched.error().text);
  if (!fetched || !*fetched)
    return std::nullopt;
  std::vector<uint8_t> &bytes = (*fetched)->bytes;
  const uint64_t artifactBytes = bytes.size();
  auto inserted = stored->insert(key, bytes, Origin::Fetched);
  Status kept = inserted ? Status() : std::unexpected(inserted.error());
  if (kept && !(*fetched)->signature.empty())
    kept = stored->keepSignature(key, (*fetched)->signature);
  if (!kept)
    warnOnce("store", "fetched, but not kept in the cache: " + kept.error().text);
  // Loads the bytes that were verified, not those that lie in the store by now.
  if (!inserted || trusted)
    return Obtained{Obtained::From::Remote, {}, std::move(bytes), artifactBytes, key};
  return Obtained{Obtained::From::Remote, std::move(inserted->file), {}, artifactBytes, key};
}

Status ModuleCache::push(const Key &key) {
  if (!remote || !remote->options().mayWrite)
    return {};
  const std::string signature = stored->signatureOf(key);
  if (signature.empty() && remote->options().trusted)
    return {};
  W2N_TRY(found, stored->find(key));
  if (!found)
    return fail(ErrorKind::Io, "there is no entry " + hexOf(key) + " to store remotely");
  W2N_TRY(bytes, readDescriptor(found->file.get(), hexOf(key)));
  return remote->store(key, bytes, signature);
}

Status ModuleCache::pushIdentity(const SecretKey *secret) {
  if (!remote || !remote->options().mayWrite || (!secret && remote->options().trusted))
    return {};
  if (secret && !hasCompiler())
    return {};
  W2N_TRY(compiler, compilerIdentity());
  const std::string signature =
      secret ? signing::sign(*secret, hashOf(compiler), identityKey()).text() : "";
  return remote->store(identityKey(), compiler, signature, Remote::Existing::Replace);
}

/// The identity of the compiler whose artifacts the remote level has.
Result<std::optional<Digest>> ModuleCache::fetchIdentity() {
  W2N_TRY(fetched, remote->fetch(identityKey(), sizeof(Digest)));
  if (!fetched)
    return std::nullopt;
  return digestAtBegin(std::string(fetched->bytes.begin(), fetched->bytes.end()));
}

bool ModuleCache::maySign(const Key &key, const Record &record, const signing::TrustedKeys &keys) {
  return record.origin == Origin::Compiled ||
         signing::verify(keys, stored->signatureOf(key), {.content = record.content, .entry = key},
                         hexOf(key))
             .has_value();
}

bool ModuleCache::maySign(const Key &key, const signing::TrustedKeys &keys) {
  const auto record = stored->recordOf(key);
  return record && maySign(key, *record, keys);
}

Status ModuleCache::sign(const Key &key, const SecretKey &secret,
                         const signing::TrustedKeys &keys) {
  W2N_TRY(found, stored->find(key));
  if (!found)
    return fail(ErrorKind::Io, "there is no entry " + hexOf(key) + " to sign");
  W2N_TRY(digest, hashOfFile(found->file.get(), hexOf(key)));
  // One record, of just these bytes: the entry may be replaced meanwhile.
  const auto record = stored->recordOf(key);
  if (!record || record->content != digest)
    return fail(ErrorKind::Malformed, "not signed: the entry " + hexOf(key) + " is being replaced");
  if (!maySign(key, *record, keys))
    return fail(ErrorKind::Invalid, "not signed: the entry " + hexOf(key) +
                                        " came from a remote cache, without a signature by a "
                                        "trusted key");
  return stored->keepSignature(key, signing::sign(secret, digest, key).text());
}

Result<Key> ModuleCache::keyFor(Source &source, const w2n_compile_options &options) {
  W2N_CHECK(checkOptions(options));
  W2N_TRY(compiler, compilerIdentity());
  W2N_TRY(hash, source.hash(*stored));
  return keyOf(familyOf(hash, compiler, options), processorOf(options));
}

Result<Obtained> ModuleCache::obtain(Source &source, const w2n_compile_options &options,
                                     OnMiss onMiss) {
  W2N_CHECK(checkOptions(options));
  W2N_TRY(compiler, compilerIdentity());
  W2N_TRY(hash, source.hash(*stored));
  const Key key = keyOf(familyOf(hash, compiler, options), processorOf(options));
  if (auto found = findStored(key, /*isLocked=*/false))
    return std::move(*found);
  return compile(source, hash, options, onMiss);
}

/// Compiles what is not there, under the lock of its key if it can be had.
Result<Obtained> ModuleCache::compile(Source &source, Digest hash,
                                      const w2n_compile_options &options, OnMiss onMiss) {
  W2N_TRY(compiler, compilerIdentity());
  bool isIdentityAsked = !onMiss.asksRemote;
  while (true) {
    const Digest family = familyOf(hash, compiler, options);
    const std::string processor = processorOf(options);
    const Key key = keyOf(family, processor);
    auto lock = stored->lock(key, onMiss.needsLock ? KeyLock::noWait : stored->longestWait());
    if (onMiss.needsLock && !(lock && lock->isHeld()))
      return fail(ErrorKind::Io, "the lock of the entry " + hexOf(key) + " cannot be had");
    if (!lock)
      warnOnce("lock", "another process has held the lock of an entry for " +
                           std::to_string(stored->longestWait().count()) +
                           " s: compiled without waiting any longer");
    if (auto found = findStored(key, /*isLocked=*/lock.has_value()))
      return std::move(*found);
    if (remote && onMiss.asksRemote) {
      const uint64_t maxBytes = withLimits(options, source.size()).max_artifact_bytes;
      if (auto fetched = fetch(key, maxBytes)) {
        stored->addProcessor(family, processor);
        return std::move(*fetched);
      }
    }
    // The fleet may have a new compiler since this machine has asked for its identity.
    if (const auto newer = isIdentityAsked ? std::nullopt : newerIdentity(compiler)) {
      compiler = *newer;
      isIdentityAsked = true;
      continue;
    }
    W2N_TRY(wasm, source.read());
    if (const Digest hashOfBytes = hashOf(wasm); hashOfBytes != hash) {
      // The file has changed since it was hashed: what is compiled must be what the key says.
      hash = hashOfBytes;
      continue;
    }
    if (trusted) {
      W2N_CHECK(requireSigned(source, hash));
      // Others that wait for the lock would find nothing afterwards.
      lock.reset();
    }
    W2N_TRY(artifact, library.compile(wasm, withLimits(options, wasm.size())));
    const uint64_t artifactBytes = artifact.size();
    if (trusted) {
      warnOnce("trusted", "compiled, but not kept in the cache, which must have signed artifacts");
      return Obtained{Obtained::From::Compiler, Descriptor(), std::move(artifact), artifactBytes,
                      key};
    }
    auto inserted = stored->insert(key, artifact);
    if (inserted) {
      stored->addProcessor(family, processor);
      if (Status pushed = onMiss.asksRemote ? push(key) : Status(); !pushed)
        warnOnce("remote", pushed.error().text);
      return Obtained{Obtained::From::Compiler, std::move(inserted->file), {}, artifactBytes, key};
    }
    warnOnce("store", "compiled, but not kept in the cache: " + inserted.error().text);
    return Obtained{Obtained::From::Compiler, Descriptor(), std::move(artifact), artifactBytes,
                    key};
  }
}

namespace {

/// Whether nothing may run from the file system of `file`.
bool isOnNoexec(int file) {
  struct statvfs status;
  return fstatvfs(file, &status) == 0 && (status.f_flag & ST_NOEXEC);
}

} // namespace

Result<std::shared_ptr<const runtime::Module>> ModuleCache::loadObtained(const Obtained &obtained,
                                                                         const std::string &name) {
  if (!obtained.file)
    return runtime::Module::loadBytes(obtained.bytes, name);
  if (isOnNoexec(obtained.file.get())) {
    warnOnce("noexec", "'" + stored->folder() +
                           "' is mounted noexec: artifacts of the cache are "
                           "copied into memory");
    W2N_TRY(bytes, readDescriptor(obtained.file.get(), name));
    return runtime::Module::loadBytes(bytes, name);
  }
  // The store has compared all of it with its hash.
  return runtime::Module::loadDescriptor(obtained.file.get(), name,
                                         {runtime::LoadOptions::Verify::Structure});
}

/// One that was stored for another processor but runs here: the last by name, so that x86-64-v3
/// comes before x86-64-v2. Fails if there is none.
Result<std::shared_ptr<const runtime::Module>>
ModuleCache::loadForOtherProcessor(const Digest &family, const std::string &name) {
  std::vector<std::string> processors = stored->processorsOf(family);
  std::sort(processors.rbegin(), processors.rend());
  for (const std::string &processor : processors)
    if (auto found = findStored(keyOf(family, processor), /*isLocked=*/false))
      if (auto module = loadObtained(*found, name))
        return module;
  return fail(ErrorKind::Unsupported, "nothing in the cache is for this processor");
}

/// Loads the artifact that the store has for `options`; with no processor in them, one for just
/// this processor first. Null if it has nothing.
Result<std::shared_ptr<const runtime::Module>>
ModuleCache::loadStored(Source &source, const std::string &name,
                        const w2n_compile_options &options) {
  const w2n_compile_options wanted = forThisProcessor(options);
  W2N_CHECK(checkOptions(wanted));
  W2N_TRY(compiler, compilerIdentity());
  W2N_TRY(hash, source.hash(*stored));
  const Digest family = familyOf(hash, compiler, wanted);
  if (const auto found = findStored(keyOf(family, processorOf(wanted)), /*isLocked=*/false))
    return loadObtained(*found, name);
  if (namesProcessor(options))
    return nullptr;
  auto other = loadForOtherProcessor(family, name);
  return other ? *other : nullptr;
}

Result<std::shared_ptr<const runtime::Module>>
ModuleCache::loadReady(Source &source, const std::string &name,
                       const w2n_compile_options &options) {
  W2N_TRY(module, loadStored(source, name, options));
  if (module || !remote)
    return module;
  const w2n_compile_options wanted = forThisProcessor(options);
  W2N_TRY(compiler, compilerIdentity());
  W2N_TRY(hash, source.hash(*stored));
  const Digest family = familyOf(hash, compiler, wanted);
  const std::string processor = processorOf(wanted);
  const auto fetched =
      fetch(keyOf(family, processor), withLimits(wanted, source.size()).max_artifact_bytes);
  if (!fetched)
    return nullptr;
  stored->addProcessor(family, processor);
  return loadObtained(*fetched, name);
}

Result<std::shared_ptr<const runtime::Module>> ModuleCache::load(Source &source,
                                                                 const std::string &name,
                                                                 const w2n_compile_options &options,
                                                                 OnMiss onMiss) {
  W2N_TRY(module, loadStored(source, name, options));
  if (module)
    return module;
  W2N_TRY(obtained, obtain(source, forThisProcessor(options), onMiss));
  return loadObtained(obtained, name);
}

} // namespace w2n::cache
