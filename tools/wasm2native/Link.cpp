// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native link: a main module and its side modules as one artifact, or one module.
#include "lib/dylink/LinkModules.h"
#include "lib/support/File.h"
#include "lib/wasm/Features.h"
#include "runtime/cache/Settings.h"
#include "tools/wasm2native/CodegenOptions.h"
#include "tools/wasm2native/CompileOverrun.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/FileKind.h"
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/LoadCompiler.h"
#include "tools/wasm2native/Progress.h"
#include "tools/wasm2native/Subcommands.h"

namespace w2n::tool {

namespace {

constexpr OptionRow rows[] = {
    {"o,output", "FILE", "where to write; '-' is standard output", "Output"},
    {"emit", "KIND", "so (default), or wasm: the linked module", "Output"},
    {"target", "NAME", "x86_64, aarch64, riscv64 or a triple (default: this machine)", "Code"},
    {"allow-undefined", nullptr,
     "functions of 'env' that no module defines stay imports, for the host", "Linking"},
    {"stack-size", "BYTES", "the stack of a main module that can be placed anywhere (default: 1M)",
     "Linking"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example examples[] = {
    {"wasm2native link main.wasm side.wasm -o app.so", "main.wasm with what it has from side.wasm"},
    {"wasm2native link --emit=wasm main.wasm a.wasm b.wasm -o app.wasm", "as one module"},
};

constexpr Choice<bool> emissions[] = {{"so", false}, {"wasm", true}};

struct Request {
  w2n_compile_options compile;
  dylink::LinkOptions link;
  bool emitsWasm = false;
  std::string output;
  std::vector<std::string> inputs;
};

std::expected<Request, std::string> readRequest(const CommandLine &line) {
  Request request;
  W2N_TRY(compile, readCodegenOptions(line));
  request.compile = compile;
  request.compile.target = keepText(line.value("target"));
  W2N_TRY(emitsWasm, choose(line, "emit", false, emissions));
  request.emitsWasm = emitsWasm;
  auto features = wasm::parseFeatures(line.value("features"));
  if (!features)
    return std::unexpected("--features: " + features.error().text);
  request.link.features = *features;
  request.link.allowUndefined = line.has("allow-undefined");
  if (line.has("stack-size")) {
    constexpr uint64_t maxStackBytes = uint64_t(1) << 30;
    const std::string text = line.value("stack-size");
    // parseSize is for sizes of at least 1.
    const Result<uint64_t> bytes = text == "0" ? 0 : cache::parseSize(text, "--stack-size");
    if (!bytes)
      return std::unexpected(bytes.error().text);
    if (*bytes > maxStackBytes)
      return std::unexpected("--stack-size is '" + text + "', most is 1G");
    request.link.stackBytes = uint32_t(*bytes);
  }
  request.output = line.value("output");
  request.inputs = line.positional();
  if (request.inputs.empty())
    return std::unexpected("no input file");
  if (request.output.empty())
    return std::unexpected("no output file: -o FILE");
  return request;
}

std::expected<std::vector<uint8_t>, dylink::LinkError> linkFiles(const Request &request) {
  std::vector<std::vector<uint8_t>> contents;
  for (const std::string &path : request.inputs) {
    auto bytes = readFile(path);
    Status isModule = bytes ? requireModule(*bytes, path) : std::unexpected(bytes.error());
    if (!isModule)
      return std::unexpected(dylink::LinkError{path, std::move(isModule).error()});
    contents.push_back(std::move(*bytes));
  }
  std::vector<dylink::LinkInput> inputs;
  for (size_t i = 0; i < contents.size(); ++i)
    inputs.push_back({request.inputs[i], contents[i]});
  return dylink::linkModules(inputs, request.link);
}

} // namespace

constinit const CommandSpec linkSpec = {
    .name = "wasm2native link",
    .usage = "[OPTION...] MAIN.wasm SIDE.wasm... -o FILE",
    .summary = "Links a WebAssembly module with the side modules that it is dynamically linked "
               "with elsewhere, ahead of time.",
    .options = rows,
    .sharedOptions = codegenOptions,
    .epilogue =
        "\nSide modules are what 'wasm-ld -shared' and 'emcc -sSIDE_MODULE' make. MAIN.wasm "
        "is linked with -pie,\nor has its own memory and imports what the others export.\n",
    .examples = examples};

int linkMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(linkSpec, arguments);
  if (!line)
    return usageError(linkSpec, line.error());
  if (line->has("help"))
    return printHelp(linkSpec);
  auto request = readRequest(*line);
  if (!request)
    return usageError(linkSpec, request.error());
  auto linked = linkFiles(*request);
  if (!linked)
    return reportError(linked.error().file, linked.error().error);
  const std::string &mainFile = request->inputs.front();
  if (!request->emitsWasm) {
    endAtCompileOverrun(mainFile);
    auto artifact = compileWithProgress(*linked, request->compile);
    if (!artifact)
      return reportError(mainFile, artifact.error());
    linked = std::move(*artifact);
  }
  if (auto written = writeFileAtomically(request->output, *linked); !written)
    return reportError(request->output, written.error());
  return 0;
}

} // namespace w2n::tool
