// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native [compile]: a WebAssembly module becomes a native shared object.
#include "lib/component/Component.h"
#include "lib/support/File.h"
#include "lib/wasm/Features.h"
#include "tools/wasm2native/AttachedProgram.h"
#include "tools/wasm2native/CHeader.h"
#include "tools/wasm2native/CodegenOptions.h"
#include "tools/wasm2native/CompileOverrun.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/FileKind.h"
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/LimitOptions.h"
#include "tools/wasm2native/LoadCompiler.h"
#include "tools/wasm2native/OutputFiles.h"
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

namespace {

constexpr OptionRow compileRows[] = {
    {"o,output", "FILE",
     "where to write; '-' is standard output (default: FILE.so beside FILE); a folder, if it is "
     "one or ends in '/'; with several targets, their names go before the extension",
     "Output"},
    {"emit", "KIND",
     "so (default), exe: a program that needs nothing else, obj, asm, llvm-ir, or c-header: C "
     "functions for the exports; with --preinit also wasm",
     "Output"},
    {"take-options", nullptr,
     "with --emit=exe: the program's command line may begin with options of 'run', and '--'",
     "Output"},
    {"program-runtime", "FILE",
     "with --emit=exe: the runtime to put before the code (default: the installed one)", "Output"},
    {"stop-after", "PHASE",
     "decode, validate: write nothing; lower, optimize: write LLVM IR; object: write an object "
     "file",
     "Output"},
    {"target", "NAME,...",
     "x86_64, aarch64, riscv64 or a triple (default: this machine); several, here or by repeating "
     "it: an output for each, FILE.x86_64.so and so on ('help' lists them)",
     "Code"},
    {"preinit", "[EXPORT]",
     "run the module's initialization now, and compile what is in memory then (default: "
     "wizer-initialize, wizer.initialize or _initialize)",
     "Initialization now"},
    {"arg", "TEXT", "an argument of the program", "Initialization now"},
    {"V,version", nullptr, "print the versions of command, artifact format and compiler", "Help"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example compileExamples[] = {
    {"wasm2native -O3 mod.wasm", "mod.so beside it"},
    {"wasm2native run mod.so", "run what was compiled"},
    {"wasm2native --target=x86_64,aarch64 mod.wasm", "mod.x86_64.so, mod.aarch64.so"},
    {"wasm2native -o out/ a.wasm b.wasm", "out/a.so, out/b.so"},
    {"wasm2native --emit=exe --dir .::/ app.wasm", "app, which may use its working directory"},
};
} // namespace

constinit const CommandSpec compileSpec = {
    .name = "wasm2native",
    .usage = "[compile] [OPTION...] FILE.wasm...\n"
             "  wasm2native COMMAND ...",
    .summary = "Compiles WebAssembly to native shared objects, and runs them.",
    .options = compileRows,
    .sharedOptions = codegenOptions,
    .furtherOptions = wasiOptions,
    .limitOptions = limitOptions,
    .epilogue =
        "\nFILE '-' is standard input. 'wasm2native help COMMAND' says more of a command.\n",
    .examples = compileExamples};

namespace {

/// The product of a compilation. The header is made without the compiler.
enum class Product { Code, Program, Header };
struct Emission {
  uint32_t emit = W2N_EMIT_SHARED_OBJECT;
  Product product = Product::Code;
};
constexpr Choice<Emission> emissions[] = {{"so", {}},
                                          {"exe", {W2N_EMIT_SHARED_OBJECT, Product::Program}},
                                          {"obj", {W2N_EMIT_OBJECT}},
                                          {"asm", {W2N_EMIT_ASSEMBLY}},
                                          {"llvm-ir", {W2N_EMIT_LLVM_IR}},
                                          {"c-header", {W2N_EMIT_SHARED_OBJECT, Product::Header}}};
constexpr Choice<uint32_t> phases[] = {{"decode", W2N_STOP_AFTER_DECODE},
                                       {"validate", W2N_STOP_AFTER_VALIDATE},
                                       {"lower", W2N_STOP_AFTER_LOWER},
                                       {"optimize", W2N_STOP_AFTER_OPTIMIZE},
                                       {"object", W2N_STOP_AFTER_OBJECT}};

/// The command line, understood.
struct Request {
  w2n_compile_options compile;
  std::optional<PreinitRequest> preinit;
  /// Write the pre-initialized module instead of compiling it.
  bool emitsWasm = false;
  Product product = Product::Code;
  /// The program that is attached to the code (--emit=exe).
  AttachedProgram program;
  std::string programRuntime;

  bool isCompiled() const { return !emitsWasm && product != Product::Header; }
  std::vector<std::string> targets;
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

std::unexpected<std::string> needsPreinit(const std::string &option) {
  return std::unexpected("--" + option +
                         " is for the program while it initializes, and needs --preinit");
}

/// Collects the options among `rows`, as words that `run` would be given.
void collectOptions(const CommandLine &line, std::span<const OptionRow> rows,
                    std::vector<std::string> &words) {
  for (const OptionRow &row : rows)
    for (const std::string &value : line.values(keyOf(row)))
      words.push_back("--" + keyOf(row) + (row.argument ? "=" + value : ""));
}

/// The options of the sandbox are the program's.
std::expected<AttachedProgram, std::string> readProgram(const CommandLine &line) {
  AttachedProgram program;
  program.takesOptions = line.has("take-options");
  collectOptions(line, wasiOptions, program.options);
  collectOptions(line, limitOptions, program.options);
  W2N_CHECK(checkRunOptions(program.options));
  return program;
}

/// Errors: an option that is for programs alone.
std::expected<void, std::string> requireNoProgramOptions(const CommandLine &line) {
  for (const char *option : {"take-options", "program-runtime"})
    if (line.has(option))
      return std::unexpected("--" + std::string(option) + " needs --emit=exe");
  for (const OptionRow &row : limitOptions)
    if (line.has(keyOf(row)))
      return std::unexpected("--" + keyOf(row) + " needs --emit=exe, or is for 'wasm2native run'");
  return {};
}

std::expected<std::optional<PreinitRequest>, std::string> readPreinit(const CommandLine &line,
                                                                      Product product) {
  if (!line.has("preinit")) {
    if (line.has("arg"))
      return needsPreinit("arg");
    if (product == Product::Program)
      return std::nullopt;
    for (const OptionRow &option : wasiOptions)
      if (const std::string key = keyOf(option); line.has(key))
        return needsPreinit(key);
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
  request.emitsWasm = line.has("preinit") && line.value("emit") == "wasm";
  if (!request.emitsWasm) {
    W2N_TRY(emission, choose(line, "emit", Emission(), emissions));
    request.product = emission.product;
    options.emit = emission.emit;
  }
  W2N_TRY(preinit, readPreinit(line, request.product));
  W2N_TRY(stopAfter, choose(line, "stop-after", options.stop_after, phases));
  options.stop_after = stopAfter;
  if (request.product == Product::Program) {
    W2N_TRY(program, readProgram(line));
    request.program = std::move(program);
    request.programRuntime = line.value("program-runtime");
  } else {
    W2N_CHECK(requireNoProgramOptions(line));
  }
  request.targets = targetsOf(line);
  request.compile = options;
  request.preinit = std::move(preinit);
  return request;
}

bool writesOutput(const Request &request) {
  return !request.isCompiled() || (request.compile.stop_after != W2N_STOP_AFTER_DECODE &&
                                   request.compile.stop_after != W2N_STOP_AFTER_VALIDATE);
}

bool isText(const Request &request) {
  const w2n_compile_options &options = request.compile;
  return request.product == Product::Header || options.stop_after == W2N_STOP_AFTER_LOWER ||
         options.stop_after == W2N_STOP_AFTER_OPTIMIZE || options.emit == W2N_EMIT_ASSEMBLY ||
         options.emit == W2N_EMIT_LLVM_IR;
}

const char *outputExtension(const Request &request) {
  if (request.emitsWasm)
    return ".wasm";
  if (request.product == Product::Header)
    return ".h";
  if (request.product == Product::Program && request.compile.stop_after == W2N_STOP_AFTER_LINK)
    return "";
  const w2n_compile_options &options = request.compile;
  if (options.stop_after == W2N_STOP_AFTER_LOWER || options.stop_after == W2N_STOP_AFTER_OPTIMIZE)
    return ".ll";
  if (options.stop_after == W2N_STOP_AFTER_OBJECT)
    return ".o";
  constexpr const char *extensions[] = {".so", ".o", ".s", ".ll"}; // in the order of w2n_emit
  return extensions[options.emit];
}

int printText(const Result<std::string> &text) {
  return text ? fputs(text->c_str(), stdout) < 0 : reportError("--target", text.error());
}

/// Prints the list of --mcpu=help or --mattr=help for every target that is given.
int printList(uint32_t list, const std::vector<std::string> &targets) {
  for (const std::string &target : targets) {
    auto text = listWithLibrary(target, list);
    if (!text)
      return reportError("--target", text.error());
    fputs(text->c_str(), stdout);
  }
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
      : name(name), isWanted(request.compile.report_time) {}
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

/// The outputs to be written: one for each target, or the module.
Result<std::vector<Result<std::vector<uint8_t>>>>
makeOutputs(std::vector<uint8_t> wasm, const std::string &input, const Request &request) {
  if (request.emitsWasm && component::kindOf(wasm) == component::BinaryKind::Component)
    return fail(ErrorKind::Unsupported,
                "--emit=wasm writes modules, and an initialized component is none");
  if (request.preinit) {
    const TimedPhase phase(request, "preinit");
    W2N_TRY(initialized, preinitialize(wasm, *request.preinit, request.compile));
    wasm = std::move(initialized);
  }
  if (request.emitsWasm)
    return std::vector<Result<std::vector<uint8_t>>>{std::move(wasm)};
  if (request.product == Product::Header) {
    W2N_TRY(text, makeCHeader(wasm, input));
    return std::vector<Result<std::vector<uint8_t>>>{
        std::vector<uint8_t>(text.begin(), text.end())};
  }
  return compileWithProgress(wasm, request.compile, request.targets);
}

/// The outputs as programs, where they are artifacts.
void makePrograms(std::vector<Result<std::vector<uint8_t>>> &outputs, const Request &request) {
  if (request.product != Product::Program || request.compile.stop_after != W2N_STOP_AFTER_LINK)
    return;
  for (auto &output : outputs)
    if (output)
      output = makeProgram(*output, request.program, request.programRuntime);
}

/// Text that goes to a terminal has the names of the module in it.
Status writeOutput(const std::string &path, const std::vector<uint8_t> &bytes, FileMode mode) {
  if (path != "-" || !isatty(STDOUT_FILENO))
    return writeFileAtomically(path, bytes, mode);
  const std::string text =
      printable({reinterpret_cast<const char *>(bytes.data()), bytes.size()}, "\n\t");
  return writeFileAtomically(path, {reinterpret_cast<const uint8_t *>(text.data()), text.size()});
}

OutputKind outputKindOf(const Request &request) {
  return {.isWritten = writesOutput(request),
          .isText = isText(request),
          .extension = outputExtension(request),
          .targets = request.isCompiled() ? request.targets : std::vector<std::string>{""}};
}

/// The program that initializes sees the name of its module.
void giveArguments(const CommandLine &line, const FilePlan &file, Request &request) {
  if (!request.preinit)
    return;
  wasi::WasiOptions &wasi = request.preinit->wasi;
  wasi.arguments = line.values("arg");
  wasi.arguments.insert(wasi.arguments.begin(), line.value("arg0", file.input));
  // Standard output must get the artifact alone.
  if (file.outputs.front() == "-" && !line.has("stdout"))
    wasi.standardOutput = STDERR_FILENO;
}

/// Prints what options ask for instead of compiling, and returns the exit status; nullopt if none
/// does.
std::optional<int> answerQuestion(const CommandLine &line) {
  if (line.has("help"))
    return printHelp(compileSpec);
  if (line.has("version"))
    return printVersion();
  if (line.value("features") == "help")
    return printFeatures();
  if (line.value("target") == "help")
    return printText(targetsOfLibrary());
  if (line.value("mcpu") == "help")
    return printList(W2N_LIST_PROCESSORS, targetsOf(line));
  if (line.value("mattr") == "help")
    return printList(W2N_LIST_FEATURES, targetsOf(line));
  return std::nullopt;
}

/// An error for one target is reported, and leaves the others.
int compileFile(const std::string &input, const std::vector<std::string> &outputs,
                const Request &request) {
  auto wasm = readFile(input);
  if (!wasm)
    return reportError(input, wasm.error());
  if (auto kind = requireModule(*wasm, input); !kind)
    return reportError(input, kind.error());
  endAtCompileOverrun(input);
  auto files = makeOutputs(std::move(*wasm), input, request);
  if (!files)
    return reportError(input, files.error());
  const TimedPhase phase(request, "write");
  makePrograms(*files, request);
  const FileMode mode = request.product == Product::Program ? FileMode::Program : FileMode::Data;
  int status = 0;
  const std::string *lastText = nullptr;
  for (size_t i = 0; i < files->size(); ++i) {
    const auto &file = (*files)[i];
    // An error in the module is the same for every target, and reported once.
    if (!file && (!lastText || *lastText != file.error().text)) {
      lastText = &file.error().text;
      status = reportError(input, file.error());
    }
    if (!file || !writesOutput(request))
      continue;
    if (auto written = writeOutput(outputs[i], *file, mode); !written)
      status = reportError(outputs[i], written.error());
  }
  return status;
}

} // namespace

int compileMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(compileSpec, arguments);
  if (!line)
    return usageError(compileSpec, line.error());
  if (auto status = answerQuestion(*line))
    return *status;
  auto request = readRequest(*line);
  if (!request)
    return usageError(compileSpec, request.error());
  auto files = planFiles(*line, outputKindOf(*request));
  if (!files)
    return usageError(compileSpec, files.error());
  int status = 0;
  for (const FilePlan &file : *files) {
    giveArguments(*line, file, *request);
    if (const int failed = compileFile(file.input, file.outputs, *request))
      status = failed;
  }
  return status;
}

} // namespace w2n::tool
