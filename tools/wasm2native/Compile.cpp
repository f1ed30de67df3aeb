// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native [compile]: a WebAssembly module becomes a native shared object.
#include "lib/artifact/Format.h"
#include "lib/support/File.h"
#include "lib/wasm/Features.h"
#include "tools/wasm2native/CodegenOptions.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/LoadCompiler.h"
#include "tools/wasm2native/Preinit.h"
#include "tools/wasm2native/Progress.h"
#include "tools/wasm2native/Subcommands.h"
#include "tools/wasm2native/WasiOptions.h"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <optional>
#include <unistd.h>

namespace w2n::tool {

using compiler::CompileOptions;
using compiler::Emit;
using compiler::StopAfter;

namespace {

constexpr OptionRow rows[] = {
    {"o,output", "FILE",
     "where to write; '-' is standard output (default: FILE.so beside FILE); with several targets, "
     "their names go before the extension",
     "Output"},
    {"emit", "KIND", "so (default), obj, asm or llvm-ir; with --preinit also wasm", "Output"},
    {"stop-after", "PHASE",
     "decode, validate: write nothing; lower, optimize: write LLVM IR; object: write an object "
     "file",
     "Output"},
    {"target", "NAME,...",
     "x86_64, aarch64, riscv64 or a triple (default: this machine); several, here or by repeating "
     "it: an output for each, FILE.x86_64.so and so on",
     "Code"},
    {"preinit", "[EXPORT]",
     "run the module's initialization now, and compile what is in memory then (default: "
     "wizer-initialize, wizer.initialize or _initialize)",
     "Initialization now"},
    {"arg", "TEXT", "an argument of the program", "Initialization now"},
    {"version", nullptr, "print the versions of command, artifact format and compiler", "Help"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr CommandSpec spec = {
    .name = "wasm2native",
    .usage = "[compile] [OPTION...] FILE.wasm\n"
             "  wasm2native run [OPTION...] FILE [ARGUMENT...]\n"
             "  wasm2native inspect [OPTION...] FILE",
    .summary = "Compiles WebAssembly to native shared objects, and runs them.",
    .options = rows,
    .sharedOptions = codegenOptions,
    .furtherOptions = wasiOptions,
    .epilogue = "\nFILE '-' is standard input. 'wasm2native run --help' and 'wasm2native inspect "
                "--help' say more.\n"};

constexpr Choice<Emit> emits[] = {{"so", Emit::SharedObject},
                                  {"obj", Emit::Object},
                                  {"asm", Emit::Assembly},
                                  {"llvm-ir", Emit::LlvmIr}};
constexpr Choice<StopAfter> phases[] = {{"decode", StopAfter::Decode},
                                        {"validate", StopAfter::Validate},
                                        {"lower", StopAfter::Lower},
                                        {"optimize", StopAfter::Optimize},
                                        {"object", StopAfter::Object}};

/// The command line, understood.
struct Request {
  CompileOptions compile;
  std::optional<PreinitRequest> preinit;
  /// Write the pre-initialized module instead of compiling it.
  bool emitsWasm = false;
  std::vector<std::string> targets;

  size_t outputCount() const { return emitsWasm ? 1 : targets.size(); }
};

/// The names after --target, which may be repeated and may have lists; none is this machine's.
std::vector<std::string> targetsOf(const CommandLine &line) {
  std::vector<std::string> targets;
  for (const std::string &list : line.values("target"))
    for (size_t begin = 0, end; begin <= list.size(); begin = end + 1) {
      end = std::min(list.find(',', begin), list.size());
      if (end != begin)
        targets.push_back(list.substr(begin, end - begin));
    }
  if (targets.empty())
    targets.emplace_back();
  return targets;
}

std::unexpected<std::string> needsPreinit(const char *option) {
  return std::unexpected(std::string("--") + option +
                         " is for the program while it initializes, and needs --preinit");
}

std::expected<std::optional<PreinitRequest>, std::string> readPreinit(const CommandLine &line) {
  if (!line.has("preinit")) {
    if (line.has("arg"))
      return needsPreinit("arg");
    for (const OptionRow &option : wasiOptions)
      if (line.has(option.names))
        return needsPreinit(option.names);
    return std::nullopt;
  }
  PreinitRequest preinit;
  preinit.exportName = line.value("preinit");
  W2N_TRY(wasi, readWasiOptions(line));
  preinit.wasi = std::move(wasi);
  return preinit;
}

std::expected<Request, std::string> readRequest(const CommandLine &line) {
  Request request;
  W2N_TRY(options, readCodegenOptions(line));
  W2N_TRY(preinit, readPreinit(line));
  request.emitsWasm = preinit && line.value("emit") == "wasm";
  if (!request.emitsWasm) {
    W2N_TRY(emit, choose(line, "emit", options.emit, emits));
    options.emit = emit;
  }
  W2N_TRY(stopAfter, choose(line, "stop-after", options.stopAfter, phases));
  options.stopAfter = stopAfter;
  request.targets = targetsOf(line);
  request.compile = std::move(options);
  request.preinit = std::move(preinit);
  return request;
}

bool writesOutput(const Request &request) {
  return request.emitsWasm || (request.compile.stopAfter != StopAfter::Decode &&
                               request.compile.stopAfter != StopAfter::Validate);
}

bool isText(const Request &request) {
  const CompileOptions &options = request.compile;
  return options.stopAfter == StopAfter::Lower || options.stopAfter == StopAfter::Optimize ||
         options.emit == Emit::Assembly || options.emit == Emit::LlvmIr;
}

const char *outputExtension(const Request &request) {
  if (request.emitsWasm)
    return ".wasm";
  const CompileOptions &options = request.compile;
  if (options.stopAfter == StopAfter::Lower || options.stopAfter == StopAfter::Optimize)
    return ".ll";
  if (options.stopAfter == StopAfter::Object)
    return ".o";
  switch (options.emit) {
  case Emit::SharedObject:
    return ".so";
  case Emit::Object:
    return ".o";
  case Emit::Assembly:
    return ".s";
  case Emit::LlvmIr:
    return ".ll";
  }
  __builtin_unreachable();
}

/// "dir/mod.wasm" and ".so" give "dir/mod.so".
std::string withExtension(const std::string &path, const char *extension) {
  size_t name = path.find_last_of('/') + 1;
  size_t dot = path.find_last_of('.');
  return path.substr(0, dot == std::string::npos || dot <= name ? path.size() : dot) + extension;
}

/// "dir/mod.so" and "aarch64-linux-gnu" give "dir/mod.aarch64.so".
std::string withTarget(const std::string &path, const std::string &target) {
  const size_t name = path.find_last_of('/') + 1;
  size_t dot = path.find_last_of('.');
  if (dot == std::string::npos || dot <= name)
    dot = path.size();
  return path.substr(0, dot) + "." + target.substr(0, target.find('-')) + path.substr(dot);
}

/// What --mcpu=help and --mattr=help print, for every target that is given.
int printList(compiler::List list, const std::vector<std::string> &targets) {
  for (const std::string &target : targets) {
    auto text = listWithLibrary(target, list);
    if (!text)
      return reportError("--target", text.error());
    fputs(text->c_str(), stdout);
  }
  return 0;
}

int printVersion() {
  printf("wasm2native " W2N_VERSION "\nartifact format %u\n", artifact::formatVersion);
  auto version = compilerVersion();
  printf("compiler: %s\n", version ? version->c_str() : "not installed");
  return 0;
}

const char *standardName(wasm::Standard standard) {
  constexpr const char *names[] = {"mvp", "wasm2", "wasm3", "proposal"};
  return names[size_t(standard)];
}

int printFeatures() {
  printf("Proposals of WebAssembly, where they belong, and whether they are allowed by default:\n");
  const wasm::FeatureSet byDefault = wasm::FeatureSet::all();
  const auto infos = wasm::featureInfos();
  // The first is what every module uses.
  for (size_t i = 1; i < infos.size(); ++i)
    printf("  %-24.*s %-9s %-3s  %.*s\n", int(infos[i].name.size()), infos[i].name.data(),
           standardName(infos[i].standard), byDefault.has(wasm::Feature(i)) ? "on" : "off",
           int(infos[i].description.size()), infos[i].description.data());
  printf("--features=LIST is read from left to right: +NAME allows, -NAME refuses; mvp, wasm2, "
         "wasm3 and all are sets.\n");
  return 0;
}

/// Tells, if it is asked for, what time passes in its scope, as a row of the compiler's own table.
class TimedPhase {
public:
  TimedPhase(const Request &request, const char *name)
      : name(name), isWanted(request.compile.reportsTime) {}
  ~TimedPhase() {
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - wallBegin;
    if (isWanted)
      fprintf(stderr, "%-10s %9.3f %9.3f\n", name, wall.count(),
              double(clock() - cpuBegin) / CLOCKS_PER_SEC);
  }
  TimedPhase(const TimedPhase &) = delete;
  TimedPhase &operator=(const TimedPhase &) = delete;

private:
  const char *const name;
  const bool isWanted;
  const std::chrono::steady_clock::time_point wallBegin = std::chrono::steady_clock::now();
  const clock_t cpuBegin = clock();
};

/// What there is to write: one for each target, or the module.
Result<std::vector<Result<std::vector<uint8_t>>>> makeOutputs(std::vector<uint8_t> wasm,
                                                              const Request &request) {
  if (request.preinit) {
    const TimedPhase phase(request, "preinit");
    W2N_TRY(initialized, preinitialize(wasm, *request.preinit, request.compile));
    wasm = std::move(initialized);
  }
  if (request.emitsWasm)
    return std::vector<Result<std::vector<uint8_t>>>{std::move(wasm)};
  return compileWithProgress(wasm, request.compile, request.targets);
}

/// Text that goes to a terminal has the names of the module in it.
Status writeOutput(const std::string &path, const std::vector<uint8_t> &bytes) {
  if (path != "-" || !isatty(STDOUT_FILENO))
    return writeFileAtomically(path, bytes);
  const std::string text =
      printable({reinterpret_cast<const char *>(bytes.data()), bytes.size()}, "\n\t");
  return writeFileAtomically(path, {reinterpret_cast<const uint8_t *>(text.data()), text.size()});
}

/// What fails for one target is said, and leaves the others.
int compileFile(const std::string &input, const std::vector<std::string> &outputs,
                const Request &request) {
  auto wasm = readFile(input);
  if (!wasm)
    return reportError(input, wasm.error());
  endAtCompileOverrun(input);
  auto files = makeOutputs(std::move(*wasm), request);
  if (!files)
    return reportError(input, files.error());
  const TimedPhase phase(request, "write");
  int status = 0;
  const std::string *lastText = nullptr;
  for (size_t i = 0; i < files->size(); ++i) {
    const auto &file = (*files)[i];
    // What is wrong with the module is wrong for every target.
    if (!file && (!lastText || *lastText != file.error().text)) {
      lastText = &file.error().text;
      status = reportError(input, file.error());
    }
    if (!file || !writesOutput(request))
      continue;
    if (auto written = writeOutput(outputs[i], *file); !written)
      status = reportError(outputs[i], written.error());
  }
  return status;
}

} // namespace

int compileMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(spec, arguments);
  if (!line)
    return usageError(spec, line.error());
  if (line->has("help"))
    return fputs(helpText(spec).c_str(), stdout) < 0;
  if (line->has("version"))
    return printVersion();
  if (line->value("features") == "help")
    return printFeatures();
  if (line->value("mcpu") == "help")
    return printList(compiler::List::Processors, targetsOf(*line));
  if (line->value("mattr") == "help")
    return printList(compiler::List::Features, targetsOf(*line));
  auto request = readRequest(*line);
  if (!request)
    return usageError(spec, request.error());
  if (line->positional().size() != 1)
    return usageError(spec, line->positional().empty()
                                ? "no input file"
                                : "more than one input file: '" + line->positional()[0] +
                                      "' and '" + line->positional()[1] + "'");

  const std::string &input = line->positional()[0];
  if (input == "-" && !line->has("output") && writesOutput(*request))
    return usageError(spec, "a module from standard input needs -o");
  std::string output = line->value("output", withExtension(input, outputExtension(*request)));
  if (output == input && input != "-" && writesOutput(*request))
    return usageError(spec, "the output would replace the input '" + input + "'; -o names another");
  if (output == "-" && request->outputCount() > 1)
    return usageError(spec, "the outputs of several targets cannot all go to standard output");
  if (output == "-" && writesOutput(*request) && !isText(*request) && isatty(STDOUT_FILENO))
    return usageError(spec, "will not write a binary to a terminal");
  if (request->preinit) {
    wasi::WasiOptions &wasi = request->preinit->wasi;
    wasi.arguments = line->values("arg");
    wasi.arguments.insert(wasi.arguments.begin(), line->value("arg0", input));
    // What is written there must be the artifact alone.
    if (output == "-" && !line->has("stdout"))
      wasi.standardOutput = STDERR_FILENO;
  }
  std::vector<std::string> outputs = {output};
  if (request->outputCount() > 1) {
    outputs.clear();
    for (const std::string &target : request->targets)
      outputs.push_back(withTarget(output, target));
  }
  return compileFile(input, outputs, *request);
}

} // namespace w2n::tool
