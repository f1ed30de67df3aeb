// wasm2native [compile]: a WebAssembly module becomes a native shared object.
#include "lib/artifact/Format.h"
#include "lib/support/File.h"
#include "tools/wasm2native/CodegenOptions.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/LoadCompiler.h"
#include "tools/wasm2native/Progress.h"
#include "tools/wasm2native/Subcommands.h"

#include <cstdio>
#include <unistd.h>

namespace w2n::tool {

using compiler::CompileOptions;
using compiler::Emit;
using compiler::StopAfter;

namespace {

constexpr OptionRow rows[] = {
    {"o,output", "FILE", "where to write; '-' is standard output (default: FILE.so beside FILE)",
     "Output"},
    {"emit", "KIND", "so (default), obj, asm or llvm-ir", "Output"},
    {"stop-after", "PHASE",
     "decode, validate: write nothing; lower, optimize: write LLVM IR; object: write an object "
     "file",
     "Output"},
    {"target", "NAME", "x86_64, aarch64, riscv64 or a triple (default: this machine)", "Code"},
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

std::expected<CompileOptions, std::string> readOptions(const CommandLine &line) {
  W2N_TRY(options, readCodegenOptions(line));
  W2N_TRY(emit, choose(line, "emit", options.emit, emits));
  W2N_TRY(stopAfter, choose(line, "stop-after", options.stopAfter, phases));
  options.emit = emit;
  options.stopAfter = stopAfter;
  options.target = line.value("target");
  return options;
}

bool writesOutput(const CompileOptions &options) {
  return options.stopAfter != StopAfter::Decode && options.stopAfter != StopAfter::Validate;
}

bool isText(const CompileOptions &options) {
  return options.stopAfter == StopAfter::Lower || options.stopAfter == StopAfter::Optimize ||
         options.emit == Emit::Assembly || options.emit == Emit::LlvmIr;
}

const char *outputExtension(const CompileOptions &options) {
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

int printVersion() {
  printf("wasm2native " W2N_VERSION "\nartifact format %u\n", artifact::formatVersion);
  auto version = compilerVersion();
  printf("compiler: %s\n", version ? version->c_str() : "not installed");
  return 0;
}

int compileFile(const std::string &input, const std::string &output,
                const CompileOptions &options) {
  auto wasm = readFile(input);
  if (!wasm)
    return reportError(input, wasm.error());
  auto bytes = compileWithProgress(*wasm, options);
  if (!bytes)
    return reportError(input, bytes.error());
  if (!writesOutput(options))
    return 0;
  if (auto written = writeFileAtomically(output, *bytes); !written)
    return reportError(output, written.error());
  return 0;
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
  auto options = readOptions(*line);
  if (!options)
    return usageError(spec, options.error());
  if (line->positional().size() != 1)
    return usageError(spec, line->positional().empty()
                                ? "no input file"
                                : "more than one input file: '" + line->positional()[0] +
                                      "' and '" + line->positional()[1] + "'");

  const std::string &input = line->positional()[0];
  if (input == "-" && !line->has("output") && writesOutput(*options))
    return usageError(spec, "a module from standard input needs -o");
  std::string output = line->value("output", withExtension(input, outputExtension(*options)));
  if (output == input && input != "-" && writesOutput(*options))
    return usageError(spec, "the output would replace the input '" + input + "'; -o names another");
  if (output == "-" && writesOutput(*options) && !isText(*options) && isatty(STDOUT_FILENO))
    return usageError(spec, "will not write a binary to a terminal");
  return compileFile(input, output, *options);
}

} // namespace w2n::tool
