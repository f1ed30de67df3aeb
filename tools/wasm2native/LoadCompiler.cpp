#include "tools/wasm2native/LoadCompiler.h"

#include "compiler/driver/CompilerEntry.h"

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
  decltype(&w2nCompile) compile;
  decltype(&w2nFreeCompileResult) freeResult;
  decltype(&w2nCompilerVersion) version;
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
  if (!bind(handle, "w2nCompile", library.compile) ||
      !bind(handle, "w2nFreeCompileResult", library.freeResult) ||
      !bind(handle, "w2nCompilerVersion", library.version))
    return fail(ErrorKind::Io, "cannot load the compiler: '" + path +
                                   "' is not a wasm2native compiler: " + dlerror());
  return library;
}

const char *orNull(const std::string &text) { return text.empty() ? nullptr : text.c_str(); }

void forwardProgress(void *user, uint32_t done, uint32_t total) {
  static_cast<const compiler::CompileOptions *>(user)->progress(done, total);
}

W2nCompileRequest makeRequest(std::span<const uint8_t> wasm, const std::string &name,
                              const compiler::CompileOptions &options) {
  W2nCompileRequest request = {};
  request.wasm = wasm.data();
  request.wasmBytes = wasm.size();
  request.name = name.c_str();
  request.level = uint32_t(options.level);
  request.boundsChecks = uint32_t(options.boundsChecks);
  request.emit = uint32_t(options.emit);
  request.stopAfter = uint32_t(options.stopAfter);
  request.strictTrapState = options.strictTrapState;
  request.threads = options.threads;
  request.verbose = options.verbose;
  request.target = orNull(options.target);
  request.cpu = orNull(options.cpu);
  request.attributes = orNull(options.attributes);
  request.progress = options.progress ? forwardProgress : nullptr;
  request.user = const_cast<compiler::CompileOptions *>(&options);
  return request;
}

} // namespace

Result<std::vector<uint8_t>> compileWithLibrary(std::span<const uint8_t> wasm,
                                                const std::string &name,
                                                const compiler::CompileOptions &options) {
  W2N_TRY(library, loadLibrary());
  W2nCompileRequest request = makeRequest(wasm, name, options);
  W2nCompileResult result = {};
  int failed = library.compile(&request, &result);
  Result<std::vector<uint8_t>> output;
  if (failed)
    output = std::unexpected(Error{ErrorKind(result.errorKind),
                                   result.errorOffset,
                                   result.errorText ? result.errorText : "",
                                   {},
                                   0});
  else
    output = std::vector<uint8_t>(result.output, result.output + result.outputBytes);
  library.freeResult(&result);
  return output;
}

Result<std::string> compilerVersion() {
  W2N_TRY(library, loadLibrary());
  return std::string(library.version());
}

} // namespace w2n::tool
