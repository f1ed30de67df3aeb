#include "tools/wasm2native/LoadModule.h"

#include "lib/support/File.h"
#include "tools/wasm2native/FileKind.h"
#include "tools/wasm2native/Progress.h"

namespace w2n::tool {

using ModuleResult = Result<std::shared_ptr<const runtime::Module>>;

ModuleResult loadModule(const std::string &path, const compiler::CompileOptions &options,
                        const runtime::LoadOptions &load) {
  if (path != "-" && fileKindAt(path) == FileKind::Elf)
    return runtime::Module::load(path, load);
  W2N_TRY(bytes, readFile(path));
  switch (fileKindOf(bytes)) {
  case FileKind::Elf:
    return runtime::Module::loadBytes(bytes, path, load);
  case FileKind::Wasm: {
    W2N_TRY(artifact, compileWithProgress(bytes, options));
    return runtime::Module::loadBytes(artifact, path, load);
  }
  case FileKind::Other:
    break;
  }
  return fail(ErrorKind::Malformed, "neither a WebAssembly module nor a compiled artifact");
}

} // namespace w2n::tool
