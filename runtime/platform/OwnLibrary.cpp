// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/platform/OwnLibrary.h"

#include <climits>
#include <cstdlib>
#include <dlfcn.h>
#include <link.h>
#include <sys/auxv.h>
#include <unistd.h>

namespace w2n::platform {

namespace {

// From the directory of this code: an installation, a build's command, beside another library.
constexpr const char *folders[] = {"/../" W2N_LIBDIR "/", "/", "/../lib/"};

std::string folderOfThisCode() {
  Dl_info info;
  void *extra = nullptr;
  std::string path;
  if (dladdr1(static_cast<const void *>(folders), &info, &extra, RTLD_DL_LINKMAP) != 0 && extra)
    path = static_cast<const link_map *>(extra)->l_name;
  if (path.empty())
    path = pathOfProgram();
  const size_t slash = path.rfind('/');
  return path.substr(0, slash == path.npos ? 0 : slash);
}

} // namespace

std::string pathOfProgram() {
  char path[PATH_MAX];
  if (const ssize_t bytes = readlink("/proc/self/exe", path, sizeof(path)); bytes > 0)
    return std::string(path, size_t(bytes));
  const auto *started = reinterpret_cast<const char *>(getauxval(AT_EXECFN));
  return started && realpath(started, path) ? path : "";
}

Result<void *> symbolOfOwnLibrary(const char *name, const char *symbol, const char *wanted) {
  std::string reason = "there is no " + std::string(name);
  for (const char *folder : folders) {
    const std::string path = folderOfThisCode() + folder + name;
    if (access(path.c_str(), F_OK) != 0)
      continue;
    void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    void *found = library ? dlsym(library, symbol) : nullptr;
    if (found)
      return found;
    const char *error = dlerror();
    reason = error ? error : path + " has no " + symbol;
    break;
  }
  return fail(ErrorKind::Unsupported, std::string(wanted) + " is not possible here: " + reason);
}

} // namespace w2n::platform
