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
  decltype(&w2n_compile) compile;
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
  if (!bind(handle, "w2n_compile", library.compile) ||
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
  inC.meter = uint32_t(options.meter);
  inC.threads = options.threads;
  inC.target = orNull(options.target);
  inC.cpu = orNull(options.cpu);
  inC.attributes = orNull(options.attributes);
  inC.features = orNull(options.features);
  inC.progress = options.progress ? forwardProgress : nullptr;
  inC.remark = options.remark ? forwardRemark : nullptr;
  inC.user = const_cast<compiler::CompileOptions *>(&options);
  return inC;
}

} // namespace

Result<std::vector<uint8_t>> compileWithLibrary(std::span<const uint8_t> wasm,
                                                const compiler::CompileOptions &options) {
  W2N_TRY(library, loadLibrary());
  const w2n_compile_options optionsForLibrary = optionsInC(options);
  w2n_compile_result result = {};
  Result<std::vector<uint8_t>> output;
  if (library.compile(wasm.data(), wasm.size(), &optionsForLibrary, &result))
    output = std::vector<uint8_t>(result.output, result.output + result.output_bytes);
  else
    output = fail(ErrorKind(result.error_kind), result.error_text ? result.error_text : "",
                  result.error_offset);
  library.freeResult(&result);
  return output;
}

Result<std::string> compilerVersion() {
  W2N_TRY(library, loadLibrary());
  return std::string(library.version());
}

} // namespace w2n::tool
