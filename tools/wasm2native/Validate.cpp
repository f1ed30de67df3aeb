// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native validate: whether modules and components are valid. Needs no compiler.
#include "lib/component/Component.h"
#include "lib/component/ValidateComponent.h"
#include "lib/support/File.h"
#include "lib/wasm/Features.h"
#include "lib/wasm/Module.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/FileKind.h"
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/Subcommands.h"

#include <cstdio>

namespace w2n::tool {

namespace {

constexpr OptionRow validateRows[] = {
    {"features", "LIST",
     "WebAssembly proposals to allow: wasm2,+memory64 (default: all; 'wasm2native --features=help' "
     "lists them)",
     "Validation"},
    {"v,verbose", nullptr, "also name the modules that are valid", "Output"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example validateExamples[] = {
    {"wasm2native validate mod.wasm", "says nothing if it is valid"},
    {"wasm2native validate --features=wasm2 *.wasm", "without newer proposals"},
};

Status validateFile(const std::string &path, wasm::FeatureSet features) {
  W2N_TRY(bytes, readFile(path));
  W2N_CHECK(requireModule(bytes, path));
  if (component::kindOf(bytes) == component::BinaryKind::Component) {
    W2N_TRY(decoded, component::decodeComponent(bytes));
    component::Types types;
    W2N_CHECK(component::validateComponent(decoded, types));
    return {};
  }
  W2N_TRY(module, wasm::decodeModule(bytes, features));
  return wasm::validateModule(module);
}

} // namespace

constinit const CommandSpec validateSpec = {
    .name = "wasm2native validate",
    .usage = "[OPTION...] FILE.wasm...",
    .summary = "Checks that WebAssembly modules and components are valid.",
    .options = validateRows,
    .sharedOptions = {},
    .epilogue = "\nThe exit status is 0 if all are valid, else 1. FILE '-' is standard input.\n",
    .examples = validateExamples};

int validateMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(validateSpec, arguments);
  if (!line)
    return usageError(validateSpec, line.error());
  if (line->has("help"))
    return printHelp(validateSpec);
  auto features = wasm::parseFeatures(line->value("features"));
  if (!features)
    return usageError(validateSpec, "--features: " + features.error().text);
  if (line->positional().empty())
    return usageError(validateSpec, "no input file");
  int status = 0;
  for (const std::string &path : line->positional()) {
    if (auto valid = validateFile(path, *features); !valid)
      status = reportError(path, valid.error());
    else if (line->has("verbose"))
      printf("%s: valid\n", printable(path).c_str());
  }
  return status;
}

} // namespace w2n::tool
