// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A script's modules, compiled before the script runs: on this machine, for another processor.
//
// A folder has an artifact for each module, "NAME.so", or the error that compiling it ended with,
// "NAME.error".
#pragma once

#include "include/wasm2native/compiler.h"
#include "runtime/core/Module.h"
#include "test/spec/Value.h"

#include <filesystem>

namespace w2n::spec {

/// Compiles every module that `commands` instantiate or define, those of their threads, too.
/// Modules that are to be refused are left to whoever runs the script. Errors: Io.
Status compileScript(const Json &commands, const std::filesystem::path &scriptFolder,
                     const w2n_compile_options &options,
                     const std::filesystem::path &artifactFolder);

/// Loads what compileScript has made of the module in the script's file `name`. Errors: those of
/// compiling, and of runtime::Module::load.
Result<std::shared_ptr<const runtime::Module>>
loadCompiled(const std::filesystem::path &artifactFolder, const std::string &name);

/// The file of the module that a command is about.
std::string moduleFileOf(const Json &command);

} // namespace w2n::spec
