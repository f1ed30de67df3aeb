// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/CompilerLibrary.h"

#include "lib/support/Descriptor.h"
#include "runtime/cache/CompileWatchdog.h"
#include "runtime/cache/StoreFiles.h"
#include "runtime/platform/OwnLibrary.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <optional>
#include <unistd.h>

namespace w2n::cache {

namespace {

constexpr const char *libraryName = "libwasm2native-compiler.so";

// From the directory of this code: an installation, a build's command, beside another library.
constexpr const char *libraryFolders[] = {"/../" W2N_LIBDIR "/", "/", "/../lib/"};

std::string folderOf(const std::string &path) {
  const size_t slash = path.rfind('/');
  return path.substr(0, slash == path.npos ? 0 : slash);
}

/// Finds the loaded object that holds `address`.
struct ObjectSearch {
  uintptr_t address;
  bool isFound = false;
  std::string path; ///< empty for the program itself
  std::string buildId;
};

/// The GNU build ID among the notes of a segment; empty if it is not there.
std::string buildIdIn(const uint8_t *notes, size_t bytes) {
  while (bytes >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes, sizeof(note));
    const size_t name = sizeof(note), descriptor = name + ((note.n_namesz + 3) & ~size_t(3));
    const size_t next = descriptor + ((note.n_descsz + 3) & ~size_t(3));
    if (next > bytes)
      break;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
        std::memcmp(notes + name, "GNU", 4) == 0)
      return std::string(reinterpret_cast<const char *>(notes + descriptor), note.n_descsz);
    notes += next;
    bytes -= next;
  }
  return "";
}

int visitObject(dl_phdr_info *info, size_t, void *user) {
  auto &search = *static_cast<ObjectSearch *>(user);
  std::string buildId;
  for (unsigned i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) &segment = info->dlpi_phdr[i];
    const uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_NOTE && buildId.empty())
      buildId = buildIdIn(reinterpret_cast<const uint8_t *>(begin), segment.p_memsz);
    if (segment.p_type == PT_LOAD && search.address - begin < segment.p_memsz)
      search.isFound = true;
  }
  if (!search.isFound)
    return 0;
  search.path = info->dlpi_name;
  search.buildId = buildId;
  return 1;
}

ObjectSearch objectWith(const void *address) {
  ObjectSearch search{.address = reinterpret_cast<uintptr_t>(address), .path = {}, .buildId = {}};
  dl_iterate_phdr(visitObject, &search);
  return search;
}

std::string pathOfThisCode() {
  std::string path = objectWith(libraryFolders).path;
  return path.empty() ? platform::pathOfProgram() : path;
}

std::string findLibrary() {
  if (const char *path = getenv("WASM2NATIVE_COMPILER"); path && *path)
    return path;
  const std::string folder = folderOf(pathOfThisCode());
  for (const char *relative : libraryFolders) {
    std::string path = folder + relative + libraryName;
    if (access(path.c_str(), R_OK) == 0)
      return path;
  }
  return "";
}

/// The identity of a loaded file: its build ID, or if it has none, its hash.
Result<std::string> contentOf(const ObjectSearch &object) {
  if (!object.buildId.empty())
    return object.buildId;
  Descriptor file(open(object.path.c_str(), O_RDONLY | O_CLOEXEC));
  W2N_TRY(digest, hashOfFile(file.get(), object.path));
  return std::string(reinterpret_cast<const char *>(digest.data()), digest.size());
}

} // namespace

CompilerLibrary::CompilerLibrary(const std::string &path)
    : filePath(path.empty() ? findLibrary() : path) {}

Result<void *> CompilerLibrary::symbol(const char *name) const {
  if (filePath.empty())
    return fail(ErrorKind::Io,
                std::string("cannot compile: this installation has the runtime only (no ") +
                    libraryName + " beside the command; WASM2NATIVE_COMPILER may name one)");
  void *handle = dlopen(filePath.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return fail(ErrorKind::Io, std::string("cannot load the compiler: ") + dlerror());
  void *address = dlsym(handle, name);
  if (!address)
    return fail(ErrorKind::Io, "cannot load the compiler: '" + filePath +
                                   "' is not a wasm2native compiler: " + dlerror());
  return address;
}

Result<std::vector<uint8_t>> CompilerLibrary::take(w2n_compile_result &result) const {
  W2N_TRY(freeAddress, symbol("w2n_compile_result_free"));
  Result<std::vector<uint8_t>> output;
  if (result.output)
    output = std::vector<uint8_t>(result.output, result.output + result.output_bytes);
  else
    output = fail(ErrorKind(result.error_kind), result.error_text ? result.error_text : "",
                  result.error_offset);
  reinterpret_cast<decltype(&w2n_compile_result_free)>(freeAddress)(&result);
  return output;
}

Result<std::vector<uint8_t>> CompilerLibrary::compile(std::span<const uint8_t> wasm,
                                                      const w2n_compile_options &options) const {
  W2N_TRY(outputs, compileTargets(wasm, options, std::span(&options.target, 1)));
  return std::move(outputs.front());
}

Result<std::vector<Result<std::vector<uint8_t>>>>
CompilerLibrary::compileTargets(std::span<const uint8_t> wasm, const w2n_compile_options &options,
                                std::span<const char *const> targets) const {
  W2N_TRY(address, symbol("w2n_compile_targets"));
  std::optional<CompileWatchdog> watchdog;
  if (overrunHandler)
    watchdog.emplace(CompileLimits{options.max_time_ms, options.max_memory_bytes}, overrunHandler);
  std::vector<w2n_compile_result> results(targets.size());
  reinterpret_cast<decltype(&w2n_compile_targets)>(address)(
      wasm.data(), wasm.size(), &options, targets.data(), targets.size(), results.data());
  std::vector<Result<std::vector<uint8_t>>> outputs;
  for (w2n_compile_result &result : results)
    outputs.push_back(take(result));
  return outputs;
}

Result<std::string> CompilerLibrary::list(const char *target, uint32_t list) const {
  W2N_TRY(address, symbol("w2n_list"));
  w2n_compile_result result = {};
  reinterpret_cast<decltype(&w2n_list)>(address)(target, list, &result);
  W2N_TRY(text, take(result));
  return std::string(text.begin(), text.end());
}

Status CompilerLibrary::disassemble(const w2n_disassembly &request) const {
  W2N_TRY(address, symbol("w2n_disassemble"));
  w2n_compile_result result = {};
  reinterpret_cast<decltype(&w2n_disassemble)>(address)(&request, &result);
  W2N_CHECK(take(result));
  return {};
}

Result<std::string> CompilerLibrary::version() const {
  W2N_TRY(address, symbol("w2n_compiler_version"));
  return std::string(reinterpret_cast<decltype(&w2n_compiler_version)>(address)());
}

Result<CompilerLibrary::Identity> CompilerLibrary::identity() const {
  W2N_TRY(text, version());
  W2N_TRY(own, symbol("w2n_compiler_version"));
  // The compiler exports nothing of LLVM's: what is found through it is in LLVM's library.
  const auto llvm = symbol("LLVMGetVersion");
  const ObjectSearch ownObject = objectWith(own), llvmObject = llvm ? objectWith(*llvm) : ownObject;
  W2N_TRY(ownContent, contentOf(ownObject));
  W2N_TRY(llvmContent, contentOf(llvmObject));
  return Identity{hashOf(text + '\n' + hexOf(hashOf(ownContent)) + hexOf(hashOf(llvmContent))),
                  llvmObject.path};
}

} // namespace w2n::cache
