// A file of either kind as a module that can be instantiated.
#pragma once

#include "compiler/driver/Compile.h"
#include "runtime/core/Module.h"

namespace w2n::tool {

/// Loads `path`: a compiled artifact as it is, a WebAssembly module by compiling it into memory
/// first. Its first bytes decide, not its name; "-" is standard input. Errors: those of loading and
/// compiling; Malformed if it is neither.
Result<std::shared_ptr<const runtime::Module>> loadModule(const std::string &path,
                                                          const compiler::CompileOptions &options,
                                                          const runtime::LoadOptions &load);

} // namespace w2n::tool
