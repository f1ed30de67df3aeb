// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/LoadModule.h"
#include "tools/wasm2native/CompileOverrun.h"

#include "lib/support/File.h"
#include "runtime/signing/SignedModule.h"
#include "tools/wasm2native/FileKind.h"
#include "tools/wasm2native/LoadCompiler.h"
#include "tools/wasm2native/OciImage.h"
#include "tools/wasm2native/Progress.h"
#include "tools/wasm2native/TierUp.h"

namespace w2n::tool {

namespace {

using ModuleResult = Result<std::shared_ptr<const runtime::Module>>;

/// For this process; null if there is none.
cache::ModuleCache *processCache(const CacheChoice &choice) {
  static const std::unique_ptr<cache::ModuleCache> cache = [&] {
    if (choice.isOff)
      return std::unique_ptr<cache::ModuleCache>();
    auto store = openStore(choice);
    if (store) {
      auto made = cacheOn(std::move(*store));
      made->trustOnly(choice.trusted);
      if (choice.remote)
        made->useRemote(*choice.remote);
      return made;
    }
    printWarning("the cache is not used: " + store.error().text);
    return std::unique_ptr<cache::ModuleCache>();
  }();
  return cache.get();
}

Status requireSignature(const signing::TrustedKeys &keys, std::span<const uint8_t> wasm,
                        const std::string &file) {
  W2N_TRY(signature, signing::readSignatureOf(file));
  W2N_CHECK(
      signing::verify(keys, signature, {.content = hashOf(wasm)}, file + signing::signatureEnd));
  return {};
}

/// `path` is the name for messages, and `file` the one whose signature counts.
ModuleResult loadSource(cache::Source &source, const std::string &path, const std::string &file,
                        w2n_compile_options options, const CacheChoice &choice) {
  endAtCompileOverrun(path);
  Progress progress;
  progress.watch(options);
  // A signed module of an image is compiled into memory: the cache looks for signatures by path.
  const bool isUncached = choice.trusted && path.starts_with(ociPrefix);
  if (cache::ModuleCache *cache = isUncached ? nullptr : processCache(choice))
    return choice.isTiered ? loadTiered(*cache, source, path, options, choice)
                           : cache->load(source, path, options);
  // Code that is compiled here runs here, and may use all of this processor.
  if (!options.cpu)
    options.cpu = "native";
  W2N_TRY(wasm, source.read());
  if (choice.trusted)
    W2N_CHECK(requireSignature(*choice.trusted, wasm, file));
  W2N_TRY(artifact, compileWithLibrary(wasm, options));
  return runtime::Module::loadBytes(artifact, path);
}

ModuleResult loadImage(const std::string &name, const w2n_compile_options &options,
                       const CacheChoice &choice) {
  W2N_TRY(image, readOciModule(name));
  if (fileKindOf(image.bytes) != FileKind::Wasm)
    return wrongFile(image.bytes, "the layer of the image is no WebAssembly module");
  auto source = cache::Source::of(image.bytes);
  return loadSource(source, name, image.path, options, choice);
}

} // namespace

ModuleResult loadModule(const std::string &path, const w2n_compile_options &options,
                        const CacheChoice &choice, const runtime::LoadOptions &load) {
  if (path.starts_with(ociPrefix))
    return loadImage(path, options, choice);
  const FileKind kind = path == "-" ? FileKind::Other : fileKindAt(path);
  if (kind == FileKind::Elf && choice.trusted)
    return signing::loadSigned(path, *choice.trusted, load);
  if (kind == FileKind::Elf)
    return runtime::Module::load(path, load);
  W2N_TRY(source, cache::Source::open(path));
  if (kind == FileKind::Wasm)
    return loadSource(source, path, path, options, choice);
  // Standard input, or a pipe: what it is, its bytes say.
  W2N_TRY(bytes, source.read());
  switch (fileKindOf(bytes)) {
  case FileKind::Elf:
    if (choice.trusted)
      return fail(ErrorKind::Invalid, "not signed: artifacts in a pipe have no signature");
    return runtime::Module::loadBytes(bytes, path, load);
  case FileKind::Wasm:
    return loadSource(source, path, path, options, choice);
  case FileKind::Other:
    break;
  }
  return wrongFile(bytes, "neither a WebAssembly module nor a compiled artifact");
}

} // namespace w2n::tool
