#include "tools/wasm2native/LoadModule.h"

#include "lib/support/File.h"
#include "tools/wasm2native/FileKind.h"
#include "tools/wasm2native/Progress.h"

#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace w2n::tool {

namespace {

using ModuleResult = Result<std::shared_ptr<const runtime::Module>>;

Status writeAll(int file, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR)
      return fail(ErrorKind::Io,
                  std::string("cannot write a compiled module to memory: ") + strerror(errno));
    bytes = bytes.subspan(written < 0 ? 0 : size_t(written));
  }
  return {};
}

} // namespace

// What is mapped outlives the descriptor.
ModuleResult loadFromMemory(std::span<const uint8_t> artifact) {
  int file = memfd_create("wasm2native", MFD_CLOEXEC);
  if (file < 0)
    return fail(ErrorKind::Io, std::string("cannot make a file in memory: ") + strerror(errno));
  Status written = writeAll(file, artifact);
  ModuleResult module = written ? runtime::Module::load("/proc/self/fd/" + std::to_string(file))
                                : ModuleResult(std::unexpected(written.error()));
  close(file);
  return module;
}

ModuleResult loadModule(const std::string &path, const compiler::CompileOptions &options) {
  if (path != "-" && fileKindAt(path) == FileKind::Elf)
    return runtime::Module::load(path);
  W2N_TRY(bytes, readFile(path));
  switch (fileKindOf(bytes)) {
  case FileKind::Elf:
    return loadFromMemory(bytes);
  case FileKind::Wasm: {
    W2N_TRY(artifact, compileWithProgress(bytes, options));
    return loadFromMemory(artifact);
  }
  case FileKind::Other:
    break;
  }
  return fail(ErrorKind::Malformed, "neither a WebAssembly module nor a compiled artifact");
}

} // namespace w2n::tool
