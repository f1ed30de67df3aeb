#include "tools/wasm2native/LoadCompiler.h"

#include "include/wasm2native/compiler.h"
#include "lib/support/PublicErrorKind.h"

#include <climits>
#include <cstdlib>
#include <dlfcn.h>
#include <unistd.h>

namespace w2n::tool {

namespace {

constexpr const char *libraryName = "libwasm2native-compiler.so";

// From the directory of the executable: an installation, and a build.
constexpr const char *libraryFolders[] = {"/../" W2N_LIBDIR "/", "/", "/../lib/"};

struct Library {
  decltype(&w2n_compile_targets) compileTargets;
  decltype(&w2n_list) list;
  decltype(&w2n_compile_result_free) freeResult;
  decltype(&w2n_compiler_version) version;
};

std::string executableFolder() {
  char path[PATH_MAX];
  ssize_t bytes = readlink("/proc/self/exe", path, sizeof(path));
  std::string text(path, bytes < 0 ? 0 : size_t(bytes));
  return text.substr(0, text.find_last_of('/') == std::string::npos ? 0 : text.find_last_of('/'));
}

Result<std::string> findLibrary() {
  if (const char *path = getenv("WASM2NATIVE_COMPILER"); path && *path)
    return std::string(path);
  std::string folder = executableFolder();
  for (const char *relative : libraryFolders) {
    std::string path = folder + relative + libraryName;
    if (access(path.c_str(), R_OK) == 0)
      return path;
  }
  return fail(ErrorKind::Io,
              std::string("cannot compile: this installation has the runtime only (no ") +
                  libraryName + " beside the command; WASM2NATIVE_COMPILER may name one)");
}

template <typename T> bool bind(void *handle, const char *symbol, T &function) {
  function = reinterpret_cast<T>(dlsym(handle, symbol));
  return function != nullptr;
}

/// Loaded once and kept: unloading LLVM would cost more than the end of the process.
Result<Library> loadLibrary() {
  W2N_TRY(path, findLibrary());
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return fail(ErrorKind::Io, std::string("cannot load the compiler: ") + dlerror());
  Library library;
  if (!bind(handle, "w2n_compile_targets", library.compileTargets) ||
      !bind(handle, "w2n_list", library.list) ||
      !bind(handle, "w2n_compile_result_free", library.freeResult) ||
      !bind(handle, "w2n_compiler_version", library.version))
    return fail(ErrorKind::Io, "cannot load the compiler: '" + path +
                                   "' is not a wasm2native compiler: " + dlerror());
  return library;
}

const char *orNull(const std::string &text) { return text.empty() ? nullptr : text.c_str(); }

void forwardProgress(void *user, uint32_t done, uint32_t total) {
  static_cast<const compiler::CompileOptions *>(user)->progress(done, total);
}

void forwardRemark(void *user, const char *text) {
  static_cast<const compiler::CompileOptions *>(user)->remark(text);
}

// CompilerEntry.cpp asserts that the enumerations agree.
w2n_compile_options optionsInC(const compiler::CompileOptions &options) {
  w2n_compile_options inC = W2N_COMPILE_OPTIONS_DEFAULT;
  inC.level = uint32_t(options.level);
  inC.bounds_checks = uint32_t(options.boundsChecks);
  inC.emit = uint32_t(options.emit);
  inC.stop_after = uint32_t(options.stopAfter);
  inC.strict_trap_state = options.strictTrapState;
  inC.deterministic = options.deterministic;
  inC.threads = options.threads;
  inC.cpu = orNull(options.cpu);
  inC.attributes = orNull(options.attributes);
  inC.features = orNull(options.features);
  inC.progress = options.progress ? forwardProgress : nullptr;
  inC.remark = options.remark ? forwardRemark : nullptr;
  inC.user = const_cast<compiler::CompileOptions *>(&options);
  return inC;
}

/// Takes over what `result` has.
Result<std::vector<uint8_t>> outputOf(const Library &library, w2n_compile_result &result) {
  Result<std::vector<uint8_t>> output;
  if (result.output)
    output = std::vector<uint8_t>(result.output, result.output + result.output_bytes);
  else
    output = fail(ErrorKind(result.error_kind), result.error_text ? result.error_text : "",
                  result.error_offset);
  library.freeResult(&result);
  return output;
}

} // namespace

Result<std::vector<Result<std::vector<uint8_t>>>>
compileWithLibrary(std::span<const uint8_t> wasm, const compiler::CompileOptions &options,
                   std::span<const std::string> targets) {
  W2N_TRY(library, loadLibrary());
  const w2n_compile_options optionsForLibrary = optionsInC(options);
  std::vector<const char *> names;
  for (const std::string &target : targets)
    names.push_back(orNull(target));
  std::vector<w2n_compile_result> results(names.size());
  library.compileTargets(wasm.data(), wasm.size(), &optionsForLibrary, names.data(), names.size(),
                         results.data());
  std::vector<Result<std::vector<uint8_t>>> outputs;
  for (w2n_compile_result &result : results)
    outputs.push_back(outputOf(library, result));
  return outputs;
}

Result<std::vector<uint8_t>> compileWithLibrary(std::span<const uint8_t> wasm,
                                                const compiler::CompileOptions &options) {
  W2N_TRY(outputs, compileWithLibrary(wasm, options, std::span(&options.target, 1)));
  return std::move(outputs.front());
}

Result<std::string> listWithLibrary(const std::string &target, compiler::List list) {
  W2N_TRY(library, loadLibrary());
  w2n_compile_result result = {};
  library.list(orNull(target), uint32_t(list), &result);
  W2N_TRY(text, outputOf(library, result));
  return std::string(text.begin(), text.end());
}

Result<std::string> compilerVersion() {
  W2N_TRY(library, loadLibrary());
  return std::string(library.version());
}

} // namespace w2n::tool
